//! What the packages of a program come to: which are installed, which stay, and what they need.

use std::rc::Rc;

use super::equip::{equip, is_for_compiling, members};
use super::native::{self, Native};
use super::plan::Planning;
use super::script::{self, Start};
use super::ship::Shipped;
use super::sources::{self, Sources};
use super::{framework, heed};
use crate::catalog::NodeImage;
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::repo::join;
use crate::service::Service;
use crate::stack::javascript::install::{Install, Step};
use crate::stack::javascript::package::Candidate;
use crate::verdict::{Halt, Stop};

/// The package that others write code into.
const GENERATED: &str = "@prisma/client";

/// A package's name without the version behind it.
fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

impl Planning<'_> {
    /// The image that builds, why it is that one, and the Debian packages that it is given; what
    /// the install needs of its environment goes into its steps.
    pub(super) fn build_image(
        &self,
        image: &NodeImage,
        why: String,
        install: &mut Install,
        steps: &[Step],
    ) -> Result<(String, String, Vec<String>), Halt> {
        heed(self.repo, self.candidate, install, image)?;
        self.hold_places(install)?;
        let scripts: Vec<String> = steps.iter().filter_map(Step::name).map(str::to_owned).collect();
        let native = self.native(install, &Sources::default(), true)?;
        let equipment = equip(native, &self.request(), install, &scripts, image)?;
        let (reference, why) = equipment.image(image, why);
        Ok((reference, why, equipment.packages))
    }

    /// `npm ci` and its like fail when the lock file does not fit package.json.
    pub(super) fn refuse_frozen(&self, install: &mut Install, service: &mut Service) -> Result<(), Halt> {
        let Some(lock) = self.locked(install)? else { return Ok(()) };
        if let Some(misfit) = lock.misfit(&members(install, self.candidate)) {
            service.warnings.push(format!("{misfit}: install again and commit it"));
            install.steps.install = install.manager.unlocked.clone();
        }
        let settings = self.repo.source(&join(&install.workspace.root, ".npmrc"))?.unwrap_or_default();
        let is_settled = settings.contains("legacy-peer-deps") || settings.contains("force");
        if let Some((package, peer)) = lock.peer_conflict.as_ref().filter(|_| !is_settled) {
            service.warnings.push(format!(
                "{}: `{package}` asks for another `{peer}` than is installed: so it was made with `--legacy-peer-deps`, which the install needs, too",
                lock.file
            ));
            install.steps.install.push("--legacy-peer-deps".to_owned());
        }
        Ok(())
    }

    /// A script of the package that lets no other manager install it.
    pub(super) fn refuse_other(&self, install: &Install) -> Result<(), Halt> {
        const SCRIPT: &str = "preinstall";
        let is_installed =
            |one: &&Candidate| one.folder == install.workspace.root || one.folder == self.candidate.folder;
        for one in self.facts.packages.iter().filter(is_installed) {
            let words: Vec<&str> =
                one.package.script(SCRIPT).unwrap_or_default().split_whitespace().collect();
            let named = words.windows(2).find_map(|pair| match pair {
                [tool, wanted] if unversioned(tool) == "only-allow" => Some(*wanted),
                _ => None,
            });
            let name = &install.manager.name;
            if let Some(wanted) = named.filter(|wanted| wanted != name) {
                let place = one.package.evidence(SCRIPT, &["scripts", SCRIPT]).place();
                let taken = &install.evidence;
                return Err(Stop::refuse(format!(
                    "{place} lets {wanted} alone install the package, and {} is for {name}",
                    taken.place()
                ))
                .help(format!("commit the lock file of {wanted} and no other, or take the script out"))
                .into());
            }
        }
        Ok(())
    }

    /// The lock file that the install keeps to.
    fn locked(&self, install: &Install) -> Result<Option<Rc<LockFile>>, Halt> {
        let lock = self.facts.lock(self.repo, &install.workspace.root)?;
        let is_used = |lock: &Rc<LockFile>| lock.file.rsplit('/').next() == install.lock.as_deref();
        Ok(lock.filter(is_used))
    }

    /// What installed packages need beside Node.js.
    pub(super) fn native(
        &self,
        install: &Install,
        sources: &Sources,
        development: bool,
    ) -> Result<Native, Halt> {
        let lock = self.locked(install)?;
        let members = members(install, self.candidate);
        let question = native::Question {
            folder: &self.candidate.folder,
            members: &members,
            lock: lock.as_deref(),
            development,
            started: &sources.started,
            known: &self.facts.natives,
        };
        Ok(native::find(&question))
    }

    /// What leaves the packages that production needs; none where no others are installed.
    pub(super) fn production(
        &self,
        install: &mut Install,
        start: &Start,
        sources: &Sources,
        shipped: &Shipped,
        service: &mut Service,
    ) -> Result<Vec<Vec<String>>, Halt> {
        if shipped.from_context {
            install.steps.after = Vec::new();
        }
        let mut commands = Vec::new();
        if !shipped.packages {
            if shipped.copies.iter().all(|copy| copy.stage.is_empty()) {
                install.steps.install = Vec::new();
                install.steps.before = Vec::new();
                install.steps.prepare = Vec::new();
            }
        } else if let Some((name, evidence)) = self.development(start, sources)? {
            service.warnings.push(format!(
                "{} needs `{name}`, which is a development dependency: all of them are kept; move it to `dependencies`",
                evidence.place()
            ));
        } else if install.manager.anew && self.is_generated(install) {
            service.warnings.push(format!(
                "{} installs anew for production, without what was compiled or generated: all packages are kept",
                install.manager.name
            ));
        } else if shipped.from_context
            && !install.workspace.is_shared
            && !install.manager.production_only.is_empty()
        {
            install.steps.install.extend(install.manager.production_only.iter().cloned());
        } else {
            let lock = self.locked(install)?;
            let members = members(install, self.candidate);
            let idle = lock.is_some_and(|lock| lock.keeps_idle(&self.candidate.folder, &members));
            commands = install.production(self.candidate, idle);
        }
        commands.extend(shipped.writable.iter().map(|path| ["rm", "-rf", path].map(str::to_owned).to_vec()));
        if !shipped.made.is_empty() {
            commands.push([vec!["mkdir".to_owned(), "-p".to_owned()], shipped.made.clone()].concat());
        }
        Ok(commands)
    }

    /// Whether packages hold what only their install made.
    fn is_generated(&self, install: &Install) -> bool {
        let compiles = install.steps.env.iter().any(is_for_compiling);
        let libraries = install.workspace.shipped(self.candidate);
        let generates = |one: &Candidate| one.package.dependency(GENERATED).is_some();
        compiles || generates(self.candidate) || libraries.into_iter().any(generates)
    }

    /// A development dependency that the program needs when it runs, and what needs it.
    fn development(&self, start: &Start, sources: &Sources) -> Result<Option<(String, Evidence)>, Halt> {
        if let Some((name, evidence)) = self.imported(sources) {
            return Ok(Some((name.clone(), evidence.clone())));
        }
        if let Some(found) = self.preloaded(start) {
            return Ok(Some(found));
        }
        if let Some(found) = self.configured()? {
            return Ok(Some(found));
        }
        self.configuration()
    }

    /// A package that the program imports but that only development installs.
    fn imported<'b>(&self, sources: &'b Sources) -> Option<(&'b String, &'b Evidence)> {
        if framework::output(self.package(), &self.facts.knowledge).is_some() {
            return None;
        }
        sources.imports.iter().find(|(name, _)| self.package().dependency(name) == Some("devDependencies"))
    }

    /// A package that node is told to load first but that only development installs.
    fn preloaded(&self, start: &Start) -> Option<(String, Evidence)> {
        let names = script::preloads(&start.argv).filter_map(sources::package);
        let names = names.chain(start.keeps.iter().map(String::as_str));
        let mut found = names.filter(|name| self.package().dependency(name) == Some("devDependencies"));
        found.next().map(|name| (name.to_owned(), start.evidence.clone()))
    }

    /// A package that the framework's configuration imports, which is read at the start, but that
    /// only development installs.
    fn configured(&self) -> Result<Option<(String, Evidence)>, Halt> {
        let row = framework::output(self.package(), &self.facts.knowledge).filter(|row| !row.alone);
        for file in row.iter().flat_map(|row| &row.ships).filter(|file| file.contains(".config.")) {
            let read = sources::read(self.repo, &self.facts.natives, &self.candidate.folder, file)?;
            let is_development = |name: &str| self.package().dependency(name) == Some("devDependencies");
            let found = read.imports.into_iter().find(|(name, _)| is_development(name));
            if read.found && found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Configuration that is read at the start by a package that only development installs.
    fn configuration(&self) -> Result<Option<(String, Evidence)>, Halt> {
        let package = self.package();
        let rows = self.facts.knowledge.config.iter();
        for config in rows.filter(|config| package.dependency(&config.package).is_some()) {
            for file in &config.files {
                let path = join(&self.candidate.folder, file);
                if self.repo.has(&path)? && package.dependency(&config.needs) == Some("devDependencies") {
                    let evidence = Evidence::file("configuration", path, "read at the start");
                    return Ok(Some((config.needs.clone(), evidence)));
                }
            }
        }
        Ok(None)
    }
}
