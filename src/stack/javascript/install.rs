//! How the packages of a folder are installed and built, and what must be there before.

use anyhow::Result;
use serde::Serialize;

use super::early::{self, Early};
use super::manager::{self, Chosen};
use super::package::Candidate;
use super::registry::{self, Asked, Token};
use super::workspace::{self, Workspace};
use super::{Copied, Run, compiler, within};
use crate::catalog::{Node, NodeManager};
use crate::evidence::Evidence;
use crate::options::Options;
use crate::plan::Env;
use crate::repo::{Repo, join, normal};
use crate::service::Service;
use crate::verdict::Halt;

/// The steps of a stage that installs packages and builds, without its image.
#[derive(Clone, Debug, Serialize)]
pub struct Steps {
    /// The folder that packages are installed in.
    pub workdir: String,
    /// The command that puts the package manager into the image; empty where it is there.
    pub prepare: Vec<String>,
    /// What is there before packages are installed.
    pub before: Vec<Copied>,
    /// Empty where there is nothing to install.
    pub install: Vec<String>,
    /// Variables of the install.
    pub env: Vec<Env>,
    /// Folder of the package manager's cache.
    pub cache: String,
    /// Credentials that the install reads from its environment.
    pub tokens: Vec<Token>,
    /// Other variables that the manager's settings name, which whoever builds may set.
    pub named: Vec<String>,
    /// What comes after the install.
    pub after: Vec<Copied>,
    /// The commands that build.
    pub runs: Vec<Run>,
}

/// A plan to install, and what it rests on.
pub(in crate::stack) struct Install<'a> {
    pub steps: Steps,
    pub manager: &'a NodeManager,
    /// The manager's version; empty where it is the image's own.
    pub version: String,
    pub lock: Option<String>,
    /// Why this manager.
    pub evidence: Evidence,
    pub workspace: Workspace<'a>,
    /// Folders of the repository that the steps name.
    pub folders: Vec<String>,
    /// Files that are read by name.
    pub needs: Vec<String>,
    /// Whether the packages' own scripts run when they are installed.
    pub hooked: bool,
}

/// What is to be installed, and where.
pub(in crate::stack) struct Request<'a> {
    pub repo: &'a Repo,
    pub candidate: &'a Candidate,
    pub all: &'a [Candidate],
    pub knowledge: &'a Node,
    pub options: &'a Options,
    /// The folder of the stage that stands for the repository.
    pub base: &'static str,
}

/// The variable that has Yarn install into node_modules.
const LINKER: &str = "YARN_NODE_LINKER";

/// Whether a line of Yarn's settings asks for Plug'n'Play.
fn is_plug(line: &str) -> bool {
    let value = line.strip_prefix("nodeLinker:").map(|value| value.trim().trim_matches(['"', '\'']));
    value == Some("pnp")
}

pub(in crate::stack) const DEPENDENCIES: &[&str] =
    &["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

impl<'a> Request<'a> {
    /// Plans the install of the package and the scripts after it.
    ///
    /// # Errors
    /// A stop when its packages cannot be installed as its repository has them.
    pub(in crate::stack) fn plan(&self, service: &mut Service) -> Result<Install<'a>, Halt> {
        let Request { repo, candidate, all, knowledge, .. } = *self;
        let mut workspace = workspace::of(repo, candidate, all, &knowledge.manager, &knowledge.front)?;
        let chosen =
            manager::choose(repo, candidate, &workspace.root, all, knowledge, self.options, service)?;
        let Chosen { manager, lock, version, evidence } = chosen;
        let Asked { tokens, named } = registry::asked(self, &workspace, manager, service)?;
        if lock.is_none() && manager::has_dependencies(candidate) {
            service.warnings.push(format!(
                "there is no lock file for `{}`: every build takes the newest packages; commit one",
                candidate.file
            ));
        }
        if manager.partial {
            workspace.keep_needed(candidate);
        }
        let needs = self.needs(&workspace, manager, lock.as_deref())?;
        let early = Early::of(repo, candidate, &workspace, manager, knowledge)?;
        let (before, after) = early::copies(self, &workspace, &early, &needs)?;
        let siblings = workspace.built(candidate);
        let mut folders = vec![candidate.folder.clone(), workspace.root.clone()];
        folders.extend(siblings.iter().map(|member| member.folder.clone()));
        let steps = Steps {
            workdir: self.folder(&workspace.root),
            prepare: manager.prepare.iter().map(|word| word.replace("{version}", &version)).collect(),
            before,
            install: if lock.is_some() { manager.install.clone() } else { manager.unlocked.clone() },
            env: self.env(&workspace, manager)?,
            cache: manager.cache.clone(),
            tokens,
            named,
            after,
            runs: Vec::new(),
        };
        self.warn_of_plug(&workspace, &steps.env, service)?;
        let hooked = early.hooked;
        Ok(Install { steps, manager, version, lock, evidence, workspace, folders, needs, hooked })
    }

    /// What of the repository needs the image with a compiler: a script, or a module.
    ///
    /// # Errors
    /// A stop when something is asked for that no image has.
    pub(in crate::stack) fn compiler(
        &self,
        install: &Install,
        scripts: &[String],
    ) -> Result<Option<String>, Halt> {
        compiler::needed(self, install, scripts)
    }

    /// A folder of the repository in the stage.
    pub(in crate::stack) fn folder(&self, path: &str) -> String {
        if path.is_empty() { self.base.to_owned() } else { format!("{}/{path}", self.base) }
    }

    /// The files that the install reads by name: manifests, the lock file, the manager's settings.
    fn needs(&self, workspace: &Workspace, manager: &NodeManager, lock: Option<&str>) -> Result<Vec<String>> {
        let root = workspace.root.as_str();
        let mut needs = vec![self.candidate.file.clone()];
        let top = join(root, "package.json");
        if self.repo.has(&top)? {
            needs.push(top);
        }
        needs.extend(lock.map(|lock| join(root, lock)));
        for file in &manager.reads {
            if self.repo.has(&join(root, file))? {
                needs.push(join(root, file));
            }
        }
        needs.extend(workspace.members.iter().map(|member| member.file.clone()));
        let mut seen = Vec::new();
        needs.retain(|file| {
            !seen.contains(file) && {
                seen.push(file.clone());
                true
            }
        });
        Ok(needs)
    }

    /// Variables of the manager, and those of settings that the repository does not make.
    fn env(&self, workspace: &Workspace, manager: &NodeManager) -> Result<Vec<Env>> {
        let mut found: Vec<Env> = manager.env.iter().map(|(name, value)| Env::new(name, value)).collect();
        for (key, (name, value)) in &manager.settings {
            let mut is_said = false;
            for file in &manager.reads {
                let text = self.repo.source(&join(&workspace.root, file))?.unwrap_or_default();
                is_said |= text.lines().any(|line| line.starts_with(key.as_str()) && !is_plug(line));
            }
            if !is_said {
                found.push(Env::new(name, value));
            }
        }
        Ok(found)
    }

    /// Says that packages are installed into folders where the repository has them in archives.
    fn warn_of_plug(&self, workspace: &Workspace, env: &[Env], service: &mut Service) -> Result<()> {
        if !env.iter().any(|env| env.name == LINKER) {
            return Ok(());
        }
        for file in [".pnp.cjs", ".yarnrc.yml"] {
            let path = join(&workspace.root, file);
            let is_sign = match file {
                ".yarnrc.yml" => self.repo.source(&path)?.is_some_and(|text| text.lines().any(is_plug)),
                _ => self.repo.has(&path)?,
            };
            if is_sign {
                service.warnings.push(format!(
                    "`{path}` says that packages are used by Plug'n'Play: the image has them in node_modules instead"
                ));
                break;
            }
        }
        Ok(())
    }

    /// The commands that build the package: first what it is built on, then its own steps.
    pub(in crate::stack) fn runs(&self, install: &Install, steps: &[Step]) -> Vec<Run> {
        let Install { manager, workspace, .. } = install;
        let script = |name: &str| [manager.run.clone(), vec![name.to_owned()]].concat();
        let siblings = workspace.built(self.candidate);
        let before = siblings.iter().map(|member| (member.folder.as_str(), script(workspace::BUILD)));
        let before = before.map(|(folder, command)| (folder.to_owned(), command, Vec::new()));
        let own = |step: &Step| {
            let command = match &step.run {
                StepRun::Script { name, more } if more.is_empty() => script(name),
                StepRun::Script { name, more } => {
                    [script(name), manager.separator.clone(), more.clone()].concat()
                }
                StepRun::Command(words) => match words.first() {
                    Some(program) if IN_EVERY_IMAGE.contains(&program.as_str()) => words.clone(),
                    _ => [manager.exec.clone(), words.clone()].concat(),
                },
            };
            (place(self.candidate, step), command, step.env.clone())
        };
        // What is done for another package comes before that is built.
        let (first, last): (Vec<&Step>, Vec<&Step>) =
            steps.iter().partition(|step| step.folder.starts_with(".."));
        let (first, last) = (first.into_iter().map(own), last.into_iter().map(own));
        let mut at = workspace.root.clone();
        let mut found = Vec::new();
        for (place, command, env) in first.chain(before).chain(last) {
            let workdir = if place == at { String::new() } else { self.folder(&place) };
            at = place;
            found.push(Run { workdir, command, env: [install.unset(), env].concat() });
        }
        found
    }
}

/// The folder of a step, below the repository.
fn place(candidate: &Candidate, step: &Step) -> String {
    let path = join(&candidate.folder, &step.folder);
    normal(&path).unwrap_or(path)
}

/// Programs of the system that a build names as they are.
const IN_EVERY_IMAGE: &[&str] = &[
    "bun",
    "cat",
    "chmod",
    "cp",
    "cross-env",
    "echo",
    "env",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "node",
    "npm",
    "npx",
    "pnpm",
    "rm",
    "sed",
    "sh",
    "sleep",
    "test",
    "touch",
    "true",
    "yarn",
];

/// One step of a package's own build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) struct Step {
    /// Where, from the package's folder.
    pub folder: String,
    pub env: Vec<Env>,
    pub run: StepRun,
}

/// What a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) enum StepRun {
    /// A script by its name, and what it is given.
    Script { name: String, more: Vec<String> },
    /// A program, and what it is given.
    Command(Vec<String>),
}

impl Step {
    /// A script of the package.
    pub(in crate::stack) fn script(name: &str) -> Step {
        let run = StepRun::Script { name: name.to_owned(), more: Vec::new() };
        Step { folder: String::new(), env: Vec::new(), run }
    }

    /// Its name, if it is a script.
    pub(in crate::stack) fn name(&self) -> Option<&str> {
        match &self.run {
            StepRun::Script { name, .. } => Some(name),
            StepRun::Command(_) => None,
        }
    }
}

impl Install<'_> {
    /// The commands that leave no more packages than a package needs in production. Members of the
    /// workspace that it does not need are taken out first.
    pub(in crate::stack) fn production(&self, candidate: &Candidate, idle: bool) -> Vec<Vec<String>> {
        let others = self.others(candidate);
        let (name, folder) = (candidate.name(), candidate.folder.as_str());
        let needed = self.workspace.shipped(candidate).into_iter().chain([candidate]);
        let filters: Vec<String> =
            needed.flat_map(|one| ["--filter".to_owned(), one.name().to_owned()]).collect();
        let is_frozen = self.steps.install == self.manager.install;
        let fill = |word: &String| match word.as_str() {
            "{others}" => others.clone(),
            "{filters}" => filters.clone(),
            // What does not fit is no fitter than before.
            "--frozen-lockfile" if !is_frozen => Vec::new(),
            word => vec![word.replace("{name}", name).replace("{folder}", folder)],
        };
        let rows = match (self.workspace.is_shared, idle && !self.manager.production_idle.is_empty()) {
            (true, _) => &self.manager.production_shared,
            (false, true) => &self.manager.production_idle,
            (false, false) => &self.manager.production,
        };
        let rows =
            rows.iter().filter(|words| !others.is_empty() || !words.iter().any(|word| word == "{others}"));
        let unset = self.unset();
        let runs_it = |words: &[String]| words.contains(&self.manager.name);
        let unset = |words: &[String]| match runs_it(words) {
            true => unset.iter().map(|env| format!("{}={}", env.name, env.value)).collect(),
            false => Vec::new(),
        };
        rows.map(|words| unset(words).into_iter().chain(words.iter().flat_map(fill)).collect()).collect()
    }

    /// What stands for the credentials where they are not mounted, for a manager that would fail
    /// without: none of its commands but the install needs them.
    fn unset(&self) -> Vec<Env> {
        let tokens = self.steps.tokens.iter().filter(|_| self.manager.fails_unset);
        tokens.map(|token| Env::new(&token.name, "unset")).collect()
    }

    /// The folders of members that a package does not need when it runs, below the workspace's root.
    fn others(&self, candidate: &Candidate) -> Vec<String> {
        let Workspace { root, members, others, .. } = &self.workspace;
        let needed: Vec<&str> = self
            .workspace
            .shipped(candidate)
            .into_iter()
            .chain([candidate])
            .map(|one| one.folder.as_str())
            .collect();
        let mut folders: Vec<&str> =
            members.iter().chain(others).map(|member| member.folder.as_str()).collect();
        folders.sort_unstable();
        folders.dedup();
        folders.retain(|folder| {
            *folder != root && !needed.iter().any(|needed| within(needed, folder) || within(folder, needed))
        });
        folders.iter().map(|folder| below(root, folder)).collect()
    }
}

/// A folder as a command in the workspace's root names it.
fn below(root: &str, folder: &str) -> String {
    folder.strip_prefix(root).unwrap_or(folder).trim_start_matches('/').to_owned()
}
