//! Where a fact was read: file, line and the words that say it.

use serde::Serialize;

/// One fact and the place that it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What this is evidence of, in a few words.
    pub what: String,
    /// Path below the repository, with `/` as separator; or the flag that set it.
    pub file: String,
    /// Line in the file, counted from 1; `None` when the file as a whole is meant.
    pub line: Option<usize>,
    /// The words of the file, on one line.
    pub says: String,
}

impl Evidence {
    /// Evidence at one line of a file.
    pub fn at(
        what: impl Into<String>,
        file: impl Into<String>,
        line: usize,
        says: impl Into<String>,
    ) -> Self {
        Evidence { what: what.into(), file: file.into(), line: Some(line), says: says.into() }
    }

    /// Evidence that is a file being there.
    pub fn file(what: impl Into<String>, file: impl Into<String>, says: impl Into<String>) -> Self {
        Evidence { what: what.into(), file: file.into(), line: None, says: says.into() }
    }

    /// Evidence that is a flag on the command line.
    pub fn flag(what: impl Into<String>, flag: &str, value: impl std::fmt::Display) -> Self {
        Evidence::file(what, flag, value.to_string())
    }

    /// `file:line`, or the file alone.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }
}
