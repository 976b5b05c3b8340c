//! Builds an image, and says what the build is at while it goes on.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::process::{Deadline, Running};
use super::transcript::Transcript;
use super::{Engine, Family, layers};
use crate::failure::Failure;

/// Pieces of 64 kB of a log that are read in one go.
const READS: u32 = 64;

/// A build's log may grow to this size, in bytes.
const LARGEST_LOG: u64 = 256 << 20;

/// How often the images are listed again when that fails.
const LISTINGS: u32 = 5;

/// What to build.
pub struct Recipe<'a> {
    /// Names this build among those of a run.
    pub name: &'a str,
    pub dockerfile: &'a Path,
    pub context: &'a Path,
    /// A stage to stop at.
    pub target: Option<&'a str>,
    /// Whether its steps may use the network.
    pub network: bool,
    /// Whether the image is this run's alone, and not to be kept.
    pub own: bool,
    /// How long it may take.
    pub timeout: Duration,
}

/// How a build ended.
pub struct Built {
    /// The image; nothing when it failed.
    pub image: Option<String>,
    pub ended: Ended,
    pub seconds: f64,
    /// The log's beginning and end.
    pub log: String,
}

/// Why there is no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Well,
    Refused,
    TimedOut,
    TooMuchLog,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ended::Well => "it was built",
            Ended::Refused => "the engine gave up",
            Ended::TimedOut => "it took longer than --timeout allows",
            Ended::TooMuchLog => "it printed more than 256 MB",
        })
    }
}

/// Told of every line that a build prints.
pub trait Progress {
    fn line(&mut self, line: &str);
}

impl Engine {
    /// Builds an image without a name. What this leaves behind is removed at the run's end.
    ///
    /// # Errors
    /// When the engine cannot be started, or somebody wants this process to end.
    pub fn build(&self, recipe: &Recipe<'_>, progress: &mut dyn Progress) -> Result<Built> {
        self.note_images()?;
        let result = self.scratch.join(format!("{}.{}", recipe.name, layers::RESULT));
        let path = self.scratch.join(format!("{}.{}", recipe.name, layers::LOG));
        let begun = Instant::now();
        let mut running = self.task_of(recipe, &result).start_into(create(&path)?)?;
        let process = running.id().to_string();
        self.guard.note("build", &process);
        let mut log = Log::open(&path)?;
        let ended = self.follow(&mut running, &mut log, recipe.timeout, progress)?;
        self.guard.forget("build", &process);
        let seconds = begun.elapsed().as_secs_f64();
        let image = if ended == Ended::Well { Some(self.result(&result)?) } else { None };
        Ok(Built { image, ended, seconds, log: log.kept.text() })
    }

    fn task_of(&self, recipe: &Recipe<'_>, result: &Path) -> super::Task {
        let (file, context) = (recipe.dockerfile.to_string_lossy(), recipe.context.to_string_lossy());
        let result = result.to_string_lossy();
        let mut arguments = vec!["build", "--iidfile", &result, "--file", &file];
        match self.family {
            Family::Docker => arguments.extend(["--progress", "plain"]),
            Family::Podman | Family::Buildah => arguments.push("--layers"),
        }
        // A label of its own makes the image this run's alone: what another run or the user builds of
        // the same files is another image.
        let label = format!("distrogen.run={}", self.scratch.display());
        if recipe.own {
            arguments.extend(["--label", &label]);
        }
        if let Some(target) = recipe.target {
            arguments.extend(["--target", target]);
        }
        if !recipe.network {
            arguments.extend(["--network", "none"]);
        }
        arguments.push(&context);
        self.task(&arguments).env("DOCKER_BUILDKIT", "1")
    }

    /// Notes which images are there already, so that only new ones are removed.
    fn note_images(&self) -> Result<()> {
        let path = self.scratch.join(layers::BEFORE);
        if read(&path).is_ok() {
            return Ok(());
        }
        if self.family.leaves_layers() {
            share_cache_mounts(&self.scratch)?;
        }
        let list = || self.ask(&["images", "--all", "--quiet", "--no-trunc"]);
        let mut there = list();
        // Podman gives up when an image goes while it lists them.
        for _ in 0..LISTINGS {
            if there.is_ok() {
                break;
            }
            super::interrupt::check()?;
            thread::sleep(Duration::from_millis(200));
            there = list();
        }
        write(&path, &there?)
    }

    fn follow(
        &self,
        running: &mut Running,
        log: &mut Log,
        timeout: Duration,
        progress: &mut dyn Progress,
    ) -> Result<Ended> {
        let deadline = Deadline::after(timeout);
        loop {
            let ended = running.poll()?;
            log.follow(progress)?;
            match ended {
                Some(0) => return Ok(Ended::Well),
                Some(_) => return Ok(Ended::Refused),
                None => {}
            }
            let stop = if deadline.passed() {
                Some(Ended::TimedOut)
            } else if log.file.metadata()?.len() > LARGEST_LOG {
                Some(Ended::TooMuchLog)
            } else {
                None
            };
            let interrupted = super::interrupt::check();
            if stop.is_some() || interrupted.is_err() {
                super::guard::end_build(self.family, running.id());
                log.follow(progress)?;
                interrupted?;
                return Ok(stop.unwrap_or(Ended::Refused));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn result(&self, path: &Path) -> Result<String> {
        let id = read(path)?.trim().to_owned();
        if id.is_empty() {
            let message = format!("{} built something, but does not say which image", self.title());
            return Err(Failure::failed(message).into());
        }
        Ok(id)
    }
}

/// The log of a build that goes on.
struct Log {
    file: File,
    kept: Transcript,
    /// A line whose end has not come yet.
    open: Vec<u8>,
}

impl Log {
    fn open(path: &Path) -> Result<Log> {
        Ok(Log { file: open(path)?, kept: Transcript::default(), open: Vec::new() })
    }

    /// Reads what was added.
    fn follow(&mut self, progress: &mut dyn Progress) -> Result<()> {
        let mut buffer = vec![0; 64 << 10];
        // A build may print faster than this reads: whoever calls has other things to see to.
        for _ in 0..READS {
            let count = self.file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            self.kept.push(&buffer[..count]);
            let mut lines = buffer[..count].split(|byte| *byte == b'\n').peekable();
            while let Some(part) = lines.next() {
                self.open.extend_from_slice(part);
                if lines.peek().is_some() {
                    progress.line(String::from_utf8_lossy(&self.open).trim_end());
                    self.open.clear();
                }
            }
            // A line without an end is a progress bar or a flood: nobody reads it.
            if self.open.len() > buffer.len() {
                self.open.clear();
            }
        }
        Ok(())
    }
}

/// The folder for an engine's own temporary files.
pub(super) fn temporary(scratch: &Path) -> PathBuf {
    scratch.join("tmp")
}

/// Lets builds whose temporary files are in the run's folder use the cache mounts that all builds
/// share: Buildah keeps them in the folder for temporary files.
///
/// # Errors
/// When a link cannot be made.
#[expect(clippy::disallowed_methods, reason = "engines are told by variables where to work")]
pub(super) fn share_cache_mounts(scratch: &Path) -> Result<()> {
    let usual = std::env::var_os("TMPDIR").map_or(PathBuf::from("/var/tmp"), PathBuf::from);
    let usual = std::path::absolute(usual)?;
    let temporary = temporary(scratch);
    // Buildah before 1.33, and since, when the user's number became part of the name.
    let user = rustix::process::getuid().as_raw();
    for name in ["buildah-cache".to_owned(), format!("buildah-cache-{user}")] {
        let cache = usual.join(&name);
        // Both are made by the engines themselves; what is not there yet stays within the run.
        if cache.is_dir() {
            std::os::unix::fs::symlink(&cache, temporary.join(&name))
                .with_context(|| format!("cannot link to `{}`", cache.display()))?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
fn create(path: &Path) -> Result<File> {
    Ok(File::create(path)?)
}

#[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
fn open(path: &Path) -> Result<File> {
    Ok(File::open(path)?)
}

#[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
fn read(path: &Path) -> Result<String> {
    Ok(std::fs::read_to_string(path)?)
}

#[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
fn write(path: &Path, text: &str) -> Result<()> {
    Ok(std::fs::write(path, text)?)
}
