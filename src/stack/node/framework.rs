//! What frameworks make of a program: the file that their build leaves to be started, and the
//! folders that it needs.

use anyhow::Result;

use super::site::settings::Settings;
use super::site::value::Value;
use crate::catalog::{Node, NodeOutput};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::repo::{Repo, join, normal};
use crate::source::Source;
use crate::source::lexer::Syntax;
use crate::stack::common::is_plain_path;
use crate::stack::javascript::config::{self, Said};
use crate::stack::javascript::package::Candidate;
use crate::verdict::{Halt, Stop};

/// The row of the framework that a package is built with.
pub(super) fn output<'a>(package: &Package, knowledge: &'a Node) -> Option<&'a NodeOutput> {
    knowledge.output.iter().find(|row| package.dependency(&row.package).is_some())
}

/// A row with the folders that the package's configuration names in place of the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// The package that gives it away.
    pub package: String,
    pub name: String,
    /// The folder of the build, below the package; empty where no configuration moves it.
    pub folder: String,
    /// The file that is started; none where a program of the framework is.
    pub start: Option<String>,
    /// That program.
    pub program: Vec<String>,
    pub ships: Vec<String>,
    pub alone: bool,
    pub whole: bool,
    pub writes: Option<String>,
    /// Where the build leaves the package as start scripts know it.
    pub root: Option<String>,
    /// Where it is written that what the build leaves is for another program to load.
    pub never: Option<Evidence>,
}

/// What the build of a package's framework leaves, by its configuration.
///
/// # Errors
/// A stop where the configuration names the folder as only a run could tell, or one that is not in
/// the package.
pub(super) fn settled(repo: &Repo, candidate: &Candidate, knowledge: &Node) -> Result<Option<Settled>, Halt> {
    let Some(row) = output(&candidate.package, knowledge) else { return Ok(None) };
    let usual = row.folder.clone().unwrap_or_default();
    let folder = match folder(repo, candidate, row)? {
        Some(folder) => folder,
        None => usual.clone(),
    };
    let moved = |path: &String| moved(path, &usual, &folder);
    let never = match &row.never {
        Some((key, value)) => settings(repo, candidate, row)?.says(key, value),
        None => None,
    };
    Ok(Some(Settled {
        package: row.package.clone(),
        name: row.name.clone(),
        start: row.start.as_ref().map(moved),
        program: row.program.iter().map(moved).collect(),
        ships: row.ships.iter().map(moved).collect(),
        alone: row.alone,
        whole: row.whole,
        writes: row.writes.as_ref().map(moved),
        root: row.root.clone(),
        folder,
        never,
    }))
}

/// A path with another folder in place of the usual one, where it is below that.
fn moved(path: &str, usual: &str, folder: &str) -> String {
    let plain = path.trim_start_matches("./");
    let below = plain.strip_prefix(usual).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match below.filter(|_| !usual.is_empty()) {
        Some(rest) if plain == path => format!("{folder}{rest}"),
        Some(rest) => format!("./{folder}{rest}"),
        None => path.to_owned(),
    }
}

/// The configuration files of a framework, whatever their endings.
fn files(candidate: &Candidate, row: &NodeOutput) -> Vec<String> {
    let mut found = Vec::new();
    for name in &row.configs {
        found.extend(ENDINGS.iter().map(|ending| join(&candidate.folder, &format!("{name}.{ending}"))));
    }
    found
}

/// What they say.
pub(super) fn settings(repo: &Repo, candidate: &Candidate, row: &NodeOutput) -> Result<Settings> {
    Settings::read(repo, &files(candidate, row))
}

/// The folder that the configuration names.
fn folder(repo: &Repo, candidate: &Candidate, row: &NodeOutput) -> Result<Option<String>, Halt> {
    if row.keys.is_empty() {
        return Ok(None);
    }
    let settings = settings(repo, candidate, row)?;
    for key in &row.keys {
        let (value, place) = settings.value(key);
        let named = match (value, place) {
            (Value::Absent, _) => continue,
            (Value::Text(path), place) => (Some(path), place),
            // A path that is put together is no plain string.
            (_, place) => (joined(repo, &files(candidate, row), key)?, place),
        };
        let (path, place) = named;
        let place = place.map_or_else(|| candidate.file.clone(), |evidence| evidence.place());
        let Some(path) = path else {
            let reason = format!("{place} names the folder of the build as only a run could tell");
            return Err(Stop::refuse(reason).help("write it as a plain path").into());
        };
        let inner = normal(&path).filter(|inner| !path.starts_with('/') && !inner.is_empty());
        let Some(inner) = inner.filter(|inner| is_plain_path(inner)) else {
            let reason =
                format!("{place} names `{path}` as the folder of the build, which is not one of the package");
            return Err(Stop::refuse(reason).help("name a folder below the package").into());
        };
        return Ok(Some(inner));
    }
    Ok(None)
}

/// The path that a key is set to as an expression of strings and places.
fn joined(repo: &Repo, files: &[String], key: &str) -> Result<Option<String>> {
    for file in files {
        let Some(text) = repo.source(file)? else { continue };
        if let Some(Said::Path { path, .. }) =
            config::said(&Source::new(file, &text, Syntax::JavaScript), key)
        {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Endings of configuration files that are programs.
const ENDINGS: &[&str] = &["js", "mjs", "cjs", "ts", "mts"];

/// Where a configuration file sets a key to a value: the file and its line.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn configured(
    repo: &Repo,
    folder: &str,
    name: &str,
    key: &str,
    value: &str,
) -> Result<Option<(String, usize)>> {
    for ending in ENDINGS {
        let file = join(folder, &format!("{name}.{ending}"));
        let Some(text) = repo.source(&file)? else { continue };
        let source = Source::new(&file, &text, Syntax::JavaScript);
        if config::is(&source, key, value) {
            let line = text.lines().position(|line| line.contains(key)).map_or(1, |index| index + 1);
            return Ok(Some((file, line)));
        }
    }
    Ok(None)
}

/// Whether a Next.js program is built into a server of its own files.
///
/// # Errors
/// When its configuration cannot be read.
pub(super) fn is_standalone(repo: &Repo, folder: &str) -> Result<bool> {
    Ok(configured(repo, folder, "next.config", "output", "standalone")?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::repo::Memory;

    fn of(package: &str, file: &str, text: &str) -> Result<Settled, Halt> {
        let repo = Repo::in_memory(Memory::new().file(file, text));
        let manifest = format!("{{\"dependencies\": {{\"{package}\": \"1\"}}}}");
        let manifest = Package::parse("package.json", manifest).unwrap();
        let knowledge = catalog::node().unwrap();
        let candidate = Candidate::of(&repo, "package.json".into(), manifest, &knowledge).unwrap();
        settled(&repo, &candidate, &knowledge).map(Option::unwrap)
    }

    fn reason(package: &str, file: &str, text: &str) -> String {
        match of(package, file, text) {
            Err(Halt::Stop(stop)) => stop.reason,
            _ => panic!("no refusal of {text}"),
        }
    }

    #[test]
    fn configuration_moves_what_is_shipped_and_started() {
        let next = of("next", "next.config.mjs", "const c = { distDir: 'build' }; export default c").unwrap();
        assert_eq!((next.folder.as_str(), next.writes.as_deref()), ("build", Some("build/cache")));
        assert_eq!(next.ships[..2], ["build", "public"]);
        let kept = of("next", "next.config.js", "module.exports = {}").unwrap();
        assert_eq!((kept.folder.as_str(), kept.ships[0].as_str()), (".next", ".next"));
        let astro =
            of("@astrojs/node", "astro.config.mjs", "export default defineConfig({ outDir: './out/' })");
        assert_eq!(astro.unwrap().start.unwrap(), "out/server/entry.mjs");
        let router = "export default { buildDirectory: path.join('target', 'web') } satisfies Config";
        let router = of("@react-router/serve", "react-router.config.ts", router).unwrap();
        assert_eq!(router.program, ["react-router-serve", "./target/web/server/index.js"]);
        let nuxt = of("nuxt", "nuxt.config.ts", "export default { nitro: { output: { dir: 'built' } } }");
        assert_eq!(nuxt.unwrap().start.unwrap(), "built/server/index.mjs");
    }

    #[test]
    fn a_folder_that_cannot_be_told_is_refused_with_its_line() {
        let computed = reason("next", "next.config.js", "module.exports = {\n distDir: pick() }");
        assert!(computed.starts_with("next.config.js:2 names") && computed.contains("only a run"));
        for outside in ["'../out'", "'.'", "'/srv/out'"] {
            let text = format!("export default {{ outDir: {outside} }}");
            assert!(reason("@astrojs/node", "astro.config.mjs", &text).starts_with("astro.config.mjs:1 "));
        }
    }

    #[test]
    fn handlers_for_another_server_start_nothing() {
        let text = "export default { adapter: node({ mode: 'middleware' }) }";
        assert_eq!(
            of("@astrojs/node", "astro.config.ts", text).unwrap().never.unwrap().place(),
            "astro.config.ts:1"
        );
    }
}
