//! What must be in the stage before packages are installed: manifests, and the files that the
//! install itself reads.

use anyhow::Result;

use super::install::Request;
use super::package::Candidate;
use super::workspace::{self, Workspace};
use super::{Copied, script, within};
use crate::catalog::{Node, NodeManager};
use crate::repo::{Kind, Repo, join, parent};
use crate::verdict::Halt;

/// What an install reads beside manifests.
pub(super) struct Early {
    /// Folders and files by their path below the repository.
    paths: Vec<String>,
    /// Why everything comes first; empty where it need not.
    everything: &'static str,
    /// Whether the packages' own scripts run at the install.
    pub hooked: bool,
}

/// More packages than this are copied as they are rather than named one by one.
const MOST_MEMBERS: usize = 50;

impl Early {
    /// Finds out what the install of a package, or of its workspace, reads.
    ///
    /// # Errors
    /// A stop when it reads what is not in the repository.
    pub(super) fn of(
        repo: &Repo,
        candidate: &Candidate,
        workspace: &Workspace,
        manager: &NodeManager,
        knowledge: &Node,
    ) -> Result<Early, Halt> {
        let mut early = Early { paths: Vec::new(), everything: "", hooked: false };
        let members = workspace.members.iter().copied().filter(|member| member.folder != candidate.folder);
        for one in members.chain([candidate]) {
            early.hooks(one, knowledge);
            early.packages(one, knowledge);
            early.paths.extend(workspace::locals(repo, one)?);
            if repo.has(&join(&one.folder, "binding.gyp"))? {
                early.everything =
                    "The install compiles a module of the repository, so everything comes first";
            }
        }
        for folder in &manager.folders {
            early.paths.push(join(&workspace.root, folder));
            early.paths.push(join(&candidate.folder, folder));
        }
        if workspace.members.len() > MOST_MEMBERS {
            early.everything = "The install reads the manifests of all workspaces, so everything comes first";
        }
        early.keep_present(repo, workspace)?;
        Ok(early)
    }

    /// What the scripts read that the package manager runs by itself.
    fn hooks(&mut self, one: &Candidate, knowledge: &Node) {
        for name in knowledge.front.hooks.iter().filter(|name| one.package.script(name).is_some()) {
            self.hooked = true;
            for command in script::commands(&one.package, name, &knowledge.front).unwrap_or_default() {
                let row = knowledge.hook.iter().find(|row| script::says(&command, &row.command));
                match row {
                    Some(row) => {
                        self.paths.extend(row.reads.iter().map(|path| join(&one.folder, path)));
                    }
                    None => {
                        self.everything =
                            "The install runs scripts of the package, so everything comes first";
                    }
                }
            }
        }
    }

    /// What the install scripts of dependencies read.
    fn packages(&mut self, one: &Candidate, knowledge: &Node) {
        let rows = knowledge.hook.iter().filter_map(|row| Some((row, row.package.as_ref()?)));
        for (row, _) in rows.filter(|(_, package)| one.package.dependency(package).is_some()) {
            self.paths.extend(row.reads.iter().map(|path| join(&one.folder, path)));
        }
    }

    /// Keeps what is there and is no package of the workspace, each once.
    fn keep_present(&mut self, repo: &Repo, workspace: &Workspace) -> Result<()> {
        let is_member = |path: &str| workspace.members.iter().any(|member| member.folder == path);
        let mut kept: Vec<String> = Vec::new();
        self.paths.sort();
        for path in std::mem::take(&mut self.paths) {
            let is_inside = kept.iter().any(|known| within(&path, known));
            if !is_inside && !is_member(&path) && repo.kind(&path)?.is_some() && !repo.git_ignores(&path)? {
                kept.push(path);
            }
        }
        self.paths = kept;
        Ok(())
    }
}

/// What is copied before and after the install.
pub(super) fn copies(
    request: &Request,
    workspace: &Workspace,
    early: &Early,
    needs: &[String],
) -> Result<(Vec<Copied>, Vec<Copied>), Halt> {
    let root = workspace.root.as_str();
    let beyond = early.paths.iter().any(|path| !root.is_empty() && !within(path, root))
        || (!root.is_empty() && reads_beyond(&request.repo.below(root))?);
    let everything = |why| match root {
        "" => Copied { why, from: vec![".".to_owned()], to: ".".to_owned() },
        _ if beyond => Copied { why, from: vec![".".to_owned()], to: format!("{}/", request.base) },
        folder => Copied { why, from: vec![format!("{folder}/")], to: "./".to_owned() },
    };
    if !early.everything.is_empty() {
        return Ok((vec![everything(early.everything)], Vec::new()));
    }
    if early.paths.iter().any(|path| !root.is_empty() && !within(path, root)) {
        let why = "A dependency is a folder of the repository, so everything comes before the install";
        return Ok((vec![everything(why)], Vec::new()));
    }
    let mut before = manifests(root, needs);
    for path in &early.paths {
        before.push(beside(request.repo, root, path)?);
    }
    let why = if beyond { "Its configuration names files outside of its folder" } else { "" };
    Ok((before, vec![everything(why)]))
}

/// One COPY for the manifests of each folder, the root's first.
fn manifests(root: &str, needs: &[String]) -> Vec<Copied> {
    let mut copies: Vec<Copied> = Vec::new();
    let mut folders: Vec<&str> = needs.iter().map(|file| parent(file)).collect();
    folders.sort_by_key(|folder| (*folder != root, folder.to_owned()));
    folders.dedup();
    for folder in folders {
        let from = needs.iter().filter(|file| parent(file) == folder).cloned().collect();
        let why =
            if copies.is_empty() { "Packages first: an edit of the sources downloads nothing" } else { "" };
        copies.push(Copied { why, from, to: below(root, folder) });
    }
    copies
}

/// The COPY of a folder or file that an install reads.
fn beside(repo: &Repo, root: &str, path: &str) -> Result<Copied> {
    let (from, to) = match repo.kind(path)? {
        Some(Kind::Folder) => (format!("{path}/"), below(root, path)),
        _ => (path.to_owned(), below(root, parent(path))),
    };
    Ok(Copied { why: "", from: vec![from], to })
}

/// A folder as COPY names it from the folder that is installed in.
fn below(root: &str, folder: &str) -> String {
    let inner = folder.strip_prefix(root).unwrap_or(folder).trim_start_matches('/');
    if inner.is_empty() { "./".to_owned() } else { format!("./{inner}/") }
}

/// Beginnings of the names of files that configure a build.
const CONFIGURATION: &[&str] =
    &["build.", "esbuild", "rollup.config", "tsconfig", "vite.config", "vue.config", "webpack.config"];

/// Whether a file that configures the build names one outside of its folder.
fn reads_beyond(here: &Repo) -> Result<bool> {
    for entry in here.entries("")?.iter().filter(|entry| entry.kind == Kind::File) {
        let configures = entry.name == "package.json"
            || entry.name.contains(".config.")
            || CONFIGURATION.iter().any(|start| entry.name.starts_with(start));
        let leaves = |text: String| {
            text.contains("../") || text.contains("cd ..") || text.contains("\"..\"") || text.contains("'..'")
        };
        if configures && here.source(&entry.name)?.is_some_and(leaves) {
            return Ok(true);
        }
    }
    Ok(false)
}
