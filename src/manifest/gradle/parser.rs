//! Reads tokens as statements. What it does not understand it leaves out; it never fails.

use super::lexer::{Broken, Dialect, Lexeme, Token, lex};
use super::tree::{Block, Expr, Link, Statement};

/// Blocks deeper than this hold nothing that a person wrote.
pub(super) const DEEPEST: usize = 40;

/// A script: its statements, and where it stops being one.
pub(super) struct Parsed {
    pub(super) statements: Vec<Statement>,
    pub(super) broken: Option<Broken>,
}

/// The statements of a text.
pub(super) fn parse(text: &str, dialect: Dialect) -> Parsed {
    let mut parser = Parser::new(text, dialect);
    let statements = parser.statements(None);
    Parsed { statements, broken: parser.broken }
}

/// The value that a text is.
pub(super) fn expression(text: &str, dialect: Dialect) -> Expr {
    Parser::new(text, dialect).expr(true)
}

pub(super) struct Parser {
    lexemes: Vec<Lexeme>,
    pub(super) at: usize,
    /// How many brackets are open around this place.
    pub(super) depth: usize,
    broken: Option<Broken>,
}

impl Parser {
    fn new(text: &str, dialect: Dialect) -> Parser {
        let (lexemes, broken) = lex(text, dialect);
        Parser { lexemes, at: 0, depth: 0, broken }
    }

    pub(super) fn lexeme(&self, offset: usize) -> Option<&Lexeme> {
        self.lexemes.get(self.at + offset)
    }

    pub(super) fn token(&self, offset: usize) -> Option<&Token> {
        self.lexeme(offset).map(|lexeme| &lexeme.token)
    }

    pub(super) fn word(&self, offset: usize) -> Option<&str> {
        match self.token(offset) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is(&self, offset: usize, sign: char) -> bool {
        self.token(offset) == Some(&Token::Sign(sign))
    }

    pub(super) fn tight(&self, offset: usize) -> bool {
        self.lexeme(offset).is_some_and(|lexeme| lexeme.tight)
    }

    pub(super) fn line(&self) -> usize {
        self.lexeme(0).or(self.lexemes.last()).map_or(1, |lexeme| lexeme.line)
    }

    /// How many ends of lines come next.
    pub(super) fn lines(&self) -> usize {
        self.lexemes.iter().skip(self.at).take_while(|lexeme| lexeme.token == Token::Line).count()
    }

    pub(super) fn broke(&mut self, line: usize, what: &'static str) {
        self.broken.get_or_insert((line, what));
    }

    /// Goes one bracket deeper, or past all that it holds, where it is too deep.
    pub(super) fn enter(&mut self) -> bool {
        if self.depth >= DEEPEST {
            self.broke(self.line(), "blocks are nested too deeply");
            self.skip();
            return false;
        }
        self.depth += 1;
        self.at += 1;
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Past one token, or past a bracket and all that it holds.
    pub(super) fn skip(&mut self) {
        let mut open = 0usize;
        while let Some(token) = self.token(0) {
            match token {
                Token::Sign('(' | '[' | '{') => open += 1,
                Token::Sign(')' | ']' | '}') => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                break;
            }
        }
    }

    /// Past the rest of the line, brackets that it opens as a whole.
    pub(super) fn skip_line(&mut self) {
        while let Some(token) = self.token(0) {
            match token {
                Token::Line | Token::Sign(';' | '}' | ')' | ']') => break,
                _ => self.skip(),
            }
        }
    }

    /// Statements to the end of the file, or of the block that was opened on this line.
    fn statements(&mut self, opened: Option<usize>) -> Vec<Statement> {
        let mut found = Vec::new();
        loop {
            match self.token(0) {
                None => {
                    if let Some(line) = opened {
                        self.broke(line, "a `{` is not closed");
                    }
                    return found;
                }
                Some(Token::Line | Token::Sign(';' | ',')) => self.at += 1,
                Some(Token::Sign('}')) if opened.is_some() => {
                    self.at += 1;
                    return found;
                }
                Some(Token::Sign('}' | ')' | ']')) => {
                    self.broke(self.line(), "a bracket closes what was not opened");
                    self.at += 1;
                }
                Some(_) => {
                    let before = self.at;
                    found.extend(self.statement());
                    if self.at == before {
                        self.skip();
                    }
                }
            }
        }
    }

    /// The block that the brace here opens.
    pub(super) fn block(&mut self) -> Block {
        let (line, start) = (self.line(), self.at);
        if !self.enter() {
            return Block::default();
        }
        self.parameters();
        let statements = self.statements(Some(line));
        self.leave();
        let inside = self.lexemes.get(start..self.at).unwrap_or_default();
        let unpacks = inside.iter().any(|one| matches!(&one.token, Token::Word(word) if word == "zipTree"));
        Block { statements, unpacks }
    }

    /// Past `it ->`, `a, b ->`.
    fn parameters(&mut self) {
        let lead = self.lines();
        for offset in lead..lead + 16 {
            match self.token(offset) {
                Some(Token::Sign('-')) if self.is(offset + 1, '>') => {
                    self.at += offset + 2;
                    return;
                }
                Some(Token::Word(_) | Token::Sign(',' | ':' | '(' | ')' | '.' | '<')) => {}
                _ => return,
            }
        }
    }

    pub(super) fn statement(&mut self) -> Option<Statement> {
        while self.is(0, '@') {
            self.at += 1;
            while matches!(self.token(0), Some(Token::Word(_) | Token::Sign(':' | '.'))) && self.tight(0) {
                self.at += 1;
            }
            if self.is(0, '(') && self.tight(0) {
                self.skip();
            }
            self.at += self.lines();
        }
        const MODIFIERS: &[&str] = &[
            "private",
            "internal",
            "public",
            "protected",
            "const",
            "final",
            "lateinit",
            "override",
            "static",
            "open",
            "abstract",
            "data",
            "sealed",
            "inline",
            "return",
        ];
        while self.word(0).is_some_and(|word| MODIFIERS.contains(&word)) && self.word(1).is_some() {
            self.at += 1;
        }
        let next_is_word = self.word(1).is_some();
        match self.word(0).unwrap_or_default() {
            "import" | "package" => {
                self.skip_line();
                None
            }
            "if" | "else" | "for" | "while" | "try" | "catch" | "finally" | "do" => self.guarded(),
            "when" | "switch" if self.is(1, '(') => {
                self.opaque();
                None
            }
            "class" | "interface" | "enum" | "fun" | "void" if next_is_word || self.is(1, '<') => {
                self.opaque();
                None
            }
            "object" if next_is_word => {
                self.at += 1;
                Some(self.called())
            }
            "val" | "var" | "def" => self.declared(1),
            // `String name = ...`.
            _ if next_is_word && self.is(2, '=') && !self.is(3, '=') => self.declared(1),
            _ => Some(self.called()),
        }
    }

    /// A call or an assignment.
    fn called(&mut self) -> Statement {
        let line = self.line();
        let mut links = self.statement_links();
        let mut value = None;
        loop {
            match self.token(0) {
                Some(Token::Sign('=')) if !self.is(1, '=') => {
                    self.at += 1;
                    self.at += self.lines();
                    value = Some(self.expr(false));
                    break;
                }
                Some(Token::Sign('{')) => {
                    let block = self.block();
                    if let Some(link) = links.last_mut() {
                        link.block = Some(block);
                    }
                }
                Some(Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign('[')) => {
                    match links.last_mut() {
                        Some(link) if link.args.is_empty() && link.block.is_none() => {
                            let before = self.at;
                            link.args = self.args(None);
                            if self.at == before {
                                break;
                            }
                        }
                        Some(_) if self.word(0).is_some() => links.extend(self.links()),
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        self.skip_line();
        Statement { line, links, value, declares: false, guarded: false }
    }

    /// The links that a statement begins with; Kotlin names some in quotes: `"api"("g:a:1")`.
    fn statement_links(&mut self) -> Vec<Link> {
        let name = match self.token(0) {
            Some(Token::Word(_)) => return self.links(),
            Some(Token::Text(pieces)) if self.is(1, '(') => {
                Expr::Text(pieces.clone()).literal().unwrap_or_default().to_owned()
            }
            _ => return Vec::new(),
        };
        self.at += 1;
        let mut link = Link::new(name);
        self.call(&mut link);
        vec![link]
    }
}
