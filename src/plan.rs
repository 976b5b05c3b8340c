//! The plan of one image: plain data that says everything the templates print.

use serde::Serialize;

use crate::ignore::Ignore;
use crate::service::Service;
use crate::stack::Build;

/// Everything that the two files are made from.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The command that makes this plan of the repository.
    pub command: Vec<String>,
    pub service: Service,
    pub build: Build,
    pub runtime: Runtime,
    /// Lines of `.dockerignore`, in groups.
    pub ignore: Vec<IgnoreGroup>,
    /// Files of the repository that the build reads by name: they reach it, whatever they are.
    pub needs: Vec<String>,
    /// Files in folders that the build reads: they reach it unless they look like secrets.
    pub wants: Vec<String>,
}

/// The stage that runs.
#[derive(Clone, Debug, Serialize)]
pub struct Runtime {
    /// What `FROM` says.
    pub image: String,
    /// Why this image, in one line.
    pub why: String,
    /// Debian packages that the program needs; only an image with a shell can have some.
    pub packages: Vec<String>,
    pub copies: Vec<Copy>,
    pub workdir: String,
    /// Folders whose content outlives the container and can be written.
    pub volumes: Vec<String>,
    pub env: Vec<Env>,
    pub expose: Vec<u16>,
    /// The stage's own entrypoint; empty where the image's is right.
    pub entrypoint: Vec<String>,
    /// Arguments of the entrypoint, whoever sets it.
    pub cmd: Vec<String>,
    /// Why it starts so, where a reader would ask.
    pub start_why: Vec<String>,
    /// What asks the program how it is, as an argv; empty where it has no such command.
    pub health: Vec<String>,
}

/// Credentials that a build step reads and that no layer keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// What `--secret id=` names.
    pub id: String,
    /// The file that the step finds them in.
    pub target: String,
    /// The file of the user's that usually holds them, for the comment.
    pub source: String,
    /// What asks for them, in one line.
    pub why: String,
}

/// One `COPY` into the runtime stage.
#[derive(Clone, Debug, Serialize)]
pub struct Copy {
    /// Why, where a reader would ask.
    pub why: Vec<String>,
    /// The stage or image that it is taken from; empty for the build context.
    pub stage: String,
    pub from: Vec<String>,
    pub to: String,
    /// Whether it belongs to the user that runs, who may write it then.
    pub owned: bool,
}

impl Copy {
    /// A copy out of the build stage that needs no explanation.
    pub fn new(from: impl Into<String>, to: impl Into<String>) -> Self {
        Copy {
            why: Vec::new(),
            stage: "build".to_owned(),
            from: vec![from.into()],
            to: to.into(),
            owned: false,
        }
    }

    /// Out of another stage or image, or out of the build context where that is empty.
    pub fn out_of(mut self, stage: impl Into<String>) -> Self {
        self.stage = stage.into();
        self
    }

    /// For the user that runs to write.
    pub fn owned(mut self) -> Self {
        self.owned = true;
        self
    }

    /// With the reason for it.
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why.push(why.into());
        self
    }
}

/// One environment variable of the running program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Env {
    pub name: String,
    pub value: String,
}

impl Env {
    /// A variable.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Env { name: name.into(), value: value.into() }
    }
}

/// Lines of `.dockerignore` that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct IgnoreGroup {
    pub title: String,
    pub lines: Vec<String>,
}

impl IgnoreGroup {
    /// A group with a heading.
    pub fn new(title: &str, lines: &[&str]) -> Self {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        IgnoreGroup { title: title.to_owned(), lines }
    }
}

/// The user and group that every image runs as: `nonroot` of the distroless images, in numbers
/// because Kubernetes' `runAsNonRoot` refuses names.
pub const USER: &str = "65532:65532";

/// Files that hold credentials more often than not.
const SECRETS: &[&str] = &[
    "**/.env",
    "**/.env.*",
    "!**/.env.example",
    "**/.netrc",
    "**/.aws",
    "**/.ssh",
    "**/id_rsa*",
    "**/id_ed25519*",
    "**/*.pem",
    "**/*.key",
    "**/*.p12",
    "**/*.pfx",
    "**/*.jks",
    "**/*.keystore",
];

/// The rules that keep what looks like a secret out of a build.
pub fn secrets() -> Ignore {
    Ignore::parse(&SECRETS.join("\n"))
}

/// What no image needs, whatever the language.
pub fn common_ignore() -> Vec<IgnoreGroup> {
    vec![
        IgnoreGroup::new(
            "Version control, editors, CI",
            &[".git", ".github", ".gitlab", ".idea", ".vscode", "**/.DS_Store"],
        ),
        IgnoreGroup::new("Secrets", SECRETS),
        IgnoreGroup::new(
            "Container files",
            &[
                "Dockerfile*",
                "Containerfile*",
                "*.Dockerfile",
                ".dockerignore",
                "compose*.yml",
                "compose*.yaml",
                "docker-compose*",
            ],
        ),
    ]
}
