//! Install scripts of packages, which most managers run only where the repository approves of them.

use anyhow::Result;
use serde_json::Value;

use crate::catalog::NodeNatives;
use crate::manifest::package::Package;
use crate::repo::{Repo, join};
use crate::stack::javascript::install::Install;
use crate::verdict::{Halt, Stop};

/// A package that does not work, or may not, unless its install script runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scripted {
    pub name: String,
    /// Its exact version, if that is known.
    pub version: Option<String>,
    /// Who depends on it, as a sentence.
    pub text: String,
    /// Whether the program needs it when it runs.
    pub production: bool,
    /// Whether it is known not to work without.
    pub sure: bool,
}

/// What a manager does about install scripts.
struct Policy {
    /// Packages with or without a version, and whether their scripts run.
    said: Vec<(String, bool)>,
    /// Whether those of all others run.
    rest: bool,
    /// Whether it says nothing of packages that the catalogue does not know.
    partial: bool,
    why: String,
    help: &'static str,
}

/// Refuses a program that would be built without what an install script makes; gives warnings for
/// what the build may lack.
///
/// # Errors
/// A stop for a package that the program needs; an error when a file cannot be read.
pub(super) fn check(
    repo: &Repo,
    install: &Install,
    scripted: &[Scripted],
    known: &NodeNatives,
) -> Result<Option<String>, Halt> {
    let Some(policy) = (if scripted.is_empty() { None } else { policy(repo, install, known)? }) else {
        return Ok(None);
    };
    let mut left: Vec<&Scripted> = scripted.iter().filter(|one| !policy.runs(one)).collect();
    left.sort_by_key(|one| !(one.production && one.sure));
    let needed: Vec<&Scripted> = left.iter().copied().filter(|one| one.production && one.sure).collect();
    if let Some(first) = needed.first() {
        let reason = format!(
            "{}, and {}: the program would be built without what the install of `{}` makes",
            first.text, policy.why, first.name
        );
        return Err(Stop::refuse(reason).help(policy.help(&needed)).into());
    }
    let first = left.first();
    Ok(first
        .map(|first| format!("{}, and {}; if it is needed: {}", first.text, policy.why, policy.help(&left))))
}

impl Policy {
    fn runs(&self, one: &Scripted) -> bool {
        let about = |key: &str| match key.char_indices().skip(1).find(|(_, c)| *c == '@') {
            Some((at, _)) if key[..at] == one.name => {
                let mut versions = key[at + 1..].split("||").map(str::trim);
                one.version.as_ref().is_none_or(|known| versions.any(|version| version == known))
            }
            _ => key == one.name,
        };
        if self.partial && !one.sure {
            return true;
        }
        self.said.iter().find(|(key, _)| about(key)).map_or(self.rest, |(_, runs)| *runs)
    }

    fn help(&self, packages: &[&Scripted]) -> String {
        let mut names: Vec<&str> = packages.iter().map(|one| one.name.as_str()).collect();
        names.dedup();
        self.help.replace("{names}", &names.join(" ")).replace("{name}", names.first().unwrap_or(&""))
    }
}

/// `None` where all scripts run.
fn policy(repo: &Repo, install: &Install, known: &NodeNatives) -> Result<Option<Policy>> {
    let root = install.workspace.root.as_str();
    let package = match repo.source(&join(root, "package.json"))? {
        Some(text) => Package::parse(&join(root, "package.json"), text)?,
        None => Package::unnamed(),
    };
    if let Some(place) = switched_off(repo, root, install)? {
        let all = install.workspace.members.iter().map(|member| &member.package).chain([&package]);
        let rebuilds = all.flat_map(|one| one.keys(&["scripts"]).filter_map(|name| one.script(name)));
        return Ok(rebuilds.into_iter().all(|script| !script.contains("rebuild")).then(|| Policy {
            said: Vec::new(),
            rest: false,
            partial: false,
            why: format!("{place} turns install scripts off"),
            help: "take that out, or rebuild what is needed before the build: `npm rebuild {names}`",
        }));
    }
    let major = install.version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    match (install.manager.name.as_str(), major) {
        ("pnpm", 10..) => pnpm(repo, root, &package, major),
        ("yarn", 2..) => yarn(repo, root, &package).map(Some),
        ("bun", _) => Ok(Some(bun(&package, known))),
        ("npm", _) => Ok(Some(npm(&package))),
        _ => Ok(None),
    }
}

/// Where a manager is told to run no scripts at all.
fn switched_off(repo: &Repo, root: &str, install: &Install) -> Result<Option<String>> {
    let settings = [
        (".npmrc", "ignore-scripts"),
        (".yarnrc", "ignore-scripts"),
        ("pnpm-workspace.yaml", "ignoreScripts"),
        ("bunfig.toml", "ignoreScripts"),
    ];
    for (file, key) in settings {
        let is_read = install.manager.reads.iter().any(|read| read == file);
        let file = join(root, file);
        let Some(text) = repo.source(&file)?.filter(|_| is_read) else { continue };
        let is_on = |line: &str| {
            let value = line.trim().strip_prefix(key).map(|rest| rest.trim_start_matches([' ', '=', ':']));
            value.is_some_and(|value| value.trim() == "true")
        };
        if let Some(index) = text.lines().position(is_on) {
            return Ok(Some(format!("{file}:{}", index + 1)));
        }
    }
    Ok(None)
}

fn yaml(repo: &Repo, file: &str) -> Result<Value> {
    let text = repo.source(file)?.unwrap_or_default();
    Ok(serde_saphyr::from_str(&text).unwrap_or(Value::Null))
}

/// From 10 on; from 11 on the workspace's file alone counts.
fn pnpm(repo: &Repo, root: &str, package: &Package, major: u64) -> Result<Option<Policy>> {
    let file = yaml(repo, &join(root, "pnpm-workspace.yaml"))?;
    let own = package.value(&["pnpm"]).filter(|_| major == 10);
    let plain = repo.source(&join(root, ".npmrc"))?.unwrap_or_default();
    let mut said = Vec::new();
    let mut rest = plain.contains("built-dependencies") || plain.contains("allow-all-builds");
    for settings in own.into_iter().chain([&file]) {
        said.extend(
            names(&settings["onlyBuiltDependencies"]).filter(|_| major == 10).map(|name| (name, true)),
        );
        said.extend(names(&settings["neverBuiltDependencies"]).map(|name| (name, false)));
        let allowed = settings["allowBuilds"].as_object().into_iter().flatten();
        said.extend(allowed.map(|(name, value)| (name.clone(), *value == true)));
        rest |= settings["dangerouslyAllowAllBuilds"] == true
            || settings["neverBuiltDependencies"].is_array() && major == 10
            || settings["onlyBuiltDependenciesFile"].is_string() && major == 10;
    }
    let help = match major {
        10 => "approve of {names} with `pnpm approve-builds`, and commit what it writes",
        _ => "run `pnpm approve-builds {names}`, and commit what it writes",
    };
    Ok(Some(Policy {
        said,
        rest,
        partial: false,
        why: format!("pnpm {major} runs install scripts only where they are approved of"),
        help,
    }))
}

fn names(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

/// Later versions of Yarn, which are told to run scripts where the repository says nothing.
fn yarn(repo: &Repo, root: &str, package: &Package) -> Result<Policy> {
    let file = join(root, ".yarnrc.yml");
    let rest = yaml(repo, &file)?["enableScripts"] != false;
    let meta = package.value(&["dependenciesMeta"]).and_then(Value::as_object);
    let built = |(name, value): (&String, &Value)| Some((name.clone(), value.get("built")?.as_bool()?));
    let said = meta.into_iter().flatten().filter_map(built).collect();
    let why = match rest {
        true => "`dependenciesMeta` turns its install script off".to_owned(),
        false => format!("{file} turns install scripts off"),
    };
    let help = "write `\"dependenciesMeta\": {\"{name}\": {\"built\": true}}` into the package.json beside yarn.lock";
    Ok(Policy { said, rest, partial: false, why, help })
}

/// Bun, whose own list counts for as long as there is no other.
fn bun(package: &Package, known: &NodeNatives) -> Policy {
    let own = package.value(&["trustedDependencies"]);
    let said = match own {
        Some(list) => names(list).map(|name| (name, true)).collect(),
        None => known.trusted.packages.iter().map(|name| (name.clone(), true)).collect(),
    };
    let why = "Bun runs install scripts only of packages that it is told to trust".to_owned();
    Policy {
        said,
        rest: false,
        partial: own.is_none(),
        why,
        help: "run `bun pm trust {names}`, and commit package.json and bun.lock",
    }
}

fn npm(package: &Package) -> Policy {
    let own = package.value(&["allowScripts"]).and_then(Value::as_object);
    let said = own.into_iter().flatten().map(|(name, value)| (name.clone(), *value != false)).collect();
    let why = "`allowScripts` in package.json turns its install script off".to_owned();
    Policy {
        said,
        rest: true,
        partial: false,
        why,
        help: "run `npm approve-scripts {names}`, and commit package.json",
    }
}
