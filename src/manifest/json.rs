//! JSON manifests as values, with the lines of their keys.

use anyhow::Result;
use serde_json::Value;

use super::{invalid, offset};

/// Parses the text; `file` is for messages.
///
/// # Errors
/// With file, line and column.
pub fn parse(file: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| located(file, text, &error).into())
}

/// A parse error with its place.
pub fn located(file: &str, text: &str, error: &serde_json::Error) -> crate::failure::Failure {
    let at = offset(text, error.line(), error.column());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    invalid(file, text, at, message)
}

/// The line, from 1, of a key below other keys, as the text first has them in this order.
pub fn line_of(text: &str, keys: &[&str]) -> usize {
    let mut from = 0;
    for key in keys {
        let quoted = serde_json::to_string(key).unwrap_or_default();
        let mut found = None;
        let mut search = from;
        while let Some(at) = text[search..].find(&quoted) {
            let end = search + at + quoted.len();
            if text[end..].trim_start().starts_with(':') {
                found = Some(end);
                break;
            }
            search = end;
        }
        match found {
            Some(end) => from = end,
            None => return 1,
        }
    }
    text[..from].bytes().filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_nested_keys() {
        let text = "{\n \"start\": 1,\n \"scripts\": {\n  \"start\": \"x\"\n }\n}";
        assert_eq!(line_of(text, &["scripts", "start"]), 4);
        assert_eq!(line_of(text, &["start"]), 2);
        assert_eq!(line_of(text, &["scripts", "absent"]), 1);
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let message = parse("package.json", "{\n \"a\": }").unwrap_err().to_string();
        assert!(message.starts_with("`package.json:2:7` cannot be parsed: expected value"), "{message}");
    }
}
