//! The plan of a Rust program.

use anyhow::Result;

use super::build::{self, Making};
use super::checks;
use super::config;
use super::fetch;
use super::graph::{self, Graph};
use super::lockfile;
use super::native;
use super::runtime::{self, Link};
use super::sources::{self, Sources};
use super::targets::Program;
use super::workspace::Package;
use super::{Build, Facts, image, settings};
use crate::catalog::{self, Framework, Reads, Rust};
use crate::evidence::Evidence;
use crate::manifest;
use crate::options::{Options, RuntimeChoice};
use crate::plan::{IgnoreGroup, common_ignore};
use crate::repo::{Repo, join};
use crate::service::{Kind, Service};
use crate::source::assets::Asset;
use crate::source::listen::Listening;
use crate::stack::common::{self, OneFile};
use crate::stack::javascript::front::{self, Front};
use crate::verdict::{Halt, Planned, Stop};

/// Plans the chosen program.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let knowledge = catalog::rust()?;
    let program = program(facts, repo, options, &knowledge, service)?;
    let config = config::read(repo)?;
    let asks_musl = config.musl()?;
    let graph = graph::graph(&facts.packages, facts.lock.as_ref(), &program)?;
    checks::refuse_front_ends(repo, &facts.packages, &program, &graph, &knowledge)?;
    let sources = sources::read(repo, &program, &graph, &knowledge.signals)?;
    let fronts = front::find(repo, &sources.inputs.folders(), service)?;
    let prepared = checks::refuse_unbuildable(repo, &graph, &sources, &knowledge)?;
    let network = network(repo, &program, &graph, &sources, options, &knowledge, service)?;
    let needs = needs(&graph, &sources, &knowledge)?;
    let link = runtime::link(options, asks_musl, &needs)?;
    let fetch = fetch::fetch(&graph, &config)?;
    let vendored = config.vendored(repo)?;
    let chosen = image::image(repo, service, &program, facts, &knowledge, &needs, link)?;
    let making = Making {
        program: &program,
        knowledge: &knowledge,
        needs: &needs,
        config: &config,
        link,
        chosen,
        fetch,
        prepared,
        idempotent: checks::is_idempotent(&graph, &knowledge),
        strips: facts.packages.strips(),
        locked: facts.lock.is_some(),
        vendored: vendored.is_some(),
    };
    let mut build = build::build(making, options, service)?;
    warn(facts, service, &graph, &sources, &knowledge, link);
    service.warnings.extend(config.warnings(&knowledge.linker, link.kind == runtime::Kind::Musl));
    let files = files(repo, &program, &sources, &knowledge)?;
    build.fronts = fronts;
    build.root.writable = common::writable(&sources.named, &files, service);
    service.build_image = Some(build.image.clone());
    let is_server = service.kind == Some(Kind::Server);
    let reads = reads(facts, repo, &program, &sources, &build, vendored)?;
    let mut wants = sources.inputs.embedded;
    wants.retain(|file| !front::makes(&build.fronts, file));
    let one_file = OneFile {
        name: program.name,
        built: &build.output,
        image: catalog::runtime(link.runtime.id())?,
        why: runtime::why(options, link),
        certificates: link.runtime == RuntimeChoice::Scratch && uses_system_roots(&graph),
        root: build.root.clone(),
        libraries: build.libraries,
        files,
        placed: sources.inputs.placed,
        network,
        health: sources.health.filter(|_| is_server),
    };
    let runtime = one_file.runtime(options, service)?;
    let ignore = ignore(&build.fronts);
    let build = crate::stack::Build::Rust(build);
    Ok(Planned { runtime, build, ignore, needs: reads, wants })
}

/// What the crates need, and the build scripts.
fn needs(graph: &Graph, sources: &Sources, knowledge: &Rust) -> Result<native::Needs, Stop> {
    let mut needs = native::needs(&knowledge.native, graph)?;
    needs.packages.extend(checks::started(sources, knowledge));
    Ok(needs)
}

/// The program that the container is for.
fn program<'a>(
    facts: &'a Facts,
    repo: &Repo,
    options: &Options,
    knowledge: &Rust,
    service: &mut Service,
) -> Result<Program<'a>, Stop> {
    let names: Vec<&str> = knowledge.framework.iter().map(|framework| framework.package.as_str()).collect();
    let program = facts.packages.chosen(options, &names, repo)?;
    program.name.clone_into(&mut service.name);
    service.evidence.push(program.evidence());
    Ok(program)
}

/// Files of a vendored folder: each is checked by its sum, so that none may be left out.
const MOST: usize = 500_000;

/// What is worth knowing before the image is built.
fn warn(
    facts: &Facts,
    service: &mut Service,
    graph: &Graph,
    sources: &Sources,
    knowledge: &Rust,
    link: Link,
) {
    match &facts.lock {
        None => service
            .warnings
            .push("there is no Cargo.lock: every build takes the newest crates; commit it".to_owned()),
        Some(lock) => service.warnings.extend(lockfile::warning(&facts.packages, lock)),
    }
    service.warnings.extend(runtime::caution(link, graph, knowledge));
    service.warnings.extend(checks::of_git(graph, sources, knowledge));
    service.warnings.extend(sources.named.warnings());
    service.warnings.extend(sources.programs.warnings());
    if service.kind == Some(Kind::Server) && !checks::ends(graph, sources, knowledge) {
        let warning = "nothing here handles SIGTERM, which the first process of a container ignores: \
                       await `tokio::signal::unix::signal(SignalKind::terminate())`, or run it with `--init`";
        service.warnings.push(warning.to_owned());
    }
}

fn uses_system_roots(graph: &Graph) -> bool {
    let names = ["rustls-native-certs", "rustls-platform-verifier", "native-tls", "openssl-sys"];
    !graph.is_locked() || names.iter().any(|name| graph.is_linked(name))
}

fn network(
    repo: &Repo,
    program: &Program,
    graph: &Graph,
    sources: &Sources,
    options: &Options,
    knowledge: &Rust,
    service: &mut Service,
) -> Result<common::Network> {
    let known = &knowledge.framework;
    let has = |name: &str| graph.packages.iter().copied().find(|package| package.depends(name));
    let package = known.iter().find_map(|framework| has(&framework.package)).unwrap_or(program.package);
    let framework: Option<&Framework> = known.iter().find(|framework| package.depends(&framework.package));
    if let Some(framework) = framework {
        let line = dependency_line(package, &framework.package);
        let says = manifest::line(&package.text, line);
        service.evidence.push(Evidence::at("framework", package.file(), line, says));
    }
    let networked =
        framework.is_some() || ["tokio", "async-std", "smol"].iter().any(|name| has(name).is_some());
    let own_sockets = package.manifest.dependencies.is_empty();
    let mut listening =
        if networked || own_sockets { sources.listening.clone() } else { Listening::default() };
    if framework.is_some_and(|framework| framework.package == "rocket")
        && let Some((port, evidence)) = settings::rocket(repo, &program.package.folder)?
    {
        listening.set(port, evidence);
    }
    let network = common::network(service, options, &listening, framework);
    service.framework = framework.map(|framework| framework.name.clone());
    service.kind = Some(common::kind(network.port, framework));
    service.port = network.port;
    common::warn_of_unknown_port(service);
    Ok(network)
}

/// The line of a manifest on which a dependency is declared.
pub(super) fn dependency_line(package: &Package, name: &str) -> usize {
    let names = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
            || line.starts_with(&format!("[dependencies.{name}]"))
    };
    package.text.lines().position(names).map_or(1, |index| index + 1)
}

/// What the program reads when it runs.
fn files(repo: &Repo, program: &Program, sources: &Sources, knowledge: &Rust) -> Result<Vec<Asset>> {
    let mut files = sources.named.found(repo, &["", program.package.folder.as_str()])?;
    files.extend(read_by_libraries(repo, program, &knowledge.reads)?);
    files.sort_by(|a, b| a.to.cmp(&b.to));
    files.dedup_by(|a, b| a.to == b.to);
    Ok(files)
}

/// Files that libraries read without the program naming them.
fn read_by_libraries(repo: &Repo, program: &Program, known: &[Reads]) -> Result<Vec<Asset>> {
    let mut found = Vec::new();
    for reads in known.iter().filter(|reads| program.package.depends(&reads.name)) {
        for base in ["", program.package.folder.as_str()] {
            let from = join(base, &reads.path);
            if repo.kind(&from)?.is_some() {
                let line = dependency_line(program.package, &reads.name);
                let says = manifest::line(&program.package.text, line);
                let evidence = Evidence::at("runtime files", program.package.file(), line, says);
                found.push(Asset { from, to: reads.path.clone(), evidence });
                break;
            }
        }
    }
    Ok(found)
}

fn reads(
    facts: &Facts,
    repo: &Repo,
    program: &Program,
    sources: &Sources,
    build: &Build,
    vendored: Option<String>,
) -> Result<Vec<String>> {
    let mut files = manifests(facts, repo, program)?;
    files.extend(sources.inputs.included.iter().cloned());
    files.extend(build.fronts.iter().flat_map(|front| front.needs.clone()));
    if let Some(folder) = vendored {
        files.extend(repo.files(&folder, MOST)?);
    }
    Ok(files)
}

fn manifests(facts: &Facts, repo: &Repo, program: &Program) -> Result<Vec<String>> {
    let mut files: Vec<String> = facts.packages.all.iter().map(Package::file).collect();
    files.push(join(&program.package.folder, program.file));
    let named = [
        "Cargo.lock",
        ".cargo/config",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        "rust-toolchain",
        "build.rs",
    ];
    for file in named {
        if repo.has(file)? {
            files.push(file.to_owned());
        }
    }
    Ok(files)
}

fn ignore(fronts: &[Front]) -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    groups.push(IgnoreGroup::new("Made by the build", &["target", "**/*.rs.bk"]));
    groups.extend(front::ignore(fronts));
    groups
}
