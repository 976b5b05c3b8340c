//! A second process that removes what a run made, whatever becomes of the run itself.
//!
//! The run tells it by lines what exists: `container NAME`, `folder PATH`, `build PID`, `program PID`
//! (which starts a container), `runtime PATH` (which removes it), and, with the word `not` before,
//! what exists no more. When the lines end, because the run is done, was
//! interrupted or was killed, everything that is still noted goes.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;

use super::family::Family;
use super::layers;
use super::process::{Deadline, Running, Task, signal};
use super::processes;
use crate::failure::{Exit, Failure};
use crate::output::terminal::{complain, shown};

/// The run's end of the line to its guard.
#[derive(Clone)]
pub struct Guard {
    line: Arc<Mutex<Option<(Running, ChildStdin)>>>,
}

impl Guard {
    /// Starts the guard of a run on this engine, whose temporary files are all in this folder.
    ///
    /// # Errors
    /// When this program cannot be started a second time.
    pub fn start(engine: &Path, family: Family, scratch: &Path) -> Result<Guard> {
        let this = std::env::current_exe()
            .map_err(|error| Failure::failed(format!("cannot find this program itself: {error}")))?;
        let arguments = ["guard".as_ref(), engine.as_os_str(), family.program().as_ref()];
        let fed = Task::new(&this, arguments).start_detached()?;
        let guard = Guard { line: Arc::new(Mutex::new(Some(fed))) };
        guard.note("folder", &scratch.to_string_lossy());
        Ok(guard)
    }

    /// Notes something that is to be removed at the end.
    pub fn note(&self, kind: &str, value: &str) {
        if let Some((_, stdin)) = &mut *self.line.lock().unwrap_or_else(PoisonError::into_inner) {
            // A guard that was killed guards no more; there is nothing better to do than go on.
            let _ = stdin.write_all(format!("{kind} {value}\n").as_bytes());
        }
    }

    /// Takes a note back.
    pub fn forget(&self, kind: &str, value: &str) {
        self.note(&format!("not {kind}"), value);
    }

    /// Ends the notes and waits until everything noted is removed.
    ///
    /// # Errors
    /// When the guard does not come to an end.
    pub fn finish(&self) -> Result<()> {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut running, stdin)) = line else { return Ok(()) };
        drop(stdin);
        // A second Ctrl-C ends nothing sooner: the guard goes on in any case.
        let deadline = Deadline::after(Duration::from_secs(120));
        while running.poll()?.is_none() {
            if deadline.passed() {
                complain("warning: removing what was made takes long; it goes on by itself\n");
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

/// The guard itself: reads notes to their end, then removes what they name.
pub fn run(engine: &Path, family: Family) -> Result<Exit> {
    // Noted signals do not end this process: it ends when its work is done.
    super::interrupt::watch()?;
    let mut notes: Vec<(String, String)> = Vec::new();
    for line in BufReader::new(io::stdin()).lines() {
        let Ok(line) = line else { break };
        let (wanted, rest) = match line.strip_prefix("not ") {
            Some(rest) => (false, rest),
            None => (true, line.as_str()),
        };
        let Some((kind, value)) = rest.split_once(' ') else { continue };
        let note = (kind.to_owned(), value.to_owned());
        match wanted {
            true => notes.push(note),
            false => notes.retain(|one| *one != note),
        }
    }
    Cleaner { engine, family }.clean(&notes);
    Ok(Exit::Done)
}

struct Cleaner<'a> {
    engine: &'a Path,
    family: Family,
}

impl Cleaner<'_> {
    fn clean(&self, notes: &[(String, String)]) {
        let of = |kind: &str| -> Vec<&str> {
            notes.iter().filter(|note| note.0 == kind).map(|note| note.1.as_str()).collect()
        };
        of("build")
            .into_iter()
            .filter_map(|pid| pid.parse().ok())
            .for_each(|pid| end_build(self.family, pid));
        // A client that is still at work could make what is about to be removed.
        of("program")
            .into_iter()
            .filter_map(|pid| pid.parse().ok())
            .for_each(|pid| signal(pid, Signal::KILL));
        for container in of("container") {
            self.container(container, of("runtime").first().copied());
        }
        for folder in of("folder") {
            let folder = PathBuf::from(folder);
            self.images(&folder);
            remove(&folder);
        }
    }

    fn container(&self, name: &str, runtime: Option<&str>) {
        if let Some(runtime) = runtime {
            called(Path::new(runtime), &["delete", "--force", name]);
        }
        match self.family {
            Family::Docker => self.engine(&["rm", "--force", "--volumes", name]),
            Family::Podman => self.engine(&["rm", "--force", "--ignore", "--volumes", "--time", "0", name]),
            Family::Buildah => self.engine(&["rm", name]),
        };
    }

    /// Removes the images that the builds of this run made: children before their parents.
    fn images(&self, scratch: &Path) {
        if layers::made(scratch).is_empty() {
            return;
        }
        let mut left = usize::MAX;
        // Parents can go once their children are gone; the listing need not be in that order.
        loop {
            let images = layers::removable(scratch, &self.there());
            if images.is_empty() || images.len() >= left {
                return;
            }
            left = images.len();
            if self.family == Family::Buildah {
                // It gives up at the first image that is gone, as parents may be by then.
                images.iter().for_each(|image| drop(self.engine(&["rmi", image])));
            } else {
                let all = images.iter().map(String::as_str);
                self.engine(&["rmi", "--no-prune"].into_iter().chain(all).collect::<Vec<_>>());
            }
        }
    }

    /// The images that there are, one a line: number and name.
    fn there(&self) -> String {
        let name = if self.family == Family::Buildah { "{{.Name}}" } else { "{{.Repository}}" };
        let format = format!("{{{{.ID}}}} {name}");
        // Podman gives up when an image goes while it lists them.
        for _ in 0..5 {
            let there = self.engine(&["images", "--all", "--no-trunc", "--format", &format]);
            if !there.is_empty() {
                return there;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        String::new()
    }

    fn engine(&self, arguments: &[&str]) -> String {
        called(self.engine, arguments)
    }
}

/// Runs a program; what it printed.
fn called(program: &Path, arguments: &[&str]) -> String {
    let Ok(mut running) = Task::new(program, arguments).start(None) else { return String::new() };
    let _ = running.wait_regardless(Deadline::after(Duration::from_secs(60)));
    running.stdout()
}

/// Ends a build so that the engine clears up after it.
pub(super) fn end_build(family: Family, pid: u32) {
    // Docker's builds run in its daemon, which clears up when its client goes. Podman and Buildah
    // would leave containers and mounts: they clear up when a step fails, so each is made to.
    let gently = family.leaves_layers() && processes::visible();
    if !gently {
        signal(pid, Signal::INT);
    }
    let deadline = Deadline::after(Duration::from_secs(15));
    while processes::alive(pid) && !deadline.passed() {
        if gently {
            processes::contained(pid).into_iter().for_each(processes::kill);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    if processes::alive(pid) {
        signal(pid, Signal::KILL);
    }
}

/// Removes a folder; an engine that was just ended may add to it once more.
fn remove(folder: &Path) {
    const TIMES: u32 = 10;
    for time in 1..=TIMES {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                if time == TIMES {
                    complain(&shown(&format!("warning: cannot remove `{}`: {error}\n", folder.display())));
                }
                std::thread::sleep(Duration::from_millis(200));
            }
            _ => return,
        }
    }
}
