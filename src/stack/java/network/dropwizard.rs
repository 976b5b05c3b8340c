//! Dropwizard: a program that is told `server` and the file that says where it listens.

use anyhow::Result;

use super::{Asked, Port, Said, databases, port};
use crate::manifest::properties::yaml;
use crate::repo::{Kind, join};
use crate::source::lexer::Token;
use crate::stack::java::config::Config;
use crate::stack::java::sources::Code;

/// More files than this are not looked at for the one with the settings.
const MOST_FILES: usize = 50;

/// Names that say more than the alphabet, the likeliest first.
const LIKELY: &[&str] = &["config", "configuration", "server", "application", "prod", "production"];

/// Keys that only such a file holds.
const KEYS: &[&str] = &["adminConnectors:", "applicationConnectors:", "applicationContextPath:", "server:"];

pub(super) fn read(asked: &Asked) -> Result<Said> {
    let told = is_told(asked.sources);
    let Some((path, below, text)) = file(asked)? else {
        let arguments = if told { vec!["server".to_owned()] } else { Vec::new() };
        return Ok(Said { arguments, ..Said::default() });
    };
    let arguments = match told {
        true => vec!["server".to_owned(), format!("/app/{below}")],
        false => Vec::new(),
    };
    let mut config = Config::new(asked.property);
    config.lay(&path, &yaml(&text));
    let connectors = (0..10).map(|index| format!("server.applicationConnectors[{index}].port"));
    let keys = connectors.chain(["server.connector.port".to_owned()]);
    let said = keys
        .map(|key| port(&config, &key, 0))
        .find(|(port, variable)| !matches!(port, Port::Unsaid) || variable.is_some());
    let (port, variable) = said.unwrap_or_default();
    // The admin connector of the simple server is the application's own.
    let simple = config.is("server.type", "simple");
    let admin = config.get("server.adminConnectors[0].port").map_or(Some(8081), |value| value.number());
    let management = admin.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0 && !simple);
    Ok(Said {
        port,
        variable,
        management,
        arguments,
        files: vec![(path, below)],
        writes: databases(&config),
        ..Said::default()
    })
}

/// Whether the program is told what to do by its arguments: it has an `Application<...>`, and does
/// not tell it by itself.
fn is_told(sources: &[Code]) -> bool {
    let (mut application, mut told) = (false, true);
    for code in
        sources.iter().filter(|code| code.text.contains("dropwizard") || code.text.contains("\"server\""))
    {
        let source = code.source();
        for at in 0..source.lexemes.len() {
            application |= source.is_word(at, &["Application"]) && source.is_sign(at + 1, '<');
            let tells = source.is_word(at, &["run"]) && source.is_sign(at + 1, '(');
            told &= !(tells && source.token(at + 2) == Some(Token::Text("server")));
        }
    }
    application && told
}

/// The file with the settings: in the repository, below the module, and its text.
fn file(asked: &Asked) -> Result<Option<(String, String, String)>> {
    let mut found: Vec<(usize, String, String, String)> = Vec::new();
    for below in ["", "config", "conf", "src/main/resources"] {
        let folder = join(&asked.module.folder, below);
        for entry in asked.repo.entries(&folder)?.iter().take(MOST_FILES) {
            let Some((stem, "yml" | "yaml")) = entry.name.rsplit_once('.') else { continue };
            if entry.kind != Kind::File {
                continue;
            }
            let path = join(&folder, &entry.name);
            let Some(text) = asked.repo.source(&path)? else { continue };
            if !text.lines().any(|line| KEYS.iter().any(|key| line.trim_start().starts_with(key))) {
                continue;
            }
            let likely = LIKELY.iter().position(|name| *name == stem).unwrap_or(LIKELY.len());
            found.push((likely, path, join(below, &entry.name), text));
        }
        if !found.is_empty() {
            break;
        }
    }
    found.sort();
    Ok(found.into_iter().next().map(|(_, path, below, text)| (path, below, text)))
}
