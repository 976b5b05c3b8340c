//! Node.js: a package with a server or program to its files on a distroless runtime.

#[cfg_attr(not(test), expect(dead_code, reason = "the plan is to ask it"))]
mod native;
mod plan;
mod script;
mod sources;
mod start;
#[cfg_attr(not(test), expect(dead_code, reason = "the plan is to ask it"))]
mod started;
mod version;

pub(in crate::stack) use version::choose;

use anyhow::Result;
use serde::Serialize;

use crate::catalog;
use crate::evidence::Evidence;
use crate::manifest::package::{NpmLock, Package};
use crate::options::Options;
use crate::repo::Repo;
use crate::service::Service;
use crate::verdict::Finding;

/// The build stage of a Node.js program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    pub image: String,
    pub why: String,
    /// What is copied before dependencies are installed; empty where that is everything.
    pub manifests: Vec<String>,
    /// Why everything is copied before the install.
    pub all_first_why: String,
    /// The command that installs dependencies; empty where there are none to install.
    pub install: Vec<String>,
    /// Scripts that are run to build, in order.
    pub scripts: Vec<String>,
    /// Whether development dependencies are taken out after the build.
    pub prune: bool,
}

struct Facts {
    package: Option<Package>,
    lock_file: Option<&'static str>,
    lock: Option<NpmLock>,
    knowledge: catalog::Node,
}

const LOCK_FILES: &[&str] = &["npm-shrinkwrap.json", "package-lock.json"];

/// Looks for package.json at the root, or for a plain server.js beside nothing else.
///
/// # Errors
/// When a manifest cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let package = match repo.text("package.json")? {
        Some(text) => Some(Package::parse("package.json", text)?),
        None => None,
    };
    if package.is_none() && !repo.has("server.js")? {
        return Ok(None);
    }
    let mut facts = Facts { package, lock_file: None, lock: None, knowledge: catalog::node()? };
    for file in LOCK_FILES {
        if let Some(text) = repo.text(file)?.filter(|text| !text.trim().is_empty()) {
            facts.lock_file = Some(file);
            facts.lock = Some(NpmLock::parse(file, &text)?);
            break;
        }
    }
    let mut service = service(repo, facts.package.as_ref());
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}

fn service(repo: &Repo, package: Option<&Package>) -> Service {
    let name = package.and_then(|package| package.string(&["name"]));
    let mut service = Service::new(name.unwrap_or_else(|| repo.name()), "node");
    service.evidence.push(match package {
        Some(package) if name.is_some() => {
            Evidence::at("language", "package.json", package.line(&["name"]), package.says(&["name"]))
        }
        Some(_) => Evidence::file("language", "package.json", "a package without a name"),
        None => Evidence::file("language", "server.js", "a server without a package.json"),
    });
    service
}
