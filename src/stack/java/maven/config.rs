//! `.mvn/maven.config`: arguments that every run of Maven in the project is given.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::manifest::xml::Said;
use crate::repo::Repo;

/// What the file sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    /// Properties, stronger than those of any pom.
    pub properties: BTreeMap<String, Said>,
    /// Profiles asked for, `!` before those that are not to be active.
    pub profiles: Vec<String>,
    pub settings: Option<Said>,
    /// An argument with which another project is built, or none.
    pub refused: Option<Said>,
}

/// Arguments that have Maven do without downloads, or build something else than it is told here.
const OTHERWISE: &[&str] = &["--file", "--offline", "--projects", "--resume-from", "-f", "-o", "-pl", "-rf"];

const FILE: &str = ".mvn/maven.config";

/// Reads it; without the file nothing is set.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(repo: &Repo) -> Result<Config> {
    let mut config = Config::default();
    let Some(text) = repo.source(FILE)? else { return Ok(config) };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    let words = lines.flat_map(|(index, line)| line.split_whitespace().map(move |word| (index + 1, word)));
    let mut words = words.peekable();
    let said = |line, value: &str| Said { value: value.to_owned(), file: FILE.into(), line };
    while let Some((line, word)) = words.next() {
        let mut value_of = |names: [&str; 2]| {
            let rest = names.iter().find_map(|name| word.strip_prefix(name))?;
            match rest.trim_start_matches('=') {
                "" => words.next().map(|(_, value)| value.to_owned()),
                rest => Some(rest.to_owned()),
            }
        };
        let name = word.split('=').next().unwrap_or(word);
        if OTHERWISE.contains(&name) {
            config.refused = config.refused.take().or_else(|| Some(said(line, word)));
            continue;
        }
        if let Some(profiles) = value_of(["--activate-profiles", "-P"]) {
            config.profiles.extend(profiles.split(',').map(|name| name.trim().to_owned()));
        } else if let Some(file) = value_of(["--settings", "-s"]) {
            config.settings = Some(said(line, &file));
        } else if let Some(set) = value_of(["--define", "-D"]) {
            let (name, value) = set.split_once('=').unwrap_or((&set, "true"));
            config.properties.insert(name.to_owned(), said(line, value.trim_matches('"')));
        }
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn both_forms_of_the_file_are_read() {
        let text = "-Drevision=2.0 -Pprod,!dev\n-s\n.mvn/settings.xml\n# -Dx\n-T1C\n--define\nskip\n";
        let config = read(&Repo::in_memory(Memory::new().file(FILE, text))).unwrap();
        assert_eq!(config.properties["revision"].value, "2.0");
        assert_eq!(config.properties["skip"], Said { value: "true".into(), file: FILE.into(), line: 6 });
        assert_eq!(config.profiles, ["prod", "!dev"]);
        assert_eq!(config.settings.unwrap().value, ".mvn/settings.xml");
        assert_eq!(config.properties.len(), 2);
        assert!(config.refused.is_none());
        let offline = read(&Repo::in_memory(Memory::new().file(FILE, "-T1C\n-o\n"))).unwrap();
        assert_eq!(offline.refused, Some(Said { value: "-o".into(), file: FILE.into(), line: 2 }));
    }
}
