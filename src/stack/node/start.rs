//! What the container starts: a flag, a script, what a framework's build leaves, `main`, or a file
//! by its usual name.

use std::rc::Rc;

use super::nitro::Nitro;
use super::script::{Place, Run, Scripts, Start, Unfit, takes_a_value};
use super::site::{self, Found, Site};
use super::sources::{self, Sources};
use super::{Facts, built, framework};
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::manifest::package::Package;
use crate::manifest::secret;
use crate::options::Options;
use crate::repo::{Repo, join, normal};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script;
use crate::verdict::{Halt, Stop};

/// What a package comes to.
pub(super) enum Outcome {
    /// A program.
    Starts(Box<Begun>),
    /// A site, and the port that its script serves it on.
    Site(Box<Site>, Option<u16>),
    /// Its script runs something in another package; what was found on the way is in `start`.
    Elsewhere { place: Place, run: Run, start: Box<Start> },
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
    /// Decides the start: by flag, or by what another package runs in this one.
    ///
    /// # Errors
    /// A stop when nothing here can be started, or not in an image without shell and npm.
    pub(super) fn start(&self, run: Option<&Run>, options: &Options) -> Result<Outcome, Halt> {
        if let Some(argv) = &options.start {
            return self.begun(self.of_flag(argv)?);
        }
        let found = site::find(self.repo, self.candidate, &self.facts.knowledge, &self.facts.sites);
        if let Ok(Found::Site(site)) = &found
            && site.is_settled
        {
            return Ok(Outcome::Site(site.clone(), None));
        }
        if let Some(site) = self.prerendered()? {
            return Ok(Outcome::Site(Box::new(site), None));
        }
        if let Some(start) = self.procfile()? {
            return self.made_begun(start);
        }
        let mut refused = None;
        for attempt in self.attempts(run)? {
            match attempt {
                Ok(start) => return self.made_begun(start),
                Err(Unfit::Elsewhere { place, run, start }) => {
                    return Ok(Outcome::Elsewhere { place, run, start });
                }
                Err(Unfit::Files { folder, single_page, port, .. }) => {
                    return self.files(found, folder, single_page, port);
                }
                Err(unfit) => drop(refused.get_or_insert(unfit)),
            }
        }
        if let Some(start) = self.made(&found)? {
            return self.made_begun(start);
        }
        if let Some(Unfit::Development { program, target: Some(target), start }) = &refused
            && let Some(start) = self.target(program, target, start)?
        {
            return self.begun(start);
        }
        if let Some(stop) = self.host()? {
            return Err(stop.into());
        }
        match (found, refused) {
            (Ok(Found::Site(site)), Some(_)) => Ok(Outcome::Site(site, None)),
            (Err(halt), Some(_)) => Err(halt),
            (_, Some(unfit)) => Err(unfit.stop().into()),
            (found, None) => self.of_files(found),
        }
    }

    /// What the scripts for production come to, one after the other.
    fn attempts(&self, run: Option<&Run>) -> Result<Vec<Result<Start, Unfit>>, Halt> {
        let lock = self.lock()?;
        let scripts = self.scripts(lock.as_deref());
        if let Some(run) = run {
            return Ok(vec![scripts.resume(run)]);
        }
        let names = ["start"].into_iter().chain(PRODUCTION.iter().copied());
        let names = names.filter(|name| self.package().script(name).is_some());
        Ok(names.map(|name| scripts.start(name)).collect())
    }

    /// A site that the start script names a folder of.
    fn files(
        &self,
        found: Result<Found, Halt>,
        folder: Option<String>,
        single_page: bool,
        port: Option<u16>,
    ) -> Result<Outcome, Halt> {
        match (found?, folder) {
            (Found::Site(mut site), _) => {
                site.single_page |= single_page;
                Ok(Outcome::Site(site, port))
            }
            (_, Some(folder)) => {
                let output = normal(&join(&self.candidate.folder, &folder)).filter(|path| !path.is_empty());
                let output = output.ok_or_else(|| {
                    Stop::refuse(format!(
                        "the start script serves `{folder}`, which is not a folder of its own"
                    ))
                    .help("serve a folder that holds no more than what browsers get")
                })?;
                let script = if self.package().script("build").is_some() { "build" } else { "" };
                Ok(Outcome::Site(Box::new(Site::of_folder(script, output, single_page)), port))
            }
            (_, None) => Err(Stop::refuse("the start script serves files, and which cannot be told")
                .help("name what is to be started: `--start 'node FILE'`")
                .into()),
        }
    }

    /// What a program for development is given, built or as it is.
    fn target(&self, program: &str, target: &str, start: &Start) -> Result<Option<Start>, Halt> {
        let Candidate { folder, .. } = self.candidate;
        let path = join(&start.folder, target);
        let built = built::built(self.repo, self.candidate, &self.facts.knowledge, &path)?;
        if let Some(built) = built {
            let mut start = start.clone();
            start.folder = String::new();
            start.keeps = Vec::new();
            start.argv = vec![built.file.clone()];
            start.warnings.push(format!(
                "the start script runs `{program}`, which is for development: `{}` is started, which `{}` makes of `{target}`",
                built.file, built.says
            ));
            return Ok(Some(start));
        }
        let Some(file) = sources::resolve(self.repo, &join(folder, &path))? else { return Ok(None) };
        let is_plain = [".js", ".mjs", ".cjs"].iter().any(|ending| file.ends_with(ending));
        let compiles = ["babel-node", "swc-node", "esbuild-register"].contains(&program);
        if !is_plain || compiles || start.argv.is_empty() {
            return Ok(None);
        }
        let mut start = start.clone();
        start.warnings.push(format!(
            "the start script runs `{program}`, which is for development: node alone starts `{target}`"
        ));
        Ok(Some(start))
    }

    fn package(&self) -> &Package {
        &self.candidate.package
    }

    fn begun(&self, start: Start) -> Result<Outcome, Halt> {
        let file = file_of(&start.argv, self.package());
        let folder = join(&self.candidate.folder, &start.folder);
        let sources = sources::read(self.repo, &self.facts.natives, &folder, &file)?;
        Ok(Outcome::Starts(Box::new(Begun { start, sources })))
    }

    /// The same, unless the build leaves nothing where the framework's server would be.
    fn made_begun(&self, mut start: Start) -> Result<Outcome, Halt> {
        let Some(row) = framework::settled(self.repo, self.candidate, &self.facts.knowledge)? else {
            return self.begun(start);
        };
        let starts = |file: &String| start.argv.iter().any(|word| word.trim_start_matches("./") == file);
        if row.start.as_ref().is_some_and(starts) {
            if let Some(evidence) = &row.never {
                let place = evidence.place();
                let reason = format!(
                    "{place}: the build leaves handlers for another server, and no script starts one"
                );
                return Err(Stop::refuse(reason)
                    .help(format!(
                        "leave out `{}`, or add a `start` script for that server",
                        evidence.says.trim()
                    ))
                    .into());
            }
            self.nitro().check(self.lock()?.as_ref())?;
        }
        let file = file_of(&start.argv, self.package());
        let path = join(&self.candidate.folder, &file);
        let Some(root) =
            row.root.filter(|_| start.folder.is_empty() && !self.repo.has(&path).unwrap_or(true))
        else {
            return self.begun(start);
        };
        // The script is one for the folder of the build, whose sources are here.
        let mut sources = sources::read(self.repo, &self.facts.natives, &self.candidate.folder, &file)?;
        if sources.found {
            start.argv.iter_mut().filter(|word| **word == file).for_each(|word| *word = join(&root, word));
            sources.found = false;
        }
        Ok(Outcome::Starts(Box::new(Begun { start, sources })))
    }

    /// The site that a build is told to leave in place of a server.
    fn prerendered(&self) -> Result<Option<Site>, Halt> {
        let Some(evidence) = self.nitro().files()? else { return Ok(None) };
        let row = framework::settled(self.repo, self.candidate, &self.facts.knowledge)?;
        let folder = row.map(|row| format!("{}/public", row.folder)).unwrap_or_default();
        let mut site = Site::of_folder("build", join(&self.candidate.folder, &folder), false);
        site.evidence.push(evidence);
        Ok(Some(site).filter(|_| self.package().script("build").is_some()))
    }

    fn nitro(&self) -> Nitro<'_> {
        Nitro { repo: self.repo, candidate: self.candidate, knowledge: &self.facts.knowledge }
    }

    fn of_flag(&self, argv: &[String]) -> Result<Start, Halt> {
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
        let evidence = Evidence::at("start", &file, line, secret::mask(command));
        Ok(self.scripts(lock.as_deref()).text("web", command, evidence).ok())
    }

    /// The file that the build of a framework leaves to be started, or the framework's own program.
    fn made(&self, found: &Result<Found, Halt>) -> Result<Option<Start>, Halt> {
        if let Ok(Found::Server(server)) = found {
            let evidence = Evidence { what: "start".to_owned(), ..server.evidence.clone() };
            return Ok(Some(Start::of(vec![server.file.clone()], evidence)));
        }
        let Some(row) = framework::output(self.package(), &self.facts.knowledge) else { return Ok(None) };
        let Some(kind) = self.package().dependency(&row.package) else { return Ok(None) };
        let evidence = self.package().evidence("start", &[kind, &row.package]);
        let Some(row) = framework::settled(self.repo, self.candidate, &self.facts.knowledge)? else {
            return Ok(None);
        };
        if let Some(file) = row.start {
            return Ok(Some(Start::of(vec![file], evidence)));
        }
        let lock = self.lock()?;
        let start = self.scripts(lock.as_deref()).flag(&row.program).ok();
        Ok(start.map(|start| Start { evidence, ..start }))
    }

    /// `main`, then the usual names; a file that only exports is a library or a function.
    fn of_files(&self, found: Result<Found, Halt>) -> Result<Outcome, Halt> {
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
            let listens = sources.listening.port.is_some() || sources.listening.variable.is_some();
            if let (Ok(Found::Site(site)), false) = (&found, listens) {
                return Ok(Outcome::Site(site.clone(), None));
            }
            if sources.only_exports {
                return Err(Stop::not_a_program(format!(
                    "`{file}` only exports: it is a library or a function, not a program"
                ))
                .help("if it is a program, add a `start` script or name it: `--start 'node FILE'`")
                .into());
            }
            let makes = |name: &&String| package.script(name).is_some();
            let may_build = builds || self.facts.knowledge.front.hooks.iter().any(|name| makes(&name));
            let typed = sources::stands_in(self.repo, &self.candidate.folder, file)?.filter(|_| !may_build);
            let file = typed.as_deref().unwrap_or(file);
            let path = join(&self.candidate.folder, file.trim_start_matches("./"));
            let evidence = match is_main {
                true => package.evidence("start", &["main"]),
                false => Evidence::file("start", path, "a file that is started by convention"),
            };
            let start = Start::of(vec![file.trim_start_matches("./").to_owned()], evidence);
            return Ok(Outcome::Starts(Box::new(Begun { start, sources })));
        }
        if let Found::Site(site) = found? {
            return Ok(Outcome::Site(site, None));
        }
        if let Some(place) = self.renders() {
            let reason =
                format!("{place} builds what a server renders pages with, and no script starts that server");
            return Err(Stop::refuse(reason)
                .help("add a `start` script that does, or name the file: `--start 'node FILE'`")
                .into());
        }
        Err(Stop::not_a_program(format!(
            "{} has no `start` script, no `main` that exists, and no server.js or index.js",
            self.candidate.file
        ))
        .help("name what is to be started: `--start 'node FILE'`")
        .into())
    }

    /// The script that builds the part of a site that only a server can run.
    fn renders(&self) -> Option<String> {
        let package = self.package();
        let words = &self.facts.sites.except.servers;
        let (name, _) = package.versions("scripts").find(|(name, text)| {
            let is_build = self.facts.knowledge.front.scripts.iter().any(|known| script::builds(name, known));
            is_build && script::cut(text).iter().flatten().any(|word| words.contains(word))
        })?;
        Some(format!("{}:{}", self.candidate.file, package.line(&["scripts", name])))
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
