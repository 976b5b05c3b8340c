//! Readers of manifests: text in, facts with their lines or a located error out.

pub mod cargo;
pub mod gomod;
pub mod gradle;
pub mod hocon;
pub mod json;
pub mod lock;
pub mod package;
pub mod properties;
pub mod secret;
pub mod shell;
pub mod xml;
pub mod yaml;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::failure::Failure;

/// A manifest that does not parse, shown as `file:line:column`, the line and a caret.
///
/// `at` is the byte where the trouble is.
pub fn invalid(file: &str, text: &str, at: usize, message: &str) -> Failure {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (line, column) = place(text, at);
    let shown = text.lines().nth(line - 1).unwrap_or("");
    let title = format!("`{file}:{line}:{column}` cannot be parsed: {message}");
    let picture = picture(file, shown, line, column);
    Failure::failed(format!("{title}{picture}"))
}

/// Line and column, from 1, of a byte of the text.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// The byte at a line and column, both from 1; the end of the text when it has no such place.
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number + 1 == line {
            let inside = content.char_indices().nth(column.saturating_sub(1));
            return start + inside.map_or(content.len(), |(at, _)| at);
        }
        start += content.len();
    }
    text.len()
}

/// The source line with a caret; nothing for lines that no terminal shows well.
fn picture(file: &str, line: &str, number: usize, column: usize) -> String {
    if line.len() > 200 {
        return String::new();
    }
    let start = line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at);
    let end = line[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    let snippet = Snippet::source(line)
        .path(file)
        .line_start(number)
        .annotation(AnnotationKind::Primary.span(start..end));
    let report = Group::with_level(Level::ERROR).element(snippet);
    let text = Renderer::plain().render(&[report]).to_string();
    format!("\n{}", text.trim_end())
}

/// The line, from 1, on which the first of these words stands; 1 when it is nowhere.
pub fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.contains(word)).map_or(1, |index| index + 1)
}

/// A line of a text, from 1, without the blanks around it.
pub fn line(text: &str, number: usize) -> &str {
    text.lines().nth(number.saturating_sub(1)).unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_its_offset_are_each_others_inverse() {
        let text = "añb\ncd\n";
        for (at, _) in text.char_indices() {
            let (line, column) = place(text, at);
            assert_eq!(offset(text, line, column), at);
        }
    }

    #[test]
    fn an_invalid_manifest_is_shown_with_a_caret() {
        let failure = invalid("go.mod", "module x\ngo one\n", 12, "no version");
        assert_eq!(
            failure.message,
            "`go.mod:2:4` cannot be parsed: no version\n --> go.mod:2:4\n  |\n2 | go one\n  |    ^"
        );
    }
}
