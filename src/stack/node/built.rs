//! Which file of the build's output a source becomes, as far as the build says so.

use anyhow::Result;

use crate::catalog::Node;
use crate::repo::{Repo, join, normal, parent};
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};
use crate::stack::javascript::config::{self, Said};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script::{self, Command};

/// What a source becomes: the file, below its package, and the words of the build that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Built {
    pub file: String,
    pub says: String,
}

/// Finds what the `build` script of a package makes of one of its sources.
///
/// # Errors
/// When a configuration file cannot be read.
pub(super) fn built(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &Node,
    entry: &str,
) -> Result<Option<Built>> {
    let Some(entry) = normal(entry) else { return Ok(None) };
    let commands = script::commands(&candidate.package, "build", &knowledge.front).unwrap_or_default();
    for command in &commands {
        let says = command.join(" ");
        let file = match script::program(command).map(|program| program.rsplit('/').next().unwrap_or(program))
        {
            Some("tsc") => compiled(repo, candidate, command, &entry)?,
            Some("tsup") => Some(bundled(candidate, command, &entry, "dist")),
            Some("esbuild") => by_options(command, &entry),
            Some("ncc") => {
                Some(join(&one(command, &["-o", "--out"]).unwrap_or("dist".to_owned()), "index.js"))
            }
            Some("babel") => {
                one(command, &["-d", "--out-dir"]).map(|folder| in_folder(&folder, &below_first(&entry)))
            }
            Some("swc") if command.iter().any(|word| word == "--strip-leading-paths") => {
                one(command, &["-d", "--out-dir"]).map(|folder| in_folder(&folder, &below_first(&entry)))
            }
            Some("nest") => Some(nest(repo, candidate, &entry)?),
            _ => None,
        };
        if let Some(file) = file.and_then(|file| normal(&file)) {
            return Ok(Some(Built { file, says }));
        }
    }
    Ok(None)
}

/// The value of one of these options.
fn one(command: &Command, names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    script::options(command, &names).first().map(|value| (*value).to_owned())
}

/// A source's name with the ending that a compiler gives it.
fn renamed(entry: &str) -> String {
    for (from, to) in [(".mts", ".mjs"), (".cts", ".cjs"), (".tsx", ".js"), (".ts", ".js"), (".jsx", ".js")] {
        if let Some(stem) = entry.strip_suffix(from) {
            return format!("{stem}{to}");
        }
    }
    entry.to_owned()
}

fn in_folder(folder: &str, file: &str) -> String {
    join(folder, &renamed(file))
}

/// A path without its first folder.
fn below_first(entry: &str) -> String {
    entry.split_once('/').map_or(entry, |(_, rest)| rest).to_owned()
}

/// What the TypeScript compiler makes: `outDir`, and below it the path from `rootDir`.
fn compiled(repo: &Repo, candidate: &Candidate, command: &Command, entry: &str) -> Result<Option<String>> {
    let project = one(command, &["-p", "--project", "-b", "--build"]).unwrap_or("tsconfig.json".to_owned());
    let project = if project.ends_with(".json") { project } else { join(&project, "tsconfig.json") };
    let settings = Settings::read(repo, &join(&candidate.folder, &project), 0)?;
    let out = one(command, &["--outDir"]).or(settings.out);
    let root = match one(command, &["--rootDir"]).or(settings.root) {
        Some(root) => root,
        None => common_root(repo, candidate, &settings.include)?,
    };
    let root = normal(&root).unwrap_or_default();
    let inner = if root.is_empty() { Some(entry) } else { entry.strip_prefix(&format!("{root}/")) };
    let Some(inner) = inner else { return Ok(None) };
    Ok(Some(in_folder(&out.unwrap_or(root.clone()), inner)))
}

/// Settings of the TypeScript compiler, seen from the package.
#[derive(Default)]
struct Settings {
    out: Option<String>,
    root: Option<String>,
    include: Vec<String>,
}

impl Settings {
    /// Reads a file and those that it extends.
    fn read(repo: &Repo, file: &str, depth: usize) -> Result<Settings> {
        let mut settings = Settings::default();
        let Some(text) = repo.source(file)?.filter(|_| depth < 5) else { return Ok(settings) };
        let source = Source::new(file, &text, Syntax::JavaScript);
        let path = |key: &str| match config::said(&source, key) {
            Some(Said::Path { path, .. }) => Some(path),
            _ => None,
        };
        settings.out = path("compilerOptions.outDir");
        settings.root = path("compilerOptions.rootDir");
        settings.include = included(&source);
        if let Some(base) = text_of(&source, "extends").filter(|base| base.starts_with('.')) {
            let base = if base.ends_with(".json") { base } else { format!("{base}.json") };
            if let Some(base) = normal(&join(parent(file), &base)) {
                let above = Settings::read(repo, &base, depth + 1)?;
                settings.out = settings.out.or(above.out);
                settings.root = settings.root.or(above.root);
                if settings.include.is_empty() {
                    settings.include = above.include;
                }
            }
        }
        Ok(settings)
    }
}

/// The string that a key of JSON is set to.
fn text_of(source: &Source, key: &str) -> Option<String> {
    let at = source.lexemes.iter().position(|lexeme| lexeme.token == Token::Text(key))?;
    match source.token(at + 2) {
        Some(Token::Text(text)) if source.is_sign(at + 1, ':') => Some(text.to_owned()),
        _ => None,
    }
}

/// The strings of `include` and `files`.
fn included(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["include", "files"] {
        let Some(at) = source.lexemes.iter().position(|lexeme| lexeme.token == Token::Text(key)) else {
            continue;
        };
        for lexeme in source.lexemes.iter().skip(at + 1) {
            match lexeme.token {
                Token::Text(text) => found.push(text.to_owned()),
                Token::Sign(']') => break,
                _ => {}
            }
        }
    }
    found
}

/// The folder that all compiled sources have in common, where no `rootDir` says it.
fn common_root(repo: &Repo, candidate: &Candidate, include: &[String]) -> Result<String> {
    let first = |pattern: &String| {
        let pattern = pattern.trim_start_matches("./");
        let folder = pattern.split('/').next().unwrap_or_default();
        (pattern.contains('/') || !pattern.contains('.')).then(|| folder.to_owned())
    };
    let mut folders: Vec<Option<String>> = include.iter().map(first).collect();
    if folders.is_empty() {
        for file in repo.sources(&candidate.folder, &[".ts", ".mts", ".cts", ".tsx"])? {
            let inner = file.strip_prefix(candidate.folder.as_str()).unwrap_or(&file).trim_start_matches('/');
            let is_declared = inner.ends_with(".d.ts");
            if !is_declared {
                folders.push(inner.split_once('/').map(|(folder, _)| folder.to_owned()));
            }
        }
    }
    folders.sort();
    folders.dedup();
    Ok(match folders.as_slice() {
        [Some(folder)] if !folder.contains('*') => folder.clone(),
        _ => String::new(),
    })
}

/// What a bundler makes of an entry: a file with its name.
fn bundled(candidate: &Candidate, command: &Command, entry: &str, usual: &str) -> String {
    let folder = one(command, &["-d", "--out-dir", "--outDir"]).unwrap_or(usual.to_owned());
    let format = one(command, &["--format", "-f"]).unwrap_or_default();
    let is_module = candidate.package.string(&["type"]) == Some("module");
    let ending = match (format.contains("esm"), format.contains("cjs"), is_module) {
        (true, false, false) => "mjs",
        (false, _, true) => "cjs",
        _ => "js",
    };
    let name = entry.rsplit('/').next().unwrap_or(entry);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    join(&folder, &format!("{stem}.{ending}"))
}

/// What esbuild's options name.
fn by_options(command: &Command, entry: &str) -> Option<String> {
    if let Some(file) = one(command, &["--outfile"]) {
        return Some(file);
    }
    let folder = one(command, &["--outdir"])?;
    let name = entry.rsplit('/').next().unwrap_or(entry);
    Some(in_folder(&folder, name))
}

/// What the Nest CLI makes: the compiler's output of the entry.
fn nest(repo: &Repo, candidate: &Candidate, entry: &str) -> Result<String> {
    let build = join(&candidate.folder, "tsconfig.build.json");
    let project = if repo.has(&build)? { "tsconfig.build.json" } else { "tsconfig.json" };
    let command = ["tsc", "-p", project].map(str::to_owned).to_vec();
    Ok(compiled(repo, candidate, &command, entry)?.unwrap_or_else(|| "dist/main.js".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::manifest::package::Package;
    use crate::repo::Memory;

    fn file(build: &str, entry: &str, files: &[(&str, &str)]) -> Option<String> {
        let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
        let repo = Repo::in_memory(memory);
        let text = format!("{{\"scripts\": {{\"build\": \"{build}\"}}}}");
        let package = Package::parse("package.json", text).unwrap();
        let knowledge = catalog::node().unwrap();
        let candidate = Candidate::of(&repo, "package.json".into(), package, &knowledge).unwrap();
        built(&repo, &candidate, &knowledge, entry).unwrap().map(|built| built.file)
    }

    #[test]
    fn the_compiler_keeps_the_path_from_its_root() {
        let of = |settings: &str, entry: &str| {
            file(
                "rimraf dist && tsc",
                entry,
                &[("tsconfig.json", settings), ("src/index.ts", ""), ("src/a/b.ts", "")],
            )
        };
        let out = r#"{"compilerOptions": {"outDir": "./dist"}}"#;
        assert_eq!(of(out, "src/index.ts").unwrap(), "dist/index.js");
        assert_eq!(of(out, "./src/a/b.mts").unwrap(), "dist/a/b.mjs");
        let rooted = r#"{"compilerOptions": {"outDir": "build", "rootDir": "."}, /* c */ }"#;
        assert_eq!(of(rooted, "src/index.ts").unwrap(), "build/src/index.js");
        let wide = r#"{"compilerOptions": {"outDir": "dist"}, "include": ["src", "test"]}"#;
        assert_eq!(of(wide, "src/index.ts").unwrap(), "dist/src/index.js");
        assert_eq!(of("{}", "src/index.ts").unwrap(), "src/index.js", "beside the source");
        let extends =
            [("a/tsconfig.json", r#"{"extends": "../base"}"#), ("base.json", out), ("src/index.ts", "")];
        assert_eq!(file("tsc -p a", "src/index.ts", &extends).unwrap(), "dist/index.js");
    }

    #[test]
    fn bundlers_name_what_they_make() {
        assert_eq!(file("tsup src/index.ts --format cjs,esm", "src/index.ts", &[]).unwrap(), "dist/index.js");
        assert_eq!(file("tsup src/a.ts --format esm -d out", "src/a.ts", &[]).unwrap(), "out/a.mjs");
        assert_eq!(file("esbuild src/a.ts --bundle --outfile=b.cjs", "src/a.ts", &[]).unwrap(), "b.cjs");
        assert_eq!(file("esbuild src/a.ts --outdir=lib", "src/a.ts", &[]).unwrap(), "lib/a.js");
        assert_eq!(file("ncc build src/a.ts -o out", "src/a.ts", &[]).unwrap(), "out/index.js");
        assert_eq!(file("babel src -d lib", "src/a/b.js", &[]).unwrap(), "lib/a/b.js");
        assert_eq!(file("echo nothing", "src/a.ts", &[]), None);
    }

    #[test]
    fn nest_compiles_with_its_own_settings() {
        let files = [
            ("tsconfig.json", r#"{"compilerOptions": {"outDir": "./dist"}}"#),
            ("tsconfig.build.json", r#"{"extends": "./tsconfig.json", "include": ["src"]}"#),
            ("src/main.ts", ""),
            ("test/a.ts", ""),
        ];
        assert_eq!(file("nest build", "src/main.ts", &files).unwrap(), "dist/main.js");
    }
}
