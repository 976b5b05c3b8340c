//! Which Java release a module asks for: its build file first, then what tells tools on a developer's
//! machine.

use anyhow::Result;

use super::module::{Asked, Module};
use crate::evidence::Evidence;
use crate::manifest::properties::properties;
use crate::options::Options;
use crate::repo::Repo;
use crate::stack::common;
use crate::verdict::{Halt, Stop};

/// What evidence of a release is called in the report.
pub(super) const WHAT: &str = "Java version";

/// The release of the flag, the build file, or a version file, in this order.
///
/// # Errors
/// When a version file cannot be read; a stop when the flag asks for less than what is compiled for.
pub(super) fn asked(module: &Module, repo: &Repo, options: &Options) -> Result<Option<Asked>, Halt> {
    if let Some(release) = options.java {
        if let Some(own) = module.java.as_ref().filter(|own| own.release > release) {
            let reason = format!(
                "{} compiles for Java {}, which Java {release} of --java does not run",
                own.evidence.place(),
                own.release
            );
            return Err(Stop::refuse(reason)
                .help(format!("`--java {}`, or leave it out", own.release))
                .into());
        }
        if let Some(own) = module.java.as_ref().filter(|own| own.exact && own.release != release) {
            let reason = format!(
                "{} asks for a toolchain of Java {}, which --java {release} does not change",
                own.evidence.place(),
                own.release
            );
            return Err(Stop::refuse(reason).help("change the toolchain there, or leave --java out").into());
        }
        let evidence = Evidence::flag(WHAT, "--java", release);
        return Ok(Some(Asked { release, exact: false, evidence }));
    }
    match &module.java {
        Some(asked) => Ok(Some(asked.clone())),
        None => Ok(of_files(repo)?),
    }
}

/// What version files say, the one for Java alone first.
fn of_files(repo: &Repo) -> Result<Option<Asked>> {
    let asked = |release, evidence| Some(Asked { release, exact: false, evidence });
    if let Some(evidence) = common::version_file(repo, ".java-version", WHAT)?
        && let Some(release) = release(&evidence.says)
    {
        return Ok(asked(release, evidence));
    }
    for (file, key) in [(".sdkmanrc", "java"), ("system.properties", "java.runtime.version")] {
        let Some(text) = repo.source(file)? else { continue };
        if let Some((value, line)) = properties(&text).get(key)
            && let Some(release) = release(value)
        {
            return Ok(asked(release, Evidence::at(WHAT, file, *line, format!("{key}={value}"))));
        }
    }
    if let Some((version, evidence)) = common::tool_version(repo, &["java"], WHAT)?
        && let Some(release) = release(&version)
    {
        return Ok(asked(release, evidence));
    }
    for file in ["mise.toml", ".mise.toml"] {
        let Some(text) = repo.source(file)? else { continue };
        if let Some((version, evidence)) = of_mise(file, &text)
            && let Some(release) = release(&version)
        {
            return Ok(asked(release, evidence));
        }
    }
    Ok(None)
}

/// The version that mise's configuration gives Java.
fn of_mise(file: &str, text: &str) -> Option<(String, Evidence)> {
    let table: toml::Table = text.parse().ok()?;
    let java = table.get("tools")?.get("java")?;
    let version = java.as_str().or_else(|| java.get("version")?.as_str())?;
    let line = text.lines().position(|line| line.trim_start().starts_with("java"))? + 1;
    Some((version.to_owned(), Evidence::at(WHAT, file, line, format!("java = \"{version}\""))))
}

/// The release number of `21`, `1.8`, `21.0.4`, `temurin-21.0.2+13`, `21.0.2-tem`, `openjdk64-17.0.1`.
pub(super) fn release(text: &str) -> Option<u64> {
    let is_digit = |c: char| c.is_ascii_digit();
    let start = match text.trim().trim_matches(['"', '\'']) {
        text if text.starts_with(is_digit) => text,
        text => text.split(['-', '@']).find(|part| part.starts_with(is_digit))?,
    };
    let mut numbers = start.split(|c: char| !c.is_ascii_digit());
    match (numbers.next()?, numbers.next()) {
        ("1", Some(minor)) => minor.parse().ok(),
        (major, _) => major.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn releases_in_all_their_forms() {
        let cases = [
            ("21", 21),
            ("1.8", 8),
            ("21.0.4", 21),
            ("temurin-21.0.2+13", 21),
            ("21.0.2-tem", 21),
            ("openjdk64-17.0.1", 17),
            ("corretto-8.402", 8),
            ("17-ea", 17),
        ];
        for (text, number) in cases {
            assert_eq!(release(text), Some(number), "{text}");
        }
        assert_eq!(release("lts"), None);
        assert_eq!(release(""), None);
    }

    #[test]
    fn version_files_of_all_tools() {
        let cases = [
            (".java-version", "# ours\n17.0\n", 17, ".java-version:2"),
            (".sdkmanrc", "# x\njava=21.0.2-tem\n", 21, ".sdkmanrc:2"),
            ("system.properties", "java.runtime.version=11\n", 11, "system.properties:1"),
            (".tool-versions", "nodejs 24\njava temurin-25.0.1\n", 25, ".tool-versions:2"),
            ("mise.toml", "[tools]\njava = \"zulu-21\"\n", 21, "mise.toml:2"),
            (".mise.toml", "[tools]\njava = { version = \"17\" }\n", 17, ".mise.toml:2"),
        ];
        for (file, text, release, place) in cases {
            let repo = Repo::in_memory(Memory::new().file(file, text));
            let asked = of_files(&repo).unwrap().unwrap();
            assert_eq!((asked.release, asked.evidence.place().as_str()), (release, place), "{file}");
        }
    }
}
