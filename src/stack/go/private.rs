//! Private modules: credentials for their download, where the repository shows that it has some.

use anyhow::Result;

use super::manifests::Modules;
use crate::manifest;
use crate::plan::Secret;
use crate::repo::{Kind, Repo, join};

/// Private modules and what their download needs.
pub(super) struct Private {
    pub secret: Secret,
    /// What the repository sets `GOPRIVATE` to.
    pub patterns: String,
}

/// Files in which projects set the environment of their builds.
const FILES: &[&str] =
    &["Makefile", ".envrc", "Taskfile.yml", "Taskfile.yaml", ".gitlab-ci.yml", "Dockerfile"];

/// Looks for GOPRIVATE where projects set it; it counts when a required module matches it.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn find(repo: &Repo, modules: &Modules) -> Result<Option<Private>> {
    if modules.vendored {
        return Ok(None);
    }
    for file in files(repo)? {
        let Some(text) = repo.source(&file)? else { continue };
        for (index, line) in text.lines().enumerate() {
            let Some(patterns) = patterns(line).filter(|patterns| is_downloaded(modules, patterns)) else {
                continue;
            };
            let says = manifest::line(&text, index + 1);
            let secret = Secret {
                id: "netrc".to_owned(),
                target: "/root/.netrc".to_owned(),
                source: "$HOME/.netrc".to_owned(),
                why: format!("{file}:{} names private modules (`{says}`)", index + 1),
            };
            return Ok(Some(Private { secret, patterns: patterns.to_owned() }));
        }
    }
    Ok(None)
}

/// The files that may set it.
fn files(repo: &Repo) -> Result<Vec<String>> {
    let workflows = ".github/workflows";
    let entries = repo.entries(workflows)?;
    let there = entries.iter().filter(|entry| entry.kind == Kind::File);
    let mut files: Vec<String> = FILES.iter().map(|file| (*file).to_owned()).collect();
    files.extend(there.map(|entry| join(workflows, &entry.name)));
    Ok(files)
}

/// Whether a required module that the repository does not hold is one of these.
fn is_downloaded(modules: &Modules, patterns: &str) -> bool {
    let mut required = modules.all().flat_map(|(_, module)| &module.requires);
    required.any(|require| {
        let is_private = patterns.split(',').any(|pattern| matches(pattern, &require.module));
        is_private && !modules.holds(&require.module)
    })
}

/// The patterns that a line sets GOPRIVATE to, where they are written out.
fn patterns(line: &str) -> Option<&str> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    let at = line.find("GOPRIVATE")?;
    let value = line[at + "GOPRIVATE".len()..].trim_start_matches([':', '?', '=', ' ']);
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';')).unwrap_or(value.len());
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./*,".contains(c);
    Some(&value[..end]).filter(|value| value.contains('.') && value.chars().all(plain))
}

/// Whether a pattern of GOPRIVATE matches a module: by its first parts, `*` for any text in one.
fn matches(pattern: &str, module: &str) -> bool {
    let (mut parts, mut found) = (pattern.split('/').filter(|part| !part.is_empty()), module.split('/'));
    !pattern.is_empty()
        && parts.all(|part| found.next().is_some_and(|found| crate::ignore::glob(part, found)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn patterns_are_read_where_they_are_set() {
        assert_eq!(patterns("export GOPRIVATE=github.com/acme/*"), Some("github.com/acme/*"));
        assert_eq!(patterns("  GOPRIVATE: \"git.acme.io,*.acme.dev\""), Some("git.acme.io,*.acme.dev"));
        assert_eq!(patterns("GOPRIVATE ?= $(X).y"), None);
        assert_eq!(patterns("# GOPRIVATE=a.b"), None);
        assert!(matches("*.acme.dev", "git.acme.dev/x/y"));
        assert!(matches("github.com/acme", "github.com/acme/lib"));
        assert!(!matches("github.com/acme", "github.com/acmes/lib"));
    }

    #[test]
    fn only_a_required_module_is_evidence() {
        let found = |module: &str| {
            let text = format!("module x\nrequire {module} v1.0.0\n");
            let memory =
                Memory::new().file("go.mod", &text).file("Makefile", "export GOPRIVATE := github.com/acme\n");
            let repo = Repo::in_memory(memory);
            let modules = Modules::read(&repo).unwrap();
            find(&repo, &modules).unwrap().map(|found| found.secret.why)
        };
        let why = "Makefile:1 names private modules (`export GOPRIVATE := github.com/acme`)";
        assert_eq!(found("github.com/acme/lib").as_deref(), Some(why));
        assert_eq!(found("github.com/other/lib"), None);
    }
}
