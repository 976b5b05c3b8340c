//! Jars that hold all that they need: by the shade plugin or the assembly plugin.

use super::class_path::{jar_main, jar_stem};
use super::effective::Effective;
use super::making::{Made, Making, NAME, TARGET, Way};
use super::model::{Execution, Plugin};
use super::name;
use crate::manifest::xml::Said;
use crate::stack::java::module::{Output, Shape};
use crate::verdict::Stop;

pub(super) const SHADE: &str = "maven-shade-plugin";
const ASSEMBLY: &str = "maven-assembly-plugin";

/// The jar of the shade plugin.
pub(super) fn shaded(making: &Making) -> Way {
    let effective = making.effective;
    let Some(plugin) = effective.plugin(SHADE) else { return Ok(None) };
    let on =
        |one: &&Execution| is_built(making, one, "package") && !is(effective, plugin, one, "skip", "true");
    let executions: Vec<&Execution> = plugin.of_goal("shade").filter(on).collect();
    // A second execution may make a smaller jar for others: the one that starts counts.
    let mut named = executions.iter().filter_map(|one| Some((*one, main(effective, plugin, one)?)));
    let with_main = only(named.next(), named)?;
    let of_jar = || executions.first().and_then(|one| Some((*one, jar_main(effective)?)));
    let Some((execution, main)) = with_main.or_else(of_jar) else { return Ok(None) };
    let output = shaded_output(effective, plugin, execution)?;
    let says = format!("{SHADE}, {}", main.value);
    Ok(Some(making.application(Made { framework: None, shape: Shape::Jar, output }, &main, &says)))
}

/// The first, where no other starts another class.
fn only<'e>(
    first: Option<(&'e Execution, Said)>,
    mut others: impl Iterator<Item = (&'e Execution, Said)>,
) -> Result<Option<(&'e Execution, Said)>, Stop> {
    let Some((execution, said)) = first else { return Ok(None) };
    let Some((_, other)) = others.find(|(_, other)| other.value != said.value) else {
        return Ok(Some((execution, said)));
    };
    let place = |said: &Said| format!("{}:{} (`{}`)", said.file, said.line, said.value);
    let reason = format!("{} and {} make two jars that start", place(&said), place(&other));
    Err(Stop::refuse(reason).help("leave one of them to a profile that is not active"))
}

fn is(effective: &Effective, plugin: &Plugin, execution: &Execution, name: &str, value: &str) -> bool {
    effective.configured(plugin, Some(execution), &[name]).is_some_and(|said| said.value == value)
}

/// Whether `package` runs the execution; `usual` is the phase where it names none.
fn is_built(making: &Making, execution: &Execution, usual: &str) -> bool {
    making.known.is_early(execution.phase.as_deref().unwrap_or(usual))
}

/// The main class that a transformer writes into the manifest.
fn main(effective: &Effective, plugin: &Plugin, execution: &Execution) -> Option<Said> {
    let configurations = [execution.configuration.as_ref(), plugin.configuration.as_ref()];
    let mut transformers = configurations.into_iter().flatten().flat_map(|one| one.each("transformers"));
    transformers.find_map(|transformer| {
        transformer.attribute("implementation")?.ends_with("ManifestResourceTransformer").then_some(())?;
        let said = transformer
            .says("mainClass")
            .or_else(|| transformer.child("manifestEntries")?.says("Main-Class"))?;
        Some(effective.said(said).unwrap_or_else(|| said.clone()))
    })
}

/// Where the plugin leaves the jar: its own file, another name, beside the main jar, or in its place.
fn shaded_output(effective: &Effective, plugin: &Plugin, execution: &Execution) -> Result<Output, Stop> {
    let raw = |name: &str| plugin.written(Some(execution), name);
    if let Some(file) = raw("outputFile") {
        let Some((folder, stem, tail)) = name::split(&file.value) else {
            let reason = format!("{}:{} has the jar written to `{}`", file.file, file.line, file.value);
            return Err(
                Stop::refuse(reason).help("leave `<outputFile>` out: `<finalName>` names it in `target`")
            );
        };
        return name::output(effective, folder, stem, &tail);
    }
    let folder = raw("outputDirectory").map_or(TARGET.to_owned(), |said| said.value);
    if let Some(stem) = raw("finalName").filter(|said| said.value != NAME) {
        return name::output(effective, &folder, &stem.value, ".jar");
    }
    if is(effective, plugin, execution, "shadedArtifactAttached", "true") {
        let classifier = raw("shadedClassifierName").map_or("shaded".to_owned(), |said| said.value);
        let artifact = raw("shadedArtifactId").map_or("${project.artifactId}".to_owned(), |said| said.value);
        let stem = format!("{artifact}-${{project.version}}-{classifier}");
        return name::output(effective, &folder, &stem, ".jar");
    }
    // It takes the place of what the jar plugin made.
    name::output(effective, TARGET, &jar_stem(effective), ".jar")
}

/// The jar with dependencies of the assembly plugin.
pub(super) fn assembled(making: &Making) -> Way {
    let effective = making.effective;
    let Some(plugin) = effective.plugin(ASSEMBLY) else { return Ok(None) };
    // The goals have no phase of their own.
    let bound = ["single", "attached", "assembly"]
        .iter()
        .flat_map(|goal| plugin.of_goal(goal))
        .filter(|one| one.phase.is_some() && is_built(making, one, "package"));
    let none = Execution::default();
    let (mut executions, mut goal): (Vec<&Execution>, _) = (bound.collect(), None);
    if executions.is_empty() && plugin.executions.is_empty() {
        (executions, goal) = (vec![&none], Some("assembly:single".to_owned()));
    }
    let mut named = executions.into_iter().filter_map(|one| {
        let configurations =
            [one.configuration.as_ref(), plugin.configuration.as_ref()].into_iter().flatten();
        let mut descriptors = configurations.flat_map(|configuration| configuration.each("descriptorRefs"));
        descriptors.find(|child| child.said.value == "jar-with-dependencies")?;
        let written =
            effective.configured(plugin, Some(one), &["archive", "manifest", "mainClass"]).or_else(|| {
                effective.configured(plugin, Some(one), &["archive", "manifestEntries", "Main-Class"])
            })?;
        Some((one, written))
    });
    let with_main = only(named.next(), named)?;
    let Some((execution, main)) = with_main else { return Ok(None) };
    let stem = plugin.written(Some(execution), "finalName").map_or(NAME.to_owned(), |said| said.value);
    let folder =
        plugin.written(Some(execution), "outputDirectory").map_or(TARGET.to_owned(), |said| said.value);
    let tail = match is(effective, plugin, execution, "appendAssemblyId", "false") {
        true => ".jar",
        false => "-jar-with-dependencies.jar",
    };
    let output = name::output(effective, &folder, &stem, tail)?;
    let mut application = making.application(
        Made { framework: None, shape: Shape::Jar, output },
        &main,
        &format!("{ASSEMBLY}, {}", main.value),
    );
    application.tasks.extend(goal);
    Ok(Some(application))
}
