//! A pom as it is written, and how a stronger one is laid over a weaker.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::configuration;
use crate::manifest::xml::{Element, Said};

/// A pom, before what it inherits.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub file: String,
    /// Folder that it stands in.
    pub folder: String,
    pub parent: Option<Parent>,
    /// The first parent above that the tree does not hold; known once parents are inherited from.
    pub outer: Option<Parent>,
    pub group: Option<Said>,
    pub artifact: Said,
    pub version: Option<Said>,
    pub packaging: Option<Said>,
    /// What people call it, where it is not the artifact.
    pub name: Option<Said>,
    pub part: Part,
    pub profiles: Rc<Vec<Element>>,
    /// Plugins of profiles that are not active: the profile and the artifact.
    pub idle: Vec<(String, Said)>,
}

/// What a pom names as its parent.
#[derive(Clone, Debug)]
pub(super) struct Parent {
    pub group: String,
    pub artifact: String,
    pub version: Option<Said>,
    /// Where it is said to be; empty when it is said to be elsewhere than in the tree.
    pub path: Option<Said>,
    pub place: Said,
}

/// What both a pom and each of its profiles can say.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub properties: BTreeMap<String, Said>,
    pub dependencies: Vec<Rc<Depends>>,
    pub managed: Vec<Rc<Depends>>,
    pub plugins: Vec<Rc<Plugin>>,
    pub managed_plugins: Vec<Rc<Plugin>>,
    pub modules: Vec<Said>,
    /// Addresses of repositories, of plugins too.
    pub repositories: Vec<Said>,
    pub final_name: Option<Said>,
    pub directory: Option<Said>,
    /// The folder of the sources, where it is not the usual one.
    pub sources: Option<Said>,
}

/// A dependency as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Depends {
    pub group: String,
    pub artifact: String,
    pub version: Option<Said>,
    pub kind: Option<String>,
    pub classifier: Option<String>,
    pub scope: Option<String>,
    /// The file of a dependency of scope `system`.
    pub path: Option<Said>,
    pub place: Said,
}

/// A plugin as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plugin {
    pub group: String,
    pub artifact: String,
    pub version: Option<Said>,
    pub configuration: Option<Element>,
    pub executions: Vec<Execution>,
    pub inherited: bool,
    pub extensions: bool,
    pub place: Said,
}

/// One execution of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Execution {
    pub id: String,
    pub phase: Option<String>,
    pub goals: Vec<String>,
    pub configuration: Option<Element>,
    pub inherited: bool,
    pub place: Said,
}

impl Model {
    /// Reads a project; which profiles are active is left to [`super::profile`].
    pub(super) fn read(file: &str, project: &Element) -> Model {
        let said = |name| project.says(name).cloned();
        Model {
            file: file.to_owned(),
            folder: crate::repo::parent(file).to_owned(),
            parent: project.child("parent").map(Parent::read),
            outer: None,
            group: said("groupId"),
            artifact: said("artifactId").unwrap_or_default(),
            version: said("version"),
            packaging: said("packaging"),
            name: said("name"),
            part: Part::read(project),
            profiles: Rc::new(project.each("profiles").to_vec()),
            idle: Vec::new(),
        }
    }

    /// The group, its own or its parent's.
    pub(super) fn group(&self) -> Option<&str> {
        let inherited = || self.parent.as_ref().map(|parent| parent.group.as_str());
        self.group.as_ref().map(|said| said.value.as_str()).or_else(inherited)
    }

    /// Whether a file in the folder of the project that is built makes a profile active.
    pub(super) fn asks_files(&self) -> bool {
        self.profiles.iter().any(|profile| profile.at(&["activation", "file"]).is_some())
    }

    /// Takes over what a child inherits.
    pub(super) fn inherit(&mut self, parent: &Model) {
        let modules = std::mem::take(&mut self.part.modules);
        self.part.lay_over(&parent.part, true);
        self.part.modules = modules;
        self.group = self.group.take().or_else(|| parent.group.clone());
        self.version = self.version.take().or_else(|| parent.version.clone());
        self.outer.clone_from(&parent.outer);
        self.idle.extend(parent.idle.iter().cloned());
    }
}

impl Parent {
    fn read(element: &Element) -> Parent {
        Parent {
            group: text(element, "groupId").unwrap_or_default(),
            artifact: text(element, "artifactId").unwrap_or_default(),
            version: element.says("version").cloned(),
            path: element.child("relativePath").map(|child| child.said.clone()),
            place: element.said.clone(),
        }
    }
}

fn text(element: &Element, name: &str) -> Option<String> {
    element.says(name).map(|said| said.value.clone())
}

impl Part {
    /// Reads a project or a profile.
    pub(super) fn read(element: &Element) -> Part {
        let none = Element::default();
        let build = element.child("build").unwrap_or(&none);
        let managed = element.child("dependencyManagement").unwrap_or(&none);
        let managed_plugins = build.child("pluginManagement").unwrap_or(&none);
        let properties = element.each("properties").iter();
        let repositories = element.each("repositories").iter().chain(element.each("pluginRepositories"));
        Part {
            properties: properties.map(|child| (child.name.clone(), child.said.clone())).collect(),
            dependencies: element.each("dependencies").iter().map(Depends::read).map(Rc::new).collect(),
            managed: managed.each("dependencies").iter().map(Depends::read).map(Rc::new).collect(),
            plugins: build.each("plugins").iter().map(Plugin::read).map(Rc::new).collect(),
            managed_plugins: managed_plugins.each("plugins").iter().map(Plugin::read).map(Rc::new).collect(),
            modules: ["modules", "subprojects"]
                .iter()
                .flat_map(|name| element.each(name))
                .map(|child| child.said.clone())
                .filter(|said| !said.value.is_empty())
                .collect(),
            repositories: repositories.filter_map(|repository| repository.says("url").cloned()).collect(),
            final_name: build.says("finalName").cloned(),
            directory: build.says("directory").cloned(),
            sources: build.says("sourceDirectory").cloned(),
        }
    }

    /// Lays this part over a weaker one; `inherits` when that is a parent's, which may keep some
    /// plugins to itself.
    pub(super) fn lay_over(&mut self, weaker: &Part, inherits: bool) {
        for (name, said) in &weaker.properties {
            self.properties.entry(name.clone()).or_insert_with(|| said.clone());
        }
        add_missing(&mut self.dependencies, &weaker.dependencies, |dependency| dependency.key());
        add_missing(&mut self.managed, &weaker.managed, |dependency| dependency.key());
        lay_plugins_over(&mut self.plugins, &weaker.plugins, inherits, true);
        lay_plugins_over(&mut self.managed_plugins, &weaker.managed_plugins, inherits, true);
        self.modules.extend(weaker.modules.iter().cloned());
        self.repositories.extend(weaker.repositories.iter().cloned());
        self.final_name = self.final_name.take().or_else(|| weaker.final_name.clone());
        self.directory = self.directory.take().or_else(|| weaker.directory.clone());
        self.sources = self.sources.take().or_else(|| weaker.sources.clone());
    }
}

/// Adds what no stronger one has the key of.
fn add_missing<T, K: Ord>(strong: &mut Vec<Rc<T>>, weak: &[Rc<T>], key: impl Fn(&T) -> K) {
    let known: std::collections::BTreeSet<K> = strong.iter().map(|one| key(one)).collect();
    strong.extend(weak.iter().filter(|one| !known.contains(&key(one))).cloned());
}

/// Lays plugins over weaker ones of the same name; `adds` when those without one are taken, too.
pub(super) fn lay_plugins_over(
    strong: &mut Vec<Rc<Plugin>>,
    weak: &[Rc<Plugin>],
    inherits: bool,
    adds: bool,
) {
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (index, plugin) in strong.iter().enumerate() {
        known.entry(plugin.key()).or_insert(index);
    }
    for plugin in weak.iter().filter(|plugin| plugin.inherited || !inherits) {
        let found = known.get(&plugin.key()).and_then(|index| strong.get_mut(*index));
        match found {
            Some(own) => Rc::make_mut(own).lay_over(plugin, inherits),
            None if adds => strong.push(plugin.clone()),
            None => {}
        }
    }
}

impl Depends {
    fn read(element: &Element) -> Depends {
        Depends {
            group: text(element, "groupId").unwrap_or_default(),
            artifact: text(element, "artifactId").unwrap_or_default(),
            version: element.says("version").cloned(),
            kind: text(element, "type"),
            classifier: text(element, "classifier"),
            scope: text(element, "scope"),
            path: element.says("systemPath").cloned(),
            place: element.said.clone(),
        }
    }

    /// What makes two of them the same to Maven.
    pub(super) fn key(&self) -> (String, String, String, String) {
        let kind = self.kind.clone().unwrap_or_else(|| "jar".to_owned());
        (self.group.clone(), self.artifact.clone(), kind, self.classifier.clone().unwrap_or_default())
    }
}

impl Plugin {
    fn read(element: &Element) -> Plugin {
        Plugin {
            group: text(element, "groupId").unwrap_or_else(|| "org.apache.maven.plugins".to_owned()),
            artifact: text(element, "artifactId").unwrap_or_default(),
            version: element.says("version").cloned(),
            configuration: element.child("configuration").cloned(),
            executions: element.each("executions").iter().map(Execution::read).collect(),
            inherited: is_inherited(element),
            extensions: text(element, "extensions").as_deref() == Some("true"),
            place: element.said.clone(),
        }
    }

    fn key(&self) -> (String, String) {
        (self.group.clone(), self.artifact.clone())
    }

    fn lay_over(&mut self, weaker: &Plugin, inherits: bool) {
        self.version = self.version.take().or_else(|| weaker.version.clone());
        self.extensions |= weaker.extensions;
        configuration::lay_over(&mut self.configuration, weaker.configuration.as_ref());
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (index, execution) in self.executions.iter().enumerate() {
            known.entry(execution.id.clone()).or_insert(index);
        }
        for execution in weaker.executions.iter().filter(|execution| execution.inherited || !inherits) {
            let found = known.get(&execution.id).and_then(|index| self.executions.get_mut(*index));
            match found {
                Some(own) => own.lay_over(execution),
                None => self.executions.push(execution.clone()),
            }
        }
    }
}

impl Execution {
    fn read(element: &Element) -> Execution {
        Execution {
            id: text(element, "id").unwrap_or_else(|| "default".to_owned()),
            phase: text(element, "phase"),
            goals: element.each("goals").iter().map(|goal| goal.said.value.clone()).collect(),
            configuration: element.child("configuration").cloned(),
            inherited: is_inherited(element),
            place: element.said.clone(),
        }
    }

    fn lay_over(&mut self, weaker: &Execution) {
        self.phase = self.phase.take().or_else(|| weaker.phase.clone());
        for goal in &weaker.goals {
            if !self.goals.contains(goal) {
                self.goals.push(goal.clone());
            }
        }
        configuration::lay_over(&mut self.configuration, weaker.configuration.as_ref());
    }
}

fn is_inherited(element: &Element) -> bool {
    text(element, "inherited").as_deref() != Some("false")
}
