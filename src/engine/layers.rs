//! Which images the builds of a run made, read from what the builds printed.
//!
//! Podman and Buildah keep every step of a build as an image. Their logs name each, also when the
//! build fails or is interrupted; nothing else tells them from those of other builds.
#![expect(clippy::disallowed_methods, reason = "a run's own folder is no repository")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The images that were there before the run, one a line.
pub(super) const BEFORE: &str = "images-before";
/// Ending of the files that builds print into.
pub(super) const LOG: &str = "log";
/// Ending of the files that builds write the resulting image into.
pub(super) const RESULT: &str = "image";

/// The images that this run made, parents before children.
pub(super) fn made(scratch: &Path) -> Vec<String> {
    let Ok(before) = fs::read_to_string(scratch.join(BEFORE)) else { return Vec::new() };
    let before: BTreeSet<&str> = before.lines().map(bare).collect();
    let mut names: Vec<_> =
        fs::read_dir(scratch).into_iter().flatten().flatten().map(|one| one.path()).collect();
    // Logs list parents before children; results come last.
    names.sort_by_key(|path| (path.extension().is_some_and(|ending| ending == RESULT), path.clone()));
    let mut made: Vec<String> = Vec::new();
    for path in names {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let Ok(file) = File::open(&path) else { continue };
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        let found: Vec<String> = match ending {
            Some(LOG) => lines.filter_map(|line| committed(&line)).collect(),
            Some(RESULT) => lines.map(|line| bare(line.trim()).to_owned()).collect(),
            _ => Vec::new(),
        };
        for one in found {
            let old = before.iter().any(|id| id.starts_with(one.as_str()));
            let again = made.iter().any(|id| id.starts_with(one.as_str()) || one.starts_with(id.as_str()));
            if !old && !again && !one.is_empty() {
                made.push(one);
            }
        }
    }
    made
}

/// The image that a step was kept as, where a line of the log says so.
fn committed(line: &str) -> Option<String> {
    let id = line.trim().strip_prefix("--> ").unwrap_or(line.trim());
    let is_id = id.len() >= 11 && id.chars().all(|c| c.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}

fn bare(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_that_were_not_there_before_were_made() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b, c) = ("a".repeat(64), "b".repeat(64), "c".repeat(64));
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        write(BEFORE, format!("sha256:{a}\n"));
        write(
            "1.log",
            format!(
                "STEP 1\n--> Using cache {a}\n--> {}\n--> {}\nCOMMIT\n--> {}\n{c}\n",
                &a[..11],
                &b[..11],
                &c[..11]
            ),
        );
        write("1.image", format!("sha256:{c}"));
        assert_eq!(made(folder.path()), [&b[..11], &c[..11]]);
    }

    #[test]
    fn without_a_list_of_what_was_there_nothing_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("1.log"), "--> aaaaaaaaaaa\n").unwrap();
        assert!(made(folder.path()).is_empty());
    }
}
