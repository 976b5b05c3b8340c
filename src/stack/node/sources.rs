//! What the program's own JavaScript says: the port, signals, and the packages it imports.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::Result;

use super::started::Started;
use crate::catalog::NodeNatives;
use crate::evidence::Evidence;
use crate::repo::{Repo, join, normal, parent};
use crate::source::Source;
use crate::source::lexer::{Lexeme, Syntax, Token};
use crate::source::listen::{Listening, is_test};

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub listening: Listening,
    /// Packages by name, and where each is first imported.
    pub imports: BTreeMap<String, Evidence>,
    pub handles_sigterm: bool,
    /// Programs that are started.
    pub started: Started,
    /// The files that were read.
    pub files: Vec<String>,
    /// What is imported first of all and is not in the repository.
    pub absent: Option<(String, Evidence)>,
    /// Whether the entry file is in the repository.
    pub found: bool,
    /// Whether the entry file makes something of itself: exports, and starts nothing.
    pub only_exports: bool,
}

/// A program of more files than this says enough in the first of them.
const MOST_FILES: usize = 200;

const ENDINGS: &[&str] =
    &["", ".js", ".mjs", ".cjs", ".ts", ".mts", "/index.js", "/index.mjs", "/index.cjs", "/index.ts"];

/// Reads the entry file of a package and what it imports by relative path.
pub(super) fn read(repo: &Repo, known: &NodeNatives, folder: &str, entry: &str) -> Result<Sources> {
    let mut found = Sources::default();
    // What git ignores is made by a build, perhaps long ago.
    let first = match resolve(repo, &join(folder, entry))? {
        Some(first) if !repo.git_ignores(&first)? => first,
        _ => return unbuilt(repo, known, folder, entry),
    };
    found.found = true;
    let mut seen = BTreeSet::from([first.clone()]);
    let mut open = VecDeque::from([first.clone()]);
    while let Some(file) = open.pop_front() {
        let Some(text) = repo.source(&file)? else { continue };
        let source = Source::new(&file, &text, Syntax::JavaScript);
        found.listening.read(&source);
        found.started.read(&source, known);
        found.handles_sigterm |= source.lexemes.iter().any(|lexeme| lexeme.token == Token::Text("SIGTERM"));
        if file == first {
            found.only_exports = only_exports(&source.lexemes);
        }
        for Import { name, line, is_sure } in imports(&source.lexemes) {
            if name.starts_with('.') {
                let Some(path) = normal(&join(parent(&file), name)) else { continue };
                match resolve(repo, &path)? {
                    Some(path) if seen.len() < MOST_FILES && seen.insert(path.clone()) => {
                        open.push_back(path)
                    }
                    None if is_sure && found.absent.is_none() && is_absent(repo, &path)? => {
                        found.absent = Some((path, source.evidence("import", line)));
                    }
                    _ => {}
                }
            } else if let Some(package) = package(name) {
                found.imports.entry(package.to_owned()).or_insert_with(|| source.evidence("import", line));
            }
        }
    }
    found.files = seen.into_iter().collect();
    Ok(found)
}

/// What a file that a build makes is read by.
fn unbuilt(repo: &Repo, known: &NodeNatives, folder: &str, entry: &str) -> Result<Sources> {
    match source_of(repo, folder, entry)? {
        Some(source) => Ok(Sources { found: false, ..read(repo, known, folder, &source)? }),
        None => Ok(Sources::default()),
    }
}

/// A file that a build makes is mostly made of the one with its name below `src`; seen from its
/// package.
pub(super) fn source_of(repo: &Repo, folder: &str, entry: &str) -> Result<Option<String>> {
    let Some(("build" | "dist" | "lib" | "out", rest)) = entry.trim_start_matches("./").split_once('/')
    else {
        return Ok(None);
    };
    let stem = rest.trim_start_matches("src/").trim_end_matches(".js");
    let found = resolve(repo, &join(folder, &format!("src/{stem}")))?;
    Ok(found.and_then(|path| Some(path.strip_prefix(folder)?.trim_start_matches('/').to_owned())))
}

/// The file that Node.js would load for a path.
pub(super) fn resolve(repo: &Repo, path: &str) -> Result<Option<String>> {
    let Some(path) = normal(path) else { return Ok(None) };
    for ending in ENDINGS {
        let file = format!("{path}{ending}").trim_start_matches('/').to_owned();
        if !file.is_empty() && repo.has(&file)? {
            return Ok(Some(file));
        }
    }
    // TypeScript imports by the name that the compiler will give the file.
    let stem = path.strip_suffix(".js").or(path.strip_suffix(".mjs")).or(path.strip_suffix(".cjs"));
    for ending in [".ts", ".mts", ".cts", ".tsx"] {
        let Some(stem) = stem else { break };
        let file = format!("{stem}{ending}");
        if repo.has(&file)? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// The source in TypeScript that is there where a path names what a compiler would make of it; seen
/// from its package. Node.js itself does not look for it.
pub(super) fn stands_in(repo: &Repo, folder: &str, file: &str) -> Result<Option<String>> {
    let is_typed = |path: &str| [".ts", ".mts", ".cts", ".tsx"].iter().any(|ending| path.ends_with(ending));
    let found = resolve(repo, &join(folder, file))?.filter(|path| is_typed(path) && !is_typed(file));
    Ok(found.and_then(|path| Some(path.strip_prefix(folder)?.trim_start_matches('/').to_owned())))
}

/// Whether nothing is at a path of sources, under whatever ending.
fn is_absent(repo: &Repo, path: &str) -> Result<bool> {
    let (folder, name) = (parent(path), path.rsplit('/').next().unwrap_or(path));
    let stem = [".js", ".mjs", ".cjs"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let is_code = stem.len() < name.len() || !name.contains('.');
    let is_like = |entry: &str| entry == name || entry.split('.').next() == stem.split('.').next();
    Ok(is_code && !repo.entries(folder)?.iter().any(|entry| is_like(&entry.name)))
}

/// What a source loads.
struct Import<'a> {
    name: &'a str,
    line: usize,
    /// Whether it is loaded before anything else, so that the program cannot do without.
    is_sure: bool,
}

/// `require("x")`, `import("x")`, `from "x"`, `import "x"`; not `import type`.
fn imports<'a>(lexemes: &[Lexeme<'a>]) -> Vec<Import<'a>> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (at, lexeme) in lexemes.iter().enumerate() {
        match lexeme.token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let Token::Text(name) = lexeme.token else { continue };
        let before =
            |back: usize| at.checked_sub(back).and_then(|at| lexemes.get(at)).map(|lexeme| lexeme.token);
        let called = before(1) == Some(Token::Sign('('))
            && matches!(before(2), Some(Token::Word("require" | "import")));
        let stated = matches!(before(1), Some(Token::Word("from" | "import")));
        let typed = lexemes[..at].iter().rev().take(12).take_while(|before| before.token != Token::Sign(';'));
        let is_type = stated && typed.clone().any(|before| before.token == Token::Word("type"));
        if (called || stated) && !is_type {
            let is_sure = depth == 0 && before(2) != Some(Token::Word("import"));
            found.push(Import { name, line: lexeme.line, is_sure });
        }
    }
    found
}

/// What is looked at to find the files that a package's sources name, and no more.
const MOST_NAMED: usize = 400;

/// The names in all paths that the sources of a package write.
pub(super) fn named(repo: &Repo, folder: &str) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let endings = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"];
    for file in repo.sources(folder, &endings)?.into_iter().filter(|file| !is_test(file)).take(MOST_NAMED) {
        let Some(text) = repo.source(&file)? else { continue };
        let source = Source::new(&file, &text, Syntax::JavaScript);
        let imported: BTreeSet<&str> =
            imports(&source.lexemes).into_iter().map(|import| import.name).collect();
        for lexeme in &source.lexemes {
            let Token::Text(text) = lexeme.token else { continue };
            if text.len() > 500 || imported.contains(text) {
                continue;
            }
            // Of a template, what is between its variables.
            let parts = text.split(['/', '\\', '$', '{', '}', ' ', '\n', '"', '\'']);
            let parts = parts.chain(text.split('/'));
            found.extend(
                parts.filter(|part| !part.is_empty() && !matches!(*part, "." | "..")).map(str::to_owned),
            );
        }
    }
    Ok(found)
}

/// The package of an import: nothing for Node.js' own modules.
pub(super) fn package(name: &str) -> Option<&str> {
    if name.starts_with("node:") || name.starts_with(['/', '#', '@']) && !name.contains('/') {
        return None;
    }
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let end = name.match_indices('/').nth(parts - 1).map_or(name.len(), |(at, _)| at);
    Some(&name[..end]).filter(|name| !name.is_empty())
}

/// A file whose statements only assign exports: a function for a host to call.
fn only_exports(lexemes: &[Lexeme]) -> bool {
    let word = |name: &str| lexemes.iter().any(|lexeme| lexeme.token == Token::Word(name));
    let exports = word("exports") || word("export");
    let starts =
        ["listen", "main", "process", "console", "serve", "run", "start", "createServer", "bootstrap"];
    exports && !starts.iter().any(|name| word(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::node_natives;
    use crate::repo::Memory;

    #[test]
    fn imports_are_followed() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("server.js", "import a from './lib/a';\nimport type { T } from 'types';\nconst e = require('express/x'); import '@s/p/q'; // require('no')")
                .file("lib/a/index.js", "export * from '../b.js'; import 'node:fs'")
                .file("lib/b.js", "process.on('SIGTERM', f); app.listen(process.env.PORT || 3000)"),
        );
        let found = read(&repo, &node_natives().unwrap(), "", "server").unwrap();
        assert_eq!(found.imports.keys().collect::<Vec<_>>(), ["@s/p", "express"]);
        assert!(found.handles_sigterm && !found.only_exports);
        assert_eq!(found.listening.port.unwrap().1.place(), "lib/b.js:1");
    }

    #[test]
    fn what_is_imported_and_absent_is_told() {
        let absent = |text: &str| {
            let files = [("server.js", text), ("a.vue", ""), ("data.json", ""), ("b/c.jsx", "")];
            let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
            let found = read(&Repo::in_memory(memory), &node_natives().unwrap(), "", "server.js").unwrap();
            found.absent.map(|(path, evidence)| (path, evidence.place()))
        };
        let place = Some(("config.js".to_owned(), "server.js:2".to_owned()));
        assert_eq!(absent("import http from 'http'\nimport { a } from './config.js'"), place);
        assert_eq!(absent("x()\nconst c = require('./config.js')"), place);
        for fine in [
            "try { require('./config.js') } catch {}",
            "const a = () => import('./config.js')",
            "import A from './a'; import d from './data.json'; import c from './b/c'; import s from './x.css'",
            "import type { T } from './config.js'",
        ] {
            assert_eq!(absent(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_function_for_a_host_only_exports() {
        let only = |text| {
            let repo = Repo::in_memory(Memory::new().file("index.js", text));
            read(&repo, &node_natives().unwrap(), "", "index.js").unwrap().only_exports
        };
        assert!(only("exports.f = (req, res) => res.send('x')"));
        assert!(!only("module.exports = app; app.listen(1)"));
    }
}
