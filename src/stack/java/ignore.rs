//! What of a project of the JVM its build does not read.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::project::Project;
use crate::options::BuildTool;
use crate::plan::{IgnoreGroup, common_ignore};

/// The lines of `.dockerignore`, for the folder of every module: what the tool leaves, and what only
/// tests read. Patterns are by depth rather than `**`, since packages of the sources may be called
/// `target` or `build`, too.
pub(super) fn groups(graph: &Graph, project: &Project) -> Vec<IgnoreGroup> {
    let mut made = match project.tool {
        BuildTool::Maven => vec!["target"],
        BuildTool::Gradle => vec!["build", ".gradle"],
    };
    if !project.shares_tests {
        made.push("src/test");
    }
    let depths: BTreeSet<usize> = graph.folders().map(depth).chain([0]).collect();
    let lines =
        depths.iter().flat_map(|depth| made.iter().map(move |made| format!("{}{made}", "*/".repeat(*depth))));
    let mut lines: Vec<String> = lines.collect();
    lines.push("**/*.iml".to_owned());
    let mut groups = common_ignore();
    groups.push(IgnoreGroup { title: "Made by the build, and what it does not read".to_owned(), lines });
    groups
}

fn depth(folder: &str) -> usize {
    if folder.is_empty() { 0 } else { folder.split('/').count() }
}
