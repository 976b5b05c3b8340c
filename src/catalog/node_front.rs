//! What installs packages, and what builds them.

use std::collections::BTreeMap;

use serde::Deserialize;

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
