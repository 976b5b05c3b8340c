//! Programs that serve: of packages, of the repository, and those that are for development.

use super::walk::{Walk, quoted};
use super::words::runtime;
use super::{Scripts, Unfit, node};
use crate::catalog::{NodeOption, NodeProgram, NodeProgramKind, NodeRunner};
use crate::manifest::shell::Word;
use crate::plan::Env;
use crate::stack::node::built::nest;

/// What is known of a program with these arguments.
pub(super) enum Row<'a> {
    Known(&'a NodeProgram),
    /// It is a server with other arguments.
    Other,
    Unknown,
}

impl Scripts<'_> {
    /// A program that serves: its argv.
    pub(super) fn serves(&self, words: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        let known = &self.knowledge.scripts;
        let Some((first, rest)) = words.split_first() else { return Err(walk.stop("starts nothing")) };
        let name = first.text.as_str();
        let is = |words: &[String]| words.iter().any(|word| word == name);
        if name == "node" {
            return self.node(rest, walk);
        }
        if let Some(runner) = known.runner.iter().find(|runner| runner.name == name) {
            return Err(self.runs(runner, rest, walk));
        }
        if let Some(unfit) = self.files(name, rest, walk) {
            return Err(unfit);
        }
        if is(&known.runtimes) {
            return Err(runtime(name, walk));
        }
        if is(&known.nothing) || is(&known.waits) {
            return Err(walk.stop("starts nothing"));
        }
        if is(&known.desktop) {
            return Err(
                walk.stop(&format!("starts `{name}`, a program with windows, which a container has not"))
            );
        }
        let row = self.row(name, rest);
        if let Row::Known(row) = row {
            return self.known(row, rest, walk);
        }
        let verb = rest.first().map_or("", |word| word.text.as_str());
        if known.development_commands.iter().any(|word| word == verb) {
            return Err(walk.development(&format!("{name} {verb}")));
        }
        if matches!(row, Row::Other) {
            return Err(walk.development(&text_of(name, rest)));
        }
        if name == "nest" && verb == "start" {
            return Err(self.nest(rest, walk));
        }
        if is(&known.development) {
            let verb = if verb.starts_with('-') { "" } else { verb };
            return Err(walk.development(format!("{name} {verb}").trim_end()));
        }
        if is(&known.build) {
            let endless = rest.iter().any(|word| known.endless.contains(&word.text));
            return Err(match endless {
                true => walk.development(&text_of(name, rest)),
                false => walk.stop("builds and starts nothing"),
            });
        }
        self.own(name, rest, walk)
    }

    /// The row of a program with these arguments.
    pub(super) fn row(&self, name: &str, rest: &[Word]) -> Row<'_> {
        let verb = rest.iter().find(|word| !word.text.starts_with('-')).map_or("", |word| word.text.as_str());
        let rows = || self.knowledge.program.iter().filter(|row| row.name == name);
        let fits = |row: &&NodeProgram| row.verbs.is_empty() || row.verbs.iter().any(|known| known == verb);
        match rows().find(fits) {
            Some(row) => Row::Known(row),
            None if rows().any(|row| row.kind == NodeProgramKind::Server) => Row::Other,
            None => Row::Unknown,
        }
    }

    fn known(&self, row: &NodeProgram, rest: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        let watches = rest.iter().any(|word| matches!(word.text.as_str(), "--watch" | "-w"));
        match row.kind {
            NodeProgramKind::Server if watches && !row.watches => {
                return Err(walk.development(&text_of(&row.name, rest)));
            }
            NodeProgramKind::Server => {}
            NodeProgramKind::Build => return Err(walk.stop("builds and starts nothing")),
            NodeProgramKind::Step => return Err(walk.stop("starts no server")),
        }
        let mut more = arguments(row, rest, walk)?;
        if let (true, Some(file)) = (row.built, &row.file) {
            walk.start.argv = vec![file.clone()];
            return Ok(());
        }
        if !more.iter().any(|word| row.local.iter().any(|known| word.split('=').next() == Some(known))) {
            more.extend(row.adds.iter().cloned());
        }
        let (file, development) = self.file_of(&row.name, Some(row));
        let Some(file) = file else {
            return Err(walk.stop(&format!(
                "runs `{}`, which no dependency of the package has: npm would load it at each start",
                row.name
            )));
        };
        walk.start.keeps.extend(development);
        let up = "../".repeat(walk.folder.split('/').filter(|part| !part.is_empty()).count());
        walk.start.argv = [vec![format!("{up}{file}")], more].concat();
        Ok(())
    }

    /// The file behind a program, as the lock file says, else as the catalogue does; and the
    /// package where it is installed for development alone.
    fn file_of(&self, name: &str, row: Option<&NodeProgram>) -> (Option<String>, Option<String>) {
        if let Some((folder, file, locked)) = self.lock.and_then(|lock| lock.program(name)) {
            // Not every lock file tells what only development installs, and some of that is also
            // an optional peer of another package.
            let is_named = self.package.dependency(&locked.name) == Some("devDependencies");
            let development = (is_named || locked.dev == Some(true)).then(|| locked.name.clone());
            return (Some(format!("{folder}/{}", file.trim_start_matches("./"))), development);
        }
        let Some((package, file)) = row.and_then(|row| Some((row.package.as_ref()?, row.file.as_ref()?)))
        else {
            return (None, None);
        };
        let Some(kind) = self.package.dependency(package) else { return (None, None) };
        let version =
            self.package.versions(kind).find(|(name, _)| name == package).map_or("", |(_, version)| version);
        let digits: String =
            version.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        let older = row.and_then(|row| row.older.as_ref());
        let file = older
            .filter(|older| digits.parse().is_ok_and(|major: u64| major < older.below))
            .map_or(file, |older| &older.file);
        (Some(format!("node_modules/{package}/{file}")), (kind == "devDependencies").then(|| package.clone()))
    }

    /// The file of a program that is run once, or why the image has none.
    pub(super) fn step_file(
        &self,
        name: &str,
        row: Option<&NodeProgram>,
        walk: &Walk,
    ) -> (Option<String>, Option<String>) {
        if walk.folder.is_empty()
            && let (Some(file), development) = self.file_of(name, row)
        {
            return (
                Some(file),
                development.map(|package| format!("`{package}` is a development dependency")),
            );
        }
        (None, Some(format!("no production dependency has a program `{name}`")))
    }

    /// A program of the repository itself, or one that is not known.
    fn own(&self, name: &str, rest: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        let is_script = [".js", ".mjs", ".cjs"].iter().any(|end| name.ends_with(end));
        if matches!(name, "sh" | "bash" | "zsh" | ".") || name.ends_with(".sh") {
            return Err(walk.stop("runs a script of a shell"));
        }
        if name.contains('/') || is_script {
            let file = crate::repo::join(&walk.folder, name);
            let file = crate::repo::normal(&file).unwrap_or_default();
            let text = self.repo.source(&file).map_err(|error| Unfit::Stop(format!("{error:#}")))?;
            let first = text.as_deref().and_then(|text| text.lines().next()).unwrap_or_default().to_owned();
            if is_script || first.starts_with("#!") && first.contains("node") {
                let words = [vec![Word::plain(name)], rest.to_vec()].concat();
                return self.node(&words, walk);
            }
        }
        Err(walk.stop(&format!("runs `{name}`, which is not known to run a server in the foreground")))
    }

    /// `nest start` compiles and starts what its settings name.
    fn nest(&self, rest: &[Word], walk: &Walk) -> Unfit {
        let words: Vec<String> = rest.iter().skip(1).map(|word| word.text.clone()).collect();
        let read = match nest::read(&self.repo, &walk.folder, nest::project(&words)) {
            Ok(read) => read,
            Err(error) => return Unfit::Stop(format!("{error:#}")),
        };
        let target = read.map(|nest| nest.entry);
        let mut start = walk.start.clone();
        start.folder.clone_from(&walk.folder);
        start.argv = target.iter().cloned().collect();
        Unfit::Development { program: "nest start".to_owned(), target, start: Box::new(start) }
    }

    /// A program that compiles or watches: what it would start.
    fn runs(&self, runner: &NodeRunner, rest: &[Word], walk: &mut Walk) -> Unfit {
        let line = Runs::read(runner, rest, self);
        let mut aside = walk.aside();
        if let Some(command) = line.command {
            let found = self.cut(&command, &aside).and_then(|mut commands| {
                if let Some(last) = commands.last_mut() {
                    last.words.extend(line.words);
                }
                self.run(commands, &mut aside)
            });
            walk.tried(&aside);
            let (target, start) = match found {
                Ok(()) => (node::file(&aside.start.argv).cloned(), aside.start),
                Err(Unfit::Development { target, start, .. }) => (target, *start),
                Err(_) => (None, walk.start.clone()),
            };
            return Unfit::Development { program: runner.name.clone(), target, start: Box::new(start) };
        }
        let mut words = line.words.into_iter();
        let main = || self.package.string(&["main"]).unwrap_or("index.js").to_owned();
        let target = match words.next() {
            Some(word) if word.needs().is_some() => None,
            Some(word) if word.text != "." => Some(word.text),
            _ => Some(main()),
        };
        let more = walk.aside().filled(&words.collect::<Vec<_>>());
        let mut start = walk.start.clone();
        let target = target.filter(|_| more.is_ok());
        if let (Some(target), Ok(more)) = (&target, more) {
            start.argv = [line.flags, vec![target.clone()], more].concat();
        }
        Unfit::Development { program: runner.name.clone(), target, start: Box::new(start) }
    }
}

/// The options of a runner.
#[derive(Default)]
struct Runs {
    /// What node would be given as well.
    flags: Vec<String>,
    command: Option<String>,
    words: Vec<Word>,
}

impl Runs {
    fn read(runner: &NodeRunner, rest: &[Word], scripts: &Scripts) -> Runs {
        let mut line = Runs::default();
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            let (option, value) = match word.text.split_once('=') {
                Some((option, value)) if option.starts_with('-') => (option, Some(value)),
                _ => (word.text.as_str(), None),
            };
            let is = |known: &[String]| known.iter().any(|known| known == option);
            if is(&runner.commands) {
                line.command =
                    value.map(str::to_owned).or_else(|| words.next().map(|word| word.text.clone()));
            } else if is(&runner.values) {
                if value.is_none() {
                    words.next();
                }
            } else if node::takes_a_value(option) {
                let loaded = value
                    .map(str::to_owned)
                    .or_else(|| words.next().map(|word| word.text.clone()))
                    .unwrap_or_default();
                if !node::is_preload(&loaded, scripts.knowledge)
                    && !node::is_helper(&loaded, scripts.knowledge)
                {
                    line.flags.extend([option.to_owned(), loaded]);
                }
            } else if !option.starts_with('-') && option != "watch" {
                line.words.push(word.clone());
                break;
            }
        }
        line.words.extend(words.cloned());
        line
    }
}

/// The arguments of a program; variables for its port and address become those that it reads.
fn arguments(row: &NodeProgram, rest: &[Word], walk: &mut Walk) -> Result<Vec<String>, Unfit> {
    let mut found = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let (option, inner) = match word.text.split_once('=') {
            Some((option, _)) if option.starts_with('-') => (option, true),
            _ => (word.text.as_str(), false),
        };
        let known =
            row.port.iter().chain(&row.host).find(|known| known.options.iter().any(|name| name == option));
        let Some(known) = known else {
            found.extend(walk.filled(std::slice::from_ref(word))?);
            continue;
        };
        let value = if inner { Some(word) } else { words.next() };
        let Some(value) = value else {
            found.push(word.text.clone());
            continue;
        };
        if value.variables.is_empty() && value.shell.is_none() && !row.built {
            found.push(word.text.clone());
            if !inner {
                found.push(value.text.clone());
            }
            continue;
        }
        set(row, known, value, inner, walk)?;
    }
    Ok(found)
}

/// Takes an option out for the variable that does the same.
fn set(
    row: &NodeProgram,
    known: &NodeOption,
    value: &Word,
    inner: bool,
    walk: &mut Walk,
) -> Result<(), Unfit> {
    if let Some(sign) = &value.shell {
        return Err(walk.shell(sign));
    }
    let other = value.variables.iter().find(|name| **name != known.variable);
    if let Some(other) = other.filter(|_| value.open) {
        return Err(walk.shell(&format!("`${other}`")));
    }
    let text = if inner { value.value.split_once('=').map_or("", |(_, value)| value) } else { &value.value };
    if !text.is_empty() {
        walk.set(vec![Env::new(&known.variable, text)]);
    }
    if !value.variables.is_empty() {
        walk.warn(format!(
            "`{}` is left out: `{}` reads {} itself",
            quoted(&value.text),
            row.name,
            known.variable
        ));
    }
    Ok(())
}

fn text_of(name: &str, rest: &[Word]) -> String {
    let words: Vec<&str> = std::iter::once(name).chain(rest.iter().map(|word| word.text.as_str())).collect();
    words.join(" ")
}
