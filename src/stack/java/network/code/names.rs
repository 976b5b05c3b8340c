//! What names of a source stand for, as far as its own lines say.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::source::Source;
use crate::source::lexer::Token;
use crate::source::listen::is_others;

/// What an expression says.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// A port and its line.
    pub port: Option<(u16, usize)>,
    /// The variable that holds the port, and its line.
    pub variable: Option<(String, usize)>,
    /// The line of an address that only the same machine reaches.
    pub local: Option<usize>,
    /// The variable that holds the address.
    pub host: Option<String>,
    /// Names of ports that another file says.
    pub unknown: Vec<String>,
}

/// Names and where each is given a value or a body.
pub(super) struct Names<'s, 'a> {
    source: &'s Source<'a>,
    given: BTreeMap<&'a str, Vec<usize>>,
}

/// More than this many values of one name are not looked at.
const VALUES: usize = 4;

/// Names stand for names no deeper than this.
const DEEPEST: usize = 4;

/// An expression is no longer than this, in lexemes; nor are the bodies that are read.
const FAR: usize = 60;

/// More lexemes than these are not looked at for one expression, names followed.
const STEPS: usize = 1000;

impl<'s, 'a> Names<'s, 'a> {
    pub(super) fn new(source: &'s Source<'a>) -> Self {
        let mut given: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            let Token::Word(word) = lexeme.token else { continue };
            if let Some(value) = value_of(source, at) {
                let values = given.entry(word).or_default();
                if values.len() < VALUES {
                    values.push(value);
                }
            }
        }
        Names { source, given }
    }

    /// Names that are ports by their name and are given a plain number: the port and its line.
    pub(super) fn ports(&self) -> impl Iterator<Item = (&'a str, u16, usize)> {
        self.given.iter().filter(|(name, _)| is_port(name)).filter_map(|(name, values)| {
            let at = *values.first()?;
            Some((*name, port(self.source.token(at)?)?, self.source.lexemes.get(at)?.line))
        })
    }

    /// The variable of the environment that is read here.
    pub(super) fn environment(&self, at: usize) -> Option<&'a str> {
        let text = |at: usize| match self.source.token(at) {
            Some(Token::Text(text)) => Some(text),
            _ => None,
        };
        if !self.source.is_word(at, &["environment", "getenv"]) || !self.source.is_sign(at + 1, '(') {
            return None;
        }
        if let Some(name) = text(at + 2) {
            return Some(name);
        }
        let name = match self.source.token(at + 3)? {
            Token::Sign('[') => text(at + 4),
            Token::Sign('.') if self.source.is_word(at + 4, &["get", "getOrDefault", "getOrElse"]) => {
                text(at + 6)
            }
            _ => None,
        };
        name.filter(|_| self.source.is_sign(at + 2, ')'))
    }

    /// The lexemes of the statement from here on.
    pub(super) fn statement(&self, at: usize) -> Range<usize> {
        let ends = |at: &usize| {
            let (Some(lexeme), Some(before)) =
                (self.source.lexemes.get(*at), at.checked_sub(1).and_then(|at| self.source.lexemes.get(at)))
            else {
                return true;
            };
            let goes_on = matches!(before.token, Token::Sign(sign) if !matches!(sign, ')' | ']' | '}'));
            let starts = matches!(lexeme.token, Token::Word(_) | Token::Sign('}' | '@')) && !goes_on;
            lexeme.token == Token::Sign(';') || (starts && lexeme.line > before.line)
        };
        let end = (at + 1..at + FAR).find(ends).unwrap_or(at + FAR);
        at..end
    }

    pub(super) fn evaluate(&self, range: Range<usize>) -> Said {
        let mut said = Said::default();
        self.follow(range, 0, &mut 0, &mut said);
        said
    }

    fn follow(&self, range: Range<usize>, depth: usize, steps: &mut usize, said: &mut Said) {
        for at in range {
            let Some(lexeme) = self.source.lexemes.get(at) else { return };
            *steps += 1;
            if *steps > STEPS {
                return;
            }
            match lexeme.token {
                Token::Word(word) => {
                    self.variable(at, said);
                    let member = at.checked_sub(1).is_some_and(|before| self.source.is_sign(before, '.'));
                    let called = self.source.is_sign(at + 1, '(');
                    match self
                        .given
                        .get(word)
                        .filter(|_| depth < DEEPEST && (!member || called || is_port(word)) && !is_size(word))
                    {
                        Some(values) => {
                            for value in values {
                                self.follow(self.value(*value), depth + 1, steps, said);
                            }
                        }
                        None if is_port(word) => said.unknown.push(word.to_owned()),
                        None if word == "getLoopbackAddress" => said.local = Some(lexeme.line),
                        None => {}
                    }
                }
                Token::Text(text) if is_local(text) => {
                    said.local = said.local.or(Some(lexeme.line));
                    said.port = said.port.or(port(lexeme.token).map(|port| (port, lexeme.line)));
                }
                token if !self.is_reckoned(at) => {
                    said.port = said.port.or(port(token).map(|port| (port, lexeme.line)));
                }
                _ => {}
            }
        }
    }

    /// Whether a number is part of a sum or the like, so that it is no port by itself.
    fn is_reckoned(&self, at: usize) -> bool {
        let reckons = |at: usize| {
            matches!(self.source.token(at), Some(Token::Sign('+' | '-' | '*' | '/' | '%' | '<' | '>')))
        };
        reckons(at + 1) || at.checked_sub(1).is_some_and(reckons)
    }

    fn variable(&self, at: usize, said: &mut Said) {
        let Some(name) = self.environment(at) else { return };
        let line = self.source.lexemes.get(at).map_or(1, |lexeme| lexeme.line);
        let plain = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if !plain || name.len() > 100 {
            return;
        }
        if name.ends_with("PORT") && said.variable.is_none() {
            said.variable = Some((name.to_owned(), line));
        } else if ["HOST", "ADDRESS", "ADDR"].iter().any(|end| name.ends_with(end)) && said.host.is_none() {
            said.host = Some(name.to_owned());
        }
    }

    /// The lexemes of a value or a body that starts here.
    fn value(&self, at: usize) -> Range<usize> {
        if !self.source.is_sign(at, '{') {
            return self.statement(at);
        }
        let mut depth = 0_usize;
        for end in at..at + 2 * FAR {
            match self.source.token(end) {
                Some(Token::Sign('{')) => depth += 1,
                Some(Token::Sign('}')) if depth <= 1 => return at..end,
                Some(Token::Sign('}')) => depth -= 1,
                None => return at..end,
                _ => {}
            }
        }
        at..at + 2 * FAR
    }
}

/// Where the value of the name here starts: `port = 8080`, `val port: Int = 8080`, or the body of
/// `int port() {`.
fn value_of(source: &Source, at: usize) -> Option<usize> {
    let equals = |at: usize| source.is_sign(at, '=') && !source.is_sign(at + 1, '=');
    if equals(at + 1) {
        return Some(at + 2);
    }
    if source.is_sign(at + 1, ':') {
        let typed = (at + 3..at + 5).find(|at| equals(*at));
        return typed.map(|at| at + 1);
    }
    let declared =
        matches!(at.checked_sub(1).and_then(|at| source.token(at)), Some(Token::Word(word)) if word != "new");
    if !declared || !source.is_sign(at + 1, '(') {
        return None;
    }
    let close = (at + 2..at + 20).find(|at| source.is_sign(*at, ')'))?;
    let body = (close + 1..close + 6).find(|at| source.is_sign(*at, '{') || equals(*at))?;
    Some(if source.is_sign(body, '{') { body } else { body + 1 })
}

/// Words in the names of numbers that are no ports.
const SIZES: &[&str] =
    &["backlog", "count", "length", "limit", "max", "millis", "queue", "second", "size", "thread", "timeout"];

/// Whether a name is that of a number of something.
fn is_size(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.contains("port") && SIZES.iter().any(|size| name.contains(size))
}

/// Whether a name is a port's.
fn is_port(name: &str) -> bool {
    name.ends_with("PORT") || name.ends_with("Port") || name == "port"
}

/// The port that a number or a text is: `8080`, `"8080"`, `"http://0.0.0.0:8080/"`.
fn port(token: Token) -> Option<u16> {
    let number =
        |text: &str| text.replace('_', "").parse().ok().filter(|port| *port >= 80 && !is_others(*port));
    match token {
        Token::Number(text) => number(text),
        Token::Text(text) => number(text).or_else(|| {
            let (_, rest) = text.split_once("://").unwrap_or(("", text));
            let (_, port) = rest.split('/').next()?.rsplit_once(':')?;
            number(port)
        }),
        _ => None,
    }
}

/// Whether a text is an address that only the same machine reaches.
fn is_local(text: &str) -> bool {
    let (_, rest) = text.split_once("://").unwrap_or(("", text));
    let host = rest.split('/').next().unwrap_or(rest);
    matches!(host.split(':').next().unwrap_or(host), "127.0.0.1" | "localhost")
}
