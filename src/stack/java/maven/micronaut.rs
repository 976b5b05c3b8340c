//! Micronaut: its parent and plugin together shade the jar.

use super::known::is_below;
use super::making::{Made, Making, NAME, TARGET, Way};
use super::name;
use crate::stack::java::module::Shape;
use crate::verdict::Stop;

const PLUGIN: &str = "micronaut-maven-plugin";

/// Whether the packaging is one of Micronaut's own, or a property that the build may be given.
pub(super) fn makes_jar(making: &Making) -> bool {
    making.effective.plugin(PLUGIN).is_some() && making.effective.packaging().value != "pom"
}

/// The jar that Micronaut's parent shades.
pub(super) fn read(making: &Making) -> Way {
    let effective = making.effective;
    let Some(plugin) = effective.plugin(PLUGIN) else { return Ok(None) };
    let parent = effective.model.outer.as_ref();
    let Some(parent) = parent.filter(|parent| is_below(&parent.group, "io.micronaut")) else {
        return Ok(None);
    };
    let packaging = effective.packaging();
    let by_property = effective.model.packaging.as_ref().is_some_and(|said| said.value == "${packaging}");
    if packaging.value != "jar" && !by_property {
        let reason = format!("{}:{} has packaging `{}`", packaging.file, packaging.line, packaging.value);
        return Err(Stop::refuse(reason)
            .help("write `<packaging>${packaging}</packaging>`, and `jar` into the property")
            .into());
    }
    if effective.first(&["exec.mainClass"]).is_none() {
        let reason = format!("{} does not say its main class", effective.model.file);
        return Err(Stop::refuse(reason)
            .help("`micronaut-parent` reads it from the property `exec.mainClass`")
            .into());
    }
    let output = name::output(effective, TARGET, NAME, ".jar")?;
    let says = format!("{PLUGIN}, with {} as parent", parent.artifact);
    let made = Made { framework: Some("micronaut"), shape: Shape::Jar, output };
    let mut application = making.application(made, &plugin.place, &says);
    if packaging.value != "jar" {
        application.tasks.push("-Dpackaging=jar".to_owned());
    }
    Ok(Some(application))
}
