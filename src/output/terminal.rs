//! Text for a person's terminal.

use std::io::{self, Write};

use anyhow::Result;

/// The text with everything that could steer a terminal made visible. Line ends and tabs stay.
pub fn shown(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if steers(c) {
            shown.extend(c.escape_unicode())
        } else {
            shown.push(c)
        }
        shown
    })
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
    }
}
