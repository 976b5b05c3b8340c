//! Sites that angular.json, or project.json of an Nx workspace, describes.

use anyhow::Result;
use serde_json::Value;

use crate::evidence::Evidence;
use crate::repo::{Repo, join, parent};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script::{self, Command};

/// What the build of a project leaves.
pub(super) enum Made {
    Site(Files),
    /// The file of a server, below the package.
    Server {
        file: String,
        evidence: Evidence,
    },
    /// Several projects, and none is named.
    Several(Vec<String>),
    /// No project whose build is known.
    Nothing,
}

/// A project's files.
pub(super) struct Files {
    /// The name of the tool that makes them.
    pub tool: &'static str,
    /// The folder, below the package.
    pub output: String,
    /// The page for every path.
    pub page: &'static str,
    pub base: Option<String>,
    /// Whether names change with the contents.
    pub is_hashed: bool,
    pub evidence: Evidence,
}

struct Project {
    name: String,
    folder: String,
    file: String,
    value: Value,
}

/// What `ng build` makes.
pub(super) fn ng(repo: &Repo, candidate: &Candidate, command: &Command) -> Result<Made> {
    let file = join(&candidate.folder, "angular.json");
    let Some(value) = json(repo, &file)? else { return Ok(Made::Nothing) };
    let all = value["projects"].as_object().into_iter().flatten().map(|(name, value)| Project {
        name: name.clone(),
        folder: value["root"].as_str().unwrap_or_default().to_owned(),
        file: file.clone(),
        value: value.clone(),
    });
    Ok(made(all.collect(), value["defaultProject"].as_str(), command))
}

/// What a command of Nx makes, where it builds a project of the workspace.
pub(super) fn nx(repo: &Repo, candidate: &Candidate, commands: &[Command]) -> Result<Option<Made>> {
    let starts = |command: &&Command| {
        script::says(command, "nx build") || (script::says(command, "nx run") && builds(command))
    };
    let Some(command) = commands.iter().find(starts) else { return Ok(None) };
    let mut all = Vec::new();
    for file in repo.sources(&candidate.folder, &["project.json"])? {
        let Some(value) = json(repo, &file)?.filter(|_| file.ends_with("project.json")) else { continue };
        let folder = parent(&file).strip_prefix(&candidate.folder).unwrap_or_default();
        let folder = folder.trim_start_matches('/').to_owned();
        let name =
            value["name"].as_str().or_else(|| folder.rsplit('/').next()).unwrap_or_default().to_owned();
        all.push(Project { name, folder, file, value });
    }
    Ok(Some(made(all, None, command)))
}

fn builds(command: &Command) -> bool {
    command.iter().any(|word| word.split(':').nth(1) == Some("build"))
}

fn json(repo: &Repo, file: &str) -> Result<Option<Value>> {
    Ok(repo.source(file)?.and_then(|text| serde_json::from_str(&text).ok()))
}

fn made(mut all: Vec<Project>, usual: Option<&str>, command: &Command) -> Made {
    all.retain(|project| {
        project.value["projectType"].as_str() != Some("library") && project.builder().is_some()
    });
    let names = |project: &&Project| {
        command.iter().any(|word| word.split(':').next() == Some(&project.name) || *word == project.name)
    };
    let named = all.iter().find(names).or_else(|| all.iter().find(|one| Some(one.name.as_str()) == usual));
    match (named, all.as_slice()) {
        (Some(project), _) => project.made(command),
        (None, [project]) => project.made(command),
        (None, []) => Made::Nothing,
        (None, _) => Made::Several(all.into_iter().map(|project| project.name).collect()),
    }
}

impl Project {
    fn build(&self) -> &Value {
        let targets = ["architect", "targets"].into_iter().map(|key| &self.value[key]["build"]);
        targets.into_iter().find(|build| !build.is_null()).unwrap_or(&Value::Null)
    }

    /// The program that builds, where it is one that builds applications.
    fn builder(&self) -> Option<&str> {
        let build = self.build();
        let builder = build["builder"].as_str().or_else(|| build["executor"].as_str())?;
        let name = builder.rsplit(':').next()?;
        let is_angular = matches!(name, "application" | "browser" | "browser-esbuild" | "webpack-browser");
        (is_angular || builder.contains("vite:build")).then_some(builder)
    }

    /// An option, as the configuration of the command sets it.
    fn option(&self, key: &str, command: &Command) -> &Value {
        let build = self.build();
        let names = ["-c", "--configuration"].map(str::to_owned);
        let named = script::options(command, &names).into_iter().next_back();
        let by_target = command.iter().find_map(|word| word.split(':').nth(2));
        let usual = build["defaultConfiguration"].as_str().unwrap_or("production");
        let configured = &build["configurations"][named.or(by_target).unwrap_or(usual)][key];
        if configured.is_null() { &build["options"][key] } else { configured }
    }

    fn made(&self, command: &Command) -> Made {
        let builder = self.builder().unwrap_or_default();
        let path = self.option("outputPath", command);
        let word = |option: &str| script::options(command, &[option.to_owned()]).pop().map(str::to_owned);
        let tool = if builder.contains("vite:") { "vite" } else { "angular" };
        let usual = || match tool {
            "vite" => join("dist", &self.folder),
            _ => format!("dist/{}", self.name),
        };
        let configured = path.as_str().or_else(|| path["base"].as_str()).map(str::to_owned);
        let folder = word("--output-path").or(configured).unwrap_or_else(usual);
        let folder = folder.trim_start_matches("./").trim_end_matches('/').to_owned();
        let is_application = builder.ends_with(":application");
        let line = format!("`{}` is built by {builder}", self.name);
        let evidence = Evidence::file("site", &self.file, line);
        let inner = |key: &str| path[key].as_str().unwrap_or(key).to_owned();
        let is_static = self.option("outputMode", command).as_str() == Some("static");
        let ssr = self.option("ssr", command);
        let has_server =
            ssr["entry"].is_string() || self.option("outputMode", command).as_str() == Some("server");
        if is_application && has_server && !is_static {
            let file = format!("{}/server.mjs", join(&folder, &inner("server")));
            return Made::Server { file, evidence };
        }
        let is_rendered = is_static || self.option("server", command).is_string();
        Made::Site(Files {
            tool,
            output: if is_application { join(&folder, &inner("browser")) } else { folder },
            page: if is_application && is_rendered { "index.csr.html" } else { "index.html" },
            base: word("--base-href")
                .or_else(|| self.option("baseHref", command).as_str().map(str::to_owned)),
            is_hashed: tool == "vite" || self.option("outputHashing", command).as_str() == Some("all"),
            evidence,
        })
    }
}
