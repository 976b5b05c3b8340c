//! The user's container engine: found, asked, and cleared up after.
//!
//! Everything that a run makes is noted with a [`guard`], a second process that removes it at the
//! end of the run, whatever that end is.

pub mod build;
mod bundle;
pub mod container;
mod family;
mod find;
pub mod guard;
pub mod interrupt;
mod layers;
mod process;
mod processes;
mod transcript;

use std::cell::Cell;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

pub use family::Family;
use guard::Guard;
use process::{Deadline, End, Running, Task};

use crate::failure::Failure;

/// An engine that answered, and the run that uses it.
pub struct Engine {
    program: PathBuf,
    family: Family,
    version: String,
    /// The run's folder for temporary files.
    scratch: PathBuf,
    guard: Guard,
    /// How long the engine may take to answer a question.
    patience: Duration,
    /// How many containers were started.
    containers: Cell<u32>,
}

/// How long an engine may take to say how it is.
const GREETING: Duration = Duration::from_secs(20);

impl Engine {
    /// Finds an engine and starts the run's guard.
    ///
    /// # Errors
    /// When no engine answers, or no temporary folder can be made.
    pub fn open(wanted: Option<&str>, timeout: Option<Duration>) -> Result<Engine> {
        interrupt::watch()?;
        let greeting = timeout.map_or(GREETING, |timeout| timeout.min(GREETING));
        let found = find::find(wanted, greeting)?;
        let scratch = tempfile::Builder::new()
            .prefix("distrogen-")
            .tempdir()
            .map_err(|error| Failure::failed(format!("cannot make a temporary folder: {error}")))?;
        refuse_unwritable(scratch.path())?;
        let guard = Guard::start(&found.program, found.family, scratch.path())?;
        // From here on the guard removes the folder.
        let scratch = scratch.keep();
        let patience = timeout.unwrap_or(Duration::from_secs(120));
        let find::Found { program, family, version } = found;
        let containers = Cell::new(0);
        let engine = Engine { program, family, version, scratch, guard, patience, containers };
        engine.make_temporary().inspect_err(|_| drop(engine.guard.finish()))?;
        Ok(engine)
    }

    #[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
    fn make_temporary(&self) -> Result<()> {
        Ok(std::fs::create_dir_all(build::temporary(&self.scratch))?)
    }

    /// Its name and version.
    pub fn title(&self) -> String {
        format!("{} {}", self.family.program(), self.version)
    }

    /// Which kind it is.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The run's folder for temporary files; it goes when the run ends.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Gives an image a name.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn tag(&self, image: &str, name: &str) -> Result<()> {
        self.ask(&["tag", image, name]).map(drop)
    }

    /// Ends the run: everything that it made is removed.
    ///
    /// # Errors
    /// When that cannot be waited for.
    pub fn finish(self) -> Result<()> {
        self.guard.finish()
    }

    /// Asks the engine something; what it prints.
    ///
    /// # Errors
    /// When it refuses, or does not answer in time.
    pub fn ask(&self, arguments: &[&str]) -> Result<String> {
        let mut running = self.task(arguments).start(None)?;
        self.answer(&mut running, arguments)?;
        Ok(running.stdout())
    }

    fn answer(&self, running: &mut Running, arguments: &[&str]) -> Result<()> {
        let question = || format!("`{} {}`", self.family.program(), arguments.join(" "));
        match running.wait(Deadline::after(self.patience))? {
            End::Exited(0) => Ok(()),
            End::Exited(code) => {
                // Whoever wants this process to end ended that one.
                interrupt::check()?;
                let said = running.stderr();
                Err(Failure::failed(format!("{} ended with {code}: {}", question(), said.trim())).into())
            }
            End::TimedOut => {
                let seconds = self.patience.as_secs();
                Err(Failure::failed(format!("{} did not answer within {seconds} s", question()))
                    .help("`--timeout SECONDS` waits longer")
                    .into())
            }
        }
    }

    /// Streams an image as an archive to a reader.
    ///
    /// # Errors
    /// When the engine cannot save it, or the reader cannot read it.
    pub fn save<T>(&self, image: &str, read: impl FnOnce(Box<dyn Read>) -> Result<T>) -> Result<T> {
        let mut arguments = vec!["save"];
        match self.family {
            Family::Docker => arguments.push(image),
            // Compressed layers, as a registry would hold them.
            Family::Podman => arguments.extend(["--format", "oci-archive", image]),
            Family::Buildah => return self.push(image, read),
        }
        let (mut running, stdout) = self.task(&arguments).start_streaming()?;
        let deadline = Deadline::after(self.patience.max(SAVING));
        let value = running.watched(deadline, || read(Box::new(stdout)));
        self.answer(&mut running, &arguments)?;
        value
    }

    /// Buildah writes archives to files only.
    #[expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]
    fn push<T>(&self, image: &str, read: impl FnOnce(Box<dyn Read>) -> Result<T>) -> Result<T> {
        let path = self.scratch.join("image.tar");
        self.ask(&["push", image, &format!("oci-archive:{}", path.display())])?;
        let value = read(Box::new(std::fs::File::open(&path)?));
        std::fs::remove_file(&path)?;
        value
    }

    /// The digests of an image's layers, lowest first.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn layers(&self, image: &str) -> Result<Vec<String>> {
        if self.family == Family::Buildah {
            return self.buildah_layers(image);
        }
        let told = self.ask(&["image", "inspect", "--format", "{{json .RootFS.Layers}}", image])?;
        Ok(serde_json::from_str(&told)?)
    }

    /// The size of an image's files in bytes, unpacked.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub fn unpacked(&self, image: &str) -> Result<u64> {
        if self.family == Family::Podman {
            let told = self.ask(&["image", "inspect", "--format", "{{.Size}}", image])?;
            return Ok(told.trim().parse()?);
        }
        if self.family == Family::Buildah {
            return self.save(image, |stream| Ok(crate::image::read(stream, &[])?.unpacked()));
        }
        // What Docker's `inspect` tells is the size of the packed image in some of its stores.
        let told = self.ask(&["history", "--human=false", "--format", "{{.Size}}", image])?;
        Ok(told.lines().filter_map(|line| line.trim().parse::<u64>().ok()).sum())
    }

    /// A call of the engine, its temporary files in the run's folder.
    fn task(&self, arguments: &[&str]) -> Task {
        let task = Task::new(&self.program, arguments);
        if self.family.leaves_layers() { task.env("TMPDIR", build::temporary(&self.scratch)) } else { task }
    }
}

/// A large image takes its time to be saved.
const SAVING: Duration = Duration::from_secs(600);
/// Refuses a temporary folder that the guard, which is told a line at a time, could not be told.
fn refuse_unwritable(folder: &Path) -> Result<()> {
    match folder.to_str() {
        Some(text) if !text.contains(char::is_control) => Ok(()),
        _ => Err(Failure::failed(format!(
            "the temporary folder `{}` has a name that cannot be passed on",
            folder.display()
        ))
        .help("set TMPDIR to a folder with a plain name")
        .into()),
    }
}
