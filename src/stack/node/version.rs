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
    let is_there = knowledge.ended.iter().any(|ended| met(ended, range) > Met::No);
    if (0..newest).any(|major| reaches(range, major)) {
        format!(
            "{place} asks for Node.js `{says}`, which has ended: {major} is taken, the nearest that is supported{}",
            if is_there { "; `--runtime cc` takes the release itself" } else { "" }
        )
    } else {
        format!("{place} asks for Node.js `{says}`, which no image has: {major} is taken, the newest")
    }
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
        let (image, why) = choose(&repo, &candidate, &knowledge, &mut service).unwrap();
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

    fn own(engines: &str) -> Result<(u64, Vec<String>), String> {
        let text = format!("{{\"engines\": {{\"node\": \"{engines}\"}}}}");
        let repo = Repo::in_memory(Memory::new().file("package.json", &text));
        let knowledge = catalog::node().unwrap();
        let package = Package::parse("package.json", text).unwrap();
        let candidate = Candidate::of(&repo, "package.json".to_owned(), package, &knowledge).unwrap();
        let mut service = Service::new("x", "node");
        match choose_own(&repo, &candidate, &knowledge, &mut service) {
            Ok((image, _)) => Ok((image.major, service.warnings)),
            Err(Halt::Stop(stop)) => Err([vec![stop.reason], stop.help].concat().join("; ")),
            Err(Halt::Failed(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_program_may_bring_a_release_that_has_ended() {
        let ended = |on: &str, major: u64| {
            format!(
                "Node.js {major} has ended on {on} and gets no fixes: move to one that does, and leave --runtime out"
            )
        };
        assert_eq!(own("18.x"), Ok((18, vec![ended("2025-04-30", 18)])));
        assert_eq!(own("14 || 16"), Ok((16, vec![ended("2023-09-11", 16)])));
        assert_eq!(own(">=16"), Ok((24, vec![])));
        assert_eq!(own("16 || 22"), Ok((22, vec![])));
        let exact =
            |says: &str, has: &str| format!("package.json:1 asks for Node.js `{says}`; the image has {has}");
        assert_eq!(own("v18.12.1"), Ok((18, vec![exact("v18.12.1", "18.20.8"), ended("2025-04-30", 18)])));
        assert_eq!(own("20.20.2").unwrap().1.len(), 1);
        assert_eq!(own("24.1.0"), Ok((24, vec![exact("24.1.0", "24.22.1")])));
        assert_eq!(own("~22.1.0"), Ok((22, vec![exact("~22.1.0", "22.23.4")])));
        let stop = own("12.x").unwrap_err();
        assert!(
            stop.starts_with(
                "package.json:1 asks for Node.js `12.x`, which no image has; there are images of 14, 16, "
            ),
            "{stop}"
        );
        assert_eq!(
            own("26"),
            Err("Node.js 26 needs `libatomic.so.1`, which `cc` has not; leave --runtime out: `gcr.io/distroless/nodejs26-debian13:nonroot` has it".to_owned())
        );
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
#[cfg(test)]
mod probe {
    #[test]
    fn probe() {
        use nodejs_semver::Range;
        for t in [">99 <5", ">99", ">=22 <20", "<0.0.0", ">=20 <21", "18 - 16"] {
            let r = Range::parse(t);
            eprintln!("{t}: {r:?}");
            if let Ok(r) = r {
                for m in [4u64, 5, 18, 20, 22, 24, 99, 100] {
                    let line = Range::parse(format!("{m}.x")).unwrap();
                    eprint!(" {m}:{}:{:?}", r.allows_any(&line), r.intersect(&line).map(|r| r.to_string()));
                }
                eprintln!();
            }
        }
    }
}
