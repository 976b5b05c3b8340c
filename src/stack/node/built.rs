//! Which file of the build's output a source becomes, as far as the build says so.

pub(super) mod nest;
mod typescript;

use anyhow::Result;

use crate::catalog::Node;
use crate::manifest::package::Package;
use crate::repo::{Repo, join, normal};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script::{self, Command};

/// What a source becomes: the file, below its package, and the words of the build that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Built {
    pub file: String,
    pub says: String,
}

/// Finds what the script that builds a package makes of one of its sources.
///
/// # Errors
/// When a configuration file cannot be read.
pub(super) fn built(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &Node,
    entry: &str,
) -> Result<Option<Built>> {
    let Some(entry) = normal(entry) else { return Ok(None) };
    let name = script_of(&candidate.package).unwrap_or("build");
    let commands = script::commands(&candidate.package, name, &knowledge.front).unwrap_or_default();
    for command in &commands {
        let says = command.join(" ");
        let file = match script::program(command).map(|program| program.rsplit('/').next().unwrap_or(program))
        {
            Some("tsc") => typescript::compiled(repo, &candidate.folder, command, &entry)?,
            Some("tsup") => Some(bundled(candidate, command, &entry, "dist")),
            Some("esbuild") => by_options(command, &entry),
            Some("ncc") => {
                Some(join(&one(command, &["-o", "--out"]).unwrap_or("dist".to_owned()), "index.js"))
            }
            Some("babel") => {
                one(command, &["-d", "--out-dir"]).map(|folder| in_folder(&folder, &below_first(&entry)))
            }
            Some("swc") if command.iter().any(|word| word == "--strip-leading-paths") => {
                one(command, &["-d", "--out-dir"]).map(|folder| in_folder(&folder, &below_first(&entry)))
            }
            Some("nest") => nest::made(repo, &candidate.folder, command, &entry)?,
            _ => None,
        };
        if let Some(file) = file.and_then(|file| normal(&file)) {
            return Ok(Some(Built { file, says }));
        }
    }
    Ok(None)
}

/// Scripts that build where none is called `build`, as hosts run them.
const OTHERS: &[&str] = &["build:prod", "build:production", "gcp-build", "heroku-postbuild"];

/// The script that builds a package.
pub(super) fn script_of(package: &Package) -> Option<&'static str> {
    ["build"].iter().chain(OTHERS).copied().find(|name| package.script(name).is_some())
}

/// The value of one of these options.
fn one(command: &Command, names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    script::options(command, &names).first().map(|value| (*value).to_owned())
}

/// A source's name with the ending that a compiler gives it.
fn renamed(entry: &str) -> String {
    for (from, to) in [(".mts", ".mjs"), (".cts", ".cjs"), (".tsx", ".js"), (".ts", ".js"), (".jsx", ".js")] {
        if let Some(stem) = entry.strip_suffix(from) {
            return format!("{stem}{to}");
        }
    }
    entry.to_owned()
}

fn in_folder(folder: &str, file: &str) -> String {
    join(folder, &renamed(file))
}

/// A path without its first folder.
fn below_first(entry: &str) -> String {
    entry.split_once('/').map_or(entry, |(_, rest)| rest).to_owned()
}

/// What a bundler makes of an entry: a file with its name.
fn bundled(candidate: &Candidate, command: &Command, entry: &str, usual: &str) -> String {
    let folder = one(command, &["-d", "--out-dir", "--outDir"]).unwrap_or(usual.to_owned());
    let format = one(command, &["--format", "-f"]).unwrap_or_default();
    let is_module = candidate.package.string(&["type"]) == Some("module");
    let ending = match (format.contains("esm"), format.contains("cjs"), is_module) {
        (true, false, false) => "mjs",
        (false, _, true) => "cjs",
        _ => "js",
    };
    let name = entry.rsplit('/').next().unwrap_or(entry);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    join(&folder, &format!("{stem}.{ending}"))
}

/// What esbuild's options name.
fn by_options(command: &Command, entry: &str) -> Option<String> {
    if let Some(file) = one(command, &["--outfile"]) {
        return Some(file);
    }
    let folder = one(command, &["--outdir"])?;
    let name = entry.rsplit('/').next().unwrap_or(entry);
    Some(in_folder(&folder, name))
}

#[cfg(test)]
mod tests;
