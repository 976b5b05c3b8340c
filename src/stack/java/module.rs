//! What a build's files say of one module, whichever tool builds it.

use std::fmt;
use std::rc::Rc;

use crate::catalog::Release;
use crate::evidence::Evidence;
use crate::verdict::Stop;

/// One module of a build: a Maven project or a Gradle project.
#[derive(Debug)]
pub(super) struct Module {
    /// Folder below the repository; empty at the root.
    pub folder: String,
    /// The artifact id, or the name of the Gradle project.
    pub name: String,
    /// The file that describes it, from the root of the repository.
    pub manifest: String,
    /// Where it is named.
    pub evidence: Evidence,
    /// The Java release that it is compiled for or with.
    pub java: Option<Asked>,
    /// The releases of Java that its build runs on, where it checks them: every one of these holds.
    pub builds_on: Vec<BuildsOn>,
    /// Folders of other modules whose files its build reads.
    pub reads: Vec<String>,
    /// What it stands on, whatever is inherited included.
    pub dependencies: Vec<Dependency>,
    /// Properties of the build, which resources are filled with.
    pub properties: Properties,
    /// Folders of its sources, where they are not only the usual ones.
    pub roots: Vec<String>,
    /// Its own jar, where it makes one whose name is known.
    pub jar: Option<Output>,
    /// What the names of its jars begin with, where that is not its own name.
    pub stem: Option<String>,
    pub on_path: OnPath,
    pub makes: Makes,
}

/// What is to be known of a module whose jar is started on a class path.
#[derive(Debug, Default)]
pub(super) struct OnPath {
    /// The folder below the module that its build copies the libraries to.
    pub libraries: String,
    /// Why that folder would not hold all of them.
    pub refused: Option<Stop>,
    /// Options of Java that it does not run without.
    pub options: Vec<String>,
}

/// The properties of a build by their names, resolved when they are asked for.
#[derive(Clone, Default)]
pub(super) struct Properties(Option<Rc<Resolve>>);

type Resolve = dyn Fn(&str) -> Option<String>;

impl Properties {
    pub(super) fn new(resolve: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Properties(Some(Rc::new(resolve)))
    }

    /// What a property comes to, as far as the repository says it.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.as_ref().and_then(|resolve| resolve(name))
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Properties")
    }
}

/// A Java release that something asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub release: u64,
    /// Whether a JDK of this very release must be there, as toolchains demand.
    pub exact: bool,
    pub evidence: Evidence,
}

/// Releases of Java that a build runs on, and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BuildsOn {
    /// The oldest and the newest of each range.
    pub ranges: Vec<(u64, u64)>,
    pub evidence: Evidence,
}

impl BuildsOn {
    /// Whether the build runs on this release.
    pub(super) fn holds(&self, release: u64) -> bool {
        self.ranges.iter().any(|(oldest, newest)| (*oldest..=*newest).contains(&release))
    }
}

/// Something that a module stands on, test scopes left out.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub group: String,
    pub artifact: String,
    /// As far as the repository says it.
    pub version: Option<String>,
    /// Whether it is there when the program runs: neither provided nor for compilation alone.
    pub shipped: bool,
    /// Whether it is what another module makes of its tests.
    pub is_tests: bool,
    pub evidence: Evidence,
}

/// What the build of a module leaves.
#[derive(Debug)]
pub(super) enum Makes {
    Application(Box<Application>),
    /// A library or a parent, with the reason in a few words ("packaging `pom`").
    Library(String),
    /// Something that cannot be started from such an image, or of which it cannot be said how.
    Refused(Stop),
}

/// What a module makes that can be started.
#[derive(Debug)]
pub(super) struct Application {
    /// `spring-boot`, `quarkus`, `micronaut`, ...; `None` for a plain program.
    pub framework: Option<String>,
    pub version: Option<Release>,
    pub shape: Shape,
    /// Maven goals (`package`) or Gradle tasks (`bootJar`, without the project's path) that make
    /// it, properties that they need among them.
    pub tasks: Vec<String>,
    pub output: Output,
    /// Options of Java that it does not run without.
    pub options: Vec<String>,
    /// Arguments that it is started with.
    pub arguments: Vec<String>,
    /// Whether only a line that names a class makes it a program, such as one for developers.
    pub is_named_only: bool,
    /// What says so; the first is the plugin or line that makes it an application.
    pub evidence: Vec<Evidence>,
    pub warnings: Vec<String>,
}

/// How what is made is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An executable jar or war of Spring Boot; whether the build file leaves its layers alone.
    Boot { layered: bool },
    /// A folder: `quarkus-run.jar`, `lib`, `app`, `quarkus`.
    QuarkusFolder,
    /// One jar that holds all that it needs and names its main class.
    Jar,
    /// A jar that names its main class and, in its manifest, the jars of this folder beside it.
    JarAndFolder(String),
    /// Jars on the class path, and the class to start, where the build file names one.
    ClassPath { main: Option<String> },
}

/// Where the build leaves it, below the module's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// `target`, `build/libs`, `build` with what `installDist` installs.
    pub folder: String,
    pub file: File,
}

/// The name of a file that the build makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// This very name, whatever the version.
    Exact(String),
    /// What stands before and after the version: `shop-`, `-exec.jar`; `others` are the endings of
    /// more files in the folder that begin and end so.
    Versioned { before: String, after: String, others: Vec<String> },
    /// The only jar in the folder, but for sources, documentation, tests and `-plain`.
    OnlyJar,
    /// The folder as a whole.
    Folder,
}

impl File {
    /// Whether it is a web archive.
    pub(super) fn is_war(&self) -> bool {
        match self {
            File::Exact(name) => name.ends_with(".war"),
            File::Versioned { after, .. } => after.ends_with(".war"),
            File::OnlyJar | File::Folder => false,
        }
    }
}
