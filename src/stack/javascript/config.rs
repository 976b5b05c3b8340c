//! What a file of JavaScript or JSON sets a key to, as far as it says so without being run.

use crate::repo::join;
use crate::source::Source;
use crate::source::lexer::Token;

/// The value of a key that names a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) enum Said {
    Path {
        path: String,
        /// Whether it starts at the file, rather than where the script is started.
        at_file: bool,
        /// Whether it is an absolute path when it is used, so that no base folder is put before it.
        absolute: bool,
    },
    /// What only a run tells, and its line.
    Unread(usize),
}

/// What a key is set to, its names from the outside in; `None` where it is not set.
pub(in crate::stack) fn said(source: &Source, key: &str) -> Option<Said> {
    let names: Vec<&str> = key.split('.').collect();
    let (at, found) = outermost(source, &names, usize::MAX)?;
    Some(found.map_or_else(|| Said::Unread(line(source, at)), |at| evaluate(source, at)))
}

/// What the key of a base folder is set to: only near the top, where no plugin's options are.
pub(in crate::stack) fn base(source: &Source, key: &str) -> Option<Said> {
    let (at, found) = outermost(source, &[key], 3)?;
    Some(found.map_or_else(|| Said::Unread(line(source, at)), |at| evaluate(source, at)))
}

/// Whether a key is set to this string or word.
pub(in crate::stack) fn is(source: &Source, key: &str, value: &str) -> bool {
    let found = place(source, key, usize::MAX).and_then(|(_, at)| at);
    found.is_some_and(|at| is_name(source, at, value))
}

/// Where a key is set, no deeper than this, and where its value starts; no value where the key stands
/// for a variable of its name.
pub(in crate::stack) fn place(source: &Source, key: &str, deepest: usize) -> Option<(usize, Option<usize>)> {
    let names: Vec<&str> = key.split('.').collect();
    outermost(source, &names, deepest)
}

fn line(source: &Source, at: usize) -> usize {
    source.lexemes.get(at).map_or(1, |lexeme| lexeme.line)
}

fn is_name(source: &Source, at: usize, name: &str) -> bool {
    matches!(source.token(at), Some(Token::Word(text) | Token::Text(text)) if text == name)
}

/// Where the outermost of the places with this key is, and where its value starts; no value where
/// the key stands for a variable of its name.
fn outermost(source: &Source, names: &[&str], deepest: usize) -> Option<(usize, Option<usize>)> {
    let (first, rest) = names.split_first()?;
    let mut best: Option<(usize, (usize, Option<usize>))> = None;
    let mut depth = 0_usize;
    for (at, lexeme) in source.lexemes.iter().enumerate() {
        match lexeme.token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_set = source.is_sign(at + 1, ':')
            || (source.is_sign(at + 1, '=') && !source.is_sign(at + 2, '=') && !source.is_sign(at + 2, '>'));
        let nearer = best.as_ref().is_none_or(|(known, _)| depth < *known);
        if !is_set || !nearer || depth > deepest || !is_name(source, at, first) {
            continue;
        }
        let found = if rest.is_empty() { Some((at, Some(at + 2))) } else { within(source, at + 2, rest) };
        best = found.map(|found| (depth, found)).or(best);
    }
    best.map(|(_, found)| found)
}

/// The same in the object that starts here, and in no object of it.
fn within(source: &Source, open: usize, names: &[&str]) -> Option<(usize, Option<usize>)> {
    let (first, rest) = names.split_first()?;
    let open = if source.is_sign(open, '[') { open + 1 } else { open };
    if !source.is_sign(open, '{') {
        return None;
    }
    let mut depth = 0_usize;
    for at in open + 1..source.lexemes.len() {
        match source.token(at)? {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') if depth == 0 => return None,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        let starts = source.is_sign(at - 1, ',') || source.is_sign(at - 1, '{');
        if depth > 0 || !starts || !is_name(source, at, first) {
            continue;
        }
        if source.is_sign(at + 1, ':') {
            return if rest.is_empty() { Some((at, Some(at + 2))) } else { within(source, at + 2, rest) };
        }
        return Some((at, None));
    }
    None
}

/// Words of expressions that only put a path together.
const KNOWN: &[&str] = &[
    "URL",
    "__dirname",
    "cwd",
    "dirname",
    "fileURLToPath",
    "import",
    "join",
    "meta",
    "new",
    "normalize",
    "path",
    "pathname",
    "process",
    "resolve",
    "url",
];

/// The path that an expression makes of strings and of the places that it starts at.
fn evaluate(source: &Source, start: usize) -> Said {
    let unread = Said::Unread(line(source, start));
    let (mut depth, mut parts, mut words) = (0_usize, Vec::new(), Vec::new());
    let mut last = line(source, start);
    for lexeme in source.lexemes.iter().skip(start) {
        let begins = depth == 0 && lexeme.line > last && !(parts.is_empty() && words.is_empty());
        last = lexeme.line;
        match lexeme.token {
            Token::Sign(',' | '}' | ';' | ')' | ']') if depth == 0 => break,
            // A statement without a semicolon ends with its line.
            Token::Word(_) if begins => break,
            Token::Text(text) => parts.push(text),
            Token::Word(word) if KNOWN.contains(&word) => words.push(word),
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            Token::Sign('.' | ',') => {}
            _ => return unread,
        }
    }
    let has = |word: &str| words.contains(&word);
    let rooted = parts.iter().any(|part| part.starts_with('/'));
    // An absolute path is nobody's but the machine's; `dirname` of a folder is the one above.
    if (rooted && (!has("join") || has("resolve"))) || (has("dirname") && has("__dirname")) {
        return unread;
    }
    let path = parts.iter().fold(String::new(), |path, part| join(&path, part.trim_start_matches('/')));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !path.chars().all(plain) || (path.is_empty() && words.is_empty()) {
        return unread;
    }
    let at_file = has("__dirname") || has("meta");
    Said::Path { path, at_file, absolute: at_file || has("resolve") || has("cwd") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn path(text: &str, key: &str) -> Option<Result<String, usize>> {
        match said(&Source::new("vite.config.ts", text, Syntax::JavaScript), key)? {
            Said::Path { path, .. } => Some(Ok(path)),
            Said::Unread(line) => Some(Err(line)),
        }
    }

    #[test]
    fn paths_that_are_put_together() {
        let said =
            |value: &str| path(&format!("export default {{ build: {{ outDir: {value} }} }}"), "build.outDir");
        assert_eq!(said("'../internal/web/dist'"), Some(Ok("../internal/web/dist".into())));
        assert_eq!(said("path.resolve(__dirname, \"..\", 'dist'), minify: true"), Some(Ok("../dist".into())));
        assert_eq!(said("fileURLToPath(new URL('../x', import.meta.url))"), Some(Ok("../x".into())));
        assert_eq!(said("process.cwd()"), Some(Ok(String::new())));
        for value in [
            "process.env.LIB ? \"lib\" : \"dist\"",
            "a || \"dist\"",
            "\"a\" + \"b\"",
            "`${base}/dist`",
            "OUT",
            "\"/srv/www\"",
            "path.resolve(\"/srv\", \"www\")",
            "path.join(path.dirname(__dirname), \"x\")",
            "\"a b\"",
            "\"\"",
        ] {
            assert_eq!(said(value), Some(Err(1)), "{value}");
        }
        assert_eq!(path("export default { build: {\n outDir } }", "build.outDir"), Some(Err(2)));
    }

    #[test]
    fn a_key_is_where_it_belongs() {
        let text =
            "defineConfig({ plugins: [pwa({ outDir: 'x' })], build: { lib: { outDir: 'y' }, outDir: 'z' } })";
        assert_eq!(path(text, "build.outDir"), Some(Ok("z".into())));
        assert_eq!(path("defineConfig({ plugins: [pwa({ outDir: 'x' })] })", "build.outDir"), None);
        assert_eq!(
            path("module.exports = {\n  \"outputDir\": \"../static\",\n}", "outputDir"),
            Some(Ok("../static".into()))
        );
        assert_eq!(path("const outdir = \"a\"\nbuild({ outdir })", "outdir"), Some(Ok("a".into())));
        assert_eq!(path("export default { output: [{ dir: 'a' }] }", "output.dir"), Some(Ok("a".into())));
        let source = |text| Source::new("vite.config.ts", text, Syntax::JavaScript);
        assert!(base(&source("defineConfig({ plugins: [x({ root: 'a' })] })"), "root").is_none());
        assert!(base(&source("defineConfig(({ mode }) => { return { root: 'a' } })"), "root").is_some());
        assert!(is(&source("export default { output: 'export' }"), "output", "export"));
        assert!(is(&source("export default { ssr: false } satisfies Config"), "ssr", "false"));
    }
}
