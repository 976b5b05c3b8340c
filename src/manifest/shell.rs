//! Commands of package scripts, as `sh` would cut them; nothing is ever run or expanded.

/// How a command comes after the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// It is the first.
    #[default]
    First,
    /// `&&`
    And,
    /// `;`
    Then,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `&`: while the one before still runs.
    Beside,
}

impl Join {
    /// The sign, quoted.
    pub fn sign(self) -> &'static str {
        match self {
            Join::First => "nothing",
            Join::And => "`&&`",
            Join::Then => "`;`",
            Join::Or => "`||`",
            Join::Pipe => "`|`",
            Join::Beside => "`&`",
        }
    }
}

/// One command of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub join: Join,
    pub words: Vec<Word>,
    /// As it is written.
    pub text: String,
}

/// One word, with its quotes taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// With its variables as they are written.
    pub text: String,
    /// With the defaults of its variables in their place (`${PORT:-3000}`), or nothing.
    pub value: String,
    /// The names of its variables, also in the form of Windows (`%PORT%`).
    pub variables: Vec<String>,
    /// Whether one of the variables has no default.
    pub open: bool,
    /// The sign in it, quoted, that only a shell can follow: a pattern, a command in its place, a
    /// file to write to.
    pub shell: Option<String>,
}

impl Word {
    /// A word that is nothing but its text.
    pub fn plain(text: impl Into<String>) -> Word {
        let text = text.into();
        Word { value: text.clone(), text, ..Word::default() }
    }

    /// What a shell would have to do before this were an argument, quoted; nothing for plain text.
    pub fn needs(&self) -> Option<String> {
        let variable = || self.variables.first().map(|name| format!("`${name}`"));
        self.shell.clone().or_else(variable)
    }
}

/// Cuts a script into its commands.
///
/// # Errors
/// The sign, quoted, that no command can be cut at: an open quote, a parenthesis, a control
/// character.
pub fn script(text: &str) -> Result<Vec<Command>, String> {
    let mut cutter = Cutter { rest: text, begun: text, join: Join::First, ..Cutter::default() };
    while let Some(c) = cutter.rest.chars().next() {
        cutter.step(c)?;
    }
    cutter.end_command(Join::First);
    Ok(cutter.commands)
}

/// The words of a single command, which needs no shell.
///
/// # Errors
/// The sign, quoted, that needs a shell: a pipe, a variable, a pattern and so on.
pub fn words(command: &str) -> Result<Vec<String>, String> {
    let commands = script(command.trim())?;
    let mut found = Vec::new();
    for command in commands {
        if command.join != Join::First {
            return Err(command.join.sign().to_owned());
        }
        for word in command.words {
            match word.needs() {
                Some(sign) => return Err(sign),
                None => found.push(word.text),
            }
        }
    }
    Ok(found)
}

#[derive(Default)]
struct Cutter<'a> {
    rest: &'a str,
    /// From the first sign of the command on.
    begun: &'a str,
    join: Join,
    commands: Vec<Command>,
    words: Vec<Word>,
    word: Option<Word>,
}

impl<'a> Cutter<'a> {
    fn step(&mut self, c: char) -> Result<(), String> {
        match c {
            ' ' | '\t' => {
                self.end_word();
                self.skip(1);
            }
            '\'' => {
                let (text, rest) = self.rest[1..].split_once('\'').ok_or("an open quote")?;
                self.push(text);
                self.rest = rest;
            }
            '"' => self.quoted()?,
            '\\' => {
                self.skip(1);
                let next = self.rest.chars().next().ok_or("a `\\` at the end")?;
                self.take(next);
            }
            '&' | '|' | ';' => self.sign(c)?,
            '>' | '<' => self.redirect(c),
            '(' | ')' => return Err(format!("`{c}`")),
            '$' | '`' => self.variable(),
            '%' => self.windows(),
            '*' | '?' | '[' => {
                self.shell(format!("`{c}`"));
                self.take(c);
            }
            '~' | '#' if self.word.is_none() => {
                self.shell(format!("`{c}`"));
                self.take(c);
            }
            c if c.is_control() => return Err(format!("`{}`", c.escape_debug())),
            c => self.take(c),
        }
        Ok(())
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// One character that stands for itself.
    fn take(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
        self.skip(c.len_utf8());
    }

    fn push(&mut self, text: &str) {
        let word = self.word.get_or_insert_default();
        word.text.push_str(text);
        word.value.push_str(text);
    }

    fn shell(&mut self, sign: String) {
        self.word.get_or_insert_default().shell.get_or_insert(sign);
    }

    /// The inside of `"`: variables are still variables, patterns are not.
    fn quoted(&mut self) -> Result<(), String> {
        self.skip(1);
        self.push("");
        loop {
            match self.rest.chars().next().ok_or("an open quote")? {
                '"' => break self.skip(1),
                '\\' => {
                    self.skip(1);
                    let next = self.rest.chars().next().ok_or("an open quote")?;
                    if !matches!(next, '"' | '\\' | '$' | '`') {
                        self.push("\\");
                    }
                    self.take(next);
                }
                '$' | '`' => self.variable(),
                '%' => self.windows(),
                c => self.take(c),
            }
        }
        Ok(())
    }

    /// `&&`, `||`, `;`, `|`, `&`.
    fn sign(&mut self, c: char) -> Result<(), String> {
        let twice = self.rest[1..].starts_with(c);
        let join = match (c, twice) {
            ('&', true) => Join::And,
            ('&', false) => Join::Beside,
            ('|', true) => Join::Or,
            ('|', false) => Join::Pipe,
            (_, true) => return Err("`;;`".to_owned()),
            (_, false) => Join::Then,
        };
        self.end_command(join);
        self.skip(if twice { 2 } else { 1 });
        self.begun = self.rest;
        Ok(())
    }

    /// `2>&1` changes nothing where both streams are the container's log.
    fn redirect(&mut self, c: char) {
        let number = self.word.as_ref().is_some_and(|word| matches!(word.text.as_str(), "1" | "2"));
        let merged = number && (self.rest.starts_with(">&1") || self.rest.starts_with(">&2"));
        if merged {
            self.word = None;
            return self.skip(3);
        }
        self.end_word();
        self.shell(format!("`{c}`"));
        self.take(c);
        self.end_word();
        if self.rest.starts_with(['&', '>', '<', '|']) {
            self.skip(1);
        }
    }

    /// `$NAME`, `${NAME:-default}`, `$(command)`, and a command in back quotes.
    fn variable(&mut self) {
        let rest = self.rest;
        let known = |name: &str| !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        if let Some((inside, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            let end = inside.find(|c| !is_name(c)).unwrap_or(inside.len());
            let (name, default) = inside.split_at(end);
            let value = default.strip_prefix(":-").or(default.strip_prefix('-'));
            let plain = |text: &str| !text.contains(['$', '`', '"', '\'', '\\']);
            if known(name) && (default.is_empty() || value.is_some_and(plain)) {
                return self.found(name, value, after);
            }
        } else if let Some(name) = rest.strip_prefix('$').filter(|rest| !rest.starts_with('{')) {
            let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            if known(name) {
                return self.found(name, None, after);
            }
            if after.is_empty() || after.starts_with([' ', '"', '/']) && name.is_empty() {
                return self.take('$');
            }
        }
        self.command_inside();
    }

    /// What `$(...)`, back quotes and `$@` become is not known.
    fn command_inside(&mut self) {
        let (sign, close) = match self.rest.starts_with('`') {
            true => ("`", Some('`')),
            false if self.rest.starts_with("$(") => ("$(", Some(')')),
            false => ("$", None),
        };
        self.shell(format!("`{sign}`"));
        let end = close.and_then(|close| self.rest[sign.len()..].find(close)).map(|at| sign.len() + at + 1);
        let (text, rest) = self.rest.split_at(end.unwrap_or(sign.len()));
        self.push(text);
        self.rest = rest;
    }

    fn found(&mut self, name: &str, default: Option<&str>, after: &'a str) {
        let written = &self.rest[..self.rest.len() - after.len()];
        let word = self.word.get_or_insert_default();
        word.text.push_str(written);
        word.value.push_str(default.unwrap_or_default());
        word.variables.push(name.to_owned());
        word.open |= default.is_none();
        self.rest = after;
    }

    /// `%NAME%`, which is no variable outside of Windows, but is meant as one.
    fn windows(&mut self) {
        match self.rest[1..].split_once('%') {
            Some((name, after)) if !name.is_empty() && name.chars().all(is_name) => {
                self.found(name, None, after);
            }
            _ => self.take('%'),
        }
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self, next: Join) {
        self.end_word();
        let text = self.begun[..self.begun.len() - self.rest.len()].trim().to_owned();
        if !self.words.is_empty() {
            self.commands.push(Command { join: self.join, words: std::mem::take(&mut self.words), text });
        }
        self.join = next;
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;
