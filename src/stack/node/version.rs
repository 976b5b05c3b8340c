//! Which major of the runtime images meets what a repository wants of Node.js.

use std::cmp::Reverse;

use anyhow::Result;
use nodejs_semver::{Range, Version as NodeVersion};

use super::asked::{self, Asked};
use crate::catalog::{self, NodeImage};
use crate::evidence::Evidence;
use crate::repo::Repo;
use crate::service::{Service, Version};
use crate::stack::javascript::package::Candidate;

/// How well an image meets a wish.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    /// Not at all.
    No,
    /// A release of its major does, but not the one that is in it.
    Major,
    Yes,
}

/// The build image for a package, and why this one, for the Dockerfile's comment. Evidence and
/// warnings go into the service.
pub(in crate::stack) fn choose<'a>(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &'a catalog::Node,
    service: &mut Service,
) -> Result<Option<(&'a NodeImage, String)>> {
    let images = &knowledge.build;
    let Some(default) = images.iter().find(|image| image.default) else { return Ok(None) };
    let asked = asked::asked(repo, candidate, knowledge)?;
    service.evidence.extend(asked.iter().map(|asked| asked.evidence.clone()));
    let unread = asked.iter().filter(|asked| asked.range.is_none()).map(|asked| {
        let Evidence { says, .. } = &asked.evidence;
        format!("{} says `{says}`, which is no Node.js version", asked.evidence.place())
    });
    service.warnings.extend(unread);
    let wishes: Vec<(&Range, &Evidence)> =
        asked.iter().filter_map(|Asked { range, evidence }| Some((range.as_ref()?, evidence))).collect();
    // The strongest wish that an image can meet decides, then the next; a release that is gone
    // has a neighbour; and last the image that anything is built with.
    let gone = wishes.iter().find(|(range, _)| images.iter().all(|image| met(image, range) == Met::No));
    let near = gone.and_then(|(range, _)| neighbour(images, range));
    let rank = |image: &&NodeImage| {
        let all: Vec<Met> = wishes.iter().map(|(range, _)| met(image, range)).collect();
        (all, near.is_some_and(|near| near.major == image.major), image.default, Reverse(image.major))
    };
    let image = images.iter().max_by_key(rank).unwrap_or(default);
    if let Some((range, evidence)) = gone {
        service.warnings.push(warning(images, image, range, evidence));
    } else if let Some((_, evidence)) = wishes.iter().find(|(range, _)| met(image, range) != Met::Yes) {
        service.warnings.push(format!(
            "{} asks for Node.js `{}`; the image has {}",
            evidence.place(),
            evidence.says,
            image.newest
        ));
    }
    let (version, why) = reason(images, image, &wishes);
    service.version = Some(version);
    Ok(Some((image, why)))
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
fn neighbour<'a>(images: &'a [NodeImage], range: &Range) -> Option<&'a NodeImage> {
    let newest = images.iter().max_by_key(|image| image.major)?;
    let last = (0..newest.major).rev().find(|major| reaches(range, *major));
    let later = images.iter().filter(|image| last.is_some_and(|last| image.major > last));
    Some(later.min_by_key(|image| image.major).unwrap_or(newest))
}

/// What to say of a wish that no image meets.
fn warning(images: &[NodeImage], image: &NodeImage, range: &Range, evidence: &Evidence) -> String {
    let Evidence { says, .. } = evidence;
    let (place, major) = (evidence.place(), image.major);
    let newest = images.iter().map(|image| image.major).max().unwrap_or(major);
    if (0..newest).any(|major| reaches(range, major)) {
        format!(
            "{place} asks for Node.js `{says}`, which has ended: {major} is taken, the nearest that is supported; `--runtime cc` takes the release itself"
        )
    } else {
        format!("{place} asks for Node.js `{says}`, which no image has: {major} is taken, the newest")
    }
}

/// The version with the wish that decided: the one that the fewest images meet.
fn reason(images: &[NodeImage], image: &NodeImage, wishes: &[(&Range, &Evidence)]) -> (Version, String) {
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
mod tests {
    use super::*;
    use crate::manifest::package::Package;
    use crate::repo::{Memory, join};

    fn chosen(folder: &str, files: &[(&str, &str)]) -> (u64, Vec<String>, String) {
        let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
        let repo = Repo::in_memory(memory);
        let knowledge = catalog::node().unwrap();
        let file = join(folder, "package.json");
        let package = match repo.text(&file).unwrap() {
            Some(text) => Package::parse(&file, text).unwrap(),
            None => Package::unnamed(),
        };
        let candidate = Candidate::of(&repo, file, package, &knowledge).unwrap();
        let mut service = Service::new("x", "node");
        let (image, why) = choose(&repo, &candidate, &knowledge, &mut service).unwrap().unwrap();
        (image.major, service.warnings, why)
    }

    fn major(files: &[(&str, &str)]) -> (u64, usize) {
        let (major, warnings, _) = chosen("", files);
        (major, warnings.len())
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

    #[test]
    fn releases_that_have_ended_have_a_neighbour() {
        assert_eq!(engines("16 || 18"), (22, 1));
        assert_eq!(engines("23.x"), (24, 1));
        assert_eq!(engines(">=20 <21"), (22, 1));
        let files = [(".nvmrc", "20\n"), ("package.json", "{\"engines\": {\"node\": \">=18\"}}")];
        let (major, warnings, why) = chosen("", &files);
        assert_eq!(
            (major, warnings.as_slice()),
            (22, &[".nvmrc:1 asks for Node.js `20`, which has ended: 22 is taken, the nearest that is supported; `--runtime cc` takes the release itself".to_owned()][..])
        );
        assert_eq!(why, "is Node.js 22, the nearest that is still supported; .nvmrc asks for `20`");
    }

    #[test]
    fn an_exact_release_means_its_major_and_a_narrow_range_is_said() {
        assert_eq!(engines("24.1.0"), (24, 0));
        assert_eq!(engines("=22.0.0"), (22, 0));
        let (major, warnings, _) = chosen("", &[("package.json", "{\"engines\": {\"node\": \"~24.1.0\"}}")]);
        assert_eq!(major, 24);
        assert!(warnings[0].starts_with("package.json:1 asks for Node.js `~24.1.0`; the image has 24."));
    }

    #[test]
    fn fields_and_files_of_many_tools() {
        let package = |text: &str| major(&[("package.json", text)]);
        assert_eq!(package(r#"{"devEngines": {"runtime": {"name": "node", "version": "^22"}}}"#), (22, 0));
        let several = r#"{"devEngines": {"runtime": [{"name": "bun"}, {"name": "node", "version": "26"}]}}"#;
        assert_eq!(package(several), (26, 0));
        assert_eq!(package(r#"{"volta": {"node": "22.1.0"}}"#), (22, 0));
        assert_eq!(major(&[(".n-node-version", "26")]), (26, 0));
        for text in ["node = \"22\"", "node = 22", "node = [\"22.1\", \"26\"]", "node = { version = \"22\" }"]
        {
            assert_eq!(
                major(&[("mise.toml", &format!("[tools]\nbun = \"1\"\n{text}\n"))]),
                (22, 0),
                "{text}"
            );
        }
        assert_eq!(major(&[(".mise.toml", "[tools.node]\nversion = \"lts-jod\"\n")]), (22, 0));
        assert_eq!(major(&[(".mise.toml", "[tools\n")]), (24, 0));
        for (text, wanted) in
            [("lts/-1", 24), ("lts/-2", 22), ("jod", 22), ("latest:26", 26), ("22 # why", 22)]
        {
            assert_eq!(major(&[(".nvmrc", text)]), (wanted, 0), "{text}");
        }
        for text in ["node", "stable", "latest", "lts/*", "system"] {
            assert_eq!(major(&[(".nvmrc", text)]), (24, 0), "{text}");
        }
        for text in ["./local/node", "lts/-99", "lts/nobody"] {
            assert_eq!(major(&[(".nvmrc", text)]), (24, 1), "{text}");
        }
    }

    #[test]
    fn folders_above_are_asked_too() {
        let files = [
            ("apps/api/package.json", "{\"engines\": {\"node\": \">=18\"}}"),
            ("package.json", "{\"name\": \"root\"}"),
            (".nvmrc", "22"),
        ];
        let (major, warnings, why) = chosen("apps/api", &files);
        assert_eq!((major, warnings.len(), why.as_str()), (22, 0, "is Node.js 22; .nvmrc asks for `22`"));
        let files = [
            ("apps/api/package.json", "{\"volta\": {\"extends\": \"../../tools/volta.json\"}}"),
            ("tools/volta.json", "{\"volta\": {\"extends\": \"./more.json\"}}"),
            ("tools/more.json", "{\"volta\": {\"node\": \"26.0.0\"}}"),
        ];
        assert_eq!(chosen("apps/api", &files).2, "is Node.js 26; tools/more.json asks for `26.0.0`");
        let endless = [("package.json", "{\"volta\": {\"extends\": \"./package.json\"}}")];
        assert_eq!(chosen("", &endless).0, 24);
    }
}
