//! How a string stands in its source: which call it is an argument of, what it is assigned to.

use crate::source::Source;
use crate::source::lexer::Token;

/// How many lexemes back the start of a call is looked for.
const NEAR: usize = 40;

/// Functions that a path goes through on its way to the one that is meant.
const WRAPPERS: &[&str] = &["Abs", "Clean", "FromSlash", "Join"];

/// Functions that are named for what they make: the word before says it.
const MAKERS: &[&str] = &["Load", "New", "Open", "from", "load", "new", "open", "with_name"];

/// Words in the names of functions and variables that have to do with files.
const PLACES: &[&str] = &[
    "conf",
    "config",
    "configuration",
    "dir",
    "directory",
    "dirs",
    "exists",
    "file",
    "files",
    "folder",
    "fs",
    "glob",
    "html",
    "location",
    "metadata",
    "open",
    "path",
    "paths",
    "read",
    "root",
    "serve",
    "settings",
    "stat",
    "walk",
    "www",
];

/// The same, by how they begin.
const BEGIN: &[&str] = &["asset", "migrat", "public", "static", "template", "view"];

/// Words in the names of functions whose argument is no path.
const ELSEWHERE: &[&str] = &[
    "cookie", "execute", "field", "form", "handle", "header", "key", "lookup", "param", "prefix", "query",
    "redirect", "route", "sub", "url", "value",
];

/// The words of a call's function, the last first: `http.Dir(` is `Dir`, `http`.
pub(super) fn function<'a>(source: &Source<'a>, open: usize) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut at = open;
    while let Some(Token::Word(word)) = at.checked_sub(1).and_then(|at| source.token(at)) {
        words.push(word);
        let is = |back: usize, sign: char| at.checked_sub(back).is_some_and(|at| source.is_sign(at, sign));
        at = match (is(2, '.'), is(2, ':') && is(3, ':')) {
            (true, _) => at - 2,
            (_, true) => at - 3,
            _ => break,
        };
        if words.len() == 4 {
            break;
        }
    }
    words
}

/// The `(` of the innermost call that an argument belongs to; none where it is in a literal of a
/// list or a map.
pub(super) fn call(source: &Source, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in (at.saturating_sub(NEAR)..at).rev() {
        match source.token(at)? {
            Token::Sign(')' | '}' | ']') => depth += 1,
            Token::Sign(sign @ ('(' | '{' | '[')) => match (depth, sign) {
                (0, '(') => return Some(at),
                (0, _) => return None,
                _ => depth -= 1,
            },
            _ => {}
        }
    }
    None
}

/// As [`call`], past functions that only put a path together.
pub(super) fn outer_call(source: &Source, at: usize) -> Option<usize> {
    let mut open = call(source, at)?;
    for _ in 0..3 {
        let wraps = match function(source, open).as_slice() {
            ["from" | "new", "Path" | "PathBuf", ..] => true,
            [first, ..] => WRAPPERS.contains(first),
            [] => false,
        };
        if !wraps {
            break;
        }
        open = call(source, open)?;
    }
    Some(open)
}

/// Whether a function is one of these, by its name or that of what it makes.
pub(super) fn is_one_of(function: &[&str], names: &[&str]) -> bool {
    match function {
        ["Dir", "filepath" | "path", ..] => false,
        [first, of, ..] if MAKERS.contains(first) => names.contains(first) || names.contains(of),
        [first, ..] => names.contains(first),
        [] => false,
    }
}

/// Whether a string that is one plain word stands where a folder's or file's name does.
pub(super) fn is_place(source: &Source, at: usize, text: &str) -> bool {
    !is_key(source, at) && (is_argument(source, at, text) || is_default(source, at) || is_set(source, at))
}

/// A key of a map or field, an index, or an arm.
fn is_key(source: &Source, at: usize) -> bool {
    let indexed = at >= 2
        && source.is_sign(at - 1, '[')
        && source.is_sign(at + 1, ']')
        && matches!(source.token(at - 2), Some(Token::Word(_) | Token::Sign(')' | ']')));
    indexed || source.is_sign(at + 1, ':') || source.is_sign(at + 1, '=')
}

/// An argument of a function that has to do with files, or of `Join`.
fn is_argument(source: &Source, at: usize, text: &str) -> bool {
    let Some(open) = call(source, at) else { return false };
    let function = function(source, open);
    match function.as_slice() {
        ["Join" | "join", rest @ ..] => !matches!(rest, ["strings", ..]) && is_part(source, open, at),
        [first, rest @ ..] => {
            let named = |name: &str| names_place(name) || names_itself(name, text);
            let elsewhere = words(first).iter().any(|word| ELSEWHERE.contains(&word.as_str()));
            let of = || MAKERS.contains(first) && rest.first().is_some_and(|of| named(of));
            !elsewhere && (named(first) || of())
        }
        [] => false,
    }
}

/// Whether a part of a joined path is looked for by itself: no string stands before it.
fn is_part(source: &Source, open: usize, at: usize) -> bool {
    let is_text = |at: usize| matches!(source.token(at), Some(Token::Text(_)));
    // `"static").join(`
    let chained = open >= 4 && source.is_sign(open - 3, ')') && is_text(open - 4);
    !chained && !(open + 1..at).any(is_text)
}

/// The default of a flag or variable that is named for a place.
fn is_default(source: &Source, at: usize) -> bool {
    let before = |at: usize| match source.token(at) {
        Some(Token::Text(text) | Token::Word(text)) => names_place(text) && !text.starts_with('/'),
        _ => false,
    };
    let near = || (at.saturating_sub(12)..at).any(before);
    let after = || (at + 1..at + 16).any(before);
    if source.is_word(at.saturating_sub(2), &["default_value", "default_value_t"]) {
        return near() || after();
    }
    let Some(open) = call(source, at) else { return false };
    let function = function(source, open);
    let Some(name) = function.first().map(|name| name.to_ascii_lowercase()) else { return false };
    if name.starts_with("unwrap_or") {
        return near();
    }
    let is_flag = name.starts_with("string") && source.is_sign(at + 1, ',');
    let reads = || ["env", "default"].iter().any(|part| name.contains(part)) && (open + 1..at).any(before);
    // A flag says what it is for in its name, its variable, or its description.
    let says = || (open.saturating_sub(6)..at).any(before) || before(at + 2);
    (is_flag && says()) || reads()
}

/// `dir := "data"`, `const STATIC_DIR: &str = "static"`, `Root: "public"`.
fn is_set(source: &Source, at: usize) -> bool {
    let word = |at: Option<usize>| match at.and_then(|at| source.token(at)) {
        Some(Token::Word(word)) => Some(word),
        _ => None,
    };
    let sign = |back: usize, sign: char| at.checked_sub(back).is_some_and(|at| source.is_sign(at, sign));
    let name = match (sign(1, '='), sign(1, ':')) {
        (true, _) if sign(2, ':') => word(at.checked_sub(3)),
        (true, _) => {
            let typed = (at.saturating_sub(8)..at).rev().find(|at| source.is_sign(*at, ':'));
            match (typed, word(at.checked_sub(2))) {
                (_, Some("string")) => word(at.checked_sub(3)),
                (Some(colon), Some("str" | "String" | "PathBuf" | "Path")) => word(colon.checked_sub(1)),
                (_, name) => name,
            }
        }
        (_, true) if !sign(2, ':') => word(at.checked_sub(2)),
        _ => None,
    };
    name.is_some_and(names_place)
}

/// Whether a name has to do with files.
fn names_place(name: &str) -> bool {
    let is = |word: &String| {
        PLACES.contains(&word.as_str())
            || BEGIN.iter().any(|begin| word.starts_with(begin))
            || ["dir", "path", "folder", "root"].iter().any(|end| word.ends_with(end))
    };
    words(name).iter().any(is)
}

/// Whether a function is named for this very folder: `LoadTranslations("translations")`.
fn names_itself(name: &str, text: &str) -> bool {
    text != "data" && words(name).iter().any(|word| word.len() >= 4 && text.starts_with(word.as_str()))
}

/// The words of a name in small letters: `LoadHTMLGlob` is `load`, `html`, `glob`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().take(200).collect();
    let mut found: Vec<String> = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                let small = |letter: &char| letter.is_lowercase();
                !before.is_uppercase() || letters.get(at + 1).is_some_and(small)
            });
        if starts || !letter.is_alphanumeric() {
            found.push(String::new());
        }
        if let Some(last) = found.last_mut().filter(|_| letter.is_alphanumeric()) {
            last.extend(letter.to_lowercase());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    /// Whether the last `"data"` of a source stands for a place.
    fn place(text: &str, syntax: Syntax) -> bool {
        let source = Source::new("m", text, syntax);
        let at = source.lexemes.iter().rposition(|lexeme| lexeme.token == Token::Text("data")).unwrap();
        is_place(&source, at, "data")
    }

    #[test]
    fn words_of_names() {
        assert_eq!(words("LoadHTMLGlob"), ["load", "html", "glob"]);
        assert_eq!(words("STATIC_DIR"), ["static", "dir"]);
        assert_eq!(words("staticFS"), ["static", "fs"]);
        assert_eq!(words("ÄÖ-é"), ["äö", "é"]);
    }

    #[test]
    fn a_word_that_stands_for_a_folder() {
        for text in [
            "os.ReadDir(\"data\")",
            "http.FileServer(http.Dir(\"data\"))",
            "filepath.Join(base, \"data\")",
            "filepath.Join(\"data\", name)",
            "dir := \"data\"",
            "var dir string = \"data\"",
            "if dir == \"\" { dir = \"data\" }",
            "Config{RootDir: \"data\"}",
            "flag.String(\"dir\", \"data\", \"where files are\")",
            "flag.String(\"t\", \"data\", \"Path to it\")",
            "root := flag.String(\"t\", \"data\", \"\")",
            "flag.StringVar(&dir, \"d\", \"data\", \"where\")",
            "getEnv(\"DATA_DIR\", \"data\")",
            "os.Stat(\"data\")",
            "v.AddConfigPath(\"data\")",
        ] {
            assert!(place(text, Syntax::Go), "{text}");
        }
        for text in [
            "fs::read_dir(\"data\")",
            "ServeDir::new(\"data\")",
            "const DATA_DIR: &'static str = \"data\";",
            "env::var(\"DATA_DIR\").unwrap_or_else(|_| \"data\".to_string())",
            "#[arg(long, default_value = \"data\")] root: PathBuf",
            "root.join(\"data\")",
            "Path::new(\"data\")",
        ] {
            assert!(place(text, Syntax::Rust), "{text}");
        }
    }

    #[test]
    fn a_word_that_is_only_a_word() {
        for text in [
            "map[string]any{\"data\": 1}",
            "x[\"data\"]",
            "Encode([]string{\"data\"})",
            "x(\"data\")",
            "kind := \"data\"",
            "Column{Name: \"data\"}",
            "zap.String(\"dir\", \"data\")",
            "r.FormFile(\"data\")",
            "r.PathValue(\"data\")",
            "strings.Join(x, \"data\")",
            "filepath.Join(\"/var\", \"data\")",
            "fs.Sub(files, \"data\")",
            "if \"data\" == dir {",
            "[]byte(\"data\")",
        ] {
            assert!(!place(text, Syntax::Go), "{text}");
        }
        for text in [
            "Path::new(\"x\").join(\"data\")",
            "static KEY: &str = \"data\";",
            "match dir { \"data\" => 1 }",
            "json!({\"data\": 1})",
        ] {
            assert!(!place(text, Syntax::Rust), "{text}");
        }
    }
}
