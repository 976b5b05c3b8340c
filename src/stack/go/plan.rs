//! The plan of a Go program.

use super::native::{self, Cgo};
use super::sources::Main;
use super::{Build, Facts, Manifests, is_foreign};
use crate::catalog::{self, Framework, GoImage, Release};
use crate::evidence::Evidence;
use crate::ignore::glob;
use crate::options::{Options, RuntimeChoice};
use crate::plan::{IgnoreGroup, common_ignore};
use crate::repo::{Kind, Repo, join, normal};
use crate::service::{Service, Version};
use crate::source::assets::Asset;
use crate::source::listen::Listening;
use crate::stack::common::{self, Root};
use crate::verdict::{Halt, Planned, Stop};

/// Plans the program of one main package.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let main = facts.chosen(options)?;
    if let [first, second, ..] = main.evidence.as_slice() {
        let reason = format!("{} and {} both have `func main` of one package", first.place(), second.place());
        return Err(Stop::refuse(reason)
            .help("give each program a folder of its own, or a build constraint")
            .into());
    }
    let name = facts.name(main);
    service.name.clone_from(&name);
    service.evidence.extend(main.evidence.iter().take(1).cloned());
    refuse_ungenerated(facts, repo)?;
    let knowledge = catalog::go()?;
    let image = image(facts, &knowledge.build, service)?;
    let network = network(facts, main, options, &knowledge.framework, service);
    let cgo = native::cgo(&knowledge.native, &facts.modules, &facts.sources)?;
    service.evidence.extend(cgo.as_ref().map(|cgo| cgo.evidence.clone()));
    let runtime = native::runtime(options.runtime, cgo.as_ref(), &facts.modules, &facts.sources)?;
    let build = build(facts, repo, service, main, &image, cgo.as_ref(), &runtime)?;
    let mut needs = needs(facts, &build);
    let mut wants = Vec::new();
    embedded(facts, repo, &mut needs, &mut wants)?;
    let files = files(facts, repo)?;
    service.warnings.extend(facts.sources.named.warnings());
    service.build_image = Some(build.image.clone());
    let program = common::OneFile {
        name: &name,
        built: &build.output,
        image: catalog::runtime(runtime.choice.id())?,
        certificates: runtime.choice == RuntimeChoice::Scratch && runtime.certificates,
        why: runtime.why,
        root: build.root,
        libraries: false,
        files,
        placed: Vec::new(),
        network,
        health: None,
    };
    let runtime = program.runtime(options, service)?;
    Ok(Planned { runtime, build: crate::stack::Build::Go(build), ignore: ignore(), needs, wants })
}

fn network(
    facts: &Facts,
    main: &Main,
    options: &Options,
    known: &[Framework],
    service: &mut Service,
) -> common::Network {
    let framework = framework(facts, known, service);
    let listening = listening(facts, main, framework.is_some());
    let network = common::network(service, options, &listening, framework.as_ref());
    service.framework = framework.as_ref().map(|framework| framework.name.clone());
    let uses_http = facts.sources.imports.contains_key("net/http");
    if service.framework.is_none() && uses_http && network.port.is_some() {
        service.framework = Some("net/http".to_owned());
    }
    service.kind = Some(common::kind(network.port, framework.as_ref()));
    service.port = network.port;
    common::warn_of_unknown_port(service);
    network
}

fn framework(facts: &Facts, known: &[Framework], service: &mut Service) -> Option<Framework> {
    let (framework, file, require) = known.iter().find_map(|framework| {
        let (file, require) =
            facts.modules.requires(&framework.package).filter(|(_, require)| !require.indirect)?;
        Some((framework.clone(), file, require))
    })?;
    service.evidence.push(Evidence::at("framework", file, require.line, require.module.clone()));
    Some(framework)
}

/// What the main package says, else what other packages say when the program is a server.
fn listening(facts: &Facts, main: &Main, has_framework: bool) -> Listening {
    let imports = |path: &str| facts.sources.imports.contains_key(path);
    if !has_framework && !imports("net/http") && !imports("net") {
        return Listening::default();
    }
    let own = &main.listening;
    if own.port.is_some() || own.variable.is_some() { own.clone() } else { facts.sources.listening.clone() }
}

/// The newest release that a module or the workspace asks for.
fn asked(facts: &Facts) -> Option<(&Release, Evidence)> {
    let mut newest: Option<(&Release, Evidence)> = None;
    for (file, module) in facts.modules.all() {
        for (word, line) in [("go ", &module.go), ("toolchain go", &module.toolchain)] {
            let Some((release, line)) = line else { continue };
            if newest.as_ref().is_none_or(|(before, _)| release > *before) {
                newest = Some((release, Evidence::at("Go version", file, *line, format!("{word}{release}"))));
            }
        }
    }
    newest
}

/// The build image and why: the default one, since a `go` line is a minimum and Go builds older code.
fn image(facts: &Facts, images: &[GoImage], service: &mut Service) -> Result<(String, String), Stop> {
    let Some((release, evidence)) = asked(facts) else {
        let Some(default) = images.iter().find(|image| image.default) else {
            return Err(Stop::refuse("the catalogue names no default Go image"));
        };
        service.version = Some(Version::default(default.version.to_string()));
        let why = format!("compiles with Go {}, the newest; nothing asks for a version", default.version);
        return Ok((default.reference.clone(), why));
    };
    let enough = |image: &&GoImage| release.first(2) <= image.version;
    let default = images.iter().find(|image| image.default).filter(enough);
    let newest = || images.iter().filter(enough).max_by(|a, b| a.version.cmp(&b.version));
    let Some(image) = default.or_else(newest) else {
        let known: Vec<&str> = images.iter().map(|image| image.reference.as_str()).collect();
        let known = known.join(", ");
        let place = evidence.place();
        return Err(Stop::refuse(format!(
            "{place} asks for Go {release}, newer than every known build image ({known})"
        ))
        .help("lower the `go` line, or use a newer distrogen"));
    };
    service.version = Some(Version::from(image.version.to_string(), &evidence));
    let why = format!(
        "compiles with Go {}; {} asks for at least `{}`",
        image.version, evidence.file, evidence.says
    );
    service.evidence.push(evidence);
    Ok((image.reference.clone(), why))
}

fn build(
    facts: &Facts,
    repo: &Repo,
    service: &mut Service,
    main: &Main,
    image: &(String, String),
    cgo: Option<&Cgo>,
    runtime: &native::Runtime,
) -> Result<Build, Halt> {
    let manifests = manifests(facts, repo)?;
    let requires = facts.modules.require_any();
    let on_scratch = runtime.choice == RuntimeChoice::Scratch;
    let mut flags = flags(facts, service);
    if on_scratch && runtime.zones {
        // Scratch has no time zone files; this tag compiles them in.
        flags.push("-tags=timetzdata".to_owned());
    }
    Ok(Build {
        image: image.0.clone(),
        why: image.1.clone(),
        packages: cgo.map(|cgo| cgo.packages.clone()).unwrap_or_default(),
        download: !manifests.is_empty() && requires && facts.has_sum,
        manifests,
        cgo: cgo.is_some(),
        cgo_why: cgo.map(|cgo| cgo.why.clone()).unwrap_or_default(),
        flags,
        targets: targets(facts, main)?,
        output: format!("/out/{}", facts.name(main)),
        root: Root { tmp: on_scratch && runtime.temporary, users: false },
    })
}

fn targets(facts: &Facts, main: &Main) -> Result<Vec<String>, Stop> {
    if facts.modules.root.is_some() || facts.modules.workspace.is_some() {
        return match main.folder.as_str() {
            "" => Ok(vec![".".to_owned()]),
            folder if common::is_plain_path(folder) => Ok(vec![format!("./{folder}")]),
            folder => {
                Err(Stop::refuse(format!("the folder `{folder}` has a name that cannot be built safely"))
                    .help("rename it to letters, digits, `-`, `_` and `.`"))
            }
        };
    }
    // Without a module only files of the standard library can be built, by naming them.
    if let Some((path, evidence)) = facts.sources.imports.iter().find(|(path, _)| is_foreign(path)) {
        return Err(Stop::refuse(format!("{} imports `{path}`, and there is no go.mod", evidence.place()))
            .help(format!("run `go mod init {} && go mod tidy`, then try again", facts.name(main))));
    }
    let nameable = main.folder.is_empty() && main.files.iter().all(|file| common::is_plain_name(file));
    if !nameable {
        return Err(Stop::refuse("there is no go.mod").help("run `go mod init NAME`, then try again"));
    }
    Ok(main.files.clone())
}

/// What the download step reads; nothing where it is left to the build.
fn manifests(facts: &Facts, repo: &Repo) -> Result<Vec<Manifests>, Halt> {
    let Some(module) = &facts.modules.root else { return Ok(Vec::new()) };
    if facts.modules.workspace.is_some() || facts.vendored {
        return Ok(Vec::new());
    }
    let mut files = vec!["go.mod".to_owned()];
    if facts.has_sum {
        files.push("go.sum".to_owned());
    }
    let mut groups = vec![Manifests { files, to: "./".to_owned() }];
    for (path, line) in &module.local_replaces {
        let Some(folder) = normal(path).filter(|folder| common::is_plain_path(folder)) else {
            let reason = format!("go.mod:{line} replaces a module by `{path}`, outside of this folder");
            return Err(Stop::refuse(reason).help("run distrogen in the folder that holds both").into());
        };
        let mut files = Vec::new();
        for file in ["go.mod", "go.sum"] {
            let file = join(&folder, file);
            if repo.has(&file)? {
                files.push(file);
            }
        }
        if !files.is_empty() {
            groups.push(Manifests { files, to: format!("./{folder}/") });
        }
    }
    Ok(groups)
}

fn flags(facts: &Facts, service: &mut Service) -> Vec<String> {
    let requires = facts.modules.require_any();
    if !requires || facts.has_sum || facts.vendored || facts.modules.workspace.is_some() {
        return Vec::new();
    }
    let warning =
        "there is no go.sum: modules are taken unchecked (`-mod=mod`); run `go mod tidy` and commit it";
    service.warnings.push(warning.to_owned());
    vec!["-mod=mod".to_owned()]
}

/// The files that `//go:embed` lines name: those of a pattern by name, those of a folder as it has
/// them.
fn embedded(
    facts: &Facts,
    repo: &Repo,
    needs: &mut Vec<String>,
    wants: &mut Vec<String>,
) -> Result<(), Halt> {
    for (pattern, evidence) in &facts.sources.embeds {
        let is_pattern = pattern.contains(['*', '?', '[']);
        let fixed = match pattern.find(['*', '?', '[']) {
            Some(at) => pattern[..at].rsplit_once('/').map_or("", |(folder, _)| folder),
            None => pattern.as_str(),
        };
        let files = match repo.kind(fixed)? {
            Some(_) if fixed.is_empty() => top(repo)?,
            Some(_) => repo.files(fixed, 1000)?,
            None => {
                let reason =
                    format!("{} embeds `{pattern}`, which is not in the repository", evidence.place());
                return Err(Stop::refuse(reason)
                    .help("if another build makes it, run that first; if it is ignored by git, it must be built in the image")
                    .into());
            }
        };
        if is_pattern {
            needs.extend(files.into_iter().filter(|file| glob(pattern, file)));
        } else if repo.has(fixed)? {
            needs.extend(files);
        } else {
            wants.extend(files);
        }
    }
    Ok(())
}

/// The files at the root, without those that are written here.
fn top(repo: &Repo) -> Result<Vec<String>, Halt> {
    let ours = ["Dockerfile", ".dockerignore"];
    let entries = repo.entries("")?;
    let files =
        entries.iter().filter(|entry| entry.kind == Kind::File && !ours.contains(&entry.name.as_str()));
    Ok(files.map(|entry| entry.name.clone()).collect())
}

/// Refuses an import of a package of this module that is not there: code that a tool generates.
fn refuse_ungenerated(facts: &Facts, repo: &Repo) -> Result<(), Halt> {
    let Some(module) = facts.modules.root.as_ref().filter(|_| facts.modules.others.is_empty()) else {
        return Ok(());
    };
    for (path, evidence) in &facts.sources.imports {
        let Some(folder) = path.strip_prefix(&module.module).and_then(|rest| rest.strip_prefix('/')) else {
            continue;
        };
        let has_own_module = facts.modules.requires(path).is_some();
        if !has_own_module && !repo.entries(folder)?.iter().any(|entry| entry.name.ends_with(".go")) {
            let reason = format!("{} imports `{path}`, which is not in the repository", evidence.place());
            return Err(Stop::refuse(reason)
                .help(
                    "if a tool generates it, commit what it makes, or run the tool before the image is built",
                )
                .into());
        }
    }
    Ok(())
}

/// Files that are read at run time: named by a literal and not compiled in.
fn files(facts: &Facts, repo: &Repo) -> Result<Vec<Asset>, Halt> {
    let mut found = facts.sources.named.found(repo, &[""])?;
    let embedded = |path: &str| {
        let covers = |pattern: &str| {
            pattern == path
                || pattern.starts_with(&format!("{path}/"))
                || path.starts_with(&format!("{pattern}/"))
        };
        facts.sources.embeds.iter().any(|(pattern, _)| covers(pattern))
    };
    found.retain(|asset| !embedded(&asset.from));
    Ok(found)
}

fn needs(facts: &Facts, build: &Build) -> Vec<String> {
    let mut needs: Vec<String> = build.manifests.iter().flat_map(|group| group.files.clone()).collect();
    for main in &facts.sources.mains {
        needs.extend(main.files.iter().map(|file| join(&main.folder, file)));
    }
    if facts.vendored {
        needs.push("vendor/modules.txt".to_owned());
    }
    if facts.modules.workspace.is_some() {
        needs.push("go.work".to_owned());
    }
    needs
}

fn ignore() -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    groups.push(IgnoreGroup::new("Not read by the build", &["**/*_test.go", "**/*.test"]));
    groups
}
