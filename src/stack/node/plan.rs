//! The plan of a Node.js program.

use super::network::warn;
use super::pick::{self, Picked};
use super::runtime::Chosen;
use super::script::{Before, Run, Start};
use super::ship::{BASE, Shipped, Shipping, place};
use super::sources::{self, Sources};
use super::start::{Begun, Outcome, file_of};
use super::{Build, Facts, approved, built, credentials, framework, variables, version};
use crate::manifest::package::Package;
use crate::options::{Options, RuntimeChoice};
use crate::plan::{Env, IgnoreGroup, Runtime, common_ignore};
use crate::repo::{Repo, join};
use crate::service::Service;
use crate::stack::common;
use crate::stack::javascript::install::{Install, Request, Step, StepRun};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::{refuse_odd, script as build_script};
use crate::verdict::{Halt, Planned, Stop};

/// Programs of a build that move no compiled file.
const ONLY_COMPILES: &[&str] =
    &["del-cli", "echo", "eslint", "mkdir", "prettier", "rimraf", "rm", "tsc", "tsc-alias"];

/// Plans the program.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let picked = match pick::pick(facts, repo, options) {
        Ok(picked) => picked,
        Err(halt) => {
            name_manager(facts, repo, options, service);
            return Err(halt);
        }
    };
    let Picked { candidate, outcome } = picked;
    if !candidate.folder.is_empty() {
        service.name = candidate.name().to_owned();
        service.path = candidate.folder.clone();
    }
    let planning = Planning { facts, repo, options, candidate };
    match outcome {
        Outcome::Starts(begun) => planning.program(*begun, service),
        Outcome::Site(site, port) => planning.site(*site, port, service),
        Outcome::Elsewhere { .. } => Err(Stop::refuse("the package starts another").into()),
    }
}

/// Says which manager the root has, for the report of a refusal.
fn name_manager(facts: &Facts, repo: &Repo, options: &Options, service: &mut Service) {
    let Some(candidate) = facts.packages.first() else { return };
    let request = Planning { facts, repo, options, candidate }.request();
    if let Ok(install) = request.plan(&mut Service::new("", "node")) {
        service.package_manager = Some(install.manager.name.clone());
    }
}

/// A package and everything that its plan rests on.
pub(super) struct Planning<'a> {
    pub facts: &'a Facts,
    pub repo: &'a Repo,
    pub options: &'a Options,
    pub candidate: &'a Candidate,
}

impl<'a> Planning<'a> {
    pub(super) fn request(&self) -> Request<'a> {
        Request {
            repo: self.repo,
            candidate: self.candidate,
            all: &self.facts.packages,
            knowledge: &self.facts.knowledge,
            options: self.options,
            base: BASE,
        }
    }

    pub(super) fn package(&self) -> &'a Package {
        &self.candidate.package
    }

    /// Plans the install, and says which manager does it.
    pub(super) fn installed(&self, service: &mut Service) -> Result<Install<'a>, Halt> {
        let mut install = self.request().plan(service)?;
        service.package_manager = Some(install.manager.name.clone());
        service.evidence.push(install.evidence.clone());
        self.refuse_frozen(&mut install, service)?;
        self.refuse_other(&install)?;
        refuse_odd(install.folders.iter().map(String::as_str))?;
        Ok(install)
    }

    fn program(&self, begun: Begun, service: &mut Service) -> Result<Planned, Halt> {
        let Begun { mut start, sources } = begun;
        let mut install = self.installed(service)?;
        let choose = match self.options.runtime {
            Some(RuntimeChoice::Cc) => version::choose_own,
            _ => version::choose,
        };
        let (image, why) = choose(self.repo, self.candidate, &self.facts.knowledge, service)?;
        credentials::leave_out(&mut start)?;
        service.evidence.push(start.evidence.clone());
        service.warnings.extend(start.warnings.iter().cloned());
        let steps = self.steps(&start, &install)?;
        install.steps.runs = self.request().runs(&install, &steps);
        self.refuse_absent(&start, &sources, &install, service)?;
        self.stand_alone(&mut start)?;
        hoist(&mut start, &install, &self.candidate.folder);
        let network = self.network(&start, &sources.listening, service);
        warn(service, &sources);
        let native = self.native(&install, &sources, !steps.is_empty() || install.hooked)?;
        service.warnings.extend(approved::check(self.repo, &install, &native.scripted, &self.facts.natives)?);
        let mut chosen = self.runtime(image, &native, &sources, service)?;
        let mut shipped = self.shipped(&install, &start, &sources, !steps.is_empty())?;
        shipped.write(self.written(&start, &sources, service)?);
        self.ship_clients(&install, &mut shipped.copies)?;
        let (reference, why, packages) = self.build_image(image, why, &mut install, &steps)?;
        let production = self.production(&mut install, &start, &sources, &shipped, service)?;
        let compiled = chosen.compiled(&install);
        service.build_image = Some(reference.clone());
        service.runtime_image = Some(chosen.image.clone());
        service.start = [chosen.entrypoint.clone(), start.argv.clone()].concat();
        let needs = [install.needs.clone(), self.read_by_name()?, sources.files].concat();
        let variables = self.variables(service)?;
        let moved = install.steps.runs.iter().any(|run| !run.workdir.is_empty());
        let back = if moved { install.steps.workdir.clone() } else { String::new() };
        let steps = install.steps;
        let build = Build {
            image: reference,
            why,
            packages,
            steps,
            variables,
            config: None,
            back,
            compiled,
            production,
        };
        Ok(Planned {
            ignore: ignore(&shipped.outputs),
            runtime: self.stage(start, chosen, shipped, network),
            build: crate::stack::Build::Node(build),
            needs,
            wants: Vec::new(),
        })
    }

    /// What reaches the runtime image; `builds` where the package has steps of its own.
    fn shipped(
        &self,
        install: &Install,
        start: &Start,
        sources: &Sources,
        builds: bool,
    ) -> Result<Shipped, Halt> {
        let shipping = Shipping {
            repo: self.repo,
            candidate: self.candidate,
            install,
            knowledge: &self.facts.knowledge,
            natives: &self.facts.natives,
            start,
            sources,
            builds,
        };
        shipping.plan()
    }

    /// The stage that runs.
    fn stage(&self, start: Start, chosen: Chosen, shipped: Shipped, network: common::Network) -> Runtime {
        Runtime {
            image: chosen.image,
            why: chosen.why,
            packages: chosen.packages,
            copies: [chosen.copies, shipped.copies].concat(),
            workdir: place(&join(&self.candidate.folder, &start.folder)),
            volumes: shipped.writable,
            env: [env(&start, network.env, self.options), chosen.env].concat(),
            expose: network.port.into_iter().collect(),
            start_why: start_why(&start, chosen.is_set),
            entrypoint: if chosen.is_set { Vec::new() } else { chosen.entrypoint },
            cmd: start.argv,
            health: Vec::new(),
        }
    }

    /// A build of Next.js that leaves a server of its own has nothing that `next start` would start.
    fn stand_alone(&self, start: &mut Start) -> Result<(), Halt> {
        let row = framework::settled(self.repo, self.candidate, &self.facts.knowledge)?;
        let own = row.map(|row| format!("{}/standalone/", row.folder)).unwrap_or_default();
        let starts_next = start.argv.iter().any(|word| {
            word.starts_with("node_modules/next/")
                || (!own.is_empty() && word.trim_start_matches("./").starts_with(&own))
        });
        if starts_next && framework::is_standalone(self.repo, &self.candidate.folder)? {
            start.argv = vec!["server.js".to_owned()];
        }
        Ok(())
    }

    /// The variables of the build that end up in what browsers get.
    fn variables(&self, service: &mut Service) -> Result<Vec<String>, Halt> {
        let found = variables::find(self.repo, &self.candidate.folder, self.package(), &self.facts.sites)?;
        service.evidence.extend(found.iter().map(|(_, evidence)| evidence.clone()));
        Ok(found.into_iter().map(|(name, _)| name).collect())
    }

    /// The package's own steps: those of the start, its build, and what is generated for it.
    fn steps(&self, start: &Start, install: &Install) -> Result<Vec<Step>, Halt> {
        let step = |before: &Before| {
            let run = match before.run.clone() {
                Run::Script { name, more } => StepRun::Script { name, more },
                Run::Command(words) => StepRun::Command(words),
            };
            Step { folder: before.folder.clone(), env: before.env.clone(), run }
        };
        let mut steps: Vec<Step> = start.before.iter().map(step).collect();
        if let Some(name) = built::script_of(self.package()) {
            // Other names stand in for the usual one where the start builds nothing itself.
            let is_wanted = if name == "build" {
                !steps.iter().any(|step| step.name() == Some(name))
            } else {
                steps.is_empty()
            };
            if is_wanted {
                steps.insert(0, Step::script(name));
            }
        }
        self.generate(install, &mut steps)?;
        Ok(steps)
    }

    /// Refuses a start whose file is nowhere and that nothing makes. A repository without any source
    /// is given the benefit of the doubt: its sources are elsewhere.
    fn refuse_absent(
        &self,
        start: &Start,
        sources: &Sources,
        install: &Install,
        service: &mut Service,
    ) -> Result<(), Halt> {
        let builds = !install.steps.runs.is_empty() || install.hooked;
        if let Some((path, evidence)) = &sources.absent
            && !self.is_client(install, path)?
        {
            let place = evidence.place();
            if builds {
                service.warnings.push(format!(
                    "{place} imports `{path}`, which is not in the repository: the program starts only if the build makes it"
                ));
                return Ok(());
            }
            let why = if self.repo.git_ignores(path)? { "git ignores it" } else { "nothing makes it" };
            return Err(Stop::refuse(format!(
                "{place} imports `{path}`, which is not in the repository ({why})"
            ))
            .help("commit it, or add a `build` script that makes it")
            .into());
        }
        let file = file_of(&start.argv, self.package());
        self.refuse_elsewhere(start, &file)?;
        let plain = file.trim_start_matches("./");
        let others = install.workspace.members.iter().chain(&install.workspace.others);
        let is_inside = |one: &&&Candidate| {
            one.folder != self.candidate.folder && plain.starts_with(&format!("{}/", one.folder))
        };
        if let Some(member) = others.filter(|one| !one.folder.is_empty()).find(is_inside) {
            let place = start.evidence.place();
            let reason =
                format!("{place} starts `{file}`, which belongs to the package in `{}`", member.folder);
            return Err(Stop::refuse(reason)
                .help(format!("`--service {}` installs and starts that package", member.folder))
                .into());
        }
        let typed = sources::stands_in(self.repo, &join(&self.candidate.folder, &start.folder), &file)?;
        if let Some(typed) = typed.filter(|_| sources.found && !builds) {
            let place = start.evidence.place();
            let reason =
                format!("{place} starts `{file}`, and only `{typed}` is there, which nothing compiles");
            return Err(Stop::refuse(reason)
                .help(format!("add a `build` script that makes it, or `--start 'node {typed}'`: Node.js runs what needs no more than its types taken out"))
                .into());
        }
        if sources.found || file.starts_with("node_modules/") || !install.steps.runs.is_empty() {
            return Ok(());
        }
        if ["prepare", "postinstall"].iter().any(|script| self.package().script(script).is_some()) {
            return Ok(());
        }
        let place = start.evidence.place();
        let reason = format!(
            "{place} starts `{file}`, which is not in the repository, and no `build` script makes it"
        );
        let endings = [".js", ".mjs", ".cjs", ".ts", ".mts", ".jsx", ".tsx"];
        if self.repo.sources(&self.candidate.folder, &endings)?.is_empty() {
            service.warnings.push(format!("there are no sources here: {reason}"));
            return Ok(());
        }
        Err(Stop::refuse(reason)
            .help("add a `build` script that makes it, or name another file: `--start 'node FILE'`")
            .into())
    }

    /// Refuses a start whose file the compiler puts elsewhere, where nothing but the compiler builds.
    fn refuse_elsewhere(&self, start: &Start, file: &str) -> Result<(), Halt> {
        let Candidate { folder, package, .. } = self.candidate;
        let knowledge = &self.facts.knowledge;
        let commands = build_script::commands(package, "build", &knowledge.front).unwrap_or_default();
        let compiles = |command: &build_script::Command| {
            build_script::program(command).is_some_and(|program| ONLY_COMPILES.contains(&program))
        };
        let Some(source) = sources::source_of(self.repo, folder, file)? else { return Ok(()) };
        if !commands.iter().all(compiles) {
            return Ok(());
        }
        let Some(built) = built::built(self.repo, self.candidate, knowledge, &source)? else { return Ok(()) };
        let stem = |path: &str| path.trim_start_matches("./").trim_end_matches(".js").to_owned();
        // Without an output folder it would be beside its source, which no settings here say.
        let is_beside = built.file.split('.').next() == source.split('.').next();
        if is_beside || stem(&built.file) == stem(file) {
            return Ok(());
        }
        let reason = format!(
            "{} starts `{file}`, and `{}` makes `{}` of `{source}`",
            start.evidence.place(),
            built.says,
            built.file
        );
        Err(Stop::refuse(reason)
            .help(format!("correct one of the two, or name the file: `--start 'node {}'`", built.file))
            .into())
    }

    /// Files of settings that a build reads by name.
    fn read_by_name(&self) -> Result<Vec<String>, Halt> {
        let mut found = Vec::new();
        for name in ["tsconfig.json", "package.json"] {
            let file = join(&self.candidate.folder, name);
            if self.repo.has(&file)? {
                found.push(file);
            }
        }
        Ok(found)
    }
}

/// The lines that say how the program is started, and what a release needs before.
fn start_why(start: &Start, is_set: bool) -> Vec<String> {
    let entrypoint = if is_set { "The image's entrypoint is node; " } else { "" };
    let mut lines = vec![format!("{entrypoint}{} says what it runs", start.evidence.file)];
    lines.extend(start.steps.iter().map(|step| match step.argv.as_slice() {
        [] => format!("Not done here, but once a release: {}", step.text),
        argv => format!("Once a release, before it starts: docker run IMAGE {}", argv.join(" ")),
    }));
    lines
}

/// The packages of a workspace are mostly installed at its root, and so are their programs.
fn hoist(start: &mut Start, install: &Install, folder: &str) {
    let root = &install.workspace.root;
    if folder == root || !install.manager.hoists {
        return;
    }
    let inner = folder.strip_prefix(root.as_str()).unwrap_or(folder).trim_start_matches('/');
    let up = "../".repeat(inner.split('/').count());
    if let Some(word) = start.argv.iter_mut().find(|word| word.starts_with("node_modules/")) {
        *word = format!("{up}{word}");
    }
}

/// The script's variables outrank what was found; a flag outranks the script's.
fn env(start: &Start, network: Vec<Env>, options: &Options) -> Vec<Env> {
    let mut env = vec![Env::new("NODE_ENV", "production")];
    let (first, last) = match options.port {
        Some(_) => (start.env.clone(), network),
        None => (network, start.env.clone()),
    };
    for one in first.into_iter().chain(last) {
        env.retain(|before| before.name != one.name);
        env.push(one);
    }
    env
}

/// What the build makes by itself, in `outputs` among others, and what nothing reads.
pub(super) fn ignore(outputs: &[String]) -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    let mut made = vec![
        "**/node_modules",
        "**/npm-debug.log*",
        "**/.next",
        "**/.nuxt",
        "**/.output",
        "**/.svelte-kit",
        "**/.turbo",
        "**/*.tsbuildinfo",
    ];
    made.extend(outputs.iter().map(String::as_str));
    groups.push(IgnoreGroup::new("Installed and made by the build", &made));
    groups.push(IgnoreGroup::new(
        "Not read by the program",
        &[
            "**/*.test.[cm][jt]s",
            "**/*.test.[jt]s",
            "**/*.test.[jt]sx",
            "**/*.spec.[jt]s",
            "**/*.spec.[jt]sx",
            "**/__tests__",
        ],
    ));
    groups
}
