//! What Quarkus makes: a folder, or one jar.

use anyhow::Result;

use super::makes::{Decided, Look, application};
use crate::catalog::Release;
use crate::evidence::Evidence;
use crate::manifest::properties::{properties, yaml};
use crate::repo::join;
use crate::stack::java::module::{Application, File, Output, Shape};

const ID: &str = "io.quarkus";
const TASK: &str = "quarkusBuild";

/// Reads what the plugin makes, where it is applied.
///
/// # Errors
/// When a file of settings cannot be read.
pub(super) fn read(look: &Look) -> Result<Decided> {
    let Some(plugin) = look.plugin(&[ID]) else { return Ok(Ok(None)) };
    let build = match look.build_folder() {
        Ok(build) => build,
        Err(stop) => return Ok(Err(stop)),
    };
    let boms = ["quarkus-bom", "quarkus-universe-bom"];
    let version = look
        .version(ID, "gradle-application-plugin")
        .or_else(|| boms.iter().find_map(|bom| look.version("", bom)));
    let older = |text: &str| {
        let least: Option<Release> = text.parse().ok();
        version.as_ref().is_some_and(|(version, _)| least.is_some_and(|least| *version < least))
    };
    let said = packaging(look)?;
    let kind = match &said {
        Some((kind, _)) => kind.as_str(),
        None if older("1.12") => "legacy-jar",
        None => "fast-jar",
    };
    let folder = Output { folder: format!("{build}/quarkus-app"), file: File::Folder };
    let runner = || Output {
        folder: build.clone(),
        file: File::Versioned { before: String::new(), after: "-runner.jar".to_owned(), others: Vec::new() },
    };
    let evidence = vec![plugin.evidence.clone()];
    let mut found: Application = match kind {
        "uber-jar" => application(Shape::Jar, &[TASK], runner(), evidence),
        "legacy-jar" | "legacy" => {
            application(Shape::JarAndFolder("lib".to_owned()), &[TASK], runner(), evidence)
        }
        "native" | "native-sources" => {
            let flags: &[&str] = match older("3.9") {
                true => &[TASK, "-Dquarkus.package.type=fast-jar"],
                false => &[TASK, "-Dquarkus.native.enabled=false", "-Dquarkus.package.jar.enabled=true"],
            };
            application(Shape::QuarkusFolder, flags, folder, evidence)
        }
        _ => application(Shape::QuarkusFolder, &[TASK], folder, evidence),
    };
    if let Some((kind, evidence)) = said {
        if kind.starts_with("native") {
            found
                .warnings
                .push(format!("{} asks for a native program; a jar is built instead", evidence.place()));
        }
        found.evidence.push(evidence);
    }
    found.framework = Some("quarkus".to_owned());
    if let Some((release, evidence)) = version {
        found.version = Some(release);
        found.evidence.push(evidence);
    }
    Ok(Ok(Some(found)))
}

/// The kind of package that settings or the script ask for.
fn packaging(look: &Look) -> Result<Option<(String, Evidence)>> {
    const KEYS: &[&str] = &["quarkus.package.jar.type", "quarkus.package.type"];
    let resources = join(&look.project.folder, "src/main/resources");
    let names =
        ["application.properties", "application.yml", "application.yaml"].map(|name| join(&resources, name));
    for file in ["gradle.properties".to_owned(), look.path("gradle.properties")].iter().chain(&names) {
        let Some(text) = look.repo.source(file)? else { continue };
        let settings = if file.ends_with("properties") { properties(&text) } else { yaml(&text) };
        for (key, (value, line)) in &settings {
            let evidence = || Evidence::at("package", file.as_str(), *line, format!("{key}={value}"));
            match key.as_str() {
                "quarkus.native.enabled" if value == "true" => {
                    return Ok(Some(("native".to_owned(), evidence())));
                }
                "quarkus.package.uber-jar" if value == "true" => {
                    return Ok(Some(("uber-jar".to_owned(), evidence())));
                }
                key if KEYS.contains(&key) && value != "jar" => return Ok(Some((value.clone(), evidence()))),
                _ => {}
            }
        }
    }
    for file in look.project.layers.iter().rev() {
        for event in file.events.iter().filter(|event| event.under("quarkus") && !event.guarded) {
            let args = event.links.last().map(|link| link.args.as_slice()).unwrap_or_default();
            let [key, value] = args else { continue };
            if key
                .value
                .literal()
                .is_some_and(|key| KEYS.contains(&key) || key == "package.type" || key == "package.jar.type")
                && let Some(value) = look.scope.text(&value.value)
            {
                return Ok(Some((value, file.says("package", event))));
            }
        }
    }
    Ok(None)
}
