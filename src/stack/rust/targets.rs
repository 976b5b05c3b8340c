//! Programs, and which of them a container is for.

use std::collections::HashMap;

use super::workspace::{Package, Packages};
use crate::evidence::Evidence;
use crate::manifest;
use crate::options::Options;
use crate::repo::{Repo, join};
use crate::stack::common;
use crate::verdict::{Candidate, Choice, Stop};

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

impl Package {
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
    /// The program to build: the one asked for, `default-run`, the only one, the one with the
    /// root package's or the repository's name, the only one of a package that has a server's
    /// framework, or the only one that asks for no features.
    pub(super) fn chosen(
        &self,
        options: &Options,
        frameworks: &[&str],
        repo: &Repo,
    ) -> Result<Program<'_>, Stop> {
        let all: Vec<Program> = self.members().flat_map(Package::programs).collect();
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
        self.likely(&programs, frameworks, repo.name()).ok_or_else(|| {
            Stop::choose(format!("{} programs are equally likely", programs.len()), candidates(&programs))
        })
    }

    fn likely<'a>(&self, programs: &[Program<'a>], frameworks: &[&str], repo: &str) -> Option<Program<'a>> {
        let preferred = |wanted: &dyn Fn(&Program) -> bool| {
            let mut found = programs.iter().filter(|program| wanted(program));
            found.next().filter(|_| found.next().is_none()).copied()
        };
        let root = self.root_name();
        let served = |program: &Program| frameworks.iter().any(|name| program.package.depends(name));
        preferred(&|program| default_run(program.package) == Some(program.name))
            .or_else(|| preferred(&|_| true))
            .or_else(|| preferred(&|program| Some(program.name) == root))
            .or_else(|| preferred(&|program| program.name == repo))
            .or_else(|| preferred(&served))
            .or_else(|| preferred(&|program| program.features.is_empty()))
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
    let mut counts: HashMap<&str, usize> = HashMap::new();
    programs.iter().for_each(|program| *counts.entry(program.name).or_default() += 1);
    let choice = |program: &Program| match counts.get(program.name).is_some_and(|count| *count > 1) {
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
    use super::super::workspace;
    use super::*;
    use crate::repo::Memory;

    fn packages(memory: Memory) -> Packages {
        let repo = Repo::in_memory(memory);
        let text = repo.text("Cargo.toml").unwrap().unwrap();
        workspace::read(&repo, &text).unwrap()
    }

    fn chosen<'a>(found: &'a Packages, options: &Options, frameworks: &[&str]) -> Result<Program<'a>, Stop> {
        found.chosen(options, frameworks, &Repo::in_memory(Memory::new()))
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
        let all: Vec<&str> =
            found.all.iter().flat_map(Package::programs).map(|program| program.name).collect();
        assert_eq!(all, ["renamed", "tool"]);
        assert_eq!(
            name(chosen(&found, &Options::default(), &[])),
            Err("2 programs are equally likely".into())
        );
        let options = Options { bin: Some("tool".into()), ..Options::default() };
        assert_eq!(name(chosen(&found, &options, &[])), Ok("tool".into()));
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
        assert_eq!(name(chosen(&found, &Options::default(), &["axum"])), Ok("web".into()));
        assert_eq!(
            name(chosen(&found, &Options::default(), &[])),
            Err("2 programs are equally likely".into())
        );
    }

    #[test]
    fn a_name_that_a_shell_would_read_is_refused() {
        let package =
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[[bin]]\nname = \"a; rm -rf /\"\npath = \"m.rs\"";
        let found = packages(Memory::new().file("Cargo.toml", package).file("m.rs", ""));
        assert!(
            name(chosen(&found, &Options::default(), &[])).unwrap_err().contains("cannot be built safely")
        );
    }
}
