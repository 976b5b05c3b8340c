//! Which `[target.'cfg(...)']` tables hold on Linux.

use crate::source::lexer::{Syntax, Token, lex};

/// Whether a table's name means Linux with musl, or with glibc; `None` when that cannot be known.
pub(super) fn holds(name: &str, musl: bool) -> Option<bool> {
    let Some(condition) = name.trim().strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')) else {
        // The architecture is that of whoever builds.
        let fits = name.contains("linux") && name.contains("musl") == musl;
        return if fits { None } else { Some(false) };
    };
    let lexemes = lex(condition, Syntax::Rust);
    let tokens: Vec<Token> = lexemes.iter().map(|lexeme| lexeme.token).collect();
    Condition { tokens: &tokens, at: 0, musl }.value(0)
}

/// Conditions nested deeper than this are not looked into.
const DEEPEST: usize = 32;

struct Condition<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    musl: bool,
}

impl Condition<'_, '_> {
    /// Whether the condition that starts here holds; `None` when that cannot be known.
    fn value(&mut self, depth: usize) -> Option<bool> {
        let Some(Token::Word(word)) = self.next() else { return None };
        let (word, musl) = (word.to_owned(), self.musl);
        match self.tokens.get(self.at) {
            Some(Token::Sign('(')) if depth < DEEPEST => {
                self.at += 1;
                let values = self.list(depth);
                combined(&word, &values)
            }
            Some(Token::Sign('=')) => {
                self.at += 1;
                match self.next() {
                    Some(Token::Text(value)) => known(&word, value, musl),
                    _ => None,
                }
            }
            _ => flag(&word),
        }
    }

    fn list(&mut self, depth: usize) -> Vec<Option<bool>> {
        let mut values = Vec::new();
        loop {
            match self.tokens.get(self.at) {
                None => return values,
                Some(Token::Sign(')')) => {
                    self.at += 1;
                    return values;
                }
                Some(Token::Sign(_)) => self.at += 1,
                Some(_) => values.push(self.value(depth + 1)),
            }
        }
    }

    fn next(&mut self) -> Option<Token<'_>> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }
}

fn combined(word: &str, values: &[Option<bool>]) -> Option<bool> {
    let has = |wanted| values.contains(&wanted);
    match word {
        "all" if has(Some(false)) => Some(false),
        "all" => (!has(None)).then_some(true),
        "any" if has(Some(true)) => Some(true),
        "any" => (!has(None)).then_some(false),
        "not" => values.first().copied().flatten().map(|value| !value),
        _ => None,
    }
}

fn flag(word: &str) -> Option<bool> {
    match word {
        "unix" => Some(true),
        "windows" | "wasm" | "miri" | "loom" | "fuzzing" => Some(false),
        _ => None,
    }
}

fn known(key: &str, value: &str, musl: bool) -> Option<bool> {
    match (key, value) {
        ("target_os", os) => Some(os == "linux"),
        ("target_family", family) => Some(family == "unix"),
        ("target_env", env) => Some(env == if musl { "musl" } else { "gnu" }),
        ("target_arch", "wasm32" | "wasm64") => Some(false),
        ("target_vendor", "apple" | "pc" | "fortanix") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn conditions_hold_or_do_not_or_cannot_be_known() {
        for yes in [
            "cfg(unix)",
            "cfg(not(windows))",
            "cfg(all(unix, not(target_os = \"macos\")))",
            "cfg(any(target_os = \"macos\", target_os = \"linux\"))",
            "cfg(not(target_env = \"msvc\"))",
            "cfg(target_arch = \"x86_64\")",
            "x86_64-unknown-linux-gnu",
            "cfg(any(tokio_unstable, windows))",
        ] {
            assert_ne!(holds(yes, false), Some(false), "{yes}");
        }
        for no in [
            "cfg(windows)",
            "cfg(target_os = \"macos\")",
            "cfg(all(unix, target_os = \"freebsd\"))",
            "cfg(target_family = \"wasm\")",
            "x86_64-pc-windows-msvc",
            "cfg(not(any(unix, windows)))",
            "cfg(any())",
        ] {
            assert_eq!(holds(no, false), Some(false), "{no}");
        }
        assert_eq!(holds(&format!("cfg({})", "not(".repeat(10_000)), false), None);
        let env = |env: &str, musl| holds(&format!("cfg(target_env = \"{env}\")"), musl);
        assert_eq!((env("musl", true), env("musl", false)), (Some(true), Some(false)));
        assert_eq!((env("gnu", true), env("gnu", false)), (Some(false), Some(true)));
        assert_eq!(holds("x86_64-unknown-linux-musl", false), Some(false));
    }
}
