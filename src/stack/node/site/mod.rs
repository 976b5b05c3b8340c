//! Static front ends: packages whose build leaves files for browsers, and no server.

mod adapter;
mod angular;
mod base;
mod describe;
pub(super) mod hidden;
mod hosts;
mod pages;
mod place;
mod serve;
pub(super) mod settings;
#[cfg(test)]
mod tests;
pub(super) mod value;

use anyhow::Result;

pub(super) use self::serve::{Serving, serve};

use self::adapter::Leaves;
use self::hosts::Hosts;
use self::value::Value;
use crate::catalog::{Node, NodeTool, SiteTool, Sites};
use crate::evidence::Evidence;
use crate::repo::Repo;
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script::{self, Command};
use crate::verdict::Halt;

/// A package whose build leaves files that any web server could serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    /// The tool that builds it.
    pub name: String,
    /// The script that does.
    pub script: String,
    /// The folder with the files, below the repository.
    pub output: String,
    /// Whether one page answers every path that no file does.
    pub single_page: bool,
    /// That page; else the page for what is not there.
    pub page: String,
    /// The path that the site is below: `/`, or with a slash at both ends.
    pub base: String,
    /// Folders, with a slash at the end, and patterns of files whose names change with their contents;
    /// below the base.
    pub hashed: Vec<String>,
    /// Whether it has files in `/.well-known/`.
    pub has_well_known: bool,
    /// Whether its build leaves compressed files beside others.
    pub is_compressed: bool,
    /// Whether its configuration leaves no server, whatever a start script says.
    pub is_settled: bool,
    /// Variables that its build writes into the files.
    pub variables: Vec<(String, Evidence)>,
    pub evidence: Vec<Evidence>,
    pub warnings: Vec<String>,
}

impl Site {
    /// Files in a folder of which no more is known; `script` builds them, where it is not empty.
    pub(super) fn of_folder(script: &str, output: String, single_page: bool) -> Site {
        Site {
            name: "static files".to_owned(),
            script: script.to_owned(),
            output,
            single_page,
            page: if single_page { "index.html" } else { "404.html" }.to_owned(),
            base: "/".to_owned(),
            hashed: Vec::new(),
            has_well_known: false,
            is_compressed: false,
            is_settled: false,
            variables: Vec::new(),
            evidence: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// A server that the build of a framework leaves, where its configuration decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// The framework.
    pub name: String,
    /// The file that Node.js starts, below the package.
    pub file: String,
    /// Where it listens when `PORT` does not say.
    pub port: u16,
    pub evidence: Evidence,
}

/// What the build of a package leaves, as far as front ends go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Site(Box<Site>),
    Server(Server),
    /// Nothing that is known to be either.
    Nothing,
}

/// Finds out whether the build of a package leaves a site.
///
/// # Errors
/// A stop when it leaves one that cannot be told from its files, or nothing that an image could run.
pub(super) fn find(
    repo: &Repo,
    candidate: &Candidate,
    knowledge: &Node,
    sites: &Sites,
) -> Result<Found, Halt> {
    let is_except = |name: &String| candidate.package.dependency(name).is_some();
    if sites.except.packages.iter().any(is_except) {
        return Ok(Found::Nothing);
    }
    let search = Search { repo, candidate, knowledge, sites, hosts: hosts::read(repo, candidate)? };
    let builds = search.builds();
    if builds.is_empty() {
        return Ok(Found::Nothing);
    }
    let adapted = match adapter::read(repo, candidate, sites)? {
        Some(Leaves::Server(server)) => return Ok(Found::Server(server)),
        Some(Leaves::Handlers) => return Ok(Found::Nothing),
        Some(Leaves::Files(evidence)) => evidence,
        None => None,
    };
    for (script, commands) in &builds {
        if let Some(made) = angular::nx(repo, candidate, commands)? {
            return search.project(script, made);
        }
        if let Some((tool, row, command)) = search.tool(commands) {
            let build = Build { script, commands, command, tool, row };
            let mut found = search.built(&build)?;
            if let Found::Site(site) = &mut found {
                site.evidence.extend(adapted);
            }
            return Ok(found);
        }
        let is_server = |words: &String| commands.iter().any(|command| script::says(command, words));
        if sites.except.commands.iter().any(is_server) {
            return Ok(Found::Nothing);
        }
    }
    search.published(&builds)
}

/// A package, and all that is known.
struct Search<'a> {
    repo: &'a Repo,
    candidate: &'a Candidate,
    knowledge: &'a Node,
    sites: &'a Sites,
    hosts: Hosts,
}

/// A script that starts a known tool.
struct Build<'b> {
    script: &'b str,
    commands: &'b [Command],
    command: &'b Command,
    tool: &'b NodeTool,
    row: &'b SiteTool,
}

impl<'a> Search<'a> {
    /// Scripts that build, the usual one first, and their commands.
    fn builds(&self) -> Vec<(String, Vec<Command>)> {
        let known = &self.knowledge.front;
        let mut names: Vec<(usize, &str)> = Vec::new();
        for (name, _) in self.candidate.package.versions("scripts") {
            let rank = known.scripts.iter().position(|known| script::builds(name, known));
            names.extend(rank.map(|rank| {
                (rank * 2 + usize::from(known.scripts.get(rank).is_none_or(|known| known != name)), name)
            }));
        }
        names.sort_unstable();
        names.truncate(script::MOST);
        let commands = |(_, name): (usize, &str)| {
            script::commands(&self.candidate.package, name, known).map(|commands| (name.to_owned(), commands))
        };
        names.into_iter().filter_map(commands).collect()
    }

    /// The first tool that builds sites among these commands.
    fn tool<'c>(&self, commands: &'c [Command]) -> Option<(&'a NodeTool, &'a SiteTool, &'c Command)> {
        self.knowledge.tool.iter().find_map(|tool| {
            let is_there = |package: &String| self.candidate.package.dependency(package).is_some();
            if !tool.package.as_ref().is_none_or(is_there) {
                return None;
            }
            let row = self.sites.site.iter().find(|row| row.tool == tool.name)?;
            let starts = |command: &&Command| tool.commands.iter().any(|words| script::says(command, words));
            Some((tool, row, commands.iter().find(starts)?))
        })
    }

    /// What a script of a known tool leaves.
    fn built(&self, build: &Build) -> Result<Found, Halt> {
        let Build { row, .. } = build;
        if self.is_library(build) {
            return Ok(Found::Nothing);
        }
        if build.tool.projects.is_some() {
            return self.project(build.script, angular::ng(self.repo, self.candidate, build.command)?);
        }
        let Some(place) = self.place(build)? else { return Ok(Found::Nothing) };
        let is_library =
            |key: &String| !matches!(place.settings.value(key).0, Value::Absent | Value::Flag(false));
        if row.library.iter().any(is_library) || !self.has_page(row, &place.settings)? {
            return Ok(Found::Nothing);
        }
        let base = base::read(row, &place.settings, self.candidate, build.command)?;
        let pages = pages::read(row, &place.settings, &self.hosts);
        let only = build.tool.only.as_ref().and_then(|(key, value)| place.settings.says(key, value));
        let mut site = self.site(build.script, row, place.output, base, pages)?;
        site.evidence.extend(only);
        Ok(Found::Site(Box::new(site)))
    }

    /// Whether the words of the commands, or what is not installed, say that this builds no site.
    fn is_library(&self, build: &Build) -> bool {
        let Build { row, tool, .. } = build;
        let is_there = |package: &String| self.candidate.package.dependency(package).is_some();
        let starts = |command: &&Command| tool.commands.iter().any(|words| script::says(command, words));
        let mut started = build.commands.iter().filter(starts).flatten();
        started.any(|word| row.library_words.contains(word))
            || !(row.package.is_empty() || row.package.iter().any(is_there))
    }
}
