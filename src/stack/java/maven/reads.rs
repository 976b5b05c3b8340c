//! Modules whose files another one's build reads without depending on them.

use std::collections::BTreeSet;

use super::effective::Effective;
use super::tree::Tree;
use crate::manifest::xml::Element;
use crate::repo::{join, normal, parent};
use crate::stack::java::module::Module;

/// What stands for a folder at the beginning of a path, from the module's own.
const OWN: &[&str] = &["${project.basedir}/", "${basedir}/"];
const ABOVE: &[&str] = &["${project.parent.basedir}/"];
const ROOT: &[&str] = &[
    "${maven.multiModuleProjectDirectory}/",
    "${session.executionRootDirectory}/",
    "${session.topLevelProject.basedir}/",
];

/// Paths outside of the module's folder that configurations of its plugins name, from the root.
pub(super) fn paths(tree: &Tree, effective: &Effective) -> Vec<String> {
    let folder = effective.model.folder.as_str();
    let early = |phase: Option<&str>| phase.is_none_or(|phase| tree.known.is_early(phase));
    let mut open: Vec<&Element> = Vec::new();
    for plugin in &effective.plugins {
        let executions = plugin.executions.iter();
        let executions = executions.filter(|one| one.is_on() && early(one.phase.as_deref()));
        open.extend(executions.filter_map(|one| one.configuration.as_ref()));
    }
    let mut found = BTreeSet::new();
    while let Some(element) = open.pop() {
        open.extend(&element.children);
        found.extend(outside(folder, &element.said.value));
    }
    found.into_iter().collect()
}

fn outside(folder: &str, text: &str) -> Option<String> {
    let strip = |all: &[&str]| all.iter().find_map(|one| text.strip_prefix(one));
    let path = match (strip(OWN), strip(ABOVE), strip(ROOT)) {
        (Some(rest), ..) => join(folder, rest),
        (_, Some(rest), _) if !folder.is_empty() => join(parent(folder), rest),
        (_, _, Some(rest)) => rest.to_owned(),
        _ if text.starts_with("../") => join(folder, text),
        _ => return None,
    };
    normal(&path).filter(|path| !path.is_empty() && !path.contains("${"))
}

/// Turns the paths into the folders of the modules whose build makes what lies there.
pub(super) fn settle(modules: &mut [Module]) {
    let folders: BTreeSet<String> = modules.iter().map(|module| module.folder.clone()).collect();
    for module in modules {
        let made = |path: &String| {
            let path = format!("{path}/");
            let (folder, _) = path.split_once("/target/")?;
            (folders.contains(folder) && *folder != module.folder).then(|| folder.to_owned())
        };
        let found: BTreeSet<String> = module.reads.iter().filter_map(made).collect();
        module.reads = found.into_iter().collect();
    }
}
