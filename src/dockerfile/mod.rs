//! Reads Dockerfiles of the kind that is written here, to prove that they say what was planned.

use anyhow::Result;

use crate::failure::Failure;
use crate::plan::{Runtime, USER};

/// One instruction, its continued lines joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Line, from 1, that it starts on.
    pub line: usize,
    /// Upper case.
    pub keyword: String,
    pub arguments: String,
}

/// The instructions of a Dockerfile. Heredocs are not known here: nothing that is written has one.
pub fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut open: Option<Instruction> = None;
    for (number, raw) in text.lines().enumerate().map(|(index, raw)| (index + 1, raw)) {
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (content, goes_on) = match line.strip_suffix('\\') {
            Some(content) => (content.trim_end(), true),
            None => (line, false),
        };
        match &mut open {
            Some(instruction) => {
                instruction.arguments.push(' ');
                instruction.arguments.push_str(content);
            }
            None => {
                let (keyword, arguments) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
                open = Some(Instruction {
                    line: number,
                    keyword: keyword.to_ascii_uppercase(),
                    arguments: arguments.trim().to_owned(),
                });
            }
        }
        if !goes_on {
            found.extend(open.take());
        }
    }
    found.extend(open);
    found
}

/// The stages: each its instructions, FROM first.
pub fn stages(text: &str) -> Vec<Vec<Instruction>> {
    let mut stages: Vec<Vec<Instruction>> = Vec::new();
    for instruction in instructions(text) {
        if instruction.keyword == "FROM" {
            stages.push(Vec::new());
        }
        if let Some(stage) = stages.last_mut() {
            stage.push(instruction);
        }
    }
    stages
}

/// Paths of the repository that the build stage copies.
pub fn context_sources(text: &str) -> Vec<String> {
    let copies = instructions(text)
        .into_iter()
        .filter(|one| one.keyword == "COPY" && !one.arguments.contains("--from="));
    let sources = copies.flat_map(|copy| {
        let words: Vec<String> = copy.arguments.split_whitespace().map(str::to_owned).collect();
        words[..words.len().saturating_sub(1)].to_vec()
    });
    sources.collect()
}

/// Proves that a rendered file has the runtime stage of the plan behind its build stages and nothing that a text of the
/// repository could have added.
///
/// # Errors
/// With the first thing that is not as planned.
pub fn check(text: &str, runtime: &Runtime) -> Result<()> {
    let stages = stages(text);
    let Some((last, before @ [_, ..])) = stages.split_last() else {
        return Err(wrong(format!("it has {} stages, and at least 2 are needed", stages.len())).into());
    };
    let allowed = ["FROM", "WORKDIR", "COPY", "RUN", "ARG"];
    if let Some(other) = before.iter().flatten().find(|one| !allowed.contains(&one.keyword.as_str())) {
        return Err(wrong(format!("line {}: {} in a build stage", other.line, other.keyword)).into());
    }
    let arguments = |keyword: &str| -> Vec<&str> {
        last.iter().filter(|one| one.keyword == keyword).map(|one| one.arguments.as_str()).collect()
    };
    let expose: Vec<String> = runtime.expose.iter().map(u16::to_string).collect();
    let expected = [
        ("FROM", vec![runtime.image.clone()]),
        ("WORKDIR", vec![runtime.workdir.clone()]),
        ("USER", vec![USER.to_owned()]),
        ("EXPOSE", expose),
        ("VOLUME", exec(&runtime.volumes)?),
        ("HEALTHCHECK", vec![health(runtime)?]),
        ("ENTRYPOINT", exec(&runtime.entrypoint)?),
        ("CMD", exec(&runtime.cmd)?),
    ];
    for (keyword, wanted) in expected {
        if arguments(keyword) != wanted {
            return Err(wrong(format!("{keyword} is {:?}, not {wanted:?}", arguments(keyword))).into());
        }
    }
    let counted = [
        ("COPY", runtime.copies.len()),
        ("ENV", runtime.env.len()),
        ("RUN", usize::from(!runtime.packages.is_empty())),
    ];
    for (keyword, wanted) in counted {
        if arguments(keyword).len() != wanted {
            return Err(wrong(format!("{} {keyword} instead of {wanted}", arguments(keyword).len())).into());
        }
    }
    let known = [
        "FROM",
        "WORKDIR",
        "USER",
        "EXPOSE",
        "ENTRYPOINT",
        "CMD",
        "COPY",
        "ENV",
        "HEALTHCHECK",
        "VOLUME",
        "RUN",
    ];
    match last.iter().find(|one| !known.contains(&one.keyword.as_str())) {
        Some(other) => {
            Err(wrong(format!("line {}: {} in the runtime stage", other.line, other.keyword)).into())
        }
        None => Ok(()),
    }
}

/// What HEALTHCHECK must say.
fn health(runtime: &Runtime) -> Result<String> {
    Ok(match exec(&runtime.health)?.pop() {
        Some(command) => format!("CMD {command}"),
        None => "NONE".to_owned(),
    })
}

fn exec(argv: &[String]) -> Result<Vec<String>> {
    if argv.is_empty() {
        return Ok(Vec::new());
    }
    let quoted: Result<Vec<String>, serde_json::Error> = argv.iter().map(serde_json::to_string).collect();
    Ok(vec![format!("[{}]", quoted?.join(", "))])
}

fn wrong(what: String) -> Failure {
    Failure::failed(format!("the rendered Dockerfile is wrong: {what}"))
        .help("this is a fault of distrogen; please report it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_joined_and_comments_left_out() {
        let text = "# c\nFROM a AS b\nRUN x \\\n    # inside\n && y\ncmd [\"z\"]";
        let found: Vec<(usize, String, String)> =
            instructions(text).into_iter().map(|one| (one.line, one.keyword, one.arguments)).collect();
        assert_eq!(
            found,
            [
                (2, "FROM".into(), "a AS b".into()),
                (3, "RUN".into(), "x && y".into()),
                (6, "CMD".into(), "[\"z\"]".into())
            ]
        );
        assert_eq!(context_sources("COPY a b ./\nCOPY --from=x /c /d"), ["a", "b"]);
    }
}
