//! What a build is at: one line that changes at a terminal, a line a step elsewhere.

use std::time::Instant;

use console::Term;

use crate::engine::build::Progress;
use crate::output::terminal::{complain, shown};

/// Where progress is shown: standard error.
pub(super) struct Screen {
    terminal: Option<Term>,
    begun: Instant,
    /// The last step that was shown.
    step: String,
}

impl Screen {
    /// The terminal, if standard error is one.
    pub(super) fn new() -> Screen {
        let terminal = Some(Term::stderr()).filter(Term::is_term);
        Screen { terminal, begun: Instant::now(), step: String::new() }
    }

    /// Takes the changing line away.
    pub(super) fn clear(&self) {
        if let Some(terminal) = &self.terminal {
            let _ = terminal.clear_line();
        }
    }
}

impl Progress for Screen {
    fn line(&mut self, line: &str) {
        let step = step(line);
        match (&self.terminal, step) {
            (Some(terminal), step) => {
                if let Some(step) = step {
                    self.step = step.to_owned();
                }
                let seconds = self.begun.elapsed().as_secs();
                let width = usize::from(terminal.size().1).saturating_sub(1);
                let detail = if step.is_none() { format!(" | {}", line.trim()) } else { String::new() };
                let text = shown(&format!("{seconds} s {}{detail}", self.step)).replace('\t', " ");
                let text: String = text.chars().take(width).collect();
                // A terminal that has gone away needs no progress.
                let _ = terminal.clear_line().and_then(|()| terminal.write_str(&text));
            }
            (None, Some(step)) if step != self.step => {
                self.step = step.to_owned();
                complain(&format!("{}\n", shown(step)));
            }
            (None, _) => {}
        }
    }
}

/// The step that a line of a build's log announces.
fn step(line: &str) -> Option<&str> {
    // Podman and Buildah: `[1/2] STEP 3/6: RUN ...`; BuildKit: `#9 [build 3/6] RUN ...`.
    let of_stage = |line: &str| line.starts_with('[') && line.contains("] STEP ");
    if line.starts_with("STEP ") || of_stage(line) {
        return Some(line);
    }
    let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
    let is_step =
        number.chars().all(|c| c.is_ascii_digit()) && rest.starts_with('[') && !rest.contains("[internal]");
    is_step.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_both_kinds_of_engines_are_told_from_their_output() {
        assert_eq!(step("[1/2] STEP 3/6: RUN go build"), Some("[1/2] STEP 3/6: RUN go build"));
        assert_eq!(step("STEP 1/2: FROM scratch"), Some("STEP 1/2: FROM scratch"));
        assert_eq!(step("#9 [build 3/6] RUN go build"), Some("[build 3/6] RUN go build"));
        assert_eq!(step("#1 [internal] load build definition"), None);
        assert_eq!(step("#9 1.234 go: downloading x"), None);
        assert_eq!(step("what STEP is this"), None);
    }
}
