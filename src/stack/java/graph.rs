//! Which modules of the project stand on which.

use std::collections::{BTreeMap, BTreeSet};

use super::module::Module;

/// The modules by their folders, and what each stands on.
pub(super) struct Graph {
    modules: BTreeMap<String, Node>,
}

struct Node {
    /// Group and name, as others depend on it.
    group: String,
    name: String,
    /// Folders of the modules that it stands on itself.
    on: Vec<String>,
    /// Folders of the modules whose files its build reads.
    reads: Vec<String>,
}

impl Graph {
    /// The graph of these modules.
    pub(super) fn of(modules: &[Module]) -> Graph {
        let by_name: BTreeMap<&str, &str> =
            modules.iter().map(|module| (module.name.as_str(), module.folder.as_str())).collect();
        let named = modules.iter().flat_map(|module| &module.dependencies);
        let groups: BTreeMap<&str, &str> = named
            .filter(|one| by_name.contains_key(one.artifact.as_str()))
            .map(|one| (one.artifact.as_str(), one.group.as_str()))
            .collect();
        let node = |module: &Module| {
            let on = module.dependencies.iter().filter_map(|one| by_name.get(one.artifact.as_str()));
            let on = on.filter(|folder| **folder != module.folder).map(|folder| (*folder).to_owned());
            let on = on.chain(module.reads.iter().cloned());
            let group = groups.get(module.name.as_str()).map_or(String::new(), |group| (*group).to_owned());
            Node { group, name: module.name.clone(), on: on.collect(), reads: module.reads.clone() }
        };
        Graph { modules: modules.iter().map(|module| (module.folder.clone(), node(module))).collect() }
    }

    /// The folders of all modules.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// The module in this folder, and all that it stands on, by folder.
    pub(super) fn with_below(&self, folder: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            if let Some(node) = self.modules.get(&folder)
                && !found.contains(&folder)
            {
                open.extend(node.on.iter().cloned());
            }
            found.insert(folder);
        }
        found
    }

    /// The module in this folder, and those that no build tool knows it to need: whose files it, or
    /// one that it stands on, reads.
    pub(super) fn named(&self, folder: &str) -> Vec<String> {
        let below = self.with_below(folder);
        let nodes = below.iter().filter_map(|one| self.modules.get(one));
        let read: BTreeSet<&String> = nodes.flat_map(|node| &node.reads).collect();
        let read = read.into_iter().filter(|one| *one != folder).cloned();
        [folder.to_owned()].into_iter().chain(read).collect()
    }

    /// Group and name of the modules that the one in this folder stands on.
    pub(super) fn below(&self, folder: &str) -> Vec<(String, String)> {
        let found = self.with_below(folder);
        let others = found.iter().filter(|one| *one != folder);
        let nodes = others.filter_map(|one| self.modules.get(one));
        nodes.map(|node| (node.group.clone(), node.name.clone())).collect()
    }
}
