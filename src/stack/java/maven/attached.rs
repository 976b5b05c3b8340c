//! Jars that a build leaves beside the one that is meant.

use super::effective::Effective;
use super::known::Known;
use super::model::{Execution, Plugin};

/// Plugins that attach a jar, the phase of their goals, and how the name of the jar ends.
const ATTACH: &[(&str, &[&str], &str, &str)] = &[
    ("maven-source-plugin", &["jar", "jar-no-fork", "aggregate"], "package", "sources"),
    ("maven-source-plugin", &["test-jar", "test-jar-no-fork"], "package", "test-sources"),
    ("maven-javadoc-plugin", &["jar", "aggregate-jar"], "package", "javadoc"),
    ("maven-jar-plugin", &["test-jar"], "package", "tests"),
];

/// Plugins whose executions name the classifier of what they make.
const CLASSIFY: &[&str] = &["maven-jar-plugin", "spring-boot-maven-plugin", "maven-shade-plugin"];

/// How the names of those jars end, without a dash: `sources`, `tests`, classifiers.
pub(super) fn read(known: &Known, effective: &Effective) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for plugin in &effective.plugins {
        let early = |one: &&Execution, usual: &str| {
            one.is_on() && !one.goals.is_empty() && known.is_early(one.phase.as_deref().unwrap_or(usual))
        };
        for (artifact, goals, usual, end) in ATTACH.iter().filter(|row| row.0 == plugin.artifact) {
            let runs = |one: &&Execution| one.goals.iter().any(|goal| goals.contains(&goal.as_str()));
            if plugin.artifact == *artifact
                && plugin.executions.iter().any(|one| early(&one, usual) && runs(&one))
            {
                found.push((*end).to_owned());
            }
        }
        let executions = || plugin.executions.iter().filter(|one| early(one, "package"));
        if CLASSIFY.contains(&plugin.artifact.as_str()) {
            let set =
                |one: Option<&Execution>, name: &str| Some(effective.configured(plugin, one, &[name])?.value);
            found.extend(executions().filter_map(|one| set(Some(one), "classifier")));
            found.extend(set(None, "classifier"));
            let attaches =
                |one: &&Execution| set(Some(one), "shadedArtifactAttached").as_deref() == Some("true");
            let names = executions().filter(attaches);
            found.extend(
                names.map(|one| set(Some(one), "shadedClassifierName").unwrap_or("shaded".to_owned())),
            );
        }
        if plugin.artifact == "maven-assembly-plugin" {
            found.extend(executions().flat_map(|one| descriptors(plugin, one)));
        }
    }
    found.retain(|end| crate::stack::common::is_plain_name(end));
    found.sort();
    found.dedup();
    found
}

/// The assemblies of an execution, by their names.
fn descriptors(plugin: &Plugin, execution: &Execution) -> Vec<String> {
    let configurations = [execution.configuration.as_ref(), plugin.configuration.as_ref()];
    let said = configurations.into_iter().flatten().flat_map(|one| one.each("descriptorRefs"));
    said.map(|one| one.said.value.clone()).collect()
}
