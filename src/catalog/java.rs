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
    /// Programs that wrappers call and that the image `wrapper` lacks, by the names of their packages.
    pub lacks: Vec<String>,
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

/// A Java runtime of a program's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jlink {
    /// All of Java SE, and what programs reach by reflection or as a service.
    pub modules: Vec<String>,
    /// From which release on a JDK can make one; older ones have a runtime in them.
    pub from: u64,
    /// From which release on classes are stored with what was learnt of them.
    pub aot: u64,
    /// The first line of Spring Boot that ends by itself once all is loaded, and stays unpacked.
    pub trained: Release,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Main classes that run what their arguments name, and only print how they are used without any.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaLauncher {
    pub classes: Vec<String>,
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

/// The releases of Gradle that a plugin runs on, from one release of the plugin on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradleFits {
    pub ids: Vec<String>,
    /// The artifact that brings it, where it is not named by its id.
    #[serde(default)]
    pub artifact: String,
    pub from: Release,
    /// The oldest and the newest major release of Gradle.
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
    /// The setting that has it bring the program that it runs, and what to know where it is not `true`.
    pub brings: Option<[String; 2]>,
    pub lacks: Option<String>,
    /// A task that a build of an image does without.
    pub skip: Option<String>,
    /// Whether it sets the project's version by itself.
    #[serde(default)]
    pub versions: bool,
    /// Whether the build fails with it where the files of git are not there.
    #[serde(default)]
    pub fails: bool,
}

/// A library that makes a project a function for a host, and that host.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionHost {
    pub artifacts: Vec<String>,
    pub host: String,
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

/// A framework of servers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaServer {
    /// The name that it has in a plan.
    pub name: String,
    pub title: String,
    /// Artifacts that make a program of it a server; with `*` at its end, all that begin so.
    pub servers: Vec<String>,
    /// Their groups, where the artifacts' names are others' too.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Where it listens when nothing is said.
    pub port: Option<u16>,
    /// The variable of the environment that outranks the port of its settings.
    pub variable: Option<String>,
    /// The same of the address that it listens on.
    pub address: Option<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

impl JavaServer {
    /// Whether an artifact makes a program a server of this framework.
    pub fn serves(&self, group: &str, artifact: &str) -> bool {
        let is = |name: &String| match name.strip_suffix('*') {
            Some(start) => artifact.starts_with(start),
            None => artifact == name,
        };
        self.servers.iter().any(is) && (self.groups.is_empty() || self.groups.iter().any(|own| own == group))
    }
}

/// A health check that a framework answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaHealth {
    pub framework: String,
    /// The artifacts that bring it.
    pub artifacts: Vec<String>,
    pub path: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Functions that are given the port to listen on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaListener {
    pub calls: Vec<String>,
    /// Words of which a source holds one where such a function listens.
    pub with: Vec<String>,
    /// The port where none is given.
    pub default: Option<u16>,
    /// Whether only the first argument is a port.
    #[serde(default)]
    pub first: bool,
}

/// Artifacts with libraries of the machine's own code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JavaNative {
    /// Those that unpack them to the folder for temporary files.
    pub unpacks: Vec<String>,
    /// Those that are linked with OpenSSL.
    pub openssl: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// What is known about Java.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Java {
    pub jdk: Vec<Jdk>,
    pub boot: Vec<BootJar>,
    pub framework_jdk: Vec<FrameworkJdk>,
    pub opens: Vec<Opens>,
    pub jlink: Jlink,
    pub launcher: JavaLauncher,
    pub gradle_image: Vec<GradleImage>,
    pub server: Vec<JavaServer>,
    pub health: Vec<JavaHealth>,
    pub listener: Vec<JavaListener>,
    pub native: JavaNative,
    pub framework: Vec<JavaFramework>,
    pub gradle: Vec<GradleJdk>,
    pub gradle_fits: Vec<GradleFits>,
    pub gradle_plugin: Vec<GradlePlugin>,
    pub function_host: Vec<FunctionHost>,
    pub repositories: JavaRepositories,
}

/// Facts about Java.
///
/// # Errors
/// As [`go`].
pub fn java() -> Result<Java> {
    parse("java.toml", include_str!("data/java.toml"))
}
