//! Which major of the runtime images meets what a repository wants of Node.js.

use anyhow::Result;
use nodejs_semver::{Range, Version as NodeVersion};

use super::asked::{self, Asked};
use crate::catalog::{self, NodeImage};
use crate::evidence::Evidence;
use crate::repo::Repo;
use crate::service::{Service, Version};
use crate::stack::javascript::package::Candidate;
use crate::verdict::{Halt, Stop};

/// How well an image meets a wish.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    /// Not at all.
    No,
    /// A release of its major does, but not the one that is in it.
    Major,
    Yes,
}

/// An image, and why this one, for the Dockerfile's comment.
type Chosen<'a> = (&'a NodeImage, String);

/// The build image for a package. Evidence and warnings go into the service.
///
/// # Errors
/// When a file cannot be read; a stop when the catalogue is empty.
pub(in crate::stack) fn choose<'a>(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &'a catalog::Node,
    service: &mut Service,
) -> Result<Chosen<'a>, Halt> {
    let images: Vec<&NodeImage> = knowledge.build.iter().collect();
    let asked = asked(repo, candidate, knowledge, service)?;
    let wishes = wishes(&asked);
    // A release that is gone has a neighbour.
    let gone = gone(&images, &wishes);
    refuse_unmade(&images, &wishes)?;
    let near = gone.and_then(|(range, _)| neighbour(&images, range));
    let image = best(&images, &wishes, near)?;
    service.warnings.extend(match gone {
        Some((range, evidence)) => Some(warning(knowledge, image, range, evidence)),
        None => narrow(image, &wishes),
    });
    let (version, why) = reason(&images, image, &wishes);
    service.version = Some(version);
    Ok((image, why))
}

/// The same among all releases, for a program that brings its Node.js along.
///
/// # Errors
/// As [`choose`]; a stop when no image has what is asked for, or when that does not run on the
/// libraries of C and C++ alone.
pub(super) fn choose_own<'a>(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &'a catalog::Node,
    service: &mut Service,
) -> Result<Chosen<'a>, Halt> {
    let images: Vec<&NodeImage> = knowledge.build.iter().chain(&knowledge.ended).collect();
    let asked = asked(repo, candidate, knowledge, service)?;
    let wishes = wishes(&asked);
    if let Some((_, evidence)) = gone(&images, &wishes) {
        let mut majors: Vec<u64> = images.iter().map(|image| image.major).collect();
        majors.sort_unstable();
        let majors: Vec<String> = majors.iter().map(u64::to_string).collect();
        let (place, says) = (evidence.place(), &evidence.says);
        return Err(Stop::refuse(format!("{place} asks for Node.js `{says}`, which no image has"))
            .help(format!("there are images of {}; leave --runtime out for the nearest", majors.join(", ")))
            .into());
    }
    let image = best(&images, &wishes, None)?;
    let major = image.major;
    if let Some(library) = &image.library {
        let name = &catalog::runtime(&image.runtime)?.reference;
        return Err(Stop::refuse(format!("Node.js {major} needs `{library}`, which `cc` has not"))
            .help(format!("leave --runtime out: `{name}` has it"))
            .into());
    }
    let exact = |(_, evidence): &&(&Range, &Evidence)| {
        let version = NodeVersion::parse(evidence.says.trim().trim_start_matches(['=', 'v']));
        version.is_ok_and(|version| version.major() == major && version.to_string() != image.newest)
    };
    let exact = wishes.iter().find(exact).map(|(_, evidence)| other(image, evidence));
    service.warnings.extend(exact.or_else(|| narrow(image, &wishes)));
    if image.has_ended() {
        service.warnings.push(format!(
            "Node.js {major} has ended on {} and gets no fixes: move to one that does, and leave --runtime out",
            image.ends
        ));
    }
    let (version, why) = reason(&images, image, &wishes);
    service.version = Some(version);
    Ok((image, why))
}

fn asked(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &catalog::Node,
    service: &mut Service,
) -> Result<Vec<Asked>> {
    let asked = asked::asked(repo, candidate, knowledge)?;
    service.evidence.extend(asked.iter().map(|asked| asked.evidence.clone()));
    let unread = asked.iter().filter(|asked| asked.range.is_none()).map(|asked| {
        let Evidence { says, .. } = &asked.evidence;
        format!("{} says `{says}`, which is no Node.js version", asked.evidence.place())
    });
    service.warnings.extend(unread);
    Ok(asked)
}

type Wish<'a> = (&'a Range, &'a Evidence);

fn wishes(asked: &[Asked]) -> Vec<Wish<'_>> {
    asked.iter().filter_map(|Asked { range, evidence }| Some((range.as_ref()?, evidence))).collect()
}

/// The first wish that no image meets.
fn gone<'b>(images: &[&NodeImage], wishes: &[Wish<'b>]) -> Option<Wish<'b>> {
    wishes.iter().copied().find(|(range, _)| images.iter().all(|image| met(image, range) == Met::No))
}

/// More majors than this Node.js will not have for long.
const MOST_MAJORS: u64 = 1000;

/// Refuses what no release meets, not even one to come.
fn refuse_unmade(images: &[&NodeImage], wishes: &[Wish]) -> Result<(), Stop> {
    let is_unmade = |(range, _): &&Wish| (0..MOST_MAJORS).all(|major| !reaches(range, major));
    let Some((_, evidence)) = wishes.iter().find(is_unmade) else { return Ok(()) };
    let mut majors: Vec<u64> = images.iter().map(|image| image.major).collect();
    majors.sort_unstable();
    let majors: Vec<String> = majors.iter().map(u64::to_string).collect();
    let (place, says) = (evidence.place(), &evidence.says);
    Err(Stop::refuse(format!("{place} asks for Node.js `{says}`, which no release ever meets"))
        .help(format!("correct {}: there are images of {}", evidence.file, majors.join(", "))))
}

/// The strongest wish that an image can meet decides, then the next; then one that is near; and
/// last the image that anything is built with, and one that gets fixes.
fn best<'a>(
    images: &[&'a NodeImage],
    wishes: &[Wish],
    near: Option<&NodeImage>,
) -> Result<&'a NodeImage, Stop> {
    let rank = |image: &&NodeImage| {
        let all: Vec<Met> = wishes.iter().map(|(range, _)| met(image, range)).collect();
        let is_near = near.is_some_and(|near| near.major == image.major);
        // Of those that have ended the last counts, of others the one that most is built with.
        let order = if image.has_ended() { image.major } else { u64::MAX - image.major };
        (all, is_near, image.default, order)
    };
    let found = images.iter().copied().max_by_key(rank);
    found.ok_or_else(|| Stop::refuse("the catalogue names no Node.js image"))
}

/// What to say of a wish for some releases of a major that has others.
fn narrow(image: &NodeImage, wishes: &[Wish]) -> Option<String> {
    let narrow = wishes.iter().find(|(range, _)| met(image, range) != Met::Yes);
    narrow.map(|(_, evidence)| other(image, evidence))
}

fn other(image: &NodeImage, evidence: &Evidence) -> String {
    let Evidence { says, .. } = evidence;
    format!("{} asks for Node.js `{says}`; the image has {}", evidence.place(), image.newest)
}

fn met(image: &NodeImage, range: &Range) -> Met {
    let newest = NodeVersion::parse(&image.newest);
    if newest.is_ok_and(|newest| range.satisfies(&newest)) {
        return Met::Yes;
    }
    if reaches(range, image.major) { Met::Major } else { Met::No }
}

/// Whether a range holds a release of a major.
fn reaches(range: &Range, major: u64) -> bool {
    Range::parse(format!("{major}.x")).is_ok_and(|line| range.allows_any(&line))
}

/// The supported major that is nearest to a range without one: the next, else the newest.
fn neighbour<'a>(images: &[&'a NodeImage], range: &Range) -> Option<&'a NodeImage> {
    let newest = images.iter().copied().max_by_key(|image| image.major)?;
    let last = (0..newest.major).rev().find(|major| reaches(range, *major));
    let later = images.iter().copied().filter(|image| last.is_some_and(|last| image.major > last));
    Some(later.min_by_key(|image| image.major).unwrap_or(newest))
}

/// What to say of a wish that no image meets.
fn warning(knowledge: &catalog::Node, image: &NodeImage, range: &Range, evidence: &Evidence) -> String {
    let Evidence { says, .. } = evidence;
    let (place, major) = (evidence.place(), image.major);
    let newest = knowledge.build.iter().map(|image| image.major).max().unwrap_or(major);
    if (0..newest).all(|major| !reaches(range, major)) {
        return format!(
            "{place} asks for Node.js `{says}`, which no image has: {major} is taken, the newest"
        );
    }
    let is_there = knowledge.ended.iter().any(|ended| met(ended, range) > Met::No);
    format!(
        "{place} asks for Node.js `{says}`, which has ended: {major} is taken, the nearest that is supported{}",
        if is_there { "; `--runtime cc` takes the release itself" } else { "" }
    )
}

/// The version with the wish that decided: the one that the fewest images meet.
fn reason(images: &[&NodeImage], image: &NodeImage, wishes: &[Wish]) -> (Version, String) {
    let major = image.major;
    let choices = |range: &Range| images.iter().filter(|image| met(image, range) > Met::No).count();
    let fulfilled = wishes.iter().filter(|(range, _)| met(image, range) > Met::No);
    let decided = fulfilled.min_by_key(|(range, _)| choices(range));
    let gone = wishes.iter().find(|(range, _)| choices(range) == 0);
    let version = |evidence: &Evidence| Version::from(major.to_string(), evidence);
    match (decided, gone) {
        (_, Some((_, evidence))) => {
            let Evidence { file, says, .. } = *evidence;
            let why =
                format!("is Node.js {major}, the nearest that is still supported; {file} asks for `{says}`");
            (version(evidence), why)
        }
        (Some((_, evidence)), None) => {
            let why = format!("is Node.js {major}; {} asks for `{}`", evidence.file, evidence.says);
            (version(evidence), why)
        }
        (None, None) => {
            let why = format!("is Node.js {major}, a long-term support release; nothing asks for another");
            (Version::default(major.to_string()), why)
        }
    }
}

#[cfg(test)]
mod tests;
