//! From a plan to the text of its two files. Templates never decide: they print the plan.

mod filters;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use tera::{Context, Tera};

use crate::dockerfile;
use crate::ignore::Ignore;
use crate::plan::{Plan, Runtime, USER, secrets};
use crate::stack::Build;
use crate::stack::javascript::front::makes;

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Name in the repository's root.
    pub name: &'static str,
    pub text: String,
}

/// Every template by its name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("_build.tera", include_str!("../../templates/_build.tera")),
    ("_jvm.tera", include_str!("../../templates/_jvm.tera")),
    ("_parts.tera", include_str!("../../templates/_parts.tera")),
    ("go.dockerfile.tera", include_str!("../../templates/go.dockerfile.tera")),
    ("java.dockerfile.tera", include_str!("../../templates/java.dockerfile.tera")),
    ("node.dockerfile.tera", include_str!("../../templates/node.dockerfile.tera")),
    ("rust.dockerfile.tera", include_str!("../../templates/rust.dockerfile.tera")),
];

/// What a template can name.
#[derive(Serialize)]
struct Variables<'a> {
    command: &'a [String],
    user: &'a str,
    build: &'a Build,
    runtime: &'a Runtime,
}

/// The Dockerfile and the `.dockerignore` of a plan, checked against it.
///
/// # Errors
/// When a text of the repository cannot be written safely, or what was written is not what was
/// planned.
pub fn render(plan: &Plan) -> Result<Vec<Rendered>> {
    let template = plan.build.template();
    let mut tera = engine(&["_build.tera", "_jvm.tera", "_parts.tera", template])?;
    let variables =
        Variables { command: &plan.command, user: USER, build: &plan.build, runtime: &plan.runtime };
    refuse_controls(&serde_json::to_value(&variables)?)?;
    let context = Context::from_serialize(&variables)?;
    let text = tera_text(&mut tera, template, &context)?;
    dockerfile::check(&text, &plan.runtime).context("what was rendered is not what was planned")?;
    let ignore = dockerignore(plan)?;
    refuse_hidden(plan, &ignore)?;
    Ok(vec![Rendered { name: "Dockerfile", text }, Rendered { name: ".dockerignore", text: ignore }])
}

/// Files of the repository that the runtime stage copies as they are: they must reach the build.
/// What a stage makes needs not, whatever it is called.
fn copied(plan: &Plan) -> Vec<&str> {
    let fronts = match &plan.build {
        Build::Go(build) => build.fronts.as_slice(),
        Build::Rust(build) => &build.fronts,
        // These make what they copy out of the build stage.
        Build::Java(_) | Build::Node(_) => &[],
    };
    let made = |path: &str| makes(fronts, path);
    let paths = plan.runtime.copies.iter().flat_map(|copy| copy.from.iter().map(|from| (&copy.stage, from)));
    let copies = paths.filter_map(|(stage, from)| match stage.as_str() {
        "" if from == "." => None,
        "" => Some(from.as_str()),
        _ => from.strip_prefix("/src/"),
    });
    copies.map(|path| path.trim_end_matches('/')).filter(|path| !made(path)).collect()
}

/// Refuses two files that contradict each other: no build would get past that copy.
fn refuse_hidden(plan: &Plan, ignore: &str) -> Result<()> {
    let ignore = Ignore::parse(ignore);
    match copied(plan).into_iter().find(|path| ignore.hides(path)) {
        Some(path) => bail!("the Dockerfile copies `{path}` into the image, and .dockerignore hides it"),
        None => Ok(()),
    }
}

/// Refuses a plan with text that no line of a Dockerfile can hold. The filters refuse it too; here
/// the message is the user's, not the template's.
fn refuse_controls(value: &serde_json::Value) -> Result<()> {
    match value {
        serde_json::Value::String(text) => filters::refuse_controls(text),
        serde_json::Value::Array(values) => values.iter().try_for_each(refuse_controls),
        serde_json::Value::Object(fields) => fields.values().try_for_each(refuse_controls),
        _ => Ok(()),
    }
}

fn tera_text(tera: &mut Tera, template: &str, context: &Context) -> Result<String> {
    let text = tera.render(template, context).with_context(|| format!("cannot render `{template}`"))?;
    Ok(format!("{}\n", text.trim()))
}

/// An engine with these templates and the filters that guard what enters them.
fn engine(names: &[&str]) -> Result<Tera> {
    let mut tera = Tera::new();
    tera.autoescape_on([".tera"]);
    tera.set_escape_fn(filters::plain);
    filters::register(&mut tera);
    let chosen = TEMPLATES.iter().filter(|(name, _)| names.contains(name));
    tera.add_raw_templates(chosen.copied()).context("the embedded templates do not parse")?;
    Ok(tera)
}

/// The `.dockerignore`: the plan's groups, and whatever the build needs taken back in.
fn dockerignore(plan: &Plan) -> Result<String> {
    let mut text = String::from("# What the build does not need, and what must never reach it.\n");
    for group in &plan.ignore {
        text.push_str(&format!("\n# {}\n", group.title));
        for line in &group.lines {
            text.push_str(&format!("{line}\n"));
        }
    }
    let ignore = Ignore::parse(&text);
    let secrets = secrets();
    let wants = plan.wants.iter().map(String::as_str).chain(copied(plan)).filter(|path| !secrets.hides(path));
    let needs = plan.needs.iter().map(String::as_str);
    let mut hidden: Vec<&str> = needs.chain(wants).filter(|path| ignore.hides(path)).collect();
    hidden.sort();
    hidden.dedup();
    if !hidden.is_empty() {
        text.push_str("\n# Kept: the build reads these\n");
        for path in hidden {
            text.push_str(&format!("!{}\n", filters::pattern(path)?));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        let names: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
        engine(&names).unwrap();
    }

    #[test]
    fn templates_name_nothing_that_the_plan_lacks() {
        let names: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
        let tera = engine(&names).unwrap();
        for name in names.iter().filter(|name| !name.starts_with('_')) {
            for variable in tera.get_template_variables(name).unwrap() {
                let first = variable.split('.').next().unwrap_or("");
                assert!(["command", "user", "build", "runtime"].contains(&first), "{name}: {variable}");
            }
        }
    }

    #[test]
    fn templates_stay_readable() {
        for (name, text) in TEMPLATES {
            let branches =
                text.matches("{% if").count() + text.matches("{%- if").count() + text.matches("elif").count();
            assert!(branches <= 10, "{name} has {branches} branches");
        }
    }
}
