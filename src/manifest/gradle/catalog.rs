//! A version catalog, `gradle/libs.versions.toml`: names for versions, libraries and plugins.

use std::collections::BTreeMap;

use anyhow::Result;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::manifest::invalid;

/// A library or plugin of a catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `group:artifact`, or the id of the plugin.
    pub id: String,
    pub version: Option<String>,
    pub line: usize,
}

/// A catalog, by the names that scripts use: with dots for `-` and `_`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    pub versions: BTreeMap<String, (String, usize)>,
    pub libraries: BTreeMap<String, Entry>,
    pub plugins: BTreeMap<String, Entry>,
    /// The names of the libraries of each bundle.
    pub bundles: BTreeMap<String, Vec<String>>,
}

/// The name by which scripts know an alias.
pub fn accessor(alias: &str) -> String {
    alias.replace(['-', '_'], ".")
}

impl Catalog {
    /// Reads the text; `file` is for messages.
    ///
    /// # Errors
    /// With file, line and column, when it is no TOML.
    pub fn parse(file: &str, text: &str) -> Result<Catalog> {
        let table = DeTable::parse(text).map_err(|error| {
            invalid(file, text, error.span().map_or(0, |span| span.start), error.message())
        })?;
        let lines = Lines::new(text);
        let mut catalog = Catalog::default();
        for (alias, value) in section(table.get_ref(), "versions") {
            if let Some(version) = version(value.get_ref(), &catalog) {
                catalog.versions.insert(accessor(alias), (version, lines.of(value)));
            }
        }
        for (alias, value) in section(table.get_ref(), "libraries") {
            if let Some((id, version)) = entry(value.get_ref(), "module", &catalog) {
                catalog.libraries.insert(accessor(alias), Entry { id, version, line: lines.of(value) });
            }
        }
        for (alias, value) in section(table.get_ref(), "plugins") {
            if let Some((id, version)) = entry(value.get_ref(), "id", &catalog) {
                catalog.plugins.insert(accessor(alias), Entry { id, version, line: lines.of(value) });
            }
        }
        for (alias, value) in section(table.get_ref(), "bundles") {
            let names = value
                .get_ref()
                .as_array()
                .map(|names| names.iter().filter_map(|name| name.get_ref().as_str()).map(accessor).collect());
            catalog.bundles.insert(accessor(alias), names.unwrap_or_default());
        }
        Ok(catalog)
    }
}

/// The lines of a text, by the byte.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Lines {
        Lines(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn of<T>(&self, value: &Spanned<T>) -> usize {
        self.0.partition_point(|end| *end < value.span().start) + 1
    }
}

fn section<'t, 'i>(
    table: &'t DeTable<'i>,
    name: &str,
) -> impl Iterator<Item = (&'t str, &'t Spanned<DeValue<'i>>)> {
    let inner = table.get(name).and_then(|value| value.get_ref().as_table());
    inner.into_iter().flatten().map(|(alias, value)| (alias.get_ref().as_ref(), value))
}

/// `"1.2"`, `{ strictly = "1.2" }`, `{ ref = "name" }`.
fn version(value: &DeValue, catalog: &Catalog) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let table = value.as_table()?;
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    if let Some(name) = text("ref") {
        return catalog.versions.get(&accessor(name)).map(|(version, _)| version.clone());
    }
    ["strictly", "require", "prefer"].into_iter().find_map(text).map(str::to_owned)
}

/// `"g:a:1"`, `{ module = "g:a", version.ref = "x" }`, `{ group = "g", name = "a" }`; plugins alike.
fn entry(value: &DeValue, key: &str, catalog: &Catalog) -> Option<(String, Option<String>)> {
    if let Some(text) = value.as_str() {
        return Some(match text.rsplit_once(':') {
            Some((id, version)) if key == "id" || id.contains(':') => {
                (id.to_owned(), Some(version.to_owned()))
            }
            _ => (text.to_owned(), None),
        });
    }
    let table = value.as_table()?;
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    let id = match text(key) {
        Some(id) => id.to_owned(),
        None => format!("{}:{}", text("group")?, text("name")?),
    };
    let version = table.get("version").and_then(|value| version(value.get_ref(), catalog));
    Some((id, version))
}
