//! How failures of a build or a start show in a log, and what to do about each.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::parse;

/// When a failure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Build,
    Start,
}

/// One kind of failure. Earlier rows outrank later ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureKind {
    pub id: String,
    pub phase: Phase,
    /// Texts of a line of the log; `{name}` stands for a word.
    pub patterns: Vec<String>,
    /// What happened; `{name}` is the word that was found.
    pub says: String,
    /// What to do.
    pub mend: String,
    /// A line as an engine or a program printed it.
    pub example: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailuresFile {
    failure: Vec<FailureKind>,
}

/// Every kind of failure.
///
/// # Errors
/// As [`super::go`].
pub fn failures() -> Result<Vec<FailureKind>> {
    Ok(parse::<FailuresFile>("failures.toml", include_str!("data/failures.toml"))?.failure)
}
