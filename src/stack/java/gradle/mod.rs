//! What the files of a Gradle build say, read as Gradle would as far as literals go.

mod archive;
mod asked;
mod dependencies;
mod files;
mod makes;
mod plan;
mod plugins;
mod program;
mod project;
mod quarkus;
mod remote;
mod settings;
mod spring;
mod value;
mod wrapper;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use self::makes::Look;
pub(super) use self::plan::project;
use self::plugins::Applied;
use self::project::{Around, Project};
use self::remote::Remote;
use self::wrapper::Wrapper;
use super::module::{Module, Properties};
use crate::catalog::{self, Java};
use crate::evidence::Evidence;
use crate::manifest::gradle::Expr;
use crate::manifest::properties::properties;
use crate::repo::Repo;

/// What is known of a build.
#[derive(Debug)]
struct Build {
    /// The projects that have a script or are included.
    pub modules: Vec<Module>,
    /// Gradle's path of each module, in their order: `:`, `:app`.
    pub paths: Vec<String>,
    pub wrapper: Wrapper,
    /// Repositories that ask for credentials.
    pub private: Vec<Remote>,
    /// The plugin that downloads the JDKs that toolchains ask for.
    pub resolver: Option<Evidence>,
    /// Java releases that are computed, by the folder of the module.
    pub computed: Vec<(String, Evidence)>,
    /// Plugins to know of.
    pub noted: Vec<Noted>,
    /// Programs that tasks run, by the folder of the module and their name.
    pub commands: Vec<(String, String, Evidence)>,
    /// Where a file cannot be read.
    pub unreadable: Vec<Evidence>,
    pub warnings: Vec<String>,
    /// The scripts that say all this.
    pub files: Vec<String>,
}

/// A plugin to know of.
#[derive(Debug)]
struct Noted {
    /// The folder of the module that applies it.
    pub folder: String,
    pub id: String,
    pub evidence: Evidence,
    pub note: String,
    /// A task that a build of an image does without.
    pub skip: Option<String>,
}

/// Reads the build at the root of a repository; without one, no module is found.
///
/// # Errors
/// When a folder or file cannot be read.
fn read(repo: &Repo) -> Result<Build> {
    let knowledge = catalog::java()?;
    let (around, projects) = project::read(repo)?;
    let mut build = Build {
        modules: Vec::new(),
        paths: Vec::new(),
        wrapper: wrapper::read(repo)?,
        private: Vec::new(),
        resolver: around.settings.resolver.clone(),
        computed: Vec::new(),
        noted: Vec::new(),
        commands: Vec::new(),
        unreadable: Vec::new(),
        warnings: around.settings.warnings.clone(),
        files: Vec::new(),
    };
    let lost = around.settings.computed.iter();
    build.warnings.extend(lost.map(|one| format!("{} computes which projects there are", one.place())));
    let names = projects.iter().map(|one| (dependencies::accessor(&one.path), one.name.clone())).collect();
    for project in &projects {
        build.module(repo, &around, project, &knowledge, &names)?;
    }
    build.remotes(&around, &projects);
    build.machine(repo)?;
    build.unreadable = around.scripts.unreadable.take();
    build.files = around.scripts.read();
    Ok(build)
}

impl Build {
    fn module(
        &mut self,
        repo: &Repo,
        around: &Around,
        project: &Project,
        knowledge: &Java,
        names: &BTreeMap<String, String>,
    ) -> Result<()> {
        let scope = around.scope(project);
        let applied = plugins::applied(&project.layers, around);
        let needs = dependencies::read(project, around, &scope, names);
        let rows = &knowledge.gradle_plugin;
        let look = Look {
            repo,
            around,
            project,
            scope: &scope,
            applied: &applied,
            needs: &needs,
            java: knowledge,
            rows,
        };
        let makes = makes::read(&look)?;
        let java = asked::read(project, &scope).unwrap_or_else(|evidence| {
            self.computed.push((project.folder.clone(), evidence));
            None
        });
        self.note(project, &applied, knowledge);
        self.commands(project);
        self.paths.push(project.path.clone());
        self.modules.push(Module {
            folder: project.folder.clone(),
            name: project.name.clone(),
            manifest: project.manifest.clone(),
            evidence: project.evidence.clone(),
            java,
            builds_on: Vec::new(),
            reads: Vec::new(),
            dependencies: needs.dependencies,
            properties: Properties::default(),
            jar: None,
            // A root without a name is called after its folder, which is /src in the build.
            stem: (!project.named).then(|| "src".to_owned()),
            makes,
        });
        Ok(())
    }

    fn note(&mut self, project: &Project, applied: &[Applied], knowledge: &Java) {
        let mut seen = BTreeSet::new();
        for one in applied.iter().filter(|one| seen.insert(one.id.as_str())) {
            let row = knowledge.gradle_plugin.iter().find(|row| row.is(&one.id));
            if let Some((row, note)) = row.and_then(|row| Some((row, row.note.as_ref()?))) {
                self.noted.push(Noted {
                    folder: project.folder.clone(),
                    id: one.id.clone(),
                    evidence: one.evidence.clone(),
                    note: note.clone(),
                    skip: row.skip.clone(),
                });
            }
        }
    }

    /// Notes the programs that tasks of the kind `Exec` run.
    fn commands(&mut self, project: &Project) {
        for file in &project.layers {
            for event in
                file.events.iter().filter(|event| matches!(event.name(), "commandLine" | "executable"))
            {
                let program = event.given().and_then(|value| match value {
                    Expr::List(entries) => entries.first()?.value.literal(),
                    Expr::Chain(links) => links.last()?.literal(),
                    other => other.literal(),
                });
                if let Some(program) = program {
                    let evidence = file.says("command", event);
                    self.commands.push((project.folder.clone(), program.to_owned(), evidence));
                }
            }
        }
    }

    /// Reads the repositories of every script once.
    fn remotes(&mut self, around: &Around, projects: &[Project]) {
        let mut seen = BTreeSet::new();
        let mut warnings = Vec::new();
        let root = projects.iter().find(|one| one.path == ":").or(projects.first());
        let Some(root) = root else { return };
        let outer = around.scope(root);
        if let Some(file) = &around.settings.script {
            remote::read(file, &outer, &mut self.private, &mut warnings);
        }
        for project in projects {
            let scope = around.scope(project);
            for file in project.layers.iter().filter(|file| seen.insert(std::rc::Rc::as_ptr(file))) {
                remote::read(file, &scope, &mut self.private, &mut warnings);
            }
        }
        warnings.dedup();
        self.warnings.extend(warnings);
    }

    /// What gradle.properties says of the machine that it was written on.
    fn machine(&mut self, repo: &Repo) -> Result<()> {
        let Some(text) = repo.source("gradle.properties")? else { return Ok(()) };
        if let Some((value, line)) = properties(&text).get("org.gradle.java.home") {
            self.warnings.push(format!(
                "gradle.properties:{line} sets `org.gradle.java.home` to `{value}`, which the build image does not have"
            ));
        }
        Ok(())
    }
}
