//! What the build of a project leaves.

use super::dependencies::Needs;
use super::plugins::{self, Applied};
use super::project::{Around, Project};
use super::value::Scope;
use super::{program, quarkus, spring};
use crate::catalog::{GradlePlugin, Java, Release};
use crate::evidence::Evidence;
use crate::manifest::gradle::{Event, Expr};
use crate::repo::{Kind, Repo, join, normal};
use crate::stack::java::module::{Application, Makes, Output, Shape};
use crate::verdict::Stop;

/// All that is known of one project.
pub(super) struct Look<'a> {
    pub repo: &'a Repo,
    pub around: &'a Around<'a>,
    pub project: &'a Project,
    pub scope: &'a Scope<'a>,
    pub applied: &'a [Applied],
    pub needs: &'a Needs,
    pub java: &'a Java,
    pub rows: &'a [GradlePlugin],
}

impl Look<'_> {
    /// The last statement of this kind that surely runs: what it sets, and where.
    pub(super) fn last(&self, wanted: impl Fn(&Event) -> bool) -> Option<(&Expr, Evidence)> {
        self.project.layers.iter().rev().find_map(|file| {
            let mut events = file.events.iter().rev().filter(|event| !event.guarded && wanted(event));
            events.find_map(|event| Some((event.given()?, file.says("build", event))))
        })
    }

    /// What is set of a task.
    pub(super) fn set(&self, task: &str, name: &str) -> Option<(&Expr, Evidence)> {
        self.last(|event| event.ends(&[task, name]))
    }

    /// Whether a task is switched off, and where.
    pub(super) fn off(&self, task: &str) -> Option<Evidence> {
        self.set(task, "enabled").filter(|(value, _)| is_word(value, "false")).map(|(_, evidence)| evidence)
    }

    /// The plugin of one of these ids that is surely applied.
    pub(super) fn plugin(&self, ids: &[&str]) -> Option<&Applied> {
        self.applied.iter().find(|one| !one.guarded && ids.contains(&one.id.as_str()))
    }

    /// The version of a plugin, and where it is said.
    pub(super) fn version(&self, id: &str, artifact: &str) -> Option<(Release, Evidence)> {
        plugins::version(id, artifact, &self.project.layers, self.around, self.scope)
    }

    /// A file of the project.
    pub(super) fn path(&self, name: &str) -> String {
        join(&self.project.folder, name)
    }

    /// What scripts say of where the program's sources are.
    fn moves(&self) -> impl Iterator<Item = &Event> {
        let is = |event: &&Event, wanted: &str| event.path.iter().any(|name| name == wanted);
        let moved = move |event: &&Event| {
            (is(event, "sourceSets") || is(event, "srcDirs") || is(event, "srcDir")) && !is(event, "test")
        };
        self.project.layers.iter().flat_map(|file| &file.events).filter(moved)
    }

    /// Folders of sources beside the usual ones, as far as they are named plainly.
    pub(super) fn roots(&self) -> Vec<String> {
        let named = self.moves().filter_map(Event::given).flat_map(|value| match value {
            Expr::List(entries) => entries.iter().filter_map(|entry| entry.value.literal()).collect(),
            other => other.literal().into_iter().collect::<Vec<_>>(),
        });
        named.filter_map(normal).filter(|folder| !folder.is_empty()).collect()
    }

    /// Whether there is anything to compile, as far as can be seen.
    fn has_sources(&self) -> anyhow::Result<bool> {
        for folder in ["src/main", "src/jvmMain"] {
            if self.repo.kind(&self.path(folder))? == Some(Kind::Folder) {
                return Ok(true);
            }
        }
        Ok(self.moves().next().is_some())
    }
}

/// Whether a value is this word.
pub(super) fn is_word(value: &Expr, word: &str) -> bool {
    matches!(value.links(), Some([one]) if one.name == word && one.args.is_empty())
}

/// An application without warnings.
pub(super) fn application(
    shape: Shape,
    tasks: &[&str],
    output: Output,
    evidence: Vec<Evidence>,
) -> Application {
    Application {
        framework: None,
        version: None,
        shape,
        tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
        output,
        options: Vec::new(),
        evidence,
        arguments: Vec::new(),
        is_named_only: false,
        warnings: Vec::new(),
    }
}

/// Plugins that make classes of the JVM.
pub(super) const COMPILERS: &[&str] = &[
    "java",
    "java-library",
    "groovy",
    "scala",
    "application",
    "war",
    "org.jetbrains.kotlin.jvm",
    "kotlin",
    "io.micronaut.application",
    "io.ktor.plugin",
];

/// Reads what a project makes.
///
/// # Errors
/// When a folder of the repository cannot be read.
pub(super) fn read(look: &Look) -> anyhow::Result<Makes> {
    // A project can do nothing but pack others.
    if !look.has_sources()? && !program::packs(look) {
        return Ok(Makes::Library("it has no sources below `src/main`".to_owned()));
    }
    if let Some(stop) = refused(look) {
        return Ok(Makes::Refused(stop));
    }
    let made = match decide(look)? {
        Ok(Some(_)) if let Some(stop) = part(look) => Makes::Refused(stop),
        Ok(Some(application)) => Makes::Application(Box::new(application)),
        Ok(None) => match unsure(look) {
            Some(stop) => Makes::Refused(stop),
            None => Makes::Library(library(look)),
        },
        Err(stop) => Makes::Refused(stop),
    };
    Ok(made)
}

/// What is decided: an application, nothing that can be started, or a refusal.
pub(super) type Decided = Result<Option<Application>, Stop>;

fn decide(look: &Look) -> anyhow::Result<Decided> {
    let found = spring::read(look);
    if !matches!(found, Ok(None)) {
        return Ok(found);
    }
    if let Some(stop) = function(look) {
        return Ok(Err(stop));
    }
    let found = quarkus::read(look)?;
    if !matches!(found, Ok(None)) {
        return Ok(found);
    }
    if let Some(war) = look.plugin(&["war"]).filter(|_| look.off("war").is_none()) {
        let reason = format!("{} makes a web archive, which needs a servlet container", war.evidence.place());
        return Ok(Err(Stop::refuse(reason).help(
            "no distroless image has a servlet container; nearest: Spring Boot's executable war, or a server within the program",
        )));
    }
    Ok(program::read(look))
}

/// The refusal of a plugin whose work cannot be started from such an image.
fn refused(look: &Look) -> Option<Stop> {
    look.applied.iter().filter(|one| !one.guarded).find_map(|one| {
        let row = look.rows.iter().find(|row| row.is(&one.id))?;
        let [what, help] = row.refuse.as_ref()?;
        let reason = format!("{} applies `{}`: this is {what}", one.evidence.place(), one.id);
        Some(Stop::refuse(reason).help(help))
    })
}

/// The refusal of a function, which its host starts.
fn function(look: &Look) -> Option<Stop> {
    let starts = look.plugin(&["application", "io.ktor.plugin", "io.micronaut.application"]).is_some();
    let of_framework = |name: &str| name.starts_with("quarkus-") || name.starts_with("micronaut-");
    look.needs.dependencies.iter().find_map(|one| {
        let host = look.java.function_host.iter().find(|row| row.artifacts.contains(&one.artifact))?;
        if starts && !of_framework(&one.artifact) {
            return None;
        }
        let reason = format!(
            "{} makes this a function for {}, not a program that can be started",
            one.evidence.place(),
            host.host
        );
        Some(
            Stop::refuse(reason)
                .help("nearest: a program with a `main` of its own and the plugin `application`"),
        )
    })
}

/// The refusal of a project that is part of a build whose settings lie above the repository: it
/// asks for a version catalog, and nothing here has one.
fn part(look: &Look) -> Option<Stop> {
    const CATALOG: &str = "libs";
    let settings = &look.around.settings;
    if settings.script.is_some()
        || settings.catalogs.contains_key(CATALOG)
        || look.scope.given(CATALOG).is_some()
    {
        return None;
    }
    let of_catalog = |value: &Expr| {
        value
            .links()
            .is_some_and(|links| links.len() > 1 && links.first().is_some_and(|one| one.name == CATALOG))
    };
    let asks = |event: &Event| {
        let inside =
            matches!(event.path.as_slice(), [block, _] if block == "dependencies" || block == "plugins");
        inside && event.links.iter().flat_map(|link| &link.args).any(|arg| of_catalog(&arg.value))
    };
    let found =
        look.project.layers.iter().find_map(|file| {
            Some(file.says("catalog", file.events.iter().find(|event| asks(event))?).place())
        })?;
    let reason = format!(
        "{found} asks for the version catalog `{CATALOG}`, and no file here defines it: this is part of a bigger build"
    );
    Some(
        Stop::refuse(reason)
            .help("run distrogen at the root of that build, with `--service` and this folder"),
    )
}

/// The refusal of a project of which scripts do not say what it makes, though they try to.
fn unsure(look: &Look) -> Option<Stop> {
    const MAKES: &[&str] = &[
        "org.springframework.boot",
        "io.quarkus",
        "application",
        "io.ktor.plugin",
        "io.micronaut.application",
    ];
    if let Some(one) = look.applied.iter().find(|one| one.guarded && MAKES.contains(&one.id.as_str())) {
        let reason =
            format!("{} applies `{}` under a condition that only Gradle knows", one.evidence.place(), one.id);
        return Some(
            Stop::refuse(reason).help(format!("apply it in {} without the condition", look.project.manifest)),
        );
    }
    if let Some(one) = look.applied.iter().find(|one| look.around.programmed.contains_key(&one.id)) {
        let place = look.around.programmed.get(&one.id).map(Evidence::place).unwrap_or_default();
        let reason = format!(
            "{} applies `{}`, a plugin that {place} programs, so what is made cannot be read",
            one.evidence.place(),
            one.id
        );
        return Some(
            Stop::refuse(reason)
                .help(format!("apply the plugin that makes the application in {}", look.project.manifest)),
        );
    }
    let lost = plugins::unknown(&look.project.layers, look.around).into_iter().next()?;
    let reason = format!("{} applies a plugin that no version catalog of the repository names", lost.place());
    Some(Stop::refuse(reason).help("name it in `gradle/libs.versions.toml`, or by `id(...)`"))
}

fn library(look: &Look) -> String {
    if let Some(one) = look.plugin(&["org.jetbrains.kotlin.multiplatform"]) {
        return format!(
            "{} makes it a Kotlin multiplatform project, none of whose targets is packed as a program",
            one.evidence.place()
        );
    }
    match look.plugin(COMPILERS) {
        Some(_) => "no plugin makes it an application".to_owned(),
        None => "it applies no plugin that compiles for the JVM".to_owned(),
    }
}

impl GradlePlugin {
    /// Whether this is about the plugin of an id.
    pub(super) fn is(&self, id: &str) -> bool {
        self.ids.iter().any(|one| one == id)
    }
}
