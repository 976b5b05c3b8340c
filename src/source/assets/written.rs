//! Files and folders that a program makes by itself, where it names them relative to where it runs.

use super::context::{function, outer_call};
use crate::repo::normal;
use crate::source::Source;
use crate::source::lexer::Token;

/// Endings of files that a program writes.
pub(super) const ENDINGS: &[&str] = &[".db", ".sqlite", ".sqlite3"];

/// Functions that make a file, and what each belongs to.
const FILES: &[(&str, &str)] = &[
    ("os", "Create"),
    ("os", "OpenFile"),
    ("os", "WriteFile"),
    ("ioutil", "WriteFile"),
    ("File", "create"),
    ("File", "create_new"),
    ("fs", "write"),
];

/// Functions that make a folder, and what each belongs to.
const FOLDERS: &[(&str, &str)] = &[
    ("os", "Mkdir"),
    ("os", "MkdirAll"),
    ("fs", "Mkdir"),
    ("fs", "MkdirAll"),
    ("fs", "create_dir"),
    ("fs", "create_dir_all"),
];

/// Folders' functions that are mostly imported by their own name.
const BARE: &[&str] = &["create_dir", "create_dir_all"];

/// Flags of Go's `OpenFile` that make or change the file.
const CHANGES: &[&str] = &["O_APPEND", "O_CREATE", "O_RDWR", "O_TRUNC", "O_WRONLY"];

/// Names of folders that programs keep what they are given in.
const KEPT: &[&str] = &["cache", "data", "db", "files", "logs", "storage", "upload", "uploads"];

/// The relative path of a file, or of a folder with a slash at its end, that the string at an index
/// says is written. More may follow the path where a variable is joined to it.
pub(super) fn written(source: &Source, at: usize, text: &str, more: bool) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if text.len() > 120 || text.starts_with('/') || !text.chars().all(plain) {
        return None;
    }
    let path = normal(text).filter(|path| !path.is_empty())?;
    if ENDINGS.iter().any(|end| text.len() > end.len() && text.ends_with(end)) {
        return Some(path);
    }
    let last = path.rsplit('/').next().unwrap_or(&path);
    let kept = text.starts_with("./") && KEPT.contains(&last);
    match made(source, at) {
        Some(Made::File) if !more => Some(path),
        Some(_) => Some(format!("{path}/")),
        None => kept.then(|| format!("{path}/")),
    }
}

enum Made {
    File,
    Folder,
}

/// What the function makes that a string is the first argument of.
fn made(source: &Source, at: usize) -> Option<Made> {
    let open = outer_call(source, at)?;
    if (open..at).any(|at| source.is_sign(at, ',')) {
        return None;
    }
    let function = function(source, open);
    let is = |known: &[(&str, &str)]| match function.as_slice() {
        [name, of, ..] => known.contains(&(*of, *name)),
        _ => false,
    };
    let by_options = || {
        let words = || open.saturating_sub(30)..open;
        let last = words().rev().find(|at| source.is_word(*at, &["OpenOptions"]));
        let set = ["append", "create", "create_new", "write"];
        function.first() == Some(&"open")
            && last.is_some_and(|last| {
                let until = || (last..open).take_while(|at| !source.is_sign(*at, ';'));
                until().count() == open - last && until().any(|at| source.is_word(at, &set))
            })
    };
    let opened = function.first() == Some(&"OpenFile");
    let changes = || {
        let rest = (at + 1..at + 16).take_while(|at| !matches!(source.token(*at), Some(Token::Sign(';'))));
        rest.into_iter().any(|at| source.is_word(at, CHANGES))
    };
    let bare = || matches!(function.as_slice(), [name] if BARE.contains(name));
    if (is(FILES) && (!opened || changes())) || by_options() {
        Some(Made::File)
    } else {
        (is(FOLDERS) || bare()).then_some(Made::Folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn all(text: &str, syntax: Syntax) -> Vec<String> {
        let source = Source::new("m", text, syntax);
        let of = |at: usize| match source.token(at) {
            Some(Token::Text(text)) => written(&source, at, text, false),
            _ => None,
        };
        (0..source.lexemes.len()).filter_map(of).collect()
    }

    #[test]
    fn what_functions_make_is_written() {
        for (text, path) in [
            ("f, err := os.OpenFile(\"app.log\", os.O_CREATE|os.O_WRONLY, 0o644)", "app.log"),
            ("os.Create(\"x.txt\")", "x.txt"),
            ("os.WriteFile(\"out/x\", b, 0o644)", "out/x"),
            ("ioutil.WriteFile(\"x\", b, 0o644)", "x"),
            ("os.MkdirAll(\"uploads\", 0o755)", "uploads/"),
            ("os.Create(filepath.Join(\"logs\"))", "logs"),
            ("open(\"data/app.db\")", "data/app.db"),
        ] {
            assert_eq!(all(text, Syntax::Go), [path], "{text}");
        }
        for (text, path) in [
            ("File::create(\"x\")?", "x"),
            ("std::fs::write(\"a/x\", b)?", "a/x"),
            ("File::create(Path::new(\"x\"))?", "x"),
            ("fs::create_dir_all(\"made\")", "made/"),
            ("OpenOptions::new().create(true).append(true).open(\"x.log\")", "x.log"),
        ] {
            assert_eq!(all(text, Syntax::Rust), [path], "{text}");
        }
    }

    #[test]
    fn what_others_make_is_not() {
        for text in [
            "db.Create(\"x\")",
            "w.Write(\"x\")",
            "os.OpenFile(\"x\", os.O_RDONLY, 0)",
            "os.Create(\"/tmp/x\")",
            "os.Create(\"../x\")",
            "os.Create(\"a b\")",
            "os.WriteFile(name, \"x\", 0)",
            "client.MkdirAll(\"x\")",
        ] {
            assert!(all(text, Syntax::Go).is_empty(), "{text}");
        }
        for text in ["OpenOptions::new().read(true).open(\"x\")", "File::open(\"x\")", "x.write(\"x\")"] {
            assert!(all(text, Syntax::Rust).is_empty(), "{text}");
        }
    }
}
