//! Which package of a workspace the words of a package manager mean.

use super::Place;
use super::manager::{Managed, Ran};
use crate::manifest::shell::Word;
use crate::repo::normal;

/// The package that a filter of pnpm or turbo means.
pub(super) fn filter(text: &str) -> Place {
    let text = text.trim_start_matches("...").trim_end_matches("...").trim_end_matches('^');
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    if inner.contains(['*', '!', '[', '{', '^']) || inner.is_empty() {
        return Place::All;
    }
    let is_folder = inner.starts_with('.') || inner.len() < text.len();
    is_folder.then(|| folder(inner)).flatten().unwrap_or_else(|| Place::Package(inner.to_owned()))
}

/// npm takes names and folders.
pub(super) fn workspace(text: &str) -> Place {
    let is_folder = text.starts_with('.') || text.contains('/') && !text.starts_with('@');
    is_folder.then(|| folder(text)).flatten().unwrap_or_else(|| Place::Package(text.to_owned()))
}

/// A folder below; the package's own is no other place.
pub(super) fn folder(text: &str) -> Option<Place> {
    match normal(text) {
        Some(folder) if folder.is_empty() => None,
        Some(folder) => Some(Place::Folder(folder)),
        None => Some(Place::Folder(text.to_owned())),
    }
}

/// Nx names targets, of which only some are scripts: those that build or serve are its own.
pub(super) fn nx(rest: &[Word]) -> Option<Managed> {
    let words: Vec<&str> =
        rest.iter().map(|word| word.text.as_str()).filter(|word| !word.starts_with('-')).collect();
    let (package, target) = match words.as_slice() {
        ["run", what, ..] => {
            let mut parts = what.split(':');
            (parts.next()?, parts.next()?)
        }
        [target @ ("start" | "start:prod"), package, ..] => (*package, *target),
        _ => return None,
    };
    let is_own = matches!(target, "serve" | "build" | "dev");
    let run = Ran::Script(target.to_owned(), Vec::new());
    (!is_own).then(|| Managed::Elsewhere(Place::Package(package.to_owned()), run))
}
