//! Which engine there is on this machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::family::Family;
use super::process::{Deadline, End, Task};
use crate::failure::Failure;

/// An engine that answered.
pub(super) struct Found {
    pub program: PathBuf,
    pub family: Family,
    pub version: String,
}

/// The engine of this name or path; without one, the first that answers.
///
/// # Errors
/// When none answers; the message says why for each that was tried.
pub(super) fn find(wanted: Option<&str>, patience: Duration) -> Result<Found> {
    let names: Vec<&str> = match wanted {
        Some(name) => vec![name],
        None => Family::ALL.iter().map(|family| family.program()).collect(),
    };
    let mut tried = Vec::new();
    for name in names {
        // A path stays the same program in whatever folder it is called.
        let program = if name.contains('/') { std::path::absolute(name)? } else { PathBuf::from(name) };
        match answers(&program, patience)? {
            Ok(found) => return Ok(found),
            Err(why) => tried.push(format!("{name}: {why}")),
        }
    }
    let mut failure = Failure::failed("no container engine answers");
    for one in &tried {
        failure = failure.help(one);
    }
    Err(failure.help("install Docker or Podman, or name the engine: `--engine PROGRAM`").into())
}

/// Asks a program whether it is an engine that works; else why it is not.
fn answers(program: &Path, patience: Duration) -> Result<Result<Found, String>> {
    let version = match told(program, &["--version"], patience)? {
        Ok(version) => version.trim().to_owned(),
        Err(why) => return Ok(Err(why)),
    };
    let Some(family) = Family::of(&version) else {
        return Ok(Err(format!("it is neither docker, podman nor buildah, but says `{}`", first(&version))));
    };
    let number = number(&version);
    if family == Family::Docker
        && needs_buildx(&number)
        && told(program, &["buildx", "version"], patience)?.is_err()
    {
        let why = "it lacks the plugin buildx, without which it builds no cache mounts \
                   (packages docker-buildx, docker-buildx-plugin)";
        return Ok(Err(why.to_owned()));
    }
    match told(program, &["info"], patience)? {
        Ok(_) => Ok(Ok(Found { program: program.to_owned(), family, version: number })),
        Err(why) => Ok(Err(reason(&why))),
    }
}

/// What a program prints, or why it does not.
fn told(program: &Path, arguments: &[&str], patience: Duration) -> Result<Result<String, String>> {
    let mut running = match Task::new(program, arguments).start(None) {
        Ok(running) => running,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(match running.wait(Deadline::after(patience))? {
        End::Exited(0) => Ok(running.stdout()),
        End::Exited(code) => {
            let said = format!("{}{}", running.stderr(), running.stdout());
            Err(if said.trim().is_empty() { format!("it ended with {code}") } else { said })
        }
        End::TimedOut => Err(format!("it did not answer within {} s", patience.as_secs())),
    })
}

/// Whether BuildKit is a plugin for a Docker of this version, as it is since 23.
fn needs_buildx(version: &str) -> bool {
    const PLUGIN: u32 = 23;
    version.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_none_or(|major| major >= PLUGIN)
}

/// An engine's complaint in one line, with what helps where that is known.
fn reason(said: &str) -> String {
    let complaint = said.lines().rev().find(|line| line.to_ascii_lowercase().contains("error"));
    let complaint = complaint.or(said.lines().next()).unwrap_or("").trim();
    let help = if said.contains("permission denied") {
        " (this user may not use it: add the user to the engine's group, or run it rootless)"
    } else if said.contains("Is the docker daemon running")
        || said.contains("failed to connect to the docker API")
    {
        " (the program is there, its daemon is not running)"
    } else {
        ""
    };
    format!("{complaint}{help}")
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// The number in a `--version` text.
fn number(text: &str) -> String {
    let word = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    word.unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_one_line_with_what_helps() {
        let docker = "Client:\n Version: 28\n\nServer:\nERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\nerrors pretty printing info\n";
        assert!(
            reason(docker)
                .ends_with("errors pretty printing info (the program is there, its daemon is not running)")
        );
        let denied = "Got permission denied while trying to connect: error: permission denied";
        assert!(reason(denied).contains("may not use it"));
    }

    #[test]
    fn versions_are_read_from_what_engines_say() {
        assert_eq!(number("Docker version 28.2.2, build e6534b4"), "28.2.2");
        assert_eq!(number("podman version 4.3.1\n"), "4.3.1");
    }

    #[test]
    fn what_is_no_engine_is_said_to_be_none() {
        let why = answers(Path::new("/bin/cat"), Duration::from_secs(20)).unwrap().err().unwrap();
        assert!(why.starts_with("it is neither docker, podman nor buildah, but says `cat"), "{why}");
        let failure = find(Some("/no/such"), Duration::from_secs(20)).err().unwrap();
        let failure = failure.downcast_ref::<Failure>().unwrap();
        assert_eq!(failure.help[0], "/no/such: `/no/such` is not there");
    }
}
