//! Programs that scripts of package.json start.

use serde::Deserialize;

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
