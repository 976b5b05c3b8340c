//! Rust: one binary of a package or workspace to a program on a C runtime, or a static one.

mod build;
mod checks;
mod config;
mod fetch;
mod graph;
mod image;
mod inputs;
mod lockfile;
mod native;
mod plan;
mod platform;
mod runtime;
mod settings;
mod sources;
mod targets;
mod toolchain;
mod workspace;

use anyhow::Result;
use serde::Serialize;

use self::workspace::Packages;
use crate::evidence::Evidence;
use crate::manifest;
use crate::manifest::cargo::Lock;
use crate::options::Options;
use crate::repo::Repo;
use crate::service::Service;
use crate::stack::common::Root;
use crate::stack::javascript::front::Front;
use crate::verdict::Finding;

/// The build stages of a Rust program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// The stages before, where the program embeds what Node.js builds.
    pub fronts: Vec<Front>,
    pub image: String,
    pub why: String,
    /// The name of the first stage: it builds, or holds what the stages that build share.
    pub first: &'static str,
    /// Debian packages that the build image lacks.
    pub packages: Vec<String>,
    /// What is installed before the sources are there.
    pub steps: Vec<Step>,
    /// Whether dependencies are compiled in a layer of their own, and with what arguments.
    pub chef: Option<Chef>,
    /// What the build step is like, for whoever reads it.
    pub remarks: Vec<String>,
    /// Options of the build step's RUN.
    pub mounts: Vec<String>,
    /// Whether files are touched before Cargo compares their times with a cache.
    pub touch: bool,
    pub env: Vec<Setting>,
    /// Arguments of `cargo build`.
    pub arguments: Vec<String>,
    /// The target that it compiles for, as the shell is to read it.
    pub target: Option<&'static str>,
    /// The program's name.
    pub name: String,
    /// Where the build stage leaves it.
    pub output: String,
    /// Whether shared libraries that the runtime image lacks are collected.
    pub libraries: bool,
    /// What these libraries load by name.
    pub plugins: Vec<String>,
    /// What is made for a runtime without a system of its own.
    pub root: Root,
}

/// A variable of a build step. Both are texts of this program, which the shell may read.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Setting {
    pub name: &'static str,
    pub value: &'static str,
}

/// A step before the sources are copied.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub why: String,
    /// Files of the repository that it reads.
    pub files: Vec<String>,
    /// What the shell reads; a text of this program.
    pub command: &'static str,
    /// What the command is given.
    pub words: Vec<String>,
}

/// cargo-chef's stages.
#[derive(Clone, Debug, Serialize)]
pub struct Chef {
    /// Arguments of `cargo chef cook`.
    pub arguments: Vec<String>,
}

struct Facts {
    packages: Packages,
    lock: Option<Lock>,
}

/// Looks for Cargo.toml at the root.
///
/// # Errors
/// When a manifest cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let Some(text) = repo.text("Cargo.toml")? else { return Ok(None) };
    let mut packages = workspace::read(repo, &text)?;
    // What the configuration says wrongly is refused when the program is planned.
    packages.link_with_musl(runtime::is_musl(options, config::read(repo)?.musl().unwrap_or(false)));
    let lock = repo.text("Cargo.lock")?.map(|text| Lock::parse(&text)).transpose()?;
    let line = manifest::line_of(&text, "[package]").max(manifest::line_of(&text, "[workspace]"));
    let name = packages.root_name().unwrap_or(repo.name()).to_owned();
    let mut service = Service::new(name, "rust");
    service.package_manager = Some("cargo".to_owned());
    service.evidence.push(Evidence::at("language", "Cargo.toml", line, manifest::line(&text, line)));
    let facts = Facts { packages, lock };
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}
