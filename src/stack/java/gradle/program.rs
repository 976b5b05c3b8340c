//! Programs with a main class: of the plugin `application`, one jar that holds all, or a jar alone.

use super::makes::{Decided, Look, application};
use crate::evidence::Evidence;
use crate::manifest::gradle::{Event, Expr};
use crate::stack::java::module::{Application, File, Output, Shape};
use crate::verdict::Stop;

/// Plugins that apply `application`.
const APPLICATIONS: &[&str] =
    &["application", "io.micronaut.application", "io.micronaut.minimal.application", "io.ktor.plugin"];
const SHADOW: &[&str] =
    &["com.github.johnrengelman.shadow", "com.gradleup.shadow", "io.github.goooler.shadow"];

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
}

/// Reads what starts a plain program.
pub(super) fn read(look: &Look) -> Decided {
    let main = main(look);
    let manifest = manifest(look);
    let plugin = look.plugin(APPLICATIONS);
    let shadow = look.plugin(SHADOW).filter(|_| look.off("shadowJar").is_none());
    if let Some(shadow) = shadow
        && (plugin.is_some() || manifest.is_some())
    {
        let by_task = || manifest.as_ref().map(|found| &found.main);
        let said = main.as_ref().or_else(by_task).map(|main| main.evidence.clone());
        let Some(said) = said else {
            return Err(nameless(look, &shadow.evidence));
        };
        let mut found = application(
            Shape::Jar,
            &["shadowJar"],
            look.archive("shadowJar", "all", "jar")?,
            vec![shadow.evidence.clone(), said],
        );
        framework(look, &mut found);
        return Ok(Some(found));
    }
    if let Some(plugin) = plugin {
        return installed(look, &plugin.evidence, main, manifest).map(Some);
    }
    let Some(manifest) = manifest else { return Ok(None) };
    jar(look, manifest).map(Some)
}

fn nameless(look: &Look, evidence: &Evidence) -> Stop {
    Stop::refuse(format!(
        "{} makes one jar, but {} names no main class",
        evidence.place(),
        look.project.manifest
    ))
    .help("apply the plugin `application` and set `mainClass`")
}

/// What `installDist` leaves: all jars in one folder.
fn installed(
    look: &Look,
    plugin: &Evidence,
    main: Option<Main>,
    manifest: Option<Manifest>,
) -> Result<Application, Stop> {
    let folder = format!("{}/install", look.build_folder()?);
    let output = Output { folder, file: File::Folder };
    let chosen = main.or_else(|| manifest.map(|found| found.main)).or_else(|| started(look));
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
    Ok(found)
}

/// What a task of the kind `Jar` leaves.
fn jar(look: &Look, manifest: Manifest) -> Result<Application, Stop> {
    let Manifest { task, main, whole } = manifest;
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
    if let Some(reason) = reason {
        return Err(Stop::refuse(format!("{} names a main class, but {reason}", main.evidence.place()))
            .help("apply the plugin `application` with `mainClass`, so that Gradle gathers what it needs"));
    }
    let output = look.archive(&task, "", "jar")?;
    let mut found = application(Shape::Jar, &[&task], output, vec![main.evidence]);
    framework(look, &mut found);
    Ok(found)
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
            found.version = all.filter_map(|one| one.version.as_deref()?.parse().ok()).next();
            found.evidence.push(evidence.clone());
            return;
        }
    }
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

/// The main class of a task that starts the program: a weak hint.
fn started(look: &Look) -> Option<Main> {
    let found = look.last(|event| {
        matches!(event.path.as_slice(), [task, name] if task == "run" && matches!(name.as_str(), "mainClass" | "main"))
    });
    found.map(|(value, evidence)| Main { class: class(look, value), evidence })
}

fn class(look: &Look, value: &Expr) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
    look.scope.text(value).filter(|name| !name.is_empty() && name.len() <= 300 && name.chars().all(plain))
}

/// The last task whose manifest names a main class; one that makes the jar whole counts more.
fn manifest(look: &Look) -> Option<Manifest> {
    let mut found: Option<Manifest> = None;
    for file in &look.project.layers {
        for event in file.events.iter().filter(|event| !event.guarded) {
            let Some((task, value)) = names_main(event) else { continue };
            if look.off(task).is_some() || task.to_lowercase().contains("test") {
                continue;
            }
            let whole = file.events.iter().any(|other| other.unpacks && other.is(&[task]));
            if found.as_ref().is_some_and(|before| before.whole && !whole) {
                continue;
            }
            let main = Main { class: class(look, value), evidence: file.says("main class", event) };
            found = Some(Manifest { task: task.to_owned(), main, whole });
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
