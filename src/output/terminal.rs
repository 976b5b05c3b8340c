//! Text for a person's terminal.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

/// The text with everything that could steer a terminal made visible. Line ends and tabs stay.
pub fn shown(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if steers(c) {
            shown.extend(c.escape_unicode())
        } else {
            shown.push(c)
        }
        shown
    })
}

/// A value as JSON for a reader, in which nothing steers a terminal either.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn json(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value)?;
    // Such letters stand in strings only, where JSON has an escape for each.
    let escape = |text: String, c: char| match steers(c) {
        true => format!("{text}\\u{:04x}", u32::from(c)),
        false => text + c.encode_utf8(&mut [0; 4]),
    };
    Ok(if text.contains(steers) { text.chars().fold(String::new(), escape) } else { text } + "\n")
}

/// Whether a terminal takes a letter for an order.
fn steers(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// Prints to standard output. A reader that has gone away is no error.
///
/// # Errors
/// When the output cannot be written for another reason.
pub fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints to standard error; when nobody reads that, there is nobody to tell.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(shown("a\u{1b}[31mb\tc\nd\r"), "a\\u{1b}[31mb\tc\nd\\u{d}");
        assert_eq!(shown("\u{202e}x"), "\\u{202e}x");
        let hostile = "\u{9b}2J\u{202e}\u{1b}[31m\"";
        let text = json(&hostile).unwrap();
        assert!(!text.contains(['\u{9b}', '\u{202e}', '\u{1b}']), "{text:?}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
