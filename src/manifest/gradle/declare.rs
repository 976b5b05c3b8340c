//! Reads tokens as definitions, and as what runs under a condition.

use super::lexer::Token;
use super::parser::{DEEPEST, Parser};
use super::tree::{Link, Statement};

impl Parser {
    /// Past a definition and its body.
    pub(super) fn opaque(&mut self) {
        while let Some(token) = self.token(0) {
            match token {
                Token::Sign('{') => return self.skip(),
                Token::Line if matches!(self.token(self.lines()), Some(Token::Sign('{'))) => self.at += 1,
                Token::Line | Token::Sign(';' | '}') => return,
                _ => self.skip(),
            }
        }
    }

    /// What runs under a condition or in a loop.
    pub(super) fn guarded(&mut self) -> Option<Statement> {
        let line = self.line();
        self.at += 1;
        if self.is(0, '(') {
            self.skip();
        }
        let lines = self.lines();
        if self.is(lines, '{') {
            self.at += lines;
            let link = Link { block: Some(self.block()), ..Link::new("if") };
            return Some(Statement { line, links: vec![link], value: None, declares: false, guarded: true });
        }
        if matches!(self.word(0), Some("if")) || self.depth >= DEEPEST {
            return None;
        }
        self.at += lines;
        self.depth += 1;
        let statement = self.statement();
        self.depth -= 1;
        statement.map(|statement| Statement { guarded: true, ..statement })
    }

    /// A name that is declared, after `words` words.
    pub(super) fn declared(&mut self, words: usize) -> Option<Statement> {
        let line = self.line();
        self.at += words;
        // `def String name`, which Groovy allows.
        if self.word(1).is_some_and(|word| word != "by") && self.is(2, '=') {
            self.at += 1;
        }
        let Some(name) = self.word(0).map(str::to_owned) else {
            self.skip_line();
            return None;
        };
        self.at += 1;
        if self.is(0, '(') {
            self.opaque();
            return None;
        }
        if self.is(0, ':') {
            while !matches!(self.token(0), None | Some(Token::Line | Token::Sign('=' | ';')))
                && self.word(0) != Some("by")
            {
                self.skip();
            }
        }
        let value = if self.is(0, '=') || self.word(0) == Some("by") {
            self.at += 1;
            self.at += self.lines();
            Some(self.expr(false))
        } else {
            None
        };
        self.skip_line();
        Some(Statement { line, links: vec![Link::new(name)], value, declares: true, guarded: false })
    }
}
