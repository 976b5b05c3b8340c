//! Shows the departures of a small ferry.

use rocket::fs::FileServer;
use rocket::{get, launch, routes};
use rocket_dyn_templates::{Template, context};

const DEPARTURES: &[(&str, &str)] = &[
    ("07:40", "North Quay"),
    ("12:15", "Lighthouse"),
    ("18:05", "North Quay"),
];

#[get("/?<to>")]
fn index(to: Option<&str>) -> Template {
    let departures: Vec<_> = DEPARTURES
        .iter()
        .filter(|(_, quay)| to.is_none_or(|wanted| wanted == *quay))
        .map(|(time, quay)| context! { time, quay })
        .collect();
    Template::render("index", context! { departures })
}

#[launch]
fn rocket() -> _ {
    rocket::build()
        .attach(Template::fairing())
        .mount("/", routes![index])
        .mount("/static", FileServer::from("static"))
}
