//! What packages of Node.js have beside JavaScript.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::parse;

/// Packages by name, and where that is said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePackages {
    pub packages: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A package that has more than JavaScript in it, or needs more than Node.js.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeNeed {
    pub packages: Vec<String>,
    /// The first version that this row is about.
    #[serde(default)]
    pub from: Option<String>,
    /// The first version that this row is about no more.
    #[serde(default)]
    pub before: Option<String>,
    /// Whether its install compiles, or may where a prebuilt file is missing.
    #[serde(default)]
    pub compiles: Option<bool>,
    /// Debian packages of the build that no image of Node.js has.
    #[serde(default)]
    pub build_apt: Vec<String>,
    /// Debian packages of the build that the image with a compiler has.
    #[serde(default)]
    pub slim_apt: Vec<String>,
    /// What no distroless image holds, without which it does not work.
    #[serde(default)]
    pub needs: Option<String>,
    /// Whether that is shared libraries alone, which can be copied from the build.
    #[serde(default)]
    pub copied: bool,
    /// Debian packages that bring it; `None` where none do.
    #[serde(default)]
    pub apt: Option<Vec<String>>,
    /// Variables that it then needs when it runs.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Packages that bring what it needs.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Words of sources that use it without.
    #[serde(default)]
    pub unless_words: Vec<String>,
    /// Words of sources that use it here, whatever else they say.
    #[serde(default)]
    pub despite_words: Vec<String>,
    /// Whether a package that brings it along often does without.
    #[serde(default)]
    pub direct: bool,
    /// Why no supported Node.js installs it.
    #[serde(default)]
    pub uninstallable: Option<String>,
    /// What to say where it is used.
    #[serde(default)]
    pub warning: Option<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// What the client of Prisma is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePrisma {
    /// Names of the engines that run in the image.
    pub engines: Vec<String>,
    /// The first version that has none.
    pub engineless: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A package whose install downloads what a build does not need, and the variable that keeps it
/// from that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeDownload {
    pub package: String,
    pub variable: String,
    pub value: String,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A program that sources start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeStarted {
    pub programs: Vec<String>,
    pub apt: Vec<String>,
}

/// What packages of Node.js have beside JavaScript.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeNatives {
    /// What packages depend on that compile.
    pub markers: NodePackages,
    /// Packages whose install scripts, or whose dependency on a marker, compile nothing.
    pub harmless: NodePackages,
    /// Packages whose install script fetches the program that they are about.
    pub fetched: NodePackages,
    /// Those of `need` and `fetched` whose scripts Bun runs by itself.
    pub trusted: NodePackages,
    pub prisma: NodePrisma,
    pub need: Vec<NodeNeed>,
    pub download: Vec<NodeDownload>,
    pub program: Vec<NodeStarted>,
}

/// Facts about packages of Node.js that are more than JavaScript.
///
/// # Errors
/// As [`super::go`].
pub fn node_natives() -> Result<NodeNatives> {
    parse("node_native.toml", include_str!("data/node_native.toml"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use nodejs_semver::Version;

    use super::*;

    #[test]
    fn every_row_says_something_of_versions_that_can_be_read() {
        let known = node_natives().unwrap();
        for row in &known.need {
            let name = &row.packages[0];
            let says = row.compiles.is_some()
                || row.needs.is_some()
                || row.uninstallable.is_some()
                || row.warning.is_some()
                || !row.slim_apt.is_empty();
            assert!(says, "{name}");
            for version in row.from.iter().chain(&row.before) {
                assert!(Version::parse(version).is_ok(), "{name}: {version}");
            }
            assert!(row.needs.is_some() || row.apt.is_none() && row.env.is_empty(), "{name}");
            assert!(!row.source.is_empty(), "{name}");
        }
    }

    #[test]
    fn no_package_compiles_and_is_harmless() {
        let known = node_natives().unwrap();
        let harmless: BTreeSet<&String> = known.harmless.packages.iter().collect();
        for row in known.need.iter().filter(|row| row.compiles.is_some()) {
            assert!(row.packages.iter().all(|name| !harmless.contains(name)), "{:?}", row.packages);
        }
    }
}
