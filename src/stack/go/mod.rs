//! Go: a module, a workspace, or files of the standard library alone, to one program.

mod choice;
mod constraint;
mod embed;
mod image;
mod manifests;
mod native;
mod plan;
mod private;
mod program;
mod release;
mod runtime;
mod sources;
mod system;

use anyhow::Result;
use serde::Serialize;

use self::constraint::Tags;
pub use self::manifests::Manifests;
use self::manifests::Modules;
use self::program::Program;
use self::release::Release;
pub use self::release::Stamp;
use self::sources::{Package, Sources};
use super::common::{self, Root};
use super::javascript::front::Front;
use crate::catalog::{self, Go};
use crate::evidence::Evidence;
use crate::options::Options;
use crate::plan::Secret;
use crate::repo::{Kind, Repo};
use crate::service::Service;
use crate::verdict::Finding;

/// The build stage of a Go program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// The stages before, where the program embeds what Node.js builds.
    pub fronts: Vec<Front>,
    pub image: String,
    pub why: String,
    /// Debian packages that the build image lacks.
    pub packages: Vec<String>,
    /// Manifests that decide what is downloaded, each group with the folder that it goes to.
    pub manifests: Vec<Manifests>,
    /// Whether modules are downloaded in a step of their own.
    pub download: bool,
    /// Credentials that downloads of private modules need.
    pub secrets: Vec<Secret>,
    /// Patterns of modules that are private, as `GOPRIVATE` has them; empty where none is.
    pub private: String,
    pub cgo: bool,
    pub cgo_why: String,
    /// Whether what cgo links is linked statically.
    pub static_link: bool,
    /// Variables that the linker sets.
    pub stamps: Vec<Stamp>,
    /// Build arguments that hold their values, each with its default.
    pub arguments: Vec<Argument>,
    /// Flags of `go build` beyond the usual ones.
    pub flags: Vec<String>,
    /// What is built: a package path or files.
    pub targets: Vec<String>,
    pub output: String,
    /// What is made for a runtime without a system of its own.
    pub root: Root,
}

/// A build argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Argument {
    pub name: &'static str,
    pub default: &'static str,
}

/// What the repository says.
struct Facts {
    modules: Modules,
    sources: Sources,
    /// What release tools build, the strongest tool first.
    releases: Vec<Vec<Release>>,
    knowledge: Go,
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
    let sources = sources::read(repo, &modules.scope(), &Tags::default())?;
    let releases = release::read(repo, &sources)?;
    let facts = Facts { modules, sources, releases, knowledge: catalog::go()? };
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
                service.package_manager = Some("go modules".to_owned());
                service.evidence.push(Evidence::file("language", "go.work", "a workspace"));
            }
            None => {}
        }
        service
    }

    /// The name of the program that the main package of a folder makes.
    fn name(&self, folder: &str) -> String {
        let here = |release: &&Release| release.folder == folder;
        let released =
            self.releases.iter().flatten().filter(here).find_map(|release| release.binary.as_deref());
        let name = match (released, folder.rsplit('/').next(), &self.modules.root) {
            (Some(name), ..) => name,
            (None, Some(last), _) if !last.is_empty() => last,
            (None, _, Some(module)) => base(&module.module),
            _ => "app",
        };
        if common::is_plain_name(name) { name.to_owned() } else { "app".to_owned() }
    }

    /// The program of a main package, as these sources have it.
    fn program(&self, repo: &Repo, sources: &Sources, main: &Package, tags: &Tags) -> Result<Program> {
        program::read(repo, sources, main, tags, &self.knowledge.standard)
    }

    /// What the strongest tool that builds this folder's program says of it.
    fn released(&self, folder: &str) -> Option<&Release> {
        self.releases.iter().flatten().find(|release| release.folder == folder)
    }
}

/// Whether an import path is of a module: neither of the standard library nor cgo's.
fn is_foreign(path: &str, standard: &[String]) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    path != "C" && !standard.iter().any(|known| known == first)
}

/// The last part of a module path, without a major version.
fn base(module: &str) -> &str {
    let is_major = |part: &str| part.strip_prefix('v').is_some_and(|digits| digits.parse::<u32>().is_ok());
    module.rsplit('/').find(|part| !is_major(part)).unwrap_or(module)
}
