//! What an image should not hold.

use anyhow::Result;
use serde::Deserialize;

use super::parse;
use crate::ignore::glob;

/// What an image should not hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    pub tools: Vec<Tools>,
    pub secret: Vec<SecretFile>,
    pub engine: EngineMade,
}

/// What engines put into every container, and how a write is refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineMade {
    /// Paths that are not the program's doing.
    pub paths: Vec<String>,
    /// Words of a message that a file system cannot be written.
    pub refusals: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Programs of one sort.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    pub title: String,
    /// Names of folders that they are looked for in.
    pub folders: Vec<String>,
    pub names: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

impl Tools {
    /// Whether the program at this path is one of them.
    pub fn names(&self, path: &str) -> bool {
        let mut parts = path.rsplit('/');
        let (name, folder) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        self.folders.iter().any(|one| one == folder) && self.names.iter().any(|one| one == name)
    }
}

/// A sort of files that look like secrets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    pub title: String,
    names: Vec<String>,
    except: Vec<String>,
    /// Texts of which one must be inside; none where the name is enough.
    holds: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

impl SecretFile {
    /// Whether a file of this path may be one.
    pub fn names(&self, path: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| glob(pattern, path));
        any(&self.names) && !any(&self.except)
    }

    /// Whether a file of such a name is one, by its first bytes.
    pub fn holds(&self, head: &[u8]) -> bool {
        let inside = |text: &String| head.windows(text.len()).any(|window| window == text.as_bytes());
        self.holds.is_empty() || self.holds.iter().any(inside)
    }
}

/// What an image should not hold.
///
/// # Errors
/// As [`super::go`].
pub fn contents() -> Result<Contents> {
    parse("contents.toml", include_str!("data/contents.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(path: &str, text: &str) -> Option<String> {
        let rules = contents().unwrap().secret;
        let found = rules.into_iter().find(|rule| rule.names(path) && rule.holds(text.as_bytes()));
        found.map(|rule| rule.title)
    }

    #[test]
    fn secrets_are_told_from_what_only_sounds_like_them() {
        assert_eq!(secret("app/.env", ""), Some("environment file".to_owned()));
        assert_eq!(secret("app/.env.example", ""), None);
        assert_eq!(secret("app/key.pem", "-----BEGIN EC PRIVATE KEY-----"), Some("private key".to_owned()));
        assert_eq!(secret("etc/ssl/roots.pem", "-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(secret("app/.npmrc", "//r.example/:_authToken=x"), Some("registry token".to_owned()));
        assert_eq!(secret("app/.npmrc", "engine-strict=true"), None);
        assert_eq!(secret("app/.git/config", ""), Some("version control".to_owned()));
    }

    #[test]
    fn programs_count_in_the_folders_of_programs() {
        let shells = &contents().unwrap().tools[0];
        assert!(shells.names("bin/sh") && shells.names("usr/bin/bash") && shells.names("busybox/sh"));
        assert!(!shells.names("app/sh") && !shells.names("usr/bin/node"));
    }
}
