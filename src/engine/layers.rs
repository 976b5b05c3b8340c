//! Which images the builds of a run made, read from what the builds printed.
//!
//! Podman and Buildah keep every step of a build as an image. Their logs name each, also when the
//! build fails or is interrupted; nothing else tells them from those of other builds.
#![expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The images that were there before the run, one a line.
pub(super) const BEFORE: &str = "images-before";
/// Ending of the files that builds print into.
pub(super) const LOG: &str = "log";
/// Ending of the files that builds write the resulting image into.
pub(super) const RESULT: &str = "image";

/// The images that this run made, as prefixes of their numbers.
pub(super) fn made(scratch: &Path) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for entry in fs::read_dir(scratch).into_iter().flatten().flatten() {
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let Ok(file) = File::open(&path) else { continue };
        let file = BufReader::new(file.take(LARGEST));
        match ending {
            Some(LOG) => made.extend(committed_in(file)),
            Some(RESULT) => {
                made.extend(file.lines().map_while(Result::ok).map(|id| bare(id.trim()).to_owned()))
            }
            _ => {}
        }
    }
    made.retain(|id| !id.is_empty());
    made
}

/// Of the images that there are, those to remove, newest first: made by the run, not there before,
/// and without a name. `there` has a line for each, number and name, as engines list them.
pub(super) fn removable(scratch: &Path, there: &str) -> Vec<String> {
    let Ok(before) = fs::read_to_string(scratch.join(BEFORE)) else { return Vec::new() };
    let before: BTreeSet<&str> = before.lines().map(bare).collect();
    let made = made(scratch);
    let by_run = |id: &str| {
        // The only candidates for a prefix are those that sort right before the whole.
        made.range(..=id.to_owned()).next_back().is_some_and(|prefix| id.starts_with(prefix.as_str()))
    };
    let rows: Vec<(&str, &str)> =
        there.lines().map(|line| line.split_once(char::is_whitespace).unwrap_or((line, ""))).collect();
    let rows = rows.into_iter().map(|(id, name)| (bare(id), name.trim()));
    let unnamed: Vec<&str> =
        rows.clone().filter(|(_, name)| name.is_empty() || *name == "<none>").map(|(id, _)| id).collect();
    let named: BTreeSet<&str> =
        rows.filter(|(_, name)| !name.is_empty() && *name != "<none>").map(|(id, _)| id).collect();
    let wanted = |id: &&str| by_run(id) && !before.contains(id) && !named.contains(id);
    unnamed.into_iter().filter(wanted).map(str::to_owned).collect()
}

/// More of a log is not read, in bytes.
const LARGEST: u64 = 300 << 20;
/// No build has more steps.
const MOST: usize = 10_000;

/// The images that a log names.
fn committed_in(mut log: impl BufRead) -> Vec<String> {
    let (mut found, mut line) = (Vec::new(), Vec::new());
    while found.len() < MOST && log.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        if line.starts_with(b"--> ") {
            found.extend(committed(&String::from_utf8_lossy(&line)));
        }
        line.clear();
    }
    found
}

/// The image that a step was kept as, where a line of the log says so.
fn committed(line: &str) -> Option<String> {
    let id = line.strip_prefix("--> ")?.trim_end();
    let is_id = (11..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}

fn bare(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_images_of_the_run_without_a_name_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(|digit| digit.repeat(64));
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        write(BEFORE, format!("sha256:{a}\n"));
        let log = format!(
            "STEP 1\n--> Using cache {a}\n--> {}\n--> {}\n{e}\n--> {}\n",
            &a[..11],
            &b[..11],
            &d[..11]
        );
        write("1.log", log);
        write("1.image", format!("sha256:{c}"));
        let there =
            format!("sha256:{c} <none>\nsha256:{b}   <none>\n{d} docker.io/mine\n{e} <none>\n{a} <none>\n");
        assert_eq!(removable(folder.path(), &there), [c, b]);
    }

    #[test]
    fn without_a_list_of_what_was_there_nothing_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("1.log"), "--> aaaaaaaaaaa\n").unwrap();
        assert!(removable(folder.path(), "aaaaaaaaaaabbb <none>").is_empty());
    }

    #[test]
    fn numbers_that_a_step_prints_are_no_images() {
        assert_eq!(committed("10000000000"), None);
        assert_eq!(committed("--> 10000000000x"), None);
        assert_eq!(committed("--> 0123456789ab"), Some("0123456789ab".to_owned()));
    }
}
