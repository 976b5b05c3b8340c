//! What is known about Maven: plugins that a build in a container trips over.

use anyhow::Result;
use serde::Deserialize;

use super::{Release, parse};

/// A plugin that needs what a build in a container lacks, or that it has no use for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenPlugin {
    /// Its group, where several plugins share the artifact.
    pub group: Option<String>,
    pub artifact: String,
    /// The goals that are meant; all when there are none.
    #[serde(default)]
    pub goals: Vec<String>,
    /// The phase that the goals run in unless an execution names another.
    pub phase: String,
    /// What keeps it from running.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// What is to be said about it.
    pub note: Option<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// An extension of Maven itself, by `.mvn/extensions.xml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenExtension {
    pub artifact: String,
    #[serde(default)]
    pub arguments: Vec<String>,
    pub note: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A release of the plugin that copies libraries.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenCopier {
    /// The first Maven that it runs on.
    pub from: Release,
    pub plugin: String,
}

/// The Java that releases of Maven need from one on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenJava {
    pub from: Release,
    pub java: u64,
}

/// Names that tell what is public.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenParents {
    /// Groups, with all below them, whose parents are on Maven Central.
    pub groups: Vec<String>,
}

/// What is known about Maven.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maven {
    /// The phases of the default lifecycle, in their order.
    pub phases: Vec<String>,
    /// The first release that can leave the progress of downloads out (`-ntp`).
    pub quiet: Release,
    pub modern: MavenJava,
    /// Releases of the plugin that copies libraries, the newest first.
    pub copier: Vec<MavenCopier>,
    /// Plugins that the default lifecycle runs, whether a pom names them or not.
    pub bound: Vec<String>,
    pub parents: MavenParents,
    pub plugin: Vec<MavenPlugin>,
    pub extension: Vec<MavenExtension>,
}

/// Facts about Maven.
///
/// # Errors
/// As [`go`](super::go()).
pub fn maven() -> Result<Maven> {
    parse("maven.toml", include_str!("data/maven.toml"))
}
