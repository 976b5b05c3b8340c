//! What makes a build fail or a container misbehave, as far as it shows before either is tried.

use super::graph::Graph;
use super::plan::dependency_line;
use super::sources::Sources;
use super::targets::Program;
use super::workspace::{Package, Packages};
use crate::catalog::{AsksGit, FrontEnd, Rust};
use crate::repo::{Repo, join};
use crate::verdict::{Halt, Stop};

/// Refuses programs for browsers, and those that a tool of their own builds.
pub(super) fn refuse_front_ends(
    repo: &Repo,
    packages: &Packages,
    program: &Program,
    graph: &Graph,
    knowledge: &Rust,
) -> Result<(), Halt> {
    let package = program.package;
    let suffixes = &knowledge.wasm.suffixes;
    let wasi = package.dependencies().find(|(name, _)| suffixes.iter().any(|suffix| name.ends_with(suffix)));
    if let Some((name, _)) = wasi {
        let place = format!("{}:{}", package.file(), dependency_line(package, name));
        let reason = format!(
            "{place} depends on `{name}`, which is for WebAssembly; no Linux image starts such a program"
        );
        return Err(Stop::refuse(reason).help("run the module in a WebAssembly runtime").into());
    }
    for row in &knowledge.front_end {
        if let Some(user) = user(row, graph)
            && has_file(repo, package, row)?
            && has_metadata(packages, package, row)
        {
            let place = format!("{}:{}", user.file(), dependency_line(user, &row.name));
            let reason = format!(
                "{place} depends on `{}`, which {} builds together with what runs in the browser",
                row.name, row.tool
            );
            return Err(Stop::refuse(reason)
                .help("a server of the same workspace that does without it is chosen with `--bin`")
                .help(format!("{} is not supported; its own documentation has a Dockerfile", row.tool))
                .into());
        }
    }
    Ok(())
}

fn user<'a>(row: &FrontEnd, graph: &Graph<'a>) -> Option<&'a Package> {
    let is_asked =
        row.features.is_empty() || row.features.iter().any(|feature| graph.asks_like(&row.name, feature));
    let mut packages = graph.packages.iter().copied();
    packages.find(|package| graph.names(&row.name) && package.depends(&row.name)).filter(|_| is_asked)
}

fn has_file(repo: &Repo, package: &Package, row: &FrontEnd) -> Result<bool, Halt> {
    match &row.file {
        Some(file) => Ok(repo.has(file)? || repo.has(&join(&package.folder, file))?),
        None => Ok(true),
    }
}

fn has_metadata(packages: &Packages, package: &Package, row: &FrontEnd) -> bool {
    let Some(name) = &row.metadata else { return true };
    let own = package.manifest.package.as_ref().and_then(|package| package.metadata.as_ref());
    let workspace = packages.root().manifest.workspace.as_ref();
    let shared = workspace.and_then(|workspace| workspace.metadata.as_ref());
    [own, shared].into_iter().flatten().any(|table| table.get(name).is_some())
}

/// Refuses what does not compile in a build stage. Returns whether queries that sqlx checks are
/// prepared.
pub(super) fn refuse_unbuildable(
    repo: &Repo,
    graph: &Graph,
    sources: &Sources,
    knowledge: &Rust,
) -> Result<bool, Halt> {
    let inputs = &sources.inputs;
    let unmet = inputs
        .wanted
        .iter()
        .find(|wanted| !wanted.features.iter().any(|feature| graph.is_on(&wanted.package, feature)));
    if let Some(wanted) = unmet {
        let names: Vec<String> = wanted.features.iter().map(|name| format!("`{name}`")).collect();
        let reason = format!(
            "{} compiles only with one of the features {}, and none is on by default",
            wanted.evidence.place(),
            names.join(", ")
        );
        return Err(Stop::refuse(reason).help("name it in `default` of Cargo.toml's `[features]`").into());
    }
    if let Some(evidence) = inputs.asked_version.as_ref().filter(|_| graph.has("git-version")) {
        let reason = format!("{} asks git for a version, and the build has no `.git`", evidence.place());
        return Err(Stop::refuse(reason).help("give the macro a `fallback = \"unknown\"`").into());
    }
    let node = |name: &str| knowledge.build_scripts.node.iter().any(|tool| tool == name);
    if let Some((name, evidence)) = inputs.started.iter().find(|(name, _)| node(name)) {
        let reason = format!("{} starts `{name}`, which the Rust build image lacks", evidence.place());
        return Err(Stop::refuse(reason)
            .help("build the front end first and commit what it makes, or build it in a stage of its own")
            .into());
    }
    refuse_unfetched(repo, sources)?;
    refuse_unprepared(repo, graph, sources)
}

/// Refuses a build script that reads a submodule which is not fetched.
fn refuse_unfetched(repo: &Repo, sources: &Sources) -> Result<(), Halt> {
    const FILE: &str = ".gitmodules";
    let Some(text) = repo.text(FILE)? else { return Ok(()) };
    for (index, line) in text.lines().enumerate() {
        let Some((key, path)) = line.split_once('=') else { continue };
        let folder = path.trim();
        if key.trim() == "path" && sources.inputs.says(folder) && repo.entries(folder)?.is_empty() {
            let reason = format!(
                "{FILE}:{} names the submodule `{folder}`, which a build script reads and which is not fetched",
                index + 1
            );
            return Err(Stop::refuse(reason).help("run `git submodule update --init --recursive`").into());
        }
    }
    Ok(())
}

/// Refuses queries that are checked against a database which no build has.
fn refuse_unprepared(repo: &Repo, graph: &Graph, sources: &Sources) -> Result<bool, Halt> {
    let mut users = graph.packages.iter().filter(|package| package.depends("sqlx")).peekable();
    if users.peek().is_none() {
        return Ok(false);
    }
    if is_prepared(repo, "")? || repo.has("sqlx-data.json")? {
        return Ok(true);
    }
    let mut any = false;
    for package in users {
        any |= is_prepared(repo, &package.folder)?;
    }
    let mut unprepared = None;
    for (folder, query) in &sources.inputs.checked_queries {
        let own = is_prepared(repo, folder)?;
        any |= own;
        unprepared = unprepared.or((!own).then_some(query));
    }
    let Some(query) = unprepared else { return Ok(any) };
    let reason =
        format!("{} has a query that sqlx checks against a database when it compiles", query.place());
    Err(Stop::refuse(reason).help("run `cargo sqlx prepare` and commit the folder `.sqlx`").into())
}

/// Whether a folder has queries that `cargo sqlx prepare` wrote.
fn is_prepared(repo: &Repo, folder: &str) -> Result<bool, Halt> {
    let below = join(folder, ".sqlx");
    if repo.kind(&below)? != Some(crate::repo::Kind::Folder) {
        return Ok(false);
    }
    let is_query = |name: &str| name.starts_with("query-") && name.ends_with(".json");
    Ok(repo.entries(&below)?.iter().any(|entry| is_query(&entry.name)))
}

/// The crates that ask git for the version when the program is built.
fn asking<'k>(graph: &Graph, knowledge: &'k Rust) -> impl Iterator<Item = &'k AsksGit> {
    knowledge.asks_git.iter().filter(|row| {
        let with = row.with.is_empty() || row.with.iter().any(|other| graph.depends(&row.name, other));
        let asked = row.asked.as_ref().is_none_or(|feature| graph.asks_like(&row.name, feature));
        graph.names(&row.name) && with && asked
    })
}

/// Whether a crate that asks git must be told to do without.
pub(super) fn is_idempotent(graph: &Graph, knowledge: &Rust) -> bool {
    asking(graph, knowledge).any(|row| row.idempotent)
}

/// Debian packages of what build scripts start.
pub(super) fn started(sources: &Sources, knowledge: &Rust) -> Vec<String> {
    let names = sources.inputs.started.iter().map(|(name, _)| name.rsplit('/').next().unwrap_or(name));
    let rows =
        names.filter_map(|name| knowledge.build_scripts.install.iter().find(|row| row.program == name));
    rows.flat_map(|row| row.apt.clone()).collect()
}

/// What to say of builds that ask git, or start what the image lacks.
pub(super) fn of_git(graph: &Graph, sources: &Sources, knowledge: &Rust) -> Vec<String> {
    let crates = asking(graph, knowledge).map(|row| {
        format!("`{}` asks git for the version, and the build has no `.git`: {}", row.name, row.says)
    });
    let known = |name: &str| {
        let plain = name.rsplit('/').next().unwrap_or(name);
        let lists = [&knowledge.build_scripts.there, &knowledge.build_scripts.node];
        lists.into_iter().flatten().any(|tool| tool == plain)
            || knowledge.build_scripts.install.iter().any(|row| row.program == plain)
    };
    let started = sources.inputs.started.iter().filter(|(name, _)| !known(name));
    let programs = started.map(|(name, evidence)| {
        let lack =
            if name == "git" { "the build has neither it nor `.git`" } else { "the build image may lack it" };
        format!("{} starts `{name}`: {lack}", evidence.place())
    });
    let mut all: Vec<String> = crates.chain(programs).collect();
    all.dedup();
    all.truncate(3);
    all
}

/// Whether something ends the program on SIGTERM.
pub(super) fn ends(graph: &Graph, sources: &Sources, knowledge: &Rust) -> bool {
    // What a build script depends on is no part of the program.
    let is_linked =
        |name: &str| graph.names(name) && graph.packages.iter().any(|package| package.depends(name));
    let by_framework = || {
        let ending = knowledge.framework.iter().filter(|framework| framework.ends);
        !sources.ignores_signal && ending.into_iter().any(|framework| is_linked(&framework.package))
    };
    let by_crate = || {
        knowledge.signals.crates.iter().any(|row| match &row.feature {
            Some(feature) => is_linked(&row.name) && graph.asks_like(&row.name, feature),
            None => is_linked(&row.name),
        })
    };
    sources.handles_signal || by_framework() || by_crate()
}
