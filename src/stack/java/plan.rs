//! The plan of a Spring Boot application.

use anyhow::Result;

use super::boot::{self, Boot};
use super::{Build, Facts, WRAPPER};
use crate::catalog::{self, Java, Jdk};
use crate::evidence::Evidence;
use crate::manifest::properties::{self, Settings, placeholder};
use crate::options::Options;
use crate::plan::{Copy, Env, IgnoreGroup, Runtime, common_ignore};
use crate::repo::{Kind as EntryKind, Repo};
use crate::service::{Kind, Service, Version};
use crate::source::listen::Listening;
use crate::stack::common;
use crate::verdict::{Halt, Planned, Stop};

/// Plans the application.
pub(super) fn plan(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let knowledge = catalog::java()?;
    let boot = boot::read(facts, &knowledge)?;
    service.framework = Some(format!("spring-boot {}", boot.version));
    service.evidence.push(boot.evidence.clone());
    if let Some(choice) = options.runtime {
        return Err(Stop::refuse(format!("`{choice}` has no Java, without which nothing here starts"))
            .help("leave --runtime out: the runtime follows from the Java version")
            .into());
    }
    if facts.broken_wrapper {
        let note = "mvnw has Windows line ends, with which no shell runs it; the image's own Maven is used";
        service.warnings.push(note.to_owned());
    }
    if facts.gradle {
        let note = "a Gradle build stands beside pom.xml; the image is built with Maven";
        service.warnings.push(note.to_owned());
    }
    let (jdk, why) = jdk(facts, repo, &knowledge, &boot, service)?;
    let network = network(facts, repo, options, &knowledge, service)?;
    let build = build(facts, &jdk, why, &boot);
    let runtime = catalog::runtime(&jdk.runtime)?;
    service.build_image = Some(build.image.clone());
    service.runtime_image = Some(runtime.reference.clone());
    let command = command(&boot, options)?;
    service.start = match command.entrypoint.is_empty() {
        true => [runtime.entrypoint, command.cmd.clone()].concat(),
        false => [command.entrypoint.clone(), command.cmd.clone()].concat(),
    };
    let needs = needs(facts, repo)?;
    Ok(Planned {
        runtime: Runtime {
            image: runtime.reference,
            why: format!("a Java {} runtime and nothing else; its entrypoint is `java -jar`", jdk.version),
            packages: Vec::new(),
            copies: copies(&boot, &build),
            workdir: "/app".to_owned(),
            volumes: Vec::new(),
            env: network.env,
            expose: network.port.into_iter().collect(),
            entrypoint: command.entrypoint,
            cmd: command.cmd,
            start_why: command.why,
            health: Vec::new(),
        },
        build: crate::stack::Build::Java(build),
        ignore: ignore(),
        needs,
        wants: repo.files("src/main", 5000)?,
    })
}

/// What asks for a Java release, the strongest first.
fn asked(facts: &Facts, repo: &Repo) -> Result<Option<(u64, Evidence)>> {
    const WHAT: &str = "Java version";
    let keys = ["maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source"];
    for key in keys {
        let Some(said) = facts.pom.properties.get(key) else { continue };
        if let Some(release) = release(&said.value) {
            let says = format!("<{key}>{}</{key}>", said.value);
            return Ok(Some((release, Evidence::at(WHAT, "pom.xml", said.line, says))));
        }
    }
    let compiler = facts.pom.plugin("maven-compiler-plugin").and_then(|plugin| plugin.release.as_ref());
    if let Some((said, release)) = compiler.and_then(|said| Some((said, release(&said.value)?))) {
        let says = format!("maven-compiler-plugin {}", said.value);
        return Ok(Some((release, Evidence::at(WHAT, "pom.xml", said.line, says))));
    }
    if let Some(evidence) = common::version_file(repo, ".java-version", WHAT)?
        && let Some(release) = release(&evidence.says)
    {
        return Ok(Some((release, evidence)));
    }
    let tool = common::tool_version(repo, &["java"], WHAT)?;
    Ok(tool.and_then(|(version, evidence)| Some((release(version.rsplit('-').next()?)?, evidence))))
}

/// The release number of `21`, `1.8`, `21.0.4`.
fn release(text: &str) -> Option<u64> {
    let mut parts = text.trim().split('.');
    match (parts.next()?, parts.next()) {
        ("1", Some(minor)) => minor.parse().ok(),
        (major, _) => major.parse().ok(),
    }
}

/// The nearest JDK that is not older than asked for, and that the framework runs on.
fn jdk(
    facts: &Facts,
    repo: &Repo,
    knowledge: &Java,
    boot: &Boot,
    service: &mut Service,
) -> Result<(Jdk, String), Halt> {
    let asked = asked(facts, repo)?;
    let newest = knowledge
        .boot_jdk
        .iter()
        .find(|row| boot.version.first(2) >= row.from)
        .map_or(u64::MAX, |row| row.newest);
    let least = asked.as_ref().map_or(0, |(release, _)| *release);
    let mut jdks: Vec<&Jdk> = knowledge.jdk.iter().filter(|jdk| jdk.version >= least).collect();
    jdks.sort_by_key(|jdk| jdk.version);
    let default = jdks.iter().find(|jdk| jdk.default && asked.is_none() && jdk.version <= newest);
    let Some(jdk) = default.or(jdks.first()).copied().cloned() else {
        let place = asked.map_or(String::new(), |(_, evidence)| evidence.place());
        return Err(Stop::refuse(format!(
            "{place} asks for Java {least}, for which no distroless image exists"
        ))
        .help(format!(
            "the newest with one is Java {}",
            knowledge.jdk.iter().map(|jdk| jdk.version).max().unwrap_or(0)
        ))
        .into());
    };
    if jdk.version > newest {
        service
            .warnings
            .push(format!("Spring Boot {} is not known to run on Java {}", boot.version, jdk.version));
    }
    let Some((release, evidence)) = asked else {
        service.version = Some(Version::default(jdk.version.to_string()));
        let why = format!("has Java {}, a long-term support release; nothing asks for another", jdk.version);
        return Ok((jdk, why));
    };
    service.version = Some(Version::from(jdk.version.to_string(), &evidence));
    let (place, file) = (evidence.place(), &evidence.file);
    let why = if release == jdk.version {
        format!("has Java {release}, as {file} asks")
    } else {
        service.warnings.push(format!(
            "{place} asks for Java {release}, for which no distroless image exists; it runs on Java {}",
            jdk.version
        ));
        format!("has Java {}, the nearest with a distroless runtime; {file} asks for {release}", jdk.version)
    };
    service.evidence.push(evidence);
    Ok((jdk, why))
}

fn network(
    facts: &Facts,
    repo: &Repo,
    options: &Options,
    knowledge: &Java,
    service: &mut Service,
) -> Result<common::Network, Halt> {
    let mut listening = Listening::default();
    if let Some((file, settings)) = settings(repo)?
        && let Some((value, line)) = settings.get("server.port")
    {
        let (variable, port) = placeholder(value);
        let evidence = Evidence::at("port", &file, *line, format!("server.port: {value}"));
        if let Some(port) = port.and_then(|port| port.parse().ok()).filter(|port| *port != 0) {
            listening.port = Some((port, evidence.clone()));
        }
        listening.variable = variable.map(|name| (name.to_owned(), evidence));
    }
    let servers = &knowledge.server.artifacts;
    let server = facts.pom.dependencies.iter().find(|dependency| servers.contains(&dependency.artifact));
    let Some(server) = server else {
        service.kind = Some(Kind::Cli);
        return Ok(common::Network { port: None, env: Vec::new() });
    };
    service.evidence.push(Evidence::at("kind", "pom.xml", server.line, server.artifact.clone()));
    if listening.port.is_none() && listening.variable.is_none() {
        let evidence = Evidence::at("port", "pom.xml", server.line, "Spring Boot listens on 8080 by default");
        listening.port = Some((8080, evidence));
    }
    // Spring reads this variable for any application.
    let known = listening.variable.clone();
    let mut network = common::network(service, options, &listening, None);
    if let (Some(port), None) = (options.port, known) {
        network.env.push(Env::new("SERVER_PORT", port.to_string()));
    }
    service.kind = Some(Kind::Server);
    service.port = network.port;
    Ok(network)
}

/// The application's settings, by the file that Spring prefers.
fn settings(repo: &Repo) -> Result<Option<(String, Settings)>> {
    for folder in ["src/main/resources", "src/main/resources/config", "config"] {
        for (name, read) in [
            ("application.properties", properties::properties as fn(&str) -> Settings),
            ("application.yml", properties::yaml),
            ("application.yaml", properties::yaml),
        ] {
            let file = format!("{folder}/{name}");
            if let Some(text) = repo.source(&file)? {
                return Ok(Some((file, read(&text))));
            }
        }
    }
    Ok(None)
}

fn build(facts: &Facts, jdk: &Jdk, why: String, boot: &Boot) -> Build {
    let (image, maven, maven_why, cache) = match facts.wrapper {
        // Given to sh, the script runs even where git lost its mode; it finds its files by its path.
        true => (
            jdk.wrapper.clone(),
            vec!["sh".to_owned(), format!("./{WRAPPER}")],
            "the project's own wrapper brings Maven".to_owned(),
            "/root/.m2".to_owned(),
        ),
        false => (
            jdk.maven.clone(),
            vec!["mvn".to_owned()],
            "the project has no wrapper, so the image brings Maven".to_owned(),
            "/root/.m2/repository".to_owned(),
        ),
    };
    Build {
        image,
        why,
        maven,
        maven_why,
        cache,
        goals: boot.goals.clone(),
        jar: format!("target/{}", boot.jar),
        jarmode: boot.unpack.as_ref().map_or(String::new(), |unpack| unpack.jarmode.clone()),
        output: "/out".to_owned(),
    }
}

/// The layers of the jar, the most stable first, or the jar.
fn copies(boot: &Boot, build: &Build) -> Vec<Copy> {
    if boot.unpack.is_none() {
        return vec![Copy::new(format!("{}/{}", build.output, boot.jar), format!("/app/{}", boot.jar))];
    }
    let layers = ["dependencies", "spring-boot-loader", "snapshot-dependencies", "application"];
    let copy = |layer: &&str| Copy::new(format!("{}/{layer}/", build.output), "/app/");
    let mut copies: Vec<Copy> = layers.iter().map(copy).collect();
    copies[0] = copies[0]
        .clone()
        .because("A layer each, rarest change first: an edit of the code pushes only the last");
    copies
}

struct Command {
    entrypoint: Vec<String>,
    cmd: Vec<String>,
    why: Vec<String>,
}

const JAVA: &str = "/usr/bin/java";

fn command(boot: &Boot, options: &Options) -> Result<Command, Stop> {
    if let Some(argv) = &options.start {
        let Some((_, rest)) = argv.split_first().filter(|(first, _)| matches!(first.as_str(), "java" | JAVA))
        else {
            return Err(Stop::refuse(
                "--start names something else than `java`, and the image holds nothing else",
            )
            .help(format!("write `--start 'java -jar {}'`", boot.jar)));
        };
        return Ok(Command { entrypoint: vec![JAVA.to_owned()], cmd: rest.to_vec(), why: Vec::new() });
    }
    let launcher = boot.unpack.as_ref().and_then(|unpack| unpack.launcher.clone());
    Ok(match launcher {
        Some(class) => Command {
            entrypoint: vec![JAVA.to_owned(), class],
            cmd: Vec::new(),
            why: vec![format!("Spring Boot {} starts its unpacked layers by this class", boot.version)],
        },
        None => Command { entrypoint: Vec::new(), cmd: vec![boot.jar.clone()], why: Vec::new() },
    })
}

fn needs(facts: &Facts, repo: &Repo) -> Result<Vec<String>, Halt> {
    let mut needs = vec!["pom.xml".to_owned()];
    if facts.wrapper {
        needs.push(WRAPPER.to_owned());
    }
    if repo.kind(".mvn")? == Some(EntryKind::Folder) {
        needs.extend(repo.files(".mvn", 100)?);
    }
    Ok(needs)
}

fn ignore() -> Vec<IgnoreGroup> {
    let mut groups = common_ignore();
    groups.push(IgnoreGroup::new(
        "Made by the build, and what it does not read",
        &["target", "build", ".gradle", "**/*.iml", "src/test"],
    ));
    groups
}
