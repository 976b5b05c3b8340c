//! The packages of a Go repository: their files, what they import, which are programs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::constraint::{self, Tags};
use crate::evidence::Evidence;
use crate::repo::{Repo, join, parent};
use crate::source::Source;
use crate::source::lexer::{Lexeme, Syntax, Token, lex_until};

/// A folder of Go files that are built together.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// Folder below the repository; the root is `""`.
    pub folder: String,
    /// Its files that a Linux build has, by name.
    pub files: Vec<String>,
    /// Each `func main`, where this is `package main`.
    pub mains: Vec<Evidence>,
    /// What its files import.
    imports: BTreeSet<String>,
}

/// A module whose packages are in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Local {
    /// The module path, by which it is imported.
    pub path: String,
    /// Its folder below the repository.
    pub folder: String,
}

/// Every package of the modules that are built together.
#[derive(Debug, Default)]
pub(super) struct Sources {
    packages: BTreeMap<String, Package>,
    modules: Vec<Local>,
    /// Each `func main` of a file that this build has not, and the constraint that says so.
    pub elsewhere: Vec<Evidence>,
    /// Folders with files that only a build with cgo has, and the first of them.
    with_cgo: BTreeMap<String, Evidence>,
    /// Files that are too large to be read, by folder.
    unread: BTreeMap<String, Evidence>,
}

/// Folders at the root that builds and packagers fill.
const MADE: &[&str] = &["build", "dist", "out", "target"];

/// Folders whose programs are not what a repository is for.
const ASIDE: &[&str] = &[
    "doc", "docs", "e2e", "example", "examples", "hack", "internal", "script", "scripts", "test", "tests",
    "tool", "tools",
];

/// Folders that the go command does not look into, and one that holds no Go of the project.
const SKIPPED: &[&str] = &["node_modules", "testdata", "vendor"];

/// Reads the Go files of these modules that a build with such tags has; what another module's
/// folder or an ignored one holds is not theirs.
pub(super) fn read(repo: &Repo, scope: &Scope, tags: &Tags) -> Result<Sources> {
    let own: BTreeSet<&str> = scope.modules.iter().map(|module| module.folder.as_str()).collect();
    let mut found = Sources { modules: scope.modules.clone(), ..Sources::default() };
    // Files come folder by folder: what holds for one of a folder holds for all of it.
    let mut last: Option<(String, bool)> = None;
    for file in repo.walk("", &[".go"], SKIPPED)? {
        let folder = parent(&file);
        let ours = match &last {
            Some((before, ours)) if before == folder => *ours,
            _ => is_ours(repo, folder, &own, scope)?,
        };
        last = Some((folder.to_owned(), ours));
        let name = file.rsplit('/').next().unwrap_or(&file);
        if !ours || name.ends_with("_test.go") || name.starts_with(['_', '.']) {
            continue;
        }
        match repo.source(&file)? {
            Some(text) => found.file(&file, &text, tags),
            None => {
                let evidence = Evidence::file("unread file", file.clone(), "too large to be read");
                found.unread.entry(folder.to_owned()).or_insert(evidence);
            }
        }
    }
    Ok(found)
}

/// What is read together.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub modules: Vec<Local>,
    /// Folders that go.mod ignores, by their path.
    pub ignored: Vec<String>,
    /// Names of folders that go.mod ignores wherever they are.
    pub ignored_anywhere: Vec<String>,
}

/// Whether a folder belongs to a module that is built here: the build does not see the packages of
/// other modules, nor folders that go.mod ignores.
fn is_ours(repo: &Repo, folder: &str, own: &BTreeSet<&str>, scope: &Scope) -> Result<bool> {
    let mut at = folder;
    while !at.is_empty() {
        let named = |name: &String| {
            at == name || at.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('/'))
        };
        if scope.ignored.iter().any(|ignored| ignored == at) || scope.ignored_anywhere.iter().any(named) {
            return Ok(false);
        }
        if own.contains(at) {
            return Ok(true);
        }
        if repo.has(&join(at, "go.mod"))? {
            return Ok(false);
        }
        at = parent(at);
    }
    Ok(own.contains(""))
}

impl Package {
    /// Whether it stands where tools, examples and what a build makes stand.
    pub(super) fn is_aside(&self) -> bool {
        let first = self.folder.split('/').next().unwrap_or("");
        MADE.contains(&first) || self.folder.split('/').any(|part| ASIDE.contains(&part))
    }

    /// Whether one of its files imports a path, or one below it.
    pub(super) fn imports(&self, path: &str) -> bool {
        self.imports.iter().any(|import| {
            import.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl Sources {
    fn file(&mut self, file: &str, text: &str, tags: &Tags) {
        let head = head(text);
        let is_main = package(&head) == Some("main") && text.contains("func main(");
        let main = if is_main { main_function(file, text) } else { None };
        if !constraint::builds(file, text, tags) {
            let because = constraint::written(text).unwrap_or_else(|| format!("the name of {file}"));
            let with = Tags { cgo: true, ..tags.clone() };
            if constraint::builds(file, text, &with) {
                let evidence = Evidence::file("cgo", file, because.clone());
                self.with_cgo.entry(parent(file).to_owned()).or_insert(evidence);
            }
            self.elsewhere.extend(main.map(|main| Evidence { says: because, ..main }));
            return;
        }
        let package = self.packages.entry(parent(file).to_owned()).or_default();
        parent(file).clone_into(&mut package.folder);
        package.files.push(file.rsplit('/').next().unwrap_or(file).to_owned());
        package.imports.extend(imports(&head).into_iter().map(|import| import.path.to_owned()));
        package.mains.extend(main);
    }

    /// The packages that are programs, by folder.
    pub(super) fn mains(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| !package.mains.is_empty())
    }

    /// The folder of an imported package, where a module of the repository holds it.
    pub(super) fn folder_of(&self, import: &str) -> Option<String> {
        let of = |module: &Local| {
            let rest = import.strip_prefix(&module.path)?;
            match rest.strip_prefix('/') {
                Some(rest) => Some(join(&module.folder, rest)),
                None => rest.is_empty().then(|| module.folder.clone()),
            }
        };
        let held = self.modules.iter().filter(|module| !module.path.is_empty());
        let holding = held.filter(|module| import.starts_with(&module.path));
        holding.filter_map(|module| Some((module.path.len(), of(module)?))).max().map(|(_, folder)| folder)
    }

    /// Every package.
    pub(super) fn all(&self) -> impl Iterator<Item = &Package> {
        self.packages.values()
    }

    /// Whether a folder has a package that this build has.
    pub(super) fn has(&self, folder: &str) -> bool {
        self.packages.contains_key(folder)
    }

    /// The file of a folder that only a build with cgo has.
    pub(super) fn needs_cgo(&self, folder: &str) -> Option<&Evidence> {
        self.with_cgo.get(folder)
    }

    /// The file of a folder that was too large to be read.
    pub(super) fn unread(&self, folder: &str) -> Option<&Evidence> {
        self.unread.get(folder)
    }

    /// A package and every other of the repository that it is made of, its own first.
    pub(super) fn closure<'a>(&'a self, main: &'a Package) -> Vec<&'a Package> {
        let mut found = vec![main];
        let mut seen = BTreeSet::from([main.folder.clone()]);
        let mut at = 0;
        while let Some(package) = found.get(at) {
            let folders: Vec<String> =
                package.imports.iter().filter_map(|path| self.folder_of(path)).collect();
            for folder in folders {
                if let Some(next) = self.packages.get(&folder)
                    && seen.insert(folder)
                {
                    found.push(next);
                }
            }
            at += 1;
        }
        found
    }
}

/// The lexemes of a file's package clause and imports.
pub(super) fn head(text: &str) -> Vec<Lexeme<'_>> {
    lex_until(text, Syntax::Go, |token| matches!(token, Token::Word("func" | "var" | "type" | "const")))
}

fn package<'a>(lexemes: &[Lexeme<'a>]) -> Option<&'a str> {
    match (lexemes.first()?.token, lexemes.get(1)?.token) {
        (Token::Word("package"), Token::Word(name)) => Some(name),
        _ => None,
    }
}

fn main_function(file: &str, text: &str) -> Option<Evidence> {
    let source = Source::new(file, text, Syntax::Go);
    let is_main = |window: &&[Lexeme]| {
        window[0].token == Token::Word("func")
            && window[1].token == Token::Word("main")
            && window[2].token == Token::Sign('(')
    };
    let line = source.lexemes.windows(3).find(is_main).map(|window| window[0].line)?;
    Some(source.evidence("main package", line))
}

/// One import of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import<'a> {
    pub path: &'a str,
    /// The name that the file gives it, if any.
    pub name: Option<&'a str>,
    pub line: usize,
}

/// A file's imports, which stand before everything else but the package clause.
pub(super) fn imports<'a>(lexemes: &[Lexeme<'a>]) -> Vec<Import<'a>> {
    let mut found = Vec::new();
    let (mut open, mut importing, mut name) = (false, false, None);
    for lexeme in lexemes.iter().skip(2) {
        match lexeme.token {
            Token::Word("import") => importing = true,
            Token::Text(path) if importing => {
                found.push(Import { path, name: name.take(), line: lexeme.line });
                importing = open;
            }
            Token::Sign('(') if importing => open = true,
            Token::Sign(')') if open => (open, importing) = (false, false),
            Token::Word(word) if importing => name = Some(word),
            Token::Sign('.') if importing => name = Some("."),
            Token::Sign(';') => {}
            _ => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn module(path: &str, folder: &str) -> Local {
        Local { path: path.to_owned(), folder: folder.to_owned() }
    }

    fn scope(modules: Vec<Local>) -> Scope {
        Scope { modules, ..Scope::default() }
    }

    #[test]
    fn main_packages_and_what_they_are_made_of() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("go.mod", "module x")
                .file("main.go", "package main\nimport (\n\t_ \"x/lib\"\n\tf \"fmt\"\n)\nfunc main() {}")
                .file("helper.go", "package main\nvar x = \"import\"")
                .file("gen.go", "//go:build ignore\n\npackage main\nfunc main() {}")
                .file("lib/lib.go", "package lib\nimport \"x/lib/deep\"\nfunc main() {}")
                .file("lib/deep/deep.go", "package deep\nimport \"x/lib\"")
                .file("other/other.go", "package other")
                .file("cmd/a/a.go", "package main\n// func main()\n")
                .file("sub/go.mod", "module y")
                .file("sub/main.go", "package main\nfunc main() {}"),
        );
        let found = read(&repo, &scope(vec![module("x", "")]), &Tags::default()).unwrap();
        let mains: Vec<&Package> = found.mains().collect();
        assert_eq!(mains.len(), 1);
        assert_eq!(mains[0].files, ["helper.go", "main.go"]);
        let made: Vec<&str> = found.closure(mains[0]).iter().map(|one| one.folder.as_str()).collect();
        assert_eq!(made, ["", "lib", "lib/deep"]);
        assert_eq!(found.elsewhere[0].says, "//go:build ignore");
    }

    #[test]
    fn the_innermost_module_holds_a_package() {
        let repo = Repo::in_memory(Memory::new());
        let found = read(
            &repo,
            &scope(vec![module("a.b/x", ""), module("a.b/x/sub", "modules/sub")]),
            &Tags::default(),
        )
        .unwrap();
        assert_eq!(found.folder_of("a.b/x/sub/p"), Some("modules/sub/p".to_owned()));
        assert_eq!(found.folder_of("a.b/x"), Some(String::new()));
        assert_eq!(found.folder_of("a.b/xy"), None);
    }

    #[test]
    fn ignored_folders_are_not_read() {
        let main = "package main\nfunc main() {}";
        let repo = Repo::in_memory(Memory::new().file("gen/a/main.go", main).file("pkg/old/b/main.go", main));
        let scope = Scope {
            modules: vec![module("x", "")],
            ignored: vec!["gen".to_owned()],
            ignored_anywhere: vec!["old".to_owned()],
        };
        assert_eq!(read(&repo, &scope, &Tags::default()).unwrap().mains().count(), 0);
    }

    #[test]
    fn folders_named_like_a_builds_output_are_packages_too() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("main.go", "package main\nimport \"x/internal/build\"\nfunc main() {}")
                .file("internal/build/b.go", "package build\nimport \"net/http\"")
                .file("_old.go", "package main\nfunc main() {}"),
        );
        let found = read(&repo, &scope(vec![module("x", "")]), &Tags::default()).unwrap();
        let main = found.mains().next().unwrap();
        assert_eq!((main.mains.len(), found.closure(main).len()), (1, 2));
    }

    #[test]
    fn imports_have_names() {
        let lexemes =
            head("package a\nimport h \"net/http\"\nimport \"C\"\nimport (\n. \"fmt\"\n)\nfunc f() {}");
        let found: Vec<(&str, Option<&str>)> =
            imports(&lexemes).iter().map(|import| (import.path, import.name)).collect();
        assert_eq!(found, [("net/http", Some("h")), ("C", None), ("fmt", Some("."))]);
    }
}
