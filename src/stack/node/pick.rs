//! Which package of a repository is the service: the root, the one that it hands over to, or one of
//! its workspace.

use super::Facts;
use super::script::{Place, Run};
use super::start::{Outcome, Search};
use crate::options::Options;
use crate::repo::{Repo, join, normal};
use crate::stack::javascript::package::Candidate;
use crate::verdict::{self, Choice, Halt, Stop};

/// The package that is started, and how.
pub(super) struct Picked<'a> {
    pub candidate: &'a Candidate,
    pub outcome: Outcome,
}

/// Packages that are handed over to, one after the other.
const MOST_HOPS: usize = 4;

/// Picks the package.
///
/// # Errors
/// A stop when there is none, when several are equal, or when the one cannot be started.
pub(super) fn pick<'a>(facts: &'a Facts, repo: &Repo, options: &Options) -> Result<Picked<'a>, Halt> {
    let root = match &options.service {
        Some(name) => named(facts, name)?,
        None => facts.packages.first().ok_or_else(|| Stop::refuse("there is no package"))?,
    };
    let own = reach(facts, repo, root, options);
    let stop = match own {
        Err(Halt::Stop(stop)) if options.service.is_none() && options.start.is_none() => stop,
        own => return own,
    };
    match below(facts, repo, options)? {
        found if found.is_empty() => Err(Halt::Stop(stop)),
        mut found if found.len() == 1 => found.pop().ok_or(Halt::Stop(stop)),
        found => Err(several(&found).into()),
    }
}

/// The package with a name, or in a folder.
fn named<'a>(facts: &'a Facts, name: &str) -> Result<&'a Candidate, Stop> {
    let wanted = name.trim_start_matches("./").trim_end_matches('/');
    let unscoped = |one: &Candidate| one.name().rsplit('/').next() == Some(wanted);
    let find = |fits: &dyn Fn(&Candidate) -> bool| facts.packages.iter().find(|one| fits(one));
    let found = find(&|one| one.folder == wanted || one.name() == name).or_else(|| find(&unscoped));
    found.ok_or_else(|| {
        let names = facts.packages.iter().map(|one| one.name().to_owned()).collect::<Vec<_>>().join(", ");
        Stop::choose(format!("no package is called `{name}`; there are: {names}"), Vec::new())
            .help("`--service NAME` takes the name of a package, or its folder")
    })
}

/// How a package is started, through those that it hands over to. What the scripts on the way set
/// and do holds for the last of them, too.
fn reach<'a>(
    facts: &'a Facts,
    repo: &Repo,
    from: &'a Candidate,
    options: &Options,
) -> Result<Picked<'a>, Halt> {
    let (mut candidate, mut next, mut way) = (from, None, Vec::new());
    for _ in 0..MOST_HOPS {
        match (Search { facts, repo, candidate }).start(next.as_ref(), options)? {
            Outcome::Elsewhere { place, run, start } => {
                candidate = other(facts, candidate, &place, &run)?;
                way.push(*start);
                next = Some(run);
            }
            mut outcome => {
                if let Outcome::Starts(begun) = &mut outcome {
                    way.into_iter().rev().for_each(|before| begun.start.follows(before));
                }
                return Ok(Picked { candidate, outcome });
            }
        }
    }
    Err(Stop::refuse("packages start one another in a circle")
        .help("name the package: `--service NAME`")
        .into())
}

/// The package that a script hands over to.
fn other<'a>(facts: &'a Facts, from: &Candidate, place: &Place, run: &Run) -> Result<&'a Candidate, Stop> {
    let packages = &facts.packages;
    let found = match place {
        Place::Folder(folder) => {
            let folder = normal(&join(&from.folder, folder));
            packages.iter().find(|one| Some(&one.folder) == folder.as_ref())
        }
        Place::Package(name) => packages.iter().find(|one| one.name() == name),
        Place::Root => packages.first(),
        Place::All => {
            let Run::Script { name, .. } = run else { return Err(absent(from, place)) };
            let others = packages.iter().filter(|one| one.folder != from.folder);
            let mut with = others.filter(|one| one.package.script(name).is_some());
            let only = with.next();
            only.filter(|_| with.next().is_none())
        }
    };
    found.ok_or_else(|| absent(from, place))
}

fn absent(from: &Candidate, place: &Place) -> Stop {
    let what = match place {
        Place::Folder(folder) => format!("the package in `{folder}`, and there is none"),
        Place::Package(name) => format!("the package `{name}`, and there is none"),
        Place::Root => "the root of the workspace, and there is none".to_owned(),
        Place::All => "several packages at once".to_owned(),
    };
    Stop::refuse(format!("the start script of {} starts {what}", from.file))
        .help("name the package: `--service NAME`, or the command: `--start 'node FILE'`")
}

/// Packages below the root that are started by themselves.
fn below<'a>(facts: &'a Facts, repo: &Repo, options: &Options) -> Result<Vec<Picked<'a>>, Halt> {
    let mut found = Vec::new();
    for candidate in facts.packages.iter().skip(1).filter(|one| !is_aside(one) && !is_library(facts, one)) {
        match reach(facts, repo, candidate, options) {
            Ok(picked) => found.push(picked),
            Err(Halt::Stop(_)) => {}
            Err(failed) => return Err(failed),
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    found.retain(|picked| {
        let folder = picked.candidate.folder.as_str();
        !seen.contains(&folder) && {
            seen.push(folder);
            true
        }
    });
    Ok(found)
}

/// Folders of what accompanies services.
const ASIDE: &[&str] = &[
    "e2e",
    "example",
    "examples",
    "fixtures",
    "playground",
    "scripts",
    "template",
    "templates",
    "test",
    "tests",
    "tools",
];

/// Whether other packages use a package that no script of its own starts.
fn is_library(facts: &Facts, candidate: &Candidate) -> bool {
    let is_started = candidate.package.versions("scripts").any(|(name, _)| name.starts_with("start"));
    let uses = |one: &Candidate| one.package.dependency(candidate.name()).is_some();
    !is_started && facts.packages.iter().any(uses)
}

fn is_aside(candidate: &Candidate) -> bool {
    candidate.folder.split('/').any(|part| ASIDE.contains(&part) || part.ends_with("-e2e"))
}

fn several(found: &[Picked]) -> Stop {
    let names: Vec<&str> = found.iter().map(|picked| picked.candidate.name()).collect();
    let candidates = found.iter().map(|picked| {
        let Candidate { folder, .. } = picked.candidate;
        let is_shared = names.iter().filter(|name| **name == picked.candidate.name()).count() > 1;
        let name = if is_shared { folder } else { picked.candidate.name() };
        verdict::Candidate::new(name, folder, Choice::Service(name.to_owned()))
    });
    let reason = format!("several packages can be started: {}", names.join(", "));
    Stop::choose(reason, candidates.collect())
}
