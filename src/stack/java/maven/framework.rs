//! The framework of a module, and its version where the tree says it.

use super::effective::evidence;
use super::known::is_below;
use super::making::Making;
use crate::catalog::{JavaFramework, Release};
use crate::evidence::Evidence;
use crate::manifest::xml::Said;

/// The framework that the module depends on.
pub(super) fn of<'a>(making: &Making<'a>) -> Option<&'a JavaFramework> {
    let stands_on = |row: &&JavaFramework| {
        let mut shipped = making.dependencies.iter().filter(|one| one.shipped);
        shipped.any(|one| is_below(&one.group, &row.group) && one.artifact.starts_with(&row.artifact))
    };
    making.known.java.framework.iter().find(stands_on)
}

/// The framework of this name.
pub(super) fn named<'a>(making: &Making<'a>, name: &str) -> Option<&'a JavaFramework> {
    making.known.java.framework.iter().find(|row| row.name == name)
}

/// Its version: of the parent, an imported bill of materials, the plugin, a dependency or a property.
pub(super) fn version(making: &Making, row: &JavaFramework) -> Option<(Release, Evidence)> {
    let effective = making.effective;
    let is_own = |group: &str| group == row.group || group.strip_prefix(&row.group) == Some(".platform");
    let said = |artifact: &str, version: Option<Said>| {
        let said = version.and_then(|said| effective.said(&said))?;
        let release = said.value.parse::<Release>().ok()?;
        Some((release, evidence("framework", &said, format!("{artifact} {}", said.value))))
    };
    let parent = effective.model.outer.iter().filter(|parent| is_below(&parent.group, &row.group));
    let parent = parent.map(|parent| (&parent.artifact, parent.version.clone()));
    let imports = effective.imports.iter().filter(|import| is_own(&import.group));
    let imports = imports.map(|import| (&import.artifact, import.version.clone()));
    let plugins = effective.plugins.iter().filter(|plugin| is_own(&plugin.group));
    let plugins = plugins.map(|plugin| (&plugin.artifact, plugin.version.clone()));
    let mut found = parent.chain(imports).chain(plugins);
    let by_artifact = found.find_map(|(artifact, version)| said(artifact, version));
    let by_dependency = || {
        let mut own = making.dependencies.iter().filter(|one| one.group == row.group);
        own.find_map(|one| {
            let version = one.version.as_ref()?;
            let says = format!("{} {version}", one.artifact);
            let at = Evidence { what: "framework".to_owned(), says, ..one.evidence.clone() };
            Some((version.parse::<Release>().ok()?, at))
        })
    };
    let by_property = || row.properties.iter().find_map(|name| said(name, Some(effective.property(name)?)));
    by_artifact.or_else(by_dependency).or_else(by_property)
}
