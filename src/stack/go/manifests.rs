//! go.mod, go.work and what stands beside them: which modules are built together, and which
//! files decide what is downloaded.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use super::sources::{Local, Scope};
use crate::failure::Failure;
use crate::manifest::gomod::{GoMod, Require};
use crate::repo::{Repo, join, normal, parent};
use crate::stack::common;
use crate::verdict::{Halt, Stop};

/// Manifests that are copied together.
#[derive(Clone, Debug, Serialize)]
pub struct Manifests {
    pub files: Vec<String>,
    pub to: String,
}

/// The manifests that a build at the root reads.
pub(super) struct Modules {
    /// go.work, if there is one.
    pub workspace: Option<GoMod>,
    /// go.mod at the root, if there is one.
    pub root: Option<GoMod>,
    /// Every other module of the workspace, and the path of its go.mod.
    others: Vec<(String, GoMod)>,
    /// Whether any of them has a go.sum.
    pub has_sum: bool,
    /// Whether dependencies are in the repository.
    pub vendored: bool,
    /// The modules whose packages are in the repository: those of the workspace, and those that a
    /// folder replaces.
    pub locals: Vec<Local>,
}

impl Modules {
    /// Reads them.
    ///
    /// # Errors
    /// When one cannot be read or parsed, or go.work names a folder without a module.
    pub(super) fn read(repo: &Repo) -> Result<Modules> {
        let parse = |file: &str| -> Result<Option<GoMod>> {
            repo.text(file)?.map(|text| GoMod::parse(file, &text)).transpose()
        };
        let workspace = parse("go.work")?;
        let mut others = Vec::new();
        for written in workspace.iter().flat_map(|workspace| &workspace.uses) {
            let Some(folder) = normal(written) else {
                return Err(Failure::failed(format!("go.work uses `{written}`, outside of this folder"))
                    .help("run distrogen in the folder that holds all modules")
                    .into());
            };
            let file = join(&folder, "go.mod");
            match parse(&file)? {
                Some(module) if !folder.is_empty() => others.push((file, module)),
                Some(_) => {}
                None => {
                    return Err(Failure::failed(format!("go.work uses `{written}`, which has no go.mod"))
                        .help("remove it from go.work, or add the module")
                        .into());
                }
            }
        }
        let mut modules = Modules {
            workspace,
            root: parse("go.mod")?,
            others,
            has_sum: false,
            vendored: repo.has("vendor/modules.txt")?,
            locals: Vec::new(),
        };
        modules.locals = modules.held();
        for folder in modules.folders() {
            modules.has_sum |= repo.has(&join(&folder, "go.sum"))?;
        }
        Ok(modules)
    }

    /// All manifests with their paths, the root's first.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &GoMod)> {
        let root = self.root.iter().map(|module| ("go.mod", module));
        let workspace = self.workspace.iter().map(|module| ("go.work", module));
        root.chain(workspace).chain(self.others.iter().map(|(file, module)| (file.as_str(), module)))
    }

    /// The folders of the modules that are built together.
    fn folders(&self) -> Vec<String> {
        let others = self.others.iter().map(|(file, _)| parent(file).to_owned());
        std::iter::once(String::new()).chain(others).collect()
    }

    fn held(&self) -> Vec<Local> {
        let mut found = Vec::new();
        // Below a go.work, files beside it belong to no module.
        if self.root.is_some() || self.workspace.is_none() {
            let path = self.root.as_ref().map_or(String::new(), |module| module.module.clone());
            found.push(Local { path, folder: String::new() });
        }
        let others = self.others.iter();
        found.extend(
            others
                .map(|(file, module)| Local { path: module.module.clone(), folder: parent(file).to_owned() }),
        );
        for (file, module) in self.all() {
            found.extend(module.local_replaces.iter().filter_map(|replace| {
                let folder = normal(&join(parent(file), &replace.folder))?;
                Some(Local { path: replace.module.clone(), folder })
            }));
        }
        found
    }

    /// What is read together: the modules at hand, without the folders that they ignore.
    pub(super) fn scope(&self) -> Scope {
        let mut scope = Scope { modules: self.locals.clone(), ..Scope::default() };
        for (file, module) in self.all() {
            for written in &module.ignores {
                match written.strip_prefix("./") {
                    Some(path) => scope.ignored.extend(normal(&join(parent(file), path))),
                    None => scope.ignored_anywhere.push(written.trim_end_matches('/').to_owned()),
                }
            }
        }
        scope
    }

    /// Who requires a module, and how.
    pub(super) fn requires(&self, module: &str) -> Option<(&str, &Require)> {
        self.all().find_map(|(file, found)| Some((file, found.requires(module)?)))
    }

    /// Whether any module is required that the repository does not hold.
    pub(super) fn require_any(&self) -> bool {
        let held: BTreeSet<&str> = self.locals.iter().map(|local| local.path.as_str()).collect();
        let mut required = self.all().flat_map(|(_, module)| &module.requires);
        required.any(|require| !held.contains(require.module.as_str()))
    }

    /// Whether the repository holds an imported package.
    pub(super) fn holds(&self, import: &str) -> bool {
        let is_of = |local: &Local| {
            !local.path.is_empty()
                && import
                    .strip_prefix(&local.path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.locals.iter().any(is_of)
    }

    /// The first required module whose checksum no go.sum has, so that the build refuses it.
    ///
    /// # Errors
    /// When a go.sum cannot be read.
    pub(super) fn unsummed(&self, repo: &Repo) -> Result<Option<(&str, &Require)>> {
        let mut sums = repo.text("go.work.sum")?.unwrap_or_default();
        for folder in self.folders() {
            sums.push_str(&repo.text(&join(&folder, "go.sum"))?.unwrap_or_default());
        }
        let known: BTreeSet<(&str, &str)> = sums
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.next()?.trim_end_matches("/go.mod")))
            })
            .collect();
        let replaced: BTreeSet<&str> =
            self.all().flat_map(|(_, module)| &module.replaced).map(String::as_str).collect();
        let held: BTreeSet<&str> = self.locals.iter().map(|local| local.path.as_str()).collect();
        let is_known = |require: &Require| {
            let module = require.module.as_str();
            held.contains(module)
                || replaced.contains(module)
                || known.contains(&(module, require.version.as_str()))
        };
        Ok(self.all().find_map(|(file, module)| {
            module.requires.iter().find(|require| !is_known(require)).map(|require| (file, require))
        }))
    }

    /// The innermost module that holds a folder: its own folder.
    pub(super) fn folder_of(&self, folder: &str) -> String {
        let holds = |module: &String| {
            module.is_empty() || folder == module || folder.starts_with(&format!("{module}/"))
        };
        self.folders().into_iter().filter(holds).max_by_key(String::len).unwrap_or_default()
    }

    /// What the download step reads; nothing where all of it is in the repository.
    ///
    /// # Errors
    /// A stop when a module is replaced by a folder outside of the repository.
    pub(super) fn manifests(&self, repo: &Repo) -> Result<Vec<Manifests>, Halt> {
        let mut folders = self.folders();
        for (file, module) in self.all() {
            for replace in &module.local_replaces {
                let folder = normal(&join(parent(file), &replace.folder));
                let Some(folder) = folder.filter(|folder| folder.is_empty() || common::is_plain_path(folder))
                else {
                    let reason = format!(
                        "{file}:{} replaces a module by `{}`, outside of this folder",
                        replace.line, replace.folder
                    );
                    return Err(Stop::refuse(reason)
                        .help("run distrogen in the folder that holds both")
                        .into());
                };
                folders.push(folder);
            }
        }
        let mut groups: Vec<Manifests> = Vec::new();
        let mut seen = BTreeSet::new();
        for folder in folders {
            let to = if folder.is_empty() { "./".to_owned() } else { format!("./{folder}/") };
            if self.vendored || !seen.insert(to.clone()) {
                continue;
            }
            let mut files = Vec::new();
            for file in ["go.mod", "go.sum", "go.work", "go.work.sum"] {
                let at_root = file.starts_with("go.work");
                let file = join(&folder, file);
                if (!at_root || folder.is_empty()) && repo.has(&file)? {
                    files.push(file);
                }
            }
            if !files.is_empty() {
                groups.push(Manifests { files, to });
            }
        }
        Ok(groups)
    }
}
