//! What production needs of a lock file.

use std::collections::HashMap;

use super::{DEPENDENCIES, DEVELOPMENT, LockFile, Locked, Member, OPTIONAL, PEERS, Target};

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
        let mut found = vec![Reach::None; self.packages.len()];
        let mut folders: HashMap<String, Reach> = HashMap::new();
        let mut open = vec![(Target::Folder(folder.to_owned()), Reach::Required)];
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
                    open.extend(
                        locked.needs.iter().map(|need| {
                            (need.to.clone(), if need.optional { Reach::Optional } else { reach })
                        }),
                    );
                }
                Target::Folder(folder) => {
                    let before = folders.entry(folder.clone()).or_insert(Reach::None);
                    if *before < reach {
                        *before = reach;
                        open.extend(self.roots(&folder, members, reach));
                    }
                }
            }
        }
        self.packages.iter().zip(found).collect()
    }

    /// What a folder needs in production: as its package.json says, else as the lock file does.
    fn roots(&self, folder: &str, members: &[Member], reach: Reach) -> Vec<(Target, Reach)> {
        let reach_of = |kind: &str| if kind == DEPENDENCIES { reach } else { Reach::Optional };
        let Some((_, package)) = members.iter().find(|(path, _)| *path == folder) else {
            let asked = self.importer(folder).into_iter().flat_map(|importer| &importer.asked);
            let kept = asked.filter(|asked| asked.kind != DEVELOPMENT);
            return kept.filter_map(|asked| Some((asked.to.clone()?, reach_of(asked.kind)))).collect();
        };
        let mut found = Vec::new();
        for kind in [DEPENDENCIES, OPTIONAL, PEERS] {
            for (name, range) in package.versions(kind) {
                let by_name = || members.iter().find(|(_, one)| one.string(&["name"]) == Some(name));
                let target = match self.target(folder, name, range) {
                    Some(target) => Some(target.clone()),
                    None => by_name().map(|(folder, _)| Target::Folder((*folder).to_owned())),
                };
                found.extend(target.map(|target| (target, reach_of(kind))));
            }
        }
        found
    }
}
