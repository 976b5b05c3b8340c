//! Lock files of JavaScript's package managers: what is installed, and what brings it.
//!
//! Folders of the repository's own packages are seen from the repository, wherever the lock file is.

mod berry;
mod bun;
mod fits;
mod npm;
mod pnpm;
mod reach;
mod yarn;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;

use super::package::Package;
use crate::failure::Failure;
use crate::repo::{join, normal, parent};

pub use fits::Misfit;
pub use reach::Reach;

/// Whose lock file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Npm,
    Pnpm,
    /// Yarn 1.
    Yarn,
    /// Later versions of Yarn.
    Berry,
    Bun,
}

/// The names of lock files that can be read.
pub const NAMES: &[&str] =
    &["npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/// A folder of the repository, and its package.
pub type Member<'a> = (&'a str, &'a Package);

/// A lock file.
#[derive(Clone, Debug)]
pub struct LockFile {
    /// Its path, for messages.
    pub file: String,
    pub format: Format,
    /// The version of the format, as written: `3`, `9.0`; empty where it has none.
    pub version: String,
    pub packages: Vec<Locked>,
    /// The packages of the repository itself; none where the format does not name them.
    pub importers: Vec<Importer>,
    /// A package that asks for a peer of another version than is installed, and that peer: an
    /// install that resolves peers would not make this lock file.
    pub peer_conflict: Option<(String, String)>,
    /// Packages whose install scripts Bun runs, beside those that it trusts by itself.
    pub trusted: BTreeSet<String>,
    /// Names that are resolved otherwise than package.json says.
    overridden: BTreeSet<String>,
    /// Whether peers of the importers are among what they asked for.
    installs_peers: bool,
    /// Whether a program rewrote what packages ask for.
    is_rewritten: bool,
    /// By folder (npm), or by name and range (Yarn).
    index: HashMap<String, Target>,
}

/// A package that is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    /// Its own name, whatever it is installed as.
    pub name: String,
    /// A version; for what is in no registry an address.
    pub version: String,
    /// The folder that it is installed in, from the lock file's; empty where that does not say.
    pub folder: String,
    /// Whether a script runs when it is installed; `None` where the format does not say.
    pub scripted: Option<bool>,
    /// Whether development alone needs it; `None` where the format does not say.
    pub dev: Option<bool>,
    /// Whether the install goes on without it.
    pub optional: bool,
    /// Whether it is fetched with git.
    pub from_git: bool,
    /// Files of its programs by name, below its folder.
    pub bin: BTreeMap<String, String>,
    pub platform: Platform,
    needs: Vec<Need>,
}

/// The systems that a package is for; an empty list means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    pub os: Vec<String>,
    pub cpu: Vec<String>,
    pub libc: Vec<String>,
}

/// A dependency of an installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    to: Target,
    optional: bool,
    /// Whether it is asked for as a peer alone.
    peer: bool,
}

/// Where a dependency leads.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// An index of the installed packages.
    Package(usize),
    /// A folder of the repository.
    Folder(String),
}

/// A package of the repository, as the lock file knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Importer {
    /// Its folder; the repository's root is `""`.
    pub folder: String,
    /// By name.
    pub asked: Vec<Asked>,
}

impl Importer {
    /// What it asked for by this name, production first.
    fn named(&self, name: &str) -> &[Asked] {
        let start = self.asked.partition_point(|asked| asked.name.as_str() < name);
        let rest = self.asked.get(start..).unwrap_or_default();
        let end = rest.partition_point(|asked| asked.name == name);
        rest.get(..end).unwrap_or_default()
    }
}

/// What an importer asked for when the lock file was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub name: String,
    pub range: String,
    /// `dependencies`, `devDependencies`, `optionalDependencies` or `peerDependencies`; the first
    /// of them where the format does not tell them apart.
    pub kind: &'static str,
    to: Option<Target>,
}

const DEPENDENCIES: &str = "dependencies";
const DEVELOPMENT: &str = "devDependencies";
const OPTIONAL: &str = "optionalDependencies";
const PEERS: &str = "peerDependencies";

impl LockFile {
    /// Parses the text of a file with one of [`NAMES`].
    ///
    /// # Errors
    /// When it is damaged, with file and line; when it has another name.
    pub fn parse(file: &str, text: &str) -> Result<LockFile> {
        let mut lock = match file.rsplit('/').next().unwrap_or(file) {
            "package-lock.json" | "npm-shrinkwrap.json" => npm::parse(file, text)?,
            "pnpm-lock.yaml" => pnpm::parse(file, text)?,
            "bun.lock" => bun::parse(file, text)?,
            "yarn.lock" if text.lines().any(|line| line.starts_with("__metadata:")) => {
                berry::parse(file, text)?
            }
            "yarn.lock" => yarn::parse(file, text)?,
            _ => return Err(Failure::failed(format!("`{file}` is no lock file that can be read")).into()),
        };
        lock.rebase(parent(file));
        for importer in &mut lock.importers {
            importer.asked.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(lock)
    }

    /// Lets the folders of the repository's packages, which the file writes from its own, start at
    /// the repository.
    fn rebase(&mut self, base: &str) {
        if base.is_empty() {
            return;
        }
        let below = |path: &mut String| {
            // What leaves the repository stays what no folder of it is called.
            if let Some(inside) = normal(&join(base, path)) {
                *path = inside;
            }
        };
        let lead = |to: &mut Target| {
            if let Target::Folder(folder) = to {
                below(folder);
            }
        };
        for importer in &mut self.importers {
            below(&mut importer.folder);
            importer.asked.iter_mut().filter_map(|asked| asked.to.as_mut()).for_each(lead);
        }
        self.packages.iter_mut().flat_map(|locked| &mut locked.needs).for_each(|need| lead(&mut need.to));
        self.index.values_mut().for_each(lead);
        if self.format == Format::Npm {
            let index = std::mem::take(&mut self.index);
            self.index = index.into_iter().map(|(path, to)| (join(base, &path), to)).collect();
        }
    }

    fn new(file: &str, format: Format, version: String) -> LockFile {
        LockFile {
            file: file.to_owned(),
            format,
            version,
            packages: Vec::new(),
            importers: Vec::new(),
            peer_conflict: None,
            trusted: BTreeSet::new(),
            overridden: BTreeSet::new(),
            installs_peers: false,
            is_rewritten: false,
            index: HashMap::new(),
        }
    }

    /// The installed packages with this name.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Locked> {
        self.packages.iter().filter(move |locked| locked.name == name)
    }

    /// The package that a dependency of a folder of the repository is resolved to; `range` as package.json has it.
    pub fn resolved(&self, folder: &str, name: &str, range: &str) -> Option<&Locked> {
        match self.target(folder, name, range)? {
            Target::Package(at) => self.packages.get(*at),
            Target::Folder(_) => None,
        }
    }

    /// The program with this name of an installed package: the package's folder, the file below
    /// it, and the package. npm's lock file says the folder; the folder of others is where
    /// `node_modules` at the root has a package that the repository asks for by its name.
    pub fn program(&self, name: &str) -> Option<(String, &str, &Locked)> {
        self.packages.iter().enumerate().find_map(|(at, locked)| {
            let file = locked.bin.get(name)?;
            let folder = match self.format {
                Format::Npm => {
                    let top = locked.folder.strip_prefix("node_modules/")?;
                    (!top.contains("node_modules/")).then(|| locked.folder.clone())?
                }
                _ => {
                    let asked = self.importers.iter().flat_map(|importer| &importer.asked);
                    let mut own = asked.filter(|asked| asked.to == Some(Target::Package(at)));
                    format!("node_modules/{}", own.next()?.name)
                }
            };
            Some((folder, file.as_str(), locked))
        })
    }

    fn importer(&self, folder: &str) -> Option<&Importer> {
        self.importers.iter().find(|importer| importer.folder == folder)
    }

    fn target(&self, folder: &str, name: &str, range: &str) -> Option<&Target> {
        match self.format {
            Format::Npm => npm::nearest(&self.index, folder, name),
            Format::Yarn => self.index.get(&format!("{name}@{range}")),
            Format::Pnpm | Format::Berry | Format::Bun => {
                self.importer(folder)?.named(name).first()?.to.as_ref()
            }
        }
    }
}

impl Platform {
    /// Whether a package for these systems is installed in an image with Debian, whatever its
    /// processor.
    pub fn is_debian(&self) -> bool {
        let allows = |list: &[String], one: &str| {
            let (without, with): (Vec<&String>, Vec<&String>) =
                list.iter().partition(|name| name.starts_with('!'));
            let is_out = without.iter().any(|name| name.trim_start_matches('!') == one);
            !is_out && (with.is_empty() || with.iter().any(|name| *name == one || *name == "any"))
        };
        let processor = ["x64", "arm64"].iter().any(|cpu| allows(&self.cpu, cpu));
        allows(&self.os, "linux") && allows(&self.libc, "glibc") && processor
    }
}

/// The folder of a path that a lock file writes, with the root as `""`.
fn folder(path: &str) -> String {
    match path.trim_end_matches('/') {
        "." => String::new(),
        path => path.trim_start_matches("./").to_owned(),
    }
}

/// Whether what a package.json or a lock file names is fetched with git: an address, or
/// `owner/name`.
pub fn is_git(address: &str) -> bool {
    let starts = ["git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:"];
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let path = address.split('#').next().unwrap_or(address);
    let is_short = path
        .split_once('/')
        .is_some_and(|(owner, name)| plain(owner) && plain(name) && !owner.starts_with('.'));
    starts.iter().any(|start| address.starts_with(start)) || path.ends_with(".git") || is_short
}

#[cfg(test)]
mod tests;
