//! Arguments of `node`.

use super::program::Row;
use super::walk::Walk;
use super::{Scripts, Unfit};
use crate::catalog::{self, NodeProgramKind};
use crate::manifest::shell::Word;
use crate::source::Source;
use crate::source::lexer::Syntax;
use crate::stack::node::sources::{self, package};

/// A `node` command, taken apart.
pub(super) struct NodeLine {
    pub flags: Vec<String>,
    /// As it is written.
    pub file: String,
    /// What the file is given.
    pub words: Vec<Word>,
}

impl NodeLine {
    pub(super) fn argv(&self, walk: &mut Walk) -> Result<Vec<String>, Unfit> {
        Ok([self.flags.clone(), vec![self.file.clone()], walk.filled(&self.words)?].concat())
    }
}

impl Scripts<'_> {
    /// A `node` command that serves.
    pub(super) fn node(&self, words: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        let line = self.node_line(words, walk)?;
        if let Some(name) = self.through(&line.file) {
            self.serves(&[vec![Word::plain(name)], line.words].concat(), walk)?;
            walk.start.argv.splice(0..0, line.flags);
            return Ok(());
        }
        if is_ace(&line.file) {
            let verb = line.words.first().map_or("", |word| word.text.as_str());
            return Err(match self.row("ace", &line.words) {
                Row::Known(row) if row.kind != NodeProgramKind::Server => walk.stop("starts no server"),
                _ => walk.development(&format!("node {} {verb}", line.file)),
            });
        }
        walk.start.argv = line.argv(walk)?;
        Ok(())
    }

    /// Takes a command apart; one that compiles or watches is for development, with its target.
    pub(super) fn node_line(&self, words: &[Word], walk: &mut Walk) -> Result<NodeLine, Unfit> {
        let mut line = NodeLine { flags: Vec::new(), file: String::new(), words: Vec::new() };
        let mut development = None;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word.variables.iter().any(|name| self.knowledge.scripts.debugging.contains(name)) {
                continue;
            }
            if let Some(sign) = word.needs() {
                return Err(walk.shell(&sign));
            }
            if !word.text.starts_with('-') {
                line.file.clone_from(&word.text);
                break;
            }
            if let Some(program) = self.flag_of_node(&word.text, &mut words, &mut line.flags, walk)? {
                development.get_or_insert(program);
            }
        }
        if line.file.is_empty() {
            return Err(walk.stop("runs node without a file"));
        }
        line.words = words.cloned().collect();
        let Some(program) = development else { return Ok(line) };
        while let Some(at) = line.flags.iter().position(|word| is_helper(word, self.knowledge)) {
            line.flags.drain(at.saturating_sub(usize::from(!line.flags[at].starts_with('-')))..=at);
        }
        let mut start = walk.start.clone();
        start.argv = line.argv(&mut walk.aside())?;
        Err(Unfit::Development { program, target: Some(line.file), start: Box::new(start) })
    }

    /// Keeps a flag, or leaves it out; what makes it one for development.
    fn flag_of_node<'w>(
        &self,
        text: &str,
        words: &mut impl Iterator<Item = &'w Word>,
        flags: &mut Vec<String>,
        walk: &mut Walk,
    ) -> Result<Option<String>, Unfit> {
        let (flag, value) = text.split_once('=').map_or((text, None), |(flag, value)| (flag, Some(value)));
        let mut next = || if value.is_none() { words.next() } else { None };
        match flag {
            "--watch"
            | "--watch-path"
            | "--watch-preserve-output"
            | "--inspect"
            | "--inspect-brk"
            | "--inspect-wait"
            | "--inspect-port" => return Ok(Some(format!("node {flag}"))),
            "--env-file" | "--env-file-if-exists" => {
                next();
                walk.warn(format!(
                    "`{flag}` is left out: files of secrets are not in the image; set the variables when it runs"
                ));
            }
            "-e" | "--eval" | "-p" | "--print" | "-pe" => {
                return Err(walk.stop("runs code of the script itself"));
            }
            "--" => {}
            _ if starts_nothing(flag) => {
                return Err(walk.stop(&format!("runs `node {flag}`, which starts no program")));
            }
            _ if takes_a_value(flag) => {
                let next = next().map(|word| word.text.clone());
                let loaded = value.or(next.as_deref()).unwrap_or_default();
                if is_preload(loaded, self.knowledge) {
                    return Ok(Some(format!("node {flag} {loaded}")));
                }
                flags.push(text.to_owned());
                flags.extend(next);
            }
            _ => flags.push(text.to_owned()),
        }
        Ok(None)
    }

    /// Whether a file that node runs serves and does not end, as its source says.
    pub(super) fn listens(&self, file: &str) -> Result<bool, Unfit> {
        let stop = |error: anyhow::Error| Unfit::Stop(format!("{error:#}"));
        for path in [Some(file), made_of(file).as_deref()].into_iter().flatten() {
            let Some(path) = sources::resolve(&self.repo, path).map_err(stop)? else { continue };
            let Some(text) = self.repo.source(&path).map_err(stop)? else { continue };
            let source = Source::new(&path, &text, Syntax::JavaScript);
            return Ok((1..source.lexemes.len()).any(|at| {
                source.is_sign(at - 1, '.') && source.is_word(at, &["listen"]) && source.is_sign(at + 1, '(')
            }));
        }
        Ok(false)
    }

    /// The program that a file below `node_modules` is.
    pub(super) fn through(&self, file: &str) -> Option<String> {
        let (_, rest) = file.rsplit_once("node_modules/")?;
        if let Some(name) = rest.strip_prefix(".bin/") {
            return Some(name.to_owned());
        }
        let package = package(rest)?;
        let of = |row: &&catalog::NodeProgram| row.package.as_deref() == Some(package);
        let row = self.knowledge.program.iter().find(of).map(|row| row.name.clone());
        let mut runners = self.knowledge.scripts.runner.iter();
        row.or_else(|| runners.find(|runner| runner.name == package).map(|runner| runner.name.clone()))
    }
}

/// Whether a flag keeps node from running its file as a program.
pub(super) fn starts_nothing(flag: &str) -> bool {
    let flag = flag.split('=').next().unwrap_or(flag);
    let known = [
        "-c",
        "-h",
        "-i",
        "-v",
        "--build-sea",
        "--build-snapshot",
        "--check",
        "--completion-bash",
        "--help",
        "--interactive",
        "--prof-process",
        "--syntax-check",
        "--test",
        "--v8-options",
        "--version",
    ];
    known.contains(&flag)
}

/// The source that a compiled file is mostly made of.
fn made_of(file: &str) -> Option<String> {
    let (folder, rest) = file.trim_start_matches("./").split_once('/')?;
    matches!(folder, "build" | "dist" | "lib" | "out")
        .then(|| format!("src/{}", rest.trim_start_matches("src/")))
}

/// Whether the file is Adonis' own command line.
pub(super) fn is_ace(file: &str) -> bool {
    matches!(file.rsplit('/').next(), Some("ace" | "ace.js" | "ace.ts"))
}

/// Whether a package compiles at start when node loads it first.
pub(super) fn is_preload(loaded: &str, knowledge: &catalog::Node) -> bool {
    package(loaded).is_some_and(|name| knowledge.scripts.preloads.iter().any(|known| known == name))
}

/// Whether it only serves what compiles at start.
pub(super) fn is_helper(loaded: &str, knowledge: &catalog::Node) -> bool {
    let loaded = loaded.split_once('=').map_or(loaded, |(_, loaded)| loaded);
    package(loaded).is_some_and(|name| knowledge.scripts.preload_helpers.iter().any(|known| known == name))
}

/// What words such as `-r x` and `--import=x` have node load first.
pub(in crate::stack::node) fn preloads(argv: &[String]) -> impl Iterator<Item = &str> {
    let apart = argv.windows(2).filter_map(|pair| match pair {
        [flag, value] if takes_a_value(flag) => Some(value.as_str()),
        _ => None,
    });
    apart.chain(argv.iter().filter_map(|word| {
        let (flag, value) = word.split_once('=')?;
        takes_a_value(flag).then_some(value)
    }))
}

/// The file that node loads: the first argument that is no flag and no flag's value.
pub(super) fn file(argv: &[String]) -> Option<&String> {
    let mut words = argv.iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            return Some(word);
        }
        if takes_a_value(word) {
            words.next();
        }
    }
    None
}

/// Whether the word after a flag of node belongs to it.
pub(in crate::stack::node) fn takes_a_value(flag: &str) -> bool {
    matches!(
        flag,
        "-r" | "--require"
            | "--import"
            | "--loader"
            | "--experimental-loader"
            | "-C"
            | "--conditions"
            | "--title"
            | "--icu-data-dir"
            | "--input-type"
            | "--experimental-default-type"
    )
}
