//! One folder of `examples/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// What `example.toml` says. Its `[verify]` table is read by `distrogen verify` itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// Flags that the committed files are made with.
    #[serde(default)]
    pub args: Vec<String>,
    /// A program of the build image that the committed Dockerfile calls, and that images which
    /// stand in for the public one may lack.
    pub needs: Option<String>,
    /// Whether its build image comes from a registry alone: nothing stands in for it elsewhere.
    #[serde(default)]
    pub registry: bool,
    #[serde(rename = "verify")]
    _verify: toml::Table,
    /// What the committed files are asked, too.
    #[serde(default)]
    pub also: Vec<Question>,
    #[serde(default)]
    pub variant: Vec<Variant>,
    pub rebuild: Option<Rebuild>,
}

/// What a change of one file may cost whoever has the image already.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rebuild {
    /// The file that is edited.
    pub edit: String,
    /// How many layers may be new at most: those of the application.
    pub layers: u64,
    /// What they may hold, in megabytes of 10^6 bytes.
    pub max_mb: f64,
}

/// One more question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub path: String,
    pub expect: String,
}

/// The same application with other flags.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    pub args: Vec<String>,
    /// The image may be no larger, in megabytes of 10^6 bytes.
    pub max_mb: Option<f64>,
}

impl Variant {
    /// What distinguishes it in a test's name.
    pub fn title(&self) -> String {
        self.args.iter().map(|word| format!(" {word}")).collect()
    }
}

#[derive(Clone, Debug)]
pub struct Example {
    pub name: String,
    pub folder: PathBuf,
    pub expectations: Expectations,
}

impl Example {
    /// Every example, by name.
    pub fn all() -> Vec<Example> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let mut folders: Vec<PathBuf> =
            fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.retain(|folder| folder.is_dir());
        folders.sort();
        folders.into_iter().map(Example::open).collect()
    }

    fn open(folder: PathBuf) -> Example {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(folder.join("example.toml"));
        let text = text.unwrap_or_else(|error| panic!("{name}/example.toml: {error}"));
        let expectations =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/example.toml: {error}"));
        Example { name, folder, expectations }
    }

    /// The committed files, and the same application with other flags.
    pub fn variants(&self) -> Vec<Variant> {
        let mut variants = vec![Variant::default()];
        variants.extend(self.expectations.variant.clone());
        variants
    }

    /// Flags of a variant: the committed files' own where it has none.
    pub fn flags<'a>(&'a self, variant: &'a Variant) -> &'a [String] {
        if variant.args.is_empty() { &self.expectations.args } else { &variant.args }
    }

    /// Runs `distrogen init` on the example as its committed files are made.
    pub fn init(&self, arguments: &[&str]) -> Result<String, String> {
        let own = self.expectations.args.iter().map(String::as_str);
        self.distrogen(&own.chain(arguments.iter().copied()).collect::<Vec<_>>())
    }

    /// Runs `distrogen init` on the example; its standard output.
    pub fn distrogen(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_distrogen"));
        let output = command
            .arg("init")
            .arg(&self.folder)
            .args(arguments)
            .output()
            .map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
        }
    }
}
