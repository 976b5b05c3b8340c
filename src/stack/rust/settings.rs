//! Ports in the configuration of frameworks.

use anyhow::Result;
use toml::{Table, Value};

use crate::evidence::Evidence;
use crate::manifest;
use crate::repo::{Repo, join};

/// The port of Rocket.toml for a release build, as Rocket looks it up.
pub(super) fn rocket(repo: &Repo, package: &str) -> Result<Option<(u16, Evidence)>> {
    for base in ["", package] {
        let file = join(base, "Rocket.toml");
        let Some(text) = repo.text(&file)? else { continue };
        // What does not parse stops the program itself, which says so better.
        let Ok(table) = text.parse::<Table>() else { return Ok(None) };
        for profile in ["global", "release", "default"] {
            let port = table.get(profile).and_then(|profile| profile.get("port"));
            let Some(port) = port.and_then(Value::as_integer).and_then(|port| u16::try_from(port).ok())
            else {
                continue;
            };
            let line = manifest::line_of(&text, &port.to_string());
            return Ok(Some((port, Evidence::at("port", file, line, manifest::line(&text, line)))));
        }
        return Ok(None);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn profiles_outrank_each_other() {
        let port = |text: &str| {
            let repo = Repo::in_memory(Memory::new().file("Rocket.toml", text));
            rocket(&repo, "").unwrap().map(|(port, evidence)| (port, evidence.place()))
        };
        let text = "[default]\nport = 9000\n[release]\nport = 9001\n";
        assert_eq!(port(text), Some((9001, "Rocket.toml:4".to_owned())));
        assert_eq!(port("[debug]\nport = 9000\n"), None);
        assert_eq!(port("not toml"), None);
    }
}
