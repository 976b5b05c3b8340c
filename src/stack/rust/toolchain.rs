//! Which Rust a repository asks for, after the rustup book's chapter on overrides.

use anyhow::Result;
use serde::Deserialize;

use crate::catalog::Release;
use crate::evidence::Evidence;
use crate::manifest;
use crate::manifest::cargo::toml_error;
use crate::repo::Repo;

/// What a toolchain file asks for.
pub(super) struct Asked {
    pub channel: Channel,
    pub evidence: Evidence,
}

/// A rustup channel.
pub(super) enum Channel {
    /// The newest stable release.
    Stable,
    /// One release.
    Release(Release),
    /// Nightly, beta, or a name of the user's own.
    Other(String),
}

#[derive(Deserialize)]
struct File {
    toolchain: Toolchain,
}

#[derive(Deserialize)]
struct Toolchain {
    channel: Option<String>,
}

/// Reads `rust-toolchain.toml`, or `rust-toolchain` in either of its forms.
pub(super) fn read(repo: &Repo) -> Result<Option<Asked>> {
    for file in ["rust-toolchain.toml", "rust-toolchain"] {
        let Some(text) = repo.text(file)? else { continue };
        let is_toml = file.ends_with(".toml") || text.contains('[');
        let channel = match is_toml {
            true => {
                toml::from_str::<File>(&text)
                    .map_err(|error| toml_error(file, &text, &error))?
                    .toolchain
                    .channel
            }
            false => text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned),
        };
        let Some(channel) = channel else { continue };
        let line = manifest::line_of(&text, &channel);
        let evidence = Evidence::at("Rust version", file, line, manifest::line(&text, line));
        let channel = match channel.parse::<Release>() {
            _ if channel == "stable" => Channel::Stable,
            Ok(release) if channel.chars().all(|c| c.is_ascii_digit() || c == '.') => {
                Channel::Release(release)
            }
            _ => Channel::Other(channel),
        };
        return Ok(Some(Asked { channel, evidence }));
    }
    Ok(None)
}
