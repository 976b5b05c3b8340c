//! The only module that writes: whole files or nothing, and never out of the folder.
#![expect(clippy::disallowed_methods, reason = "this module is where files are compared and written")]

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::NamedTempFile;

use super::Change;
use crate::failure::Failure;
use crate::render::Rendered;

/// A rendered file and what stands in its place.
#[derive(Debug)]
pub struct Target {
    pub name: &'static str,
    pub text: String,
    /// What is on disk; empty where nothing is.
    pub before: String,
    pub change: Change,
    path: PathBuf,
    mode: u32,
}

impl Target {
    /// Compares a rendered file with the disk.
    ///
    /// # Errors
    /// When what stands in its place is no regular file inside the folder, or cannot be read.
    pub fn of(folder: &Path, rendered: Rendered) -> Result<Target> {
        let Rendered { name, text } = rendered;
        let path = place(folder, name)?;
        match fs::read(&path) {
            Ok(bytes) => {
                let change = if bytes == text.as_bytes() { Change::Same } else { Change::Differs };
                let before = String::from_utf8_lossy(&bytes).into_owned();
                let mode =
                    fs::metadata(&path).map_or(0o644, |metadata| metadata.permissions().mode() & 0o777);
                Ok(Target { name, text, before, change, path, mode })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Target { name, text, before: String::new(), change: Change::New, path, mode: 0o644 })
            }
            Err(error) => Err(Failure::failed(format!("cannot read `{name}`: {error}")).into()),
        }
    }
}

#[cfg(test)]
impl Target {
    /// A target that was never compared with a disk.
    pub(crate) fn in_memory(name: &'static str, change: Change) -> Target {
        let (text, before) = ("new\n".to_owned(), "old\n".to_owned());
        Target { name, text, before, change, path: PathBuf::from(name), mode: 0o644 }
    }
}

/// Where a file of this name is written: where a link leads, if that is inside the folder.
fn place(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    let metadata = match fs::symlink_metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path),
        Err(error) => return Err(Failure::failed(format!("cannot read `{name}`: {error}")).into()),
    };
    let real = match metadata.is_symlink() {
        false => path,
        true => {
            let root = fs::canonicalize(folder)
                .map_err(|error| Failure::failed(format!("cannot open the folder: {error}")))?;
            let inside = fs::canonicalize(&path).ok().filter(|real| real.starts_with(&root));
            inside.ok_or_else(|| {
                Failure::failed(format!(
                    "`{name}` is a link that leads nowhere or out of the folder; it is not written through"
                ))
                .help(format!("remove the link `{name}`"))
            })?
        }
    };
    if fs::metadata(&real).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Failure::failed(format!("`{name}` is not a regular file")).into());
    }
    Ok(real)
}

/// Writes the files: all of them beside their places first, then each by a rename.
///
/// # Errors
/// When one cannot be written; then no file is left half-written.
pub fn write(targets: &[&Target]) -> Result<()> {
    let mut ready = Vec::new();
    for target in targets {
        let failed = |error: &std::io::Error| {
            Failure::failed(format!("cannot write `{}`: {}", target.name, error.kind()))
        };
        let folder = target.path.parent().unwrap_or(Path::new("."));
        let mut file = NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
        file.write_all(target.text.as_bytes()).map_err(|error| failed(&error))?;
        let mode = Permissions::from_mode(target.mode);
        file.as_file().set_permissions(mode).map_err(|error| failed(&error))?;
        ready.push((target, file));
    }
    for (target, file) in ready {
        file.persist(&target.path)
            .map_err(|error| Failure::failed(format!("cannot write `{}`: {}", target.name, error.error)))?;
    }
    Ok(())
}
