//! Other programs that a program starts: no distroless image holds them.

use std::collections::BTreeMap;

use super::Source;
use super::lexer::Token;
use super::listen::is_test;
use crate::evidence::Evidence;

/// Names of programs, and where each is started first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programs(BTreeMap<String, Evidence>);

/// How many warnings of one kind are given one by one.
const FEW: usize = 3;

/// The first few warnings of one kind, and one that says how many more there are.
pub fn first_few(all: impl Iterator<Item = String>, rest: impl FnOnce(usize) -> String) -> Vec<String> {
    let mut all = all.fuse();
    let mut found: Vec<String> = all.by_ref().take(FEW).collect();
    match all.count() {
        0 => {}
        more => found.push(rest(more)),
    }
    found
}

impl Programs {
    /// Reads one more source.
    pub fn read(&mut self, source: &Source) {
        if is_test(source.file) {
            return;
        }
        // clap has a `Command` too, which starts nothing.
        let starts = (0..source.lexemes.len()).any(|at| names_command(source, at));
        for at in 0..source.lexemes.len() {
            let Some(name) = go(source, at).or_else(|| rust(source, at).filter(|_| starts)) else { continue };
            let evidence = || source.evidence("started program", source.lexemes[at].line);
            self.0.entry(name.to_owned()).or_insert_with(evidence);
        }
    }

    /// What to say of them: one line for each, the first few.
    pub fn warnings(&self) -> Vec<String> {
        let warning = |(name, evidence): (&String, &Evidence)| {
            format!(
                "{} starts `{name}`, which no distroless image holds; what needs it will fail",
                evidence.place()
            )
        };
        first_few(self.0.iter().map(warning), |more| format!("and {more} more that it starts"))
    }
}

/// `exec.Command("git", ...)`, `exec.CommandContext(ctx, "git", ...)`.
fn go<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    if !source.is_word(at, &["exec"]) || !source.is_sign(at + 1, '.') || !source.is_sign(at + 3, '(') {
        return None;
    }
    let argument = match source.token(at + 2)? {
        Token::Word("Command") => at + 4,
        Token::Word("CommandContext") => (at + 4..at + 12).find(|at| source.is_sign(*at, ','))? + 1,
        _ => return None,
    };
    name(source, argument)
}

/// `process::Command`, `process::{self, Command}`.
fn names_command(source: &Source, at: usize) -> bool {
    source.is_word(at, &["process"])
        && (at + 1..at + 12)
            .take_while(|at| !source.is_sign(*at, ';') && !source.is_sign(*at, '('))
            .any(|at| source.is_word(at, &["Command"]))
}

/// `Command::new("git")`.
fn rust<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    let called = source.is_word(at, &["Command"])
        && source.is_sign(at + 1, ':')
        && source.is_word(at + 3, &["new"])
        && source.is_sign(at + 4, '(');
    if called { name(source, at + 5) } else { None }
}

/// A program's name at a lexeme; not that of other systems' shells.
fn name<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    let Some(Token::Text(text)) = source.token(at) else { return None };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+');
    let elsewhere = ["cmd", "open", "powershell", "rundll32", "xdg-open"];
    let is_name = !text.is_empty() && text.chars().all(plain) && !text.ends_with(".exe");
    (is_name && !elsewhere.contains(&text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn warnings(text: &str, syntax: Syntax) -> Vec<String> {
        let mut programs = Programs::default();
        programs.read(&Source::new("main", text, syntax));
        programs.warnings()
    }

    #[test]
    fn started_programs_are_named_with_their_place() {
        let said = "main:1 starts `git`, which no distroless image holds; what needs it will fail";
        assert_eq!(warnings("exec.Command(\"git\", \"log\")", Syntax::Go), [said]);
        assert_eq!(warnings("exec.CommandContext(ctx, \"git\")", Syntax::Go), [said]);
        assert_eq!(warnings("std::process::Command::new(\"git\")", Syntax::Rust), [said]);
    }

    #[test]
    fn more_than_a_few_are_counted() {
        let all: String =
            ["a", "b", "c", "d", "e"].map(|name| format!("exec.Command(\"{name}\")\n")).concat();
        let said = warnings(&all, Syntax::Go);
        assert_eq!((said.len(), said.last().unwrap().as_str()), (4, "and 2 more that it starts"));
    }

    #[test]
    fn command_line_parsers_start_nothing() {
        let both = "use clap::{Arg, App}; use std::process::{self, Command}; Command::new(\"wg\")";
        assert_eq!(warnings(both, Syntax::Rust).len(), 1);
        assert!(
            warnings("use clap::Command; std::process::exit(1); Command::new(\"git\")", Syntax::Rust)
                .is_empty()
        );
        assert!(warnings("exec.Command(name)", Syntax::Go).is_empty());
        assert!(warnings("Command::new(\"git\")", Syntax::Rust).is_empty());
    }
}
