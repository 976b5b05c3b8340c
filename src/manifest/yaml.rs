//! YAML manifests that machines wrote.

use anyhow::Result;
use serde::de::DeserializeOwned;

use super::{invalid, offset};

/// More values than this no lock file has.
const MOST_VALUES: usize = 20_000_000;

/// Parses one document, which starts at a byte of the text; `file` is for messages.
///
/// # Errors
/// With file, line and column.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str, start: usize) -> Result<T> {
    let document = text.get(start..).unwrap_or("");
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_events: MOST_VALUES, max_nodes: MOST_VALUES },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(document, options)
        .map_err(|error| located(file, text, start, &error).into())
}

fn located(file: &str, text: &str, start: usize, error: &serde_saphyr::Error) -> crate::failure::Failure {
    let document = text.get(start..).unwrap_or("");
    let at = error.location().map_or(0, |place| {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        offset(document, count(place.line()), count(place.column()))
    });
    let message = error.to_string();
    let message = message.lines().next().unwrap_or("");
    let message = message.split(" at line ").next().unwrap_or(message);
    invalid(file, text, start + at, message.trim_start_matches("error: "))
}
