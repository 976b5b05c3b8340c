//! What the Rust files of a program say: the port, files that are read at run time, signals.

use anyhow::Result;
use cargo_toml::OptionalFile;

use super::graph::Graph;
use super::inputs::Inputs;
use super::targets::Program;
use super::workspace::Package;
use crate::catalog::Signals;
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
    /// Whether a framework is kept from handling it.
    pub ignores_signal: bool,
    /// What the compiler reads beside the sources.
    pub inputs: Inputs,
}

/// Reads the program's main file, then the rest of its package without other programs, then the
/// packages that it is built with.
pub(super) fn read(repo: &Repo, program: &Program, graph: &Graph, signals: &Signals) -> Result<Sources> {
    let mut found = Sources::default();
    let folder = &program.package.folder;
    let main = join(folder, program.file);
    let others = files(repo, program.package, parent(program.file))?;
    let others =
        others.into_iter().filter(|file| *file != main && !file.contains("src/bin/") && !is_test(file));
    for file in std::iter::once(main.clone()).chain(others) {
        found.file(repo, folder, &file, signals, true)?;
    }
    for package in graph.packages.iter().filter(|package| package.folder != *folder) {
        for file in repo.sources(&join(&package.folder, "src"), &[".rs"])? {
            found.file(repo, &package.folder, &file, signals, false)?;
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
    fn file(&mut self, repo: &Repo, package: &str, file: &str, signals: &Signals, own: bool) -> Result<()> {
        let Some(text) = repo.source(file)? else { return Ok(()) };
        let source = Source::new(file, &text, Syntax::Rust);
        self.listening.read(&source);
        self.named.read(&source);
        self.programs.read(&source);
        if own && self.health.is_none() {
            self.health = health(&source);
        }
        self.handles_signal |= handles(&source, signals);
        self.ignores_signal |= signals.off.iter().any(|word| names(&source, word).next().is_some());
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

/// Whether a source names the signal, but to send it to another process.
fn handles(source: &Source, signals: &Signals) -> bool {
    let named = signals.words.iter().flat_map(|word| names(source, word));
    let mut handled = named.filter(|at| !is_sent(source, *at, &signals.sends));
    // `use tokio::signal::unix::SignalKind as Kind`
    let renamed = || {
        names(source, "SignalKind").next().is_some()
            && names(source, "terminate")
                .any(|at| at >= 1 && source.is_sign(at - 1, ':') && source.is_sign(at + 1, '('))
    };
    handled.next().is_some() || renamed()
}

/// Arguments further from the name of their call are not looked for.
const FARTHEST: usize = 64;

/// Whether what is here is an argument of one of these calls.
fn is_sent(source: &Source, at: usize, calls: &[String]) -> bool {
    let mut closed = 0_usize;
    for before in (at.saturating_sub(FARTHEST)..at).rev() {
        match source.token(before) {
            Some(Token::Sign(')')) => closed += 1,
            Some(Token::Sign('(')) if closed > 0 => closed -= 1,
            Some(Token::Sign('(')) => {
                let name = before.checked_sub(1).and_then(|at| source.token(at));
                if matches!(name, Some(Token::Word(name)) if calls.iter().any(|call| call == name)) {
                    return true;
                }
            }
            Some(Token::Sign(';' | '{' | '}')) | None => return false,
            _ => {}
        }
    }
    false
}

/// Where a source has a word, or words joined by `::`.
fn names(source: &Source, words: &str) -> impl Iterator<Item = usize> {
    let parts: Vec<&str> = words.split("::").collect();
    (0..source.lexemes.len()).filter(move |at| {
        // Two signs stand between two words.
        parts.iter().enumerate().all(|(nth, part)| source.token(at + nth * 3) == Some(Token::Word(part)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_signals() {
        let signals = crate::catalog::rust().unwrap().signals;
        let is = |text: &str| handles(&Source::new("m.rs", text, Syntax::Rust), &signals);
        assert!(is("signal(SignalKind::terminate())") && !is("x::terminate(\"SIGTERM\")"));
        assert!(is("use unix::SignalKind as Kind; fn f() { signal(Kind::terminate()) }"));
        assert!(is("flag::register(SIGTERM, f)") && !is("kill(Pid::from_raw(pid), Signal::SIGTERM)"));
        assert!(is("kill(pid, SIGKILL); Signals::new([SIGTERM])"));
    }
}
