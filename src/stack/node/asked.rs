//! What a repository says about the Node.js that it wants.

use anyhow::Result;
use nodejs_semver::{Range, Version};
use serde_json::Value;

use crate::catalog;
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::manifest::{line, line_of};
use crate::repo::{Repo, join, normal, parent};
use crate::stack::common;
use crate::stack::javascript::package::Candidate;

const WHAT: &str = "Node.js version";

/// A wish and where it stands.
pub(super) struct Asked {
    /// `None` where what is said is no version.
    pub range: Option<Range>,
    pub evidence: Evidence,
}

/// Every wish of a package and of the folders above it, the strongest first.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn asked(repo: &Repo, candidate: &Candidate, knowledge: &catalog::Node) -> Result<Vec<Asked>> {
    let mut folder = candidate.folder.as_str();
    let mut found = Vec::new();
    found.extend(by_package(repo, &candidate.package, knowledge)?);
    found.extend(by_files(repo, folder, knowledge)?);
    while !folder.is_empty() {
        folder = parent(folder);
        if let Some(package) = package(repo, &join(folder, "package.json"))? {
            found.extend(by_package(repo, &package, knowledge)?);
        }
        found.extend(by_files(repo, folder, knowledge)?);
    }
    Ok(found)
}

fn package(repo: &Repo, file: &str) -> Result<Option<Package>> {
    Ok(repo.source(file)?.and_then(|text| Package::parse(file, text).ok()))
}

/// `engines`, `devEngines` and `volta` of a package.json.
fn by_package(repo: &Repo, package: &Package, knowledge: &catalog::Node) -> Result<Vec<Asked>> {
    let wish = |text: &str, keys: &[&str]| Asked {
        range: range(text, knowledge),
        evidence: Evidence::at(WHAT, package.file(), package.line(keys), text),
    };
    let mut found = Vec::new();
    found.extend(package.string(&["engines", "node"]).map(|text| wish(text, &["engines", "node"])));
    if let Some(runtime) = dev_engine(package) {
        let text = runtime.get("version").and_then(Value::as_str).filter(|text| !text.is_empty());
        found.extend(text.map(|text| wish(text, &["devEngines", "runtime"])));
    }
    match package.string(&["volta", "node"]) {
        Some(text) => found.push(wish(text, &["volta", "node"])),
        None => found.extend(extended(repo, package, knowledge)?),
    }
    Ok(found)
}

/// What `devEngines` says of Node.js: the one runtime, or one of several.
pub(super) fn dev_engine(package: &Package) -> Option<&Value> {
    let runtime = package.value(&["devEngines", "runtime"])?;
    let mut all = match runtime {
        Value::Array(all) => all.iter(),
        one => std::slice::from_ref(one).iter(),
    };
    all.find(|one| one.get("name").and_then(Value::as_str) == Some("node"))
}

/// Files that name one another are not followed further.
const LONGEST: usize = 10;

/// The version of a file that Volta's settings extend.
fn extended(repo: &Repo, package: &Package, knowledge: &catalog::Node) -> Result<Option<Asked>> {
    let keys = ["volta", "extends"];
    let mut at = package.file().to_owned();
    let mut next = package.string(&keys).map(str::to_owned);
    for _ in 0..LONGEST {
        let Some(path) = next.take().and_then(|path| normal(&join(parent(&at), &path))) else { break };
        let Some(other) = self::package(repo, &path)? else { break };
        if let Some(text) = other.string(&["volta", "node"]) {
            let evidence = Evidence::at(WHAT, &path, other.line(&["volta", "node"]), text);
            return Ok(Some(Asked { range: range(text, knowledge), evidence }));
        }
        next = other.string(&keys).map(str::to_owned);
        at = path;
    }
    Ok(None)
}

/// Files that hold a version and nothing else.
const PLAIN: &[&str] = &[".nvmrc", ".node-version", ".n-node-version"];

/// Files of mise, the strongest first.
const MISE: &[&str] =
    &["mise.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml", ".config/mise.toml"];

fn by_files(repo: &Repo, folder: &str, knowledge: &catalog::Node) -> Result<Vec<Asked>> {
    let mut found = Vec::new();
    for file in PLAIN {
        if let Some(evidence) = common::version_file(repo, &join(folder, file), WHAT)? {
            found.push(Asked { range: range(&evidence.says, knowledge), evidence });
        }
    }
    for file in MISE {
        found.extend(by_mise(repo, &join(folder, file), knowledge)?);
    }
    if let Some((version, mut evidence)) =
        common::tool_version(&repo.below(folder), &["nodejs", "node"], WHAT)?
    {
        evidence.file = join(folder, &evidence.file);
        found.push(Asked { range: range(&version, knowledge), evidence });
    }
    // The machine's own says nothing.
    found.retain(|asked| asked.evidence.says != "system");
    Ok(found)
}

/// `[tools] node = "24"`, `["24", "22"]`, `{ version = "24" }`, or a table of its own.
fn by_mise(repo: &Repo, file: &str, knowledge: &catalog::Node) -> Result<Option<Asked>> {
    let Some(text) = repo.source(file)? else { return Ok(None) };
    let Ok(table) = text.parse::<toml::Table>() else { return Ok(None) };
    let node = table.get("tools").and_then(|tools| tools.get("node").or_else(|| tools.get("nodejs")));
    let first = |value: &toml::Value| match value {
        toml::Value::Array(all) => all.first().cloned(),
        one => Some(one.clone()),
    };
    let version = node.and_then(first).and_then(|value| match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(major) => Some(major.to_string()),
        toml::Value::Float(version) => Some(version.to_string()),
        toml::Value::Table(table) => table.get("version").and_then(toml::Value::as_str).map(str::to_owned),
        _ => None,
    });
    Ok(version.map(|version| {
        let at = text.lines().position(|line| {
            let key = line.trim_start().trim_start_matches("[tools.").trim_start_matches('"');
            key.starts_with("node")
        });
        let number = at.map_or_else(|| line_of(&text, "node"), |index| index + 1);
        let says = if version == "system" { version.clone() } else { line(&text, number).to_owned() };
        Asked { range: range(&version, knowledge), evidence: Evidence::at(WHAT, file, number, says) }
    }))
}

/// Words for any release that is current.
const ANY: &[&str] =
    &["*", "", "--lts", "current", "default", "latest", "lts", "lts/*", "node", "stable", "x"];

/// A version as the tools write it: `v24`, `24.1.0` and `24.1` (their major), `lts/krypton`, `lts/-1`,
/// `krypton`, `latest:24`, or a range.
pub(super) fn range(text: &str, knowledge: &catalog::Node) -> Option<Range> {
    let text = text.split('#').next().unwrap_or(text).trim();
    let text = text.strip_prefix("latest:").or(text.strip_prefix("prefix:")).unwrap_or(text);
    let major = |major: u64| Range::parse(format!("{major}.x")).ok();
    if ANY.contains(&text.to_ascii_lowercase().as_str()) {
        return Some(Range::any());
    }
    let name = text.strip_prefix("lts/").or(text.strip_prefix("lts-")).unwrap_or(text).to_ascii_lowercase();
    if let Some(line) = knowledge.lts.get(&name) {
        return major(*line);
    }
    if let Some(back) = text.strip_prefix("lts/-") {
        let mut lines: Vec<u64> = knowledge.lts.values().copied().collect();
        lines.sort_unstable_by(|a, b| b.cmp(a));
        return back.parse().ok().and_then(|back: usize| lines.get(back).copied()).and_then(major);
    }
    // Any release of the same major runs what one of them runs.
    let exact = text.trim_start_matches(['=', 'v', ' ']);
    if let Ok(version) = Version::parse(exact) {
        return major(version.major());
    }
    if let Some((line, minor)) = exact.split_once('.')
        && minor.parse::<u64>().is_ok()
        && let Ok(line) = line.parse()
    {
        return major(line);
    }
    let text = text.strip_prefix('v').unwrap_or(text);
    let parts: Vec<&str> =
        text.split("||").map(|part| if is_contrary(part) { NEVER } else { part }).collect();
    Range::parse(parts.join("||")).ok()
}

/// A range that holds no release.
const NEVER: &str = "<0.0.0";

/// Whether bounds that are to hold together, such as `>22 <20`, leave nothing between them; to the
/// parser these are two ranges.
fn is_contrary(part: &str) -> bool {
    let mut bounds: Vec<String> = Vec::new();
    for word in part.split_whitespace() {
        match bounds.last_mut() {
            _ if word == "-" => return false,
            // The number of `>= 22`.
            Some(last) if last.ends_with(['<', '>', '=', '~', '^']) => last.push_str(word),
            _ => bounds.push(word.to_owned()),
        }
    }
    let ranges: Vec<Range> = bounds.iter().filter_map(|bound| Range::parse(bound).ok()).collect();
    ranges.iter().any(|one| ranges.iter().any(|other| !one.allows_any(other)))
}
