//! One module for each ecosystem: what the repository's files say, and the plan that follows.
//!
//! A stack is a function from the repository and the user's options to a [`Finding`]; its facts
//! are its own. To add one: its module, its lines here, its catalogue file, its template and an
//! example.

pub mod common;
pub mod go;
pub mod java;
pub mod javascript;
pub mod node;
pub mod rust;

use anyhow::Result;
use serde::Serialize;

use crate::options::{Options, RuntimeChoice};
use crate::repo::Repo;
use crate::verdict::Finding;

/// Finds out what one ecosystem makes of a repository; `None` when there is no sign of it.
pub type Detect = fn(&Repo, &Options) -> Result<Option<Finding>>;

/// One ecosystem.
pub struct Stack {
    /// Its name in the report and on the command line.
    pub language: &'static str,
    /// The manifests that give it away.
    pub manifests: &'static [&'static str],
    /// Runtime images by name that only it has a use for.
    pub runtimes: &'static [RuntimeChoice],
    /// Those flags that mean something to it and not to every ecosystem.
    pub flags: &'static [&'static str],
    pub detect: Detect,
}

/// All ecosystems, by name. All of them look at every repository; their order means nothing.
pub const STACKS: &[Stack] = &[
    Stack { language: "go", manifests: &["go.mod"], runtimes: &[], flags: &["--bin"], detect: go::detect },
    Stack {
        language: "java",
        manifests: java::MANIFESTS,
        runtimes: &[RuntimeChoice::Jlink],
        flags: &["--service", "--build-tool", "--java", "--main-class", "--aot-cache"],
        detect: java::detect,
    },
    Stack {
        language: "node",
        manifests: &["package.json"],
        runtimes: &[RuntimeChoice::Slim],
        flags: &["--service", "--package-manager"],
        detect: node::detect,
    },
    Stack {
        language: "rust",
        manifests: &["Cargo.toml"],
        runtimes: &[],
        flags: &["--bin", "--libc", "--cache"],
        detect: rust::detect,
    },
];

/// The build stage of a plan: what the template of its stack prints.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "stack", rename_all = "lowercase")]
pub enum Build {
    Go(go::Build),
    Java(java::Build),
    Node(node::Build),
    Rust(rust::Build),
}

impl Build {
    /// The name of the stack's template.
    pub fn template(&self) -> &'static str {
        match self {
            Build::Go(_) => "go.dockerfile.tera",
            Build::Java(_) => "java.dockerfile.tera",
            Build::Node(_) => "node.dockerfile.tera",
            Build::Rust(_) => "rust.dockerfile.tera",
        }
    }
}
