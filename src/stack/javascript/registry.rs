//! Credentials of package registries: which ones the install reads from its environment, and which
//! are in the repository, where they do not belong.

use anyhow::Result;
use serde::Serialize;

use super::install::Request;
use super::settings::{self, FILES, Setting};
use super::workspace::Workspace;
use crate::catalog::NodeManager;
use crate::manifest::secret;
use crate::repo::join;
use crate::service::Service;
use crate::verdict::{Halt, Stop};

/// A variable of the install that is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The variable, and what `--secret id=` names.
    pub name: String,
    /// What asks for it.
    pub why: String,
}

/// The variables that settings name.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Credentials.
    pub tokens: Vec<Token>,
    /// Any others.
    pub named: Vec<String>,
}

/// Keys of credentials beside those that their last word gives away.
const SECRET_KEYS: &[&str] = &["_auth", "npmAuthIdent", "key"];

/// Variables that are there or that nobody sets, and never a credential.
const NEVER: &[&str] = &[
    "CI", "HOME", "HOSTNAME", "INIT_CWD", "LANG", "LOGNAME", "NODE_ENV", "PATH", "PWD", "SHELL", "TMPDIR",
    "USER",
];

/// The variables that the settings beside the packages name which are installed together.
///
/// # Errors
/// A stop when a credential itself is in a file, from where it would reach an image layer.
pub(super) fn asked(
    request: &Request,
    workspace: &Workspace,
    manager: &NodeManager,
    service: &mut Service,
) -> Result<Asked, Halt> {
    let members = workspace.members.iter().map(|member| member.folder.as_str());
    let mut folders: Vec<&str> =
        [workspace.root.as_str(), &request.candidate.folder].into_iter().chain(members).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut asked = Asked::default();
    for folder in folders {
        for name in FILES {
            let file = join(folder, name);
            let Some(text) = request.repo.source(&file)? else { continue };
            let is_read = manager.reads.iter().any(|read| read == name);
            for setting in settings::read(name, &text) {
                refuse_literal(&file, &text, &setting)?;
                if is_read {
                    asked.take(&file, &text, &setting, service);
                }
            }
        }
    }
    Ok(asked)
}

impl Asked {
    fn take(&mut self, file: &str, text: &str, setting: &Setting, service: &mut Service) {
        let userinfo = secret::userinfo(&setting.value).unwrap_or_default();
        for Variable { name, default } in variables(&setting.value).1 {
            let is_known = self.tokens.iter().any(|token| token.name == name);
            if is_known || NEVER.contains(&name) {
                continue;
            }
            if is_secret_key(&setting.key) || variables(userinfo).1.iter().any(|inner| inner.name == name) {
                self.named.retain(|named| named != name);
                let why = format!("{file} reads `{name}`");
                self.tokens.push(Token { name: name.to_owned(), why });
            } else if !self.named.iter().any(|named| named == name) {
                self.named.push(name.to_owned());
                if default.is_none() {
                    service.warnings.push(format!(
                        "{file}:{} reads `{name}`: pass it to the build with `--build-arg {name}=...`",
                        setting.line(text)
                    ));
                }
            }
        }
    }
}

/// Refuses what is a credential without its variables.
fn refuse_literal(file: &str, text: &str, setting: &Setting) -> Result<(), Stop> {
    let (rest, variables) = variables(&setting.value);
    let is_default = variables.iter().filter_map(|one| one.default).any(secret::looks_secret);
    // A scope may be called as a key is, and what it is set to is an address.
    let is_value = !matches!(rest.trim(), "" | "true" | "false") && !rest.contains("://");
    let is_named = is_value && is_secret_key(&setting.key);
    if !is_named && !is_default && !secret::looks_secret(&rest) {
        return Ok(());
    }
    let line = setting.line(text);
    let reason = format!("{file}:{line} holds a credential, which must not reach an image layer");
    Err(Stop::refuse(reason).help(
        "write `${NPM_TOKEN}` in its place: the build then takes it from a secret, and no layer keeps it",
    ))
}

fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)) || secret::names_secret(key)
}

/// A variable of a value.
struct Variable<'a> {
    name: &'a str,
    default: Option<&'a str>,
}

/// A value without its variables, and these: `${NAME}`, `${NAME:-default}`, `$NAME` of bunfig.toml.
fn variables(value: &str) -> (String, Vec<Variable<'_>>) {
    let (mut rest, mut kept, mut found) = (value, String::new(), Vec::new());
    while let Some((before, after)) = rest.split_once('$') {
        kept.push_str(before);
        let inner = after.strip_prefix('{').unwrap_or(after);
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
        let (name, behind) = inner.split_at(end);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            kept.push('$');
            rest = after;
            continue;
        }
        let (default, behind) = match (after.starts_with('{'), behind.split_once('}')) {
            (true, Some((inside, behind))) => (inside.split_once('-').map(|(_, default)| default), behind),
            _ => (None, behind),
        };
        found.push(Variable { name, default });
        rest = behind;
    }
    kept.push_str(rest);
    (kept, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, text: &str) -> Result<(Asked, Vec<String>), String> {
        let (mut asked, mut service) = (Asked::default(), Service::new("", "node"));
        for setting in settings::read(file, text) {
            refuse_literal(file, text, &setting).map_err(|stop| stop.reason)?;
            asked.take(file, text, &setting, &mut service);
        }
        Ok((asked, service.warnings))
    }

    fn names(file: &str, text: &str) -> Vec<String> {
        of(file, text).unwrap().0.tokens.into_iter().map(|token| token.name).collect()
    }

    #[test]
    fn variables_of_credentials_become_secrets() {
        let text = "# _auth=x\n@a:registry=https://r\n//r/:_authToken=${NPM_TOKEN}\n//s/:_authToken=${NPM_TOKEN}${B-x}";
        assert_eq!(names(".npmrc", text), ["NPM_TOKEN", "B"]);
        assert_eq!(names(".yarnrc.yml", "npmAuthToken: \"${T:-}\""), ["T"]);
        assert_eq!(
            names("bunfig.toml", "[install.scopes]\na = { token = \"$T\", url = \"https://r\" }"),
            ["T"]
        );
        assert_eq!(names(".npmrc", "registry=https://u:${PASS}@r/"), ["PASS"]);
        assert!(names(".npmrc", "always-auth=true\n//always-on.io/:always-auth=true").is_empty());
    }

    #[test]
    fn other_variables_are_said_and_the_usual_ones_are_not() {
        let text = "cache=${HOME}/.npm\nprefix=${PATH}\nregistry=${REG}\nproxy=${P:-http://p}";
        let (asked, warnings) = of(".npmrc", text).unwrap();
        assert!(asked.tokens.is_empty());
        assert_eq!(asked.named, ["REG", "P"]);
        assert_eq!(warnings, [".npmrc:3 reads `REG`: pass it to the build with `--build-arg REG=...`"]);
    }

    #[test]
    fn credentials_in_the_repository_are_refused() {
        for (file, text, line) in [
            (".npmrc", "x=y\n//r/:_authToken=abc", 2),
            (".npmrc", "//always-on.io/:_authToken=x", 1),
            (".npmrc", "//r/:_authToken=abc${X}", 1),
            (".npmrc", "//r/:_authToken=abc # ${X}", 1),
            (".npmrc", "_auth=dTpw", 1),
            (".npmrc", "//r:8080/:_authtoken=abc", 1),
            (".npmrc", "//r/:_password=\"cA==\"", 1),
            (".npmrc", "key=\"-----BEGIN PRIVATE KEY-----\\nx\"", 1),
            (".npmrc", "@s:registry=https://u:p@r/", 1),
            (".npmrc", "//r/:_authToken=${X:-npm_0123456789abcdef}", 1),
            (".yarnrc", "\"//r/:_authToken\" abc", 1),
            (".yarnrc", "registry \"https://u:p@r\"", 1),
            (".yarnrc.yml", "npmAuthToken: abc", 1),
            (".yarnrc.yml", "npmScopes:\n  a:\n    npmAuthToken: abc", 3),
            (".yarnrc.yml", "npmRegistries: { \"//r\": { npmAuthIdent: abc } }", 1),
            (".yarnrc.yml", "httpProxy: http://u:p@h", 1),
            ("bunfig.toml", "[install.registry]\nurl = \"https://r\"\ntoken = \"abc\"", 3),
            ("bunfig.toml", "[install.scopes]\na = { password = \"abc\" }", 2),
            ("bunfig.toml", "[install]\nregistry = \"https://u:p@r\"", 2),
        ] {
            let reason = of(file, text).map(|_| text).unwrap_err();
            let expected = format!("{file}:{line} holds a credential");
            assert!(reason.starts_with(&expected), "{text}: {reason}");
        }
        assert!(of("bunfig.toml", "[install.scopes]\nkey = \"https://r\"").is_ok());
        assert!(of(".npmrc", "//r/:_authToken=\n//r/:username=u\n//r/:keyfile=./a.key").is_ok());
    }
}
