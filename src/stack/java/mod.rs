//! The JVM: a program that Maven or Gradle builds, on a distroless Java.

mod asked;
mod command;
mod config;
mod gradle;
mod graph;
mod ignore;
mod jdk;
mod layout;
mod mains;
mod maven;
mod module;
mod network;
mod packed;
mod pick;
mod plan;
mod project;
mod runtime;
mod sources;
mod tool;
mod written;

use anyhow::Result;
use serde::Serialize;

pub use self::layout::{Jar, Step};
pub use self::project::Token;
use self::tool::There;
use crate::options::{BuildTool, Options};
use crate::plan::Secret;
use crate::repo::Repo;
use crate::service::Service;
use crate::verdict::{Finding, Halt};

/// The build files that give a project away.
pub const MANIFESTS: &[&str] =
    &["pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"];

/// Java in the images that have it.
const JAVA: &str = "/usr/bin/java";

/// The build stage of a program of the JVM.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    pub image: String,
    pub why: String,
    /// Where the build tool comes from.
    pub tool_why: String,
    /// A second JDK, which the build asks for.
    pub toolchain: Option<Toolchain>,
    /// Packages that the build tool's wrapper needs and the image lacks.
    pub packages: Vec<String>,
    /// The release that Maven is told to find as a toolchain; empty where it asks for none.
    pub provides: String,
    /// Folders that downloads are kept in.
    pub caches: Vec<String>,
    /// Credentials that downloads need.
    pub secrets: Vec<Secret>,
    /// Variables with credentials that the build reads.
    pub tokens: Vec<Token>,
    /// What makes the program.
    pub command: Vec<String>,
    /// What lays it out for the image.
    pub steps: Vec<Step>,
    /// A Java runtime that the build makes, where the image has none.
    pub jre: Option<Jre>,
}

/// A JDK that is copied into the build stage.
#[derive(Clone, Debug, Serialize)]
pub struct Toolchain {
    pub image: String,
    pub path: String,
    pub why: String,
}

/// A Java runtime that the build makes of its own JDK.
#[derive(Clone, Debug, Serialize)]
pub struct Jre {
    /// The modules of it, with commas between; empty for a JDK that still has a runtime in it.
    pub modules: String,
    /// The JDK that it is made of, where it is not the image's own.
    pub home: Option<String>,
    /// The folder that it is made in, and runs from.
    pub to: String,
    /// How the program's classes are stored as it has them in memory.
    pub training: Option<Training>,
}

/// A run of the program in the build stage, which stores the classes that it loads.
#[derive(Clone, Debug, Serialize)]
pub struct Training {
    /// Whether the classes of Java itself are stored apart from the program's.
    pub base: bool,
    /// Folders whose content is the program's folder.
    pub layers: Vec<String>,
    /// Options that store and that end the program before it serves.
    pub options: Vec<String>,
    pub jar: String,
}

/// Looks for pom.xml and Gradle's files at the root.
///
/// # Errors
/// When one cannot be read or parsed.
pub fn detect(repo: &Repo, options: &Options) -> Result<Option<Finding>> {
    let there = There::look(repo)?;
    if !there.maven && !there.gradle {
        return Ok(None);
    }
    let mut service = Service::new(repo.name(), "java");
    let planned = planned(there, repo, options, &mut service);
    Finding::of(service, planned).map(Some)
}

fn planned(
    there: There,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<crate::verdict::Planned, Halt> {
    let (tool, evidence) = tool::tool(there, repo, options)?;
    service.package_manager = Some(tool.to_string());
    service.evidence.extend(evidence);
    let project = match tool {
        BuildTool::Maven => maven::project(repo)?,
        BuildTool::Gradle => gradle::project(repo)?,
    };
    plan::plan(project, repo, options, service)
}

/// Whether a text is the full name of a class, which stands in the image as it is.
pub fn is_class(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-');
        !part.is_empty()
            && part.chars().all(is_inside)
            && !part.starts_with(|c: char| c.is_ascii_digit() || c == '-')
    };
    text.len() <= 300 && text.split('.').all(is_part)
}
