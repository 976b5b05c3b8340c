//! What `//go:embed` lines compile in: files that must reach the build, and front ends that must
//! be built first.

use anyhow::Result;

use super::program::Program;
use crate::evidence::Evidence;
use crate::ignore::glob;
use crate::repo::{Kind, Repo};
use crate::service::Service;
use crate::stack::javascript::front::{self, Front};
use crate::verdict::{Halt, Stop};

/// What the build needs for the embedded files.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    /// The stages that build embedded front ends.
    pub fronts: Vec<Front>,
    /// Files that reach the build, whatever they are called.
    pub needs: Vec<String>,
    /// Files that reach it unless they look like secrets.
    pub wants: Vec<String>,
}

/// Looks every pattern of the program up: files of a pattern are taken by name, those of a folder
/// as it has them.
///
/// # Errors
/// A stop when a pattern matches nothing and nothing builds what it should match.
pub(super) fn find(repo: &Repo, program: &Program, service: &mut Service) -> Result<Embedded, Halt> {
    let fixed: Vec<_> = program
        .embeds
        .iter()
        .map(|(pattern, evidence)| (fixed(pattern).to_owned(), evidence.clone()))
        .collect();
    let secrets = crate::plan::secrets();
    // A pattern at the root matches whatever is there.
    let named: Vec<_> = fixed.iter().filter(|(path, _)| !path.is_empty()).cloned().collect();
    let mut found = Embedded { fronts: front::find(repo, &named, service)?, ..Embedded::default() };
    for ((pattern, evidence), (fixed, _)) in program.embeds.iter().zip(&fixed) {
        let files = match repo.kind(fixed)? {
            Some(_) if fixed.is_empty() => top(repo)?,
            Some(_) => repo.files(fixed, MOST)?,
            None => continue,
        };
        if is_glob(pattern) {
            refuse_unmatched(repo, pattern, fixed, evidence, &files, &found.fronts)?;
            // A folder that a pattern matches is taken with all that is in it.
            let (named, below): (Vec<String>, Vec<String>) =
                files.into_iter().partition(|file| glob(pattern, file));
            found.needs.extend(named);
            found.wants.extend(below.into_iter().filter(|file| is_below(pattern, file)));
        } else if repo.has(fixed)? || files.iter().all(|file| secrets.hides(file)) {
            // What is named outright, and a folder that would be empty without, is meant.
            found.needs.extend(files);
        } else {
            found.wants.extend(files);
        }
    }
    let Embedded { fronts, needs, wants } = &mut found;
    needs.retain(|file| !front::makes(fronts, file));
    wants.retain(|file| !front::makes(fronts, file));
    Ok(found)
}

/// Files of an embedded folder that are looked at.
const MOST: usize = 1000;

/// Refuses a pattern that matches nothing which is in the repository or is made.
fn refuse_unmatched(
    repo: &Repo,
    pattern: &str,
    fixed: &str,
    evidence: &Evidence,
    files: &[String],
    fronts: &[Front],
) -> Result<(), Halt> {
    let is_deep = fixed.is_empty() && pattern.contains('/');
    if is_deep || files.len() >= MOST || front::touches(fronts, fixed) {
        return Ok(());
    }
    // A pattern may name a folder, too.
    let depth = pattern.split('/').count();
    for file in files {
        let end = file.match_indices('/').nth(depth - 1).map_or(file.len(), |(at, _)| at);
        if glob(pattern, &file[..end]) && !repo.git_ignores(file)? {
            return Ok(());
        }
    }
    let reason = format!("{} embeds `{pattern}`, which matches nothing in the repository", evidence.place());
    Err(Stop::refuse(reason).help("if a build makes it, run that first and commit what it makes").into())
}

/// Whether a file is in a folder that a pattern matches.
fn is_below(pattern: &str, file: &str) -> bool {
    let depth = pattern.split('/').count();
    file.match_indices('/').nth(depth - 1).is_some_and(|(at, _)| glob(pattern, &file[..at]))
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// The path before a pattern's first sign.
pub(super) fn fixed(pattern: &str) -> &str {
    match pattern.find(['*', '?', '[']) {
        Some(at) => pattern[..at].rsplit_once('/').map_or("", |(folder, _)| folder),
        None => pattern,
    }
}

/// The files at the root, without those that are written here.
fn top(repo: &Repo) -> Result<Vec<String>> {
    let ours = ["Dockerfile", ".dockerignore"];
    let entries = repo.entries("")?;
    let files =
        entries.iter().filter(|entry| entry.kind == Kind::File && !ours.contains(&entry.name.as_str()));
    Ok(files.map(|entry| entry.name.clone()).collect())
}
