//! Whether a lock file fits the packages of the repository, as far as that can be seen without
//! its package manager.

use std::collections::HashSet;
use std::fmt;

use nodejs_semver::{Range, Version};

use super::{Asked, DEPENDENCIES, DEVELOPMENT, Format, Importer, LockFile, Member, OPTIONAL, PEERS, Target};
use crate::manifest::package::Package;
use crate::repo::join;

/// The first thing in which a lock file and a package.json differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The lock file.
    pub lock: String,
    /// The package.json.
    pub file: String,
    pub why: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not fit {} ({})", self.lock, self.file, self.why)
    }
}

const KINDS: [&str; 3] = [DEPENDENCIES, DEVELOPMENT, OPTIONAL];

/// Protocols whose ranges a lock file writes in another way.
const REWRITTEN: &[&str] = &["catalog:", "exec:", "file:", "link:", "patch:", "portal:", "workspace:"];

impl LockFile {
    /// Why an install that may not change the lock file would fail; `members` are the packages
    /// that it installs for, the root's among them.
    pub fn misfit(&self, members: &[Member]) -> Option<Misfit> {
        if self.is_rewritten {
            return None;
        }
        let overrides = overrides(members);
        let names: HashSet<&str> = members.iter().filter_map(|(_, one)| one.string(&["name"])).collect();
        members.iter().find_map(|(folder, package)| {
            let why = match self.format {
                Format::Yarn => self.misfit_of_patterns(package, &names, &overrides),
                _ => self.misfit_of_importer(folder, package, &overrides),
            };
            Some(Misfit { lock: self.file.clone(), file: join(folder, "package.json"), why: why? })
        })
    }

    fn misfit_of_importer(&self, folder: &str, package: &Package, overrides: &[&str]) -> Option<String> {
        // npm's first version does not say what was asked for.
        let Some(importer) = self.importer(folder) else {
            if !self.importers.is_empty() {
                return KINDS
                    .iter()
                    .any(|kind| package.count(kind) > 0)
                    .then(|| format!("it lacks `{folder}`"));
            }
            let lacks = |(name, range): &(&str, &str)| self.target(folder, name, range).is_none();
            let mut all = KINDS.iter().flat_map(|kind| package.versions(kind));
            return all.find(lacks).map(|(name, _)| format!("it lacks `{name}`"));
        };
        for (name, range) in KINDS.iter().flat_map(|kind| package.versions(kind)) {
            if self.overridden.contains(name) || is_overridden(overrides, name) {
                continue;
            }
            let asked = importer.named(name);
            let why = match asked.first() {
                None if range.starts_with("link:") => None,
                None => Some(format!("it lacks `{name}`")),
                Some(_) if asked.iter().any(|asked| self.is_met(asked, range)) => None,
                Some(asked) => Some(format!("`{name}` is `{}` there, not `{range}`", asked.range)),
            };
            if why.is_some() {
                return why;
            }
        }
        self.left_over(importer, package)
    }

    /// Whether what was asked for is what package.json says.
    fn is_met(&self, asked: &Asked, range: &str) -> bool {
        let same = |a: &str, b: &str| a.trim_start_matches("npm:") == b.trim_start_matches("npm:");
        if asked.range == range {
            return true;
        }
        match self.format {
            // npm asks whether what is locked is in the range, however that is written.
            Format::Npm => {
                let Some(Target::Package(at)) = &asked.to else { return false };
                let locked = self.packages.get(*at).map(|locked| Version::parse(&locked.version));
                matches!((locked, Range::parse(range)), (Some(Ok(version)), Ok(range)) if range.satisfies(&version))
            }
            Format::Berry => {
                same(&asked.range, range) || REWRITTEN.iter().any(|protocol| range.starts_with(protocol))
            }
            _ => false,
        }
    }

    /// A dependency that package.json has no more; npm and Yarn do not mind.
    fn left_over(&self, importer: &Importer, package: &Package) -> Option<String> {
        if !matches!(self.format, Format::Pnpm | Format::Bun) {
            return None;
        }
        let is_gone = |asked: &&Asked| {
            let is_peer = asked.kind == PEERS || self.installs_peers && package.depends(PEERS, &asked.name);
            // pnpm takes a runtime that package.json asks for as a dependency.
            let is_runtime = asked.range.starts_with("runtime:");
            !is_peer && !is_runtime && !KINDS.iter().any(|kind| package.depends(kind, &asked.name))
        };
        importer.asked.iter().find(is_gone).map(|asked| format!("`{}` is left over in it", asked.name))
    }

    fn misfit_of_patterns(
        &self,
        package: &Package,
        members: &HashSet<&str>,
        overrides: &[&str],
    ) -> Option<String> {
        let lacks = |(name, range): &(&str, &str)| {
            let is_elsewhere = members.contains(name)
                || is_overridden(overrides, name)
                || REWRITTEN.iter().any(|protocol| range.starts_with(protocol));
            !is_elsewhere && !self.index.contains_key(&format!("{name}@{range}"))
        };
        let mut all = KINDS.iter().flat_map(|kind| package.versions(kind));
        all.find(lacks).map(|(name, range)| format!("it lacks `{name}@{range}`"))
    }
}

/// What packages of the repository resolve for all of them.
fn overrides<'a>(members: &[Member<'a>]) -> Vec<&'a str> {
    let fields: [&[&str]; 3] = [&["resolutions"], &["overrides"], &["pnpm", "overrides"]];
    members.iter().flat_map(|(_, package)| fields.into_iter().flat_map(|keys| package.keys(keys))).collect()
}

fn is_overridden(overrides: &[&str], name: &str) -> bool {
    overrides.iter().any(|key| key.contains(name))
}
