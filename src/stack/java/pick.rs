//! Which module is the service.

use super::mains::{Main, mains};
use super::module::{Application, Makes, Module, Shape};
use super::sources;
use crate::evidence::Evidence;
use crate::options::Options;
use crate::repo::Repo;
use crate::source::listen::is_test;
use crate::source::programs::first_few;
use crate::stack::common;
use crate::verdict::{Candidate, Choice, Halt, Stop, StopKind};

/// The module that is served, and what its build makes.
pub(super) struct Picked {
    pub module: Module,
    pub application: Application,
}

/// Picks the module: by flag, the only application, or the only module with a `main`.
///
/// # Errors
/// A stop with the candidates when several are equal, or with the reason when there is none.
pub(super) fn pick(
    modules: Vec<Module>,
    plain: Option<&[String]>,
    repo: &Repo,
    options: &Options,
) -> Result<Picked, Halt> {
    if let Some(name) = &options.service {
        let names = listed(&modules);
        let mut found: Vec<Module> = modules.into_iter().filter(|module| is_called(module, name)).collect();
        let exact = found.iter().position(|module| module.folder == *name);
        let chosen = match (exact, found.len()) {
            (Some(index), _) => found.swap_remove(index),
            (None, 1) => found.swap_remove(0),
            (None, 0) => return Err(unknown(name, names).into()),
            (None, _) => return Err(ambiguous(name, &found).into()),
        };
        return made(chosen, plain, repo, options);
    }
    let applications: Vec<&Module> = modules.iter().filter(|module| module.is_application()).collect();
    let mut served = best(&applications);
    let refused = |module: &Module| matches!(module.makes, Makes::Refused(_)) && !is_beside(&module.folder);
    if served.iter().all(|module| is_beside(&module.folder)) && modules.iter().any(refused) {
        // Where what the repository is for was refused, its samples are no answer.
        served.clear();
    }
    if let ([one], Some(stop)) = (served.as_slice(), refused_beside(&modules)) {
        let reason =
            format!("`{}` makes a program, and another module is refused: {}", one.name, stop.reason);
        return Err(Stop::choose(reason, vec![one.candidate()]).into());
    }
    if served.is_empty() {
        served = with_main(&modules, plain, repo)?;
    }
    match served.as_slice() {
        [] => Err(none(&modules).into()),
        [one] => {
            let manifest = one.manifest.clone();
            match modules.into_iter().find(|module| module.manifest == manifest) {
                Some(module) => made(module, plain, repo, options),
                None => Err(Stop::refuse(format!("`{manifest}` is no module")).into()),
            }
        }
        several => Err(choose(several).into()),
    }
}

/// Why a module that may be what the repository is for is refused.
fn refused_beside(modules: &[Module]) -> Option<&Stop> {
    modules.iter().filter(|module| !is_beside(&module.folder)).find_map(|module| match &module.makes {
        Makes::Refused(stop) if matches!(stop.kind, StopKind::Refuse) => Some(stop),
        _ => None,
    })
}

impl Module {
    fn is_application(&self) -> bool {
        matches!(self.makes, Makes::Application(_))
    }

    /// Its folder, as messages name it.
    pub(super) fn place(&self) -> &str {
        if self.folder.is_empty() { "." } else { &self.folder }
    }

    fn candidate(&self) -> Candidate {
        let name = if self.folder.is_empty() { ".".to_owned() } else { self.folder.clone() };
        Candidate::new(self.name.clone(), self.place(), Choice::Service(name))
    }
}

/// Those applications that are what the repository is for: not its tests, samples and tools, and
/// those that a plugin packs before those that merely name a class.
fn best<'m>(applications: &[&'m Module]) -> Vec<&'m Module> {
    let narrowed = |found: Vec<&'m Module>, keep: fn(&Module) -> bool| {
        let kept: Vec<&Module> = found.iter().copied().filter(|module| keep(module)).collect();
        if kept.is_empty() { found } else { kept }
    };
    let found = narrowed(applications.to_vec(), |module| !is_beside(&module.folder));
    narrowed(found, is_packed)
}

/// Whether a plugin makes it a program, not just a line that names a class.
fn is_packed(module: &Module) -> bool {
    matches!(&module.makes, Makes::Application(application) if !application.is_named_only)
}

/// Folders of what accompanies a program.
const BESIDE: &[&str] = &[
    "benchmark",
    "benchmarks",
    "demo",
    "demos",
    "example",
    "examples",
    "it",
    "jmh",
    "sample",
    "samples",
    "e2e",
];

fn is_beside(folder: &str) -> bool {
    let mut words = folder.split(['/', '-', '_']);
    is_test(folder) || words.any(|word| BESIDE.contains(&word))
}

/// Modules without an application that have a `main` in their sources.
fn with_main<'m>(
    modules: &'m [Module],
    plain: Option<&[String]>,
    repo: &Repo,
) -> Result<Vec<&'m Module>, Halt> {
    let mut found = Vec::new();
    if plain.is_none() {
        return Ok(found);
    }
    for module in
        modules.iter().filter(|module| matches!(module.makes, Makes::Library(_)) && module.jar.is_some())
    {
        if !is_beside(&module.folder)
            && !mains(&sources::read(repo, &module.folder, &module.roots)?).is_empty()
        {
            found.push(module);
        }
    }
    // Where something that was refused is what the repository is for, its tools are no answer.
    let refused = modules.iter().any(|module| matches!(module.makes, Makes::Refused(_)));
    Ok(if refused { Vec::new() } else { found })
}

/// What the chosen module makes.
fn made(
    mut module: Module,
    plain: Option<&[String]>,
    repo: &Repo,
    options: &Options,
) -> Result<Picked, Halt> {
    if !module.folder.is_empty() && !common::is_plain_path(&module.folder) {
        let reason =
            format!("the module's folder `{}` has a name that no command can be given", module.folder);
        return Err(Stop::refuse(reason).help("rename it: letters, digits, `-`, `_` and `.`").into());
    }
    let makes = std::mem::replace(&mut module.makes, Makes::Library(String::new()));
    let mut application = match (makes, plain.zip(module.jar.clone())) {
        (Makes::Application(application), _) => *application,
        (Makes::Refused(stop), _) => return Err(stop.into()),
        (Makes::Library(_), Some((tasks, output))) => Application {
            framework: None,
            version: None,
            shape: Shape::ClassPath { main: None },
            tasks: tasks.to_vec(),
            output,
            options: module.on_path.options.clone(),
            evidence: Vec::new(),
            arguments: Vec::new(),
            is_named_only: false,
            warnings: Vec::new(),
        },
        (Makes::Library(reason), None) => {
            return Err(Stop::not_a_program(format!("{} makes no program: {reason}", module.manifest)).into());
        }
    };
    repacked(&mut application, &module);
    if let Shape::ClassPath { main } = &mut application.shape {
        if let Some(stop) = module.on_path.refused.take() {
            return Err(stop.into());
        }
        let (class, evidence) = class(main.take(), &module, repo, options)?;
        *main = Some(class);
        application.evidence.extend(evidence);
    }
    Ok(Picked { module, application })
}

/// Told on the command line, Spring Boot's plugin would repack every module that is built with this
/// one; its jars run on the class path as well.
fn repacked(application: &mut Application, module: &Module) {
    const GOAL: &str = "spring-boot:repackage";
    let is_told = application.tasks.iter().any(|task| task == GOAL);
    if let (true, false, Some(jar)) = (is_told, module.folder.is_empty(), &module.jar) {
        application.tasks.retain(|task| task != GOAL);
        application.shape = Shape::ClassPath { main: None };
        application.output = jar.clone();
    }
}

/// The class to start: of the flag, the build file, or the sources.
fn class(
    named: Option<String>,
    module: &Module,
    repo: &Repo,
    options: &Options,
) -> Result<(String, Option<Evidence>), Halt> {
    if let Some(class) = &options.main_class {
        return Ok((class.clone(), Some(Evidence::flag("start", "--main-class", class))));
    }
    if let Some(class) = named {
        return Ok((class, None));
    }
    let mut found = mains(&sources::read(repo, &module.folder, &module.roots)?);
    if found.iter().filter(|main| main.spring).count() == 1 {
        found.retain(|main| main.spring);
    }
    // What only Java 25 starts is a helper of the others.
    if found.iter().any(|main| !main.newer) {
        found.retain(|main| !main.newer);
    }
    match found.as_slice() {
        [] => {
            if let Some(foreign) = sources::foreign(repo, &module.folder)? {
                let reason =
                    format!("{} is {}, in whose sources no `main` is looked for", foreign.file, foreign.says);
                return Err(Stop::refuse(reason)
                    .help("`--main-class CLASS` names the class that is started")
                    .into());
            }
            let reason = format!(
                "{} makes no program: no plugin packs one, and no class below `{}` has a `main`",
                module.manifest,
                crate::repo::join(&module.folder, "src/main")
            );
            Err(Stop::not_a_program(reason).into())
        }
        [one] => Ok((one.class.clone(), Some(one.evidence.clone()))),
        several => Err(classes(several).into()),
    }
}

/// More candidates than this say nothing to a reader.
const SHOWN: usize = 10;

fn classes(found: &[Main]) -> Stop {
    let candidate = |main: &Main| {
        let place = main.evidence.file.as_str();
        Candidate::new(main.class.clone(), place, Choice::MainClass(main.class.clone()))
    };
    let candidates = found.iter().take(SHOWN).map(candidate).collect();
    let names = found.iter().map(|main| main.class.clone());
    let names: Vec<String> = first_few(names, |more| format!("and {more} more"));
    Stop::choose(format!("several classes have a `main`: {}", names.join(", ")), candidates)
}

fn choose(several: &[&Module]) -> Stop {
    let names: Vec<String> = match several.len() {
        ..=SHOWN => several.iter().map(|module| module.name.clone()).collect(),
        _ => first_few(several.iter().map(|module| module.name.clone()), |more| format!("and {more} more")),
    };
    let candidates = several.iter().map(|module| module.candidate()).collect();
    Stop::choose(format!("several modules make a program: {}", names.join(", ")), candidates)
}

/// Nothing here is an application: the reason of what comes nearest to one.
fn none(modules: &[Module]) -> Stop {
    let refused = modules.iter().find_map(|module| match &module.makes {
        Makes::Refused(stop) => Some(stop.clone()),
        _ => None,
    });
    let reason = match modules {
        [Module { makes: Makes::Library(reason), manifest, .. }] => {
            format!("{manifest} makes no program: {reason}")
        }
        _ => format!("none of the {} modules here makes a program", modules.len()),
    };
    refused.unwrap_or_else(|| {
        Stop::not_a_program(reason)
            .help("a plugin that packs a program, or a class with a `main`, is looked for in every module")
    })
}

/// Whether a person calls the module so: its name, its folder or the end of it, or Gradle's path.
fn is_called(module: &Module, name: &str) -> bool {
    let path = name.trim_matches(':').replace(':', "/");
    let folder = module.folder.as_str();
    module.name == name || folder == path.trim_matches('/') || (name == "." && folder.is_empty())
}

fn listed(modules: &[Module]) -> Vec<String> {
    let applications = modules.iter().filter(|module| module.is_application());
    first_few(applications.map(|module| module.name.clone()), |more| format!("and {more} more"))
}

fn unknown(name: &str, known: Vec<String>) -> Stop {
    let stop = Stop::refuse(format!("no module is called `{name}`"));
    match known.is_empty() {
        true => stop,
        false => stop.help(format!("those that make a program: {}", known.join(", "))),
    }
}

fn ambiguous(name: &str, found: &[Module]) -> Stop {
    let candidates = found.iter().map(Module::candidate).collect();
    Stop::choose(format!("several modules are called `{name}`"), candidates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn samples_are_no_answer_where_what_matters_was_refused() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("settings.gradle", "include 'server', 'app-examples'")
                .file("server/build.gradle", "apply plugin: 'war'")
                .file("server/src/main/java/A.java", "class A {}")
                .file(
                    "app-examples/build.gradle",
                    "plugins { id 'application' }\napplication { mainClass = 'a.B' }",
                )
                .file("app-examples/src/main/java/A.java", "class A {}"),
        );
        let picked = |options: &Options| {
            let Ok(project) = crate::stack::java::gradle::project(&repo) else { panic!("no project") };
            match pick(project.modules, None, &repo, options) {
                Ok(picked) => picked.module.name,
                Err(Halt::Stop(stop)) => stop.reason,
                Err(Halt::Failed(error)) => panic!("{error}"),
            }
        };
        assert!(picked(&Options::default()).starts_with("server/build.gradle:1 makes a web archive"));
        let named = Options { service: Some("app-examples".to_owned()), ..Options::default() };
        assert_eq!(picked(&named), "app-examples");
    }
}
