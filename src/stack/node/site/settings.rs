//! The configuration files of one tool.

use anyhow::Result;

use super::value::{self, Value};
use crate::evidence::Evidence;
use crate::repo::Repo;
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};
use crate::stack::javascript::config;

/// The files that configure a build, and their texts.
#[derive(Default)]
pub(in crate::stack::node) struct Settings {
    files: Vec<(String, String)>,
}

/// What the value of a key lists.
pub(super) struct Inputs {
    /// Strings that end in `.html`.
    pub pages: usize,
    /// Its own keys.
    pub keys: usize,
    pub evidence: Evidence,
}

impl Settings {
    /// Reads these files; those that are not there say nothing.
    pub(in crate::stack::node) fn read(repo: &Repo, files: &[String]) -> Result<Self> {
        let mut found = Vec::new();
        for file in files {
            found.extend(repo.source(file)?.map(|text| (file.clone(), text)));
        }
        Ok(Settings { files: found })
    }

    fn sources(&self) -> impl Iterator<Item = Source<'_>> {
        self.files.iter().map(|(file, text)| Source::new(file, text, Syntax::JavaScript))
    }

    /// Whether there is any.
    pub(in crate::stack::node) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What a key is set to, and where.
    pub(in crate::stack::node) fn value(&self, key: &str) -> (Value, Option<Evidence>) {
        for source in self.sources() {
            if let Some((at, _)) = config::place(&source, key, usize::MAX) {
                let found = value::read(&source, key);
                let line = source.lexemes.get(at).map_or(1, |lexeme| lexeme.line);
                if found != Value::Absent {
                    return (found, Some(source.evidence("configuration", line)));
                }
            }
        }
        (Value::Absent, None)
    }

    /// Where a key is set to this word or string.
    pub(in crate::stack::node) fn says(&self, key: &str, wanted: &str) -> Option<Evidence> {
        let (found, evidence) = self.value(key);
        let is_so = match found {
            Value::Text(text) => text == wanted,
            Value::Flag(flag) => flag.to_string() == wanted,
            _ => false,
        };
        evidence.filter(|_| is_so)
    }

    /// The first of these packages that is imported, and where.
    pub(in crate::stack::node) fn imports<'n>(
        &self,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Option<(&'n str, Evidence)> {
        for source in self.sources() {
            for lexeme in &source.lexemes {
                let Token::Text(text) = lexeme.token else { continue };
                let is = |name: &&str| {
                    text.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                if let Some(name) = names.clone().find(is) {
                    return Some((name, source.evidence("adapter", lexeme.line)));
                }
            }
        }
        None
    }

    /// How many pages the value of a key names.
    pub(super) fn inputs(&self, key: &str) -> Option<Inputs> {
        self.sources().find_map(|source| {
            let (at, value) = config::place(&source, key, usize::MAX)?;
            let line = source.lexemes.get(at)?.line;
            let (mut depth, mut pages, mut keys) = (0_usize, 0, 0);
            for index in value?..source.lexemes.len() {
                match source.token(index)? {
                    Token::Sign('(' | '[' | '{') => depth += 1,
                    Token::Sign(')' | ']' | '}') if depth <= 1 => break,
                    Token::Sign(')' | ']' | '}') => depth -= 1,
                    Token::Sign(',') if depth == 0 => break,
                    Token::Text(text) if text.ends_with(".html") => pages += 1,
                    Token::Word(_) | Token::Text(_) if depth == 1 && source.is_sign(index + 1, ':') => {
                        keys += 1
                    }
                    _ => {}
                }
            }
            Some(Inputs { pages, keys, evidence: source.evidence("pages", line) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn settings(text: &str) -> Settings {
        let repo = Repo::in_memory(Memory::new().file("a.config.js", text));
        Settings::read(&repo, &["a.config.js".to_owned(), "b.config.js".to_owned()]).unwrap()
    }

    #[test]
    fn values_and_imports_have_their_place() {
        let settings = settings("import x from '@a/node/y'\nexport default {\n ssr: false, adapter: x() }");
        assert_eq!(settings.says("ssr", "false").unwrap().place(), "a.config.js:3");
        assert!(settings.says("ssr", "true").is_none());
        assert_eq!(settings.imports(["@a/b", "@a/node"].into_iter()).unwrap().0, "@a/node");
        assert!(settings.imports(["@a/no"].into_iter()).is_none());
    }

    #[test]
    fn pages_are_counted() {
        let inputs = |value: &str| {
            let found =
                settings(&format!("export default {{ input: {value}, b: 'c.html' }}")).inputs("input");
            found.map(|found| (found.pages, found.keys))
        };
        assert_eq!(inputs("{ a: resolve(x, 'a.html'), b: 'b/index.html' }"), Some((2, 2)));
        assert_eq!(inputs("'index.html'"), Some((1, 0)));
        assert_eq!(inputs("{ a: './a.js', b: { import: './b.js' } }"), Some((0, 2)));
        assert!(settings("").inputs("input").is_none());
    }
}
