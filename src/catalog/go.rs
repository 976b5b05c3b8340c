//! What is known about Go.

use anyhow::Result;
use serde::Deserialize;

use super::{Framework, Release, parse, yes};

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
    /// Build tags with which it links statically, where that is known to work.
    #[serde(default)]
    pub static_tags: Option<Vec<String>>,
}

/// The standard library.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoStandard {
    /// First parts of its import paths.
    pub first: Vec<String>,
    /// Packages of it that read files of a system, or start what is not in the image.
    pub system: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A library that `#cgo LDFLAGS` may name, because a runtime image holds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoLibrary {
    /// Its name after `-l`.
    pub name: String,
    /// The smallest runtime image that holds it.
    pub runtime: String,
}

/// What is known about Go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Go {
    pub build: Vec<GoImage>,
    pub standard: GoStandard,
    pub linked: Vec<GoLibrary>,
    pub framework: Vec<Framework>,
    pub native: Vec<GoNative>,
}

/// Facts about Go.
///
/// # Errors
/// When the embedded file does not parse, which the tests rule out; so for all functions here.
pub fn go() -> Result<Go> {
    parse("go.toml", include_str!("data/go.toml"))
}
