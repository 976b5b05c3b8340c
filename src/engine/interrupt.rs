//! Ctrl-C and its kin: noticed at every wait, so that what was started is removed before the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::Result;

use crate::failure::{Exit, Failure};

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending the process.
///
/// # Errors
/// When the system refuses a handler.
pub fn watch() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, flag.clone())?;
    }
    Ok(())
}

/// # Errors
/// When somebody wants this process to end.
pub fn check() -> Result<()> {
    match INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
        true => Err(Failure::new(Exit::Interrupted, "interrupted; what was started is removed").into()),
        false => Ok(()),
    }
}
