//! What a value comes to, as far as literals say.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::files::File;
use crate::manifest::gradle::{Catalog, Dialect, Expr, Link, Piece, expression};
use crate::manifest::properties::Settings;
use crate::repo::{join, normal};

/// Stands for the root of the repository in a path.
const ROOT: char = '\u{1}';
/// How far a value is followed from name to name, and how many steps in all.
const DEEPEST: usize = 16;
const STEPS: usize = 2_000;
const LONGEST: usize = 4_096;

/// The names that a project's scripts can use.
pub(super) struct Scope<'a> {
    pub folder: &'a str,
    /// Scripts, the last one first to be asked.
    pub layers: Vec<Rc<File>>,
    /// Properties, the first one first to be asked.
    pub properties: Vec<&'a Settings>,
    pub catalogs: &'a BTreeMap<String, Catalog>,
    pub steps: Cell<usize>,
}

/// Calls that leave a value what it is.
const CONVERTS: &[&str] = &[
    "get",
    "toInt",
    "toInteger",
    "asInt",
    "toString",
    "trim",
    "majorVersion",
    "orNull",
    "intValue",
    "asInteger",
    "toBigDecimal",
    "requiredVersion",
    "toLowerCase",
];

impl Scope<'_> {
    /// The text of a value; `None` when it is computed.
    pub(super) fn text(&self, expr: &Expr) -> Option<String> {
        self.raw(expr).filter(|text| !text.contains(ROOT))
    }

    fn raw(&self, expr: &Expr) -> Option<String> {
        self.steps.set(STEPS);
        self.eval(expr, 0)
    }

    fn eval(&self, expr: &Expr, depth: usize) -> Option<String> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        if depth > DEEPEST {
            return None;
        }
        let text = match expr {
            Expr::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Plain(plain) => text.push_str(plain),
                        Piece::Code(code) if code.len() > LONGEST => return None,
                        Piece::Code(code) => {
                            text.push_str(&self.eval(&expression(code, Dialect::Groovy), depth + 1)?);
                        }
                    }
                }
                text
            }
            Expr::Number(number) => number.replace('_', ""),
            Expr::Chain(links) => self.chain(links, depth + 1)?,
            Expr::On(base, links) if links.iter().all(converts) => self.eval(base, depth + 1)?,
            Expr::Either(options) => options.iter().find_map(|option| self.eval(option, depth + 1))?,
            Expr::Sum(parts) if !parts.iter().all(|part| matches!(part, Expr::Number(_))) => {
                parts.iter().map(|part| self.eval(part, depth + 1)).collect::<Option<String>>()?
            }
            _ => return None,
        };
        (text.len() <= LONGEST).then_some(text)
    }

    fn chain(&self, links: &[Link], depth: usize) -> Option<String> {
        let mut links = links;
        while let [rest @ .., last] = links
            && !rest.is_empty()
            && converts(last)
        {
            links = rest;
        }
        while let [first, rest @ ..] = links
            && !rest.is_empty()
            && first.args.is_empty()
            && matches!(
                first.name.as_str(),
                "project"
                    | "rootProject"
                    | "this"
                    | "settings"
                    | "providers"
                    | "ext"
                    | "extra"
                    | "properties"
            )
        {
            links = rest;
        }
        let last = links.last()?;
        if let Some(version) = last.name.strip_prefix("VERSION_").or(last.name.strip_prefix("JVM_")) {
            return Some(version.replace('_', "."));
        }
        match (links, last.name.as_str()) {
            ([of, _], "of" | "toVersion" | "fromTarget" | "parseInt" | "valueOf")
                if of.name.starts_with(char::is_uppercase) =>
            {
                self.eval(last.first()?, depth)
            }
            ([_], "property" | "findProperty" | "gradleProperty" | "getProperty" | "get" | "extra") => {
                self.named(last.literal()?, depth)
            }
            ([_], "rootDir" | "settingsDir") => Some(ROOT.to_string()),
            ([_], "projectDir") => Some(format!("{ROOT}/{}", self.folder)),
            _ if links.iter().all(|link| link.args.is_empty()) => self.dotted(links, depth),
            _ => None,
        }
    }

    /// `libs.versions.java`, `versions.boot`, `javaVersion`.
    fn dotted(&self, links: &[Link], depth: usize) -> Option<String> {
        let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
        if let [catalog, "versions", rest @ ..] = names.as_slice()
            && let Some(catalog) = self.catalogs.get(*catalog)
        {
            return catalog.versions.get(&rest.join(".")).map(|(version, _)| version.clone());
        }
        if let Some(value) = self.named(&names.join("."), depth) {
            return Some(value);
        }
        let [first, key] = names.as_slice() else { return None };
        let Some(Expr::List(entries)) = self.given(first) else { return None };
        let entry = entries.iter().find(|entry| entry.name.as_deref() == Some(*key))?;
        self.eval(&entry.value, depth)
    }

    /// The value of a name: of a script, or of gradle.properties.
    fn named(&self, name: &str, depth: usize) -> Option<String> {
        let from_script = match self.given(name) {
            // `val x: String by project` asks the properties.
            Some(Expr::Chain(links)) if matches!(links.as_slice(), [one] if one.args.is_empty() && matches!(one.name.as_str(), "project" | "settings" | "extra" | "rootProject")) => {
                None
            }
            Some(value) => Some(self.eval(value, depth + 1)),
            None => None,
        };
        match from_script {
            Some(value) => value,
            None => self.properties.iter().find_map(|one| one.get(name)).map(|(value, _)| value.clone()),
        }
    }

    /// What the scripts give to a name.
    pub(super) fn given(&self, name: &str) -> Option<&Expr> {
        self.layers.iter().rev().find_map(|file| {
            file.values.get(name).and_then(|index| file.events.get(*index)).and_then(|event| event.given())
        })
    }

    /// The path, below the repository, that a value names; `None` when it is computed or outside.
    pub(super) fn path(&self, expr: &Expr) -> Option<String> {
        let text = match expr {
            Expr::Chain(links) => return self.file(links),
            other => self.raw(other)?,
        };
        self.placed(self.folder, &text)
    }

    /// `file("x")`, `File(rootDir, "x")`, `rootProject.file("x")`, `rootDir.resolve("x")`.
    fn file(&self, links: &[Link]) -> Option<String> {
        let last = links.last()?;
        if !matches!(last.name.as_str(), "file" | "File" | "dir" | "resolve") {
            return self.placed(self.folder, &self.raw(&Expr::Chain(links.to_vec()))?);
        }
        let at_root =
            links.iter().any(|link| matches!(link.name.as_str(), "rootProject" | "rootDir" | "settingsDir"));
        let base = if at_root { "" } else { self.folder };
        match last.args.as_slice() {
            [one] => self.placed(base, &self.raw(&one.value)?),
            [base, one] => self.placed(&self.path(&base.value)?, &self.raw(&one.value)?),
            _ => None,
        }
    }

    fn placed(&self, base: &str, text: &str) -> Option<String> {
        match text.strip_prefix(ROOT) {
            Some(rest) => normal(rest.trim_start_matches('/')),
            None if text.starts_with('/') || text.contains("://") => None,
            None => normal(&join(base, text)),
        }
    }
}

/// Whether a call leaves a value what it is; `map` where it only changes its type.
fn converts(link: &Link) -> bool {
    let types =
        |name: &str| matches!(name, "of" | "toInt" | "toInteger" | "valueOf" | "parseInt" | "toVersion");
    match link.name.as_str() {
        "map" => link.first().and_then(Expr::links).is_some_and(|links| links.last().is_some_and(|last| types(&last.name)))
            || link.block.as_ref().is_some_and(|block| {
                matches!(block.statements.as_slice(), [one] if one.links.last().is_some_and(|last| types(&last.name)))
            }),
        name => CONVERTS.contains(&name) && link.args.is_empty(),
    }
}
