//! Builds an example's image, starts it as a careful operator would, and asks it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::example::{Example, Variant, Verify};

/// Rows of the closing table: image, megabytes, how it went.
static TABLE: Mutex<Vec<(String, f64, &str)>> = Mutex::new(Vec::new());

/// A server must answer within this time, and stop within [`STOP`].
const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(10);

/// Whether container tests are asked for.
pub fn wanted() -> bool {
    std::env::var("DISTROGEN_CONTAINERS").is_ok_and(|value| value == "1")
}

/// Whether they can run. In CI they must: there a missing engine fails each of them.
pub fn possible() -> bool {
    std::env::var_os("CI").is_some() || engine().is_ok()
}

/// The engine on PATH.
fn engine() -> Result<&'static str, String> {
    let works =
        |name: &&str| Command::new(name).arg("info").output().is_ok_and(|output| output.status.success());
    ["docker", "podman"]
        .into_iter()
        .find(works)
        .ok_or_else(|| "no container engine works here: neither docker nor podman".to_owned())
}

/// Generates for the example with these flags, builds, starts, asks, stops.
pub fn run(example: &Example, variant: &Variant) -> Result<(), String> {
    let engine = engine()?;
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let dockerfile = scratch.path().join("Dockerfile");
    if variant.args.is_empty() {
        fs::copy(example.folder.join("Dockerfile"), &dockerfile).map_err(|error| error.to_string())?;
    } else {
        let mut arguments = vec!["--stdout"];
        arguments.extend(variant.args.iter().map(String::as_str));
        fs::write(&dockerfile, example.distrogen(&arguments)?).map_err(|error| error.to_string())?;
    }
    let words: String = variant.title().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let image = format!("localhost/distrogen-test/{}:v{words}", example.name);
    let file = dockerfile.to_string_lossy().into_owned();
    let context = example.folder.to_string_lossy().into_owned();
    command(engine, &["build", "-q", "-t", &image, "-f", &file, &context])?;
    let megabytes = size(engine, &image)?;
    let outcome = if example.expectations.verify.path.is_some() { "answers" } else { "prints" };
    TABLE.lock().unwrap().push((format!("{}{}", example.name, variant.title()), megabytes, outcome));
    if let Some(limit) = variant.max_mb.filter(|limit| megabytes > *limit) {
        return Err(format!("the image has {megabytes:.2} MB, more than {limit}"));
    }
    let user = inspect(engine, &["image", "inspect", "--format", "{{.Config.User}}", &image])?;
    if user != "65532:65532" {
        return Err(format!("the image runs as `{user}`"));
    }
    match &example.expectations.verify.path {
        Some(path) => server(engine, &image, path, &example.expectations.verify),
        None => program(engine, &image, &example.expectations.verify),
    }
}

/// Prints the sizes of all images that were built.
pub fn print_table() {
    let table = TABLE.lock().unwrap();
    for (name, megabytes, outcome) in table.iter() {
        println!("{name:<34} {megabytes:>8.2} MB  {outcome}");
    }
}

const CAREFUL: &[&str] = &["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

/// Runs a program to its end with input.
fn program(engine: &str, image: &str, verify: &Verify) -> Result<(), String> {
    let mut command = Command::new(engine);
    command.args(["run", "--rm", "-i", "--network", "none"]).args(CAREFUL).arg(image);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let input = verify.input.clone().unwrap_or_default();
    child.stdin.take().unwrap().write_all(input.as_bytes()).map_err(|error| error.to_string())?;
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let text = ok(&output)?;
    if text == verify.expect { Ok(()) } else { Err(format!("it printed {text:?}, not {:?}", verify.expect)) }
}

/// Starts a server, asks it, and stops it.
fn server(engine: &str, image: &str, path: &str, verify: &Verify) -> Result<(), String> {
    let exposed = inspect(
        engine,
        &["image", "inspect", "--format", "{{range $p, $_ := .Config.ExposedPorts}}{{$p}} {{end}}", image],
    )?;
    let port = exposed.trim().trim_end_matches("/tcp").to_owned();
    let publish = format!("127.0.0.1::{port}");
    let mut arguments = vec!["run", "-d", "-p", &publish];
    arguments.extend(CAREFUL.iter().chain(&["--tmpfs", "/tmp"]));
    arguments.push(image);
    let container = Container { engine, id: command(engine, &arguments)? };
    let address = inspect(engine, &["port", &container.id, &port])?;
    let address = address.lines().next().unwrap_or("").to_owned();
    let answered = container.ask(&address, path, verify);
    answered.map_err(|error| format!("{error}\n{}", container.logs()))?;
    let uid = container.uid()?;
    if uid.as_deref() == Some("0") {
        return Err("the process runs as root".to_owned());
    }
    let started = Instant::now();
    command(engine, &["stop", "-t", &(STOP.as_secs() + 5).to_string(), &container.id])?;
    if started.elapsed() > STOP {
        return Err(format!("it took {:?} to stop", started.elapsed()));
    }
    Ok(())
}

/// A running container that is removed when the test ends, however it ends.
struct Container<'a> {
    engine: &'a str,
    id: String,
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        let _ = Command::new(self.engine).args(["rm", "-f", &self.id]).output();
    }
}

impl Container<'_> {
    fn ask(&self, address: &str, path: &str, verify: &Verify) -> Result<(), String> {
        let begun = Instant::now();
        let mut last = String::new();
        while begun.elapsed() < START {
            match get(address, path) {
                Ok((status, body)) => {
                    let wanted = verify.status.unwrap_or(200);
                    if status == wanted && body.contains(&verify.expect) {
                        return Ok(());
                    }
                    last = format!("{path} gave {status}: {body}");
                }
                Err(error) => last = format!("{address}{path}: {error}"),
            }
            let running = inspect(self.engine, &["inspect", "--format", "{{.State.Running}}", &self.id])?;
            if running != "true" {
                return Err("the container stopped by itself".to_owned());
            }
            sleep(Duration::from_millis(200));
        }
        Err(last)
    }

    fn logs(&self) -> String {
        let output = Command::new(self.engine).args(["logs", &self.id]).output();
        output.map_or(String::new(), |output| {
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        })
    }

    /// The user id of the process as this machine sees it; nothing where the engine is elsewhere.
    fn uid(&self) -> Result<Option<String>, String> {
        let pid = inspect(self.engine, &["inspect", "--format", "{{.State.Pid}}", &self.id])?;
        let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { return Ok(None) };
        let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        Ok(line.and_then(|line| line.split_whitespace().next()).map(str::to_owned))
    }
}

/// One HTTP request; status and body.
fn get(address: &str, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::InvalidData)?;
    Ok((status, answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned())))
}

fn size(engine: &str, image: &str) -> Result<f64, String> {
    let bytes = inspect(engine, &["image", "inspect", "--format", "{{.Size}}", image])?;
    bytes.parse::<f64>().map(|bytes| bytes / 1e6).map_err(|error| format!("{bytes}: {error}"))
}

fn inspect(engine: &str, arguments: &[&str]) -> Result<String, String> {
    command(engine, arguments)
}

/// Runs the engine; its standard output without the last line end.
fn command(engine: &str, arguments: &[&str]) -> Result<String, String> {
    let output =
        Command::new(engine).args(arguments).output().map_err(|error| format!("{engine}: {error}"))?;
    ok(&output)
        .map(|text| text.trim().to_owned())
        .map_err(|error| format!("{engine} {}: {error}", arguments.join(" ")))
}

fn ok(output: &Output) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
    let from = all.char_indices().rev().nth(4000).map_or(0, |(at, _)| at);
    Err(format!("{}\n{}", output.status, &all[from..]))
}
