//! The user's repository as the detectors see it: the only module that reads it.

mod disk;
mod memory;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use anyhow::Result;

use crate::failure::Failure;
use crate::ignore::GitIgnore;
pub use memory::Memory;

/// A file larger than this (bytes) is no manifest or source that a person wrote.
pub const LARGEST_FILE: u64 = 16 << 20;

/// A source larger than this (bytes) is generated, and says nothing that matters here.
const LARGEST_SOURCE: usize = 1 << 20;

/// What a name in a folder stands for, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    File,
    Folder,
    /// Device, socket, FIFO, or a link that leads nowhere or out of the repository.
    Other,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub kind: Kind,
}

/// Where the files are: on disk, or in memory in tests.
trait Files {
    /// The names in a folder, sorted; empty when it is not there.
    fn entries(&self, folder: &str) -> Result<Vec<Entry>>;
    /// The bytes of a file, at most [`LARGEST_FILE`]; `None` when it is not there.
    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>>;
}

/// Read access to one repository. Paths are relative to its root, with `/`; the root is `""`.
pub struct Repo {
    files: Rc<dyn Files>,
    /// The folder of `files` that is the root here.
    base: String,
    listed: RefCell<BTreeMap<String, Rc<[Entry]>>>,
    /// What the `.gitignore` of each folder says that was asked for.
    ignoring: RefCell<BTreeMap<String, Rc<GitIgnore>>>,
    name: String,
}

/// Folders that hold no sources of the project itself, in any ecosystem.
const NOT_SOURCES: &[&str] =
    &["build", "coverage", "dist", "node_modules", "out", "target", "testdata", "vendor", "venv"];

impl Repo {
    /// Opens the folder.
    ///
    /// # Errors
    /// When it is not there, no folder, or cannot be listed.
    pub fn open(folder: &Path) -> Result<Repo> {
        let disk = disk::Disk::open(folder)?;
        let name = disk.name();
        Ok(Repo::over(Rc::new(disk), String::new(), name))
    }

    /// A repository that exists in memory only.
    pub fn in_memory(memory: Memory) -> Repo {
        Repo::over(Rc::new(memory), String::new(), "app".to_owned())
    }

    fn over(files: Rc<dyn Files>, base: String, name: String) -> Repo {
        Repo { files, base, listed: RefCell::default(), ignoring: RefCell::default(), name }
    }

    /// The same files, seen from a folder.
    pub fn below(&self, folder: &str) -> Repo {
        let base = join(&self.base, folder);
        let name = base.rsplit('/').next().unwrap_or(&base).to_owned();
        Repo::over(self.files.clone(), base.clone(), name)
    }

    /// The path that the files know by its own name.
    fn full(&self, path: &str) -> String {
        if path.is_empty() { self.base.clone() } else { join(&self.base, path) }
    }

    /// The name of the root folder, the last resort for a service's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names in a folder, sorted; none when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn entries(&self, folder: &str) -> Result<Rc<[Entry]>> {
        if let Some(known) = self.listed.borrow().get(folder) {
            return Ok(known.clone());
        }
        let entries: Rc<[Entry]> = self.files.entries(&self.full(folder))?.into();
        self.listed.borrow_mut().insert(folder.to_owned(), entries.clone());
        Ok(entries)
    }

    /// What stands at this path; `None` when nothing does.
    ///
    /// # Errors
    /// When a folder on the way cannot be read.
    pub fn kind(&self, path: &str) -> Result<Option<Kind>> {
        let mut at = String::new();
        let mut found = Kind::Folder;
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if found != Kind::Folder {
                return Ok(None);
            }
            let entries = self.entries(&at)?;
            match entries.binary_search_by(|entry| entry.name.as_str().cmp(part)) {
                Ok(index) => found = entries[index].kind,
                Err(_) => return Ok(None),
            }
            at = join(&at, part);
        }
        Ok(Some(found))
    }

    /// Whether a regular file is at this path.
    ///
    /// # Errors
    /// As [`Repo::kind`].
    pub fn has(&self, path: &str) -> Result<bool> {
        Ok(self.kind(path)? == Some(Kind::File))
    }

    /// The text of a file, without a byte order mark; `None` when nothing is at the path.
    ///
    /// # Errors
    /// When what is there is no regular file, leads out of the repository, is larger than
    /// [`LARGEST_FILE`], or is not UTF-8.
    pub fn text(&self, path: &str) -> Result<Option<String>> {
        let Some(bytes) = self.files.bytes(&self.full(path))? else { return Ok(None) };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(match text.strip_prefix('\u{feff}') {
                Some(rest) => rest.to_owned(),
                None => text,
            })),
            Err(error) => {
                let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
                Err(Failure::failed(format!("`{path}:{line}` is not UTF-8"))
                    .help("save the file as UTF-8")
                    .into())
            }
        }
    }

    /// The text of a file that is read for what it hints at, such as a source, with what is not
    /// UTF-8 in it replaced; `None` when no regular file of the repository is at the path, or when
    /// it is larger than any source that a person wrote.
    ///
    /// # Errors
    /// When a folder on the way or the file cannot be read.
    pub fn source(&self, path: &str) -> Result<Option<String>> {
        if !self.has(path)? {
            return Ok(None);
        }
        let bytes = self.files.bytes(&self.full(path))?.filter(|bytes| bytes.len() <= LARGEST_SOURCE);
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Whether git ignores what is at this path, so that a fresh checkout lacks it. The deepest
    /// `.gitignore` with a rule for it decides, and nothing in an ignored folder comes back.
    ///
    /// # Errors
    /// When a `.gitignore` cannot be read.
    pub fn git_ignores(&self, path: &str) -> Result<bool> {
        let mut above = vec![(String::new(), self.git_rules("")?)];
        let mut at = String::new();
        let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
        while let Some(part) = parts.next() {
            at = join(&at, part);
            let is_folder = parts.peek().is_some() || self.kind(&at)? != Some(Kind::File);
            let says = |(folder, rules): &(String, Rc<GitIgnore>)| {
                rules.ignores(at.strip_prefix(folder.as_str()).unwrap_or(&at), is_folder)
            };
            if above.iter().rev().find_map(says) == Some(true) {
                return Ok(true);
            }
            if parts.peek().is_some() {
                above.push((at.clone(), self.git_rules(&at)?));
            }
        }
        Ok(false)
    }

    /// The rules of a folder's own `.gitignore`.
    fn git_rules(&self, folder: &str) -> Result<Rc<GitIgnore>> {
        if let Some(known) = self.ignoring.borrow().get(folder) {
            return Ok(known.clone());
        }
        let text = self.source(&join(folder, ".gitignore"))?.unwrap_or_default();
        let rules = Rc::new(GitIgnore::parse(&text));
        self.ignoring.borrow_mut().insert(folder.to_owned(), rules.clone());
        Ok(rules)
    }

    /// Every file at or below a path, hidden ones too, as sorted paths; at most `limit` of them.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(&self, below: &str, limit: usize) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut open = vec![below.to_owned()];
        if self.has(below)? {
            return Ok(open);
        }
        while let Some(folder) = open.pop() {
            for entry in self.entries(&folder)?.iter() {
                match entry.kind {
                    Kind::File if found.len() < limit => found.push(join(&folder, &entry.name)),
                    Kind::Folder => open.push(join(&folder, &entry.name)),
                    _ => {}
                }
            }
            if found.len() >= limit {
                break;
            }
        }
        found.sort();
        Ok(found)
    }

    /// The sources below a folder whose name ends in one of these, as sorted paths. Hidden
    /// folders and those that hold no sources of the project are not entered.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn sources(&self, below: &str, endings: &[&str]) -> Result<Vec<String>> {
        self.walk(below, endings, NOT_SOURCES)
    }

    /// The same, where the folders that are not entered are these, and those whose names begin
    /// with a dot or an underscore.
    ///
    /// # Errors
    /// As [`Repo::sources`].
    pub fn walk(&self, below: &str, endings: &[&str], skipped: &[&str]) -> Result<Vec<String>> {
        let enters = |folder: &str| !folder.starts_with(['.', '_']) && !skipped.contains(&folder);
        let mut found = Vec::new();
        let mut open = vec![below.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in self.entries(&folder)?.iter() {
                let path = join(&folder, &entry.name);
                let is_source = || endings.iter().any(|ending| entry.name.ends_with(ending));
                match entry.kind {
                    Kind::File if is_source() => found.push(path),
                    Kind::Folder if enters(&entry.name) => open.push(path),
                    _ => {}
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// `folder/name`, where the root folder is `""`, and the folder itself where the name is.
pub fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The folder of a path; the root is `""`.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path with `.` and `..` taken out; `None` when it leaves the repository.
pub fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    if path.starts_with('/') {
        return None;
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_repository_are_not_normal() {
        assert_eq!(normal("./a/../b/c"), Some("b/c".to_owned()));
        assert_eq!(normal("a/../../b"), None);
        assert_eq!(normal("/etc/passwd"), None);
    }

    #[test]
    fn sources_skip_hidden_and_dependency_folders() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("main.go", "")
                .file("cmd/a/main.go", "")
                .file("vendor/x/x.go", "")
                .file(".git/x.go", "")
                .file("readme.md", ""),
        );
        assert_eq!(repo.sources("", &[".go"]).unwrap(), ["cmd/a/main.go", "main.go"]);
    }

    #[test]
    fn the_deepest_rule_of_git_decides() {
        let repo = Repo::in_memory(
            Memory::new()
                .file(".gitignore", "*.json\nbuilt/\n/logs/*\n!/logs/keep\n")
                .file("config/.gitignore", "!app.json\n/only\n")
                .file("config/app.json", "")
                .file("config/other.json", "")
                .file("built/.gitignore", "!x\n")
                .file("built/x", "")
                .file("sub/built", "")
                .file("logs/keep/a", ""),
        );
        for path in ["a.json", "config/other.json", "config/only", "built/x", "sub/made/x.json", "logs/a"] {
            assert!(repo.git_ignores(path).unwrap(), "{path}");
        }
        for path in ["config/app.json", "only", "sub/built", "logs/keep/a", "config", ""] {
            assert!(!repo.git_ignores(path).unwrap(), "{path}");
        }
    }

    #[test]
    fn text_says_the_line_that_is_not_utf8() {
        let repo = Repo::in_memory(Memory::new().bytes("go.mod", b"module x\n\xff".to_vec()));
        assert_eq!(repo.text("go.mod").unwrap_err().to_string(), "`go.mod:2` is not UTF-8");
    }
}
