//! The JDK that builds and the Java that runs.

use super::module::{Asked, BuildsOn};
use crate::catalog::{Java, Jdk, Release};
use crate::options::{BuildTool, Options, RuntimeChoice};
use crate::service::{Service, Version};
use crate::verdict::Stop;

/// The JDKs of a plan.
pub(super) struct Jdks {
    /// In the build image: what the build tool runs on.
    pub build: Jdk,
    /// A second JDK in the build image, that a toolchain asks for and the build tool cannot run on.
    pub toolchain: Option<Jdk>,
    /// The release that runs.
    pub runtime: Jdk,
    /// Why these, as the end of a sentence about the build image.
    pub why: String,
}

/// The releases of Java that a Gradle runs on.
#[derive(Debug)]
pub(super) struct GradleRange {
    /// Of Gradle.
    pub version: Release,
    pub oldest: u64,
    pub newest: u64,
    /// Those that there is an image with this Gradle for, where the image brings it.
    pub images: Option<Vec<u64>>,
}

impl GradleRange {
    pub(super) fn runs_on(&self, release: u64) -> bool {
        (self.oldest..=self.newest).contains(&release)
            && self.images.as_ref().is_none_or(|images| images.contains(&release))
    }
}

/// What bounds the choice.
pub(super) struct Bounds<'a> {
    pub knowledge: &'a Java,
    pub options: &'a Options,
    pub tool: BuildTool,
    pub framework: Option<(&'a str, Option<&'a Release>)>,
    /// The releases of Gradle that can build, the best first.
    pub gradle: &'a [GradleRange],
    /// What the build itself checks.
    pub checked: &'a [BuildsOn],
    /// Whether Gradle downloads a JDK that is not there.
    pub downloads: bool,
    /// Toolchains of the modules that it stands on.
    pub libraries: Vec<&'a Asked>,
}

impl Bounds<'_> {
    /// Chooses the JDKs of the program and, where they ask for another, of what it stands on.
    ///
    /// # Errors
    /// A stop when there are none.
    pub(super) fn jdks(&self, asked: Option<Asked>, service: &mut Service) -> Result<Jdks, Stop> {
        let mut jdks = self.choose(asked, service)?;
        for library in &self.libraries {
            let is_there = |jdk: &Jdk| jdk.version == library.release;
            if is_there(&jdks.build) || jdks.toolchain.as_ref().is_some_and(is_there) {
                continue;
            }
            match self.knowledge.jdk.iter().find(|jdk| is_there(jdk)) {
                Some(jdk) if jdks.toolchain.is_none() => jdks.toolchain = Some(jdk.clone()),
                _ if self.downloads => {}
                _ => {
                    return Err(Stop::refuse(format!(
                        "{} asks for a toolchain of Java {}, for which there is no place besides those of the other modules",
                        library.evidence.place(),
                        library.release
                    ))
                    .help("give the modules one toolchain, or Gradle's foojay resolver, with which the build downloads them"));
                }
            }
        }
        Ok(jdks)
    }

    /// Chooses the nearest JDKs that are not older than asked for.
    ///
    /// # Errors
    /// A stop when there are none.
    fn choose(&self, asked: Option<Asked>, service: &mut Service) -> Result<Jdks, Stop> {
        let Some(mut asked) = asked else { return self.unasked(service) };
        let (oldest, _) = self.of_framework();
        if let Some((name, Some(version))) = self.framework
            && asked.release < oldest
        {
            service.warnings.push(format!(
                "{} asks for Java {}, and {name} {version} needs {oldest} at least, which is taken",
                asked.evidence.place(),
                asked.release
            ));
            asked.release = oldest;
        }
        service.version = Some(Version::from(asked.release.to_string(), &asked.evidence));
        let wanted = self.nearest(asked.release, |_| true).ok_or_else(|| self.unknown(&asked))?;
        if asked.exact && wanted.version != asked.release && !self.downloads {
            let reason = format!(
                "{} asks for a toolchain of Java {}, of which no build image is kept",
                asked.evidence.place(),
                asked.release
            );
            let stop = Stop::refuse(reason).help(format!("nearest: a toolchain of Java {}", wanted.version));
            const RESOLVER: &str =
                "with Gradle's foojay resolver in settings.gradle the build downloads it by itself";
            return Err(if self.tool == BuildTool::Gradle { stop.help(RESOLVER) } else { stop });
        }
        let build = self.build(&asked, wanted)?;
        // Another release than this very one is of no use to a toolchain.
        let is_copied = asked.exact && wanted.version == asked.release && build.version != wanted.version;
        let runtime = self.runtime(wanted, &build).ok_or_else(|| self.unknown(&asked))?;
        let is_made_of = self.is_own() && runtime.version != build.version;
        let toolchain = (is_copied || is_made_of).then(|| wanted.clone());
        let why = self.explain(&asked, &build, &runtime, service);
        service.evidence.push(asked.evidence);
        Ok(Jdks { build, toolchain, runtime, why })
    }

    /// The JDK that the build tool runs on.
    fn build(&self, asked: &Asked, wanted: &Jdk) -> Result<Jdk, Stop> {
        if self.suits(wanted.version) {
            return Ok(wanted.clone());
        }
        let newer = self.nearest(asked.release, |jdk| self.suits(jdk.version));
        let older = self.knowledge.jdk.iter().filter(|jdk| self.suits(jdk.version));
        // An older JDK compiles for its own release at most, unless a toolchain does the work.
        let older = older.max_by_key(|jdk| jdk.version).filter(|_| asked.exact);
        newer.or(older).cloned().ok_or_else(|| self.unsuited(asked))
    }

    /// Whether the build runs on this release: its tool, and what it checks itself.
    fn suits(&self, release: u64) -> bool {
        self.short_of(release).is_none() && self.checked.iter().all(|checked| checked.holds(release))
    }

    fn unsuited(&self, asked: &Asked) -> Stop {
        let place = asked.evidence.place();
        match (self.gradle.first(), self.checked.first()) {
            (None, Some(checked)) => Stop::refuse(format!(
                "{place} asks for Java {}, and {} lets no JDK build it of which an image is kept",
                asked.release,
                checked.evidence.place()
            ))
            .help("widen the range that it requires"),
            (range, _) => Stop::refuse(format!(
                "{place} asks for Java {}, which the project's Gradle{} cannot run on",
                asked.release,
                range.map_or(String::new(), |range| format!(" {}", range.version))
            ))
            .help("update the Gradle wrapper, or ask for a toolchain"),
        }
    }

    /// The Gradle that builds, where it and all others do not run on this release of Java.
    fn short_of(&self, release: u64) -> Option<&GradleRange> {
        let none = self.gradle.iter().all(|range| !range.runs_on(release));
        self.gradle.first().filter(|_| none)
    }

    /// What runs a program for this release: distroless, or made of the build's own JDK.
    fn runtime(&self, wanted: &Jdk, build: &Jdk) -> Option<Jdk> {
        if self.is_own() {
            return Some(if build.version >= wanted.version { build } else { wanted }.clone());
        }
        self.nearest(wanted.version, |jdk| jdk.runtime.is_some()).cloned()
    }

    fn is_own(&self) -> bool {
        self.options.runtime == Some(RuntimeChoice::Jlink) || self.options.aot_cache
    }

    /// Nothing asks: the default, within what the framework and the build tool run on.
    fn unasked(&self, service: &mut Service) -> Result<Jdks, Stop> {
        let (oldest, newest) = self.of_framework();
        let fits = |jdk: &&Jdk| jdk.version >= oldest && jdk.version <= newest && self.suits(jdk.version);
        let mut known: Vec<&Jdk> = self.knowledge.jdk.iter().filter(fits).collect();
        known.sort_by_key(|jdk| jdk.version);
        let chosen = known.iter().find(|jdk| jdk.default).or(known.last());
        let Some(build) = chosen.copied().cloned() else {
            return Err(Stop::refuse("no known JDK runs both this framework and this build tool")
                .help("`--java N` names the release"));
        };
        let Some(runtime) = self.runtime(&build, &build) else {
            return Err(Stop::refuse(format!("no image runs Java {}", build.version)));
        };
        service.version = Some(Version::default(build.version.to_string()));
        let why = match build.default {
            true => {
                format!("has Java {}, a long-term support release; nothing asks for another", build.version)
            }
            false => format!("has Java {}, the newest that suits; nothing asks for one", build.version),
        };
        Ok(Jdks { build, toolchain: None, runtime, why })
    }

    /// The oldest and the newest release that the framework runs on.
    fn of_framework(&self) -> (u64, u64) {
        let Some((name, Some(version))) = self.framework else { return (0, u64::MAX) };
        let row = self
            .knowledge
            .framework_jdk
            .iter()
            .find(|row| row.framework == name && version.first(2) >= row.from);
        row.map_or((0, u64::MAX), |row| (row.oldest, row.newest.unwrap_or(u64::MAX)))
    }

    fn nearest(&self, least: u64, fits: impl Fn(&Jdk) -> bool) -> Option<&Jdk> {
        let known = self.knowledge.jdk.iter().filter(|jdk| jdk.version >= least && fits(jdk));
        known.min_by_key(|jdk| jdk.version)
    }

    fn unknown(&self, asked: &Asked) -> Stop {
        let newest = self.knowledge.jdk.iter().map(|jdk| jdk.version).max().unwrap_or(0);
        Stop::refuse(format!(
            "{} asks for Java {}, for which no distroless image exists",
            asked.evidence.place(),
            asked.release
        ))
        .help(format!("the newest with one is Java {newest}"))
    }

    /// The reason in words; what the user must know besides goes into the warnings.
    fn explain(&self, asked: &Asked, build: &Jdk, runtime: &Jdk, service: &mut Service) -> String {
        let (release, place, file) = (asked.release, asked.evidence.place(), &asked.evidence.file);
        if runtime.version != release && !self.is_own() {
            service.warnings.push(format!(
                "{place} asks for Java {release}, for which no distroless image exists; it runs on Java {}{}",
                runtime.version,
                if build.version == release { " (`--runtime jlink` gives it its own)" } else { "" }
            ));
        }
        let (_, newest) = self.of_framework();
        if let Some((name, Some(version))) = self.framework
            && runtime.version > newest
        {
            service
                .warnings
                .push(format!("{name} {version} is not known to run on Java {}", runtime.version));
        }
        if build.version == release {
            format!("has Java {release}, as {file} asks")
        } else if let Some(range) = self.short_of(release) {
            format!(
                "has Java {}, which Gradle {} runs on; {file} asks for {release}",
                build.version, range.version
            )
        } else if let Some(checked) = self.checked.iter().find(|checked| !checked.holds(release)) {
            let by = &checked.evidence.file;
            let who = if by == file { "it" } else { file };
            format!("has Java {}, which {by} lets it be built with; {who} asks for {release}", build.version)
        } else {
            format!("has Java {}, the nearest; {file} asks for {release}", build.version)
        }
    }
}
