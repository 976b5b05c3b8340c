//! What the stage that installs and builds has beside Node.js.

use super::native::{self, Native, Question};
use super::read_lock;
use super::started::Started;
use crate::catalog::{NodeImage, NodeNatives};
use crate::manifest::lock::Member;
use crate::plan::Env;
use crate::stack::javascript::install::{Install, Request};
use crate::stack::javascript::package::Candidate;
use crate::verdict::Halt;

/// Where the build image has the files that node-gyp compiles against, which it would download.
pub(super) const HEADERS: (&str, &str) = ("npm_package_config_node_gyp_nodedir", "/usr/local");

/// What a stage is given.
pub(in crate::stack) struct Equipment {
    /// For what it takes the image with a compiler.
    compiler: Option<String>,
    /// Debian packages.
    pub packages: Vec<String>,
}

impl Equipment {
    /// The image, and why it is that one.
    pub(in crate::stack) fn image(&self, node: &NodeImage, why: String) -> (String, String) {
        match &self.compiler {
            Some(name) => (node.full.clone(), format!("{why}; with build tools for `{name}`")),
            None => (node.reference.clone(), why),
        }
    }
}

/// Decides what a stage is given so that packages can be installed and scripts run; variables that
/// the install needs go into its steps.
///
/// # Errors
/// A stop when a package cannot be installed, or when a script starts what no image has.
pub(super) fn equip(
    native: Native,
    request: &Request,
    install: &mut Install,
    scripts: &[String],
) -> Result<Equipment, Halt> {
    if let Some(stop) = native.uninstallable {
        return Err(stop.into());
    }
    let started = request.compiler(install, scripts)?;
    let mut variables = native.build_env;
    if native.full.is_some() {
        variables.push((HEADERS.0.to_owned(), HEADERS.1.to_owned()));
    }
    for (name, value) in variables {
        install.steps.env.retain(|env| env.name != name);
        install.steps.env.push(Env::new(name, value));
    }
    let compiler = native.full.map(|(name, _)| name).or(started);
    Ok(Equipment { compiler, packages: native.build_apt })
}

/// Does the same for a front end: when the program runs, its packages are gone.
///
/// # Errors
/// As [`equip`], and when the lock file cannot be read.
pub(in crate::stack) fn equip_front(
    request: &Request,
    install: &mut Install,
    scripts: &[String],
    known: &NodeNatives,
) -> Result<Equipment, Halt> {
    let lock = read_lock(request.repo, &install.workspace.root)?;
    let lock = lock.filter(|lock| lock.file.rsplit('/').next() == install.lock.as_deref());
    let native = native::find(&Question {
        folder: &request.candidate.folder,
        members: &members(install, request.candidate),
        lock: lock.as_ref(),
        development: true,
        started: &Started::default(),
        known,
    });
    equip(native, request, install, scripts)
}

/// The packages that are installed together.
pub(super) fn members<'b>(install: &Install<'b>, candidate: &'b Candidate) -> Vec<Member<'b>> {
    let all = install.workspace.members.iter().copied();
    let others = all.filter(|member| member.folder != candidate.folder);
    others.chain([candidate]).map(|member| (member.folder.as_str(), &member.package)).collect()
}
