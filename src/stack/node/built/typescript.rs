//! What the TypeScript compiler makes of a source.

use anyhow::Result;
use serde_json::Value;

use super::{in_folder, one};
use crate::repo::{Repo, join, normal, parent};
use crate::stack::javascript::script::Command;

/// Files that extend, or refer to, one another are not followed further.
const DEEPEST: usize = 8;

const ENDINGS: &[&str] = &[".ts", ".mts", ".cts", ".tsx"];

/// The file, below the package in `folder`, that a command of the compiler makes of a source of it;
/// `None` where it makes none, and where its settings do not tell.
///
/// # Errors
/// When the settings cannot be read.
pub(super) fn compiled(repo: &Repo, folder: &str, command: &Command, entry: &str) -> Result<Option<String>> {
    let given: Vec<String> = command
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with('-') && ENDINGS.iter().any(|ending| word.ends_with(ending)))
        .filter_map(|word| normal(&join(folder, word)))
        .collect();
    let builds = command.iter().any(|word| matches!(word.as_str(), "-b" | "--build"));
    let entry = join(folder, entry);
    let project = if given.is_empty() {
        let named = one(command, &["-p", "--project", "-b", "--build"]).filter(|name| !name.starts_with('-'));
        let project = json(&named.unwrap_or_default(), "tsconfig.json");
        let Some(file) = normal(&join(folder, &project)) else { return Ok(None) };
        Project::find(repo, &file, &entry, builds, 0)?
    } else {
        Some(Project { files: Some(given), ..Project::default() })
    };
    let Some(mut project) = project else { return Ok(None) };
    project.told(folder, command);
    let made = project.made(repo, &entry)?;
    let below = |file: String| match folder {
        "" => Some(file),
        folder => file.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned),
    };
    Ok(made.and_then(below))
}

/// The settings of a path that may be a folder.
fn json(path: &str, usual: &str) -> String {
    if path.ends_with(".json") { path.to_owned() } else { join(path.trim_end_matches('/'), usual) }
}

/// Settings of the compiler; paths start at the repository.
#[derive(Default)]
struct Project {
    folder: String,
    out: Option<String>,
    root: Option<String>,
    files: Option<Vec<String>>,
    include: Option<Vec<String>>,
    exclude: Vec<String>,
    references: Vec<String>,
    composite: Option<bool>,
    /// Whether it only checks.
    idle: Option<bool>,
    /// Whether it makes declarations alone.
    declares: Option<bool>,
    /// Whether a package, which is not here, says more.
    is_partial: bool,
}

impl Project {
    /// The project that compiles a source: the one in a file, or of a build one that it refers to.
    fn find(repo: &Repo, file: &str, entry: &str, builds: bool, depth: usize) -> Result<Option<Project>> {
        let Some(project) = Project::read(repo, file, file, 0)? else { return Ok(None) };
        if !builds || project.inputs(repo)?.iter().any(|input| is_same(input, entry)) {
            return Ok(Some(project));
        }
        for reference in project.references.iter().filter(|_| depth < DEEPEST) {
            if let Some(found) = Project::find(repo, reference, entry, builds, depth + 1)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Reads a file and those that it extends; `None` where one of them is not there or leads out of
    /// the repository. `leaf` is the file that is extended.
    fn read(repo: &Repo, file: &str, leaf: &str, depth: usize) -> Result<Option<Project>> {
        let Some(text) = repo.source(file)?.filter(|_| depth < DEEPEST) else { return Ok(None) };
        let mut plain = text.into_bytes();
        if json_strip_comments::strip_slice(&mut plain).is_err() {
            return Ok(None);
        }
        let Ok(value) = serde_json::from_slice::<Value>(&plain) else { return Ok(None) };
        let mut project = Project { folder: parent(leaf).to_owned(), ..Project::default() };
        let bases = match value.get("extends") {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one.as_str()],
            _ => Vec::new(),
        };
        for base in bases {
            if !base.starts_with('.') {
                project.is_partial = true;
                continue;
            }
            let Some(path) = normal(&join(parent(file), base)) else { return Ok(None) };
            let path = if repo.has(&path)? { path } else { format!("{path}.json") };
            let Some(above) = Project::read(repo, &path, leaf, depth + 1)? else { return Ok(None) };
            project.extend(above);
        }
        let Some(own) = Project::own(&value, file, leaf) else { return Ok(None) };
        project.extend(own);
        Ok(Some(project))
    }

    /// What one file says; `None` where a path leads out of the repository.
    fn own(value: &Value, file: &str, leaf: &str) -> Option<Project> {
        let path = |text: &str| match text.strip_prefix("${configDir}") {
            Some(rest) => normal(&join(parent(leaf), rest.trim_start_matches('/'))),
            None => normal(&join(parent(file), text)),
        };
        let paths = |key: &str| -> Option<Vec<String>> {
            let all = value.get(key)?.as_array()?.iter().filter_map(Value::as_str);
            Some(all.filter_map(path).collect())
        };
        let option = |key: &str| value.get("compilerOptions").and_then(|options| options.get(key));
        let folder = |key: &str| match option(key).and_then(Value::as_str) {
            Some(text) => path(text).map(Some),
            None => Some(None),
        };
        let flag = |key: &str| option(key).and_then(Value::as_bool);
        let references = value.get("references").and_then(Value::as_array).into_iter().flatten();
        let references = references.filter_map(|one| path(one.get("path")?.as_str()?));
        Some(Project {
            folder: parent(leaf).to_owned(),
            out: folder("outDir")?,
            root: folder("rootDir")?,
            files: paths("files"),
            include: paths("include"),
            exclude: paths("exclude").unwrap_or_default(),
            references: references.map(|path| json(&path, "tsconfig.json")).collect(),
            composite: flag("composite"),
            idle: flag("noEmit"),
            declares: flag("emitDeclarationOnly"),
            is_partial: false,
        })
    }

    /// Takes over what another says.
    fn extend(&mut self, other: Project) {
        self.out = other.out.or(self.out.take());
        self.root = other.root.or(self.root.take());
        self.files = other.files.or(self.files.take());
        self.include = other.include.or(self.include.take());
        if !other.exclude.is_empty() {
            self.exclude = other.exclude;
        }
        self.references = other.references;
        self.composite = other.composite.or(self.composite);
        self.idle = other.idle.or(self.idle);
        self.declares = other.declares.or(self.declares);
        self.is_partial |= other.is_partial;
    }

    /// What the words of a command change.
    fn told(&mut self, folder: &str, command: &Command) {
        let path = |name: &str| normal(&join(folder, &one(command, &[name])?));
        self.out = path("--outDir").or(self.out.take());
        self.root = path("--rootDir").or(self.root.take());
        let flag = |name: &str| {
            let at = command.iter().position(|word| word.eq_ignore_ascii_case(name))?;
            Some(command.get(at + 1).is_none_or(|value| value != "false"))
        };
        self.idle = flag("--noEmit").or(self.idle);
        self.declares = flag("--emitDeclarationOnly").or(self.declares);
    }

    /// The file that is made of a source.
    fn made(&self, repo: &Repo, entry: &str) -> Result<Option<String>> {
        let makes_nothing = self.idle == Some(true) || self.declares == Some(true);
        // A package's settings mostly only check where nobody says what is filled.
        let is_unsure = self.is_partial && self.out.is_none() && self.idle.is_none();
        if makes_nothing || is_unsure {
            return Ok(None);
        }
        let root = match &self.root {
            Some(root) => root.clone(),
            None if self.composite == Some(true) => self.folder.clone(),
            None => common(&self.inputs(repo)?).unwrap_or_else(|| self.folder.clone()),
        };
        let inner = if root.is_empty() { Some(entry) } else { entry.strip_prefix(&format!("{root}/")) };
        Ok(inner.map(|inner| in_folder(self.out.as_ref().unwrap_or(&root), inner)))
    }

    /// The sources that it compiles, without those that only they import.
    fn inputs(&self, repo: &Repo) -> Result<Vec<String>> {
        let mut found = self.files.clone().unwrap_or_default();
        let everything = || vec![self.folder.clone()];
        let include = match (&self.include, &self.files) {
            (Some(include), _) => include.clone(),
            (None, Some(_)) => Vec::new(),
            (None, None) => everything(),
        };
        let fills = self.out.iter().filter(|out| **out != self.folder);
        let outside: Vec<&str> = self.exclude.iter().chain(fills).map(|path| plain(path)).collect();
        for pattern in include {
            if ENDINGS.iter().any(|ending| pattern.ends_with(ending)) && !pattern.contains('*') {
                found.push(pattern);
                continue;
            }
            let sources = repo.sources(plain(&pattern), ENDINGS)?;
            let is_in = |file: &String| {
                !file.ends_with(".d.ts") && !outside.iter().any(|folder| is_below(file, folder))
            };
            found.extend(sources.into_iter().filter(is_in));
        }
        Ok(found)
    }
}

/// The folder that a pattern starts in.
fn plain(pattern: &str) -> &str {
    match pattern.find(['*', '?']) {
        Some(at) => parent(pattern.get(..at).unwrap_or_default()),
        None => pattern,
    }
}

fn is_below(file: &str, folder: &str) -> bool {
    !folder.is_empty() && file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a source is the one that is named, perhaps without its ending.
fn is_same(input: &str, entry: &str) -> bool {
    let stem = ENDINGS.iter().find_map(|ending| input.strip_suffix(ending)).unwrap_or(input);
    input == entry || stem == entry || stem.strip_suffix("/index") == Some(entry)
}

/// The folder that all of these files are below.
fn common(files: &[String]) -> Option<String> {
    let mut common = parent(files.first()?);
    for file in files {
        while !common.is_empty() && !is_below(file, common) {
            common = parent(common);
        }
    }
    Some(common.to_owned())
}
