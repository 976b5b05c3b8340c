//! Cuts C-like sources (Go, Rust, JavaScript, Java, Kotlin) into lexemes.

mod jvm;

/// How a language writes strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Go,
    Java,
    JavaScript,
    Kotlin,
    Rust,
}

/// One piece of a source, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Identifier or keyword.
    Word(&'a str),
    /// The inside of a string, escapes as written.
    Text(&'a str),
    /// A number as written.
    Number(&'a str),
    /// Any other sign, one character each.
    Sign(char),
}

/// A token and the line that it starts on, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexeme<'a> {
    pub token: Token<'a>,
    pub line: usize,
}

/// The lexemes of a source. Never fails: what ends too early ends with the file.
pub fn lex(source: &str, syntax: Syntax) -> Vec<Lexeme<'_>> {
    let mut lexer = Lexer { source, at: 0, line: 1, syntax, found: Vec::new() };
    while lexer.step() {}
    lexer.found
}

/// The lexemes up to and with the first one that ends the search.
pub fn lex_until<'a>(source: &'a str, syntax: Syntax, ends: impl Fn(Token) -> bool) -> Vec<Lexeme<'a>> {
    let mut lexer = Lexer { source, at: 0, line: 1, syntax, found: Vec::new() };
    let mut seen = 0;
    while lexer.step() {
        if let Some(last) = lexer.found.get(seen) {
            if ends(last.token) {
                break;
            }
            seen += 1;
        }
    }
    lexer.found
}

/// The lexemes before a Rust file's tests, which are its end by custom.
pub fn without_tests<'l, 'a>(lexemes: &'l [Lexeme<'a>]) -> &'l [Lexeme<'a>] {
    const MARK: [Token; 7] = [
        Token::Sign('#'),
        Token::Sign('['),
        Token::Word("cfg"),
        Token::Sign('('),
        Token::Word("test"),
        Token::Sign(')'),
        Token::Sign(']'),
    ];
    let is_mark = |window: &[Lexeme]| window.iter().map(|lexeme| lexeme.token).eq(MARK);
    let module =
        |at: usize| lexemes.get(at + MARK.len()).is_some_and(|next| next.token == Token::Word("mod"));
    let end = lexemes.windows(MARK.len()).enumerate().position(|(at, window)| is_mark(window) && module(at));
    &lexemes[..end.unwrap_or(lexemes.len())]
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    line: usize,
    syntax: Syntax,
    found: Vec<Lexeme<'a>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn skip(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.source.len());
        self.line += self.source[self.at..end].bytes().filter(|byte| *byte == b'\n').count();
        self.at = end;
    }

    fn push(&mut self, token: Token<'a>, bytes: usize) {
        self.found.push(Lexeme { token, line: self.line });
        self.skip(bytes);
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        let width = first.len_utf8();
        match first {
            _ if first.is_whitespace() => self.skip(width),
            '/' if rest.starts_with("//") => self.skip(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => self.skip(comment(rest, self.comments_nest())),
            '/' if self.syntax == Syntax::JavaScript && self.value_may_start() => self.pattern(rest),
            '#' if self.at == 0 && rest.starts_with("#!") && !rest.starts_with("#![") => {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            }
            '"' if self.syntax == Syntax::Java => self.text(jvm::java(rest)),
            '"' if self.syntax == Syntax::Kotlin => self.text(jvm::kotlin(rest)),
            '"' => self.string(1, "\"", true),
            '`' if self.syntax == Syntax::Kotlin => self.quoted_name(rest),
            '`' => self.string(1, "`", self.syntax == Syntax::JavaScript),
            '\'' if self.syntax == Syntax::Rust && !is_char(rest) => self.skip(1),
            '\'' => self.string(1, "'", true),
            'r' if self.syntax == Syntax::Rust && raw_fence(rest).is_some() => {
                let hashes = raw_fence(rest).unwrap_or(0);
                let close = format!("\"{}", "#".repeat(hashes));
                self.string(hashes + 2, &close, false);
            }
            _ if first.is_ascii_digit() => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                self.push(Token::Number(&rest[..end]), end);
            }
            _ if first.is_alphabetic() || first == '_' || first == '$' => {
                let end =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
                self.push(Token::Word(&rest[..end]), end);
            }
            _ => self.push(Token::Sign(first), width),
        }
        true
    }

    fn string(&mut self, open: usize, close: &str, escapes: bool) {
        let inside = &self.rest()[open..];
        let end = string_end(inside, close, escapes);
        let total = (open + end + close.len()).min(self.rest().len());
        self.push(Token::Text(&inside[..end]), total);
    }

    /// A string by the lengths of its opening, inside and closing.
    fn text(&mut self, (open, inside, close): (usize, usize, usize)) {
        let text = self.rest().get(open..open + inside).unwrap_or("");
        self.push(Token::Text(text), open + inside + close);
    }

    /// Kotlin's names between backticks.
    fn quoted_name(&mut self, rest: &'a str) {
        let inside = &rest[1..];
        match inside.find(['`', '\n']).filter(|end| inside[*end..].starts_with('`')) {
            Some(end) => self.push(Token::Word(&inside[..end]), end + 2),
            None => self.skip(1),
        }
    }

    fn comments_nest(&self) -> bool {
        matches!(self.syntax, Syntax::Kotlin | Syntax::Rust)
    }

    /// Whether a `/` here starts a regular expression rather than dividing.
    fn value_may_start(&self) -> bool {
        match self.found.last().map(|lexeme| lexeme.token) {
            None => true,
            Some(Token::Word(word)) => matches!(word, "return" | "typeof" | "case" | "in" | "of"),
            Some(Token::Sign(sign)) => !matches!(sign, ')' | ']' | '}'),
            Some(Token::Text(_) | Token::Number(_)) => false,
        }
    }

    fn pattern(&mut self, rest: &str) {
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let (mut in_class, mut escaped) = (false, false);
        for (at, c) in line.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => return self.skip(at + 1),
                _ => {}
            }
        }
        self.push(Token::Sign('/'), 1);
    }
}

/// Length of a block comment, the end marks included.
fn comment(rest: &str, nests: bool) -> usize {
    let bytes = rest.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" if depth == 0 || nests => (depth, at) = (depth + 1, at + 2),
            b"*/" => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string_end(inside: &str, close: &str, escapes: bool) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if escapes => escaped = true,
            _ if inside[at..].starts_with(close) => return at,
            _ => {}
        }
    }
    inside.len()
}

/// Whether a `'` opens a character rather than a lifetime.
fn is_char(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => true,
        (Some(_), Some(second)) => second == '\'',
        _ => false,
    }
}

/// The number of `#` of a raw string that starts here.
fn raw_fence(rest: &str) -> Option<usize> {
    let after = &rest[1..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(source: &str, syntax: Syntax) -> Vec<String> {
        let shape = |lexeme: Lexeme| match lexeme.token {
            Token::Word(word) => word.to_owned(),
            Token::Text(text) => format!("<{text}>"),
            Token::Number(number) => number.to_owned(),
            Token::Sign(sign) => sign.to_string(),
        };
        lex(source, syntax).into_iter().map(shape).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let go = "// import \"C\"\nx := `a\nb` /* y */ + \"q\\\"r\"";
        assert_eq!(shapes(go, Syntax::Go), ["x", ":", "=", "<a\nb>", "+", "<q\\\"r>"]);
    }

    #[test]
    fn lines_count_through_strings_and_comments() {
        let last = lex("/*\n*/ `\n` x", Syntax::Go).pop().unwrap();
        assert_eq!((last.token, last.line), (Token::Word("x"), 3));
    }

    #[test]
    fn a_regular_expression_is_skipped_and_a_division_is_not() {
        assert_eq!(shapes("a = /[/\"]/g", Syntax::JavaScript), ["a", "=", "g"]);
        assert_eq!(shapes("a / b / c", Syntax::JavaScript), ["a", "/", "b", "/", "c"]);
    }

    #[test]
    fn rust_lifetimes_and_raw_strings() {
        assert_eq!(
            shapes("&'a str r#\"x\"y\"# 'z' /* /* */ */", Syntax::Rust),
            ["&", "a", "str", "<x\"y>", "<z>"]
        );
    }

    #[test]
    fn java_text_blocks_characters_and_annotations() {
        let java = "@A(\"x\") '\"' \"\"\"\n main(\"q\") \\\"\"\" \"\"\" + \"\" b";
        let block = "<\n main(\"q\") \\\"\"\" >";
        assert_eq!(shapes(java, Syntax::Java), ["@", "A", "(", "<x>", ")", "<\">", block, "+", "<>", "b"]);
        assert_eq!(shapes("\"open\nb", Syntax::Java), ["<open>", "b"]);
    }

    #[test]
    fn kotlin_templates_raw_strings_names_and_comments() {
        let of = |source| shapes(source, Syntax::Kotlin);
        assert_eq!(of("\"a ${m[\"k\"] ?: { \"}\" }} z\" b"), ["<a ${m[\"k\"] ?: { \"}\" }} z>", "b"]);
        assert_eq!(of("\"\"\"a\\\"\"\" b"), ["<a\\>", "b"]);
        assert_eq!(of("\"\"\"\"q\"\"\"\" b"), ["<\"q\">", "b"]);
        assert_eq!(of("/* /* */ x */ `a b` '\"' \"$x\""), ["a b", "<\">", "<$x>"]);
        assert_eq!(of("\"\" + \"$\" c"), ["<>", "+", "<$>", "c"]);
    }

    #[test]
    fn tests_at_the_end_are_left_out() {
        let lexemes = lex("fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }", Syntax::Rust);
        assert_eq!(without_tests(&lexemes).len(), 6);
    }

    #[test]
    fn what_ends_too_early_ends_with_the_file() {
        for source in [
            "\"abc",
            "/* x",
            "`",
            "'",
            "r#\"",
            "/",
            "\"\\",
            "\"\"\"",
            "\"\"\"\"\"",
            "\"${",
            "\"${\"ü",
            "\"\\ü",
        ] {
            for syntax in [Syntax::Go, Syntax::Java, Syntax::JavaScript, Syntax::Kotlin, Syntax::Rust] {
                lex(source, syntax);
            }
        }
    }
}
