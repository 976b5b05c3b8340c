//! The projects of a build, each with the scripts that speak of it, in the order that they count.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::Result;

use super::files::{File, Parted, Scripts};
use super::plugins;
use super::settings::{Settings, scripts_of};
use super::value::Scope;
use crate::evidence::Evidence;
use crate::manifest::properties::{self, Settings as Properties};
use crate::repo::{Repo, join};

/// A project.
pub(super) struct Project {
    /// `:` or `:a:b`.
    pub path: String,
    pub folder: String,
    pub name: String,
    /// Whether its name is known wherever it is built.
    pub named: bool,
    /// Its own script; else what says that there is such a project.
    pub manifest: String,
    pub evidence: Evidence,
    /// Scripts, the strongest last.
    pub layers: Vec<Rc<File>>,
    pub properties: Properties,
}

/// More events than this, of all projects together, say nothing that a person wrote.
const MOST: usize = 2_000_000;

/// What all projects share.
pub(super) struct Around<'r> {
    pub scripts: Scripts<'r>,
    pub settings: Settings,
    /// Scripts that are plugins of the build itself, by id.
    pub conventions: BTreeMap<String, String>,
    /// Ids of plugins that the build programs itself, and where.
    pub programmed: BTreeMap<String, Evidence>,
    /// The scripts that build these plugins.
    pub builds: Vec<Rc<File>>,
    /// What the root's script and the constants of `buildSrc` give to all.
    pub root: Vec<Rc<File>>,
}

impl Around<'_> {
    /// The names that the scripts of a project can use.
    pub(super) fn scope<'a>(&'a self, project: &'a Project) -> Scope<'a> {
        self.scope_of(&project.folder, &project.layers, &project.properties)
    }

    fn scope_of<'a>(&'a self, folder: &'a str, layers: &[Rc<File>], own: &'a Properties) -> Scope<'a> {
        Scope {
            folder,
            layers: self.root.iter().chain(layers).cloned().collect(),
            properties: vec![own, &self.settings.properties],
            catalogs: &self.settings.catalogs,
            steps: Cell::new(0),
        }
    }
}

/// Reads all projects.
pub(super) fn read(repo: &Repo) -> Result<(Around<'_>, Vec<Project>)> {
    let scripts = Scripts::new(repo);
    let settings = super::settings::read(&scripts)?;
    let Conventions { scripts: conventions, programmed, builds } = conventions(&scripts, &settings)?;
    let mut around = Around { scripts, settings, conventions, programmed, builds, root: Vec::new() };
    around.root.extend(build_sources(&around.scripts)?);
    let mut projects = Vec::new();
    let mut left = MOST;
    let root_name = around.settings.name.clone();
    let first = (":".to_owned(), String::new(), root_name.clone().unwrap_or_else(|| repo.name().to_owned()));
    let others: Vec<_> = around
        .settings
        .folders
        .iter()
        .map(|(path, (folder, _))| {
            (path.clone(), folder.clone(), path.rsplit(':').next().unwrap_or_default().to_owned())
        })
        .collect();
    for (path, folder, name) in std::iter::once(first).chain(others) {
        let own = around.scripts.first(&scripts_of(&folder, &name, &around.settings))?;
        let is_root = path == ":";
        let text = if is_root { None } else { repo.source(&join(&folder, "gradle.properties"))? };
        let mut project = Project {
            named: !is_root || root_name.is_some(),
            manifest: String::new(),
            evidence: Evidence::file("project", "", ""),
            layers: Vec::new(),
            properties: properties::properties(&text.unwrap_or_default()),
            path,
            folder,
            name,
        };
        if !describe(&around, &mut project, own.as_deref()) {
            continue;
        }
        layers(&around, &mut project, own.as_deref())?;
        let events = project.layers.iter().chain(&around.root).map(|file| file.events.len()).sum::<usize>();
        match left.checked_sub(events) {
            Some(rest) => left = rest,
            None => {
                let evidence = Evidence::file(
                    "unreadable",
                    &project.manifest,
                    "the build has too many projects and statements",
                );
                around.scripts.unreadable.borrow_mut().push(evidence);
                break;
            }
        }
        if is_root {
            around.root.extend(own.iter().flat_map(|own| [own.all.clone(), own.own.clone()]));
        }
        projects.push(project);
    }
    Ok((around, projects))
}

/// Says where a project is described; whether it is anywhere.
fn describe(around: &Around, project: &mut Project, own: Option<&Parted>) -> bool {
    let included = around.settings.folders.get(&project.path).map(|(_, evidence)| evidence.clone());
    let root = around.settings.script.as_ref().filter(|_| project.path == ":");
    let from_settings = root.and_then(|file| {
        let event = file.events.iter().find(|event| event.is(&["rootProject", "name"]))?;
        Some(file.says("project", event))
    });
    let settings = root.map(|file| Evidence::file("project", &file.name, "settings of a build"));
    let script = own.map(|own| Evidence::file("project", &own.own.name, "a build script"));
    let Some(evidence) = included.or(from_settings).or(script).or(settings) else { return false };
    project.manifest = own.map_or_else(|| evidence.file.clone(), |own| own.own.name.clone());
    project.evidence = evidence;
    true
}

/// Gathers the scripts that speak of a project: those of the projects above it, those that are
/// applied, its own.
fn layers(around: &Around, project: &mut Project, own: Option<&Parted>) -> Result<()> {
    let mut found = Layers { around, seen: BTreeSet::new(), files: Vec::new() };
    let parts: Vec<&str> = project.path.split(':').filter(|part| !part.is_empty()).collect();
    for count in 0..parts.len() {
        let above = parts.iter().take(count).copied().collect::<Vec<_>>();
        let (path, folder) = (format!(":{}", above.join(":")), above.join("/"));
        let folder = around.settings.folders.get(&path).map_or(folder, |(folder, _)| folder.clone());
        let name = above.last().copied().unwrap_or_default();
        let Some(script) = around.scripts.first(&scripts_of(&folder, name, &around.settings))? else {
            continue;
        };
        found.add(script.all.clone(), project)?;
        found.add(script.sub.clone(), project)?;
        let relative = project.path.strip_prefix(&path).unwrap_or(&project.path).trim_start_matches(':');
        for named in [project.path.as_str(), relative] {
            if let Some(named) = script.named.get(named) {
                found.add(named.clone(), project)?;
            }
        }
    }
    if let Some(own) = own {
        found.add(own.all.clone(), project)?;
        found.add(own.own.clone(), project)?;
    }
    project.layers = found.files;
    Ok(())
}

struct Layers<'a, 'r> {
    around: &'a Around<'r>,
    seen: BTreeSet<String>,
    files: Vec<Rc<File>>,
}

impl Layers<'_, '_> {
    /// Adds a script, after those that it applies, theirs included; each script once.
    fn add(&mut self, file: Rc<File>, project: &Project) -> Result<()> {
        let mut open = vec![(file, false)];
        while let Some((file, done)) = open.pop() {
            if done {
                self.files.push(file);
                continue;
            }
            let applied = self.applied(&file, project)?;
            open.push((file, true));
            open.extend(applied.into_iter().rev().map(|file| (file, false)));
        }
        Ok(())
    }

    fn applied(&mut self, file: &Rc<File>, project: &Project) -> Result<Vec<Rc<File>>> {
        let mut found = Vec::new();
        for event in &file.events {
            let from =
                event.links.last().filter(|_| event.name() == "apply").and_then(|link| link.named("from"));
            if let Some(from) = from {
                let layers: Vec<Rc<File>> = self.files.iter().chain([file]).cloned().collect();
                let path = self.around.scope_of(&project.folder, &layers, &project.properties).path(from);
                let beside = crate::repo::parent(&file.name);
                let beside = self.around.scope_of(beside, &layers, &project.properties).path(from);
                self.take(path.into_iter().chain(beside), &mut found)?;
            }
            let ids = plugins::ids(event, &self.around.settings.catalogs);
            let scripts =
                ids.iter().filter_map(|id| self.around.conventions.get(id)).cloned().collect::<Vec<_>>();
            self.take(scripts.into_iter(), &mut found)?;
        }
        Ok(found)
    }

    /// The first of these scripts that is there, unless it was taken before.
    fn take(&mut self, files: impl Iterator<Item = String>, found: &mut Vec<Rc<File>>) -> Result<()> {
        for path in files {
            if let Some(script) = self.around.scripts.get(&path)? {
                if self.seen.insert(path) {
                    found.extend([script.all.clone(), script.own.clone()]);
                }
                break;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Conventions {
    scripts: BTreeMap<String, String>,
    programmed: BTreeMap<String, Evidence>,
    builds: Vec<Rc<File>>,
}

/// The plugins that the build brings: scripts in `buildSrc` and in included builds by their id,
/// and the ids of those that are programmed there.
fn conventions(scripts: &Scripts, settings: &Settings) -> Result<Conventions> {
    let mut found = Conventions::default();
    let builds = std::iter::once("buildSrc").chain(settings.builds.iter().map(String::as_str));
    for build in builds.filter(|build| !build.is_empty()) {
        for path in scripts.repo.walk(build, &[".gradle", ".gradle.kts"], &["build", "resources"])? {
            let name = path.rsplit('/').next().unwrap_or_default();
            let id = name.trim_end_matches(".kts").trim_end_matches(".gradle");
            if path.contains("/src/main/") {
                let text = scripts.repo.source(&path)?.unwrap_or_default();
                let package = text.lines().find_map(|line| line.trim().strip_prefix("package "));
                let package = package
                    .map_or(String::new(), |package| format!("{}.", package.trim_end_matches(';').trim()));
                found.scripts.insert(format!("{package}{id}"), path);
            } else if let Some(script) = scripts.get(&path)? {
                let ids = script
                    .own
                    .events
                    .iter()
                    .filter(|event| event.under("gradlePlugin") && event.name() == "id");
                for event in ids {
                    if let Some(id) = event.given().and_then(|value| value.literal()) {
                        found.programmed.insert(id.to_owned(), script.own.says("plugin", event));
                    }
                }
                found.builds.push(script.own.clone());
            }
        }
    }
    Ok(found)
}

/// Kotlin files of buildSrc, for the constants that they hold.
fn build_sources(scripts: &Scripts) -> Result<Vec<Rc<File>>> {
    let mut found = Vec::new();
    for path in scripts.repo.walk("buildSrc/src/main", &[".kt"], &["resources"])?.into_iter().take(200) {
        let before = scripts.unreadable.borrow().len();
        found.extend(scripts.get(&path)?.map(|script| script.own.clone()));
        // Programs are more than what is read here: that they are not understood says nothing.
        scripts.unreadable.borrow_mut().truncate(before);
    }
    Ok(found)
}
