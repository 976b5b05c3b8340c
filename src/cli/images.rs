//! `distrogen images`: what is inside an image of the engine.

use anyhow::Result;
use clap::Args;

use super::verify::{EngineFlags, Format};
use crate::engine::Engine;
use crate::failure::Exit;
use crate::output::terminal::{json, print, shown};
use crate::verify::{human, inspect};

#[derive(Args)]
pub(super) struct Arguments {
    /// Name or number of an image that the engine has
    #[arg(required = true)]
    image: String,
    #[command(flatten)]
    engine: EngineFlags,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Shows layers, sizes and the largest files.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    let engine = Engine::open(arguments.engine.engine.as_deref(), arguments.engine.timeout())?;
    let found = inspect(&engine, &arguments.image);
    engine.finish()?;
    let found = found?;
    match arguments.format {
        Format::Human => {
            print(&format!("{}\n{}", shown(&arguments.image), human::image(&found, None, None)))?
        }
        Format::Json => print(&json(&found)?)?,
    }
    Ok(Exit::Done)
}
