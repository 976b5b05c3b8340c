//! The Gradle that a project brings.

use anyhow::Result;

use crate::manifest::gradle::Distribution;
use crate::repo::Repo;

pub(super) const SCRIPT: &str = "gradlew";
pub(super) const JAR: &str = "gradle/wrapper/gradle-wrapper.jar";
pub(super) const PROPERTIES: &str = "gradle/wrapper/gradle-wrapper.properties";

/// The wrapper's files.
#[derive(Debug)]
pub(in crate::stack::java) struct Wrapper {
    /// Whether `gradlew` is there.
    pub script: bool,
    /// Whether its lines end as no shell reads them.
    pub crlf: bool,
    /// Whether it is written for bash alone, as those of Gradle before 3.5 are.
    pub bash: bool,
    pub jar: bool,
    /// Whether git leaves the jar out, so that a fresh checkout lacks it.
    pub jar_ignored: bool,
    pub distribution: Option<Distribution>,
}

impl Wrapper {
    /// Whether it can be run.
    pub(in crate::stack::java) fn works(&self) -> bool {
        self.script && self.jar && self.distribution.is_some()
    }
}

/// Reads the wrapper's files.
pub(super) fn read(repo: &Repo) -> Result<Wrapper> {
    let script = repo.source(SCRIPT)?;
    let jar = repo.has(JAR)?;
    Ok(Wrapper {
        crlf: script.as_ref().is_some_and(|script| script.contains("\r\n")),
        bash: script
            .as_ref()
            .is_some_and(|script| script.lines().next().is_some_and(|line| line.contains("bash"))),
        script: script.is_some(),
        jar,
        jar_ignored: repo.git_ignores(JAR)?,
        distribution: repo.source(PROPERTIES)?.as_deref().and_then(Distribution::parse),
    })
}
