//! What was found out about a service: the part of the JSON contract that users read.

use serde::Serialize;

use crate::evidence::Evidence;

/// What a program does once it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Listens on a port.
    Server,
    /// Does its work and ends.
    Cli,
    /// Runs on without listening.
    Worker,
    /// Files for a browser.
    Static,
}

impl Kind {
    /// The word that the report uses.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Server => "server",
            Kind::Cli => "cli",
            Kind::Worker => "worker",
            Kind::Static => "static",
        }
    }
}

/// A toolchain version and what asked for it.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    pub value: String,
    pub source: Source,
}

/// Where a version was read.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    pub file: String,
    pub line: Option<usize>,
    pub says: String,
}

impl Version {
    /// A version that this evidence asks for.
    pub fn from(value: impl Into<String>, evidence: &Evidence) -> Self {
        let Evidence { file, line, says, .. } = evidence.clone();
        Version { value: value.into(), source: Source { file, line, says } }
    }

    /// The catalogue's default, when nothing in the repository asks for one.
    pub fn default(value: impl Into<String>) -> Self {
        let source =
            Source { file: "default".to_owned(), line: None, says: "nothing asks for a version".to_owned() };
        Version { value: value.into(), source }
    }
}

/// One service of a repository.
#[derive(Clone, Debug, Serialize)]
pub struct Service {
    pub name: String,
    /// Folder below the repository; `.` is its root.
    pub path: String,
    pub language: String,
    pub package_manager: Option<String>,
    pub framework: Option<String>,
    pub kind: Option<Kind>,
    pub version: Option<Version>,
    /// The full argv of the container, the image's own entrypoint included.
    pub start: Vec<String>,
    pub port: Option<u16>,
    pub build_image: Option<String>,
    pub runtime_image: Option<String>,
    pub evidence: Vec<Evidence>,
    pub warnings: Vec<String>,
}

impl Service {
    /// A service of which no more is known than its language.
    pub fn new(name: impl Into<String>, language: &str) -> Self {
        Service {
            name: name.into(),
            path: ".".to_owned(),
            language: language.to_owned(),
            package_manager: None,
            framework: None,
            kind: None,
            version: None,
            start: Vec::new(),
            port: None,
            build_image: None,
            runtime_image: None,
            evidence: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
