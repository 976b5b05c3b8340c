//! Why a command stops, and the exit code that says so.

use std::fmt;

/// The documented exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything that was asked for is done.
    Done = 0,
    /// Findings, or files on disk that differ from what would be written.
    Findings = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// Only the user can decide; the message names the choices and the flag.
    Decision = 3,
    /// Not supported, or it cannot be done honestly.
    Unsupported = 4,
    /// Something could not be read, parsed or written.
    Failed = 5,
    /// Somebody interrupted it, as by Ctrl-C.
    Interrupted = 130,
}

/// An error that knows its exit code and what the user can do about it.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
    pub help: Vec<String>,
}

impl Failure {
    /// A failure with this exit code and no help line yet.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure { exit, message: message.into(), help: Vec::new() }
    }

    /// An input that could not be read or parsed, or an output that could not be written.
    pub fn failed(message: impl Into<String>) -> Self {
        Failure::new(Exit::Failed, message)
    }

    /// A command line that cannot be carried out as typed.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Exit::Usage, message)
    }

    /// Adds a line that says what to type or change.
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
