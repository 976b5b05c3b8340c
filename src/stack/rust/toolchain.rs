//! Which Rust a repository asks for, after the rustup book's chapter on overrides.

use anyhow::Result;
use serde::Deserialize;

use crate::catalog::Release;
use crate::evidence::Evidence;
use crate::manifest;
use crate::manifest::cargo::toml_error;
use crate::repo::Repo;
use crate::stack::common;
use crate::verdict::{Halt, Stop};

/// What a toolchain file asks for.
pub(super) struct Asked {
    pub channel: Channel,
    pub evidence: Evidence,
    /// Whether rustup reads the file, so that its own answer must be named against it.
    pub by_rustup: bool,
    /// Components that a build may need and no image has.
    pub components: Vec<String>,
    /// Targets beside the machine's own that a build may compile for.
    pub targets: Vec<String>,
}

/// A rustup channel.
pub(super) enum Channel {
    /// The newest stable release.
    Stable,
    /// One release.
    Release(Release),
    /// Nightly, beta, or a stable release by its date: one that rustup must install.
    Other(String),
}

#[derive(Deserialize)]
struct File {
    toolchain: Toolchain,
}

#[derive(Default, Deserialize)]
struct Toolchain {
    channel: Option<String>,
    path: Option<String>,
    #[serde(default)]
    components: Vec<String>,
    #[serde(default)]
    targets: Vec<String>,
}

/// Components that every toolchain has, or that only people use.
const USUAL: &[&str] = &[
    "cargo",
    "clippy",
    "llvm-tools",
    "llvm-tools-preview",
    "miri",
    "rls",
    "rust-analysis",
    "rust-analyzer",
    "rust-docs",
    "rust-std",
    "rustc",
    "rustfmt",
];

/// What the build images are themselves.
const HOSTS: &[&str] = &["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"];

/// Reads `rust-toolchain`, in either of its forms, then `rust-toolchain.toml`: rustup prefers the
/// first. What asdf and mise read comes after both.
pub(super) fn read(repo: &Repo) -> Result<Option<Asked>, Halt> {
    for file in ["rust-toolchain", "rust-toolchain.toml"] {
        let Some(text) = repo.text(file)? else { continue };
        let is_toml = file.ends_with(".toml") || text.contains('[');
        let toolchain = match is_toml {
            true => {
                toml::from_str::<File>(&text)
                    .map_err(|error| anyhow::Error::from(toml_error(file, &text, &error)))?
                    .toolchain
            }
            false => {
                let name = text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
                Toolchain { channel: name, ..Toolchain::default() }
            }
        };
        if let Some(path) = &toolchain.path {
            let place = format!("{file}:{}", manifest::line_of(&text, path));
            return Err(Stop::refuse(format!("{place} names a toolchain on one machine, `{path}`"))
                .help("name a channel instead: `channel = \"stable\"`, a release, or a nightly by its date")
                .into());
        }
        let Some(channel) = toolchain.channel else { continue };
        let line = manifest::line_of(&text, &channel);
        let evidence = Evidence::at("Rust version", file, line, manifest::line(&text, line));
        let channel = parsed(&channel, &evidence)?;
        let mut components = toolchain.components;
        components.retain(|name| !USUAL.contains(&name.as_str()) && common::is_plain_name(name));
        let mut targets = toolchain.targets;
        targets.retain(|name| !HOSTS.contains(&name.as_str()) && common::is_plain_name(name));
        return Ok(Some(Asked { channel, evidence, by_rustup: true, components, targets }));
    }
    let tool = common::tool_version(repo, &["rust"], "Rust version")?;
    let Some((version, evidence)) = tool else { return Ok(None) };
    let Ok(channel) = parsed(&version, &evidence) else { return Ok(None) };
    if let Channel::Other(name) = &channel {
        let reason = format!("{} asks for `{name}`, which only rustup installs", evidence.place());
        return Err(Stop::refuse(reason)
            .help(format!("commit `rust-toolchain.toml` with `[toolchain]` and `channel = \"{name}\"`"))
            .into());
    }
    Ok(Some(Asked { channel, evidence, by_rustup: false, components: Vec::new(), targets: Vec::new() }))
}

/// The channel of a toolchain's name: `<channel>[-<date>][-<host>]`.
fn parsed(name: &str, evidence: &Evidence) -> Result<Channel, Stop> {
    let (place, refuse) = (evidence.place(), |reason: String| Stop::refuse(reason));
    let words: Vec<&str> = name.split('-').collect();
    let (channel, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    let numbers: Vec<&str> = channel.split('.').collect();
    let is_release = matches!(numbers.len(), 2 | 3) && numbers.iter().all(|number| is_number(number, 1..=3));
    if !is_release && !["stable", "beta", "nightly"].contains(&channel) {
        return Err(refuse(format!("{place} names the toolchain `{name}`, which rustup cannot install"))
            .help("name `stable`, a release such as `1.95`, or a nightly by its date"));
    }
    let (date, host) = match rest {
        [year, month, day, host @ ..]
            if !is_release && is_number(year, 4..=4) && is_number(month, 2..=2) && is_number(day, 2..=2) =>
        {
            (true, host)
        }
        host => (false, host),
    };
    // `1.95.0-beta.2`
    let is_beta = is_release && host.first().is_some_and(|word| word.starts_with("beta"));
    let host = host.get(usize::from(is_beta)..).unwrap_or(&[]).join("-");
    if !host.is_empty() && !host.ends_with("-unknown-linux-gnu") {
        return Err(refuse(format!("{place} names the toolchain `{name}`, which runs on another system"))
            .help(format!("leave the system out: `{channel}`")));
    }
    match channel.parse::<Release>() {
        Ok(release) if !is_beta => Ok(Channel::Release(release)),
        _ if channel == "stable" && !date => Ok(Channel::Stable),
        _ => Ok(Channel::Other(name.to_owned())),
    }
}

fn is_number(word: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&word.len()) && word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Result<String, String> {
        let evidence = Evidence::at("Rust version", "rust-toolchain.toml", 2, name);
        match parsed(name, &evidence) {
            Ok(Channel::Stable) => Ok("stable".to_owned()),
            Ok(Channel::Release(release)) => Ok(release.to_string()),
            Ok(Channel::Other(name)) => Ok(format!("rustup {name}")),
            Err(stop) => Err(stop.reason),
        }
    }

    #[test]
    fn names_of_toolchains() {
        for (name, channel) in [
            ("stable", "stable"),
            ("stable-x86_64-unknown-linux-gnu", "stable"),
            ("1.95", "1.95"),
            ("1.95.0-aarch64-unknown-linux-gnu", "1.95.0"),
            ("nightly", "rustup nightly"),
            ("nightly-2026-01-01", "rustup nightly-2026-01-01"),
            ("stable-2026-01-01", "rustup stable-2026-01-01"),
            ("1.95.0-beta.2", "rustup 1.95.0-beta.2"),
        ] {
            assert_eq!(of(name), Ok(channel.to_owned()), "{name}");
        }
        assert_eq!(
            of("my-toolchain").unwrap_err(),
            "rust-toolchain.toml:2 names the toolchain `my-toolchain`, which rustup cannot install"
        );
        for name in ["1", "1.95.", "1..95", "1.95.0.1", "v1.95", "1.95-2026-01-01", "nightly-26-1-1", "x-1"] {
            assert!(of(name).is_err(), "{name}");
        }
        assert!(of("1.95.0-x86_64-pc-windows-msvc").unwrap_err().ends_with("which runs on another system"));
    }
}
