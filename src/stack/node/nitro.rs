//! Frameworks whose server Nitro makes, by its preset: a program, files, or something for a host.

use std::rc::Rc;

use anyhow::Result;
use nodejs_semver::{Range, Version};

use super::framework;
use super::site::value::Value;
use crate::catalog::{Node, NodeOutput};
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::repo::Repo;
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script;
use crate::verdict::{Halt, Stop};

/// A package whose framework may be built by Nitro.
pub(super) struct Nitro<'a> {
    pub repo: &'a Repo,
    pub candidate: &'a Candidate,
    pub knowledge: &'a Node,
}

impl Nitro<'_> {
    /// Where the package is told to be built into files alone.
    ///
    /// # Errors
    /// When a configuration file cannot be read.
    pub(super) fn files(&self) -> Result<Option<Evidence>> {
        let Some(row) = self.row() else { return Ok(None) };
        let preset = self.preset(row)?;
        Ok(preset.and_then(|(name, evidence)| {
            self.knowledge.nitro.files.contains(&name?.replace('_', "-")).then_some(evidence)
        }))
    }

    /// Refuses a build that leaves no program for Node.js.
    ///
    /// # Errors
    /// A stop for the preset of a host, one that only a run could tell, or a build without Nitro.
    pub(super) fn check(&self, lock: Option<&Rc<LockFile>>) -> Result<(), Halt> {
        let Some(row) = self.row() else { return Ok(()) };
        if let Some((name, evidence)) = self.preset(row)? {
            let place = evidence.place();
            let Some(name) = name else {
                let reason = format!("{place} names the preset of the build as only a run could tell");
                return Err(Stop::refuse(reason).help("write it as a plain string").into());
            };
            if !self.knowledge.nitro.node.contains(&name.replace('_', "-")) {
                let reason =
                    format!("{place}: the preset `{name}` leaves no server that an image could start");
                return Err(Stop::refuse(reason).help("leave the preset out, or name `node-server`").into());
            }
        }
        match self.is_separate(row, lock) && !self.has_nitro(row)? {
            true => Err(self.absent(row).into()),
            false => Ok(()),
        }
    }

    fn row(&self) -> Option<&NodeOutput> {
        framework::output(&self.candidate.package, self.knowledge).filter(|row| !row.presets.is_empty())
    }

    /// The preset that the build is given, or that the configuration names; no name for one that cannot be
    /// read.
    fn preset(&self, row: &NodeOutput) -> Result<Option<(Option<String>, Evidence)>> {
        let package = &self.candidate.package;
        let commands = script::commands(package, "build", &self.knowledge.front).unwrap_or_default();
        for command in &commands {
            if let Some(name) = script::options(command, &self.knowledge.nitro.options).last() {
                let evidence = package.evidence("preset", &["scripts", "build"]);
                return Ok(Some((Some((*name).to_owned()), evidence)));
            }
        }
        let settings = framework::settings(self.repo, self.candidate, row)?;
        for key in &row.presets {
            match settings.value(key) {
                (Value::Text(name), Some(evidence)) => return Ok(Some((Some(name), evidence))),
                (Value::Absent, _) | (_, None) => {}
                (_, Some(evidence)) => return Ok(Some((None, evidence))),
            }
        }
        Ok(None)
    }

    /// Whether the framework's version brings no Nitro along.
    fn is_separate(&self, row: &NodeOutput, lock: Option<&Rc<LockFile>>) -> bool {
        let Some(since) = row.separate.as_ref().and_then(|since| Version::parse(since).ok()) else {
            return false;
        };
        let package = &self.candidate.package;
        if let Some(locked) = lock.and_then(|lock| lock.named(&row.package).next())
            && let Ok(version) = Version::parse(&locked.version)
        {
            return version >= since;
        }
        // Without a lock file the newest version counts that the package allows.
        let kinds = ["dependencies", "devDependencies"];
        let range = kinds.iter().find_map(|kind| package.string(&[kind, &row.package]));
        let newer = Range::parse(format!(">={since}")).ok();
        match (range.and_then(|range| Range::parse(range).ok()), newer) {
            (Some(range), Some(newer)) => range.allows_any(&newer),
            _ => true,
        }
    }

    /// Whether a dependency brings Nitro, or the configuration names it.
    fn has_nitro(&self, row: &NodeOutput) -> Result<bool> {
        let known = &self.knowledge.nitro.packages;
        let is_there = |name: &String| self.candidate.package.dependency(name).is_some();
        let settings = framework::settings(self.repo, self.candidate, row)?;
        Ok(known.iter().any(is_there) || settings.imports(known.iter().map(String::as_str)).is_some())
    }

    fn absent(&self, row: &NodeOutput) -> Stop {
        let package = &self.candidate.package;
        let kind = package.dependency(&row.package).unwrap_or("dependencies");
        let place = package.evidence("framework", &[kind, &row.package]).place();
        let reason = format!(
            "{place}: `{}` leaves a handler for requests, and nothing makes a server of it",
            row.package
        );
        let config = row.configs.last().map_or("the configuration", String::as_str);
        Stop::refuse(reason)
            .help(format!("for a server: `npm install nitro`, and take `nitro()` of `nitro/vite` as a plugin in {config}"))
            .help("or add a `start` script for a server of its own")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::manifest::package::Package;
    use crate::repo::Memory;

    /// The refusal of a package, or whether it is built into files.
    fn check(manifest: &str, config: &str, text: &str) -> Result<bool, String> {
        let repo = Repo::in_memory(Memory::new().file(config, text));
        let package = Package::parse("package.json", manifest.to_owned()).unwrap();
        let knowledge = catalog::node().unwrap();
        let candidate = Candidate::of(&repo, "package.json".into(), package, &knowledge).unwrap();
        let nitro = Nitro { repo: &repo, candidate: &candidate, knowledge: &knowledge };
        if nitro.files().unwrap().is_some() {
            return Ok(true);
        }
        match nitro.check(None) {
            Ok(()) => Ok(false),
            Err(Halt::Stop(stop)) => Err(stop.reason),
            Err(Halt::Failed(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_preset_decides_what_is_left() {
        let nuxt = |build: &str, config: &str| {
            let manifest =
                format!("{{\"scripts\": {{\"build\": \"{build}\"}}, \"dependencies\": {{\"nuxt\": \"4\"}}}}");
            check(&manifest, "nuxt.config.ts", config)
        };
        assert_eq!(nuxt("nuxt build", "export default defineNuxtConfig({})"), Ok(false));
        assert_eq!(nuxt("nuxt build", "export default { nitro: { preset: 'node_server' } }"), Ok(false));
        assert_eq!(nuxt("nuxt build", "export default { nitro: { preset: 'static' } }"), Ok(true));
        assert_eq!(nuxt("NITRO_PRESET=static nuxt build", ""), Ok(true));
        let host =
            nuxt("nuxt build", "export default {\n nitro: { preset: 'cloudflare-pages' } }").unwrap_err();
        assert!(host.starts_with("nuxt.config.ts:2: the preset `cloudflare-pages`"), "{host}");
        assert!(nuxt("nuxt build --preset=vercel", "").unwrap_err().contains("`vercel`"));
        assert!(nuxt("nuxt build", "export default { nitro: { preset: pick() } }").is_err());
    }

    #[test]
    fn a_framework_without_nitro_leaves_no_server() {
        let start = |version: &str, more: &str, config: &str| {
            let manifest =
                format!("{{\"dependencies\": {{\"@tanstack/react-start\": \"{version}\"{more}}}}}");
            check(&manifest, "vite.config.ts", config)
        };
        assert!(start("^1.132.0", "", "").unwrap_err().contains("leaves a handler for requests"));
        assert!(start("latest", "", "").is_err());
        assert_eq!(start("1.131.50", "", ""), Ok(false));
        assert_eq!(start("^1.150.0", ", \"nitro\": \"3\"", ""), Ok(false));
        assert_eq!(start("^1.150.0", "", "import { nitro } from 'nitro/vite'"), Ok(false));
    }
}
