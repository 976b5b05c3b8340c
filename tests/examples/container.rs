//! `distrogen verify` on examples, which it must pass, and on broken files, which it must explain.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;
use tempfile::TempDir;

use crate::broken::{Broken, Case};
use crate::example::{Example, Rebuild, Variant};
use crate::table::Row;

/// Rows of the closing table.
static TABLE: Mutex<Vec<Row>> = Mutex::new(Vec::new());

/// Whether container tests are asked for.
pub fn wanted() -> bool {
    std::env::var("DISTROGEN_CONTAINERS").is_ok_and(|value| value == "1")
}

/// Whether they can run. In CI they must: there a missing engine fails each of them.
pub fn possible() -> bool {
    let works =
        |name: &&str| Command::new(name).arg("info").output().is_ok_and(|output| output.status.success());
    std::env::var_os("CI").is_some() || ["docker", "podman"].iter().any(works)
}

/// Generates for the example with these flags, and verifies what came of it.
pub fn run(example: &Example, variant: &Variant) -> Result<(), String> {
    let title = format!("{}{}", example.name, variant.title());
    if let Some(program) = example.expectations.needs.as_ref().filter(|_| variant.args.is_empty())
        && !build_image_has(example, program)?
    {
        eprintln!("SKIPPED: {title}: the build image at hand has no `{program}`, which the public one has");
        return Ok(());
    }
    if example.expectations.registry && !is_available(&build_image(example)?)? {
        eprintln!("SKIPPED: {title}: its build image is neither here nor to be had from its registry");
        return Ok(());
    }
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let dockerfile = scratch.path().join("Dockerfile");
    if variant.args.is_empty() {
        fs::copy(example.folder.join("Dockerfile"), &dockerfile).map_err(|error| error.to_string())?;
    } else {
        let mut arguments = vec!["--stdout"];
        arguments.extend(variant.args.iter().map(String::as_str));
        fs::write(&dockerfile, example.distrogen(&arguments)?).map_err(|error| error.to_string())?;
    }
    let mut arguments = vec!["--file".to_owned(), dockerfile.display().to_string()];
    arguments.extend(example.flags(variant).iter().cloned());
    variant.max_mb.iter().for_each(|limit| arguments.extend(["--max-mb".to_owned(), limit.to_string()]));
    let (code, report) = verify(&example.folder, &arguments, &scratch)?;
    if code != 0 || report["passed"] != true {
        return Err(format!("exit code {code}\n{report:#}"));
    }
    for question in example.expectations.also.iter().filter(|_| variant.args.is_empty()) {
        let asked =
            ["--no-compare", "--path", &question.path, "--expect", &question.expect].map(str::to_owned);
        let (code, report) = verify(&example.folder, &[&arguments[..], &asked].concat(), &scratch)?;
        if code != 0 {
            return Err(format!("{}: exit code {code}\n{report:#}", question.path));
        }
    }
    if let Some(wanted) = example.expectations.rebuild.as_ref().filter(|_| variant.args.is_empty()) {
        let asked = ["--no-compare", "--rebuild", &wanted.edit].map(str::to_owned);
        let (code, report) = verify(&example.folder, &[&arguments[..], &asked].concat(), &scratch)?;
        if code != 0 {
            return Err(format!("--rebuild {}: exit code {code}\n{report:#}", wanted.edit));
        }
        rebuilt(wanted, &report)?;
    }
    // What an application writes beside itself is a fault of its plan.
    let noted = |check: &&Value| check["grade"] == "note" && check["name"] == "read-only";
    if let Some(note) = report["checks"].as_array().into_iter().flatten().find(noted) {
        return Err(format!("{note}"));
    }
    TABLE.lock().unwrap().push(Row::of(title, &report)?);
    Ok(())
}

/// Compares what an edit did change with what it may.
fn rebuilt(wanted: &Rebuild, report: &Value) -> Result<(), String> {
    let told = &report["rebuild"];
    let few = told["layers"][0].as_u64().is_some_and(|new| new <= wanted.layers);
    let small = told["changed"].as_f64().is_some_and(|bytes| bytes <= wanted.max_mb * 1e6);
    // An edit must find every download in its cache.
    let quiet = told["downloaded"] == false;
    match few && small && quiet {
        true => Ok(()),
        // Where nothing could be measured, a check says why.
        false => Err(format!("not as {wanted:?}: {told:#}\n{:#}", report["checks"])),
    }
}

/// The image of the first stage.
fn build_image(example: &Example) -> Result<String, String> {
    let text = fs::read_to_string(example.folder.join("Dockerfile")).map_err(|error| error.to_string())?;
    let stages = distrogen::dockerfile::stages(&text);
    let mut words = stages[0][0].arguments.split(' ').filter(|word| !word.starts_with("--"));
    words.next().map(str::to_owned).ok_or_else(|| "the first stage has no image".to_owned())
}

/// Whether that image has a program.
fn build_image_has(example: &Example, program: &str) -> Result<bool, String> {
    let (image, asked) = (build_image(example)?, format!("command -v {program}"));
    engine(&["run", "--rm", "--entrypoint", "/bin/sh", &image, "-c", &asked])
}

/// Whether an image is here, or can be had.
fn is_available(image: &str) -> Result<bool, String> {
    Ok(engine(&["image", "inspect", image])? || engine(&["pull", "--quiet", image])?)
}

/// Whether the engine does this.
fn engine(arguments: &[&str]) -> Result<bool, String> {
    let does = |engine: &str, arguments: &[&str]| {
        Command::new(engine).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    let engines = ["docker", "podman"];
    let engine = engines.into_iter().find(|engine| does(engine, &["info"])).ok_or("no engine answers")?;
    Ok(does(engine, arguments))
}

/// Verifies a broken Dockerfile: its failure must be explained as it should.
pub fn broken(broken: &Broken, case: &Case) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut arguments = [vec!["--no-compare".to_owned()], case.args.clone()].concat();
    case.run.iter().for_each(|mode| arguments.extend(["--".to_owned(), mode.clone()]));
    let (code, report) = verify(&broken.folder, &arguments, &scratch)?;
    let named = |list: &str, key: &str, wanted: &str| {
        report[list].as_array().into_iter().flatten().find(|one| one[key] == wanted).cloned()
    };
    if case.notes.as_ref().is_some_and(|check| named("checks", "name", check).is_some()) {
        return Ok(());
    }
    let should_pass = case.explains.is_none() && case.fails.is_none();
    if (code == 0) != should_pass || code > 1 {
        return Err(format!("exit code {code}\n{report:#}"));
    }
    let explained = case.explains.as_ref().is_none_or(|id| report["explanations"][0]["id"] == *id);
    let failed =
        |check: &String| named("checks", "name", check).is_some_and(|check| check["grade"] == "fail");
    match explained && case.fails.as_ref().is_none_or(failed) {
        true => Ok(()),
        false => Err(format!("{report:#}")),
    }
}

/// Runs `distrogen verify`; its exit code and its report.
fn verify(folder: &Path, arguments: &[String], cache: &TempDir) -> Result<(i32, Value), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_distrogen"));
    command.arg("verify").arg(folder).args(["--format", "json"]).args(arguments);
    // The user's own cache is none of a test's business.
    let output = command.env("XDG_CACHE_HOME", cache.path()).output().map_err(|error| error.to_string())?;
    let code = output.status.code().unwrap_or(-1);
    let report = serde_json::from_slice(&output.stdout).map_err(|error| {
        format!("exit code {code}, no report: {error}\n{}", String::from_utf8_lossy(&output.stderr))
    })?;
    Ok((code, report))
}

/// Prints what was measured.
pub fn print_table() {
    let table = TABLE.lock().unwrap();
    table.iter().for_each(|row| println!("{row}"));
}

/// The rows that were measured so far.
pub fn measured() -> Vec<Row> {
    TABLE.lock().unwrap().clone()
}
