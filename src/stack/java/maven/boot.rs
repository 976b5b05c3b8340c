//! Spring Boot's executable jars and wars.

use super::making::{Made, Making, NAME, TARGET, Way};
use super::model::{Execution, Plugin};
use super::name;
use crate::stack::java::mains::mains;
use crate::stack::java::module::Shape;
use crate::stack::java::sources;
use crate::verdict::Halt;

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
    let by_hand = execution.is_none() && !by_parent;
    if by_hand && !has_main(making, plugin)? {
        return Ok(None);
    }
    let set = |way: &[&str]| effective.configured(plugin, execution, way);
    if set(&["layout"]).is_some_and(|said| said.value == "NONE") {
        return Ok(None);
    }
    let layered = set(&["layers", "configuration"]).is_none()
        // Unpacked, the loader that `ZIP` stands for and that reads LOADER_PATH would not be used.
        && set(&["layout"]).is_none_or(|said| said.value != "ZIP" && said.value != "DIR")
        && [&["layers", "enabled"][..], &["layers", "includeLayerTools"], &["includeTools"]]
            .iter()
            .all(|way| set(way).is_none_or(|said| said.value != "false"));
    let classifier = set(&["classifier"]).map_or(String::new(), |said| format!("-{}", said.value));
    let folder = set(&["outputDirectory"]).map_or(TARGET.to_owned(), |said| said.value);
    let tail = format!("{classifier}.{}", if effective.packaging().value == "war" { "war" } else { "jar" });
    let stem = plugin.written(execution, "finalName").map_or(NAME.to_owned(), |said| said.value);
    let output = name::output(effective, &folder, &stem, &tail)?;
    let made = Made { framework: Some("spring-boot"), shape: Shape::Boot { layered }, output };
    let mut application = making.application(made, &plugin.place, PLUGIN);
    if by_hand {
        application.tasks.push("spring-boot:repackage".to_owned());
    }
    Ok(Some(application))
}

/// Whether the plugin would find a class to start, which it refuses to go on without.
fn has_main(making: &Making, plugin: &Plugin) -> Result<bool, Halt> {
    let effective = making.effective;
    let folder = &effective.model.folder;
    Ok(effective.configured(plugin, None, &["mainClass"]).is_some()
        || effective.property("start-class").is_some()
        || !mains(&sources::read(making.repo, folder, &effective.sources())?).is_empty()
        || sources::foreign(making.repo, folder)?.is_some())
}

fn is_skipped(making: &Making, plugin: &Plugin, execution: Option<&Execution>) -> bool {
    let property = || making.effective.property("spring-boot.repackage.skip");
    let said = making.effective.configured(plugin, execution, &["skip"]).or_else(property);
    said.is_some_and(|said| said.value == "true")
}
