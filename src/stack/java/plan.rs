//! The plan of a program of the JVM.

use anyhow::Result;

use super::asked::asked;
use super::graph::Graph;
use super::jdk::{Bounds, Jdks};
use super::layout::{layout, start};
use super::module::{Application, Asked, Module, Shape};
use super::network::{self, Listens};
use super::pick::{Picked, pick};
use super::project::{Note, Project};
use super::runtime::Chosen;
use super::{ignore, packed, sources, written};
use crate::catalog::{self, BootJar, Java};
use crate::evidence::Evidence;
use crate::options::{BuildTool, Options};
use crate::plan::{Copy, Env, Runtime};
use crate::repo::{Kind as EntryKind, Repo, join};
use crate::service::Service;
use crate::verdict::{Halt, Planned, Stop};

/// What a plan is made from.
pub(super) struct Planning<'a> {
    pub repo: &'a Repo,
    pub options: &'a Options,
    pub knowledge: &'a Java,
    pub project: &'a Project,
    pub graph: &'a Graph,
    pub module: &'a Module,
    pub application: &'a Application,
    /// The toolchains that modules ask for, by their folders.
    pub toolchains: &'a [(String, Asked)],
}

/// Plans the program.
///
/// # Errors
/// A stop when there is none, several, or one that cannot be served honestly.
pub(super) fn plan(
    mut project: Project,
    repo: &Repo,
    options: &Options,
    service: &mut Service,
) -> Result<Planned, Halt> {
    let knowledge = catalog::java()?;
    let modules = std::mem::take(&mut project.modules);
    let graph = Graph::of(&modules);
    let exact = |module: &Module| module.java.clone().filter(|asked| asked.exact);
    let toolchains: Vec<_> =
        modules.iter().filter_map(|module| Some((module.folder.clone(), exact(module)?))).collect();
    let Picked { module, application } = pick(modules, project.plain.as_deref(), repo, options)?;
    let planning = Planning {
        repo,
        options,
        knowledge: &knowledge,
        project: &project,
        graph: &graph,
        module: &module,
        application: &application,
        toolchains: &toolchains,
    };
    planning.planned(service)
}

impl Planning<'_> {
    fn planned(&self, service: &mut Service) -> Result<Planned, Halt> {
        self.describe(service);
        let jdks = self.jdks(service)?;
        let own = self.graph.below(&self.module.manifest);
        let mut layout = layout(self.module, self.application, &own, self.unpack());
        if let Some(class) = &self.options.main_class {
            start(&mut layout, &self.application.shape, class)?;
        }
        layout.arguments.splice(0..0, self.application.options.iter().cloned());
        let listens = self.listens(service)?;
        self.refuse_silent_launcher(&layout.arguments, &listens)?;
        let chosen = self.runtime(&jdks, &layout)?;
        service.runtime_image = Some(chosen.image.reference.clone());
        let command = self.command(&chosen, &layout.arguments, &self.arguments(&listens))?;
        service.start = match command.entrypoint.is_empty() {
            true => [chosen.image.entrypoint.clone(), command.cmd.clone()].concat(),
            false => [command.entrypoint.clone(), command.cmd.clone()].concat(),
        };
        let mut copies = chosen.copies.clone();
        copies.extend(layout.copies);
        copies.extend(chosen.last.clone());
        copies.extend(listens.files.iter().map(|(file, to)| {
            Copy::new(format!("/src/{file}"), format!("/app/{to}"))
                .because("The program reads it when it starts")
        }));
        let written = written::folders(&listens.writes, service);
        copies.extend(written.copy());
        let steps = [layout.steps, written.steps()].concat();
        let build = self.build(&jdks, steps, chosen.jre, service)?;
        let why = if self.options.start.is_none() { layout.why } else { Vec::new() };
        Ok(Planned {
            runtime: Runtime {
                image: chosen.image.reference,
                why: chosen.why,
                packages: Vec::new(),
                copies,
                workdir: "/app".to_owned(),
                volumes: written.volumes(),
                env: self.environment(listens.network.env),
                expose: listens.network.port.into_iter().collect(),
                entrypoint: command.entrypoint,
                cmd: command.cmd,
                start_why: why,
                health: Vec::new(),
            },
            build: crate::stack::Build::Java(build),
            ignore: ignore::groups(self.graph, self.project, self.repo)?,
            needs: [self.project.needs.clone(), self.packed(service)?].concat(),
            wants: self.wants()?,
        })
    }

    /// # Errors
    /// A stop for a main class that only prints how it is used, unless it is told what to run.
    fn refuse_silent_launcher(&self, jvm: &[String], listens: &Listens) -> Result<(), Stop> {
        let silent = self.options.start.is_none() && self.arguments(listens).is_empty();
        match jvm.split_last() {
            Some((class, before))
                if silent
                    && self.knowledge.launcher.classes.contains(class)
                    && before.last().is_none_or(|word| word != "-jar") =>
            {
                let reason = format!(
                    "{} starts `{class}`, and does not say plainly which verticle that runs",
                    self.module.manifest
                );
                let words = before.join(" ");
                Err(Stop::refuse(reason).help(format!("`--start 'java {words} {class} run VERTICLE'`")))
            }
            _ => Ok(()),
        }
    }

    /// What is known of the service by now.
    fn describe(&self, service: &mut Service) {
        let Application { framework, version, evidence, warnings, .. } = self.application;
        service.name.clone_from(&self.module.name);
        self.module.place().clone_into(&mut service.path);
        service.evidence.push(self.module.evidence.clone());
        service.framework = framework.as_ref().map(|name| match version {
            Some(version) => format!("{name} {version}"),
            None => name.clone(),
        });
        service.evidence.extend(evidence.iter().cloned());
        service.warnings.extend(warnings.iter().chain(&self.project.warnings).cloned());
        for warning in self.notes().filter_map(|note| note.warning.as_ref()) {
            if !service.warnings.contains(warning) {
                service.warnings.push(warning.clone());
            }
        }
    }

    /// The plugins that take part in building the module.
    pub(super) fn notes(&self) -> impl Iterator<Item = &Note> {
        let built = self.graph.with_below(&self.module.manifest);
        // Maven builds the parents of a module with it, and Gradle configures every project.
        let takes_part = move |note: &&Note| built.contains(&note.folder) || note.folder.is_empty();
        self.project.notes.iter().filter(takes_part)
    }

    fn jdks(&self, service: &mut Service) -> Result<Jdks, Halt> {
        let asked = asked(self.module, self.repo, self.options)?;
        let computed = self.project.computed.iter().find(|(folder, _)| *folder == self.module.folder);
        let open = computed.map(|(_, evidence)| evidence).filter(|_| asked.is_none());
        service.warnings.extend(open.map(|evidence| {
            let (place, says) = (evidence.place(), &evidence.says);
            match self.project.tool {
                BuildTool::Maven => format!("{place} leaves the Java version to `{says}`, which is not in the repository: `--java N` settles it"),
                BuildTool::Gradle => format!("{place} computes the Java version (`{says}`): `--java N` settles it"),
            }
        }));
        let name = self.application.framework.as_deref();
        let built = self.graph.with_below(&self.module.manifest);
        let below = |one: &&(String, Asked)| one.0 != self.module.folder && built.contains(&one.0);
        let bounds = Bounds {
            knowledge: self.knowledge,
            options: self.options,
            tool: self.project.tool,
            framework: name.map(|name| (name, self.application.version.as_ref())),
            gradle: &self.project.gradle,
            checked: &self.module.builds_on,
            downloads: self.project.downloads,
            libraries: self.toolchains.iter().filter(below).map(|(_, asked)| asked).collect(),
        };
        let mut jdks = bounds.jdks(asked, service)?;
        if let Some(evidence) = open {
            jdks.why = format!(
                "has Java {}, a guess: what {} asks for is not known",
                jdks.build.version,
                evidence.place()
            );
        }
        Ok(jdks)
    }

    /// How a jar of this release of Spring Boot unpacks itself; `None` where it stays whole.
    fn unpack(&self) -> Option<&BootJar> {
        if self.application.shape != (Shape::Boot { layered: true }) {
            return None;
        }
        let version = self.application.version.as_ref()?;
        self.knowledge.boot.iter().find(|row| version.first(2) >= row.from)
    }

    /// Options of the virtual machine by the variable that it reads itself, since no shell puts
    /// them on a command line; and the program's own.
    fn environment(&self, own: Vec<Env>) -> Vec<Env> {
        let mut options = vec!["-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError"];
        options.extend(self.opens());
        let mut env = vec![Env::new("JAVA_TOOL_OPTIONS", options.join(" "))];
        env.extend(own);
        env
    }

    /// What releases of a framework from before modules need to run on a Java with them.
    fn opens(&self) -> Option<&str> {
        let (name, version) = (self.application.framework.as_deref()?, self.application.version.as_ref()?);
        let row =
            self.knowledge.opens.iter().find(|row| row.framework == name && version.first(2) < row.before)?;
        Some(row.option.as_str())
    }

    /// Where the program listens, by its own settings and sources and those of what it stands on.
    fn listens(&self, service: &mut Service) -> Result<Listens, Halt> {
        let mut code = sources::read(self.repo, &self.module.folder, &self.module.roots)?;
        for folder in self.graph.with_below(&self.module.manifest) {
            if folder != self.module.folder {
                code.extend(sources::read(self.repo, &folder, &[])?);
            }
        }
        let property = |name: &str| self.module.properties.get(name);
        let asked = network::Asked {
            repo: self.repo,
            module: self.module,
            framework: self.application.framework.as_deref(),
            sources: &code,
            options: self.options,
            knowledge: self.knowledge,
            property: &property,
        };
        let listens = network::network(&asked, service)?;
        if let Some((port, path)) = &listens.health {
            service.evidence.push(Evidence::file(
                "health",
                &self.module.manifest,
                format!("GET {path} on {port}"),
            ));
        }
        if let Some(port) = listens.management {
            service.warnings.push(format!(
                "port {port} is for those who run it, not for users: it is not exposed, but can be reached"
            ));
        }
        service.warnings.extend(written::native(&self.knowledge.native, &self.module.dependencies));
        Ok(listens)
    }

    /// Resources that look like secrets, and that the program reads from its jars.
    fn packed(&self, service: &mut Service) -> Result<Vec<String>> {
        let mut files = Vec::new();
        for folder in self.graph.with_below(&self.module.folder) {
            for (file, evidence) in packed::named(self.repo, &folder)? {
                service.warnings.push(format!(
                    "`{file}` looks like a secret, but {} reads it from the class path: it is in the image",
                    evidence.place()
                ));
                files.push(file);
            }
        }
        Ok(files)
    }

    /// The files of the modules that are built.
    fn wants(&self) -> Result<Vec<String>> {
        let mut wants = Vec::new();
        for folder in self.graph.with_below(&self.module.manifest) {
            let sources = join(&folder, "src/main");
            if self.repo.kind(&sources)? == Some(EntryKind::Folder) {
                wants.extend(self.repo.files(&sources, 5000)?);
            }
        }
        Ok(wants)
    }

    /// The program's arguments: those that its framework needs, or those of the build file.
    fn arguments(&self, listens: &Listens) -> Vec<String> {
        match listens.arguments.is_empty() {
            true => self.application.arguments.clone(),
            false => listens.arguments.clone(),
        }
    }

    /// What the image starts.
    fn command(&self, chosen: &Chosen, jvm: &[String], program: &[String]) -> Result<Command, Stop> {
        if let Some(argv) = &self.options.start {
            if self.options.aot_cache {
                return Err(Stop::refuse("--aot-cache gives Java an option, and --start says all of them")
                    .help("leave one of the two out"));
            }
            return flag(argv, chosen);
        }
        Ok(match jvm {
            // The image's own entrypoint says the rest.
            [first, rest @ ..] if first == "-jar" && chosen.jre.is_none() => {
                Command { entrypoint: Vec::new(), cmd: [rest, program].concat() }
            }
            _ => Command {
                entrypoint: [std::slice::from_ref(&chosen.java), &chosen.options, jvm].concat(),
                cmd: program.to_vec(),
            },
        })
    }
}

struct Command {
    entrypoint: Vec<String>,
    cmd: Vec<String>,
}

/// What `--start` says, as long as it starts Java.
fn flag(argv: &[String], chosen: &Chosen) -> Result<Command, Stop> {
    match argv.split_first() {
        Some((first, rest)) if first == "java" || *first == chosen.java => {
            Ok(Command { entrypoint: vec![chosen.java.clone()], cmd: rest.to_vec() })
        }
        _ => Err(Stop::refuse("--start names something else than `java`, and the image holds nothing else")
            .help("write `--start 'java ARGUMENTS'`")),
    }
}
