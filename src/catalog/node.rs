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
    /// Whether it needs all that is in the build stage in the end.
    #[serde(default)]
    pub whole: bool,
    /// A folder that the program writes to.
    #[serde(default)]
    pub writes: Option<String>,
    /// The folder that these paths begin with, where configuration can name another.
    #[serde(default)]
    pub folder: Option<String>,
    /// Names of the configuration files, without their endings.
    #[serde(default)]
    pub configs: Vec<String>,
    /// Keys in them that name that folder.
    #[serde(default)]
    pub keys: Vec<String>,
    /// A key and the value with which the build leaves nothing to start.
    #[serde(default)]
    pub never: Option<(String, String)>,
    /// The folder that holds the package as it was built, in which start scripts are run.
    #[serde(default)]
    pub root: Option<String>,
    /// Keys that name a preset of Nitro, where that is what makes the server.
    #[serde(default)]
    pub presets: Vec<String>,
    /// The first version without Nitro, which a dependency has to bring since.
    #[serde(default)]
    pub separate: Option<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// What makes the servers of several frameworks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeNitro {
    /// Packages that bring it.
    pub packages: Vec<String>,
    /// Options and variables of a build that name a preset.
    pub options: Vec<String>,
    /// Presets that leave a program for Node.js.
    pub node: Vec<String>,
    /// Presets that leave files.
    pub files: Vec<String>,
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
    pub nitro: NodeNitro,
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
