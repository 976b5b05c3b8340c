//! Files and folders that a program makes by itself, as far as its sources name them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::plan::Planning;
use super::script::Start;
use super::ship::place;
use super::sources::Sources;
use crate::evidence::Evidence;
use crate::repo::{Repo, join, normal, parent};
use crate::service::Service;
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};
use crate::source::listen::is_test;
use crate::source::programs::first_few;
use crate::stack::javascript::within;

/// Functions that make the file that is their first argument.
const FILES: &[&str] = &[
    "Database",
    "DatabaseSync",
    "FileAsync",
    "FileSync",
    "JSONFile",
    "JSONFilePreset",
    "JSONFileSync",
    "JSONFileSyncPreset",
    "appendFile",
    "appendFileSync",
    "createWriteStream",
    "destination",
    "outputFile",
    "outputFileSync",
    "outputJson",
    "outputJsonSync",
    "writeFile",
    "writeFileSync",
];

/// Those that make the folder.
const FOLDERS: &[&str] = &["ensureDir", "ensureDirSync", "mkdir", "mkdirSync", "mkdirp", "mkdirpSync"];

/// Keys of options that name what is written, by the words of which one is in the function's name.
const KEYS: &[(&str, &[&str], bool)] = &[
    ("dest", &["multer"], true),
    ("destination", &["diskStorage"], true),
    ("dirname", &["File", "DailyRotateFile"], true),
    ("filename", &["File", "DailyRotateFile"], false),
    ("tempFileDir", &["fileUpload"], true),
    ("uploadDir", &["formidable"], true),
];

/// Endings of files that a program writes wherever they are named.
const ENDINGS: &[&str] = &[".db", ".sqlite", ".sqlite3"];

/// Programs that write more folders than this are given the first of them.
const MOST: usize = 20;

/// What is written, below the repository.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Folders, outermost only.
    pub folders: Vec<(String, Evidence)>,
    /// Files right in the folder that the program is started in.
    pub beside: Vec<(String, Evidence)>,
}

/// What the sources of a program write, which is started in a folder; `built` where other files than
/// these are started.
///
/// # Errors
/// When a source cannot be read.
pub(super) fn written(repo: &Repo, folder: &str, files: &[String], built: bool) -> Result<Written> {
    let (mut folders, mut beside) = (BTreeMap::new(), BTreeMap::new());
    for file in files.iter().filter(|file| !is_test(file)) {
        let Some(text) = repo.source(file)? else { continue };
        let source = Source::new(file, &text, Syntax::JavaScript);
        for at in 0..source.lexemes.len() {
            let Some((path, is_folder)) = named(&source, at) else { continue };
            if path.at_file && built {
                continue;
            }
            let base = if path.at_file { parent(file) } else { folder };
            let Some(full) = normal(&join(base, &path.text)).filter(|full| is_path(full)) else { continue };
            let line = source.lexemes.get(at).map_or(1, |lexeme| lexeme.line);
            let evidence = source.evidence("written file", line);
            let above = if is_folder { full.as_str() } else { parent(&full) };
            match above.is_empty() || within(folder, above) {
                true if !is_folder => drop(beside.entry(full).or_insert(evidence)),
                true => {}
                false => drop(folders.entry(above.to_owned()).or_insert(evidence)),
            }
        }
    }
    let known: Vec<String> = folders.keys().cloned().collect();
    let is_outermost = |folder: &String| !known.iter().any(|other| other != folder && within(folder, other));
    let folders = folders.into_iter().filter(|(folder, _)| is_outermost(folder)).collect();
    Ok(Written { folders, beside: beside.into_iter().collect() })
}

impl Planning<'_> {
    /// The folders in the image that the program writes to and that it may be given empty. Says of the
    /// others, and of files right beside the program, that its user may not write there.
    pub(super) fn written(
        &self,
        start: &Start,
        sources: &Sources,
        service: &mut Service,
    ) -> Result<Vec<String>> {
        let folder = join(&self.candidate.folder, &start.folder);
        let written = written(self.repo, &folder, &sources.files, !sources.found)?;
        let (mut free, mut taken) = (Vec::new(), Vec::new());
        for (folder, evidence) in written.folders {
            let files =
                if self.repo.git_ignores(&folder)? { Vec::new() } else { self.repo.files(&folder, 10)? };
            let is_kept = |file: &String| file.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
            let list = if files.iter().all(is_kept) && free.len() < MOST { &mut free } else { &mut taken };
            list.push((folder, evidence));
        }
        let volume = |(folder, evidence): &(String, Evidence)| {
            format!(
                "{} writes below `{folder}`: `{}` is a volume; name it when the container is started to keep what is in it",
                evidence.place(),
                place(folder)
            )
        };
        let mount = |(folder, evidence): &(String, Evidence)| {
            format!(
                "{} writes below `{folder}`: mount a volume that user 65532 may write at `{}`",
                evidence.place(),
                place(folder)
            )
        };
        let beside = |(path, evidence): &(String, Evidence)| {
            format!(
                "{} writes `{path}` into its working directory, where user 65532 may not: name it a path below /tmp or a volume",
                evidence.place()
            )
        };
        let warnings = &mut service.warnings;
        warnings
            .extend(first_few(free.iter().map(volume), |more| format!("and {more} more that are volumes")));
        warnings.extend(first_few(taken.iter().map(mount), |more| {
            format!("and {more} more folders that it writes to")
        }));
        warnings.extend(first_few(written.beside.iter().map(beside), |more| {
            format!("and {more} more that it writes there")
        }));
        Ok(free.into_iter().map(|(folder, _)| place(&folder)).collect())
    }
}

fn is_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    !path.is_empty() && path.len() < 120 && !path.contains("node_modules") && path.chars().all(plain)
}

/// A path that a source puts together.
#[derive(Clone, Debug, Default)]
struct Named {
    text: String,
    /// Whether it starts at the file that says it.
    at_file: bool,
    /// Whether more follows that only a run tells.
    more: bool,
}

/// What is written by what stands at an index, and whether it is a folder.
fn named(source: &Source, at: usize) -> Option<(Named, bool)> {
    match source.token(at)? {
        Token::Word(name) if source.is_sign(at + 1, '(') => {
            let is_folder = FOLDERS.contains(&name);
            if !is_folder && !FILES.contains(&name) {
                return None;
            }
            let path = evaluate(source, at + 2, 0)?;
            // `destination({ dest: … })` and `new Database(name)` have other meanings elsewhere.
            let is_sure = is_folder || path.more || path.text.contains('.');
            is_sure.then(|| parts(path, is_folder)).flatten()
        }
        Token::Word(name) if source.is_sign(at + 1, ':') => {
            let (_, functions, is_folder) = KEYS.iter().find(|(key, ..)| *key == name)?;
            if !is_option_of(source, at, functions) {
                return None;
            }
            match called_back(source, at + 2) {
                Some(at) => parts(evaluate(source, at, 0)?, true),
                None => parts(evaluate(source, at + 2, 0)?, *is_folder),
            }
        }
        Token::Text(text) => {
            let text = text.strip_prefix("file:").or(text.strip_prefix("sqlite:")).unwrap_or(text);
            let text = text.trim_start_matches("//");
            let is_database = ENDINGS.iter().any(|end| text.len() > end.len() && text.ends_with(end));
            let before = at.checked_sub(1).and_then(|at| source.token(at));
            // A part of a path is read where the path begins.
            let is_part = before == Some(Token::Sign(','));
            (is_database && !is_part && !text.starts_with('/'))
                .then(|| (Named { text: text.to_owned(), ..Named::default() }, false))
        }
        _ => None,
    }
}

/// A folder, or a file; of a path that goes on, the folder before.
fn parts(path: Named, is_folder: bool) -> Option<(Named, bool)> {
    if !path.more || is_folder {
        return Some((path, is_folder)).filter(|(path, _)| !path.text.is_empty());
    }
    let folder = path.text.rsplit_once('/')?.0.to_owned();
    Some((Named { text: folder, more: false, ..path }, true))
}

/// Whether a key is one of the options that a function with one of these names is given.
fn is_option_of(source: &Source, at: usize, functions: &[&str]) -> bool {
    let mut depth = 0_usize;
    for at in (at.saturating_sub(200)..at).rev() {
        match source.token(at) {
            Some(Token::Sign(')' | '}' | ']')) => depth += 1,
            Some(Token::Sign('(' | '{' | '[')) if depth > 0 => depth -= 1,
            Some(Token::Sign('(')) => return at > 0 && source.is_word(at - 1, functions),
            _ => {}
        }
    }
    false
}

/// Where a function that is given in place of a path hands the path on: `cb(null, 'uploads')`.
fn called_back(source: &Source, at: usize) -> Option<usize> {
    let ends = |at: &usize| source.is_word(*at, &["filename"]) && source.is_sign(at + 1, ':');
    let is_function = source.is_sign(at, '(') || source.is_word(at, &["function", "async"]);
    let mut near = (at..at + 80).take_while(|at| !ends(at) && *at < source.lexemes.len());
    let found = near.find(|at| source.is_word(*at, &["null"]) && source.is_sign(at + 1, ','));
    found.filter(|_| is_function).map(|at| at + 2)
}

/// Words of expressions that only put a path together.
const KNOWN: &[&str] = &[
    "URL",
    "dirname",
    "fileURLToPath",
    "filename",
    "import",
    "join",
    "meta",
    "new",
    "normalize",
    "path",
    "resolve",
    "url",
];

/// The path that an expression comes to where no variable is set.
fn evaluate(source: &Source, start: usize, depth: usize) -> Option<Named> {
    let mut found = Named::default();
    let (mut open, mut last) = (0_usize, source.lexemes.get(start)?.line);
    let mut at = start;
    while let Some(lexeme) = source.lexemes.get(at) {
        let begins = open == 0 && lexeme.line > last && at > start;
        last = lexeme.line;
        match lexeme.token {
            Token::Sign(',' | '}' | ';' | ')' | ']') if open == 0 => break,
            Token::Word(_) if begins => break,
            Token::Sign('(') => open += 1,
            Token::Sign(')') => open -= 1,
            Token::Sign('.' | ',') => {}
            Token::Text(text) => {
                let (text, more) = text.split_once("${").map_or((text, false), |(text, _)| (text, true));
                let base = std::mem::take(&mut found.text);
                found.text = join(&base, text);
                found.more |= more;
            }
            Token::Word("__dirname") => found.at_file = true,
            Token::Word("process") if source.is_word(at + 2, &["cwd"]) => at += 4,
            Token::Word("process") if source.is_word(at + 2, &["env"]) => {
                // `process.env.X || other`: no variable is set.
                let is_either = |at: usize| {
                    ['|', '?'].iter().any(|sign| source.is_sign(at, *sign) && source.is_sign(at + 1, *sign))
                };
                if !is_either(at + 5) {
                    return None;
                }
                at += 6;
            }
            Token::Word(word) if KNOWN.contains(&word) => found.at_file |= word == "meta",
            Token::Word(word) if depth < 3 && found.text.is_empty() => {
                let value = set(source, word)?;
                let value = evaluate(source, value, depth + 1)?;
                found = Named { at_file: value.at_file || found.at_file, ..value };
            }
            // The rest of a path that only a run tells.
            _ => found.more = true,
        }
        if found.more {
            // A name that is joined is below the folder before it.
            let ends = !found.text.is_empty() && !found.text.ends_with('/');
            if ends && matches!(lexeme.token, Token::Word(_)) {
                found.text.push('/');
            }
            break;
        }
        at += 1;
    }
    let is_relative = !found.text.starts_with('/') || found.at_file;
    (is_relative && !found.text.is_empty()).then_some(found)
}

/// Where the value of a variable starts that is set once: `const name = …`.
fn set(source: &Source, name: &str) -> Option<usize> {
    let is_set = |at: &usize| {
        source.is_word(*at, &["const", "let", "var"])
            && source.is_word(at + 1, &[name])
            && source.is_sign(at + 2, '=')
    };
    (0..source.lexemes.len()).find(is_set).map(|at| at + 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    /// The folders and the files right beside the program.
    fn of(text: &str) -> (Vec<String>, Vec<String>) {
        let repo = Repo::in_memory(Memory::new().file("src/a.js", text));
        let found = written(&repo, "", &["src/a.js".to_owned()], false).unwrap();
        let names = |all: Vec<(String, Evidence)>| all.into_iter().map(|(name, _)| name).collect();
        (names(found.folders), names(found.beside))
    }

    #[test]
    fn folders_that_a_program_makes_or_writes_to() {
        for (text, folder) in [
            ("multer({ dest: 'uploads/' })", "uploads"),
            ("multer.diskStorage({ destination: './up' })", "up"),
            ("multer.diskStorage({ destination: (req, file, cb) => cb(null, 'up/x'), filename: f })", "up/x"),
            ("fs.mkdirSync('logs')", "logs"),
            ("fs.mkdirSync(path.join(process.cwd(), 'a', 'b'), { recursive: true })", "a/b"),
            ("fs.mkdirSync(path.join(__dirname, '..', 'data'))", "data"),
            ("const dir = process.env.DIR || './data'\nif (x) mkdirSync(dir)", "data"),
            (
                "const dir = path.join(__dirname, 'tmp');\nfs.writeFile(path.join(dir, name + '.txt'), b)",
                "src/tmp",
            ),
            ("createWriteStream('./logs/x.log')", "logs"),
            ("fs.writeFileSync(`out/${id}.json`, x)", "out"),
            ("new winston.transports.File({ level: 'error', filename: 'logs/error.log' })", "logs"),
            ("new Sequelize({ dialect: 'sqlite', storage: './db/x.sqlite' })", "db"),
            ("url = 'file:./prisma/dev.db'", "prisma"),
        ] {
            assert_eq!(of(text), (vec![folder.to_owned()], vec![]), "{text}");
        }
    }

    #[test]
    fn files_beside_the_program() {
        for (text, file) in [
            ("new Database('data.db')", "data.db"),
            ("new Low(new JSONFile('db.json'))", "db.json"),
            ("x = { filename: './x.sqlite' }", "x.sqlite"),
            ("pino.destination('./app.log')", "app.log"),
        ] {
            assert_eq!(of(text), (vec![], vec![file.to_owned()]), "{text}");
        }
    }

    #[test]
    fn what_is_elsewhere_or_unknown_is_left_alone() {
        for text in [
            "fs.mkdirSync('/tmp/x')",
            "fs.mkdirSync(os.tmpdir())",
            "fs.mkdirSync(path.join(os.tmpdir(), 'x'))",
            "fs.writeFileSync(name, 'x.txt')",
            "fs.readFileSync('a/b.txt')",
            "new Database(process.env.FILE)",
            "new Database(':memory:')",
            "x({ dest: 'uploads/' })",
            "createWriteStream('../x.log')",
            "multer({ storage: multer.memoryStorage() })",
        ] {
            assert_eq!(of(text), (vec![], vec![]), "{text}");
        }
        assert_eq!(of("fs.mkdirSync('a/b'); fs.mkdirSync('a')").0, ["a"], "outermost only");
    }
}
