//! Programs that a build runs, and other projects that it asks for besides its dependencies.

use std::collections::BTreeSet;

use super::project::Project;
use crate::evidence::Evidence;
use crate::manifest::gradle::{Event, Expr, Link};

/// Statements that make one task run another.
const CALLS: &[&str] = &["dependsOn", "finalizedBy", "setDependsOn", "builtBy", "from"];

/// Blocks of commands that run wherever they stand.
const ALWAYS: &[&str] = &["providers", "exec", "project"];

/// More parts of a value than this are not looked at.
const PARTS: usize = 400;

/// The programs that a project's scripts start, as far as the tasks that start them can be asked for.
pub(super) fn read(project: &Project) -> Vec<(String, Evidence)> {
    let called = called(project);
    let mut found = Vec::new();
    for file in &project.layers {
        for event in &file.events {
            let program = match event.name() {
                "commandLine" | "executable" if runs(event, &called) => event.given().and_then(program),
                _ if runs(event, &called) => executed(event),
                _ => None,
            };
            found.extend(program.map(|name| (name, file.says("command", event))));
        }
    }
    found
}

/// Names of tasks that others call.
fn called(project: &Project) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let events = project.layers.iter().flat_map(|file| &file.events);
    for event in events.filter(|event| CALLS.contains(&event.name())) {
        parts(event, |value| {
            let text = value.literal().and_then(|text| text.rsplit(':').next()).map(str::to_owned);
            found.extend(text);
            for link in value.links().unwrap_or_default() {
                found.insert(link.name.clone());
            }
        });
    }
    found
}

/// Whether a statement can run in a build that does not name its task: it stands in none, in one of
/// Gradle's own, or in one that another calls.
fn runs(event: &Event, called: &BTreeSet<String>) -> bool {
    const LATE: &[&str] = &["doLast", "doFirst"];
    let Some((head, rest)) = event.path.split_first() else { return false };
    let in_task = rest.iter().any(|name| LATE.contains(&name.as_str()))
        || matches!(rest, [name] if name == "commandLine" || name == "executable");
    !in_task || ALWAYS.contains(&head.as_str()) || is_usual(head) || called.contains(head)
}

/// Whether a task of this name is run on the way to a program's jar.
fn is_usual(name: &str) -> bool {
    const USUAL: &[&str] = &[
        "assemble",
        "bootBuildInfo",
        "bootJar",
        "bootWar",
        "build",
        "classes",
        "installDist",
        "jar",
        "shadowJar",
    ];
    USUAL.contains(&name) || name.starts_with("compile") || name.starts_with("process")
}

/// The program of a command line.
fn program(value: &Expr) -> Option<String> {
    let text = match value {
        Expr::List(entries) => entries.first()?.value.literal()?,
        Expr::Chain(links) => links.last()?.literal()?,
        other => other.literal()?,
    };
    Some(text.to_owned())
}

/// The program of Groovy's `"git rev-parse HEAD".execute()`.
fn executed(event: &Event) -> Option<String> {
    let mut found = None;
    parts(event, |value| {
        let Expr::On(base, links) = value else { return };
        if found.is_none() && links.iter().any(|link| link.name == "execute") {
            let line = program(base);
            found = line.and_then(|line| line.split_whitespace().next().map(str::to_owned));
        }
    });
    found
}

/// The projects whose tasks a project calls, or whose files it takes, with the line.
pub(super) fn near(project: &Project) -> Vec<(String, Evidence)> {
    let mut found = Vec::new();
    for file in &project.layers {
        for event in &file.events {
            let is_dependency = event.path.iter().any(|name| name == "dependencies");
            if is_dependency || matches!(event.name(), "include" | "evaluationDependsOn" | "project") {
                continue;
            }
            let mut paths = BTreeSet::new();
            parts(event, |value| {
                if CALLS.contains(&event.name())
                    && let Some((path, _)) = value.literal().and_then(|text| text.rsplit_once(':'))
                {
                    paths.insert(path.to_owned());
                }
                if let Some([first, _, ..]) = value.links()
                    && first.name == "project"
                    && let Some(path) = first.literal()
                {
                    paths.insert(path.to_owned());
                }
            });
            let mut paths = paths.into_iter().filter(|path| path.starts_with(':') && path.len() > 1);
            found.extend(paths.by_ref().map(|path| (path, file.says("project", event))));
        }
    }
    found
}

/// Calls this for the values of a statement, and the values in them.
fn parts(event: &Event, mut see: impl FnMut(&Expr)) {
    let mut open: Vec<&Expr> = event.value.iter().chain(arguments(&event.links)).collect();
    let mut left = PARTS;
    while let Some(value) = open.pop() {
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        see(value);
        match value {
            Expr::Either(inner) | Expr::Sum(inner) | Expr::Other(inner) => open.extend(inner),
            Expr::List(entries) => open.extend(entries.iter().map(|entry| &entry.value)),
            Expr::On(base, links) => {
                open.push(base);
                open.extend(arguments(links));
            }
            Expr::Chain(links) => open.extend(arguments(links)),
            _ => {}
        }
    }
}

fn arguments(links: &[Link]) -> impl Iterator<Item = &Expr> {
    links.iter().flat_map(|link| &link.args).map(|arg| &arg.value)
}
