//! Knowledge about the outside world, as data: images, versions, frameworks, native libraries.
//!
//! Each ecosystem's file is embedded and parsed when it is asked for, so that a run pays only for
//! what it needs. Every row of outside fact names its source and the day it was checked.

mod version;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use version::Release;

/// A runtime image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeImage {
    /// What flags and the rest of the catalogue call it.
    pub id: String,
    /// What `FROM` says.
    pub reference: String,
    /// `glibc` or `none`.
    pub libc: String,
    /// Version of glibc inside.
    pub glibc: Option<Release>,
    /// The entrypoint that the image itself sets.
    pub entrypoint: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuntimeFile {
    image: Vec<RuntimeImage>,
}

/// A Go build image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoImage {
    pub version: Release,
    pub reference: String,
    pub glibc: Release,
    #[serde(default)]
    pub default: bool,
    pub ends: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A library that makes a program a server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// The name that a manifest gives it.
    #[serde(alias = "module", alias = "crate")]
    pub package: String,
    pub name: String,
    /// Where it listens when nothing else is said.
    pub port: Option<u16>,
    /// The environment variable that it reads the port from.
    pub variable: Option<String>,
    /// Environment that makes it listen on all interfaces.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// A Go module that compiles or links C.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoNative {
    pub module: String,
    pub apt: Vec<String>,
    #[serde(default)]
    pub runtime: Option<String>,
    #[serde(default = "yes")]
    pub distroless: bool,
}

/// What is known about Go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Go {
    pub build: Vec<GoImage>,
    pub framework: Vec<Framework>,
    pub native: Vec<GoNative>,
}

/// Rust build images of one kind of tag.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RustImage {
    /// The first release that the row holds for; absent in the row of the newest.
    pub from: Option<Release>,
    /// Without build tools beyond a C compiler.
    pub slim: String,
    /// With build tools and headers.
    pub full: String,
    pub glibc: Release,
    #[serde(default)]
    pub full_has: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A crate that needs native libraries or tools.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RustNative {
    #[serde(rename = "crate")]
    pub name: String,
    pub apt: Vec<String>,
    #[serde(default = "yes")]
    pub distroless: bool,
}

/// What is known about Rust.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rust {
    pub latest: RustImage,
    pub pinned: Vec<RustImage>,
    pub framework: Vec<Framework>,
    pub native: Vec<RustNative>,
    pub wasm: Suffixes,
    pub static_link: StaticLink,
    pub linker: Vec<Linker>,
    pub reads: Vec<Reads>,
}

/// From which release on a program can be linked statically without naming the machine's target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticLink {
    pub from: Release,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A linker that Cargo's configuration names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linker {
    pub word: String,
    pub apt: String,
}

/// What a library reads from the working directory without the program naming it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    #[serde(rename = "crate")]
    pub name: String,
    pub path: String,
}

/// How names of a kind end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suffixes {
    pub suffixes: Vec<String>,
}

/// A Node.js build image and its runtime.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeImage {
    pub major: u64,
    /// The newest release of the line on the day that was checked.
    pub newest: String,
    pub reference: String,
    /// With a compiler and Python, for modules that compile.
    pub full: String,
    pub runtime: String,
    pub glibc: Release,
    #[serde(default)]
    pub default: bool,
    pub ends: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Words of start scripts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeScripts {
    pub development: Vec<String>,
    pub development_commands: Vec<String>,
}

/// A package that needs something which no distroless image holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeNative {
    pub package: String,
    pub needs: String,
}

/// Packages by name, of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub packages: Vec<String>,
    #[serde(default)]
    pub files: Vec<String>,
}

/// What is known about Node.js.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub build: Vec<NodeImage>,
    pub lts: BTreeMap<String, u64>,
    pub framework: Vec<Framework>,
    pub site: Vec<Framework>,
    pub scripts: NodeScripts,
    pub native: Vec<NodeNative>,
    pub compile: NodeCompile,
    pub functions: Named,
    pub program: Vec<NodeProgram>,
    pub config: Vec<NodeConfig>,
}

/// Configuration that a framework reads when it starts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    pub files: Vec<String>,
    pub package: String,
    /// The package that reads it.
    pub needs: String,
}

/// Packages whose install compiles, and those whose install script does not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeCompile {
    pub packages: Vec<String>,
    pub harmless: Vec<String>,
}

/// The file behind a program of a package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeProgram {
    pub name: String,
    pub package: String,
    pub file: String,
    /// Whether the file is what the build makes, rather than the package's own.
    #[serde(default)]
    pub built: bool,
    /// First arguments that make it a server; none where it always is one.
    #[serde(default)]
    pub verbs: Vec<String>,
}

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
}

/// An ecosystem that is recognised but not written for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ecosystem {
    pub language: String,
    pub name: String,
    pub package_manager: Option<String>,
    /// Whether its manifest may be the real program's beside another ecosystem's.
    #[serde(default)]
    pub rival: bool,
    pub files: Vec<String>,
    pub endings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecognisedFile {
    ecosystem: Vec<Ecosystem>,
}

fn yes() -> bool {
    true
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).with_context(|| format!("the embedded catalogue file `{name}`"))
}

/// Facts about Go.
///
/// # Errors
/// When the embedded file does not parse, which the tests rule out; so for all functions here.
pub fn go() -> Result<Go> {
    parse("go.toml", include_str!("data/go.toml"))
}

/// Facts about Rust.
///
/// # Errors
/// As [`go`].
pub fn rust() -> Result<Rust> {
    parse("rust.toml", include_str!("data/rust.toml"))
}

/// Facts about Node.js.
///
/// # Errors
/// As [`go`].
pub fn node() -> Result<Node> {
    parse("node.toml", include_str!("data/node.toml"))
}

/// Facts about Java.
///
/// # Errors
/// As [`go`].
pub fn java() -> Result<Java> {
    parse("java.toml", include_str!("data/java.toml"))
}

/// Every runtime image.
///
/// # Errors
/// As [`go`].
pub fn runtimes() -> Result<Vec<RuntimeImage>> {
    Ok(parse::<RuntimeFile>("runtime.toml", include_str!("data/runtime.toml"))?.image)
}

/// The runtime image with this id.
///
/// # Errors
/// When there is none.
pub fn runtime(id: &str) -> Result<RuntimeImage> {
    let found = runtimes()?.into_iter().find(|image| image.id == id);
    found.with_context(|| format!("the catalogue has no runtime image `{id}`"))
}

/// Ecosystems that are recognised but not written for.
///
/// # Errors
/// As [`go`].
pub fn recognised() -> Result<Vec<Ecosystem>> {
    Ok(parse::<RecognisedFile>("recognised.toml", include_str!("data/recognised.toml"))?.ecosystem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_build_image_has_a_newer_glibc_than_its_runtime() {
        let cc = runtime("cc").unwrap().glibc.unwrap();
        for image in go().unwrap().build {
            assert!(image.glibc <= cc, "{}", image.reference);
        }
        let rust = rust().unwrap();
        for image in rust.pinned.iter().chain([&rust.latest]) {
            assert!(image.glibc <= cc, "{}", image.slim);
        }
        for image in node().unwrap().build {
            assert!(image.glibc <= runtime(&image.runtime).unwrap().glibc.unwrap(), "{}", image.reference);
        }
        for jdk in java().unwrap().jdk {
            assert!(jdk.glibc <= runtime(&jdk.runtime).unwrap().glibc.unwrap(), "{}", jdk.maven);
        }
    }

    #[test]
    fn runtime_images_carry_their_debian_release_and_run_as_nonroot() {
        for image in runtimes().unwrap() {
            let named = image.reference.ends_with("-debian13:nonroot");
            assert!(named || image.id == "scratch", "{}", image.reference);
            assert_eq!(image.libc == "glibc", image.glibc.is_some(), "{}", image.id);
        }
    }

    #[test]
    fn build_images_name_a_codename() {
        let go = go().unwrap().build.into_iter().map(|image| image.reference);
        let node = node().unwrap().build.into_iter().flat_map(|image| [image.reference, image.full]);
        let java = java().unwrap().jdk.into_iter().flat_map(|jdk| [jdk.wrapper, jdk.maven]);
        for reference in go.chain(node).chain(java) {
            let codename = ["trixie", "bookworm", "noble"].iter().any(|name| reference.contains(name));
            assert!(codename, "{reference}");
        }
    }

    #[test]
    fn one_default_each_and_every_runtime_exists() {
        assert_eq!(go().unwrap().build.iter().filter(|image| image.default).count(), 1);
        assert_eq!(node().unwrap().build.iter().filter(|image| image.default).count(), 1);
        assert_eq!(java().unwrap().jdk.iter().filter(|jdk| jdk.default).count(), 1);
        for native in go().unwrap().native {
            assert_eq!(native.distroless, native.runtime.is_some(), "{}", native.module);
            native.runtime.iter().for_each(|id| drop(runtime(id).unwrap()));
        }
    }

    #[test]
    fn recognised_ecosystems_name_something_to_look_for() {
        for ecosystem in recognised().unwrap() {
            assert!(!ecosystem.files.is_empty() || !ecosystem.endings.is_empty(), "{}", ecosystem.name);
        }
    }
}
