//! Go: a module, or files of the standard library alone, to one static program.

mod constraint;
mod native;
mod plan;
mod sources;

use anyhow::Result;
use serde::Serialize;

use self::sources::{Main, Sources};
use super::common;
use crate::evidence::Evidence;
use crate::manifest::gomod::GoMod;
use crate::options::Options;
use crate::repo::{Kind, Repo, normal};
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
    /// Whether an empty `/tmp` is made for a runtime without one.
    pub tmp: bool,
}

/// Manifests that are copied together.
#[derive(Clone, Debug, Serialize)]
pub struct Manifests {
    pub files: Vec<String>,
    pub to: String,
}

/// What the repository says.
struct Facts {
    module: Option<GoMod>,
    has_sum: bool,
    vendored: bool,
    workspace: bool,
    sources: Sources,
}

/// Looks for go.mod, go.work or Go files at the root.
///
/// # Errors
/// When a manifest cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let workspace = repo.has("go.work")?;
    let module = match repo.text("go.mod")? {
        Some(text) => Some(GoMod::parse("go.mod", &text)?),
        None => None,
    };
    let is_source = |name: &str| name.ends_with(".go") && !name.ends_with("_test.go");
    let at_root = repo.entries("")?.iter().any(|entry| entry.kind == Kind::File && is_source(&entry.name));
    if module.is_none() && !workspace && !at_root {
        return Ok(None);
    }
    let facts = Facts {
        has_sum: repo.has("go.sum")?,
        vendored: repo.has("vendor/modules.txt")?,
        workspace,
        sources: sources::read(repo, &workspace_modules(repo)?)?,
        module,
    };
    let mut service = facts.service(repo);
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}

/// The folders that go.work names; the root alone without one.
fn workspace_modules(repo: &Repo) -> Result<Vec<String>> {
    let Some(text) = repo.text("go.work")? else { return Ok(vec![String::new()]) };
    let folder = |line: &str| {
        let code = line.split("//").next().unwrap_or("").trim();
        let code = code.strip_prefix("use ").unwrap_or(code).trim();
        if code.starts_with('.') { normal(code) } else { None }
    };
    Ok(text.lines().filter_map(folder).collect())
}

impl Facts {
    fn service(&self, repo: &Repo) -> Service {
        let mut service = Service::new(repo.name(), "go");
        match &self.module {
            Some(module) => {
                base(&module.module).clone_into(&mut service.name);
                service.package_manager = Some("go modules".to_owned());
                let says = format!("module {}", module.module);
                service.evidence.push(Evidence::at("language", "go.mod", module.module_line, says));
            }
            None if self.workspace => {
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
        let usual = self.module.as_ref().map(|module| format!("cmd/{}", base(&module.module)));
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
        let name = match (main.folder.rsplit('/').next(), &self.module) {
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
