//! What comes of looking at a repository: a plan, a choice for the user, or an honest refusal.

use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::options::BuildTool;
use crate::plan::{IgnoreGroup, Plan, Runtime};
use crate::service::Service;
use crate::stack::Build;

/// One of several things that the user can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    pub name: String,
    /// Folder below the repository; `.` is its root.
    pub path: String,
    /// What to add to the command line to choose it.
    pub flag: String,
    #[serde(skip)]
    pub choice: Choice,
}

/// The decision that a candidate stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Bin(String),
    Language(String),
    Service(String),
    PackageManager(String),
    BuildTool(BuildTool),
    MainClass(String),
}

impl Candidate {
    /// A candidate with the flag of its choice.
    pub fn new(name: impl Into<String>, path: impl Into<String>, choice: Choice) -> Self {
        let flag = match &choice {
            Choice::Bin(bin) => format!("--bin {bin}"),
            Choice::Language(language) => format!("--language {language}"),
            Choice::Service(service) => format!("--service {service}"),
            Choice::PackageManager(manager) => format!("--package-manager {manager}"),
            Choice::BuildTool(tool) => format!("--build-tool {tool}"),
            Choice::MainClass(class) => format!("--main-class '{class}'"),
        };
        Candidate { name: name.into(), path: path.into(), flag, choice }
    }
}

/// Why no plan was made.
#[derive(Clone, Debug)]
pub struct Stop {
    pub reason: String,
    /// What to type or change.
    pub help: Vec<String>,
    pub kind: StopKind,
}

/// What sort of stop it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopKind {
    /// The user can decide; these are the choices (perhaps none that can be listed).
    Choose(Vec<Candidate>),
    /// A program, but one that cannot be served honestly.
    Refuse,
    /// Not a program of its own: tooling, a library, a function for a host.
    NotAProgram,
}

impl Stop {
    /// A refusal with its reason.
    pub fn refuse(reason: impl Into<String>) -> Self {
        Stop { reason: reason.into(), help: Vec::new(), kind: StopKind::Refuse }
    }

    /// What was found has no program to start.
    pub fn not_a_program(reason: impl Into<String>) -> Self {
        Stop { reason: reason.into(), help: Vec::new(), kind: StopKind::NotAProgram }
    }

    /// Several equal candidates.
    pub fn choose(reason: impl Into<String>, candidates: Vec<Candidate>) -> Self {
        Stop { reason: reason.into(), help: Vec::new(), kind: StopKind::Choose(candidates) }
    }

    /// Adds a line that says what to type or change.
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }

    /// The failure that a command ends with.
    pub fn failure(&self) -> Failure {
        let exit = match self.kind {
            StopKind::Choose(_) => Exit::Decision,
            StopKind::Refuse | StopKind::NotAProgram => Exit::Unsupported,
        };
        let mut failure = Failure::new(exit, &self.reason);
        if let StopKind::Choose(candidates) = &self.kind {
            failure.help.extend(candidates.iter().map(|one| format!("{} for {}", one.flag, one.name)));
        }
        failure.help.extend(self.help.iter().cloned());
        failure
    }
}

/// Why planning ended early: a verdict about the repository, or an error in reading it.
#[derive(Debug)]
pub enum Halt {
    Stop(Box<Stop>),
    Failed(anyhow::Error),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Halt::Stop(Box::new(stop))
    }
}

impl From<anyhow::Error> for Halt {
    fn from(error: anyhow::Error) -> Self {
        Halt::Failed(error)
    }
}

/// What a stack makes of the repository: what it knows of the service, and the plan or why not.
#[derive(Debug)]
pub struct Finding {
    pub service: Service,
    pub result: Result<Box<Plan>, Stop>,
}

impl Finding {
    /// The finding that a stack's planning ends in.
    ///
    /// # Errors
    /// When it ended in one.
    pub fn of(service: Service, planned: Result<Planned, Halt>) -> anyhow::Result<Finding> {
        let result = match planned {
            Ok(Planned { build, runtime, ignore, needs, wants }) => Ok(Box::new(Plan {
                command: Vec::new(),
                service: service.clone(),
                build,
                runtime,
                ignore,
                needs,
                wants,
            })),
            Err(Halt::Stop(stop)) => Err(*stop),
            Err(Halt::Failed(error)) => return Err(error),
        };
        Ok(Finding { service, result })
    }
}

/// A plan without its service.
#[derive(Debug)]
pub struct Planned {
    pub build: Build,
    pub runtime: Runtime,
    pub ignore: Vec<IgnoreGroup>,
    pub needs: Vec<String>,
    pub wants: Vec<String>,
}

/// What a command shows of a repository; serialises to the documented JSON.
#[derive(Debug, Serialize)]
pub struct Report {
    pub schema: u32,
    pub verdict: &'static str,
    pub reason: Option<String>,
    pub services: Vec<Service>,
    pub candidates: Vec<Candidate>,
}

impl Report {
    /// The report of a verdict.
    pub fn of(verdict: &Verdict) -> Report {
        match verdict {
            Verdict::Generate(plan) => Report {
                schema: 1,
                verdict: "generate",
                reason: None,
                services: vec![plan.service.clone()],
                candidates: Vec::new(),
            },
            Verdict::Stop { stop, services } => {
                let (verdict, candidates) = match &stop.kind {
                    StopKind::Choose(candidates) => ("choose", candidates.clone()),
                    StopKind::Refuse | StopKind::NotAProgram => ("refuse", Vec::new()),
                };
                Report {
                    schema: 1,
                    verdict,
                    reason: Some(stop.reason.clone()),
                    services: services.clone(),
                    candidates,
                }
            }
        }
    }
}

/// The end of detection and planning.
#[derive(Debug)]
pub enum Verdict {
    Generate(Box<Plan>),
    Stop { stop: Stop, services: Vec<Service> },
}
