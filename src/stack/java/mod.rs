//! Java: a Spring Boot application built by Maven to its layers on a distroless JRE.

mod boot;
#[allow(dead_code, reason = "filled here, planned from next")]
mod gradle;
#[allow(dead_code, reason = "filled here, planned from next")]
mod module;
mod plan;

use anyhow::Result;
use serde::Serialize;

use crate::evidence::Evidence;
use crate::manifest::pom::Pom;
use crate::options::Options;
use crate::repo::Repo;
use crate::service::Service;
use crate::verdict::Finding;

/// The build stage of a Java program.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    pub image: String,
    pub why: String,
    /// The command that is Maven: the wrapper or `mvn`.
    pub maven: Vec<String>,
    /// Why this command.
    pub maven_why: String,
    /// Folder that Maven keeps downloads in.
    pub cache: String,
    /// Goals, and properties that change them.
    pub goals: Vec<String>,
    /// Path of the jar that the build makes.
    pub jar: String,
    /// The `jarmode` that unpacks it; empty where the jar stays whole.
    pub jarmode: String,
    /// Where it is unpacked to.
    pub output: String,
}

struct Facts {
    pom: Pom,
    /// Whether the project brings its own Maven.
    wrapper: bool,
    /// Whether it would, but for the line ends of its script.
    broken_wrapper: bool,
    gradle: bool,
}

/// The script that is the project's own Maven.
const WRAPPER: &str = "mvnw";

/// Looks for pom.xml at the root.
///
/// # Errors
/// When it cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let Some(text) = repo.text("pom.xml")? else { return Ok(None) };
    let pom = Pom::parse("pom.xml", &text)?;
    let wrapped = repo.has(".mvn/wrapper/maven-wrapper.properties")?;
    let script = repo.source(WRAPPER)?.filter(|_| wrapped);
    let broken_wrapper = script.as_ref().is_some_and(|script| script.contains("\r\n"));
    let facts = Facts {
        wrapper: script.is_some() && !broken_wrapper,
        broken_wrapper,
        gradle: repo.has("build.gradle")? || repo.has("build.gradle.kts")?,
        pom,
    };
    let mut service = Service::new(facts.pom.artifact.value.clone(), "java");
    service.package_manager = Some("maven".to_owned());
    let says = format!("<artifactId>{}</artifactId>", facts.pom.artifact.value);
    service.evidence.push(Evidence::at("language", "pom.xml", facts.pom.artifact.line, says));
    let planned = plan::plan(&facts, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}
