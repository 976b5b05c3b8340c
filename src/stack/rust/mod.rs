//! Rust: one binary of a package or workspace to a program on a C runtime, or a static one.

mod config;
mod native;
mod plan;
mod sources;
mod targets;
mod toolchain;

use anyhow::Result;
use serde::Serialize;

use self::targets::Packages;
use crate::evidence::Evidence;
use crate::manifest;
use crate::manifest::cargo::Lock;
use crate::options::Options;
use crate::repo::Repo;
use crate::service::Service;
use crate::stack::common::Root;
use crate::verdict::Finding;

/// The build stage of a Rust program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    pub image: String,
    pub why: String,
    /// Debian packages that the build image lacks.
    pub packages: Vec<String>,
    /// Whether the image's own toolchain is named, against a toolchain file that would have
    /// rustup download the same one again.
    pub own_toolchain: bool,
    /// Whether symbols are stripped because the profile says nothing of it.
    pub strip: bool,
    /// Whether the program is linked statically.
    pub static_link: bool,
    /// Arguments of `cargo install`.
    pub arguments: Vec<String>,
    pub name: String,
    pub output: String,
    /// What is made for a runtime without a system of its own.
    pub root: Root,
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
    let packages = targets::read(repo, &text)?;
    let lock = repo.text("Cargo.lock")?.map(|text| Lock::parse(&text)).transpose()?;
    let line = manifest::line_of(&text, "[package]").max(manifest::line_of(&text, "[workspace]"));
    let name = packages.root_name().unwrap_or_else(|| repo.name().to_owned());
    let mut service = Service::new(name, "rust");
    service.package_manager = Some("cargo".to_owned());
    service.evidence.push(Evidence::at("language", "Cargo.toml", line, manifest::line(&text, line)));
    let facts = Facts { packages, lock };
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}
