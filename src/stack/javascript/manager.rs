//! The package manager of a front end, its lock file and its version.

use anyhow::Result;

use super::package::Candidate;
use crate::catalog::{Node, NodeManager};
use crate::repo::{Repo, join};
use crate::stack::common::is_plain_name;
use crate::verdict::{Halt, Stop};

/// The manager that installs in a folder.
pub(super) struct Chosen<'a> {
    pub manager: &'a NodeManager,
    /// The lock file's name; `None` where there is none.
    pub lock: Option<String>,
    /// Its version; empty where the image has the manager.
    pub version: String,
}

/// Chooses the manager by the lock file in a folder, by the name in its package.json, or the first.
///
/// # Errors
/// A stop when it is one that is not supported, or when its version cannot be told.
pub(super) fn choose<'a>(
    repo: &Repo,
    candidate: &Candidate,
    root: &str,
    all: &[Candidate],
    knowledge: &'a Node,
) -> Result<Chosen<'a>, Halt> {
    let top = all.iter().find(|one| one.folder == root).unwrap_or(candidate);
    let named = named(top).or_else(|| named(candidate));
    let mut locked = Vec::new();
    for manager in &knowledge.manager {
        for lock in &manager.locks {
            let Some(text) = repo.source(&join(root, lock))? else { continue };
            if manager.holds.as_ref().is_none_or(|words| text.contains(words)) {
                locked.push((manager, lock.clone(), text));
            }
        }
    }
    let is_named = |manager: &NodeManager| named.as_ref().is_some_and(|named| named.fits(manager));
    let best = locked.iter().position(|(manager, ..)| is_named(manager)).unwrap_or(0);
    if best < locked.len() {
        let (manager, lock, text) = locked.swap_remove(best);
        let version = version(manager, named.as_ref(), Some(&text), &join(root, &lock))?;
        return Ok(Chosen { manager, lock: Some(lock), version });
    }
    refuse_unsupported(repo, root, knowledge)?;
    let manager = match &named {
        Some(named) => {
            knowledge.manager.iter().find(|manager| named.fits(manager)).ok_or_else(|| named.refused())?
        }
        None => unlocked(repo, root, knowledge)?,
    };
    let version = version(manager, named.as_ref(), None, &top.file)?;
    Ok(Chosen { manager, lock: None, version })
}

/// The manager for a folder without a lock file or a name: the one whose own files are there.
fn unlocked<'a>(repo: &Repo, root: &str, knowledge: &'a Node) -> Result<&'a NodeManager, Halt> {
    const WORKSPACE: &str = "pnpm-workspace.yaml";
    let reads = |manager: &&NodeManager| manager.reads.iter().any(|file| file == WORKSPACE);
    if repo.has(&join(root, WORKSPACE))?
        && let Some(manager) = knowledge.manager.iter().find(reads)
    {
        return Ok(manager);
    }
    Ok(knowledge.manager.first().ok_or_else(|| Stop::refuse("the catalogue names no package manager"))?)
}

/// What `packageManager` says: `pnpm@10.1.0+sha512.1234`.
struct Named {
    name: String,
    version: String,
    place: String,
}

impl Named {
    fn fits(&self, manager: &NodeManager) -> bool {
        let major = self.version.split('.').next().and_then(|major| major.parse().ok());
        let is_major =
            manager.majors.is_empty() || major.is_some_and(|major: u64| manager.majors.contains(&major));
        manager.name == self.name && is_major
    }

    fn refused(&self) -> Stop {
        let Named { name, version, place } = self;
        Stop::refuse(format!("{place} asks for the package manager `{name}@{version}`, which is not supported"))
            .help("build the front end before the image is built and commit what it makes, or use npm, pnpm or yarn")
    }
}

fn named(candidate: &Candidate) -> Option<Named> {
    let text = candidate.package.string(&["packageManager"])?;
    let (name, version) = text.split_once('@')?;
    let version = version.split('+').next().filter(|version| is_plain_name(version))?;
    let place = format!("{}:{}", candidate.file, candidate.package.line(&["packageManager"]));
    Some(Named { name: name.to_owned(), version: version.to_owned(), place })
}

fn refuse_unsupported(repo: &Repo, root: &str, knowledge: &Node) -> Result<(), Halt> {
    for lock in &knowledge.front.locks {
        let file = join(root, lock);
        if repo.has(&file)? {
            let reason =
                format!("a front end is installed from `{file}`, whose package manager is not supported");
            return Err(Stop::refuse(reason)
                .help("build it before the image is built and commit what it makes, or use npm, pnpm or yarn")
                .into());
        }
    }
    Ok(())
}

/// The version of a manager: the one that is named, else one that reads the lock file.
fn version(
    manager: &NodeManager,
    named: Option<&Named>,
    lock: Option<&str>,
    file: &str,
) -> Result<String, Halt> {
    if manager.prepare.is_empty() {
        return Ok(String::new());
    }
    if let Some(named) = named.filter(|named| named.name == manager.name) {
        if named.fits(manager) {
            return Ok(named.version.clone());
        }
        let reason = format!(
            "{} asks for `{}@{}`, and `{file}` is not of that version",
            named.place, named.name, named.version
        );
        return Err(Stop::refuse(reason)
            .help("install with the version that is asked for and commit the lock file")
            .into());
    }
    let row = match lock {
        Some(text) => manager.versions.iter().find(|row| text.contains(&row.lock)),
        None => manager.versions.last(),
    };
    match row {
        Some(row) => Ok(row.version.clone()),
        None => Err(Stop::refuse(format!("which version of {} wrote `{file}` cannot be told", manager.name))
            .help("name it in package.json: `\"packageManager\": \"NAME@VERSION\"`")
            .into()),
    }
}
