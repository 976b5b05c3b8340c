//! Cargo.toml and Cargo.lock.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_toml::{AbstractFilesystem, Manifest};
use serde::Deserialize;

use super::invalid;
use crate::failure::{Exit, Failure};
use crate::repo::{Kind, Repo, join};

/// Cargo.toml of a folder, with the targets that Cargo finds by itself filled in.
///
/// # Errors
/// With file, line and column, when it does not parse; with the reason when it names files that
/// are not there.
pub fn manifest(repo: &Repo, folder: &str, text: &str) -> Result<Manifest> {
    let file = join(folder, "Cargo.toml");
    let mut manifest = Manifest::from_str(text).map_err(|error| located(&file, text, error))?;
    // Targets are found by looking for files; what a workspace lends is not needed for that.
    let files = Folder { repo, folder };
    manifest
        .complete_from_abstract_filesystem::<toml::Value, _>(files, None)
        .map_err(|error| located(&file, text, error))?;
    Ok(manifest)
}

fn located(file: &str, text: &str, error: cargo_toml::Error) -> Failure {
    match error {
        cargo_toml::Error::Parse(error) => {
            let at = error.span().map_or(0, |span| span.start);
            invalid(file, text, at, error.message().lines().next().unwrap_or("invalid TOML"))
        }
        cargo_toml::Error::Workspace(_) => Failure::new(
            Exit::Unsupported,
            format!("`{file}` inherits what no workspace in this folder defines"),
        )
        .help("run distrogen in the folder of the workspace, with `--bin`"),
        error => Failure::failed(format!("`{file}` cannot be used: {error}")),
    }
}

/// A TOML error with its place.
pub fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> Failure {
    let at = error.span().map_or(0, |span| span.start);
    invalid(file, text, at, error.message().lines().next().unwrap_or("invalid TOML"))
}

/// The part of a repository that one manifest speaks of.
struct Folder<'a> {
    repo: &'a Repo,
    folder: &'a str,
}

impl AbstractFilesystem for Folder<'_> {
    fn file_names_in(&self, path: &str) -> io::Result<HashSet<Box<str>>> {
        let path = join(self.folder, path.trim_end_matches('/'));
        let path = crate::repo::normal(&path).ok_or(io::ErrorKind::NotFound)?;
        if self.repo.kind(&path).map_err(io::Error::other)? != Some(Kind::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let entries = self.repo.entries(&path).map_err(io::Error::other)?;
        Ok(entries.iter().map(|entry| entry.name.as_str().into()).collect())
    }

    fn parse_root_workspace(
        &self,
        _hint: Option<&Path>,
    ) -> Result<(Manifest<toml::Value>, PathBuf), cargo_toml::Error> {
        let text = self.repo.text("Cargo.toml").ok().flatten();
        let text = text.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok((Manifest::from_str(&text)?, PathBuf::from("/")))
    }
}

/// The packages of Cargo.lock.
#[derive(Debug, Default, Deserialize)]
pub struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Lock {
    /// Parses the text.
    ///
    /// # Errors
    /// With file, line and column.
    pub fn parse(text: &str) -> Result<Lock> {
        toml::from_str(text).map_err(|error| toml_error("Cargo.lock", text, &error).into())
    }

    /// Whether a package of this name is locked.
    pub fn has(&self, name: &str) -> bool {
        self.package.iter().any(|package| package.name == name)
    }

    /// Whether a locked package is built with another.
    pub fn depends(&self, name: &str, other: &str) -> bool {
        let is_other = |dependency: &String| dependency.split(' ').next() == Some(other);
        self.package.iter().any(|package| package.name == name && package.dependencies.iter().any(is_other))
    }
}
