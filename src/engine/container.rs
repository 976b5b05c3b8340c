//! Starts an image as a careful operator would: read-only, without capabilities or new privileges.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Deserialize;

use super::process::{Deadline, End, Running};
use super::{Engine, Family, processes};
use crate::failure::Failure;

/// How to start an image.
#[derive(Clone, Debug, Default)]
pub struct Start<'a> {
    pub image: &'a str,
    /// Whether its files cannot be changed; only `/tmp` can be written then.
    pub read_only: bool,
    /// A port of the container that this machine can reach.
    pub port: Option<u16>,
    pub env: BTreeMap<String, String>,
    /// A limit in the engine's notation, such as `512m`.
    pub memory: Option<&'a str>,
    /// Arguments after the image's own entrypoint, in place of its command.
    pub arguments: Vec<String>,
    /// Text for its standard input.
    pub input: Option<String>,
}

/// A container that was started. It is ended when this goes away, and removed then or at the end.
pub struct Container<'a> {
    engine: &'a Engine,
    name: String,
    running: Running,
    begun: Instant,
}

/// What the engine knows of a container.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct State {
    pid: u32,
    #[serde(rename = "OOMKilled")]
    oom_killed: bool,
}

/// A container starts a bounded number of processes, whatever its program does.
pub(super) const PROCESSES: u32 = 1024;

impl Engine {
    /// Starts a container.
    ///
    /// # Errors
    /// When the engine cannot be started.
    pub fn run(&self, start: &Start<'_>) -> Result<Container<'_>> {
        let name = self.next_name();
        self.guard.note("container", &name);
        let task = match self.family {
            Family::Buildah => self.bundle(&name, start)?,
            Family::Docker | Family::Podman => {
                let arguments = self.arguments(&name, start);
                self.task(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
            }
        };
        let input = start.input.as_ref().map(|input| input.as_bytes().to_vec());
        let begun = Instant::now();
        // Podman's monitor leaves a note in its working folder when memory runs out.
        let running = task.inside(&self.scratch).start(input)?;
        self.guard.note("program", &running.id().to_string());
        Ok(Container { engine: self, name, running, begun })
    }

    /// Whether it can tell what a container changed in its files.
    pub fn tells_changes(&self) -> bool {
        self.family != Family::Buildah
    }

    /// A name that no other container has.
    fn next_name(&self) -> String {
        let run = self.scratch.file_name().map(|name| name.to_string_lossy().into_owned());
        let count = self.containers.get() + 1;
        self.containers.set(count);
        // The engine allows no more than letters, digits and a few signs in a name.
        let run: String = run.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        format!("{run}-{count}")
    }

    fn arguments(&self, name: &str, start: &Start<'_>) -> Vec<String> {
        let mut words: Vec<String> = ["run", "--name", name, "--pull", "never", "--log-driver", "none"]
            .into_iter()
            .chain(["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp"])
            .map(str::to_owned)
            .chain([format!("--pids-limit={PROCESSES}")])
            .collect();
        let mut add = |option: &str, value: String| words.extend([option.to_owned(), value]);
        start.port.into_iter().for_each(|port| add("--publish", format!("127.0.0.1::{port}")));
        start.memory.into_iter().for_each(|memory| add("--memory", memory.to_owned()));
        start.env.iter().for_each(|(name, value)| add("--env", format!("{name}={value}")));
        if start.read_only {
            words.push("--read-only".to_owned());
            // Podman would make more folders writable than Docker does.
            words.extend((self.family == Family::Podman).then(|| "--read-only-tmpfs=false".to_owned()));
        }
        words.extend(start.input.is_some().then(|| "--interactive".to_owned()));
        words.push(start.image.to_owned());
        words.extend(start.arguments.iter().cloned());
        words
    }
}

impl Container<'_> {
    /// Seconds since it was started.
    pub fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The exit code, once the program has ended.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn ended(&mut self) -> Result<Option<i32>> {
        self.running.poll()
    }

    /// Waits for the program's end; nothing when it runs on.
    ///
    /// # Errors
    /// When somebody wants this process to end.
    pub fn wait(&mut self, timeout: Duration) -> Result<Option<i32>> {
        match self.running.wait(Deadline::after(timeout))? {
            End::Exited(code) => Ok(Some(code)),
            End::TimedOut => Ok(None),
        }
    }

    /// What the program printed: standard output, standard error.
    pub fn output(&self) -> (String, String) {
        (self.running.stdout(), self.running.stderr())
    }

    /// Where this machine reaches a port of the container; nothing before it is started.
    pub fn address(&self, port: u16) -> Option<SocketAddr> {
        if self.engine.family == Family::Buildah {
            return Some(SocketAddr::from(([127, 0, 0, 1], port)));
        }
        let told = self.engine.ask(&["port", &self.name, &format!("{port}/tcp")]).ok()?;
        told.lines().find_map(|line| line.trim().parse().ok())
    }

    /// The number of its first process on this machine; nothing when that runs elsewhere.
    pub fn process(&self) -> Option<u32> {
        let pid = match self.engine.family {
            Family::Buildah => self.engine.bundle_process(&self.name)?,
            Family::Docker | Family::Podman => self.state().ok()?.pid,
        };
        (pid > 0 && processes::alive(pid)).then_some(pid)
    }

    /// User and group of its first process, as this machine sees them.
    pub fn owner(&self) -> Option<(u32, u32)> {
        processes::owner(self.process()?)
    }

    /// The lists of open sockets, as the system prints them.
    pub fn sockets(&self) -> Option<String> {
        processes::sockets(self.process()?)
    }

    /// Whether it was ended for want of memory.
    pub fn out_of_memory(&self) -> bool {
        self.engine.family != Family::Buildah && self.state().is_ok_and(|state| state.oom_killed)
    }

    /// Paths that were added or changed in its files; nothing where the engine cannot tell.
    ///
    /// # Errors
    /// When the engine refuses to.
    pub fn changes(&self) -> Result<Vec<String>> {
        let told = self.engine.ask(&["diff", &self.name])?;
        let changed = told.lines().filter_map(|line| line.strip_prefix("A ").or(line.strip_prefix("C ")));
        Ok(changed.map(str::to_owned).collect())
    }

    /// Asks the program to end, as orchestrators do, and waits; at the timeout it is killed.
    ///
    /// # Errors
    /// When the engine refuses, or somebody wants this process to end.
    pub fn stop(&mut self, timeout: Duration) -> Result<Option<i32>> {
        if self.engine.family == Family::Buildah {
            self.engine.bundle_signal(&self.name, "TERM")?;
            return match self.wait(timeout)? {
                Some(code) => Ok(Some(code)),
                None => self.engine.bundle_signal(&self.name, "KILL").map(|()| None),
            };
        }
        let seconds = timeout.as_secs().to_string();
        let told = self.engine.ask(&["stop", "-t", &seconds, &self.name]);
        // It may have ended by itself in the meantime.
        if self.running.poll()?.is_none() {
            told?;
        }
        // The engine needs a moment to tell what it did.
        self.wait(timeout + Duration::from_secs(5))
    }

    fn state(&self) -> Result<State> {
        let told = self.engine.ask(&["inspect", "--format", "{{json .State}}", &self.name])?;
        serde_json::from_str(&told).map_err(|error| {
            Failure::failed(format!(
                "{} tells the state of a container in a way that is not known: {error}",
                self.engine.title()
            ))
            .into()
        })
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        let remove: &[&str] = match self.engine.family {
            Family::Podman => &["rm", "--force", "--ignore", "--volumes", "--time", "0", &self.name],
            _ => &["rm", "--force", "--volumes", &self.name],
        };
        // What is left to the guard is removed at the end of the run.
        let left = self.engine.family == Family::Buildah;
        let removed = !left && self.engine.ask(remove).is_ok();
        if !removed {
            self.running.kill();
        }
        let patience = Deadline::after(Duration::from_secs(5));
        if self.running.wait_regardless(patience).is_ok() {
            self.engine.guard.forget("program", &self.running.id().to_string());
        }
        if removed {
            self.engine.guard.forget("container", &self.name);
        }
    }
}
