//! What the Rust files of a program say: the port, files that are read at run time, signals.

use anyhow::Result;
use cargo_toml::OptionalFile;

use super::graph::Graph;
use super::inputs::Inputs;
use super::targets::Program;
use super::workspace::Package;
use crate::evidence::Evidence;
use crate::repo::{Repo, join, parent};
use crate::source::Source;
use crate::source::assets::Named;
use crate::source::health::health;
use crate::source::lexer::{Syntax, Token};
use crate::source::listen::{Listening, is_test};
use crate::source::programs::Programs;

/// What was read.
#[derive(Default)]
pub(super) struct Sources {
    pub listening: Listening,
    pub named: Named,
    pub programs: Programs,
    /// The arguments with which the program asks itself how it is.
    pub health: Option<(Vec<String>, Evidence)>,
    /// Whether anything names the signal that ends a container.
    pub handles_signal: bool,
    /// What the compiler reads beside the sources.
    pub inputs: Inputs,
}

/// Reads the program's main file, then the rest of its package without other programs, then the
/// packages that it is built with.
pub(super) fn read(
    repo: &Repo,
    program: &Program,
    graph: &Graph,
    signal_words: &[String],
) -> Result<Sources> {
    let mut found = Sources::default();
    let folder = &program.package.folder;
    let main = join(folder, program.file);
    let others = files(repo, program.package, parent(program.file))?;
    let others =
        others.into_iter().filter(|file| *file != main && !file.contains("src/bin/") && !is_test(file));
    for file in std::iter::once(main.clone()).chain(others) {
        found.file(repo, folder, &file, signal_words, true)?;
    }
    for package in graph.packages.iter().filter(|package| package.folder != *folder) {
        for file in repo.sources(&join(&package.folder, "src"), &[".rs"])? {
            found.file(repo, &package.folder, &file, signal_words, false)?;
        }
    }
    for package in &graph.packages {
        found.build_script(repo, package)?;
    }
    Ok(found)
}

/// The sources of a package whose main file may be in a folder of its own.
fn files(repo: &Repo, package: &Package, main: &str) -> Result<Vec<String>> {
    let mut found = repo.sources(&join(&package.folder, "src"), &[".rs"])?;
    if !main.is_empty() && main != "src" && !main.starts_with("src/") {
        found.extend(repo.sources(&join(&package.folder, main), &[".rs"])?);
    }
    Ok(found)
}

impl Sources {
    fn file(&mut self, repo: &Repo, package: &str, file: &str, words: &[String], own: bool) -> Result<()> {
        let Some(text) = repo.source(file)? else { return Ok(()) };
        let source = Source::new(file, &text, Syntax::Rust);
        self.listening.read(&source);
        self.named.read(&source);
        self.programs.read(&source);
        if own && self.health.is_none() {
            self.health = health(&source);
        }
        self.handles_signal |= words.iter().any(|word| names(&source, word));
        self.inputs.read(repo, package, &source)
    }

    fn build_script(&mut self, repo: &Repo, package: &Package) -> Result<()> {
        let build = package.manifest.package.as_ref().and_then(|package| package.build.as_ref());
        let Some(OptionalFile::Path(path)) = build else { return Ok(()) };
        let file = join(&package.folder, &path.to_string_lossy());
        let Some(text) = repo.source(&file)? else { return Ok(()) };
        self.inputs.build_script(repo, &package.folder, &Source::new(&file, &text, Syntax::Rust))
    }
}

/// Whether a source has a word, or words joined by `::`.
fn names(source: &Source, words: &str) -> bool {
    let parts: Vec<&str> = words.split("::").collect();
    (0..source.lexemes.len()).any(|at| {
        // Two signs stand between two words.
        parts.iter().enumerate().all(|(nth, part)| source.token(at + nth * 3) == Some(Token::Word(part)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_signals() {
        let source = Source::new("m.rs", "signal(SignalKind::terminate())", Syntax::Rust);
        assert!(names(&source, "SignalKind::terminate") && !names(&source, "SIGTERM"));
        assert!(!names(&Source::new("m.rs", "x::terminate(\"SIGTERM\")", Syntax::Rust), "SIGTERM"));
    }
}
