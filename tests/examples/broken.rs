//! One folder of `tests/broken/`: a Dockerfile that fails, and what must be said of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A folder with a Dockerfile and `expect.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub folder: PathBuf,
    pub case: Vec<Case>,
}

/// One run, and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Flags of `distrogen verify`.
    #[serde(default)]
    pub args: Vec<String>,
    /// Argument of the program.
    pub run: Option<String>,
    /// Name of the explanation that must come first.
    pub explains: Option<String>,
    /// Name of a check that must fail.
    pub fails: Option<String>,
    /// Name of a check whose note is enough.
    pub notes: Option<String>,
}

impl Broken {
    /// Every folder, by name.
    pub fn all() -> Vec<Broken> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
        let mut folders: Vec<PathBuf> =
            fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        folders.into_iter().map(Broken::open).collect()
    }

    fn open(folder: PathBuf) -> Broken {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(folder.join("expect.toml"));
        let text = text.unwrap_or_else(|error| panic!("{name}/expect.toml: {error}"));
        let broken: Broken =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/expect.toml: {error}"));
        Broken { name, folder, ..broken }
    }
}
