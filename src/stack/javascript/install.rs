//! How the packages of a front end are installed, and what must be there before.

use anyhow::Result;
use serde_json::Value;

use super::manager::{self, Chosen};
use super::package::Candidate;
use super::workspace::{self, Workspace};
use super::{Copied, Run, script, within};
use crate::catalog::{Node, NodeManager};
use crate::manifest::package::Package;
use crate::plan::Env;
use crate::repo::{Kind, Repo, join, normal};
use crate::service::Service;
use crate::verdict::{Halt, Stop};

/// The steps of a stage, without its image.
pub(super) struct Install {
    pub workdir: String,
    pub prepare: Vec<String>,
    pub before: Vec<Copied>,
    pub command: Vec<String>,
    pub env: Vec<Env>,
    pub cache: String,
    pub after: Vec<Copied>,
    pub runs: Vec<Run>,
    /// Folders of the repository that the steps name.
    pub folders: Vec<String>,
    /// Files that are read by name.
    pub needs: Vec<String>,
    /// What needs the image with a compiler.
    pub full: Option<String>,
}

pub(super) const DEPENDENCIES: &[&str] =
    &["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/// Plans the install of a package and the scripts after it.
///
/// # Errors
/// A stop when its packages cannot be installed as its repository has them.
pub(super) fn plan(
    repo: &Repo,
    candidate: &Candidate,
    scripts: &[String],
    all: &[Candidate],
    knowledge: &Node,
    service: &mut Service,
) -> Result<Install, Halt> {
    let workspace = workspace::of(repo, candidate, all, &knowledge.manager, &knowledge.front)?;
    let Chosen { manager, lock, version } =
        manager::choose(repo, candidate, &workspace.root, all, knowledge)?;
    let root = workspace.root.as_str();
    refuse_credentials(repo, root)?;
    if lock.is_none() {
        service.warnings.push(format!(
            "there is no lock file for `{}`: every build takes the newest packages; commit one",
            candidate.file
        ));
    }
    let mut needs = vec![join(root, "package.json")];
    needs.extend(lock.as_ref().map(|lock| join(root, lock)));
    for file in &manager.reads {
        if repo.has(&join(root, file))? {
            needs.push(join(root, file));
        }
    }
    needs.retain(|file| *file != candidate.file);
    needs.insert(0, candidate.file.clone());
    needs.extend(workspace.members.iter().map(|member| member.file.clone()));
    needs.dedup();
    let (before, after) = copies(repo, candidate, &workspace, manager, &needs)?;
    let siblings = siblings(candidate, &workspace);
    let mut folders = vec![candidate.folder.clone(), root.to_owned()];
    folders.extend(siblings.iter().map(|member| member.folder.clone()));
    let full = compiles(repo, candidate, scripts, &workspace, lock.as_deref(), knowledge)?;
    Ok(Install {
        workdir: folder(root),
        prepare: manager.prepare.iter().map(|word| word.replace("{version}", &version)).collect(),
        before,
        command: if lock.is_some() { manager.install.clone() } else { manager.unlocked.clone() },
        env: env(candidate, &workspace, manager, knowledge),
        cache: manager.cache.clone(),
        after,
        runs: runs(root, candidate, scripts, &siblings, manager),
        folders,
        needs,
        full,
    })
}

/// A folder of the repository in the stage.
fn folder(path: &str) -> String {
    if path.is_empty() { "/src".to_owned() } else { format!("/src/{path}") }
}

fn copied(why: &'static str, from: &str, to: &str) -> Copied {
    Copied { why, from: vec![from.to_owned()], to: to.to_owned() }
}

/// What is copied before and after the install.
fn copies(
    repo: &Repo,
    candidate: &Candidate,
    workspace: &Workspace,
    manager: &NodeManager,
    needs: &[String],
) -> Result<(Vec<Copied>, Vec<Copied>), Halt> {
    let root = workspace.root.as_str();
    let locals = workspace::locals(repo, candidate)?;
    let leaves = locals.iter().any(|path| !candidate.folder.is_empty() && !within(path, &candidate.folder));
    let beyond = leaves || reads_beyond(&repo.below(&candidate.folder))?;
    let everything = |why| match root {
        "" => copied(why, ".", "."),
        _ if beyond => copied(why, ".", "/src/"),
        folder => copied(why, &format!("{folder}/"), "./"),
    };
    let first = if workspace.is_shared {
        "The install reads the manifests of all workspaces, so everything comes first"
    } else if !locals.is_empty() {
        "A dependency is a folder of the repository, so everything comes before the install"
    } else {
        reads_sources(repo, candidate, manager)?
    };
    if !first.is_empty() {
        return Ok((vec![everything(first)], Vec::new()));
    }
    let why =
        if beyond && !root.is_empty() { "Its configuration names files outside of its folder" } else { "" };
    let manifests = Copied { why: "", from: needs.to_vec(), to: "./".to_owned() };
    Ok((vec![manifests], vec![everything(why)]))
}

/// Why an install would read more than manifests; empty where it does not.
fn reads_sources(repo: &Repo, candidate: &Candidate, manager: &NodeManager) -> Result<&'static str> {
    let Candidate { folder, package, .. } = candidate;
    let hooked =
        ["preinstall", "install", "postinstall", "prepare"].iter().any(|name| package.script(name).is_some());
    if hooked {
        return Ok("The install runs scripts of the package, so everything comes first");
    }
    let beside = "The install reads files beside the manifests, so everything comes first";
    let patched = |text: Option<String>| text.is_some_and(|text| text.contains("patchedDependencies"));
    if manager.whole
        || patched(repo.source(&candidate.file)?)
        || patched(repo.source(&join(folder, "pnpm-workspace.yaml"))?)
        || repo.has(&join(folder, "binding.gyp"))?
    {
        return Ok(beside);
    }
    for name in ["patches", "prisma"] {
        if repo.kind(&join(folder, name))? == Some(Kind::Folder) {
            return Ok(beside);
        }
    }
    Ok("")
}

/// Beginnings of the names of files that configure a build.
const CONFIGURATION: &[&str] =
    &["build.", "esbuild", "rollup.config", "tsconfig", "vite.config", "vue.config", "webpack.config"];

/// Whether a file that configures the build names one outside of its folder.
fn reads_beyond(here: &Repo) -> Result<bool> {
    for entry in here.entries("")?.iter().filter(|entry| entry.kind == Kind::File) {
        let configures = entry.name == "package.json"
            || entry.name.contains(".config.")
            || CONFIGURATION.iter().any(|start| entry.name.starts_with(start));
        let leaves = |text: String| {
            text.contains("../") || text.contains("cd ..") || text.contains("\"..\"") || text.contains("'..'")
        };
        if configures && here.source(&entry.name)?.is_some_and(leaves) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The packages of the workspace that the package depends on and that are built, each after those
/// that it depends on itself.
fn siblings<'a>(candidate: &'a Candidate, workspace: &Workspace<'a>) -> Vec<&'a Candidate> {
    const DEEPEST: usize = 50;
    fn visit<'a>(
        from: &'a Candidate,
        members: &[&'a Candidate],
        depth: usize,
        seen: &mut Vec<&'a str>,
        found: &mut Vec<&'a Candidate>,
    ) {
        for member in members {
            let name = member.package.string(&["name"]).unwrap_or_default();
            let is_used = from.package.dependency(name).is_some();
            if name.is_empty() || !is_used || depth == DEEPEST || seen.contains(&member.folder.as_str()) {
                continue;
            }
            seen.push(&member.folder);
            visit(member, members, depth + 1, seen, found);
            found.push(member);
        }
    }
    let (mut seen, mut found) = (vec![candidate.folder.as_str()], Vec::new());
    visit(candidate, &workspace.members, 0, &mut seen, &mut found);
    found.retain(|member| member.package.script(BUILD).is_some());
    found
}

/// The script that a package of a workspace is built with.
const BUILD: &str = "build";

fn runs(
    root: &str,
    candidate: &Candidate,
    scripts: &[String],
    siblings: &[&Candidate],
    manager: &NodeManager,
) -> Vec<Run> {
    let own = scripts.iter().map(|script| (candidate.folder.as_str(), script.as_str()));
    let before = siblings.iter().map(|member| (member.folder.as_str(), BUILD));
    let mut at = root;
    let mut found = Vec::new();
    for (place, script) in before.chain(own) {
        let workdir = if place == at { String::new() } else { folder(place) };
        at = place;
        found.push(Run { workdir, command: [manager.run.clone(), vec![script.to_owned()]].concat() });
    }
    found
}

/// Variables of the manager, and those that keep the install from downloading what only tests need.
fn env(candidate: &Candidate, workspace: &Workspace, manager: &NodeManager, knowledge: &Node) -> Vec<Env> {
    let mut found: Vec<Env> = manager.env.iter().map(|(name, value)| Env::new(name, value)).collect();
    for skip in &knowledge.skip {
        let uses = |one: &Candidate| one.package.dependency(&skip.package).is_some();
        if uses(candidate) || workspace.members.iter().any(|member| uses(member)) {
            found.push(Env::new(&skip.variable, &skip.value));
        }
    }
    found
}

/// What an install or a script needs of the image with a compiler.
fn compiles(
    repo: &Repo,
    candidate: &Candidate,
    scripts: &[String],
    workspace: &Workspace,
    lock: Option<&str>,
    knowledge: &Node,
) -> Result<Option<String>, Halt> {
    let mut full = None;
    for one in workspace.members.iter().copied().chain([candidate]) {
        refuse_uninstallable(one, knowledge)?;
        let hooks = knowledge.front.hooks.iter();
        let own = scripts.iter().filter(|_| one.folder == candidate.folder);
        for name in hooks.chain(own) {
            for command in script::commands(&one.package, name, &knowledge.front).into_iter().flatten() {
                full = full.or(started(one, name, &command, knowledge)?);
            }
        }
        full = full.or_else(|| compiled(&one.package, knowledge));
    }
    if full.is_none()
        && let Some(text) = lock.map(|lock| repo.source(&join(&workspace.root, lock))).transpose()?.flatten()
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
    knowledge: &Node,
) -> Result<Option<String>, Stop> {
    let Some(program) = script::program(command) else { return Ok(None) };
    if knowledge.front.absent.iter().any(|absent| absent == program)
        && one.package.dependency(program).is_none()
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

/// Refuses credentials that would end up in an image layer.
fn refuse_credentials(repo: &Repo, root: &str) -> Result<(), Halt> {
    let file = join(root, ".npmrc");
    let Some(text) = repo.source(&file)? else { return Ok(()) };
    let is_secret = |line: &str| line.contains("${") || line.contains("_auth") || line.contains("_password");
    let Some(index) = text.lines().position(is_secret) else { return Ok(()) };
    Err(Stop::refuse(format!("{file}:{} holds a credential, which must not reach an image layer", index + 1))
        .help("keep tokens out of the repository's .npmrc; private registries of front ends are not supported yet")
        .into())
}

/// The folder that a version of a dependency names, below the repository: `None` where it names
/// none, `Some(None)` where it leaves the repository.
pub(super) fn local(folder: &str, version: &str) -> Option<Option<String>> {
    let path = ["file:", "link:", "portal:"].iter().find_map(|protocol| version.strip_prefix(protocol))?;
    Some(normal(&join(folder, path)))
}
