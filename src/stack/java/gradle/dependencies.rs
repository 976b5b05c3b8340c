//! What a project stands on.

use std::collections::BTreeMap;

use super::files::File;
use super::project::{Around, Project};
use super::value::Scope;
use crate::manifest::gradle::{Event, Expr, Link};
use crate::stack::java::module::Dependency;

/// What a project stands on, and whether files of the repository are among it.
pub(super) struct Needs {
    pub dependencies: Vec<Dependency>,
    pub files: bool,
}

const SHIPPED: &[&str] = &["implementation", "api", "compile", "runtime", "runtimeOnly"];
const COMPILED: &[&str] =
    &["compileOnly", "compileOnlyApi", "providedCompile", "provided", "developmentOnly"];
/// Blocks whose dependencies are not the project's.
const OTHERS: &[&str] = &[
    "buildscript",
    "dependencyManagement",
    "constraints",
    "publishing",
    "pluginManagement",
    "commonTest",
    "jvmTest",
    "test",
];

struct Reader<'a> {
    around: &'a Around<'a>,
    scope: &'a Scope<'a>,
    names: &'a BTreeMap<String, String>,
    found: Needs,
}

/// Reads the `dependencies` of a project; `names` are the projects, by the names of accessors.
pub(super) fn read(
    project: &Project,
    around: &Around,
    scope: &Scope,
    names: &BTreeMap<String, String>,
) -> Needs {
    let found = Needs { dependencies: Vec::new(), files: false };
    let mut reader = Reader { around, scope, names, found };
    for file in &project.layers {
        for event in &file.events {
            let inside = event.path.iter().rev().nth(1).is_some_and(|name| name == "dependencies");
            if !inside || event.path.iter().any(|name| OTHERS.contains(&name.as_str())) {
                continue;
            }
            let shipped = SHIPPED.contains(&event.name()) || event.name() == "providedRuntime";
            if shipped || COMPILED.contains(&event.name()) {
                reader.statement(file, event, shipped);
            }
        }
    }
    reader.found
}

impl Reader<'_> {
    fn statement(&mut self, file: &File, event: &Event, shipped: bool) {
        let Some(link) = event.links.last() else { return };
        if let (Some(group), Some(artifact)) = (self.named(link, "group"), self.named(link, "name")) {
            let version = self.named(link, "version");
            self.push(file, event, (group, artifact, version), shipped);
        }
        for arg in link.args.iter().filter(|arg| arg.name.is_none()) {
            self.value(file, event, &arg.value, shipped);
        }
    }

    fn named(&self, link: &Link, name: &str) -> Option<String> {
        link.named(name).and_then(|value| self.scope.text(value))
    }

    fn push(&mut self, file: &File, event: &Event, it: (String, String, Option<String>), shipped: bool) {
        let (group, artifact, version) = it;
        let evidence = file.says("dependency", event);
        self.found.dependencies.push(Dependency {
            group,
            artifact,
            version,
            shipped,
            is_tests: false,
            evidence,
        });
    }

    fn value(&mut self, file: &File, event: &Event, value: &Expr, shipped: bool) {
        let entries = match value {
            Expr::List(entries) => entries.as_slice(),
            Expr::Chain(links) => return self.chain(file, event, links, shipped),
            other => {
                if let Some(it) = self.scope.text(other).and_then(|text| coordinates(&text)) {
                    self.push(file, event, it, shipped);
                }
                return;
            }
        };
        for entry in entries {
            match &entry.value {
                Expr::Chain(links) => self.chain(file, event, links, shipped),
                other => {
                    if let Some(it) = self.scope.text(other).and_then(|text| coordinates(&text)) {
                        self.push(file, event, it, shipped);
                    }
                }
            }
        }
    }

    fn chain(&mut self, file: &File, event: &Event, links: &[Link], shipped: bool) {
        let Some(first) = links.first() else { return };
        match first.name.as_str() {
            // What a bill of materials lists is there only when it is asked for.
            "platform" | "enforcedPlatform" | "testFixtures" => {
                for arg in &first.args {
                    match &arg.value {
                        Expr::Chain(inner) => self.simple(file, event, inner, false),
                        other => {
                            if let Some(it) = self.scope.text(other).and_then(|text| coordinates(&text)) {
                                self.push(file, event, it, false);
                            }
                        }
                    }
                }
            }
            _ => self.simple(file, event, links, shipped),
        }
    }

    fn simple(&mut self, file: &File, event: &Event, links: &[Link], shipped: bool) {
        let Some(first) = links.first() else { return };
        let names: Vec<&str> =
            links.iter().map(|link| link.name.as_str()).filter(|name| *name != "get").collect();
        match names.as_slice() {
            ["project"] | ["dependencies", "project"] => {
                let link = links.last().unwrap_or(first);
                let path = link.first().or_else(|| link.named("path")).and_then(|path| self.scope.text(path));
                let name = path.as_deref().and_then(|path| path.rsplit(':').next()).map(str::to_owned);
                if let Some(name) = name {
                    self.push(file, event, (String::new(), name, None), shipped);
                }
            }
            ["projects", rest @ ..] => {
                let key = rest.join(".").to_lowercase();
                if let Some(name) = self.names.get(&key).cloned() {
                    self.push(file, event, (String::new(), name, None), shipped);
                }
            }
            ["kotlin"] => {
                if let Some(name) = first.literal() {
                    let it = ("org.jetbrains.kotlin".to_owned(), format!("kotlin-{name}"), None);
                    self.push(file, event, it, shipped);
                }
            }
            ["files" | "fileTree", ..] => self.found.files |= shipped,
            [catalog, rest @ ..] => match self.around.settings.catalogs.get(*catalog) {
                Some(known) => {
                    let aliases = match rest {
                        ["bundles", name @ ..] => {
                            known.bundles.get(&name.join(".")).cloned().unwrap_or_default()
                        }
                        name => vec![name.join(".")],
                    };
                    for entry in aliases.iter().filter_map(|alias| known.libraries.get(alias)) {
                        if let Some((group, artifact)) = entry.id.split_once(':') {
                            let it = (group.to_owned(), artifact.to_owned(), entry.version.clone());
                            self.push(file, event, it, shipped);
                        }
                    }
                }
                None => {
                    if let Some(it) =
                        self.scope.text(&Expr::Chain(links.to_vec())).and_then(|text| coordinates(&text))
                    {
                        self.push(file, event, it, shipped);
                    }
                }
            },
            [] => {}
        }
    }
}

/// `group:artifact:version:classifier@type`.
fn coordinates(text: &str) -> Option<(String, String, Option<String>)> {
    let text = text.split('@').next().unwrap_or(text);
    let mut parts = text.split(':').map(str::trim);
    let (group, artifact) = (parts.next()?, parts.next()?);
    let version = parts.next().filter(|version| !version.is_empty()).map(str::to_owned);
    (!artifact.is_empty()).then(|| (group.to_owned(), artifact.to_owned(), version))
}

/// A project's path as accessors write it: `:my-lib:api` is `mylib.api`, in any case.
pub(super) fn accessor(path: &str) -> String {
    path.trim_matches(':').replace(['-', '_', '.'], "").replace(':', ".").to_lowercase()
}
