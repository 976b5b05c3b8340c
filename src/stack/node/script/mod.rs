//! Turns a start script into the exact argv of a container without shell and npm.

mod files;
mod follow;
mod manager;
mod node;
mod once;
mod place;
mod processes;
mod program;
#[cfg(test)]
mod table;
mod together;
mod walk;
mod words;

pub(super) use node::{preloads, takes_a_value};

use crate::catalog;
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::manifest::package::Package;
use crate::manifest::secret;
use crate::manifest::shell::Word;
use crate::plan::Env;
use crate::repo::Repo;
use crate::verdict::Stop;
use walk::Walk;

/// How the program is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Arguments of node: its flags, the file, the file's arguments.
    pub argv: Vec<String>,
    pub env: Vec<Env>,
    pub evidence: Evidence,
    /// What is built just before, in order.
    pub before: Vec<Before>,
    /// What a release needs to have done before the program starts, in order.
    pub steps: Vec<Step>,
    /// The folder below the package's own that it is started in; the package's own is `""`. Paths
    /// in `argv` start there.
    pub folder: String,
    /// Development dependencies that it needs when it runs.
    pub keeps: Vec<String>,
    pub warnings: Vec<String>,
}

/// A part of the build that the start script names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// Where, below the package; the package's own folder is `""`.
    pub folder: String,
    pub run: Run,
    pub env: Vec<Env>,
}

/// What is run: the build stage has a shell, the package manager, and programs of packages below
/// `node_modules/.bin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// A script of a package, by name, and what it is given.
    Script { name: String, more: Vec<String> },
    /// The words of a command as they are written.
    Command(Vec<String>),
}

/// A command that ends, and that is no part of the build: a migration, a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// As it is written.
    pub text: String,
    /// The arguments of node with which the image does it; empty where it cannot.
    pub argv: Vec<String>,
    pub env: Vec<Env>,
    /// Why the image cannot.
    pub missing: Option<String>,
}

/// The package that a script is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The package in a folder, which starts at this package's.
    Folder(String),
    /// The package of this name in the workspace.
    Package(String),
    /// The root of the workspace.
    Root,
    /// Every package of the workspace that has such a script.
    All,
}

/// Why a script is no start of a container. What was found on the way (variables, builds, steps,
/// warnings) is in `start`, whose `argv` is empty where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It starts a program for development, which is named.
    Development {
        program: String,
        /// The file that it comes to, as it is written: source or plain JavaScript.
        target: Option<String>,
        /// With the argv of that file, as node would start it.
        start: Box<Start>,
    },
    /// It runs something in another package.
    Elsewhere { place: Place, run: Run, start: Box<Start> },
    /// It serves files, and runs no code of the repository.
    Files {
        /// The folder, as it is written; none where the tool's own configuration says it.
        folder: Option<String>,
        /// Whether every path is answered with `index.html`.
        single_page: bool,
        port: Option<u16>,
        start: Box<Start>,
    },
    /// It runs on something that is not Node.js.
    Runtime(String),
    /// It cannot be taken apart.
    Stop(String),
}

/// What is known while scripts are followed.
pub(super) struct Scripts<'a> {
    pub package: &'a Package,
    pub lock: Option<&'a LockFile>,
    pub knowledge: &'a catalog::Node,
    /// The files from the package's folder on.
    pub repo: Repo,
}

impl Scripts<'_> {
    /// Follows a script to its node command.
    ///
    /// # Errors
    /// Why it is no start of a container.
    pub(super) fn start(&self, name: &str) -> Result<Start, Unfit> {
        let mut walk = Walk::new(Start::of(Vec::new(), self.evidence(name)));
        self.script(name, &[], &mut walk)?;
        walk.done(self.knowledge)
    }

    /// Follows a command that the user names.
    ///
    /// # Errors
    /// As [`Scripts::start`].
    pub(super) fn flag(&self, argv: &[String]) -> Result<Start, Unfit> {
        self.command_of("--start", argv, Evidence::flag("start", "--start", secret::mask(&argv.join(" "))))
    }

    /// Goes on with what a script of another package runs in this one; what was found there is in
    /// its own start.
    ///
    /// # Errors
    /// As [`Scripts::start`].
    pub(super) fn resume(&self, run: &Run) -> Result<Start, Unfit> {
        let command = match run {
            Run::Script { name, more } if self.package.script(name).is_some() => {
                let more: Vec<Word> = more.iter().map(Word::plain).collect();
                let mut walk = Walk::new(Start::of(Vec::new(), self.evidence(name)));
                self.script(name, &more, &mut walk)?;
                return walk.done(self.knowledge);
            }
            // pnpm and Yarn take a program's name in the place of a script's.
            Run::Script { name, more } => [std::slice::from_ref(name), more].concat(),
            Run::Command(words) => words.clone(),
        };
        let says = secret::mask(&command.join(" "));
        let evidence = Evidence::file("start", self.package.evidence("start", &["scripts"]).file, says);
        self.command_of("start", &command, evidence)
    }

    /// Follows a text that a shell would run, such as a line of a Procfile.
    ///
    /// # Errors
    /// As [`Scripts::start`].
    pub(super) fn text(&self, name: &str, text: &str, evidence: Evidence) -> Result<Start, Unfit> {
        let mut walk = Walk::new(Start::of(Vec::new(), evidence));
        walk.enter(name, text)?;
        let commands = self.cut(text, &walk)?;
        self.run(commands, &mut walk)?;
        walk.done(self.knowledge)
    }

    fn command_of(&self, name: &str, argv: &[String], evidence: Evidence) -> Result<Start, Unfit> {
        let mut walk = Walk::new(Start::of(Vec::new(), evidence));
        walk.enter(name, &argv.join(" "))?;
        let words: Vec<Word> = argv.iter().map(Word::plain).collect();
        self.command(&words, &mut walk)?;
        walk.done(self.knowledge)
    }

    fn evidence(&self, name: &str) -> Evidence {
        self.package.evidence("start", &["scripts", name])
    }
}

impl Start {
    /// A start without variables or steps of its own.
    pub(super) fn of(argv: Vec<String>, evidence: Evidence) -> Start {
        Start {
            argv,
            env: Vec::new(),
            evidence,
            before: Vec::new(),
            steps: Vec::new(),
            folder: String::new(),
            keeps: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Start {
    /// Takes over what a script set and did that handed over to this one.
    pub(super) fn follows(&mut self, before: Start) {
        let own = std::mem::take(&mut self.env);
        let is_outer = |outer: &Env| !own.iter().any(|inner| inner.name == outer.name);
        self.env = before.env.into_iter().filter(|outer| is_outer(outer)).chain(own.clone()).collect();
        self.steps.splice(0..0, before.steps);
        self.warnings.splice(0..0, before.warnings);
    }
}

impl Unfit {
    /// The refusal that this ends in when nothing else starts the program.
    pub(super) fn stop(&self) -> Stop {
        match self {
            Unfit::Development { program, .. } => Stop::refuse(format!(
                "the start script runs `{program}`, which is for development"
            ))
            .help("name the production command: `--start 'node dist/server.js'`, or a script `start:prod`"),
            Unfit::Elsewhere { place, run, .. } => {
                let place = match place {
                    Place::Folder(folder) => format!("the package in `{folder}`"),
                    Place::Package(name) => format!("the package `{name}`"),
                    Place::Root => "the root of the workspace".to_owned(),
                    Place::All => "every package of the workspace".to_owned(),
                };
                let run = match run {
                    Run::Script { name, .. } => name.clone(),
                    Run::Command(words) => secret::mask(&words.join(" ")),
                };
                Stop::refuse(format!("the start script runs `{run}` in {place}"))
                    .help("run distrogen in the folder of that package")
            }
            Unfit::Files { folder, .. } => {
                let what =
                    folder.as_ref().map_or("files".to_owned(), |folder| format!("the files in `{folder}`"));
                Stop::refuse(format!("the start script serves {what} and runs no code of the repository"))
                    .help("if a server of its own serves them, name it: `--start 'node FILE'`")
            }
            Unfit::Runtime(reason) => Stop::refuse(reason.clone())
                .help("if Node.js runs it as well, name the command: `--start 'node server.js'`"),
            Unfit::Stop(reason) => Stop::refuse(reason.clone()).help(
                "the runtime has neither a shell nor npm; name the command: `--start 'node server.js'`",
            ),
        }
    }
}
