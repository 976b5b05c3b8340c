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

    /// The image that the last stage stands on, through other stages.
    pub(super) fn runtime(&self) -> String {
        self.all.len().checked_sub(1).map_or(String::new(), |last| self.origin(last))
    }

    /// The stage that the program is built in: of those that the last one copies from, the one that
    /// runs most. Its name or number, and the image that it stands on.
    pub(super) fn build(&self) -> Option<(String, String)> {
        let copies = self.last().iter().filter(|one| one.keyword == "COPY");
        let sources = copies.filter_map(|copy| {
            copy.arguments.split_whitespace().find_map(|word| word.strip_prefix("--from="))
        });
        let last = self.all.len().saturating_sub(1);
        let mut best: Option<(usize, &str, usize)> = None;
        for source in sources {
            let index = self.stage(source, last).or(source.parse().ok().filter(|index| *index < last));
            let Some(index) = index else { continue };
            let runs = self.runs(index);
            if best.is_none_or(|(most, ..)| runs > most) {
                best = Some((runs, source, index));
            }
        }
        best.map(|(_, source, index)| (source.to_owned(), self.origin(index)))
    }

    /// How many steps run in a stage and in those that it stands on.
    fn runs(&self, index: usize) -> usize {
        let own = self.all[index].iter().filter(|one| one.keyword == "RUN").count();
        own + self.stage(base(&self.all[index][0]), index).map_or(0, |below| self.runs(below))
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

    /// The stage that the one that runs stands on, where something was run in that.
    pub(super) fn inherits(&self) -> Option<&str> {
        let last = self.all.len().checked_sub(1)?;
        let below = base(self.all[last].first()?);
        let index = self.stage(below, last)?;
        (self.runs(index) > 0).then_some(below)
    }

    /// Every image that is to be loaded.
    pub(super) fn images(&self) -> Vec<String> {
        let all = self.all.iter().enumerate();
        let foreign = all.filter(|(index, stage)| self.stage(base(&stage[0]), *index).is_none());
        foreign.map(|(_, stage)| base(&stage[0]).to_owned()).filter(|image| image != "scratch").collect()
    }

    /// What the last stage sets, by keyword: the last of each. What only the engine can know, because
    /// a variable or another shell is in it, is left out.
    pub(super) fn sets(&self) -> BTreeMap<&str, String> {
        let last = self.last();
        let shell = last.iter().any(|one| one.keyword == "SHELL");
        let mut set: BTreeMap<&str, String> = BTreeMap::new();
        for one in last {
            let value = one.arguments.trim_matches(['"', '\'']).to_owned();
            match one.keyword.as_str() {
                "USER" => set.insert("USER", value),
                "WORKDIR" => match (value.starts_with('/'), set.get("WORKDIR")) {
                    (true, _) => set.insert("WORKDIR", value),
                    (false, Some(above)) => {
                        set.insert("WORKDIR", format!("{}/{value}", above.trim_end_matches('/')))
                    }
                    // It is relative to the base image's own folder.
                    (false, None) => None,
                },
                keyword @ ("CMD" | "ENTRYPOINT") if !shell || one.arguments.starts_with('[') => {
                    set.insert(keyword, one.arguments.clone())
                }
                _ => None,
            };
        }
        set.retain(|_, value| !value.contains('$') && !value.contains(".."));
        set
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
        assert_eq!(stages.inherits(), None);
    }

    #[test]
    fn the_stage_that_runs_most_is_where_the_program_is_built() {
        let stages = Stages::of(
            "FROM certs AS certs\nFROM golang AS build\nRUN go build\n\
             FROM scratch\nCOPY --from=certs /c /c\nCOPY --from=build /a /a\n",
        );
        assert_eq!(stages.build(), Some(("build".to_owned(), "golang".to_owned())));
    }

    #[test]
    fn settings_are_what_the_engine_makes_of_them() {
        let stages =
            Stages::of("FROM x\nWORKDIR /app\nWORKDIR sub\nUSER \"1000\"\nSHELL [\"/b\"]\nCMD run $X\n");
        let sets: Vec<(&str, String)> = stages.sets().into_iter().collect();
        assert_eq!(sets, [("USER", "1000".to_owned()), ("WORKDIR", "/app/sub".to_owned())]);
        assert!(Stages::of("FROM x\nWORKDIR sub\n").sets().is_empty());
    }

    #[test]
    fn one_stage_alone_has_no_build_stage_and_a_number_names_one() {
        assert_eq!(Stages::of("FROM x\nRUN y\n").build(), None);
        let numbered = Stages::of("FROM x\nFROM scratch\nCOPY --from=0 /a /a\nCOPY --from=busybox /b /b\n");
        assert_eq!(numbered.build(), Some(("0".to_owned(), "x".to_owned())));
        assert_eq!(Stages::of("FROM x AS a\nRUN y\nFROM a\n").inherits(), Some("a"));
        let alias = Stages::of("FROM x AS a\nFROM y AS b\nFROM a\n");
        assert_eq!((alias.inherits(), alias.runtime().as_str()), (None, "x"));
        assert!(Stages::of("").images().is_empty());
    }
}
