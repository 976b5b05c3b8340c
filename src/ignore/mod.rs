//! `.dockerignore`: which files of the repository reach the build.

mod pattern;

pub use pattern::{Ignore, glob};
