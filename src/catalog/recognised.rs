//! Ecosystems that are recognised but not written for.

use anyhow::Result;
use serde::Deserialize;

use super::parse;

/// An ecosystem that is recognised but not written for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ecosystem {
    pub language: String,
    pub name: String,
    pub package_manager: Option<String>,
    /// Whether its manifest may be the real program's beside another ecosystem's.
    #[serde(default)]
    pub rival: bool,
    pub files: Vec<String>,
    pub endings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecognisedFile {
    ecosystem: Vec<Ecosystem>,
}

/// Ecosystems that are recognised but not written for.
///
/// # Errors
/// As [`go`].
pub fn recognised() -> Result<Vec<Ecosystem>> {
    Ok(parse::<RecognisedFile>("recognised.toml", include_str!("data/recognised.toml"))?.ecosystem)
}
