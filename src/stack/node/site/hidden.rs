//! Files that look like tests and that the sources of a site import, so that its build reads them.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::repo::{Repo, join, normal, parent};
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};

/// Endings of sources that import others.
const SOURCES: &[&str] = &[
    ".astro", ".css", ".cts", ".js", ".jsx", ".less", ".mjs", ".mts", ".scss", ".svelte", ".ts", ".tsx",
    ".vue",
];

/// What stands for the end of an imported path.
const ENDINGS: &[&str] =
    &["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".json", "/index.ts", "/index.tsx", "/index.js"];

/// A site of more files than this says enough in the first of them.
const MOST: usize = 2000;

/// Files below a package that look like tests and that other files import.
///
/// # Errors
/// When a file cannot be read.
pub(in crate::stack::node) fn imported(repo: &Repo, folder: &str) -> Result<Vec<String>> {
    let files = repo.sources(folder, SOURCES)?;
    let mut open: Vec<String> = files.into_iter().filter(|file| !is_hidden(file)).take(MOST).collect();
    let mut found = BTreeSet::new();
    while let Some(file) = open.pop() {
        let Some(text) = repo.source(&file)? else { continue };
        for lexeme in &Source::new(&file, &text, Syntax::JavaScript).lexemes {
            let Token::Text(path) = lexeme.token else { continue };
            let path = match path.split_once('/') {
                Some((".", _) | ("..", _)) => join(parent(&file), path),
                // The usual names of the folder with the sources.
                Some(("@" | "~", rest)) => join(folder, &format!("src/{rest}")),
                _ => continue,
            };
            for ending in ENDINGS {
                let Some(path) = normal(&format!("{path}{ending}")).filter(|path| is_hidden(path)) else {
                    continue;
                };
                if repo.has(&path)? && found.insert(path.clone()) {
                    open.push(path);
                }
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn is_hidden(path: &str) -> bool {
    let is_name = |part: &str| part == "__tests__";
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(is_name) || name.split('.').any(|part| matches!(part, "spec" | "test"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn only_what_is_imported_is_taken_back() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("src/main.tsx", "import { h } from './__tests__/h'\nimport '@/a.spec.css'")
                .file("src/__tests__/h.ts", "export * from './other.js'")
                .file("src/__tests__/other.js", "")
                .file("src/__tests__/unused.ts", "")
                .file("src/a.spec.css", "")
                .file("src/b.test.ts", "import './__tests__/unused'"),
        );
        let found = imported(&repo, "").unwrap();
        assert_eq!(found, ["src/__tests__/h.ts", "src/__tests__/other.js", "src/a.spec.css"]);
    }
}
