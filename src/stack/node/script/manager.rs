//! Commands of package managers and of what runs scripts across a workspace.

use super::Place;
use super::place::{filter, folder, nx, workspace};
use crate::manifest::shell::Word;

/// What a command of a package manager does.
pub(super) enum Managed {
    /// It installs packages: of this package, which the build does anyway, or of another.
    Install {
        elsewhere: bool,
    },
    /// It looks after packages.
    Upkeep,
    /// It runs a program.
    Command(Vec<Word>),
    Runtime(String),
    Elsewhere(Place, Ran),
    /// It runs a script of the package that it is in.
    Script {
        name: String,
        more: Vec<Word>,
        /// Whether the name may also be that of a program.
        program: bool,
    },
}

/// What is run in another package.
pub(super) enum Ran {
    Script(String, Vec<Word>),
    Command(Vec<Word>),
}

/// What `npx` and its like run.
pub(super) enum Executed {
    Words(Vec<Word>),
    Text(String),
    OnBun,
}

/// Options of package managers whose value is the next word.
const VALUES: &[&str] = &[
    "--cache",
    "--loglevel",
    "--registry",
    "--reporter",
    "--script-shell",
    "--userconfig",
    "--config-dir",
    "--stream-prefix",
    "--concurrency",
    "--workspace-concurrency",
    "--cache-dir",
    "--env-mode",
    "--log-order",
    "--output-logs",
    "--ui",
];

/// Options that say which package a command is for.
const FOLDERS: &[&str] = &["--prefix", "-C", "--dir", "--cwd"];
const FILTERS: &[&str] = &["--filter", "-F", "--scope"];

/// Reads a command of a package manager; `None` where it is of another program.
pub(super) fn managed(words: &[Word]) -> Option<Managed> {
    let (first, rest) = words.split_first()?;
    let managed = match first.text.as_str() {
        "npm" => Line::read(rest, Kind::Npm).npm(),
        "pnpm" => Line::read(rest, Kind::Pnpm).other(),
        "yarn" | "yarnpkg" => yarn(rest),
        "bun" => bun(rest),
        "deno" => Managed::Runtime("Deno".to_owned()),
        "turbo" => Line::read(rest, Kind::Across).across(),
        "lerna" => lerna(rest),
        "nx" => return nx(rest),
        _ => return None,
    };
    Some(managed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Npm,
    Pnpm,
    Yarn,
    Bun,
    Across,
}

/// A command without its options.
struct Line {
    place: Option<Place>,
    /// The verb and what follows it.
    words: Vec<Word>,
    kind: Kind,
}

impl Line {
    /// Takes the options out: all of them for npm, those before the script's name for the others.
    fn read(words: &[Word], kind: Kind) -> Line {
        let mut line = Line { place: None, words: Vec::new(), kind };
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let text = word.text.as_str();
            if text == "--" {
                // What follows is the script's, of which an option may look like one of the manager's.
                line.words.extend(words.get(at - 1..).unwrap_or_default().iter().cloned());
                break;
            }
            if line.is_named() && !matches!(kind, Kind::Npm | Kind::Across) {
                line.words.extend(words.get(at - 1..).unwrap_or_default().iter().cloned());
                break;
            }
            if !text.starts_with('-') {
                line.words.push(word.clone());
                continue;
            }
            let (option, value) =
                text.split_once('=').map_or((text, None), |(option, value)| (option, Some(value)));
            let next = || value.map(str::to_owned).or_else(|| words.get(at).map(|word| word.text.clone()));
            let place = line.place_of(option, next);
            let takes_next = VALUES.contains(&option) || line.takes(option);
            if value.is_none() && takes_next {
                at += 1;
            }
            line.place = place.or(line.place.take());
        }
        line
    }

    /// Whether the name of the script has come.
    fn is_named(&self) -> bool {
        let verb = self.words.first().map(|word| word.text.as_str());
        self.words.len() > usize::from(verb.is_some_and(|verb| is_run(verb) || is_exec(verb)))
    }

    fn takes(&self, option: &str) -> bool {
        FOLDERS.contains(&option)
            || FILTERS.contains(&option)
            || option == "--workspace"
            || (option == "-w" && self.kind == Kind::Npm)
            || (option == "-p" || option == "--package") && self.kind == Kind::Npm
    }

    fn place_of(&self, option: &str, value: impl Fn() -> Option<String>) -> Option<Place> {
        match option {
            _ if FOLDERS.contains(&option) => folder(&value()?),
            _ if FILTERS.contains(&option) => Some(filter(&value()?)),
            "--workspace" => Some(workspace(&value()?)),
            "-w" if self.kind == Kind::Npm => Some(workspace(&value()?)),
            "-w" | "--workspace-root" => Some(Place::Root),
            "--workspaces" | "-ws" | "-r" | "--recursive" => Some(Place::All),
            _ => None,
        }
    }

    /// npm takes scripts after `run` alone, but for a few.
    fn npm(mut self) -> Managed {
        let verb = self.words.first().map_or("", |word| word.text.as_str()).to_owned();
        match verb.as_str() {
            "start" | "stop" | "test" | "restart" => self.script(false),
            _ if is_run(&verb) => {
                self.words.remove(0);
                self.script(false)
            }
            _ if is_exec(&verb) => {
                self.words.remove(0);
                self.command()
            }
            _ if is_install(&verb) => Managed::Install { elsewhere: self.place.is_some() },
            _ => Managed::Upkeep,
        }
    }

    /// The others take any name of a script or program.
    fn other(mut self) -> Managed {
        let verb = self.words.first().map_or("", |word| word.text.as_str()).to_owned();
        match verb.as_str() {
            _ if is_install(&verb) => Managed::Install { elsewhere: self.place.is_some() },
            "prune" | "rebuild" | "config" | "cache" | "audit" | "store" | "link" | "set" | "fetch"
            | "update" | "upgrade" | "pm" | "plugin" => Managed::Upkeep,
            "start" | "test" => self.script(false),
            "node" => self.command(),
            _ if is_run(&verb) => {
                self.words.remove(0);
                self.script(true)
            }
            _ if is_exec(&verb) => {
                self.words.remove(0);
                self.command()
            }
            _ => self.script(true),
        }
    }

    /// Tools that run a script in every package that has it.
    fn across(mut self) -> Managed {
        if self.words.first().is_some_and(|word| is_run(&word.text)) {
            self.words.remove(0);
        }
        self.place.get_or_insert(Place::All);
        match self.words.first() {
            // `package#script`
            Some(word) if word.text.contains('#') => {
                let (package, script) = word.text.split_once('#').unwrap_or_default();
                let run = Ran::Script(script.to_owned(), Vec::new());
                Managed::Elsewhere(Place::Package(package.to_owned()), run)
            }
            _ => self.script(false),
        }
    }

    fn script(self, program: bool) -> Managed {
        let mut words = self.words.into_iter();
        let Some(name) = words.next().map(|word| word.text).filter(|name| name != "--") else {
            return Managed::Upkeep;
        };
        let more: Vec<Word> = words.collect();
        let more = match more.split_first() {
            Some((first, rest)) if first.text == "--" => rest.to_vec(),
            _ => more.into_iter().filter(|word| word.text != "--").collect(),
        };
        match self.place {
            Some(place) => Managed::Elsewhere(place, Ran::Script(name, more)),
            None => Managed::Script { name, more, program },
        }
    }

    fn command(self) -> Managed {
        // npm's own `--` is before the program or before its arguments.
        let mut words = self.words;
        if let Some(at) = words.iter().position(|word| word.text == "--") {
            words.remove(at);
        }
        match self.place {
            Some(place) => Managed::Elsewhere(place, Ran::Command(words)),
            None => Managed::Command([vec![Word::plain("npx")], words].concat()),
        }
    }
}

fn is_run(verb: &str) -> bool {
    matches!(verb, "run" | "run-script" | "rum" | "urn")
}

fn is_exec(verb: &str) -> bool {
    matches!(verb, "exec" | "dlx" | "x")
}

fn is_install(verb: &str) -> bool {
    matches!(verb, "" | "i" | "install" | "add" | "ci")
}

/// Yarn names a package before the script.
fn yarn(rest: &[Word]) -> Managed {
    let mut line = Line::read(rest, Kind::Yarn);
    match line.words.first().map(|word| word.text.as_str()) {
        Some("workspace") => {
            let package = line.words.get(1).map(|word| word.text.clone()).unwrap_or_default();
            let rest = line.words.get(2..).unwrap_or_default();
            match yarn(rest) {
                Managed::Script { name, more, .. } => {
                    Managed::Elsewhere(Place::Package(package), Ran::Script(name, more))
                }
                Managed::Command(words) => {
                    let words = words.into_iter().skip_while(|word| word.text == "npx").collect();
                    Managed::Elsewhere(Place::Package(package), Ran::Command(words))
                }
                other => other,
            }
        }
        Some("workspaces") => {
            let mut words = std::mem::take(&mut line.words).into_iter().skip(1).peekable();
            let each =
                |word: &Word| word.text == "foreach" || word.text.starts_with('-') || is_run(&word.text);
            while words.next_if(each).is_some() {}
            Line { place: Some(Place::All), words: words.collect(), kind: Kind::Yarn }.script(false)
        }
        _ => line.other(),
    }
}

/// Bun runs scripts with what they say, and everything else itself.
fn bun(rest: &[Word]) -> Managed {
    let runs_all = rest
        .iter()
        .take_while(|word| word.text != "--")
        .any(|word| word.text == "--bun" || word.text == "-b");
    let line = Line::read(rest, Kind::Bun);
    let name =
        line.words.iter().map(|word| word.text.as_str()).find(|verb| !is_run(verb)).unwrap_or_default();
    if runs_all || is_source(name) {
        return Managed::Runtime("Bun".to_owned());
    }
    line.other()
}

/// Whether this names a file rather than a script.
fn is_source(name: &str) -> bool {
    let ends = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"];
    name.starts_with('.') || ends.iter().any(|end| name.ends_with(end))
}

fn lerna(rest: &[Word]) -> Managed {
    let line = Line::read(rest, Kind::Across);
    match line.words.first().map(|word| word.text.as_str()) {
        Some("run") => line.across(),
        Some("exec") => {
            let words: Vec<Word> =
                line.words.into_iter().skip(1).skip_while(|word| word.text == "--").collect();
            Managed::Elsewhere(line.place.unwrap_or(Place::All), Ran::Command(words))
        }
        _ => Managed::Upkeep,
    }
}

/// What follows `npx` and its options.
pub(super) fn executed(rest: &[Word]) -> Executed {
    let mut words = rest.iter();
    let mut found: Vec<Word> = Vec::new();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-p" | "--package" => drop(words.next()),
            "-c" | "--call" => return Executed::Text(words.next().map_or("", |word| &word.text).to_owned()),
            "--bun" => return Executed::OnBun,
            text if text.starts_with('-') => {}
            _ => {
                found.push(word.clone());
                break;
            }
        }
    }
    found.extend(words.cloned());
    Executed::Words(found)
}
