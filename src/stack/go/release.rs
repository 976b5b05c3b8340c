//! What a project's own release tools say: which main package is built, under which name, with
//! which tags and stamped variables.

use anyhow::Result;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::sources::{Package, Sources};
use crate::evidence::Evidence;
use crate::manifest;
use crate::repo::{Repo, join, normal, parent};
use crate::stack::common::{is_plain_name, is_plain_path};

/// A main package that a release tool builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Release {
    /// Folder of the main package.
    pub folder: String,
    /// The name of the program, where the tool gives it one.
    pub binary: Option<String>,
    pub tags: Vec<String>,
    pub stamps: Vec<Stamp>,
    /// Whether the project itself builds without cgo.
    pub without_cgo: bool,
    pub evidence: Evidence,
}

/// A variable that the linker sets, `-X NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Stamp {
    pub variable: String,
    /// The build argument that holds the value, where it differs from build to build.
    pub argument: Option<&'static str>,
    /// The value, where it is always the same.
    pub value: String,
}

/// Build arguments and the fields of a release that they stand for.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("VERSION", &[".Version", ".Tag", ".RawVersion", ".Summary", ".Git.Tag"]),
    ("COMMIT", &[".Commit", ".FullCommit", ".ShortCommit", ".Git.FullCommit", ".Git.ShortCommit"]),
    ("DATE", &[".Date", ".CommitDate", ".Timestamp", ".Git.CommitDate"]),
];

/// One text, or several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
enum Texts {
    Several(Vec<String>),
    One(String),
    #[default]
    None,
    Other(IgnoredAny),
}

impl Texts {
    /// Every word of every text.
    fn words(&self) -> Vec<String> {
        let texts = match self {
            Texts::Several(texts) => texts.clone(),
            Texts::One(text) => vec![text.clone()],
            Texts::None | Texts::Other(_) => Vec::new(),
        };
        texts.iter().flat_map(|text| words(text)).collect()
    }
}

/// The words of a text of flags; blanks inside `{{ }}` and quotes divide nothing.
fn words(text: &str) -> Vec<String> {
    let (mut found, mut word, mut depth, mut quote) = (Vec::new(), String::new(), 0_usize, None);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '\'' | '"' if depth == 0 && quote.is_none_or(|open| open == c) => {
                quote = if quote.is_some() { None } else { Some(c) };
                continue;
            }
            _ => {}
        }
        if c.is_whitespace() && depth == 0 && quote.is_none() {
            found.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    found.push(word);
    found.retain(|word| !word.is_empty());
    found
}

/// The part of a configuration that both tools share.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    builds: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    main: Option<String>,
    dir: Option<String>,
    binary: Option<String>,
    ldflags: Texts,
    tags: Texts,
    flags: Texts,
    env: Texts,
}

/// Configuration files, the strongest first.
const FILES: &[&str] =
    &[".ko.yaml", ".ko.yml", ".goreleaser.yaml", ".goreleaser.yml", "goreleaser.yaml", "goreleaser.yml"];

/// Files of commands.
const COMMANDS: &[&str] = &["Makefile", "makefile", "GNUmakefile", "Taskfile.yml", "Taskfile.yaml"];

/// Everything that release tools build here, the strongest tool first.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn read(repo: &Repo, sources: &Sources) -> Result<Vec<Vec<Release>>> {
    let mut found = Vec::new();
    for file in FILES {
        if let Some(text) = repo.source(file)? {
            found.push(configured(file, &text, sources));
        }
    }
    for file in COMMANDS {
        if let Some(text) = repo.source(file)? {
            found.push(commanded(file, &text, sources));
        }
    }
    Ok(found)
}

/// What ko and GoReleaser build. A file that is no YAML, or another's, says nothing.
fn configured(file: &str, text: &str, sources: &Sources) -> Vec<Release> {
    let read: File = serde_saphyr::from_str(text).unwrap_or_default();
    let release = |entry: &Entry| {
        let main = entry.main.as_deref().unwrap_or(".");
        let folder = folder(&join(entry.dir.as_deref().unwrap_or("."), main), sources)?;
        let line = manifest::line_of(text, entry.main.as_deref().unwrap_or("builds"));
        let says = format!("builds {}", if folder.is_empty() { "." } else { folder.as_str() });
        let flags = entry.flags.words();
        let mut tags = plain_tags(entry.tags.words().iter().map(String::as_str));
        tags.extend(tags_of(flags.iter().map(String::as_str)));
        Some(Release {
            folder,
            binary: entry.binary.clone().filter(|name| is_plain_name(name)),
            tags,
            stamps: stamps(&entry.ldflags.words()),
            without_cgo: entry.env.words().iter().any(|word| word == "CGO_ENABLED=0"),
            evidence: Evidence::at("main package", file, line, says),
        })
    };
    read.builds.iter().filter_map(release).collect()
}

/// Tags that are plain names.
fn plain_tags<'a>(written: impl Iterator<Item = &'a str>) -> Vec<String> {
    let tags = written.flat_map(|tags| tags.split([',', ' ']));
    tags.filter(|tag| is_plain_name(tag)).map(str::to_owned).collect()
}

/// The tags that flags of `go build` give: `-tags a,b`, `-tags=a`.
fn tags_of<'a>(mut flags: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(flag) = flags.next() {
        match flag.trim_start_matches('-').strip_prefix("tags").filter(|_| flag.starts_with('-')) {
            Some("") => found.extend(plain_tags(flags.next().into_iter())),
            Some(rest) => found.extend(plain_tags(rest.strip_prefix('=').into_iter())),
            None => {}
        }
    }
    found
}

/// A line that is longer is no command that a person wrote.
const LONGEST_LINE: usize = 4000;

/// What the `go build` lines of a file of commands build.
fn commanded(file: &str, text: &str, sources: &Sources) -> Vec<Release> {
    let mut found: Vec<Release> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let is_said = line.trim_start().trim_start_matches(['@', '-']).starts_with("echo");
        if line.len() > LONGEST_LINE || line.trim_start().starts_with('#') || is_said {
            continue;
        }
        let mut below = "";
        for command in line.split(['&', '|', ';', '#']) {
            below = changed(command).unwrap_or(below);
            let Some(at) = command.find("go build") else { continue };
            let Some(folder) = built(&command[at..], below, sources) else { continue };
            if found.iter().any(|one| one.folder == folder) {
                continue;
            }
            found.push(Release {
                folder,
                binary: binary(&command[at..]),
                tags: tags_of(words_of(&command[at..])),
                stamps: Vec::new(),
                without_cgo: command[..at].contains("CGO_ENABLED=0"),
                evidence: Evidence::at("main package", file, index + 1, manifest::line(text, index + 1)),
            });
        }
    }
    found
}

/// The words of a command.
fn words_of(command: &str) -> impl Iterator<Item = &str> {
    command.split_whitespace().map(|word| word.trim_matches(['"', '\'']))
}

/// The folder that a command goes to.
fn changed(command: &str) -> Option<&str> {
    let mut words = command.split_whitespace().map(|word| word.trim_start_matches(['@', '-']));
    words.find(|word| *word == "cd").and_then(|_| words.next())
}

/// The main package that a command builds: the last word that names one, else the folder that the
/// command is given in where it names none.
fn built(line: &str, below: &str, sources: &Sources) -> Option<String> {
    let named = words_of(line).skip(2).filter(|word| !word.starts_with('-'));
    let named = named.filter(|word| word.contains('/') || *word == ".");
    let found = named.filter_map(|word| folder(&join(below, word), sources)).last();
    found.or_else(|| if below.is_empty() { None } else { folder(below, sources) })
}

/// The name that a command gives the program by `-o`.
fn binary(line: &str) -> Option<String> {
    let path = words_of(line).skip_while(|word| *word != "-o").nth(1)?;
    let name = path.rsplit('/').next().filter(|name| is_plain_name(name))?;
    Some(name.trim_end_matches(".exe").to_owned())
}

/// The main package that a path names: its folder, or one of its files.
fn folder(path: &str, sources: &Sources) -> Option<String> {
    let path = normal(path)?;
    let folder = if path.ends_with(".go") { parent(&path).to_owned() } else { path };
    let is_main = |main: &Package| main.folder == folder;
    sources.mains().any(is_main).then_some(folder)
}

/// The variables that `-X` sets: those whose value is known, or can be an argument of the build.
fn stamps(words: &[String]) -> Vec<Stamp> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let pair = match word.as_str() {
            "-X" => words.next().map(String::as_str),
            word => word.strip_prefix("-X=").or_else(|| word.strip_prefix("-X ")),
        };
        let Some((variable, value)) = pair.and_then(|pair| pair.trim().split_once('=')) else { continue };
        if is_plain_path(variable) {
            found.extend(stamp(variable, value));
        }
    }
    found
}

fn stamp(variable: &str, value: &str) -> Option<Stamp> {
    let stamp =
        |argument, value: &str| Stamp { variable: variable.to_owned(), argument, value: value.to_owned() };
    let Some(field) = value.strip_prefix("{{").and_then(|value| value.strip_suffix("}}")) else {
        // What is put together of several parts is no argument's value.
        return is_plain_name(value).then(|| stamp(None, value));
    };
    let field = field.trim();
    let known = |(_, fields): &&(&'static str, &[&str])| fields.contains(&field);
    ARGUMENTS.iter().find(known).map(|(name, _)| stamp(Some(name), ""))
}

#[cfg(test)]
mod tests {
    use super::super::constraint::Tags;
    use super::super::sources::{self, Local, Scope};
    use super::*;
    use crate::repo::Memory;

    fn releases(file: &str, text: &str) -> Vec<Release> {
        let main = "package main\nfunc main() {}";
        let repo = Repo::in_memory(
            Memory::new()
                .file("main.go", main)
                .file("cmd/a/main.go", main)
                .file("cmd/b/b.go", main)
                .file(file, text),
        );
        let modules = vec![Local { path: "x".to_owned(), folder: String::new() }];
        let scope = Scope { modules, ..Scope::default() };
        let sources = sources::read(&repo, &scope, &Tags::default()).unwrap();
        read(&repo, &sources).unwrap().concat()
    }

    fn folders(file: &str, text: &str) -> Vec<String> {
        releases(file, text).into_iter().map(|release| release.folder).collect()
    }

    #[test]
    fn goreleaser_names_package_program_tags_and_variables() {
        let text = "builds:\n  - main: ./cmd/a/main.go\n    binary: tool\n    env: [CGO_ENABLED=0]\n    tags:\n      - netgo\n    ldflags:\n      - -s -w -X main.version={{.Version}} -X 'main.date={{ .Date }}'\n      - -X main.by=release -X main.odd={{ .Env.X }} -X \"a b=c\"\n";
        let found = releases(".goreleaser.yaml", text).remove(0);
        assert_eq!((found.folder.as_str(), found.binary.as_deref()), ("cmd/a", Some("tool")));
        assert_eq!(found.tags, ["netgo"]);
        assert!(found.without_cgo);
        let stamps: Vec<(&str, Option<&str>, &str)> = found
            .stamps
            .iter()
            .map(|stamp| (stamp.variable.as_str(), stamp.argument, stamp.value.as_str()))
            .collect();
        assert_eq!(
            stamps,
            [
                ("main.version", Some("VERSION"), ""),
                ("main.date", Some("DATE"), ""),
                ("main.by", None, "release")
            ]
        );
        assert_eq!(found.evidence.line, Some(2));
    }

    #[test]
    fn the_root_is_what_is_built_when_nothing_is_named() {
        assert_eq!(folders(".goreleaser.yml", "builds:\n  - binary: x\n"), [""]);
        assert_eq!(folders(".ko.yaml", "builds:\n- id: a\n  main: ./cmd/b\n"), ["cmd/b"]);
        assert_eq!(folders(".ko.yaml", "defaultBaseImage: x\n"), [""; 0]);
        assert_eq!(folders(".goreleaser.yaml", ": no yaml ["), [""; 0]);
    }

    #[test]
    fn commands_name_packages() {
        assert_eq!(folders("Makefile", "build:\n\tgo build -o bin/a ./cmd/a\n\tgo test ./...\n"), ["cmd/a"]);
        assert_eq!(folders("Makefile", "build:\n\tCGO_ENABLED=0 go build -ldflags \"$(X)\" -o x .\n"), [""]);
        assert_eq!(
            folders("Taskfile.yml", "cmds:\n  - go build ./cmd/b && go build ./cmd/a\n"),
            ["cmd/b", "cmd/a"]
        );
        assert_eq!(folders("Makefile", "build:\n\tgo build -o $@ ./cmd/$@\n"), [""; 0]);
        let changed =
            releases("Makefile", "build:\n\t- cd cmd/a && CGO_ENABLED=0 go build -o ../../dist/tool\n")
                .remove(0);
        assert_eq!((changed.folder.as_str(), changed.binary.as_deref()), ("cmd/a", Some("tool")));
        assert!(changed.without_cgo);
        assert_eq!(folders("Makefile", "# go build ./cmd/a\nx:\n\t@echo go build ./cmd/b\n"), [""; 0]);
        let tagged = releases("Makefile", "x:\n\tgo build -tags 'prod,$(X)' ./cmd/a\n").remove(0);
        assert_eq!(tagged.tags, ["prod"]);
    }
}
