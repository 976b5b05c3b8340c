//! What scripts and modules of the repository need that only the image with a compiler has.

use super::install::{Install, Request};
use super::package::Candidate;
use super::script;
use crate::catalog::Node;
use crate::repo::join;
use crate::verdict::{Halt, Stop};

/// The file with which every install compiles the package that it is in.
const GYP: &str = "binding.gyp";

/// What a script, or a module of the repository, needs of the image with a compiler.
pub(super) fn needed(
    request: &Request,
    install: &Install,
    scripts: &[String],
) -> Result<Option<String>, Halt> {
    let Request { repo, candidate, knowledge, .. } = *request;
    let workspace = &install.workspace;
    let mut full = None;
    for one in workspace.members.iter().copied().chain([candidate]) {
        let hooks = knowledge.front.hooks.iter();
        let own = scripts.iter().filter(|_| one.folder == candidate.folder);
        for name in hooks.chain(own) {
            for command in script::commands(&one.package, name, &knowledge.front).into_iter().flatten() {
                full = full.or(started(one, name, &command, &install.manager.name, knowledge)?);
            }
        }
        if full.is_none() && repo.has(&join(&one.folder, GYP))? {
            full = Some(GYP.to_owned());
        }
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
