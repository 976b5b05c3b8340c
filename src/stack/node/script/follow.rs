//! Follows scripts to the one command that serves.

use super::walk::Walk;
use super::words::Act;
use super::{Place, Run, Scripts, Start, Unfit};
use crate::manifest::shell::{Command, Join, Word};
use crate::repo::normal;

impl Scripts<'_> {
    /// Follows a script to its start.
    pub(super) fn script(&self, name: &str, more: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        let Some(text) = self.package.script(name) else {
            return Err(Unfit::Stop(format!("there is no script `{name}`")));
        };
        walk.enter(name, text)?;
        self.pre(name, walk);
        let mut commands = self.cut(text, walk)?;
        if let Some(last) = commands.last_mut() {
            last.words.extend(more.iter().cloned());
        }
        self.run(commands, walk)?;
        walk.leave();
        Ok(())
    }

    /// npm runs `preNAME` first: what compiles becomes a part of the build.
    pub(super) fn pre(&self, name: &str, walk: &mut Walk) {
        let pre = format!("pre{name}");
        let Some(script) = self.package.script(&pre) else { return };
        let mut aside = walk.aside();
        let result = self.once_script(&pre, &[], &mut aside);
        walk.tried(&aside);
        match result {
            Ok(()) => *walk = aside,
            Err(_) => {
                let script = super::walk::quoted(script);
                walk.warn(format!("the script `{pre}` is not run in the container: {script}"));
            }
        }
    }

    /// Commands of which the last one serves.
    pub(super) fn run(&self, mut commands: Vec<Command>, walk: &mut Walk) -> Result<(), Unfit> {
        if commands.first().is_some_and(|command| command.text == "if-env NODE_ENV=production") {
            let end = commands.iter().position(|command| command.join == Join::Or).unwrap_or(commands.len());
            commands.truncate(end);
            commands.remove(0);
        }
        let mut lists = self.lists(commands, walk)?;
        let Some(mut last) = lists.pop() else { return Err(walk.stop("starts nothing")) };
        if !lists.is_empty() {
            lists.push(last);
            return self.beside(lists, walk);
        }
        while last.len() > 1 && last.last().is_some_and(|command| self.does_nothing(command, walk)) {
            last.pop();
        }
        let Some(serves) = last.pop() else { return Err(walk.stop("starts nothing")) };
        for earlier in last {
            self.once(&earlier, walk)?;
        }
        self.command(&serves.words, walk)
    }

    /// Lists of commands, of which each is started while the one before still runs.
    pub(super) fn lists(&self, commands: Vec<Command>, walk: &mut Walk) -> Result<Vec<Vec<Command>>, Unfit> {
        let mut lists: Vec<Vec<Command>> = Vec::new();
        let mut alone = true;
        for command in commands {
            let sets = |command: &Command| {
                command.words.first().is_some_and(|word| word.text.eq_ignore_ascii_case("set"))
            };
            match (command.join, lists.last_mut()) {
                (Join::Or, _) => return Err(walk.shell("`||`")),
                (Join::Pipe, _) => {
                    let name = command.words.first().map_or("", |word| word.text.as_str());
                    let name =
                        if name == "npx" { command.words.get(1).map_or("", |word| &word.text) } else { name };
                    if !self.knowledge.scripts.formatters.iter().any(|known| known == name) {
                        return Err(walk.shell("`|`"));
                    }
                    walk.warn(format!(
                        "`{name}` is left out: what reads a container's log can make it pretty"
                    ));
                }
                // `set X=1& node a` of Windows runs one after the other.
                (Join::Beside, Some(list)) if !(alone && list.iter().all(sets)) => {
                    if !self.is_nothing(&command) {
                        lists.push(vec![command]);
                    }
                }
                (_, Some(list)) => list.push(command),
                (_, None) => lists.push(vec![command]),
            }
            alone = lists.len() == 1;
        }
        Ok(lists)
    }

    /// Whether the command does nothing that a container needs.
    pub(super) fn is_nothing(&self, command: &Command) -> bool {
        let name = command.words.first().map_or("", |word| word.text.as_str());
        self.knowledge.scripts.nothing.iter().any(|known| known == name)
    }

    /// The same, also behind what stands before the program.
    fn does_nothing(&self, command: &Command, walk: &Walk) -> bool {
        let act = || self.act(&command.words, &mut Vec::new(), &mut walk.aside());
        self.is_nothing(command) || matches!(act(), Ok(Act::Nothing))
    }

    /// A command that serves.
    pub(super) fn command(&self, words: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        if let Some(unfit) = self.in_folder(words, walk)? {
            return Err(unfit);
        }
        let mut env = Vec::new();
        let act = self.act(words, &mut env, walk)?;
        walk.set(env);
        match act {
            Act::Nothing => Err(walk.stop("starts nothing")),
            Act::Script(name, more) => {
                // Scripts are run in the folder of their package.
                walk.folder.clear();
                self.script(&name, &more, walk)
            }
            Act::Elsewhere(place, run) => Err(elsewhere(place, run, walk)),
            Act::Commands(commands) => self.run(commands, walk),
            Act::Groups(mut groups) => {
                let Some((beside, mut parts)) = groups.pop() else { return Err(walk.stop("starts nothing")) };
                for part in groups.into_iter().flat_map(|(_, parts)| parts) {
                    self.all_once(part, walk)?;
                }
                match parts.pop() {
                    Some(part) if parts.is_empty() || !beside => self.run(part, walk),
                    Some(part) => {
                        parts.push(part);
                        self.beside(parts, walk)
                    }
                    None => Err(walk.stop("starts nothing")),
                }
            }
            Act::Program(words) => {
                self.serves(&words, walk)?;
                walk.start.folder.clone_from(&walk.folder);
                Ok(())
            }
        }
    }

    /// A folder that `cd` led into is another package when it has a manifest.
    fn in_folder(&self, words: &[Word], walk: &mut Walk) -> Result<Option<Unfit>, Unfit> {
        if walk.folder.is_empty() || !self.is_package(&walk.folder)? {
            return Ok(None);
        }
        let run = Run::Command(walk.plain(words)?);
        // Variables before a script stay with what is found here.
        let mut env = Vec::new();
        let behind = super::words::take_env(words, &mut env, walk)?;
        let run = match super::manager::managed(behind) {
            Some(super::manager::Managed::Script { name, more, program: false }) => {
                walk.set(env);
                Run::Script { name, more: walk.plain(&more)? }
            }
            _ => run,
        };
        Ok(Some(elsewhere(Place::Folder(walk.folder.clone()), run, walk)))
    }

    /// Whether the folder, below this package, holds one of its own.
    pub(super) fn is_package(&self, folder: &str) -> Result<bool, Unfit> {
        // What lies outside can only be that.
        let Some(folder) = normal(folder) else { return Ok(true) };
        self.repo.has(&format!("{folder}/package.json")).map_err(|error| Unfit::Stop(format!("{error:#}")))
    }

    /// Several at once: fine when one serves and the others only build or watch.
    fn beside(&self, parts: Vec<Vec<Command>>, walk: &mut Walk) -> Result<(), Unfit> {
        let said: Vec<String> = parts.iter().map(|part| text_of(part)).collect();
        let (mut serving, mut development, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            let text = text_of(&part);
            let mut aside = walk.aside();
            let result = self.run(part.clone(), &mut aside);
            walk.tried(&aside);
            match result {
                Ok(()) => serving.push(aside),
                Err(Unfit::Development { target, start, .. }) => {
                    development.push((target, start));
                    left.push(text);
                }
                Err(_) => {
                    let mut builds = walk.aside();
                    if self.all_once(part, &mut builds).is_err() {
                        return Err(several(&said, walk));
                    }
                    *walk = builds;
                    left.push(text);
                }
            }
        }
        let before = walk.start.clone();
        match (serving.pop(), serving.is_empty()) {
            (Some(mut one), true) => {
                one.start = with(&before, one.start);
                *walk = one;
                walk.warn(format!("only the server is started, and not `{}`", left.join("`, `")));
                Ok(())
            }
            (Some(_), false) => Err(several(&said, walk)),
            (None, _) if development.is_empty() => Err(walk.stop("starts no server")),
            (None, _) => {
                let mut files = development.into_iter().filter(|(target, _)| target.is_some());
                let (target, start) = match (files.next(), files.next()) {
                    (Some(one), None) => one,
                    _ => (None, Box::new(before)),
                };
                Err(Unfit::Development { program: said.join(" & "), target, start })
            }
        }
    }
}

/// What was found before a start comes first in it.
fn with(before: &Start, mut start: Start) -> Start {
    for one in before.before.iter().rev().filter(|one| !start.before.contains(one)).collect::<Vec<_>>() {
        start.before.insert(0, one.clone());
    }
    for one in before.steps.iter().rev().filter(|one| !start.steps.contains(one)).collect::<Vec<_>>() {
        start.steps.insert(0, one.clone());
    }
    start
}

fn text_of(part: &[Command]) -> String {
    let texts: Vec<&str> = part.iter().map(|command| command.text.as_str()).collect();
    super::walk::quoted(&texts.join(" && "))
}

fn several(said: &[String], walk: &Walk) -> Unfit {
    walk.stop(&format!("starts several programs at once (`{}`), and a container runs one", said.join("`, `")))
}

pub(super) fn elsewhere(place: Place, run: Run, walk: &Walk) -> Unfit {
    Unfit::Elsewhere { place, run, start: Box::new(walk.start.clone()) }
}
