//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use nodejs_semver::{Range, Version};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{
    Asked, DEPENDENCIES, DEVELOPMENT, Format, Importer, LockFile, Locked, Need, OPTIONAL, PEERS, Platform,
    Target, is_git,
};
use crate::manifest::json;
use crate::repo::{join, parent};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    lockfile_version: u32,
    packages: Option<BTreeMap<String, Entry>>,
    /// Version 1; a copy for old readers in version 2.
    #[serde(default)]
    dependencies: Nested,
}

type Names = BTreeMap<String, String>;

/// An installed package, or one of the repository.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    link: bool,
    dev: bool,
    dev_optional: bool,
    optional: bool,
    has_install_script: bool,
    bin: Option<Bin>,
    os: List,
    cpu: List,
    libc: List,
    dependencies: Names,
    dev_dependencies: Names,
    optional_dependencies: Names,
    peer_dependencies: Names,
    peer_dependencies_meta: BTreeMap<String, Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    optional: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Bin {
    One(String),
    Many(Names),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    One(String),
    Many(Vec<String>),
}

impl Default for List {
    fn default() -> List {
        List::Many(Vec::new())
    }
}

impl From<List> for Vec<String> {
    fn from(list: List) -> Vec<String> {
        match list {
            List::One(one) => vec![one],
            List::Many(many) => many,
        }
    }
}

/// Packages of version 1 by name, with those that only they see.
type Nested = BTreeMap<String, Old>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Old {
    version: Option<String>,
    dev: bool,
    optional: bool,
    requires: Option<Requires>,
    dependencies: Nested,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Requires {
    Names(Names),
    Other(IgnoredAny),
}

pub(super) fn parse(file: &str, text: &str) -> Result<LockFile> {
    let read: File = serde_json::from_str(text).map_err(|error| json::located(file, text, &error))?;
    let mut lock = LockFile::new(file, Format::Npm, read.lockfile_version.to_string());
    let mut asks = Vec::new();
    let peers = read.packages.as_ref().map_or_else(Vec::new, peers);
    match read.packages {
        Some(packages) => packages.into_iter().for_each(|(path, entry)| lock.add(&path, entry, &mut asks)),
        None => lock.add_old("", read.dependencies, &mut asks),
    }
    for (at, (folder, names)) in asks.iter().enumerate() {
        let found = names.iter().filter_map(|(name, optional, peer)| {
            let to = nearest(&lock.index, folder, name)?.clone();
            Some(Need { to, optional: *optional, peer: *peer })
        });
        let needs: Vec<Need> = found.collect();
        if let Some(locked) = lock.packages.get_mut(at) {
            locked.needs = needs;
        }
    }
    let index = &lock.index;
    for importer in &mut lock.importers {
        for asked in &mut importer.asked {
            asked.to = nearest(index, &importer.folder, &asked.name).cloned();
        }
    }
    let is_bare = brings_all(&lock);
    lock.peer_conflict = conflict(&lock, &peers, |folder| is_bare || is_asked_for(&lock, folder));
    Ok(lock)
}

/// A folder, and a peer that its package asks for with its range.
type Peer = (String, String, String);

fn peers(packages: &BTreeMap<String, Entry>) -> Vec<Peer> {
    let of = |(path, entry): (&String, &Entry)| {
        let peers = entry.peer_dependencies.iter();
        peers.map(|(name, range)| (path.clone(), name.clone(), range.clone())).collect::<Vec<Peer>>()
    };
    packages.iter().filter(|(path, _)| path.contains("node_modules/")).flat_map(of).collect()
}

/// Whether a package.json of the repository names what is installed in a folder: its peers are never
/// overridden, and `npm ci` fails.
fn is_asked_for(lock: &LockFile, folder: &str) -> bool {
    let asked = lock.importers.iter().flat_map(|importer| &importer.asked);
    let mut asked = asked.filter(|asked| asked.kind != PEERS);
    let target = lock.index.get(folder);
    target.is_some() && asked.any(|asked| asked.to.as_ref() == target)
}

/// The first peer of a package that `counts` whose installed version is not in the range that is
/// asked for.
fn conflict(lock: &LockFile, peers: &[Peer], counts: impl Fn(&str) -> bool) -> Option<(String, String)> {
    peers.iter().filter(|(folder, ..)| counts(folder)).find_map(|(folder, name, range)| {
        let Target::Package(at) = nearest(&lock.index, folder, name)? else { return None };
        let version = Version::parse(&lock.packages.get(*at)?.version).ok()?;
        let is_met = Range::parse(range).is_ok_and(|range| range.satisfies(&version));
        let asks = folder.rsplit("node_modules/").next()?;
        (!is_met && version.pre_release().is_empty()).then(|| (asks.to_owned(), name.clone()))
    })
}

/// Whether no installed package is there as a peer alone, which would not be if peers had been
/// resolved.
fn brings_all(lock: &LockFile) -> bool {
    let mut seen = vec![false; lock.packages.len()];
    let asked =
        lock.importers.iter().flat_map(|importer| &importer.asked).filter(|asked| asked.kind != PEERS);
    let mut open: Vec<&Target> = asked.filter_map(|asked| asked.to.as_ref()).collect();
    while let Some(target) = open.pop() {
        let Target::Package(at) = target else { continue };
        let (Some(locked), Some(seen)) = (lock.packages.get(*at), seen.get_mut(*at)) else { continue };
        if !std::mem::replace(seen, true) {
            open.extend(locked.needs.iter().filter(|need| !need.peer).map(|need| &need.to));
        }
    }
    seen.iter().all(|seen| *seen)
}

/// What each installed package asks for: the folder, and the names with whether they are optional, and
/// peers alone.
type Asks = Vec<(String, Vec<(String, bool, bool)>)>;

impl LockFile {
    fn add(&mut self, path: &str, entry: Entry, asks: &mut Asks) {
        let Some((_, installed)) = path.rsplit_once("node_modules/") else {
            return self.importers.push(importer(path, entry));
        };
        if entry.link {
            // To a folder of the repository, or out of it.
            let folder = entry.resolved.unwrap_or_default();
            self.index.insert(path.to_owned(), Target::Folder(folder));
            return;
        }
        let name = entry.name.unwrap_or_else(|| installed.to_owned());
        let is_optional_peer =
            |name: &String| entry.peer_dependencies_meta.get(name).is_some_and(|meta| meta.optional);
        let required = entry.dependencies.keys().chain(entry.peer_dependencies.keys());
        let required = required
            .filter(|name| !entry.optional_dependencies.contains_key(*name) && !is_optional_peer(name));
        let is_peer = |name: &String| !entry.dependencies.contains_key(name);
        let names = required.map(|name| (name.clone(), false, is_peer(name)));
        let optional = entry.optional_dependencies.keys().map(|name| (name.clone(), true, false));
        asks.push((path.to_owned(), names.chain(optional).collect()));
        self.index.insert(path.to_owned(), Target::Package(self.packages.len()));
        self.packages.push(Locked {
            bin: match entry.bin {
                Some(Bin::One(file)) => BTreeMap::from([(bare(&name).to_owned(), file)]),
                Some(Bin::Many(files)) => files,
                None => BTreeMap::new(),
            },
            name,
            version: entry.version.unwrap_or_default(),
            folder: path.to_owned(),
            scripted: Some(entry.has_install_script),
            dev: Some(entry.dev),
            optional: entry.optional || entry.dev_optional,
            from_git: entry.resolved.is_some_and(|address| is_git(&address)),
            platform: Platform { os: entry.os.into(), cpu: entry.cpu.into(), libc: entry.libc.into() },
            needs: Vec::new(),
        });
    }

    fn add_old(&mut self, above: &str, nested: Nested, asks: &mut Asks) {
        for (name, old) in nested {
            let folder = join(above, &format!("node_modules/{name}"));
            let version = old.version.unwrap_or_default();
            let local = version.strip_prefix("file:").filter(|path| !path.ends_with(".tgz"));
            if let Some(local) = local {
                self.index.insert(folder, Target::Folder(super::folder(local)));
                continue;
            }
            let names = match old.requires {
                Some(Requires::Names(names)) => names.into_keys().map(|name| (name, false, false)).collect(),
                Some(Requires::Other(_)) | None => Vec::new(),
            };
            asks.push((folder.clone(), names));
            self.index.insert(folder.clone(), Target::Package(self.packages.len()));
            // `npm:real@1.2.3` is installed by another name.
            let alias = version.strip_prefix("npm:").and_then(|real| real.rsplit_once('@'));
            let (name, version) = match alias {
                Some((real, version)) => (real.to_owned(), version.to_owned()),
                None => (name, version),
            };
            self.packages.push(Locked {
                name,
                from_git: is_git(&version),
                version,
                folder: folder.clone(),
                dev: Some(old.dev),
                optional: old.optional,
                ..Locked::default()
            });
            self.add_old(&folder, old.dependencies, asks);
        }
    }
}

fn importer(path: &str, entry: Entry) -> Importer {
    let kinds = [
        (DEPENDENCIES, entry.dependencies),
        (DEVELOPMENT, entry.dev_dependencies),
        (OPTIONAL, entry.optional_dependencies),
        (PEERS, entry.peer_dependencies),
    ];
    let asked = kinds.into_iter().flat_map(|(kind, names)| {
        names.into_iter().map(move |(name, range)| Asked { name, range, kind, to: None })
    });
    Importer { folder: path.to_owned(), asked: asked.collect() }
}

/// A name without its scope.
fn bare(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Folders deeper than this no install makes.
const DEEPEST: usize = 200;

/// The package that Node.js finds from a folder: in its own `node_modules`, or in one above.
pub(super) fn nearest<'a>(
    index: &'a HashMap<String, Target>,
    folder: &str,
    name: &str,
) -> Option<&'a Target> {
    let above = std::iter::successors(Some(folder), |at| (!at.is_empty()).then(|| parent(at)));
    above.take(DEEPEST).find_map(|at| index.get(&join(at, &format!("node_modules/{name}"))))
}
