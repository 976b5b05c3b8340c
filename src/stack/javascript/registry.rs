//! Credentials of package registries: which ones the install reads from its environment, and which
//! are in the repository, where they do not belong.

use anyhow::Result;
use serde::Serialize;

use crate::repo::{Repo, join};
use crate::verdict::{Halt, Stop};

/// A variable of the install that is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The variable, and what `--secret id=` names.
    pub name: String,
    /// What asks for it.
    pub why: String,
}

/// Files of settings that package managers expand variables in.
const FILES: &[&str] = &[".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml"];

/// Keys of credentials, in lower case.
const SECRET_KEYS: &[&str] = &["_auth", "_password", "npmauthtoken", "npmauthident"];

/// The variables that the settings of a folder name.
///
/// # Errors
/// A stop when a credential itself is in a file, from where it would reach an image layer.
pub(super) fn tokens(repo: &Repo, root: &str) -> Result<Vec<Token>, Halt> {
    let mut found: Vec<Token> = Vec::new();
    for name in FILES {
        let file = join(root, name);
        let Some(text) = repo.source(&file)? else { continue };
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with(['#', ';']) {
                continue;
            }
            let variables: Vec<&str> = variables(line).collect();
            let key = line.to_ascii_lowercase();
            let key = key.split(['=', ' ']).next().unwrap_or_default().to_owned();
            let is_secret = SECRET_KEYS.iter().any(|secret| key.contains(secret)) && !key.contains("always");
            if is_secret && variables.is_empty() {
                return Err(committed(&file, index + 1).into());
            }
            for variable in variables {
                if !found.iter().any(|token| token.name == variable) {
                    found
                        .push(Token { name: variable.to_owned(), why: format!("{file} reads `{variable}`") });
                }
            }
        }
    }
    Ok(found)
}

/// The names of variables in a line: `${NAME}`, `${NAME:-default}`, `$NAME` of bunfig.toml.
fn variables(line: &str) -> impl Iterator<Item = &str> {
    line.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = &rest[..end];
        (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
    })
}

fn committed(file: &str, line: usize) -> Stop {
    Stop::refuse(format!("{file}:{line} holds a credential, which must not reach an image layer")).help(
        "write `${NPM_TOKEN}` in its place: the build then takes it from a secret, and no layer keeps it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn names(file: &str, text: &str) -> Result<Vec<String>, String> {
        let repo = Repo::in_memory(Memory::new().file(file, text));
        match tokens(&repo, "") {
            Ok(found) => Ok(found.into_iter().map(|token| token.name).collect()),
            Err(Halt::Stop(stop)) => Err(stop.reason),
            Err(Halt::Failed(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn variables_become_secrets() {
        let text = "# _auth=x\n@a:registry=https://r\n//r/:_authToken=${NPM_TOKEN}\n//s/:_authToken=${NPM_TOKEN}${B-x}";
        assert_eq!(names(".npmrc", text).unwrap(), ["NPM_TOKEN", "B"]);
        assert_eq!(names(".yarnrc.yml", "npmAuthToken: \"${T:-}\"").unwrap(), ["T"]);
        assert!(names(".npmrc", "always-auth=true\nengine-strict=true").unwrap().is_empty());
    }

    #[test]
    fn credentials_in_the_repository_are_refused() {
        let reason = names(".npmrc", "x=y\n//r/:_authToken=abc").unwrap_err();
        assert!(reason.starts_with(".npmrc:2 holds a credential"), "{reason}");
        assert!(names(".yarnrc.yml", "npmAuthToken: abc").is_err());
    }
}
