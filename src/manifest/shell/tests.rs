use super::*;

#[test]
fn words_and_quotes() {
    let of = |script| words(script).unwrap();
    assert_eq!(of("node  'a b'.js \"c d\" e\\ f ''"), ["node", "a b.js", "c d", "e f", ""]);
    assert_eq!(of("a#b c~d \"e\\\"f\" 50% \"*\" $"), ["a#b", "c~d", "e\"f", "50%", "*", "$"]);
    assert_eq!(of(""), Vec::<String>::new());
}

#[test]
fn commands_and_how_they_are_joined() {
    let commands = script("a 1 && b; c | d 2>&1 & e || f").unwrap();
    let found: Vec<_> = commands.iter().map(|command| (command.join, command.text.as_str())).collect();
    let expected = [
        (Join::First, "a 1"),
        (Join::And, "b"),
        (Join::Then, "c"),
        (Join::Pipe, "d 2>&1"),
        (Join::Beside, "e"),
        (Join::Or, "f"),
    ];
    assert_eq!(found, expected);
    assert_eq!(commands[3].words, [Word::plain("d")]);
    assert_eq!(script("a;").unwrap().len(), 1);
}

#[test]
fn variables_and_their_defaults() {
    let of = |text| script(text).unwrap().remove(0).words.remove(0);
    let port = of("-p=${PORT:-3000}");
    assert_eq!((port.value.as_str(), port.open), ("-p=3000", false));
    assert_eq!(port.variables, ["PORT"]);
    let port = of("\"$PORT\"x");
    assert_eq!((port.text.as_str(), port.value.as_str(), port.open), ("$PORTx", "x", true));
    assert_eq!(of("%PORT%").variables, ["PORT"]);
    assert_eq!(of("$(date +%s)").shell.as_deref(), Some("`$(`"));
    assert_eq!(of("${A:+b}").shell.as_deref(), Some("`$`"));
}

#[test]
fn what_needs_a_shell_is_named() {
    let why = |script| words(script).unwrap_err();
    assert_eq!(why("a && b"), "`&&`");
    assert_eq!(why("a || b"), "`||`");
    assert_eq!(why("a & b"), "`&`");
    assert_eq!(why("node $X"), "`$X`");
    assert_eq!(why("node \"$X\""), "`$X`");
    assert_eq!(why("node `x`"), "```");
    assert_eq!(why("node *.js"), "`*`");
    assert_eq!(why("node x > y"), "`>`");
    assert_eq!(why("~/x"), "`~`");
    assert_eq!(why("node 'x"), "an open quote");
    assert_eq!(why("(a)"), "`(`");
    assert_eq!(why("a;;"), "`;;`");
    assert_eq!(why("a\nb"), "`\\n`");
}
