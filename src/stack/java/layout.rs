//! How what the build leaves becomes the files of the image: the steps that lay it out, the layers
//! that are copied, and how it is started.

use serde::Serialize;

use super::module::{Application, File, Module, Output, Shape};
use crate::catalog::BootJar;
use crate::plan::Copy;
use crate::repo::join;
use crate::stack::common::is_plain_name;
use crate::verdict::Stop;

/// A step of the build stage after the build itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "lowercase")]
pub enum Step {
    /// Copies the one jar that the build made to a fixed name.
    Take { jar: Jar, to: String },
    /// Copies a folder that the build made.
    Gather { from: String, to: String },
    /// Copies a folder of libraries, which is not made where there are none.
    Libraries { from: String, to: String },
    /// Copies the libraries of what Gradle installs in this folder, whatever name it gives it.
    Installed { folder: String, to: String },
    /// Unpacks a jar of Spring Boot into its layers.
    Unpack { jar: String, jarmode: String, launcher: bool },
    /// Moves those of the project's own jars that begin so out of the libraries.
    Own { prefix: String },
    /// Makes a folder that the program writes to.
    Writable { folder: String },
}

/// Where the jar is, whatever the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Jar {
    Exact {
        path: String,
    },
    /// Where it begins, folder included, and ends.
    Versioned {
        start: String,
        after: String,
    },
    /// The only file of this name in the folder that does not end in one of these ways.
    Only {
        folder: String,
        name: String,
        beside: Vec<String>,
    },
}

/// What becomes of an application.
pub(super) struct Layout {
    pub steps: Vec<Step>,
    pub copies: Vec<Copy>,
    /// Arguments of `java`: `-jar app.jar`, or the class path and the class.
    pub arguments: Vec<String>,
    /// Why it is started so, where a reader would ask.
    pub why: Vec<String>,
    /// Folders of the build stage that together are the program's folder, where it is unpacked.
    pub layers: Vec<String>,
}

/// Where the build stage collects what is copied.
const OUT: &str = "/out";

/// The jar that is started, as the image calls it.
const JAR: &str = "app.jar";

/// The same, for an executable web archive.
const WAR: &str = "app.war";

/// Lays the application out; `own` are the groups and names of the project's modules that it stands on.
pub(super) fn layout(
    module: &Module,
    application: &Application,
    own: &[(String, String)],
    unpack: Option<&BootJar>,
) -> Layout {
    let folder = join(&module.folder, &application.output.folder);
    let take =
        |to: &str| Step::Take { jar: jar(&folder, &application.output.file), to: format!("{OUT}/{to}") };
    match &application.shape {
        Shape::Boot { layered } => {
            let is_war = application.output.file.is_war();
            let name = if is_war { WAR } else { JAR };
            match unpack.filter(|unpack| *layered && (!is_war || unpack.war.is_some())) {
                Some(unpack) => layers(take(name), name, unpack),
                None => whole(take(name), name),
            }
        }
        Shape::Jar => whole(take(JAR), JAR),
        Shape::QuarkusFolder => quarkus(folder),
        Shape::JarAndFolder(libraries) => beside(take(JAR), &folder, libraries),
        Shape::ClassPath { main } => {
            class_path(module, &application.output, &folder, own, main.clone().unwrap_or_default())
        }
    }
}

/// Endings of jars that Gradle's plugins leave beside the one that is meant.
const BESIDE: &[&str] = &["plain", "sources", "javadoc"];

fn jar(folder: &str, file: &File) -> Jar {
    match file {
        File::Exact(name) => Jar::Exact { path: join(folder, name) },
        File::Versioned { before, after, others } if others.is_empty() => {
            Jar::Versioned { start: format!("{folder}/{before}"), after: after.clone() }
        }
        File::Versioned { before, after, others } => Jar::Only {
            folder: folder.to_owned(),
            name: format!("{before}*{after}"),
            beside: others.iter().map(|ending| format!("*{ending}")).collect(),
        },
        File::OnlyJar | File::Folder => Jar::Only {
            folder: folder.to_owned(),
            name: "*.jar".to_owned(),
            beside: BESIDE.iter().map(|one| format!("*-{one}.jar")).collect(),
        },
    }
}

fn started(jar: &str) -> Vec<String> {
    vec!["-jar".to_owned(), jar.to_owned()]
}

const LAYERS: &str = "A layer each, rarest change first: an edit of the code pushes only the last";

/// The layers of Spring Boot's jar or war, each a copy.
fn layers(take: Step, name: &str, unpack: &BootJar) -> Layout {
    let layers = ["dependencies", "spring-boot-loader", "snapshot-dependencies", "application"];
    let folders = layers.map(|layer| format!("{OUT}/layers/{layer}/")).to_vec();
    let mut copies: Vec<Copy> = folders.iter().map(|folder| Copy::new(folder, "/app/")).collect();
    because(&mut copies, LAYERS);
    let class = if name == WAR { &unpack.war } else { &unpack.launcher };
    let unpacked =
        Step::Unpack { jar: format!("{OUT}/{name}"), jarmode: unpack.jarmode.clone(), launcher: name == WAR };
    Layout {
        steps: vec![take, unpacked],
        copies,
        arguments: class.as_ref().map_or_else(|| started(name), |class| vec![class.clone()]),
        why: class.iter().map(|_| "The unpacked layers are started by this class".to_owned()).collect(),
        layers: folders,
    }
}

fn because(copies: &mut [Copy], why: &str) {
    if let Some(first) = copies.first_mut() {
        *first = first.clone().because(why);
    }
}

fn whole(take: Step, name: &str) -> Layout {
    Layout {
        steps: vec![take],
        copies: vec![Copy::new(format!("{OUT}/{name}"), format!("/app/{name}"))],
        arguments: started(name),
        why: Vec::new(),
        layers: Vec::new(),
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
        layers: Vec::new(),
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
    Layout { steps, copies, arguments: started(JAR), why: Vec::new(), layers: Vec::new() }
}

const LIBRARIES: &str = "Libraries first: an edit of the code pushes only the layer after them";

/// Starts another class of what is laid out than its manifest names.
///
/// # Errors
/// A stop where the class that is started is the framework's own.
pub(super) fn start(layout: &mut Layout, shape: &Shape, class: &str) -> Result<(), Stop> {
    let path = match shape {
        Shape::Jar => format!("/app/{JAR}"),
        Shape::JarAndFolder(folder) => format!("/app/{JAR}:/app/{folder}/*"),
        Shape::ClassPath { .. } => return Ok(()),
        Shape::Boot { .. } | Shape::QuarkusFolder => {
            return Err(Stop::refuse("--main-class does not apply: the framework starts a class of its own, which its build was told of")
                .help("name the class in the build file (`start-class` or `mainClass`)"));
        }
    };
    layout.arguments = vec!["-cp".to_owned(), path, class.to_owned()];
    Ok(())
}

/// Jars on the class path: libraries, then what the project itself makes.
fn class_path(
    module: &Module,
    output: &Output,
    folder: &str,
    own: &[(String, String)],
    main: String,
) -> Layout {
    let lib = format!("{OUT}/lib");
    let app = format!("{OUT}/app");
    let mut steps = Vec::new();
    if output.file == File::Folder {
        // Gradle's folder has them all, each by the name of its project.
        steps.push(Step::Installed { folder: folder.to_owned(), to: lib });
        let names = own.iter().map(|(_, name)| name).chain([module.stem.as_ref().unwrap_or(&module.name)]);
        let plain = names.filter(|name| is_plain_name(name));
        steps.extend(plain.map(|name| Step::Own { prefix: name.clone() }));
    } else {
        steps.push(Step::Take { jar: jar(folder, &output.file), to: format!("{app}/{JAR}") });
        // Maven's plugin is told to put the group before the name.
        steps.push(Step::Libraries { from: join(&module.folder, &module.on_path.libraries), to: lib });
        let names = own.iter().map(|(group, name)| format!("{group}.{name}-"));
        steps.extend(names.filter(|name| is_plain_name(name)).map(|prefix| Step::Own { prefix }));
    }
    let mut copies =
        vec![Copy::new(format!("{OUT}/lib/"), "/app/lib/"), Copy::new(format!("{OUT}/app/"), "/app/")];
    because(&mut copies, LIBRARIES);
    Layout {
        steps,
        copies,
        arguments: vec!["-cp".to_owned(), "/app/*:/app/lib/*".to_owned(), main],
        why: vec!["java itself reads `*` as every jar of the folder".to_owned()],
        layers: Vec::new(),
    }
}
