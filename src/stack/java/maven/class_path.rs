//! A jar beside those that it needs: by the jar plugin's manifest, or by a main class alone.

use super::effective::{Effective, evidence};
use super::known::is_below;
use super::making::{Made, Making, NAME, TARGET, Way};
use super::model::Plugin;
use super::{name, started};
use crate::manifest::xml::Said;
use crate::repo::{join, normal};
use crate::stack::java::mains::mains;
use crate::stack::java::module::{Application, Output, Shape};
use crate::stack::java::sources;
use crate::verdict::{Halt, Stop};

pub(super) const JAR: &str = "maven-jar-plugin";
pub(super) const EXEC: &str = "exec-maven-plugin";

/// A main class that is named somewhere, with the jars that its manifest names where they fit.
pub(super) fn read(making: &Making) -> Way {
    let effective = making.effective;
    vertx(making)?;
    if let Some(application) = helidon(making)? {
        return Ok(Some(application));
    }
    let Some((main, says, is_named_only)) = main(making)? else { return Ok(None) };
    let output = output(effective)?;
    let shape = match beside(making, &output) {
        Some(folder) => Shape::JarAndFolder(folder),
        None => Shape::ClassPath { main: Some(main.value.clone()) },
    };
    let application = making.application(Made { framework: None, shape, output }, &main, &says);
    let mut application = Application { is_named_only, ..application };
    if is_named_only {
        started::read(effective, &main.value, &mut application);
    }
    Ok(Some(application))
}

/// The main jar: where the jar plugin leaves it.
pub(super) fn output(effective: &Effective) -> Result<Output, Stop> {
    let set = |way: &[&str]| effective.plugin(JAR).and_then(|plugin| of_jar(effective, plugin, way));
    let folder = set(&["outputDirectory"]).map_or(TARGET.to_owned(), |said| said.value);
    let tail = set(&["classifier"]).map_or(String::new(), |said| format!("-{}", said.value));
    name::output(effective, &folder, &jar_stem(effective), &format!("{tail}.jar"))
}

/// The name of the main jar, without its ending: that of the build, unless the plugin has its own.
pub(super) fn jar_stem(effective: &Effective) -> String {
    let plugin = effective.plugin(JAR);
    let own = plugin.and_then(|plugin| plugin.written(plugin.execution("default-jar"), "finalName"));
    own.map_or(NAME.to_owned(), |said| said.value)
}

/// What is configured for the main jar.
pub(super) fn of_jar(effective: &Effective, plugin: &Plugin, way: &[&str]) -> Option<Said> {
    effective.configured(plugin, plugin.execution("default-jar"), way)
}

/// The main class in the manifest of the main jar.
pub(super) fn jar_main(effective: &Effective) -> Option<Said> {
    let plugin = effective.plugin(JAR)?;
    let ways: [&[&str]; 2] =
        [&["archive", "manifest", "mainClass"], &["archive", "manifestEntries", "Main-Class"]];
    ways.iter().find_map(|way| of_jar(effective, plugin, way)).filter(is_class)
}

/// Whether it is the name of a class, all of it known.
fn is_class(said: &Said) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
    said.value.len() <= 300 && said.value.chars().all(plain) && !said.value.starts_with('.')
}

/// The main class, wherever it is named, the words that name it, and whether they are for
/// developers.
fn main(making: &Making) -> Result<Option<(Said, String, bool)>, Halt> {
    const PROPERTIES: &[&str] =
        &["exec.mainClass", "main.class", "mainClass", "start-class", "main-class", "exec.main.class"];
    const PLUGINS: &[(&str, &[&str])] = &[
        (EXEC, &["mainClass"]),
        ("jib-maven-plugin", &["container", "mainClass"]),
        ("appassembler-maven-plugin", &["programs", "program", "mainClass"]),
    ];
    let effective = making.effective;
    if let Some(said) = jar_main(effective) {
        let says = format!("{JAR}, {}", said.value);
        return Ok(Some((said, says, false)));
    }
    let by_plugin = PLUGINS.iter().find_map(|(artifact, way)| {
        let plugin = effective.plugin(artifact)?;
        // What a phase runs is a tool of the build.
        let by_hand = plugin.executions.iter().find(|one| *artifact != EXEC || one.phase.is_none());
        if by_hand.is_none() && !plugin.executions.is_empty() {
            return None;
        }
        let said = effective.configured(plugin, by_hand, way).filter(is_class)?;
        let says = format!("{artifact}, {}", said.value);
        Some((said, says, *artifact == EXEC))
    });
    let by_property = || {
        let (name, said) = effective.first(PROPERTIES).filter(|(_, said)| is_class(said))?;
        let says = format!("<{name}>{}</{name}>", said.value);
        Some((said, says, true))
    };
    match by_plugin.or_else(by_property) {
        Some(found) if is_served(making, &found.0.value)? => Ok(Some(found)),
        _ => Ok(None),
    }
}

/// Whether a class is the module's own, or of something that it ships: what a developer starts may
/// be a tool of another kind.
fn is_served(making: &Making, class: &str) -> Result<bool, Halt> {
    const ROOTS: &[&str] = &["java", "kotlin", "scala", "groovy"];
    let main = join(&making.effective.model.folder, "src/main");
    if making.repo.kind(&main)?.is_none() {
        return Ok(true);
    }
    let package = class.rsplit_once('.').map_or(String::new(), |(package, _)| package.replace('.', "/"));
    for root in ROOTS {
        if making.repo.kind(&join(&join(&main, root), &package))?.is_some() {
            return Ok(true);
        }
    }
    let mut shipped = making.dependencies.iter().filter(|one| one.shipped);
    if shipped.any(|one| is_below(class, &one.group)) {
        return Ok(true);
    }
    let effective = making.effective;
    let own = mains(&sources::read(making.repo, &effective.model.folder, &effective.sources())?);
    Ok(own.iter().any(|main| main.class == class))
}

/// The folder beside the jar that its manifest names, where the build copies the jars to it.
fn beside(making: &Making, output: &Output) -> Option<String> {
    let effective = making.effective;
    let plugin = effective.plugin(JAR)?;
    let set = |name: &str| of_jar(effective, plugin, &["archive", "manifest", name]);
    set("addClasspath").filter(|said| said.value == "true")?;
    if set("classpathLayoutType").is_some_and(|said| said.value != "simple") {
        return None;
    }
    let prefix = normal(&set("classpathPrefix")?.value).filter(|prefix| !prefix.is_empty())?;
    let copier = effective.plugin("maven-dependency-plugin")?;
    let fits = copier.of_goal("copy-dependencies").any(|execution| {
        let set = |name: &str| effective.configured(copier, Some(execution), &[name]);
        let to = set("outputDirectory").map_or(format!("{TARGET}/dependency"), |said| said.value);
        execution.phase.as_deref().is_none_or(|phase| making.known.is_early(phase))
            && set("stripVersion").is_none_or(|said| said.value != "true")
            && name::folder(effective, &to).is_ok_and(|to| to == format!("{}/{prefix}", output.folder))
    });
    fits.then_some(prefix)
}

/// Helidon's parents copy the libraries to `target/libs` and name them in the manifest.
fn helidon(making: &Making) -> Result<Option<Application>, Halt> {
    let effective = making.effective;
    let parent = effective.model.outer.as_ref();
    let Some(parent) = parent.filter(|parent| is_below(&parent.group, "io.helidon.applications")) else {
        return Ok(None);
    };
    let main = effective.property("mainClass");
    if main.is_none() && !parent.artifact.ends_with("-mp") {
        return Ok(None);
    }
    // They name the jar after the artifact alone.
    let stem = effective.model.part.final_name.as_ref().map_or("${project.artifactId}", |_| NAME);
    let output = name::output(effective, TARGET, stem, ".jar")?;
    let said = main.unwrap_or_else(|| parent.place.clone());
    let shape = Shape::JarAndFolder("libs".to_owned());
    let made = Made { framework: Some("helidon"), shape, output };
    let mut application = making.application(made, &said, &parent.artifact);
    application.evidence.push(evidence("layout", &parent.place, &parent.artifact));
    Ok(Some(application))
}

/// The jar of the Vert.x plugin has a name that differs from release to release.
fn vertx(making: &Making) -> Result<(), Stop> {
    let Some(plugin) = making.effective.plugin("vertx-maven-plugin") else { return Ok(()) };
    if !plugin.of_goal("package").any(|_| true) {
        return Ok(());
    }
    let reason = format!("{}:{} makes its jar by `vertx-maven-plugin`", plugin.place.file, plugin.place.line);
    Err(Stop::refuse(reason)
        .help("not supported; nearest: `maven-shade-plugin` with `io.vertx.core.Launcher` as main class"))
}
