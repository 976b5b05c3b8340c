//! From rendered files to the disk: what would change, shown and then done.

mod page;
pub mod terminal;
mod write;

use similar::TextDiff;

pub use page::{Page, source};
pub use write::{Target, write};

/// What writing a file would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    New,
    Same,
    Differs,
}

/// The difference as a unified diff, from what is on disk to what would be written.
pub fn diff(name: &str, before: &str, after: &str) -> String {
    let (old, new) = (format!("a/{name}"), format!("b/{name}"));
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(&old, &new).to_string()
}
