//! What an install or a script needs that only the image with a compiler has.

use serde_json::Value;

use super::install::{DEPENDENCIES, Install, Request};
use super::package::Candidate;
use super::script;
use crate::catalog::Node;
use crate::manifest::package::Package;
use crate::repo::join;
use crate::verdict::{Halt, Stop};

/// What an install or a script needs of the image with a compiler.
pub(super) fn needed(
    request: &Request,
    install: &Install,
    scripts: &[String],
) -> Result<Option<String>, Halt> {
    let Request { repo, candidate, knowledge, .. } = *request;
    let workspace = &install.workspace;
    let mut full = None;
    for one in workspace.members.iter().copied().chain([candidate]) {
        refuse_uninstallable(one, knowledge)?;
        let hooks = knowledge.front.hooks.iter();
        let own = scripts.iter().filter(|_| one.folder == candidate.folder);
        for name in hooks.chain(own) {
            for command in script::commands(&one.package, name, &knowledge.front).into_iter().flatten() {
                full = full.or(started(one, name, &command, &install.manager.name, knowledge)?);
            }
        }
        full = full.or_else(|| compiled(&one.package, knowledge));
    }
    if full.is_none()
        && let Some(lock) = &install.lock
        && let Some(text) = repo.source(&join(&workspace.root, lock))?
    {
        full = scripted(&text, knowledge);
    }
    Ok(full)
}

/// A program that a script starts and that only the image with a compiler has.
fn started(
    one: &Candidate,
    name: &str,
    command: &script::Command,
    manager: &str,
    knowledge: &Node,
) -> Result<Option<String>, Stop> {
    let Some(program) = script::program(command) else { return Ok(None) };
    if knowledge.front.absent.iter().any(|absent| absent == program)
        && one.package.dependency(program).is_none()
        && !program.starts_with(manager)
    {
        let line = one.package.line(&["scripts", name]);
        let reason = format!("{}:{line} starts `{program}`, which no image of Node.js has", one.file);
        return Err(Stop::refuse(reason)
            .help("build the front end before the image is built and commit what it makes"));
    }
    Ok(knowledge.front.full.iter().find(|full| *full == program).cloned())
}

fn refuse_uninstallable(one: &Candidate, knowledge: &Node) -> Result<(), Stop> {
    let found = knowledge.native.iter().filter(|row| row.uninstallable);
    for row in found {
        if let Some(kind) = one.package.dependency(&row.package) {
            let line = one.package.line(&[kind, &row.package]);
            let reason =
                format!("{}:{line} depends on `{}`, which needs {}", one.file, row.package, row.needs);
            return Err(Stop::refuse(reason).help("replace it, or commit what the front end's build makes"));
        }
    }
    Ok(())
}

/// A dependency whose install needs build tools: by name, or from git.
fn compiled(package: &Package, knowledge: &Node) -> Option<String> {
    let is_git =
        |version: &str| version.starts_with("git") || version.contains("git+") || version.contains(".git");
    let from_git =
        DEPENDENCIES.iter().flat_map(|kind| package.versions(kind)).find(|(_, version)| is_git(version));
    let named = || knowledge.compile.packages.iter().find(|name| package.dependency(name).is_some()).cloned();
    from_git.map(|(name, _)| name.to_owned()).or_else(named)
}

/// A package of npm's lock file that must be installed, by a script that may compile.
fn scripted(lock: &str, knowledge: &Node) -> Option<String> {
    let lock: Value = serde_json::from_str(lock).ok()?;
    lock["packages"].as_object()?.iter().find_map(|(folder, locked)| {
        let name = folder.rsplit_once("node_modules/")?.1;
        let skipped = knowledge.skip.iter().map(|skip| &skip.package);
        let is_harmless = knowledge.compile.harmless.iter().chain(skipped).any(|known| known == name);
        // npm goes on without an optional package that does not compile.
        let compiles = locked["hasInstallScript"] == true && locked["optional"] != true;
        (compiles && !is_harmless).then(|| name.to_owned())
    })
}
