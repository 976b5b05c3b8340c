//! What the Nest CLI makes, as nest-cli.json says.

use anyhow::Result;
use serde_json::Value;

use super::{below_first, in_folder, typescript};
use crate::repo::{Repo, join, normal};
use crate::stack::javascript::script::Command;

/// The settings of one project.
pub(in crate::stack::node) struct Nest {
    /// The source that is started, below the package.
    pub entry: String,
    root: String,
    bundles: bool,
    swaps: bool,
    settings: Option<String>,
}

/// Reads what is said of a project, or of the one that is meant without a name; `None` where
/// nest-cli.json cannot be read or has no such project.
///
/// # Errors
/// When the file cannot be read.
pub(in crate::stack::node) fn read(repo: &Repo, folder: &str, name: Option<&str>) -> Result<Option<Nest>> {
    let text = repo.source(&join(folder, "nest-cli.json"))?.unwrap_or_else(|| "{}".to_owned());
    let Ok(value) = serde_json::from_str::<Value>(&text) else { return Ok(None) };
    let project = match name {
        Some(name) => match value.get("projects").and_then(|projects| projects.get(name)) {
            Some(project) => project.clone(),
            None => return Ok(None),
        },
        None => Value::Null,
    };
    let find = |keys: &[&str]| {
        let of = |value: &Value| keys.iter().try_fold(value.clone(), |value, key| value.get(*key).cloned());
        of(&project).or_else(|| of(&value))
    };
    let text = |keys: &[&str]| find(keys).and_then(|value| value.as_str().map(str::to_owned));
    let is_many = find(&["monorepo"]) == Some(Value::Bool(true));
    let root = text(&["root"]).and_then(|root| normal(&root)).unwrap_or_default();
    let usual = if is_many { join(&root, "src") } else { "src".to_owned() };
    let source = text(&["sourceRoot"]).and_then(|path| normal(&path)).unwrap_or(usual);
    let file = text(&["entryFile"]).unwrap_or_else(|| "main".to_owned());
    let builder = text(&["compilerOptions", "builder"]).or(text(&["compilerOptions", "builder", "type"]));
    let bundles = match (find(&["compilerOptions", "webpack"]).and_then(|value| value.as_bool()), &builder) {
        (_, Some(builder)) => builder == "webpack",
        (Some(said), None) => said,
        (None, None) => is_many,
    };
    Ok(Some(Nest {
        entry: join(&source, &format!("{}.ts", file.trim_end_matches(".ts").trim_end_matches(".js"))),
        root: if is_many { root } else { String::new() },
        bundles,
        swaps: builder.as_deref() == Some("swc"),
        settings: text(&["compilerOptions", "tsConfigPath"]),
    }))
}

/// The project that a command of it names.
pub(in crate::stack::node) fn project(words: &[String]) -> Option<&str> {
    words.iter().map(String::as_str).find(|word| !word.starts_with('-'))
}

/// The file that `nest build` makes of a source.
///
/// # Errors
/// As [`typescript::compiled`].
pub(super) fn made(repo: &Repo, folder: &str, command: &Command, entry: &str) -> Result<Option<String>> {
    let at = command.iter().position(|word| word == "build");
    let words = at.and_then(|at| command.get(at + 1..)).unwrap_or_default();
    let Some(nest) = read(repo, folder, project(words))? else { return Ok(None) };
    let says = |flag: &str| words.iter().any(|word| word == flag);
    let output = |file: &str| Some(join("dist", &join(&nest.root, file)));
    if (nest.bundles || says("--webpack")) && !says("--tsc") {
        let name = nest.entry.rsplit('/').next().unwrap_or_default();
        return Ok(if nest.entry == entry { output(&in_folder("", name)) } else { None });
    }
    if nest.swaps {
        return Ok(if nest.root.is_empty() { output(&in_folder("", &below_first(entry))) } else { None });
    }
    let usual = ["tsconfig.build.json", "tsconfig.json"].map(|name| join(&nest.root, name));
    let mut settings = nest.settings.clone();
    if settings.is_none() && !nest.root.is_empty() {
        settings = Some(join(&nest.root, "tsconfig.app.json"));
    }
    for name in usual {
        if settings.is_none() && repo.has(&join(folder, &name))? {
            settings = Some(name);
        }
    }
    let Some(settings) = settings else { return Ok(output("main.js")) };
    let command = ["tsc".to_owned(), "-p".to_owned(), settings].to_vec();
    typescript::compiled(repo, folder, &command, entry)
}
