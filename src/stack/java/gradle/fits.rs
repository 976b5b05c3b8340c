//! Which releases of Gradle a build runs on, where it does not bring its own.

use super::makes::Look;
use crate::catalog::GradleFits;
use crate::manifest::gradle::Event;

/// Major releases of Gradle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fits {
    pub oldest: u64,
    pub newest: u64,
}

impl Default for Fits {
    fn default() -> Self {
        Fits { oldest: 0, newest: u64::MAX }
    }
}

type Says = fn(&Event) -> bool;

/// Statements that the Gradle after this release no longer has.
const GONE: &[(Says, u64)] = &[
    (|event| inside(event, "dependencies", &["compile", "runtime", "testCompile", "testRuntime"]), 6),
    (|event| inside(event, "repositories", &["jcenter"]), 8),
    (|event| event.is(&["mainClassName"]) && !event.declares, 8),
    (|event| event.is(&["archivesBaseName"]) && !event.declares, 8),
];

fn inside(event: &Event, block: &str, names: &[&str]) -> bool {
    event.path.len() >= 2
        && event.path.iter().rev().nth(1).is_some_and(|name| name == block)
        && names.contains(&event.name())
}

impl Fits {
    fn within(&mut self, oldest: u64, newest: u64) {
        self.oldest = self.oldest.max(oldest);
        self.newest = self.newest.min(newest);
    }

    /// Bounds them by the plugins of a project, and by what its scripts say.
    pub(super) fn read(&mut self, look: &Look, rows: &[GradleFits]) {
        for one in look.applied {
            let mut of_id = rows.iter().filter(|row| row.ids.contains(&one.id)).peekable();
            let Some(artifact) = of_id.peek().map(|row| row.artifact.as_str()) else { continue };
            let Some((version, _)) = look.version(&one.id, artifact) else { continue };
            if let Some(row) = of_id.find(|row| version.first(2) >= row.from) {
                self.within(row.oldest, row.newest);
            }
        }
        for event in look.project.layers.iter().flat_map(|file| &file.events) {
            // A plugin's own release counts more than how a line is written.
            if let Some((_, newest)) =
                GONE.iter().find(|(says, newest)| *newest >= self.oldest && says(event))
            {
                self.within(0, *newest);
            }
        }
    }

    /// The major releases of these, the best first: one that fits, and of those the usual one.
    pub(super) fn order(self, mut known: Vec<u64>, usual: u64) -> Vec<u64> {
        let far = |major: u64| {
            let out = self.oldest.saturating_sub(major).max(major.saturating_sub(self.newest));
            (out, major.abs_diff(usual), std::cmp::Reverse(major))
        };
        known.sort_by_key(|major| far(*major));
        known.dedup();
        // Where some fit, the others are no choice.
        let fitting: Vec<u64> = known.iter().copied().filter(|major| far(*major).0 == 0).collect();
        if fitting.is_empty() { known.into_iter().take(1).collect() } else { fitting }
    }
}
