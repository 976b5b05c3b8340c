//! Which main package becomes the image's program.

use super::constraint::Tags;
use super::sources::Package;
use super::{Facts, base};
use crate::options::Options;
use crate::repo::Repo;
use crate::verdict::{Candidate, Choice, Halt, Stop};

impl Facts {
    /// The main package to build: the one asked for, the only one, the one that a release tool
    /// builds, the one at the root, or the one that has the module's name.
    ///
    /// # Errors
    /// A stop with the candidates when none of these settles it, or with the reason when there
    /// is none.
    pub(super) fn chosen(&self, repo: &Repo, options: &Options) -> Result<&Package, Halt> {
        let usual = self.modules.root.as_ref().map(|module| format!("cmd/{}", base(&module.module)));
        // What has the module's own name, or is what a release tool builds alone, is no tool.
        let all: Vec<&Package> = self.sources.mains().collect();
        let alone = self.built_alone(&all).map(|main| &main.folder);
        let is_aside = |main: &&Package| {
            main.is_aside() && usual.as_ref() != Some(&main.folder) && alone != Some(&main.folder)
        };
        let (aside, mains): (Vec<&Package>, Vec<&Package>) = self.sources.mains().partition(is_aside);
        if let Some(bin) = &options.bin {
            return Ok(self.named(bin, mains.iter().chain(&aside).copied().collect())?);
        }
        let mains = if mains.is_empty() { aside } else { mains };
        let at = |folder: &str| mains.iter().find(|main| main.folder == folder).copied();
        let found = match mains.as_slice() {
            [] => return Err(self.none().into()),
            [one] => Some(*one),
            _ => {
                let usual = at("").or_else(|| usual.as_deref().and_then(at));
                match (self.built_alone(&mains), usual) {
                    // Tools also pack what accompanies a server: a client, a generator.
                    (Some(built), Some(usual))
                        if !self.serves(repo, built)? && self.serves(repo, usual)? =>
                    {
                        Some(usual)
                    }
                    (built, usual) => built.or(usual),
                }
            }
        };
        let tied = || {
            Stop::choose(format!("{} main packages are equally likely", mains.len()), self.candidates(&mains))
        };
        Ok(found.ok_or_else(tied)?)
    }

    /// Whether a program listens on a port.
    fn serves(&self, repo: &Repo, main: &Package) -> Result<bool, Halt> {
        let listening = self.program(repo, &self.sources, main, &Tags::default())?.listens();
        Ok(listening.port.is_some() || listening.variable.is_some())
    }

    /// The main package that is the only one which a release tool builds; the strongest tool that
    /// builds but one decides.
    fn built_alone<'a>(&self, mains: &[&'a Package]) -> Option<&'a Package> {
        self.releases.iter().find_map(|releases| {
            let mut built: Vec<&Package> = mains
                .iter()
                .filter(|main| releases.iter().any(|one| one.folder == main.folder))
                .copied()
                .collect();
            if built.len() == 1 { built.pop() } else { None }
        })
    }

    /// Why there is nothing to start.
    fn none(&self) -> Stop {
        match self.sources.elsewhere.iter().find(|one| !one.says.ends_with(" ignore")) {
            Some(main) => Stop::refuse(format!(
                "{} has the only `func main`, and `{}` leaves it out of a Linux build",
                main.place(),
                main.says
            ))
            .help("take Linux into the constraint, or add a main package without one"),
            None => Stop::not_a_program("the Go code has no `package main` with `func main`").help(
                "a library has nothing to start; a function for a hosting service needs that service's builder",
            ),
        }
    }

    fn named<'a>(&'a self, bin: &str, mains: Vec<&'a Package>) -> Result<&'a Package, Stop> {
        let wanted = bin.trim_start_matches("./").trim_end_matches('/');
        let is_wanted = |main: &&&Package| {
            main.folder == wanted
                || (wanted == "." && main.folder.is_empty())
                || self.name(&main.folder) == wanted
        };
        let found: Vec<&Package> = mains.iter().filter(is_wanted).copied().collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(Stop::choose(format!("no main package is called `{bin}`"), self.candidates(&mains))),
            _ => Err(Stop::choose(
                format!("{} main packages are called `{bin}`", found.len()),
                self.candidates(&found),
            )),
        }
    }

    fn candidates(&self, mains: &[&Package]) -> Vec<Candidate> {
        let folder =
            |main: &Package| if main.folder.is_empty() { ".".to_owned() } else { main.folder.clone() };
        let candidate = |main: &&Package| {
            Candidate::new(self.name(&main.folder), folder(main), Choice::Bin(folder(main)))
        };
        mains.iter().map(candidate).collect()
    }
}
