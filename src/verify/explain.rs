//! From the words of engines and programs to ours: what happened, and what to do.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use crate::catalog::{FailureKind, Phase, failures};

/// A failure that is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Stable name of the kind of failure.
    pub id: String,
    /// What happened.
    pub says: String,
    /// What to do.
    pub mend: String,
    /// The line that shows it.
    pub line: String,
}

/// More explanations than this confuse.
const MOST: usize = 2;

/// Letters of a line that are looked at, and of a word.
const LONGEST: usize = 1_000;
const LONGEST_WORD: usize = 120;

/// What the lines of a failed build or start mean, the likeliest first.
///
/// # Errors
/// When the embedded table cannot be read.
pub fn explain(phase: Phase, lines: &[String]) -> Result<Vec<Explanation>> {
    let rows: Vec<FailureKind> = failures()?.into_iter().filter(|row| row.phase == phase).collect();
    let mut found: Vec<(usize, Explanation)> = Vec::new();
    for line in lines {
        // Logs of logs escape their quotes; what is longer than a message is data.
        let line = &line.chars().take(LONGEST).collect::<String>().replace("\\\"", "\"");
        let matched = rows.iter().enumerate().find_map(|(rank, row)| {
            let words = row.patterns.iter().find_map(|pattern| words(pattern, line))?;
            Some((rank, explanation(row, &words, line)))
        });
        if let Some((rank, one)) = matched
            && !found.iter().any(|(known, _)| *known == rank)
        {
            found.push((rank, one));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    Ok(found.into_iter().map(|(_, one)| one).take(MOST).collect())
}

fn explanation(row: &FailureKind, words: &BTreeMap<String, String>, line: &str) -> Explanation {
    let filled = |text: &str| {
        words.iter().fold(text.to_owned(), |text, (name, word)| text.replace(&format!("{{{name}}}"), word))
    };
    Explanation {
        id: row.id.clone(),
        says: filled(&row.says),
        mend: filled(&row.mend),
        line: line.trim().to_owned(),
    }
}

/// One part of a pattern.
enum Part<'a> {
    Text(&'a str),
    Word(&'a str),
}

/// The words that stand for a pattern's names, if the pattern is anywhere in the line.
fn words(pattern: &str, line: &str) -> Option<BTreeMap<String, String>> {
    let parts = parts(pattern);
    let starts: Vec<usize> = match parts.first() {
        Some(Part::Text(text)) => line.match_indices(text).map(|(at, _)| at).collect(),
        _ => line.char_indices().map(|(at, _)| at).collect(),
    };
    starts.into_iter().find_map(|at| matched(&parts, &line[at..]))
}

fn parts(pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Word(name));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// A word holds no blanks or quotes.
fn of_word(c: char) -> bool {
    !c.is_whitespace() && !['"', '\'', '`'].contains(&c)
}

fn matched(parts: &[Part<'_>], line: &str) -> Option<BTreeMap<String, String>> {
    match parts {
        [] => Some(BTreeMap::new()),
        [Part::Text(text), rest @ ..] => matched(rest, line.strip_prefix(text)?),
        [Part::Word(name), rest @ ..] => {
            let longest = line.find(|c| !of_word(c)).unwrap_or(line.len());
            let ends = line[..longest].char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST_WORD);
            // The shortest word that lets the rest follow; at a pattern's end, the whole word.
            let mut ends: Vec<usize> = if rest.is_empty() { vec![longest] } else { ends.collect() };
            ends.retain(|end| *end > 0);
            ends.into_iter().find_map(|end| {
                let mut words = matched(rest, &line[end..])?;
                words.insert(
                    (*name).to_owned(),
                    line[..end].trim_end_matches([',', '.', ';', ':']).to_owned(),
                );
                Some(words)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_is_known_by_its_example() {
        let rows = failures().unwrap();
        for row in &rows {
            let found = explain(row.phase, std::slice::from_ref(&row.example)).unwrap();
            let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
            assert_eq!(ids, [row.id.as_str()], "{}", row.example);
            assert!(!found[0].says.contains('{') && !found[0].mend.contains('{'), "{found:?}");
        }
        let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rows.len());
    }

    #[test]
    fn words_are_put_into_what_is_said() {
        let line = "x: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file";
        let found = explain(Phase::Start, &[line.to_owned()]).unwrap();
        assert_eq!(found[0].says, "the program needs `libpq.so.5`, which the runtime image does not hold");
        assert_eq!(found[0].line, line);
    }

    #[test]
    fn lines_without_end_are_looked_at_in_no_time() {
        let lines = ["a".repeat(1 << 20), ".go:".repeat(1 << 16), "`".repeat(1 << 16)];
        assert_eq!(explain(Phase::Start, &lines).unwrap(), []);
        assert_eq!(explain(Phase::Build, &lines).unwrap(), []);
    }

    #[test]
    fn the_likeliest_come_first_and_not_too_many() {
        let lines = ["Permission denied", "EADDRINUSE", "exec format error"].map(str::to_owned);
        let ids: Vec<String> = explain(Phase::Start, &lines).unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(ids, ["wrong-architecture", "write-denied"]);
    }

    #[test]
    fn patterns_are_patterns_of_words() {
        let words = |pattern: &str, line: &str| {
            words(pattern, line).map(|words| words.into_values().collect::<Vec<_>>())
        };
        assert_eq!(words("a {x} c", "so a b c."), Some(vec!["b".to_owned()]));
        assert_eq!(words("a {x} c", "a b b c"), None);
        assert_eq!(words("open {path}: denied", "open /a:b: denied"), Some(vec!["/a:b".to_owned()]));
        assert_eq!(words("lookup {host}", "lookup ghcr.io, no"), Some(vec!["ghcr.io".to_owned()]));
    }
}
