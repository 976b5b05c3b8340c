//! bun.lock: JSON with trailing commas.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use super::yarn::name_of;
use super::{
    Asked, DEPENDENCIES, DEVELOPMENT, Format, Importer, LockFile, Locked, Need, OPTIONAL, PEERS, Platform,
    Target, is_git,
};
use crate::manifest::{invalid, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    lockfile_version: u32,
    #[serde(default)]
    workspaces: BTreeMap<String, Project>,
    #[serde(default)]
    trusted_dependencies: BTreeSet<String>,
    #[serde(default)]
    overrides: BTreeMap<String, Value>,
    /// `[name@version, registry, facts, integrity]` by where they are found.
    #[serde(default)]
    packages: BTreeMap<String, Vec<Value>>,
}

type Names = BTreeMap<String, String>;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Project {
    name: String,
    dependencies: Names,
    dev_dependencies: Names,
    optional_dependencies: Names,
    peer_dependencies: Names,
}

pub(super) fn parse(file: &str, text: &str) -> Result<LockFile> {
    let mut plain = text.as_bytes().to_vec();
    // Blanks take the place of what is stripped, so that places stay the same.
    json_strip_comments::strip_slice(&mut plain)
        .map_err(|_| invalid(file, text, text.len(), "a comment does not end"))?;
    let read: File = serde_json::from_slice(&plain).map_err(|error| json::located(file, text, &error))?;
    let mut lock = LockFile::new(file, Format::Bun, read.lockfile_version.to_string());
    lock.trusted = read.trusted_dependencies;
    lock.overridden = read.overrides.into_keys().collect();
    let mut asks = Vec::new();
    for (key, parts) in read.packages {
        let resolution = parts.first().and_then(Value::as_str).unwrap_or("");
        let name = name_of(resolution);
        let version = resolution.get(name.len() + 1..).unwrap_or("");
        if let Some(path) = version.strip_prefix("workspace:") {
            lock.index.insert(key, Target::Folder(super::folder(path)));
            continue;
        }
        let facts = parts.iter().find(|part| part.is_object()).unwrap_or(&Value::Null);
        lock.index.insert(key.clone(), Target::Package(lock.packages.len()));
        lock.packages.push(locked(name, version, facts));
        asks.push((key, wanted(facts)));
    }
    for (locked, (key, names)) in lock.packages.iter_mut().zip(&asks) {
        let index = &lock.index;
        let found = |(name, optional): &(String, bool)| {
            nearest(key, name, |path| index.get(path)).map(|to| Need {
                to: to.clone(),
                optional: *optional,
                peer: false,
            })
        };
        locked.needs = names.iter().filter_map(found).collect();
    }
    for (folder, project) in read.workspaces {
        let importer = lock.importer_of(&folder, project);
        lock.importers.push(importer);
    }
    Ok(lock)
}

fn locked(name: &str, version: &str, facts: &Value) -> Locked {
    let list = |key: &str| -> Vec<String> {
        match facts.get(key) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    let bin = match facts.get("bin") {
        Some(Value::String(file)) => {
            BTreeMap::from([(name.rsplit('/').next().unwrap_or(name).to_owned(), file.clone())])
        }
        Some(bin) => names(bin),
        None => BTreeMap::new(),
    };
    Locked {
        name: name.to_owned(),
        version: version.strip_prefix("npm:").unwrap_or(version).to_owned(),
        scripted: facts.get("hasInstallScript").and_then(Value::as_bool),
        from_git: is_git(version),
        bin,
        platform: Platform { os: list("os"), cpu: list("cpu"), libc: list("libc") },
        ..Locked::default()
    }
}

/// The texts of an object by key.
fn names(value: &Value) -> Names {
    let fields = value.as_object().into_iter().flatten();
    fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

/// What a package asks for, with whether it is optional.
fn wanted(facts: &Value) -> Vec<(String, bool)> {
    let list = |kind: &str| facts.get(kind).map(names).unwrap_or_default().into_keys();
    let spared: Vec<&str> = facts
        .get("optionalPeers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let peers = list(PEERS).filter(|name| !spared.contains(&name.as_str()));
    let required = list(DEPENDENCIES).chain(peers).map(|name| (name, false));
    required.chain(list(OPTIONAL).map(|name| (name, true))).collect()
}

impl LockFile {
    fn importer_of(&self, folder: &str, project: Project) -> Importer {
        let kinds = [
            (DEPENDENCIES, project.dependencies),
            (DEVELOPMENT, project.dev_dependencies),
            (OPTIONAL, project.optional_dependencies),
            (PEERS, project.peer_dependencies),
        ];
        let mut asked = Vec::new();
        for (kind, names) in kinds {
            for (name, range) in names {
                let to = nearest(&project.name, &name, |path| self.index.get(path)).cloned();
                asked.push(Asked { name, range, kind, to });
            }
        }
        Importer { folder: folder.to_owned(), asked }
    }
}

/// Packages deeper than this no install makes.
const DEEPEST: usize = 100;

/// What a package that is found at `from` finds by a name: `from/name`, or the same further up.
fn nearest<'a>(from: &str, name: &str, find: impl Fn(&str) -> Option<&'a Target>) -> Option<&'a Target> {
    let mut at = from;
    for _ in 0..DEEPEST {
        if at.is_empty() {
            break;
        }
        if let Some(found) = find(&format!("{at}/{name}")) {
            return Some(found);
        }
        // A scoped name is two parts.
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
        if at.rsplit('/').next().is_some_and(|last| last.starts_with('@')) {
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
    find(name)
}
