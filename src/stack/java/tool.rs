//! Maven or Gradle, where a project has build files of both.

use anyhow::Result;

use super::maven;
use crate::evidence::Evidence;
use crate::manifest;
use crate::options::{BuildTool, Options};
use crate::repo::{Kind, Repo, join};
use crate::verdict::{Candidate, Choice, Halt, Stop};

/// Gradle's build and settings files.
pub(super) const GRADLE: &[&str] =
    &["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"];

/// Maven's.
pub(super) const MAVEN: &str = "pom.xml";

/// Which tools have a build file at the root.
#[derive(Clone, Copy)]
pub(super) struct There {
    pub maven: bool,
    pub gradle: bool,
}

impl There {
    /// # Errors
    /// When the folder cannot be listed.
    pub(super) fn look(repo: &Repo) -> Result<There> {
        let mut gradle = false;
        for file in GRADLE {
            gradle |= repo.has(file)?;
        }
        let mut maven = repo.has(MAVEN)?;
        if repo.has(".mvn/extensions.xml")? {
            for file in maven::OTHERS {
                maven |= repo.has(file)?;
            }
        }
        Ok(There { maven, gradle })
    }
}

/// The tool that builds, and what says so where both could.
///
/// # Errors
/// A stop when the flag names a tool without a build file, or when nothing tells which it is.
pub(super) fn tool(
    there: There,
    repo: &Repo,
    options: &Options,
) -> Result<(BuildTool, Option<Evidence>), Halt> {
    if let Some(tool) = options.build_tool {
        let (is_there, file) = match tool {
            BuildTool::Maven => (there.maven, MAVEN),
            BuildTool::Gradle => (there.gradle, "build.gradle"),
        };
        return match is_there {
            true => Ok((tool, Some(Evidence::flag("build tool", "--build-tool", tool)))),
            false => {
                Err(Stop::refuse(format!("there is no {file} at the root, so {tool} builds nothing here"))
                    .into())
            }
        };
    }
    match (there.maven, there.gradle) {
        (true, false) => Ok((BuildTool::Maven, None)),
        (false, _) => Ok((BuildTool::Gradle, None)),
        (true, true) => match of_both(repo)? {
            Some((tool, evidence)) => Ok((tool, Some(evidence))),
            None => {
                let candidate =
                    |tool: BuildTool| Candidate::new(tool.to_string(), ".", Choice::BuildTool(tool));
                let candidates = [BuildTool::Maven, BuildTool::Gradle].map(candidate).to_vec();
                Err(Stop::choose(
                    "both Maven and Gradle have a build file here, and nothing tells which is used",
                    candidates,
                )
                .into())
            }
        },
    }
}

/// What tells the tools apart: the only wrapper, what CI runs, what the README says more often.
fn of_both(repo: &Repo) -> Result<Option<(BuildTool, Evidence)>> {
    let wrapper = |tool, file| Some((tool, Evidence::file("build tool", file, "the only wrapper")));
    match (repo.has("mvnw")?, repo.has("gradlew")?) {
        (true, false) => return Ok(wrapper(BuildTool::Maven, "mvnw")),
        (false, true) => return Ok(wrapper(BuildTool::Gradle, "gradlew")),
        _ => {}
    }
    let mut ci = Mentions::default();
    for file in pipelines(repo)? {
        ci.read(repo, &file)?;
    }
    if ci.maven.len().min(ci.gradle.len()) == 0
        && let Some(found) = ci.more()
    {
        return Ok(Some(found));
    }
    let mut readme = Mentions::default();
    for file in ["README.md", "README.adoc", "README.rst", "README", "README.txt", "readme.md"] {
        readme.read(repo, file)?;
    }
    Ok(readme.more())
}

fn pipelines(repo: &Repo) -> Result<Vec<String>> {
    const FOLDER: &str = ".github/workflows";
    let usual =
        [".gitlab-ci.yml", "Jenkinsfile", ".travis.yml", "azure-pipelines.yml", ".circleci/config.yml"];
    let mut files: Vec<String> = usual.map(str::to_owned).to_vec();
    let entries = repo.entries(FOLDER)?;
    files.extend(
        entries.iter().filter(|entry| entry.kind == Kind::File).map(|entry| join(FOLDER, &entry.name)),
    );
    Ok(files)
}

/// Lines that run one tool or the other.
#[derive(Default)]
struct Mentions {
    maven: Vec<Evidence>,
    gradle: Vec<Evidence>,
}

impl Mentions {
    fn read(&mut self, repo: &Repo, file: &str) -> Result<()> {
        let Some(text) = repo.source(file)? else { return Ok(()) };
        for (index, line) in text.lines().enumerate() {
            let runs = |names: &[&str]| {
                line.split(|c: char| c.is_whitespace() || "`'\"./".contains(c))
                    .any(|word| names.contains(&word))
            };
            let evidence = || Evidence::at("build tool", file, index + 1, manifest::line(&text, index + 1));
            if runs(&["mvnw", "mvn"]) {
                self.maven.push(evidence());
            }
            if runs(&["gradlew", "gradle"]) {
                self.gradle.push(evidence());
            }
        }
        Ok(())
    }

    /// The tool that is named in more lines.
    fn more(mut self) -> Option<(BuildTool, Evidence)> {
        match self.maven.len().cmp(&self.gradle.len()) {
            std::cmp::Ordering::Greater => Some((BuildTool::Maven, self.maven.swap_remove(0))),
            std::cmp::Ordering::Less => Some((BuildTool::Gradle, self.gradle.swap_remove(0))),
            std::cmp::Ordering::Equal => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn of(files: &[(&str, &str)]) -> Option<(BuildTool, String)> {
        let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
        of_both(&Repo::in_memory(memory)).unwrap().map(|(tool, evidence)| (tool, evidence.place()))
    }

    #[test]
    fn wrappers_then_pipelines_then_the_readme() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("gradlew", "")]), Some((BuildTool::Gradle, "gradlew".into())));
        let ci = (".github/workflows/ci.yml", "steps:\n  - run: ./mvnw -B verify\n");
        let readme = ("README.md", "Build it with ./gradlew build\n");
        assert_eq!(of(&[ci, readme]), Some((BuildTool::Maven, ".github/workflows/ci.yml:2".into())));
        let both = (".gitlab-ci.yml", "script: gradle build\nother: mvn package");
        assert_eq!(of(&[both, readme]), Some((BuildTool::Gradle, "README.md:1".into())));
        assert_eq!(of(&[both]), None);
    }
}
