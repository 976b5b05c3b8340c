//! Front ends that a program of another language embeds, and that its repository holds as sources
//! only: stages of Node.js build them, and their output lands where the program expects it.

use anyhow::Result;
use serde::Serialize;

use super::install::{Request, Step, Steps};
use super::package::{Candidate, Output};
use super::{made, package, refuse_odd, script, within};
use crate::catalog::{self, Node, NodeImage};
use crate::evidence::Evidence;
use crate::options::Options;
use crate::plan::IgnoreGroup;
use crate::repo::Repo;
use crate::service::Service;
use crate::stack::node::{choose, equip_front, heed};
use crate::verdict::{Halt, Stop};

/// A stage that builds a front end.
#[derive(Clone, Debug, Serialize)]
pub struct Front {
    /// The stage's name.
    pub name: String,
    pub image: String,
    pub why: String,
    /// Debian packages that the install needs.
    pub packages: Vec<String>,
    #[serde(flatten)]
    pub steps: Steps,
    pub outputs: Vec<Output>,
    /// What must not come from whoever builds.
    ignored: Vec<String>,
    /// Files that the stage reads by name.
    #[serde(skip)]
    pub needs: Vec<String>,
}

/// What a program compiles in: a path below the repository, and where its sources name it.
pub(in crate::stack) type Embedded = (String, Evidence);

/// What the stages make by themselves.
pub(in crate::stack) fn ignore(fronts: &[Front]) -> Option<IgnoreGroup> {
    let mut lines = vec!["**/node_modules"];
    lines.extend(fronts.iter().flat_map(|front| &front.ignored).map(String::as_str));
    (!fronts.is_empty()).then(|| IgnoreGroup::new("Made by the front end's stage", &lines))
}

/// Whether a stage makes what is at a path.
pub(crate) fn makes(fronts: &[Front], path: &str) -> bool {
    fronts.iter().flat_map(|front| &front.outputs).any(|output| output.holds(path))
}

/// Whether a stage makes a path, what it is in, or something in it.
pub(in crate::stack) fn touches(fronts: &[Front], path: &str) -> bool {
    let mut outputs = fronts.iter().flat_map(|front| &front.outputs);
    outputs.any(|output| output.holds(path) || within(&output.path, path))
}

/// What one package has to build.
struct Job<'a> {
    candidate: &'a Candidate,
    scripts: Vec<String>,
    outputs: Vec<Output>,
    evidence: Vec<(Evidence, String)>,
}

/// The stages for the front ends that these embedded paths need; none when all are in the
/// repository.
///
/// # Errors
/// A stop when a path is absent and no package builds it.
pub(in crate::stack) fn find(
    repo: &Repo,
    embedded: &[Embedded],
    service: &mut Service,
) -> Result<Vec<Front>, Halt> {
    if embedded.is_empty() {
        return Ok(Vec::new());
    }
    let knowledge = catalog::node()?;
    let all = package::all(repo, &knowledge)?;
    let mut jobs: Vec<Job> = Vec::new();
    for (path, evidence) in embedded {
        let present = made::is_present(repo, path)?;
        let mut makers = makers(repo, &all, path, present)?;
        if makers.is_empty() && !present {
            makers.extend(usual(&all, path, &knowledge));
            if makers.is_empty() {
                return Err(absent(&all, path, evidence).into());
            }
        }
        for (candidate, script, output) in makers {
            add(&mut jobs, candidate, script, output, evidence);
        }
    }
    let stages =
        jobs.iter().enumerate().map(|(index, job)| stage(repo, index, job, &all, &knowledge, service));
    stages.collect()
}

/// A package, its script and what that makes of an embedded path.
type Maker<'a> = (&'a Candidate, &'a str, Output);

/// The scripts that make an embedded path, or something in it, and that only a build makes.
fn makers<'a>(repo: &Repo, all: &'a [Candidate], path: &str, present: bool) -> Result<Vec<Maker<'a>>> {
    let mut found: Vec<Maker> = Vec::new();
    for candidate in all {
        for (script, outputs) in &candidate.scripts {
            for output in outputs {
                let meets = within(&output.path, path) || (!present && output.holds(path));
                if meets && made::by_build(repo, output)? {
                    found.push((candidate, script, output.clone()));
                }
            }
        }
    }
    // The outermost of what lies in one another; of packages that make the same, the innermost.
    found.sort_by_key(|(candidate, _, output)| (output.path.len(), usize::MAX - candidate.folder.len()));
    let mut kept: Vec<Maker> = Vec::new();
    for maker in found {
        if !kept.iter().any(|(_, _, output)| output.holds(&maker.2.path)) {
            kept.push(maker);
        }
    }
    Ok(kept)
}

/// The package below which an embedded folder has the name of a usual output, where the package
/// itself says nothing.
fn usual<'a>(all: &'a [Candidate], path: &str, knowledge: &'a Node) -> Option<Maker<'a>> {
    let name = &knowledge.front.scripts.first()?;
    let fits = |candidate: &&Candidate| {
        let inner = path.strip_prefix(&candidate.folder).and_then(|rest| rest.strip_prefix('/'));
        let first = inner.and_then(|inner| inner.split('/').next());
        first.is_some_and(|first| knowledge.front.folders.iter().any(|known| known == first))
    };
    let silent = |candidate: &&Candidate| {
        let ends = script::commands(&candidate.package, name, &knowledge.front).is_some();
        let says = candidate.scripts.iter().any(|(script, _)| script == *name);
        !candidate.folder.is_empty() && candidate.unread.is_none() && ends && !says
    };
    let candidate = all.iter().filter(fits).filter(silent).max_by_key(|candidate| candidate.folder.len())?;
    let inner = path.strip_prefix(&candidate.folder)?.trim_start_matches('/');
    let folder = format!("{}/{}", candidate.folder, inner.split('/').next()?);
    Some((candidate, name, Output::new(folder, false)))
}

fn add<'a>(
    jobs: &mut Vec<Job<'a>>,
    candidate: &'a Candidate,
    script: &str,
    output: Output,
    evidence: &Evidence,
) {
    if jobs.iter().flat_map(|job| &job.outputs).any(|known| known.holds(&output.path)) {
        return;
    }
    let at = match jobs.iter().position(|job| job.candidate.folder == candidate.folder) {
        Some(at) => at,
        None => {
            jobs.push(Job { candidate, scripts: Vec::new(), outputs: Vec::new(), evidence: Vec::new() });
            jobs.len() - 1
        }
    };
    let job = &mut jobs[at];
    if !job.scripts.iter().any(|known| known == script) {
        job.scripts.push(script.to_owned());
    }
    job.evidence.push((evidence.clone(), output.path.clone()));
    job.outputs.push(output);
}

/// The stop for a path that nothing makes.
fn absent(all: &[Candidate], path: &str, evidence: &Evidence) -> Stop {
    let reason = format!("{} embeds `{path}`, which is not in the repository", evidence.place());
    let stop = Stop::refuse(reason);
    let near = |candidate: &&Candidate| within(path, &candidate.folder) || candidate.folder.is_empty();
    let unread = all.iter().filter(near).find_map(|candidate| candidate.unread.as_ref());
    let unread = unread.or_else(|| all.iter().find_map(|candidate| candidate.unread.as_ref()));
    match unread {
        Some(unread) => stop.help(format!(
            "{} names an output as only a run can tell; write it as one string and it is built here",
            unread.place()
        )),
        None => stop
            .help("if another build makes it, run that first and commit what it makes")
            .help("a front end is built here when its `build` script, or its tool's configuration, names that path as its output"),
    }
}

fn stage(
    repo: &Repo,
    index: usize,
    job: &Job,
    all: &[Candidate],
    knowledge: &Node,
    service: &mut Service,
) -> Result<Front, Halt> {
    let Job { candidate, outputs, evidence, .. } = job;
    // The usual script comes first: it may empty what others fill.
    let rank = |name: &String| candidate.scripts.iter().position(|(script, _)| script == name);
    let mut scripts = job.scripts.clone();
    scripts.sort_by_key(rank);
    let scripts = &scripts;
    let options = &Options::default();
    let request = Request { repo, candidate, all, knowledge, options, base: "/src" };
    let mut install = request.plan(service)?;
    let steps: Vec<Step> = scripts.iter().map(|name| Step::script(name)).collect();
    install.steps.runs = request.runs(&install, &steps);
    let paths = outputs.iter().map(|output| output.path.as_str());
    refuse_odd(paths.chain(install.folders.iter().map(String::as_str)))?;
    let (node, why) = image(repo, candidate, knowledge)?;
    heed(repo, candidate, &mut install, node)?;
    let equipment = equip_front(&request, &mut install, scripts, node, &catalog::node_natives()?)?;
    let (image, why) = equipment.image(node, why);
    for (one, _) in evidence {
        service.evidence.push(one.clone());
    }
    for script in scripts {
        let keys = ["scripts", script.as_str()];
        let line = candidate.package.line(&keys);
        service.evidence.push(Evidence::at(
            "front end",
            &candidate.file,
            line,
            candidate.package.says(&keys),
        ));
    }
    warn_of_hidden(repo, candidate, knowledge, service)?;
    let embeds: Vec<String> =
        evidence.iter().map(|(one, output)| format!("{} embeds `{output}`", one.place())).collect();
    let mut ignored = Vec::new();
    for output in outputs {
        if !made::holds_committed(repo, output)? {
            ignored.push(output.path.clone());
        }
    }
    Ok(Front {
        name: if index == 0 { "ui".to_owned() } else { format!("ui{}", index + 1) },
        image,
        why: format!("{why}; {}, which it builds", embeds.join(", ")),
        packages: equipment.packages,
        steps: install.steps,
        outputs: outputs.clone(),
        ignored,
        needs: install.needs,
    })
}

/// Files of variables are kept out of every build, as they hold secrets more often than not.
fn warn_of_hidden(repo: &Repo, candidate: &Candidate, knowledge: &Node, service: &mut Service) -> Result<()> {
    for file in &knowledge.front.variables {
        let file = crate::repo::join(&candidate.folder, file);
        if repo.has(&file)? && !repo.git_ignores(&file)? {
            service.warnings.push(format!(
                "`{file}` is kept out of the build, as such files hold secrets: the front end is built without what it sets"
            ));
        }
    }
    Ok(())
}

/// The image that the package, or a folder above it, asks for.
fn image<'a>(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &'a Node,
) -> Result<(&'a NodeImage, String), Halt> {
    // Its version and warnings are the stage's, not the service's.
    let mut own = Service::new(&candidate.folder, "node");
    choose(repo, candidate, knowledge, &mut own)
}
