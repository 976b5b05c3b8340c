//! What of a project of the JVM its build does not read.

use std::collections::BTreeSet;

use anyhow::Result;

use super::graph::Graph;
use super::project::Project;
use crate::options::BuildTool;
use crate::plan::{IgnoreGroup, common_ignore};
use crate::repo::{Kind, Repo, join};

/// Folders of sources, in whose packages no build leaves anything.
const SOURCES: &[&str] = &["src", "node_modules"];

/// More folders than this are not looked into.
const MOST: usize = 5_000;

/// The lines of `.dockerignore`, for the folder of every module: what the tool leaves, and what only
/// tests read. Patterns are by depth rather than `**`, since packages of the sources may be called
/// `target` or `build`, too.
///
/// # Errors
/// When a folder cannot be listed.
pub(super) fn groups(graph: &Graph, project: &Project, repo: &Repo) -> Result<Vec<IgnoreGroup>> {
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
    lines.extend(kept(graph, &depths, repo)?.iter().map(|folder| format!("!{folder}")));
    lines.push("**/*.iml".to_owned());
    let mut groups = common_ignore();
    groups.push(IgnoreGroup { title: "Made by the build, and what it does not read".to_owned(), lines });
    Ok(groups)
}

/// Folders that a pattern would hide though nothing makes them: git keeps them, and they are no
/// module's, like the `build` of a front end that has its scripts there.
fn kept(graph: &Graph, depths: &BTreeSet<usize>, repo: &Repo) -> Result<Vec<String>> {
    let modules: BTreeSet<&str> = graph.folders().chain([""]).collect();
    let deepest = depths.last().copied().unwrap_or(0);
    let mut kept = Vec::new();
    let mut open = vec![(String::new(), 0)];
    let mut left = MOST;
    while let Some((folder, depth)) = open.pop() {
        let Some(rest) = left.checked_sub(1) else { break };
        left = rest;
        for entry in repo.entries(&folder)?.iter().filter(|entry| entry.kind == Kind::Folder) {
            let path = join(&folder, &entry.name);
            let is_made = entry.name == "build" || entry.name == "target";
            if is_made && depths.contains(&depth) && !modules.contains(folder.as_str()) {
                if plain(&path) && !repo.git_ignores(&path)? {
                    kept.push(path);
                }
            } else if depth < deepest
                && !is_made
                && !entry.name.starts_with('.')
                && !SOURCES.contains(&entry.name.as_str())
            {
                open.push((path, depth + 1));
            }
        }
    }
    kept.sort();
    Ok(kept)
}

/// Whether a path means itself in a pattern.
fn plain(path: &str) -> bool {
    path.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'))
}

fn depth(folder: &str) -> usize {
    if folder.is_empty() { 0 } else { folder.split('/').count() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn folders_of_scripts_that_are_called_build_stay() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("settings.gradle", "include 'app'")
                .file("app/build.gradle", "")
                .file("app/build/libs/a.jar", "")
                .file("web/build/webpack.config.js", "")
                .file("old/.gitignore", "target\n")
                .file("old/target/x", "")
                .file("a/b/build/x", ""),
        );
        let Ok(project) = crate::stack::java::gradle::project(&repo) else { panic!("no project") };
        let groups = groups(&Graph::of(&project.modules), &project, &repo).unwrap();
        let lines: Vec<&String> = groups.iter().flat_map(|group| &group.lines).collect();
        let kept: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.strip_prefix('!'))
            .filter(|line| !line.contains('*'))
            .collect();
        assert_eq!(kept, ["web/build"]);
        assert!(lines.iter().any(|line| *line == "*/build"));
    }
}
