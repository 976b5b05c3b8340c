//! What several stacks decide in the same way.

use anyhow::Result;
use serde::Serialize;

use crate::catalog::{Framework, RuntimeImage};
use crate::evidence::Evidence;
use crate::manifest;
use crate::options::Options;
use crate::plan::{Copy, Env, Runtime, secrets};
use crate::repo::Repo;
use crate::service::{Kind, Service};
use crate::source::assets::{Asset, Named};
use crate::source::listen::Listening;
use crate::source::programs::first_few;
use crate::verdict::Stop;

/// Whether a name can stand in a path, an image instruction and a shell word as it is. What
/// manifests call a program is used only when this holds.
pub(super) fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    !name.is_empty() && name.len() <= 100 && name.chars().all(plain) && !name.starts_with(['-', '.'])
}

/// Whether a relative path consists of plain names.
pub(super) fn is_plain_path(path: &str) -> bool {
    path.split('/').all(is_plain_name)
}

/// The port that a service listens on, and the environment that makes it so.
pub(super) struct Network {
    pub port: Option<u16>,
    pub env: Vec<Env>,
}

/// The port for a program that reads one from the environment and has no default of its own.
const USUAL_PORT: u16 = 8080;

/// The first port that everyone may open on every engine: Podman lets a user open no lower one.
const LEAST_PORT: u16 = 1024;

/// Decides the port: flag, default in the source, framework, or the usual one for a program that
/// asks its environment. Evidence and warnings go into the service.
pub(super) fn network(
    service: &mut Service,
    options: &Options,
    listening: &Listening,
    framework: Option<&Framework>,
) -> Network {
    let read = listening.variable.as_ref().map(|(name, _)| name.as_str());
    let variable = read.or_else(|| framework?.variable.as_deref());
    let (mut port, mut set) = (None, false);
    let known = framework.and_then(|framework| framework.port);
    let found = listening.port.as_ref().filter(|_| known.is_none() || !listening.is_weak());
    if let Some(flag) = options.port {
        service.evidence.push(Evidence::flag("port", "--port", flag));
        (port, set) = (Some(flag), true);
    } else if let Some((found, evidence)) = found {
        service.evidence.push(evidence.clone());
        port = Some(*found);
    } else if known.is_some() {
        port = known;
    } else if let Some((_, evidence)) = &listening.variable {
        service.evidence.push(evidence.clone());
        (port, set) = (Some(USUAL_PORT), true);
    }
    if let Some(evidence) = listening.loopback.as_ref().filter(|_| listening.binding.is_none()) {
        service.warnings.push(format!(
            "{} listens on an address that only the container itself reaches (`{}`); listen on 0.0.0.0",
            evidence.place(),
            evidence.says
        ));
    }
    let local =
        framework.filter(|framework| framework.local && !listening.open && listening.binding.is_none());
    if let Some(framework) = local {
        service.warnings.push(format!(
            "{} listens on an address that only the container itself reaches unless told: name the host 0.0.0.0",
            framework.name
        ));
    }
    if let (Some(low), Some(name), None) = (port.filter(|port| *port < LEAST_PORT), variable, options.port) {
        service.warnings.push(format!(
            "by default it listens on port {low}, which only root may open everywhere: `{name}` sets {USUAL_PORT}"
        ));
        (port, set) = (Some(USUAL_PORT), true);
    } else if let Some(low) = port.filter(|port| *port < LEAST_PORT) {
        service.warnings.push(format!(
            "port {low} is below {LEAST_PORT}: where only root may open such ports, the program cannot; a higher one is safe"
        ));
    }
    let mut env: Vec<Env> = Vec::new();
    if let Some(framework) = framework {
        env.extend(framework.env.iter().map(|(name, value)| Env::new(name, value)));
    }
    if let (true, Some(port), Some(name)) = (set, port, variable) {
        env.push(Env::new(name, port.to_string()));
    }
    env.extend(listening.binding.as_ref().map(|(name, value)| Env::new(name, value)));
    env.sort_by(|a, b| a.name.cmp(&b.name));
    env.dedup_by(|a, b| a.name == b.name);
    Network { port, env }
}

/// What the program does: a server when it has a port or a server's framework.
pub(super) fn kind(port: Option<u16>, framework: Option<&Framework>) -> Kind {
    if port.is_some() || framework.is_some() { Kind::Server } else { Kind::Cli }
}

/// A server whose port is not known cannot be published or asked: says which flag settles it.
pub(super) fn warn_of_unknown_port(service: &mut Service) {
    if service.kind == Some(Kind::Server) && service.port.is_none() {
        service.warnings.push("no port was found in the sources; `--port N` names it".to_owned());
    }
}

/// A version file such as `.nvmrc`: its first line that says something.
pub(super) fn version_file(repo: &Repo, file: &str, what: &str) -> Result<Option<Evidence>> {
    let Some(text) = repo.text(file)? else { return Ok(None) };
    let said = |(_, line): &(usize, &str)| !line.trim().is_empty() && !line.trim().starts_with('#');
    let found = text.lines().enumerate().find(said);
    Ok(found.map(|(index, line)| Evidence::at(what, file, index + 1, line.trim())))
}

/// The version that `.tool-versions` (asdf, mise) sets for one of these tools.
pub(super) fn tool_version(repo: &Repo, tools: &[&str], what: &str) -> Result<Option<(String, Evidence)>> {
    const FILE: &str = ".tool-versions";
    let Some(text) = repo.text(FILE)? else { return Ok(None) };
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        if let (Some(tool), Some(version)) = (words.next(), words.next())
            && tools.contains(&tool)
        {
            let says = manifest::line(&text, index + 1);
            return Ok(Some((version.to_owned(), Evidence::at(what, FILE, index + 1, says))));
        }
    }
    Ok(None)
}

/// Where the program goes: `/app`, unless a folder of files there has its name.
fn program_path(name: &str, files: &[Asset]) -> String {
    let taken = files.iter().any(|file| file.to.split('/').next() == Some(name));
    if taken { format!("/usr/local/bin/{name}") } else { format!("/app/{name}") }
}

/// The copies of files that the program reads at run time, to where its paths find them.
fn file_copies(files: &[Asset], to: &str) -> Vec<Copy> {
    let copy = |file: &Asset| {
        let place = file.evidence.place();
        // A manifest names the library that reads; a source reads by itself.
        let who = if place.contains(".toml:") { format!("A library of {place}") } else { place };
        Copy::new(format!("/src/{}", file.from), format!("{to}/{}", file.to))
            .because(format!("{who} reads it when it runs"))
    };
    files.iter().map(copy).collect()
}

/// Files that we write: the image is made by them, not of them.
const OURS: &[&str] = &["Dockerfile", ".dockerignore"];

/// The files that may be in the image. What looks like a secret stays out of the build, and who
/// reads it is told.
fn reachable(files: Vec<Asset>, service: &mut Service) -> Vec<Asset> {
    let secrets = secrets();
    let (kept, left): (Vec<Asset>, Vec<Asset>) =
        files.into_iter().partition(|file| !OURS.contains(&file.from.as_str()) && !secrets.hides(&file.from));
    let warning = |file: &Asset| {
        let why = if OURS.contains(&file.from.as_str()) { "builds the image" } else { "looks like a secret" };
        format!(
            "{} reads `{}`, which {why} and is not in it; mount it when it runs",
            file.evidence.place(),
            file.from
        )
    };
    service
        .warnings
        .extend(first_few(left.iter().map(warning), |more| format!("and {more} more that it reads")));
    kept
}

/// A program that is one file, and what goes into its image beside it.
pub(super) struct OneFile<'a> {
    pub name: &'a str,
    /// Where the build stage leaves it.
    pub built: &'a str,
    pub image: RuntimeImage,
    /// Why this image.
    pub why: String,
    /// Whether the image lacks CA roots that the program needs.
    pub certificates: bool,
    /// What of the system the image lacks and the build stage makes below `/out/root`.
    pub root: Root,
    /// Whether the build stage leaves shared libraries in `/out/lib`.
    pub libraries: bool,
    /// Files of the repository that it reads when it runs.
    pub files: Vec<Asset>,
    /// Files whose place in the build stage is compiled into it.
    pub placed: Vec<Asset>,
    pub network: Network,
    /// Arguments with which the program asks itself how it is.
    pub health: Option<(Vec<String>, Evidence)>,
}

impl OneFile<'_> {
    /// The runtime stage; what it starts goes into the service too.
    pub(super) fn runtime(mut self, options: &Options, service: &mut Service) -> Result<Runtime, Stop> {
        self.files = reachable(self.files, service);
        self.placed = reachable(self.placed, service);
        let program = program_path(self.name, &self.files);
        let arguments = arguments(options, self.name, &program)?;
        let mut copies = Vec::new();
        if self.certificates {
            copies.push(Copy::new(CERTIFICATES, CERTIFICATES).because("CA roots for outgoing TLS"));
        }
        if let Some(why) = self.root.why() {
            copies.push(Copy::new("/out/root/", "/").because(why));
        }
        if !self.root.writable.is_empty() {
            let why = "Empty folders that the program writes to";
            copies.push(Copy::new("/out/writable/", "/app/").because(why).owned());
        }
        if self.libraries {
            let why = "Shared libraries that the image lacks; the loader looks for them here last";
            copies.push(Copy::new("/out/lib/", "/usr/lib/").because(why));
        }
        copies.extend(file_copies(&self.files, "/app"));
        copies.extend(file_copies(&self.placed, "/src"));
        copies.push(Copy::new(self.built, &program));
        let mut env = self.network.env;
        if self.certificates {
            env.push(Env::new("SSL_CERT_FILE", CERTIFICATES));
        }
        service.runtime_image = Some(self.image.reference.clone());
        service.start = [vec![program.clone()], arguments.clone()].concat();
        let assets = self.files.into_iter().chain(self.placed);
        service.evidence.extend(assets.map(|asset| asset.evidence));
        let mut health = Vec::new();
        if let Some((words, evidence)) = self.health {
            health = [vec![program.clone()], words].concat();
            service.evidence.push(evidence);
        }
        Ok(Runtime {
            image: self.image.reference,
            why: self.why,
            packages: Vec::new(),
            copies,
            workdir: "/app".to_owned(),
            volumes: self.root.writable.iter().map(|folder| format!("/app/{folder}")).collect(),
            env,
            expose: self.network.port.into_iter().collect(),
            entrypoint: vec![program],
            cmd: arguments,
            start_why: Vec::new(),
            health,
        })
    }
}

/// What a runtime without a system of its own is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Root {
    /// An empty `/tmp` with mode 1777.
    pub tmp: bool,
    /// `/etc/passwd` and `/etc/group` with the user that runs.
    pub users: bool,
    /// Folders below the working directory that the program writes to.
    pub writable: Vec<String>,
}

/// More volumes than this no program has.
const VOLUMES: usize = 20;

/// The folders that a program writes to, where no file of the repository is copied to them. Says of
/// what git ignores that it is left out.
pub(super) fn writable(named: &Named, files: &[Asset], service: &mut Service) -> Vec<String> {
    let within = |path: &str, above: &str| path == above || path.starts_with(&format!("{above}/"));
    let is_free = |folder: &String| {
        is_plain_path(folder)
            && !files.iter().any(|file| within(&file.to, folder) || within(folder, &file.to))
    };
    let written = named.written_folders();
    let (free, taken): (Vec<_>, Vec<_>) = written.into_iter().partition(|(folder, _)| is_free(folder));
    let volume = |(folder, evidence): &(String, &Evidence)| {
        format!(
            "{} writes below `{folder}`: `/app/{folder}` is a volume; name it when the container is started to keep what is in it",
            evidence.place()
        )
    };
    let mount = |(folder, evidence): &(String, &Evidence)| {
        format!(
            "{} writes below `{folder}`: mount a volume that user 65532 may write at `/app/{folder}`",
            evidence.place()
        )
    };
    let (made, rest) = free.split_at(free.len().min(VOLUMES));
    let volumes = first_few(made.iter().map(volume), |more| format!("and {more} more that are volumes"));
    let mounts = rest.iter().chain(&taken).map(mount);
    service.warnings.extend(volumes);
    service.warnings.extend(first_few(mounts, |more| format!("and {more} more folders that it writes to")));
    service.warnings.extend(named.ignored());
    made.iter().map(|(folder, _)| folder.clone()).collect()
}

impl Root {
    /// Why it is copied; `None` when there is nothing to copy.
    fn why(&self) -> Option<&'static str> {
        match (self.tmp, self.users) {
            (true, true) => Some("An empty /tmp that every user may write, and the name of the user"),
            (true, false) => Some("An empty /tmp that every user may write"),
            (false, true) => Some("The name of the user"),
            (false, false) => None,
        }
    }
}

/// The bundle of CA roots in Debian's images.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The arguments that `--start` gives a compiled program, whose own name comes first.
///
/// # Errors
/// A stop when another program is named: the image holds only this one.
fn arguments(options: &Options, name: &str, program: &str) -> Result<Vec<String>, Stop> {
    match options.start.as_deref() {
        None => Ok(Vec::new()),
        Some([first, rest @ ..]) if first == program || first.trim_start_matches("./") == name => {
            Ok(rest.to_vec())
        }
        Some(other) => {
            let other = other.join(" ");
            Err(Stop::refuse(format!("the image holds one program, `{program}`, not `{other}`"))
                .help(format!("write `--start '{name} ARGUMENTS'`")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_hold_nothing_that_a_shell_or_a_dockerfile_reads() {
        assert!(is_plain_name("my-app_2.0"));
        for name in
            ["", "-x", ".hidden", "a b", "a\nRUN x", "$HOME", "a'b", "a\"b", "a\\b", "a/b", "ä", "a;b"]
        {
            assert!(!is_plain_name(name), "{name}");
        }
        assert!(is_plain_path("cmd/server"));
        assert!(!is_plain_path("cmd/../server"));
    }
}
