//! Node.js: a package with a server or program to its files on a distroless runtime.

mod approved;
mod asked;
mod beside;
mod built;
mod credentials;
mod equip;
mod framework;
mod native;
mod network;
mod nitro;
mod packages;
mod pick;
mod plan;
mod prisma;
mod runtime;
mod script;
mod served;
mod ship;
mod site;
mod sources;
mod start;
mod started;
mod strict;
mod variables;
mod version;
mod written;

pub(in crate::stack) use equip::equip_front;
pub(in crate::stack) use strict::heed;
pub(in crate::stack) use version::choose;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::Result;
use serde::Serialize;

use super::javascript::install::Steps;
use super::javascript::package::{self, Candidate};
use crate::catalog;
use crate::evidence::Evidence;
use crate::manifest::lock::{self, LockFile};
use crate::manifest::package::Package;
use crate::options::Options;
use crate::repo::{Repo, join, parent};
use crate::service::Service;
use crate::verdict::Finding;

/// The build stage of a Node.js program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    pub image: String,
    pub why: String,
    /// Debian packages that the install needs.
    pub packages: Vec<String>,
    #[serde(flatten)]
    pub steps: Steps,
    /// Variables of the build that end up in what browsers get.
    pub variables: Vec<String>,
    /// The configuration of what serves a site; none for a program.
    pub config: Option<Config>,
    /// Where they are run; empty where that is the folder before.
    pub back: String,
    /// The folder whose compiled modules need libraries that the runtime lacks; empty where none do.
    pub compiled: String,
    /// Commands that leave no more than production needs; empty where nothing else was installed.
    pub production: Vec<Vec<String>>,
}

/// A file that the build stage writes.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    pub file: String,
    pub lines: Vec<String>,
}

/// What is known of the repository before a service is picked.
struct Facts {
    /// Every package of the repository, the root's first; only that one where no other matters.
    packages: Vec<Candidate>,
    knowledge: catalog::Node,
    natives: catalog::NodeNatives,
    sites: catalog::Sites,
    locks: RefCell<BTreeMap<String, Option<Rc<LockFile>>>>,
}

impl Facts {
    /// The lock file in a folder, or in the nearest above.
    fn lock(&self, repo: &Repo, folder: &str) -> Result<Option<Rc<LockFile>>> {
        let mut at = folder;
        loop {
            let known = self.locks.borrow().get(at).cloned();
            let found = match known {
                Some(found) => found,
                None => {
                    let read = read_lock(repo, at)?.map(Rc::new);
                    self.locks.borrow_mut().insert(at.to_owned(), read.clone());
                    read
                }
            };
            if found.is_some() || at.is_empty() {
                return Ok(found);
            }
            at = parent(at);
        }
    }
}

fn read_lock(repo: &Repo, folder: &str) -> Result<Option<LockFile>> {
    for name in lock::NAMES {
        let file = join(folder, name);
        if let Some(text) = repo.text(&file)?.filter(|text| !text.trim().is_empty()) {
            return LockFile::parse(&file, &text).map(Some);
        }
    }
    Ok(None)
}

const MANIFEST: &str = "package.json";

/// Servers that stand for themselves, without a manifest.
const ALONE: &[&str] = &["server.js", "server.mjs", "server.ts"];

/// Looks for package.json at the root, or for a plain server.js beside nothing else.
///
/// # Errors
/// When a manifest cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let knowledge = catalog::node()?;
    let package = match repo.text(MANIFEST)? {
        Some(text) => Some(Package::parse(MANIFEST, text)?),
        None => None,
    };
    let has_manifest = package.is_some();
    let mut alone = None;
    for file in ALONE {
        alone = alone.or(repo.has(file)?.then_some(*file));
    }
    let root = match (package, alone) {
        (Some(package), _) => Candidate::of(repo, MANIFEST.to_owned(), package, &knowledge)?,
        (None, Some(file)) => Candidate::of(repo, file.to_owned(), Package::unnamed(), &knowledge)?,
        (None, None) => return Ok(None),
    };
    let mut service = service(repo, &root, has_manifest);
    let mut packages = vec![root];
    if has_manifest {
        packages.extend(package::all(repo, &knowledge)?.into_iter().filter(|one| !one.folder.is_empty()));
    }
    let (natives, sites) = (catalog::node_natives()?, catalog::sites()?);
    let facts = Facts { packages, knowledge, natives, sites, locks: RefCell::default() };
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}

fn service(repo: &Repo, root: &Candidate, has_manifest: bool) -> Service {
    let name = root.package.string(&["name"]);
    let mut service = Service::new(name.unwrap_or_else(|| repo.name()), "node");
    service.evidence.push(match name {
        Some(_) => {
            Evidence::at("language", MANIFEST, root.package.line(&["name"]), root.package.says(&["name"]))
        }
        None if has_manifest => Evidence::file("language", MANIFEST, "a package without a name"),
        None => Evidence::file("language", &root.file, "a server without a package.json"),
    });
    service
}
