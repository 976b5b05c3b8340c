//! What the container starts: a flag, a script, what a framework's build leaves, `main`, or a file
//! by its usual name.

use std::rc::Rc;

use super::Facts;
use super::framework;
use super::script::{Scripts, Start, Unfit, takes_a_value};
use super::sources::{self, Sources};
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::manifest::package::Package;
use crate::options::Options;
use crate::repo::{Repo, join};
use crate::stack::javascript::package::Candidate;
use crate::verdict::{Halt, Stop};

/// What a package comes to.
pub(super) enum Outcome {
    /// A program.
    Starts(Box<Begun>),
    /// Its script starts another package: by name or folder, with that package's script.
    Elsewhere { package: String, script: String, says: String },
}

/// A start, and the sources behind it.
pub(super) struct Begun {
    pub start: Start,
    pub sources: Sources,
}

/// Scripts that are for production by their name, the plainest first.
const PRODUCTION: &[&str] = &["start:prod", "start:production", "start-prod", "serve:prod"];

/// Files that are started by convention, when no script and no `main` says more.
const USUAL: &[&str] =
    &["server.js", "index.js", "app.js", "main.js", "bin/www", "server.mjs", "index.mjs", "server.ts"];

/// A package whose start is looked for.
pub(super) struct Search<'a> {
    pub facts: &'a Facts,
    pub repo: &'a Repo,
    pub candidate: &'a Candidate,
}

impl Search<'_> {
    /// Decides the start: by flag, or by a script of this name where another package asks for it.
    ///
    /// # Errors
    /// A stop when nothing here can be started, or not in an image without shell and npm.
    pub(super) fn start(&self, script: Option<&str>, options: &Options) -> Result<Outcome, Halt> {
        if let Some(argv) = &options.start {
            return self.begun(self.from_flag(argv)?);
        }
        if let Some(stop) = self.exported()? {
            return Err(stop.into());
        }
        if let Some(start) = self.procfile()? {
            return self.begun(start);
        }
        let mut refused: Option<Unfit> = None;
        let usual = ["start"].into_iter().chain(PRODUCTION.iter().copied());
        let names: Vec<&str> = script.map_or_else(|| usual.collect(), |script| vec![script]);
        let lock = self.lock()?;
        let scripts = self.scripts(lock.as_deref());
        for name in names.into_iter().filter(|name| self.package().script(name).is_some()) {
            match scripts.start(name) {
                Ok(start) => return self.begun(start),
                Err(unfit) => drop(refused.get_or_insert(unfit)),
            }
        }
        if let Some(start) = self.made(&scripts) {
            return self.begun(start);
        }
        if let Some(stop) = self.host()? {
            return Err(stop.into());
        }
        if let Some(unfit) = refused {
            return Err(self.site().unwrap_or_else(|| unfit.stop()).into());
        }
        self.from_files()
    }

    fn package(&self) -> &Package {
        &self.candidate.package
    }

    fn begun(&self, start: Start) -> Result<Outcome, Halt> {
        let file = file_of(&start.argv, self.package());
        let sources = sources::read(self.repo, &self.facts.natives, &self.candidate.folder, &file)?;
        Ok(Outcome::Starts(Box::new(Begun { start, sources })))
    }

    fn from_flag(&self, argv: &[String]) -> Result<Start, Halt> {
        let lock = self.lock()?;
        let scripts = self.scripts(lock.as_deref());
        // A file alone is meant for node, since that is the image's entrypoint.
        let is_file = argv
            .first()
            .is_some_and(|word| [".js", ".mjs", ".cjs", ".ts"].iter().any(|end| word.ends_with(end)));
        let argv = if is_file { [vec!["node".to_owned()], argv.to_vec()].concat() } else { argv.to_vec() };
        Ok(scripts.flag(&argv).map_err(|unfit| unfit.stop())?)
    }

    fn lock(&self) -> Result<Option<Rc<LockFile>>, Halt> {
        Ok(self.facts.lock(self.repo, &self.candidate.folder)?)
    }

    fn scripts<'a>(&'a self, lock: Option<&'a LockFile>) -> Scripts<'a> {
        let repo = self.repo.below(&self.candidate.folder);
        Scripts { package: self.package(), lock, knowledge: &self.facts.knowledge, repo }
    }

    /// The `web` line of a Procfile, as far as it can be started without a shell.
    fn procfile(&self) -> Result<Option<Start>, Halt> {
        let file = join(&self.candidate.folder, "Procfile");
        let Some(text) = self.repo.source(&file)? else { return Ok(None) };
        let web = text
            .lines()
            .enumerate()
            .find_map(|(index, line)| Some((index + 1, line.strip_prefix("web:")?.trim())));
        let Some((line, command)) = web else { return Ok(None) };
        let lock = self.lock()?;
        let evidence = Evidence::at("start", &file, line, command);
        Ok(self.scripts(lock.as_deref()).text("web", command, evidence).ok())
    }

    /// The file that the build of a framework leaves to be started, or the framework's own program.
    fn made(&self, scripts: &Scripts) -> Option<Start> {
        let row = framework::output(self.package(), &self.facts.knowledge)?;
        let kind = self.package().dependency(&row.package)?;
        let evidence = self.package().evidence("start", &[kind, &row.package]);
        match &row.start {
            Some(file) => Some(Start::of(vec![file.clone()], evidence)),
            None => Some(Start { evidence, ..scripts.flag(&row.program).ok()? }),
        }
    }

    /// `main`, then the usual names; a file that only exports is a library or a function.
    fn from_files(&self) -> Result<Outcome, Halt> {
        let package = self.package();
        let main = package.string(&["main"]);
        let named = main.iter().copied().map(|file| (file, true));
        for (file, is_main) in named.chain(USUAL.iter().map(|file| (*file, false))) {
            let sources = sources::read(self.repo, &self.facts.natives, &self.candidate.folder, file)?;
            let builds = package.script("build").is_some();
            let is_made = is_main && builds && file.trim_start_matches("./").contains('/');
            if !sources.found && !is_made {
                continue;
            }
            if sources.only_exports {
                return Err(Stop::not_a_program(format!(
                    "`{file}` only exports: it is a library or a function, not a program"
                ))
                .help("if it is a program, add a `start` script or name it: `--start 'node FILE'`")
                .into());
            }
            let path = join(&self.candidate.folder, file.trim_start_matches("./"));
            let evidence = match is_main {
                true => package.evidence("start", &["main"]),
                false => Evidence::file("start", path, "a file that is started by convention"),
            };
            let start = Start::of(vec![file.trim_start_matches("./").to_owned()], evidence);
            return Ok(Outcome::Starts(Box::new(Begun { start, sources })));
        }
        if let Some(stop) = self.site() {
            return Err(stop.into());
        }
        Err(Stop::not_a_program(format!(
            "{} has no `start` script, no `main` that exists, and no server.js or index.js",
            self.candidate.file
        ))
        .help("name what is to be started: `--start 'node FILE'`")
        .into())
    }

    /// A front end: files for a browser, which need a web server and not Node.js.
    fn site(&self) -> Option<Stop> {
        let package = self.package();
        let site =
            self.facts.knowledge.site.iter().find(|site| package.dependency(&site.package).is_some())?;
        let line = package.line(&[package.dependency(&site.package)?, &site.package]);
        Some(
            Stop::refuse(format!(
                "{}:{line} builds a static site with {}, which has no server to start",
                self.candidate.file, site.name
            ))
            .help("if a server of its own serves the files, name it: `--start 'node FILE'`"),
        )
    }

    /// A Next.js configuration that exports plain files, with which `next start` refuses to start.
    fn exported(&self) -> Result<Option<Stop>, Halt> {
        let folder = &self.candidate.folder;
        let found = framework::configured(self.repo, folder, "next.config", "output", "export")?;
        Ok(found.map(|(file, line)| {
            let reason = format!(
                "{file}:{line} exports a static site (`output: \"export\"`), which has no server to start"
            );
            Stop::refuse(reason).help("serve the `out` folder with a web server, or remove the setting")
        }))
    }

    /// Code that a hosting service calls.
    fn host(&self) -> Result<Option<Stop>, Halt> {
        let functions = &self.facts.knowledge.functions;
        let stop = |place: String, what: &str| {
            Stop::not_a_program(format!("{place} is for {what}: the code is a function that a host calls"))
                .help("use that service's own builder, or name a program: `--start 'node FILE'`")
        };
        for file in &functions.files {
            let file = join(&self.candidate.folder, file);
            if self.repo.has(&file)? {
                return Ok(Some(stop(format!("`{file}`"), "a functions host")));
            }
        }
        let package = self.package();
        let found = functions.packages.iter().find_map(|name| Some((name, package.dependency(name)?)));
        Ok(found.map(|(name, kind)| {
            let place = format!("{}:{}", self.candidate.file, package.line(&[kind, name]));
            stop(place, &format!("`{name}`"))
        }))
    }
}

/// The file that node loads: the first argument that is no flag; `.` is the package's `main`.
pub(super) fn file_of(argv: &[String], package: &Package) -> String {
    let mut words = argv.iter();
    while let Some(word) = words.next() {
        if takes_a_value(word) {
            words.next();
        } else if !word.starts_with('-') {
            let main = || package.string(&["main"]).unwrap_or("index.js");
            return if word.as_str() == "." { main().to_owned() } else { word.clone() };
        }
    }
    String::new()
}
