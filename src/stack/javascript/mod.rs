//! Packages of JavaScript: which manager installs them, in which folder, and what their scripts make.
//! Programs for Node.js, sites and the front ends that programs of other languages embed start here.

mod compiler;
pub(in crate::stack) mod config;
mod early;
pub mod front;
pub(in crate::stack) mod install;
mod made;
mod manager;
pub(in crate::stack) mod package;
mod registry;
pub(in crate::stack) mod script;
mod settings;
pub(in crate::stack) mod workspace;

use serde::Serialize;

pub use self::package::Output;
use super::common::is_plain_name;
use crate::plan::Env;
use crate::verdict::Stop;

/// A COPY of the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Why, where a reader would ask.
    pub why: &'static str,
    pub from: Vec<String>,
    pub to: String,
}

/// A command that builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The folder that it runs in; empty where that is the one before.
    pub workdir: String,
    pub command: Vec<String>,
    /// Variables of this command alone.
    pub env: Vec<Env>,
}

/// Whether a path is a folder or below it.
pub(in crate::stack) fn within(path: &str, folder: &str) -> bool {
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a path can stand in an instruction and a pattern as it is; folders that are hidden or a
/// scope's are fine.
pub(super) fn is_plain(path: &str) -> bool {
    path.split('/').all(|name| is_plain_name(name.strip_prefix(['.', '@']).unwrap_or(name)))
}

pub(super) fn refuse_odd<'a>(paths: impl Iterator<Item = &'a str>) -> Result<(), Stop> {
    match paths.filter(|path| !path.is_empty()).find(|path| !is_plain(path)) {
        Some(odd) => {
            Err(Stop::refuse(format!("the path `{odd}` cannot be written into a Dockerfile safely"))
                .help("rename it to letters, digits, `-`, `_` and `.`"))
        }
        None => Ok(()),
    }
}
