//! A build by Gradle, as a plan is made from it.

use super::fits::Fits;
use super::wrapper::{PROPERTIES, SCRIPT};
use super::{Build, HOME, MACHINE, read};
use crate::catalog::{self, Java, Release};
use crate::evidence::Evidence;
use crate::options::BuildTool;
use crate::repo::Repo;
use crate::stack::java::jdk::GradleRange;
use crate::stack::java::module::Makes;
use crate::stack::java::project::{ABSENT, Note, Project, Token, Wrapper};
use crate::verdict::{Halt, Stop};

/// Reads the project.
///
/// # Errors
/// When a file cannot be read; a stop when it says nothing of any project.
pub(in crate::stack::java) fn project(repo: &Repo) -> Result<Project, Halt> {
    let mut build = read(repo)?;
    if build.modules.is_empty() {
        let none = || Stop::refuse("Gradle's files here name no project with a build script");
        return Err(build.unreadable.first().map_or_else(none, unread).into());
    }
    for module in &mut build.modules {
        let broken = build.unreadable.iter().find(|evidence| evidence.file == module.manifest);
        if let (Makes::Library(_), Some(evidence)) = (&module.makes, broken) {
            module.makes = Makes::Refused(unread(evidence));
        }
    }
    // Gradle configures every project, whichever is built.
    if let Some(one) = build.noted.iter().find(|one| one.fails) {
        return Err(Stop::refuse(format!("{} applies `{}`, which {}", one.evidence.place(), one.id, one.note))
            .help("take the version from elsewhere, such as `version` in gradle.properties, and remove the plugin; those of axion or nebula build without git's files")
            .into());
    }
    for evidence in &build.unreadable {
        build.warnings.push(format!("{} cannot be read to its end: {}", evidence.place(), evidence.says));
    }
    for (module, path) in build.modules.iter_mut().zip(&build.paths) {
        if let Makes::Application(application) = &mut module.makes {
            for task in &mut application.tasks {
                *task = format!("{}:{task}", path.trim_end_matches(':'));
            }
        }
    }
    let wrapper = wrapper(&mut build);
    let notes = notes(&build);
    let tokens = tokens(&mut build);
    let mut flags = vec!["--no-daemon".to_owned()];
    if build.properties.contains_key(HOME) {
        // Of the machine that it was written on; the command line outranks it.
        flags.push(format!("-D{HOME}=/opt/java/openjdk"));
    }
    let mut needs = build.files.clone();
    if matches!(wrapper, Wrapper::Used(_)) {
        needs.extend([SCRIPT, super::wrapper::JAR, PROPERTIES].map(str::to_owned));
    }
    needs.sort();
    needs.dedup();
    Ok(Project {
        tool: BuildTool::Gradle,
        flags,
        shares_tests: false,
        gradle: ranges(&build, matches!(wrapper, Wrapper::Used(_)), &catalog::java()?),
        downloads: build.resolver.is_some(),
        modules: build.modules,
        wrapper,
        plain: None,
        notes,
        copier: None,
        computed: build.computed,
        secrets: Vec::new(),
        tokens,
        needs,
        warnings: build.warnings,
    })
}

/// A script that says nothing of a program, and of which only a part is known.
fn unread(evidence: &Evidence) -> Stop {
    Stop::refuse(format!("{} cannot be read to its end: {}", evidence.place(), evidence.says))
        .help("Gradle takes no such script either, or it is larger than one that a person wrote")
}

/// Whether the project's own Gradle is used; why not goes into the warnings.
fn wrapper(build: &mut Build) -> Wrapper {
    let found = &build.wrapper;
    let warning = if !found.script {
        None
    } else if found.crlf {
        Some(format!(
            "{SCRIPT} has Windows line ends, with which no shell runs it; the image's own Gradle is used"
        ))
    } else if !found.works() {
        Some(format!("{SCRIPT} lacks files below gradle/wrapper; the image's own Gradle is used"))
    } else if found.jar_ignored {
        Some("git ignores gradle/wrapper/gradle-wrapper.jar, so that a fresh checkout lacks it".to_owned())
    } else {
        None
    };
    let host = found.distribution.as_ref().and_then(|one| Some((one.line, one.host.clone()?)));
    let works = found.works() && !found.crlf;
    build.warnings.extend(warning);
    if let Some((line, host)) = host.filter(|_| works) {
        build
            .warnings
            .push(format!("{PROPERTIES}:{line} takes Gradle from {host}, which the build must reach"));
    }
    if works { Wrapper::Used(build.wrapper.bash.then_some("bash")) } else { Wrapper::Missing }
}

/// The releases of Gradle that can run the build, the best first, and what they run on: the
/// project's own alone, or those that images bring.
fn ranges(build: &Build, works: bool, java: &Java) -> Vec<GradleRange> {
    let own = build.wrapper.distribution.as_ref().and_then(|one| one.version.as_ref());
    let row = |version: &Release| java.gradle.iter().find(|row| version.first(2) >= row.from);
    if works {
        let range = own.and_then(|version| Some((version, row(version)?)));
        let range = range.map(|(version, row)| GradleRange {
            version: version.clone(),
            oldest: row.oldest,
            newest: row.newest,
            images: None,
        });
        return range.into_iter().collect();
    }
    let majors = java.gradle_image.iter().map(|image| image.major).collect();
    // A release that the project names is what it is built with.
    let fits = own.map_or(build.fits, |version| Fits { oldest: version.major(), newest: version.major() });
    let range = |major: u64| {
        let row = java.gradle.iter().find(|row| row.from.major() == major)?;
        let of_major = java.gradle_image.iter().filter(|image| image.major == major);
        Some(GradleRange {
            version: major.to_string().parse().ok()?,
            oldest: row.oldest,
            newest: row.newest,
            images: Some(of_major.map(|image| image.jdk).collect()),
        })
    };
    fits.order(majors, USUAL).into_iter().filter_map(range).collect()
}

/// The release of Gradle that images bring where nothing asks for another: the one before the newest,
/// which older plugins still run on.
const USUAL: u64 = 8;

/// Plugins and programs that need a word.
fn notes(build: &Build) -> Vec<Note> {
    let noted = build.noted.iter().map(|one| Note {
        folder: one.folder.clone(),
        evidence: one.evidence.clone(),
        arguments: one.skip.iter().flat_map(|task| ["-x".to_owned(), task.clone()]).collect(),
        warning: Some(format!("{} `{}` {}", one.evidence.place(), one.id, one.note)),
    });
    let started = build.commands.iter().filter(|(_, name, _)| ABSENT.contains(&name.as_str()));
    let started = started.map(|(folder, name, evidence)| Note {
        folder: folder.clone(),
        evidence: evidence.clone(),
        arguments: Vec::new(),
        warning: Some(format!(
            "{} starts `{name}`, which the image of the build does not have",
            evidence.place()
        )),
    });
    let own: Vec<Note> = noted.chain(started).collect();
    let near = near(build, &own);
    own.into_iter().chain(near).collect()
}

/// The notes of projects that others ask for without depending on them: of a front end the tasks are
/// called, or the files are taken.
fn near(build: &Build, own: &[Note]) -> Vec<Note> {
    let mut found: Vec<Note> = Vec::new();
    for (from, path, evidence) in &build.near {
        let at = |wanted: &str| build.modules.iter().find(|module| module.folder == wanted);
        let other = build.paths.iter().position(|one| one == path).and_then(|at| build.modules.get(at));
        let (Some(module), Some(other)) = (at(from), other) else { continue };
        if module.folder == other.folder || module.dependencies.iter().any(|one| one.artifact == other.name) {
            continue;
        }
        for note in own.iter().filter(|note| note.folder == other.folder) {
            let warning = note.warning.as_ref().map(|warning| {
                format!(
                    "{warning}; {} asks for it, and what `{path}` makes is there only where a task that is run depends on it",
                    evidence.place()
                )
            });
            let near = Note { folder: from.clone(), warning, ..note.clone() };
            if !found.iter().any(|one| one.folder == near.folder && one.evidence == near.evidence) {
                found.push(near);
            }
        }
    }
    found
}

/// The variables that hold the credentials of repositories, each once; Gradle reads its own
/// properties from variables with a prefix.
fn tokens(build: &mut Build) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut warnings = Vec::new();
    for remote in &build.private {
        let why = format!("{} names a repository that asks for credentials", remote.evidence.place());
        let is_plain = |name: &&String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        // A variable would outrank what the repository itself says.
        let (own, others): (Vec<_>, Vec<_>) =
            remote.properties.iter().partition(|name| build.properties.get(*name).is_some_and(is_said));
        for (name, (_, line)) in own.iter().filter_map(|name| Some((name, build.properties.get(*name)?))) {
            warnings.push(format!(
                "{MACHINE}:{line} sets `{name}`, a credential of a repository: it goes into the build stage with the sources"
            ));
        }
        let properties = others.into_iter().filter(is_plain).map(|name| format!("ORG_GRADLE_PROJECT_{name}"));
        for name in remote.variables.iter().filter(is_plain).cloned().chain(properties) {
            if !found.iter().any(|one| one.name == name) {
                found.push(Token { name, why: why.clone() });
            }
        }
    }
    warnings.sort();
    warnings.dedup();
    build.warnings.extend(warnings);
    found
}

/// Whether a property has a value.
fn is_said((value, _): &(String, usize)) -> bool {
    !value.trim().is_empty()
}
