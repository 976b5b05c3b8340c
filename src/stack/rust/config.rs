//! `.cargo/config.toml`, as far as it changes what a build needs.

use anyhow::Result;
use serde::Deserialize;

use crate::catalog::Linker;
use crate::evidence::Evidence;
use crate::manifest;
use crate::manifest::cargo::toml_error;
use crate::repo::Repo;
use crate::verdict::Stop;

/// What it says.
#[derive(Default)]
pub(super) struct Config {
    target: Option<(String, Evidence)>,
    text: String,
}

#[derive(Default, Deserialize)]
struct File {
    #[serde(default)]
    build: Build,
}

#[derive(Default, Deserialize)]
struct Build {
    target: Option<toml::Value>,
}

/// Reads it, under either of its names.
pub(super) fn read(repo: &Repo) -> Result<Config> {
    for file in [".cargo/config.toml", ".cargo/config"] {
        let Some(text) = repo.text(file)? else { continue };
        let read: File = toml::from_str(&text).map_err(|error| toml_error(file, &text, &error))?;
        let target = read.build.target.and_then(|target| target.as_str().map(str::to_owned));
        let line = manifest::line_of(&text, "target");
        let evidence = || Evidence::at("target", file, line, manifest::line(&text, line));
        return Ok(Config { target: target.map(|target| (target, evidence())), text });
    }
    Ok(Config::default())
}

impl Config {
    /// Refuses a target whose programs do not run on the images that are known here.
    pub(super) fn refuse_targets(&self) -> Result<(), Stop> {
        let Some((target, evidence)) = &self.target else { return Ok(()) };
        let place = evidence.place();
        if target.starts_with("wasm") {
            let reason = format!("{place} builds for `{target}`, which no Linux image starts");
            return Err(Stop::refuse(reason).help("run the module in a WebAssembly runtime"));
        }
        if !target.ends_with("-unknown-linux-gnu") {
            let reason = format!("{place} builds for `{target}`, whose standard library no build image has");
            return Err(Stop::refuse(reason).help(
                "remove `build.target`: `--runtime static` and `--runtime scratch` link statically without it",
            ));
        }
        Ok(())
    }

    /// Debian packages of the linkers that it names.
    pub(super) fn packages(&self, linkers: &[Linker]) -> Vec<String> {
        let named = linkers.iter().filter(|linker| self.text.contains(&linker.word));
        named.map(|linker| linker.apt.clone()).collect()
    }
}
