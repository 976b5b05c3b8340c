//! The build stage: its image, and the commands that make the program.

use super::jdk::Jdks;
use super::layout::Step;
use super::module::Shape;
use super::plan::Planning;
use super::project::Wrapper;
use super::{Build, Jre, Toolchain};
use crate::catalog::{GradleImage, Jdk};
use crate::options::BuildTool;
use crate::service::Service;
use crate::verdict::Stop;

/// Where a second JDK goes in the build image.
pub(super) const TOOLCHAIN: &str = "/opt/java/toolchain";

/// What collects the libraries of a module, their groups in front of their names, so that no two of
/// one name overwrite each other.
const COPY: &[&str] = &["-DincludeScope=runtime", "-Dmdep.prependGroupId=true"];

/// The plugin that has Maven look for a JDK of its own.
const TOOLCHAINS: &str = "maven-toolchains-plugin";

impl Planning<'_> {
    /// The build stage.
    ///
    /// # Errors
    /// A stop when no image has the JDK and the build tool.
    pub(super) fn build(
        &self,
        jdks: &Jdks,
        steps: Vec<Step>,
        jre: Option<Jre>,
        service: &mut Service,
    ) -> Result<Build, Stop> {
        let (image, tool_why, caches) = self.image(&jdks.build)?;
        let toolchain = jdks.toolchain.as_ref().map(|jdk| Toolchain {
            image: jdk.wrapper.clone(),
            path: TOOLCHAIN.to_owned(),
            why: format!("Java {}, which the build asks for as a toolchain", jdk.version),
        });
        service.build_image = Some(image.clone());
        Ok(Build {
            image,
            why: jdks.why.clone(),
            tool_why,
            toolchain,
            packages: self.packages(&jdks.build),
            provides: self.provides(&jdks.build),
            caches,
            secrets: self.project.secrets.clone(),
            tokens: self.project.tokens.clone(),
            command: self.built(jdks),
            steps,
            jre,
        })
    }

    /// The image, why it brings the tool or not, and the folders that the tool keeps downloads in.
    fn image(&self, jdk: &Jdk) -> Result<(String, String, Vec<String>), Stop> {
        let folders = |all: &[&str]| all.iter().map(|folder| (*folder).to_owned()).collect::<Vec<_>>();
        Ok(match (self.project.tool, &self.project.wrapper) {
            (BuildTool::Maven, Wrapper::Used(_)) => (
                jdk.wrapper.clone(),
                "the project's own wrapper brings Maven".to_owned(),
                folders(&["/root/.m2/repository", "/root/.m2/wrapper"]),
            ),
            (BuildTool::Maven, Wrapper::Missing) => (
                jdk.maven.clone(),
                "the project has no wrapper, so the image brings Maven".to_owned(),
                folders(&["/root/.m2/repository"]),
            ),
            (BuildTool::Gradle, Wrapper::Used(_)) => (
                jdk.wrapper.clone(),
                "the project's own wrapper brings Gradle".to_owned(),
                folders(&["/root/.gradle"]),
            ),
            (BuildTool::Gradle, Wrapper::Missing) => {
                let image = self.gradle_image(jdk)?;
                let why = format!("the project has no wrapper, so the image brings Gradle {}", image.major);
                (image.reference.clone(), why, folders(&["/home/gradle/.gradle"]))
            }
        })
    }

    /// The JDK of the image as the toolchain that Maven's plugin looks for in a file of the user's.
    fn provides(&self, jdk: &Jdk) -> String {
        match self.notes().any(|note| note.evidence.says == TOOLCHAINS) {
            true => jdk.version.to_string(),
            false => String::new(),
        }
    }

    /// What the wrapper calls and the image of this JDK lacks.
    fn packages(&self, jdk: &Jdk) -> Vec<String> {
        let Wrapper::Used(Some(program)) = self.project.wrapper else { return Vec::new() };
        jdk.lacks.iter().filter(|lacking| *lacking == program).cloned().collect()
    }

    /// The image with Gradle on this JDK: the best of the releases that can build.
    fn gradle_image(&self, jdk: &Jdk) -> Result<&GradleImage, Stop> {
        let fits = self.project.gradle.iter().filter(|range| range.runs_on(jdk.version));
        let mut majors = fits.map(|range| range.version.major());
        let image = |major: u64| {
            self.knowledge.gradle_image.iter().find(|image| image.major == major && image.jdk == jdk.version)
        };
        majors.find_map(image).ok_or_else(|| {
            Stop::refuse(format!("no image has a Gradle that this build runs on, and Java {}", jdk.version))
                .help("add Gradle's wrapper to the project: `gradle wrapper`")
        })
    }

    /// What the build runs.
    fn built(&self, jdks: &Jdks) -> Vec<String> {
        match self.project.tool {
            BuildTool::Maven => self.maven(),
            BuildTool::Gradle => self.gradle(jdks),
        }
    }

    /// Maven, on the module and what it stands on.
    fn maven(&self) -> Vec<String> {
        let program: &[&str] = match self.project.wrapper {
            // Given to sh, the script runs even where git lost its mode; it finds its files by its path.
            Wrapper::Used(_) => &["sh", "./mvnw"],
            Wrapper::Missing => &["mvn"],
        };
        let command = |extra: &[&str], tasks: &[String]| {
            let mut words: Vec<String> = program.iter().map(|word| (*word).to_owned()).collect();
            words.extend(self.project.flags.iter().cloned());
            words.extend(extra.iter().map(|word| (*word).to_owned()));
            words.extend(self.skips());
            words.extend(tasks.iter().cloned());
            words
        };
        let mut tasks = self.application.tasks.clone();
        if matches!(self.application.shape, Shape::ClassPath { .. }) {
            tasks.extend(self.project.copier.iter().map(|plugin| format!("{plugin}:copy-dependencies")));
            tasks.extend(COPY.iter().map(|word| (*word).to_owned()));
        }
        let folders = self.graph.named(&self.module.manifest).join(",");
        let by_name = format!(":{}", self.module.name);
        match (self.module.folder.is_empty(), self.module.manifest.ends_with("pom.xml")) {
            (true, true) => command(&[], &tasks),
            (false, true) => command(&["-pl", &folders, "-am"], &tasks),
            // Maven finds a pom of another name by its artifact alone.
            (_, false) => command(&["-pl", &by_name, "-am"], &tasks),
        }
    }

    /// Gradle, on the module's own tasks.
    fn gradle(&self, jdks: &Jdks) -> Vec<String> {
        let program: &[&str] = match self.project.wrapper {
            Wrapper::Used(shell) => &[shell.unwrap_or("sh"), "./gradlew"],
            Wrapper::Missing => &["gradle"],
        };
        let mut words: Vec<String> = program.iter().map(|word| (*word).to_owned()).collect();
        words.extend(self.project.flags.iter().cloned());
        if jdks.toolchain.is_some() {
            words.push(format!("-Porg.gradle.java.installations.paths={TOOLCHAIN}"));
        }
        words.extend(self.skips());
        words.extend(self.application.tasks.iter().cloned());
        words
    }

    /// Arguments that let plugins of the module's build pass.
    fn skips(&self) -> Vec<String> {
        let mut arguments: Vec<String> = Vec::new();
        for argument in self.notes().flat_map(|note| &note.arguments) {
            if !arguments.contains(argument) {
                arguments.push(argument.clone());
            }
        }
        arguments
    }
}
