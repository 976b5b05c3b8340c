//! What is known about Rust.

use anyhow::Result;
use serde::Deserialize;

use super::{Framework, Release, parse};

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
    /// What its Debian packages of crypto are: their libraries of another number are others.
    pub openssl: Release,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Where the native library of a crate is when the program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Libraries {
    /// In the program, or nothing is left to link.
    #[default]
    Compiled,
    /// In the runtime image.
    Image,
    /// In the build stage, from where they are copied.
    Copied,
}

/// A crate that needs native libraries or tools.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RustNative {
    #[serde(rename = "crate")]
    pub name: String,
    /// Crates that bring it: what manifests name where no lock file says more.
    #[serde(default)]
    pub by: Vec<String>,
    /// Debian packages that the slim build image lacks.
    #[serde(default)]
    pub apt: Vec<String>,
    #[serde(default)]
    pub libraries: Libraries,
    /// Why the program cannot run on a distroless image.
    pub refuse: Option<String>,
    /// The row holds only where it depends on one of these.
    #[serde(default)]
    pub with: Vec<String>,
    /// The row holds only where this feature is asked for of one of `with`, or of the crate.
    pub asked: Option<String>,
    /// Crates that bring the library's source: with one of them it is compiled in.
    #[serde(default)]
    pub source: Vec<String>,
    /// What compiling it in takes.
    #[serde(default)]
    pub source_apt: Vec<String>,
    /// The feature that compiles it in, as help.
    pub feature: Option<String>,
    /// Crates that depend on it without using it on Linux.
    #[serde(default)]
    pub unused_by: Vec<String>,
    /// What is loaded by name, below the folder of the system's libraries.
    #[serde(default)]
    pub plugins: Vec<String>,
    /// Whether it compiles C++, for which no musl toolchain is there.
    #[serde(default)]
    pub cplusplus: bool,
}

/// How names of a kind end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suffixes {
    pub suffixes: Vec<String>,
}

/// From which release on a program can be linked statically without naming the machine's target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticLink {
    pub from: Release,
    /// Crates that look up names of other machines.
    pub resolvers: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// From which release on Cargo reads a format of lock files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockFormat {
    pub format: u32,
    pub from: Release,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// The newest release that is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newest {
    pub release: Release,
    /// The last one that may come out while this list is in use.
    pub until: Release,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// From which release on Rust reads an edition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionFrom {
    pub edition: String,
    pub from: Release,
}

/// The static C library that programs can be linked with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Musl {
    /// The Debian package of its C compiler.
    pub apt: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// The tool that compiles dependencies in a layer of their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chef {
    pub version: String,
    /// The least Rust that compiles it.
    pub from: Release,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Crates whose build asks git for the version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsksGit {
    #[serde(rename = "crate")]
    pub name: String,
    /// It asks only where it depends on one of these.
    #[serde(default)]
    pub with: Vec<String>,
    /// It asks only where a feature of such a name is on.
    pub asked: Option<String>,
    /// What a build without `.git` comes to.
    pub says: String,
    /// Whether `VERGEN_IDEMPOTENT` keeps it from failing.
    #[serde(default)]
    pub idempotent: bool,
}

/// Programs that build scripts start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildScripts {
    /// In the build image.
    pub there: Vec<String>,
    /// What the image lacks and Debian has.
    pub install: Vec<Install>,
    /// Tools of front ends, which the image does not have.
    pub node: Vec<String>,
}

/// A program and the Debian packages that bring it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Install {
    pub program: String,
    pub apt: Vec<String>,
}

/// A front end for browsers, which a tool of its own builds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontEnd {
    /// A dependency of the program, with one of `features` where any are named.
    #[serde(rename = "crate")]
    pub name: String,
    #[serde(default)]
    pub features: Vec<String>,
    /// A file beside the manifest that must be there too.
    pub file: Option<String>,
    /// A table of `package.metadata` that must be there too.
    pub metadata: Option<String>,
    /// What builds it.
    pub tool: String,
}

/// How programs come to end on SIGTERM.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signals {
    /// Words in a source that name the signal.
    pub words: Vec<String>,
    /// Calls that send it to others.
    pub sends: Vec<String>,
    /// Calls that keep a framework from handling it.
    pub off: Vec<String>,
    /// Crates that handle it, with the feature that they need for it, if any.
    pub crates: Vec<Handles>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A crate that handles SIGTERM.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handles {
    #[serde(rename = "crate")]
    pub name: String,
    pub feature: Option<String>,
}

/// A linker that Cargo's configuration names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linker {
    pub word: String,
    /// The Debian packages that bring it; none where the build image has it.
    #[serde(default)]
    pub apt: Vec<String>,
}

/// What a library reads from the working directory without the program naming it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    #[serde(rename = "crate")]
    pub name: String,
    pub path: String,
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
    pub lock_format: Vec<LockFormat>,
    pub newest: Newest,
    pub edition: Vec<EditionFrom>,
    pub musl: Musl,
    pub chef: Chef,
    pub asks_git: Vec<AsksGit>,
    pub front_end: Vec<FrontEnd>,
    pub build_scripts: BuildScripts,
    pub signals: Signals,
    pub linker: Vec<Linker>,
    pub reads: Vec<Reads>,
}

/// Facts about Rust.
///
/// # Errors
/// As [`go`].
pub fn rust() -> Result<Rust> {
    parse("rust.toml", include_str!("data/rust.toml"))
}
