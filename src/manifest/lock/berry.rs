//! yarn.lock of Yarn 2 and later.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::yarn::name_of;
use super::{
    Asked, DEPENDENCIES, Format, Importer, LockFile, Locked, Need, Platform, Target, folder, is_git,
};
use crate::manifest::yaml;

/// A package, or `__metadata`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    version: String,
    resolution: String,
    dependencies: BTreeMap<String, String>,
    dependencies_meta: BTreeMap<String, Meta>,
    bin: BTreeMap<String, String>,
    conditions: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    optional: bool,
}

const METADATA: &str = "__metadata";

/// Between the name of a package of the repository and its folder.
const WORKSPACE: &str = "@workspace:";

pub(super) fn parse(file: &str, text: &str) -> Result<LockFile> {
    let mut read: BTreeMap<String, Entry> = yaml::parse(file, text, 0)?;
    let version = read.remove(METADATA).map(|entry| entry.version).unwrap_or_default();
    let mut lock = LockFile::new(file, Format::Berry, version);
    let mut installed = 0;
    for (keys, entry) in &read {
        let target = match entry.resolution.rsplit_once(WORKSPACE) {
            Some((_, path)) => Target::Folder(folder(path)),
            None => {
                installed += 1;
                Target::Package(installed - 1)
            }
        };
        lock.index.extend(keys.split(", ").map(|key| (key.to_owned(), target.clone())));
    }
    for (keys, entry) in read {
        match entry.resolution.rsplit_once(WORKSPACE) {
            Some((_, path)) => {
                let asked = entry.dependencies.into_iter().map(|(name, range)| {
                    let to = lock.described(&name, &range);
                    Asked { name, range, kind: DEPENDENCIES, to }
                });
                let importer = Importer { folder: folder(path), asked: asked.collect() };
                lock.importers.push(importer);
            }
            None => {
                let locked = lock.locked(&keys, entry);
                lock.packages.push(locked);
            }
        }
    }
    Ok(lock)
}

impl LockFile {
    fn locked(&self, keys: &str, entry: Entry) -> Locked {
        let mut needs = Vec::new();
        for (name, range) in &entry.dependencies {
            let optional = entry.dependencies_meta.get(name).is_some_and(|meta| meta.optional);
            needs.extend(self.described(name, range).map(|to| Need { to, optional, peer: false }));
        }
        let resolution = if entry.resolution.is_empty() { keys } else { &entry.resolution };
        let name = name_of(resolution);
        Locked {
            name: name.to_owned(),
            from_git: resolution.get(name.len() + 1..).is_some_and(is_git),
            version: entry.version,
            bin: entry.bin,
            platform: platform(&entry.conditions),
            needs,
            ..Locked::default()
        }
    }

    /// What a dependency leads to: keys have a protocol that dependencies may leave out.
    fn described(&self, name: &str, range: &str) -> Option<Target> {
        let found = self.index.get(&format!("{name}@{range}"));
        found.or_else(|| self.index.get(&format!("{name}@npm:{range}"))).cloned()
    }
}

/// `os=linux & cpu=x64 & libc=glibc`, with `(os=linux | os=darwin)` for several.
fn platform(conditions: &str) -> Platform {
    let mut found = Platform::default();
    for word in conditions.split([' ', '(', ')', '&', '|']) {
        match word.split_once('=') {
            Some(("os", name)) => found.os.push(name.to_owned()),
            Some(("cpu", name)) => found.cpu.push(name.to_owned()),
            Some(("libc", name)) => found.libc.push(name.to_owned()),
            _ => {}
        }
    }
    found
}
