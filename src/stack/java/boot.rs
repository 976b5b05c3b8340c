//! What makes a Maven project an executable Spring Boot jar.

use super::Facts;
use crate::catalog::{BootJar, Java, Release};
use crate::evidence::Evidence;
use crate::manifest::pom::{Plugin, Pom};
use crate::stack::common;
use crate::verdict::Stop;

/// An executable Spring Boot jar.
pub(super) struct Boot {
    pub version: Release,
    pub evidence: Evidence,
    /// File name of the jar.
    pub jar: String,
    /// Arguments of Maven: the goals that make it, and what keeps other plugins from failing.
    pub goals: Vec<String>,
    /// How it unpacks itself; `None` where it stays whole.
    pub unpack: Option<BootJar>,
}

const GROUP: &str = "org.springframework.boot";
const PLUGIN: &str = "spring-boot-maven-plugin";

/// Reads the jar out of the pom.
///
/// # Errors
/// A stop when the project makes no such jar, or when its name cannot be known.
pub(super) fn read(facts: &Facts, knowledge: &Java) -> Result<Boot, Stop> {
    let pom = &facts.pom;
    packaging(facts)?;
    let Some(plugin) = pom.plugin(PLUGIN) else {
        return Err(Stop::refuse(format!("pom.xml has no `{PLUGIN}`, so its jar cannot be started by itself"))
            .help("only Spring Boot's executable jars are supported; nearest: add the plugin, or one that makes an executable jar"));
    };
    if plugin.skipped {
        let reason =
            format!("pom.xml:{} skips `{PLUGIN}`, so no executable jar is made", plugin.artifact.line);
        return Err(Stop::refuse(reason)
            .help("remove `<skip>`, or run distrogen in the module that makes the application"));
    }
    let (version, evidence) = version(facts)?;
    let row = knowledge.boot.iter().find(|row| version.first(2) >= row.from);
    let unpack = row.filter(|_| plugin.layers.is_none()).cloned();
    if let Some(directory) = &pom.directory {
        let reason = format!("pom.xml:{} has the build write to `{}`", directory.line, directory.value);
        return Err(Stop::refuse(reason).help("remove `<directory>`: the jar is looked for in `target`"));
    }
    Ok(Boot { jar: jar(facts)?, version, evidence, goals: goals(pom, plugin), unpack })
}

/// Spring Boot's own parent binds the goal that makes the jar executable; without it and without
/// an execution that names the goal, Maven is told. Plugins that ask git are told to leave it.
fn goals(pom: &Pom, plugin: &Plugin) -> Vec<String> {
    let mut goals = vec!["package".to_owned()];
    let by_parent = pom.parent.as_ref().is_some_and(|parent| parent.group == GROUP);
    if !by_parent && !plugin.goals.iter().any(|goal| goal == "repackage") {
        goals.push("spring-boot:repackage".to_owned());
    }
    let plugins = ["git-commit-id-maven-plugin", "git-commit-id-plugin"];
    if plugins.iter().any(|name| pom.plugin(name).is_some()) {
        goals.push("-Dmaven.gitcommitid.skip=true".to_owned());
    }
    goals
}

fn packaging(facts: &Facts) -> Result<(), Stop> {
    let pom = &facts.pom;
    let Some(packaging) = pom.packaging.as_ref().filter(|said| said.value != "jar") else { return Ok(()) };
    let place = format!("pom.xml:{}", packaging.line);
    if packaging.value == "pom" {
        let modules: Vec<&str> = pom.modules.iter().map(|said| said.value.as_str()).collect();
        return Err(Stop::refuse(format!(
            "{place} is a parent of modules ({}), not an application",
            modules.join(", ")
        ))
        .help("building one module of several is not supported yet"));
    }
    Err(Stop::refuse(format!("{place} has packaging `{}`; only `jar` is supported", packaging.value)).help(
        "a web archive needs a servlet container, which no distroless image has; nearest: packaging `jar`",
    ))
}

/// The Spring Boot version: of the parent, the imported bill of materials, the plugin, or a dependency.
fn version(facts: &Facts) -> Result<(Release, Evidence), Stop> {
    let pom = &facts.pom;
    let plugin = pom.plugin(PLUGIN).map(|plugin| &plugin.artifact);
    let artifacts = pom.parent.iter().chain(&pom.managed).chain(plugin).chain(&pom.dependencies);
    for artifact in artifacts.filter(|artifact| artifact.group == GROUP) {
        let Some(said) = &artifact.version else { continue };
        let Ok(release) = said.value.parse::<Release>() else { continue };
        let says = format!("{} {}", artifact.artifact, said.value);
        return Ok((release, Evidence::at("framework", "pom.xml", said.line, says)));
    }
    let from =
        pom.parent.as_ref().map_or(String::new(), |parent| format!(" (its parent is `{}`)", parent.artifact));
    Err(Stop::refuse(format!("pom.xml does not say which Spring Boot it uses{from}"))
        .help("a parent or bill of materials that is not in the repository is not read; name `spring-boot-starter-parent`'s version"))
}

/// The jar's exact name: never a pattern at run time.
fn jar(facts: &Facts) -> Result<String, Stop> {
    let pom = &facts.pom;
    let classifier = pom.plugin(PLUGIN).and_then(|plugin| plugin.classifier.as_ref());
    let stem = match (&pom.final_name, &pom.version) {
        (Some(name), _) => pom.resolved(&name.value),
        (None, Some(version)) => pom.resolved(&format!("{}-{}", pom.artifact.value, version.value)),
        (None, None) => None,
    };
    let tail = classifier.map_or(String::new(), |said| format!("-{}", said.value));
    match stem.map(|stem| format!("{stem}{tail}")).filter(|stem| common::is_plain_name(stem)) {
        Some(stem) => Ok(format!("{stem}.jar")),
        None => Err(Stop::refuse(
            "the name of the jar cannot be known from pom.xml: its version or finalName is computed",
        )
        .help("set `<finalName>` to a fixed name")),
    }
}
