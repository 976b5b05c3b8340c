//! What is found while scripts are followed, and where that is.

use super::node::{self, is_preload};
use super::{Before, Run, Start, Step, Unfit};
use crate::catalog;
use crate::manifest::secret;
use crate::manifest::shell::Word;
use crate::plan::Env;

/// Scripts that run each other deeper than this are not followed.
const DEEPEST: usize = 100;
/// Commands that are looked at before a start is given up.
const MOST: usize = 300;
/// The longest script that a person wrote.
const LONGEST: usize = 5000;
/// How much of a script a message quotes.
const QUOTED: usize = 160;

const ENDLESS: &str = "runs itself";
const TOO_DEEP: &str = "is nested too deeply in others to be followed";

/// Whether a refusal is that the scripts come to no end.
pub(super) fn is_endless(reason: &str) -> bool {
    reason.ends_with(ENDLESS) || reason.ends_with(TOO_DEEP)
}

/// The state of one walk.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    pub start: Start,
    /// Where `cd` has led, below the package.
    pub folder: String,
    /// The scripts that led here, each with its text.
    trail: Vec<(String, String)>,
    left: usize,
}

impl Walk {
    pub(super) fn new(start: Start) -> Walk {
        Walk { start, folder: String::new(), trail: Vec::new(), left: MOST }
    }

    /// Goes into a script.
    pub(super) fn enter(&mut self, name: &str, text: &str) -> Result<(), Unfit> {
        if self.trail.iter().any(|(before, _)| before == name) {
            return Err(Unfit::Stop(format!("the script `{name}` {ENDLESS}")));
        }
        if self.trail.len() >= DEEPEST {
            return Err(Unfit::Stop(format!("the script `{name}` {TOO_DEEP}")));
        }
        self.trail.push((name.to_owned(), text.to_owned()));
        if text.len() > LONGEST {
            return Err(self.stop("is longer than a script can be followed"));
        }
        Ok(())
    }

    /// Comes back out of it.
    pub(super) fn leave(&mut self) {
        self.trail.pop();
    }

    /// Counts a command.
    pub(super) fn count(&mut self) -> Result<(), Unfit> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => return Err(self.stop("runs more commands than can be followed")),
        }
        Ok(())
    }

    /// A copy that is tried; [`Walk::tried`] takes over what it cost.
    pub(super) fn aside(&self) -> Walk {
        self.clone()
    }

    pub(super) fn tried(&mut self, aside: &Walk) {
        self.left = self.left.min(aside.left);
    }

    /// A refusal that quotes the script.
    pub(super) fn stop(&self, why: &str) -> Unfit {
        let (name, text) = self.trail.last().map_or(("start", ""), |(name, text)| (name, text));
        Unfit::Stop(format!("`{name}` {why}: {}", quoted(text)))
    }

    /// The refusal of what only a shell can do.
    pub(super) fn shell(&self, sign: &str) -> Unfit {
        self.stop(&format!("needs a shell ({sign})"))
    }

    /// A program for development, of which no more is known.
    pub(super) fn development(&self, program: &str) -> Unfit {
        Unfit::Development { program: quoted(program), target: None, start: Box::new(self.start.clone()) }
    }

    pub(super) fn warn(&mut self, text: String) {
        if !self.start.warnings.contains(&text) {
            self.start.warnings.push(text);
        }
    }

    /// The arguments that need no shell.
    pub(super) fn plain(&self, words: &[Word]) -> Result<Vec<String>, Unfit> {
        words
            .iter()
            .map(|word| word.needs().map_or(Ok(word.text.clone()), |sign| Err(self.shell(&sign))))
            .collect()
    }

    /// Arguments with the defaults of their variables, which nothing sets in a container.
    pub(super) fn filled(&mut self, words: &[Word]) -> Result<Vec<String>, Unfit> {
        let mut found = Vec::new();
        for word in words {
            match (&word.shell, word.variables.first()) {
                (Some(sign), _) => return Err(self.shell(sign)),
                (None, Some(name)) if word.open => return Err(self.shell(&format!("`${name}`"))),
                (None, Some(_)) => {
                    self.warn(format!(
                        "`{}` is always `{}`: without a shell it cannot be set",
                        quoted(&word.text),
                        quoted(&word.value)
                    ));
                    found.push(word.value.clone());
                }
                (None, None) => found.push(word.text.clone()),
            }
        }
        Ok(found)
    }

    /// Variables of the program. An image is for production, whatever a script says.
    pub(super) fn set(&mut self, env: Vec<Env>) {
        for one in env {
            if one.name == "NODE_ENV" && matches!(one.value.as_str(), "development" | "dev" | "test") {
                self.warn(format!(
                    "`NODE_ENV={}` is left out: the image sets NODE_ENV=production",
                    one.value
                ));
                continue;
            }
            self.start.env.retain(|env| env.name != one.name);
            self.start.env.push(one);
        }
    }

    pub(super) fn built(&mut self, run: Run, env: Vec<Env>) {
        let before = Before { folder: self.folder.clone(), run, env };
        if !self.start.before.contains(&before) {
            self.start.before.push(before);
        }
    }

    /// Takes a step apart from the start, and says so.
    pub(super) fn step(&mut self, text: &str, argv: Vec<String>, env: Vec<Env>, missing: Option<String>) {
        let away = (!self.folder.is_empty()).then(|| format!("it runs in `{}`", self.folder));
        let missing = missing.or(away);
        let argv = if missing.is_some() { Vec::new() } else { argv };
        let how = match &missing {
            None => {
                format!("run it with this image, with the arguments `{}`", secret::mask(&argv.join(" ")))
            }
            Some(why) => format!("the image cannot do it ({why})"),
        };
        self.warn(format!(
            "`{}` is taken apart from the start: it belongs before each release, once; {how}",
            quoted(text)
        ));
        self.start.steps.push(Step { text: secret::mask(text), argv, env, missing });
    }

    /// The start that was found; not one whose NODE_OPTIONS compile it.
    pub(super) fn done(mut self, knowledge: &catalog::Node) -> Result<Start, Unfit> {
        let options =
            self.start.env.iter().find(|env| env.name == "NODE_OPTIONS").map(|env| env.value.clone());
        if let Some(options) = options {
            let words: Vec<String> = options.split_whitespace().map(str::to_owned).collect();
            let mut found = node::preloads(&words);
            if words.iter().any(|word| word.starts_with("--inspect"))
                || found.any(|name| is_preload(name, knowledge))
            {
                self.start.env.retain(|env| env.name != "NODE_OPTIONS");
                let target = node::file(&self.start.argv).cloned();
                return Err(Unfit::Development {
                    program: format!("NODE_OPTIONS={options}"),
                    target,
                    start: Box::new(self.start),
                });
            }
        }
        Ok(self.start)
    }
}

/// A text for a message: short, on one line, and without credentials.
pub(super) fn quoted(text: &str) -> String {
    let text = &secret::mask(text);
    let short: String = text.chars().take(QUOTED).collect();
    let dots = if short.len() < text.len() { "..." } else { "" };
    format!("{}{dots}", short.replace(|c: char| c.is_control(), " "))
}
