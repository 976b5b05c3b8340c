//! package.json.

use anyhow::Result;
use serde_json::{Map, Value};

use super::{invalid, json, secret};
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

    /// The words on the line of a key, without the credentials in them.
    pub fn says(&self, keys: &[&str]) -> String {
        secret::mask(super::line(&self.text, self.line(keys)).trim_end_matches(','))
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

#[cfg(test)]
mod tests {
    use super::*;

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
