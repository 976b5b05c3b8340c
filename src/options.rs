//! What the user decided, whatever way it was said.

use std::fmt;

/// A runtime image asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuntimeChoice {
    Scratch,
    Static,
    BaseNossl,
    Base,
    Cc,
    /// Debian with the language's own runtime and a shell.
    Slim,
    /// A Java runtime made of the build's own JDK, with the modules that the program needs.
    Jlink,
}

impl RuntimeChoice {
    /// The id of the image in the catalogue.
    pub fn id(self) -> &'static str {
        match self {
            RuntimeChoice::Scratch => "scratch",
            RuntimeChoice::Static => "static",
            RuntimeChoice::BaseNossl => "base-nossl",
            RuntimeChoice::Base => "base",
            RuntimeChoice::Cc => "cc",
            RuntimeChoice::Slim => "slim",
            RuntimeChoice::Jlink => "jlink",
        }
    }
}

impl fmt::Display for RuntimeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The C library that a Rust program is linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    /// The build image's own, shared with the runtime image.
    Gnu,
    /// musl, linked statically.
    Musl,
}

impl fmt::Display for Libc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Libc::Gnu => "gnu",
            Libc::Musl => "musl",
        })
    }
}

/// How compiled dependencies are kept between builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// In cache mounts of the engine that builds.
    Mount,
    /// In a layer that cargo-chef makes, for CI that carries layers only.
    Chef,
}

impl fmt::Display for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cache::Mount => "mount",
            Cache::Chef => "chef",
        })
    }
}

/// What builds a project of the JVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildTool {
    Maven,
    Gradle,
}

impl fmt::Display for BuildTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BuildTool::Maven => "maven",
            BuildTool::Gradle => "gradle",
        })
    }
}

/// Decisions that outrank evidence. `None` leaves the decision to the evidence.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which of several ecosystems, by its name in the report.
    pub language: Option<String>,
    /// Which of several packages or modules of a repository.
    pub service: Option<String>,
    /// Which of several package managers, with or without `@VERSION`.
    pub package_manager: Option<String>,
    /// Which of several build tools.
    pub build_tool: Option<BuildTool>,
    /// Which Java release.
    pub java: Option<u64>,
    /// Which class is started.
    pub main_class: Option<String>,
    /// Whether the program's classes are stored as the virtual machine has them in memory.
    pub aot_cache: bool,
    /// Which of several programs.
    pub bin: Option<String>,
    /// Which runtime image.
    pub runtime: Option<RuntimeChoice>,
    /// Which C library.
    pub libc: Option<Libc>,
    /// How compiled dependencies are kept.
    pub cache: Option<Cache>,
    /// The port that the program listens on.
    pub port: Option<u16>,
    /// What the container runs, the interpreter included.
    pub start: Option<Vec<String>>,
}

impl Options {
    /// The flags that make the same decisions, as words of a command line.
    pub fn flags(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]))
        };
        flag("--language", self.language.clone());
        flag("--service", self.service.clone());
        flag("--package-manager", self.package_manager.clone());
        flag("--build-tool", self.build_tool.map(|tool| tool.to_string()));
        flag("--java", self.java.map(|release| release.to_string()));
        flag("--main-class", self.main_class.clone());
        flag("--bin", self.bin.clone());
        flag("--runtime", self.runtime.map(|runtime| runtime.to_string()));
        flag("--libc", self.libc.map(|libc| libc.to_string()));
        flag("--cache", self.cache.map(|cache| cache.to_string()));
        flag("--port", self.port.map(|port| port.to_string()));
        flag("--start", self.start.as_ref().map(|argv| serde_json::json!(argv).to_string()));
        words.extend(self.aot_cache.then(|| "--aot-cache".to_owned()));
        words
    }
}
