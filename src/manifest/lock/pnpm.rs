//! pnpm-lock.yaml, versions 5 to 9.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{
    Asked, DEPENDENCIES, DEVELOPMENT, Format, Importer, LockFile, Locked, Need, OPTIONAL, Platform, Target,
    folder, is_git,
};
use crate::manifest::{invalid, yaml};
use crate::repo::{join, normal};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    lockfile_version: String,
    settings: Settings,
    overrides: Option<BTreeMap<String, IgnoredAny>>,
    pnpmfile_checksum: Option<IgnoredAny>,
    package_extensions_checksum: Option<IgnoredAny>,
    importers: Option<BTreeMap<String, Project>>,
    // The one importer of versions 5 and 6 where there are no workspaces.
    specifiers: BTreeMap<String, String>,
    dependencies: BTreeMap<String, Resolved>,
    dev_dependencies: BTreeMap<String, Resolved>,
    optional_dependencies: BTreeMap<String, Resolved>,
    packages: Option<BTreeMap<String, Entry>>,
    /// Since version 9: what a package needs, apart from what it is.
    snapshots: Option<BTreeMap<String, Snapshot>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Settings {
    auto_install_peers: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Project {
    /// Version 5: what package.json says, beside what it is resolved to.
    specifiers: BTreeMap<String, String>,
    dependencies: BTreeMap<String, Resolved>,
    dev_dependencies: BTreeMap<String, Resolved>,
    optional_dependencies: BTreeMap<String, Resolved>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Resolved {
    Both { specifier: String, version: String },
    Version(String),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    resolution: Resolution,
    requires_build: Option<bool>,
    dev: Option<bool>,
    os: Vec<String>,
    cpu: Vec<String>,
    libc: Vec<String>,
    peer_dependencies_meta: BTreeMap<String, Meta>,
    // Before version 9.
    optional: bool,
    dependencies: BTreeMap<String, String>,
    optional_dependencies: BTreeMap<String, String>,
}

impl Entry {
    /// Takes what the package needs out of what it is.
    fn snapshot(&mut self) -> Snapshot {
        Snapshot {
            optional: self.optional,
            dependencies: std::mem::take(&mut self.dependencies),
            optional_dependencies: std::mem::take(&mut self.optional_dependencies),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolution {
    r#type: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    optional: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Snapshot {
    optional: bool,
    dependencies: BTreeMap<String, String>,
    optional_dependencies: BTreeMap<String, String>,
}

pub(super) fn parse(file: &str, text: &str) -> Result<LockFile> {
    let mut read: File = yaml::parse(file, text, last_document(text))?;
    if read.lockfile_version.is_empty() {
        return Err(invalid(file, text, 0, "it has no `lockfileVersion`").into());
    }
    let mut lock = LockFile::new(file, Format::Pnpm, read.lockfile_version);
    lock.installs_peers = read.settings.auto_install_peers;
    lock.is_rewritten = read.pnpmfile_checksum.is_some() || read.package_extensions_checksum.is_some();
    lock.overridden = read.overrides.unwrap_or_default().into_keys().map(|key| overridden(&key)).collect();
    let is_split = read.snapshots.is_some() || lock.version.starts_with('9');
    let mut packages = read.packages.take().unwrap_or_default();
    let snapshots = match read.snapshots {
        Some(snapshots) => snapshots,
        None if is_split => BTreeMap::new(),
        None => packages.iter_mut().map(|(key, entry)| (key.clone(), entry.snapshot())).collect(),
    };
    let keys: HashMap<&str, usize> =
        snapshots.keys().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
    for (key, snapshot) in &snapshots {
        let entry = packages.get(key).or_else(|| packages.get(plain(key)));
        lock.packages.push(locked(key, entry, snapshot, is_split, &keys));
    }
    let importers = match read.importers {
        Some(importers) if !importers.is_empty() => importers,
        _ => {
            let project = Project {
                specifiers: read.specifiers,
                dependencies: read.dependencies,
                dev_dependencies: read.dev_dependencies,
                optional_dependencies: read.optional_dependencies,
            };
            BTreeMap::from([(".".to_owned(), project)])
        }
    };
    lock.importers = importers.into_iter().map(|(path, project)| importer(&path, project, &keys)).collect();
    Ok(lock)
}

/// Where the last document starts: pnpm 11 and later lock themselves in one before it.
fn last_document(text: &str) -> usize {
    let mark = |(at, _): &(usize, &str)| {
        let after = text.get(at + 4..).unwrap_or("");
        after.is_empty() || after.starts_with(['\n', '\r', ' '])
    };
    text.rmatch_indices("\n---").find(mark).map_or(0, |(at, _)| at + 1)
}

/// The name that a key of `overrides` is about: `a`, `a@1`, `b>a`.
fn overridden(key: &str) -> String {
    let last = key.rsplit('>').next().unwrap_or(key);
    let end = last.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(last.len(), |(at, _)| at);
    last.get(..end).unwrap_or(last).to_owned()
}

/// A key without the peers that a package was resolved with: `a@1.0.0(b@2.0.0)`.
fn plain(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

fn locked(
    key: &str,
    entry: Option<&Entry>,
    snapshot: &Snapshot,
    is_split: bool,
    keys: &HashMap<&str, usize>,
) -> Locked {
    let (name, version) = named(key);
    let is_peer_only = |name: &str| {
        entry.and_then(|entry| entry.peer_dependencies_meta.get(name)).is_some_and(|meta| meta.optional)
    };
    let needs = |names: &BTreeMap<String, String>, optional: bool| -> Vec<Need> {
        let wanted = names.iter().filter(|(name, _)| !is_peer_only(name));
        wanted
            .filter_map(|(name, version)| {
                Some(Need { to: target("", name, version, keys)?, optional, peer: false })
            })
            .collect()
    };
    let mut all = needs(&snapshot.dependencies, false);
    all.extend(needs(&snapshot.optional_dependencies, true));
    let said = |field: fn(&Entry) -> Option<&String>| entry.and_then(field).cloned();
    let list = |field: fn(&Entry) -> &Vec<String>| entry.map(field).cloned().unwrap_or_default();
    Locked {
        name: said(|entry| entry.name.as_ref()).unwrap_or_else(|| name.to_owned()),
        version: said(|entry| entry.version.as_ref()).unwrap_or_else(|| version.to_owned()),
        scripted: entry.filter(|_| !is_split).map(|entry| entry.requires_build == Some(true)),
        dev: entry.and_then(|entry| entry.dev),
        optional: snapshot.optional,
        from_git: entry.is_some_and(|entry| entry.resolution.r#type.as_deref() == Some("git"))
            || is_git(version),
        platform: Platform {
            os: list(|entry| &entry.os),
            cpu: list(|entry| &entry.cpu),
            libc: list(|entry| &entry.libc),
        },
        needs: all,
        ..Locked::default()
    }
}

/// Name and version of a key: `a@1.0.0(b@2.0.0)`, `/a@1.0.0`, or `/a/1.0.0_b@2.0.0`.
fn named(key: &str) -> (&str, &str) {
    let key = plain(key);
    let path = key.strip_prefix('/').unwrap_or(key);
    let scope = if path.starts_with('@') { path.find('/').map_or(0, |at| at + 1) } else { 0 };
    let rest = path.get(scope..).unwrap_or("");
    match rest.find(['@', '/']) {
        Some(at) => {
            let version = rest.get(at + 1..).unwrap_or("");
            let version = if rest.get(at..).is_some_and(|rest| rest.starts_with('/')) {
                version.split('_').next().unwrap_or(version)
            } else {
                version
            };
            (path.get(..scope + at).unwrap_or(path), version)
        }
        None => (path, ""),
    }
}

fn importer(path: &str, project: Project, keys: &HashMap<&str, usize>) -> Importer {
    let folder = folder(path);
    let kinds = [
        (DEPENDENCIES, project.dependencies),
        (DEVELOPMENT, project.dev_dependencies),
        (OPTIONAL, project.optional_dependencies),
    ];
    let mut asked = Vec::new();
    for (kind, names) in kinds {
        for (name, resolved) in names {
            let (range, version) = match resolved {
                Resolved::Both { specifier, version } => (specifier, version),
                Resolved::Version(version) => {
                    (project.specifiers.get(&name).cloned().unwrap_or_default(), version)
                }
            };
            let to = target(&folder, &name, &version, keys);
            asked.push(Asked { name, range, kind, to });
        }
    }
    Importer { folder, asked }
}

/// What a resolved version leads to: a package by its key, or a folder of the repository.
fn target(folder: &str, name: &str, version: &str, keys: &HashMap<&str, usize>) -> Option<Target> {
    if let Some(path) = version.strip_prefix("link:") {
        return normal(&join(folder, path)).map(Target::Folder);
    }
    let found = keys
        .get(format!("{name}@{version}").as_str())
        .or_else(|| keys.get(version))
        .or_else(|| keys.get(format!("/{name}@{version}").as_str()))
        .or_else(|| keys.get(format!("/{name}/{version}").as_str()));
    found.map(|at| Target::Package(*at))
}
