//! `.dockerignore` and `.gitignore`: which files of the repository reach the build, and which are
//! not the repository's.

mod git;
mod pattern;

pub use git::GitIgnore;
pub use pattern::{Ignore, glob};
