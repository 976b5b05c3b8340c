//! What of the build reaches the runtime image: packages for production, what was built, and the
//! files beside it that the program may read.

use std::collections::BTreeSet;

use anyhow::Result;

use super::framework::{self, Settled};
use super::script::Start;
use super::sources::Sources;
use super::start::file_of;
use crate::catalog::{Node, NodeNatives};
use crate::plan::Copy;
use crate::repo::{Kind, Repo, join};
use crate::stack::javascript::install::Install;
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::within;
use crate::verdict::Halt;

/// The folder of the program in both stages.
pub(super) const BASE: &str = "/app";

/// What is copied, and what the build stage has to do for it.
#[derive(Debug, Default)]
pub(super) struct Shipped {
    pub copies: Vec<Copy>,
    /// Whether installed packages are among it.
    pub packages: bool,
    /// Whether the build stage needs no sources: they come straight from the build context.
    pub from_context: bool,
    /// Folders that must be there to be copied, and that the build may not make.
    pub made: Vec<String>,
    /// Folders of the repository that only the build fills.
    pub outputs: Vec<String>,
    /// Folders that the program writes to, whatever the build left in them.
    pub writable: Vec<String>,
}

impl Shipped {
    /// Adds empty folders that belong to the user that runs.
    pub(super) fn write(&mut self, folders: Vec<String>) {
        for folder in folders {
            let known = self.writable.iter().any(|known| within(&folder, known));
            if known {
                continue;
            }
            let copy = Copy::new(format!("{folder}/"), format!("{folder}/"))
                .because("An empty folder that the program writes to")
                .owned();
            self.copies.push(copy);
            self.made.push(folder.clone());
            self.writable.push(folder);
        }
    }
}

/// What decides over it.
pub(super) struct Shipping<'a> {
    pub repo: &'a Repo,
    pub candidate: &'a Candidate,
    pub install: &'a Install<'a>,
    pub knowledge: &'a Node,
    pub natives: &'a NodeNatives,
    pub start: &'a Start,
    pub sources: &'a Sources,
    /// Whether the build stage runs anything but the install.
    pub builds: bool,
}

impl Shipping<'_> {
    /// Decides what is shipped.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub(super) fn plan(&self) -> Result<Shipped, Halt> {
        let row = framework::settled(self.repo, self.candidate, self.knowledge)?;
        let stands_alone = self.start.argv == ["server.js"];
        if let Some(row) = row.as_ref().filter(|row| stands_alone && row.name == "next")
            && framework::is_standalone(self.repo, self.folder())?
        {
            return Ok(self.standalone(row)?);
        }
        match row.as_ref().filter(|row| self.is_started(row)) {
            Some(row) if row.alone => return Ok(self.alone(row)),
            Some(row) if row.whole => return Ok(self.whole()),
            Some(row) if self.builds => return self.framework(row),
            _ => {}
        }
        if !self.builds && !self.install.hooked && !self.install.steps.after.is_empty() {
            return Ok(self.plain());
        }
        // A server of its own around a framework reads what that built, too.
        match self.outputs().filter(|_| row.is_none()) {
            Some(outputs) => self.built(&outputs),
            None => Ok(self.whole()),
        }
    }

    /// Whether what is started is what a framework leaves, or its own program.
    fn is_started(&self, row: &Settled) -> bool {
        let program = format!("node_modules/{}/", row.package);
        self.start.argv.iter().any(|word| row.start.as_ref() == Some(word) || word.contains(&program))
    }

    pub(super) fn folder(&self) -> &str {
        &self.candidate.folder
    }

    /// A path of the package in either stage.
    pub(super) fn at(&self, path: &str) -> String {
        place(&join(self.folder(), path))
    }

    pub(super) fn copy(&self, path: &str) -> Copy {
        Copy::new(format!("{}/", self.at(path)), format!("{}/", self.at(path)))
    }

    fn alone(&self, row: &Settled) -> Shipped {
        let copies = row.ships.iter().map(|path| self.copy(path));
        Shipped { copies: copies.collect(), ..Shipped::default() }
    }

    /// A Next.js server of its own files, which lie below the root of the workspace.
    fn standalone(&self, row: &Settled) -> Result<Shipped> {
        let root = place(&self.install.workspace.root);
        let own =
            Copy::new(format!("{}/", self.at(&format!("{}/standalone", row.folder))), format!("{root}/"))
                .because("The server that the build leaves, with the packages that it traced");
        let mut copies = vec![own, self.copy(&format!("{}/static", row.folder))];
        if self.repo.kind(&join(self.folder(), "public"))? == Some(Kind::Folder) {
            copies.push(self.copy("public"));
        }
        let shipped = Shipped { copies, ..Shipped::default() };
        Ok(match &row.writes {
            Some(folder) => self.written(shipped, folder),
            None => shipped,
        })
    }

    fn framework(&self, row: &Settled) -> Result<Shipped, Halt> {
        let mut shipped = self.packages();
        let mut built = Vec::new();
        let mut present = BTreeSet::new();
        for path in &row.ships {
            let in_repo = self.repo.kind(&join(self.folder(), path))?;
            let is_made = self.is_made(path)? && !path.contains("config");
            match in_repo {
                Some(Kind::File) => {
                    present.insert(path.clone());
                    present.extend(self.loaded(path)?);
                }
                Some(Kind::Folder) => built.push(path.clone()),
                _ if is_made && path != "public" => built.push(path.clone()),
                _ => {}
            }
        }
        present.insert("package.json".to_owned());
        let folders: Vec<String> = present.iter().filter(|path| path.ends_with('/')).cloned().collect();
        present.retain(|path| !path.ends_with('/'));
        built.extend(folders.iter().map(|path| path.trim_end_matches('/').to_owned()));
        self.beside(&built, &mut present, &mut shipped.copies, true)?;
        shipped.copies.extend(built.iter().map(|path| self.copy(path)));
        Ok(match &row.writes {
            Some(folder) => self.written(shipped, folder),
            None => shipped,
        })
    }

    /// Sources that run as they are, from the build context; the packages from the build, and with
    /// them the libraries of the workspace that are built.
    fn plain(&self) -> Shipped {
        let mut shipped = self.modules();
        shipped.from_context = self.install.steps.runs.is_empty();
        let libraries = self.install.workspace.shipped(self.candidate);
        // A package at the root brings the others of the repository along.
        let is_root = self.folder().is_empty();
        for one in libraries.into_iter().chain([self.candidate]) {
            let is_built = one.folder != self.candidate.folder && !shipped.from_context;
            let to = format!("{}/", place(&one.folder));
            if is_built {
                shipped.copies.retain(|copy| !copy.to.starts_with(&to));
                shipped.copies.push(Copy::new(&to, &to));
                continue;
            }
            if is_root && !one.folder.is_empty() {
                continue;
            }
            let from = if one.folder.is_empty() { ".".to_owned() } else { format!("{}/", one.folder) };
            shipped.copies.push(Copy::new(from, to).out_of(""));
        }
        shipped
    }

    /// Everything that is in the build stage in the end.
    fn whole(&self) -> Shipped {
        Shipped {
            copies: vec![Copy::new(format!("{BASE}/"), format!("{BASE}/"))],
            packages: true,
            ..Shipped::default()
        }
    }

    /// What was built, and what the program may read beside it.
    fn built(&self, outputs: &[String]) -> Result<Shipped, Halt> {
        let mut shipped = self.packages();
        let mut files = BTreeSet::from(["package.json".to_owned()]);
        self.beside(outputs, &mut files, &mut shipped.copies, false)?;
        shipped.copies.extend(outputs.iter().map(|path| self.copy(path)));
        shipped.outputs = outputs.iter().map(|path| join(self.folder(), path)).collect();
        Ok(shipped)
    }

    /// Installed packages, and the libraries of the workspace as they were built.
    fn packages(&self) -> Shipped {
        let mut shipped = self.modules();
        for library in self.install.workspace.shipped(self.candidate) {
            let path = place(&library.folder);
            shipped.copies.retain(|copy| !copy.to.starts_with(&path));
            shipped.copies.push(Copy::new(format!("{path}/"), format!("{path}/")));
        }
        shipped
    }

    /// Installed packages: the root's, the package's own, and those of its libraries.
    fn modules(&self) -> Shipped {
        let mut shipped = Shipped { packages: self.has_packages(), ..Shipped::default() };
        if !shipped.packages {
            return shipped;
        }
        let workspace = &self.install.workspace;
        let libraries = workspace.shipped(self.candidate);
        let members = libraries.into_iter().chain([self.candidate]).map(|one| one.folder.as_str());
        let folders = members.filter(|folder| *folder != workspace.root);
        let is_sure = self.candidate.package.count("dependencies") > 0;
        for (index, folder) in [workspace.root.as_str()].into_iter().chain(folders).enumerate() {
            let path = place(&join(folder, "node_modules"));
            // Only the root is sure to have some, and only where no system leaves all of them out.
            if index > 0 || !is_sure {
                shipped.made.push(path.clone());
            }
            shipped.copies.push(Copy::new(format!("{path}/"), format!("{path}/")));
        }
        shipped
    }

    fn has_packages(&self) -> bool {
        let counts = ["dependencies", "optionalDependencies", "peerDependencies"];
        let own = counts.iter().any(|kind| self.candidate.package.count(kind) > 0);
        let imported =
            self.sources.imports.keys().any(|name| self.candidate.package.dependency(name).is_some());
        own || imported || self.start.argv.iter().any(|word| word.contains("node_modules/"))
    }

    /// Whether a path is not in the repository, so that only the build can make it.
    fn is_made(&self, path: &str) -> Result<bool> {
        let path = join(self.folder(), path);
        Ok(self.repo.kind(&path)?.is_none() || self.repo.git_ignores(&path)?)
    }

    /// The folders that the build fills, if that is known.
    fn outputs(&self) -> Option<Vec<String>> {
        let mut found = BTreeSet::new();
        let file = file_of(&self.start.argv, &self.candidate.package);
        let first = file.trim_start_matches("./").split('/').next()?.to_owned();
        let is_folder = file.trim_start_matches("./").contains('/');
        let is_built =
            !self.sources.found && is_folder && first != "node_modules" && self.is_made(&first).ok()?;
        if is_built {
            found.insert(first);
        }
        for (script, outputs) in &self.candidate.scripts {
            let runs = self.install.steps.runs.iter().any(|run| run.command.last() == Some(script));
            if runs {
                found.extend(outputs.iter().filter_map(|output| {
                    let inner = output.path.strip_prefix(self.folder())?.trim_start_matches('/');
                    inner.split('/').next().map(str::to_owned)
                }));
            }
        }
        (is_built && !found.contains("")).then(|| found.into_iter().collect())
    }

    /// With an empty folder that belongs to the user that runs.
    fn written(&self, mut shipped: Shipped, folder: &str) -> Shipped {
        shipped.write(vec![self.at(folder)]);
        shipped
    }
}

/// A folder of the repository in either stage.
pub(super) fn place(path: &str) -> String {
    if path.is_empty() { BASE.to_owned() } else { format!("{BASE}/{path}") }
}
