//! YAML by its lines: where each setting stands, and what it is where the file does not parse.

use super::{DEEPEST, LONGEST, MOST_SETTINGS, Settings};

/// A key or a list's item whose lines have not ended.
struct Open {
    indent: usize,
    /// The length of its path.
    path: usize,
    is_item: bool,
    items: usize,
}

struct Scan {
    path: String,
    open: Vec<Open>,
    found: Settings,
}

/// The settings of a document that starts after so many lines.
pub(super) fn scan(document: &str, start: usize) -> Settings {
    let mut scan = Scan { path: String::new(), open: Vec::new(), found: Settings::new() };
    for (index, line) in document.lines().enumerate() {
        if scan.found.len() < MOST_SETTINGS {
            scan.line(line, start + index + 1);
        }
    }
    scan.found
}

impl Scan {
    fn line(&mut self, line: &str, number: usize) {
        let mut rest = line.trim_start_matches(' ');
        let mut indent = line.len() - rest.len();
        if rest.is_empty() || rest.starts_with('#') {
            return;
        }
        while let Some(item) = rest.strip_prefix("- ") {
            if !self.item(indent) {
                return;
            }
            let inner = item.trim_start_matches(' ');
            indent += rest.len() - inner.len();
            rest = inner;
        }
        let Some((key, value)) =
            rest.split_once(':').filter(|(_, value)| value.is_empty() || value.starts_with([' ', '\t']))
        else {
            // An item without a key.
            if self.open.last().is_some_and(|open| open.is_item && open.indent < indent) {
                self.insert(rest, number);
            }
            return;
        };
        self.close(|open| open.indent >= indent);
        if !self.push(indent, false) {
            return;
        }
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key.trim().trim_matches(['"', '\'']));
        if let Some(open) = self.open.last_mut() {
            open.path = self.path.len();
        }
        self.insert(value, number);
    }

    /// Ends what these lines no longer belong to.
    fn close(&mut self, ends: impl Fn(&Open) -> bool) {
        while self.open.last().is_some_and(&ends) {
            self.open.pop();
        }
        self.path.truncate(self.open.last().map_or(0, |open| open.path));
    }

    fn push(&mut self, indent: usize, is_item: bool) -> bool {
        let fits = self.open.len() < DEEPEST && self.path.len() < LONGEST;
        if fits {
            self.open.push(Open { indent, path: self.path.len(), is_item, items: 0 });
        }
        fits
    }

    fn item(&mut self, indent: usize) -> bool {
        self.close(|open| open.indent > indent || (open.indent == indent && open.is_item));
        let Some(list) = self.open.last_mut() else { return false };
        self.path.push_str(&format!("[{}]", list.items));
        list.items += 1;
        self.push(indent, true)
    }

    fn insert(&mut self, value: &str, number: usize) {
        let value = value.trim();
        let value = value.split_once(" #").map_or(value, |(value, _)| value).trim();
        let value = value.trim_matches(['"', '\'']);
        if !value.is_empty() && !value.starts_with('#') {
            self.found.insert(self.path.clone(), (value.to_owned(), number));
        }
    }
}
