//! What the files of a Gradle build say, read as Gradle would as far as literals go.

mod archive;
mod asked;
mod commands;
mod dependencies;
mod files;
mod fits;
mod makes;
mod options;
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

use self::fits::Fits;
use self::makes::Look;
pub(super) use self::plan::project;
use self::plugins::Applied;
use self::project::{Around, Project};
use self::remote::Remote;
use self::settings::Settings;
use self::wrapper::Wrapper;
use super::module::{BuildsOn, Makes, Module, OnPath, Properties};
use crate::catalog::{self, GradlePlugin, Java, Release};
use crate::evidence::Evidence;
use crate::manifest::properties::{self, properties};
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
    /// Projects whose tasks or files a project asks for besides its dependencies: the folder of
    /// the one, the path of the other.
    pub near: Vec<(String, String, Evidence)>,
    /// The releases of Gradle that plugins and scripts ask for.
    pub fits: Fits,
    /// Where a file cannot be read.
    pub unreadable: Vec<Evidence>,
    pub warnings: Vec<String>,
    /// What the root's gradle.properties says.
    pub properties: properties::Settings,
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
    /// Whether the build surely fails without the files of git.
    pub fails: bool,
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
        resolver: resolver(&around.settings),
        computed: Vec::new(),
        noted: Vec::new(),
        commands: Vec::new(),
        near: Vec::new(),
        fits: Fits::default(),
        unreadable: Vec::new(),
        warnings: around.settings.warnings.clone(),
        properties: properties::Settings::new(),
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
    build.daemon(repo)?;
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
        let mut makes = makes::read(&look)?;
        if let (None, Some(stop)) = (&self.resolver, asked::vendor(project)) {
            makes = match makes {
                Makes::Application(_) => Makes::Refused(stop),
                other => other,
            };
        }
        let roots = look.roots();
        self.fits.read(&look, &knowledge.gradle_fits);
        let java = asked::read(project, &scope).unwrap_or_else(|evidence| {
            self.computed.push((project.folder.clone(), evidence));
            None
        });
        self.note(project, &applied, knowledge);
        self.commands.extend(
            commands::read(project)
                .into_iter()
                .map(|(name, evidence)| (project.folder.clone(), name, evidence)),
        );
        self.near.extend(
            commands::near(project)
                .into_iter()
                .map(|(path, evidence)| (project.folder.clone(), path, evidence)),
        );
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
            roots,
            jar: None,
            // A root without a name is called after its folder, which is /src in the build.
            on_path: OnPath::default(),
            stem: (!project.named).then(|| "src".to_owned()),
            makes,
        });
        Ok(())
    }

    fn note(&mut self, project: &Project, applied: &[Applied], knowledge: &Java) {
        let mut seen = BTreeSet::new();
        for one in applied.iter().filter(|one| seen.insert(one.id.as_str())) {
            let row = knowledge.gradle_plugin.iter().find(|row| row.is(&one.id));
            if let Some((row, note)) = row.and_then(|row| Some((row, told(row, project)?))) {
                self.noted.push(Noted {
                    folder: project.folder.clone(),
                    id: one.id.clone(),
                    evidence: one.evidence.clone(),
                    note: note.clone(),
                    skip: row.skip.clone().filter(|_| !one.guarded),
                    fails: row.fails && !one.guarded,
                });
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

    /// The one release of Java that Gradle 8.8 and newer then run on.
    fn daemon(&mut self, repo: &Repo) -> Result<()> {
        let old = "8.8".parse().is_ok_and(|from: Release| {
            let own = self.wrapper.distribution.as_ref().and_then(|one| one.version.as_ref());
            own.is_some_and(|own| own.first(2) < from)
        });
        let text = repo.source(DAEMON)?.unwrap_or_default();
        let said = properties(&text);
        let Some((value, line)) = said.get("toolchainVersion").filter(|_| !old) else { return Ok(()) };
        let Ok(release) = value.trim().parse() else { return Ok(()) };
        let evidence = Evidence::at("daemon", DAEMON, *line, format!("toolchainVersion={value}"));
        for module in &mut self.modules {
            module.builds_on.push(BuildsOn { ranges: vec![(release, release)], evidence: evidence.clone() });
        }
        Ok(())
    }

    /// What gradle.properties says of the machine that it was written on.
    fn machine(&mut self, repo: &Repo) -> Result<()> {
        self.properties = properties(&repo.source(MACHINE)?.unwrap_or_default());
        if let Some((value, line)) = self.properties.get("org.gradle.jvmargs")
            && let Some(size) =
                value.split_whitespace().find(|word| heap(word).is_some_and(|size| size > LARGE))
        {
            self.warnings.push(format!(
                "{MACHINE}:{line} gives the build a heap of up to {} (`{size}`): where images are built there must be as much",
                size.trim_start_matches("-Xmx")
            ));
        }
        Ok(())
    }
}

/// What the root says of the machine and the build.
const MACHINE: &str = "gradle.properties";

/// What says which Java Gradle itself runs on.
const DAEMON: &str = "gradle/gradle-daemon-jvm.properties";

/// The JDK that Gradle runs on.
const HOME: &str = "org.gradle.java.home";

/// What to know of a plugin, as a project sets it.
fn told<'r>(row: &'r GradlePlugin, project: &Project) -> Option<&'r String> {
    let Some([block, name]) = &row.brings else { return row.note.as_ref() };
    let mut events = project.layers.iter().flat_map(|file| &file.events);
    let brings = events.any(|event| {
        event.ends(&[block.as_str(), name.as_str()])
            && event.given().is_some_and(|value| makes::is_word(value, "true"))
    });
    if brings { row.note.as_ref() } else { row.lacks.as_ref() }
}

/// A heap in MiB that machines which build images often lack.
const LARGE: u64 = 6 * 1024;

/// The MiB of `-Xmx8g`.
fn heap(word: &str) -> Option<u64> {
    let size = word.strip_prefix("-Xmx")?;
    let number: u64 = size.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
    match size.chars().last()?.to_ascii_lowercase() {
        'g' => number.checked_mul(1024),
        'm' => Some(number),
        _ => None,
    }
}

/// The plugin that downloads JDKs, unless the properties switch that off.
fn resolver(settings: &Settings) -> Option<Evidence> {
    let off = settings.properties.get("org.gradle.java.installations.auto-download");
    settings.resolver.clone().filter(|_| off.is_none_or(|(value, _)| value.trim() != "false"))
}
