//! Reads tokens as values and chains of calls.

use super::lexer::Token;
use super::parser::Parser;
use super::tree::{Arg, Expr, Link};

impl Parser {
    /// `a.b<T>("c") { }.d["e"]`, from the word here on.
    pub(super) fn links(&mut self) -> Vec<Link> {
        let mut links = Vec::new();
        while let Some(name) = self.word(0) {
            let mut link = Link::new(name);
            self.at += 1;
            self.generics(&mut link);
            self.call(&mut link);
            links.push(link);
            self.indexed(&mut links);
            if !self.dotted() {
                break;
            }
        }
        links
    }

    /// Past what joins two links, on this line or at the begin of the next; whether it was there.
    fn dotted(&mut self) -> bool {
        while self.is(0, '!') && self.is(1, '!') && self.tight(0) {
            self.at += 2;
        }
        let lines = self.lines();
        let signs = match (self.token(lines), self.token(lines + 1)) {
            (Some(Token::Sign('.')), _) => 1,
            (Some(Token::Sign('?' | '*')), Some(Token::Sign('.'))) => 2,
            (Some(Token::Sign(':')), Some(Token::Sign(':'))) if lines == 0 => 2,
            _ => return false,
        };
        self.at += lines + signs;
        self.at += self.lines();
        true
    }

    /// `extra["name"]` is `extra.name`.
    fn indexed(&mut self, links: &mut Vec<Link>) {
        while self.is(0, '[') && self.tight(0) {
            let args = if self.enter() {
                let args = self.args(Some(']'));
                self.leave();
                args
            } else {
                Vec::new()
            };
            let name = match args.first().map(|arg| &arg.value) {
                Some(value) => value.literal().unwrap_or("?").to_owned(),
                None => "?".to_owned(),
            };
            links.push(Link::new(name));
        }
    }

    /// The arguments and blocks after a name.
    pub(super) fn call(&mut self, link: &mut Link) {
        if self.is(0, '(') && self.tight(0) && self.enter() {
            link.args = self.args(Some(')'));
            self.leave();
        }
        while self.is(0, '{') {
            link.block = Some(self.block());
        }
    }

    /// `<Jar>` right after a name.
    fn generics(&mut self, link: &mut Link) {
        if !(self.is(0, '<') && self.tight(0)) {
            return;
        }
        let (mut open, mut types) = (0usize, Vec::new());
        for offset in 0..32 {
            match self.token(offset) {
                Some(Token::Sign('<')) => open += 1,
                Some(Token::Sign('>')) => {
                    open -= 1;
                    if open == 0 {
                        self.at += offset + 1;
                        link.types = types;
                        return;
                    }
                }
                Some(Token::Word(_)) if self.is(offset + 1, '.') => {}
                Some(Token::Word(name)) => types.push(name.clone()),
                Some(Token::Sign('.' | ',' | '?' | '*' | ':')) => {}
                _ => return,
            }
        }
    }

    /// Arguments up to a closing bracket, or to the end of the statement.
    pub(super) fn args(&mut self, close: Option<char>) -> Vec<Arg> {
        let inside = close.is_some();
        let line = self.line();
        let mut args = Vec::new();
        loop {
            match self.token(0) {
                None => {
                    if inside {
                        self.broke(line, "a bracket is not closed");
                    }
                    break;
                }
                Some(Token::Line) if inside => self.at += 1,
                Some(Token::Sign(sign)) if Some(*sign) == close => {
                    self.at += 1;
                    break;
                }
                Some(Token::Sign(')' | ']' | '}')) if !inside => break,
                Some(Token::Line | Token::Sign(';' | '{')) if !inside => break,
                // A brace that closes what is around this means that the bracket never is.
                Some(Token::Sign('}')) => {
                    self.broke(line, "a bracket is not closed");
                    break;
                }
                Some(_) => {
                    let before = self.at;
                    args.push(self.arg(inside));
                    if self.at == before {
                        args.pop();
                        self.skip();
                    }
                    if self.is(0, ',') {
                        self.at += 1;
                        self.at += self.lines();
                    } else if !inside {
                        break;
                    }
                }
            }
        }
        args
    }

    /// `value`, `name: value`, `name = value`, `"name" to value`.
    fn arg(&mut self, inside: bool) -> Arg {
        if self.is(0, '*') {
            self.at += 1;
        }
        let key = match self.token(0) {
            Some(Token::Word(word)) => Some(word.clone()),
            Some(Token::Text(pieces)) => Expr::Text(pieces.clone()).literal().map(str::to_owned),
            _ => None,
        };
        let colon = self.is(1, ':') && !self.is(2, ':');
        let equals = self.is(1, '=') && !self.is(2, '=');
        if key.is_some() && (colon || equals) {
            self.at += 2;
            self.at += self.lines();
            return Arg { name: key, value: self.expr(inside) };
        }
        let value = self.expr(inside);
        if self.word(0) == Some("to") {
            self.at += 1;
            self.at += self.lines();
            let name = value.literal().unwrap_or("?").to_owned();
            return Arg { name: Some(name), value: self.expr(inside) };
        }
        Arg { name: None, value }
    }

    /// A value; `inside` brackets, ends of lines do not end it.
    pub(super) fn expr(&mut self, inside: bool) -> Expr {
        let mut operands = vec![self.primary()];
        let (mut either, mut sum) = (true, true);
        loop {
            let lines = if inside { self.lines() } else { 0 };
            let elvis = |at| self.is(at, '?') && self.is(at + 1, ':');
            // Kotlin lets `?:` begin a line.
            let lines = if elvis(self.lines()) { self.lines() } else { lines };
            if elvis(lines) {
                sum = false;
                self.at += lines + 2;
            } else {
                match self.token(lines) {
                    Some(Token::Word(word)) if word == "as" => {
                        self.at += lines + 1;
                        self.cast();
                        continue;
                    }
                    Some(Token::Word(word)) if matches!(word.as_str(), "in" | "is" | "instanceof") => {
                        self.at += lines + 1;
                        (either, sum) = (false, false);
                    }
                    Some(Token::Sign('+')) if !self.is(lines + 1, '=') => {
                        either = false;
                        self.at += lines + 1;
                    }
                    Some(Token::Sign(sign)) if "+-*/%<>=!&|?:~^".contains(*sign) => {
                        (either, sum) = (false, false);
                        self.at += lines + 1;
                    }
                    _ => break,
                }
            }
            self.at += self.lines();
            operands.push(self.primary());
        }
        match (operands.len(), either, sum) {
            (1, ..) => operands.pop().unwrap_or(Expr::Other(Vec::new())),
            (_, true, _) => Expr::Either(operands),
            (_, _, true) => Expr::Sum(operands),
            _ => Expr::Other(operands),
        }
    }

    /// Past the type of a cast.
    fn cast(&mut self) {
        if self.is(0, '?') {
            self.at += 1;
        }
        let mut link = Link::default();
        while self.word(0).is_some() {
            self.at += 1;
            self.generics(&mut link);
            if !(self.is(0, '.') && self.tight(0)) {
                break;
            }
            self.at += 1;
        }
        if self.is(0, '?') && self.tight(0) && !self.is(1, ':') {
            self.at += 1;
        }
    }

    fn primary(&mut self) -> Expr {
        let mut signed = false;
        while matches!(self.token(0), Some(Token::Sign('-' | '!' | '~' | '&' | '@' | '+' | '='))) {
            self.at += 1;
            signed = true;
        }
        let value = match self.token(0) {
            Some(Token::Text(pieces)) => Some(Expr::Text(pieces.clone())),
            Some(Token::Number(number)) => Some(Expr::Number(number.clone())),
            _ => None,
        };
        let value = match (value, self.token(0)) {
            (Some(value), _) => {
                self.at += 1;
                value
            }
            (None, Some(Token::Word(word))) => match word.as_str() {
                "if" | "when" | "try" | "switch" => {
                    self.branches();
                    Expr::Other(Vec::new())
                }
                "new" if self.word(1).is_some() => {
                    self.at += 1;
                    return Expr::Chain(self.links());
                }
                _ => Expr::Chain(self.links()),
            },
            (None, Some(Token::Sign('['))) => {
                let list = if self.enter() { self.inside(']') } else { Vec::new() };
                Expr::List(list)
            }
            (None, Some(Token::Sign('('))) => {
                let mut inner = if self.enter() { self.inside(')') } else { Vec::new() };
                match (inner.len(), inner.pop()) {
                    (1, Some(arg)) => arg.value,
                    _ => Expr::Other(Vec::new()),
                }
            }
            (None, Some(Token::Sign('{'))) => Expr::Block(self.block()),
            _ => Expr::Other(Vec::new()),
        };
        let value = match value {
            Expr::Chain(links) => Expr::Chain(links),
            other if self.dotted() => Expr::On(Box::new(other), self.links()),
            other => other,
        };
        if signed { Expr::Other(vec![value]) } else { value }
    }

    fn inside(&mut self, close: char) -> Vec<Arg> {
        let args = self.args(Some(close));
        self.leave();
        args
    }

    /// Past `if (...) a else b` and `when (...) { }`, which are values in Kotlin.
    fn branches(&mut self) {
        self.skip_line();
        while self.word(self.lines()) == Some("else") {
            self.at += self.lines();
            self.skip_line();
        }
    }
}
