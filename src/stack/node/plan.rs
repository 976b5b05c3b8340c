//! The plan of a Node.js program.

use std::rc::Rc;

use super::equip::{HEADERS, equip, members};
use super::native::{self, Native, Need};
use super::pick::{self, Picked};
use super::script::{self, Before, Run, Start};
use super::ship::{BASE, Shipped, Shipping, place};
use super::sources::{self, Sources};
use super::start::{Begun, Outcome, file_of};
use super::{Build, Facts, approved, framework, heed, variables, version};
use crate::catalog::{self, Framework, NodeImage, RuntimeImage};
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::manifest::package::Package;
use crate::options::{Options, RuntimeChoice};
use crate::plan::{Copy, Env, IgnoreGroup, Runtime, common_ignore};
use crate::repo::{Repo, join};
use crate::service::Service;
use crate::source::listen::Listening;
use crate::stack::common;
use crate::stack::javascript::install::{Install, Request, Step, StepRun};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::refuse_odd;
use crate::verdict::{Halt, Planned, Stop};

/// The program of Node.js in its official images.
const NODE: &str = "/usr/local/bin/node";

/// The package that others write code into.
const GENERATED: &str = "@prisma/client";

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

    fn package(&self) -> &'a Package {
        &self.candidate.package
    }

    fn program(&self, begun: Begun, service: &mut Service) -> Result<Planned, Halt> {
        let Begun { mut start, sources } = begun;
        let request = self.request();
        let mut install = request.plan(service)?;
        service.package_manager = Some(install.manager.name.clone());
        service.evidence.push(install.evidence.clone());
        self.refuse_frozen(&mut install, service)?;
        let choose = match self.options.runtime {
            Some(RuntimeChoice::Cc) => version::choose_own,
            _ => version::choose,
        };
        let (image, why) = choose(self.repo, self.candidate, &self.facts.knowledge, service)?;
        service.evidence.push(start.evidence.clone());
        service.warnings.extend(start.warnings.iter().cloned());
        let steps = self.steps(&start);
        install.steps.runs = request.runs(&install, &steps);
        self.refuse_absent(&start, &sources, &install, service)?;
        refuse_odd(install.folders.iter().map(String::as_str))?;
        self.stand_alone(&mut start)?;
        hoist(&mut start, &install, &self.candidate.folder);
        let network = self.network(&start, &sources.listening, service);
        warn(service, &sources);
        let development = !steps.is_empty() || install.hooked;
        let native = self.native(&install, &sources, development)?;
        let runtime = self.runtime(image, &native, &sources, &install, service)?;
        let scripts: Vec<String> = steps.iter().filter_map(Step::name).map(str::to_owned).collect();
        let shipping = Shipping {
            repo: self.repo,
            candidate: self.candidate,
            install: &install,
            knowledge: &self.facts.knowledge,
            start: &start,
            sources: &sources,
            builds: !steps.is_empty(),
        };
        let shipped = shipping.plan()?;
        heed(self.repo, self.candidate, &mut install, image)?;
        let (reference, why, packages) = self.build_image(image, why, &mut install, &scripts)?;
        let production = self.production(&mut install, &start, &sources, &shipped, service)?;
        service.build_image = Some(reference.clone());
        service.runtime_image = Some(runtime.image.clone());
        service.start = [runtime.entrypoint.clone(), start.argv.clone()].concat();
        let mut needs = install.needs.clone();
        needs.extend(self.read_by_name()?);
        needs.extend(sources.files);
        let variables = self.variables(service)?;
        let moved = install.steps.runs.iter().rfind(|run| !run.workdir.is_empty());
        let back = moved.map_or(String::new(), |_| install.steps.workdir.clone());
        let build = Build {
            image: reference.clone(),
            why,
            packages,
            steps: install.steps,
            variables,
            config: None,
            back,
            production,
        };
        let why_started = start_why(&start, runtime.is_set);
        Ok(Planned {
            runtime: Runtime {
                image: runtime.image,
                why: runtime.why,
                packages: runtime.packages,
                copies: [runtime.copies, shipped.copies].concat(),
                workdir: place(&join(&self.candidate.folder, &start.folder)),
                volumes: shipped.writable.into_iter().collect(),
                env: [env(&start, network.env, self.options), runtime.env].concat(),
                expose: network.port.into_iter().collect(),
                entrypoint: if runtime.is_set { Vec::new() } else { runtime.entrypoint },
                cmd: start.argv,
                start_why: why_started,
                health: Vec::new(),
            },
            build: crate::stack::Build::Node(build),
            ignore: ignore(&shipped.outputs),
            needs,
            wants: Vec::new(),
        })
    }

    /// The image that builds, why it is that one, and the Debian packages that it is given; what
    /// the install needs of its environment goes into its steps.
    pub(super) fn build_image(
        &self,
        image: &NodeImage,
        why: String,
        install: &mut Install,
        scripts: &[String],
    ) -> Result<(String, String, Vec<String>), Halt> {
        let native = self.native(install, &Sources::default(), true)?;
        let equipment = equip(native, &self.request(), install, scripts)?;
        let (reference, why) = equipment.image(image, why);
        Ok((reference, why, equipment.packages))
    }

    /// A build of Next.js that leaves a server of its own has nothing that `next start` would start.
    fn stand_alone(&self, start: &mut Start) -> Result<(), Halt> {
        let starts_next = start.argv.iter().any(|word| {
            word.starts_with("node_modules/next/")
                || word.trim_start_matches("./").starts_with(".next/standalone/")
        });
        if starts_next && framework::is_standalone(self.repo, &self.candidate.folder)? {
            start.argv = vec!["server.js".to_owned()];
        }
        Ok(())
    }

    /// `npm ci` and its like fail when the lock file does not fit package.json.
    pub(super) fn refuse_frozen(&self, install: &mut Install, service: &mut Service) -> Result<(), Halt> {
        let Some(lock) = self.locked(install)? else { return Ok(()) };
        if let Some(misfit) = lock.misfit(&members(install, self.candidate)) {
            service.warnings.push(format!("{misfit}: install again and commit it"));
            install.steps.install = install.manager.unlocked.clone();
        }
        Ok(())
    }

    /// The lock file that the install keeps to.
    fn locked(&self, install: &Install) -> Result<Option<Rc<LockFile>>, Halt> {
        let lock = self.facts.lock(self.repo, &install.workspace.root)?;
        let is_used = |lock: &Rc<LockFile>| lock.file.rsplit('/').next() == install.lock.as_deref();
        Ok(lock.filter(is_used))
    }

    /// What installed packages need beside Node.js.
    fn native(&self, install: &Install, sources: &Sources, development: bool) -> Result<Native, Halt> {
        let lock = self.locked(install)?;
        let members = members(install, self.candidate);
        let question = native::Question {
            folder: &self.candidate.folder,
            members: &members,
            lock: lock.as_deref(),
            development,
            started: &sources.started,
            known: &self.facts.natives,
        };
        Ok(native::find(&question))
    }

    /// The variables of the build that end up in what browsers get.
    fn variables(&self, service: &mut Service) -> Result<Vec<String>, Halt> {
        let found = variables::find(self.repo, &self.candidate.folder, self.package(), &self.facts.sites)?;
        service.evidence.extend(found.iter().map(|(_, evidence)| evidence.clone()));
        Ok(found.into_iter().map(|(name, _)| name).collect())
    }

    /// The package's own steps: those of the start, and its build.
    fn steps(&self, start: &Start) -> Vec<Step> {
        let step = |before: &Before| {
            let run = match before.run.clone() {
                Run::Script { name, more } => StepRun::Script { name, more },
                Run::Command(words) => StepRun::Command(words),
            };
            Step { folder: before.folder.clone(), env: before.env.clone(), run }
        };
        let mut steps: Vec<Step> = start.before.iter().map(step).collect();
        let builds = steps.iter().any(|step| step.name() == Some("build"));
        if self.package().script("build").is_some() && !builds {
            steps.insert(0, Step::script("build"));
        }
        steps
    }

    /// What leaves the packages that production needs; none where no others are installed.
    fn production(
        &self,
        install: &mut Install,
        start: &Start,
        sources: &Sources,
        shipped: &Shipped,
        service: &mut Service,
    ) -> Result<Vec<Vec<String>>, Halt> {
        if shipped.from_context {
            install.steps.after = Vec::new();
        }
        let mut commands = Vec::new();
        if !shipped.packages {
            if shipped.copies.iter().all(|copy| copy.stage.is_empty()) {
                install.steps.install = Vec::new();
                install.steps.before = Vec::new();
                install.steps.prepare = Vec::new();
            }
        } else if let Some((name, evidence)) = self.development(start, sources)? {
            service.warnings.push(format!(
                "{} needs `{name}`, which is a development dependency: all of them are kept; move it to `dependencies`",
                evidence.place()
            ));
        } else if install.manager.anew && self.is_generated(install) {
            service.warnings.push(format!(
                "{} installs anew for production, without what was compiled or generated: all packages are kept",
                install.manager.name
            ));
        } else if shipped.from_context
            && !install.workspace.is_shared
            && !install.manager.production_only.is_empty()
        {
            install.steps.install.extend(install.manager.production_only.iter().cloned());
        } else {
            let lock = self.locked(install)?;
            let members = members(install, self.candidate);
            let idle = lock.is_some_and(|lock| lock.keeps_idle(&self.candidate.folder, &members));
            commands = install.production(self.candidate, idle);
        }
        commands.extend(shipped.writable.iter().map(|path| ["rm", "-rf", path].map(str::to_owned).to_vec()));
        if !shipped.made.is_empty() {
            commands.push([vec!["mkdir".to_owned(), "-p".to_owned()], shipped.made.clone()].concat());
        }
        Ok(commands)
    }

    /// Whether packages hold what only their install made.
    fn is_generated(&self, install: &Install) -> bool {
        let compiles = install.steps.env.iter().any(|env| env.name == HEADERS.0);
        let libraries = install.workspace.shipped(self.candidate);
        let generates = |one: &Candidate| one.package.dependency(GENERATED).is_some();
        compiles || generates(self.candidate) || libraries.into_iter().any(generates)
    }

    /// A development dependency that the program needs when it runs, and what needs it.
    fn development(&self, start: &Start, sources: &Sources) -> Result<Option<(String, Evidence)>, Halt> {
        if let Some((name, evidence)) = self.imported(sources) {
            return Ok(Some((name.clone(), evidence.clone())));
        }
        if let Some(found) = self.preloaded(start) {
            return Ok(Some(found));
        }
        self.configuration()
    }

    /// A package that the program imports but that only development installs.
    fn imported<'b>(&self, sources: &'b Sources) -> Option<(&'b String, &'b Evidence)> {
        if framework::output(self.package(), &self.facts.knowledge).is_some() {
            return None;
        }
        sources.imports.iter().find(|(name, _)| self.package().dependency(name) == Some("devDependencies"))
    }

    /// A package that node is told to load first but that only development installs.
    fn preloaded(&self, start: &Start) -> Option<(String, Evidence)> {
        let names = script::preloads(&start.argv).filter_map(sources::package);
        let names = names.chain(start.keeps.iter().map(String::as_str));
        let mut found = names.filter(|name| self.package().dependency(name) == Some("devDependencies"));
        found.next().map(|name| (name.to_owned(), start.evidence.clone()))
    }

    /// Configuration that is read at the start by a package that only development installs.
    fn configuration(&self) -> Result<Option<(String, Evidence)>, Halt> {
        let package = self.package();
        let rows = self.facts.knowledge.config.iter();
        for config in rows.filter(|config| package.dependency(&config.package).is_some()) {
            for file in &config.files {
                let path = join(&self.candidate.folder, file);
                if self.repo.has(&path)? && package.dependency(&config.needs) == Some("devDependencies") {
                    let evidence = Evidence::file("configuration", path, "read at the start");
                    return Ok(Some((config.needs.clone(), evidence)));
                }
            }
        }
        Ok(None)
    }

    fn network(&self, start: &Start, listening: &Listening, service: &mut Service) -> common::Network {
        let mut listening = listening.clone();
        said_port(start, &mut listening);
        let framework = framework_of(&self.facts.knowledge.framework, self.package(), service);
        let network = common::network(service, self.options, &listening, framework.as_ref());
        service.framework = framework.as_ref().map(|framework| framework.name.clone());
        service.kind = Some(common::kind(network.port, framework.as_ref()));
        service.port = network.port;
        common::warn_of_unknown_port(service);
        network
    }

    /// The image that runs: distroless, unless a package needs what none of them holds.
    fn runtime(
        &self,
        image: &NodeImage,
        native: &Native,
        sources: &Sources,
        install: &Install,
        service: &mut Service,
    ) -> Result<Chosen, Halt> {
        if let Some(stop) = &native.uninstallable {
            return Err(stop.clone().into());
        }
        service.warnings.extend(approved::check(self.repo, install, &native.scripted, &self.facts.natives)?);
        service.warnings.extend(native.warnings.iter().cloned());
        match (self.options.runtime, &native.slim) {
            (None, Some(need)) => Err(need.refusal().into()),
            (None, None) => {
                service.warnings.extend(sources.started.warnings(false));
                let found = catalog::runtime(&image.runtime)?;
                Ok(Chosen {
                    image: found.reference,
                    why: format!("Node.js {} and nothing else: neither npm nor a shell", image.major),
                    packages: Vec::new(),
                    copies: Vec::new(),
                    env: Vec::new(),
                    entrypoint: found.entrypoint,
                    is_set: true,
                })
            }
            (Some(RuntimeChoice::Cc), Some(need)) => Err(need.refusal().into()),
            (Some(RuntimeChoice::Cc), None) => {
                service.warnings.extend(sources.started.warnings(true));
                Ok(Chosen::own(image, &catalog::runtime("cc")?))
            }
            (Some(RuntimeChoice::Slim), need) => Ok(self.slim(image, need.as_ref(), sources)),
            (Some(choice), _) => {
                Err(Stop::refuse(format!("`{choice}` has no Node.js, without which nothing here starts"))
                    .help("leave --runtime out: the runtime follows from the Node.js version; `--runtime cc` copies one that has ended onto an image without")
                    .into())
            }
        }
    }

    /// Debian with Node.js, and with the packages that the program needs.
    fn slim(&self, image: &NodeImage, need: Option<&Need>, sources: &Sources) -> Chosen {
        let mut packages = sources.started.apt(&self.facts.natives);
        let mut env = vec![Env::new("HOME", "/tmp")];
        if let Some(need) = need {
            packages.extend(need.apt.iter().flatten().cloned());
            env.extend(need.env.iter().map(|(name, value)| Env::new(name, value)));
        }
        packages.sort();
        packages.dedup();
        let why = need.map_or_else(|| "--runtime asks for it".to_owned(), |need| need.text.clone());
        Chosen {
            image: image.reference.clone(),
            why: format!("Debian with Node.js {}: {why}", image.major),
            packages,
            copies: Vec::new(),
            env,
            entrypoint: vec![NODE.to_owned()],
            is_set: false,
        }
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
        if let Some((path, evidence)) = &sources.absent {
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

/// The image that runs, and what it is given.
struct Chosen {
    image: String,
    why: String,
    packages: Vec<String>,
    copies: Vec<Copy>,
    env: Vec<Env>,
    entrypoint: Vec<String>,
    /// Whether the image itself sets that entrypoint.
    is_set: bool,
}

impl Chosen {
    /// Node.js as the build image has it, on the libraries that it needs.
    fn own(image: &NodeImage, libraries: &RuntimeImage) -> Chosen {
        let said = if image.has_ended() { "which has ended" } else { "as the build has it" };
        Chosen {
            image: libraries.reference.clone(),
            why: "the libraries of C and C++ for a Node.js that is copied: neither npm nor a shell"
                .to_owned(),
            packages: Vec::new(),
            copies: vec![Copy::new(NODE, NODE).because(format!("Node.js {}, {said}", image.major))],
            env: Vec::new(),
            entrypoint: vec![NODE.to_owned()],
            is_set: false,
        }
    }
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

fn framework_of(known: &[Framework], package: &Package, service: &mut Service) -> Option<Framework> {
    for kind in ["dependencies", "devDependencies"] {
        let found = known.iter().find(|framework| package.depends(kind, &framework.package));
        if let Some(framework) = found {
            service.evidence.push(package.evidence("framework", &[kind, framework.package.as_str()]));
            return Some(framework.clone());
        }
    }
    None
}

/// The port that the start itself sets: `PORT=5000 node a.js`, `next start -p 4000`.
fn said_port(start: &Start, listening: &mut Listening) {
    let variable = listening.variable.as_ref().map_or("PORT", |(name, _)| name.as_str());
    let by_variable = start.env.iter().find(|env| env.name == variable).map(|env| env.value.as_str());
    let mut words = start.argv.iter();
    let mut by_flag = None;
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some(("--port", value)) => by_flag = Some(value),
            _ if matches!(word.as_str(), "-p" | "--port") => by_flag = words.next().map(String::as_str),
            _ => {}
        }
    }
    if let Some(port) = by_flag.or(by_variable).and_then(|value| value.parse().ok()) {
        listening.set(port, start.evidence.clone());
    }
}

fn warn(service: &mut Service, sources: &Sources) {
    if !sources.files.is_empty() && service.port.is_some() && !sources.handles_sigterm {
        service.warnings.push(
            "nothing handles SIGTERM: as process 1 Node.js ignores it; handle it, or run the container with `--init`"
                .to_owned(),
        );
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
