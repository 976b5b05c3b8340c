//! Reads purchases from standard input, one JSON object a line, and prints what each shop got.

mod summary;

use std::io;
use std::process::ExitCode;

use summary::Summary;

fn main() -> ExitCode {
    let mut summary = Summary::default();
    let mut failed = false;
    for (index, line) in io::stdin().lines().enumerate() {
        let added = line
            .map_err(|error| error.to_string())
            .and_then(|line| summary.add(&line).map_err(|error| error.to_string()));
        if let Err(error) = added {
            eprintln!("tally: line {}: {error}", index + 1);
            failed = true;
        }
    }
    print!("{summary}");
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
