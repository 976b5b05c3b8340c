//! What a build leaves beside the program: files whose names differ by their ends alone.

use anyhow::Result;

use super::effective::Effective;
use super::model::{Execution, Plugin};
use super::tree::Tree;
use crate::manifest::xml::Element;
use crate::repo::{join, normal};

/// The endings of the jars that `package` leaves beside the main one, `-tests.jar` for one.
///
/// # Errors
/// When a descriptor of an assembly cannot be read.
pub(super) fn endings(tree: &Tree, effective: &Effective) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for plugin in &effective.plugins {
        let is_early = |one: &&Execution| {
            one.is_on() && one.phase.as_deref().is_none_or(|phase| tree.known.is_early(phase))
        };
        for execution in plugin.executions.iter().filter(is_early) {
            match plugin.artifact.as_str() {
                "maven-jar-plugin" => found.extend(jar(effective, plugin, execution)),
                "maven-shade-plugin" => found.extend(shaded(effective, plugin, execution)),
                "maven-assembly-plugin" => found.extend(assembled(tree, effective, plugin, execution)?),
                "spring-boot-maven-plugin" => {
                    found.push(classifier(effective, plugin, execution, "classifier", ""));
                }
                _ => {}
            }
        }
    }
    found.retain(|ending| ending != ".jar");
    found.sort();
    found.dedup();
    Ok(found)
}

fn classifier(
    effective: &Effective,
    plugin: &Plugin,
    execution: &Execution,
    name: &str,
    usual: &str,
) -> String {
    let said = effective.configured(plugin, Some(execution), &[name]);
    match said.map_or(usual.to_owned(), |said| said.value).as_str() {
        "" => ".jar".to_owned(),
        classifier => format!("-{classifier}.jar"),
    }
}

fn shaded(effective: &Effective, plugin: &Plugin, execution: &Execution) -> Option<String> {
    let attached = effective.configured(plugin, Some(execution), &["shadedArtifactAttached"])?;
    (attached.value == "true")
        .then(|| classifier(effective, plugin, execution, "shadedClassifierName", "shaded"))
}

fn jar(effective: &Effective, plugin: &Plugin, execution: &Execution) -> Option<String> {
    let has = |goal: &str| execution.goals.iter().any(|own| own == goal);
    match (has("test-jar"), has("jar") && execution.id != "default-jar") {
        (true, _) => Some(classifier(effective, plugin, execution, "classifier", "tests")),
        (false, true) => Some(classifier(effective, plugin, execution, "classifier", "")),
        (false, false) => None,
    }
}

/// The jars of the assembly plugin: by the descriptors that it brings, or files of the project.
fn assembled(
    tree: &Tree,
    effective: &Effective,
    plugin: &Plugin,
    execution: &Execution,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let configurations =
        || [execution.configuration.as_ref(), plugin.configuration.as_ref()].into_iter().flatten();
    let references = configurations().flat_map(|one| one.each("descriptorRefs"));
    found.extend(references.map(|reference| format!("-{}.jar", reference.said.value)));
    for said in configurations().flat_map(|one| one.each("descriptors")) {
        let path = effective.text(&said.said.value);
        let path = path.and_then(|path| normal(&join(&effective.model.folder, &path)));
        let Some(file) = path else { continue };
        let Some(text) = tree.repo.text(&file)? else { continue };
        let descriptor = Element::parse(&file, &text)?;
        let is_jar = descriptor.each("formats").iter().any(|format| format.said.value == "jar");
        found.extend(descriptor.says("id").filter(|_| is_jar).map(|id| format!("-{}.jar", id.value)));
    }
    Ok(found)
}
