//! What a build tool's files say of the whole project, whichever tool it is.

use serde::Serialize;

use super::jdk::GradleRange;
use super::module::Module;
use crate::evidence::Evidence;
use crate::options::BuildTool;
use crate::plan::Secret;

/// A project of either tool.
pub(super) struct Project {
    pub tool: BuildTool,
    pub modules: Vec<Module>,
    /// The project's own copy of the tool, or why it is not used.
    pub wrapper: Wrapper,
    /// Words that the tool is always given.
    pub flags: Vec<String>,
    /// Whether modules are built with what others make of their tests.
    pub shares_tests: bool,
    /// The releases of Gradle that can build it, the best first; none for Maven.
    pub gradle: Vec<GradleRange>,
    /// Whether Gradle downloads JDKs that toolchains ask for.
    pub downloads: bool,
    /// Goals that make a module's own jar, where it can become a program without any plugin for that.
    pub plain: Option<Vec<String>>,
    /// The plugin of Maven's that copies libraries.
    pub copier: Option<String>,
    /// Plugins that need a word, by the folder of their module.
    pub notes: Vec<Note>,
    /// Lines that compute the Java version, by the folder of their module.
    pub computed: Vec<(String, Evidence)>,
    /// Credentials for repositories that are not public.
    pub secrets: Vec<Secret>,
    /// The same, by variables of the environment that the build reads.
    pub tokens: Vec<Token>,
    /// Files that the build reads by name.
    pub needs: Vec<String>,
    pub warnings: Vec<String>,
}

/// A variable of the environment that holds a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    pub name: String,
    /// What reads it.
    pub why: String,
}

/// A script of the project that brings the build tool in the right version.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// It calls this program, where it calls one that not every image has.
    Used(Option<&'static str>),
    /// There is none, or it cannot be used.
    Missing,
}

/// A plugin that does more than compile: what it takes to build beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Folder of the module that has it; that of the root where it is the whole build's.
    pub folder: String,
    pub evidence: Evidence,
    /// Arguments that let the build pass.
    pub arguments: Vec<String>,
    /// What the user must know.
    pub warning: Option<String>,
}

/// Programs that builds start and that no image of a build has.
pub(super) const ABSENT: &[&str] =
    &["bun", "docker", "git", "make", "node", "npm", "npx", "pnpm", "python", "python3", "yarn"];
