//! How what the build leaves becomes the files of the image: the steps that lay it out, the layers
//! that are copied, and how it is started.

use serde::Serialize;

use super::module::{Application, File, Module, Shape};
use crate::catalog::BootJar;
use crate::plan::Copy;
use crate::repo::join;

/// A step of the build stage after the build itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "lowercase")]
pub enum Step {
    /// Copies the one jar that the build made to a fixed name.
    Take { jar: Jar, to: String },
    /// Copies a folder that the build made; it may be missing where nothing belongs in it.
    Gather { from: String, to: String },
    /// Unpacks a jar of Spring Boot into its layers.
    Unpack { jarmode: String },
    /// Moves the project's own jars out of the libraries.
    Own { name: String },
}

/// Where the jar is, whatever the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum Jar {
    Exact { path: String },
    Versioned { before: String, after: String },
    Only { folder: String },
}

/// What becomes of an application.
pub(super) struct Layout {
    pub steps: Vec<Step>,
    pub copies: Vec<Copy>,
    /// Arguments of `java`: `-jar app.jar`, or the class path and the class.
    pub arguments: Vec<String>,
    /// Why it is started so, where a reader would ask.
    pub why: Vec<String>,
    /// Jars and folders of jars, in the build stage, that hold the program.
    pub jars: Vec<String>,
}

/// Where the build stage collects what is copied.
const OUT: &str = "/out";

/// The jar that is started, as the image calls it.
const JAR: &str = "app.jar";

/// Lays the application out; `own` are the names of the project's modules that it stands on.
pub(super) fn layout(
    module: &Module,
    application: &Application,
    own: &[String],
    unpack: Option<&BootJar>,
) -> Layout {
    let folder = join(&module.folder, &application.output.folder);
    let take = |to: &str| Step::Take { jar: jar(&folder, &application.output.file), to: format!("{OUT}/{to}") };
    match &application.shape {
        Shape::Boot { layered: true } if unpack.is_some() => layers(take(JAR), unpack),
        Shape::Boot { .. } | Shape::Jar => whole(take(JAR)),
        Shape::QuarkusFolder => quarkus(folder),
        Shape::JarAndFolder(libraries) => beside(take(JAR), &folder, libraries),
        Shape::ClassPath { main } => class_path(module, application, &folder, own, main.clone().unwrap_or_default()),
    }
}

fn jar(folder: &str, file: &File) -> Jar {
    match file {
        File::Exact(name) => Jar::Exact { path: join(folder, name) },
        File::Versioned { before, after } => {
            Jar::Versioned { before: join(folder, before), after: after.clone() }
        }
        File::OnlyJar | File::Folder => Jar::Only { folder: folder.to_owned() },
    }
}

fn started(jar: &str) -> Vec<String> {
    vec!["-jar".to_owned(), jar.to_owned()]
}

const LAYERS: &str = "A layer each, rarest change first: an edit of the code pushes only the last";

/// The layers of Spring Boot's jar, each a copy.
fn layers(take: Step, unpack: Option<&BootJar>) -> Layout {
    let layers = ["dependencies", "spring-boot-loader", "snapshot-dependencies", "application"];
    let mut copies: Vec<Copy> =
        layers.iter().map(|layer| Copy::new(format!("{OUT}/layers/{layer}/"), "/app/")).collect();
    because(&mut copies, LAYERS);
    let jarmode = unpack.map_or(String::new(), |unpack| unpack.jarmode.clone());
    let launcher = unpack.and_then(|unpack| unpack.launcher.clone());
    let why = launcher.iter().map(|_| "The unpacked layers are started by this class".to_owned()).collect();
    let arguments = launcher.map_or_else(|| started(JAR), |class| vec![class]);
    let steps = vec![take, Step::Unpack { jarmode }];
    Layout { steps, copies, arguments, why, jars: vec![format!("{OUT}/{JAR}")] }
}

fn because(copies: &mut [Copy], why: &str) {
    if let Some(first) = copies.first_mut() {
        *first = first.clone().because(why);
    }
}

fn whole(take: Step) -> Layout {
    Layout {
        steps: vec![take],
        copies: vec![Copy::new(format!("{OUT}/{JAR}"), format!("/app/{JAR}"))],
        arguments: started(JAR),
        why: Vec::new(),
        jars: vec![format!("{OUT}/{JAR}")],
    }
}

/// Quarkus' folder, its parts by how often they change.
fn quarkus(folder: String) -> Layout {
    let part = |name: &str| Copy::new(format!("{OUT}/{name}/"), format!("/app/{name}/"));
    let run = Copy::new(format!("{OUT}/quarkus-run.jar"), "/app/quarkus-run.jar");
    let mut copies = vec![part("lib"), part("quarkus"), run, part("app")];
    because(&mut copies, LAYERS);
    Layout {
        steps: vec![Step::Gather { from: folder, to: OUT.to_owned() }],
        copies,
        arguments: started("quarkus-run.jar"),
        why: Vec::new(),
        jars: vec![OUT.to_owned()],
    }
}

/// A jar and the folder that its manifest names.
fn beside(take: Step, folder: &str, libraries: &str) -> Layout {
    let to = format!("{OUT}/{libraries}");
    let steps = vec![take, Step::Gather { from: join(folder, libraries), to: to.clone() }];
    let mut copies = vec![
        Copy::new(format!("{to}/"), format!("/app/{libraries}/")),
        Copy::new(format!("{OUT}/{JAR}"), format!("/app/{JAR}")),
    ];
    because(&mut copies, LIBRARIES);
    Layout { steps, copies, arguments: started(JAR), why: Vec::new(), jars: vec![OUT.to_owned()] }
}

const LIBRARIES: &str = "Libraries first: an edit of the code pushes only the layer after them";

/// Jars on the class path: libraries, then what the project itself makes.
fn class_path(module: &Module, application: &Application, folder: &str, own: &[String], main: String) -> Layout {
    let mut steps = Vec::new();
    match application.output.file {
        File::Folder => steps.push(Step::Gather { from: folder.to_owned(), to: format!("{OUT}/lib") }),
        _ => {
            steps.push(Step::Take {
                jar: jar(folder, &application.output.file),
                to: format!("{OUT}/app/{JAR}"),
            });
            steps.push(Step::Gather { from: join(folder, "dependency"), to: format!("{OUT}/lib") });
        }
    }
    let moved = own.iter().chain((application.output.file == File::Folder).then_some(&module.name));
    steps.extend(moved.map(|name| Step::Own { name: name.clone() }));
    let mut copies =
        vec![Copy::new(format!("{OUT}/lib/"), "/app/lib/"), Copy::new(format!("{OUT}/app/"), "/app/")];
    because(&mut copies, LIBRARIES);
    Layout {
        steps,
        copies,
        arguments: vec!["-cp".to_owned(), "/app/*:/app/lib/*".to_owned(), main],
        why: vec!["java itself reads `*` as every jar of the folder".to_owned()],
        jars: vec![format!("{OUT}/app"), format!("{OUT}/lib")],
    }
}
