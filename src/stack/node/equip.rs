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
const HEADERS: &str = "/usr/local";

/// The variable that every node-gyp reads; npm 11 and later say that they do not know it.
const NODEDIR: &str = "npm_config_nodedir";

/// The one that node-gyp reads since 11.5, of which npm says nothing.
const QUIET_NODEDIR: &str = "npm_package_config_node_gyp_nodedir";

/// The first Node.js whose own npm brings such a node-gyp; other managers have older ones, or the
/// one of the lock file.
const QUIET_SINCE: u64 = 24;

/// Whether a variable is there because something compiles.
pub(super) fn is_for_compiling(env: &Env) -> bool {
    env.name == NODEDIR || env.name == QUIET_NODEDIR
}

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
    node: &NodeImage,
) -> Result<Equipment, Halt> {
    if let Some(stop) = native.uninstallable {
        return Err(stop.into());
    }
    let started = request.compiler(install, scripts)?;
    let mut variables = native.build_env;
    if native.full.is_some() {
        let is_quiet = install.manager.name == "npm" && node.major >= QUIET_SINCE;
        let name = if is_quiet { QUIET_NODEDIR } else { NODEDIR };
        variables.push((name.to_owned(), HEADERS.to_owned()));
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
    node: &NodeImage,
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
    equip(native, request, install, scripts, node)
}

/// The packages that are installed together.
pub(super) fn members<'b>(install: &Install<'b>, candidate: &'b Candidate) -> Vec<Member<'b>> {
    let all = install.workspace.members.iter().copied();
    let others = all.filter(|member| member.folder != candidate.folder);
    others.chain([candidate]).map(|member| (member.folder.as_str(), &member.package)).collect()
}
