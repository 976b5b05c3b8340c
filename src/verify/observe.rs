//! What the image itself tells about why it does not start, in lines that can be explained.

use crate::catalog::{Distroless, distroless};
use crate::image::{Image, Program, Tree};

use super::exercise::Outcome;
use super::stages::Stages;

use anyhow::Result;

/// What is seen of an image that was built but does not do what it is for.
pub(super) fn of_start(
    image: &Image,
    tree: &Tree<'_>,
    owner: Option<(u32, u32)>,
    outcome: &Outcome,
) -> Vec<String> {
    let mut seen = Vec::new();
    let command = image.config.command();
    match command.first() {
        None => seen.push("the image names nothing to start".to_owned()),
        // The kernel says of each of these the same: no such file, or not permitted.
        Some(program) => seen.extend(of_program(image, tree, owner, program)),
    }
    if outcome.exit == Some(137) {
        seen.push("the program was killed".to_owned());
    }
    if let Some(code) = outcome.exit.filter(|code| ![0, 125, 126, 127, 137].contains(code)) {
        let variable = variable(&outcome.log);
        seen.extend(variable.map(|name| {
            format!("the program ended with {code}, and its last words name the variable {name}")
        }));
    }
    let seen = seen.into_iter().map(|line| format!("observed: {line}"));
    outcome.observed.iter().cloned().chain(seen).collect()
}

fn of_program(image: &Image, tree: &Tree<'_>, owner: Option<(u32, u32)>, program: &str) -> Option<String> {
    let path = path(image, tree, program)?;
    let Some(found) = tree.at(&path) else {
        let shell = program == "/bin/sh" && image.config.command().get(1).is_some_and(|word| word == "-c");
        return Some(match shell {
            true => "the command starts /bin/sh, which is not in the image".to_owned(),
            false => format!("{path} is not in the image"),
        });
    };
    let real = format!("/{}", found.file.path);
    if owner.is_some_and(|owner| !tree.startable(&real, owner)) {
        return Some(format!("{path} cannot be started by {}", image.config.user));
    }
    let crate::image::Kind::File { program: Some(program), .. } = &found.file.kind else { return None };
    let machine = program.architecture().filter(|machine| *machine != image.architecture);
    if let Some(machine) = machine {
        return Some(format!("{path} is built for {machine}, the image is for {}", image.architecture));
    }
    match &**program {
        Program::Elf { loader: Some(loader), .. } if tree.at(loader).is_none() => {
            Some(format!("{path} asks for the loader {loader}, which is not in the image"))
        }
        Program::Script { interpreter } if tree.at(interpreter).is_none() => {
            Some(format!("{path} is a script for {interpreter}, which is not in the image"))
        }
        _ => None,
    }
}

/// Where a program is looked for: at its path, below the working directory, or along PATH.
fn path(image: &Image, tree: &Tree<'_>, program: &str) -> Option<String> {
    let workdir = if image.config.working_dir.is_empty() { "/" } else { &image.config.working_dir };
    if program.starts_with('/') {
        return Some(program.to_owned());
    }
    if program.contains('/') {
        return Some(format!("{}/{}", workdir.trim_end_matches('/'), program.trim_start_matches("./")));
    }
    let all = image.config.env.iter().find_map(|one| one.strip_prefix("PATH="))?;
    let along = all.split(':').map(|folder| format!("{folder}/{program}"));
    along.into_iter().find(|path| tree.at(path).is_some()).or(Some(program.to_owned()))
}

/// A variable that a program's last words name, where they speak of a variable.
fn variable(log: &str) -> Option<String> {
    const LAST: usize = 20;
    let lines: Vec<&str> = log.lines().collect();
    let last = &lines[lines.len().saturating_sub(LAST)..];
    let speaks = |line: &str| {
        let line = line.to_ascii_lowercase();
        ["env", "variable", "required", "missing", "not set", "must be set", "undefined", "unset"]
            .iter()
            .any(|word| line.contains(word))
    };
    let named = |line: &str| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.find(|word| is_variable(word)).map(str::to_owned)
    };
    last.iter().rev().filter(|line| speaks(line)).find_map(|line| named(line))
}

/// `DATABASE_URL` is a variable's name, `ERR_MODULE_NOT_FOUND` an error's.
fn is_variable(word: &str) -> bool {
    let shape = word.len() > 4
        && word.contains('_')
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    shape && !word.starts_with("ERR_") && !word.ends_with("_ERROR")
}

/// What is seen of a build that failed: images that could not be had and whose name is at fault.
///
/// # Errors
/// When the embedded names cannot be read.
pub(super) fn of_build(stages: &Stages, log: &str) -> Result<Vec<String>> {
    let names = distroless()?;
    let lines: Vec<&str> = log.lines().collect();
    let last = &lines[lines.len().saturating_sub(12)..];
    Ok(stages
        .images()
        .iter()
        .filter(|image| unavailable(image, last))
        .filter_map(|image| fault(&names, image))
        .collect())
}

fn fault(names: &Distroless, image: &str) -> Option<String> {
    let (fault, right) = names.fault(image)?;
    Some(match fault.contains("Debian release") {
        true => {
            format!("observed: the image {image} is not there, and its name lacks a Debian release; {right}")
        }
        false => {
            let right = right.replace(' ', "");
            format!("observed: the image {image} is not there, and distroless does not publish it; {right}")
        }
    })
}

/// Whether the last lines of a build say that an image could not be loaded.
fn unavailable(image: &str, last: &[&str]) -> bool {
    let says =
        ["docker://", "source metadata", "load metadata", "not found", "manifest unknown", "pull access"];
    last.iter().any(|line| line.contains(image) && says.iter().any(|word| line.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_from_other_words_in_capitals() {
        assert_eq!(variable("x\nError: DATABASE_URL must be set\n"), Some("DATABASE_URL".to_owned()));
        assert_eq!(variable("KeyError: 'SECRET_KEY' environment"), Some("SECRET_KEY".to_owned()));
        assert_eq!(variable("code: 'ERR_MODULE_NOT_FOUND' is required"), None);
        assert_eq!(variable("PANIC_NOW because"), None);
    }

    #[test]
    fn only_images_that_could_not_be_had_are_at_fault() {
        let (bad, good) = ("gcr.io/distroless/nodejs", "node:24");
        let stages = Stages::of(&format!("FROM {good} AS b\nFROM {bad}\nCOPY --from=b /a /a\n"));
        let log =
            format!("Error: initializing source docker://{bad}:latest: pinging container registry gcr.io");
        let seen = of_build(&stages, &log).unwrap();
        assert_eq!(seen.len(), 1);
        assert!(seen[0].contains(bad) && seen[0].contains("nodejs24-debian13"), "{seen:?}");
        assert!(of_build(&stages, "error: could not compile").unwrap().is_empty());
    }
}
