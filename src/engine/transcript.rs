//! What a program printed, in bounded memory: its beginning and its end.

use std::collections::VecDeque;

/// Bytes that are kept of either end.
const KEPT: usize = 64 << 10;

/// The beginning and the end of a text of any length.
#[derive(Clone, Debug, Default)]
pub(super) struct Transcript {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: u64,
}

impl Transcript {
    /// Adds what came next.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(KEPT - self.head.len()));
        self.head.extend_from_slice(first);
        let last = &rest[rest.len().saturating_sub(KEPT)..];
        let over = (self.tail.len() + last.len()).saturating_sub(KEPT);
        self.tail.drain(..over);
        self.tail.extend(last);
        self.dropped += (rest.len() - last.len() + over) as u64;
    }

    /// The text, with a line that says how much was left out of its middle.
    pub(super) fn text(&self) -> String {
        let mut bytes = self.head.clone();
        if self.dropped > 0 {
            bytes.extend_from_slice(format!("\n[{} bytes left out]\n", self.dropped).as_bytes());
        }
        bytes.extend(&self.tail);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_kept_whole() {
        let mut transcript = Transcript::default();
        transcript.push(b"one\n");
        transcript.push("zwölf".as_bytes());
        assert_eq!(transcript.text(), "one\nzwölf");
    }

    #[test]
    fn a_flood_keeps_its_beginning_and_its_end() {
        let mut transcript = Transcript::default();
        transcript.push(b"first");
        for _ in 0..100 {
            transcript.push(&[b'x'; 10_000]);
        }
        transcript.push(&[b'y'; 3 * KEPT]);
        transcript.push(b"last");
        let text = transcript.text();
        assert!(text.starts_with("firstx") && text.ends_with("yylast"), "{}", &text[..20]);
        let left_out = 5 + 1_000_000 + 3 * KEPT + 4 - 2 * KEPT;
        assert!(text.contains(&format!("\n[{left_out} bytes left out]\n")));
    }
}
