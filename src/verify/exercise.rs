//! Starts the image, asks it what it is for, and stops it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::ask::{Answer, ask};
use super::settings::Settings;
use super::sockets::listening;
use crate::engine::container::{Container, Start};
use crate::engine::{Engine, interrupt};

/// What an image is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exercise {
    /// Listens on this port.
    Server(u16),
    /// Ends by itself.
    Program,
    /// Runs on without listening.
    Worker,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Whether it did what it is for.
    pub good: bool,
    /// What it did, in one line.
    pub says: String,
    /// Seconds until it answered, or ended.
    pub seconds: Option<f64>,
    /// Seconds between the request to end and the end, and the exit code; nothing where it ended
    /// by itself.
    pub stop: Option<(f64, Option<i32>)>,
    /// Its exit code, when it ended by itself.
    pub exit: Option<i32>,
    /// User and group of the process, as the system shows them.
    pub owner: Option<(u32, u32)>,
    /// What it printed.
    pub log: String,
    /// What was seen of the process.
    pub observed: Vec<String>,
    /// Paths that it changed when its files could be changed; nothing where nobody looked.
    pub writes: Option<Vec<String>>,
}

/// How a transcript says that it is not whole.
const LEFT_OUT: &str = " bytes left out]\n";

/// An orchestrator waits so long after SIGTERM; Docker's own patience.
pub(super) const STOP: Duration = Duration::from_secs(10);

/// A program that does not end for so long is one that runs on.
const SETTLED: Duration = Duration::from_secs(3);

/// A server whose first answer is not the wanted one gets so long to come round.
const WARMING: Duration = Duration::from_secs(5);

/// Runs an image through its exercise.
///
/// # Errors
/// When the engine does not do its part, or somebody wants this process to end.
pub(super) fn run(
    engine: &Engine,
    image: &str,
    exercise: Exercise,
    settings: &Settings,
    timeout: Duration,
) -> Result<Outcome> {
    let mut outcome = started(engine, image, exercise, settings, timeout, true)?;
    if outcome.good && engine.tells_changes() {
        let twin = started(engine, image, exercise, settings, timeout, false)?;
        outcome.writes = twin.writes;
    }
    Ok(outcome)
}

fn started(
    engine: &Engine,
    image: &str,
    exercise: Exercise,
    settings: &Settings,
    timeout: Duration,
    read_only: bool,
) -> Result<Outcome> {
    let port = match exercise {
        Exercise::Server(port) => Some(port),
        _ => None,
    };
    let input = (exercise == Exercise::Program).then(|| settings.input.clone().unwrap_or_default());
    let start = Start {
        image,
        read_only,
        port,
        env: settings.env.clone(),
        memory: settings.memory.as_deref(),
        arguments: settings.args.clone(),
        input,
    };
    let mut container = engine.run(&start)?;
    let mut outcome = match exercise {
        Exercise::Server(port) => server(&mut container, port, settings, timeout)?,
        Exercise::Program => program(&mut container, settings, timeout)?,
        Exercise::Worker => worker(&mut container)?,
    };
    outcome.owner = container.owner();
    if read_only {
        if outcome.exit.is_none() {
            let begun = Instant::now();
            let code = container.stop(STOP)?;
            outcome.stop = Some((begun.elapsed().as_secs_f64(), code));
        }
    } else {
        // What cannot be told is not known; it changes no verdict.
        outcome.writes = container.changes().ok();
    }
    let (stdout, stderr) = container.output();
    outcome.log = format!("{stdout}{stderr}");
    if container.out_of_memory() {
        outcome.observed.push("observed: the container was ended for want of memory".to_owned());
    }
    Ok(outcome)
}

/// Waits until a server answers as it should.
fn server(
    container: &mut Container<'_>,
    port: u16,
    settings: &Settings,
    timeout: Duration,
) -> Result<Outcome> {
    let path = settings.path.as_deref().unwrap_or("/");
    let mut address = None;
    let mut answered: Option<(Instant, f64)> = None;
    let mut says = format!("port {port} did not open within {} s", timeout.as_secs());
    let mut pause = Duration::from_millis(10);
    loop {
        if let Some(code) = container.ended()? {
            let says = format!("the program ended by itself with {code}");
            return Ok(Outcome { says, exit: Some(code), ..Outcome::default() });
        }
        address = address.or_else(|| container.address(port));
        let answer = address.map(|address| ask(address, path));
        match answer {
            Some(Answer::Http { status, body }) => {
                let seconds = container.age().as_secs_f64();
                let (first, seconds) = *answered.get_or_insert((Instant::now(), seconds));
                let judged = judged(settings, status, &body);
                says =
                    format!("GET {path} gave {status}{}", judged.as_ref().err().map_or("", String::as_str));
                let over = first.elapsed() > WARMING && status < 500;
                if judged.is_ok() || over {
                    let seconds = Some(seconds);
                    return Ok(Outcome { good: judged.is_ok(), says, seconds, ..Outcome::default() });
                }
            }
            Some(Answer::Other(what)) if settings.path.is_none() && settings.expect.is_none() => {
                let says = format!("port {port} answers, in a way that is not HTTP ({what})");
                let seconds = Some(container.age().as_secs_f64());
                return Ok(Outcome { good: true, says, seconds, ..Outcome::default() });
            }
            Some(Answer::Other(what)) => says = format!("GET {path} gave no HTTP: {what}"),
            Some(Answer::Nothing(why)) => says = format!("port {port} does not answer: {why}"),
            None => {}
        }
        if container.age() > timeout {
            let observed = listens(container, port);
            return Ok(Outcome { says, observed, ..Outcome::default() });
        }
        interrupt::check()?;
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}

/// Whether an answer is the wanted one; else how it differs.
fn judged(settings: &Settings, status: u16, body: &str) -> Result<(), String> {
    match settings.status {
        Some(wanted) if status != wanted => return Err(format!(", not {wanted}")),
        None if status >= 500 || settings.path.is_some() && status >= 400 => {
            return Err(", which is an error; `--status` says when that is right".to_owned());
        }
        _ => {}
    }
    match &settings.expect {
        Some(text) if !body.contains(text) => Err(format!(", without {text:?} in it: {:?}", beginning(body))),
        _ => Ok(()),
    }
}

/// The beginning of a text, for a message.
fn beginning(text: &str) -> String {
    const LENGTH: usize = 200;
    match text.char_indices().nth(LENGTH) {
        Some((at, _)) => format!("{} ...", &text[..at]),
        None => text.to_owned(),
    }
}

/// What a server that does not answer listens on instead.
fn listens(container: &Container<'_>, port: u16) -> Vec<String> {
    let Some(sockets) = container.sockets() else { return Vec::new() };
    let open = listening(&sockets);
    let reachable = |ip: &std::net::IpAddr| !ip.is_loopback();
    if open.iter().any(|one| one.port() == port && reachable(&one.ip())) {
        return Vec::new();
    }
    if let Some(own) = open.iter().find(|one| one.port() == port) {
        return vec![format!("observed: the program listens on {own} alone")];
    }
    match open.iter().find(|one| reachable(&one.ip())).or(open.first()) {
        Some(other) if reachable(&other.ip()) => {
            vec![format!("observed: the program listens on port {}, not on {port}", other.port())]
        }
        Some(other) => vec![format!("observed: the program listens on {other} alone")],
        None => vec!["observed: the program runs, and listens on no port".to_owned()],
    }
}

/// Runs a program to its end.
fn program(container: &mut Container<'_>, settings: &Settings, timeout: Duration) -> Result<Outcome> {
    let Some(code) = container.wait(timeout)? else {
        let says = format!(
            "it runs on after {} s; a server needs EXPOSE, and a program that reads needs `--input`",
            timeout.as_secs()
        );
        return Ok(Outcome { says, exit: Some(-1), ..Outcome::default() });
    };
    let wanted = settings.status.map_or(0, i32::from);
    let (stdout, _) = container.output();
    let says = match &settings.expect {
        // Engines end with these where the program was never started.
        _ if (125..=127).contains(&code) => format!("it ended with {code}"),
        _ if code != wanted && settings.status.is_none() => {
            format!("it ended with {code}; `--status {code}` says when that is right")
        }
        _ if code != wanted => format!("it ended with {code}, not {wanted}"),
        Some(text) if !stdout.contains(text) => {
            let part = if stdout.contains(LEFT_OUT) { "its first and last 64 kB" } else { "it" };
            format!("it printed {:?}, without {text:?} in {part}", beginning(&stdout))
        }
        Some(text) => format!("it printed {:?} and ended with {code}", beginning(text)),
        None => format!("it ended with {code}"),
    };
    let printed = settings.expect.as_ref().is_none_or(|text| stdout.contains(text));
    let seconds = Some(container.age().as_secs_f64());
    Ok(Outcome { good: code == wanted && printed, says, seconds, exit: Some(code), ..Outcome::default() })
}

/// Watches a worker for a while.
fn worker(container: &mut Container<'_>) -> Result<Outcome> {
    while container.age() < SETTLED {
        if let Some(code) = container.ended()? {
            let says = format!("it ended by itself with {code}, and it is a worker");
            return Ok(Outcome { says, exit: Some(code), ..Outcome::default() });
        }
        interrupt::check()?;
        thread::sleep(Duration::from_millis(20));
    }
    let says = format!("it runs on after {} s", SETTLED.as_secs());
    Ok(Outcome { good: true, says, ..Outcome::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_wish_any_answer_but_a_failure_will_do() {
        let nothing = Settings::default();
        assert!(judged(&nothing, 404, "").is_ok() && judged(&nothing, 500, "").is_err());
        let path = Settings { path: Some("/x".into()), ..Settings::default() };
        assert!(judged(&path, 404, "").is_err() && judged(&path, 302, "").is_ok());
    }

    #[test]
    fn a_wish_is_kept_to_the_letter() {
        let wish = Settings { status: Some(404), expect: Some("gone".into()), ..Settings::default() };
        assert!(judged(&wish, 404, "it is gone").is_ok());
        assert_eq!(judged(&wish, 200, "gone").unwrap_err(), ", not 404");
        assert_eq!(judged(&wish, 404, "nope").unwrap_err(), ", without \"gone\" in it: \"nope\"");
    }
}
