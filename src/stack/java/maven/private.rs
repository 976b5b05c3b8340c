//! Repositories that not everyone may read.

use anyhow::Result;

use super::effective::{Effective, evidence};
use super::known::Known;
use crate::evidence::Evidence;
use crate::manifest::xml::{Element, Said};
use crate::repo::Repo;

/// A settings file of the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::stack::java) struct Settings {
    pub file: String,
    /// Variables of the environment that it reads, as `${env.NAME}` stands for them.
    pub variables: Vec<String>,
}

/// The repositories of a module that are not known to be public.
pub(super) fn repositories(known: &Known, effective: &Effective) -> Vec<Evidence> {
    let said = effective.model.part.repositories.iter();
    said.filter_map(|said| of(known, &effective.said(said).unwrap_or_else(|| said.clone()))).collect()
}

/// What is to be said of repositories that newer releases of Maven refuse.
pub(super) fn unsafe_ones(effective: &Effective) -> Vec<String> {
    let said = effective.model.part.repositories.iter();
    let plain = said.filter(|said| said.value.starts_with("http://") && !said.value.contains("//localhost"));
    plain
        .map(|said| {
            format!(
                "{}:{} names a repository without TLS, which Maven refuses from 3.8.1 on",
                said.file, said.line
            )
        })
        .collect()
}

/// The evidence that a repository is private: `credentials` where it always asks for them.
pub(super) fn of(known: &Known, said: &Said) -> Option<Evidence> {
    let (scheme, rest) = said.value.split_once("://")?;
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let listed = |hosts: &[String]| {
        hosts.iter().any(|known| {
            host.strip_suffix(known.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    };
    let always = listed(&known.java.repositories.credentials)
        || scheme == "artifactregistry"
        || rest.contains("/packages/maven")
        || host.contains(".codeartifact.");
    if always {
        return Some(evidence("credentials", said, &said.value));
    }
    let is_local = scheme.starts_with("file") || matches!(host, "localhost" | "127.0.0.1");
    (!is_local && !listed(&known.java.repositories.public)).then(|| evidence("repository", said, &said.value))
}

/// The settings file, and the private repositories and mirrors that it names.
///
/// # Errors
/// When it cannot be read or parsed.
pub(super) fn settings(repo: &Repo, known: &Known, file: &str) -> Result<(Settings, Vec<Evidence>)> {
    let text = repo.text(file)?.unwrap_or_default();
    let root = Element::parse(file, &text)?;
    let mut settings = Settings { file: file.to_owned(), variables: Vec::new() };
    for part in text.split("${env.").skip(1) {
        let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if !name.is_empty() && !settings.variables.contains(&name) {
            settings.variables.push(name);
        }
    }
    let mut found = Vec::new();
    let mut open = vec![&root];
    while let Some(element) = open.pop() {
        if matches!(element.name.as_str(), "mirror" | "repository" | "pluginRepository") {
            found.extend(element.says("url").and_then(|said| of(known, said)));
        }
        open.extend(&element.children);
    }
    Ok((settings, found))
}
