//! Runtime images.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Release, parse};

/// A runtime image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeImage {
    /// What flags and the rest of the catalogue call it.
    pub id: String,
    /// What `FROM` says.
    pub reference: String,
    /// `glibc` or `none`.
    pub libc: String,
    /// Version of glibc inside.
    pub glibc: Option<Release>,
    /// The entrypoint that the image itself sets.
    pub entrypoint: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuntimeFile {
    image: Vec<RuntimeImage>,
}

/// Every runtime image.
///
/// # Errors
/// As [`go`].
pub fn runtimes() -> Result<Vec<RuntimeImage>> {
    Ok(parse::<RuntimeFile>("runtime.toml", include_str!("data/runtime.toml"))?.image)
}

/// The runtime image with this id.
///
/// # Errors
/// When there is none.
pub fn runtime(id: &str) -> Result<RuntimeImage> {
    let found = runtimes()?.into_iter().find(|image| image.id == id);
    found.with_context(|| format!("the catalogue has no runtime image `{id}`"))
}
