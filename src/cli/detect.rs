//! `distrogen detect`: what was found and why.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::{Choices, table};
use crate::failure::Exit;
use crate::output::terminal::{json, print};
use crate::verdict::{Report, Verdict};

#[derive(Args)]
pub(super) struct Arguments {
    /// Folder of the repository or service
    dir: Option<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    choices: Choices,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Shows the verdict; the exit code is that of the verdict.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    let (_, verdict) = super::verdict(arguments.dir.as_ref(), &arguments.choices.options())?;
    match arguments.format {
        Format::Json => print(&json(&Report::of(&verdict))?)?,
        Format::Table => print(&table::verdict(&verdict))?,
    }
    match verdict {
        Verdict::Generate(_) => Ok(Exit::Done),
        Verdict::Stop { stop, .. } => Err(stop.failure().into()),
    }
}
