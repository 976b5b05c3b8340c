//! The build image of a Go program: never older than what the repository asks for.

use anyhow::Result;

use super::manifests::Modules;
use crate::catalog::{GoImage, Release};
use crate::evidence::Evidence;
use crate::repo::Repo;
use crate::service::{Service, Version};
use crate::stack::common;
use crate::verdict::{Halt, Stop};

const WHAT: &str = "Go version";

/// The newest release that a module or the workspace asks for.
fn least(modules: &Modules) -> Option<(Release, Evidence)> {
    let mut newest: Option<(Release, Evidence)> = None;
    for (file, module) in modules.all() {
        for (word, line) in [("go ", &module.go), ("toolchain go", &module.toolchain)] {
            let Some((release, line)) = line else { continue };
            if newest.as_ref().is_none_or(|(before, _)| release > before) {
                let evidence = Evidence::at(WHAT, file, *line, format!("{word}{release}"));
                newest = Some((release.clone(), evidence));
            }
        }
    }
    newest
}

/// The release that a version file names.
fn named(repo: &Repo) -> Result<Option<(Release, Evidence)>> {
    let file = common::version_file(repo, ".go-version", WHAT)?.map(|found| (found.says.clone(), found));
    let found = match file {
        Some(found) => Some(found),
        None => common::tool_version(repo, &["go", "golang"], WHAT)?,
    };
    let release = |text: &str| text.trim_start_matches("go").parse().ok();
    Ok(found.and_then(|(text, evidence)| Some((release(&text)?, evidence))))
}

/// The image and why, for the Dockerfile's comment: the oldest that is new enough for go.mod, else
/// the one that a version file names, else the default.
///
/// # Errors
/// A stop when every known image is older than what is asked for.
pub(super) fn choose(
    modules: &Modules,
    repo: &Repo,
    images: &[GoImage],
    service: &mut Service,
) -> Result<(String, String), Halt> {
    let least = least(modules);
    let enough = |image: &&GoImage| least.as_ref().is_none_or(|(least, _)| least.first(2) <= image.version);
    if least.is_none()
        && let Some((release, evidence)) = named(repo)?
        && let Some(image) = images.iter().find(|image| image.version == release.first(2))
    {
        let why = format!("compiles with Go {}, as {} says", image.version, evidence.file);
        service.version = Some(Version::from(image.version.to_string(), &evidence));
        service.evidence.push(evidence);
        return Ok((image.reference.clone(), why));
    }
    // Modules are not always ready for a release newer than the one that they are tested with.
    let image = match &least {
        Some(_) => images.iter().filter(enough).min_by(|a, b| a.version.cmp(&b.version)),
        None => images.iter().find(|image| image.default),
    };
    match (least, image) {
        (None, Some(image)) => {
            service.version = Some(Version::default(image.version.to_string()));
            let why = format!("compiles with Go {}, the newest; nothing asks for a version", image.version);
            Ok((image.reference.clone(), why))
        }
        (Some((_, evidence)), Some(image)) => {
            service.version = Some(Version::from(image.version.to_string(), &evidence));
            let why = format!(
                "compiles with Go {}; {} asks for at least `{}`",
                image.version, evidence.file, evidence.says
            );
            service.evidence.push(evidence);
            Ok((image.reference.clone(), why))
        }
        (Some((release, evidence)), None) => {
            let known: Vec<&str> = images.iter().map(|image| image.reference.as_str()).collect();
            let (place, known) = (evidence.place(), known.join(", "));
            let reason =
                format!("{place} asks for Go {release}, newer than every known build image ({known})");
            Err(Stop::refuse(reason).help("lower the `go` line, or use a newer distrogen").into())
        }
        (None, None) => Err(Stop::refuse("the catalogue names no default Go image").into()),
    }
}
