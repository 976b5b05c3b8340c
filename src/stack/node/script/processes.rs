//! Process managers, of which a container needs none: what they start.

use super::walk::Walk;
use super::{Scripts, Unfit};
use crate::manifest::shell::Word;
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};

/// What a process manager starts.
pub(super) enum Found {
    Words(Vec<Word>),
    Text(String),
    /// It only looks after what runs.
    Nothing,
}

/// Options with a value.
const VALUES: &[&str] = &[
    "-n",
    "--name",
    "-i",
    "--instances",
    "--max-memory-restart",
    "-l",
    "--log",
    "-o",
    "--output",
    "-e",
    "--error",
    "--cwd",
    "--env",
    "--ignore-watch",
    "--cron",
    "--cron-restart",
    "-c",
    "--restart-delay",
    "--kill-timeout",
    "--listen-timeout",
    "--max-restarts",
    "--exp-backoff-restart-delay",
    "-p",
    "--pid",
    "--only",
    "--log-date-format",
    "--log-type",
    "-u",
    "--user",
    "--uid",
    "-a",
    "--minUptime",
    "--spinSleepTime",
    "-m",
    "--max",
    "--sourceDir",
    "--workingDir",
    "--pidFile",
    "--worker-count",
    "--ipc-file",
    "--stdout",
    "--stderr",
    "-j",
    "--procfile",
    "--interpreter-args",
    "--node-args",
    "--interpreter",
    "--namespace",
    "-f",
];

/// Those of them that are no longer than a letter and stand alone for `forever`.
const FLAGS_OF_FOREVER: &[&str] = &["-a", "-f"];

/// Reads a command of a process manager; `None` where it is of another program.
pub(super) fn managed(scripts: &Scripts, words: &[Word], walk: &mut Walk) -> Result<Option<Found>, Unfit> {
    let Some((first, rest)) = words.split_first() else { return Ok(None) };
    let name = first.text.as_str();
    let Some(known) = scripts.knowledge.scripts.manager.iter().find(|manager| manager.name == name) else {
        return Ok(None);
    };
    let verb = rest.iter().position(|word| known.verbs.contains(&word.text));
    let verb = verb.filter(|at| rest[..*at].iter().all(|word| word.text.starts_with('-')));
    let rest = match verb {
        Some(at) => [&rest[..at], &rest[at + 1..]].concat(),
        None if rest.first().is_some_and(|word| word.text == "serve") => {
            return Ok(Some(Found::Words(served(&rest[1..]))));
        }
        None if known.alone => rest.to_vec(),
        None => return Ok(Some(Found::Nothing)),
    };
    walk.warn(format!("`{name}` is left out: what runs the container starts it again, and more of it"));
    let line = Line::read(&rest, name == "forever");
    if name == "nf" || name == "foreman" {
        return procfile(scripts, &line, walk).map(Some);
    }
    line.found(scripts, walk).map(Some)
}

/// `pm2 serve FOLDER PORT --spa` is a server of files.
fn served(rest: &[Word]) -> Vec<Word> {
    let mut words = vec![Word::plain("serve")];
    let mut plain = rest.iter().filter(|word| !word.text.starts_with('-'));
    words.extend(plain.next().cloned());
    if let Some(port) = plain.next() {
        words.extend([Word::plain("-l"), port.clone()]);
    }
    if rest.iter().any(|word| word.text == "--spa") {
        words.push(Word::plain("-s"));
    }
    words
}

/// The options and arguments of one.
#[derive(Default)]
struct Line {
    target: Option<Word>,
    more: Vec<Word>,
    only: Option<String>,
    interpreter: Option<Word>,
    node_args: Vec<Word>,
    folder: Option<String>,
}

impl Line {
    fn read(rest: &[Word], forever: bool) -> Line {
        let mut line = Line::default();
        let mut at = 0;
        while let Some(word) = rest.get(at) {
            at += 1;
            if word.text == "--" {
                line.more.extend(rest.get(at..).unwrap_or_default().iter().cloned());
                break;
            }
            if !word.text.starts_with('-') {
                match line.target {
                    None => line.target = Some(word.clone()),
                    Some(_) => line.more.push(word.clone()),
                }
                // What follows the file is the file's own.
                if forever {
                    line.more.extend(rest.get(at..).unwrap_or_default().iter().cloned());
                    break;
                }
                continue;
            }
            let (option, value) = match word.text.split_once('=') {
                Some((option, value)) => (option.to_owned(), Some(Word::plain(value))),
                None => (word.text.clone(), None),
            };
            let flag = forever && FLAGS_OF_FOREVER.contains(&option.as_str());
            let takes = VALUES.contains(&option.as_str()) && !flag && value.is_none();
            let value = if takes { rest.get(at).cloned() } else { value };
            at += usize::from(takes);
            line.option(&option, value, forever);
        }
        line
    }

    fn option(&mut self, option: &str, value: Option<Word>, forever: bool) {
        let Some(value) = value else { return };
        match option {
            "--only" => self.only = Some(value.text),
            "--interpreter" => self.interpreter = Some(value),
            "-c" if forever => self.interpreter = Some(value),
            "--cwd" | "--workingDir" | "--sourceDir" => self.folder = Some(value.text),
            "--node-args" | "--interpreter-args" => {
                self.node_args = value.text.split_whitespace().map(Word::plain).collect();
            }
            _ => {}
        }
    }

    /// The command that comes of it.
    fn found(mut self, scripts: &Scripts, walk: &mut Walk) -> Result<Found, Unfit> {
        let Some(target) = self.target.take() else {
            return Err(walk.stop("starts a process manager without a file"));
        };
        let text = target.text.as_str();
        if is_configuration(text) {
            return configured(scripts, text, self.only.as_deref(), walk);
        }
        if self.folder.is_some() {
            return Err(walk.stop("starts in another folder through a process manager"));
        }
        if text.contains(' ') {
            return Ok(Found::Text(text.to_owned()));
        }
        Ok(Found::Words(self.command(target)))
    }

    fn command(self, target: Word) -> Vec<Word> {
        let is_program = !target.text.contains('.') && !target.text.contains('/')
            || target.text.contains("node_modules/.bin/");
        let interpreter: Vec<Word> = match self.interpreter {
            Some(interpreter) => interpreter.text.split_whitespace().map(Word::plain).collect(),
            None if target.text.ends_with(".ts") => vec![Word::plain("ts-node")],
            None if is_program && !self.more.is_empty() => Vec::new(),
            None => vec![Word::plain("node")],
        };
        [interpreter, self.node_args, vec![target], self.more].concat()
    }
}

fn is_configuration(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let is_data = [".json", ".yml", ".yaml"].iter().any(|end| name.ends_with(end));
    is_data || name.contains(".config.") || name.starts_with("ecosystem") || name.starts_with("pm2.")
}

/// The one process of a configuration file.
fn configured(scripts: &Scripts, file: &str, only: Option<&str>, walk: &mut Walk) -> Result<Found, Unfit> {
    let text =
        scripts.repo.source(file.trim_start_matches("./")).map_err(|error| Unfit::Stop(error.to_string()))?;
    let Some(text) = text else {
        return Err(walk.stop(&format!("starts what `{file}` says, which is not there")));
    };
    let source = Source::new(file, &text, Syntax::JavaScript);
    let unread = |walk: &Walk| {
        walk.stop(&format!("starts what `{file}` says, which is not one file with plain words"))
    };
    let apps: Vec<usize> = keys(&source, "script").collect();
    let at = match (apps.as_slice(), only) {
        ([at], _) => *at,
        (apps, Some(name)) => {
            // A process has its name and its file beside each other.
            let named = keys(&source, "name").position(|at| value(&source, at) == Some(name));
            *named.and_then(|index| apps.get(index)).ok_or_else(|| unread(walk))?
        }
        _ => return Err(unread(walk)),
    };
    let is_only = apps.len() == 1;
    let other = |key: &str| keys(&source, key).next().filter(|_| is_only).map(|at| value(&source, at));
    let mut line = Line::default();
    for (key, option) in [
        ("args", "args"),
        ("node_args", "--node-args"),
        ("interpreter", "--interpreter"),
        ("exec_interpreter", "--interpreter"),
    ] {
        match other(key) {
            None => {}
            Some(None) => return Err(unread(walk)),
            Some(Some(text)) if option == "args" => {
                line.more = text.split_whitespace().filter(|word| *word != "--").map(Word::plain).collect();
            }
            Some(Some(text)) => line.option(option, Some(Word::plain(text)), false),
        }
    }
    if other("cwd").is_some_and(|folder| !folder.is_some_and(|folder| matches!(folder, "." | "./"))) {
        return Err(unread(walk));
    }
    if keys(&source, "env").chain(keys(&source, "env_production")).next().is_some() {
        walk.warn(format!("the variables in `{file}` are not set: set them when it runs"));
    }
    let script = value(&source, at).ok_or_else(|| unread(walk))?;
    if script.contains(' ') {
        return Ok(Found::Text(script.to_owned()));
    }
    Ok(Found::Words(line.command(Word::plain(script))))
}

/// Where a key's value starts.
fn keys<'a>(source: &'a Source, key: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_key = move |at: &usize| {
        matches!(source.token(*at), Some(Token::Word(name) | Token::Text(name)) if name == key)
            && source.is_sign(at + 1, ':')
    };
    (0..source.lexemes.len()).filter(is_key).map(|at| at + 2)
}

/// A string that stands alone.
fn value<'a>(source: &'a Source, at: usize) -> Option<&'a str> {
    let ends = [',', '}'].iter().any(|sign| source.is_sign(at + 1, *sign));
    match source.token(at) {
        Some(Token::Text(text)) if ends => Some(text),
        _ => None,
    }
}

/// `nf start web` runs a line of the Procfile.
fn procfile(scripts: &Scripts, line: &Line, walk: &mut Walk) -> Result<Found, Unfit> {
    let text =
        scripts.repo.source("Procfile").map_err(|error| Unfit::Stop(error.to_string()))?.unwrap_or_default();
    let processes: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once(':')).collect();
    let named =
        line.target.as_ref().map(|word| word.text.split(['=', ',']).next().unwrap_or_default().to_owned());
    let found = match (named, processes.as_slice()) {
        (Some(name), _) => processes.iter().find(|(process, _)| process.trim() == name),
        (None, [one]) => Some(one),
        (None, _) => processes.iter().find(|(process, _)| process.trim() == "web"),
    };
    match found {
        Some((_, command)) => Ok(Found::Text(command.trim().to_owned())),
        None => Err(walk.stop("starts what `Procfile` says, which names no such process")),
    }
}
