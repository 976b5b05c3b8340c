//! The Java release that a project asks for.

use super::project::Project;
use super::value::Scope;
use crate::evidence::Evidence;
use crate::manifest::gradle::{Event, Expr};
use crate::stack::java::module::Asked;
use crate::verdict::Stop;

const WHAT: &str = "java version";

/// The ways to ask, the strongest first.
const WAYS: &[fn(&Event) -> bool] = &[
    toolchain,
    released,
    |event| compatible(event, "targetCompatibility"),
    |event| compatible(event, "sourceCompatibility"),
    |event| event.name() == "jvmTarget" && !of_tests(event),
];

/// The release that the strongest of a project's statements asks for, or that statement where its
/// value is computed.
pub(super) fn read(project: &Project, scope: &Scope) -> Result<Option<Asked>, Evidence> {
    for (index, asks) in WAYS.iter().enumerate() {
        let all = project.layers.iter().rev();
        let mut all = all.flat_map(|file| file.events.iter().rev().map(move |event| (file, event)));
        let mut guarded = None;
        let sure = all.find(|(file, event)| {
            let hit = asks(event) && event.given().is_some_and(|value| !current(value));
            if hit && event.guarded && guarded.is_none() {
                guarded = Some(file.says(WHAT, event));
            }
            hit && !event.guarded
        });
        if let Some((file, event)) = sure {
            let evidence = file.says(WHAT, event);
            let text = event.given().and_then(|value| scope.text(value));
            let release = text.as_deref().and_then(release);
            return match release {
                Some(release) => Ok(Some(Asked { release, exact: index == 0, evidence })),
                None => Err(evidence),
            };
        }
        if let Some(evidence) = guarded {
            return Err(evidence);
        }
    }
    Ok(None)
}

fn toolchain(event: &Event) -> bool {
    (event.ends(&["toolchain", "languageVersion"])
        || event.ends(&["jvmToolchain", "languageVersion"])
        || event.ends(&["jvmToolchain"]))
        && !of_tests(event)
}

fn released(event: &Event) -> bool {
    event.ends(&["options", "release"]) && !of_tests(event)
}

fn compatible(event: &Event, name: &str) -> bool {
    event.name() == name && !of_tests(event)
}

fn of_tests(event: &Event) -> bool {
    event.path.iter().any(|name| name.to_lowercase().contains("test"))
}

/// Whether a value is the JDK that runs Gradle, which asks for nothing.
fn current(value: &Expr) -> bool {
    value.links().is_some_and(|links| links.iter().any(|link| link.name == "current"))
}

/// The release number of `17`, `1.8`, `1.8.0`, `17.0.2`.
fn release(text: &str) -> Option<u64> {
    let mut parts = text.trim().split('.');
    let release = match (parts.next()?, parts.next()) {
        ("1", Some(minor)) => minor.parse().ok()?,
        (major, _) => major.parse().ok()?,
    };
    (5..100).contains(&release).then_some(release)
}

/// Vendors that the JDK of the build images is of.
const VENDORS: &[&str] = &["ADOPTIUM", "ADOPTOPENJDK", "adoptium", "temurin", "eclipse"];

/// The refusal of a toolchain of another vendor than the build images have.
pub(super) fn vendor(project: &Project) -> Option<Stop> {
    project.layers.iter().find_map(|file| {
        let asks = |event: &&Event| !event.guarded && event.ends(&["toolchain", "vendor"]) && !of_tests(event);
        let event = file.events.iter().rev().find(asks)?;
        let last = event.given()?.links()?.last()?;
        let name = last.literal().unwrap_or(&last.name);
        if VENDORS.iter().any(|known| name.eq_ignore_ascii_case(known)) || name == "get" {
            return None;
        }
        let place = file.says("toolchain", event).place();
        Some(
            Stop::refuse(format!("{place} asks for a JDK of `{name}`; those of the build images are Eclipse Temurin"))
                .help("remove the vendor, or add Gradle's foojay resolver to settings.gradle: the build then downloads that JDK"),
        )
    })
}
