//! settings.gradle: which projects there are, and what their scripts can name.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::Result;

use super::files::{File, Scripts};
use super::value::Scope;
use crate::evidence::Evidence;
use crate::manifest::gradle::{Catalog, Event, Expr};
use crate::manifest::properties::{self, Settings as Properties};
use crate::repo::{join, parent};

/// More projects than any build has.
const MOST: usize = 20_000;
const DEEPEST: usize = 16;

/// What the settings say.
#[derive(Default)]
pub(super) struct Settings {
    pub script: Option<Rc<File>>,
    /// The name of the root project, where it is said.
    pub name: Option<String>,
    /// The folder of each project, by its path (`:a:b`), and the line that includes it.
    pub folders: BTreeMap<String, (String, Evidence)>,
    /// Folders of builds that are included.
    pub builds: Vec<String>,
    /// The plugin that downloads JDKs.
    pub resolver: Option<Evidence>,
    pub catalogs: BTreeMap<String, Catalog>,
    pub properties: Properties,
    /// Where projects are included that only a run would know.
    pub computed: Vec<Evidence>,
    pub warnings: Vec<String>,
    /// Whether scripts of projects are called after them: `a/a.gradle`.
    pub own_names: bool,
}

/// Reads settings.gradle, gradle.properties and the version catalogs.
pub(super) fn read(scripts: &Scripts) -> Result<Settings> {
    let repo = scripts.repo;
    let text = repo.source("gradle.properties")?.unwrap_or_default();
    let mut settings = Settings { properties: properties::properties(&text), ..Settings::default() };
    let files = ["settings.gradle".to_owned(), "settings.gradle.kts".to_owned()];
    settings.script = scripts.first(&files)?.map(|parted| parted.own.clone());
    catalog(scripts, "libs", "gradle/libs.versions.toml", &mut settings)?;
    let Some(script) = scripts.first(&files)? else { return Ok(settings) };
    let file = script.own.clone();
    let none = BTreeMap::new();
    let own = settings.properties.clone();
    let scope = Scope {
        folder: "",
        layers: vec![file.clone()],
        properties: vec![&own],
        catalogs: &none,
        steps: Cell::new(0),
    };
    for event in &file.events {
        one(scripts, &file, event, &scope, &mut settings)?;
    }
    for (project, named) in &script.named {
        let moved = named.events.iter().filter(|event| event.is(&["projectDir"]));
        for event in moved {
            let folder = event.value.as_ref().and_then(|value| scope.path(value));
            let path = absolute(project);
            match (folder, settings.folders.get_mut(&path)) {
                (Some(folder), Some(place)) => place.0 = folder,
                (None, Some(_)) => settings.computed.push(named.says("the folder of a project", event)),
                (_, None) => {}
            }
        }
    }
    if !settings.computed.is_empty() {
        found(scripts, &mut settings)?;
    }
    Ok(settings)
}

fn one(scripts: &Scripts, file: &File, event: &Event, scope: &Scope, settings: &mut Settings) -> Result<()> {
    let link = event.links.last();
    let args = || link.iter().flat_map(|link| &link.args).map(|arg| &arg.value);
    match event.name() {
        "name" if event.is(&["rootProject", "name"]) => {
            settings.name = event.given().and_then(|value| scope.text(value));
        }
        // Of repositories and trees of files, `include` says something else.
        "include" if event.under("pluginManagement") || event.under("dependencyResolutionManagement") => {}
        "include" | "includeFlat" => {
            for value in args().flat_map(values) {
                match scope.text(value).filter(|path| !path.contains('*')) {
                    Some(path) => {
                        include(&path, event.name() == "includeFlat", file.says("project", event), settings)
                    }
                    None => settings.computed.push(file.says("projects", event)),
                }
            }
        }
        "includeBuild" => match args().next().and_then(|value| scope.path(value)) {
            Some(folder) => settings.builds.push(folder),
            None => settings.warnings.push(format!(
                "{} includes a build that is not in the repository",
                file.says("", event).place()
            )),
        },
        "from" if event.under("dependencyResolutionManagement") => {
            let name = event.path.iter().rev().nth(1).cloned().unwrap_or_default();
            match args().next().and_then(|value| match value.links() {
                Some([files]) if files.name == "files" => files.first().and_then(|value| scope.path(value)),
                _ => None,
            }) {
                Some(path) => catalog(scripts, &name, &path, settings)?,
                None => settings.warnings.push(format!(
                    "{} takes a version catalog that is not in the repository",
                    file.says("", event).place()
                )),
            }
        }
        "buildFileName" => settings.own_names = true,
        _ if event.links.iter().any(|link| {
            link.literal().is_some_and(|id| id.starts_with("org.gradle.toolchains.foojay-resolver"))
        }) =>
        {
            settings.resolver = Some(file.says("toolchains", event));
        }
        _ => {}
    }
    Ok(())
}

/// The values of an argument that can be a list.
fn values(value: &Expr) -> Vec<&Expr> {
    match value {
        Expr::List(entries) => entries.iter().map(|entry| &entry.value).collect(),
        Expr::Chain(links) if matches!(links.as_slice(), [one] if matches!(one.name.as_str(), "listOf" | "arrayOf")) => {
            links.iter().flat_map(|link| &link.args).map(|arg| &arg.value).collect()
        }
        other => vec![other],
    }
}

fn absolute(path: &str) -> String {
    format!(":{}", path.trim_matches(':'))
}

fn include(path: &str, flat: bool, evidence: Evidence, settings: &mut Settings) {
    // Gradle takes `a/b` for the one project `a/b`, whose folder is the same.
    let path = path.trim_matches([':', '/']);
    if path.is_empty() || path.split(':').count() > DEEPEST || settings.folders.len() >= MOST {
        return;
    }
    if flat {
        settings.warnings.push(format!(
            "{} includes `{path}` beside the repository, which an image cannot be built from",
            evidence.place()
        ));
        return;
    }
    settings.folders.insert(absolute(path), (path.replace(':', "/"), evidence));
}

/// Takes every folder with a script for a project, where the settings compute them.
fn found(scripts: &Scripts, settings: &mut Settings) -> Result<()> {
    let known: BTreeSet<String> = settings.folders.values().map(|(folder, _)| folder.clone()).collect();
    let own = |folder: &str| {
        let part = |name: &str| folder.split('/').any(|part| part == name);
        folder.is_empty()
            || part("buildSrc")
            || settings.builds.iter().any(|build| folder.starts_with(build.as_str()))
    };
    let endings = ["build.gradle", "build.gradle.kts"];
    for script in scripts.repo.walk("", &endings, &["build", "node_modules", "src"])?.into_iter().take(MOST) {
        let folder = parent(&script).to_owned();
        if !own(&folder) && !known.contains(&folder) {
            let evidence = Evidence::file("project", &script, "a build script");
            settings.folders.insert(absolute(&folder.replace('/', ":")), (folder, evidence));
        }
    }
    Ok(())
}

fn catalog(scripts: &Scripts, name: &str, path: &str, settings: &mut Settings) -> Result<()> {
    let Some(text) = scripts.repo.source(path)? else { return Ok(()) };
    match Catalog::parse(path, &text) {
        Ok(catalog) => drop(settings.catalogs.insert(name.to_owned(), catalog)),
        Err(error) => {
            let says = error.to_string().lines().next().unwrap_or_default().to_owned();
            scripts.unreadable.borrow_mut().push(Evidence::file("unreadable", path, says));
        }
    }
    Ok(())
}

/// The names that a project's build script can have.
pub(super) fn scripts_of(folder: &str, name: &str, settings: &Settings) -> Vec<String> {
    let mut stems = vec!["build"];
    if settings.own_names {
        stems.push(name);
    }
    stems
        .iter()
        .flat_map(|stem| [".gradle", ".gradle.kts"].map(|end| join(folder, &format!("{stem}{end}"))))
        .collect()
}
