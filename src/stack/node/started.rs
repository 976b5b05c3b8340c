//! Programs that the JavaScript of a repository starts.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::NodeNatives;
use crate::evidence::Evidence;
use crate::source::Source;
use crate::source::lexer::Token;
use crate::source::listen::is_test;
use crate::source::programs::first_few;

/// What sources start, and what they say of programs elsewhere.
#[derive(Debug, Default)]
pub(super) struct Started {
    /// By program: where it is started first, and whether a shell starts it.
    programs: BTreeMap<String, (Evidence, bool)>,
    /// Words with which the catalogue tells that something is used from elsewhere.
    words: BTreeSet<String>,
}

/// Modules that start programs.
const MODULES: &[&str] = &["child_process", "node:child_process", "execa", "zx", "cross-spawn", "shelljs"];

/// Calls that start a program by its name.
const DIRECT: &[&str] =
    &["spawn", "spawnSync", "execFile", "execFileSync", "execFileAsync", "execa", "execaSync"];

/// Calls that give a line to a shell.
const SHELL: &[&str] = &["exec", "execSync", "execAsync", "execPromise", "execP", "asyncExec"];

/// What the module is called that starts them.
const OBJECTS: &[&str] = &["child_process", "childProcess", "child", "cp", "proc", "shell"];

/// The name for a line whose program is not known.
const ANY: &str = "sh";

/// Programs of other systems, and those that any image has.
const ELSEWHERE: &[&str] =
    &["cmd", "explorer", "open", "osascript", "powershell", "start", "wmic", "xdg-open"];

impl Started {
    /// Reads one more source.
    pub(super) fn read(&mut self, source: &Source, known: &NodeNatives) {
        if is_test(source.file) {
            return;
        }
        let says = |token: Option<Token>, word: &str| matches!(token, Some(Token::Word(said) | Token::Text(said)) if said == word);
        for word in known.need.iter().flat_map(|row| row.unless_words.iter().chain(&row.despite_words)) {
            if (0..source.lexemes.len()).any(|at| says(source.token(at), word)) {
                self.words.insert(word.clone());
            }
        }
        let imports =
            |token: Option<Token>| matches!(token, Some(Token::Text(name)) if MODULES.contains(&name));
        if !(0..source.lexemes.len()).any(|at| imports(source.token(at))) {
            return;
        }
        for (at, lexeme) in source.lexemes.iter().enumerate() {
            if let Some((program, by_shell)) = start(source, at) {
                let evidence = || (source.evidence("started program", lexeme.line), by_shell);
                self.programs.entry(program).or_insert_with(evidence);
            }
        }
    }

    /// Whether a source says a word of the catalogue.
    pub(super) fn says(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The Debian packages of what is started, for an image that can have them.
    pub(super) fn apt(&self, known: &NodeNatives) -> Vec<String> {
        let is_started = |name: &String| self.programs.contains_key(name);
        let rows = known.program.iter().filter(|row| row.programs.iter().any(is_started));
        let found: BTreeSet<String> = rows.flat_map(|row| row.apt.iter().cloned()).collect();
        found.into_iter().collect()
    }

    /// What to say of them for a distroless image: one line for each, the first few. `in_path` is
    /// whether it finds Node.js by its name.
    pub(super) fn warnings(&self, in_path: bool) -> Vec<String> {
        let warning = |(program, (evidence, by_shell)): (&String, &(Evidence, bool))| {
            let place = evidence.place();
            match (program.as_str(), by_shell) {
                ("node", false) => format!(
                    "{place} starts `node` by its name, which is not in the image's PATH; `process.execPath` is its path"
                ),
                (ANY, true) => format!(
                    "{place} starts a shell, which no distroless image holds; what needs it will fail"
                ),
                (_, true) => format!(
                    "{place} starts `{program}` by a shell; no distroless image holds either, and what needs it will fail"
                ),
                (_, false) => format!(
                    "{place} starts `{program}`, which no distroless image holds; what needs it will fail"
                ),
            }
        };
        let programs = self
            .programs
            .iter()
            .filter(|(name, (_, by_shell))| !(in_path && name.as_str() == "node" && !by_shell));
        first_few(programs.map(warning), |more| format!("and {more} more that it starts"))
    }
}

/// The program that a call at a lexeme starts, and whether a shell does.
fn start(source: &Source, at: usize) -> Option<(String, bool)> {
    let Some(Token::Word(call)) = source.token(at) else { return None };
    let by_shell = SHELL.contains(&call);
    let is_template = call == "$" && matches!(source.token(at + 1), Some(Token::Text(_)));
    if !is_template && (!by_shell && !DIRECT.contains(&call) || !source.is_sign(at + 1, '(')) {
        return None;
    }
    let before = |back: usize| at.checked_sub(back);
    if before(1).is_some_and(|at| source.is_sign(at, '.')) {
        // `child_process.exec(`, `require("child_process").exec(`; not `pattern.exec(`.
        let named = before(2).is_some_and(|at| source.is_word(at, OBJECTS));
        let required = before(2).is_some_and(|at| source.is_sign(at, ')'))
            && before(3).is_some_and(
                |at| matches!(source.token(at), Some(Token::Text(name)) if MODULES.contains(&name)),
            );
        if !named && !required {
            return None;
        }
    } else if before(1).is_some_and(|at| source.is_word(at, &["function"])) {
        return None;
    }
    let first = if is_template { at + 1 } else { at + 2 };
    match source.token(first)? {
        Token::Text(line) => {
            let word = line.split_whitespace().next().filter(|word| is_plain(word));
            match word {
                Some(word) if ELSEWHERE.contains(&word) || word.ends_with(".exe") => None,
                Some(word) => Some((word.to_owned(), by_shell || has_shell(source, first))),
                None => (by_shell && !line.is_empty()).then(|| (ANY.to_owned(), true)),
            }
        }
        // What `exec` is given is a shell's, whatever it is.
        Token::Word(_) if by_shell => Some((ANY.to_owned(), true)),
        _ => None,
    }
}

fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+'))
}

/// Whether the options of a call that starts at a lexeme ask for a shell.
fn has_shell(source: &Source, at: usize) -> bool {
    const FAR: usize = 60;
    let call = (at..at + FAR).take_while(|at| !source.is_sign(*at, ';'));
    call.into_iter().any(|at| {
        source.is_word(at, &["shell"]) && source.is_sign(at + 1, ':') && source.is_word(at + 2, &["true"])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::source::lexer::Syntax;

    fn read(text: &str) -> Started {
        let mut started = Started::default();
        let known = catalog::node_natives().unwrap();
        started.read(&Source::new("a.js", text, Syntax::JavaScript), &known);
        started
    }

    fn programs(text: &str) -> Vec<(String, bool)> {
        read(text).programs.into_iter().map(|(name, (_, by_shell))| (name, by_shell)).collect()
    }

    #[test]
    fn programs_are_found_by_every_call() {
        let import = "import { exec, spawn } from 'node:child_process';";
        let one = |call: &str| programs(&format!("{import} {call}"));
        assert_eq!(one("spawn('ffmpeg', ['-i', x])"), [("ffmpeg".to_owned(), false)]);
        assert_eq!(one("spawn('git', ['a'], { shell: true });"), [("git".to_owned(), true)]);
        assert_eq!(one("await execAsync(`git log ${x}`)"), [("git".to_owned(), true)]);
        assert_eq!(one("exec(command)"), [("sh".to_owned(), true)]);
        assert_eq!(programs("require('child_process').execSync('git status')"), [("git".to_owned(), true)]);
        assert_eq!(
            programs("const cp = require('child_process'); cp.execFile('gs')"),
            [("gs".to_owned(), false)]
        );
        assert_eq!(programs("import { $ } from 'zx'; await $`pandoc a`"), [("pandoc".to_owned(), false)]);
    }

    #[test]
    fn what_only_looks_like_it_starts_nothing() {
        let import = "import cp from 'child_process';";
        for call in [
            "/a/.exec('git')",
            "pattern.exec(text)",
            "spawn(process.execPath, [])",
            "cp.fork('./worker.js')",
            "spawn('open', [])",
            "function exec(command) {}",
        ] {
            assert_eq!(programs(&format!("{import} {call}")), [], "{call}");
        }
        assert_eq!(programs("exec('git')"), []);
    }

    #[test]
    fn what_is_said_names_the_place() {
        let started =
            read("const cp = require('child_process');\ncp.spawn('ffmpeg');\ncp.spawn('node', []);");
        assert_eq!(
            started.warnings(false),
            [
                "a.js:2 starts `ffmpeg`, which no distroless image holds; what needs it will fail",
                "a.js:3 starts `node` by its name, which is not in the image's PATH; `process.execPath` is its path"
            ]
        );
        assert_eq!(started.warnings(true).len(), 1);
        assert_eq!(started.apt(&catalog::node_natives().unwrap()), ["ffmpeg"]);
        assert!(read("puppeteer.connect({ browserWSEndpoint })").says("browserWSEndpoint"));
    }
}
