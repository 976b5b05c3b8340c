//! Every folder of `examples/` is an application that is generated for, rehearsed and, where
//! `DISTROGEN_CONTAINERS=1` is set, built, started and asked.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "tests touch the disk, start programs, and fail by panicking"
)]

mod broken;
mod container;
mod example;
mod rehearsal;
mod table;

use libtest_mimic::{Arguments, Conclusion, Trial};

use broken::Broken;
use example::Example;

fn main() {
    let arguments = Arguments::from_args();
    let containers = container::wanted() && container::possible();
    let mut trials = Vec::new();
    if std::env::var_os("UPDATE").is_some() {
        Example::all().iter().for_each(|example| drop(example.init(&["--yes", "--force"])));
    }
    for example in Example::all() {
        let name = example.name.clone();
        let golden = example.clone();
        trials.push(Trial::test(format!("golden::{name}"), move || {
            golden.init(&["--check"]).map(drop).map_err(Into::into)
        }));
        let rehearsed = example.clone();
        trials.push(Trial::test(format!("rehearsal::{name}"), move || {
            rehearsal::run(&rehearsed).map_err(Into::into)
        }));
        for variant in example.variants() {
            let (example, title) = (example.clone(), variant.title());
            let run = move || container::run(&example, &variant).map_err(Into::into);
            trials.push(Trial::test(format!("container::{name}{title}"), run).with_ignored_flag(!containers));
        }
    }
    for broken in Broken::all() {
        for case in broken.case.clone() {
            let (broken, mode) =
                (broken.clone(), case.run.clone().map_or(String::new(), |run| format!(" {run}")));
            let name = format!("container::broken::{}{mode}", broken.name);
            let run = move || container::broken(&broken, &case).map_err(Into::into);
            trials.push(Trial::test(name, run).with_ignored_flag(!containers));
        }
    }
    let titles = |example: Example| {
        example.variants().into_iter().map(move |variant| format!("{}{}", example.name, variant.title()))
    };
    let needy = Example::all()
        .into_iter()
        .filter(|example| example.expectations.needs.is_some() || example.expectations.registry);
    let optional: Vec<String> = needy.map(|example| example.name).collect();
    let all: Vec<String> = Example::all().into_iter().flat_map(titles).collect();
    // The last: it compares what the others measured.
    let compare = move || table::check(&container::measured(), &all, &optional).map_err(Into::into);
    trials.push(Trial::test("container::table of sizes", compare).with_ignored_flag(!containers));
    if !containers {
        eprintln!(
            "SKIPPED: container tests; they run with DISTROGEN_CONTAINERS=1 and docker or podman on PATH"
        );
    }
    // Image builds share caches and cores; one at a time is quickest and easiest to read.
    let arguments = if containers { Arguments { test_threads: Some(1), ..arguments } } else { arguments };
    let conclusion: Conclusion = libtest_mimic::run(&arguments, trials);
    container::print_table();
    conclusion.exit();
}
