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
    pub runtime: String,
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
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// The newest JDK that a Spring Boot line runs on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootJdk {
    pub from: Release,
    pub newest: u64,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// The JDKs that releases of Gradle run on, from one release on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradleJdk {
    pub from: Release,
    pub oldest: u64,
    pub newest: u64,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A plugin of Gradle that changes what a build needs or makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradlePlugin {
    /// Its ids; one that ends in `.` stands for all that begin so.
    pub ids: Vec<String>,
    /// Why what it makes cannot be started, and what to do instead.
    pub refuse: Option<[String; 2]>,
    /// What to know of it.
    pub note: Option<String>,
    /// A task that a build of an image does without.
    pub skip: Option<String>,
    /// Whether it sets the project's version by itself.
    #[serde(default)]
    pub versions: bool,
}

/// A library that makes a project a function for a host, and that host.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionHost {
    pub artifacts: Vec<String>,
    pub host: String,
}

/// Artifacts by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifacts {
    pub artifacts: Vec<String>,
}

/// What is known about Java.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Java {
    pub jdk: Vec<Jdk>,
    pub boot: Vec<BootJar>,
    pub boot_jdk: Vec<BootJdk>,
    pub server: Artifacts,
    pub gradle: Vec<GradleJdk>,
    pub gradle_plugin: Vec<GradlePlugin>,
    pub function_host: Vec<FunctionHost>,
}

/// Facts about Java.
///
/// # Errors
/// As [`go`].
pub fn java() -> Result<Java> {
    parse("java.toml", include_str!("data/java.toml"))
}
