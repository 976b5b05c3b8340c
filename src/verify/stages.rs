//! What a Dockerfile says that the image must then be.

use std::collections::BTreeMap;

use crate::dockerfile::{Instruction, stages};

/// The stages of a Dockerfile that matter here.
pub(super) struct Stages {
    /// All stages; each its instructions, FROM first.
    all: Vec<Vec<Instruction>>,
}

impl Stages {
    /// Reads a Dockerfile.
    pub(super) fn of(text: &str) -> Stages {
        Stages { all: stages(text) }
    }

    /// The stage that runs.
    pub(super) fn last(&self) -> &[Instruction] {
        self.all.last().map_or(&[], Vec::as_slice)
    }

    /// The image that the last stage stands on.
    pub(super) fn runtime(&self) -> String {
        self.last().first().map_or(String::new(), |from| base(from).to_owned())
    }

    /// The stage that the program is built in: the first that the last one copies from. Its name
    /// or number, and the image that it stands on.
    pub(super) fn build(&self) -> Option<(String, String)> {
        let copies = self.last().iter().filter(|one| one.keyword == "COPY");
        let mut sources = copies.filter_map(|copy| {
            copy.arguments.split_whitespace().find_map(|word| word.strip_prefix("--from="))
        });
        let earlier = &self.all[..self.all.len().saturating_sub(1)];
        sources.find_map(|source| {
            let index = earlier.iter().enumerate().position(|(index, stage)| {
                name(&stage[0]).is_some_and(|name| name.eq_ignore_ascii_case(source))
                    || source == index.to_string()
            })?;
            Some((source.to_owned(), self.origin(index)))
        })
    }

    /// The image that a stage stands on, through other stages.
    fn origin(&self, index: usize) -> String {
        let base = base(&self.all[index][0]);
        match self.stage(base, index) {
            Some(below) => self.origin(below),
            None => base.to_owned(),
        }
    }

    /// The stage of this name before another.
    fn stage(&self, wanted: &str, before: usize) -> Option<usize> {
        self.all[..before]
            .iter()
            .position(|stage| name(&stage[0]).is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
    }

    /// Whether the stage that runs stands on another stage.
    pub(super) fn inherits(&self) -> bool {
        let last = self.all.len().saturating_sub(1);
        self.stage(&self.runtime(), last).is_some()
    }

    /// Every image that is to be loaded.
    pub(super) fn images(&self) -> Vec<String> {
        let all = self.all.iter().enumerate();
        let foreign = all.filter(|(index, stage)| self.stage(base(&stage[0]), *index).is_none());
        foreign.map(|(_, stage)| base(&stage[0]).to_owned()).filter(|image| image != "scratch").collect()
    }

    /// What the last stage sets, by keyword: the last of each.
    pub(super) fn sets(&self) -> BTreeMap<&str, &str> {
        let kept = ["USER", "ENTRYPOINT", "CMD", "WORKDIR"];
        let last = self.last().iter().filter(|one| kept.contains(&one.keyword.as_str()));
        last.map(|one| (one.keyword.as_str(), one.arguments.as_str())).collect()
    }
}

/// What FROM names, without its options.
fn base(from: &Instruction) -> &str {
    from.arguments.split_whitespace().find(|word| !word.starts_with("--")).unwrap_or("")
}

/// The name of a stage.
fn name(from: &Instruction) -> Option<&str> {
    let words: Vec<&str> = from.arguments.split_whitespace().collect();
    let at = words.iter().position(|word| word.eq_ignore_ascii_case("as"))?;
    words.get(at + 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_stage_is_the_one_that_is_copied_from() {
        let stages = Stages::of(
            "FROM --platform=x golang:1 AS deps\nFROM deps as build\nFROM node AS ui\n\
             FROM gcr.io/d\nCOPY --from=build /a /a\nCOPY --from=ui /b /b\nUSER 1\nUSER 2:2\n",
        );
        assert_eq!(stages.build(), Some(("build".to_owned(), "golang:1".to_owned())));
        assert_eq!(stages.images(), ["golang:1", "node", "gcr.io/d"]);
        assert_eq!(stages.sets()["USER"], "2:2");
        assert!(!stages.inherits());
    }

    #[test]
    fn one_stage_alone_has_no_build_stage_and_a_number_names_one() {
        assert_eq!(Stages::of("FROM x\nRUN y\n").build(), None);
        let numbered = Stages::of("FROM x\nFROM scratch\nCOPY --from=0 /a /a\nCOPY --from=busybox /b /b\n");
        assert_eq!(numbered.build(), Some(("0".to_owned(), "x".to_owned())));
        assert!(Stages::of("FROM x AS a\nFROM a\n").inherits());
        assert!(Stages::of("").images().is_empty());
    }
}
