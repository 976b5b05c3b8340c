//! What one Go program is made of: the facts of its own packages, and of no other's.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::constraint::{self, Tags};
use super::sources::{Package, Sources, imports};
use super::system::System;
use crate::catalog::GoStandard;
use crate::evidence::Evidence;
use crate::repo::{Repo, join, parent};
use crate::source::Source;
use crate::source::assets::Named;
use crate::source::health::health;
use crate::source::lexer::{Syntax, Token};
use crate::source::listen::Listening;
use crate::source::programs::Programs;

/// The facts of a program.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// Folder of its main package; the root is `""`.
    pub folder: String,
    /// The main package's files.
    pub files: Vec<String>,
    /// Import paths and where each is first imported.
    pub imports: BTreeMap<String, Evidence>,
    /// The `#cgo` lines of this build that link libraries.
    pub links: Vec<Evidence>,
    /// A file without which a package of it is empty, and which only a build with cgo has.
    pub needs_cgo: Option<Evidence>,
    /// A file of C++ that cgo compiles.
    pub cplusplus: Option<String>,
    /// What of the system the program asks for.
    pub system: System,
    /// Paths that string literals name.
    pub named: Named,
    /// Paths that `//go:embed` lines name, globs as written.
    pub embeds: Vec<(String, Evidence)>,
    /// What the main package says about listening, and what the others say.
    pub listening: Listening,
    pub others_listening: Listening,
    pub programs: Programs,
    /// Arguments with which it asks itself how it is.
    pub health: Option<(Vec<String>, Evidence)>,
}

/// Reads the packages of the program that a main package makes.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn read(
    repo: &Repo,
    sources: &Sources,
    main: &Package,
    tags: &Tags,
    standard: &GoStandard,
) -> Result<Program> {
    let mut found = Program { folder: main.folder.clone(), files: main.files.clone(), ..Program::default() };
    for package in sources.closure(main) {
        for file in &package.files {
            let file = join(&package.folder, file);
            let Some(text) = repo.source(&file)? else { continue };
            let source = Source::new(&file, &text, Syntax::Go);
            found.file(&source, &text, tags, standard);
            if package.folder == main.folder {
                found.listening.read(&source);
            } else {
                found.others_listening.read(&source);
            }
        }
        found.compiled(repo, &package.folder)?;
        if found.system.file.is_none() {
            found.system.file = sources.unread(&package.folder).cloned();
        }
    }
    let folders = found.imports.keys().filter_map(|path| sources.folder_of(path));
    let empty =
        folders.filter(|folder| !sources.has(folder)).find_map(|folder| sources.needs_cgo(&folder).cloned());
    found.needs_cgo = empty;
    Ok(found)
}

impl Program {
    fn file(&mut self, source: &Source, text: &str, tags: &Tags, standard: &GoStandard) {
        let imports = imports(&source.lexemes);
        self.system.read(source, &imports, &standard.system);
        for import in &imports {
            let evidence = || source.evidence("import", import.line);
            self.imports.entry(import.path.to_owned()).or_insert_with(evidence);
        }
        self.named.read(source);
        self.programs.read(source);
        if self.health.is_none() {
            self.health = health(source);
        }
        let quoted = quoted_lines(source);
        for (index, line) in text.lines().enumerate() {
            let written =
                line.trim_start().strip_prefix("//go:embed").filter(|rest| rest.starts_with([' ', '\t']));
            if let Some(patterns) = written.filter(|_| !quoted.contains(&(index + 1))) {
                self.embed(source, index + 1, patterns);
            }
            if links(line, tags) {
                self.links.push(source.evidence("linked library", index + 1));
            }
        }
    }

    /// The files beside Go that cgo compiles.
    fn compiled(&mut self, repo: &Repo, folder: &str) -> Result<()> {
        if self.cplusplus.is_none() {
            let is_cplusplus =
                |name: &str| [".cc", ".cpp", ".cxx"].iter().any(|ending| name.ends_with(ending));
            let entries = repo.entries(folder)?;
            self.cplusplus =
                entries.iter().find(|entry| is_cplusplus(&entry.name)).map(|entry| join(folder, &entry.name));
        }
        Ok(())
    }

    /// The patterns of a `//go:embed` line, divided by blanks and quoted where they hold one.
    fn embed(&mut self, source: &Source, line: usize, patterns: &str) {
        let mut quote: Option<char> = None;
        let ends = |c: char| match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
                false
            }
            None if c == '"' || c == '`' => {
                quote = Some(c);
                false
            }
            None => c.is_whitespace(),
        };
        for pattern in patterns.split(ends).filter(|pattern| !pattern.is_empty()) {
            let pattern = pattern.trim_matches(['"', '`']);
            let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
            let evidence = source.evidence("embedded files", line);
            self.embeds.push((join(parent(source.file), pattern), evidence));
        }
    }

    /// What the main package says about listening, else what the others say.
    pub(super) fn listens(&self) -> Listening {
        let own = &self.listening;
        if own.port.is_some() || own.variable.is_some() {
            return own.clone();
        }
        let mut listening = self.others_listening.clone();
        listening.absorb(own.clone());
        listening
    }
}

/// Whether a line of a comment before `import "C"` links something on Linux.
fn links(line: &str, tags: &Tags) -> bool {
    let Some(at) = line.find("#cgo") else { return false };
    let Some((before, value)) = line[at + "#cgo".len()..].split_once(':') else { return false };
    let (constraint, verb) = before.trim().rsplit_once(' ').unwrap_or(("", before.trim()));
    (verb == "pkg-config" || (verb == "LDFLAGS" && value.contains("-l")))
        && constraint::words_hold(constraint, tags)
}

/// Lines that begin inside of a string of several lines.
fn quoted_lines(source: &Source) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for lexeme in &source.lexemes {
        if let Token::Text(text) = lexeme.token {
            found.extend((1..=text.matches('\n').count()).map(|more| lexeme.line + more));
        }
    }
    found
}
