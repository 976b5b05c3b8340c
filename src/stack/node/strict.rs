//! Installs that stop where the image has not the Node.js that was asked for.

use anyhow::Result;
use nodejs_semver::{Range, Version};
use serde_json::Value;

use super::asked::dev_engine;
use crate::catalog::NodeImage;
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::plan::Env;
use crate::repo::{Repo, join};
use crate::stack::javascript::install::Install;
use crate::stack::javascript::package::Candidate;
use crate::verdict::{Halt, Stop};

/// Keeps a manager that would stop from it where that needs no more than a variable.
///
/// # Errors
/// A stop where the install would stop all the same.
pub(in crate::stack) fn heed(
    repo: &Repo,
    candidate: &Candidate,
    install: &mut Install,
    image: &NodeImage,
) -> Result<(), Halt> {
    refuse_new(install, image)?;
    if let Some(npm) = image.npm.as_ref().filter(|_| install.steps.prepare.is_empty()) {
        let words = ["npm", "install", "--global"].map(str::to_owned);
        install.steps.prepare = [words.to_vec(), vec![format!("npm@{npm}")]].concat();
    }
    let root = install.workspace.root.as_str();
    let mut all: Vec<&Candidate> = install.workspace.members.iter().copied().chain([candidate]).collect();
    all.sort_by_key(|one| one.folder != root);
    let packages: Vec<&Package> = all.into_iter().map(|one| &one.package).collect();
    if let Some(stop) = refusal(repo, root, &packages, &install.manager.name, image)? {
        return Err(stop.into());
    }
    if unmet(&packages, image).is_some() {
        let lenient = &install.manager.lenient;
        install.steps.env.extend(lenient.iter().map(|(name, value)| Env::new(name, value)));
    }
    Ok(())
}

/// A manager that the image's Node.js does not run.
fn refuse_new(install: &Install, image: &NodeImage) -> Result<(), Stop> {
    let Install { manager, version, .. } = install;
    let major = version.split('.').next().unwrap_or_default();
    let Some(least) = manager.node.get(major) else { return Ok(()) };
    let (has, needs) = (Version::parse(&image.newest), Version::parse(least));
    if has.ok().zip(needs.ok()).is_none_or(|(has, needs)| has >= needs) {
        return Ok(());
    }
    let reason = format!(
        "{} {version} runs on Node.js {least} and later, and the image has {}",
        manager.name, image.newest
    );
    let help =
        "install with an older one, commit its lock file, and name it in package.json: `packageManager`";
    Err(Stop::refuse(reason).help(help))
}

/// Where `engines` asks for a release that the image has not: Yarn 1 stops for it unless a variable
/// forbids that, and others where they are told to be strict.
fn unmet(packages: &[&Package], image: &NodeImage) -> Option<Evidence> {
    let keys = ["engines", "node"];
    packages.iter().find_map(|package| {
        let text = package.string(&keys).filter(|text| !is_met(text, image))?;
        Some(Evidence::at("Node.js version", package.file(), package.line(&keys), text))
    })
}

/// Why npm or pnpm stop the install in an image: what they are told to be strict about is not met.
/// `packages` are those that are installed from the root folder, its own first.
///
/// # Errors
/// When a file cannot be read.
fn refusal(
    repo: &Repo,
    root: &str,
    packages: &[&Package],
    manager: &str,
    image: &NodeImage,
) -> Result<Option<Stop>> {
    let stop = |who: String, asked: &Evidence| {
        let newest = &image.newest;
        Stop::refuse(format!(
            "{who}: {} asks for Node.js `{}`, and the image has {newest}",
            asked.place(),
            asked.says
        ))
        .help(format!("ask for a range that holds it, such as `^{}`", image.major))
    };
    let told = strict(repo, root, manager)?;
    if let Some((place, asked)) = told.zip(unmet(packages, image)) {
        return Ok(Some(stop(format!("{place} makes the install stop where `engines` are not met"), &asked)));
    }
    let own = packages.first().filter(|_| manager == "npm").and_then(|package| unmet_dev(package, image));
    Ok(own.map(|asked| stop("npm stops where `devEngines` are not met".to_owned(), &asked)))
}

fn is_met(text: &str, image: &NodeImage) -> bool {
    match (Range::parse(text), Version::parse(&image.newest)) {
        (Ok(range), Ok(newest)) => range.satisfies(&newest),
        // What cannot be read stops nothing that could be foreseen.
        _ => true,
    }
}

/// `devEngines` that npm insists on, which it does unless it is told otherwise.
fn unmet_dev(package: &Package, image: &NodeImage) -> Option<Evidence> {
    let runtime = dev_engine(package)?;
    let text = runtime.get("version").and_then(Value::as_str)?;
    let stops = matches!(runtime.get("onFail").and_then(Value::as_str), None | Some("error"));
    let line = package.line(&["devEngines", "runtime"]);
    (stops && !is_met(text, image)).then(|| Evidence::at("Node.js version", package.file(), line, text))
}

/// Where a manager is told to be strict about engines.
fn strict(repo: &Repo, root: &str, manager: &str) -> Result<Option<String>> {
    let files: &[(&str, &str, char)] = match manager {
        "npm" => &[(".npmrc", "engine-strict", '=')],
        "pnpm" => &[(".npmrc", "engine-strict", '='), ("pnpm-workspace.yaml", "engineStrict", ':')],
        _ => &[],
    };
    for (file, key, sign) in files {
        let file = join(root, file);
        let Some(text) = repo.source(&file)? else { continue };
        let is_on = |words: &str| {
            let (name, value) = words.split_once(*sign).unwrap_or((words, "true"));
            name.trim() == *key && value.trim().trim_matches(['"', '\'']) == "true"
        };
        if let Some(index) = text.lines().position(is_on) {
            return Ok(Some(format!("{file}:{}", index + 1)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::repo::Memory;

    fn said(manager: &str, package: &str, files: &[(&str, &str)]) -> Option<String> {
        let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
        let repo = Repo::in_memory(memory);
        let package = Package::parse("package.json", package.to_owned()).unwrap();
        let knowledge = catalog::node().unwrap();
        let image = knowledge.build.iter().find(|image| image.major == 24).unwrap();
        refusal(&repo, "", &[&package], manager, image).unwrap().map(|stop| stop.reason)
    }

    #[test]
    fn who_is_told_to_be_strict_is_refused_what_the_image_lacks() {
        let old = r#"{"engines": {"node": "24.1.0"}}"#;
        let strict = [(".npmrc", "a=b\nengine-strict = true\n")];
        let stop = said("npm", old, &strict).unwrap();
        assert!(
            stop.starts_with(
                ".npmrc:2 makes the install stop where `engines` are not met: package.json:1 asks for Node.js `24.1.0`, and the image has 24."
            ),
            "{stop}"
        );
        assert_eq!(said("npm", r#"{"engines": {"node": "^24.1.0"}}"#, &strict), None);
        assert_eq!(said("npm", old, &[(".npmrc", "engine-strict=false")]), None);
        assert_eq!(said("yarn", old, &strict), None);
        assert!(said("pnpm", old, &[("pnpm-workspace.yaml", "engineStrict: true\n")]).is_some());
    }

    #[test]
    fn npm_insists_on_dev_engines() {
        let of = |version: &str, more: &str| {
            let text = format!(
                r#"{{"devEngines": {{"runtime": [{{"name": "bun"}}, {{"name": "node", "version": "{version}"{more}}}]}}}}"#
            );
            said("npm", &text, &[]).is_some()
        };
        assert!(of("24.1.0", "") && of("22", r#", "onFail": "error""#));
        assert!(
            !of(">=24", "") && !of("22", r#", "onFail": "warn""#) && !of("22", r#", "onFail": "download""#)
        );
    }

    #[test]
    fn yarn_is_told_to_look_away() {
        let knowledge = catalog::node().unwrap();
        let image = knowledge.build.iter().find(|image| image.major == 24).unwrap();
        let package = |text: &str| Package::parse("package.json", text.to_owned()).unwrap();
        assert!(unmet(&[&package(r#"{"engines": {"node": "20.x"}}"#)], image).is_some());
        assert!(unmet(&[&package(r#"{"engines": {"node": "24.x"}}"#)], image).is_none());
    }
}
