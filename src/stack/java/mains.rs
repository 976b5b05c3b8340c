//! Classes that can be started.

mod kotlin;
#[cfg(test)]
mod tests;

use super::sources::Code;
use crate::evidence::Evidence;
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};

/// A class with a main method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Main {
    /// As `java` is given it: `com.acme.Shop`, `com.acme.Outer$Inner`, `com.acme.MainKt`.
    pub class: String,
    /// The main method.
    pub evidence: Evidence,
    /// Whether the class is marked as the start of a Spring Boot application.
    pub spring: bool,
    /// Whether it is a main method that only Java 25 and newer start as it is: not static, not
    /// public, or without arguments.
    pub newer: bool,
}

/// More classes in one file than this, one inside the other, no person writes.
const DEEPEST: usize = 32;

/// More of them than this no module has.
const MOST_MAINS: usize = 200;

const SPRING: &[&str] = &["EnableAutoConfiguration", "SpringBootApplication"];

/// The classes of these sources that have a main method, in the order of the files.
pub(super) fn mains(sources: &[Code]) -> Vec<Main> {
    let mut found = Vec::new();
    for code in sources.iter().filter(|code| code.text.contains("main")) {
        let source = code.source();
        match code.syntax {
            Syntax::Kotlin => kotlin::mains(&source, &mut found),
            _ => java(&source, &mut found),
        }
    }
    found
}

/// `package a.b;`, with or without the semicolon.
fn package(source: &Source) -> String {
    let start = (0..source.lexemes.len()).find(|at| source.is_word(*at, &["package"]));
    let mut name = String::new();
    let Some(mut at) = start else { return name };
    while let Some(Token::Word(part)) = source.token(at + 1) {
        name.push_str(part);
        name.push('.');
        if !source.is_sign(at + 2, '.') {
            break;
        }
        at += 2;
    }
    name
}

/// A class that is open, and how many braces were open before it.
struct Open<'a> {
    name: &'a str,
    depth: usize,
    spring: bool,
    /// Whether its members are public and static without saying so.
    interface: bool,
}

/// The braces and classes that are open at a place.
struct Nest<'a> {
    depth: usize,
    open: Vec<Open<'a>>,
    /// A class whose body has not begun.
    declared: Option<Open<'a>>,
    /// Whether one of the annotations since the last statement marks a Spring Boot application.
    spring: bool,
    /// Round brackets that are open, such as an annotation's.
    brackets: usize,
}

impl<'a> Nest<'a> {
    fn new() -> Self {
        Nest { depth: 0, open: Vec::new(), declared: None, spring: false, brackets: 0 }
    }

    fn bracket(&mut self, token: Token) {
        match token {
            Token::Sign('(') => self.brackets += 1,
            Token::Sign(')') => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
    }

    /// Whether what stands here is a member of the innermost class, or of the file.
    fn is_member(&self) -> bool {
        self.declared.is_none()
            && self.depth == self.open.last().map_or(0, |open| open.depth + 1)
            && self.open.len() < DEEPEST
    }

    /// The classes that are open, as `java` is given them.
    fn class(&self, package: &str) -> String {
        let names: Vec<&str> = self.open.iter().map(|open| open.name).collect();
        format!("{package}{}", names.join("$"))
    }

    fn brace(&mut self, sign: char) {
        if sign == '{' {
            self.open.extend(self.declared.take());
            self.depth += 1;
        } else {
            self.depth = self.depth.saturating_sub(1);
            if self.open.last().is_some_and(|open| open.depth >= self.depth) {
                self.open.pop();
            }
        }
        self.spring &= self.brackets > 0;
    }

    fn declare(&mut self, name: &'a str, interface: bool) {
        self.declared = Some(Open { name, depth: self.depth, spring: self.spring, interface });
    }

    fn is_spring(&self) -> bool {
        self.open.iter().any(|open| open.spring)
    }
}

const TYPES: &[&str] = &["class", "enum", "interface", "record"];

fn java(source: &Source, found: &mut Vec<Main>) {
    let package = package(source);
    let mut nest = Nest::new();
    let mut at = 0;
    while let Some(token) = source.token(at).filter(|_| found.len() < MOST_MAINS) {
        nest.bracket(token);
        match token {
            Token::Sign(sign @ ('{' | '}')) => nest.brace(sign),
            Token::Sign(';') => nest.spring = false,
            Token::Sign('@') if source.is_word(at + 1, SPRING) => nest.spring = true,
            Token::Sign('(') if nest.declared.is_none() => {
                if let Some(main) = java_main(source, at, &nest, &package) {
                    found.push(main);
                }
            }
            Token::Word(word) if TYPES.contains(&word) && nest.is_member() => {
                // `Shop.class` and a variable that is called `record` declare nothing.
                let named = at.checked_sub(1).is_none_or(|before| !source.is_sign(before, '.'));
                if let Some(Token::Word(name)) = source.token(at + 1).filter(|_| named) {
                    nest.declare(name, word == "interface");
                    at += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// How many lexemes the modifiers of a method are, annotations included.
const MODIFIERS: usize = 24;

/// `public static void main(String[] args) {` whose bracket opens here.
fn java_main(source: &Source, open: usize, nest: &Nest, package: &str) -> Option<Main> {
    let name = open.checked_sub(2)?;
    if !source.is_word(name + 1, &["main"]) || !source.is_word(name, &["void"]) || !nest.is_member() {
        return None;
    }
    let modifier = |word: &str| {
        (name.saturating_sub(MODIFIERS)..name)
            .rev()
            .take_while(|at| !matches!(source.token(*at), Some(Token::Sign(';' | '{' | '}'))))
            .any(|at| source.is_word(at, &[word]))
    };
    let interface = nest.open.last().is_some_and(|open| open.interface);
    let public = modifier("public") || interface;
    let arguments = java_arguments(source, open)?;
    let newer = !(arguments && public && modifier("static"));
    // What older compilers take for a plain method is a start only where nothing else can be meant.
    if newer && (modifier("private") || modifier("abstract") || (interface && !modifier("static"))) {
        return None;
    }
    let class = match nest.open.is_empty() {
        true => unnamed(source.file).to_owned(),
        false => nest.class(package),
    };
    let evidence = source.evidence("main class", source.lexemes.get(name + 1)?.line);
    Some(Main { class, evidence, spring: nest.is_spring(), newer })
}

/// Whether a main method takes arguments; `None` when they are not those of a main method.
fn java_arguments(source: &Source, open: usize) -> Option<bool> {
    if source.is_sign(open + 1, ')') {
        return Some(false);
    }
    let words: Vec<Token> = (open + 1..open + 24)
        .map_while(|at| source.token(at))
        .take_while(|token| *token != Token::Sign(')'))
        .collect();
    let is = |token: Token| words.contains(&token);
    let array = is(Token::Sign('[')) || is(Token::Sign('.'));
    (is(Token::Word("String")) && array && !is(Token::Sign(',')) && !is(Token::Sign('<'))).then_some(true)
}

/// The class of a file that declares none around its main method.
fn unnamed(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".java").unwrap_or(name)
}
