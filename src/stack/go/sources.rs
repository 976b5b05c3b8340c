//! What the Go files of a module say: imports, main packages, ports.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::constraint;
use crate::evidence::Evidence;
use crate::repo::{Repo, join, parent};
use crate::source::Source;
use crate::source::assets::Named;
use crate::source::lexer::{Lexeme, Syntax, Token};
use crate::source::listen::Listening;

/// One folder with `package main` and `func main`.
#[derive(Debug, Default)]
pub(super) struct Main {
    /// Folder below the module; the root is `""`.
    pub folder: String,
    /// Its files that are built, by name.
    pub files: Vec<String>,
    pub evidence: Vec<Evidence>,
    pub listening: Listening,
}

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub mains: Vec<Main>,
    /// Import paths and where each is first imported.
    pub imports: BTreeMap<String, Evidence>,
    /// The first `#cgo` line that links a library.
    pub links: Option<Evidence>,
    /// A file of C++ beside Go files.
    pub cplusplus: Option<String>,
    /// Where the program asks for a time zone, temporary files.
    pub zones: Option<Evidence>,
    pub temporary: Option<Evidence>,
    /// Paths that string literals name.
    pub named: Named,
    /// Paths below the module that `//go:embed` lines name, globs as written.
    pub embeds: Vec<(String, Evidence)>,
    /// What packages other than main say about listening.
    pub listening: Listening,
}

/// Folders whose programs are not what a repository is for.
const ASIDE: &[&str] = &[
    "doc", "docs", "e2e", "example", "examples", "hack", "internal", "script", "scripts", "test", "tests",
    "tool", "tools",
];

/// Reads every Go file of the module at the root and of the modules that a go.work names.
pub(super) fn read(repo: &Repo, modules: &[String]) -> Result<Sources> {
    let mut found = Sources::default();
    let files = repo.sources("", &[".go"])?;
    let other_modules = other_modules(repo, &files, modules)?;
    let mut packages: BTreeMap<String, Main> = BTreeMap::new();
    let mut with_main = BTreeSet::new();
    for file in files {
        let folder = parent(&file);
        let elsewhere =
            other_modules.iter().any(|module| folder == module || folder.starts_with(&format!("{module}/")));
        if elsewhere || file.ends_with("_test.go") {
            continue;
        }
        let Some(text) = repo.source(&file)? else { continue };
        if !constraint::builds(&file, &text) {
            continue;
        }
        let source = Source::new(&file, &text, Syntax::Go);
        found.file(&text, &source);
        if package(&source.lexemes) != Some("main") {
            found.listening.read(&source);
            continue;
        }
        let main = packages.entry(folder.to_owned()).or_default();
        main.folder = folder.to_owned();
        main.files.push(file.rsplit('/').next().unwrap_or(&file).to_owned());
        main.listening.read(&source);
        if let Some(line) = main_function(&source.lexemes) {
            main.evidence.push(source.evidence("main package", line));
            with_main.insert(folder.to_owned());
        }
    }
    found.cplusplus = repo.sources("", &[".cc", ".cpp", ".cxx"])?.into_iter().next();
    found.mains = packages.into_values().filter(|main| with_main.contains(&main.folder)).collect();
    Ok(found)
}

impl Main {
    /// Whether it stands where tools and examples stand.
    pub(super) fn is_aside(&self) -> bool {
        self.folder.split('/').any(|part| ASIDE.contains(&part))
    }
}

impl Sources {
    fn file(&mut self, text: &str, source: &Source) {
        for (path, line) in imports(&source.lexemes) {
            self.imports.entry(path.to_owned()).or_insert_with(|| source.evidence("import", line));
        }
        let word = |what: &str, names: &[&str]| {
            source.find_word(names).map(|at| source.evidence(what, source.lexemes[at].line))
        };
        if self.zones.is_none() {
            self.zones = word("time zones", &["LoadLocation"]);
        }
        if self.temporary.is_none() {
            self.temporary = word("temporary files", &["CreateTemp", "MkdirTemp", "TempDir", "TempFile"]);
        }
        self.named.read(source);
        for (index, line) in text.lines().enumerate() {
            if let Some(patterns) = line.strip_prefix("//go:embed ") {
                self.embed(source, index + 1, patterns);
            }
            let links = line.contains("#cgo") && (line.contains("LDFLAGS") || line.contains("pkg-config"));
            if links && self.links.is_none() {
                self.links = Some(source.evidence("linked library", index + 1));
            }
        }
    }

    /// The patterns of a `//go:embed` line, divided by blanks and quoted where they hold one.
    fn embed(&mut self, source: &Source, line: usize, patterns: &str) {
        let mut quote: Option<char> = None;
        let ends = |c: char| match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
                false
            }
            None if c == '"' || c == '`' => {
                quote = Some(c);
                false
            }
            None => c.is_whitespace(),
        };
        for pattern in patterns.split(ends).filter(|pattern| !pattern.is_empty()) {
            let pattern = pattern.trim_matches(['"', '`']);
            let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
            let evidence = source.evidence("embedded files", line);
            self.embeds.push((join(parent(source.file), pattern), evidence));
        }
    }
}

/// Folders of modules that are not built together with the root: the main module's build does not
/// see their packages.
fn other_modules(repo: &Repo, files: &[String], ours: &[String]) -> Result<BTreeSet<String>> {
    let folders: BTreeSet<&str> = files.iter().map(|file| parent(file)).collect();
    let mut found = BTreeSet::new();
    for folder in folders {
        let mut at = folder;
        while !at.is_empty() {
            if !ours.iter().any(|module| module == at) && repo.has(&join(at, "go.mod"))? {
                found.insert(at.to_owned());
            }
            at = parent(at);
        }
    }
    Ok(found)
}

fn package<'a>(lexemes: &[Lexeme<'a>]) -> Option<&'a str> {
    match (lexemes.first()?.token, lexemes.get(1)?.token) {
        (Token::Word("package"), Token::Word(name)) => Some(name),
        _ => None,
    }
}

fn main_function(lexemes: &[Lexeme]) -> Option<usize> {
    let is_main = |window: &&[Lexeme]| {
        window[0].token == Token::Word("func")
            && window[1].token == Token::Word("main")
            && window[2].token == Token::Sign('(')
    };
    lexemes.windows(3).find(is_main).map(|window| window[0].line)
}

/// Import paths and their lines. Imports stand before everything else but the package clause.
fn imports<'a>(lexemes: &[Lexeme<'a>]) -> Vec<(&'a str, usize)> {
    let mut found = Vec::new();
    let mut open = false;
    let mut importing = false;
    for lexeme in lexemes.iter().skip(2) {
        match lexeme.token {
            Token::Word("import") => importing = true,
            Token::Text(path) if importing => {
                found.push((path, lexeme.line));
                importing = open;
            }
            Token::Sign('(') if importing => open = true,
            Token::Sign(')') if open => (open, importing) = (false, false),
            Token::Word(_) | Token::Sign('.' | ';') if importing || lexeme.token == Token::Sign(';') => {}
            _ => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn main_packages_and_imports() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("go.mod", "module x")
                .file(
                    "main.go",
                    "package main\nimport (\n\t_ \"a/b\"\n\tf \"fmt\"\n)\nimport \"C\"\nfunc main() {}",
                )
                .file("helper.go", "package main\nvar x = \"import\"")
                .file("gen.go", "//go:build ignore\n\npackage main\nfunc main() {}")
                .file("lib/lib.go", "package lib\nfunc main() {}")
                .file("cmd/a/a.go", "package main\n// func main()\n")
                .file("sub/go.mod", "module y")
                .file("sub/main.go", "package main\nfunc main() {}"),
        );
        let found = read(&repo, &[String::new()]).unwrap();
        assert_eq!(found.mains.len(), 1);
        assert_eq!(found.mains[0].files, ["helper.go", "main.go"]);
        assert_eq!(found.imports.keys().collect::<Vec<_>>(), ["C", "a/b", "fmt"]);
    }
}
