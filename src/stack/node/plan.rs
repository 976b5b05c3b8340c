//! The plan of a Node.js program.

use super::script::Start;
use super::sources::Sources;
use super::{Build, Facts, start, version};
use crate::catalog::{self, Framework, NodeImage};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::options::Options;
use crate::plan::{Copy, Env, IgnoreGroup, Runtime, common_ignore};
use crate::repo::{Kind, Repo};
use crate::service::Service;
use crate::stack::common;
use crate::verdict::{Halt, Planned, Stop};

/// Plans the program.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    manager(facts, repo, service)?;
    let image = version::choose(repo, facts.package.as_ref(), &facts.knowledge, service)?;
    let Some((image, why)) = image else {
        return Err(Stop::refuse("the catalogue names no default Node.js image").into());
    };
    if let Some(choice) = options.runtime {
        return Err(Stop::refuse(format!("`{choice}` has no Node.js, without which nothing here starts"))
            .help("leave --runtime out: the runtime follows from the Node.js version")
            .into());
    }
    let (start, sources) = start::start(facts, repo, options)?;
    service.evidence.push(start.evidence.clone());
    service.warnings.extend(start.warnings.iter().cloned());
    native(facts)?;
    let network = network(facts, options, &sources, service);
    warn(service, &start, &sources, facts);
    let build = build(facts, repo, service, image, why, &start, &sources)?;
    let runtime = catalog::runtime(&image.runtime)?;
    service.build_image = Some(build.image.clone());
    service.runtime_image = Some(runtime.reference.clone());
    service.start = [runtime.entrypoint, start.argv.clone()].concat();
    let needs = needs(repo, &build, facts)?;
    Ok(Planned {
        runtime: Runtime {
            image: runtime.reference,
            why: format!("Node.js {} and nothing else: neither npm nor a shell", image.major),
            copies: vec![Copy::new("/app", "/app")],
            workdir: "/app".to_owned(),
            env: env(&start, network.env),
            expose: network.port.into_iter().collect(),
            entrypoint: Vec::new(),
            cmd: start.argv,
            start_why: vec![format!(
                "The image's entrypoint is node; {} says what it runs",
                start.evidence.file
            )],
        },
        build: crate::stack::Build::Node(build),
        ignore: ignore(),
        needs,
    })
}

/// The package manager: npm, or a refusal that names the file of another.
fn manager(facts: &Facts, repo: &Repo, service: &mut Service) -> Result<(), Halt> {
    let others =
        [("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lock", "bun"), ("bun.lockb", "bun")];
    let stated = facts.package.as_ref().and_then(|package| package.string(&["packageManager"]));
    let stated = stated.and_then(|manager| manager.split('@').next());
    let refuse = |service: &mut Service, name: &str, place: String| -> Halt {
        service.package_manager = Some(name.to_owned());
        Stop::refuse(format!("{place} is {name}'s; only npm's lock file is supported"))
            .help("with npm: `npm install --package-lock-only`, and remove the other lock file")
            .into()
    };
    if let (Some(name), Some(package)) = (stated.filter(|name| *name != "npm"), &facts.package) {
        let place = format!("package.json:{}", package.line(&["packageManager"]));
        return Err(refuse(service, name, place));
    }
    if facts.lock_file.is_none() && stated != Some("npm") {
        for (file, name) in others {
            if repo.has(file)? {
                return Err(refuse(service, name, format!("`{file}`")));
            }
        }
    }
    service.package_manager = Some("npm".to_owned());
    if let Some(file) = facts.lock_file {
        service.evidence.push(Evidence::file("package manager", file, "a lock file of npm"));
    }
    Ok(())
}

fn native(facts: &Facts) -> Result<(), Stop> {
    let Some(package) = &facts.package else { return Ok(()) };
    let found = facts.knowledge.native.iter().find(|native| package.depends("dependencies", &native.package));
    let Some(native) = found else { return Ok(()) };
    let line = package.line(&["dependencies", &native.package]);
    Err(Stop::refuse(format!(
        "package.json:{line} depends on `{}`, which needs {}",
        native.package, native.needs
    ))
    .help("no distroless image holds that; a Debian slim image with it is the nearest"))
}

fn network(facts: &Facts, options: &Options, sources: &Sources, service: &mut Service) -> common::Network {
    let framework =
        facts.package.as_ref().and_then(|package| framework(&facts.knowledge.framework, package, service));
    let network = common::network(service, options, &sources.listening, framework.as_ref());
    service.framework = framework.as_ref().map(|framework| framework.name.clone());
    service.kind = Some(common::kind(network.port, framework.as_ref()));
    service.port = network.port;
    common::warn_of_unknown_port(service);
    network
}

fn framework(known: &[Framework], package: &Package, service: &mut Service) -> Option<Framework> {
    for kind in ["dependencies", "devDependencies"] {
        let found = known.iter().find(|framework| package.depends(kind, &framework.package));
        if let Some(framework) = found {
            let keys = [kind, framework.package.as_str()];
            service.evidence.push(Evidence::at(
                "framework",
                "package.json",
                package.line(&keys),
                package.says(&keys),
            ));
            return Some(framework.clone());
        }
    }
    None
}

fn warn(service: &mut Service, start: &Start, sources: &Sources, facts: &Facts) {
    let file = start::file_of(&start.argv, facts.package.as_ref());
    let builds = facts.package.as_ref().is_some_and(|package| package.script("build").is_some())
        || !start.before.is_empty();
    if !sources.found && !builds && !file.starts_with("node_modules/") {
        service.warnings.push(format!("`{file}` is not in the repository and no `build` script makes it"));
    }
    if sources.found && service.port.is_some() && !sources.handles_sigterm {
        service.warnings.push(
            "nothing handles SIGTERM: as process 1 Node.js ignores it; handle it, or run the container with `--init`".to_owned(),
        );
    }
}

fn build(
    facts: &Facts,
    repo: &Repo,
    service: &mut Service,
    image: &NodeImage,
    why: String,
    start: &Start,
    sources: &Sources,
) -> Result<Build, Halt> {
    let Some(package) = &facts.package else {
        return Ok(Build {
            image: image.reference.clone(),
            why,
            manifests: Vec::new(),
            all_first_why: String::new(),
            install: Vec::new(),
            scripts: Vec::new(),
            prune: false,
        });
    };
    let mut scripts: Vec<String> = start.before.clone();
    if package.script("build").is_some() && !scripts.iter().any(|script| script == "build") {
        scripts.insert(0, "build".to_owned());
    }
    let development = development_import(package, sources);
    if let Some((name, evidence)) = &development {
        service.warnings.push(format!(
            "{} imports `{name}`, which is a development dependency: all of them are kept; move it to `dependencies`",
            evidence.place()
        ));
    }
    let compiles = facts.knowledge.compile.packages.iter().find(|name| {
        let folder = format!("node_modules/{name}");
        facts.lock.as_ref().is_some_and(|lock| lock.packages.contains_key(&folder))
            || package.dependency(name).is_some()
    });
    let reference = if compiles.is_some() { &image.full } else { &image.reference };
    let why = match compiles {
        Some(name) => format!("{why}; with a compiler for `{name}`"),
        None => why,
    };
    let production_only = scripts.is_empty() && development.is_none() && !runs_on_install(package);
    let all_first_why = reads_sources(package, repo)?;
    Ok(Build {
        image: reference.clone(),
        why,
        manifests: if all_first_why.is_empty() { manifests(facts, repo)? } else { Vec::new() },
        all_first_why,
        install: install(locked(facts, package, service), production_only),
        prune: development.is_none() && (!scripts.is_empty() || runs_on_install(package)),
        scripts,
    })
}

fn install(locked: bool, production_only: bool) -> Vec<String> {
    let mut words = vec!["npm", if locked { "ci" } else { "install" }];
    if production_only {
        words.push("--omit=dev");
    }
    words.into_iter().map(str::to_owned).collect()
}

/// Scripts that npm runs at the install, and that may need development dependencies.
fn runs_on_install(package: &Package) -> bool {
    ["preinstall", "install", "postinstall", "prepare"].iter().any(|script| package.script(script).is_some())
}

/// A package that the program imports but that only development installs.
fn development_import<'a>(package: &Package, sources: &'a Sources) -> Option<(&'a String, &'a Evidence)> {
    sources.imports.iter().find(|(name, _)| package.dependency(name) == Some("devDependencies"))
}

/// Why an install would read sources; empty when it reads manifests alone.
fn reads_sources(package: &Package, repo: &Repo) -> Result<String, Halt> {
    let why = |text: &str| Ok(text.to_owned());
    if package.has("workspaces") {
        return why("The install reads the manifests of all workspaces, so everything comes first.");
    }
    let kinds = ["dependencies", "devDependencies", "optionalDependencies"];
    let local = kinds
        .iter()
        .flat_map(|kind| package.versions(kind))
        .find(|(_, version)| version.starts_with("file:") || version.starts_with("link:"));
    if local.is_some() {
        return why("A dependency is a folder of the repository, so everything comes before the install.");
    }
    if runs_on_install(package) {
        return why("The install runs scripts of the package, so everything comes first.");
    }
    for folder in ["patches", "prisma"] {
        if repo.kind(folder)? == Some(Kind::Folder) {
            return why("The install reads files beside the manifests, so everything comes first.");
        }
    }
    why("")
}

fn manifests(facts: &Facts, repo: &Repo) -> Result<Vec<String>, Halt> {
    let mut files = vec!["package.json".to_owned()];
    files.extend(facts.lock_file.map(str::to_owned));
    if let Some(text) = repo.text(".npmrc")? {
        let secret = text
            .lines()
            .position(|line| line.contains("${") || line.contains("_auth") || line.contains("_password"));
        if let Some(index) = secret {
            return Err(Stop::refuse(format!(
                ".npmrc:{} holds a credential, which must not reach an image layer",
                index + 1
            ))
            .help("keep tokens out of the repository's .npmrc; private registries are not supported yet")
            .into());
        }
        files.push(".npmrc".to_owned());
    }
    Ok(files)
}

/// Whether `npm ci` can be used: it fails when the lock file does not fit package.json.
fn locked(facts: &Facts, package: &Package, service: &mut Service) -> bool {
    let Some(file) = facts.lock_file else {
        if package.count("dependencies") + package.count("devDependencies") > 0 {
            service.warnings.push(
                "there is no package-lock.json: every build takes the newest packages; commit it".to_owned(),
            );
        }
        return false;
    };
    let Some(root) = facts.lock.as_ref().and_then(|lock| lock.packages.get("")) else { return true };
    for kind in ["dependencies", "devDependencies"] {
        let stated = package.versions(kind);
        let stale = stated.into_iter().find(|(name, version)| root.version_of(kind, name) != Some(*version));
        if let Some((name, _)) = stale {
            service.warnings.push(format!(
                "{file} does not fit package.json (`{name}`): run `npm install` and commit it"
            ));
            return false;
        }
    }
    true
}

fn env(start: &Start, network: Vec<Env>) -> Vec<Env> {
    let mut env = vec![Env::new("NODE_ENV", "production")];
    for one in network.into_iter().chain(start.env.iter().cloned()) {
        env.retain(|before| before.name != one.name);
        env.push(one);
    }
    env
}

fn needs(repo: &Repo, build: &Build, facts: &Facts) -> Result<Vec<String>, Halt> {
    let mut needs = build.manifests.clone();
    needs.extend(facts.lock_file.map(str::to_owned));
    for file in ["tsconfig.json", "package.json"] {
        if repo.has(file)? {
            needs.push(file.to_owned());
        }
    }
    needs.sort();
    needs.dedup();
    Ok(needs)
}

fn ignore() -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    groups.push(IgnoreGroup::new(
        "Installed and made by the build",
        &["**/node_modules", "**/npm-debug.log*", ".next", ".nuxt", ".output"],
    ));
    groups.push(IgnoreGroup::new(
        "Not read by the program",
        &["coverage", "**/*.test.*", "**/*.spec.*", "**/__tests__"],
    ));
    groups
}
