//! What is known about Rust.

use anyhow::Result;
use serde::Deserialize;

use super::{Framework, Release, parse, yes};

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

/// Facts about Rust.
///
/// # Errors
/// As [`go`].
pub fn rust() -> Result<Rust> {
    parse("rust.toml", include_str!("data/rust.toml"))
}
