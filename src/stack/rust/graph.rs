//! What one program is built from: the packages of the repository with the features that it turns
//! on, and the locked crates that these reach.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cargo_toml::Dependency;

use super::targets::Program;
use super::workspace::{Package, Packages, crate_name};
use crate::manifest::cargo::{Lock, dependency_folder, written_path};
use crate::verdict::Stop;

/// The packages and crates of one program.
pub(super) struct Graph<'a> {
    /// Packages of the repository that it is built with, its own first.
    pub packages: Vec<&'a Package>,
    lock: Option<&'a Lock>,
    /// Locked crates that are compiled into it.
    linked: BTreeSet<usize>,
    /// Locked crates that only build scripts need.
    tools: BTreeSet<usize>,
    /// Crates that the packages themselves depend on, with the features that they ask for.
    direct: BTreeMap<&'a str, BTreeSet<String>>,
    /// Features that are surely asked for of what the program is linked with.
    sure: BTreeMap<&'a str, BTreeSet<String>>,
    /// Locked crates of which tests, build scripts, or tables that may be off can ask features.
    doubtful: BTreeSet<usize>,
    /// The features that are on, by the folder of the package.
    features: BTreeMap<&'a str, BTreeSet<String>>,
    /// Whether the lock file is of this program alone: nothing that is off, and no other member,
    /// adds features to the crates in it.
    exact: bool,
}

/// What is still to be followed.
enum Task<'a> {
    Package(usize),
    Feature(usize, String),
    /// A dependency that is used, by the name that its package calls it.
    Use(usize, &'a str),
}

struct Walk<'a> {
    packages: &'a Packages,
    open: Vec<Task<'a>>,
    seen: BTreeSet<usize>,
    order: Vec<usize>,
    features: BTreeMap<usize, BTreeSet<String>>,
    used: BTreeMap<usize, BTreeSet<&'a str>>,
    /// Features that a package asks of its dependency.
    asked: BTreeMap<(usize, String), BTreeSet<String>>,
}

/// Follows a program to everything that it is built from.
///
/// # Errors
/// A stop when a package is outside of the repository or missing, or when packages need each
/// other.
pub(super) fn graph<'a>(
    packages: &'a Packages,
    lock: Option<&'a Lock>,
    program: &Program<'a>,
) -> Result<Graph<'a>, Stop> {
    refuse_absent(packages)?;
    let start = packages.at(&program.package.folder).unwrap_or(0);
    let mut open: Vec<Task> =
        program.features.iter().map(|feature| Task::Feature(start, feature.clone())).collect();
    open.extend([Task::Feature(start, "default".to_owned()), Task::Package(start)]);
    let mut walk = Walk {
        packages,
        open,
        seen: BTreeSet::new(),
        order: Vec::new(),
        features: BTreeMap::new(),
        used: BTreeMap::new(),
        asked: BTreeMap::new(),
    };
    while let Some(task) = walk.open.pop() {
        match task {
            Task::Package(at) => walk.package(at),
            Task::Feature(at, feature) => walk.feature(at, &feature),
            Task::Use(at, key) => walk.take(at, key),
        }
    }
    refuse_cycles(&walk)?;
    let mut graph = Graph {
        packages: walk.order.iter().map(|at| &packages.all[*at]).collect(),
        lock,
        linked: BTreeSet::new(),
        tools: BTreeSet::new(),
        direct: BTreeMap::new(),
        sure: BTreeMap::new(),
        doubtful: BTreeSet::new(),
        features: BTreeMap::new(),
        exact: walk.is_all(),
    };
    graph.features =
        walk.features.iter().map(|(at, on)| (packages.all[*at].folder.as_str(), on.clone())).collect();
    graph.reach(&walk);
    graph.doubt(&walk);
    Ok(graph)
}

impl<'a> Walk<'a> {
    fn of(&self, at: usize) -> &'a Package {
        &self.packages.all[at]
    }

    /// What a package calls so, for the program or for its build script.
    fn called(&self, at: usize, key: &str) -> Vec<&'a Dependency> {
        self.of(at).called(key)
    }

    fn package(&mut self, at: usize) {
        if !self.seen.insert(at) {
            return;
        }
        self.order.push(at);
        let package = self.of(at);
        for (key, dependency) in package.dependencies().chain(package.build_dependencies()) {
            if !dependency.optional() {
                self.open.push(Task::Use(at, key));
            }
        }
    }

    fn feature(&mut self, at: usize, feature: &str) {
        if !self.features.entry(at).or_default().insert(feature.to_owned()) {
            return;
        }
        let package = self.of(at);
        let Some(values) = package.manifest.features.get(feature) else {
            self.turn_on(at, feature);
            return;
        };
        for value in values {
            if let Some(key) = value.strip_prefix("dep:") {
                self.turn_on(at, key);
            } else if let Some((key, feature)) = value.split_once('/') {
                if !key.ends_with('?') {
                    self.turn_on(at, key);
                }
                let key = key.trim_end_matches('?');
                self.asked.entry((at, key.to_owned())).or_default().insert(feature.to_owned());
                // What was asked for before has been passed on.
                if self.used.get(&at).is_some_and(|used| used.contains(key)) {
                    self.pass_one(at, key, feature);
                }
            } else {
                self.open.push(Task::Feature(at, value.clone()));
            }
        }
    }

    /// Uses an optional dependency.
    fn turn_on(&mut self, at: usize, key: &str) {
        if let Some(key) = self.of(at).key(key) {
            self.open.push(Task::Use(at, key));
        }
    }

    fn take(&mut self, at: usize, key: &'a str) {
        if !self.used.entry(at).or_default().insert(key) {
            return;
        }
        for dependency in self.called(at, key) {
            if let Some(target) = self.target(at, dependency) {
                self.open.push(Task::Package(target));
            }
        }
        self.pass_on(at, key);
    }

    /// The package of the repository that a dependency is.
    fn target(&self, at: usize, dependency: &Dependency) -> Option<usize> {
        let path = dependency.detail()?.path.as_deref()?;
        let folder = dependency_folder(&self.of(at).folder, path);
        folder.and_then(|folder| self.packages.at(&folder))
    }

    /// Turns on what is asked of a dependency that is used.
    fn pass_on(&mut self, at: usize, key: &str) {
        for dependency in self.called(at, key) {
            let Some(target) = self.target(at, dependency) else { continue };
            let default = dependency.detail().is_none_or(|detail| detail.default_features);
            if default {
                self.open.push(Task::Feature(target, "default".to_owned()));
            }
            let asked = self.asked.get(&(at, key.to_owned())).into_iter().flatten();
            let features: Vec<String> = dependency.req_features().iter().chain(asked).cloned().collect();
            self.open.extend(features.into_iter().map(|feature| Task::Feature(target, feature)));
        }
    }

    /// Turns one more feature on of a dependency that is used.
    fn pass_one(&mut self, at: usize, key: &str, feature: &str) {
        for dependency in self.called(at, key) {
            if let Some(target) = self.target(at, dependency) {
                self.open.push(Task::Feature(target, feature.to_owned()));
            }
        }
    }

    /// Whether every member is used, with every dependency and feature of its own.
    fn is_all(&self) -> bool {
        let all = self.packages.all.iter().enumerate();
        let mut members = all.filter(|(_, package)| package.member && !package.name().is_empty());
        members.all(|(at, package)| {
            let used = |key: &str| self.used.get(&at).is_some_and(|used| used.contains(key));
            let on = |name: &String| self.features.get(&at).is_some_and(|on| on.contains(name));
            let passes = |values: &Vec<String>| values.iter().any(|value| value.contains(['/', ':']));
            self.seen.contains(&at)
                && package.dependencies().all(|(key, one)| !one.optional() || used(key))
                && package.manifest.features.iter().all(|(name, values)| on(name) || !passes(values))
        })
    }

    /// The packages of the repository that a package uses.
    fn uses(&self, at: usize) -> impl Iterator<Item = usize> {
        let keys = self.used.get(&at).into_iter().flatten();
        let all = keys.flat_map(move |key| self.called(at, key));
        all.filter_map(move |dependency| self.target(at, dependency))
    }
}

/// Refuses what Cargo misses before it builds anything: it reads every package that another or a
/// patch names by path, whatever is built.
fn refuse_absent(packages: &Packages) -> Result<(), Stop> {
    let root = packages.root();
    let patches = root.manifest.patch.values().flatten().map(|(key, one)| (root, key.as_str(), one));
    let own = packages.all.iter().flat_map(|package| {
        let all = package.locked_dependencies().map(move |(key, dependency)| (package, key, dependency));
        // The tests of what is no member are nothing to Cargo.
        all.filter(move |(_, key, _)| package.member || package.builds_with(key))
    });
    for (package, key, dependency) in own.chain(patches) {
        let Some(path) = dependency.detail().and_then(|detail| detail.path.as_deref()) else { continue };
        let (file, said) = (package.file(), written_path(path));
        let Some(folder) = dependency_folder(&package.folder, path) else {
            let reason = format!("{file} depends on `{key}` at `{said}`, outside of this folder");
            return Err(
                Stop::refuse(reason).help("run distrogen in the folder that holds both, with `--bin`")
            );
        };
        if !packages.has(&folder) {
            let reason = format!("{file} depends on `{key}` at `{said}`, where no package is");
            return Err(Stop::refuse(reason)
                .help("fetch it if it is a submodule (`git submodule update --init`), or commit it"));
        }
    }
    Ok(())
}

/// Refuses packages that need each other, which Cargo builds in no order.
fn refuse_cycles(walk: &Walk) -> Result<(), Stop> {
    let uses: BTreeMap<usize, BTreeSet<usize>> =
        walk.order.iter().map(|at| (*at, walk.uses(*at).collect())).collect();
    let mut needed: BTreeMap<usize, usize> = BTreeMap::new();
    for target in uses.values().flatten() {
        *needed.entry(*target).or_default() += 1;
    }
    let mut free: Vec<usize> = walk.order.iter().copied().filter(|at| !needed.contains_key(at)).collect();
    while let Some(at) = free.pop() {
        for target in uses.get(&at).into_iter().flatten() {
            if let Some(count) = needed.get_mut(target) {
                *count -= 1;
                if *count == 0 {
                    needed.remove(target);
                    free.push(*target);
                }
            }
        }
    }
    match needed.keys().next() {
        None => Ok(()),
        Some(at) => {
            let package = walk.of(*at);
            Err(Stop::refuse(format!(
                "{}: `{}` depends on itself by way of others",
                package.file(),
                package.name()
            ))
            .help("Cargo builds no cycles: move what both need into a third package"))
        }
    }
}

impl<'a> Graph<'a> {
    /// Follows what the packages use through the lock file.
    fn reach(&mut self, walk: &Walk<'a>) {
        let (mut linked, mut tools) = (Vec::new(), Vec::new());
        let here: HashSet<&str> = self.packages.iter().map(|package| package.name()).collect();
        for (at, package) in walk.order.iter().zip(self.packages.clone()) {
            let is_used = |key: &str| walk.used.get(at).is_some_and(|used| used.contains(key));
            let normal = package.dependencies().map(|one| (one, true));
            let all = normal.chain(package.build_dependencies().map(|one| (one, false)));
            for ((key, dependency), is_linked) in all.filter(|((key, _), _)| is_used(key)) {
                let name = crate_name(key, dependency);
                let passed = walk.asked.get(&(*at, key.to_owned())).into_iter().flatten();
                let asked = dependency.req_features().iter().chain(passed).cloned();
                self.direct.entry(name).or_default().extend(asked);
                let reached = if is_linked { &mut linked } else { &mut tools };
                reached.extend(self.locked(&here, package, name));
            }
        }
        self.linked = self.closure(linked);
        self.tools = self.closure(tools);
    }

    /// Tells the features that are surely asked for from those that may be for nothing here: Cargo
    /// locks crates for tests and for other systems all the same.
    fn doubt(&mut self, walk: &Walk<'a>) {
        let mut doubtful: BTreeSet<&str> = BTreeSet::new();
        for (at, package) in walk.packages.all.iter().enumerate() {
            let (sure, others) = package.sure_and_doubtful();
            doubtful.extend(others.into_iter().map(|(key, one)| crate_name(key, one)));
            let is_used = |key: &str| walk.used.get(&at).is_some_and(|used| used.contains(key));
            for (key, dependency) in sure.into_iter().filter(|(key, _)| is_used(key)) {
                let passed = walk.asked.get(&(at, key.to_owned())).into_iter().flatten();
                let asked = dependency.req_features().iter().chain(passed).cloned();
                self.sure.entry(crate_name(key, dependency)).or_default().extend(asked);
            }
        }
        let Some(lock) = self.lock else { return };
        self.doubtful =
            self.closure(doubtful.into_iter().flat_map(|name| lock.named(name)).copied().collect());
    }

    /// The locked packages that a package of the repository means by a crate's name. Others of the
    /// repository are not followed here: the features that they are built with are known.
    fn locked(&self, here: &HashSet<&str>, package: &Package, name: &str) -> Vec<usize> {
        let Some(lock) = self.lock else { return Vec::new() };
        let own = lock.own(package.name());
        let lines = own.map_or(&[][..], |at| lock.packages()[at].dependencies.as_slice());
        let called = lines.iter().filter(|line| line.split(' ').next() == Some(name));
        let mut found: Vec<usize> = called.filter_map(|line| lock.meant(line)).collect();
        if found.is_empty() {
            found = lock.named(name).to_vec();
        }
        let is_here = |at: &usize| {
            let one = &lock.packages()[*at];
            one.source.is_none() && here.contains(one.name.as_str())
        };
        found.retain(|at| !is_here(at));
        found
    }

    fn closure(&self, mut open: Vec<usize>) -> BTreeSet<usize> {
        let Some(lock) = self.lock else { return BTreeSet::new() };
        let mut found = BTreeSet::new();
        while let Some(at) = open.pop() {
            if found.insert(at) {
                open.extend(lock.packages()[at].dependencies.iter().filter_map(|line| lock.meant(line)));
            }
        }
        found
    }

    /// Whether there is a lock file to say what is needed.
    pub(super) fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Whether all crates are known: they are locked, or there are none.
    pub(super) fn is_known(&self) -> bool {
        self.is_locked() || self.direct.is_empty()
    }

    /// Whether a crate is needed, by the program or by its build.
    pub(super) fn has(&self, name: &str) -> bool {
        self.is_linked(name) || self.is_among(&self.tools, name) || self.direct.contains_key(name)
    }

    /// Whether a crate is compiled into the program, as far as is known.
    pub(super) fn is_linked(&self, name: &str) -> bool {
        match self.lock {
            Some(_) => self.is_among(&self.linked, name),
            None => self.direct.contains_key(name),
        }
    }

    /// Whether a feature of the package in a folder is on.
    pub(super) fn is_on(&self, folder: &str, feature: &str) -> bool {
        self.features.get(folder).is_some_and(|on| on.contains(feature))
    }

    /// Whether a package of the repository depends on a crate itself.
    pub(super) fn names(&self, name: &str) -> bool {
        self.direct.contains_key(name)
    }

    /// Whether a feature of such a name is asked for of a crate by the packages of the repository.
    pub(super) fn asks_like(&self, name: &str, feature: &str) -> bool {
        self.direct.get(name).is_some_and(|features| features.iter().any(|one| one.starts_with(feature)))
    }

    /// Whether a crate certainly has a feature, or is built with one that is asked for of a crate
    /// on the way to it.
    pub(super) fn is_certain(&self, name: &str, feature: Option<&str>) -> bool {
        let exact = self.exact && !self.is_among(&self.doubtful, name);
        let Some((lock, feature)) = self.lock.zip(feature).filter(|_| !exact) else { return exact };
        // `bundled-full`, `native-tls-vendored`
        let is = |one: &String| {
            one.starts_with(feature)
                || one.strip_suffix(feature).is_some_and(|before| before.ends_with(['-', '_']))
        };
        let mut asking = self.sure.iter().filter(|(_, features)| features.iter().any(is));
        asking.any(|(one, _)| {
            let reached = self.closure(lock.named(one).to_vec());
            lock.named(name).iter().any(|at| reached.contains(at))
        })
    }

    /// Whether a crate that is needed depends on another one.
    pub(super) fn depends(&self, name: &str, other: &str) -> bool {
        self.users(other).contains(name)
    }

    /// The names of the crates and packages that depend on a crate.
    pub(super) fn users(&self, name: &str) -> BTreeSet<&str> {
        let Some(lock) = self.lock else { return BTreeSet::new() };
        let crates = self.linked.iter().chain(&self.tools).map(|at| &lock.packages()[*at]);
        let uses = |lines: &[String]| lines.iter().any(|line| line.split(' ').next() == Some(name));
        let mut found: BTreeSet<&str> =
            crates.filter(|one| uses(&one.dependencies)).map(|one| one.name.as_str()).collect();
        let direct = |package: &&&Package| {
            package
                .dependencies()
                .chain(package.build_dependencies())
                .any(|(key, one)| crate_name(key, one) == name)
        };
        found.extend(self.packages.iter().filter(direct).map(|package| package.name()));
        found
    }

    /// The sources of the locked crates that are needed, but for the repository itself.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        let needed = self.linked.union(&self.tools);
        needed.filter_map(|at| {
            let package = self.lock?.packages().get(*at)?;
            Some((package.name.as_str(), package.source.as_deref()?))
        })
    }

    fn is_among(&self, set: &BTreeSet<usize>, name: &str) -> bool {
        self.lock.is_some_and(|lock| lock.named(name).iter().any(|at| set.contains(at)))
    }
}
