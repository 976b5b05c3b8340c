//! What the Rust files of a package say: the port, and files that are read at run time.

use anyhow::Result;

use super::targets::Program;
use crate::repo::{Repo, join};
use crate::source::assets::Named;
use crate::source::lexer::{Syntax, lex, without_tests};
use crate::source::listen::{Listening, is_test};

/// What was read.
#[derive(Default)]
pub(super) struct Sources {
    pub listening: Listening,
    pub named: Named,
}

/// Reads the program's main file, then the rest of its package without other programs.
pub(super) fn read(repo: &Repo, program: &Program) -> Result<Sources> {
    let folder = &program.package.folder;
    let main = join(folder, program.file);
    let others = repo.sources(&join(folder, "src"), &[".rs"])?;
    let others =
        others.into_iter().filter(|file| *file != main && !file.contains("src/bin/") && !is_test(file));
    let mut found = Sources::default();
    for file in std::iter::once(main.clone()).chain(others) {
        if let Some(text) = repo.text(&file)? {
            let lexemes = lex(&text, Syntax::Rust);
            let lexemes = without_tests(&lexemes);
            found.listening.read(&file, &text, lexemes);
            found.named.read(&file, &text, lexemes);
        }
    }
    Ok(found)
}
