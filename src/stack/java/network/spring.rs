//! The settings of a Spring Boot application, laid over each other as Spring does.

use std::collections::BTreeMap;

use anyhow::Result;

use super::code::Heard;
use super::{Asked, Port, Said, databases, local, port};
use crate::evidence::Evidence;
use crate::manifest::properties::Settings;
use crate::repo::{Kind, Repo, join};
use crate::stack::common;
use crate::stack::java::config::{Config, documents};

/// More files of settings than this no program has, nor as many profiles.
const MOST_FILES: usize = 100;
const MOST_PROFILES: usize = 20;

/// Endings, what outranks the others last.
const ENDINGS: &[&str] = &["yaml", "yml", "properties"];

/// Words for servers of settings in `spring.config.import`.
const SERVERS: &[&str] =
    &["configserver:", "consul:", "nacos:", "zookeeper:", "vault:", "aws-", "kubernetes:", "azure"];

/// A file of settings.
struct File {
    path: String,
    /// The profile that its name says.
    profile: Option<String>,
    documents: Vec<Settings>,
}

pub(super) fn read(asked: &Asked, heard: &Heard) -> Result<Said> {
    let (config, files) = load(asked)?;
    let (mut port, variable) = port(&config, "server.port", 0);
    if let (Port::Unsaid, true, Some(evidence)) = (
        &port,
        config.is("spring.main.web-application-type", "none"),
        config.get("spring.main.web-application-type"),
    ) {
        port = Port::Off(evidence.evidence);
    }
    let mut said =
        Said { port, variable, files, loopback: local(&config, "server.address"), ..Said::default() };
    if heard.set.is_none() {
        said.remote = remote(&config);
    }
    let management = config.get("management.server.port").and_then(|value| value.number());
    said.unwell = management.is_some_and(|port| port < 0) || is_unwell(&config);
    said.management = management.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
    said.managed = said.management.is_some();
    let key = |key: &str| config.text(key).unwrap_or_default();
    let own = key("management.endpoints.web.base-path");
    let base = if own.is_empty() { "/actuator".to_owned() } else { own };
    let mapped = key("management.endpoints.web.path-mapping.health");
    let above = match said.managed {
        true => key("management.server.base-path"),
        false => format!("{}{}", key("server.servlet.context-path"), key("spring.webflux.base-path")),
    };
    let path = [above.as_str(), &base, if mapped.is_empty() { "health" } else { &mapped }];
    said.health = Some(joined(&path));
    said.writes = databases(&config);
    said.writes.extend(logs(&config));
    said.writes.extend(appenders(asked)?);
    Ok(said)
}

/// Keys of log files, the newest first, and whether they name a folder.
const LOGS: &[(&str, bool)] = &[
    ("logging.file.name", false),
    ("logging.file", false),
    ("logging.file.path", true),
    ("logging.path", true),
];

/// The log file below the working directory that the settings name; a file outranks a folder.
fn logs(config: &Config) -> Option<(String, Evidence)> {
    let (key, is_folder) = LOGS.iter().find(|(key, _)| config.get(key).is_some())?;
    let value = config.get(key)?;
    let path = below(value.text.as_deref()?)?;
    let path = if *is_folder { format!("{path}/spring.log") } else { path };
    Some((path, value.evidence))
}

/// Files of logback's own settings that a program has in its jar.
const LOGBACK: &[&str] = &["logback-spring.xml", "logback.xml"];

/// The log files below the working directory that logback's settings name; the first file counts.
fn appenders(asked: &Asked) -> Result<Vec<(String, Evidence)>> {
    let resources = join(&asked.module.folder, "src/main/resources");
    for name in LOGBACK {
        let file = join(&resources, name);
        let Some(text) = asked.repo.source(&file)? else { continue };
        let of_line = |(index, line): (usize, &str)| {
            let (_, rest) = line.split_once("<file>")?;
            let said = rest.split('<').next()?;
            Some((below(said)?, Evidence::at("log", &file, index + 1, said.trim())))
        };
        return Ok(text.lines().enumerate().filter_map(of_line).take(MOST_PROFILES).collect());
    }
    Ok(Vec::new())
}

/// A path below the working directory, where it is written plainly.
fn below(text: &str) -> Option<String> {
    let path = text.trim();
    let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
    (!path.starts_with('/') && common::is_plain_path(path)).then(|| path.to_owned())
}

/// Parts of a path with one slash between them.
fn joined(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty());
    parts.map(|part| format!("/{part}")).collect()
}

fn is_unwell(config: &Config) -> bool {
    let hidden = config.list("management.endpoints.web.exposure.exclude");
    let shown = config.list("management.endpoints.web.exposure.include");
    let has = |list: &[String]| list.iter().any(|word| word == "*" || word == "health");
    config.is("management.endpoint.health.enabled", "false")
        || config.is("management.endpoint.health.access", "none")
        || config.is("management.endpoints.enabled-by-default", "false")
            && !config.is("management.endpoint.health.enabled", "true")
        || has(&hidden)
        || (!shown.is_empty() && !has(&shown))
}

/// Where settings come from when it starts.
fn remote(config: &Config) -> Option<crate::evidence::Evidence> {
    let imports = config.list("spring.config.import");
    if imports.iter().any(|import| SERVERS.iter().any(|server| import.contains(server))) {
        return config
            .get("spring.config.import")
            .map(|value| value.evidence)
            .or(config.below("spring.config.import"));
    }
    if config.is("spring.cloud.config.enabled", "false") {
        return None;
    }
    let client = [
        "spring.cloud.config.uri",
        "spring.cloud.config.discovery",
        "spring.cloud.config.name",
        "spring.cloud.nacos.config",
        "spring.cloud.consul.config",
    ];
    client.iter().find_map(|key| config.below(key))
}

/// The settings of the profiles that are active when nothing else is said, and the files of those
/// that are not in the jar.
fn load<'a>(asked: &Asked<'a>) -> Result<(Config<'a>, Vec<(String, String)>)> {
    let folder = asked.module.folder.as_str();
    let inside = ["src/main/resources", "src/main/resources/config"].map(|place| join(folder, place));
    let outside = [folder.to_owned(), join(folder, "config")];
    let bootstrap = files(asked.repo, &inside, "bootstrap")?;
    let inside = files(asked.repo, &inside, "application")?;
    let outside = files(asked.repo, &outside, "application")?;
    let all: Vec<&File> = bootstrap.iter().chain(&inside).chain(&outside).collect();
    let mut first = Config::new(asked.property);
    for file in all.iter().filter(|file| file.profile.is_none()) {
        for document in file.documents.iter().filter(|document| condition(document).is_none()) {
            first.lay(&file.path, document);
        }
    }
    let profiles = profiles(&first);
    let mut config = Config::new(asked.property);
    for group in [&bootstrap, &inside, &outside] {
        lay(&mut config, group.iter().filter(|file| file.profile.is_none()), &profiles);
        for profile in &profiles {
            lay(&mut config, group.iter().filter(|file| file.profile.as_ref() == Some(profile)), &profiles);
        }
    }
    for name in config.list("spring.config.import").iter().take(MOST_PROFILES) {
        let name = name.strip_prefix("optional:").unwrap_or(name);
        let Some(name) = name.strip_prefix("classpath:") else { continue };
        let path = join(&join(folder, "src/main/resources"), name.trim_start_matches('/'));
        let imported = documents(asked.repo, &path)?.unwrap_or_default();
        lay(&mut config, std::iter::once(&File { path, profile: None, documents: imported }), &profiles);
    }
    let shown = |file: &File| {
        let below = file.path.strip_prefix(folder).unwrap_or(&file.path).trim_start_matches('/');
        let used = file.profile.as_ref().is_none_or(|profile| profiles.contains(profile));
        used.then(|| (file.path.clone(), below.to_owned()))
    };
    Ok((config, outside.iter().filter_map(shown).collect()))
}

/// The files with settings in these folders, what outranks the others last.
fn files(repo: &Repo, folders: &[String], stem: &str) -> Result<Vec<File>> {
    let mut found: Vec<File> = Vec::new();
    for folder in folders {
        for ending in ENDINGS {
            for entry in repo.entries(folder)?.iter().filter(|entry| entry.kind == Kind::File) {
                let name = entry.name.strip_suffix(ending).and_then(|name| name.strip_suffix('.'));
                let Some(rest) = name.and_then(|name| name.strip_prefix(stem)) else { continue };
                let profile = rest.strip_prefix('-').map(str::to_owned);
                if (profile.is_none() && !rest.is_empty()) || found.len() >= MOST_FILES {
                    continue;
                }
                let path = join(folder, &entry.name);
                let Some(documents) = documents(repo, &path)? else { continue };
                found.push(File { path, profile, documents });
            }
        }
    }
    Ok(found)
}

fn lay<'f>(config: &mut Config, files: impl Iterator<Item = &'f File>, profiles: &[String]) {
    for file in files {
        for document in &file.documents {
            if condition(document).is_none_or(|condition| holds(&condition, profiles)) {
                config.lay(&file.path, document);
            }
        }
    }
}

/// The profiles for which a document counts.
fn condition(document: &Settings) -> Option<String> {
    let keys = ["spring.config.activate.on-profile", "spring.config.activate.onProfile", "spring.profiles"];
    let one = keys.iter().find_map(|key| document.get(*key)).map(|(value, _)| value.clone());
    let each = || {
        let of = |key: &&str| {
            let words = (0..MOST_PROFILES).map_while(|index| document.get(&format!("{key}[{index}]")));
            words.map(|(value, _)| value.as_str()).collect::<Vec<_>>().join(",")
        };
        keys.iter().map(of).find(|words| !words.is_empty())
    };
    // What counts on some platform alone counts on none that is known here.
    let platform = document.contains_key("spring.config.activate.on-cloud-platform").then(|| "&".to_owned());
    platform.or(one).or_else(each)
}

/// Whether an expression of profiles holds: `prod`, `a, b`, `a | b`, `a & !b`.
fn holds(condition: &str, profiles: &[String]) -> bool {
    let one = |word: &str| {
        let word = word.trim().trim_matches(['(', ')', ' ']);
        match word.strip_prefix('!') {
            Some(word) => !profiles.iter().any(|profile| profile == word.trim()),
            None => profiles.iter().any(|profile| profile == word),
        }
    };
    condition.split([',', '|']).any(|all| all.split('&').all(one))
}

/// The profiles that the settings themselves make active.
fn profiles(config: &Config) -> Vec<String> {
    let mut found = config.list("spring.profiles.include");
    let active = config.list("spring.profiles.active");
    match active.is_empty() {
        true => {
            let default = config.list("spring.profiles.default");
            found.extend(if default.is_empty() { vec!["default".to_owned()] } else { default });
        }
        false => found.extend(active),
    }
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    let mut order = Vec::new();
    let mut next = 0;
    while let Some(profile) = found.get(next).cloned().filter(|_| next < MOST_PROFILES) {
        next += 1;
        if all.insert(profile.clone(), next).is_none() {
            found.extend(config.list(&format!("spring.profiles.group.{profile}")));
            order.push(profile);
        }
    }
    order
}
