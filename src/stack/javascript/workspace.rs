//! The folder that a package is installed from: its own, or that of the workspace it belongs to.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use super::install::DEPENDENCIES;
use super::package::Candidate;
use crate::catalog::{NodeFront, NodeManager};
use crate::ignore::glob;
use crate::repo::{Repo, join, normal, parent};
use crate::verdict::{Halt, Stop};

/// Where packages are installed.
pub(in crate::stack) struct Workspace<'a> {
    /// The folder with the lock file; the root is `""`.
    pub root: String,
    /// Whether several packages are installed there together.
    pub is_shared: bool,
    /// These packages, the root's own among them.
    pub members: Vec<&'a Candidate>,
    /// Packages of the workspace that are not installed with these.
    pub others: Vec<&'a Candidate>,
}

/// The script that a package of a workspace is built with.
pub(in crate::stack) const BUILD: &str = "build";

/// Dependencies that a program needs when it runs.
const SHIPPED: &[&str] = &["dependencies", "optionalDependencies", "peerDependencies"];

/// More packages than this no chain of dependencies has.
const DEEPEST: usize = 50;

impl<'a> Workspace<'a> {
    /// Leaves the packages that one of them needs, and the root with what it needs.
    pub(super) fn keep_needed(&mut self, candidate: &'a Candidate) {
        let root = self.members.iter().copied().find(|member| member.folder == self.root);
        let mut needed = self.closure(candidate, DEPENDENCIES);
        needed.extend(root.into_iter().flat_map(|root| self.closure(root, DEPENDENCIES)));
        needed.extend(root);
        needed.push(candidate);
        let is_needed = |member: &&Candidate| needed.iter().any(|one| one.folder == member.folder);
        let (members, others) = self.members.iter().copied().partition(is_needed);
        (self.members, self.others) = (members, others);
    }

    /// The packages of the workspace that a package depends on and that are built, each after those
    /// that it depends on itself.
    pub(in crate::stack) fn built(&self, candidate: &'a Candidate) -> Vec<&'a Candidate> {
        let mut found = self.closure(candidate, DEPENDENCIES);
        found.retain(|member| member.package.script(BUILD).is_some());
        found
    }

    /// The packages of the workspace that a package needs when it runs.
    pub(in crate::stack) fn shipped(&self, candidate: &'a Candidate) -> Vec<&'a Candidate> {
        self.closure(candidate, SHIPPED)
    }

    fn closure(&self, candidate: &'a Candidate, kinds: &[&str]) -> Vec<&'a Candidate> {
        let (mut seen, mut found) = (vec![candidate.folder.as_str()], Vec::new());
        self.visit(candidate, kinds, 0, &mut seen, &mut found);
        found
    }

    fn visit(
        &self,
        from: &'a Candidate,
        kinds: &[&str],
        depth: usize,
        seen: &mut Vec<&'a str>,
        found: &mut Vec<&'a Candidate>,
    ) {
        for member in &self.members {
            let name = member.package.string(&["name"]).unwrap_or_default();
            let is_used = kinds.iter().any(|kind| from.package.depends(kind, name));
            if name.is_empty() || !is_used || depth == DEEPEST || seen.contains(&member.folder.as_str()) {
                continue;
            }
            seen.push(&member.folder);
            self.visit(member, kinds, depth + 1, seen, found);
            found.push(member);
        }
    }
}

/// The workspace of a package.
///
/// # Errors
/// A stop when a dependency is one that only a workspace could resolve, and there is none.
pub(super) fn of<'a>(
    repo: &Repo,
    candidate: &Candidate,
    all: &'a [Candidate],
    managers: &[NodeManager],
    known: &NodeFront,
) -> Result<Workspace<'a>, Halt> {
    let folder = candidate.folder.as_str();
    let bound = bound(candidate);
    let locks = managers.iter().flat_map(|manager| &manager.locks).chain(&known.locks);
    let mut locked = false;
    for lock in locks {
        locked |= repo.has(&join(folder, lock))?;
    }
    let above = above(repo, folder)?;
    let own =
        Workspace { root: folder.to_owned(), is_shared: false, members: Vec::new(), others: Vec::new() };
    let declared = above.filter(|(root, _)| !locked || root == folder || bound.is_some());
    if let Some((root, globs)) = declared {
        let is_member = |one: &&Candidate| one.folder == root || matches(&globs, &root, &one.folder);
        let members = all.iter().filter(is_member).collect();
        return Ok(Workspace { root, is_shared: true, members, others: Vec::new() });
    }
    if let Some((kind, name, version)) = bound {
        // pnpm reads catalogs beside the manifest, too.
        let has_catalog =
            version.starts_with("catalog:") && repo.has(&join(folder, "pnpm-workspace.yaml"))?;
        let is_linked = locked && local(folder, version).is_some();
        if !has_catalog && !is_linked {
            let line = candidate.package.line(&[kind, name]);
            let reason = format!(
                "{}:{line} depends on `{name}` at `{version}`, and no workspace that holds it is in the repository",
                candidate.file
            );
            return Err(Stop::refuse(reason)
                .help("commit the workspace's package.json or pnpm-workspace.yaml and its lock file, and run distrogen in the folder that holds both")
                .into());
        }
    }
    Ok(own)
}

/// The first dependency that only a workspace, or a lock file beside it, resolves.
fn bound(candidate: &Candidate) -> Option<(&'static str, &str, &str)> {
    let only = ["workspace:", "catalog:", "link:", "portal:"];
    DEPENDENCIES.iter().find_map(|kind| {
        let mut versions = candidate.package.versions(kind);
        let found = versions.find(|(_, version)| only.iter().any(|protocol| version.starts_with(protocol)));
        found.map(|(name, version)| (*kind, name, version))
    })
}

/// Folders of the repository that are dependencies.
///
/// # Errors
/// A stop when one is not there.
pub(super) fn locals(repo: &Repo, candidate: &Candidate) -> Result<Vec<String>, Halt> {
    let mut found = Vec::new();
    for kind in DEPENDENCIES {
        for (name, version) in candidate.package.versions(kind) {
            let Some(path) = local(&candidate.folder, version) else { continue };
            let there = match &path {
                Some(path) => repo.kind(path)?.is_some() && !repo.git_ignores(path)?,
                None => false,
            };
            let Some(path) = path.filter(|_| there) else {
                let line = candidate.package.line(&[kind, name]);
                let reason = format!(
                    "{}:{line} depends on `{name}` at `{version}`, which is not in the repository",
                    candidate.file
                );
                return Err(Stop::refuse(reason).help("run distrogen in the folder that holds both").into());
            };
            found.push(path);
        }
    }
    Ok(found)
}

/// The nearest folder at or above a package that counts it to its workspace, and its patterns.
pub(in crate::stack) fn above(repo: &Repo, folder: &str) -> Result<Option<(String, Vec<String>)>> {
    let mut root = folder.to_owned();
    loop {
        let globs = patterns(repo, &root)?;
        if !globs.is_empty() && (root == folder || matches(&globs, &root, folder)) {
            return Ok(Some((root, globs)));
        }
        if root.is_empty() {
            return Ok(None);
        }
        root = parent(&root).to_owned();
    }
}

/// pnpm-workspace.yaml.
#[derive(Default, Deserialize)]
struct PnpmWorkspace {
    #[serde(default)]
    packages: Vec<String>,
}

/// The patterns of a folder's workspace; none where it is no root of one.
fn patterns(repo: &Repo, root: &str) -> Result<Vec<String>> {
    if let Some(text) = repo.source(&join(root, "pnpm-workspace.yaml"))? {
        let read: PnpmWorkspace = serde_saphyr::from_str(&text).unwrap_or_default();
        if !read.packages.is_empty() {
            return Ok(read.packages);
        }
    }
    let Some(text) = repo.source(&join(root, "package.json"))? else { return Ok(Vec::new()) };
    let Ok(value) = serde_json::from_str::<Value>(&text) else { return Ok(Vec::new()) };
    let list = value["workspaces"].as_array().or_else(|| value["workspaces"]["packages"].as_array());
    Ok(list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Whether patterns of a workspace's root name a folder; the last one that does decides.
fn matches(globs: &[String], root: &str, folder: &str) -> bool {
    let below = if root.is_empty() {
        Some(folder)
    } else {
        folder.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'))
    };
    let Some(below) = below.filter(|below| !below.is_empty()) else { return false };
    let mut found = false;
    for pattern in globs {
        let (keeps, pattern) =
            pattern.strip_prefix('!').map_or((true, pattern.as_str()), |rest| (false, rest));
        if glob(pattern, below) {
            found = keeps;
        }
    }
    found
}

/// The folder that a version of a dependency names, below the repository: `None` where it names
/// none, `Some(None)` where it leaves the repository.
pub(super) fn local(folder: &str, version: &str) -> Option<Option<String>> {
    let path = ["file:", "link:", "portal:"].iter().find_map(|protocol| version.strip_prefix(protocol))?;
    Some(normal(&join(folder, path)))
}
