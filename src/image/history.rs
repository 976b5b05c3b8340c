//! Which instruction of the Dockerfile made which layer.

use super::{History, Image};
use crate::dockerfile::Instruction;

/// What made a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The instruction, as the Dockerfile or the engine spells it.
    pub text: String,
    /// Its line, where it is one of the Dockerfile's last stage; the base image's have none.
    pub line: Option<usize>,
}

/// What made each layer of an image, lowest first. Instructions of the last stage are found from
/// the end of the history: whatever is before them came with the base image.
pub fn steps(image: &Image, stage: &[Instruction]) -> Vec<Step> {
    let mut own = stage.iter().skip(1).rev().peekable();
    let mut found: Vec<(bool, Step)> = Vec::new();
    for entry in image.history.iter().rev() {
        let text = spelled(entry);
        let keyword = text.split(' ').next().unwrap_or("");
        let step = match own.peek() {
            Some(instruction) if instruction.keyword == keyword || ran(instruction, &text) => {
                let text = format!("{} {}", instruction.keyword, instruction.arguments);
                let line = Some(instruction.line);
                own.next();
                Step { text, line }
            }
            _ => Step { text, line: None },
        };
        found.push((entry.empty_layer, step));
    }
    let mut steps: Vec<Step> =
        found.into_iter().rev().filter(|(empty, _)| !empty).map(|(_, step)| step).collect();
    // A history that does not tell of every layer tells of the latest.
    while steps.len() > image.layers.len() {
        steps.remove(0);
    }
    let unknown = Step { text: "not told".to_owned(), line: None };
    let missing = image.layers.len() - steps.len();
    [vec![unknown; missing], steps].concat()
}

/// Whether a history entry without a keyword is that of a RUN.
fn ran(instruction: &Instruction, text: &str) -> bool {
    instruction.keyword == "RUN" && (text.starts_with("/bin/sh -c") || text.starts_with('|'))
}

/// An entry as an instruction: engines write `/bin/sh -c #(nop) COPY ...` and `COPY ... # buildkit`.
fn spelled(entry: &History) -> String {
    let text = entry.created_by.trim();
    let text = text.strip_prefix("/bin/sh -c #(nop)").unwrap_or(text);
    text.strip_suffix("# buildkit").unwrap_or(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::stages;
    use crate::image::{Config, Layer};

    fn image(history: &[(&str, bool)]) -> Image {
        let layers = history.iter().filter(|(_, empty)| !empty);
        let layer = |_| Layer {
            id: String::new(),
            compressed: 0,
            unpacked: 0,
            passwd: None,
            files: Vec::new().into(),
        };
        Image {
            architecture: String::new(),
            config: Config::default(),
            layers: layers.map(layer).collect(),
            history: history
                .iter()
                .map(|(text, empty)| History { created_by: (*text).to_owned(), empty_layer: *empty })
                .collect(),
        }
    }

    #[test]
    fn layers_of_the_last_stage_are_found_from_the_end() {
        let stages = stages("FROM x AS build\nFROM y\nCOPY --from=build /a /b\nWORKDIR /b\nUSER 1\n");
        let podman = image(&[
            ("bazel build ...", false),
            ("/bin/sh -c #(nop) COPY file:1234 in /b", false),
            ("/bin/sh -c #(nop) WORKDIR /b", true),
            ("/bin/sh -c #(nop) USER 1", true),
        ]);
        let buildkit = image(&[
            ("bazel build ...", false),
            ("COPY /a /b # buildkit", false),
            ("WORKDIR /b", true),
            ("USER 1", true),
        ]);
        for image in [podman, buildkit] {
            let steps = steps(&image, stages.last().unwrap());
            assert_eq!(steps[0], Step { text: "bazel build ...".to_owned(), line: None });
            assert_eq!(steps[1], Step { text: "COPY --from=build /a /b".to_owned(), line: Some(3) });
        }
    }

    #[test]
    fn a_history_that_is_too_short_or_too_long_leaves_layers_untold() {
        let mut short = image(&[("COPY a b", false)]);
        short.layers.push(short.layers[0].clone());
        let told: Vec<String> = steps(&short, &[]).into_iter().map(|step| step.text).collect();
        assert_eq!(told, ["not told", "COPY a b"]);
        let mut long = image(&[("COPY a b", false), ("COPY c d", false)]);
        long.layers.pop();
        assert_eq!(steps(&long, &[]).len(), 1);
    }
}
