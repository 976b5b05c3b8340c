//! The packages of a repository, as Cargo finds them.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use cargo_toml::{Dependency, DepsSet, Manifest};

use super::platform;
use crate::failure::{Exit, Failure};
use crate::ignore::glob;
use crate::manifest::cargo::{self, dependency_folder};
use crate::repo::{Kind, Repo, join, normal};

/// One package and its folder.
pub(super) struct Package {
    pub folder: String,
    pub manifest: Manifest,
    pub text: String,
    /// Whether the workspace has it, so that its programs can be built.
    pub member: bool,
    /// Whether it is linked with musl.
    pub musl: bool,
}

/// The packages that a build at the root knows, the root's own first.
pub(super) struct Packages {
    pub all: Vec<Package>,
    folders: HashMap<String, usize>,
    /// Folders with a manifest that is not read: it belongs to another workspace.
    others: HashSet<String>,
}

/// Dependencies by the names that a package calls them.
type Called<'a> = Vec<(&'a str, &'a Dependency)>;

/// How deep `**` in a pattern looks for members.
const DEEPEST: usize = 12;

/// Reads the root manifest, those of the workspace's members, and of packages they depend on by
/// path.
pub(super) fn read(repo: &Repo, text: &str) -> Result<Packages> {
    let root = cargo::manifest(repo, "", text, None)?;
    refuse_elsewhere(&root)?;
    let members = members(repo, &root)?;
    let named: HashSet<&str> =
        members.iter().filter(|one| one.named).map(|one| one.folder.as_str()).collect();
    let mut seen: HashSet<String> = members.iter().map(|one| one.folder.clone()).collect();
    seen.insert(String::new());
    let (mut found, mut others) = (Vec::new(), HashSet::new());
    let mut open: Vec<(String, bool)> = members.iter().map(|one| (one.folder.clone(), true)).collect();
    let root =
        Package { folder: String::new(), manifest: root, text: text.to_owned(), member: true, musl: false };
    let by_path = |package: &Package, seen: &mut HashSet<String>, open: &mut Vec<(String, bool)>| {
        let mut folders = package.folders();
        if package.folder.is_empty() {
            folders.extend(package.patches());
        }
        for folder in folders {
            // Cargo takes packages that members depend on by path for members too.
            let is_member =
                root.manifest.workspace.is_some() && package.member && !excluded(&root.manifest, &folder);
            if seen.insert(folder.clone()) {
                open.push((folder, is_member));
            }
        }
    };
    by_path(&root, &mut seen, &mut open);
    while let Some((folder, member)) = open.pop() {
        let is_named = named.contains(folder.as_str());
        let Some(package) = package(repo, &root.manifest, &folder, member, is_named)? else {
            if repo.has(&join(&folder, "Cargo.toml"))? {
                others.insert(folder);
            }
            continue;
        };
        by_path(&package, &mut seen, &mut open);
        found.push(package);
    }
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    found.insert(0, root);
    let folders = found.iter().enumerate().map(|(at, package)| (package.folder.clone(), at)).collect();
    Ok(Packages { all: found, folders, others })
}

/// One package below the root; `None` where a folder holds none.
fn package(repo: &Repo, root: &Manifest, folder: &str, member: bool, named: bool) -> Result<Option<Package>> {
    let Some(text) = repo.text(&join(folder, "Cargo.toml"))? else {
        // A folder that a pattern finds may be anything; one that is named must be a package.
        if !named {
            return Ok(None);
        }
        return Err(Failure::failed(format!(
            "Cargo.toml names the member `{folder}`, which has no Cargo.toml"
        ))
        .help("remove it from `workspace.members`, or fetch it if it is a submodule")
        .into());
    };
    let manifest = match cargo::manifest(repo, folder, &text, Some(root)) {
        Ok(manifest) => manifest,
        // What is no member may belong to another workspace, which is not read.
        Err(_) if !member => return Ok(None),
        Err(error) => return Err(error),
    };
    if manifest.workspace.is_some() && member {
        let reason = format!("Cargo.toml has the member `{folder}`, which is a workspace of its own");
        return Err(Failure::new(Exit::Unsupported, reason)
            .help(format!("Cargo builds no such thing: list it in `workspace.exclude`, or take `[workspace]` out of {folder}/Cargo.toml"))
            .into());
    }
    Ok(Some(Package { folder: folder.to_owned(), manifest, text, member, musl: false }))
}

/// Refuses a root package that says itself that its workspace is somewhere else.
fn refuse_elsewhere(root: &Manifest) -> Result<()> {
    let named = root.package.as_ref().and_then(|package| package.workspace.as_deref());
    let Some(named) =
        named.map(|path| path.to_string_lossy()).filter(|path| normal(path) != Some(String::new()))
    else {
        return Ok(());
    };
    Err(Failure::new(Exit::Unsupported, format!("Cargo.toml belongs to the workspace at `{named}`"))
        .help("run distrogen in the folder of the workspace, with `--bin`")
        .into())
}

/// A folder that `workspace.members` names, by itself or by a pattern.
struct Member {
    folder: String,
    named: bool,
}

/// The folders of the members, globs resolved, without `workspace.exclude`.
fn members(repo: &Repo, root: &Manifest) -> Result<Vec<Member>> {
    let Some(workspace) = &root.workspace else { return Ok(Vec::new()) };
    let mut found: BTreeMap<String, bool> = BTreeMap::new();
    for member in &workspace.members {
        let Some(pattern) = normal(member) else {
            return Err(Failure::new(
                Exit::Unsupported,
                format!("Cargo.toml names the member `{member}`, outside of this folder"),
            )
            .help("run distrogen in the folder that holds both, with `--bin`")
            .into());
        };
        if pattern.contains(['*', '?', '[']) {
            let fixed: Vec<&str> =
                pattern.split('/').take_while(|part| !part.contains(['*', '?', '['])).collect();
            let depth = if pattern.contains("**") { DEEPEST } else { pattern.split('/').count() };
            for folder in folders(repo, &fixed.join("/"), depth)? {
                if glob(&pattern, &folder) && !excluded(root, &folder) {
                    found.entry(folder).or_default();
                }
            }
        } else if !pattern.is_empty() {
            found.insert(pattern, true);
        }
    }
    Ok(found.into_iter().map(|(folder, named)| Member { folder, named }).collect())
}

/// Whether `workspace.exclude` has a folder or one above it.
fn excluded(root: &Manifest, folder: &str) -> bool {
    let Some(workspace) = &root.workspace else { return false };
    workspace.exclude.iter().filter_map(|path| normal(path)).any(|path| {
        // Cargo compares beginnings of paths: there are no patterns here.
        path == folder || folder.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Folders below a folder, down to this many parts of a path.
fn folders(repo: &Repo, below: &str, depth: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![below.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in repo.entries(&folder)?.iter().filter(|entry| entry.kind == Kind::Folder) {
            if entry.name.starts_with('.') || entry.name == "node_modules" {
                continue;
            }
            let path = join(&folder, &entry.name);
            if path.split('/').count() < depth {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    Ok(found)
}

impl Packages {
    /// Says which C library the packages are linked with, on which tables of theirs depend.
    pub(super) fn link_with_musl(&mut self, musl: bool) {
        self.all.iter_mut().for_each(|package| package.musl = musl);
    }

    /// The root's manifest.
    pub(super) fn root(&self) -> &Package {
        &self.all[0]
    }

    /// The index of the package in a folder.
    pub(super) fn at(&self, folder: &str) -> Option<usize> {
        self.folders.get(folder).copied()
    }

    /// Whether a package is in a folder.
    pub(super) fn has(&self, folder: &str) -> bool {
        self.folders.contains_key(folder) || self.others.contains(folder)
    }

    /// The packages of the workspace.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.all.iter().filter(|package| package.member)
    }

    /// The name of the root package, if the root is one.
    pub(super) fn root_name(&self) -> Option<&str> {
        Some(self.root().name()).filter(|name| !name.is_empty())
    }

    /// The members that a build takes when none is named; all of them when the workspace does not say.
    pub(super) fn default_members(&self) -> Vec<&Package> {
        let workspace = self.root().manifest.workspace.as_ref();
        let patterns: Vec<String> =
            workspace.iter().flat_map(|one| &one.default_members).filter_map(|path| normal(path)).collect();
        if patterns.is_empty() {
            return self.members().collect();
        }
        let (globs, plain): (Vec<String>, Vec<String>) =
            patterns.into_iter().partition(|pattern| pattern.contains(['*', '?', '[']));
        let plain: HashSet<String> = plain.into_iter().collect();
        let is_default = |package: &&Package| {
            plain.contains(&package.folder) || globs.iter().any(|pattern| glob(pattern, &package.folder))
        };
        let found: Vec<&Package> = self.members().filter(is_default).collect();
        if found.is_empty() { self.members().collect() } else { found }
    }

    /// Whether the release profile, which only the root's manifest can set, says what of symbols
    /// is kept.
    pub(super) fn strips(&self) -> bool {
        let release = self.root().manifest.profile.release.as_ref();
        release.is_some_and(|profile| profile.strip.is_some() || profile.debug.is_some())
    }
}

impl Package {
    /// Its name in Cargo.toml; empty for a virtual workspace.
    pub(super) fn name(&self) -> &str {
        self.manifest.package.as_ref().map_or("", |package| package.name())
    }

    /// Path of its manifest.
    pub(super) fn file(&self) -> String {
        join(&self.folder, "Cargo.toml")
    }

    /// What it depends on when it runs on Linux, by the name that it calls each.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = (&str, &Dependency)> {
        self.tables(|target| &target.dependencies, &self.manifest.dependencies)
    }

    /// What its build script depends on.
    pub(super) fn build_dependencies(&self) -> impl Iterator<Item = (&str, &Dependency)> {
        self.tables(|target| &target.build_dependencies, &self.manifest.build_dependencies)
    }

    /// What it surely depends on when it runs, and what may ask for features that it does not get
    /// so: tests, build scripts, and tables that are off or unknown.
    pub(super) fn sure_and_doubtful(&self) -> (Called<'_>, Called<'_>) {
        let Manifest { dependencies, build_dependencies, dev_dependencies, target, .. } = &self.manifest;
        let (mut sure, mut doubtful) = (vec![dependencies], vec![build_dependencies, dev_dependencies]);
        for (name, tables) in target {
            doubtful.extend([&tables.build_dependencies, &tables.dev_dependencies]);
            let holds = platform::holds(name, self.musl) == Some(true);
            if holds { &mut sure } else { &mut doubtful }.push(&tables.dependencies);
        }
        (entries(sure), entries(doubtful))
    }

    fn tables<'a>(
        &'a self,
        of: impl Fn(&'a cargo_toml::Target) -> &'a DepsSet,
        always: &'a DepsSet,
    ) -> impl Iterator<Item = (&'a str, &'a Dependency)> {
        let here =
            self.manifest.target.iter().filter(|(name, _)| platform::holds(name, self.musl) != Some(false));
        let tables = std::iter::once(always).chain(here.map(move |(_, target)| of(target)));
        tables.flatten().map(|(name, dependency)| (name.as_str(), dependency))
    }

    /// What it calls so, for itself or for its build script.
    pub(super) fn called(&self, key: &str) -> Vec<&Dependency> {
        self.linux_tables().filter_map(|table| table.get(key)).collect()
    }

    /// Its own text of a dependency's name, if it has such a one.
    pub(super) fn key(&self, key: &str) -> Option<&str> {
        let found = self.linux_tables().find_map(|table| table.get_key_value(key));
        found.map(|(key, _)| key.as_str())
    }

    fn linux_tables(&self) -> impl Iterator<Item = &DepsSet> {
        let here =
            self.manifest.target.iter().filter(|(name, _)| platform::holds(name, self.musl) != Some(false));
        let of_targets = here.flat_map(|(_, target)| [&target.dependencies, &target.build_dependencies]);
        [&self.manifest.dependencies, &self.manifest.build_dependencies].into_iter().chain(of_targets)
    }

    /// Every dependency that Cargo locks for it, whatever it is for.
    pub(super) fn locked_dependencies(&self) -> impl Iterator<Item = (&str, &Dependency)> {
        let Manifest { dependencies, build_dependencies, dev_dependencies, target, .. } = &self.manifest;
        let of_targets = target
            .values()
            .flat_map(|target| [&target.dependencies, &target.build_dependencies, &target.dev_dependencies]);
        let tables = [dependencies, build_dependencies, dev_dependencies].into_iter().chain(of_targets);
        tables.flatten().map(|(name, dependency)| (name.as_str(), dependency))
    }

    /// Whether it calls something so outside of tests, on any system.
    pub(super) fn builds_with(&self, key: &str) -> bool {
        let Manifest { dependencies, build_dependencies, target, .. } = &self.manifest;
        let of_targets =
            target.values().flat_map(|target| [&target.dependencies, &target.build_dependencies]);
        [dependencies, build_dependencies].into_iter().chain(of_targets).any(|table| table.contains_key(key))
    }

    /// Whether it depends on a crate, outside of tests and build scripts.
    pub(super) fn depends(&self, name: &str) -> bool {
        self.dependencies().any(|(key, dependency)| crate_name(key, dependency) == name)
    }

    /// The folders of the packages that it depends on by path, as far as they are inside.
    fn folders(&self) -> Vec<String> {
        let paths = self.locked_dependencies().filter_map(|(_, one)| one.detail()?.path.as_deref());
        paths.filter_map(|path| dependency_folder(&self.folder, path)).collect()
    }
}

impl Package {
    /// The folders of packages that take the place of others.
    fn patches(&self) -> Vec<String> {
        let patches = self.manifest.patch.values().flatten();
        let paths = patches.filter_map(|(_, one)| one.detail()?.path.as_deref());
        paths.filter_map(|path| dependency_folder(&self.folder, path)).collect()
    }
}

fn entries(tables: Vec<&DepsSet>) -> Called<'_> {
    tables.into_iter().flatten().map(|(name, dependency)| (name.as_str(), dependency)).collect()
}

/// The name of the package that a dependency is.
pub(super) fn crate_name<'a>(key: &'a str, dependency: &'a Dependency) -> &'a str {
    dependency.package().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn folders_of(memory: Memory) -> Result<Vec<String>, String> {
        let repo = Repo::in_memory(memory);
        let text = repo.text("Cargo.toml").unwrap().unwrap();
        let found = read(&repo, &text).map_err(|error| error.to_string())?;
        Ok(found.members().map(|package| package.folder.clone()).collect())
    }

    fn package(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n{rest}")
    }

    #[test]
    fn packages_by_path_are_members_unless_excluded() {
        let root = "[workspace]\nmembers = [\"a\"]\nexclude = [\"old\"]\n[workspace.dependencies]\nlent = { path = \"lib/lent\" }\n";
        let a = package(
            "a",
            "[dependencies]\nlent.workspace = true\nb = { path = \"../b\" }\nold = { path = \"../old/x\" }\n",
        );
        let found = folders_of(
            Memory::new()
                .file("Cargo.toml", root)
                .file("a/Cargo.toml", &a)
                .file("b/Cargo.toml", &package("b", "[dev-dependencies]\na = { path = \"../a\" }\n"))
                .file("lib/lent/Cargo.toml", &package("lent", ""))
                .file("old/x/Cargo.toml", &package("old", "")),
        );
        assert_eq!(found, Ok(vec!["".into(), "a".into(), "b".into(), "lib/lent".into()]));
    }

    #[test]
    fn members_that_cannot_be() {
        let nested = Memory::new()
            .file("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n")
            .file("a/Cargo.toml", "[workspace]\nmembers = []\n");
        assert_eq!(
            folders_of(nested).unwrap_err(),
            "Cargo.toml has the member `a`, which is a workspace of its own"
        );
        let missing = Memory::new().file("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n");
        assert_eq!(
            folders_of(missing).unwrap_err(),
            "Cargo.toml names the member `a`, which has no Cargo.toml"
        );
        let outside = Memory::new().file("Cargo.toml", "[workspace]\nmembers = [\"../a\"]\n");
        assert_eq!(
            folders_of(outside).unwrap_err(),
            "Cargo.toml names the member `../a`, outside of this folder"
        );
        let elsewhere = Memory::new().file("Cargo.toml", &package("a", "workspace = \"..\"\n"));
        assert_eq!(folders_of(elsewhere).unwrap_err(), "Cargo.toml belongs to the workspace at `..`");
    }

    #[test]
    fn patterns_of_members() {
        let root =
            "[workspace]\nmembers = [\"crates/**\", \"tool?\"]\nexclude = [\"crates/old\", \"crates/*\"]\n";
        let found = folders_of(
            Memory::new()
                .file("Cargo.toml", root)
                .file("crates/a/b/Cargo.toml", &package("b", ""))
                .file("crates/a/notes.txt", "")
                .file("crates/old/c/Cargo.toml", "not read")
                .file("tools/Cargo.toml", &package("tools", "")),
        );
        assert_eq!(found, Ok(vec!["".into(), "crates/a/b".into(), "tools".into()]));
    }
}
