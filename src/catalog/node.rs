//! What is known about Node.js.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::{Framework, Release, parse};

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
    /// Packages that compile at start when node loads them first.
    pub preloads: Vec<String>,
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

/// A package manager, as a stage that builds a front end calls it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeManager {
    pub name: String,
    /// Its lock files; none for the manager that is taken without one.
    pub locks: Vec<String>,
    /// Words that a lock file holds, where two managers share its name.
    #[serde(default)]
    pub holds: Option<String>,
    /// The command that puts the manager into the image, with `{version}` for its version; empty
    /// where the image has it.
    #[serde(default)]
    pub prepare: Vec<String>,
    /// The version where the package does not say one, by the text that a lock file has at its
    /// beginning; the last row is for every other.
    #[serde(default)]
    pub versions: Vec<NodeManagerVersion>,
    pub install: Vec<String>,
    /// The command that runs a script, without the script.
    pub run: Vec<String>,
    pub cache: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A version of a package manager and how lock files that it reads begin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeManagerVersion {
    pub lock: String,
    pub version: String,
}

/// A package whose install downloads what no build of a front end needs, and the variable that
/// keeps it from that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSkip {
    pub package: String,
    pub variable: String,
    pub value: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Where a tool leaves a front end that it builds, when its configuration does not say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeOutput {
    pub package: String,
    pub folder: String,
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
    pub manager: Vec<NodeManager>,
    pub output: Vec<NodeOutput>,
    pub skip: Vec<NodeSkip>,
}

/// Facts about Node.js.
///
/// # Errors
/// As [`go`].
pub fn node() -> Result<Node> {
    parse("node.toml", include_str!("data/node.toml"))
}
