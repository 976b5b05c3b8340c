//! Plugins of the build that need what a build in a container lacks, or that it has no use for.

use anyhow::Result;

use super::effective::{Effective, evidence};
use super::known::Known;
use super::model::{Depends, Execution, Plugin};
use crate::catalog::MavenPlugin;
use crate::evidence::Evidence;
use crate::manifest::xml::{Element, Said};
use crate::repo::{Repo, normal};
use crate::stack::java::project::{ABSENT, Note};

/// A front end that frontend-maven-plugin builds with a Node.js of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack::java) struct FrontEnd {
    /// The folder that it works in, from the root of the repository.
    pub folder: String,
    /// The Node.js that it downloads, as written.
    pub node: Option<String>,
    pub evidence: Evidence,
}

/// What is to be known of the plugins of a module that `package` runs.
pub(super) fn notes(known: &Known, effective: &Effective) -> Vec<Note> {
    let mut found = Vec::new();
    for plugin in &effective.plugins {
        let fits = |row: &&MavenPlugin| {
            row.artifact == plugin.artifact && row.group.as_ref().is_none_or(|group| *group == plugin.group)
        };
        let row = known.maven.plugin.iter().find(fits).filter(|row| runs(known, row, plugin));
        found.extend(row.map(|row| Note {
            folder: effective.model.folder.clone(),
            evidence: evidence("plugin", &plugin.place, &plugin.artifact),
            arguments: row.arguments.clone(),
            warning: row.note.as_ref().map(|note| warning(&plugin.place, &plugin.artifact, note)),
        }));
        found.extend(starts(known, effective, plugin));
    }
    found.extend(effective.files().filter_map(|one| left_out(effective, one)));
    found
}

/// A dependency of scope `system` that nothing puts beside the program.
fn left_out(effective: &Effective, one: &Depends) -> Option<Note> {
    let boot = effective.plugin("spring-boot-maven-plugin");
    let kept = boot.and_then(|plugin| {
        let own = plugin.execution("repackage").or(plugin.executions.first());
        effective.configured(plugin, own, &["includeSystemScope"])
    });
    if kept.is_some_and(|said| said.value == "true") {
        return None;
    }
    let note = "has scope `system`, with which it is not in the image: where the program needs it, take it from a repository";
    Some(Note {
        folder: effective.model.folder.clone(),
        evidence: evidence("dependency", &one.place, &one.artifact),
        arguments: Vec::new(),
        warning: Some(warning(&one.place, &one.artifact, note)),
    })
}

fn warning(place: &Said, plugin: &str, note: &str) -> String {
    format!("{}:{} `{plugin}` {note}", place.file, place.line)
}

fn runs(known: &Known, row: &MavenPlugin, plugin: &Plugin) -> bool {
    plugin.executions.iter().any(|execution| {
        let is_meant = row.goals.is_empty() || execution.goals.iter().any(|goal| row.goals.contains(goal));
        let phase = execution.phase.as_deref().unwrap_or(&row.phase);
        is_meant && execution.is_on() && !execution.goals.is_empty() && known.is_early(phase)
    })
}

fn starts(known: &Known, effective: &Effective, plugin: &Plugin) -> Option<Note> {
    let (usual, is_exec) = match plugin.artifact.as_str() {
        "exec-maven-plugin" => (None, true),
        "maven-antrun-plugin" => (None, false),
        _ => return None,
    };
    let bound = |one: &&Execution| {
        one.is_on() && one.phase.as_deref().or(usual).is_some_and(|phase| known.is_early(phase))
    };
    let said = plugin.executions.iter().filter(bound).find_map(|execution| {
        let configuration = execution.configuration.as_ref();
        let said = match is_exec {
            true => effective.configured(plugin, Some(execution), &["executable"]),
            false => configuration.and_then(executable),
        }?;
        let name = said.value.rsplit('/').next().unwrap_or_default().to_owned();
        ABSENT.contains(&name.as_str()).then_some(Said { value: name, ..said })
    })?;
    let note = format!("starts `{}`, which the image of the build does not have", said.value);
    Some(Note {
        folder: effective.model.folder.clone(),
        evidence: evidence("plugin", &said, &said.value),
        arguments: Vec::new(),
        warning: Some(warning(&said, &plugin.artifact, &note)),
    })
}

/// The program of the first `exec` task below.
fn executable(element: &Element) -> Option<Said> {
    if element.name == "exec" {
        let value = element.attribute("executable")?.to_owned();
        return Some(Said { value, ..element.said.clone() });
    }
    element.children.iter().find_map(executable)
}

/// The front end of a module.
pub(super) fn front_end(effective: &Effective) -> Option<FrontEnd> {
    let plugin = effective.plugin("frontend-maven-plugin")?;
    let execution = plugin.executions.iter().find(|one| one.is_on() && !one.goals.is_empty())?;
    let set = |name: &str| {
        let mut executions = plugin.executions.iter().map(Some).chain([None]);
        executions.find_map(|one| effective.configured(plugin, one, &[name]))
    };
    let folder = set("workingDirectory").map_or(String::new(), |said| said.value);
    let folder = normal(&crate::repo::join(&effective.model.folder, &folder))?;
    let node = set("nodeVersion").map(|said| said.value);
    Some(FrontEnd { folder, node, evidence: evidence("front end", &execution.place, &plugin.artifact) })
}

/// What extensions of Maven itself are to be told.
///
/// # Errors
/// When `.mvn/extensions.xml` cannot be read or parsed.
pub(super) fn extensions(repo: &Repo, known: &Known) -> Result<Vec<Note>> {
    const FILE: &str = ".mvn/extensions.xml";
    let Some(text) = repo.text(FILE)? else { return Ok(Vec::new()) };
    let root = Element::parse(FILE, &text)?;
    let said = root.children.iter().filter_map(|extension| extension.says("artifactId"));
    let note = |said: &Said| {
        let row = known.maven.extension.iter().find(|row| row.artifact == said.value)?;
        Some(Note {
            folder: String::new(),
            evidence: evidence("extension", said, &said.value),
            arguments: row.arguments.clone(),
            warning: Some(warning(said, &said.value, &row.note)),
        })
    };
    Ok(said.filter_map(note).collect())
}
