//! Files that a program reads when it runs: those of the repository that its sources name by a
//! relative path.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Source;
use super::lexer::Token;
use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, join, normal};

/// A file or folder that the program reads when it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Where it is in the repository.
    pub from: String,
    /// The relative path that the program finds it at.
    pub to: String,
    pub evidence: Evidence,
}

/// Paths that sources name, and where each is named first.
#[derive(Clone, Debug, Default)]
pub struct Named {
    paths: BTreeMap<String, Evidence>,
    /// Files of data that the program makes by itself: databases by their ending.
    written: BTreeMap<String, Evidence>,
}

/// Functions that make a folder.
const MAKERS: &[&str] = &["Mkdir", "MkdirAll", "create_dir", "create_dir_all"];

/// Names of folders that programs keep what they are given in.
const KEPT: &[&str] = &["cache", "data", "db", "files", "logs", "storage", "upload", "uploads"];

/// How many files are named one by one.
const NAMED: usize = 3;

/// Endings of files that a program writes.
const WRITTEN: &[&str] = &[".db", ".sqlite", ".sqlite3"];

/// Folders that hold files to be read at run time when a source says no more than their name.
const USUAL: &[&str] = &[
    "assets",
    "conf",
    "config",
    "configuration",
    "configs",
    "data",
    "html",
    "i18n",
    "locales",
    "media",
    "migrations",
    "public",
    "resources",
    "static",
    "templates",
    "translations",
    "views",
    "web",
    "www",
];

/// Functions that read the folder or file that they are given, whatever its name.
const READERS: &[&str] = &[
    "Dir",
    "DirFS",
    "FileServer",
    "Files",
    "LoadHTMLFiles",
    "LoadHTMLGlob",
    "ParseFiles",
    "ParseGlob",
    "ReadDir",
    "ReadFile",
    "ServeDir",
    "ServeFile",
    "Static",
    "StaticFS",
    "StaticFile",
    "read_dir",
    "read_to_string",
];

/// Endings of configuration that libraries find by a name without one.
const CONFIGURATION: &[&str] = &[".yaml", ".yml", ".toml", ".json"];

/// Endings of files that are compiled or that only people and tools read.
const NOT_READ: &[&str] = &[
    ".go", ".rs", ".md", ".mod", ".sum", ".lock", ".env", ".pem", ".key", ".proto", ".db", ".sqlite",
    ".sqlite3", ".log",
];

/// Names before a string that is read when the program is compiled.
const COMPILED: &[&str] = &[
    "include_str",
    "include_bytes",
    "include_dir",
    "include",
    "folder",
    "path",
    "migrate",
    "embed_migrations",
    "import",
    "cfg",
    "relative",
    "CARGO_MANIFEST_DIR",
];

impl Named {
    /// Reads one more source.
    pub fn read(&mut self, source: &Source) {
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            let Token::Text(text) = lexeme.token else { continue };
            if let Some(path) = written(text).or_else(|| made(source, at, text)) {
                let evidence = || source.evidence("written file", lexeme.line);
                self.written.entry(path).or_insert_with(evidence);
            }
            let served = (at.saturating_sub(4)..at).any(|at| source.is_word(at, READERS));
            let joined = joined(source, at);
            let text = joined.as_deref().or_else(|| default(text)).unwrap_or(text);
            let Some(path) = path_of(text, served) else {
                continue;
            };
            if is_compared(source, at) {
                continue;
            }
            let compiled = (at.saturating_sub(3)..at).any(|at| source.is_word(at, COMPILED));
            let flag = (at.saturating_sub(5)..at).any(|at| source.is_word(at, &["Arg", "long", "short"]));
            if !compiled && !flag && !self.paths.contains_key(&path) {
                self.paths.insert(path, source.evidence("runtime files", lexeme.line));
            }
        }
    }

    /// Folders below the working directory that the program writes to, outermost only, and the file
    /// of each that its sources name.
    pub fn written_folders(&self) -> Vec<(String, &Evidence)> {
        let mut found: Vec<(String, &Evidence)> = Vec::new();
        for (path, evidence) in &self.written {
            let folder = crate::repo::parent(path);
            let covered =
                found.iter().any(|(above, _)| folder == above || folder.starts_with(&format!("{above}/")));
            if !folder.is_empty() && !covered {
                found.push((folder.to_owned(), evidence));
            }
        }
        found
    }

    /// What to say of files that the program writes right beside itself, where its user may not.
    pub fn warnings(&self) -> Vec<String> {
        let beside = self.written.iter().filter(|(path, _)| crate::repo::parent(path).is_empty());
        let warning = |(path, evidence): (&String, &Evidence)| {
            format!(
                "{} writes `{path}` into its working directory, where user 65532 may not: name it a path below /tmp or a volume",
                evidence.place()
            )
        };
        beside.take(NAMED).map(warning).collect()
    }

    /// Those that are in the repository, outermost folders only. Each is looked for below these
    /// folders, in order: a program is started in one of them.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn found(&self, repo: &Repo, bases: &[&str]) -> Result<Vec<Asset>> {
        let mut found: Vec<Asset> = Vec::new();
        for (path, evidence) in &self.paths {
            for base in bases {
                let from = join(base, path);
                let asset = |from: &str, to: &str| Asset {
                    from: from.to_owned(),
                    to: to.to_owned(),
                    evidence: evidence.clone(),
                };
                let mut here = Vec::new();
                if let Some(ending) = configuration(repo, &from)? {
                    here.push(asset(&format!("{from}{ending}"), &format!("{path}{ending}")));
                }
                let is_there = match repo.kind(&from)? {
                    _ if repo.git_ignores(&from)? => false,
                    Some(Kind::File) => true,
                    Some(Kind::Folder) => holds_data(repo, &from)?,
                    _ => false,
                };
                let covered = || found.iter().any(|folder| path.starts_with(&format!("{}/", folder.to)));
                if is_there && !covered() {
                    here.push(asset(&from, path));
                }
                if !here.is_empty() {
                    found.extend(here);
                    break;
                }
            }
        }
        found.sort_by(|a, b| a.to.cmp(&b.to));
        found.dedup_by(|a, b| a.to == b.to);
        Ok(found)
    }
}

/// The relative path of a file that the program writes.
fn written(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let is_file = WRITTEN.iter().any(|end| text.len() > end.len() && text.ends_with(end));
    (is_file && !text.starts_with('/') && text.chars().all(plain)).then(|| normal(text))?
}

/// A folder that the program makes, or that is called by what programs keep: its path and a slash.
fn made(source: &Source, at: usize, text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    let folder = normal(text).filter(|folder| !folder.is_empty() && folder.chars().all(plain))?;
    let by_function = at >= 2 && source.is_sign(at - 1, '(') && source.is_word(at - 2, MAKERS);
    let last = folder.rsplit('/').next().unwrap_or(&folder);
    let by_name = text.starts_with("./") && KEPT.contains(&last);
    (by_function || by_name).then(|| format!("{folder}/"))
}

/// The path that a string names, up to its first pattern: `templates/*.html` is `templates`.
fn path_of(text: &str, served: bool) -> Option<String> {
    let text = text.strip_prefix("file://").unwrap_or(text);
    if text.len() > 120 || text.starts_with('/') || text.contains("..") {
        return None;
    }
    let fixed = match text.find(['*', '{', '%']) {
        Some(at) => text[..at].rsplit_once('/').map(|(folder, _)| folder)?,
        None => text,
    };
    let path = normal(fixed)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+');
    if path.is_empty()
        || path.starts_with('.')
        || !path.chars().all(plain)
        || NOT_READ.iter().any(|end| path.ends_with(end))
    {
        return None;
    }
    let says_file =
        path.contains('/') || path.contains('.') || fixed.ends_with('/') || fixed.starts_with("./");
    (says_file || served || USUAL.contains(&path.as_str())).then_some(path)
}

/// `Join("web", "templates", name)`: the path of the strings from here on, where this is the first.
/// What is no string ends it; what came before is a folder that is read then.
fn joined(source: &Source, at: usize) -> Option<String> {
    let first = at >= 2 && source.is_word(at - 2, &["Join"]) && source.is_sign(at - 1, '(');
    let chained = |at: usize| {
        source.is_sign(at, ')')
            && source.is_sign(at + 1, '.')
            && source.is_word(at + 2, &["join", "push"])
            && source.is_sign(at + 3, '(')
    };
    let next = |at: usize| match (first, source.is_sign(at + 1, ',')) {
        (true, true) => Some(at + 2),
        (false, _) if chained(at + 1) => Some(at + 5),
        _ => None,
    };
    let (mut parts, mut at) = (Vec::new(), at);
    while let Some(Token::Text(text)) = source.token(at) {
        parts.push(text);
        let Some(following) = next(at) else { break };
        at = following;
    }
    (parts.len() > 1).then(|| parts.join("/"))
}

/// The default in a Go field's tag: `default:"./static"`.
fn default(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("default:\"")?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The ending of a configuration file that is named without one.
fn configuration(repo: &Repo, path: &str) -> Result<Option<&'static str>> {
    for ending in CONFIGURATION {
        if repo.has(&format!("{path}{ending}"))? {
            return Ok(Some(ending));
        }
    }
    Ok(None)
}

/// Whether a string is compared with another, which reads no file.
fn is_compared(source: &Source, at: usize) -> bool {
    let equal = |at: usize| {
        source.is_sign(at, '=') && at > 0 && (source.is_sign(at - 1, '=') || source.is_sign(at - 1, '!'))
    };
    at > 0 && (source.is_word(at - 1, &["case"]) || equal(at - 1))
}

/// Whether a folder holds anything but sources. A package is no folder of data, unless its name
/// says so.
fn holds_data(repo: &Repo, folder: &str) -> Result<bool> {
    let is_code = |name: &str| name.ends_with(".go") || name.ends_with(".rs");
    if !USUAL.contains(&folder.rsplit('/').next().unwrap_or(folder))
        && repo.entries(folder)?.iter().any(|entry| is_code(&entry.name))
    {
        return Ok(false);
    }
    let files = repo.files(folder, 1000)?;
    Ok(files.iter().any(|file| !NOT_READ.iter().any(|end| file.ends_with(end))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;
    use crate::source::lexer::Syntax;

    fn found(source: &str, syntax: Syntax) -> Vec<String> {
        let repo = Repo::in_memory(
            Memory::new()
                .file("templates/a.html", "")
                .file("static/css/a.css", "")
                .file("config/config.go", "")
                .file("web/x.js", "")
                .file("seed.json", "")
                .file(".env", "SECRET=1"),
        );
        let mut named = Named::default();
        named.read(&Source::new("main", source, syntax));
        named.found(&repo, &[""]).unwrap().into_iter().map(|asset| asset.to).collect()
    }

    #[test]
    fn paths_in_parts_are_joined() {
        assert_eq!(found("filepath.Join(\"static\", \"css\", name)", Syntax::Go), ["static/css"]);
        assert_eq!(found("Path::new(\"static\").join(\"css\")", Syntax::Rust), ["static/css"]);
        assert_eq!(found("filepath.Join(dir, \"css\")", Syntax::Go), [""; 0]);
    }

    #[test]
    fn paths_are_looked_for_where_the_program_is_started() {
        let repo = Repo::in_memory(Memory::new().file("api/templates/a.html", "").file("api/x.json", ""));
        let mut named = Named::default();
        named.read(&Source::new("m", "Glob(\"templates/*.html\"); Open(\"./x.json\")", Syntax::Go));
        let found = named.found(&repo, &["", "api"]).unwrap();
        let places: Vec<(&str, &str)> =
            found.iter().map(|asset| (asset.from.as_str(), asset.to.as_str())).collect();
        assert_eq!(places, [("api/templates", "templates"), ("api/x.json", "x.json")]);
    }

    #[test]
    fn literals_that_exist_are_found() {
        let go = r#"ParseGlob("templates/*.html"); http.Dir("./static"); Open("seed.json"); Open("absent.json"); Load(".env"); x("static/css")"#;
        assert_eq!(found(go, Syntax::Go), ["seed.json", "static", "templates"]);
        assert_eq!(found("x(\"web\"); y(\"config\")", Syntax::Go), ["web"]);
        assert_eq!(
            found("New(\"file://static/css\"); Sprintf(\"templates/%s.html\", x)", Syntax::Go),
            ["static/css", "templates"]
        );
        assert_eq!(found("SetConfigName(\"seed\"); Open(\"./seed\")", Syntax::Go), ["seed.json"]);
    }

    #[test]
    fn files_that_are_written_are_warned_of() {
        let mut named = Named::default();
        named.read(&Source::new(
            "main.go",
            "open(\"./data/app.db\"); x(\".db\"); y(\"a b.db\"); z(\"own.db\")",
            Syntax::Go,
        ));
        named.read(&Source::new(
            "main.go",
            "os.MkdirAll(\"made/here\", 0o755); flag(\"dir\", \"./uploads\"); x(\"./other\")",
            Syntax::Go,
        ));
        let folders: Vec<String> = named.written_folders().into_iter().map(|(folder, _)| folder).collect();
        assert_eq!(folders, ["data", "made/here", "uploads"]);
        assert_eq!(
            named.warnings(),
            [
                "main.go:1 writes `own.db` into its working directory, where user 65532 may not: name it a path below /tmp or a volume"
            ]
        );
    }

    #[test]
    fn what_is_compiled_in_is_not_needed() {
        assert_eq!(found("include_str!(\"seed.json\")", Syntax::Rust), [""; 0]);
        assert_eq!(found("#[folder = \"static/\"]", Syntax::Rust), [""; 0]);
    }
}
