//! A front end that a program of another language embeds, and that its repository holds as
//! sources only: a stage of Node.js builds it, and its output lands where the program expects it.

use anyhow::Result;
use serde::Serialize;

use super::node;
use crate::catalog::{self, NodeManager, NodeSkip};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::plan::{Env, IgnoreGroup};
use crate::repo::{Kind, Repo, join, normal, parent};
use crate::service::Service;
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};
use crate::verdict::{Halt, Stop};

/// The stage that builds the front end.
#[derive(Clone, Debug, Serialize)]
pub struct Front {
    pub image: String,
    pub why: String,
    /// Folder of its package.json; the root is `.`.
    pub folder: String,
    /// The command that puts the package manager into the image; empty where it is there.
    pub prepare: Vec<String>,
    /// Files that the install reads.
    pub manifests: Vec<String>,
    pub install: Vec<String>,
    /// Variables that keep the install from downloading what only tests need.
    pub env: Vec<Env>,
    /// Folder of the package manager's cache.
    pub cache: String,
    /// Whether its build reads files outside of its folder.
    pub whole: bool,
    /// The command that builds it.
    pub build: Vec<String>,
    /// Folder below the repository that it builds into.
    pub output: String,
}

impl Front {
    /// What the stage makes by itself, and must not come from whoever builds.
    pub(super) fn ignore(&self) -> IgnoreGroup {
        IgnoreGroup::new("Made by the front end's stage", &["**/node_modules", &self.output])
    }
}

/// What a program compiles in: a path below the repository, and where its sources name it.
pub(super) type Embedded = (String, Evidence);

/// A package with a script that builds something.
struct Candidate {
    folder: String,
    package: Package,
    script: String,
    /// Where its configuration, or its tool by custom, says that the result goes.
    output: Option<String>,
}

/// The stage for the front end that these embedded paths need; `None` when all are in the
/// repository.
///
/// # Errors
/// A stop when a path is absent and no package builds it.
pub(super) fn find(repo: &Repo, embedded: &[Embedded], service: &mut Service) -> Result<Option<Front>, Halt> {
    let mut candidates = None;
    for (path, evidence) in embedded {
        let present = repo.kind(path)?.is_some() && !repo.git_ignores(path)?;
        if candidates.is_none() {
            candidates = Some(self::candidates(repo)?);
        }
        let all = candidates.as_deref().unwrap_or(&[]);
        let builds = |candidate: &&Candidate| {
            candidate
                .output
                .as_ref()
                .is_some_and(|output| within(output, path) || (!present && within(path, output)))
        };
        for candidate in all.iter().filter(builds) {
            let output = candidate.output.clone().unwrap_or_default();
            if is_made(repo, &output)? {
                return stage(repo, candidate, output, evidence, service).map(Some);
            }
        }
        if present {
            continue;
        }
        // Where the package says nothing, what is embedded from its folder is what it builds.
        let silent = |candidate: &&Candidate| candidate.output.is_none() && within(path, &candidate.folder);
        if let Some(candidate) = all.iter().filter(silent).max_by_key(|candidate| candidate.folder.len()) {
            let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
            let output = if is_file { parent(path).to_owned() } else { path.clone() };
            return stage(repo, candidate, output, evidence, service).map(Some);
        }
        let reason = format!("{} embeds `{path}`, which is not in the repository", evidence.place());
        return Err(Stop::refuse(reason)
            .help("if another build makes it, run that first and commit what it makes; a package.json beside it with a `build` script would be built here")
            .into());
    }
    Ok(None)
}

/// Whether a path is a folder or below it; everything is below the root.
fn within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a folder is one that only a build fills: absent, ignored by git, or holding no more
/// than a placeholder.
fn is_made(repo: &Repo, folder: &str) -> Result<bool> {
    if repo.kind(folder)?.is_none()
        || repo.git_ignores(folder)?
        || repo.git_ignores(&join(folder, "index.html"))?
    {
        return Ok(true);
    }
    let is_placeholder =
        |name: &str| name.starts_with('.') || name.to_ascii_lowercase().starts_with("readme");
    Ok(repo.entries(folder)?.iter().all(|entry| entry.kind == Kind::File && is_placeholder(&entry.name)))
}

/// How deep below the repository a front end is looked for.
const DEPTH: usize = 3;

/// Scripts that build, the usual one first.
const SCRIPTS: &[&str] = &["build", "release", "generate", "dist"];

/// Every package of the repository that has such a script.
fn candidates(repo: &Repo) -> Result<Vec<Candidate>> {
    let outputs = catalog::node()?.output;
    let mut found = Vec::new();
    for file in repo.sources("", &["package.json"])? {
        if file.split('/').count() > DEPTH + 1 || file.rsplit('/').next() != Some("package.json") {
            continue;
        }
        let Some(text) = repo.text(&file)? else { continue };
        let Ok(package) = Package::parse(&file, text) else { continue };
        let folder = parent(&file).to_owned();
        let here = repo.below(&folder);
        let said = |output: String| normal(&join(&folder, &output));
        let mut scripts = SCRIPTS.iter().filter_map(|name| Some((*name, package.script(name)?)));
        let Some((mut script, _)) = scripts.next() else { continue };
        let mut output = configured(&here)?;
        for name in SCRIPTS {
            if let Some(by_flag) = package.script(name).and_then(flag) {
                (script, output) = (name, Some(by_flag));
                break;
            }
        }
        let usual = || outputs.iter().find(|row| package.dependency(&row.package).is_some());
        let output = output.or_else(|| usual().map(|row| row.folder.clone())).and_then(said);
        found.push(Candidate { folder, script: script.to_owned(), output, package });
    }
    Ok(found)
}

/// The folder that a script's own words name.
fn flag(script: &str) -> Option<String> {
    let mut words = script.split_whitespace();
    while let Some(word) = words.next() {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        if matches!(name, "--outDir" | "--outdir" | "--out-dir" | "--dist-dir" | "BUILD_PATH") {
            return value.or_else(|| words.next()).map(|value| value.trim_matches(['"', '\'']).to_owned());
        }
    }
    None
}

/// Beginnings of the names of files that configure a build.
const CONFIGURATION: &[&str] =
    &["build.", "esbuild", "rollup.config", "vite.config", "vue.config", "webpack.config"];

/// The folder that a configuration file names as a literal.
fn configured(repo: &Repo) -> Result<Option<String>> {
    for entry in repo.entries("")?.iter().filter(|entry| entry.kind == Kind::File) {
        let is_script =
            [".js", ".mjs", ".cjs", ".ts", ".mts"].iter().any(|ending| entry.name.ends_with(ending));
        if !is_script || !CONFIGURATION.iter().any(|start| entry.name.starts_with(start)) {
            continue;
        }
        let Some(text) = repo.source(&entry.name)? else { continue };
        let source = Source::new(&entry.name, &text, Syntax::JavaScript);
        if let Some(folder) = value(&source, &["outDir", "outdir", "outputDir"]) {
            let root = value(&source, &["root"]).filter(|_| entry.name.starts_with("vite"));
            return Ok(Some(match root {
                Some(root) => join(&root, &folder),
                None => folder,
            }));
        }
    }
    Ok(None)
}

/// The strings that a key is set to, joined as a path: `outDir: path.resolve(__dirname, "../x")`.
fn value(source: &Source, keys: &[&str]) -> Option<String> {
    let at = (0..source.lexemes.len()).find(|at| {
        source.is_word(*at, keys) && (source.is_sign(at + 1, ':') || source.is_sign(at + 1, '='))
    })?;
    let (mut depth, mut parts) = (0_usize, Vec::new());
    for lexeme in source.lexemes.iter().skip(at + 2) {
        match lexeme.token {
            Token::Text(text) => parts.push(text),
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Sign(',' | '}' | ';') if depth == 0 => break,
            _ => {}
        }
    }
    let path = parts.join("/");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    (!path.is_empty() && path.chars().all(plain)).then_some(path)
}

fn stage(
    repo: &Repo,
    candidate: &Candidate,
    output: String,
    evidence: &Evidence,
    service: &mut Service,
) -> Result<Front, Halt> {
    let Candidate { folder, package, script, .. } = candidate;
    let here = repo.below(folder);
    let knowledge = catalog::node()?;
    // Its version and warnings are the stage's, not the service's.
    let mut own = Service::new(folder.as_str(), "node");
    let Some((image, why)) = node::choose(&here, Some(package), &knowledge, &mut own)? else {
        return Err(Stop::refuse("the catalogue names no default Node.js image").into());
    };
    let file = join(folder, "package.json");
    let (manager, lock) = manager(&here, &file, &knowledge.manager)?;
    let version = version(&here, package, manager, lock.as_deref())?;
    let mut manifests = vec!["package.json".to_owned()];
    manifests.extend(lock.clone());
    for extra in [".npmrc", "pnpm-workspace.yaml", ".yarnrc"] {
        if here.has(extra)? {
            manifests.push(extra.to_owned());
        }
    }
    let mut install = manager.install.clone();
    if lock.is_none() {
        let warning = format!(
            "there is no lock file beside `{file}`: every build takes the newest packages; commit one"
        );
        service.warnings.push(warning);
        install = vec!["npm".to_owned(), "install".to_owned()];
    }
    service.evidence.push(evidence.clone());
    let line = package.line(&["scripts", script]);
    service.evidence.push(Evidence::at("front end", &file, line, package.says(&["scripts", script])));
    Ok(Front {
        image: image.reference.clone(),
        why: format!("{why}; {} embeds `{output}`, which it builds", evidence.place()),
        folder: if folder.is_empty() { ".".to_owned() } else { folder.clone() },
        prepare: manager.prepare.iter().map(|word| word.replace("{version}", &version)).collect(),
        manifests: manifests.iter().map(|file| join(folder, file)).collect(),
        install,
        env: skips(package, &knowledge.skip),
        cache: manager.cache.clone(),
        whole: reads_beyond(&here)?,
        build: [manager.run.clone(), vec![script.clone()]].concat(),
        output,
    })
}

fn skips(package: &Package, known: &[NodeSkip]) -> Vec<Env> {
    let used = known.iter().filter(|skip| package.dependency(&skip.package).is_some());
    used.map(|skip| Env::new(&skip.variable, &skip.value)).collect()
}

/// The package manager whose lock file is there, or the first when there is none.
fn manager<'a>(
    here: &Repo,
    file: &str,
    managers: &'a [NodeManager],
) -> Result<(&'a NodeManager, Option<String>), Halt> {
    for manager in managers {
        for lock in &manager.locks {
            let Some(text) = here.source(lock)? else { continue };
            if manager.holds.as_ref().is_none_or(|words| text.contains(words)) {
                return Ok((manager, Some(lock.clone())));
            }
        }
    }
    for lock in ["yarn.lock", "bun.lock", "bun.lockb"] {
        if here.has(lock)? {
            let reason = format!(
                "the front end of `{file}` is installed from `{lock}`, whose package manager is not supported"
            );
            return Err(Stop::refuse(reason)
                .help(
                    "build it before the image is built and commit what it makes, or use npm, pnpm or yarn 1",
                )
                .into());
        }
    }
    let first = managers.first().ok_or_else(|| Stop::refuse("the catalogue names no package manager"))?;
    Ok((first, None))
}

/// The version of the package manager: the one that the package names, else one that reads the lock.
fn version(here: &Repo, package: &Package, manager: &NodeManager, lock: Option<&str>) -> Result<String> {
    let named =
        package.string(&["packageManager"]).and_then(|text| text.strip_prefix(&format!("{}@", manager.name)));
    let plain = |version: &&str| version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if let Some(version) = named.map(|version| version.split('+').next().unwrap_or(version)).filter(plain) {
        return Ok(version.to_owned());
    }
    let text = match lock {
        Some(lock) => here.source(lock)?.unwrap_or_default(),
        None => String::new(),
    };
    let row = manager.versions.iter().find(|row| text.starts_with(&row.lock));
    Ok(row.map_or(String::new(), |row| row.version.clone()))
}

/// Whether a file that configures the build names one outside of its folder.
fn reads_beyond(here: &Repo) -> Result<bool> {
    for entry in here.entries("")?.iter().filter(|entry| entry.kind == Kind::File) {
        let configures = entry.name == "package.json"
            || entry.name.starts_with("tsconfig")
            || CONFIGURATION.iter().any(|start| entry.name.starts_with(start));
        if configures && here.source(&entry.name)?.is_some_and(|text| text.contains("../")) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn front(memory: Memory, embedded: &str) -> Result<Option<Front>, String> {
        let repo = Repo::in_memory(memory);
        let evidence = Evidence::at("embedded files", "main.go", 3, "//go:embed");
        let found = find(&repo, &[(embedded.to_owned(), evidence)], &mut Service::new("x", "go"));
        found.map_err(|halt| match halt {
            Halt::Stop(stop) => stop.reason,
            Halt::Failed(error) => error.to_string(),
        })
    }

    #[test]
    fn browsers_for_tests_are_not_downloaded() {
        let package = "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"8\", \"puppeteer\": \"25\"}}";
        let front = front(Memory::new().file("ui/package.json", package), "ui/dist").unwrap().unwrap();
        assert_eq!(front.env, [Env::new("PUPPETEER_SKIP_DOWNLOAD", "1")]);
    }

    const VITE: &str = "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"8\"}}";

    #[test]
    fn an_absent_folder_is_built_by_the_package_above_it() {
        let memory = Memory::new().file("ui/package.json", VITE).file("ui/package-lock.json", "{}");
        let front = front(memory, "ui/dist").unwrap().unwrap();
        assert_eq!((front.folder.as_str(), front.output.as_str(), front.whole), ("ui", "ui/dist", false));
        assert_eq!(front.manifests, ["ui/package.json", "ui/package-lock.json"]);
        assert_eq!(front.build, ["npm", "run", "build"]);
    }

    #[test]
    fn an_output_elsewhere_is_read_from_configuration_and_scripts() {
        let config =
            "export default { build: { outDir: path.resolve(__dirname, \"../internal/web/dist\") } }";
        let memory =
            || Memory::new().file("web/package.json", VITE).file("web/yarn.lock", "# yarn lockfile v1\n");
        let found = front(memory().file("web/vite.config.ts", config), "internal/web/dist").unwrap().unwrap();
        assert_eq!((found.output.as_str(), found.whole), ("internal/web/dist", true));
        assert_eq!(found.prepare, ["npm", "install", "--global", "--force", "yarn@1.22.22"]);
        let script =
            "{\"scripts\": {\"build\": \"vite build\", \"release\": \"vite build --outDir=../srv/dist\"}}";
        let memory = Memory::new().file("web/package.json", script).file("srv/dist/.keep", "");
        let found = front(memory, "srv/dist").unwrap().unwrap();
        assert_eq!(found.build, ["npm", "run", "release"]);
    }

    #[test]
    fn what_is_committed_is_not_built() {
        let memory = || {
            Memory::new()
                .file("web/package.json", VITE)
                .file("web/dist/index.html", "x")
                .file("web/dist/app.js", "x")
        };
        assert!(front(memory(), "web/dist").unwrap().is_none());
        assert!(front(memory().file(".gitignore", "dist/\n"), "web/dist").unwrap().is_some());
        assert!(front(memory().file("web/.gitignore", "/dist/*\n"), "web/dist").unwrap().is_some());
    }

    #[test]
    fn an_output_inside_of_an_embedded_folder_is_built_too() {
        let package = "{\"scripts\": {\"build\": \"node esbuild.config.mjs\"}}";
        let memory = Memory::new()
            .file("package.json", package)
            .file("esbuild.config.mjs", "build({ outdir: \"server/ui/dist/\" })")
            .file("server/ui/index.html", "x")
            .file(".gitignore", "/server/ui/dist\n");
        let front = front(memory, "server/ui").unwrap().unwrap();
        assert_eq!((front.folder.as_str(), front.output.as_str()), (".", "server/ui/dist"));
    }

    #[test]
    fn what_nothing_builds_is_refused() {
        let reason = "main.go:3 embeds `assets/made`, which is not in the repository";
        assert_eq!(front(Memory::new().file("ui/package.json", VITE), "assets/made").unwrap_err(), reason);
        let memory = Memory::new().file("ui/package.json", VITE).file("ui/bun.lock", "");
        assert!(front(memory, "ui/dist").unwrap_err().contains("`bun.lock`"));
    }
}
