//! Proves a Dockerfile: builds it, starts the image, asks it, looks inside, and measures.

mod ask;
mod checks;
mod exercise;
mod explain;
pub mod history;
pub mod html;
pub mod human;
mod observe;
pub mod rebuild;
pub mod report;
mod settings;
mod sockets;
mod stages;
mod view;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::catalog::{Phase, contents, distroless, runtimes};
use crate::engine::build::{Built, Ended, Progress, Recipe};
use crate::engine::{Engine, interrupt};
use crate::failure::Failure;
use crate::image::{Image, Tree, read};
use crate::plan::Plan;
use crate::service::Kind;
use checks::{BuildLayers, Subject};
use exercise::{Exercise, Outcome};
pub use explain::{Explanation, explain};
use report::{Check, ImageReport, Report, Without};
pub use settings::Settings;
use stages::Stages;

/// What to verify, and how.
pub struct Request<'a> {
    /// The build context.
    pub folder: &'a Path,
    pub dockerfile: &'a Path,
    /// The Dockerfile's text.
    pub text: &'a str,
    /// What to call the program.
    pub name: &'a str,
    pub settings: &'a Settings,
    /// What is planned for the repository; nothing where no plan can be made.
    pub plan: Option<&'a Plan>,
    /// Whether the Dockerfile is the planned one.
    pub planned: bool,
    /// How long a build may take; nothing for the usual time.
    pub timeout: Option<Duration>,
    /// How long the program may take to answer, or to end.
    pub start_timeout: Duration,
    /// Whether to measure the program on its build image alone.
    pub compare: bool,
    /// A name to keep the image under.
    pub keep: Option<&'a str>,
    /// A file of the folder to change and build again with.
    pub rebuild: Option<&'a str>,
}

/// A build may take so long when nobody says otherwise.
const BUILDING: Duration = Duration::from_secs(1800);
/// A program may take so long to answer, or to end, when nobody says otherwise.
pub const STARTING: Duration = Duration::from_secs(60);

/// The layers of any image of the engine, as the report shows them.
///
/// # Errors
/// When the engine does not have the image, or its archive cannot be read.
pub fn inspect(engine: &Engine, image: &str) -> Result<ImageReport> {
    let image = engine.save(image, |stream| read(stream, &contents()?.secret))?;
    let tree = Tree::of(&image);
    Ok(view::of(&image, &tree, None))
}

/// Verifies a Dockerfile.
///
/// # Errors
/// When the engine does not do its part, or somebody wants this process to end. A Dockerfile that
/// fails is no error: the report says so.
pub fn verify(engine: &Engine, request: &Request<'_>, progress: &mut dyn Progress) -> Result<Report> {
    let stages = Stages::of(request.text);
    let recipe = request.recipe("build");
    let built = engine.build(&recipe, progress)?;
    let mut report = request.empty(engine);
    report.build_seconds = built.seconds;
    report.checks.extend(checks::names(&stages, &distroless()?));
    let Some(id) = &built.image else {
        return unbuilt(report, &stages, &built);
    };
    report.checks.push(Check::new("builds", true, format!("in {:.1} s", built.seconds)));
    if let Some(name) = request.keep {
        engine.tag(id, name)?;
        report.kept = Some(name.to_owned());
    }
    let image = engine.save(id, |stream| read(stream, &contents()?.secret))?;
    let tree = Tree::of(&image);
    let without = request.without(engine, &stages, progress)?;
    if let Compared::Unbuilt(stage) = &without {
        let said = format!("the stage `{stage}` does not build by itself, so its size is not known");
        report.checks.push(Check::note("comparison", said));
    }
    let (without, build) = without.parts();
    let owner = image.owner();
    let subject = Subject {
        image: &image,
        tree: &tree,
        stages: &stages,
        settings: request.settings,
        owner,
        build,
        trusted_base: runtimes()?.iter().any(|known| known.reference == stages.runtime()),
        planned: request.planned,
    };
    let exercise = request.exercise(&image)?;
    let outcome = exercise::run(engine, id, exercise, request.settings, request.start_timeout)?;
    let contents = contents()?;
    report.checks.extend(subject.of_run(exercise, &outcome, &contents.engine));
    report.checks.extend(subject.of_image(&contents));
    report.start_seconds = outcome.seconds.filter(|_| outcome.good);
    report.stop_seconds = outcome.stop.map(|stop| stop.0);
    if !outcome.good {
        unstarted(&mut report, &subject, &outcome)?;
    }
    report.image = Some(view::of(&image, &tree, Some(&stages)));
    report.without = without;
    if let Some(file) = request.rebuild {
        match rebuild::measure(engine, request, file, progress) {
            Ok(rebuild) => report.rebuild = Some(rebuild),
            Err(error) => {
                interrupt::check()?;
                report.checks.push(Check::note("rebuild", format!("{error:#}")));
            }
        }
    }
    Ok(report.judged())
}

/// The report on a Dockerfile that does not build.
fn unbuilt(mut report: Report, stages: &Stages, built: &Built) -> Result<Report> {
    let log: Vec<String> = built.log.lines().map(str::to_owned).collect();
    let mut lines = observe::of_build(stages, &built.log)?;
    let failed = failing(&log);
    lines.extend(failed[failed.len().saturating_sub(SEARCHED)..].iter().cloned());
    report.checks.push(Check::new("builds", false, built.ended.to_string()));
    if built.ended == Ended::Refused {
        report.explanations = explain(Phase::Build, &lines)?;
    }
    report.log = last(&built.log);
    Ok(report.judged())
}

/// Adds what is known of a program that does not do what it is for.
fn unstarted(report: &mut Report, subject: &Subject<'_>, outcome: &Outcome) -> Result<()> {
    let mut lines = observe::of_start(subject.image, subject.tree, subject.owner, outcome);
    let log: Vec<String> = outcome.log.lines().map(str::to_owned).collect();
    let (first, rest) = log.split_at(log.len().min(SEARCHED));
    lines.extend(first.iter().chain(&rest[rest.len().saturating_sub(SEARCHED)..]).cloned());
    report.explanations = explain(Phase::Start, &lines)?;
    report.log = last(&outcome.log);
    Ok(())
}

/// The lines of the step at which a build gave up.
fn failing(log: &[String]) -> &[String] {
    // BuildKit repeats that step at the end, behind a line; Podman and Buildah stop in it.
    let step =
        |line: &String| line.starts_with(" > [") || line.starts_with("STEP ") || line.contains("] STEP ");
    let from = log.iter().rposition(step).unwrap_or(0);
    &log[from..]
}

/// So many lines of either end of a log are searched for what they mean.
const SEARCHED: usize = 200;

/// The last lines of a log.
fn last(log: &str) -> Vec<String> {
    const LINES: usize = 15;
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned()).collect()
}

impl Request<'_> {
    fn empty(&self, engine: &Engine) -> Report {
        Report {
            schema: 1,
            name: self.name.to_owned(),
            dockerfile: self.dockerfile.display().to_string(),
            engine: engine.title(),
            passed: false,
            build_seconds: 0.0,
            start_seconds: None,
            stop_seconds: None,
            checks: Vec::new(),
            explanations: Vec::new(),
            log: Vec::new(),
            image: None,
            without: None,
            previous: None,
            rebuild: None,
            kept: None,
        }
    }

    fn recipe<'a>(&'a self, name: &'a str) -> Recipe<'a> {
        Recipe {
            name,
            dockerfile: self.dockerfile,
            context: self.folder,
            target: None,
            network: true,
            own: self.keep.is_none(),
            timeout: self.timeout.unwrap_or(BUILDING),
        }
    }

    /// What the image is to be started for.
    fn exercise(&self, image: &Image) -> Result<Exercise> {
        let planned = self.plan.map(|plan| &plan.service);
        let exposed = image.config.ports();
        let wanted = planned.and_then(|service| service.port).filter(|port| exposed.contains(port));
        let port = self.settings.port.or(wanted).or(exposed.first().copied());
        let kind = planned.and_then(|service| service.kind);
        match (port, kind) {
            (Some(port), _) => Ok(Exercise::Server(port)),
            (None, Some(Kind::Worker)) => Ok(Exercise::Worker),
            _ if self.settings.path.is_none() => Ok(Exercise::Program),
            _ => match planned.and_then(|service| service.port) {
                Some(port) => Ok(Exercise::Server(port)),
                None => Err(Failure::usage("a path is to be asked for, and the image exposes no port")
                    .help("`EXPOSE` in the last stage says where the program listens, or `--port N`")
                    .into()),
            },
        }
    }

    /// Builds the program's build stage as an image, and measures that. Also its layers.
    fn without(&self, engine: &Engine, stages: &Stages, progress: &mut dyn Progress) -> Result<Compared> {
        let Some((stage, image)) = stages.build().filter(|_| self.compare) else {
            return Ok(Compared::Nothing);
        };
        let recipe = Recipe { target: Some(&stage), own: true, ..self.recipe("build-stage") };
        let Some(id) = engine.build(&recipe, progress)?.image else { return Ok(Compared::Unbuilt(stage)) };
        let unpacked = engine.unpacked(&id)?;
        // Without the base image at hand, its layers cannot be told from the stage's own.
        let base = engine.layers(&image).ok().map(|layers| layers.len());
        let all = engine.layers(&id)?;
        let own = base.map(|base| BuildLayers { all, base });
        Ok(Compared::Built(Without { image, unpacked }, own))
    }
}

/// What came of building the build stage alone.
enum Compared {
    /// There is none, or it was not wanted.
    Nothing,
    /// It does not build by itself; its name.
    Unbuilt(String),
    /// Its size, and its layers where they can be told from the base image's.
    Built(Without, Option<BuildLayers>),
}

impl Compared {
    fn parts(self) -> (Option<Without>, Option<BuildLayers>) {
        match self {
            Compared::Nothing | Compared::Unbuilt(_) => (None, None),
            Compared::Built(without, layers) => (Some(without), layers),
        }
    }
}

impl Report {
    fn judged(mut self) -> Report {
        self.passed = self.checks.iter().all(|check| check.grade != report::Grade::Fail);
        self
    }
}
