//! What a program's own settings hold, file over file, and what they come to when it starts.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::evidence::Evidence;
use crate::manifest::properties::{self, Settings};
use crate::repo::Repo;

/// What the build itself puts in for a name: a property of the project.
pub(super) type Property<'a> = &'a dyn Fn(&str) -> Option<String>;

/// One setting.
#[derive(Clone, Debug)]
struct Setting {
    value: String,
    file: String,
    line: usize,
}

/// The settings of a program. A key is the same with and without dashes, in any case.
pub(super) struct Config<'a> {
    values: BTreeMap<String, Setting>,
    property: Property<'a>,
}

/// What a setting comes to where no variable of the environment is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// `None` when that cannot be said.
    pub text: Option<String>,
    /// The variable of the environment that outranks it.
    pub variable: Option<String>,
    pub evidence: Evidence,
}

impl Value {
    /// The number, where it is one.
    pub(super) fn number(&self) -> Option<i64> {
        self.text.as_ref()?.trim().parse().ok()
    }
}

/// More steps than these, no setting takes to be known; nor is one longer, in bytes.
const STEPS: usize = 64;
const LONGEST: usize = 1000;
const DEEPEST: usize = 8;

impl<'a> Config<'a> {
    pub(super) fn new(property: Property<'a>) -> Self {
        Config { values: BTreeMap::new(), property }
    }

    /// Lays a file's settings over those that are known.
    pub(super) fn lay(&mut self, file: &str, settings: &Settings) {
        for (key, (value, line)) in settings {
            let setting = Setting { value: value.clone(), file: file.to_owned(), line: *line };
            self.values.insert(canonical(key), setting);
        }
    }

    /// Moves what stands below a prefix over what stands without it: a profile's own settings.
    pub(super) fn raise(&mut self, prefix: &str) {
        let below = format!("{}.", canonical(prefix));
        let range = self.values.range(below.clone()..).take_while(|(key, _)| key.starts_with(&below));
        let own: Vec<(String, Setting)> = range
            .filter_map(|(key, value)| Some((key.strip_prefix(&below)?.to_owned(), value.clone())))
            .collect();
        self.values.extend(own);
    }

    /// A setting as it is when the program starts.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        let setting = self.values.get(&canonical(key))?;
        let mut resolver = Resolver { config: self, steps: 0, variable: None };
        let text = resolver.text(&setting.value, 0);
        let says = format!("{key}: {}", setting.value);
        let says: String = says.chars().take(160).collect();
        let evidence = Evidence::at("setting", &setting.file, setting.line, says);
        Some(Value { text, variable: resolver.variable, evidence })
    }

    /// Its text, where it can be known.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.text
    }

    /// Whether it is set to this word, in any case.
    pub(super) fn is(&self, key: &str, word: &str) -> bool {
        self.text(key).is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
    }

    /// The words of a list, written with commas or one by one.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let one = self.text(key).into_iter();
        let each = (0..20).map_while(|index| self.text(&format!("{key}[{index}]")));
        let all: Vec<String> = one.chain(each).collect();
        let words = all.iter().flat_map(|text| text.split(','));
        words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// The first setting whose key begins so.
    pub(super) fn below(&self, prefix: &str) -> Option<Evidence> {
        let prefix = canonical(prefix);
        let (key, setting) = self.values.range(prefix.clone()..).next()?;
        let says = format!("{key}: {}", setting.value).chars().take(160).collect::<String>();
        key.starts_with(&prefix).then(|| Evidence::at("setting", &setting.file, setting.line, says))
    }

    /// Every value as it is written, with its place.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str, Evidence)> {
        self.values.iter().map(|(key, setting)| {
            let says: String = setting.value.chars().take(160).collect();
            (key.as_str(), setting.value.as_str(), Evidence::at("setting", &setting.file, setting.line, says))
        })
    }
}

/// Keys with and without dashes and capitals are the same to most frameworks.
fn canonical(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

/// Puts values in for `${name}`, `${name:default}`, `$NAME` and the build's `@name@`.
struct Resolver<'c, 'a> {
    config: &'c Config<'a>,
    steps: usize,
    variable: Option<String>,
}

impl Resolver<'_, '_> {
    fn text(&mut self, value: &str, depth: usize) -> Option<String> {
        let mut out = String::new();
        let mut rest = value;
        while let Some(at) = rest.find(['$', '@', '#']) {
            self.steps += 1;
            if self.steps > STEPS || depth > DEEPEST || out.len() > LONGEST {
                return None;
            }
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            if after.starts_with("#{") {
                return None;
            }
            if let Some(inside) = after.strip_prefix("${") {
                let end = closing(inside)?;
                let (inside, more) = inside.split_at(end);
                out.push_str(&self.name(inside, depth)?);
                rest = more.get(1..).unwrap_or("");
            } else if let Some((name, more)) = filtered(after) {
                out.push_str(&(self.config.property)(name)?);
                rest = more;
            } else {
                let (sign, more) = after.split_at(1);
                // Ktor's `$PORT:8080`.
                if sign == "$"
                    && before.is_empty()
                    && out.is_empty()
                    && is_variable(more.split(':').next().unwrap_or(""))
                {
                    return self.name(more, depth);
                }
                out.push_str(sign);
                rest = more;
            }
        }
        out.push_str(rest);
        (out.len() <= LONGEST).then_some(out)
    }

    /// What stands between `${` and `}`.
    fn name(&mut self, inside: &str, depth: usize) -> Option<String> {
        let end = inside.find(':').unwrap_or(inside.len());
        let (name, default) = inside.split_at(end);
        let name = name.trim().trim_start_matches('?');
        if let Some(setting) = self.config.values.get(&canonical(name)).filter(|_| !is_variable(name)) {
            return self.text(&setting.value, depth + 1);
        }
        if is_variable(name) && self.variable.is_none() {
            self.variable = Some(name.to_owned());
        }
        match default.strip_prefix(':') {
            Some(default) => self.text(default.strip_prefix('-').unwrap_or(default), depth + 1),
            None => (self.config.property)(name),
        }
    }
}

/// Where the brace closes that was open before.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `@name@` and what follows.
fn filtered(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix('@')?.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!name.is_empty() && name.chars().all(plain)).then_some((name, rest))
}

/// Whether a name is one of the environment's.
fn is_variable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.len() <= 100 && name.chars().all(plain)
}

/// The documents of a file of settings, by its ending; `None` when it is not there.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn documents(repo: &Repo, file: &str) -> Result<Option<Vec<Settings>>> {
    let Some(text) = repo.source(file)? else { return Ok(None) };
    let (_, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    Ok(Some(match ending {
        "yml" | "yaml" => properties::yaml_documents(&text),
        "toml" => vec![properties::toml(&text)],
        "conf" => vec![crate::manifest::hocon::hocon(&text)],
        _ => properties::properties_documents(&text),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(settings: &str, key: &str) -> (Option<String>, Option<String>) {
        let property = |name: &str| (name == "my.port").then(|| "8181".to_owned());
        let mut config = Config::new(&property);
        config.lay("a.properties", &properties::properties(settings));
        let value = config.get(key).unwrap();
        (value.text, value.variable)
    }

    #[test]
    fn placeholders_in_all_their_forms() {
        let of = |value: &str| resolved(&format!("a={value}\nb.c-d=7\n"), "a");
        let some = |text: &str, variable: Option<&str>| (Some(text.to_owned()), variable.map(str::to_owned));
        assert_eq!(of("8080"), some("8080", None));
        assert_eq!(of("${PORT:8080}"), some("8080", Some("PORT")));
        assert_eq!(of("${A:${B:9000}}"), some("9000", Some("A")));
        assert_eq!(of("${PORT}"), (None, Some("PORT".into())));
        assert_eq!(of("${b.cD}${x.y:1}"), some("71", None));
        assert_eq!(of("@my.port@"), some("8181", None));
        assert_eq!(of("${my.port}"), some("8181", None));
        assert_eq!(of("$PORT:8080"), some("8080", Some("PORT")));
        assert_eq!(of("@other@"), (None, None));
        assert_eq!(of("#{1 + 2}"), (None, None));
        assert_eq!(of("a@b $ c"), some("a@b $ c", None));
        assert_eq!(of("${ü"), (None, None));
    }

    #[test]
    fn cycles_and_bombs_end_soon() {
        assert_eq!(resolved("a=${b}\nb=${a}", "a").0, None);
        let bomb: String =
            (0..30).map(|n| format!("k{n}={}\n", format!("${{k{}}}", n + 1).repeat(50))).collect();
        assert_eq!(resolved(&bomb, "k0").0, None);
        assert_eq!(resolved(&format!("a={}", "${A:".repeat(10_000)), "a").0, None);
    }

    #[test]
    fn lists_are_written_in_two_ways() {
        let mut config = Config::new(&|_| None);
        config.lay("a.yml", &properties::yaml("a: x, y\nb:\n- z\n"));
        assert_eq!(
            (config.list("a"), config.list("b")),
            (vec!["x".into(), "y".into()], vec!["z".to_owned()])
        );
    }
}
