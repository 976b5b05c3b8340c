//! Files that a program reads when it runs: those of the repository that its sources name by a
//! relative path.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Source;
use super::lexer::Token;
use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, normal};

/// Paths that sources name, and where each is named first.
#[derive(Clone, Debug, Default)]
pub struct Named(BTreeMap<String, Evidence>);

/// Folders that hold files to be read at run time when a source says no more than their name.
const USUAL: &[&str] = &[
    "assets",
    "conf",
    "config",
    "configs",
    "data",
    "html",
    "i18n",
    "locales",
    "media",
    "migrations",
    "public",
    "resources",
    "static",
    "templates",
    "translations",
    "views",
    "web",
    "www",
];

/// Endings of files that are compiled or that only people and tools read.
const NOT_READ: &[&str] = &[
    ".go", ".rs", ".md", ".mod", ".sum", ".lock", ".env", ".pem", ".key", ".proto", ".db", ".sqlite",
    ".sqlite3", ".log",
];

/// Names before a string that is read when the program is compiled.
const COMPILED: &[&str] = &[
    "include_str",
    "include_bytes",
    "include_dir",
    "include",
    "folder",
    "path",
    "migrate",
    "embed_migrations",
    "import",
    "cfg",
    "relative",
    "CARGO_MANIFEST_DIR",
];

impl Named {
    /// Reads one more source.
    pub fn read(&mut self, source: &Source) {
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            let Token::Text(text) = lexeme.token else { continue };
            let Some(path) = path_of(text) else { continue };
            let compiled = (at.saturating_sub(3)..at).any(|at| source.is_word(at, COMPILED));
            if !compiled && !self.0.contains_key(&path) {
                self.0.insert(path, source.evidence("runtime files", lexeme.line));
            }
        }
    }

    /// Those that are in the repository, outermost folders only.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn found(&self, repo: &Repo) -> Result<BTreeMap<String, Evidence>> {
        let mut found: BTreeMap<String, Evidence> = BTreeMap::new();
        for (path, evidence) in &self.0 {
            let covered = found.keys().any(|folder| path.starts_with(&format!("{folder}/")));
            let is_there = match repo.kind(path)? {
                Some(Kind::File) => true,
                Some(Kind::Folder) => holds_data(repo, path)?,
                _ => false,
            };
            if is_there && !covered {
                found.insert(path.clone(), evidence.clone());
            }
        }
        Ok(found)
    }
}

/// The path that a string names, up to its first pattern: `templates/*.html` is `templates`.
fn path_of(text: &str) -> Option<String> {
    if text.len() > 120 || text.starts_with('/') || text.contains("..") {
        return None;
    }
    let fixed = match text.find(['*', '{']) {
        Some(at) => text[..at].rsplit_once('/').map(|(folder, _)| folder)?,
        None => text,
    };
    let path = normal(fixed)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+');
    if path.is_empty()
        || path.starts_with('.')
        || !path.chars().all(plain)
        || NOT_READ.iter().any(|end| path.ends_with(end))
    {
        return None;
    }
    let says_file =
        path.contains('/') || path.contains('.') || fixed.ends_with('/') || fixed.starts_with("./");
    (says_file || USUAL.contains(&path.as_str())).then_some(path)
}

/// Whether a folder holds anything but sources.
fn holds_data(repo: &Repo, folder: &str) -> Result<bool> {
    let files = repo.files(folder, 1000)?;
    Ok(files.iter().any(|file| !NOT_READ.iter().any(|end| file.ends_with(end))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;
    use crate::source::lexer::Syntax;

    fn found(source: &str, syntax: Syntax) -> Vec<String> {
        let repo = Repo::in_memory(
            Memory::new()
                .file("templates/a.html", "")
                .file("static/css/a.css", "")
                .file("config/config.go", "")
                .file("web/x.js", "")
                .file("seed.json", "")
                .file(".env", "SECRET=1"),
        );
        let mut named = Named::default();
        named.read(&Source::new("main", source, syntax));
        named.found(&repo).unwrap().into_keys().collect()
    }

    #[test]
    fn literals_that_exist_are_found() {
        let go = r#"ParseGlob("templates/*.html"); http.Dir("./static"); Open("seed.json"); Open("absent.json"); Load(".env"); x("static/css")"#;
        assert_eq!(found(go, Syntax::Go), ["seed.json", "static", "templates"]);
        assert_eq!(found("x(\"web\"); y(\"config\")", Syntax::Go), ["web"]);
    }

    #[test]
    fn what_is_compiled_in_is_not_needed() {
        assert_eq!(found("include_str!(\"seed.json\")", Syntax::Rust), [""; 0]);
        assert_eq!(found("#[folder = \"static/\"]", Syntax::Rust), [""; 0]);
    }
}
