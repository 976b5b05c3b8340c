//! package.json and npm's lock file.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::{invalid, json};
use crate::evidence::Evidence;

/// package.json as npm reads it: fields of a wrong type count as absent.
#[derive(Clone, Debug)]
pub struct Package {
    file: String,
    text: String,
    fields: Map<String, Value>,
}

impl Package {
    /// Parses the text; `file` is for messages.
    ///
    /// # Errors
    /// With file, line and column, when it is not a JSON object.
    pub fn parse(file: &str, text: String) -> Result<Package> {
        match json::parse(file, &text)? {
            Value::Object(fields) => Ok(Package { file: file.to_owned(), text, fields }),
            _ => Err(invalid(file, &text, 0, "a package.json is an object").into()),
        }
    }

    /// A package.json that says nothing.
    pub fn unnamed() -> Package {
        Package { file: String::new(), text: String::new(), fields: Map::new() }
    }

    /// A field, whatever it is.
    pub fn value(&self, keys: &[&str]) -> Option<&Value> {
        let (first, rest) = keys.split_first()?;
        rest.iter().try_fold(self.fields.get(*first)?, |value, key| value.get(*key))
    }

    /// A field that is a string.
    pub fn string(&self, keys: &[&str]) -> Option<&str> {
        self.value(keys)?.as_str()
    }

    /// Its file, below the repository.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What the line of a key is evidence of.
    pub fn evidence(&self, what: &str, keys: &[&str]) -> Evidence {
        Evidence::at(what, &self.file, self.line(keys), self.says(keys))
    }

    /// The keys of a field that is an object.
    pub fn keys(&self, keys: &[&str]) -> impl Iterator<Item = &str> {
        self.value(keys).and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
    }

    /// Whether the field is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// The line of a key.
    pub fn line(&self, keys: &[&str]) -> usize {
        json::line_of(&self.text, keys)
    }

    /// The words on the line of a key.
    pub fn says(&self, keys: &[&str]) -> String {
        super::line(&self.text, self.line(keys)).trim_end_matches(',').to_owned()
    }

    /// The text of a script.
    pub fn script(&self, name: &str) -> Option<&str> {
        self.string(&["scripts", name])
    }

    /// Whether the package is among the dependencies of this kind.
    pub fn depends(&self, kind: &str, package: &str) -> bool {
        self.fields.get(kind).and_then(|kind| kind.get(package)).is_some()
    }

    /// The kind of dependencies that names the package, production first.
    pub fn dependency(&self, package: &str) -> Option<&'static str> {
        ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"]
            .into_iter()
            .find(|kind| self.depends(kind, package))
    }

    /// How many dependencies of this kind there are.
    pub fn count(&self, kind: &str) -> usize {
        self.fields.get(kind).and_then(Value::as_object).map_or(0, Map::len)
    }

    /// The versions of a kind of dependencies, as written.
    pub fn versions(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        let object = self.fields.get(kind).and_then(Value::as_object);
        object.into_iter().flatten().filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)))
    }
}

/// What is read of package-lock.json and npm-shrinkwrap.json.
#[derive(Debug, Default, Deserialize)]
pub struct NpmLock {
    #[serde(default, rename = "lockfileVersion")]
    pub version: u32,
    /// Installed packages by folder, such as `node_modules/next` (lock file version 2 and up).
    #[serde(default)]
    pub packages: BTreeMap<String, Locked>,
    /// Installed packages by name (lock file version 1).
    #[serde(default)]
    pub dependencies: BTreeMap<String, IgnoredAny>,
}

/// One installed package.
#[derive(Debug, Default, Deserialize)]
pub struct Locked {
    /// Programs by name, or the one program of a package.
    #[serde(default)]
    pub bin: Option<Bin>,
    #[serde(default)]
    pub dev: bool,
    /// What the package depended on when the lock file was written.
    #[serde(default)]
    pub dependencies: BTreeMap<String, String>,
    #[serde(default, rename = "devDependencies")]
    pub dev_dependencies: BTreeMap<String, String>,
    #[serde(default, rename = "optionalDependencies")]
    pub optional_dependencies: BTreeMap<String, String>,
    #[serde(default, rename = "hasInstallScript")]
    pub has_install_script: bool,
}

impl Locked {
    /// The version, as written, of a dependency of this kind.
    pub fn version_of(&self, kind: &str, name: &str) -> Option<&str> {
        let versions = match kind {
            "devDependencies" => &self.dev_dependencies,
            "optionalDependencies" => &self.optional_dependencies,
            _ => &self.dependencies,
        };
        versions.get(name).map(String::as_str)
    }
}

/// The `bin` field, in both its forms.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Bin {
    One(String),
    Many(BTreeMap<String, String>),
}

impl NpmLock {
    /// Parses the text; `file` is for messages.
    ///
    /// # Errors
    /// With file, line and column.
    pub fn parse(file: &str, text: &str) -> Result<NpmLock> {
        serde_json::from_str(text).map_err(|error| json::located(file, text, &error).into())
    }

    /// The folder and file of the program with this name, from a package at the top level.
    pub fn program(&self, name: &str) -> Option<(&str, &str, &Locked)> {
        self.packages.iter().find_map(|(folder, locked)| {
            let package =
                folder.strip_prefix("node_modules/").filter(|rest| !rest.contains("node_modules/"))?;
            let file = match locked.bin.as_ref()? {
                Bin::One(file) => (package.rsplit('/').next() == Some(name)).then_some(file)?,
                Bin::Many(files) => files.get(name)?,
            };
            Some((folder.as_str(), file.as_str(), locked))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_come_from_the_lock_file() {
        let text = r#"{"lockfileVersion":3,"packages":{"":{"name":"x"},
            "node_modules/next":{"bin":{"next":"dist/bin/next"}},
            "node_modules/@a/serve":{"bin":"cli.js","dev":true},
            "node_modules/next/node_modules/deep":{"bin":{"deep":"x"}}}}"#;
        let lock = NpmLock::parse("package-lock.json", text).unwrap();
        assert_eq!(lock.program("next").unwrap().1, "dist/bin/next");
        assert!(lock.program("serve").unwrap().2.dev);
        assert!(lock.program("deep").is_none());
    }

    #[test]
    fn fields_of_a_wrong_type_count_as_absent() {
        let package = Package::parse(
            "package.json",
            r#"{"scripts": ["x"], "main": 3, "engines": {"node": ">=22"}}"#.into(),
        );
        let package = package.unwrap();
        assert_eq!(package.script("start"), None);
        assert_eq!(package.string(&["main"]), None);
        assert_eq!(package.string(&["engines", "node"]), Some(">=22"));
    }
}
