//! Cargo.toml and Cargo.lock.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_toml::{AbstractFilesystem, Manifest};
use serde::Deserialize;

use super::invalid;
use crate::failure::{Exit, Failure};
use crate::repo::{Kind, Repo, join, normal};

/// Cargo.toml of a folder, with the targets that Cargo finds by itself and what the workspace
/// lends filled in.
///
/// # Errors
/// With file, line and column, when it does not parse; with the reason when it names files that
/// are not there.
pub fn manifest(repo: &Repo, folder: &str, text: &str, workspace: Option<&Manifest>) -> Result<Manifest> {
    let file = join(folder, "Cargo.toml");
    let mut manifest = Manifest::from_str(text).map_err(|error| located(&file, text, error))?;
    if let Some(package) = &mut manifest.package {
        // Of the targets only programs are looked for.
        (package.autoexamples, package.autotests, package.autobenches) = (false, false, false);
    }
    for product in &mut manifest.bin {
        product.path = product.path.take().map(|path| path.trim_start_matches("./").to_owned());
    }
    let named: Vec<String> = manifest.bin.iter().filter_map(|product| product.name.clone()).collect();
    let lender = workspace.filter(|_| manifest.workspace.is_none());
    manifest
        .complete_from_abstract_filesystem(
            Folder { repo, folder },
            lender.map(|root| (root, Path::new(LENT))),
        )
        .map_err(|error| located(&file, text, error))?;
    place_programs(repo, folder, &mut manifest)?;
    // A declared program that no file was found for is left out of the list.
    let is_there = |name: &String| manifest.bin.iter().any(|product| product.name.as_ref() == Some(name));
    if let Some(name) = named.iter().find(|name| !is_there(name)) {
        return Err(sourceless(folder, name).into());
    }
    Ok(manifest)
}

/// Fills in where programs are that are declared by name alone while Cargo looks for none.
fn place_programs(repo: &Repo, folder: &str, manifest: &mut Manifest) -> Result<()> {
    let package = manifest.package.as_ref().map(|package| package.name.clone());
    for product in manifest.bin.iter_mut().filter(|product| product.path.is_none()) {
        let Some(name) = &product.name else { continue };
        let mut places = vec![format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs")];
        if package.as_ref() == Some(name) {
            places.insert(0, "src/main.rs".to_owned());
        }
        for place in places {
            if repo.has(&join(folder, &place))? {
                product.path = Some(place);
                break;
            }
        }
        if product.path.is_none() {
            return Err(sourceless(folder, name).into());
        }
    }
    Ok(())
}

fn sourceless(folder: &str, name: &str) -> Failure {
    let file = join(folder, "Cargo.toml");
    Failure::new(Exit::Unsupported, format!("{file} has the program `{name}`, whose source is nowhere"))
        .help(format!("commit {}, or name the file as `path`", join(folder, &format!("src/bin/{name}.rs"))))
}

/// The base of paths that a workspace lends: they start at its root, not in the package.
const LENT: &str = "/.";

/// The folder of a dependency by path; `None` when it is outside of the repository.
pub fn dependency_folder(package: &str, path: &str) -> Option<String> {
    match path.strip_prefix("/./") {
        Some(lent) => normal(lent),
        None => normal(&if path.starts_with('/') { path.to_owned() } else { join(package, path) }),
    }
}

/// A path by dependency as its manifest says it.
pub fn written_path(path: &str) -> &str {
    path.strip_prefix("/./").unwrap_or(path)
}

fn located(file: &str, text: &str, error: cargo_toml::Error) -> Failure {
    match error {
        cargo_toml::Error::Parse(error) => {
            let at = error.span().map_or(0, |span| span.start);
            invalid(file, text, at, error.message().lines().next().unwrap_or("invalid TOML"))
        }
        cargo_toml::Error::Workspace(inner) => match *inner {
            (cargo_toml::Error::WorkspaceIntegrity(_) | cargo_toml::Error::Io(_), _) => Failure::new(
                Exit::Unsupported,
                format!("`{file}` inherits what no workspace in this folder defines"),
            )
            .help("run distrogen in the folder of the workspace, with `--bin`"),
            (error, _) => Failure::failed(format!("`{file}` cannot be used: {error}")),
        },
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
        let path = normal(&path).ok_or(io::ErrorKind::NotFound)?;
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
        // What is lent is passed in; where nothing is, there is no workspace.
        Err(io::Error::from(io::ErrorKind::NotFound).into())
    }
}

/// The packages of Cargo.lock.
#[derive(Debug, Default)]
pub struct Lock {
    /// The version of its format.
    pub format: u32,
    packages: Vec<Locked>,
    /// Where the packages of a name are.
    names: HashMap<String, Vec<usize>>,
}

/// One locked package.
#[derive(Debug, Deserialize)]
pub struct Locked {
    pub name: String,
    pub version: String,
    /// Where it comes from; `None` for packages of the repository.
    pub source: Option<String>,
    /// Each a name, with version and source where the name alone is not enough.
    #[serde(default)]
    pub dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    version: u32,
    #[serde(default)]
    package: Vec<Locked>,
}

impl Lock {
    /// Parses the text.
    ///
    /// # Errors
    /// With file, line and column.
    pub fn parse(text: &str) -> Result<Lock> {
        let file: LockFile = toml::from_str(text).map_err(|error| toml_error("Cargo.lock", text, &error))?;
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, package) in file.package.iter().enumerate() {
            names.entry(package.name.clone()).or_default().push(at);
        }
        Ok(Lock { format: file.version, packages: file.package, names })
    }

    /// Every locked package.
    pub fn packages(&self) -> &[Locked] {
        &self.packages
    }

    /// The packages of a name, by their index.
    pub fn named(&self, name: &str) -> &[usize] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    /// The package of the repository that has this name.
    pub fn own(&self, name: &str) -> Option<usize> {
        self.named(name).iter().copied().find(|at| self.packages[*at].source.is_none())
    }

    /// The package that a line of dependencies means.
    pub fn meant(&self, dependency: &str) -> Option<usize> {
        let mut words = dependency.splitn(3, ' ');
        let found = self.named(words.next()?);
        let (version, source) = (words.next(), words.next());
        let source = source.map(|source| source.trim_matches(['(', ')']));
        let is_meant = |at: &&usize| {
            let package = &self.packages[**at];
            version.is_none_or(|version| package.version == version)
                && source.is_none_or(|source| package.source.as_deref() == Some(source))
        };
        found.iter().find(is_meant).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_found_by_as_much_as_a_line_says() {
        let lock = Lock::parse(
            "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\
             [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nsource = \"git+y\"\n\
             [[package]]\nname = \"b\"\nversion = \"0.1.0\"\n",
        )
        .unwrap();
        assert_eq!(lock.meant("a 2.0.0"), Some(1));
        assert_eq!(lock.meant("a 1.0.0 (registry+x)"), Some(0));
        assert_eq!(lock.meant("a 3.0.0"), None);
        assert_eq!((lock.own("b"), lock.own("a")), (Some(2), None));
    }

    #[test]
    fn a_program_without_a_source() {
        let text =
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[[bin]]\nname = \"web\"\n";
        let of = |file: &str| {
            let memory = crate::repo::Memory::new().file("src/main.rs", "").file(file, "");
            manifest(&Repo::in_memory(memory), "", text, None).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(of("x"), Err("Cargo.toml has the program `web`, whose source is nowhere".to_owned()));
        assert_eq!((of("src/bin/web.rs"), of("src/bin/web/main.rs")), (Ok(()), Ok(())));
    }

    #[test]
    fn lent_paths_start_at_the_root() {
        assert_eq!(dependency_folder("crates/a", "/./crates/b"), Some("crates/b".to_owned()));
        assert_eq!(dependency_folder("crates/a", "../b"), Some("crates/b".to_owned()));
        assert_eq!(dependency_folder("", "../b"), None);
        assert_eq!(dependency_folder("a", "/b"), None);
    }
}
