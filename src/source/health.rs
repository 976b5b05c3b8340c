//! Whether a program can ask itself how it is: a flag or subcommand for health checks. In doubt it
//! cannot: a check that starts a second server is worse than none.

use super::Source;
use super::lexer::Token;
use crate::evidence::Evidence;

/// Names that mean nothing but a health check wherever they name a flag or subcommand.
const NAMES: &[&str] = &["healthcheck", "health-check", "health_check"];

/// How many places of one source are looked at closely.
const PLACES: usize = 10;

/// How far a block or a head is followed, in lexemes.
const FAR: usize = 2000;

/// Words that end a program or its main function.
const ENDS: &[&str] = &["Exit", "exit", "return"];

/// The arguments that make the program check itself, and where they are declared: a flag without
/// value, or a subcommand without arguments.
pub fn health(source: &Source) -> Option<(Vec<String>, Evidence)> {
    let is_named = |at: &usize| match source.token(*at) {
        Some(Token::Text(text)) => {
            text.split(' ').next().is_some_and(|name| is_name(name) || name == "health")
        }
        Some(Token::Word(word)) => is_name(word),
        _ => false,
    };
    (0..source.lexemes.len()).filter(is_named).take(PLACES).find_map(|at| {
        let word = declared(source, at)?;
        Some((vec![word], source.evidence("health check", source.lexemes[at].line)))
    })
}

/// The argument that is declared at a lexeme.
fn declared(source: &Source, at: usize) -> Option<String> {
    match source.token(at)? {
        Token::Text(text) => {
            let name = text.split(' ').next()?;
            let command = name == text && (is_cobra(source, at) || is_command(source, at));
            if command || (is_name(text) && (is_arm(source, at) || is_compared(source, at))) {
                return Some(name.to_owned());
            }
            let variable = flag(source, at).filter(|_| is_name(text))?;
            ends(source, variable).then(|| format!("--{text}"))
        }
        // clap's `#[arg(long)] healthcheck: bool`.
        Token::Word(word) => {
            let is_bool = source.is_sign(at + 1, ':') && source.is_word(at + 2, &["bool"]);
            let before = || at.saturating_sub(24)..at;
            let long = before().any(|at| source.is_word(at, &["long"]));
            let set = before().any(|at| source.is_word(at, &["true"]));
            (is_bool && long && !set && ends(source, word)).then(|| format!("--{}", word.replace('_', "-")))
        }
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

fn word<'a>(source: &Source<'a>, at: Option<usize>) -> Option<&'a str> {
    match source.token(at?) {
        Some(Token::Word(word)) => Some(word),
        _ => None,
    }
}

/// Whether a sign stands so far before a lexeme.
fn sign(source: &Source, at: usize, back: usize, sign: char) -> bool {
    at.checked_sub(back).is_some_and(|at| source.is_sign(at, sign))
}

/// The variable of a flag that is off by default: `check := flag.Bool("healthcheck", false, ...)`,
/// `flag.BoolVar(&check, "healthcheck", false, ...)`.
fn flag<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    let rest = (at + 1..at + 8).take_while(|at| !source.is_sign(*at, ')'));
    let default = rest.into_iter().find_map(|at| word(source, Some(at)))?;
    if default != "false" {
        return None;
    }
    let function =
        |back: usize, names: &[&str]| at.checked_sub(back).is_some_and(|at| source.is_word(at, names));
    if sign(source, at, 1, '(') && function(2, &["Bool", "BoolP"]) {
        let equals = (at.saturating_sub(12)..at).rev().find(|at| source.is_sign(*at, '='))?;
        let name = if sign(source, equals, 1, ':') { equals.checked_sub(2) } else { equals.checked_sub(1) };
        return word(source, name);
    }
    let opens = (at.saturating_sub(9)..at).any(|at| source.is_word(at, &["BoolVar", "BoolVarP"]));
    // The last word of `&options.check`.
    word(source, at.checked_sub(2)).filter(|_| opens && sign(source, at, 1, ','))
}

/// Whether a variable is asked somewhere, and the program ends where it is true.
fn ends(source: &Source, variable: &str) -> bool {
    (0..source.lexemes.len()).filter(|at| source.is_word(*at, &["if"])).take(FAR).any(|at| {
        let Some(open) = (at + 1..at + 9).find(|at| source.is_sign(*at, '{')) else { return false };
        let asks = (at + 1..open).any(|at| source.is_word(at, &[variable]));
        let plain = |at: usize| match source.token(at) {
            Some(Token::Word(word)) => word != "let",
            Some(Token::Sign(sign)) => matches!(sign, '.' | '*' | '(' | ')'),
            _ => false,
        };
        asks && (at + 1..open).all(plain) && block_ends(source, at, open)
    })
}

/// Whether a block always ends the program: by itself, or by leaving the function that starts it.
fn block_ends(source: &Source, start: usize, open: usize) -> bool {
    let mut depth = 0_usize;
    for at in open..open + FAR {
        match source.token(at) {
            Some(Token::Sign('{')) => depth += 1,
            Some(Token::Sign('}')) if depth <= 1 => return false,
            Some(Token::Sign('}')) => depth -= 1,
            Some(Token::Word("return")) if depth == 1 => return is_in_main(source, start),
            Some(Token::Word(word)) if depth == 1 && ENDS.contains(&word) => return true,
            None => return false,
            _ => {}
        }
    }
    false
}

/// Whether the function around a lexeme is the one that starts the program.
fn is_in_main(source: &Source, at: usize) -> bool {
    let declares = |at: &usize| source.is_word(*at, &["func", "fn"]) && word(source, Some(at + 1)).is_some();
    let declared = (at.saturating_sub(FAR)..at).rev().find(declares);
    let name = declared.and_then(|at| word(source, Some(at + 1)));
    name.is_some_and(|name| matches!(name, "main" | "run" | "real_main" | "realMain"))
}

/// Whether a string is an arm of a choice among arguments of the command line.
fn is_arm(source: &Source, at: usize) -> bool {
    let is_case = at.checked_sub(1).is_some_and(|at| source.is_word(at, &["case"]));
    if !is_case {
        return false;
    }
    let mut depth = 0_usize;
    for at in (at.saturating_sub(FAR)..at).rev() {
        match source.token(at) {
            Some(Token::Sign('}')) => depth += 1,
            Some(Token::Sign('{')) if depth == 0 => {
                let head = (at.saturating_sub(16)..at).rev();
                let head = head.take_while(|at| !source.is_word(*at, &["switch"]));
                return head.into_iter().any(|at| is_argument(source, at));
            }
            Some(Token::Sign('{')) => depth -= 1,
            _ => {}
        }
    }
    false
}

/// `os.Args[1] == "healthcheck"`.
fn is_compared(source: &Source, at: usize) -> bool {
    let equal = sign(source, at, 1, '=') && sign(source, at, 2, '=');
    equal && (at.saturating_sub(8)..at - 2).any(|at| is_argument(source, at))
}

/// Whether a word is `os.Args`, `flag.Arg`, `flag.Args`, or a variable that holds one of them.
fn is_argument(source: &Source, at: usize) -> bool {
    let direct = |at: usize| {
        source.is_word(at, &["Arg", "Args"])
            && at.checked_sub(2).is_some_and(|at| source.is_word(at, &["os", "flag", "pflag"]))
    };
    let Some(name) = word(source, Some(at)) else { return false };
    let is_set = |set: usize| {
        let equals = if source.is_sign(set + 1, ':') { set + 2 } else { set + 1 };
        source.is_word(set, &[name])
            && source.is_sign(equals, '=')
            && !source.is_sign(equals + 1, '=')
            && direct(equals + 3)
    };
    direct(at) || (0..source.lexemes.len()).any(is_set)
}

/// Whether a function's name or variable is that of the program's first command.
fn is_root(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["app", "cli", "kingpin", "root"].iter().any(|part| name.contains(part))
}

/// `Subcommand("health")`, `app.Command("health", ...)`.
fn is_command(source: &Source, at: usize) -> bool {
    if !sign(source, at, 1, '(') || !takes_nothing(source, at) {
        return false;
    }
    let before = at.checked_sub(2);
    let sub = before.is_some_and(|at| source.is_word(at, &["Subcommand", "SubCommand", "subcommand"]));
    let command = before.is_some_and(|at| source.is_word(at, &["Command"])) && sign(source, at, 3, '.');
    sub || (command && word(source, at.checked_sub(4)).is_some_and(is_root))
}

/// `rootCmd.AddCommand(healthCmd)` with `healthCmd = &cobra.Command{Use: "health"}`, or that within.
fn is_cobra(source: &Source, at: usize) -> bool {
    let used = at.checked_sub(2).is_some_and(|at| source.is_word(at, &["Use"])) && sign(source, at, 1, ':');
    if !used || !takes_nothing(source, at) {
        return false;
    }
    let Some(open) = (at.saturating_sub(60)..at).rev().find(|at| source.is_sign(*at, '{')) else {
        return false;
    };
    let cobra = sign(source, open, 2, '.')
        && open.checked_sub(1).is_some_and(|at| source.is_word(at, &["Command"]))
        && open.checked_sub(3).is_some_and(|at| source.is_word(at, &["cobra"]));
    if !cobra {
        return false;
    }
    // The first lexeme of `&cobra.Command`.
    let start = if sign(source, open, 4, '&') { open - 4 } else { open - 3 };
    let mut names: Vec<&str> = Vec::new();
    if sign(source, start, 1, '=') {
        let back = if sign(source, start, 2, ':') { 3 } else { 2 };
        names.extend(word(source, start.checked_sub(back)));
    }
    let declared = (start.saturating_sub(60)..start).rev().find(|at| source.is_word(*at, &["func"]));
    names.extend(declared.and_then(|at| word(source, Some(at + 1))));
    added(source, start, &names)
}

/// Whether the program's first command gets one that starts at a lexeme or has one of these names.
fn added(source: &Source, start: usize, names: &[&str]) -> bool {
    let calls = (0..source.lexemes.len()).filter(|at| source.is_word(*at, &["AddCommand"]));
    calls.take(FAR).any(|at| {
        let root = sign(source, at, 1, '.') && word(source, at.checked_sub(2)).is_some_and(is_root);
        let mut depth = 0_usize;
        let inside = (at + 1..at + FAR).take_while(|at| {
            match source.token(*at) {
                Some(Token::Sign('(')) => depth += 1,
                Some(Token::Sign(')')) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0
        });
        root && inside.into_iter().any(|at| at == start || source.is_word(at, names))
    })
}

/// Whether the command that is declared here takes no arguments.
fn takes_nothing(source: &Source, at: usize) -> bool {
    let needs = ["Arg", "ExactArgs", "ExactValidArgs", "MatchAll", "MinimumNArgs", "RangeArgs"];
    !(at.saturating_sub(40)..at + 40).any(|at| source.is_word(at, &needs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn found(text: &str, syntax: Syntax) -> Option<Vec<String>> {
        health(&Source::new("main", text, syntax)).map(|(words, _)| words)
    }

    #[test]
    fn flags_that_end_the_program_are_found() {
        for (text, argument) in [
            (
                "check := flag.Bool(\"healthcheck\", false, \"\")\nfunc main() { if *check { os.Exit(ask()) } }",
                "--healthcheck",
            ),
            (
                "func main() { flag.BoolVar(&check, \"health-check\", false, \"\"); if check { ask(); return } }",
                "--health-check",
            ),
            (
                "pflag.BoolVarP(&o.Check, \"healthcheck\", \"c\", false, \"\")\nif o.Check { if err != nil { os.Exit(1) }\nos.Exit(0) }",
                "--healthcheck",
            ),
        ] {
            assert_eq!(found(text, Syntax::Go), Some(vec![argument.to_owned()]), "{text}");
        }
        let clap = "struct A { #[arg(long)]\n health_check: bool }\nfn main() { if args.health_check { return ask() } }";
        assert_eq!(found(clap, Syntax::Rust), Some(vec!["--health-check".to_owned()]));
    }

    #[test]
    fn subcommands_are_found() {
        for (text, argument) in [
            ("rootCmd.AddCommand(&cobra.Command{Use: \"health\", Short: \"x\"})", "health"),
            ("var c = &cobra.Command{Use: \"health\"}\nfunc init() { rootCmd.AddCommand(c) }", "health"),
            (
                "func newHealth() *cobra.Command { return &cobra.Command{Use: \"health\"} }\nfunc x() { root.AddCommand(a, newHealth()) }",
                "health",
            ),
            ("app.Command(\"health\", \"asks\")", "health"),
            ("if os.Args[1] == \"healthcheck\" {", "healthcheck"),
            ("switch os.Args[1] { case \"serve\": x(); case \"healthcheck\": }", "healthcheck"),
            ("args := flag.Args()\nswitch args[0] {\ncase \"healthcheck\": }", "healthcheck"),
            ("switch flag.Arg(0) { case \"healthcheck\": }", "healthcheck"),
        ] {
            assert_eq!(found(text, Syntax::Go), Some(vec![argument.to_owned()]), "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_is_not() {
        for text in [
            "mux.HandleFunc(\"/health\", f)",
            "flag.String(\"healthcheck\", \"\", \"\")",
            "c := flag.Bool(\"healthcheck\", true, \"serve it\"); func main() { if *c { os.Exit(0) } }",
            "c := flag.Bool(\"healthcheck\", false, \"serve it\")",
            "c := flag.Bool(\"healthcheck\", false, \"\"); func main() { if *c { mux.Handle(h) } }",
            "c := flag.Bool(\"healthcheck\", false, \"\"); func main() { if *c { h(func() { return }) } }",
            "c := flag.Bool(\"healthcheck\", false, \"\"); func main() { if !*c { return } }",
            "c := flag.Bool(\"healthcheck\", false, \"\"); func handler() { if *c { return } }",
            "exec.Command(\"health\")",
            "cluster.Command(\"health\")",
            "case \"health\":",
            "switch r.Get(\"kind\") { case \"healthcheck\": x() }",
            "switch os.Args[1] { case \"x\": }; switch r.Get(\"kind\") { case \"healthcheck\": }",
            "rootCmd.AddCommand(&cobra.Command{Use: \"health\", Args: cobra.ExactArgs(1)})",
            "rootCmd.AddCommand(&cobra.Command{Use: \"health URL\"})",
            "var health = &cobra.Command{Use: \"health\"}; func init() { cluster.AddCommand(health) }",
            "var health = &Command{Use: \"health\"}; func init() { rootCmd.AddCommand(health) }",
            "&cobra.Command{Use: \"health\"}",
        ] {
            assert_eq!(found(text, Syntax::Go), None, "{text}");
        }
        let clap = "#[arg(long, default_value_t = true)]\n healthcheck: bool";
        assert_eq!(found(clap, Syntax::Rust), None);
        assert_eq!(found("#[arg(long)]\n healthcheck: bool", Syntax::Rust), None);
    }
}
