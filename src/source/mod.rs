//! Facts that only program sources tell: imports, main functions, ports.
//!
//! Sources are cut into words, strings and signs, so that a comment or a string is never
//! mistaken for code. They are not parsed: what is read here is evidence, shown with its line,
//! that a flag can overrule.

pub mod assets;
pub mod health;
pub mod lexer;
pub mod listen;
pub mod programs;

use crate::evidence::Evidence;
use lexer::{Lexeme, Syntax, Token, lex, without_tests};

/// One source file, cut into lexemes. Tests at the end of a Rust file are left out.
pub struct Source<'a> {
    pub file: &'a str,
    pub lexemes: Vec<Lexeme<'a>>,
    lines: Vec<&'a str>,
}

impl<'a> Source<'a> {
    /// Cuts the text of a file.
    pub fn new(file: &'a str, text: &'a str, syntax: Syntax) -> Self {
        let mut lexemes = lex(text, syntax);
        if syntax == Syntax::Rust {
            lexemes.truncate(without_tests(&lexemes).len());
        }
        Source { file, lexemes, lines: text.lines().collect() }
    }

    /// Evidence at a line, counted from 1.
    pub fn evidence(&self, what: &str, line: usize) -> Evidence {
        let says = self.lines.get(line - 1).copied().unwrap_or("").trim();
        // A line that no terminal shows well is shown by its beginning.
        let says: String = says.chars().take(160).collect();
        Evidence::at(what, self.file, line, says)
    }

    /// The token at an index.
    pub fn token(&self, at: usize) -> Option<Token<'a>> {
        self.lexemes.get(at).map(|lexeme| lexeme.token)
    }

    /// Whether a sign is at an index.
    pub fn is_sign(&self, at: usize, sign: char) -> bool {
        self.token(at) == Some(Token::Sign(sign))
    }

    /// Whether one of these words is at an index.
    pub fn is_word(&self, at: usize, words: &[&str]) -> bool {
        matches!(self.token(at), Some(Token::Word(word)) if words.contains(&word))
    }

    /// The index of the first of these words.
    pub fn find_word(&self, words: &[&str]) -> Option<usize> {
        (0..self.lexemes.len()).find(|at| self.is_word(*at, words))
    }
}
