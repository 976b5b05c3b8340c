//! What the Rust files of a program say: the port, files that are read at run time, and files
//! that are compiled in.

use anyhow::Result;

use super::targets::{Package, Program};
use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, join, normal, parent};
use crate::source::Source;
use crate::source::assets::{Asset, Named};
use crate::source::lexer::{Syntax, Token};
use crate::source::listen::{Listening, is_test};

/// What was read.
#[derive(Default)]
pub(super) struct Sources {
    pub listening: Listening,
    pub named: Named,
    /// Files that a macro compiles in.
    pub included: Vec<String>,
    /// Folders whose place in the build stage is compiled in.
    pub placed: Vec<Asset>,
    /// The first query that sqlx checks against a database when it compiles.
    pub checked_query: Option<Evidence>,
}

/// Reads the program's main file, then the rest of its package without other programs; of the
/// packages that it is built with, what is compiled in.
pub(super) fn read(repo: &Repo, program: &Program, packages: &[&Package]) -> Result<Sources> {
    let folder = &program.package.folder;
    let main = join(folder, program.file);
    let others = repo.sources(&join(folder, "src"), &[".rs"])?;
    let others =
        others.into_iter().filter(|file| *file != main && !file.contains("src/bin/") && !is_test(file));
    let mut found = Sources::default();
    for file in std::iter::once(main.clone()).chain(others) {
        if let Some(text) = repo.source(&file)? {
            let source = Source::new(&file, &text, Syntax::Rust);
            found.listening.read(&source);
            found.named.read(&source);
            found.compiled(repo, folder, &source)?;
        }
    }
    for package in packages.iter().filter(|package| package.folder != *folder) {
        for file in repo.sources(&join(&package.folder, "src"), &[".rs"])? {
            if let Some(text) = repo.source(&file)? {
                let source = Source::new(&file, &text, Syntax::Rust);
                found.listening.read(&source);
                found.named.read(&source);
                found.compiled(repo, &package.folder, &source)?;
            }
        }
    }
    Ok(found)
}

impl Sources {
    fn compiled(&mut self, repo: &Repo, package: &str, source: &Source) -> Result<()> {
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            match lexeme.token {
                Token::Text(text) => self.literal(repo, package, source, at, text)?,
                Token::Word("query" | "query_as" | "query_scalar")
                    if self.checked_query.is_none() && source.is_sign(at + 1, '!') =>
                {
                    self.checked_query = Some(source.evidence("query", lexeme.line));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn literal(&mut self, repo: &Repo, package: &str, source: &Source, at: usize, text: &str) -> Result<()> {
        let after = |words: &[&str]| (at.saturating_sub(3)..at).any(|at| source.is_word(at, words));
        if after(&["include_str", "include_bytes", "include"]) {
            if let Some(path) = normal(&join(parent(source.file), text)).filter(|path| !path.is_empty())
                && repo.has(&path)?
            {
                self.included.push(path);
            }
        } else if (at.saturating_sub(6)..at).any(|at| source.is_word(at, &["relative"]))
            || matches!(
                at.checked_sub(3).and_then(|at| source.token(at)),
                Some(Token::Text("CARGO_MANIFEST_DIR"))
            )
        {
            let path = normal(&join(package, text.trim_start_matches('/'))).filter(|path| !path.is_empty());
            if let Some(path) = path
                && matches!(repo.kind(&path)?, Some(Kind::Folder | Kind::File))
            {
                let evidence = source.evidence("compiled path", source.lexemes[at].line);
                if !self.placed.iter().any(|asset| asset.from == path) {
                    self.placed.push(Asset { from: path.clone(), to: path, evidence });
                }
            }
        }
        Ok(())
    }
}
