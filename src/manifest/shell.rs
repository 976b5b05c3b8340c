//! Commands of package scripts, as `sh` would cut them; nothing is ever run or expanded.

/// Cuts a script into its commands, joined by `&&`, each a list of words with their quotes taken
/// off; the error names what only a shell can do.
///
/// # Errors
/// The sign, quoted, that needs a shell: a pipe, a variable, a pattern and so on.
pub fn commands(script: &str) -> Result<Vec<Vec<String>>, String> {
    let mut cutter = Cutter { commands: Vec::new(), words: Vec::new(), word: None };
    let mut chars = script.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => cutter.end_word(),
            '\'' => cutter.push(&until(&mut chars, '\'', false).ok_or("an open quote")?),
            '"' => match until(&mut chars, '"', true).ok_or("an open quote")? {
                text if text.contains(['$', '`']) => return Err(format!("`{}`", text.escape_debug())),
                text => cutter.push(&text),
            },
            '\\' => cutter.push(&chars.next().ok_or("a `\\` at the end")?.to_string()),
            '&' if chars.peek() == Some(&'&') => {
                chars.next();
                cutter.end_command();
            }
            '&' | '|' | ';' | '<' | '>' | '(' | ')' => {
                let twice = chars.peek() == Some(&c);
                return Err(if twice { format!("`{c}{c}`") } else { format!("`{c}`") });
            }
            '$' | '`' | '*' | '?' | '[' | '~' | '#' => return Err(format!("`{c}`")),
            c if c.is_control() => return Err(format!("`{}`", c.escape_debug())),
            c => cutter.push(&c.to_string()),
        }
    }
    cutter.end_command();
    Ok(cutter.commands)
}

/// The words of a single command.
///
/// # Errors
/// As [`commands`], and for `&&`.
pub fn words(command: &str) -> Result<Vec<String>, String> {
    match commands(command)?.as_slice() {
        [] => Ok(Vec::new()),
        [words] => Ok(words.clone()),
        _ => Err("`&&`".to_owned()),
    }
}

struct Cutter {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: Option<String>,
}

impl Cutter {
    fn push(&mut self, text: &str) {
        self.word.get_or_insert_default().push_str(text);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}

fn until(chars: &mut impl Iterator<Item = char>, close: char, escapes: bool) -> Option<String> {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            _ if c == close => return Some(text),
            '\\' if escapes => match chars.next()? {
                c @ ('"' | '\\' | '$' | '`') => text.push(c),
                c => text.extend(['\\', c]),
            },
            _ => text.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_quotes() {
        let of = |script| words(script).unwrap();
        assert_eq!(of("node  'a b'.js \"c d\" e\\ f ''"), ["node", "a b.js", "c d", "e f", ""]);
        assert_eq!(of(""), Vec::<String>::new());
    }

    #[test]
    fn commands_one_after_the_other() {
        assert_eq!(commands("a 1 && b").unwrap(), [vec!["a", "1"], vec!["b"]]);
    }

    #[test]
    fn what_needs_a_shell_is_named() {
        let why = |script| words(script).unwrap_err();
        assert_eq!(why("a && b"), "`&&`");
        assert_eq!(why("a || b"), "`||`");
        assert_eq!(why("a & b"), "`&`");
        assert_eq!(why("node $X"), "`$`");
        assert_eq!(why("node \"$X\""), "`$X`");
        assert_eq!(why("node 'x"), "an open quote");
        assert_eq!(why("a\nb"), "`\\n`");
    }
}
