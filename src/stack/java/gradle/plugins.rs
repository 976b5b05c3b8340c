//! The plugins that a project applies, and their versions.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::files::File;
use super::project::Around;
use super::value::Scope;
use crate::catalog::Release;
use crate::evidence::Evidence;
use crate::manifest::gradle::{Catalog, Event, Expr, Link};

/// A plugin that a script names.
pub(super) struct Applied {
    pub id: String,
    pub evidence: Evidence,
    /// Whether it is applied under a condition only.
    pub guarded: bool,
}

/// Classes of plugins that scripts apply by their name.
const CLASSES: &[(&str, &str)] = &[
    ("JavaPlugin", "java"),
    ("JavaLibraryPlugin", "java-library"),
    ("ApplicationPlugin", "application"),
    ("WarPlugin", "war"),
    ("GroovyPlugin", "groovy"),
    ("SpringBootPlugin", "org.springframework.boot"),
    ("ShadowPlugin", "com.github.johnrengelman.shadow"),
];

/// The ids that an event names, applied or not.
pub(super) fn ids(event: &Event, catalogs: &BTreeMap<String, Catalog>) -> Vec<String> {
    let Some(first) = event.links.first() else { return Vec::new() };
    let last = event.links.last().unwrap_or(first);
    let mut found = Vec::new();
    if event.path.first().is_some_and(|head| head == "plugins")
        && event.path.len() > 1
        && event.value.is_none()
    {
        match first.name.as_str() {
            "plugins" => {}
            "id" => found.extend(first.first().and_then(|value| id(value, catalogs))),
            "alias" => found.extend(first.first().and_then(|value| Some(aliased(value, catalogs)?.0))),
            "kotlin" => found.extend(first.literal().map(|name| format!("org.jetbrains.kotlin.{name}"))),
            name if first.args.is_empty() => found.push(name.to_owned()),
            _ => {}
        }
    }
    if event.name() == "apply" && !event.under("plugins") {
        found.extend(last.named("plugin").and_then(|value| id(value, catalogs)));
        found.extend(last.types.first().and_then(|name| class(name)));
    }
    let manager = event.ends(&["pluginManager", "apply"]) || event.ends(&["plugins", "apply"]);
    if manager || event.is(&["plugin"]) {
        found.extend(last.first().and_then(|value| id(value, catalogs)));
    }
    found
        .iter()
        .map(|id| id.strip_prefix("org.gradle.").filter(|rest| !rest.contains('.')).unwrap_or(id).to_owned())
        .collect()
}

/// The id that a value is: a string, an alias's `pluginId`, or a class.
fn id(value: &Expr, catalogs: &BTreeMap<String, Catalog>) -> Option<String> {
    let known = value.literal().map(|id| match id {
        "kotlin" => "org.jetbrains.kotlin.jvm".to_owned(),
        id => id.to_owned(),
    });
    known.or_else(|| Some(aliased(value, catalogs)?.0)).or_else(|| class(value.type_name()?))
}

fn class(name: &str) -> Option<String> {
    CLASSES.iter().find(|(class, _)| *class == name).map(|(_, id)| (*id).to_owned())
}

/// `libs.plugins.spring.boot`: the id, and the version.
fn aliased(value: &Expr, catalogs: &BTreeMap<String, Catalog>) -> Option<(String, Option<String>)> {
    let names: Vec<&str> = value.links()?.iter().map(|link| link.name.as_str()).collect();
    let [catalog, "plugins", rest @ ..] = names.as_slice() else { return None };
    let rest = rest.iter().copied().filter(|name| !matches!(*name, "get" | "pluginId" | "asProvider"));
    let entry = catalogs.get(*catalog)?.plugins.get(&rest.collect::<Vec<_>>().join("."))?;
    Some((entry.id.clone(), entry.version.clone()))
}

/// Whether a statement of `plugins` says `apply false`.
fn only_named(event: &Event) -> bool {
    let off = |link: &Link| {
        link.name == "apply"
            && link
                .first()
                .and_then(Expr::links)
                .is_some_and(|links| links.first().is_some_and(|one| one.name == "false"))
    };
    event.links.iter().any(off)
}

/// The plugins that scripts apply to a project.
pub(super) fn applied(layers: &[Rc<File>], around: &Around) -> Vec<Applied> {
    let mut found: Vec<Applied> = Vec::new();
    for file in layers {
        for event in file.events.iter().filter(|event| !only_named(event)) {
            for id in ids(event, &around.settings.catalogs) {
                let evidence = file.says("plugin", event);
                found.push(Applied { id, evidence, guarded: event.guarded });
            }
        }
    }
    found
}

/// What a script says of plugins and does not resolve: aliases that no catalog of the repository has.
pub(super) fn unknown(layers: &[Rc<File>], around: &Around) -> Vec<Evidence> {
    let named = |event: &&Event| {
        event.under("plugins") && event.links.first().is_some_and(|link| link.name == "alias")
    };
    let lost = |event: &&Event| ids(event, &around.settings.catalogs).is_empty();
    let all = layers.iter().flat_map(|file| {
        file.events.iter().filter(named).filter(lost).map(|event| file.says("plugin", event))
    });
    all.collect()
}

/// The version of a plugin, by its id, and of the artifact that brings it.
pub(super) fn version(
    id: &str,
    artifact: &str,
    layers: &[Rc<File>],
    around: &Around,
    scope: &Scope,
) -> Option<(Release, Evidence)> {
    let settings = around.settings.script.iter();
    for file in layers.iter().rev().chain(&around.root).chain(&around.builds).chain(settings) {
        for event in &file.events {
            let text = of_plugin(id, event, around, scope).or_else(|| of_artifact(artifact, event, scope));
            if let Some(release) = text.and_then(|text| text.parse().ok()) {
                return Some((release, file.says("framework", event)));
            }
        }
    }
    None
}

fn of_plugin(id: &str, event: &Event, around: &Around, scope: &Scope) -> Option<String> {
    let start = event.path.iter().position(|name| name == "plugins")?;
    let inside = Event { path: event.path.iter().skip(start).cloned().collect(), ..event.clone() };
    if !ids(&inside, &around.settings.catalogs).iter().any(|one| one == id) {
        return None;
    }
    let said = event.links.iter().find(|link| link.name == "version").and_then(Link::first);
    let alias = || aliased(event.links.first()?.first()?, &around.settings.catalogs)?.1;
    said.and_then(|value| scope.text(value)).or_else(alias)
}

/// The version of `group:artifact:version`, wherever a script depends on it.
fn of_artifact(artifact: &str, event: &Event, scope: &Scope) -> Option<String> {
    if artifact.is_empty() || !event.path.iter().any(|name| name == "dependencies") {
        return None;
    }
    let mut value = event.links.last()?.first()?;
    if let Some([call]) = value.links()
        && matches!(call.name.as_str(), "platform" | "enforcedPlatform")
    {
        value = call.first()?;
    }
    let text = scope.text(value)?;
    let mut parts = text.split(':').skip(1);
    (parts.next() == Some(artifact)).then(|| parts.next().map(str::to_owned))?
}
