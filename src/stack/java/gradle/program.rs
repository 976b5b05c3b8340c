//! Programs with a main class: of the plugin `application`, one jar that holds all, or a jar alone.

use super::makes::{Decided, Look, application};
use super::options;
use crate::catalog::Release;
use crate::evidence::Evidence;
use crate::manifest::gradle::{Event, Expr};
use crate::repo::join;
use crate::stack::common;
use crate::stack::java::module::{Application, File, Output, Shape};
use crate::verdict::Stop;

/// Plugins that apply `application`.
const APPLICATIONS: &[&str] =
    &["application", "io.micronaut.application", "io.micronaut.minimal.application", "io.ktor.plugin"];
const SHADOW: &[&str] =
    &["com.github.johnrengelman.shadow", "com.gradleup.shadow", "io.github.goooler.shadow"];

/// More tasks of one kind than this say nothing that a person wrote.
const MOST: usize = 100;

/// A main class that a statement names; the class is `None` where it is computed.
struct Main {
    class: Option<String>,
    evidence: Evidence,
}

/// A task that makes a jar whose manifest names a main class.
struct Manifest {
    task: String,
    main: Main,
    /// Whether it unpacks what it needs into the jar.
    whole: bool,
    /// Another class, in a jar of the same kind.
    rival: Option<Main>,
}

/// Reads what starts a plain program.
pub(super) fn read(look: &Look) -> Decided {
    let main = main(look);
    let manifest = manifest(look);
    let plugin = look.plugin(APPLICATIONS);
    let shadow = look.plugin(SHADOW).filter(|_| look.off("shadowJar").is_none());
    let said = main.as_ref().or_else(|| manifest.as_ref().map(|found| &found.main));
    if let (Some(shadow), Some(said)) = (shadow, said) {
        let evidence = vec![shadow.evidence.clone(), said.evidence.clone()];
        let output = look.archive("shadowJar", "all", "jar")?;
        let mut found = application(Shape::Jar, &["shadowJar"], output, evidence);
        framework(look, &mut found);
        options::give(look, &mut found);
        return Ok(Some(found));
    }
    if let Some(plugin) = plugin {
        let chosen = main.or_else(|| manifest.map(|found| found.main)).or_else(|| started(look));
        // What all projects are given makes no program of those that say no more.
        if chosen.is_none() && plugin.evidence.file != look.project.manifest {
            return Ok(None);
        }
        return installed(look, &plugin.evidence, chosen).map(Some);
    }
    let Some(manifest) = manifest else { return Ok(None) };
    jar(look, manifest).map(Some)
}

/// Whether the project's own script gives a jar a main class.
pub(super) fn packs(look: &Look) -> bool {
    manifest(look).is_some_and(|found| found.main.evidence.file == look.project.manifest)
}

/// What `installDist` leaves: all jars in one folder.
fn installed(look: &Look, plugin: &Evidence, chosen: Option<Main>) -> Result<Application, Stop> {
    let folder = format!("{}/install", look.build_folder()?);
    let output = Output { folder, file: File::Folder };
    let class = chosen.as_ref().and_then(|main| main.class.clone());
    let mut found =
        application(Shape::ClassPath { main: class.clone() }, &["installDist"], output, vec![plugin.clone()]);
    match &chosen {
        Some(main) if class.is_none() => {
            found.warnings.push(format!("{} computes the main class", main.evidence.place()));
        }
        Some(_) => {}
        None => found.warnings.push(format!("{} names no main class", look.project.manifest)),
    }
    found.evidence.extend(chosen.map(|main| main.evidence));
    framework(look, &mut found);
    options::give(look, &mut found);
    options::verticle(look, class.as_deref(), &mut found);
    options::beside(look, &mut found)?;
    Ok(found)
}

/// What a task of the kind `Jar` leaves.
fn jar(look: &Look, manifest: Manifest) -> Result<Application, Stop> {
    let Manifest { task, main, whole, rival } = manifest;
    if let Some(rival) = rival {
        let (first, second) = (rival.evidence.place(), main.evidence.place());
        return Err(Stop::refuse(format!(
            "{first} and {second} make two jars, each of which starts another class"
        ))
        .help("apply the plugin `application` with the `mainClass` of the one that is served"));
    }
    let needed = look.needs.dependencies.iter().find(|one| one.shipped && one.artifact != "kotlin-stdlib");
    let kotlin = look.plugin(&["org.jetbrains.kotlin.jvm"]);
    let reason = match (whole, needed, kotlin) {
        (true, ..) => None,
        (false, Some(one), _) => {
            Some(format!("the jar is made without what {} asks for", one.evidence.place()))
        }
        (false, None, Some(one)) => {
            Some(format!("the jar is made without the libraries of Kotlin ({})", one.evidence.place()))
        }
        (false, None, None) if look.needs.files => {
            Some("the jar is made without the jars that it needs".to_owned())
        }
        _ => None,
    };
    if reason.is_some()
        && let Some(found) = beside(look, &task, &main)?
    {
        return Ok(found);
    }
    if let Some(reason) = reason {
        return Err(Stop::refuse(format!("{} names a main class, but {reason}", main.evidence.place()))
            .help("apply the plugin `application` with `mainClass`, so that Gradle gathers what it needs"));
    }
    let output = look.archive(&task, "", "jar")?;
    let mut found = application(Shape::Jar, &[&task], output, vec![main.evidence]);
    framework(look, &mut found);
    Ok(found)
}

/// A jar that names the jars beside it, where a task copies what it needs to a folder there.
fn beside(look: &Look, task: &str, main: &Main) -> Result<Option<Application>, Stop> {
    let names = |event: &Event| {
        event.ends(&[task, "manifest", "attributes", "Class-Path"])
            || (event.ends(&[task, "manifest", "attributes"])
                && event.links.last().is_some_and(|link| link.named("Class-Path").is_some()))
    };
    let named = look.project.layers.iter().find_map(|file| {
        Some(file.says("class path", file.events.iter().find(|event| !event.guarded && names(event))?))
    });
    let Some(named) = named else { return Ok(None) };
    let output = look.archive(task, "", "jar")?;
    let base = join(&look.project.folder, &output.folder);
    let events = || look.project.layers.iter().flat_map(|file| &file.events);
    for event in
        events().filter(|event| !event.guarded && event.name() == "into" && event.path.len() == 2).take(MOST)
    {
        let folder = event.given().and_then(|value| look.scope.path(value));
        let folder = folder.as_deref().and_then(|folder| folder.strip_prefix(&base)?.strip_prefix('/'));
        let copies = event.path.first().map(String::as_str).unwrap_or_default();
        let gathers = events().any(|other| {
            other.is(&[copies, "from"])
                && other
                    .given()
                    .and_then(Expr::links)
                    .is_some_and(|links| links.iter().any(|link| link.name == "runtimeClasspath"))
        });
        let Some(folder) = folder.filter(|folder| gathers && common::is_plain_name(folder)) else { continue };
        let mut found = application(
            Shape::JarAndFolder(folder.to_owned()),
            &[task, copies],
            output,
            vec![main.evidence.clone(), named],
        );
        framework(look, &mut found);
        return Ok(Some(found));
    }
    Ok(None)
}

/// The framework that plugins or libraries tell of.
fn framework(look: &Look, found: &mut Application) {
    const PLUGINS: &[(&str, &str, &str)] =
        &[("io.micronaut.", "io.micronaut", "micronaut"), ("io.ktor.", "io.ktor", "ktor")];
    for (plugin, group, name) in PLUGINS {
        let by_plugin = look.applied.iter().find(|one| !one.guarded && one.id.starts_with(plugin));
        let by_library = look.needs.dependencies.iter().find(|one| one.shipped && one.group == *group);
        let evidence = by_library.map(|one| &one.evidence).or(by_plugin.map(|one| &one.evidence));
        if let Some(evidence) = evidence {
            found.framework = Some((*name).to_owned());
            let all = look.needs.dependencies.iter().filter(|one| one.group == *group);
            let mut versions = all.filter_map(|one| one.version.as_deref()?.parse().ok());
            found.version = versions.next().or_else(|| told(look, name));
            found.evidence.push(evidence.clone());
            return;
        }
    }
}

/// The version that the framework's own plugin is told, or has.
fn told(look: &Look, framework: &str) -> Option<Release> {
    if framework == "ktor" {
        return Some(look.version("io.ktor.plugin", "")?.0);
    }
    let said =
        look.last(|event| event.is(&["micronaut", "version"])).and_then(|(value, _)| look.scope.text(value));
    let property = || look.scope.properties.iter().find_map(|one| one.get("micronautVersion"));
    said.or_else(|| Some(property()?.0.clone()))?.parse().ok()
}

/// The main class of the application.
fn main(look: &Look) -> Option<Main> {
    let says = |event: &Event| {
        event.ends(&["application", "mainClass"])
            || event.ends(&["application", "mainClassName"])
            || event.is(&["mainClassName"])
            || event.is(&["ext", "mainClassName"])
    };
    look.last(says).map(|(value, evidence)| Main { class: class(look, value), evidence })
}

/// The main class of the tasks that start the program, where they agree: a weak hint.
fn started(look: &Look) -> Option<Main> {
    let mut found: Option<Main> = None;
    for file in &look.project.layers {
        for event in &file.events {
            if !matches!(event.path.as_slice(), [_, name] if name == "mainClass" || name == "main") {
                continue;
            }
            let Some(class) = event.given().and_then(|value| class(look, value)) else { continue };
            if found.as_ref().is_some_and(|before| before.class.as_ref() != Some(&class)) {
                return None;
            }
            found = Some(Main { class: Some(class), evidence: file.says("main class", event) });
        }
    }
    found
}

fn class(look: &Look, value: &Expr) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
    look.scope.text(value).filter(|name| !name.is_empty() && name.len() <= 300 && name.chars().all(plain))
}

/// The last task whose manifest names a main class; one that makes the jar whole counts more.
fn manifest(look: &Look) -> Option<Manifest> {
    let mut found: Option<Manifest> = None;
    for file in &look.project.layers {
        let named = file.events.iter().filter(|event| !event.guarded);
        let named = named.filter_map(|event| Some((event, names_main(event)?)));
        for (event, (task, value)) in named.take(MOST) {
            if look.off(task).is_some() || task.to_lowercase().contains("test") {
                continue;
            }
            let whole = file.events.iter().any(|other| other.unpacks && other.is(&[task]));
            if found.as_ref().is_some_and(|before| before.whole && !whole) {
                continue;
            }
            let main = Main { class: class(look, value), evidence: file.says("main class", event) };
            let is_rival = |before: &Manifest| {
                let both = before.main.class.as_ref().zip(main.class.as_ref());
                before.task != task && before.whole == whole && both.is_some_and(|(one, other)| one != other)
            };
            let rival = found.filter(is_rival).map(|before| before.main);
            found = Some(Manifest { task: task.to_owned(), main, whole, rival });
        }
    }
    found
}

/// The task and the class of `jar { manifest { attributes "Main-Class": "x" } }`.
fn names_main(event: &Event) -> Option<(&str, &Expr)> {
    const KEY: &str = "Main-Class";
    let task =
        |at: usize| event.path.len().checked_sub(at).and_then(|at| event.path.get(at)).map(String::as_str);
    if event.ends(&["manifest", "attributes", KEY]) {
        return Some((task(4)?, event.value.as_ref()?));
    }
    if event.ends(&["manifest", "attributes", "put"]) {
        let [key, value] = event.links.last()?.args.as_slice() else { return None };
        return Some((task(4)?, &value.value)).filter(|_| key.value.literal() == Some(KEY));
    }
    if !event.ends(&["manifest", "attributes"]) {
        return None;
    }
    let link = event.links.last()?;
    let value = link.named(KEY).or_else(|| match link.first() {
        Some(Expr::Chain(links)) => links.first()?.named(KEY),
        Some(Expr::List(entries)) => {
            entries.iter().find(|entry| entry.name.as_deref() == Some(KEY)).map(|entry| &entry.value)
        }
        _ => None,
    });
    Some((task(3)?, value?))
}
