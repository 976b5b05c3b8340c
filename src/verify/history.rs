//! What the run before this one found, kept in the user's cache folder.
#![expect(clippy::disallowed_methods, reason = "the user's cache folder is no repository")]

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::report::{Previous, Report};

/// The user's folder for what can be found out again.
/// Source: XDG Base Directory Specification.
fn cache() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(base.join("distrogen").join("verify"))
}

/// The file that keeps what was found of a Dockerfile.
fn place(dockerfile: &Path) -> Option<PathBuf> {
    let mut hasher = DefaultHasher::new();
    fs::canonicalize(dockerfile).ok()?.hash(&mut hasher);
    Some(cache()?.join(format!("{:016x}.json", hasher.finish())))
}

/// What the last run found of this Dockerfile.
pub fn previous(dockerfile: &Path) -> Option<Previous> {
    serde_json::from_slice(&fs::read(place(dockerfile)?).ok()?).ok()
}

/// Keeps what was found, for the next run. A cache that cannot be written is done without.
pub fn keep(dockerfile: &Path, report: &Report) {
    let Some(image) = &report.image else { return };
    let found = Previous {
        unpacked: image.unpacked,
        compressed: image.compressed,
        start_seconds: report.start_seconds,
    };
    let write = || -> Option<()> {
        let path = place(dockerfile)?;
        fs::create_dir_all(path.parent()?).ok()?;
        let file = tempfile::NamedTempFile::new_in(path.parent()?).ok()?;
        serde_json::to_writer(&file, &found).ok()?;
        file.persist(path).ok().map(drop)
    };
    write();
}
