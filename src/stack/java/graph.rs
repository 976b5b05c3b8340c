//! Which modules of the project stand on which.

use std::collections::{BTreeMap, BTreeSet};

use super::module::Module;

/// The modules by their build files, and what each stands on.
pub(super) struct Graph {
    modules: BTreeMap<String, Node>,
}

struct Node {
    folder: String,
    /// Group and name, as others depend on it.
    group: String,
    name: String,
    /// Build files of the modules that it stands on itself.
    on: Vec<String>,
    /// Folders of the modules whose files its build reads.
    reads: Vec<String>,
}

impl Graph {
    /// The graph of these modules.
    pub(super) fn of(modules: &[Module]) -> Graph {
        let by_name: BTreeMap<&str, &str> =
            modules.iter().map(|module| (module.name.as_str(), module.manifest.as_str())).collect();
        let by_folder: BTreeMap<&str, &str> =
            modules.iter().map(|module| (module.folder.as_str(), module.manifest.as_str())).collect();
        let named = modules.iter().flat_map(|module| &module.dependencies);
        let groups: BTreeMap<&str, &str> = named
            .filter(|one| by_name.contains_key(one.artifact.as_str()))
            .map(|one| (one.artifact.as_str(), one.group.as_str()))
            .collect();
        let node = |module: &Module| {
            let on = module.dependencies.iter().filter_map(|one| by_name.get(one.artifact.as_str()));
            let on = on.filter(|manifest| **manifest != module.manifest).map(|one| (*one).to_owned());
            let read = module.reads.iter().filter_map(|folder| by_folder.get(folder.as_str()));
            let on = on.chain(read.map(|manifest| (*manifest).to_owned()));
            let group = groups.get(module.name.as_str()).map_or(String::new(), |group| (*group).to_owned());
            Node {
                folder: module.folder.clone(),
                group,
                name: module.name.clone(),
                on: on.collect(),
                reads: module.reads.clone(),
            }
        };
        Graph { modules: modules.iter().map(|module| (module.manifest.clone(), node(module))).collect() }
    }

    /// The folders of all modules.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.modules.values().map(|node| node.folder.as_str())
    }

    /// The build files of a module and of all that it stands on.
    fn reached(&self, manifest: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![manifest];
        while let Some(manifest) = open.pop() {
            if let Some((manifest, node)) = self.modules.get_key_value(manifest)
                && found.insert(manifest.as_str())
            {
                open.extend(node.on.iter().map(String::as_str));
            }
        }
        found
    }

    /// The folders of a module and of all that it stands on.
    pub(super) fn with_below(&self, manifest: &str) -> BTreeSet<String> {
        let nodes = self.reached(manifest).into_iter().filter_map(|one| self.modules.get(one));
        nodes.map(|node| node.folder.clone()).collect()
    }

    /// The folder of a module, and of those that no build tool knows it to need: whose files it, or
    /// one that it stands on, reads.
    pub(super) fn named(&self, manifest: &str) -> Vec<String> {
        let Some(own) = self.modules.get(manifest) else { return Vec::new() };
        let nodes = self.reached(manifest).into_iter().filter_map(|one| self.modules.get(one));
        let read: BTreeSet<&String> = nodes.flat_map(|node| &node.reads).collect();
        let read = read.into_iter().filter(|one| **one != own.folder);
        [&own.folder].into_iter().chain(read).cloned().collect()
    }

    /// Group and name of the modules that a module stands on.
    pub(super) fn below(&self, manifest: &str) -> Vec<(String, String)> {
        let others = self.reached(manifest).into_iter().filter(|one| *one != manifest);
        let nodes = others.filter_map(|one| self.modules.get(one));
        nodes.map(|node| (node.group.clone(), node.name.clone())).collect()
    }
}
