//! What stands before a program: variables, and programs that only start another one.

use super::manager::{self, Managed};
use super::walk::Walk;
use super::{Place, Run, Scripts, Unfit, processes, takes_a_value, together};
use crate::catalog::{NodeLoss, NodeWrapper};
use crate::manifest::shell::{self, Command, Word};
use crate::plan::Env;

/// What a command comes to, behind what stands before it.
pub(super) enum Act {
    /// A script of this package.
    Script(String, Vec<Word>),
    Elsewhere(Place, Run),
    /// A program and its arguments.
    Program(Vec<Word>),
    /// Commands, one after the other.
    Commands(Vec<Command>),
    /// Groups one after the other; whether the parts of one run side by side.
    Groups(Vec<(bool, Vec<Vec<Command>>)>),
    /// Nothing that a container needs.
    Nothing,
}

impl Scripts<'_> {
    /// Takes off what stands before the program. Variables go to `env`.
    pub(super) fn act(&self, words: &[Word], env: &mut Vec<Env>, walk: &mut Walk) -> Result<Act, Unfit> {
        let mut words = words.to_vec();
        let mut is_fetched = false;
        loop {
            walk.count()?;
            words = take_env(&words, env, walk)?.to_vec();
            words.drain(..words.iter().take_while(|word| word.text == "--").count());
            let Some(first) = words.first_mut() else { return Ok(Act::Nothing) };
            if let Some(sign) = first.needs() {
                return Err(walk.shell(&sign));
            }
            *first = Word::plain(match is_fetched {
                true => self.program_of(unversioned(&first.text)),
                false => bin(&first.text),
            });
            is_fetched = false;
            let name = first.text.clone();
            let rest = words.get(1..).unwrap_or_default();
            if let Some(wrapper) = self.knowledge.scripts.wrapper.iter().find(|wrapper| wrapper.name == name)
            {
                words = self.unwrap(wrapper, rest, walk)?;
                continue;
            }
            words = match name.as_str() {
                "env" | "cross-env" if rest.first().is_some_and(|word| word.text.starts_with('-')) => {
                    return Err(walk.shell(&format!("`{name} {}`", rest[0].text)));
                }
                "env" | "cross-env" => rest.to_vec(),
                "cross-env-shell" => {
                    let rest = take_env(rest, env, walk)?;
                    let text: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
                    return self.cut(&text.join(" "), walk).map(Act::Commands);
                }
                "sh" | "bash" | "/bin/sh" | "/bin/bash"
                    if rest.first().is_some_and(|word| is_command_flag(&word.text)) =>
                {
                    let text = rest.get(1).map_or("", |word| word.text.as_str());
                    return self.cut(text, walk).map(Act::Commands);
                }
                "export" | "set" | "SET" if rest.iter().any(|word| word.text.contains('=')) => {
                    return take_env(rest, env, walk).map(|_| Act::Nothing);
                }
                "npx" | "pnpx" | "bunx" => {
                    is_fetched = true;
                    match manager::executed(rest) {
                        manager::Executed::Words(words) => words,
                        manager::Executed::Text(text) => return self.cut(&text, walk).map(Act::Commands),
                        manager::Executed::OnBun => return Err(runtime("bun", walk)),
                    }
                }
                "node" | "nodejs" | "/nodejs/bin/node" => match through_node(rest) {
                    Some(through) => through,
                    None => return Ok(Act::Program([&[Word::plain("node")], rest].concat())),
                },
                _ => match self.managed(&name, &words, walk)? {
                    Next::Words(words) => words,
                    Next::Act(act) => return Ok(act),
                },
            };
        }
    }

    /// Package managers, process managers, and what runs several commands.
    fn managed(&self, name: &str, words: &[Word], walk: &mut Walk) -> Result<Next, Unfit> {
        if let Some(managed) = manager::managed(words) {
            return match managed {
                Managed::Install { .. } | Managed::Upkeep => Ok(Next::Act(Act::Nothing)),
                Managed::Command(words) => Ok(Next::Words(words)),
                Managed::Runtime(name) => Err(runtime(&name, walk)),
                Managed::Elsewhere(place, run) => {
                    Ok(Next::Act(Act::Elsewhere(place, self.plain_run(run, walk)?)))
                }
                Managed::Script { name, more, program } => self.named(name, more, program, walk),
            };
        }
        if let Some(found) = processes::managed(self, words, walk)? {
            return Ok(match found {
                processes::Found::Words(words) => Next::Words(words),
                processes::Found::Text(text) => Next::Act(Act::Commands(self.cut(&text, walk)?)),
                processes::Found::Nothing => Next::Act(Act::Nothing),
            });
        }
        if let Some(groups) = together::groups(name, words.get(1..).unwrap_or_default(), self.package) {
            return groups.map(|groups| Next::Act(Act::Groups(groups))).map_err(|sign| walk.shell(&sign));
        }
        Ok(Next::Act(Act::Program(words.to_vec())))
    }

    /// A script by name, or a program where the package manager takes either.
    fn named(&self, name: String, more: Vec<Word>, program: bool, walk: &Walk) -> Result<Next, Unfit> {
        let is_default = name == "start" && self.package.script("start").is_none() && !program;
        if self.package.script(&name).is_some() {
            Ok(Next::Act(Act::Script(name, more)))
        } else if is_default {
            // What npm does without the script.
            Ok(Next::Words([vec![Word::plain("node"), Word::plain("server.js")], more].concat()))
        } else if program {
            Ok(Next::Words([vec![Word::plain(name)], more].concat()))
        } else {
            Err(walk.stop(&format!("runs the script `{name}`, which is not there")))
        }
    }

    fn plain_run(&self, run: manager::Ran, walk: &Walk) -> Result<Run, Unfit> {
        Ok(match run {
            manager::Ran::Script(name, more) => Run::Script { name, more: walk.plain(&more)? },
            manager::Ran::Command(words) => Run::Command(walk.plain(&words)?),
        })
    }

    /// The program of a package that is named in place of it.
    fn program_of<'b>(&'b self, package: &'b str) -> &'b str {
        let mut rows = self.knowledge.program.iter();
        let row = rows.find(|row| package.starts_with('@') && row.package.as_deref() == Some(package));
        row.map_or(package, |row| row.name.as_str())
    }

    /// What a wrapper starts.
    fn unwrap(&self, wrapper: &NodeWrapper, rest: &[Word], walk: &mut Walk) -> Result<Vec<Word>, Unfit> {
        let name = &wrapper.name;
        match wrapper.says {
            NodeLoss::Nothing => {}
            NodeLoss::Secrets => walk.warn(format!(
                "`{name}` is left out: secrets are not in the image; set the variables when it runs"
            )),
            NodeLoss::Waits => {
                walk.warn(format!("`{name}` is left out: have the services that it waits for started first"));
            }
        }
        if let Some(at) = rest.iter().position(|word| word.text == "--") {
            return Ok(rest.get(at + 1..).unwrap_or_default().to_vec());
        }
        if wrapper.behind {
            return Ok(Vec::new());
        }
        let skips = rest.first().is_some_and(|word| wrapper.skips.contains(&word.text));
        let rest = if skips { rest.get(1..).unwrap_or_default() } else { rest };
        let (_, rest) = options(rest, &wrapper.values);
        let is_file = wrapper.files
            && rest.first().is_some_and(|word| word.text.starts_with('.') && !word.text.contains(".js"));
        Ok(rest.get(usize::from(is_file)..).unwrap_or_default().to_vec())
    }

    /// Cuts a text that is a script of its own.
    pub(super) fn cut(&self, text: &str, walk: &Walk) -> Result<Vec<Command>, Unfit> {
        shell::script(text).map_err(|sign| walk.shell(&sign))
    }
}

enum Next {
    Words(Vec<Word>),
    Act(Act),
}

/// The refusal of another runtime.
pub(super) fn runtime(name: &str, walk: &Walk) -> Unfit {
    match walk.stop(&format!("runs on {name}, and only Node.js is supported as a runtime")) {
        Unfit::Stop(reason) => Unfit::Runtime(reason),
        other => other,
    }
}

/// The options that stand first, and what comes behind them.
pub(super) fn options<'a>(words: &'a [Word], values: &[String]) -> (&'a [Word], &'a [Word]) {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word.text == "--" {
            return (&words[..at], &words[at + 1..]);
        }
        if !word.text.starts_with('-') {
            break;
        }
        at += if values.contains(&word.text) { 2 } else { 1 };
    }
    words.split_at(at.min(words.len()))
}

/// The program that a path below `node_modules/.bin` means.
fn bin(text: &str) -> &str {
    match text.rsplit_once("node_modules/.bin/") {
        Some((_, name)) => name.trim_end_matches(".cmd"),
        None => text,
    }
}

/// A package's name without the version behind it.
fn unversioned(text: &str) -> &str {
    let version = text.char_indices().skip(1).find(|(_, c)| *c == '@');
    version.map_or(text, |(at, _)| &text[..at])
}

/// `-c`, also among other flags.
fn is_command_flag(text: &str) -> bool {
    text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
}

/// `node node_modules/.bin/x` starts a program, and `node --run x` a script.
fn through_node(rest: &[Word]) -> Option<Vec<Word>> {
    if rest.first()?.text.contains("node_modules/.bin/") {
        return Some(rest.to_vec());
    }
    let mut rest = rest;
    // Other flags may stand before `--run`.
    while let Some((first, more)) = rest.split_first().filter(|(first, _)| first.text.starts_with('-')) {
        let (flag, value) = first.text.split_once('=').unwrap_or((&first.text, ""));
        if flag == "--run" {
            let (name, more) =
                if value.is_empty() { more.split_first()? } else { (&Word::plain(value), more) };
            return Some(
                [vec![Word::plain("npm"), Word::plain("run"), name.clone()], more.to_vec()].concat(),
            );
        }
        let is_apart = value.is_empty() && (takes_a_value(flag) || flag.starts_with("--env-file"));
        rest = more.get(usize::from(is_apart)..)?;
    }
    None
}

/// Takes `NAME=value` words off the front.
pub(super) fn take_env<'a>(
    words: &'a [Word],
    env: &mut Vec<Env>,
    walk: &mut Walk,
) -> Result<&'a [Word], Unfit> {
    let mut rest = words;
    while let Some((first, more)) = rest.split_first() {
        let Some((name, _)) = first.text.split_once('=').filter(|(name, _)| is_variable(name)) else { break };
        if name == "PATH" {
            walk.warn("`PATH` is left out: programs are not looked for in the image".to_owned());
            rest = more;
            continue;
        }
        if let Some(sign) = &first.shell {
            return Err(walk.shell(sign));
        }
        // `PORT=$PORT` says nothing, and `A="$A b"` adds to what is mostly empty.
        if let Some(other) = first.variables.iter().find(|other| *other != name) {
            if first.open {
                return Err(walk.shell(&format!("`${other}`")));
            }
            walk.warn(format!("`{name}` has its default, whatever `{other}` is: set `{name}` itself"));
        }
        let value = first.value.split_once('=').map_or("", |(_, value)| value).trim();
        if first.variables.is_empty() || !value.is_empty() {
            env.retain(|env| env.name != name);
            env.push(Env::new(name, value));
        }
        rest = more;
    }
    Ok(rest)
}

fn is_variable(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit())
}
