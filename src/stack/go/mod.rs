//! Go: a module, or files of the standard library alone, to one static program.

mod constraint;
mod native;
mod plan;
mod sources;

use anyhow::Result;
use serde::Serialize;

use self::sources::{Main, Sources};
use super::common::{self, Root};
use crate::evidence::Evidence;
use crate::manifest::gomod::{GoMod, Require};
use crate::options::Options;
use crate::repo::{Kind, Repo, join, normal, parent};
use crate::service::Service;
use crate::verdict::{Candidate, Choice, Finding, Stop};

/// The build stage of a Go program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    pub image: String,
    pub why: String,
    /// Debian packages that the build image lacks.
    pub packages: Vec<String>,
    /// Manifests that decide what is downloaded, each group with the folder that it goes to.
    pub manifests: Vec<Manifests>,
    /// Whether modules are downloaded in a step of their own.
    pub download: bool,
    pub cgo: bool,
    pub cgo_why: String,
    /// Flags of `go build` beyond the usual ones.
    pub flags: Vec<String>,
    /// What is built: a package path or files.
    pub targets: Vec<String>,
    pub output: String,
    /// What is made for a runtime without a system of its own.
    pub root: Root,
}

/// Manifests that are copied together.
#[derive(Clone, Debug, Serialize)]
pub struct Manifests {
    pub files: Vec<String>,
    pub to: String,
}

/// What the repository says.
struct Facts {
    modules: Modules,
    has_sum: bool,
    vendored: bool,
    sources: Sources,
}

/// The manifests that a build at the root reads.
struct Modules {
    /// go.work, if there is one.
    workspace: Option<GoMod>,
    /// go.mod at the root, if there is one.
    root: Option<GoMod>,
    /// Every other module of the workspace, and the path of its go.mod.
    others: Vec<(String, GoMod)>,
}

impl Modules {
    fn read(repo: &Repo) -> Result<Modules> {
        let parse = |file: &str| -> Result<Option<GoMod>> {
            repo.text(file)?.map(|text| GoMod::parse(file, &text)).transpose()
        };
        let workspace = parse("go.work")?;
        let mut others = Vec::new();
        for folder in workspace.iter().flat_map(|workspace| &workspace.uses) {
            let folder = normal(folder).filter(|folder| !folder.is_empty());
            let Some(file) = folder.map(|folder| join(&folder, "go.mod")) else { continue };
            if let Some(module) = parse(&file)? {
                others.push((file, module));
            }
        }
        Ok(Modules { workspace, root: parse("go.mod")?, others })
    }

    /// All manifests with their paths, the root's first.
    fn all(&self) -> impl Iterator<Item = (&str, &GoMod)> {
        let root = self.root.iter().map(|module| ("go.mod", module));
        let workspace = self.workspace.iter().map(|module| ("go.work", module));
        root.chain(workspace).chain(self.others.iter().map(|(file, module)| (file.as_str(), module)))
    }

    /// The folders whose packages are built together.
    fn folders(&self) -> Vec<String> {
        let others = self.others.iter().map(|(file, _)| parent(file).to_owned());
        others.chain(std::iter::once(String::new())).collect()
    }

    /// Who requires a module, and how.
    fn requires(&self, module: &str) -> Option<(&str, &Require)> {
        self.all().find_map(|(file, found)| Some((file, found.requires(module)?)))
    }

    /// Whether any module is required.
    fn require_any(&self) -> bool {
        self.all().any(|(_, module)| !module.requires.is_empty())
    }
}

/// Looks for go.mod, go.work or Go files at the root.
///
/// # Errors
/// When a manifest cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let is_source = |name: &str| name.ends_with(".go") && !name.ends_with("_test.go");
    let at_root = repo.entries("")?.iter().any(|entry| entry.kind == Kind::File && is_source(&entry.name));
    let modules = Modules::read(repo)?;
    if modules.all().next().is_none() && !at_root {
        return Ok(None);
    }
    let sources = sources::read(repo, &modules.folders())?;
    let facts =
        Facts { modules, has_sum: repo.has("go.sum")?, vendored: repo.has("vendor/modules.txt")?, sources };
    let mut service = facts.service(repo);
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}

impl Facts {
    fn service(&self, repo: &Repo) -> Service {
        let mut service = Service::new(repo.name(), "go");
        match &self.modules.root {
            Some(module) => {
                base(&module.module).clone_into(&mut service.name);
                service.package_manager = Some("go modules".to_owned());
                let says = format!("module {}", module.module);
                service.evidence.push(Evidence::at("language", "go.mod", module.module_line, says));
            }
            None if self.modules.workspace.is_some() => {
                service.evidence.push(Evidence::file("language", "go.work", "a workspace"))
            }
            None => {}
        }
        service
    }

    /// The main package to build: the one asked for, the only one, the one at the root, or the
    /// one that has the module's name.
    fn chosen(&self, options: &Options) -> Result<&Main, Stop> {
        let (aside, mains): (Vec<&Main>, Vec<&Main>) =
            self.sources.mains.iter().partition(|main| main.is_aside());
        if let Some(bin) = &options.bin {
            return self.named(bin, mains.iter().chain(&aside).copied().collect());
        }
        let mains = if mains.is_empty() { aside } else { mains };
        let usual = self.modules.root.as_ref().map(|module| format!("cmd/{}", base(&module.module)));
        let at = |folder: &str| mains.iter().find(|main| main.folder == folder).copied();
        let found = match mains.as_slice() {
            [] => {
                return Err(Stop::not_a_program("the Go code has no `package main` with `func main`")
                    .help("a library has nothing to start; a function for a hosting service needs that service's builder"));
            }
            [one] => Some(*one),
            _ => at("").or_else(|| usual.as_deref().and_then(at)),
        };
        let tied = || {
            Stop::choose(format!("{} main packages are equally likely", mains.len()), self.candidates(&mains))
        };
        found.ok_or_else(tied)
    }

    fn named<'a>(&'a self, bin: &str, mains: Vec<&'a Main>) -> Result<&'a Main, Stop> {
        let wanted = bin.trim_start_matches("./").trim_end_matches('/');
        let is_wanted = |main: &&&Main| {
            main.folder == wanted || (wanted == "." && main.folder.is_empty()) || self.name(main) == wanted
        };
        let found = mains.iter().find(is_wanted).copied();
        let unknown = || Stop::choose(format!("no main package is called `{bin}`"), self.candidates(&mains));
        found.ok_or_else(unknown)
    }

    fn candidates(&self, mains: &[&Main]) -> Vec<Candidate> {
        let folder = |main: &Main| if main.folder.is_empty() { ".".to_owned() } else { main.folder.clone() };
        let candidate =
            |main: &&Main| Candidate::new(self.name(main), folder(main), Choice::Bin(folder(main)));
        mains.iter().map(candidate).collect()
    }

    /// The name of the program that a main package makes.
    fn name(&self, main: &Main) -> String {
        let name = match (main.folder.rsplit('/').next(), &self.modules.root) {
            (Some(last), _) if !last.is_empty() => last,
            (_, Some(module)) => base(&module.module),
            _ => "app",
        };
        if common::is_plain_name(name) { name.to_owned() } else { "app".to_owned() }
    }
}

/// Whether an import path is of a module: the standard library has no dot in its first part.
fn is_foreign(path: &str) -> bool {
    path.split('/').next().is_some_and(|first| first.contains('.'))
}

/// The last part of a module path, without a major version.
fn base(module: &str) -> &str {
    let is_major = |part: &str| part.strip_prefix('v').is_some_and(|digits| digits.parse::<u32>().is_ok());
    module.rsplit('/').find(|part| !is_major(part)).unwrap_or(module)
}
