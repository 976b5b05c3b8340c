//! The package manager of a folder, its lock file and its version.

use anyhow::Result;
use nodejs_semver::Version;

use super::package::Candidate;
use crate::catalog::{Node, NodeManager, NodeManagerVersion};
use crate::evidence::Evidence;
use crate::options::Options;
use crate::repo::{Repo, join};
use crate::service::Service;
use crate::stack::common::is_plain_name;
use crate::verdict::{self, Choice, Halt, Stop};

/// The manager that installs in a folder.
pub(super) struct Chosen<'a> {
    pub manager: &'a NodeManager,
    /// The lock file's name; `None` where there is none.
    pub lock: Option<String>,
    /// Its version; empty where the image has the manager.
    pub version: String,
    pub evidence: Evidence,
}

/// What is looked for to be decided, for the report.
const WHAT: &str = "package manager";

/// Chooses the manager: by flag, by its name in package.json, by the lock file, or the first.
///
/// # Errors
/// A stop when it is one that is not supported, when several have a lock file and nothing decides,
/// or when its version cannot be told.
pub(super) fn choose<'a>(
    repo: &Repo,
    candidate: &Candidate,
    root: &str,
    all: &[Candidate],
    knowledge: &'a Node,
    options: &Options,
    service: &mut Service,
) -> Result<Chosen<'a>, Halt> {
    let top = all.iter().find(|one| one.folder == root).unwrap_or(candidate);
    let named = match &options.package_manager {
        Some(name) => Some(Named::flag(name)),
        None => named(top).or_else(|| named(candidate)),
    };
    let locks = locks(repo, root, named.as_ref(), knowledge)?;
    let search = Search { repo, root, top, knowledge };
    if let Some(named) = &named {
        return search.by_name(named, locks, service);
    }
    refuse_several(&locks, root)?;
    if let Some(lock) = locks.into_iter().next() {
        let Lock { manager, file, text } = lock;
        let version = search.version(manager, None, Some(&text), &join(root, &file), service)?;
        let evidence = Evidence::file(WHAT, join(root, &file), format!("a lock file of {}", manager.name));
        return Ok(Chosen { manager, lock: Some(file), version, evidence });
    }
    refuse_unsupported(repo, root, knowledge)?;
    let (manager, evidence) = search.unlocked()?;
    let version = search.version(manager, None, None, &top.file, service)?;
    Ok(Chosen { manager, lock: None, version, evidence })
}

/// Whether a package asks for anything to be installed.
pub(super) fn has_dependencies(candidate: &Candidate) -> bool {
    ["dependencies", "devDependencies", "optionalDependencies"]
        .iter()
        .any(|kind| candidate.package.count(kind) > 0)
}

/// A lock file that says something.
struct Lock<'a> {
    manager: &'a NodeManager,
    file: String,
    text: String,
}

fn locks<'a>(repo: &Repo, root: &str, named: Option<&Named>, knowledge: &'a Node) -> Result<Vec<Lock<'a>>> {
    let mut found: Vec<Lock> = Vec::new();
    for manager in &knowledge.manager {
        // Of rows that read the same files, the one of the version counts that is asked for.
        let is_other = named.is_some_and(|named| named.name == manager.name && !named.fits(manager));
        let is_known = found.iter().any(|lock| lock.manager.name == manager.name);
        if manager.holds.is_none() && (is_other || is_known) {
            continue;
        }
        for lock in &manager.locks {
            let path = join(root, lock);
            if !repo.has(&path)? {
                continue;
            }
            // A lock file that is not text is known by its name alone.
            let text = repo.source(&path)?;
            let is_empty = text.as_ref().is_some_and(|text| text.trim().is_empty());
            let text = text.unwrap_or_default();
            if !is_empty && manager.holds.as_ref().is_none_or(|words| text.contains(words)) {
                found.push(Lock { manager, file: lock.clone(), text });
                break;
            }
        }
    }
    Ok(found)
}

/// Several lock files are a choice that only the user can make.
fn refuse_several(locks: &[Lock], root: &str) -> Result<(), Stop> {
    let [first, .., _] = locks else { return Ok(()) };
    let files: Vec<String> = locks.iter().map(|lock| format!("`{}`", join(root, &lock.file))).collect();
    let candidates = locks.iter().map(|lock| {
        let path = if root.is_empty() { "." } else { root };
        verdict::Candidate::new(&lock.manager.name, path, Choice::PackageManager(lock.manager.name.clone()))
    });
    let reason = format!("{} are here, and no `packageManager` in package.json decides", files.join(" and "));
    Err(Stop::choose(reason, candidates.collect()).help(format!(
        "or remove the one that is out of date, or write `\"packageManager\": \"{}@VERSION\"`",
        first.manager.name
    )))
}

/// Where a manager is looked for.
struct Search<'a, 'b> {
    repo: &'b Repo,
    root: &'b str,
    /// The package in that folder.
    top: &'b Candidate,
    knowledge: &'a Node,
}

impl<'a> Search<'a, '_> {
    fn by_name(
        &self,
        named: &Named,
        locks: Vec<Lock<'a>>,
        service: &mut Service,
    ) -> Result<Chosen<'a>, Halt> {
        let Search { root, top, knowledge, .. } = self;
        let evidence = named.evidence.clone();
        let others: Vec<String> = locks.iter().map(|lock| lock.file.clone()).collect();
        let same_name = locks.into_iter().find(|lock| lock.manager.name == named.name);
        if let Some(Lock { manager, file, text }) = same_name {
            let version = self.version(manager, Some(named), Some(&text), &join(root, &file), service)?;
            return Ok(Chosen { manager, lock: Some(file), version, evidence });
        }
        let manager = knowledge.manager.iter().find(|manager| named.fits(manager));
        let manager = manager.ok_or_else(|| named.refused())?;
        if let Some(other) = others.first() {
            service.warnings.push(format!(
                "{} asks for {}, and the lock file `{}` is another's: it is not read; commit the one of {}",
                evidence.place(),
                named.name,
                join(root, other),
                named.name
            ));
        }
        let version = self.version(manager, Some(named), None, &top.file, service)?;
        Ok(Chosen { manager, lock: None, version, evidence })
    }

    /// The manager for a folder without a lock file or a name: the one whose own files are there.
    fn unlocked(&self) -> Result<(&'a NodeManager, Evidence), Halt> {
        for manager in &self.knowledge.manager {
            for file in &manager.signs {
                let path = join(self.root, file);
                if self.repo.has(&path)? {
                    let says = format!("a file of {}", manager.name);
                    return Ok((manager, Evidence::file(WHAT, path, says)));
                }
            }
        }
        let first = self.knowledge.manager.first();
        let first = first.ok_or_else(|| Stop::refuse("the catalogue names no package manager"))?;
        let says = format!("nothing asks for another than {}", first.name);
        Ok((first, Evidence::file(WHAT, self.top.file.clone(), says)))
    }

    /// The version of a manager: the one that is named, else one that reads the lock file.
    fn version(
        &self,
        manager: &NodeManager,
        named: Option<&Named>,
        lock: Option<&str>,
        file: &str,
        service: &mut Service,
    ) -> Result<String, Halt> {
        if manager.prepare.is_empty() {
            return Ok(String::new());
        }
        if let Some(named) = named.filter(|named| named.name == manager.name && !named.version.is_empty()) {
            if !named.fits(manager) {
                return Err(named.unfit(file).into());
            }
            return Ok(raised(manager, named, service));
        }
        let settings = self.settings(manager)?;
        let fits = |row: &&NodeManagerVersion| {
            row.words.is_empty() || row.words.iter().any(|word| settings.contains(word.as_str()))
        };
        let mut rows = manager.versions.iter().filter(fits);
        let row = match lock {
            Some(text) => rows.find(|row| text.contains(&row.lock)),
            None => rows.next_back(),
        };
        match row {
            Some(row) => Ok(row.version.clone()),
            None => {
                Err(Stop::refuse(format!("which version of {} wrote `{file}` cannot be told", manager.name))
                    .help("name it in package.json: `\"packageManager\": \"NAME@VERSION\"`")
                    .into())
            }
        }
    }

    /// The text of all settings of a manager in the folder.
    fn settings(&self, manager: &NodeManager) -> Result<String> {
        let mut text = self.repo.source(&join(self.root, "package.json"))?.unwrap_or_default();
        for file in &manager.reads {
            let Some(more) = self.repo.source(&join(self.root, file))? else { continue };
            if file.starts_with("pnpm-workspace") && !more.lines().any(|line| line.starts_with("packages:")) {
                text.push_str("settings alone");
            }
            text.push_str(&more);
        }
        Ok(text)
    }
}

/// The version that is named, or the first of its major that works.
fn raised(manager: &NodeManager, named: &Named, service: &mut Service) -> String {
    let major = named.version.split('.').next().unwrap_or_default();
    let least = manager.least.get(major).and_then(|least| Some((least, Version::parse(least).ok()?)));
    match (least, Version::parse(&named.version)) {
        (Some((least, parsed)), Ok(version)) if version < parsed => {
            service.warnings.push(format!(
                "{} asks for {} {}, which fails on this Node.js: {least} is taken",
                named.evidence.place(),
                named.name,
                named.version
            ));
            least.clone()
        }
        _ => named.version.clone(),
    }
}

/// What package.json or a flag says: `pnpm@10.1.0+sha512.1234`.
struct Named {
    name: String,
    /// Empty where only the name is said, or a range.
    version: String,
    evidence: Evidence,
}

impl Named {
    fn flag(name: &str) -> Self {
        let evidence = Evidence::flag(WHAT, "--package-manager", name);
        let (name, version) = name.split_once('@').unwrap_or((name, ""));
        Named { name: name.to_owned(), version: version.to_owned(), evidence }
    }

    fn fits(&self, manager: &NodeManager) -> bool {
        let major = self.version.split('.').next().and_then(|major| major.parse().ok());
        let is_major = manager.majors.is_empty()
            || major.map_or(self.version.is_empty(), |major: u64| manager.majors.contains(&major));
        manager.name == self.name && is_major
    }

    fn unfit(&self, file: &str) -> Stop {
        let Named { name, version, evidence } = self;
        Stop::refuse(format!(
            "{} asks for `{name}@{version}`, and `{file}` is not of that version",
            evidence.place()
        ))
        .help("install with the version that is asked for and commit the lock file")
    }

    fn refused(&self) -> Stop {
        let Named { name, version, evidence } = self;
        let place = evidence.place();
        let at = if version.is_empty() { "" } else { "@" };
        Stop::refuse(format!(
            "{place} asks for the package manager `{name}{at}{version}`, which is not supported"
        ))
        .help("supported are npm, pnpm, yarn and bun: `--package-manager NAME` chooses one of them")
    }
}

/// The manager that a package asks for: `packageManager`, `devEngines`, then `engines`.
fn named(candidate: &Candidate) -> Option<Named> {
    let package = &candidate.package;
    let evidence =
        |keys: &[&str]| Evidence::at(WHAT, &candidate.file, package.line(keys), package.says(keys));
    if let Some(text) = package.string(&["packageManager"]) {
        let (name, version) = text.split_once('@').unwrap_or((text, ""));
        let version = version.split('+').next().unwrap_or_default();
        return Some(Named {
            name: name.trim().to_owned(),
            version: exact(version).unwrap_or_default(),
            evidence: evidence(&["packageManager"]),
        });
    }
    if let Some(name) = package.string(&["devEngines", "packageManager", "name"]) {
        let version = package.string(&["devEngines", "packageManager", "version"]).unwrap_or_default();
        return Some(Named {
            name: name.to_owned(),
            version: exact(version).unwrap_or_default(),
            evidence: evidence(&["devEngines", "packageManager"]),
        });
    }
    // Every Node.js comes with npm, and Bun may be there to run: asking for these chooses nothing.
    ["pnpm", "yarn"].iter().find_map(|name| {
        let text = package.string(&["engines", name])?;
        let forbids = text.contains("please") || text.contains("use ");
        (!forbids).then(|| Named {
            name: (*name).to_owned(),
            version: exact(text).unwrap_or_default(),
            evidence: evidence(&["engines", name]),
        })
    })
}

/// A version that is one and no range.
fn exact(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', '=']);
    let parts: Vec<&str> = text.split('-').next()?.split('.').collect();
    let is_number = |part: &&str| part.chars().all(|c| c.is_ascii_digit()) && !part.is_empty();
    (parts.len() == 3 && parts.iter().all(is_number) && is_plain_name(text)).then(|| text.to_owned())
}

fn refuse_unsupported(repo: &Repo, root: &str, knowledge: &Node) -> Result<(), Halt> {
    for lock in &knowledge.front.locks {
        let file = join(root, lock);
        if repo.has(&file)? {
            let reason = format!("packages are installed from `{file}`, whose manager is not supported");
            return Err(Stop::refuse(reason)
                .help("supported are npm, pnpm, yarn and bun: `--package-manager NAME` chooses one of them")
                .into());
        }
    }
    Ok(())
}
