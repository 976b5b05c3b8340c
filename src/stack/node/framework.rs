//! What frameworks make of a program: the file that their build leaves to be started, and the
//! folders that it needs.

use anyhow::Result;

use crate::catalog::{Node, NodeOutput};
use crate::manifest::package::Package;
use crate::repo::{Repo, join};
use crate::source::Source;
use crate::source::lexer::Syntax;
use crate::stack::javascript::config;

/// The row of the framework that a package is built with.
pub(super) fn output<'a>(package: &Package, knowledge: &'a Node) -> Option<&'a NodeOutput> {
    knowledge.output.iter().find(|row| package.dependency(&row.package).is_some())
}

/// Endings of configuration files that are programs.
const ENDINGS: &[&str] = &["js", "mjs", "cjs", "ts", "mts"];

/// Where a configuration file sets a key to a value: the file and its line.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn configured(
    repo: &Repo,
    folder: &str,
    name: &str,
    key: &str,
    value: &str,
) -> Result<Option<(String, usize)>> {
    for ending in ENDINGS {
        let file = join(folder, &format!("{name}.{ending}"));
        let Some(text) = repo.source(&file)? else { continue };
        let source = Source::new(&file, &text, Syntax::JavaScript);
        if config::is(&source, key, value) {
            let line = text.lines().position(|line| line.contains(key)).map_or(1, |index| index + 1);
            return Ok(Some((file, line)));
        }
    }
    Ok(None)
}

/// Whether a Next.js program is built into a server of its own files.
///
/// # Errors
/// When its configuration cannot be read.
pub(super) fn is_standalone(repo: &Repo, folder: &str) -> Result<bool> {
    Ok(configured(repo, folder, "next.config", "output", "standalone")?.is_some())
}
