//! What is in the repository, and what only a build puts there.

use anyhow::Result;

use super::package::Output;
use crate::repo::{Entry, Kind, Repo, join};

/// Files of an output that are looked at.
const MOST: usize = 300;

/// A name that no repository commits to a folder that it does not ignore.
const PROBE: &str = "built.js";

/// Whether an embedded path is in the repository, for everyone who has it.
pub(super) fn is_present(repo: &Repo, path: &str) -> Result<bool> {
    let Some(kind) = repo.kind(path)? else { return Ok(false) };
    if repo.git_ignores(path)? {
        return Ok(false);
    }
    // A folder that a placeholder keeps and whose other contents are ignored is as good as absent.
    let is_hollow = kind == Kind::Folder
        && repo.entries(path)?.iter().all(is_placeholder)
        && repo.git_ignores(&join(path, PROBE))?;
    Ok(!is_hollow)
}

fn is_placeholder(entry: &Entry) -> bool {
    let name = entry.name.to_ascii_lowercase();
    entry.kind == Kind::File && (name.starts_with('.') || name.starts_with("readme"))
}

/// Whether only a build makes an output: it is absent, git ignores it or what is put into it, or it
/// holds no more than a placeholder.
pub(super) fn by_build(repo: &Repo, output: &Output) -> Result<bool> {
    let path = &output.path;
    if repo.kind(path)?.is_none() || repo.git_ignores(path)? {
        return Ok(true);
    }
    if output.is_file {
        return Ok(false);
    }
    Ok(repo.git_ignores(&join(path, PROBE))? || repo.entries(path)?.iter().all(is_placeholder))
}

/// Whether an output holds files that are committed, other than placeholders.
pub(super) fn holds_committed(repo: &Repo, output: &Output) -> Result<bool> {
    let path = &output.path;
    if repo.kind(path)?.is_none() || repo.git_ignores(path)? {
        return Ok(false);
    }
    if output.is_file {
        return Ok(true);
    }
    let files = repo.files(path, MOST)?;
    for file in &files {
        let name = file.rsplit('/').next().unwrap_or(file).to_owned();
        if !is_placeholder(&Entry { name, kind: Kind::File }) && !repo.git_ignores(file)? {
            return Ok(true);
        }
    }
    Ok(files.len() >= MOST)
}
