//! Credentials in start scripts: an image is no place for them, as whoever has it can read them.

use super::script::{Run, Start};
use crate::manifest::secret;
use crate::plan::Env;
use crate::verdict::Stop;

/// Leaves credentials, and a port that there is not, out of the variables of a start, and says so.
///
/// # Errors
/// A stop when an argument is a credential: nothing else could give it to the program.
pub(super) fn leave_out(start: &mut Start) -> Result<(), Stop> {
    let place = start.evidence.place();
    if let Some(what) = credential(&start.argv) {
        return Err(refusal(&format!("{place} gives the program {what}")));
    }
    for before in &start.before {
        let words = match &before.run {
            Run::Script { more, .. } => more,
            Run::Command(words) => words,
        };
        if let Some(what) = credential(words) {
            return Err(refusal(&format!("{place} gives a command of the build {what}")));
        }
    }
    let is_flag = start.evidence.file.starts_with("--");
    let mut warnings = Vec::new();
    start.env.retain(|env| keeps(env, &place, &mut warnings));
    let wrong = |env: &Env| env.name == "PORT" && !env.value.parse::<u16>().is_ok_and(|port| port > 0);
    if start.env.iter().any(wrong) {
        start.env.retain(|env| !wrong(env));
        start.warnings.push(format!("{place} sets `PORT` to what is no port: it is left out"));
    }
    for before in &mut start.before {
        before.env.retain(|env| {
            let is_secret = secret::is_secret(&env.name, &env.value);
            if is_secret {
                start.warnings.push(format!(
                    "{place} sets `{}` for the build, which is left out: it is a credential, and would stay in a layer",
                    env.name
                ));
            }
            !is_secret
        });
    }
    // The flag is a comment of the Dockerfile.
    if is_flag && let Some(name) = warnings.first().map(|(name, _)| name) {
        return Err(refusal(&format!("{place} sets `{name}`")));
    }
    start.warnings.extend(warnings.into_iter().map(|(_, warning)| warning));
    Ok(())
}

/// Whether a variable may be in an image.
fn keeps(env: &Env, place: &str, warnings: &mut Vec<(String, String)>) -> bool {
    let is_secret = secret::is_secret(&env.name, &env.value);
    if is_secret {
        let name = env.name.clone();
        let warning = format!(
            "{place} sets `{name}`, which is left out: it is a credential, and whoever has the image could read it; set it when the container is started: `--env {name}`"
        );
        warnings.push((name, warning));
    }
    !is_secret
}

/// The first argument that is a credential, by its option.
fn credential(words: &[String]) -> Option<String> {
    let mut before: Option<&String> = None;
    for word in words {
        let (name, value) = match (word.split_once('='), before) {
            (Some((name, value)), _) => (name, value),
            (None, Some(option)) if !word.starts_with('-') => (option.as_str(), word.as_str()),
            (None, _) => ("", word.as_str()),
        };
        if secret::is_secret(name, value) {
            let is_name = !name.is_empty() && !secret::looks_secret(name);
            let option = if is_name { format!(" as `{name}`") } else { String::new() };
            return Some(format!("a credential{option}"));
        }
        before = (word.starts_with('-') && !word.contains('=')).then_some(word);
    }
    None
}

fn refusal(what: &str) -> Stop {
    Stop::refuse(format!("{what}, and whoever has the image could read it")).help(
        "have the program read it from a variable that is set when the container is started, and name the rest: `--start 'node FILE'`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;

    fn credential_in(words: &str) -> Option<String> {
        credential(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_named_by_their_option() {
        assert_eq!(credential_in("a.js --token=abc").unwrap(), "a credential as `--token`");
        assert_eq!(credential_in("a.js --db-password abc").unwrap(), "a credential as `--db-password`");
        assert_eq!(credential_in("a.js mongodb://u:p@h").unwrap(), "a credential");
        assert_eq!(credential_in("a.js --url mongodb://u:p@h").unwrap(), "a credential as `--url`");
        assert_eq!(credential_in("a.js --token --port 80 --token-ttl 3"), None);
    }

    #[test]
    fn a_build_gets_none_either() {
        let mut start = Start::of(vec!["a.js".to_owned()], Evidence::at("start", "package.json", 3, "x"));
        let run = Run::Script { name: "build".to_owned(), more: Vec::new() };
        let env = vec![Env::new("API_KEY", "abc"), Env::new("CI", "1")];
        start.before.push(super::super::script::Before { folder: String::new(), run, env });
        leave_out(&mut start).unwrap();
        assert_eq!(start.before[0].env, [Env::new("CI", "1")]);
        assert!(start.warnings[0].starts_with("package.json:3 sets `API_KEY` for the build"));
        start.before[0].run = Run::Command(["tool", "--secret", "abc"].map(str::to_owned).to_vec());
        assert!(leave_out(&mut start).is_err());
    }
}
