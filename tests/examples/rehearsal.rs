//! What can be proven of a committed Dockerfile without an engine.

use std::fs;

use distrogen::dockerfile::{context_sources, stages};
use distrogen::ignore::Ignore;

use crate::example::Example;

/// Reads the files back and compares them with the folder.
pub fn run(example: &Example) -> Result<(), String> {
    let read = |name: &str| {
        fs::read_to_string(example.folder.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let (text, ignore) = (read("Dockerfile")?, Ignore::parse(&read(".dockerignore")?));
    shape(&text)?;
    for source in context_sources(&text).iter().filter(|source| *source != ".") {
        if !example.folder.join(source).exists() {
            return Err(format!("COPY {source}: it is not in the repository"));
        }
        if ignore.hides(source) {
            return Err(format!("COPY {source}: .dockerignore hides it"));
        }
    }
    for secret in [".git", ".git/config", ".env", "deep/.env.local", "deep/server.pem", "Dockerfile"] {
        if !ignore.hides(secret) {
            return Err(format!(".dockerignore lets `{secret}` into the build"));
        }
    }
    for needed in [
        "Cargo.lock",
        "go.sum",
        "package-lock.json",
        ".mvn/wrapper/maven-wrapper.properties",
        ".cargo/config.toml",
        "mvnw",
    ] {
        if ignore.hides(needed) {
            return Err(format!(".dockerignore hides `{needed}`"));
        }
    }
    Ok(())
}

fn shape(text: &str) -> Result<(), String> {
    if !text.starts_with("# syntax=docker/dockerfile:1\n") || !text.ends_with('\n') || text.ends_with("\n\n")
    {
        return Err("the first or last line is not as it should be".to_owned());
    }
    let lines = text.lines().count();
    let stages = stages(text);
    if lines > 45 + 15 * stages.len().saturating_sub(2) {
        return Err(format!("{lines} lines are more than a person likes to read"));
    }
    let Some((last, before)) = stages.split_last() else { return Err("no stage".to_owned()) };
    if !before.last().is_some_and(|build| build[0].arguments.ends_with(" AS build")) {
        return Err("the stage before the last is not `build`".to_owned());
    }
    let misplaced = before
        .iter()
        .flatten()
        .find(|one| ["CMD", "ENTRYPOINT", "EXPOSE", "USER"].contains(&one.keyword.as_str()));
    if let Some(one) = misplaced {
        return Err(format!("{} in the build stage", one.keyword));
    }
    if last.iter().any(|one| one.keyword == "RUN") {
        return Err("RUN in the runtime stage".to_owned());
    }
    let shell_form = last
        .iter()
        .find(|one| ["CMD", "ENTRYPOINT"].contains(&one.keyword.as_str()) && !one.arguments.starts_with('['));
    match shell_form {
        Some(one) => Err(format!("{} in shell form", one.keyword)),
        None => Ok(()),
    }
}
