//! The effective pom of a module: all that it inherits and imports, `${...}` resolved on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::Result;

use super::model::{Depends, Execution, Model, Plugin, lay_plugins_over};
use super::tree::Tree;
use crate::evidence::Evidence;
use crate::manifest::xml::{Element, Said};
use crate::stack::java::module::Dependency;

/// A module's pom as Maven builds by it.
pub(super) struct Effective {
    pub model: Rc<Model>,
    pub plugins: Vec<Rc<Plugin>>,
    /// Bills of materials that are not in the tree.
    pub imports: Vec<Depends>,
    /// Versions and scopes by name.
    managed: BTreeMap<(String, String), Managed>,
    /// Endings of what the build leaves beside the jar that is looked for.
    pub attached: Vec<String>,
    /// Properties of the command line.
    user: BTreeMap<String, Said>,
}

#[derive(Clone)]
struct Managed {
    version: Option<Said>,
    scope: Option<String>,
}

/// Values longer than this are left unresolved.
const LONGEST: usize = 4096;

/// Properties may name each other; a text that still changes after this many rounds is a cycle.
const ROUNDS: usize = 64;

/// The bills of materials in the tree that one project may import.
const IMPORTS: usize = 50;

impl Effective {
    /// The effective pom of one in the tree.
    ///
    /// # Errors
    /// When a pom that it stands on cannot be read.
    pub(super) fn of(tree: &Tree, model: &Rc<Model>) -> Result<Effective> {
        Effective::at(tree, model, &mut BTreeSet::new())
    }

    /// The same, where these were imported already.
    fn at(tree: &Tree, model: &Rc<Model>, seen: &mut BTreeSet<String>) -> Result<Effective> {
        let model = tree.whole(model)?;
        let mut plugins = model.part.plugins.clone();
        lay_plugins_over(&mut plugins, &model.part.managed_plugins, false, false);
        let named: BTreeSet<String> = plugins.iter().map(|plugin| plugin.artifact.clone()).collect();
        let managed = model.part.managed_plugins.iter();
        let is_pom = model.packaging.as_ref().is_some_and(|said| said.value == "pom");
        let bound =
            managed.filter(|one| !is_pom && tree.known.is_bound(one) && !named.contains(&one.artifact));
        plugins.extend(bound.cloned());
        let mut effective = Effective {
            plugins,
            imports: Vec::new(),
            attached: Vec::new(),
            managed: BTreeMap::new(),
            user: tree.config.properties.clone(),
            model: model.clone(),
        };
        effective.name_plugins();
        for managed in &model.part.managed {
            let own = effective.resolved_dependency(managed);
            if own.scope.as_deref() != Some("import") {
                let managed = Managed { version: own.version, scope: own.scope };
                effective.managed.entry((own.group, own.artifact)).or_insert(managed);
                continue;
            }
            let Some(found) = tree.named(&own.group, &own.artifact)? else {
                effective.imports.push(own);
                continue;
            };
            if seen.len() >= IMPORTS || !seen.insert(found.file.clone()) {
                continue;
            }
            let imported = Effective::at(tree, &found, seen)?;
            for (name, managed) in imported.managed {
                effective.managed.entry(name).or_insert(managed);
            }
            effective.imports.extend(imported.imports);
        }
        Ok(effective)
    }

    /// How much it consists of.
    pub(super) fn weight(&self) -> usize {
        let part = &self.model.part;
        part.properties.len()
            + part.dependencies.len()
            + part.managed.len()
            + self.managed.len()
            + self.plugins.len()
    }

    /// Resolves what plugins are called.
    fn name_plugins(&mut self) {
        let mut plugins = std::mem::take(&mut self.plugins);
        for plugin in plugins.iter_mut().filter(|plugin| plugin.group.contains("${")) {
            if let Some(group) = self.text(&plugin.group) {
                Rc::make_mut(plugin).group = group;
            }
        }
        self.plugins = plugins;
    }

    fn resolved_dependency(&self, dependency: &Depends) -> Depends {
        let mut own = dependency.clone();
        for text in [&mut own.group, &mut own.artifact] {
            if let Some(value) = self.text(text) {
                *text = value;
            }
        }
        for text in [&mut own.scope, &mut own.kind, &mut own.classifier].into_iter().flatten() {
            if let Some(value) = self.text(text) {
                *text = value;
            }
        }
        own.version = own.version.and_then(|said| self.said(&said));
        own
    }

    /// The dependencies with what dependencyManagement adds, those of tests left out.
    pub(super) fn dependencies(&self) -> Vec<Dependency> {
        let mut found = Vec::new();
        for dependency in &self.model.part.dependencies {
            let own = self.resolved_dependency(dependency);
            let managed = self.managed.get(&(own.group.clone(), own.artifact.clone()));
            let scope = own.scope.or_else(|| managed.and_then(|managed| managed.scope.clone()));
            if scope.as_deref() == Some("test") {
                continue;
            }
            let version = own.version.or_else(|| managed.and_then(|managed| managed.version.clone()));
            let shipped = !matches!(scope.as_deref(), Some("provided" | "system"));
            let is_tests =
                own.kind.as_deref() == Some("test-jar") || own.classifier.as_deref() == Some("tests");
            found.push(Dependency {
                is_tests,
                evidence: evidence("dependency", &own.place, &own.artifact),
                group: own.group,
                artifact: own.artifact,
                version: version.map(|said| said.value),
                shipped,
            });
        }
        found
    }

    /// Dependencies that are files, as they are written.
    pub(super) fn files(&self) -> impl Iterator<Item = &Rc<Depends>> {
        self.model.part.dependencies.iter().filter(|one| one.scope.as_deref() == Some("system"))
    }

    /// The property, the command line's first, with its own place and the value resolved.
    pub(super) fn property(&self, name: &str) -> Option<Said> {
        let said = self.user.get(name).or_else(|| self.model.part.properties.get(name))?;
        self.said(said).filter(|said| !said.value.is_empty())
    }

    /// The first of these that is set.
    pub(super) fn first(&self, names: &[&str]) -> Option<(String, Said)> {
        names.iter().find_map(|name| Some(((*name).to_owned(), self.property(name)?)))
    }

    /// What is said, resolved; `None` when a part of it cannot be known from the repository.
    pub(super) fn said(&self, said: &Said) -> Option<Said> {
        Some(Said { value: self.text(&said.value)?, ..said.clone() })
    }

    /// The text with every `${name}` replaced; `None` when one is not known here.
    pub(super) fn text(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        for _ in 0..ROUNDS {
            let Some((before, rest)) = text.split_once("${") else { return Some(text) };
            let (name, after) = rest.split_once('}')?;
            let next = format!("{before}{}{after}", self.value(name)?);
            if next.len() > LONGEST {
                return None;
            }
            text = next;
        }
        None
    }

    /// What a name stands for, itself not resolved.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        if let Some(said) = self.user.get(name) {
            return Some(said.value.clone());
        }
        let model = &self.model;
        if let Some(field) = name.strip_prefix("project.").or(name.strip_prefix("pom.")) {
            let known = match field {
                "groupId" => model.group().map(str::to_owned),
                "artifactId" => Some(model.artifact.value.clone()),
                "name" => Some(model.name.as_ref().unwrap_or(&model.artifact).value.clone()),
                "version" => self.version().map(|said| said.value),
                "packaging" => Some(self.packaging().value),
                "parent.groupId" => model.parent.as_ref().map(|parent| parent.group.clone()),
                "parent.artifactId" => model.parent.as_ref().map(|parent| parent.artifact.clone()),
                "parent.version" => Some(model.parent.as_ref()?.version.as_ref()?.value.clone()),
                "basedir" => Some(".".to_owned()),
                "build.directory" => Some(self.directory()),
                "build.outputDirectory" => Some(format!("{}/classes", self.directory())),
                "build.finalName" => Some(self.final_name()),
                _ => None,
            };
            if known.is_some() {
                return known;
            }
        }
        if let Some(said) = model.part.properties.get(name) {
            return Some(said.value.clone());
        }
        match name {
            "basedir" => Some(".".to_owned()),
            "artifactId" => Some(model.artifact.value.clone()),
            "version" => self.version().map(|said| said.value),
            _ => None,
        }
    }

    /// The version, its own, inherited, or that of a parent outside of the tree; not resolved.
    pub(super) fn version(&self) -> Option<Said> {
        let outer = || self.model.parent.as_ref().and_then(|parent| parent.version.clone());
        self.model.version.clone().or_else(outer)
    }

    /// The packaging; where it cannot be resolved, as written.
    pub(super) fn packaging(&self) -> Said {
        let jar = || Said { value: "jar".to_owned(), ..self.model.artifact.clone() };
        let Some(said) = self.model.packaging.as_ref() else { return jar() };
        let own = self.text(&said.value.replace("${project.packaging}", "jar"));
        Said { value: own.unwrap_or_else(|| said.value.clone()), ..said.clone() }
    }

    /// The folder that the build writes to, as written.
    pub(super) fn directory(&self) -> String {
        self.model.part.directory.as_ref().map_or("target".to_owned(), |said| said.value.clone())
    }

    /// Folders of sources below the module that are not the usual ones.
    pub(super) fn sources(&self) -> Vec<String> {
        let said = self.model.part.sources.as_ref().map(|said| said.value.as_str()).unwrap_or_default();
        let below = ["${project.basedir}/", "${basedir}/"].iter().find_map(|base| said.strip_prefix(base));
        let text = self.text(below.unwrap_or(said)).and_then(|text| crate::repo::normal(&text));
        text.filter(|text| !text.is_empty()).into_iter().collect()
    }

    /// The name of what is made, without its ending, as written.
    pub(super) fn final_name(&self) -> String {
        let usual = || "${project.artifactId}-${project.version}".to_owned();
        self.model.part.final_name.as_ref().map_or_else(usual, |said| said.value.clone())
    }

    /// The plugin with this artifact id.
    pub(super) fn plugin(&self, artifact: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.artifact == artifact).map(Rc::as_ref)
    }

    /// What the element at the end of this way says, of the execution or else of the plugin.
    pub(super) fn configured(
        &self,
        plugin: &Plugin,
        execution: Option<&Execution>,
        way: &[&str],
    ) -> Option<Said> {
        let own = execution.and_then(|execution| execution.configuration.as_ref());
        let found = [own, plugin.configuration.as_ref()].into_iter().flatten();
        let mut said = found.filter_map(|configuration| configuration.at(way)).map(|element| &element.said);
        let said = said.find(|said| !said.value.is_empty())?;
        Some(self.said(said).unwrap_or_else(|| said.clone()))
    }
}

impl Plugin {
    /// The executions of a goal that are not switched off.
    pub(super) fn of_goal<'a>(&'a self, goal: &'a str) -> impl Iterator<Item = &'a Execution> {
        self.executions.iter().filter(move |one| one.is_on() && one.goals.iter().any(|own| own == goal))
    }

    /// The execution of this name.
    pub(super) fn execution(&self, id: &str) -> Option<&Execution> {
        self.executions.iter().find(|execution| execution.id == id)
    }

    /// What is configured for an execution or else for the plugin, as written, so that a version in
    /// it can be told from the rest.
    pub(super) fn written(&self, execution: Option<&Execution>, name: &str) -> Option<Said> {
        let own = execution.and_then(|execution| execution.configuration.as_ref()?.says(name));
        own.or_else(|| self.configuration.as_ref()?.says(name)).cloned()
    }

    /// All configurations, those of executions first.
    pub(super) fn configurations(&self) -> impl Iterator<Item = &Element> {
        let of_executions = self.executions.iter().filter_map(|execution| execution.configuration.as_ref());
        of_executions.chain(&self.configuration)
    }
}

impl Execution {
    /// Whether a phase may run it.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.phase.as_deref(), Some("none" | ""))
    }
}

/// Evidence at the place of what is said.
pub(super) fn evidence(what: &str, said: &Said, says: impl Into<String>) -> Evidence {
    Evidence::at(what, said.file.as_ref(), said.line, says)
}
