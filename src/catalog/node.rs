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

/// Facts about Node.js.
///
/// # Errors
/// As [`go`].
pub fn node() -> Result<Node> {
    parse("node.toml", include_str!("data/node.toml"))
}
