//! What the compiler reads beside the sources, and what a build script starts.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, join, normal, parent};
use crate::source::Source;
use crate::source::assets::Asset;
use crate::source::lexer::Token;

/// What was found.
#[derive(Default)]
pub(super) struct Inputs {
    /// Files that a macro compiles in.
    pub included: Vec<String>,
    /// Files of folders that a macro compiles in.
    pub embedded: Vec<String>,
    /// Folders that a macro compiles in and that are there.
    present: Vec<(String, Evidence)>,
    /// Folders that a macro compiles in and that are not there.
    missing: Vec<(String, Evidence)>,
    /// Folders whose place in the build stage is compiled in.
    pub placed: Vec<Asset>,
    /// The first query of each package that sqlx checks against a database when it compiles.
    pub checked_queries: BTreeMap<String, Evidence>,
    /// A macro that asks git for the version and has nothing to say without it.
    pub asked_version: Option<Evidence>,
    /// Sets of features of a package of which it compiles only with one.
    pub wanted: Vec<Wanted>,
    /// Programs that a build script starts.
    pub started: Vec<(String, Evidence)>,
    /// Strings in build scripts: the folders that they may make.
    said: Vec<String>,
}

/// Features of which a package needs one.
pub(super) struct Wanted {
    /// The folder of the package.
    pub package: String,
    pub features: Vec<String>,
    pub evidence: Evidence,
}

/// Files of an embedded folder that are looked at.
const MOST: usize = 5000;

impl Inputs {
    /// Reads one more source of a package.
    pub(super) fn read(&mut self, repo: &Repo, package: &str, source: &Source) -> Result<()> {
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            match lexeme.token {
                Token::Text(text) => self.literal(repo, package, source, at, text)?,
                Token::Word("query" | "query_as" | "query_scalar" | "query_file" | "query_file_as")
                    if source.is_sign(at + 1, '!') && !defines(source, at) =>
                {
                    let evidence = source.evidence("query", lexeme.line);
                    self.checked_queries.entry(package.to_owned()).or_insert(evidence);
                }
                Token::Word("git_version" | "git_describe")
                    if source.is_sign(at + 1, '!')
                        && !(at..at + 40).any(|at| source.is_word(at, &["fallback"])) =>
                {
                    self.asked_version = Some(source.evidence("version", lexeme.line));
                }
                Token::Word("compile_error") => self.wanted.extend(wanted(package, source, at)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a build script.
    pub(super) fn build_script(&mut self, repo: &Repo, package: &str, source: &Source) -> Result<()> {
        for at in 0..source.lexemes.len() {
            let Some(Token::Text(text)) = source.token(at) else { continue };
            self.said.push(text.to_owned());
            self.read_by_script(repo, package, text)?;
            let called = at >= 2 && source.is_sign(at - 1, '(') && source.is_word(at - 2, &["new"]);
            if called && at >= 5 && source.is_word(at - 5, &["Command"]) {
                self.started
                    .push((text.to_owned(), source.evidence("build script", source.lexemes[at].line)));
            }
        }
        self.read(repo, package, source)
    }

    /// A file that a build script names: the build needs it, whatever is left out elsewhere.
    fn read_by_script(&mut self, repo: &Repo, package: &str, text: &str) -> Result<()> {
        let starts = ["cargo:rerun-if-changed=", "cargo::rerun-if-changed="];
        let named = starts.iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
        let path =
            normal(&join(package, named)).filter(|path| !path.is_empty() && !path.starts_with(".git/"));
        if let Some(path) = path
            && repo.kind(&path)? == Some(Kind::File)
            && !self.included.contains(&path)
        {
            self.included.push(path);
        }
        Ok(())
    }

    /// The folders that are compiled in, without those that a build script makes.
    pub(super) fn folders(&self) -> Vec<(String, Evidence)> {
        self.present.iter().chain(self.lacks()).cloned().collect()
    }

    /// The folders that are compiled in, are not there, and that no build script makes.
    fn lacks(&self) -> impl Iterator<Item = &(String, Evidence)> {
        self.missing.iter().filter(|(folder, _)| !self.says(folder))
    }

    /// Whether a build script names a folder.
    pub(super) fn says(&self, folder: &str) -> bool {
        let last = folder.rsplit('/').next().unwrap_or(folder);
        self.said.iter().any(|said| said.split('/').any(|part| part == last))
    }

    fn literal(&mut self, repo: &Repo, package: &str, source: &Source, at: usize, text: &str) -> Result<()> {
        let within =
            |back: usize, words: &[&str]| (at.saturating_sub(back)..at).any(|at| source.is_word(at, words));
        let after_root = matches!(
            at.checked_sub(3).and_then(|at| source.token(at)),
            Some(Token::Text("CARGO_MANIFEST_DIR"))
        );
        let from_package =
            || normal(&join(package, text.trim_start_matches('/'))).filter(|path| !path.is_empty());
        const INCLUDE: &[&str] = &["include_str", "include_bytes", "include"];
        if within(3, INCLUDE) || (after_root && within(13, INCLUDE)) {
            let path = if after_root { from_package() } else { normal(&join(parent(source.file), text)) };
            if let Some(path) = path.filter(|path| !path.is_empty())
                && repo.has(&path)?
            {
                self.included.push(path);
            }
        } else if let Some(folder) = folder(source, at, text) {
            self.embed(repo, &join(package, folder), source, at)?;
        } else if (within(6, &["relative"]) || after_root)
            && let Some(path) = from_package()
            && matches!(repo.kind(&path)?, Some(Kind::Folder | Kind::File))
            && !self.placed.iter().any(|asset| asset.from == path)
        {
            let evidence = source.evidence("compiled path", source.lexemes[at].line);
            self.placed.push(Asset { from: path.clone(), to: path, evidence });
        }
        Ok(())
    }

    fn embed(&mut self, repo: &Repo, folder: &str, source: &Source, at: usize) -> Result<()> {
        let Some(path) = normal(folder).filter(|path| !path.is_empty()) else { return Ok(()) };
        if repo.kind(&path)?.is_some() {
            self.embedded.extend(repo.files(&path, MOST)?);
            self.present.push((path, source.evidence("embedded files", source.lexemes[at].line)));
            return Ok(());
        }
        // What is compiled under a condition may never be.
        let near = at.saturating_sub(40)..at + 24;
        let is_conditional = near.into_iter().any(|at| {
            source.is_word(at, &["cfg", "cfg_attr", "feature", "allow_missing", "debug_assertions"])
        });
        if !is_conditional {
            self.missing.push((path, source.evidence("embedded files", source.lexemes[at].line)));
        }
        Ok(())
    }
}

/// Whether a macro of this name is the program's own: `macro_rules! query`, without `sqlx::`.
fn defines(source: &Source, at: usize) -> bool {
    let name = source.token(at);
    let is_path = at >= 1 && source.is_sign(at - 1, ':');
    let defined = |start: usize| {
        source.is_word(start, &["macro_rules"])
            && source.is_sign(start + 1, '!')
            && source.token(start + 2) == name
    };
    !is_path && (0..source.lexemes.len()).any(defined)
}

/// The folder below the package that a macro compiles in: rust-embed's `#[folder = "dist"]`,
/// `include_dir!("$CARGO_MANIFEST_DIR/dist")`.
fn folder<'a>(source: &Source, at: usize, text: &'a str) -> Option<&'a str> {
    let attribute = at >= 3
        && source.is_word(at - 2, &["folder"])
        && source.is_sign(at - 3, '[')
        && source.find_word(&["RustEmbed", "Embed"]).is_some();
    let called = at >= 3 && source.is_word(at - 3, &["include_dir"]) && source.is_sign(at - 2, '!');
    if !attribute && !called {
        return None;
    }
    let roots = ["$CARGO_MANIFEST_DIR/", "${CARGO_MANIFEST_DIR}/"];
    let below = roots.iter().find_map(|root| text.strip_prefix(root));
    let below = if attribute { below.or(Some(text)) } else { below };
    below.filter(|path| !path.contains('$') && !path.starts_with('/'))
}

/// The features of which one is needed: `#[cfg(not(any(feature = "a", feature = "b")))]` before
/// `compile_error!`.
fn wanted(package: &str, source: &Source, at: usize) -> Option<Wanted> {
    let start = (at.saturating_sub(80)..at).rev().find(|at| source.is_word(*at, &["cfg"]))?;
    let not = source.is_word(start + 2, &["not"]);
    let any = source.is_word(start + 4, &["any"]) || source.is_word(start + 4, &["feature"]);
    // The attribute is right before it, and speaks of nothing but features.
    let inside = start + 5..at;
    let other =
        ["target_os", "target_arch", "target_family", "windows", "unix", "test", "all", "not", "fn", "mod"];
    if !not || !any || inside.clone().any(|at| source.is_word(at, &other)) {
        return None;
    }
    let named = |at: usize| match source.token(at) {
        Some(Token::Text(text)) if source.is_word(at.checked_sub(2)?, &["feature"]) => Some(text.to_owned()),
        _ => None,
    };
    let features: Vec<String> = inside.filter_map(named).collect();
    let evidence = source.evidence("features", source.lexemes[start].line);
    (!features.is_empty()).then(|| Wanted { package: package.to_owned(), features, evidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;
    use crate::source::lexer::Syntax;

    fn read(text: &str) -> Inputs {
        let repo = Repo::in_memory(
            Memory::new().file("src/main.rs", text).file("README.md", "").file("web/certs/a.pem", ""),
        );
        let mut inputs = Inputs::default();
        inputs.read(&repo, "", &Source::new("src/main.rs", text, Syntax::Rust)).unwrap();
        inputs
    }

    #[test]
    fn files_that_macros_compile_in() {
        assert_eq!(read("#![doc = include_str!(\"../README.md\")]").included, ["README.md"]);
        let text = "include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/README.md\"))";
        assert_eq!((read(text).included, read(text).placed.len()), (vec!["README.md".to_owned()], 0));
        assert_eq!(
            read("#[derive(RustEmbed)]\n#[folder = \"web/\"]\nstruct A;").embedded,
            ["web/certs/a.pem"]
        );
        assert_eq!(read("include_dir!(\"$CARGO_MANIFEST_DIR/web\")").embedded, ["web/certs/a.pem"]);
    }

    #[test]
    fn folders_that_are_missing() {
        let missing = |text: &str| read(text).lacks().map(|(folder, _)| folder.clone()).next();
        assert_eq!(missing("#[derive(RustEmbed)]\n#[folder = \"dist\"]\nstruct A;"), Some("dist".to_owned()));
        assert_eq!(missing("#[derive(RustEmbed)]\n#[folder = \"$OUT_DIR/x\"]\nstruct A;"), None);
        assert_eq!(missing("#[cfg(feature = \"ui\")]\n#[derive(RustEmbed)]\n#[folder = \"dist\"]"), None);
        let mut inputs = read("#[derive(RustEmbed)]\n#[folder = \"dist\"]\nstruct A;");
        let script = "fn main() { create_dir_all(\"ui/dist\"); Command::new(\"npm\"); }";
        let repo = Repo::in_memory(Memory::new());
        inputs.build_script(&repo, "", &Source::new("build.rs", script, Syntax::Rust)).unwrap();
        assert!(inputs.lacks().next().is_none());
        assert_eq!(inputs.started[0].0, "npm");
        let script = "fn main() { fs::read(\"certs/a.pem\"); println!(\"cargo:rerun-if-changed=b.txt\"); open(\"none\") }";
        let repo = Repo::in_memory(Memory::new().file("x/certs/a.pem", "").file("x/b.txt", ""));
        inputs.build_script(&repo, "x", &Source::new("x/build.rs", script, Syntax::Rust)).unwrap();
        assert_eq!(inputs.included, ["x/certs/a.pem", "x/b.txt"]);
    }

    #[test]
    fn features_of_which_one_is_needed() {
        let text = "#[cfg(not(any(feature = \"a\", feature = \"b\")))]\ncompile_error!(\"none\");";
        assert_eq!(read(text).wanted[0].features, ["a", "b"]);
        assert_eq!(read("#[cfg(not(feature = \"a\"))]\ncompile_error!(\"none\");").wanted[0].features, ["a"]);
        assert!(read("#[cfg(not(any(unix, windows)))]\ncompile_error!(\"none\");").wanted.is_empty());
        assert!(
            read("#[cfg(all(feature = \"a\", feature = \"b\"))]\ncompile_error!(\"both\");")
                .wanted
                .is_empty()
        );
    }

    #[test]
    fn a_version_that_git_is_asked_for() {
        assert!(read("git_version!(args = [\"--tags\"])").asked_version.is_some());
        assert!(read("git_version!(fallback = \"unknown\")").asked_version.is_none());
    }
}
