//! The only module that starts programs. Each gets a process group of its own, so that a Ctrl-C
//! at the terminal reaches this program alone, and a deadline.
#![expect(clippy::disallowed_methods, reason = "this module is where programs are started")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::process::{Pid, Signal, kill_process_group};

use super::interrupt;
use super::transcript::Transcript;
use crate::failure::Failure;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With this exit code; 128 and the signal's number where a signal ended it.
    Exited(i32),
    TimedOut,
}

/// A point in time after which nobody waits any longer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub(super) fn after(time: Duration) -> Self {
        Deadline(Instant::now() + time)
    }

    /// Whether it is over.
    pub(super) fn passed(self) -> bool {
        Instant::now() >= self.0
    }
}

/// A program to be started.
pub(super) struct Task {
    command: Command,
    name: String,
}

impl Task {
    /// This program with these arguments.
    pub(super) fn new<I, S>(program: &Path, arguments: I) -> Task
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(program);
        command.args(arguments).process_group(0).stdin(Stdio::null());
        Task { command, name: program.display().to_string() }
    }

    /// With a variable in its environment.
    pub(super) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Task {
        self.command.env(name, value);
        self
    }

    /// With this working folder.
    pub(super) fn inside(mut self, folder: &Path) -> Task {
        self.command.current_dir(folder);
        self
    }

    /// Starts it; what it prints is kept as transcripts.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start(mut self, input: Option<Vec<u8>>) -> Result<Running> {
        if input.is_some() {
            self.command.stdin(Stdio::piped());
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = self.spawn()?;
        if let (Some(mut stdin), Some(input)) = (running.child.stdin.take(), input) {
            // A program that does not read its input is no error.
            thread::spawn(move || drop(stdin.write_all(&input)));
        }
        running.collect();
        Ok(running)
    }

    /// Starts it with both outputs in a file.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start_into(mut self, file: File) -> Result<Running> {
        self.command.stdout(file.try_clone()?).stderr(file);
        self.spawn()
    }

    /// Starts it and hands out its standard output; the deadline is kept while that is read.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start_streaming(mut self) -> Result<(Running, ChildStdout)> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = self.spawn()?;
        let Some(stdout) = running.child.stdout.take() else {
            return Err(Failure::failed(format!("`{}` has no output", running.name)).into());
        };
        running.collect();
        Ok((running, stdout))
    }

    /// Starts it and hands out its standard input; its output goes where this program's goes, and it
    /// lives on when nobody holds it any more.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start_detached(mut self) -> Result<(Running, ChildStdin)> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut running = self.spawn()?;
        running.detached = true;
        match running.child.stdin.take() {
            Some(stdin) => Ok((running, stdin)),
            None => Err(Failure::failed(format!("`{}` has no input", running.name)).into()),
        }
    }

    fn spawn(mut self) -> Result<Running> {
        let child = self.command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::failed(format!("`{}` is not there", self.name)),
            _ => Failure::failed(format!("cannot start `{}`: {error}", self.name)),
        })?;
        Ok(Running {
            child,
            name: self.name,
            ended: None,
            detached: false,
            readers: Vec::new(),
            stdout: Shared::default(),
            stderr: Shared::default(),
        })
    }
}

type Shared = Arc<Mutex<Transcript>>;

/// A program that was started. It is killed when this goes away, unless it is detached.
pub(super) struct Running {
    child: Child,
    name: String,
    ended: Option<i32>,
    /// Whether it lives on when this goes away.
    detached: bool,
    readers: Vec<JoinHandle<()>>,
    stdout: Shared,
    stderr: Shared,
}

impl Running {
    /// The process's number.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its exit code, once it has ended.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub(super) fn poll(&mut self) -> Result<Option<i32>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?.map(code);
        }
        Ok(self.ended)
    }

    /// Waits for its end. At the deadline it is killed.
    ///
    /// # Errors
    /// When somebody wants this process to end; then it is killed, too.
    pub(super) fn wait(&mut self, deadline: Deadline) -> Result<End> {
        self.wait_unless(deadline, interrupt::check)
    }

    /// Waits for its end, whatever anybody wants. At the deadline it is killed.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub(super) fn wait_regardless(&mut self, deadline: Deadline) -> Result<End> {
        self.wait_unless(deadline, || Ok(()))
    }

    fn wait_unless(&mut self, deadline: Deadline, stop: impl Fn() -> Result<()>) -> Result<End> {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(code) = self.poll()? {
                self.join();
                return Ok(End::Exited(code));
            }
            if deadline.passed() {
                self.kill();
                self.join();
                return Ok(End::TimedOut);
            }
            stop()?;
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// Does some work with its output, and ends the program at the deadline or an interruption.
    pub(super) fn watched<T>(&self, deadline: Deadline, work: impl FnOnce() -> T) -> T {
        let (done, id) = (Arc::new(AtomicBool::new(false)), self.id());
        let watched = done.clone();
        thread::spawn(move || {
            while !watched.load(Ordering::Relaxed) {
                if deadline.passed() || interrupt::check().is_err() {
                    return signal(id, Signal::KILL);
                }
                thread::sleep(Duration::from_millis(20));
            }
        });
        let value = work();
        done.store(true, Ordering::Relaxed);
        value
    }

    /// What it wrote to standard output so far.
    pub(super) fn stdout(&self) -> String {
        self.stdout.lock().unwrap_or_else(PoisonError::into_inner).text()
    }

    /// What it wrote to standard error so far.
    pub(super) fn stderr(&self) -> String {
        self.stderr.lock().unwrap_or_else(PoisonError::into_inner).text()
    }

    /// Ends its whole process group at once.
    pub(super) fn kill(&mut self) {
        if self.ended.is_some() {
            return;
        }
        signal(self.child.id(), Signal::KILL);
        self.ended = self.ended.or_else(|| self.child.wait().ok().map(code));
    }

    fn collect(&mut self) {
        if let Some(stream) = self.child.stdout.take() {
            self.readers.push(keep(stream, self.stdout.clone()));
        }
        if let Some(stream) = self.child.stderr.take() {
            self.readers.push(keep(stream, self.stderr.clone()));
        }
    }

    /// Waits for the readers, but not for a stranger who holds a pipe open.
    fn join(&mut self) {
        let deadline = Deadline::after(Duration::from_secs(1));
        while !deadline.passed() && self.readers.iter().any(|reader| !reader.is_finished()) {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.detached && self.ended.is_none() && !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.kill();
        }
    }
}

/// Sends a signal to a process group; one that has gone away needs none.
pub(super) fn signal(group: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, signal);
    }
}

fn keep(mut stream: impl Read + Send + 'static, transcript: Shared) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count) = stream.read(&mut buffer) {
            if count == 0 {
                break;
            }
            transcript.lock().unwrap_or_else(PoisonError::into_inner).push(&buffer[..count]);
        }
    })
}

fn code(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Task {
        Task::new(Path::new("/bin/sh"), ["-c", script])
    }

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(20))
    }

    #[test]
    fn input_goes_in_and_both_outputs_come_out() {
        let mut running = shell("cat; echo no >&2; exit 3").start(Some(b"yes".to_vec())).unwrap();
        assert_eq!(running.wait(soon()).unwrap(), End::Exited(3));
        assert_eq!((running.stdout(), running.stderr()), ("yes".to_owned(), "no\n".to_owned()));
    }

    #[test]
    fn a_deadline_ends_the_whole_group() {
        let mut running = shell("sleep 100 & wait").start(None).unwrap();
        let group = running.id();
        assert_eq!(running.wait(Deadline::after(Duration::from_millis(50))).unwrap(), End::TimedOut);
        let pid = Pid::from_raw(i32::try_from(group).unwrap()).unwrap();
        let gone = (0..200).any(|_| {
            thread::sleep(Duration::from_millis(10));
            rustix::process::test_kill_process_group(pid).is_err()
        });
        assert!(gone);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Task::new(Path::new("/no/such"), [""]).start(None).err().unwrap();
        assert_eq!(error.to_string(), "`/no/such` is not there");
    }
}
