//! Spring Boot's executable jar or war.

use super::makes::{COMPILERS, Decided, Look, application, is_word};
use crate::stack::java::module::{File, Shape};

const ID: &str = "org.springframework.boot";

/// Reads what the plugin makes, where it is applied.
pub(super) fn read(look: &Look) -> Decided {
    let Some(plugin) = look.plugin(&[ID]) else { return Ok(None) };
    if look.plugin(COMPILERS).is_none() {
        return Ok(None);
    }
    let war = look.plugin(&["war"]).filter(|_| look.off("bootWar").is_none());
    let (task, extension) = if war.is_some() { ("bootWar", "war") } else { ("bootJar", "jar") };
    if look.off(task).is_some() {
        return Ok(None);
    }
    let mut output = look.archive(task, "", extension)?;
    // The task makes one jar alone, and a name with the version says no more.
    if extension == "jar" && !matches!(output.file, File::Exact(_)) {
        output.file = File::OnlyJar;
    }
    let layers = look.project.layers.iter().flat_map(|file| &file.events);
    let layered = !layers.into_iter().any(|event| {
        event.path.iter().any(|name| name == "layered") && event.path.iter().any(|name| name == task)
    });
    // Without its tools the jar does not unpack itself.
    let tools = look.set(task, "includeTools").filter(|(value, _)| is_word(value, "false"));
    let layered = layered && tools.is_none();
    let mut found = application(Shape::Boot { layered }, &[task], output, vec![plugin.evidence.clone()]);
    found.evidence.extend(war.map(|war| war.evidence.clone()));
    found.framework = Some("spring-boot".to_owned());
    let version = look
        .version(ID, "spring-boot-gradle-plugin")
        .or_else(|| look.version("", "spring-boot-dependencies"));
    match version {
        // `3.+` says too little of what the jar is like.
        Some((release, evidence)) if release.numbers() < 2 => {
            found.warnings.push(format!("{} lets the version of Spring Boot float", evidence.place()));
        }
        Some((release, evidence)) => {
            found.version = Some(release);
            found.evidence.push(evidence);
        }
        None => {
            found.warnings.push(format!("{} does not say which Spring Boot it uses", plugin.evidence.place()))
        }
    }
    Ok(Some(found))
}
