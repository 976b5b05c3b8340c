//! The path that a site is below, as its build writes it into links.

use super::settings::Settings;
use super::value::Value;
use crate::catalog::SiteTool;
use crate::evidence::Evidence;
use crate::stack::common::is_plain_path;
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script::{self, Command};
use crate::verdict::Stop;

/// Where a site is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Base {
    /// `/`, or a path with a slash at both ends.
    pub path: String,
    pub evidence: Option<Evidence>,
    pub warning: Option<String>,
}

impl Base {
    fn root(warning: Option<String>) -> Self {
        Base { path: "/".to_owned(), evidence: None, warning }
    }
}

/// What names the path of a site: an option of the command, the package's homepage, or the
/// configuration.
///
/// # Errors
/// A stop when it has signs that cannot be written into a Dockerfile safely.
pub(super) fn read(
    row: &SiteTool,
    settings: &Settings,
    candidate: &Candidate,
    command: &Command,
) -> Result<Base, Stop> {
    if let Some(text) = script::options(command, &row.base_options).last() {
        let evidence = Evidence::file("base path", &candidate.file, command.join(" "));
        return named(text, evidence);
    }
    if let Some(text) = candidate.package.string(&["homepage"]).filter(|_| row.homepage) {
        let keys = ["homepage"];
        let (line, says) = (candidate.package.line(&keys), candidate.package.says(&keys));
        let path = text
            .split_once("://")
            .map_or(text, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        return named(path, Evidence::at("base path", &candidate.file, line, says));
    }
    if row.base_asked.as_ref().is_some_and(|asked| !command.contains(asked)) {
        return Ok(Base::root(None));
    }
    for key in &row.base {
        match settings.value(key) {
            (Value::Text(text), Some(evidence)) => return named(&text, evidence),
            (Value::Other | Value::Unread(_), Some(evidence)) => {
                let place = evidence.place();
                let warning = format!(
                    "{place} names the path that the site is below as only a run could tell; it is served at `/`"
                );
                return Ok(Base::root(Some(warning)));
            }
            _ => {}
        }
    }
    Ok(Base::root(None))
}

/// The path that a text names: relative ones stand for wherever the site is.
pub(super) fn named(text: &str, evidence: Evidence) -> Result<Base, Stop> {
    if text.contains("://") || text.starts_with("//") {
        let place = evidence.place();
        let warning =
            format!("{place} has files of the site loaded from `{text}`: they must be put there, too");
        return Ok(Base::root(Some(warning)));
    }
    let path = text.trim().trim_start_matches("./").trim_matches('/');
    if matches!(path, "" | "." | "auto") {
        return Ok(Base::root(None));
    }
    if !is_plain_path(path) {
        let reason = format!(
            "{} puts the site below `{text}`, which cannot be written into a Dockerfile safely",
            evidence.place()
        );
        return Err(Stop::refuse(reason).help("name a path of letters, digits, `-`, `_` and `.`"));
    }
    Ok(Base {
        path: format!("/{path}/"),
        evidence: Some(Evidence { what: "base path".to_owned(), ..evidence }),
        warning: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_a_slash_at_both_ends() {
        let path = |text: &str| {
            let base = named(text, Evidence::at("x", "vite.config.ts", 2, "x")).unwrap();
            (base.path, base.warning.is_some())
        };
        assert_eq!(path("app"), ("/app/".into(), false));
        assert_eq!(path("/a/b"), ("/a/b/".into(), false));
        for text in ["", "/", "./", ".", "auto"] {
            assert_eq!(path(text), ("/".into(), false), "{text}");
        }
        assert_eq!(path("https://cdn.example.com/x/"), ("/".into(), true));
        assert!(named("/$HOME/", Evidence::file("x", "a", "b")).is_err());
        assert!(named("/a/../b/", Evidence::file("x", "a", "b")).is_err());
    }
}
