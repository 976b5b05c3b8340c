//! Spring Boot's executable jars and wars.

use super::making::{Made, Making, NAME, TARGET, Way};
use super::model::{Execution, Plugin};
use super::name;
use crate::stack::java::module::Shape;

pub(super) const PLUGIN: &str = "spring-boot-maven-plugin";
const PARENT: &str = "spring-boot-starter-parent";

/// The jar or war that the plugin makes executable.
pub(super) fn read(making: &Making) -> Way {
    let effective = making.effective;
    let Some(plugin) = effective.plugin(PLUGIN) else { return Ok(None) };
    // Its own parent binds the goal, in an execution of this name.
    let by_parent = effective.model.outer.as_ref().is_some_and(|parent| parent.artifact == PARENT);
    let repackages = |one: &&Execution| {
        one.goals.iter().any(|goal| goal == "repackage") || by_parent && one.id == "repackage"
    };
    let executions: Vec<&Execution> = plugin.executions.iter().filter(repackages).collect();
    let on = |one: &&&Execution| one.is_on() && !is_skipped(making, plugin, Some(one));
    let execution = executions.iter().find(on).copied();
    if execution.is_none() && (!executions.is_empty() || is_skipped(making, plugin, None)) {
        return Ok(None);
    }
    let set = |way: &[&str]| effective.configured(plugin, execution, way);
    if set(&["layout"]).is_some_and(|said| said.value == "NONE") {
        return Ok(None);
    }
    let layered = set(&["layers", "configuration"]).is_none()
        && set(&["layers", "enabled"]).is_none_or(|said| said.value != "false");
    let classifier = set(&["classifier"]).map_or(String::new(), |said| format!("-{}", said.value));
    let folder = set(&["outputDirectory"]).map_or(TARGET.to_owned(), |said| said.value);
    let tail = format!("{classifier}.{}", if effective.packaging().value == "war" { "war" } else { "jar" });
    let output = name::output(effective, &folder, NAME, &tail)?;
    let made = Made { framework: Some("spring-boot"), shape: Shape::Boot { layered }, output };
    let mut application = making.application(made, &plugin.place, PLUGIN);
    if execution.is_none() && !by_parent {
        application.tasks.push("spring-boot:repackage".to_owned());
    }
    Ok(Some(application))
}

fn is_skipped(making: &Making, plugin: &Plugin, execution: Option<&Execution>) -> bool {
    let property = || making.effective.property("spring-boot.repackage.skip");
    let said = making.effective.configured(plugin, execution, &["skip"]).or_else(property);
    said.is_some_and(|said| said.value == "true")
}
