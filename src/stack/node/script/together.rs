//! Programs that run several commands, one after the other or side by side.

use crate::manifest::package::Package;
use crate::manifest::shell::{self, Command, Join, Word};

/// Groups one after the other; whether the parts of one run side by side; each part is a script.
type Groups = Vec<(bool, Vec<Vec<Command>>)>;

/// Options of `concurrently` and `npm-run-all` with a value.
const CONCURRENTLY: &[&str] = &[
    "-n",
    "--names",
    "--name-separator",
    "-c",
    "--prefix-colors",
    "-p",
    "--prefix",
    "-l",
    "--prefix-length",
    "-t",
    "--timestamp-format",
    "-s",
    "--success",
    "-m",
    "--max-processes",
    "--restart-tries",
    "--restart-after",
    "--default-input-target",
    "--hide",
    "--kill-signal",
    "--teardown",
];
const RUN_ALL: &[&str] = &["--max-parallel", "--npm-path"];

/// The most scripts that a pattern may mean.
const MOST: usize = 40;

/// What such a program runs; `None` for another program; the error is a sign of a shell, quoted.
pub(super) fn groups(name: &str, rest: &[Word], package: &Package) -> Option<Result<Groups, String>> {
    Some(match name {
        "concurrently" | "conc" => concurrently(rest, package),
        "run-s" => run_all(rest, false, package),
        "run-p" => run_all(rest, true, package),
        "npm-run-all" | "npm-run-all2" => run_all(rest, false, package),
        _ => return None,
    })
}

fn concurrently(rest: &[Word], package: &Package) -> Result<Groups, String> {
    let mut parts = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if CONCURRENTLY.contains(&text) {
            words.next();
        } else if text == "--" {
            break;
        } else if !text.starts_with('-') {
            let script =
                ["npm:", "pnpm:", "yarn:", "bun:"].iter().find_map(|prefix| text.strip_prefix(prefix));
            match script {
                Some(script) => parts.extend(scripts(&Word::plain(script), package)),
                None => parts.push(shell::script(text)?),
            }
        }
    }
    Ok(vec![(true, parts)])
}

fn run_all(rest: &[Word], parallel: bool, package: &Package) -> Result<Groups, String> {
    let mut groups: Groups = vec![(parallel, Vec::new())];
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-p" | "--parallel" => groups.push((true, Vec::new())),
            "-s" | "--sequential" | "--serial" => groups.push((false, Vec::new())),
            "--" => break,
            text if RUN_ALL.contains(&text) => drop(words.next()),
            text if text.starts_with('-') => {}
            _ => {
                if let Some((_, parts)) = groups.last_mut() {
                    parts.extend(scripts(word, package));
                }
            }
        }
    }
    groups.retain(|(_, parts)| !parts.is_empty());
    // One after the other is many groups of one.
    Ok(groups
        .into_iter()
        .flat_map(|(parallel, parts)| match parallel {
            true => vec![(true, parts)],
            false => parts.into_iter().map(|part| (false, vec![part])).collect(),
        })
        .collect())
}

/// A script by name, with its arguments, or all that a pattern means.
fn scripts(word: &Word, package: &Package) -> Vec<Vec<Command>> {
    let mut parts = word.text.split_whitespace().map(str::to_owned);
    let name = parts.next().unwrap_or_default();
    let more: Vec<Word> = parts.map(Word::plain).collect();
    let names: Vec<String> = match name.contains('*') {
        true => {
            let all = package.versions("scripts").map(|(script, _)| script);
            let mut found: Vec<&str> = all.filter(|script| matches(&name, script)).take(MOST).collect();
            found.sort_by_key(|script| package.line(&["scripts", script]));
            found.into_iter().map(str::to_owned).collect()
        }
        false => vec![name],
    };
    let command = |name: String| {
        let words = [vec![Word::plain("npm"), Word::plain("run"), Word::plain(&name)], more.clone()].concat();
        vec![Command { join: Join::First, words, text: format!("npm run {name}") }]
    };
    names.into_iter().map(command).collect()
}

/// A pattern of names: `*` is anything but `:`, `**` anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let Some(rest) = name.strip_prefix(before) else { return false };
            let (after, deep) = after.strip_prefix('*').map_or((after, false), |after| (after, true));
            let ends = std::iter::once(rest.len()).chain(rest.char_indices().map(|(at, _)| at));
            let within = if deep { rest.len() } else { rest.find(':').unwrap_or(rest.len()) };
            // One star is enough for the names of scripts; more of them would be slow.
            match after.contains('*') {
                true => deep || rest.len() <= within || after.starts_with(':'),
                false => ends.filter(|end| *end <= within).any(|end| rest[end..] == *after),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_scripts() {
        assert!(matches("build:*", "build:css") && matches("build:**", "build:css:min"));
        assert!(!matches("build:*", "build:css:min") && !matches("build:*", "watch:css"));
        assert!(matches("*:css", "build:css") && !matches("build", "build:css"));
    }
}
