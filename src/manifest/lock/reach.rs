//! What production needs of a lock file.

use std::collections::HashMap;

use super::{Asked, DEPENDENCIES, DEVELOPMENT, LockFile, Locked, Member, Need, OPTIONAL, PEERS, Target};

/// How much production needs a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all: development, or another package of the repository, brings it.
    None,
    /// It is installed where that works.
    Optional,
    Required,
}

impl LockFile {
    /// How much each installed package is needed by the package in a folder, in production.
    /// `members` are the packages of the repository; what they depend on is followed.
    pub fn production(&self, folder: &str, members: &[Member]) -> Vec<(&Locked, Reach)> {
        let open = vec![(Target::Folder(folder.to_owned()), Reach::Required)];
        self.packages.iter().zip(self.walk(open, members, true)).collect()
    }

    /// Whether an install for production keeps what it does not need, as npm does with development
    /// dependencies that are also optional peers, and whether all that it needs is there without
    /// peers that nobody else asks for.
    pub fn keeps_idle(&self, folder: &str, members: &[Member]) -> bool {
        let open = || vec![(Target::Folder(folder.to_owned()), Reach::Required)];
        let needed = self.walk(open(), members, true);
        let without = self.walk(open(), members, false);
        let kept = |locked: &Locked| locked.dev == Some(false) && locked.platform.is_debian();
        let mut idle = self.packages.iter().zip(&needed);
        idle.any(|(locked, reach)| kept(locked) && *reach == Reach::None) && needed == without
    }

    /// The dependency of a package.json through which production comes to an installed package:
    /// the folder, and the name there.
    pub fn brought_by(&self, folder: &str, members: &[Member], brought: &Locked) -> Option<(String, String)> {
        let at = self.packages.iter().position(|locked| std::ptr::eq(locked, brought))?;
        let mut seen = vec![folder.to_owned()];
        let mut next = 0;
        while let Some(folder) = seen.get(next).cloned() {
            next += 1;
            for (name, target, reach) in self.roots(&folder, members, Reach::Required) {
                if let Target::Folder(other) = target {
                    if !seen.contains(&other) {
                        seen.push(other);
                    }
                } else if self.walk(vec![(target, reach)], members, true).get(at) > Some(&Reach::None) {
                    return Some((folder, name));
                }
            }
        }
        None
    }

    /// What an installed package depends on.
    pub fn needs<'a>(&'a self, locked: &'a Locked) -> impl Iterator<Item = &'a Locked> {
        locked.needs.iter().filter_map(|need| match &need.to {
            Target::Package(at) => self.packages.get(*at),
            Target::Folder(_) => None,
        })
    }

    fn walk(&self, mut open: Vec<(Target, Reach)>, members: &[Member], with_peers: bool) -> Vec<Reach> {
        let mut found = vec![Reach::None; self.packages.len()];
        let mut folders: HashMap<String, Reach> = HashMap::new();
        while let Some((target, reach)) = open.pop() {
            match target {
                Target::Package(at) => {
                    let (Some(locked), Some(before)) = (self.packages.get(at), found.get_mut(at)) else {
                        continue;
                    };
                    if *before >= reach {
                        continue;
                    }
                    *before = reach;
                    let needs = locked.needs.iter().filter(|need| with_peers || !need.peer);
                    let reached = |need: &Need| if need.optional { Reach::Optional } else { reach };
                    open.extend(needs.map(|need| (need.to.clone(), reached(need))));
                }
                Target::Folder(folder) => {
                    let before = folders.entry(folder.clone()).or_insert(Reach::None);
                    if *before < reach {
                        *before = reach;
                        let roots = self.roots(&folder, members, reach).into_iter();
                        open.extend(roots.map(|(_, target, reach)| (target, reach)));
                    }
                }
            }
        }
        found
    }

    /// What a folder needs in production: as its package.json says, else as the lock file does.
    fn roots(&self, folder: &str, members: &[Member], reach: Reach) -> Vec<(String, Target, Reach)> {
        let reach_of = |kind: &str| if kind == DEPENDENCIES { reach } else { Reach::Optional };
        let Some((_, package)) = members.iter().find(|(path, _)| *path == folder) else {
            let asked = self.importer(folder).into_iter().flat_map(|importer| &importer.asked);
            let kept = asked.filter(|asked| asked.kind != DEVELOPMENT);
            let root = |asked: &Asked| Some((asked.name.clone(), asked.to.clone()?, reach_of(asked.kind)));
            return kept.filter_map(root).collect();
        };
        let mut found = Vec::new();
        for kind in [DEPENDENCIES, OPTIONAL, PEERS] {
            for (name, range) in package.versions(kind) {
                let by_name = || members.iter().find(|(_, one)| one.string(&["name"]) == Some(name));
                let target = match self.target(folder, name, range) {
                    Some(target) => Some(target.clone()),
                    None => by_name().map(|(folder, _)| Target::Folder((*folder).to_owned())),
                };
                found.extend(target.map(|target| (name.to_owned(), target, reach_of(kind))));
            }
        }
        found
    }
}
