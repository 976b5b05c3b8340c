//! YAML manifests that machines wrote.

use anyhow::Result;
use serde::de::DeserializeOwned;

use super::{invalid, offset};

/// More values than this no lock file has.
const MOST_VALUES: usize = 20_000_000;

/// What aliases may repeat: no package manager writes any.
const MOST_REPEATED: usize = 100_000;

/// Parses one document, which starts at a byte of the text; `file` is for messages.
///
/// # Errors
/// With file, line and column.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str, start: usize) -> Result<T> {
    let document = text.get(start..).unwrap_or("");
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_events: MOST_VALUES, max_nodes: MOST_VALUES },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MOST_REPEATED },
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn aliases_of_aliases_are_given_up_soon() {
        let mut text = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
        for (name, before) in ('b'..='i').zip('a'..) {
            text += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(", "));
        }
        let parsed = parse::<BTreeMap<String, serde::de::IgnoredAny>>("pnpm-lock.yaml", &text, 0);
        assert!(parsed.unwrap_err().to_string().starts_with("`pnpm-lock.yaml:"));
    }
}
