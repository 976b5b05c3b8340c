//! Files that the command line names, wherever they are: a report to write, a Dockerfile to read.
#![expect(clippy::disallowed_methods, reason = "files that the user names are read and written here")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;
use crate::repo::LARGEST_FILE;

/// A report that will be written.
pub struct Page {
    path: PathBuf,
}

impl Page {
    /// Makes sure, before any work is done, that a report can be written there.
    ///
    /// # Errors
    /// When its folder cannot be written to.
    pub fn at(path: &Path) -> Result<Page> {
        let page = Page { path: path.to_owned() };
        page.beside().map(|_| page)
    }

    /// Writes it: all of it or nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, text: &str) -> Result<()> {
        let mut file = self.beside()?;
        file.write_all(text.as_bytes()).map_err(|error| self.failed(&error))?;
        file.persist(&self.path).map_err(|error| self.failed(&error.error))?;
        Ok(())
    }

    fn beside(&self) -> Result<NamedTempFile> {
        if self.path.is_dir() {
            return Err(Failure::failed(format!("`{}` is a folder", self.path.display())).into());
        }
        let folder =
            self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        Ok(Builder::new().permissions(mode).tempfile_in(folder).map_err(|error| self.failed(&error))?)
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::failed(format!("cannot write the report `{}`: {}", self.path.display(), error.kind()))
    }
}

/// A file's text; what is not UTF-8 in it is replaced.
///
/// # Errors
/// When it cannot be read.
pub fn source(path: &Path) -> std::result::Result<String, Failure> {
    let failed = |why: String| Failure::failed(format!("cannot read `{}`: {why}", path.display()));
    let metadata = fs::metadata(path).map_err(|error| failed(error.kind().to_string()))?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return Err(failed("it is no file that a person wrote".to_owned()));
    }
    let bytes = fs::read(path).map_err(|error| failed(error.kind().to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_written_whole_or_refused_beforehand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.html");
        let page = Page::at(&path).unwrap();
        assert!(!path.exists());
        page.write("<p>").unwrap();
        assert_eq!(source(&path).unwrap(), "<p>");
        let message = Page::at(&folder.path().join("no/such/r.html")).err().unwrap().to_string();
        assert!(message.contains("cannot write the report") && message.contains("not found"), "{message}");
        assert!(Page::at(folder.path()).is_err());
        assert!(source(Path::new("/dev/zero")).unwrap_err().message.contains("no file that a person wrote"));
    }
}
