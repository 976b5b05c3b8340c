//! The plan of a Go program.

use std::collections::BTreeSet;

use anyhow::Result;

use super::constraint::Tags;
use super::embed::{self, Embedded};
use super::native::{self, Cgo};
use super::private::{self, Private};
use super::program::Program;
use super::runtime::{self, Runtime};
use super::sources::{self, Package, Sources};
use super::{Argument, Build, Facts, image, is_foreign};
use crate::catalog::{self, Framework};
use crate::evidence::Evidence;
use crate::options::Options;
use crate::plan::{IgnoreGroup, common_ignore};
use crate::repo::{Repo, join};
use crate::service::Service;
use crate::source::assets::Asset;
use crate::source::listen::Listening;
use crate::stack::common::{self, Root};
use crate::stack::javascript::front;
use crate::verdict::{Halt, Planned, Stop};

/// Plans the program of one main package.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let main = facts.chosen(repo, options)?;
    if let [first, second, ..] = main.mains.as_slice() {
        let reason = format!("{} and {} both have `func main` of one package", first.place(), second.place());
        return Err(Stop::refuse(reason)
            .help("give each program a folder of its own, or a build constraint")
            .into());
    }
    let name = facts.name(&main.folder);
    service.name.clone_from(&name);
    service.evidence.extend(main.mains.iter().take(1).cloned());
    let release = facts.released(&main.folder);
    service.evidence.extend(release.map(|release| release.evidence.clone()));
    let Read { program, cgo, .. } = read(facts, repo, main)?;
    let image = image::choose(&facts.modules, repo, &facts.knowledge.build, service)?;
    let network = network(facts, &program, options, service);
    service.evidence.extend(cgo.as_ref().map(|cgo| cgo.evidence.clone()));
    let standard = &facts.knowledge.standard.first;
    let runtime = runtime::choose(options.runtime, cgo.as_ref(), &facts.modules, &program, standard)?;
    service.evidence.extend(runtime.evidence.clone());
    let mut embedded = embed::find(repo, &program, service)?;
    let fronts = std::mem::take(&mut embedded.fronts);
    let files = files(facts, repo, &program)?;
    let writable = common::writable(&program.named, &files, service);
    let root = Root { writable, ..runtime.root.clone() };
    let build =
        Build { fronts, root, ..build(facts, repo, service, &program, image, cgo.as_ref(), &runtime)? };
    service.warnings.extend(program.named.warnings());
    service.warnings.extend(program.programs.warnings());
    service.build_image = Some(build.image.clone());
    let one = common::OneFile {
        name: &name,
        built: &build.output,
        image: catalog::runtime(runtime.choice.id())?,
        certificates: runtime.certificates,
        why: runtime.why,
        root: build.root.clone(),
        libraries: false,
        files,
        placed: Vec::new(),
        network,
        health: program.health.clone(),
    };
    let runtime = one.runtime(options, service)?;
    let Embedded { mut needs, wants, .. } = embedded;
    needs.extend(read_by_build(facts, repo, &program, &build)?);
    let ignore = ignore(&build);
    Ok(Planned { runtime, build: crate::stack::Build::Go(build), ignore, needs, wants })
}

/// A program as its build has it.
struct Read {
    program: Program,
    cgo: Option<Cgo>,
}

/// Reads the program with the tags that it is built with; C changes which files those are.
fn read(facts: &Facts, repo: &Repo, main: &Package) -> Result<Read, Halt> {
    let release = facts.released(&main.folder);
    let without = release.is_some_and(|release| release.without_cgo);
    let given = release.map_or(BTreeSet::new(), |release| release.tags.iter().cloned().collect());
    let mut tags = Tags { given, cgo: false };
    loop {
        let again = if tags == Tags::default() {
            None
        } else {
            Some(sources::read(repo, &facts.modules.scope(), &tags)?)
        };
        let sources = again.as_ref().unwrap_or(&facts.sources);
        // A main package that only other tags have is read as the choice saw it.
        let main = sources.mains().find(|one| one.folder == main.folder).unwrap_or(main);
        let program = facts.program(repo, sources, main, &tags)?;
        refuse_absent(facts, repo, sources, &program)?;
        let cgo = native::cgo(&facts.knowledge, &facts.modules, sources, &program, without)?;
        if tags.cgo || cgo.is_none() {
            return Ok(Read { program, cgo });
        }
        tags.cgo = true;
    }
}

fn network(facts: &Facts, program: &Program, options: &Options, service: &mut Service) -> common::Network {
    let framework = framework(facts, program, service);
    let uses = |path: &str| program.imports.contains_key(path);
    let listens = framework.is_some() || uses("net/http") || uses("net");
    let listening = if listens { program.listens() } else { Listening::default() };
    let network = common::network(service, options, &listening, framework.as_ref());
    service.framework = framework.as_ref().map(|framework| framework.name.clone());
    if service.framework.is_none() && uses("net/http") && network.port.is_some() {
        service.framework = Some("net/http".to_owned());
    }
    service.kind = Some(common::kind(network.port, framework.as_ref()));
    service.port = network.port;
    common::warn_of_unknown_port(service);
    network
}

/// The first known framework that a module requires and the program imports.
fn framework(facts: &Facts, program: &Program, service: &mut Service) -> Option<Framework> {
    let (framework, file, require) = facts.knowledge.framework.iter().find_map(|framework| {
        let (file, require) =
            facts.modules.requires(&framework.package).filter(|(_, require)| !require.indirect)?;
        let is_of =
            |path: &String| path == &require.module || path.starts_with(&format!("{}/", require.module));
        program.imports.keys().any(is_of).then(|| (framework.clone(), file, require))
    })?;
    service.evidence.push(Evidence::at("framework", file, require.line, require.module.clone()));
    Some(framework)
}

fn build(
    facts: &Facts,
    repo: &Repo,
    service: &mut Service,
    program: &Program,
    (image, why): (String, String),
    cgo: Option<&Cgo>,
    runtime: &Runtime,
) -> Result<Build, Halt> {
    let manifests = facts.modules.manifests(repo)?;
    let requires = facts.modules.require_any();
    let private = private::find(repo, &facts.modules)?;
    if let Some(Private { secret, .. }) = &private {
        service
            .warnings
            .push(format!("{}: build with `--secret id={},src={}`", secret.why, secret.id, secret.source));
    }
    let release = facts.released(&program.folder);
    let stamps = release.map_or(Vec::new(), |release| release.stamps.clone());
    let mut flags = sum_flags(facts, repo, service)?;
    flags.extend(tags(facts, program, cgo, runtime));
    let download = !manifests.is_empty() && requires && facts.modules.has_sum;
    Ok(Build {
        fronts: Vec::new(),
        image,
        why,
        packages: cgo.map(|cgo| cgo.packages.clone()).unwrap_or_default(),
        download,
        manifests,
        private: private.as_ref().map_or(String::new(), |private| private.patterns.clone()),
        secrets: private.into_iter().map(|private| private.secret).collect(),
        cgo: cgo.is_some(),
        cgo_why: cgo.map(|cgo| cgo.why.clone()).unwrap_or_default(),
        static_link: runtime.static_link,
        arguments: arguments(&stamps),
        stamps,
        flags,
        targets: targets(facts, program)?,
        output: format!("/out/bin/{}", facts.name(&program.folder)),
        root: Root::default(),
    })
}

/// The build arguments that hold what the linker stamps.
fn arguments(stamps: &[super::Stamp]) -> Vec<Argument> {
    let all = [("VERSION", "dev"), ("COMMIT", "unknown"), ("DATE", "unknown")];
    let used = |(name, _): &(&str, &str)| stamps.iter().any(|stamp| stamp.argument == Some(name));
    all.into_iter().filter(used).map(|(name, default)| Argument { name, default }).collect()
}

fn targets(facts: &Facts, program: &Program) -> Result<Vec<String>, Stop> {
    if facts.modules.root.is_some() || facts.modules.workspace.is_some() {
        return match program.folder.as_str() {
            "" => Ok(vec![".".to_owned()]),
            folder if common::is_plain_path(folder) => Ok(vec![format!("./{folder}")]),
            folder => {
                Err(Stop::refuse(format!("the folder `{folder}` has a name that cannot be built safely"))
                    .help("rename it to letters, digits, `-`, `_` and `.`"))
            }
        };
    }
    // Without a module only files of the standard library can be built, by naming them.
    let standard = &facts.knowledge.standard.first;
    if let Some((path, evidence)) = program.imports.iter().find(|(path, _)| is_foreign(path, standard)) {
        return Err(Stop::refuse(format!("{} imports `{path}`, and there is no go.mod", evidence.place()))
            .help(format!(
                "run `go mod init {} && go mod tidy`, then try again",
                facts.name(&program.folder)
            )));
    }
    let nameable = program.folder.is_empty() && program.files.iter().all(|file| common::is_plain_name(file));
    if !nameable {
        return Err(Stop::refuse("there is no go.mod").help("run `go mod init NAME`, then try again"));
    }
    Ok(program.files.clone())
}

/// Flags that a go.sum which is absent makes necessary; one that is too old is warned of.
fn sum_flags(facts: &Facts, repo: &Repo, service: &mut Service) -> Result<Vec<String>, Halt> {
    let mut flags = Vec::new();
    let modules = &facts.modules;
    if let Some((file, require)) =
        if modules.has_sum && !modules.vendored { modules.unsummed(repo)? } else { None }
    {
        service.warnings.push(format!(
            "{file}:{} requires `{}`, of which no go.sum has a checksum: the build will refuse it; run `go mod tidy` and commit go.sum",
            require.line, require.module
        ));
    }
    if modules.require_any() && !modules.has_sum && !modules.vendored && modules.workspace.is_none() {
        let warning =
            "there is no go.sum: modules are taken unchecked (`-mod=mod`); run `go mod tidy` and commit it";
        service.warnings.push(warning.to_owned());
        flags.push("-mod=mod".to_owned());
    }
    Ok(flags)
}

/// Build tags: the project's own, and those that the image asks for.
fn tags(facts: &Facts, program: &Program, cgo: Option<&Cgo>, runtime: &Runtime) -> Option<String> {
    let mut tags = facts.released(&program.folder).map_or(Vec::new(), |release| release.tags.clone());
    if runtime.static_link {
        tags.extend(cgo.and_then(|cgo| cgo.static_tags.clone()).unwrap_or_default());
    }
    if runtime.zones {
        // Scratch has no time zone files; this tag compiles them in.
        tags.push("timetzdata".to_owned());
    }
    tags.sort();
    tags.dedup();
    (!tags.is_empty()).then(|| format!("-tags={}", tags.join(",")))
}

/// Refuses an import of a package of these modules that is not there, as code that a tool generates,
/// or of which no file is built.
fn refuse_absent(facts: &Facts, repo: &Repo, sources: &Sources, program: &Program) -> Result<(), Halt> {
    for (path, evidence) in &program.imports {
        let Some(folder) = sources.folder_of(path) else { continue };
        let known =
            sources.has(&folder) || sources.needs_cgo(&folder).is_some() || sources.unread(&folder).is_some();
        if known || facts.modules.requires(path).is_some() {
            continue;
        }
        let place = evidence.place();
        let is_source = |name: &str| name.ends_with(".go") && !name.ends_with("_test.go");
        if repo.entries(&folder)?.iter().any(|entry| is_source(&entry.name)) {
            let reason = format!("{place} imports `{path}`, and a Linux build has no file of it");
            return Err(Stop::refuse(reason).help("look at its build constraints").into());
        }
        let reason = format!("{place} imports `{path}`, which is not in the repository");
        return Err(Stop::refuse(reason)
            .help("if a tool generates it, commit what it makes, or run the tool before the image is built")
            .into());
    }
    Ok(())
}

/// Files that are read at run time: named by a literal and not compiled in.
fn files(facts: &Facts, repo: &Repo, program: &Program) -> Result<Vec<Asset>, Halt> {
    let module = facts.modules.folder_of(&program.folder);
    let mut found = program.named.found(repo, &["", &module, &program.folder])?;
    // What is below an embedded path is read from the program itself.
    let embedded = |path: &str| {
        let within =
            |above: &str| path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        program.embeds.iter().any(|(pattern, _)| within(embed::fixed(pattern)))
    };
    found.retain(|asset| !embedded(&asset.from));
    Ok(found)
}

/// Files that the build reads by name.
fn read_by_build(facts: &Facts, repo: &Repo, program: &Program, build: &Build) -> Result<Vec<String>> {
    let mut needs: Vec<String> = build.manifests.iter().flat_map(|group| group.files.clone()).collect();
    needs.extend(program.files.iter().map(|file| join(&program.folder, file)));
    needs.extend(build.fronts.iter().flat_map(|front| front.needs.clone()));
    if facts.modules.vendored {
        needs.extend(repo.files("vendor", MOST)?);
    }
    Ok(needs)
}

/// Files of a vendor folder that are looked at.
const MOST: usize = 100_000;

fn ignore(build: &Build) -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    groups.push(IgnoreGroup::new("Not read by the build", &["**/*_test.go", "**/*.test"]));
    groups.extend(front::ignore(&build.fronts));
    groups
}
