//! Repositories of libraries that ask for credentials, and others that an image cannot reach.

use std::collections::BTreeSet;

use super::files::File;
use super::value::Scope;
use crate::evidence::Evidence;
use crate::manifest::gradle::{Event, Expr, Link};

/// A repository of libraries that asks who one is.
#[derive(Debug)]
pub(in crate::stack::java) struct Remote {
    /// As far as it is written plainly.
    pub url: Option<String>,
    pub evidence: Evidence,
    /// Environment variables that its credentials are read from.
    pub variables: BTreeSet<String>,
    /// Properties of Gradle that they are read from.
    pub properties: BTreeSet<String>,
}

/// The private repositories of a script, and warnings about the others.
pub(super) fn read(file: &File, scope: &Scope, remotes: &mut Vec<Remote>, warnings: &mut Vec<String>) {
    let mut url = None;
    let mut name = String::new();
    let mut open: Option<Remote> = None;
    // Whether Gradle itself looks for credentials by the repository's name.
    let mut by_name = false;
    for event in &file.events {
        let Some(at) = event.path.iter().position(|name| name == "repositories") else { continue };
        if event
            .path
            .iter()
            .any(|name| matches!(name.as_str(), "publishing" | "uploadArchives" | "publications"))
        {
            continue;
        }
        let inner: Vec<&str> = event.path.iter().skip(at + 1).map(String::as_str).collect();
        match inner.as_slice() {
            ["mavenLocal"] if !others(file) => warnings.push(format!(
                "{} asks for libraries of this machine (`mavenLocal()`), which are not in the image's build",
                file.says("", event).place()
            )),
            ["maven", "url" | "setUrl"] => url = event.given().and_then(address(scope)),
            ["maven", "name"] => name = event.given().and_then(|value| scope.text(value)).unwrap_or_default(),
            // The event of a block comes after those of what it holds.
            ["maven"] => {
                if let Some(mut remote) = open.take() {
                    let said = event.links.last().and_then(|link| link.first().or_else(|| link.named("url")));
                    remote.url = url.take().or_else(|| said.and_then(address(scope)));
                    if by_name {
                        complete(&mut remote, &name);
                    }
                    remotes.push(remote);
                }
                (url, by_name) = (None, false);
                name.clear();
            }
            ["maven", "credentials" | "authentication", ..] => {
                let remote = open.get_or_insert_with(|| Remote {
                    url: None,
                    evidence: file.says("private repository", event),
                    variables: BTreeSet::new(),
                    properties: BTreeSet::new(),
                });
                names(event, scope, remote);
                by_name |= inner.len() == 2 && event.links.last().is_some_and(|link| !link.args.is_empty());
            }
            _ => {}
        }
    }
}

/// Whether a script names repositories besides that of the machine.
fn others(file: &File) -> bool {
    const OTHERS: &[&str] = &["google", "gradlePluginPortal", "ivy", "jcenter", "maven", "mavenCentral"];
    let inside = |event: &Event| event.path.iter().rev().nth(1).is_some_and(|name| name == "repositories");
    file.events.iter().any(|event| inside(event) && OTHERS.contains(&event.name()))
}

/// The text of an address, also in `uri("...")`.
fn address<'s>(scope: &'s Scope) -> impl Fn(&Expr) -> Option<String> + 's {
    |value| match value.links() {
        Some([call]) if matches!(call.name.as_str(), "uri" | "URI") => scope.text(call.first()?),
        _ => scope.text(value),
    }
}

/// `credentials(PasswordCredentials)` reads `<name>Username` and `<name>Password`.
fn complete(remote: &mut Remote, name: &str) {
    if remote.variables.is_empty() && remote.properties.is_empty() && !name.is_empty() {
        let both = ["Username", "Password"].map(|what| format!("{name}{what}"));
        remote.properties.extend(both);
    }
}

/// Collects the names that credentials are read from.
fn names(event: &Event, scope: &Scope, remote: &mut Remote) {
    let mut open: Vec<&Expr> = event.value.iter().collect();
    let called = event.links.last().filter(|link| event.value.is_none() && link.name != "credentials");
    open.extend(called.into_iter().flat_map(|link| &link.args).map(|arg| &arg.value));
    let mut steps = 0;
    while let Some(value) = open.pop() {
        steps += 1;
        if steps > 200 {
            break;
        }
        match value {
            Expr::Either(inner) | Expr::Sum(inner) | Expr::Other(inner) => open.extend(inner),
            Expr::On(base, _) => open.push(base),
            Expr::Chain(links) => {
                read_by(links, remote);
                // A name that a script gives a value to is read where that is.
                if let [one] = links.as_slice()
                    && one.args.is_empty()
                {
                    match scope.given(&one.name) {
                        Some(Expr::Chain(by)) if matches!(by.as_slice(), [one] if one.name == "project") => {
                            remote.properties.insert(one.name.clone());
                        }
                        Some(given) => open.push(given),
                        None if !matches!(one.name.as_str(), "null" | "true" | "false") => {
                            remote.properties.insert(one.name.clone());
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }
}

fn read_by(links: &[Link], remote: &mut Remote) {
    for link in links {
        let Some(name) = link.literal().map(str::to_owned) else { continue };
        match link.name.as_str() {
            "getenv" | "environmentVariable" => {
                remote.variables.insert(name);
            }
            "findProperty" | "property" | "gradleProperty" | "getProperty" => {
                remote.properties.insert(name);
            }
            _ => {}
        }
    }
    // `System.getenv["X"]`, `System.getenv().X`.
    if let [system, env, name] = links
        && system.name == "System"
        && matches!(env.name.as_str(), "getenv" | "env")
        && env.args.is_empty()
    {
        remote.variables.insert(name.name.clone());
    }
}
