//! Files that a program reads when it runs: those of the repository that its sources name by a
//! relative path.

mod context;
mod written;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use self::context::{call, function, is_one_of, is_place, outer_call};
use self::written::written;
use super::Source;
use super::lexer::Token;
use super::listen::is_test;
use super::programs::first_few;
use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, join, normal, parent};

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
    /// Files of data that the program makes by itself, and folders with a slash at their end.
    written: BTreeMap<String, Evidence>,
    /// Where the working directory itself is read.
    whole: Option<Evidence>,
    /// What is compiled in, below the repository and as written.
    embedded: BTreeSet<String>,
    /// Those that were looked for and found, but that git ignores.
    ignored: RefCell<BTreeMap<String, Evidence>>,
}

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

/// Functions that read every file of the folder that they are given.
const FOLDER_READERS: &[&str] =
    &["Dir", "DirFS", "FileServer", "Files", "ReadDir", "ServeDir", "Static", "StaticFS", "read_dir"];

/// Endings of configuration that libraries find by a name without one.
const CONFIGURATION: &[&str] = &[".yaml", ".yml", ".toml", ".json"];

/// Endings of files that are compiled or that only people and tools read.
const NOT_READ: &[&str] = &[
    ".go",
    ".rs",
    ".md",
    ".mod",
    ".sum",
    ".lock",
    ".env",
    ".pem",
    ".key",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
    ".proto",
    ".db",
    ".sqlite",
    ".sqlite3",
    ".log",
];

/// Macros whose string is read when the program is compiled.
const MACROS: &[&str] =
    &["embed_migrations", "import", "include", "include_bytes", "include_dir", "include_str", "migrate"];

/// Fields of attributes whose string is read when the program is compiled.
const FIELDS: &[&str] = &["folder", "migrations", "path", "relative"];

impl Named {
    /// Reads one more source.
    pub fn read(&mut self, source: &Source) {
        self.embeds(source);
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            let Token::Text(text) = lexeme.token else { continue };
            let evidence = |what: &str| source.evidence(what, lexeme.line);
            let joined = joined(source, at);
            let (whole, more) = match &joined {
                Some(joined) => (joined.path.as_str(), joined.more),
                None => (text, false),
            };
            if let Some(path) = written(source, at, whole, more).filter(|_| !is_test(source.file)) {
                self.written.entry(path).or_insert_with(|| evidence("written file"));
            }
            if self.whole.is_none() && is_working_directory(source, at, text) {
                self.whole = Some(evidence("runtime files"));
            }
            let default = default(text).filter(|_| joined.is_none());
            let path = path_of(default.unwrap_or(whole), |word| {
                default.is_some()
                    || is_served(source, at)
                    || (USUAL.contains(&word) && is_place(source, at, word))
            });
            let Some(path) = path.filter(|_| !is_compared(source, at) && !is_compiled(source, at)) else {
                continue;
            };
            if !is_option(source, at) && !self.paths.contains_key(&path) {
                self.paths.insert(path, evidence("runtime files"));
            }
        }
    }

    /// What `//go:embed` lines name.
    fn embeds(&mut self, source: &Source) {
        for line in &source.lines {
            let Some(patterns) = line.trim_start().strip_prefix("//go:embed ") else { continue };
            for pattern in patterns.split_whitespace() {
                let pattern = pattern.trim_matches(['"', '`']);
                let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
                self.embedded.insert(pattern.to_owned());
                self.embedded.insert(join(parent(source.file), pattern));
            }
        }
    }

    /// Folders below the working directory that the program writes to, outermost only, and the file
    /// of each that its sources name.
    pub fn written_folders(&self) -> Vec<(String, &Evidence)> {
        let mut folders: BTreeMap<&str, &Evidence> = BTreeMap::new();
        for (path, evidence) in self.written.iter().filter(|(path, _)| !parent(path).is_empty()) {
            folders.entry(parent(path)).or_insert(evidence);
        }
        let is_outermost = |folder: &&str| !above(folder).any(|above| folders.contains_key(above));
        let outermost = folders.keys().copied().filter(is_outermost);
        outermost.filter_map(|folder| Some((folder.to_owned(), *folders.get(folder)?))).collect()
    }

    /// What to say of files that the program writes right beside itself, where its user may not,
    /// and of a working directory that it reads as a whole.
    pub fn warnings(&self) -> Vec<String> {
        let beside = self.written.iter().filter(|(path, _)| parent(path).is_empty());
        let warning = |(path, evidence): (&String, &Evidence)| {
            format!(
                "{} writes `{path}` into its working directory, where user 65532 may not: name it a path below /tmp or a volume",
                evidence.place()
            )
        };
        let mut warnings =
            first_few(beside.map(warning), |more| format!("and {more} more that it writes there"));
        warnings.extend(self.whole.as_ref().map(|evidence| {
            format!(
                "{} reads its whole working directory, which holds no more in the image than what is copied there",
                evidence.place()
            )
        }));
        warnings
    }

    /// What to say of files that [`Named::found`] came upon and left out, because git ignores them.
    pub fn ignored(&self) -> Vec<String> {
        let ignored = self.ignored.borrow();
        let warning = |(path, evidence): (&String, &Evidence)| {
            format!(
                "{} reads `{path}`, which git ignores: it is not in the image; mount it when it runs",
                evidence.place()
            )
        };
        first_few(ignored.iter().map(warning), |more| format!("and {more} more that git ignores"))
    }

    /// Those that are in the repository, outermost folders only. Each is looked for below these
    /// folders, in order: a program is started in one of them.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn found(&self, repo: &Repo, bases: &[&str]) -> Result<Vec<Asset>> {
        let mut search = Search { repo, found: BTreeMap::new(), folders: BTreeSet::new() };
        for (path, evidence) in &self.paths {
            let mut hidden = None;
            let mut tried: Vec<&str> = Vec::new();
            for base in bases {
                if tried.contains(base) {
                    continue;
                }
                tried.push(base);
                let Some(from) = normal(&join(base, path)) else { continue };
                match search.here(&from, path, evidence)? {
                    Here::Found => {
                        hidden = None;
                        break;
                    }
                    Here::Ignored(from) => hidden = hidden.or(Some(from)),
                    Here::Nothing => {}
                }
            }
            if let Some(from) = hidden.filter(|from| !self.is_embedded(from) && !self.is_embedded(path)) {
                self.ignored.borrow_mut().insert(from, evidence.clone());
            }
        }
        Ok(search.found.into_values().collect())
    }

    /// Whether a path is compiled in: named by a pattern, below one, or above one.
    fn is_embedded(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        let below = self.embedded.range(folder.clone()..).next();
        self.embedded.contains(path)
            || above(path).any(|above| self.embedded.contains(above))
            || below.is_some_and(|below| below.starts_with(&folder))
    }
}

/// The folders above a path, the nearest first; not the root.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| Some(parent(path)).filter(|above| !above.is_empty())).skip(1)
}

/// What is at a place.
enum Here {
    Found,
    /// Only what git ignores, by its path.
    Ignored(String),
    Nothing,
}

/// A search for the files that sources name.
struct Search<'a> {
    repo: &'a Repo,
    /// By the path that the program finds each at.
    found: BTreeMap<String, Asset>,
    /// The paths of those that are folders.
    folders: BTreeSet<String>,
}

impl Search<'_> {
    /// Looks for one path at one place: for a folder or file, and for configuration that is named
    /// without its ending.
    fn here(&mut self, from: &str, to: &str, evidence: &Evidence) -> Result<Here> {
        let mut here = Here::Nothing;
        if let Some(ending) = configuration(self.repo, from)? {
            let (from, to) = (format!("{from}{ending}"), format!("{to}{ending}"));
            if self.repo.git_ignores(&from)? {
                here = Here::Ignored(from);
            } else {
                self.add(&from, &to, evidence);
                here = Here::Found;
            }
        }
        let Some(kind) = self.repo.kind(from)?.filter(|kind| *kind != Kind::Other) else { return Ok(here) };
        if self.folders.contains(to) || above(to).any(|above| self.folders.contains(above)) {
            return Ok(here);
        }
        let ignored = match kind {
            Kind::Folder => match data(self.repo, from)? {
                Some(ignored) => ignored,
                None => return Ok(here),
            },
            _ => self.repo.git_ignores(from)?,
        };
        if ignored {
            let known = matches!(here, Here::Nothing);
            return Ok(if known { Here::Ignored(from.to_owned()) } else { here });
        }
        if kind == Kind::Folder {
            self.folders.insert(to.to_owned());
        }
        self.add(from, to, evidence);
        Ok(Here::Found)
    }

    fn add(&mut self, from: &str, to: &str, evidence: &Evidence) {
        let asset = Asset { from: from.to_owned(), to: to.to_owned(), evidence: evidence.clone() };
        self.found.entry(to.to_owned()).or_insert(asset);
    }
}

/// Whether a string is given to a function that reads what it names, whatever that is.
fn is_served(source: &Source, at: usize) -> bool {
    let by = |open: usize| is_one_of(&function(source, open), READERS);
    call(source, at).is_some_and(by) || outer_call(source, at).is_some_and(by)
}

/// Whether a string is the working directory, given to a function that reads every file of it.
fn is_working_directory(source: &Source, at: usize, text: &str) -> bool {
    let by = |open: usize| is_one_of(&function(source, open), FOLDER_READERS);
    matches!(text, "." | "./") && call(source, at).is_some_and(by)
}

/// Whether a string is read when the program is compiled.
fn is_compiled(source: &Source, at: usize) -> bool {
    let is_macro = at >= 3 && source.is_sign(at - 2, '!') && source.is_word(at - 3, MACROS);
    let is_field = at >= 3
        && source.is_sign(at - 1, '=')
        && source.is_word(at - 2, FIELDS)
        && matches!(source.token(at - 3), Some(Token::Sign('[' | '(' | ',')));
    let is_import = (at.saturating_sub(3)..at).any(|at| source.is_word(at, &["import"]));
    is_macro || is_field || is_import
}

/// Whether a string is the name of an option of the command line.
fn is_option(source: &Source, at: usize) -> bool {
    let named = at >= 2 && source.is_word(at - 2, &["long", "short"]);
    named || (at >= 5 && source.is_word(at - 2, &["new"]) && source.is_word(at - 5, &["Arg"]))
}

/// The path that a string names, up to its first pattern: `templates/*.html` is `templates`. A plain
/// word is one only where its place says so.
fn path_of(text: &str, is_place: impl FnOnce(&str) -> bool) -> Option<String> {
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
    let cut = fixed.len() < text.len() && USUAL.contains(&path.as_str());
    (says_file || cut || is_place(&path)).then_some(path)
}

/// A path that is put together from strings.
struct Joined {
    path: String,
    /// Whether something else than a string is joined to it.
    more: bool,
}

/// More parts than this no path has.
const PARTS: usize = 16;

/// `Join("web", "templates", name)`: the path of the strings from here on, where this is the first.
/// What is no string ends it; what came before is a folder that is read then.
fn joined(source: &Source, at: usize) -> Option<Joined> {
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
    let (mut parts, mut at) = (Vec::new(), Some(at));
    while let Some(Token::Text(text)) = at.and_then(|at| source.token(at)) {
        // A chain that starts anew at the root leaves what came before.
        if parts.len() == PARTS || (!parts.is_empty() && !first && text.starts_with('/')) {
            return None;
        }
        parts.extend((!text.is_empty()).then_some(text));
        at = at.and_then(next);
    }
    // A comma before the end of the arguments joins nothing.
    let more = at.is_some_and(|at| !source.is_sign(at, ')'));
    (parts.len() > 1 || (first && more)).then(|| Joined { path: parts.join("/"), more })
}

/// The default in a Go field's tag: `default:"./static"`, `envDefault:"./static"`.
fn default(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once("efault:\"")?;
    let is_tag = before.rsplit(' ').next().is_some_and(|tag| matches!(tag, "d" | "envD"));
    rest.split_once('"').map(|(value, _)| value).filter(|_| is_tag)
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

/// Whether a folder holds anything but sources, `None` where it does not, and whether git ignores
/// all of that. A package is no folder of data, unless its name says so.
fn data(repo: &Repo, folder: &str) -> Result<Option<bool>> {
    let is_code = |name: &str| name.ends_with(".go") || name.ends_with(".rs");
    if !USUAL.contains(&folder.rsplit('/').next().unwrap_or(folder))
        && repo.entries(folder)?.iter().any(|entry| is_code(&entry.name))
    {
        return Ok(None);
    }
    let mut ignored = None;
    let files = repo.files(folder, 1000)?;
    for file in files.iter().filter(|file| !NOT_READ.iter().any(|end| file.ends_with(end))) {
        if !repo.git_ignores(file)? {
            return Ok(Some(false));
        }
        ignored = Some(true);
    }
    Ok(ignored)
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
        assert_eq!(found("Dir(\"web\"); ReadDir(\"config\"); x(\"static\")", Syntax::Go), ["web"]);
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
