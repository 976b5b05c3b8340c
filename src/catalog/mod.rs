//! Knowledge about the outside world, as data: images, versions, frameworks, native libraries.
//!
//! Each ecosystem's file is embedded and parsed when it is asked for, so that a run pays only for
//! what it needs. Every row of outside fact names its source and the day it was checked.

mod contents;
mod distroless;
mod failures;
mod go;
mod java;
mod maven;
mod node;
mod node_front;
mod node_native;
mod node_scripts;
mod recognised;
mod runtime;
mod rust;
mod sites;
mod version;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use contents::{Contents, EngineMade, SecretFile, Tools, contents};
pub use distroless::{Distroless, distroless};
pub use failures::{FailureKind, Phase, failures};
pub use go::{Go, GoImage, GoLibrary, GoNative, GoStandard, go};
pub use java::{
    BootJar, FrameworkJdk, FunctionHost, GradleFits, GradleImage, GradleJdk, GradlePlugin, Java,
    JavaFramework, JavaHealth, JavaLauncher, JavaListener, JavaNative, JavaRepositories, JavaServer, Jdk,
    Jlink, Opens, java,
};
pub use maven::{Maven, MavenCopier, MavenExtension, MavenJava, MavenParents, MavenPlugin, maven};
pub use node::{Named, Node, NodeConfig, NodeImage, NodeNitro, NodeOutput, NodeShip, node};
pub use node_front::{NodeFront, NodeHook, NodeManager, NodeManagerVersion, NodeTool};
pub use node_native::{
    NodeDownload, NodeNatives, NodeNeed, NodePackages, NodePrisma, NodeStarted, node_natives,
};
pub use node_scripts::{
    NodeLoss, NodeOlder, NodeOption, NodeProcesses, NodeProgram, NodeProgramKind, NodeRunner, NodeScripts,
    NodeServe, NodeWrapper,
};
pub use recognised::{Ecosystem, recognised};
pub use runtime::{RuntimeImage, runtime, runtimes};
pub use rust::{
    AsksGit, FrontEnd, Handles, Libraries, Linker, Reads, Rust, RustImage, RustNative, Signals, StaticLink,
    rust,
};
pub use sites::{SiteAdapter, SiteExcept, SitePages, SiteServer, SiteTool, SiteVariable, Sites, sites};
pub use version::Release;

/// A library that makes a program a server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// The name that a manifest gives it.
    #[serde(alias = "module", alias = "crate")]
    pub package: String,
    pub name: String,
    /// Where it listens when nothing else is said.
    pub port: Option<u16>,
    /// The environment variable that it reads the port from.
    pub variable: Option<String>,
    /// Whether it listens on this machine alone when no address is named.
    #[serde(default)]
    pub local: bool,
    /// Whether it ends the program on SIGTERM.
    #[serde(default)]
    pub ends: bool,
    /// Environment that makes it listen on all interfaces.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).with_context(|| format!("the embedded catalogue file `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_build_image_has_a_newer_glibc_than_its_runtime() {
        let cc = runtime("cc").unwrap().glibc.unwrap();
        for image in go().unwrap().build {
            assert!(image.glibc <= cc, "{}", image.reference);
        }
        let rust = rust().unwrap();
        for image in rust.pinned.iter().chain([&rust.latest]) {
            assert!(image.glibc <= cc, "{}", image.slim);
        }
        let node = node().unwrap();
        for image in node.build.iter().chain(&node.ended) {
            assert!(image.glibc <= runtime(&image.runtime).unwrap().glibc.unwrap(), "{}", image.reference);
        }
        for jdk in java().unwrap().jdk {
            let id = jdk.runtime.as_deref().unwrap_or("java17");
            assert!(jdk.glibc <= runtime(id).unwrap().glibc.unwrap(), "{}", jdk.maven);
        }
    }

    #[test]
    fn runtime_images_carry_their_debian_release_and_run_as_nonroot() {
        for image in runtimes().unwrap() {
            let named = image.reference.ends_with("-debian13:nonroot");
            assert!(named || image.id == "scratch", "{}", image.reference);
            assert_eq!(image.libc == "glibc", image.glibc.is_some(), "{}", image.id);
        }
    }

    #[test]
    fn build_images_name_a_codename() {
        let go = go().unwrap().build.into_iter().map(|image| image.reference);
        let node = node().unwrap();
        let node = node.build.into_iter().chain(node.ended);
        let node = node.flat_map(|image| [image.reference, image.full]);
        let java = java().unwrap();
        let gradle = java.gradle_image.into_iter().map(|image| image.reference);
        let java = java.jdk.into_iter().flat_map(|jdk| [jdk.wrapper, jdk.maven]).chain(gradle);
        for reference in go.chain(node).chain(java) {
            let codename = ["trixie", "bookworm", "bullseye", "noble", "jammy"]
                .iter()
                .any(|name| reference.contains(name));
            assert!(codename, "{reference}");
        }
    }

    #[test]
    fn one_default_each_and_every_runtime_exists() {
        assert_eq!(go().unwrap().build.iter().filter(|image| image.default).count(), 1);
        assert_eq!(node().unwrap().build.iter().filter(|image| image.default).count(), 1);
        assert_eq!(java().unwrap().jdk.iter().filter(|jdk| jdk.default).count(), 1);
        for native in go().unwrap().native {
            assert_eq!(native.distroless, native.runtime.is_some(), "{}", native.module);
            native.runtime.iter().for_each(|id| drop(runtime(id).unwrap()));
        }
    }

    #[test]
    fn recognised_ecosystems_name_something_to_look_for() {
        for ecosystem in recognised().unwrap() {
            assert!(!ecosystem.files.is_empty() || !ecosystem.endings.is_empty(), "{}", ecosystem.name);
        }
    }
}
