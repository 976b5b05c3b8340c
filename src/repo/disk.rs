//! A repository on disk. Links are followed only as long as they stay inside.
#![expect(clippy::disallowed_methods, reason = "this module is where the repository is read")]

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Entry, Files, Kind, LARGEST_FILE};
use crate::failure::Failure;

pub(super) struct Disk {
    root: PathBuf,
}

impl Disk {
    pub(super) fn open(folder: &Path) -> Result<Disk> {
        let shown = folder.display();
        let root = fs::canonicalize(folder).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::failed(format!("there is no folder `{shown}`")),
            _ => Failure::failed(format!("cannot open `{shown}`: {error}")),
        })?;
        if !root.is_dir() {
            return Err(Failure::failed(format!("`{shown}` is not a folder"))
                .help("name the folder that holds the manifest")
                .into());
        }
        Ok(Disk { root })
    }

    pub(super) fn name(&self) -> String {
        let name = self.root.file_name().map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "app".to_owned())
    }

    /// Where a path leads when all links are followed, if that is inside the repository.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let real = fs::canonicalize(path).ok()?;
        real.starts_with(&self.root).then_some(real)
    }

    fn kind_of_link(&self, path: &Path) -> Kind {
        match self.inside(path) {
            Some(real) if real.is_dir() => Kind::Folder,
            Some(real) if real.is_file() => Kind::File,
            _ => Kind::Other,
        }
    }
}

impl Files for Disk {
    fn entries(&self, folder: &str) -> Result<Vec<Entry>> {
        let path = self.root.join(folder);
        let Some(path) = self.inside(&path) else { return Ok(Vec::new()) };
        let listing = match fs::read_dir(&path) {
            Ok(listing) => listing,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(folder, &error).into()),
        };
        let mut entries = Vec::new();
        for entry in listing {
            let entry = entry.map_err(|error| unreadable(folder, &error))?;
            let kind = match entry.file_type() {
                Ok(kind) if kind.is_file() => Kind::File,
                Ok(kind) if kind.is_dir() => Kind::Folder,
                // A folder behind a link is left alone: it may lead back up.
                Ok(kind) if kind.is_symlink() => match self.kind_of_link(&entry.path()) {
                    Kind::File => Kind::File,
                    _ => Kind::Other,
                },
                _ => Kind::Other,
            };
            // No manifest or source that we look for has a name that is not UTF-8.
            if let Ok(name) = entry.file_name().into_string() {
                entries.push(Entry { name, kind });
            }
        }
        entries.sort();
        Ok(entries)
    }

    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let full = self.root.join(path);
        match fs::symlink_metadata(&full) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(unreadable(path, &error).into()),
            Ok(_) => {}
        }
        let Some(real) = self.inside(&full) else {
            return Err(Failure::failed(format!(
                "`{path}` is a link that leads nowhere or out of the repository"
            ))
            .help("only files inside the repository are read; copy the file into it")
            .into());
        };
        let metadata = fs::metadata(&real).map_err(|error| unreadable(path, &error))?;
        if !metadata.is_file() {
            return Err(Failure::failed(format!("`{path}` is not a regular file")).into());
        }
        if metadata.len() > LARGEST_FILE {
            let (size, limit) = (metadata.len() >> 20, LARGEST_FILE >> 20);
            return Err(Failure::failed(format!(
                "`{path}` has {size} MiB; files above {limit} MiB are not read"
            ))
            .into());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        let file = fs::File::open(&real).map_err(|error| unreadable(path, &error))?;
        file.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
        Ok(Some(bytes))
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    let shown = if path.is_empty() { "." } else { path };
    Failure::failed(format!("cannot read `{shown}`: {error}"))
}
