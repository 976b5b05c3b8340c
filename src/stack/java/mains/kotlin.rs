//! Main functions of Kotlin.

use super::{MOST_MAINS, Main, Nest, SPRING, package};
use crate::source::Source;
use crate::source::lexer::Token;

/// Words that open a body with members.
const TYPES: &[&str] = &["class", "interface", "object"];

/// How many lexemes stand between a class's name and its body.
const HEAD: usize = 400;

pub(super) fn mains(source: &Source, found: &mut Vec<Main>) {
    let package = package(source);
    let spring =
        (0..source.lexemes.len()).any(|at| source.is_sign(at, '@') && source.is_word(at + 1, SPRING));
    let mut nest = Nest::new();
    let mut at = 0;
    while let Some(token) = source.token(at).filter(|_| found.len() < MOST_MAINS) {
        match token {
            Token::Sign(sign @ ('{' | '}')) => nest.brace(sign),
            Token::Word(word) if TYPES.contains(&word) && nest.is_member() => {
                if let Some((name, body)) = declaration(source, at) {
                    nest.declare(name, false);
                    // What stands in brackets before the body, such as a default that is a lambda,
                    // is no body.
                    at = body - 1;
                }
            }
            Token::Word("fun") if nest.is_member() => {
                if let Some(class) = start(source, at, &nest, &package) {
                    let line = source.lexemes.get(at).map_or(1, |lexeme| lexeme.line);
                    let evidence = source.evidence("main class", line);
                    found.push(Main { class, evidence, spring, newer: false });
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The name of what is declared here, and where its body opens; nothing where it has none.
fn declaration<'a>(source: &Source<'a>, at: usize) -> Option<(&'a str, usize)> {
    let before = at.checked_sub(1);
    // `Shop::class`.
    if before.is_some_and(|before| source.is_sign(before, ':') && source.is_sign(before.wrapping_sub(1), ':'))
    {
        return None;
    }
    let companion = before.is_some_and(|before| source.is_word(before, &["companion"]));
    let name = match source.token(at + 1)? {
        Token::Word(name) => name,
        _ if companion => "Companion",
        _ => return None,
    };
    let mut depth = 0_usize;
    for at in at + 1..at + HEAD {
        match source.token(at)? {
            Token::Sign('(' | '[') => depth += 1,
            Token::Sign(')' | ']') => depth = depth.saturating_sub(1),
            Token::Sign('{') if depth == 0 => return Some((name, at)),
            Token::Sign('}' | ';' | '=') if depth == 0 => return None,
            Token::Word("class" | "object" | "interface" | "fun" | "val" | "var" | "typealias")
                if depth == 0 && !source.is_word(at - 1, &["companion"]) =>
            {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// How many lexemes before `fun` its modifiers and annotations are.
const MODIFIERS: usize = 16;

/// The class that `fun main` here makes a start.
fn start(source: &Source, at: usize, nest: &Nest, package: &str) -> Option<String> {
    if !source.is_word(at + 1, &["main"]) || !source.is_sign(at + 2, '(') || !takes_arguments(source, at + 3)
    {
        return None;
    }
    let modifiers = (at.saturating_sub(MODIFIERS)..at)
        .rev()
        .take_while(|at| !matches!(source.token(*at), Some(Token::Sign('{' | '}' | ';'))));
    let is_line = |at: usize| {
        source.lexemes.get(at).zip(source.lexemes.get(at + 1)).is_some_and(|(a, b)| b.line - a.line <= 1)
    };
    let modifiers: Vec<usize> = modifiers.take_while(|at| is_line(*at)).collect();
    let has = |word: &str| modifiers.iter().any(|at| source.is_word(*at, &[word]));
    if has("private") {
        return None;
    }
    if nest.open.is_empty() {
        return Some(format!("{package}{}", file_class(source)));
    }
    // Only a static method starts a class; one without arguments is none for the JVM before 25.
    if !has("JvmStatic") || source.is_sign(at + 3, ')') {
        return None;
    }
    let class = nest.class(package);
    // A companion's static methods are those of the class around it.
    let companion = companion(source, nest);
    Some(if companion {
        class.rsplit_once('$').map_or(class.clone(), |(outer, _)| outer.to_owned())
    } else {
        class
    })
}

/// Whether the innermost body is that of a companion object.
fn companion(source: &Source, nest: &Nest) -> bool {
    let Some(last) = nest.open.last().filter(|_| nest.open.len() > 1) else { return false };
    last.name == "Companion"
        || (0..source.lexemes.len()).any(|at| {
            source.is_word(at, &["companion"])
                && source.is_word(at + 1, &["object"])
                && source.is_word(at + 2, &[last.name])
        })
}

/// `)`, `args: Array<String>)`, `vararg args: String)`.
fn takes_arguments(source: &Source, at: usize) -> bool {
    if source.is_sign(at, ')') {
        return true;
    }
    let is = |words: &[&str]| {
        (at..at + 12).take_while(|at| !source.is_sign(*at, ')')).any(|at| source.is_word(at, words))
    };
    is(&["String"]) && is(&["Array", "vararg"]) && !is(&["List", "Map"])
}

/// The class that holds a file's functions: as `@file:JvmName` says, or the file's name and `Kt`.
fn file_class(source: &Source) -> String {
    let named = (0..source.lexemes.len()).find_map(|at| {
        let is = source.is_word(at, &["JvmName"])
            && at >= 3
            && source.is_word(at - 2, &["file"])
            && source.is_sign(at + 1, '(');
        match source.token(at + 2) {
            Some(Token::Text(name)) if is => Some(name.to_owned()),
            _ => None,
        }
    });
    named.unwrap_or_else(|| {
        let file = source.file.rsplit('/').next().unwrap_or(source.file);
        let stem = file.strip_suffix(".kt").unwrap_or(file);
        let plain = |c: char| if c.is_alphanumeric() || c == '_' || c == '$' { c } else { '_' };
        let mut name: String = stem.chars().map(plain).collect();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, '_');
        }
        let mut rest = name.chars();
        let first = rest.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(rest).chain("Kt".chars()).collect()
    })
}
