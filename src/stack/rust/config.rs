//! `.cargo/config.toml`, as far as it changes what a build needs.

use anyhow::Result;
use toml::{Table, Value};

use super::platform;
use crate::catalog::Linker;
use crate::evidence::Evidence;
use crate::manifest;
use crate::manifest::cargo::toml_error;
use crate::repo::{Kind, Repo, normal};
use crate::verdict::{Halt, Stop};

/// What it says.
#[derive(Default)]
pub(super) struct Config {
    /// The name that the file goes by.
    file: &'static str,
    table: Table,
    text: String,
}

/// Where flags for the compiler are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flags {
    None,
    /// `build.rustflags`.
    Build,
    /// `target.<name>.rustflags`, which outranks the other.
    Target,
}

/// Reads it, under either of its names.
pub(super) fn read(repo: &Repo) -> Result<Config> {
    for file in [".cargo/config", ".cargo/config.toml"] {
        let Some(text) = repo.text(file)? else { continue };
        let table: Table = toml::from_str(&text).map_err(|error| toml_error(file, &text, &error))?;
        return Ok(Config { file, table, text });
    }
    Ok(Config::default())
}

impl Config {
    /// Whether it names a target, below whose name Cargo leaves programs.
    pub(super) fn names_target(&self) -> bool {
        self.value(&["build", "target"]).is_some()
    }

    /// Refuses a target whose programs do not run on the images that are known here.
    ///
    /// Returns whether it asks for musl.
    pub(super) fn musl(&self) -> Result<bool, Stop> {
        let Some(target) = self.value(&["build", "target"]) else { return Ok(false) };
        let targets: Vec<&str> = match target {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        let [target] = targets.as_slice() else {
            let reason = format!("{} builds for several targets at once", self.place("target"));
            return Err(Stop::refuse(reason).help("remove `build.target`, or name one"));
        };
        if target.starts_with("wasm") {
            let reason =
                format!("{} builds for `{target}`, which no Linux image starts", self.place("target"));
            return Err(Stop::refuse(reason).help("run the module in a WebAssembly runtime"));
        }
        if target.ends_with("-unknown-linux-musl") {
            return Ok(true);
        }
        if !target.ends_with("-unknown-linux-gnu") {
            let reason = format!(
                "{} builds for `{target}`, which is not what a Linux image runs",
                self.place("target")
            );
            return Err(Stop::refuse(reason).help(
                "remove `build.target`; `--libc musl` and `--runtime scratch` link statically without it",
            ));
        }
        Ok(false)
    }

    /// Debian packages of the linkers that it names.
    pub(super) fn packages(&self, known: &[Linker], musl: bool) -> Vec<String> {
        let named = self.linkers(musl);
        let is_named = |linker: &&Linker| named.contains(&linker.word);
        known.iter().filter(is_named).flat_map(|linker| linker.apt.clone()).collect()
    }

    /// What to say of linkers that the build image may lack.
    fn unknown_linkers(&self, known: &[Linker], musl: bool) -> Vec<String> {
        let mut named = self.linkers(musl);
        named.retain(|name| !known.iter().any(|linker| linker.word == *name));
        let warn = |name: &String| {
            format!("{} links with `{name}`, which the build image may lack", self.place(name))
        };
        named.iter().map(warn).collect()
    }

    /// The programs that link, by their last names, as far as they may be used on Linux.
    fn linkers(&self, musl: bool) -> Vec<String> {
        let targets = self.table.get("target").and_then(Value::as_table).into_iter().flatten();
        let here = targets.filter(|(name, _)| platform::holds(name, musl) != Some(false));
        let tables: Vec<&Value> = here.map(|(_, table)| table).chain(self.table.get("build")).collect();
        let linkers = tables.iter().filter_map(|table| table.get("linker")?.as_str());
        let flags: Vec<&str> =
            tables.iter().filter_map(|table| table.get("rustflags")).flat_map(words).collect();
        let flagged = flags.iter().filter_map(|flag| {
            let starts = ["linker=", "-Clinker=", "link-arg=-fuse-ld=", "-Clink-arg=-fuse-ld=", "-fuse-ld="];
            let more = ["link-arg=--ld-path=", "-Clink-arg=--ld-path="];
            starts.iter().chain(&more).find_map(|start| flag.strip_prefix(start))
        });
        let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let mut found: Vec<String> = linkers.chain(flagged).map(last).collect();
        found.sort();
        found.dedup();
        found
    }

    /// Where it sets flags for the compiler: `RUSTFLAGS` would hide them.
    pub(super) fn flags(&self) -> Flags {
        let targets = self.table.get("target").and_then(Value::as_table);
        let has = |value: &Value| value.get("rustflags").is_some();
        if targets.is_some_and(|targets| targets.values().any(has)) {
            return Flags::Target;
        }
        if self.value(&["build", "rustflags"]).is_some() { Flags::Build } else { Flags::None }
    }

    /// What to say of linkers that the image may lack, and of programs that start on few machines.
    pub(super) fn warnings(&self, known: &[Linker], musl: bool) -> Vec<String> {
        let native = ["target-cpu=native", "target-cpu = \"native\""];
        let said = native.iter().find(|word| self.text.contains(*word));
        let native = said.into_iter()
            .map(|word| {
                format!(
                    "{} compiles for the processor of the build machine (`{word}`): others may stop with an illegal instruction",
                    self.place(word)
                )
            });
        native.chain(self.unknown_linkers(known, musl)).collect()
    }

    /// Whether every compiler run goes through a program that no build image has.
    pub(super) fn wraps(&self) -> bool {
        ["rustc-wrapper", "rustc-workspace-wrapper"].iter().any(|key| self.value(&["build", key]).is_some())
    }

    /// Whether git itself fetches.
    pub(super) fn fetches_with_git(&self) -> bool {
        self.value(&["net", "git-fetch-with-cli"]).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether it names the keys of servers that are reached by ssh.
    pub(super) fn knows_hosts(&self) -> bool {
        self.value(&["net", "ssh", "known-hosts"]).is_some()
    }

    /// Whether a registry of this name is declared.
    pub(super) fn has_registry(&self, name: &str) -> bool {
        self.value(&["registries", name, "index"]).is_some()
    }

    /// Where the registry with this index is declared.
    pub(super) fn registry_of(&self, index: &str) -> Option<Evidence> {
        let line = self.text.lines().position(|line| line.contains(index))?;
        Some(Evidence::at("registry", self.file, line + 1, manifest::line(&self.text, line + 1)))
    }

    /// The folder that sources are replaced by, as `cargo vendor` writes it.
    ///
    /// # Errors
    /// A stop when it is not in the repository.
    pub(super) fn vendored(&self, repo: &Repo) -> Result<Option<String>, Halt> {
        let Some(sources) = self.table.get("source").and_then(Value::as_table) else { return Ok(None) };
        let mut name = "crates-io";
        // Replacements may lead on to others, but not for ever.
        for _ in 0..sources.len() {
            match sources.get(name).and_then(|source| source.get("replace-with")).and_then(Value::as_str) {
                Some(next) => name = next,
                None => break,
            }
        }
        let Some(source) = sources.get(name) else { return Ok(None) };
        let folder = source.get("directory").or_else(|| source.get("local-registry")).and_then(Value::as_str);
        let Some(folder) = folder else { return Ok(None) };
        let place = self.place(folder);
        match normal(folder) {
            Some(inside) if repo.kind(&inside)? == Some(Kind::Folder) => Ok(Some(inside)),
            _ => {
                let reason = format!(
                    "{place} takes crates from the folder `{folder}`, which is not in the repository"
                );
                Err(Stop::refuse(reason)
                    .help("run `cargo vendor` and commit the folder, or take the replacement out")
                    .into())
            }
        }
    }

    fn value(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        let start = self.table.get(*first)?;
        rest.iter().try_fold(start, |value, key| value.get(*key))
    }

    /// `file:line` of a word.
    fn place(&self, word: &str) -> String {
        format!("{}:{}", self.file, manifest::line_of(&self.text, word))
    }
}

/// The words of flags, in either of their forms.
fn words(flags: &Value) -> Vec<&str> {
    match flags {
        Value::Array(flags) => {
            flags.iter().filter_map(Value::as_str).flat_map(str::split_whitespace).collect()
        }
        flags => flags.as_str().into_iter().flat_map(str::split_whitespace).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn config(text: &str) -> Config {
        read(&Repo::in_memory(Memory::new().file(".cargo/config.toml", text))).unwrap()
    }

    #[test]
    fn targets() {
        let of = |target: &str| {
            config(&format!("[build]\ntarget = {target}\n")).musl().map_err(|stop| stop.reason)
        };
        assert_eq!(of("\"x86_64-unknown-linux-gnu\""), Ok(false));
        assert_eq!(of("[\"x86_64-unknown-linux-musl\"]"), Ok(true));
        assert!(of("\"wasm32-wasip1\"").unwrap_err().contains("which no Linux image starts"));
        assert!(of("\"thumbv7em-none-eabi\"").unwrap_err().starts_with(".cargo/config.toml:2 builds for"));
        assert!(of("[\"a\", \"b\"]").unwrap_err().contains("several targets"));
    }

    #[test]
    fn flags_and_who_sets_them() {
        assert_eq!(config("").flags(), Flags::None);
        assert_eq!(config("[build]\nrustflags = []\n").flags(), Flags::Build);
        assert_eq!(config("[target.'cfg(unix)']\nrustflags = \"-C x\"\n").flags(), Flags::Target);
        let native = config("[build]\nrustflags = [\"-C\", \"target-cpu=native\"]\n");
        assert!(
            native.warnings(&[], false)[0].starts_with(".cargo/config.toml:2 compiles for the processor")
        );
    }

    #[test]
    fn linkers_that_may_be_used() {
        let known = crate::catalog::rust().unwrap().linker;
        let of =
            |text: &str| (config(text).packages(&known, false), config(text).unknown_linkers(&known, false));
        let none = (Vec::new(), Vec::new());
        assert_eq!(of("# mold and clang\n[target.aarch64-apple-darwin]\nlinker = \"clang\"\n"), none);
        assert_eq!(of("[target.x86_64-unknown-linux-gnu]\nlinker = \"x86_64-linux-gnu-gcc\"\n"), none);
        let mold = "[target.'cfg(unix)']\nlinker = \"clang\"\nrustflags = [\"-C\", \"link-arg=-fuse-ld=/usr/bin/mold\"]\n";
        assert_eq!(of(mold).0, ["clang", "mold"]);
        assert_eq!(of("[build]\nrustflags = \"-Clink-arg=-fuse-ld=lld\"\n").0, ["lld"]);
        let wild = of("[target.x86_64-unknown-linux-gnu]\nlinker = \"wild\"\n").1;
        assert_eq!(wild, [".cargo/config.toml:2 links with `wild`, which the build image may lack"]);
    }

    #[test]
    fn sources_that_are_replaced() {
        let text = "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\ndirectory = \"vendor\"\n";
        let there =
            Repo::in_memory(Memory::new().file(".cargo/config.toml", text).file("vendor/a/Cargo.toml", ""));
        assert_eq!(read(&there).unwrap().vendored(&there).unwrap(), Some("vendor".to_owned()));
        let absent = Repo::in_memory(Memory::new());
        let Err(Halt::Stop(stop)) = config(text).vendored(&absent) else { panic!("no stop") };
        assert!(stop.reason.starts_with(".cargo/config.toml:4 takes crates from the folder `vendor`"));
        let circle = "[source.a]\nreplace-with = \"crates-io\"\n[source.crates-io]\nreplace-with = \"a\"\n";
        assert_eq!(config(circle).vendored(&absent).unwrap(), None);
    }
}
