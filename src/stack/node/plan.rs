//! The plan of a Node.js program.

use super::script::{self, Start};
use super::sources::{self, Sources};
use super::{Build, Facts, start, version};
use crate::catalog::{self, Framework, NodeImage};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::options::Options;
use crate::plan::{Copy, Env, IgnoreGroup, Runtime, common_ignore};
use crate::repo::{Kind, Repo, normal};
use crate::service::Service;
use crate::source::listen::Listening;
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
    refuse_outside(facts)?;
    refuse_credentials(repo)?;
    refuse_absent(facts, repo, &start, &sources, service)?;
    let mut listening = sources.listening.clone();
    said_port(&start, &mut listening);
    let network = network(facts, options, &listening, service);
    warn(service, &sources);
    let build = build(facts, repo, service, image, why, &start, &sources)?;
    let runtime = catalog::runtime(&image.runtime)?;
    service.build_image = Some(build.image.clone());
    service.runtime_image = Some(runtime.reference.clone());
    service.start = [runtime.entrypoint, start.argv.clone()].concat();
    let mut needs = needs(repo, &build, facts)?;
    needs.extend(sources.files);
    Ok(Planned {
        runtime: Runtime {
            image: runtime.reference,
            why: format!("Node.js {} and nothing else: neither npm nor a shell", image.major),
            copies: vec![Copy::new("/app", "/app")],
            workdir: "/app".to_owned(),
            volumes: Vec::new(),
            env: env(&start, network.env, options),
            expose: network.port.into_iter().collect(),
            entrypoint: Vec::new(),
            cmd: start.argv,
            start_why: vec![format!(
                "The image's entrypoint is node; {} says what it runs",
                start.evidence.file
            )],
            health: Vec::new(),
        },
        build: crate::stack::Build::Node(build),
        ignore: ignore(),
        needs,
        wants: Vec::new(),
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

fn network(
    facts: &Facts,
    options: &Options,
    listening: &Listening,
    service: &mut Service,
) -> common::Network {
    let framework =
        facts.package.as_ref().and_then(|package| framework(&facts.knowledge.framework, package, service));
    let network = common::network(service, options, listening, framework.as_ref());
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

/// The port that the start itself sets: `PORT=5000 node a.js`, `next start -p 4000`.
fn said_port(start: &Start, listening: &mut Listening) {
    let variable = listening.variable.as_ref().map_or("PORT", |(name, _)| name.as_str());
    let by_variable = start.env.iter().find(|env| env.name == variable).map(|env| env.value.as_str());
    let mut words = start.argv.iter();
    let mut by_flag = None;
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some(("--port", value)) => by_flag = Some(value),
            _ if matches!(word.as_str(), "-p" | "--port") => by_flag = words.next().map(String::as_str),
            _ => {}
        }
    }
    if let Some(port) = by_flag.or(by_variable).and_then(|value| value.parse().ok()) {
        listening.set(port, start.evidence.clone());
    }
}

/// Refuses a start whose file is nowhere and that nothing makes. A repository without any source
/// is given the benefit of the doubt: its sources are elsewhere.
fn refuse_absent(
    facts: &Facts,
    repo: &Repo,
    start: &Start,
    sources: &Sources,
    service: &mut Service,
) -> Result<(), Halt> {
    let file = start::file_of(&start.argv, facts.package.as_ref());
    if sources.found || file.starts_with("node_modules/") {
        return Ok(());
    }
    let makes = |script: &str| facts.package.as_ref().is_some_and(|package| package.script(script).is_some());
    let made =
        !start.before.is_empty() || ["build", "prepare", "postinstall"].iter().any(|script| makes(script));
    if made {
        return Ok(());
    }
    let place = start.evidence.place();
    let reason =
        format!("{place} starts `{file}`, which is not in the repository, and no `build` script makes it");
    if repo.sources("", &[".js", ".mjs", ".cjs", ".ts", ".mts", ".jsx", ".tsx"])?.is_empty() {
        service.warnings.push(format!("there are no sources here: {reason}"));
        return Ok(());
    }
    Err(Stop::refuse(reason)
        .help("add a `build` script that makes it, or name another file: `--start 'node FILE'`")
        .into())
}

/// Refuses credentials that would end up in an image layer.
fn refuse_credentials(repo: &Repo) -> Result<(), Halt> {
    let Some(text) = repo.text(".npmrc")? else { return Ok(()) };
    let is_secret = |line: &str| line.contains("${") || line.contains("_auth") || line.contains("_password");
    let Some(index) = text.lines().position(is_secret) else { return Ok(()) };
    Err(Stop::refuse(format!(".npmrc:{} holds a credential, which must not reach an image layer", index + 1))
        .help("keep tokens out of the repository's .npmrc; private registries are not supported yet")
        .into())
}

const DEPENDENCIES: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

/// Refuses dependencies that are not in the folder, and those of other managers' workspaces.
fn refuse_outside(facts: &Facts) -> Result<(), Stop> {
    let Some(package) = &facts.package else { return Ok(()) };
    for kind in DEPENDENCIES {
        for (name, version) in package.versions(kind) {
            let local = version.strip_prefix("file:").or(version.strip_prefix("link:"));
            let outside = local.is_some_and(|path| normal(path).is_none());
            if outside || version.starts_with("workspace:") {
                let line = package.line(&[kind, name]);
                let reason =
                    format!("package.json:{line} depends on `{name}` at `{version}`, outside of this folder");
                return Err(Stop::refuse(reason).help("run distrogen in the folder that holds both"));
            }
        }
    }
    Ok(())
}

fn warn(service: &mut Service, sources: &Sources) {
    if !sources.files.is_empty() && service.port.is_some() && !sources.handles_sigterm {
        service.warnings.push(
            "nothing handles SIGTERM: as process 1 Node.js ignores it; handle it, or run the container with `--init`"
                .to_owned(),
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
    let development = match development_import(package, sources) {
        Some((name, evidence)) => Some((name.clone(), evidence.clone())),
        None if development_preload(package, start).is_some() => development_preload(package, start),
        None => development_config(facts, package, repo)?,
    };
    if let Some((name, evidence)) = &development {
        service.warnings.push(format!(
            "{} needs `{name}`, which is a development dependency: all of them are kept; move it to `dependencies`",
            evidence.place()
        ));
    }
    let compiles = compiles(facts, package, repo)?;
    let reference = if compiles.is_some() { &image.full } else { &image.reference };
    let why = match compiles {
        Some(name) => format!("{why}; with build tools for `{name}`"),
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

/// A package that node is told to load first but that only development installs.
fn development_preload(package: &Package, start: &Start) -> Option<(String, Evidence)> {
    let names = script::preloads(&start.argv).filter_map(sources::package);
    let mut found = names.filter(|name| package.dependency(name) == Some("devDependencies"));
    found.next().map(|name| (name.to_owned(), start.evidence.clone()))
}

/// Configuration that is read at the start by a package that only development installs.
fn development_config(
    facts: &Facts,
    package: &Package,
    repo: &Repo,
) -> Result<Option<(String, Evidence)>, Halt> {
    for config in facts.knowledge.config.iter().filter(|config| package.dependency(&config.package).is_some())
    {
        for file in &config.files {
            if repo.has(file)? && package.dependency(&config.needs) == Some("devDependencies") {
                return Ok(Some((
                    config.needs.clone(),
                    Evidence::file("configuration", file, "read at the start"),
                )));
            }
        }
    }
    Ok(None)
}

/// A package whose install needs build tools: by name, by its install script, or from git.
fn compiles(facts: &Facts, package: &Package, repo: &Repo) -> Result<Option<String>, Halt> {
    if repo.has("binding.gyp")? {
        return Ok(Some("binding.gyp".to_owned()));
    }
    let known = &facts.knowledge.compile;
    let from_git = |(name, version): (&str, &str)| {
        let is_git = version.starts_with("git") || version.contains("git+") || version.contains(".git");
        is_git.then(|| name.to_owned())
    };
    if let Some(name) = DEPENDENCIES.iter().flat_map(|kind| package.versions(kind)).find_map(from_git) {
        return Ok(Some(name));
    }
    let scripted = facts.lock.iter().flat_map(|lock| &lock.packages).find_map(|(folder, locked)| {
        let name = folder.rsplit_once("node_modules/")?.1;
        (locked.has_install_script && !known.harmless.iter().any(|known| known == name))
            .then(|| name.to_owned())
    });
    let named = || known.packages.iter().find(|name| package.dependency(name).is_some()).cloned();
    Ok(scripted.or_else(named))
}

/// Why an install would read sources; empty when it reads manifests alone.
fn reads_sources(package: &Package, repo: &Repo) -> Result<String, Halt> {
    let why = |text: &str| Ok(text.to_owned());
    if package.has("workspaces") {
        return why("The install reads the manifests of all workspaces, so everything comes first.");
    }
    if repo.has("binding.gyp")? {
        return why("The install compiles a module of the repository, so everything comes first.");
    }
    let local = DEPENDENCIES
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
    if repo.has(".npmrc")? {
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
    let Some(lock) = &facts.lock else { return false };
    let root = lock.packages.get("");
    for kind in DEPENDENCIES {
        let is_stale = |(name, version): &(&str, &str)| match root {
            Some(root) => root.version_of(kind, name) != Some(*version),
            // Lock files of the first version list what is installed, not what was asked for.
            None => !lock.dependencies.contains_key(*name),
        };
        if let Some((name, _)) = package.versions(kind).find(is_stale) {
            service.warnings.push(format!(
                "{file} does not fit package.json (`{name}`): run `npm install` and commit it"
            ));
            return false;
        }
    }
    true
}

/// The script's variables outrank what was found; a flag outranks the script's.
fn env(start: &Start, network: Vec<Env>, options: &Options) -> Vec<Env> {
    let mut env = vec![Env::new("NODE_ENV", "production")];
    let (first, last) = match options.port {
        Some(_) => (start.env.clone(), network),
        None => (network, start.env.clone()),
    };
    for one in first.into_iter().chain(last) {
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
    groups.push(IgnoreGroup::new("Not read by the program", &["**/*.test.*", "**/*.spec.*", "**/__tests__"]));
    groups
}
