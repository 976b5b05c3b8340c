//! What a verification found: plain data, for people and programs alike.

use serde::{Deserialize, Serialize};

use super::explain::Explanation;

/// Everything that a run found out.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of this form; it grows when a reader has to change.
    pub schema: u32,
    pub name: String,
    pub dockerfile: String,
    /// The engine and its version.
    pub engine: String,
    /// Whether no check failed.
    pub passed: bool,
    /// Seconds that the build took.
    pub build_seconds: f64,
    /// Seconds from the start to the first answer, or to the program's end.
    pub start_seconds: Option<f64>,
    /// Seconds from the request to end to the end.
    pub stop_seconds: Option<f64>,
    pub checks: Vec<Check>,
    /// What the failures mean.
    pub explanations: Vec<Explanation>,
    /// The last lines of whatever failed.
    pub log: Vec<String>,
    pub image: Option<ImageReport>,
    /// The same program on its build image alone.
    pub without: Option<Without>,
    pub previous: Option<Previous>,
    pub rebuild: Option<Rebuild>,
    /// The name under which the image was kept.
    pub kept: Option<String>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    Pass,
    /// Worth knowing; nothing fails by it.
    Note,
    Fail,
}

/// One check and what it saw.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub grade: Grade,
    pub evidence: String,
}

impl Check {
    /// A check that passed or failed.
    pub fn new(name: &'static str, passed: bool, evidence: impl Into<String>) -> Check {
        let grade = if passed { Grade::Pass } else { Grade::Fail };
        Check { name, grade, evidence: evidence.into() }
    }

    /// Something worth knowing.
    pub fn note(name: &'static str, evidence: impl Into<String>) -> Check {
        Check { name, grade: Grade::Note, evidence: evidence.into() }
    }
}

/// What is inside an image. Sizes are bytes.
#[derive(Clone, Debug, Serialize)]
pub struct ImageReport {
    /// The image that the last stage stands on; nothing where no Dockerfile is at hand.
    pub base: Option<String>,
    /// User and group of the configuration.
    pub user: String,
    /// The words that a container starts with.
    pub command: Vec<String>,
    pub unpacked: u64,
    pub compressed: u64,
    /// Bytes that higher layers replace or delete.
    pub wasted: u64,
    pub files: usize,
    pub layers: Vec<LayerReport>,
    /// The largest files, largest first.
    pub largest: Vec<FileReport>,
}

/// One layer. Sizes are bytes.
#[derive(Clone, Debug, Serialize)]
pub struct LayerReport {
    pub instruction: String,
    /// Line of the Dockerfile; layers of the base image have none.
    pub line: Option<usize>,
    pub unpacked: u64,
    pub compressed: u64,
    pub files: usize,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// The program on its build image alone.
#[derive(Clone, Debug, Serialize)]
pub struct Without {
    /// The image that the build stage stands on.
    pub image: String,
    /// Bytes, unpacked.
    pub unpacked: u64,
}

/// What the run before this one found.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Previous {
    /// Bytes.
    pub unpacked: u64,
    pub compressed: u64,
    pub start_seconds: Option<f64>,
}

/// What a change of one source file costs.
#[derive(Clone, Debug, Serialize)]
pub struct Rebuild {
    /// The file that an empty line was added to.
    pub file: String,
    pub seconds: f64,
    /// Bytes of the layers that are not in the image before, unpacked and compressed.
    pub changed: u64,
    pub changed_compressed: u64,
    /// Layers that are not in the image before, of all.
    pub layers: (usize, usize),
    /// Whether the build needed the network.
    pub downloaded: bool,
}
