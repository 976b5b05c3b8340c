//! What is known about Node.js.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::node_front::{NodeFront, NodeHook, NodeManager, NodeTool};
use super::node_scripts::{NodeProgram, NodeScripts, NodeServe};
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
    /// A shared library that its program needs beside those of C and C++.
    #[serde(default)]
    pub library: Option<String>,
    /// The npm that its own has to make way for.
    #[serde(default)]
    pub npm: Option<String>,
    #[serde(default)]
    pub default: bool,
    pub ends: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

impl NodeImage {
    /// Whether it gets no more fixes, so that no runtime image has it.
    pub fn has_ended(&self) -> bool {
        self.runtime == "cc"
    }
}

/// Packages by name, of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub packages: Vec<String>,
    #[serde(default)]
    pub files: Vec<String>,
}

/// What the build of a framework leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeOutput {
    /// The package that gives it away.
    pub package: String,
    pub name: String,
    /// The file that is started; none where a program of the framework is.
    #[serde(default)]
    pub start: Option<String>,
    /// That program, for packages whose scripts start nothing.
    #[serde(default)]
    pub program: Vec<String>,
    /// The files and folders that it needs: of the build, or of the repository.
    pub ships: Vec<String>,
    /// Whether these hold the packages that it needs, too.
    #[serde(default)]
    pub alone: bool,
    /// A folder that the program writes to.
    #[serde(default)]
    pub writes: Option<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
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

/// What of a built package its program may read, by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeShip {
    /// Folders that only people and tools read.
    pub never_folders: Vec<String>,
    /// Files that only people and tools read: patterns.
    pub never_files: Vec<String>,
    /// Endings of sources that are read only to build.
    pub sources: Vec<String>,
    /// Endings of files that programs load by paths that cannot be seen.
    pub programs: Vec<String>,
}

/// What is known about Node.js.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub build: Vec<NodeImage>,
    /// Majors that get no more fixes, and that no runtime image has.
    pub ended: Vec<NodeImage>,
    pub lts: BTreeMap<String, u64>,
    pub framework: Vec<Framework>,
    pub scripts: NodeScripts,
    pub functions: Named,
    pub program: Vec<NodeProgram>,
    pub serve: Vec<NodeServe>,
    pub config: Vec<NodeConfig>,
    pub manager: Vec<NodeManager>,
    pub hook: Vec<NodeHook>,
    pub output: Vec<NodeOutput>,
    pub ship: NodeShip,
    pub front: NodeFront,
    pub tool: Vec<NodeTool>,
}

/// Facts about Node.js.
///
/// # Errors
/// As [`go`].
pub fn node() -> Result<Node> {
    parse("node.toml", include_str!("data/node.toml"))
}
