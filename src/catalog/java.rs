//! What is known about Java.

use anyhow::Result;
use serde::Deserialize;

use super::{Release, parse};

/// A JDK: build images with and without the project's own wrapper, and the runtime.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jdk {
    pub version: u64,
    pub wrapper: String,
    pub maven: String,
    /// The distroless image of the release; `None` where there is none.
    pub runtime: Option<String>,
    pub glibc: Release,
    #[serde(default)]
    pub default: bool,
    pub ends: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// How a Spring Boot jar unpacks itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootJar {
    pub from: Release,
    pub jarmode: String,
    /// The class that starts the unpacked program, where it is not `java -jar`.
    pub launcher: Option<String>,
    /// The class that starts an unpacked web archive; without one it stays whole.
    #[serde(default)]
    pub war: Option<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// The JDKs that a line of a framework runs on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkJdk {
    pub framework: String,
    pub from: Release,
    pub oldest: u64,
    #[serde(default)]
    pub newest: Option<u64>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// An option of the virtual machine that older releases of a framework need on a Java with modules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opens {
    pub framework: String,
    pub before: Release,
    pub option: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A build image that brings Gradle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradleImage {
    pub major: u64,
    pub jdk: u64,
    pub reference: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Artifacts by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifacts {
    pub artifacts: Vec<String>,
}

/// A framework, by what a module depends on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaFramework {
    pub name: String,
    /// A group, with all below it.
    pub group: String,
    /// What the artifact begins with.
    pub artifact: String,
    /// Properties that usually hold its version.
    pub properties: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Hosts of repositories, with all below them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaRepositories {
    /// Those that anyone may read.
    pub public: Vec<String>,
    /// Those that always ask for credentials.
    pub credentials: Vec<String>,
}

/// What is known about Java.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Java {
    pub jdk: Vec<Jdk>,
    pub boot: Vec<BootJar>,
    pub framework_jdk: Vec<FrameworkJdk>,
    pub opens: Vec<Opens>,
    pub gradle_image: Vec<GradleImage>,
    pub server: Artifacts,
    pub framework: Vec<JavaFramework>,
    pub functions: Artifacts,
    pub repositories: JavaRepositories,
}

/// Facts about Java.
///
/// # Errors
/// As [`go`].
pub fn java() -> Result<Java> {
    parse("java.toml", include_str!("data/java.toml"))
}
