//! What an expression of a configuration file is when a site is built for production in an image,
//! where no variable is set that the image does not set.

use std::cell::Cell;

use crate::source::Source;
use crate::source::lexer::Token;
use crate::stack::javascript::config;

/// The value of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack::node) enum Value {
    Text(String),
    Flag(bool),
    /// Not set, `undefined` or `null`.
    Absent,
    /// Something else: an object, a list, a function, a number.
    Other,
    /// What only a run tells, and its line.
    Unread(usize),
}

/// Keys deeper than this belong to something else that has a key of the same name.
const DEEPEST: usize = 4;

/// Names of a configuration's own arguments, and what they are in a build.
const ARGUMENTS: &[(&str, &str)] =
    &[("mode", "production"), ("command", "build"), ("NODE_ENV", "production"), ("MODE", "production")];

/// Expressions within expressions that are followed, and how many are in all.
const MOST: usize = 12;
const MOST_IN_ALL: usize = 300;

/// What a key is set to.
pub(super) fn read(source: &Source, key: &str) -> Value {
    let deepest = if key.contains('.') { usize::MAX } else { DEEPEST };
    let left = &Cell::new(MOST_IN_ALL);
    match config::place(source, key, deepest) {
        None => Value::Absent,
        Some((_, Some(at))) => Reader { source, at, depth: 0, left }.choice(),
        Some((at, None)) => {
            Reader { source, at, depth: 0, left }.variable(key.rsplit('.').next().unwrap_or(key))
        }
    }
}

struct Reader<'s, 'a> {
    source: &'s Source<'a>,
    at: usize,
    depth: usize,
    left: &'s Cell<usize>,
}

impl Reader<'_, '_> {
    fn unread(&self) -> Value {
        let known = self.source.lexemes.get(self.at).or(self.source.lexemes.last());
        Value::Unread(known.map_or(1, |lexeme| lexeme.line))
    }

    /// Steps over these signs, if they are here.
    fn takes(&mut self, signs: &str) -> bool {
        let here = signs.chars().enumerate().all(|(index, sign)| self.source.is_sign(self.at + index, sign));
        if here {
            self.at += signs.len();
        }
        here
    }

    /// `condition ? one : other`, or what is no choice.
    fn choice(&mut self) -> Value {
        let condition = self.either();
        if !self.source.is_sign(self.at, '?') {
            return condition;
        }
        self.at += 1;
        let one = self.choice();
        if !self.takes(":") {
            return self.unread();
        }
        let other = self.choice();
        match truth(&condition) {
            Some(true) => one,
            Some(false) => other,
            None => match condition {
                Value::Unread(line) => Value::Unread(line),
                _ => self.unread(),
            },
        }
    }

    /// `||`, `??` and `&&`, one after the other.
    fn either(&mut self) -> Value {
        let mut found = self.compared();
        loop {
            let takes = if self.takes("??") {
                Some(found == Value::Absent)
            } else if self.takes("||") {
                truth(&found).map(|truth| !truth)
            } else if self.takes("&&") {
                truth(&found)
            } else {
                return found;
            };
            let next = self.compared();
            found = match takes {
                Some(true) => next,
                Some(false) => found,
                None => match found {
                    Value::Unread(line) => Value::Unread(line),
                    _ => self.unread(),
                },
            };
        }
    }

    fn compared(&mut self) -> Value {
        let one = self.single();
        let same = if self.takes("===") || self.takes("==") {
            true
        } else if self.takes("!==") || self.takes("!=") {
            false
        } else {
            return one;
        };
        let other = self.single();
        match (&one, &other) {
            (Value::Unread(line), _) | (_, Value::Unread(line)) => Value::Unread(*line),
            (Value::Other, _) | (_, Value::Other) => self.unread(),
            _ => Value::Flag((one == other) == same),
        }
    }

    fn single(&mut self) -> Value {
        self.depth += 1;
        self.left.set(self.left.get().saturating_sub(1));
        if self.depth > MOST || self.left.get() == 0 {
            return self.unread();
        }
        let found = match self.source.token(self.at) {
            Some(Token::Text(text)) => self.text(text),
            Some(Token::Number(_)) => {
                self.at += 1;
                Value::Other
            }
            Some(Token::Sign('!')) => {
                self.at += 1;
                let value = self.single();
                truth(&value).map_or_else(|| self.unread(), |truth| Value::Flag(!truth))
            }
            Some(Token::Sign('(')) => self.enclosed(),
            Some(Token::Sign('{' | '[')) => {
                self.skip();
                Value::Other
            }
            Some(Token::Word(word)) => self.word(word),
            _ => self.unread(),
        };
        self.depth -= 1;
        found
    }

    fn text(&mut self, text: &str) -> Value {
        let unread = self.unread();
        self.at += 1;
        // What is put together, or asked for something, is no text by itself.
        let is_plain = !text.contains("${") && !self.source.is_sign(self.at, '+');
        let is_asked = self.source.is_sign(self.at, '.');
        if is_plain && !is_asked { Value::Text(text.to_owned()) } else { unread }
    }

    /// `(expression)`, or the arguments of an arrow function.
    fn enclosed(&mut self) -> Value {
        let start = self.at;
        self.at += 1;
        let value = self.choice();
        if self.takes(")") && !self.source.is_sign(self.at, '=') {
            return value;
        }
        self.at = start;
        self.skip();
        Value::Other
    }

    /// Steps over what is in brackets.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.source.token(self.at) {
            self.at += 1;
            match token {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn word(&mut self, word: &str) -> Value {
        match word {
            "true" | "false" => {
                self.at += 1;
                Value::Flag(word == "true")
            }
            "undefined" | "null" => {
                self.at += 1;
                Value::Absent
            }
            _ => self.name(word),
        }
    }

    /// A variable, a member of one, or a call.
    fn name(&mut self, first: &str) -> Value {
        let unread = self.unread();
        let (mut names, mut called) = (vec![first.to_owned()], false);
        self.at += 1;
        loop {
            if self.takes("?.") || self.takes(".") {
                let Some(Token::Word(name)) = self.source.token(self.at) else { return unread };
                names.push(name.to_owned());
                self.at += 1;
            } else if let (true, Some(Token::Text(name))) =
                (self.source.is_sign(self.at, '['), self.source.token(self.at + 1))
            {
                names.push(name.to_owned());
                self.at += 3;
            } else if self.source.is_sign(self.at, '(') {
                called = true;
                self.skip();
            } else {
                break;
            }
        }
        if called {
            return Value::Other;
        }
        match names.as_slice() {
            [name] => self.variable(name),
            [.., before, name] if before == "env" => environment(name),
            _ => unread,
        }
    }

    /// What a variable of the file is set to, or an argument of the configuration.
    fn variable(&mut self, name: &str) -> Value {
        let unread = self.unread();
        let is_set = |at: &usize| {
            self.source.is_word(*at, &["const", "let", "var"])
                && self.source.is_word(*at + 1, &[name])
                && self.source.is_sign(*at + 2, '=')
        };
        let set = (0..self.source.lexemes.len()).find(is_set);
        let known = ARGUMENTS.iter().find(|(argument, _)| *argument == name);
        match (set, known) {
            (Some(at), _) if self.depth < MOST => {
                Reader { source: self.source, at: at + 3, depth: self.depth + 1, left: self.left }.choice()
            }
            (None, Some((_, value))) => Value::Text((*value).to_owned()),
            _ => unread,
        }
    }
}

/// What a variable of the environment is while an image is built.
fn environment(name: &str) -> Value {
    match ARGUMENTS.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Value::Text((*value).to_owned()),
        None if matches!(name, "PROD" | "DEV") => Value::Flag(name == "PROD"),
        None => Value::Absent,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Text(text) => Some(!text.is_empty()),
        Value::Flag(flag) => Some(*flag),
        Value::Absent => Some(false),
        Value::Other => Some(true),
        Value::Unread(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn base(value: &str) -> Value {
        let text =
            format!("const url = process.env.BASE ?? '/u/';\nexport default {{ base: {value}, x: 1 }}");
        read(&Source::new("vite.config.ts", &text, Syntax::JavaScript), "base")
    }

    #[test]
    fn expressions_of_a_build_for_production() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (value, expected) in [
            ("'/app/'", "/app/"),
            ("process.env.BASE || '/'", "/"),
            ("process.env['BASE'] ?? `/b/`", "/b/"),
            ("env.VITE_BASE || '/'", "/"),
            ("url", "/u/"),
            ("process.env.NODE_ENV === 'production' ? '/repo/' : '/'", "/repo/"),
            ("mode !== 'production' ? '/' : '/repo/'", "/repo/"),
            ("command === \"serve\" ? '/' : '/repo/'", "/repo/"),
            ("process.env.GITHUB_ACTIONS ? '/repo/' : '/'", "/"),
            ("(process.env.CI && '/ci/') || '/'", "/"),
            ("!import.meta.env.PROD ? '/' : '/p/'", "/p/"),
            ("process.env?.A ? '/a/' : process.env.B ? '/b/' : '/c/'", "/c/"),
            ("'/a/' as string", "/a/"),
        ] {
            assert_eq!(base(value), text(expected), "{value}");
        }
        assert_eq!(base("false"), Value::Flag(false));
        assert_eq!(base("undefined"), Value::Absent);
        assert_eq!(base("process.env.BASE"), Value::Absent);
        assert_eq!(base("adapter({ out: 'x' })"), Value::Other);
        assert_eq!(base("(a) => a"), Value::Other);
        for value in ["`/${name}/`", "pkg.homepage", "other", "'/a' + b", "isProd ? '/a/' : '/'", "", "...x"]
        {
            assert_eq!(base(value), Value::Unread(2), "{value}");
        }
    }

    #[test]
    fn what_names_itself_is_unread() {
        let source = |text| Source::new("a.js", text, Syntax::JavaScript);
        assert_eq!(read(&source("const a = a; export default { base: a }"), "base"), Value::Unread(1));
        assert_eq!(
            read(&source("const base = '/x/'; export default { base }"), "base"),
            Value::Text("/x/".into())
        );
        assert_eq!(read(&source("export default {}"), "base"), Value::Absent);
        let wide = format!("const a = {}; export default {{ base: a }}", ["a ??"; 2000].join(" "));
        assert!(matches!(read(&source(&wide), "base"), Value::Unread(_)));
    }
}
