//! Commands that end: parts of the build, steps of a release, and what an image does without.

use super::manager::{self, Managed};
use super::program::Row;
use super::walk::{Walk, is_endless, quoted};
use super::words::Act;
use super::{Run, Scripts, Unfit};
use crate::catalog::NodeProgramKind;
use crate::manifest::shell::{Command, Word};
use crate::plan::Env;
use crate::repo::{join, normal};

impl Scripts<'_> {
    /// A script that ends. One that only compiles is run as a whole, so that it stays what it is.
    pub(super) fn once_script(&self, name: &str, more: &[Word], walk: &mut Walk) -> Result<(), Unfit> {
        let Some(text) = self.package.script(name) else {
            return Err(walk.stop(&format!("runs the script `{name}`, which is not there")));
        };
        let whole = Run::Script { name: name.to_owned(), more: walk.plain(more)? };
        let mut aside = walk.aside();
        let begun = (aside.start.before.len(), aside.start.steps.len());
        let result = self.parts(name, text, &mut aside);
        walk.tried(&aside);
        let builds = self.builds(name) || name.starts_with("pre") && self.builds(text);
        if let Err(unfit) = result {
            if !builds || matches!(unfit, Unfit::Stop(ref reason) if is_endless(reason)) {
                return Err(unfit);
            }
            walk.built(whole, Vec::new());
            return Ok(());
        }
        let found = aside.start.before.get(begun.0..).unwrap_or_default();
        let steps = aside.start.steps.get(begun.1..).unwrap_or_default();
        let through = found.iter().all(|before| matches!(before.run, Run::Script { .. }));
        if let Some(step) = steps.first().filter(|_| self.builds(name)) {
            let step = quoted(&step.text);
            walk.warn(format!("the script `{name}` also does `{step}`, while the image is built"));
            walk.built(whole, Vec::new());
        } else if found.is_empty() || !steps.is_empty() || through && more.is_empty() && !self.builds(name) {
            *walk = aside;
        } else {
            walk.built(whole, Vec::new());
        }
        Ok(())
    }

    fn parts(&self, name: &str, text: &str, walk: &mut Walk) -> Result<(), Unfit> {
        walk.enter(name, text)?;
        self.pre(name, walk);
        // Neither its folder nor its variables outlive a script.
        let (folder, env) = (std::mem::take(&mut walk.folder), walk.start.env.clone());
        let commands = self.cut(text, walk)?;
        self.all_once(commands, walk)?;
        (walk.folder, walk.start.env) = (folder, env);
        walk.leave();
        Ok(())
    }

    /// Whether a name or a text says that something is built.
    fn builds(&self, text: &str) -> bool {
        let known = &self.knowledge.scripts.builds;
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| known.iter().any(|known| known == part))
    }

    /// Commands that all end.
    pub(super) fn all_once(&self, commands: Vec<Command>, walk: &mut Walk) -> Result<(), Unfit> {
        let lists = self.lists(commands, walk)?;
        for command in lists.iter().flatten() {
            self.once(command, walk)?;
        }
        Ok(())
    }

    /// A command that ends.
    pub(super) fn once(&self, command: &Command, walk: &mut Walk) -> Result<(), Unfit> {
        if self.is_nothing(command) {
            return Ok(());
        }
        if let [first, folder] = command.words.as_slice()
            && matches!(first.text.as_str(), "cd" | "pushd")
        {
            return self.into(folder, walk);
        }
        if let Some(Managed::Install { elsewhere }) = manager::managed(&command.words)
            && (elsewhere || !walk.folder.is_empty() && self.is_package(&walk.folder)?)
        {
            walk.built(Run::Command(walk.plain(&command.words)?), Vec::new());
            return Ok(());
        }
        let mut env = Vec::new();
        match self.act(&command.words, &mut env, walk)? {
            Act::Nothing => {
                walk.set(env);
                Ok(())
            }
            Act::Script(name, _) if !walk.folder.is_empty() && self.is_package(&walk.folder)? => {
                self.other(&name, command, env, walk)
            }
            Act::Elsewhere(_, Run::Script { name, .. }) => self.other(&name, command, env, walk),
            Act::Elsewhere(_, Run::Command(words)) => {
                self.other(words.first().map_or("", String::as_str), command, env, walk)
            }
            Act::Script(name, more) => {
                let begun = (walk.start.before.len(), walk.start.steps.len());
                self.once_script(&name, &more, walk)?;
                let before = walk.start.before.iter_mut().skip(begun.0).map(|before| &mut before.env);
                for inner in before.chain(walk.start.steps.iter_mut().skip(begun.1).map(|step| &mut step.env))
                {
                    let outer =
                        env.iter().filter(|env| !inner.iter().any(|inner| inner.name == env.name)).cloned();
                    *inner = outer.chain(inner.iter().cloned()).collect();
                }
                Ok(())
            }
            Act::Commands(commands) => self.all_once(commands, walk),
            Act::Groups(groups) => {
                for part in groups.into_iter().flat_map(|(_, parts)| parts) {
                    self.all_once(part, walk)?;
                }
                Ok(())
            }
            Act::Program(words) => self.program_once(&words, env, &command.text, walk),
        }
    }

    /// Goes into a folder.
    fn into(&self, folder: &Word, walk: &mut Walk) -> Result<(), Unfit> {
        if let Some(sign) = folder.needs() {
            return Err(walk.shell(&sign));
        }
        let Some(folder) = normal(&join(&walk.folder, &folder.text)) else {
            return Err(walk.stop(&format!("goes to `{}`, which is outside of the package", folder.text)));
        };
        walk.folder = folder;
        Ok(())
    }

    /// A script of another package that builds is run as it is written.
    fn other(&self, name: &str, command: &Command, env: Vec<Env>, walk: &mut Walk) -> Result<(), Unfit> {
        if !self.builds(name) {
            return Err(walk.stop(&format!("runs `{name}` of another package before it starts")));
        }
        let words = walk.plain(&command.words)?;
        let is_env = |word: &&String| env.iter().any(|env| **word == format!("{}={}", env.name, env.value));
        let words = words.iter().skip_while(is_env).cloned().collect();
        walk.built(Run::Command(words), env);
        Ok(())
    }

    fn program_once(&self, words: &[Word], env: Vec<Env>, text: &str, walk: &mut Walk) -> Result<(), Unfit> {
        let scripts = &self.knowledge.scripts;
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        let name = first.text.as_str();
        let is = |known: &[String]| known.iter().any(|known| known == name);
        if is(&scripts.nothing) {
            return Ok(());
        }
        if is(&scripts.waits) {
            walk.warn(format!("`{name}` is left out: have the services that it waits for started first"));
            return Ok(());
        }
        if name == "node" {
            return self.node_once(words, env, text, walk);
        }
        let row = self.row(name, rest);
        let builds = match &row {
            Row::Known(row) => row.kind == NodeProgramKind::Build,
            _ => {
                is(&scripts.build)
                    || is(&scripts.development) && rest.first().is_some_and(|word| self.builds(&word.text))
            }
        };
        if builds {
            return self.compile(words, env, text, walk);
        }
        if scripts.runner.iter().any(|runner| runner.name == name) {
            let why = format!("`{name}` compiles it when it runs");
            walk.step(text, Vec::new(), env, Some(why));
            return Ok(());
        }
        let (file, missing) = match &row {
            Row::Known(row) if row.kind == NodeProgramKind::Step => self.step_file(name, Some(row), walk),
            Row::Unknown if self.lock.is_some_and(|lock| lock.program(name).is_some()) => {
                self.step_file(name, None, walk)
            }
            _ => {
                return Err(
                    walk.stop(&format!("runs `{name}` before it starts, which cannot be taken apart"))
                );
            }
        };
        let argv = [vec![file.unwrap_or_default()], walk.filled(rest)?].concat();
        walk.step(text, argv, env, missing);
        Ok(())
    }

    /// A program of the build.
    fn compile(&self, words: &[Word], env: Vec<Env>, text: &str, walk: &mut Walk) -> Result<(), Unfit> {
        let scripts = &self.knowledge.scripts;
        let (first, rest) =
            words.split_first().map_or(("", words), |(first, rest)| (first.text.as_str(), rest));
        if rest.iter().any(|word| scripts.endless.contains(&word.text)) {
            return Err(walk.development(text));
        }
        let removes = scripts.removes.iter().any(|known| known == first)
            || first == "shx" && rest.first().is_some_and(|word| scripts.removes.contains(&word.text));
        if removes && words.iter().any(|word| word.needs().is_some()) {
            return Ok(());
        }
        // A script of the package that says the same is its better name.
        let mut named = self.package.versions("scripts").filter(|(_, script)| script.trim() == text);
        let run = match named.find(|(name, _)| self.builds(name)) {
            Some((name, _)) => Run::Script { name: name.to_owned(), more: Vec::new() },
            None => Run::Command(walk.plain(words)?),
        };
        walk.built(run, env);
        Ok(())
    }

    /// A file that node runs before the server.
    fn node_once(&self, words: &[Word], env: Vec<Env>, text: &str, walk: &mut Walk) -> Result<(), Unfit> {
        let rest = words.get(1..).unwrap_or_default();
        let mut flags = rest.iter().take_while(|word| word.text.starts_with('-'));
        if flags.any(|word| super::node::starts_nothing(&word.text)) {
            return Ok(());
        }
        let mut aside = walk.aside();
        let line = match self.node_line(rest, &mut aside) {
            Ok(line) => line,
            Err(Unfit::Development { program, .. }) => {
                walk.step(text, Vec::new(), env, Some(format!("`{program}` compiles it when it runs")));
                return Ok(());
            }
            Err(unfit) => return Err(unfit),
        };
        if let Some(name) = self.through(&line.file) {
            let words = [vec![Word::plain(name)], line.words].concat();
            return self.program_once(&words, env, text, walk);
        }
        let stem = line.file.rsplit('/').next().unwrap_or_default();
        let kind = match self.row("ace", &line.words) {
            Row::Known(row) if super::node::is_ace(&line.file) => Some(row.kind),
            _ => None,
        };
        if kind == Some(NodeProgramKind::Build) || kind.is_none() && self.builds(stem) {
            walk.built(Run::Command(walk.plain(words)?), env);
            return Ok(());
        }
        if kind.is_none() && self.listens(&join(&walk.folder, &line.file))? {
            let text = quoted(text);
            return Err(walk.stop(&format!("starts `{text}` first, a server, which does not end")));
        }
        let argv = line.argv(walk)?;
        walk.step(text, argv, env, None);
        Ok(())
    }
}
