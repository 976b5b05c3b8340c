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

/// Words of scripts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeScripts {
    pub development: Vec<String>,
    pub development_commands: Vec<String>,
    /// Packages that compile at start when node loads them first.
    pub preloads: Vec<String>,
    /// Packages that serve these.
    pub preload_helpers: Vec<String>,
    /// Programs that run JavaScript in place of Node.js.
    pub runtimes: Vec<String>,
    pub desktop: Vec<String>,
    /// Programs whose work is of no use in an image.
    pub nothing: Vec<String>,
    /// Programs that wait for another service.
    pub waits: Vec<String>,
    /// Programs that logs are piped into.
    pub formatters: Vec<String>,
    /// Programs that make or move files.
    pub build: Vec<String>,
    /// Those that remove files.
    pub removes: Vec<String>,
    /// Options with which such a program does not end.
    pub endless: Vec<String>,
    /// Parts of names that say that something is built.
    pub builds: Vec<String>,
    /// Variables for arguments of node that nobody sets in production.
    pub debugging: Vec<String>,
    pub wrapper: Vec<NodeWrapper>,
    pub manager: Vec<NodeProcesses>,
    pub runner: Vec<NodeRunner>,
}

/// A program that starts another one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeWrapper {
    pub name: String,
    /// First words that belong to it.
    #[serde(default)]
    pub skips: Vec<String>,
    /// Its options with a value.
    #[serde(default)]
    pub values: Vec<String>,
    /// Whether a first word such as `.env` names its file.
    #[serde(default)]
    pub files: bool,
    /// Whether the other program is only what comes after `--`.
    #[serde(default)]
    pub behind: bool,
    #[serde(default)]
    pub says: NodeLoss,
}

/// What is lost when a program is left out.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum NodeLoss {
    #[default]
    Nothing,
    /// Variables from files or services.
    Secrets,
    /// It waits for another service.
    Waits,
}

/// A program that keeps others running.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeProcesses {
    pub name: String,
    /// First arguments after which it starts something.
    pub verbs: Vec<String>,
    /// Whether it also does that without them.
    #[serde(default)]
    pub alone: bool,
}

/// A program that starts a file in development.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeRunner {
    pub name: String,
    /// Its options with a value.
    pub values: Vec<String>,
    /// Its options whose value is the command that it starts.
    #[serde(default)]
    pub commands: Vec<String>,
}

/// Packages by name, of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub packages: Vec<String>,
    #[serde(default)]
    pub files: Vec<String>,
}

/// A program of a package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeProgram {
    pub name: String,
    #[serde(default)]
    pub kind: NodeProgramKind,
    /// The package whose program it is, where it can run in the image.
    #[serde(default)]
    pub package: Option<String>,
    /// Its JavaScript file in that package.
    #[serde(default)]
    pub file: Option<String>,
    /// The file in older versions of the package.
    #[serde(default)]
    pub older: Option<NodeOlder>,
    /// Whether the file is what the build makes, rather than the package's own.
    #[serde(default)]
    pub built: bool,
    /// What its arguments begin with; anything where it is empty.
    #[serde(default)]
    pub verbs: Vec<String>,
    #[serde(default)]
    pub port: Option<NodeOption>,
    #[serde(default)]
    pub host: Option<NodeOption>,
    /// Arguments that are added unless one of `local` is there.
    #[serde(default)]
    pub adds: Vec<String>,
    #[serde(default)]
    pub local: Vec<String>,
    /// Whether watching is part of what it serves, and no sign of development.
    #[serde(default)]
    pub watches: bool,
}

/// What a program is for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum NodeProgramKind {
    /// It serves, and does not end.
    #[default]
    Server,
    /// It makes files.
    Build,
    /// It is done once for a release, as a migration is.
    Step,
}

/// The file of a program in versions below a major one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeOlder {
    pub below: u64,
    pub file: String,
}

/// Options of a program and the variable that does the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeOption {
    pub options: Vec<String>,
    pub variable: String,
}

/// A program that serves files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeServe {
    pub name: String,
    /// First arguments that make it that; anything where it is empty.
    #[serde(default)]
    pub verbs: Vec<String>,
    /// First arguments that say nothing.
    #[serde(default)]
    pub skips: Vec<String>,
    /// What it serves when it is not told; what its configuration says where it is empty.
    #[serde(default)]
    pub folder: Option<String>,
    /// Options that answer every path with the same page.
    #[serde(default)]
    pub single: Vec<String>,
    /// Such options with a value.
    #[serde(default)]
    pub single_values: Vec<String>,
    /// Whether it always does.
    #[serde(default)]
    pub always_single: bool,
    /// Options that hand paths without a file to another server.
    #[serde(default)]
    pub proxy: Vec<String>,
    #[serde(default)]
    pub ports: Vec<String>,
    #[serde(default)]
    pub folders: Vec<String>,
    /// Other options with a value.
    #[serde(default)]
    pub values: Vec<String>,
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

/// A package manager, as a stage that builds a front end calls it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeManager {
    pub name: String,
    /// Its lock files; none for the manager that is taken without one.
    pub locks: Vec<String>,
    /// The first release of Node.js for a major version, where older ones do not run it.
    #[serde(default)]
    pub node: BTreeMap<String, String>,
    /// Words that a lock file holds, where two managers share its name.
    #[serde(default)]
    pub holds: Option<String>,
    /// Its major versions, where two managers share its name.
    #[serde(default)]
    pub majors: Vec<u64>,
    /// Files beside a manifest that an install reads.
    pub reads: Vec<String>,
    /// Folders and files of patches and plugins that an install reads, too.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Files that no other manager has, for folders without a lock file.
    #[serde(default)]
    pub signs: Vec<String>,
    /// Variables of an install.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables without which an install stops where `engines` are not met.
    #[serde(default)]
    pub lenient: BTreeMap<String, String>,
    /// The command that puts the manager into the image, with `{version}` for its version; empty
    /// where the image has it.
    #[serde(default)]
    pub prepare: Vec<String>,
    /// Settings, and the variables that stand in for them where a folder's own do not say them.
    #[serde(default)]
    pub settings: BTreeMap<String, (String, String)>,
    /// The first release of a major that works; older ones are raised to it.
    #[serde(default)]
    pub least: BTreeMap<String, String>,
    /// The version where the package does not say one, by a text that a lock file holds.
    #[serde(default)]
    pub versions: Vec<NodeManagerVersion>,
    pub install: Vec<String>,
    /// The command that installs where there is no lock file.
    pub unlocked: Vec<String>,
    /// The command that runs a script, without the script.
    pub run: Vec<String>,
    /// What stands between a script and the words that it is given.
    #[serde(default)]
    pub separator: Vec<String>,
    /// The command that runs a program of a package, without the program.
    pub exec: Vec<String>,
    /// Words that keep an install to what production needs.
    #[serde(default)]
    pub production_only: Vec<String>,
    /// Commands that leave no more than that of what is installed.
    #[serde(default)]
    pub production: Vec<Vec<String>>,
    /// The same in a workspace, for one package of it: `{name}` in `{folder}`.
    #[serde(default)]
    pub production_shared: Vec<Vec<String>>,
    /// The same for one package where they would keep development dependencies that are peers of
    /// others, too.
    #[serde(default)]
    pub production_idle: Vec<Vec<String>>,
    /// Whether these commands install anew, so that nothing that was compiled or generated stays.
    #[serde(default)]
    pub anew: bool,
    /// Whether an install goes by the manifests that are there, and misses no other package.
    #[serde(default)]
    pub partial: bool,
    /// Whether the programs of a workspace's packages are installed at its root.
    #[serde(default)]
    pub hoists: bool,
    /// Whether each of its commands fails where a variable of its settings is not set.
    #[serde(default)]
    pub fails_unset: bool,
    pub cache: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A command of an install script, and what it reads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeHook {
    /// The words that start it.
    pub command: String,
    /// The package whose own install script does the same.
    #[serde(default)]
    pub package: Option<String>,
    /// Files and folders beside the manifest.
    #[serde(default)]
    pub reads: Vec<String>,
}

/// A version of a package manager and what lock files that it reads hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeManagerVersion {
    pub lock: String,
    pub version: String,
    /// Words of which the settings hold one; none where it is for all others.
    #[serde(default)]
    pub words: Vec<String>,
}

/// What scripts that build front ends say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeFront {
    /// Names of scripts that build, alone or before one of `:-_`, the usual one first.
    pub scripts: Vec<String>,
    /// Scripts that package managers run when they install.
    pub hooks: Vec<String>,
    /// Words of scripts that do not end.
    pub endless: Vec<String>,
    /// Words after which a script's paths start in another folder.
    pub moves: Vec<String>,
    /// Options and variables that name the folder that a script fills.
    pub folder_options: Vec<String>,
    /// Options that name the file that a script makes, or a folder where the name has no ending.
    pub file_options: Vec<String>,
    /// Options that name a tool's configuration.
    pub config_options: Vec<String>,
    /// Folders below a package that its build fills by custom.
    pub folders: Vec<String>,
    /// Files of variables that builds read.
    pub variables: Vec<String>,
    /// Programs that only the image with a compiler has.
    pub full: Vec<String>,
    /// Programs that no image of Node.js has.
    pub absent: Vec<String>,
    /// Lock files of package managers that are not supported.
    pub locks: Vec<String>,
}

/// A tool that builds front ends, and where it leaves them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeTool {
    pub name: String,
    /// A dependency without which it is another tool, or leaves nothing that can be embedded.
    #[serde(default)]
    pub package: Option<String>,
    /// The words of a script that start it.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Whether scripts of the repository that name it are its configuration.
    #[serde(default)]
    pub scripted: bool,
    /// Names of its configuration files, without their endings.
    #[serde(default)]
    pub configs: Vec<String>,
    /// Keys of its configuration, from the outside in, that name what it makes.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The key that names the folder in which these paths start.
    #[serde(default)]
    pub root: Option<String>,
    /// A key and the value without which it leaves nothing that can be embedded.
    #[serde(default)]
    pub only: Option<(String, String)>,
    /// A file that lists projects and their outputs, as Angular has it.
    #[serde(default)]
    pub projects: Option<String>,
    /// What it fills where its configuration does not say.
    #[serde(default)]
    pub folder: Option<String>,
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
