//! The plan of a Rust program.

use anyhow::Result;

use super::config;
use super::native::{self, Needs};
use super::sources::{self, Sources};
use super::targets::{Package, Program};
use super::toolchain::{self, Channel};
use super::{Build, Facts};
use crate::catalog::{self, Framework, Reads, Release, Rust, RustImage};
use crate::evidence::Evidence;
use crate::manifest;
use crate::options::{Options, RuntimeChoice};
use crate::plan::{IgnoreGroup, common_ignore};
use crate::repo::{Repo, join};
use crate::service::{Service, Version};
use crate::source::assets::Asset;
use crate::source::listen::Listening;
use crate::stack::common::{self, Root};
use crate::verdict::{Halt, Planned, Stop};

/// Plans the chosen program.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let knowledge = catalog::rust()?;
    let names: Vec<&str> = knowledge.framework.iter().map(|framework| framework.package.as_str()).collect();
    let program = facts.packages.chosen(options, &names)?;
    program.name.clone_into(&mut service.name);
    service.evidence.push(program.evidence());
    let config = config::read(repo)?;
    config.refuse_targets()?;
    let packages = facts.packages.built_with(program.package)?;
    let suffixes = &knowledge.wasm.suffixes;
    if let Some(name) =
        program.package.dependencies().find(|name| suffixes.iter().any(|suffix| name.ends_with(suffix)))
    {
        let line = dependency_line(program.package, name);
        let place = format!("{}:{line}", program.package.file());
        let reason = format!(
            "{place} depends on `{name}`, which is for WebAssembly; no Linux image starts such a program"
        );
        return Err(Stop::refuse(reason).help("run the module in a WebAssembly runtime").into());
    }
    let sources = sources::read(repo, &program, &packages)?;
    refuse_unprepared(repo, &program, &sources)?;
    let network = network(&program, &packages, &sources, options, &knowledge.framework, service);
    let mut needs = native::needs(&knowledge.native, facts.lock.as_ref(), &knowledge.latest)?;
    needs.packages.extend(config.packages(&knowledge.linker));
    let choice = runtime(options.runtime, &needs)?;
    let build = build(facts, repo, service, &program, &knowledge, &needs, choice)?;
    let bases = ["", program.package.folder.as_str()];
    let mut files = sources.named.found(repo, &bases)?;
    service.warnings.extend(sources.named.warnings());
    files.extend(read_by_libraries(repo, &program, &knowledge.reads)?);
    files.sort_by(|a, b| a.to.cmp(&b.to));
    files.dedup_by(|a, b| a.to == b.to);
    let mut reads = needs_files(facts, repo, &program)?;
    reads.extend(sources.included);
    service.build_image = Some(build.image.clone());
    let program = common::OneFile {
        name: program.name,
        built: &build.output,
        image: catalog::runtime(choice.id())?,
        why: why(choice),
        certificates: choice == RuntimeChoice::Scratch && uses_system_roots(facts),
        root: build.root,
        libraries: false,
        files,
        placed: sources.placed,
        network,
        health: None,
    };
    let runtime = program.runtime(options, service)?;
    Ok(Planned {
        runtime,
        build: crate::stack::Build::Rust(build),
        ignore: ignore(),
        needs: reads,
        wants: Vec::new(),
    })
}

fn why(choice: RuntimeChoice) -> String {
    match choice {
        RuntimeChoice::Scratch => "nothing but the program, as --runtime asks",
        RuntimeChoice::Static => "the program is linked statically, as --runtime asks",
        _ => "Rust programs need glibc and libgcc_s; this is the smallest image with both",
    }
    .to_owned()
}

/// The runtime asked for if the program can start on it, else the one for all Rust programs.
fn runtime(asked: Option<RuntimeChoice>, needs: &Needs) -> Result<RuntimeChoice, Stop> {
    match asked {
        None | Some(RuntimeChoice::Cc) => Ok(RuntimeChoice::Cc),
        Some(choice @ (RuntimeChoice::Base | RuntimeChoice::BaseNossl)) => {
            Err(Stop::refuse(format!("`{choice}` lacks libgcc_s, without which no Rust program starts"))
                .help("the nearest runtime is `--runtime cc`"))
        }
        Some(choice) => match &needs.dynamic {
            Some(name) => Err(Stop::refuse(format!(
                "Cargo.lock has `{name}`, which links a shared library; `{choice}` has none"
            ))
            .help("the nearest runtime is `--runtime cc`")),
            None => Ok(choice),
        },
    }
}

fn uses_system_roots(facts: &Facts) -> bool {
    let names = ["rustls-native-certs", "rustls-platform-verifier", "native-tls", "openssl-sys"];
    facts.lock.as_ref().is_none_or(|lock| names.iter().any(|name| lock.has(name)))
}

fn network(
    program: &Program,
    packages: &[&Package],
    sources: &Sources,
    options: &Options,
    known: &[Framework],
    service: &mut Service,
) -> common::Network {
    let has = |name: &str| packages.iter().copied().find(|package| package.depends(name));
    let package = known.iter().find_map(|framework| has(&framework.package)).unwrap_or(program.package);
    let framework = known.iter().find(|framework| package.depends(&framework.package));
    if let Some(framework) = framework {
        let line = dependency_line(package, &framework.package);
        let says = manifest::line(&package.text, line);
        service.evidence.push(Evidence::at("framework", package.file(), line, says));
    }
    let networked =
        framework.is_some() || ["tokio", "async-std", "smol"].iter().any(|name| has(name).is_some());
    let own_sockets = package.manifest.dependencies.is_empty();
    let listening = if networked || own_sockets { sources.listening.clone() } else { Listening::default() };
    let network = common::network(service, options, &listening, framework);
    service.framework = framework.map(|framework| framework.name.clone());
    service.kind = Some(common::kind(network.port, framework));
    service.port = network.port;
    common::warn_of_unknown_port(service);
    network
}

fn dependency_line(package: &Package, name: &str) -> usize {
    let names = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
            || line.starts_with(&format!("[dependencies.{name}]"))
    };
    package.text.lines().position(names).map_or(1, |index| index + 1)
}

fn build(
    facts: &Facts,
    repo: &Repo,
    service: &mut Service,
    program: &Program,
    knowledge: &Rust,
    needs: &Needs,
    choice: RuntimeChoice,
) -> Result<Build, Halt> {
    let (image, why, own_toolchain) = image(repo, service, program, knowledge, needs)?;
    let mut arguments = Vec::new();
    match facts.lock {
        Some(_) => arguments.push("--locked".to_owned()),
        None => service
            .warnings
            .push("there is no Cargo.lock: every build takes the newest crates; commit it".to_owned()),
    }
    let folder = &program.package.folder;
    arguments.extend(["--path".to_owned(), if folder.is_empty() { ".".to_owned() } else { folder.clone() }]);
    arguments.extend(["--bin".to_owned(), program.name.to_owned()]);
    if !program.features.is_empty() {
        arguments.extend(["--features".to_owned(), program.features.join(",")]);
    }
    let static_link = matches!(choice, RuntimeChoice::Static | RuntimeChoice::Scratch);
    if static_link {
        let release = service.version.as_ref().and_then(|version| version.value.parse::<Release>().ok());
        if let Some(release) = release.filter(|release| *release < knowledge.static_link.from) {
            let least = &knowledge.static_link.from;
            let reason =
                format!("Rust {release} cannot be linked statically here; that takes {least} or newer");
            return Err(Stop::refuse(reason).help("leave --runtime out, or ask for a newer Rust").into());
        }
        let caution =
            "a static glibc finds names by files and DNS alone; other name services need `--runtime cc`";
        service.warnings.push(caution.to_owned());
    }
    Ok(Build {
        image,
        why,
        packages: needs.packages.clone(),
        own_toolchain,
        strip: !facts.packages.strips(),
        static_link,
        arguments,
        name: program.name.to_owned(),
        output: format!("/out/bin/{}", program.name),
        root: Root { tmp: choice == RuntimeChoice::Scratch, users: false },
    })
}

/// The build image, why, and whether its own toolchain must be named.
fn image(
    repo: &Repo,
    service: &mut Service,
    program: &Program,
    knowledge: &Rust,
    needs: &Needs,
) -> Result<(String, String, bool), Halt> {
    let of = |row: &RustImage| if needs.full { row.full.clone() } else { row.slim.clone() };
    let tools = match &needs.because {
        Some(name) => format!(" with build tools for `{name}`"),
        None => String::new(),
    };
    let asked = toolchain::read(repo)?;
    let Some(asked) = asked else {
        let floor = floor(program);
        let newest = "the newest stable release".to_owned();
        let why = match &floor {
            Some(floor) => {
                format!("compiles with {newest}{tools}; {} asks for at least `{}`", floor.file, floor.says)
            }
            None => format!("compiles with {newest}{tools}; nothing asks for another"),
        };
        service.version = Some(match &floor {
            Some(floor) => Version::from("stable", floor),
            None => Version::default("stable"),
        });
        service.evidence.extend(floor);
        return Ok((of(&knowledge.latest), why, false));
    };
    let (place, file) = (asked.evidence.place(), &asked.evidence.file);
    service.evidence.push(asked.evidence.clone());
    match asked.channel {
        Channel::Stable => {
            service.version = Some(Version::from("stable", &asked.evidence));
            Ok((
                of(&knowledge.latest),
                format!("compiles with the newest stable release{tools}, as {file} asks"),
                true,
            ))
        }
        Channel::Release(release) => {
            let row = knowledge
                .pinned
                .iter()
                .find(|row| row.from.as_ref().is_some_and(|from| release.first(2) >= *from));
            let Some(row) = row else {
                let reason = format!(
                    "{place} asks for Rust {release}, for which no build image with a fitting glibc exists"
                );
                return Err(Stop::refuse(reason)
                    .help("ask for a newer release in the toolchain file")
                    .into());
            };
            service.version = Some(Version::from(release.to_string(), &asked.evidence));
            let image = of(row).replace("{version}", &release.to_string());
            Ok((image, format!("compiles with Rust {release}{tools}, as {file} asks"), true))
        }
        Channel::Other(name) => {
            service.version = Some(Version::from(name.clone(), &asked.evidence));
            service.warnings.push(format!(
                "{place} asks for `{name}`, which rustup downloads in every build without a cached layer"
            ));
            Ok((of(&knowledge.latest), format!("lets rustup install the toolchain that {file} names"), false))
        }
    }
}

/// `rust-version` is a minimum; the newest release meets it.
fn floor(program: &Program) -> Option<Evidence> {
    let text = &program.package.text;
    let index = text.lines().position(|line| line.trim_start().starts_with("rust-version"))?;
    let says = manifest::line(text, index + 1);
    says.contains('"').then(|| Evidence::at("Rust version", program.package.file(), index + 1, says))
}

/// Files that libraries read without the program naming them.
fn read_by_libraries(repo: &Repo, program: &Program, known: &[Reads]) -> Result<Vec<Asset>> {
    let mut found = Vec::new();
    for reads in known.iter().filter(|reads| program.package.depends(&reads.name)) {
        if repo.kind(&reads.path)?.is_some() {
            let line = dependency_line(program.package, &reads.name);
            let says = manifest::line(&program.package.text, line);
            let evidence = Evidence::at("runtime files", program.package.file(), line, says);
            found.push(Asset { from: reads.path.clone(), to: reads.path.clone(), evidence });
        }
    }
    Ok(found)
}

/// Refuses queries that are checked against a database which no build has.
fn refuse_unprepared(repo: &Repo, program: &Program, sources: &Sources) -> Result<(), Halt> {
    let Some(query) = sources.checked_query.as_ref().filter(|_| program.package.depends("sqlx")) else {
        return Ok(());
    };
    if repo.kind(".sqlx")?.is_some()
        || repo.kind(&join(&program.package.folder, ".sqlx"))?.is_some()
        || repo.has("sqlx-data.json")?
    {
        return Ok(());
    }
    let reason =
        format!("{} has a query that sqlx checks against a database when it compiles", query.place());
    Err(Stop::refuse(reason).help("run `cargo sqlx prepare` and commit the folder `.sqlx`").into())
}

fn needs_files(facts: &Facts, repo: &Repo, program: &Program) -> Result<Vec<String>> {
    let mut files: Vec<String> = facts.packages.all().iter().map(Package::file).collect();
    files.push(join(&program.package.folder, program.file));
    for file in ["Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml", "rust-toolchain", "build.rs"] {
        if repo.has(file)? {
            files.push(file.to_owned());
        }
    }
    Ok(files)
}

fn ignore() -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    groups.push(IgnoreGroup::new("Made by the build", &["target", "**/*.rs.bk"]));
    groups
}
