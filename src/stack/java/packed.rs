//! Resources that look like secrets, and that the program cannot do without.

use anyhow::Result;

use super::sources;
use crate::evidence::Evidence;
use crate::plan::secrets;
use crate::repo::{Repo, join};

const RESOURCES: &str = "src/main/resources";

/// Settings that hold whatever profile is active.
const SETTINGS: &[&str] = &[
    "application.properties",
    "application.yml",
    "application.yaml",
    "bootstrap.yml",
    "bootstrap.properties",
];

/// Those of a module's files that look like secrets, but that its sources or settings name: they
/// are read from the jar, so that nothing can be mounted in their place.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn named(repo: &Repo, folder: &str) -> Result<Vec<(String, Evidence)>> {
    let resources = join(folder, RESOURCES);
    if repo.kind(&resources)?.is_none() {
        return Ok(Vec::new());
    }
    let hidden = secrets();
    let mut files = repo.files(&resources, 5000)?;
    files.retain(|file| hidden.hides(file));
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let code = sources::read(repo, folder, &[])?;
    let mut texts: Vec<(String, String)> = code.into_iter().map(|code| (code.file, code.text)).collect();
    for name in SETTINGS {
        let file = join(&resources, name);
        texts.extend(repo.source(&file)?.map(|text| (file, text)));
    }
    let read_by = |file: &String| {
        let name = file.rsplit('/').next().unwrap_or_default();
        let found = texts.iter().find_map(|(place, text)| Some((place, line(text, name)?)));
        found.map(|(place, line)| (file.clone(), Evidence::at("resource", place, line, name)))
    };
    Ok(files.iter().filter_map(read_by).collect())
}

/// The line that names the file, as a whole: not the end of another name.
fn line(text: &str, name: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let names = |line: &str| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).and_then(|before| before.chars().next_back());
            let after = line.get(at + name.len()..).and_then(|after| after.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
    };
    text.lines().position(names).map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn resources_that_are_read_by_name_are_told_from_others() {
        let source = "class A {\n  String store = \"classpath:shop.jks\"; // other.pem.old\n}";
        let repo = Repo::in_memory(
            Memory::new()
                .file("a/src/main/java/A.java", source)
                .file("a/src/main/resources/application.yml", "tls:\n  key: /keys/tls.key\n")
                .file("a/src/main/resources/application-tls.yml", "tls:\n  key: unused.p12\n")
                .file("a/src/main/resources/keys/tls.key", "")
                .file("a/src/main/resources/other.pem", "")
                .file("a/src/main/resources/shop.jks", "")
                .file("a/src/main/resources/unused.p12", ""),
        );
        let found = named(&repo, "a").unwrap();
        let found: Vec<_> = found.iter().map(|(file, evidence)| (file.as_str(), evidence.place())).collect();
        let resources = "a/src/main/resources";
        assert_eq!(
            found,
            [
                (format!("{resources}/keys/tls.key").as_str(), format!("{resources}/application.yml:2")),
                (format!("{resources}/shop.jks").as_str(), "a/src/main/java/A.java:2".to_owned()),
            ]
        );
    }
}
