//! What the build of a module leaves: the ways in which plugins make a program, strongest first.

use anyhow::Result;

use super::effective::{Effective, evidence};
use super::known::Known;
use super::{boot, class_path, fat, framework, micronaut, on_path, quarkus};
use crate::manifest::xml::Said;
use crate::repo::Repo;
use crate::stack::java::module::{Application, Dependency, Makes, Output, Shape};
use crate::verdict::{Halt, Stop};

/// A module, and what is needed to tell what it makes.
pub(super) struct Making<'a> {
    pub repo: &'a Repo,
    pub known: &'a Known,
    pub effective: &'a Effective,
    pub dependencies: &'a [Dependency],
}

/// An application, as one way finds it; `None` where the build does not go that way.
pub(super) type Way = Result<Option<Application>, Halt>;

/// The folder that everything is left in.
pub(super) const TARGET: &str = "${project.build.directory}";

/// The name of the main artifact.
pub(super) const NAME: &str = "${project.build.finalName}";

/// Packagings of programs for a server, and what each needs.
const HOSTED: &[(&str, &str)] = &[
    ("apk", "a telephone"),
    ("ear", "an application server"),
    ("hpi", "Jenkins"),
    ("nbm", "the NetBeans platform"),
    ("rar", "an application server"),
];

/// What a plugin makes.
pub(super) struct Made {
    pub framework: Option<&'static str>,
    pub shape: Shape,
    pub output: Output,
}

impl Making<'_> {
    /// An application of this shape, made by `package`; its framework is the named one, or else
    /// told by what it depends on.
    pub(super) fn application(&self, made: Made, said: &Said, says: &str) -> Application {
        let mut found = vec![evidence("application", said, says)];
        let named = made.framework.and_then(|name| framework::named(self, name));
        let framework = named.or_else(|| framework::of(self));
        let version = framework.and_then(|row| framework::version(self, row));
        found.extend(version.iter().map(|(_, evidence)| evidence.clone()));
        let options = match &made.shape {
            Shape::ClassPath { .. } => on_path::read(self.effective).options,
            _ => on_path::preview(self.effective).into_iter().collect(),
        };
        Application {
            framework: framework.map(|row| row.name.clone()),
            version: version.map(|(version, _)| version),
            shape: made.shape,
            tasks: vec!["package".to_owned()],
            output: made.output,
            options,
            evidence: found,
            arguments: Vec::new(),
            is_named_only: false,
            warnings: Vec::new(),
        }
    }
}

/// What the module makes.
///
/// # Errors
/// When a file of it cannot be read.
pub(super) fn makes(making: &Making) -> Result<Makes> {
    match found(making) {
        Ok(makes) => Ok(makes),
        Err(Halt::Stop(stop)) => Ok(Makes::Refused(*stop)),
        Err(Halt::Failed(error)) => Err(error),
    }
}

/// Whether the packaging leaves a jar that Java can start a class of.
pub(super) fn makes_jar(making: &Making) -> bool {
    let packaging = making.effective.packaging();
    matches!(packaging.value.as_str(), "bundle" | "jar" | "quarkus" | "takari-jar" | "war")
        || micronaut::makes_jar(making)
}

fn found(making: &Making) -> Result<Makes, Halt> {
    let effective = making.effective;
    let packaging = effective.packaging();
    let place = format!("{}:{}", packaging.file, packaging.line);
    let by_packaging = || Makes::Library(format!("packaging `{}`", packaging.value));
    if let Some((name, host)) = HOSTED.iter().find(|(name, _)| *name == packaging.value) {
        let stop = Stop::refuse(format!("{place} has packaging `{name}`, which {host} runs"));
        return Err(stop
            .help("no distroless image has one; nearest: packaging `jar` with a main class")
            .into());
    }
    missing_files(making)?;
    if matches!(packaging.value.as_str(), "jar" | "war" | "quarkus") || micronaut::makes_jar(making) {
        let ways: [fn(&Making) -> Way; 6] =
            [boot::read, quarkus::read, micronaut::read, fat::shaded, fat::assembled, class_path::read];
        for way in ways.iter().take(if packaging.value == "war" { 1 } else { ways.len() }) {
            if let Some(application) = way(making)? {
                return Ok(Makes::Application(Box::new(application)));
            }
        }
    } else {
        return Ok(by_packaging());
    }
    if packaging.value == "war" {
        let skipped = effective.plugin(boot::PLUGIN).map_or(String::new(), |plugin| {
            format!(", and {}:{} skips `{}`", plugin.place.file, plugin.place.line, plugin.artifact)
        });
        let reason =
            format!("{place} is a web archive (packaging `war`), which a servlet container runs{skipped}");
        return Err(Stop::refuse(reason)
            .help("no distroless image has one; nearest: an executable war by `spring-boot-maven-plugin`, or Jetty in a main class of its own")
            .help("an image of Tomcat or Jetty runs it as it is, but is not distroless")
            .into());
    }
    let hosts = &making.known.java.function_host;
    let hosted = making.dependencies.iter().find_map(|one| {
        let row = hosts.iter().find(|row| row.artifacts.contains(&one.artifact))?;
        Some((one, &row.host))
    });
    if let Some((one, host)) = hosted {
        let reason = format!("{} makes it a function for {host} (`{}`)", one.evidence.place(), one.artifact);
        return Err(Stop::not_a_program(reason).help("its host brings the program that calls it").into());
    }
    Ok(Makes::Library(reason(making)))
}

/// Why it is taken for a library: a plugin that would make it a program does not run.
fn reason(making: &Making) -> String {
    const MAKERS: &[&str] =
        &["maven-assembly-plugin", "maven-shade-plugin", "quarkus-maven-plugin", boot::PLUGIN];
    let idle = &making.effective.model.idle;
    if let Some(plugin) = making.effective.plugin(boot::PLUGIN) {
        return format!("{}:{} skips `{}`", plugin.place.file, plugin.place.line, plugin.artifact);
    }
    if let Some(plugin) =
        making.effective.plugin(fat::SHADE).filter(|plugin| plugin.of_goal("shade").next().is_some())
    {
        return format!("{}:{} shades a jar without a main class", plugin.place.file, plugin.place.line);
    }
    match idle.iter().find(|(_, said)| MAKERS.contains(&said.value.as_str())) {
        Some((profile, said)) => format!(
            "{}:{} has `{}` in the profile `{profile}` only, which is not active",
            said.file, said.line, said.value
        ),
        None => "no plugin makes it a program".to_owned(),
    }
}

/// Refuses a dependency that is a file which is not there.
fn missing_files(making: &Making) -> Result<(), Halt> {
    for dependency in making.effective.files() {
        let Some(path) = &dependency.path else { continue };
        let place = format!("{}:{}", path.file, path.line);
        let own = making.effective.text(&path.value);
        let inside = own.as_deref().map(|own| crate::repo::join(&making.effective.model.folder, own));
        let inside = inside.filter(|_| own.as_deref().is_some_and(|own| !own.starts_with('/')));
        let there = match inside.as_deref().and_then(crate::repo::normal) {
            Some(file) => making.repo.has(&file)?,
            None => false,
        };
        if !there {
            let reason = format!("{place} names the file `{}`, which is not in the repository", path.value);
            return Err(Stop::refuse(reason)
                .help("add the file, or take its artifact from a repository")
                .into());
        }
    }
    Ok(())
}
