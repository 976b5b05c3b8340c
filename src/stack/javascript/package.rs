//! The packages of a repository, and what their scripts say that they make.

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::config::{self, Said};
use super::script::{self, Command};
use super::within;
use crate::catalog::{Node, NodeTool};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::repo::{Kind, Repo, join, normal, parent};
use crate::source::Source;
use crate::source::lexer::Syntax;

/// What a script makes, by its path below the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Output {
    pub path: String,
    /// The same as COPY names it: with a slash at the end of a folder.
    pub copied: String,
    #[serde(skip)]
    pub is_file: bool,
}

impl Output {
    pub(super) fn new(path: String, is_file: bool) -> Self {
        let copied = if is_file { path.clone() } else { format!("{path}/") };
        Output { path, copied, is_file }
    }

    /// Whether a path is what is made, or in it.
    pub(in crate::stack) fn holds(&self, path: &str) -> bool {
        if self.is_file { path == self.path } else { within(path, &self.path) }
    }
}

/// One package of the repository.
pub(in crate::stack) struct Candidate {
    /// Its folder; the root is `""`.
    pub folder: String,
    /// Its package.json.
    pub file: String,
    pub package: Package,
    /// Scripts that make something that is known, the usual one first.
    pub scripts: Vec<(String, Vec<Output>)>,
    /// Where its configuration names an output as only a run could tell.
    pub unread: Option<Evidence>,
}

/// What a tool makes.
pub(in crate::stack) struct Made {
    pub outputs: Vec<Output>,
    /// Where its configuration names an output as only a run could tell.
    pub unread: Option<Evidence>,
}

/// How deep below the repository a front end is looked for.
const DEPTH: usize = 3;

/// Every package of the repository.
pub(in crate::stack) fn all(repo: &Repo, knowledge: &Node) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for file in repo.sources("", &["package.json"])? {
        if file.split('/').count() > DEPTH + 1 || file.rsplit('/').next() != Some("package.json") {
            continue;
        }
        let Some(text) = repo.source(&file)? else { continue };
        let Ok(package) = Package::parse(&file, text) else { continue };
        found.push(Candidate::of(repo, file, package, knowledge)?);
    }
    Ok(found)
}

impl Candidate {
    /// The package of a manifest.
    ///
    /// # Errors
    /// When a file that configures its build cannot be read.
    pub(in crate::stack) fn of(
        repo: &Repo,
        file: String,
        package: Package,
        knowledge: &Node,
    ) -> Result<Candidate> {
        let folder = parent(&file).to_owned();
        let mut candidate = Candidate { folder, file, package, scripts: Vec::new(), unread: None };
        candidate.read(repo, knowledge)?;
        Ok(candidate)
    }

    /// Its name, or that of its folder.
    pub(in crate::stack) fn name(&self) -> &str {
        let named = self.package.string(&["name"]).filter(|name| !name.is_empty());
        named.or_else(|| self.folder.rsplit('/').next()).unwrap_or_default()
    }

    /// Finds out what its scripts make.
    fn read(&mut self, repo: &Repo, knowledge: &Node) -> Result<()> {
        let known = &knowledge.front;
        let mut names: Vec<(usize, String)> = Vec::new();
        for (name, _) in self.package.versions("scripts") {
            let rank = known.scripts.iter().position(|known| script::builds(name, known));
            names.extend(
                rank.map(|rank| (rank * 2 + usize::from(name != known.scripts[rank]), name.to_owned())),
            );
        }
        names.sort();
        names.truncate(script::MOST);
        for (_, name) in names {
            let Some(commands) = script::commands(&self.package, &name, known) else { continue };
            let mut outputs = Vec::new();
            for command in &commands {
                outputs.extend(self.by_options(command, knowledge));
            }
            if outputs.is_empty() {
                outputs = self.by_tool(repo, &commands, knowledge)?;
            }
            outputs.sort();
            outputs.dedup();
            if !outputs.is_empty() {
                self.scripts.push((name, outputs));
            }
        }
        Ok(())
    }

    /// A path that a script or its configuration names, if it can be an output.
    pub(in crate::stack) fn output(&self, path: &str, may_be_file: bool) -> Option<Output> {
        let path = normal(&join(&self.folder, path)).filter(|_| !path.starts_with('/'))?;
        let is_file = may_be_file
            && path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
        // What holds the package itself is not made by it.
        let is_above = path.is_empty() || within(&self.folder, &path);
        (!is_above).then(|| Output::new(path, is_file))
    }

    /// What the words of a command name.
    pub(in crate::stack) fn by_options(&self, command: &Command, knowledge: &Node) -> Vec<Output> {
        let known = &knowledge.front;
        let folders = script::options(command, &known.folder_options).into_iter().map(|path| (path, false));
        let files = script::options(command, &known.file_options).into_iter().map(|path| (path, true));
        folders.chain(files).filter_map(|(path, may_be_file)| self.output(path, may_be_file)).collect()
    }

    /// What the first known tool that is started makes, by its configuration or by custom.
    fn by_tool(&mut self, repo: &Repo, commands: &[Command], knowledge: &Node) -> Result<Vec<Output>> {
        for tool in &knowledge.tool {
            if tool.package.as_ref().is_some_and(|package| self.package.dependency(package).is_none()) {
                continue;
            }
            let starts = |command: &&Command| tool.commands.iter().any(|words| script::says(command, words));
            let files = if tool.scripted {
                self.scripts_of(repo, commands, &tool.name)?
            } else if let Some(command) = commands.iter().find(starts) {
                self.configs_of(repo, command, tool, knowledge)?
            } else {
                continue;
            };
            if tool.scripted && files.is_empty() {
                continue;
            }
            let made = self.made(repo, &files, tool)?;
            self.unread = made.unread.or(self.unread.take());
            return Ok(made.outputs);
        }
        Ok(Vec::new())
    }

    /// What a tool makes by these files of its configuration, or by custom.
    pub(in crate::stack) fn made(&self, repo: &Repo, files: &[String], tool: &NodeTool) -> Result<Made> {
        match &tool.projects {
            Some(file) => Ok(Made { outputs: self.projects(repo, file)?, unread: None }),
            None => self.configured(repo, files, tool),
        }
    }

    /// Scripts of the repository that commands name and that name a tool.
    fn scripts_of(&self, repo: &Repo, commands: &[Command], tool: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for word in
            commands.iter().flatten().filter(|word| ENDINGS.iter().any(|ending| word.ends_with(ending)))
        {
            let Some(file) = normal(&join(&self.folder, word)) else { continue };
            if repo.source(&file)?.is_some_and(|text| text.contains(tool)) {
                found.push(file);
            }
        }
        Ok(found)
    }

    /// The configuration of a tool: what the command names, else what the tool finds by itself.
    pub(in crate::stack) fn configs_of(
        &self,
        repo: &Repo,
        command: &Command,
        tool: &NodeTool,
        knowledge: &Node,
    ) -> Result<Vec<String>> {
        let named = script::options(command, &knowledge.front.config_options);
        if !named.is_empty() && !tool.configs.is_empty() {
            return Ok(named.into_iter().filter_map(|file| normal(&join(&self.folder, file))).collect());
        }
        let is_config = |name: &str| {
            let stem = |ending: &&str| {
                name.strip_suffix(*ending)
                    .is_some_and(|stem| tool.configs.iter().any(|config| config == stem))
            };
            ENDINGS.iter().any(stem)
        };
        let entries = repo.entries(&self.folder)?;
        let files = entries.iter().filter(|entry| entry.kind == Kind::File && is_config(&entry.name));
        Ok(files.map(|entry| join(&self.folder, &entry.name)).take(1).collect())
    }

    /// What these files set the tool's keys to, or what it fills by custom.
    fn configured(&self, repo: &Repo, files: &[String], tool: &NodeTool) -> Result<Made> {
        let (mut found, mut unread) = (Vec::new(), None);
        let mut only = tool.only.is_none();
        for file in files {
            let Some(text) = repo.source(file)? else { continue };
            let source = Source::new(file, &text, Syntax::JavaScript);
            only |= tool.only.as_ref().is_some_and(|(key, value)| config::is(&source, key, value));
            let base = tool.root.as_ref().and_then(|root| config::base(&source, root));
            for key in &tool.keys {
                let Some(said) = config::said(&source, key) else { continue };
                let is_file = key.ends_with("file");
                let path = self.below(&source, &said, base.as_ref());
                match path.map(|path| self.output(&path, is_file)) {
                    Ok(Some(output)) => found.push(output),
                    // A folder that is nobody's own is as good as one that cannot be read.
                    Ok(None) => {
                        let place = config::place(&source, key, usize::MAX);
                        let lexeme = place.and_then(|(at, _)| source.lexemes.get(at));
                        unread = lexeme.map(|lexeme| source.evidence("output", lexeme.line)).or(unread);
                    }
                    Err(line) => unread = Some(source.evidence("output", line)),
                }
            }
            if found.is_empty()
                && unread.is_none()
                && let (Some(base), Some(folder)) = (base, &tool.folder)
            {
                let usual = Said::Path { path: folder.clone(), at_file: false, absolute: false };
                match self.below(&source, &usual, Some(&base)) {
                    Ok(path) => found.extend(self.output(&path, false)),
                    Err(line) => unread = Some(source.evidence("output", line)),
                }
            }
        }
        if !only {
            return Ok(Made { outputs: Vec::new(), unread });
        }
        if found.is_empty() && unread.is_none() {
            found.extend(tool.folder.as_ref().and_then(|folder| self.output(folder, false)));
        }
        Ok(Made { outputs: found, unread })
    }

    /// A path of a configuration file, seen from the package; the line of what cannot be read.
    fn below(&self, source: &Source, said: &Said, base: Option<&Said>) -> Result<String, usize> {
        // The file is in the package's folder or below it, or where a flag says.
        let from_file = || {
            let folder = parent(source.file);
            let below = if self.folder.is_empty() { Some(folder) } else { folder.strip_prefix(&self.folder) };
            below.map(|below| below.trim_start_matches('/').to_owned())
        };
        let path = |said: &Said| match said {
            Said::Unread(line) => Err(*line),
            Said::Path { path, at_file: true, .. } => {
                from_file().map(|folder| join(&folder, path)).ok_or(1_usize)
            }
            Said::Path { path, .. } => Ok(path.clone()),
        };
        let own = path(said)?;
        match (said, base) {
            (Said::Path { absolute: false, .. }, Some(base)) => Ok(join(&path(base)?, &own)),
            _ => Ok(own),
        }
    }

    /// What the projects of a file such as angular.json are built into.
    fn projects(&self, repo: &Repo, file: &str) -> Result<Vec<Output>> {
        let Some(text) = repo.source(&join(&self.folder, file))? else { return Ok(Vec::new()) };
        let Ok(value) = serde_json::from_str::<Value>(&text) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (name, project) in value["projects"].as_object().into_iter().flatten() {
            let build = match &project["architect"]["build"] {
                Value::Null => &project["targets"]["build"],
                build => build,
            };
            let builder = build["builder"].as_str().unwrap_or_default();
            let output = &build["options"]["outputPath"];
            let base = output.as_str().or_else(|| output["base"].as_str());
            let base = base.map_or_else(|| format!("dist/{name}"), str::to_owned);
            let inner =
                if output.is_object() { output["browser"].as_str().unwrap_or("browser") } else { "browser" };
            if builder.ends_with(":application") {
                found.extend(self.output(&join(&base, inner), false));
            } else if !builder.is_empty() {
                found.extend(self.output(&base, false));
            }
        }
        Ok(found)
    }
}

/// Endings of scripts and of files that configure tools.
const ENDINGS: &[&str] = &[".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json"];
