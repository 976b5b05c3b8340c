//! Which Node.js a repository asks for, and which major of the runtime images meets it.

use anyhow::Result;
use nodejs_semver::{Range, Version as NodeVersion};

use crate::catalog::{self, NodeImage};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::repo::{Repo, join, parent};
use crate::service::{Service, Version};
use crate::stack::common;
use crate::stack::javascript::package::Candidate;

/// A wish and where it stands.
struct Asked {
    range: Option<Range>,
    evidence: Evidence,
}

/// The build image, and why this one, for the Dockerfile's comment.
pub(in crate::stack) fn choose<'a>(
    repo: &Repo,
    package: Option<&Package>,
    knowledge: &'a catalog::Node,
    service: &mut Service,
) -> Result<Option<(&'a NodeImage, String)>> {
    let images = &knowledge.build;
    let Some(default) = images.iter().find(|image| image.default) else { return Ok(None) };
    let asked = asked(repo, package, knowledge)?;
    let Some(first) = asked.first() else {
        service.version = Some(Version::default(default.major.to_string()));
        return Ok(Some((
            default,
            format!("is Node.js {}, a long-term support release; nothing asks for another", default.major),
        )));
    };
    service.evidence.extend(asked.iter().map(|asked| asked.evidence.clone()));
    for unread in asked.iter().filter(|asked| asked.range.is_none()) {
        let Evidence { says, .. } = &unread.evidence;
        service
            .warnings
            .push(format!("{} says `{says}`, which is no Node.js version", unread.evidence.place()));
    }
    // All wishes together if an image meets them all, else the first alone.
    let all: Vec<&Asked> = asked.iter().filter(|asked| asked.range.is_some()).collect();
    let preferred = || std::iter::once(default).chain(images.iter().filter(|image| !image.default));
    let found = preferred()
        .find(|image| all.iter().all(|asked| meets(image, asked)))
        .or_else(|| preferred().find(|image| all.first().is_some_and(|asked| meets(image, asked))));
    let place = first.evidence.place();
    let image = match found {
        Some(image) => image,
        None => closest(images, &all).unwrap_or(default),
    };
    let met = all.iter().find(|asked| meets(image, asked));
    if met.is_none() && !all.is_empty() {
        service.warnings.push(format!(
            "{place} asks for Node.js `{}`; runtime images exist for {} only, so {} is taken",
            first.evidence.says,
            images.iter().map(|image| image.major.to_string()).collect::<Vec<_>>().join(", "),
            image.major
        ));
    }
    let evidence = met.map_or(&first.evidence, |asked| &asked.evidence);
    service.version = Some(Version::from(image.major.to_string(), evidence));
    let why = match met {
        Some(asked) => {
            format!("is Node.js {}; {} asks for `{}`", image.major, asked.evidence.file, asked.evidence.says)
        }
        None => {
            let Evidence { file, .. } = &first.evidence;
            format!(
                "is Node.js {}, the nearest that is still supported; {file} asks for `{}`",
                image.major, first.evidence.says
            )
        }
    };
    Ok(Some((image, why)))
}

/// The same for a package, or for the folders above it where nothing in its own asks.
pub(super) fn nearest<'a>(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &'a catalog::Node,
    service: &mut Service,
) -> Result<Option<(&'a NodeImage, String)>> {
    let mut folder = candidate.folder.as_str();
    let mut package = Some(candidate.package.clone());
    while !folder.is_empty() {
        let below = repo.below(folder);
        if !asked(&below, package.as_ref(), knowledge)?.is_empty() {
            return choose(&below, package.as_ref(), knowledge, service);
        }
        folder = parent(folder);
        let file = join(folder, "package.json");
        package = repo.source(&file)?.and_then(|text| Package::parse(&file, text).ok());
    }
    choose(repo, package.as_ref(), knowledge, service)
}

fn meets(image: &NodeImage, asked: &Asked) -> bool {
    let newest = NodeVersion::parse(&image.newest);
    matches!((newest, &asked.range), (Ok(newest), Some(range)) if range.satisfies(&newest))
}

/// The supported major that is nearest to what is asked for: the oldest for an ended one.
fn closest<'a>(images: &'a [NodeImage], asked: &[&Asked]) -> Option<&'a NodeImage> {
    let range = asked.first()?.range.as_ref()?;
    let oldest = images.iter().min_by_key(|image| image.major)?;
    let newest = images.iter().max_by_key(|image| image.major)?;
    let older = (0..oldest.major).any(|major| {
        let last = NodeVersion::parse(format!("{major}.99.99"));
        let first = NodeVersion::parse(format!("{major}.0.0"));
        [last, first].into_iter().flatten().any(|version| range.satisfies(&version))
            || range.to_string().starts_with(&format!("{major}."))
    });
    Some(if older { oldest } else { newest })
}

/// Every wish, the strongest first.
fn asked(repo: &Repo, package: Option<&Package>, knowledge: &catalog::Node) -> Result<Vec<Asked>> {
    const WHAT: &str = "Node.js version";
    let mut found = Vec::new();
    for file in [".nvmrc", ".node-version"] {
        if let Some(evidence) = common::version_file(repo, file, WHAT)? {
            found.push(Asked { range: alias(&evidence.says, knowledge), evidence });
        }
    }
    if let Some((version, evidence)) = common::tool_version(repo, &["nodejs", "node"], WHAT)? {
        found.push(Asked { range: alias(&version, knowledge), evidence });
    }
    let keys: [&[&str]; 2] = [&["engines", "node"], &["volta", "node"]];
    for keys in keys {
        if let Some((package, text)) = package.and_then(|package| Some((package, package.string(keys)?))) {
            let evidence = Evidence::at(WHAT, "package.json", package.line(keys), text);
            found.push(Asked { range: alias(text, knowledge), evidence });
        }
    }
    Ok(found)
}

/// A version as version files write it: `v24`, `24.1.0` (its major), `lts/krypton`, `lts/*`, a range.
fn alias(text: &str, knowledge: &catalog::Node) -> Option<Range> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix("lts/") {
        return match knowledge.lts.get(&name.to_ascii_lowercase()) {
            Some(major) => Range::parse(format!("{major}.x")).ok(),
            None if matches!(name, "*" | "-1") => Range::parse("*").ok(),
            None => None,
        };
    }
    if matches!(text, "node" | "stable" | "latest" | "current" | "lts" | "--lts" | "*" | "") {
        return Range::parse("*").ok();
    }
    let exact = text.strip_prefix('v').unwrap_or(text);
    if let Ok(version) = NodeVersion::parse(exact) {
        // Any release of the same major runs what one of them runs.
        return Range::parse(format!("{}.x", version.major())).ok();
    }
    Range::parse(exact).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn major(files: &[(&str, &str)]) -> (u64, usize) {
        let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
        let repo = Repo::in_memory(memory);
        let package =
            repo.text("package.json").unwrap().map(|text| Package::parse("package.json", text).unwrap());
        let knowledge = catalog::node().unwrap();
        let mut service = Service::new("x", "node");
        let (image, _) = choose(&repo, package.as_ref(), &knowledge, &mut service).unwrap().unwrap();
        (image.major, service.warnings.len())
    }

    fn engines(range: &str) -> (u64, usize) {
        major(&[("package.json", &format!("{{\"engines\": {{\"node\": \"{range}\"}}}}"))])
    }

    #[test]
    fn majors_by_engines() {
        assert_eq!(major(&[]), (24, 0));
        assert_eq!(engines(">= 18"), (24, 0));
        assert_eq!(engines("22.x"), (22, 0));
        assert_eq!(engines("^26.1.0"), (26, 0));
        assert_eq!(engines(">=20.12 <21 || 22 || 24 <24.17.0 || 26 <26.3.1"), (22, 0));
        assert_eq!(engines("18.x"), (22, 1));
        assert_eq!(engines(">99"), (26, 1));
        assert_eq!(engines("nonsense!"), (24, 1));
    }

    #[test]
    fn version_files_and_aliases() {
        assert_eq!(major(&[(".nvmrc", "v22.3.0\n")]), (22, 0));
        assert_eq!(major(&[(".nvmrc", "lts/lithium")]), (26, 0));
        assert_eq!(major(&[(".nvmrc", "lts/iron")]), (22, 1));
        assert_eq!(major(&[(".nvmrc", "lts/*")]), (24, 0));
        assert_eq!(
            major(&[(".node-version", "26"), ("package.json", "{\"engines\": {\"node\": \">=18\"}}")]),
            (26, 0)
        );
        assert_eq!(major(&[(".tool-versions", "ruby 3\nnodejs 22.1.0\n")]), (22, 0));
        assert_eq!(major(&[(".nvmrc", "some_invalid_version")]), (24, 1));
    }
}
