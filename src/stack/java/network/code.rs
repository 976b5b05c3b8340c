//! Where the program's own Java and Kotlin have it listen.

mod names;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use self::names::Names;
use crate::catalog::JavaListener;
use crate::evidence::Evidence;
use crate::source::Source;
use crate::source::lexer::Token;
use crate::stack::java::sources::Code;

/// What the sources say.
#[derive(Debug, Default)]
pub(in crate::stack::java) struct Heard {
    pub port: Option<(u16, Evidence)>,
    pub variable: Option<(String, Evidence)>,
    pub loopback: Option<Evidence>,
    pub binding: Option<(String, String)>,
    /// A call that listens, whether its port is known or not.
    pub listens: Option<Evidence>,
    /// A port that the program sets for its framework, which no variable outranks.
    pub set: Option<(u16, Evidence)>,
    /// The same, but below all settings.
    pub default: Option<(u16, Evidence)>,
    /// A controller of a web framework.
    pub web: Option<Evidence>,
    /// Something that waits for messages or the clock.
    pub waits: bool,
}

/// Annotations of what answers requests.
const WEB: &[&str] = &["Controller", "RestController", "RouterFunction"];

/// Annotations of what waits for messages or the clock.
const WAITS: &[&str] = &[
    "Incoming",
    "JmsListener",
    "KafkaListener",
    "RabbitListener",
    "Scheduled",
    "SqsListener",
    "StreamListener",
];

/// Reads the sources of a module.
pub(in crate::stack::java) fn hear(sources: &[Code], listeners: &[JavaListener]) -> Heard {
    let mut heard = Heard::default();
    let mut constants: BTreeMap<String, (u16, Evidence)> = BTreeMap::new();
    let mut pending: Vec<String> = Vec::new();
    let mut calls = 0;
    for code in sources {
        let source = code.source();
        let scan = Scan { source: &source, names: Names::new(&source) };
        let words: BTreeSet<&str> = source
            .lexemes
            .iter()
            .filter_map(|lexeme| match lexeme.token {
                Token::Word(word) => Some(word),
                _ => None,
            })
            .collect();
        let active: Vec<&JavaListener> = listeners
            .iter()
            .filter(|listener| listener.with.iter().any(|word| words.contains(word.as_str())))
            .collect();
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            match lexeme.token {
                Token::Word(word) => {
                    scan.marked(at, word, &mut heard);
                    if calls > MOST_CALLS {
                        continue;
                    }
                    if let Some(listener) = scan.listener(at, word, &active) {
                        calls += 1;
                        scan.listen(at, listener, &mut heard, &mut pending);
                    } else if scan.names.environment(at) == Some("PORT") {
                        calls += 1;
                        scan.take(scan.names.statement(at), &mut heard, &mut Vec::new());
                    }
                }
                Token::Text(text) if text.starts_with("server.port") => scan.framework(at, text, &mut heard),
                _ => {}
            }
        }
        for (name, port, line) in scan.names.ports() {
            constants.entry(name.to_owned()).or_insert_with(|| (port, source.evidence("port", line)));
        }
    }
    if heard.port.is_none() {
        heard.port = pending.iter().find_map(|name| constants.get(name)).cloned();
    }
    heard
}

/// Words before a call; any other declares a function.
const BEFORE_CALLS: &[&str] = &["await", "else", "in", "new", "return", "throw"];

/// More arguments than this, in lexemes, are not followed.
const ARGUMENTS: usize = 80;

/// More calls than this are not looked at.
const MOST_CALLS: usize = 200;

/// More names than this wait for another file to say them.
const PENDING: usize = 50;

struct Scan<'s, 'a> {
    source: &'s Source<'a>,
    names: Names<'s, 'a>,
}

impl Scan<'_, '_> {
    fn evidence(&self, what: &str, at: usize) -> Evidence {
        self.source.evidence(what, self.source.lexemes.get(at).map_or(1, |lexeme| lexeme.line))
    }

    /// Annotations that say what the program is for.
    fn marked(&self, at: usize, word: &str, heard: &mut Heard) {
        let annotates = at.checked_sub(1).is_some_and(|before| self.source.is_sign(before, '@'));
        if heard.web.is_none() && WEB.contains(&word) && (annotates || word == "RouterFunction") {
            heard.web = Some(self.evidence("kind", at));
        }
        heard.waits |= annotates && WAITS.contains(&word);
    }

    /// The listener that is called here.
    fn listener<'l>(&self, at: usize, word: &str, active: &[&'l JavaListener]) -> Option<&'l JavaListener> {
        let found = active.iter().find(|listener| listener.calls.iter().any(|call| call == word))?;
        if !self.source.is_sign(at + 1, '(') {
            return None;
        }
        let declares = matches!(at.checked_sub(1).and_then(|at| self.source.token(at)),
            Some(Token::Word(before)) if !BEFORE_CALLS.contains(&before));
        (!declares).then_some(*found)
    }

    fn listen(&self, at: usize, listener: &JavaListener, heard: &mut Heard, pending: &mut Vec<String>) {
        let end = self.arguments(at + 1, listener.first);
        // `new Server()` and `port()` name nothing, and `0` is a free port.
        if end <= at + 2 || (end == at + 3 && self.source.token(at + 2) == Some(Token::Number("0"))) {
            return;
        }
        heard.listens.get_or_insert_with(|| self.evidence("port", at));
        let before = heard.port.is_some();
        self.take(at + 2..end, heard, pending);
        if let (false, None, Some(port)) = (before, &heard.port, listener.default)
            && heard.variable.is_none()
        {
            heard.port = Some((port, self.evidence("port", at)));
        }
    }

    /// Where the arguments end that open here.
    fn arguments(&self, open: usize, first: bool) -> usize {
        let mut depth = 0_usize;
        for at in open..open + ARGUMENTS {
            match self.source.token(at) {
                Some(Token::Sign('(' | '[' | '{')) => depth += 1,
                Some(Token::Sign(')' | ']' | '}')) => depth = depth.saturating_sub(1),
                Some(Token::Sign(',')) if first && depth == 1 => return at,
                None => return at,
                _ => {}
            }
            if depth == 0 {
                return at;
            }
        }
        open + ARGUMENTS
    }

    /// What an expression says of the port and the address.
    fn take(&self, range: std::ops::Range<usize>, heard: &mut Heard, pending: &mut Vec<String>) {
        let said = self.names.evaluate(range);
        if heard.port.is_none() {
            heard.port = said.port.map(|(port, line)| (port, self.source.evidence("port", line)));
        }
        if heard.variable.is_none() {
            heard.variable = said.variable.map(|(name, line)| (name, self.source.evidence("port", line)));
        }
        match (said.local, said.host) {
            (Some(_), Some(name)) if heard.binding.is_none() => {
                heard.binding = Some((name, "0.0.0.0".to_owned()));
            }
            (Some(line), None) if heard.loopback.is_none() => {
                heard.loopback = Some(self.source.evidence("address", line));
            }
            _ => {}
        }
        if pending.len() < PENDING {
            pending.extend(said.unknown);
        }
    }

    /// `System.setProperty("server.port", "8081")`, `Map.of("server.port", 8083)`,
    /// `properties("server.port=8083")`.
    fn framework(&self, at: usize, text: &str, heard: &mut Heard) {
        let port = match text.strip_prefix("server.port") {
            Some("") => match self.source.token(at + 1) {
                Some(Token::Sign(',') | Token::Word("to")) => {
                    self.names.evaluate(at + 2..at + 8).port.map(|(port, _)| port)
                }
                _ => None,
            },
            Some(rest) => rest.strip_prefix(['=', ':']).and_then(|port| port.trim().parse().ok()),
            None => None,
        };
        let Some(port) = port else { return };
        let sets = at.checked_sub(2).is_some_and(|before| self.source.is_word(before, &["setProperty"]));
        let found = Some((port, self.evidence("port", at)));
        // `getProperty("server.port", "8080")` only asks.
        let asks = at.checked_sub(2).is_some_and(
            |before| matches!(self.source.token(before), Some(Token::Word(word)) if word.starts_with("get")),
        );
        if sets {
            heard.set = heard.set.take().or(found);
        } else if !asks {
            heard.default = heard.default.take().or(found);
        }
    }
}
