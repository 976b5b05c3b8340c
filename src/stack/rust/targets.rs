//! Packages and their programs, as Cargo finds them.

use anyhow::Result;
use cargo_toml::Manifest;

use crate::evidence::Evidence;
use crate::failure::Failure;
use crate::ignore::glob;
use crate::manifest;
use crate::manifest::cargo;
use crate::options::Options;
use crate::repo::{Kind, Repo, join, normal};
use crate::stack::common;
use crate::verdict::{Candidate, Choice, Stop};

/// One package and its folder.
pub(super) struct Package {
    pub folder: String,
    pub manifest: Manifest,
    pub text: String,
}

/// The packages that a build at the root can build, the root's own first.
pub(super) struct Packages(Vec<Package>);

/// One program.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub package: &'a Package,
    pub name: &'a str,
    /// Features that it is not built without.
    pub features: &'a [String],
    /// Its main file below the package.
    pub file: &'a str,
}

/// Packages whose programs help development and are not what a repository is for.
const ASIDE: &[&str] =
    &["xtask", "xtasks", "fuzz", "bench", "benches", "benchmarks", "examples", "tests", "tools"];

/// Reads the root manifest and those of the workspace's members.
pub(super) fn read(repo: &Repo, text: &str) -> Result<Packages> {
    let root = cargo::manifest(repo, "", text)?;
    let members = members(repo, &root)?;
    let mut packages = vec![Package { folder: String::new(), manifest: root, text: text.to_owned() }];
    for folder in members {
        let Some(text) = repo.text(&join(&folder, "Cargo.toml"))? else {
            // A folder that a pattern finds may be anything; one that is named must be a package.
            if packages[0].names(&folder) {
                return Err(Failure::failed(format!(
                    "Cargo.toml names the member `{folder}`, which has no Cargo.toml"
                ))
                .help("remove it from `workspace.members`")
                .into());
            }
            continue;
        };
        let manifest = cargo::manifest(repo, &folder, &text)?;
        packages.push(Package { folder, manifest, text });
    }
    Ok(Packages(packages))
}

/// The folders that `workspace.members` names, globs resolved, without `workspace.exclude`.
fn members(repo: &Repo, root: &Manifest) -> Result<Vec<String>> {
    let Some(workspace) = &root.workspace else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for member in &workspace.members {
        let Some(pattern) = normal(member) else { continue };
        if pattern.contains(['*', '?', '[']) {
            let fixed = pattern
                .split('/')
                .take_while(|part| !part.contains(['*', '?', '[']))
                .collect::<Vec<_>>()
                .join("/");
            let folders = folders(repo, &fixed, pattern.split('/').count())?;
            found.extend(folders.into_iter().filter(|folder| glob(&pattern, folder)));
        } else if !pattern.is_empty() {
            found.push(pattern);
        }
    }
    found.retain(|folder| {
        let excluded = |pattern: &String| normal(pattern).is_some_and(|pattern| glob(&pattern, folder));
        !workspace.exclude.iter().any(excluded)
    });
    found.sort();
    found.dedup();
    Ok(found)
}

/// Folders below a folder, down to this many parts of a path.
fn folders(repo: &Repo, below: &str, depth: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![below.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in repo.entries(&folder)?.iter().filter(|entry| entry.kind == Kind::Folder) {
            let path = join(&folder, &entry.name);
            if path.split('/').count() < depth {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    Ok(found)
}

impl Package {
    /// Its name in Cargo.toml; empty for a virtual workspace.
    pub(super) fn name(&self) -> &str {
        self.manifest.package.as_ref().map_or("", |package| package.name())
    }

    /// Path of its manifest.
    pub(super) fn file(&self) -> String {
        join(&self.folder, "Cargo.toml")
    }

    /// Whether it depends on a crate, outside of tests and build scripts.
    pub(super) fn depends(&self, name: &str) -> bool {
        self.manifest.dependencies.contains_key(name)
    }

    /// The names of its dependencies.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = &str> {
        self.manifest.dependencies.keys().map(String::as_str)
    }

    /// Whether its workspace names a member without a pattern.
    fn names(&self, folder: &str) -> bool {
        let members = self.manifest.workspace.iter().flat_map(|workspace| &workspace.members);
        members.filter_map(|member| normal(member)).any(|member| member == folder)
    }

    /// The folders of the packages that it depends on by path, as written.
    fn paths(&self) -> impl Iterator<Item = (&str, &str)> {
        let tables = [&self.manifest.dependencies, &self.manifest.build_dependencies];
        let all = tables.into_iter().flatten();
        all.filter_map(|(name, dependency)| Some((name.as_str(), dependency.detail()?.path.as_deref()?)))
    }

    fn is_aside(&self) -> bool {
        self.folder.split('/').any(|part| ASIDE.contains(&part)) || ASIDE.contains(&self.name())
    }

    fn programs(&self) -> impl Iterator<Item = Program<'_>> {
        self.manifest.bin.iter().filter_map(move |product| {
            let name = product.name.as_deref()?;
            let file = product.path.as_deref().unwrap_or("src/main.rs");
            Some(Program { package: self, name, features: &product.required_features, file })
        })
    }
}

impl Packages {
    /// Every package.
    pub(super) fn all(&self) -> &[Package] {
        &self.0
    }

    /// The name of the root package, if the root is one.
    pub(super) fn root_name(&self) -> Option<String> {
        Some(self.0.first()?.name().to_owned()).filter(|name| !name.is_empty())
    }

    /// The packages that a program is built with by path, its own first.
    ///
    /// # Errors
    /// A stop when one is outside of the repository.
    pub(super) fn built_with<'a>(&'a self, package: &'a Package) -> Result<Vec<&'a Package>, Stop> {
        let mut found = vec![package];
        let mut at = 0;
        while let Some(package) = found.get(at).copied() {
            for (name, path) in package.paths() {
                let Some(folder) = normal(&join(&package.folder, path)) else {
                    let reason =
                        format!("{} depends on `{name}` at `{path}`, outside of this folder", package.file());
                    return Err(Stop::refuse(reason)
                        .help("run distrogen in the folder that holds both, with `--bin`"));
                };
                if let Some(next) = self.0.iter().find(|one| one.folder == folder)
                    && !found.iter().any(|one| one.folder == folder)
                {
                    found.push(next);
                }
            }
            at += 1;
        }
        Ok(found)
    }

    /// The members that a build takes when none is named; all of them when the workspace does not say.
    fn default_members(&self) -> Vec<&Package> {
        let workspace = self.0.first().and_then(|root| root.manifest.workspace.as_ref());
        let patterns: Vec<String> =
            workspace.iter().flat_map(|one| &one.default_members).filter_map(|path| normal(path)).collect();
        let is_default = |package: &&Package| patterns.iter().any(|pattern| glob(pattern, &package.folder));
        let found: Vec<&Package> = self.0.iter().filter(is_default).collect();
        if found.is_empty() { self.0.iter().collect() } else { found }
    }

    /// The settings of the release profile, which only the root's manifest can make.
    pub(super) fn strips(&self) -> bool {
        let release = self.0.first().and_then(|root| root.manifest.profile.release.as_ref());
        release.is_some_and(|profile| profile.strip.is_some() || profile.debug.is_some())
    }

    /// The program to build: the one asked for, `default-run`, the only one, the one with the
    /// package's name, or the only one of a package that has a server's framework.
    pub(super) fn chosen(&self, options: &Options, frameworks: &[&str]) -> Result<Program<'_>, Stop> {
        let all: Vec<Program> = self.0.iter().flat_map(Package::programs).collect();
        if let Some(program) = all.iter().find(|program| !common::is_plain_name(program.name)) {
            let file = program.package.file();
            return Err(Stop::refuse(format!(
                "{file} names a program `{}`, which cannot be built safely",
                program.name
            ))
            .help("use letters, digits, `-`, `_` and `.`"));
        }
        if let Some(bin) = &options.bin {
            return named(bin, &all);
        }
        let defaults: Vec<Program> = self.default_members().into_iter().flat_map(Package::programs).collect();
        let all = if defaults.is_empty() { all } else { defaults };
        let (aside, main): (Vec<Program>, Vec<Program>) =
            all.iter().partition(|program| program.package.is_aside());
        let programs = if main.is_empty() { aside } else { main };
        if programs.is_empty() {
            return Err(Stop::not_a_program(
                "Cargo.toml has no program: no src/main.rs, no src/bin and no [[bin]]",
            )
            .help("a library has nothing to start"));
        }
        let preferred = |wanted: &dyn Fn(&Program) -> bool| {
            let mut found = programs.iter().filter(|program| wanted(program));
            found.next().filter(|_| found.next().is_none()).copied()
        };
        let root = self.root_name();
        let served = |program: &Program| frameworks.iter().any(|name| program.package.depends(name));
        preferred(&|program| default_run(program.package) == Some(program.name))
            .or_else(|| preferred(&|_| true))
            .or_else(|| preferred(&|program| Some(program.name) == root.as_deref()))
            .or_else(|| preferred(&served))
            .ok_or_else(|| {
                Stop::choose(format!("{} programs are equally likely", programs.len()), candidates(&programs))
            })
    }
}

/// The program that a flag names: by its name, or by its package's and its own.
fn named<'a>(bin: &str, all: &[Program<'a>]) -> Result<Program<'a>, Stop> {
    let (package, name) = match bin.rsplit_once('/') {
        Some((package, name)) => (Some(package), name),
        None => (None, bin),
    };
    let is_wanted = |program: &&Program| {
        program.name == name && package.is_none_or(|package| program.package.name() == package)
    };
    let found: Vec<&Program> = all.iter().filter(is_wanted).collect();
    match found.as_slice() {
        [one] => Ok(**one),
        [] => Err(Stop::choose(format!("no program is called `{bin}`"), candidates(all))),
        _ => Err(Stop::choose(format!("{} programs are called `{bin}`", found.len()), candidates(all))),
    }
}

fn default_run(package: &Package) -> Option<&str> {
    package.manifest.package.as_ref()?.default_run.as_deref()
}

fn candidates(programs: &[Program]) -> Vec<Candidate> {
    let folder =
        |package: &Package| if package.folder.is_empty() { ".".to_owned() } else { package.folder.clone() };
    let is_twice = |name: &str| programs.iter().filter(|program| program.name == name).count() > 1;
    let choice = |program: &Program| match is_twice(program.name) {
        true => Choice::Bin(format!("{}/{}", program.package.name(), program.name)),
        false => Choice::Bin(program.name.to_owned()),
    };
    let candidate =
        |program: &Program| Candidate::new(program.name, folder(program.package), choice(program));
    programs.iter().map(candidate).collect()
}

impl Program<'_> {
    /// Where the program is declared or found.
    pub(super) fn evidence(&self) -> Evidence {
        let file = self.package.file();
        let quoted = format!("\"{}\"", self.name);
        match self
            .package
            .text
            .lines()
            .position(|line| line.trim_start().starts_with("name") && line.contains(&quoted))
        {
            Some(index) => {
                Evidence::at("program", file, index + 1, manifest::line(&self.package.text, index + 1))
            }
            None => Evidence::file(
                "program",
                join(&self.package.folder, self.file),
                format!("the program `{}`", self.name),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn packages(memory: Memory) -> Packages {
        let repo = Repo::in_memory(memory);
        let text = repo.text("Cargo.toml").unwrap().unwrap();
        read(&repo, &text).unwrap()
    }

    fn name(found: Result<Program<'_>, Stop>) -> Result<String, String> {
        found.map(|program| program.name.to_owned()).map_err(|stop| stop.reason)
    }

    #[test]
    fn programs_are_found_as_cargo_finds_them() {
        let package = "[package]\nname = \"a-b\"\nversion = \"0.1.0\"\n[[bin]]\nname = \"renamed\"\npath = \"x/main.rs\"";
        let found = packages(
            Memory::new()
                .file("Cargo.toml", package)
                .file("x/main.rs", "")
                .file("src/bin/tool.rs", "")
                .file("src/lib.rs", ""),
        );
        let all: Vec<&str> = found.0.iter().flat_map(Package::programs).map(|program| program.name).collect();
        assert_eq!(all, ["renamed", "tool"]);
        assert_eq!(name(found.chosen(&Options::default(), &[])), Err("2 programs are equally likely".into()));
        let options = Options { bin: Some("tool".into()), ..Options::default() };
        assert_eq!(name(found.chosen(&options, &[])), Ok("tool".into()));
    }

    #[test]
    fn members_of_a_virtual_workspace() {
        let found = packages(
            Memory::new()
                .file("Cargo.toml", "[workspace]\nmembers = [\"crates/*\", \"xtask\"]\nexclude = [\"crates/old\"]\n[workspace.package]\nversion = \"1.0.0\"")
                .file("crates/web/Cargo.toml", "[package]\nname = \"web\"\nversion.workspace = true\n[dependencies]\naxum = \"0.8\"")
                .file("crates/web/src/main.rs", "")
                .file("crates/cli/Cargo.toml", "[package]\nname = \"cli\"\nversion = \"1.0.0\"")
                .file("crates/cli/src/main.rs", "")
                .file("crates/old/Cargo.toml", "not read")
                .file("xtask/Cargo.toml", "[package]\nname = \"xtask\"\nversion = \"1.0.0\"")
                .file("xtask/src/main.rs", ""),
        );
        assert_eq!(name(found.chosen(&Options::default(), &["axum"])), Ok("web".into()));
        assert_eq!(name(found.chosen(&Options::default(), &[])), Err("2 programs are equally likely".into()));
    }

    #[test]
    fn a_name_that_a_shell_would_read_is_refused() {
        let package =
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[[bin]]\nname = \"a; rm -rf /\"\npath = \"m.rs\"";
        let found = packages(Memory::new().file("Cargo.toml", package).file("m.rs", ""));
        assert!(name(found.chosen(&Options::default(), &[])).unwrap_err().contains("cannot be built safely"));
    }
}
