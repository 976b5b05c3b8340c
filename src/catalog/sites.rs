//! What is known about builds of static files, and the program that serves them.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::parse;

/// The program that serves files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteServer {
    /// The image that holds it.
    pub image: String,
    /// Where it is in there.
    pub program: String,
    /// Packages that leave compressed files beside what is built.
    pub compressors: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Which page answers a path.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SitePages {
    /// One for all of them.
    Single,
    /// Each has its own.
    Many,
}

/// What a tool makes of a front end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteTool {
    /// Its name among the tools of Node.js.
    pub tool: String,
    pub pages: SitePages,
    /// Folders, or patterns of files, whose names change with their contents.
    #[serde(default)]
    pub hashed: Vec<String>,
    /// Folders whose files are copied as they are.
    #[serde(default)]
    pub copied: Vec<String>,
    /// Keys of the configuration that name the path that the site is below.
    #[serde(default)]
    pub base: Vec<String>,
    /// Options and variables of the command that do.
    #[serde(default)]
    pub base_options: Vec<String>,
    /// The option without which these keys count for nothing.
    #[serde(default)]
    pub base_asked: Option<String>,
    /// Whether `homepage` of the package names it.
    #[serde(default)]
    pub homepage: bool,
    /// Keys of the configuration that list pages.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// A key and the value that make it a site of one page.
    #[serde(default)]
    pub single: Option<(String, String)>,
    /// The page that is made for that, where it is not `index.html`.
    #[serde(default)]
    pub page_of_single: Option<String>,
    /// A key, and the page for other paths where it is `true`: `index.html` is the home page's then.
    #[serde(default)]
    pub prerendered: Option<(String, String)>,
    /// A key and the value that make it a site of many pages.
    #[serde(default)]
    pub several: Option<(String, String)>,
    /// The page for what is not there, where it is not `404.html`.
    #[serde(default)]
    pub page_of_many: Option<String>,
    /// The key that names the one page, without which there are many.
    #[serde(default)]
    pub fallback: Option<String>,
    /// Keys by which it builds a library.
    #[serde(default)]
    pub library: Vec<String>,
    /// Words of the command by which it builds no site.
    #[serde(default)]
    pub library_words: Vec<String>,
    /// Outputs by a word of the command.
    #[serde(default)]
    pub by_word: BTreeMap<String, String>,
    /// The file of the repository without which it builds no site.
    #[serde(default)]
    pub page: Option<String>,
    /// Dependencies without which it builds no site.
    #[serde(default)]
    pub package: Vec<String>,
    /// More files of its configuration.
    #[serde(default)]
    pub reads: Vec<String>,
    /// The folder of its configuration and output below the one that the command names.
    #[serde(default)]
    pub content: Option<String>,
    /// Whether its configuration leaves no server that could be started.
    #[serde(default)]
    pub settled: bool,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// A framework whose adapter decides what a build leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteAdapter {
    pub package: String,
    pub name: String,
    /// Its configuration, without the ending.
    pub config: String,
    /// The adapter for a server of Node.js.
    pub node: String,
    /// The folder that this one fills.
    pub folder: String,
    /// The key that names another.
    pub key: String,
    /// The file in it that is started.
    pub file: String,
    /// The adapter for files alone.
    #[serde(default)]
    pub files: Option<String>,
    /// Adapters for hosts.
    pub others: Vec<String>,
    /// Whether nothing is built without one.
    #[serde(default)]
    pub needed: bool,
    /// A key, and values of it that need one.
    #[serde(default)]
    pub asks: Vec<String>,
    pub port: u16,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Variables that a build writes into its output.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteVariable {
    pub prefix: String,
    /// Packages whose builds do.
    pub packages: Vec<String>,
    /// Words beside a name without which it is somebody else's.
    #[serde(default)]
    pub beside: Vec<String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

/// Builds that leave no site.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteExcept {
    /// Words of scripts that build what a server renders pages with.
    pub servers: Vec<String>,
    pub packages: Vec<String>,
    /// Commands that leave a server.
    pub commands: Vec<String>,
}

/// What is known about sites.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sites {
    pub server: SiteServer,
    pub site: Vec<SiteTool>,
    pub except: SiteExcept,
    pub adapter: Vec<SiteAdapter>,
    pub variable: Vec<SiteVariable>,
}

/// Facts about sites.
///
/// # Errors
/// As [`super::go`].
pub fn sites() -> Result<Sites> {
    parse("sites.toml", include_str!("data/sites.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_is_of_a_known_tool() {
        let node = super::super::node().unwrap();
        for site in sites().unwrap().site {
            assert!(node.tool.iter().any(|tool| tool.name == site.tool), "{}", site.tool);
        }
    }
}
