//! Cuts a build script of Gradle, in Groovy or Kotlin, into tokens.

/// The language of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Groovy,
    Kotlin,
}

impl Dialect {
    /// The language of a file of this name.
    pub fn of(file: &str) -> Dialect {
        if file.ends_with(".kts") || file.ends_with(".kt") { Dialect::Kotlin } else { Dialect::Groovy }
    }
}

/// A part of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Plain(String),
    /// What stands in `${...}`, or after `$`.
    Code(String),
}

/// One piece of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Text(Vec<Piece>),
    Number(String),
    Sign(char),
    /// The end of a line.
    Line,
}

/// A token, the line that it starts on, and whether nothing stands between it and the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    pub(super) line: usize,
    pub(super) tight: bool,
}

/// The first place where a text stops being a script, and what is wrong there.
pub type Broken = (usize, &'static str);

/// The tokens of a text. Never fails: what is not closed ends with its line or with the file.
pub(super) fn lex(text: &str, dialect: Dialect) -> (Vec<Lexeme>, Option<Broken>) {
    let mut lexer = Lexer {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
        dialect,
        found: Vec::new(),
        tight: false,
        broken: None,
    };
    if text.starts_with("#!") {
        lexer.rest_of_line();
    }
    while lexer.step() {}
    (lexer.found, lexer.broken)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    dialect: Dialect,
    found: Vec<Lexeme>,
    tight: bool,
    broken: Option<Broken>,
}

impl Lexer {
    fn ahead(&self, offset: usize) -> Option<char> {
        self.chars.get(self.at + offset).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.ahead(0)?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn push(&mut self, token: Token, line: usize) {
        self.found.push(Lexeme { token, line, tight: self.tight });
        self.tight = true;
    }

    fn broke(&mut self, line: usize, what: &'static str) {
        self.broken.get_or_insert((line, what));
    }

    fn step(&mut self) -> bool {
        let Some(c) = self.ahead(0) else { return false };
        let line = self.line;
        match (c, self.ahead(1)) {
            ('\n', _) => {
                self.next();
                self.push(Token::Line, line);
                self.tight = false;
            }
            ('\\', Some('\n' | '\r')) => {
                self.rest_of_line();
                self.next();
                self.tight = false;
            }
            ('/', Some('/')) => self.rest_of_line(),
            ('/', Some('*')) => self.comment(),
            ('/', _) if self.slashes() => self.slashy(line),
            ('\'' | '"', _) => self.string(c, line),
            ('`', _) => self.quoted(line),
            (c, _) if c.is_whitespace() => {
                self.next();
                self.tight = false;
            }
            (c, _) if c.is_alphabetic() || c == '_' || c == '$' => {
                let word = self.take(|c| c.is_alphanumeric() || c == '_' || c == '$');
                self.push(Token::Word(word), line);
            }
            (c, _) if c.is_ascii_digit() => self.number(line),
            ('\0', _) => {
                self.broke(line, "it is no text");
                self.next();
            }
            (c, _) => {
                self.next();
                self.push(Token::Sign(c), line);
            }
        }
        true
    }

    fn rest_of_line(&mut self) {
        while self.ahead(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
        self.tight = false;
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.ahead(0).is_some_and(&belongs) {
            self.at += 1;
        }
        self.chars.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn number(&mut self, line: usize) {
        let mut number = String::new();
        while let Some(c) = self.ahead(0) {
            let dot = c == '.' && self.ahead(1).is_some_and(|next| next.is_ascii_digit());
            if !(c.is_alphanumeric() || c == '_' || dot) {
                break;
            }
            self.at += 1;
            number.push(c);
        }
        self.push(Token::Number(number), line);
    }

    /// A block comment; Kotlin's can hold others.
    fn comment(&mut self) {
        let (start, mut open) = (self.line, 0usize);
        while let Some(c) = self.next() {
            match (c, self.ahead(0)) {
                ('/', Some('*')) if open == 0 || self.dialect == Dialect::Kotlin => {
                    self.next();
                    open += 1;
                }
                ('*', Some('/')) => {
                    self.next();
                    open -= 1;
                    if open == 0 {
                        self.tight = false;
                        return;
                    }
                }
                _ => {}
            }
        }
        self.broke(start, "a comment is not closed");
    }

    /// A name in backticks, as Kotlin writes words that it keeps for itself.
    fn quoted(&mut self, line: usize) {
        self.next();
        let name = self.take(|c| c != '`' && c != '\n');
        if self.ahead(0) == Some('`') {
            self.next();
        }
        self.push(Token::Word(name), line);
    }

    /// Whether a slash begins a string of Groovy's, and no division.
    fn slashes(&self) -> bool {
        let before = match self.found.last().map(|lexeme| &lexeme.token) {
            Some(Token::Sign(sign)) => "(,=[{:~".contains(*sign),
            _ => false,
        };
        let mut rest = self.chars.iter().skip(self.at + 1).take(200).take_while(|c| **c != '\n');
        self.dialect == Dialect::Groovy && before && rest.any(|c| *c == '/')
    }

    fn slashy(&mut self, line: usize) {
        self.next();
        let text = self.take(|c| c != '/' && c != '\n');
        self.next();
        self.push(Token::Text(vec![Piece::Plain(text)]), line);
    }

    fn string(&mut self, quote: char, line: usize) {
        let triple = self.ahead(1) == Some(quote) && self.ahead(2) == Some(quote);
        self.at += if triple { 3 } else { 1 };
        let mut pieces = Vec::new();
        let mut plain = String::new();
        loop {
            match self.ahead(0) {
                None => {
                    self.broke(line, "a string is not closed");
                    break;
                }
                Some('\n') if !triple => {
                    self.broke(line, "a string is not closed");
                    break;
                }
                Some(c) if c == quote => {
                    if !triple || (self.ahead(1) == Some(quote) && self.ahead(2) == Some(quote)) {
                        self.at += if triple { 3 } else { 1 };
                        break;
                    }
                    plain.extend(self.next());
                }
                Some('\\') if !(triple && self.dialect == Dialect::Kotlin) => {
                    self.next();
                    plain.extend(self.next().map(unescaped));
                }
                Some('$') if quote == '"' && self.starts_code() => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Code(self.code()));
                }
                Some(_) => plain.extend(self.next()),
            }
        }
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        self.push(Token::Text(pieces), line);
    }

    fn starts_code(&self) -> bool {
        self.ahead(1).is_some_and(|c| c == '{' || c.is_alphabetic() || c == '_')
    }

    /// The code after `$`: what the braces hold, or a name, which in Groovy can have dots.
    fn code(&mut self) -> String {
        self.next();
        if self.ahead(0) != Some('{') {
            let mut name = self.take(|c| c.is_alphanumeric() || c == '_');
            while self.dialect == Dialect::Groovy
                && self.ahead(0) == Some('.')
                && self.ahead(1).is_some_and(|c| c.is_alphabetic() || c == '_')
            {
                self.next();
                name.push('.');
                name.push_str(&self.take(|c| c.is_alphanumeric() || c == '_'));
            }
            return name;
        }
        let (mut code, mut open) = (String::new(), 0usize);
        while let Some(c) = self.ahead(0) {
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            self.next();
            if open == 0 {
                break;
            }
            code.push(c);
        }
        code.remove(0);
        code
    }
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}
