//! Where a JVM program listens: by its settings, its sources and its framework.

pub(super) mod code;
mod dropwizard;
mod settings;
mod spring;
#[cfg(test)]
mod tests;

use anyhow::Result;

use self::code::Heard;
use super::config::{Config, Property};
use super::module::{Dependency, Module};
use super::sources::Code;
use crate::catalog::{self, Java, JavaServer};
use crate::evidence::Evidence;
use crate::options::Options;
use crate::repo::Repo;
use crate::service::{Kind, Service};
use crate::source::listen::Listening;
use crate::stack::common;

/// What is known of a program before it is said where it listens.
pub(super) struct Asked<'a> {
    pub repo: &'a Repo,
    pub module: &'a Module,
    /// The framework that the build makes an application of, by its name in the catalogue.
    pub framework: Option<&'a str>,
    /// The sources of the module, and of those of the repository that it is built with.
    pub sources: &'a [Code],
    pub options: &'a Options,
    pub knowledge: &'a Java,
    /// What the build puts in for `@name@`.
    pub property: Property<'a>,
}

/// Where a program listens, and what else its settings say.
pub(super) struct Listens {
    /// The port, and the environment that makes it so.
    pub network: common::Network,
    /// Another port, for those who run it.
    pub management: Option<u16>,
    /// A path that answers whether it is well, and on which port.
    pub health: Option<(u16, String)>,
    /// Arguments that it does not start without.
    pub arguments: Vec<String>,
    /// Files that it reads in its working directory: in the repository, and as seen from there.
    pub files: Vec<(String, String)>,
    /// Files of a database that it writes in its working directory, as its settings name them.
    pub writes: Vec<(String, Evidence)>,
}

/// The port that settings say.
#[derive(Debug, Default)]
enum Port {
    #[default]
    Unsaid,
    At(u16, Evidence),
    /// A free one each time.
    Free(Evidence),
    /// None: it does not listen.
    Off(Evidence),
    /// One that only the running program knows.
    Unknown(Evidence),
}

/// What settings say.
#[derive(Debug, Default)]
struct Said {
    port: Port,
    variable: Option<(String, Evidence)>,
    /// An address that only the container itself reaches.
    loopback: Option<Evidence>,
    management: Option<u16>,
    /// Whether the health check answers on the port for those who run it.
    managed: bool,
    /// Where the health check answers; `None` when it is off or as the framework has it.
    health: Option<String>,
    unwell: bool,
    /// Where settings come from that are not in the repository.
    remote: Option<Evidence>,
    arguments: Vec<String>,
    files: Vec<(String, String)>,
    writes: Vec<(String, Evidence)>,
}

/// Decides where the program listens. Evidence, warnings, kind and port go into the service.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn network(asked: &Asked, service: &mut Service) -> Result<Listens> {
    let heard = code::hear(asked.sources, &asked.knowledge.listener);
    let (row, server) = row(asked);
    let name = row.map_or("", |row| row.name.as_str());
    let mut said = match name {
        "spring-boot" => spring::read(asked, &heard)?,
        "dropwizard" => dropwizard::read(asked)?,
        _ => settings::read(asked, name)?,
    };
    let web = heard.web.as_ref().filter(|_| name == "spring-boot");
    let by_framework = server.or(web);
    // Without the framework's own server, what listens is the program's own.
    let flag = asked.options.port.is_some() && heard.port.is_none();
    let row = row.filter(|_| by_framework.is_some() || flag);
    let server = by_framework.or(heard.listens.as_ref()).cloned();
    let off = matches!(said.port, Port::Off(_));
    let serves = asked.options.port.is_some()
        || (!off && (server.is_some() || heard.port.is_some() || heard.variable.is_some()));
    let writes = std::mem::take(&mut said.writes);
    let files = std::mem::take(&mut said.files);
    let arguments = std::mem::take(&mut said.arguments);
    if !serves {
        if let Port::Off(evidence) = said.port {
            service.evidence.push(evidence);
        }
        service.kind = Some(if heard.waits { Kind::Worker } else { Kind::Cli });
        let network = common::Network { port: None, env: Vec::new() };
        return Ok(Listens { network, management: None, health: None, arguments, files, writes });
    }
    service.kind = Some(Kind::Server);
    service.evidence.extend(server.clone());
    let fixed = heard.port.clone().filter(|_| heard.variable.is_none() && said.variable.is_none());
    let fixed = fixed.filter(|_| row.is_none_or(|row| row.variable.is_none()));
    if let (Some(port), Some((own, evidence))) = (asked.options.port, fixed)
        && port != own
    {
        service.warnings.push(format!(
            "{} has it listen on {own}, and nothing here has it listen on {port} of --port: change it there",
            evidence.place()
        ));
    }
    let (listening, framework) = listening(row, &mut said, heard, server.as_ref(), service);
    let network = common::network(service, asked.options, &listening, Some(&framework));
    service.port = network.port;
    warn(&said, network.port, row, asked.options, service);
    let health = health(asked, row, &said, network.port);
    let management = said.management.filter(|port| Some(*port) != network.port);
    Ok(Listens { network, management, health, arguments, files, writes })
}

/// The framework, and the dependency that makes a server of it.
fn row<'a>(asked: &Asked<'a>) -> (Option<&'a JavaServer>, Option<&'a Evidence>) {
    let is_asked = |row: &&JavaServer| {
        asked.framework.is_none_or(|name| {
            row.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    let rows = || asked.knowledge.server.iter().filter(is_asked);
    let shipped = || asked.module.dependencies.iter().filter(|dependency| dependency.shipped);
    let serving = |row: &JavaServer| {
        let serves = |dependency: &&Dependency| row.serves(&dependency.group, &dependency.artifact);
        shipped().find(serves).map(|dependency| &dependency.evidence)
    };
    match rows().find_map(|row| Some((row, serving(row)?))) {
        Some((row, evidence)) => (Some(row), Some(evidence)),
        None => (asked.framework.and_then(|name| rows().find(|row| row.name == name)), None),
    }
}

/// What is said and heard, put together as [`common::network`] takes it.
fn listening(
    row: Option<&JavaServer>,
    said: &mut Said,
    heard: Heard,
    server: Option<&Evidence>,
    service: &mut Service,
) -> (Listening, catalog::Framework) {
    let title = row.map_or("", |row| row.title.as_str());
    let mut framework = catalog::Framework {
        package: String::new(),
        name: title.to_owned(),
        port: None,
        variable: row.and_then(|row| row.variable.clone()),
        local: false,
        ends: true,
        env: std::collections::BTreeMap::new(),
    };
    let mut listening = Listening::default();
    (listening.variable, listening.binding) = (said.variable.take(), heard.binding);
    // Settings of a framework outrank what its sources do beside it.
    let own = framework.variable.is_none();
    let known = match std::mem::take(&mut said.port) {
        Port::At(port, evidence) => Some((port, evidence)),
        other => {
            // A variable without a default must be set.
            let silent = matches!(other, Port::Unsaid) && listening.variable.is_none();
            said.port = other;
            let default = heard.default.clone().or_else(|| {
                let port = row?.port?;
                let mut evidence = server?.clone();
                "port".clone_into(&mut evidence.what);
                evidence.says = format!("{title} listens on {port} unless told otherwise");
                Some((port, evidence))
            });
            let heard = heard.port.clone().filter(|_| own || row.is_some_and(|row| row.port.is_none()));
            heard.or(default).filter(|_| silent || matches!(said.port, Port::Unknown(_)))
        }
    };
    if let Some((port, evidence)) = heard.set {
        // No variable outranks what the program sets itself.
        listening.set(port, evidence);
        listening.variable = None;
        framework.variable = None;
    } else if let Some((port, evidence)) = known {
        listening.set(port, evidence);
    }
    if own {
        listening.variable = listening.variable.take().or(heard.variable);
        listening.loopback = heard.loopback;
    }
    match (said.loopback.take(), row.and_then(|row| row.address.as_ref())) {
        (Some(evidence), Some(variable)) => {
            let note = format!(
                "{} has it listen on an address that only the container itself reaches (`{}`): `{variable}` sets 0.0.0.0",
                evidence.place(),
                evidence.says
            );
            service.warnings.push(note);
            listening.binding = Some((variable.clone(), "0.0.0.0".to_owned()));
        }
        (Some(evidence), None) => listening.loopback = Some(evidence),
        _ => {}
    }
    (listening, framework)
}

/// Says what only the running program knows.
fn warn(said: &Said, port: Option<u16>, row: Option<&JavaServer>, options: &Options, service: &mut Service) {
    if options.port.is_some() {
        return;
    }
    let assumed = port.map_or(String::new(), |port| format!("; {port} is taken for it"));
    match &said.port {
        Port::Free(evidence) => service.warnings.push(format!(
            "{} has it listen on a free port, another each time (`{}`); `--port N` gives it one",
            evidence.place(),
            evidence.says
        )),
        Port::Unknown(evidence) => service.warnings.push(format!(
            "{} says the port in a way that only the running program knows (`{}`){assumed}; `--port N` names it",
            evidence.place(),
            evidence.says
        )),
        _ if port.is_none() => common::warn_of_unknown_port(service),
        _ => {}
    }
    if let Some(evidence) = &said.remote {
        let by =
            row.and_then(|row| row.variable.as_deref()).map_or(String::new(), |name| format!(" by `{name}`"));
        service.warnings.push(format!(
            "{} takes settings from a server, which may say another port{assumed}; `--port N` sets one{by}",
            evidence.place()
        ));
    }
}

/// The path that answers whether the program is well, and its port.
fn health(asked: &Asked, row: Option<&JavaServer>, said: &Said, port: Option<u16>) -> Option<(u16, String)> {
    let name = &row?.name;
    let known = asked.knowledge.health.iter().filter(|health| health.framework == *name && !said.unwell);
    let has = |artifact: &String| {
        asked
            .module
            .dependencies
            .iter()
            .any(|dependency| dependency.shipped && dependency.artifact == *artifact)
    };
    let path = known.into_iter().find(|health| health.artifacts.iter().any(has))?.path.clone();
    let port = said.management.filter(|_| said.managed).or(port)?;
    Some((port, said.health.clone().unwrap_or(path)))
}

/// A port as a setting says it: `0` or `free` are a free one, a negative one is none.
fn port(config: &Config, key: &str, free: i64) -> (Port, Option<(String, Evidence)>) {
    let Some(value) = config.get(key) else { return (Port::Unsaid, None) };
    let mut evidence = value.evidence.clone();
    "port".clone_into(&mut evidence.what);
    let variable = value.variable.clone().map(|name| (name, evidence.clone()));
    let port = match value.number() {
        Some(number) if number == free => Port::Free(evidence),
        Some(number) if number < 0 => Port::Off(evidence),
        Some(number) => match u16::try_from(number) {
            Ok(port) if port > 0 => Port::At(port, evidence),
            _ => Port::Unknown(evidence),
        },
        // A variable without a default: whoever starts it says the port.
        None if value.text.is_none() && variable.is_some() => Port::Unsaid,
        None if value.text.as_deref() == Some("") => Port::Unsaid,
        None => Port::Unknown(evidence),
    };
    (port, variable)
}

/// The address of a setting, where only the same machine reaches it.
fn local(config: &Config, key: &str) -> Option<Evidence> {
    let value = config.get(key)?;
    let is_local = matches!(value.text.as_deref()?.trim(), "127.0.0.1" | "localhost" | "::1");
    is_local.then_some(value.evidence)
}

/// Files of databases that settings name by a path below the working directory.
fn databases(config: &Config) -> Vec<(String, Evidence)> {
    let path = |value: &str| {
        let (_, rest) = value.split_once("jdbc:")?;
        let rest = rest.strip_prefix("p6spy:").unwrap_or(rest);
        let (kind, path) = rest.split_once(':')?;
        let path =
            path.strip_prefix("file:").or((kind != "h2").then_some(path)).or(path.strip_prefix("./"))?;
        let end = path.find([';', '?', '"', '\'', '}']).unwrap_or(path.len());
        let path = path.get(..end)?.strip_prefix("./").unwrap_or(path.get(..end)?);
        let is_file = matches!(kind, "h2" | "sqlite" | "derby" | "hsqldb" | "duckdb")
            && !path.is_empty()
            && !path.starts_with(['/', '~', '$', ':', '\\'])
            && !path.contains([':', '\n', '$'])
            && !path.split('/').any(|part| part == "..");
        is_file.then(|| path.to_owned())
    };
    let found = config.all().filter_map(|(_, value, evidence)| Some((path(value)?, evidence)));
    found.take(20).collect()
}
