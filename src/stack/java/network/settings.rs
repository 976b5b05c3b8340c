//! The settings of Quarkus, Micronaut, Helidon and Ktor.

use anyhow::Result;

use super::{Asked, Port, Said, databases, local, port};
use crate::repo::join;
use crate::stack::java::config::{Config, documents};

/// A framework's files of settings below the resources, what outranks the others last.
fn files(name: &str) -> &'static [&'static str] {
    match name {
        "quarkus" => &[
            "META-INF/microprofile-config.properties",
            "application.properties",
            "application.yml",
            "application.yaml",
            "application-prod.properties",
            "application-prod.yml",
            "application-prod.yaml",
        ],
        "micronaut" => &[
            "application.toml",
            "application.conf",
            "application.properties",
            "application.yaml",
            "application.yml",
        ],
        "helidon" | "helidon-mp" => &[
            "application.conf",
            "application.properties",
            "application.yml",
            "application.yaml",
            "META-INF/microprofile-config.properties",
        ],
        "ktor" => &["application.yml", "application.yaml", "application.conf"],
        // Others have no settings of their own but those of databases.
        _ => &["application.properties", "application.yml", "application.yaml", "config.properties"],
    }
}

pub(super) fn read(asked: &Asked, name: &str) -> Result<Said> {
    let resources = join(&asked.module.folder, "src/main/resources");
    let mut config = Config::new(asked.property);
    for file in files(name) {
        let path = join(&resources, file);
        for document in documents(asked.repo, &path)?.unwrap_or_default() {
            config.lay(&path, &document);
        }
    }
    let mut said = match name {
        "quarkus" => quarkus(&mut config),
        "micronaut" => micronaut(&config),
        "helidon" | "helidon-mp" => plain(&config, "server.port", "server.host"),
        "ktor" => plain(&config, "ktor.deployment.port", "ktor.deployment.host"),
        _ => Said::default(),
    };
    said.writes = databases(&config);
    Ok(said)
}

fn plain(config: &Config, key: &str, address: &str) -> Said {
    let (port, variable) = port(config, key, 0);
    Said { port, variable, loopback: local(config, address), ..Said::default() }
}

fn quarkus(config: &mut Config) -> Said {
    config.raise("%prod");
    let mut said = plain(config, "quarkus.http.port", "quarkus.http.host");
    if config.is("quarkus.http.host-enabled", "false")
        && let Some(value) = config.get("quarkus.http.host-enabled")
    {
        said.port = Port::Off(value.evidence);
    }
    if config.is("quarkus.management.enabled", "true") {
        let port = config.get("quarkus.management.port").map_or(Some(9000), |value| value.number());
        said.management = port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
        said.managed = said.management.is_some();
    }
    let text = |key: &str, default: &str| config.text(key).unwrap_or_else(|| default.to_owned());
    let health = text("quarkus.smallrye-health.root-path", "health");
    let above = text("quarkus.http.non-application-root-path", "q");
    let root = text("quarkus.http.root-path", "/");
    let mut path = String::new();
    // A path that begins with a slash stands by itself.
    for part in [&root, &above, &health] {
        if part.starts_with('/') {
            path.clear();
        }
        let part = part.trim_matches('/');
        if !part.is_empty() {
            path.push('/');
            path.push_str(part);
        }
    }
    said.health = Some(path);
    said
}

fn micronaut(config: &Config) -> Said {
    let ssl = ["micronaut.server.ssl.enabled", "micronaut.ssl.enabled"];
    let only_ssl =
        ssl.iter().any(|key| config.is(key, "true")) && !config.is("micronaut.server.dual-protocol", "true");
    let keys = ["micronaut.server.ssl.port", "micronaut.ssl.port"];
    let key = match only_ssl {
        true => keys.into_iter().find(|key| config.get(key).is_some()),
        false => Some("micronaut.server.port"),
    };
    let mut said = match key {
        Some(key) => {
            let (port, variable) = port(config, key, -1);
            Said { port, variable, ..Said::default() }
        }
        None => match ssl.iter().find_map(|key| config.get(key)) {
            Some(value) => Said { port: Port::At(8443, value.evidence), ..Said::default() },
            None => Said::default(),
        },
    };
    if let Port::Unknown(evidence) = &said.port
        && evidence.says.contains("${random.")
    {
        said.port = Port::Free(evidence.clone());
    }
    said.loopback = local(config, "micronaut.server.host");
    said.management = config
        .get("endpoints.all.port")
        .and_then(|value| value.number())
        .and_then(|port| u16::try_from(port).ok());
    said.managed = said.management.is_some();
    said.unwell = config.is("endpoints.health.enabled", "false");
    let above = config.text("micronaut.server.context-path").unwrap_or_default();
    let base = config.text("endpoints.all.path").unwrap_or_default();
    let parts = [above.as_str(), &base, "health"];
    let parts = parts.iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty());
    said.health = Some(parts.map(|part| format!("/{part}")).collect());
    said
}
