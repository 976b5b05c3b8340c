//! Whether a program can ask itself how it is: a flag or subcommand for health checks.

use super::Source;
use super::lexer::Token;
use crate::evidence::Evidence;

/// Names that mean nothing but a health check wherever they name a flag or subcommand.
const NAMES: &[&str] = &["healthcheck", "health-check", "health_check"];

/// The arguments that make the program check itself, and where they are declared: a flag without
/// value, or a subcommand without arguments.
pub fn health(source: &Source) -> Option<(Vec<String>, Evidence)> {
    (0..source.lexemes.len()).find_map(|at| {
        let word = declared(source, at)?;
        Some((vec![word], source.evidence("health check", source.lexemes[at].line)))
    })
}

/// The argument that is declared at a lexeme.
fn declared(source: &Source, at: usize) -> Option<String> {
    match source.token(at)? {
        Token::Text(text) => {
            let name = text.split(' ').next().filter(|name| is_name(name) || *name == "health")?;
            let before = |back: usize, words: &[&str]| at >= back && source.is_word(at - back, words);
            let command = before(2, &["Use"]) && name == text && takes_nothing(source, at);
            let built = before(2, &["Subcommand", "SubCommand", "subcommand"])
                || (before(2, &["Command"]) && !before(4, &["exec"]) && source.is_sign(at - 1, '('));
            // `flag.Bool("healthcheck"`, `BoolVar(&check, "healthcheck"`.
            let variable = (at.saturating_sub(7)..at).any(|at| source.is_word(at, &["BoolVar", "BoolVarP"]));
            let flag = before(2, &["Bool", "BoolP"]) || (variable && source.is_sign(at - 1, ','));
            let compared = is_name(name) && (before(1, &["case"]) || is_argument(source, at));
            if command || built || compared {
                Some(name.to_owned())
            } else {
                (flag && is_name(name)).then(|| format!("--{name}"))
            }
        }
        // clap's `#[arg(long)] healthcheck: bool`.
        Token::Word(word) if is_name(word) => {
            let is_bool = source.is_sign(at + 1, ':') && source.is_word(at + 2, &["bool"]);
            let long = (at.saturating_sub(24)..at).any(|at| source.is_word(at, &["long"]));
            (is_bool && long).then(|| format!("--{}", word.replace('_', "-")))
        }
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Whether what is compared with the string is an argument of the command line.
fn is_argument(source: &Source, at: usize) -> bool {
    (at.saturating_sub(8)..at).any(|at| source.is_word(at, &["Args"]))
}

/// Whether the command that is declared here takes no arguments.
fn takes_nothing(source: &Source, at: usize) -> bool {
    !(at.saturating_sub(40)..at + 40)
        .any(|at| source.is_word(at, &["ExactArgs", "MinimumNArgs", "RangeArgs", "MatchAll"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn found(text: &str, syntax: Syntax) -> Option<Vec<String>> {
        health(&Source::new("main", text, syntax)).map(|(words, _)| words)
    }

    #[test]
    fn flags_and_subcommands_are_found() {
        for (text, argument) in [
            ("flag.Bool(\"healthcheck\", false, \"\")", "--healthcheck"),
            ("flag.BoolVar(&check, \"health-check\", false, \"\")", "--health-check"),
            ("&cobra.Command{Use: \"health\", Short: \"x\"}", "health"),
            ("if os.Args[1] == \"healthcheck\" {", "healthcheck"),
            ("switch os.Args[1] { case \"healthcheck\": }", "healthcheck"),
        ] {
            assert_eq!(found(text, Syntax::Go), Some(vec![argument.to_owned()]), "{text}");
        }
        assert_eq!(
            found("#[arg(long)]\n health_check: bool,", Syntax::Rust),
            Some(vec!["--health-check".to_owned()])
        );
    }

    #[test]
    fn what_only_sounds_like_it_is_not() {
        for text in [
            "mux.HandleFunc(\"/health\", f)",
            "flag.String(\"healthcheck\", \"\", \"\")",
            "exec.Command(\"health\")",
            "case \"health\":",
            "&cobra.Command{Use: \"health\", Args: cobra.ExactArgs(1)}",
            "&cobra.Command{Use: \"health URL\"}",
        ] {
            assert_eq!(found(text, Syntax::Go), None, "{text}");
        }
    }
}
