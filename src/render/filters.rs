//! The only doors through which text enters a Dockerfile. Each escapes for the place that it is
//! named after, or refuses.

use std::io::{self, Write};

use anyhow::Result;
use tera::{Error, Kwargs, State, Tera, TeraResult};

use crate::failure::{Exit, Failure};

/// Makes the filters known to an engine.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("exec", |values: Vec<String>, _: Kwargs, _: &State| safe(exec(&values)));
    tera.register_filter("word", |value: &str, _: Kwargs, _: &State| safe(word(value)));
    tera.register_filter("words", |values: Vec<String>, _: Kwargs, _: &State| {
        let words: Result<Vec<String>> = values.iter().map(|value| word(value)).collect();
        safe(words.map(|words| words.join(" ")))
    });
    tera.register_filter("path", |value: &str, _: Kwargs, _: &State| safe(path(value)));
    tera.register_filter("paths", |values: Vec<String>, _: Kwargs, _: &State| {
        let paths: Result<Vec<String>> = values.iter().map(|value| path(value)).collect();
        safe(paths.map(|paths| paths.join(" ")))
    });
    tera.register_filter("variable", |value: &str, _: Kwargs, _: &State| safe(variable(value)));
    tera.register_filter("env", |value: &str, _: Kwargs, _: &State| safe(env(value)));
}

/// A filter's text, which is not escaped a second time.
fn safe(text: Result<String>) -> TeraResult<tera::Value> {
    text.map(|text| tera::Value::safe_string(&text)).map_err(|error| Error::message(error.to_string()))
}

/// Text as it is, in comments and where a type has already checked it; control characters are
/// refused, so that no text becomes a second line.
pub(super) fn plain(text: &str, out: &mut dyn Write) -> io::Result<()> {
    refuse_controls(text).map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(text.as_bytes())
}

/// Refuses what could end a line.
pub(super) fn refuse_controls(text: &str) -> Result<()> {
    match text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        Some(_) => Err(Failure::new(
            Exit::Unsupported,
            format!(
                "`{}` holds a control character and cannot be written into a Dockerfile",
                text.escape_debug()
            ),
        )
        .help("take the character out of the name, script or flag")
        .into()),
        None => Ok(()),
    }
}

/// A JSON array, as exec forms are.
fn exec(values: &[String]) -> Result<String> {
    let quoted: Result<Vec<String>> = values
        .iter()
        .map(|value| {
            refuse_controls(value)?;
            Ok(serde_json::to_string(value)?)
        })
        .collect();
    Ok(format!("[{}]", quoted?.join(", ")))
}

/// One word of a shell command: as it is where it is plain, else in single quotes.
fn word(value: &str) -> Result<String> {
    refuse_controls(value)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%^".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    Ok(format!("'{}'", value.replace('\'', "'\\''")))
}

/// A path of COPY or WORKDIR. What would need quoting is refused: the paths are ours.
fn path(value: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+@".contains(c);
    if value.is_empty() || !value.chars().all(plain) {
        let reason = format!("the path `{}` cannot be written into a Dockerfile", value.escape_debug());
        return Err(Failure::new(Exit::Unsupported, reason).into());
    }
    Ok(value.to_owned())
}

/// The name of an environment variable.
fn variable(value: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if value.is_empty() || !value.chars().all(plain) || value.starts_with(|c: char| c.is_ascii_digit()) {
        let reason = format!("`{}` is no name of an environment variable", value.escape_debug());
        return Err(Failure::new(Exit::Unsupported, reason).into());
    }
    Ok(value.to_owned())
}

/// The value of an ENV: as it is where it is plain, else in double quotes.
fn env(value: &str) -> Result<String> {
    refuse_controls(value)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    let mut quoted = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    Ok(quoted)
}

/// A path as a pattern of `.dockerignore` that matches nothing else.
pub(super) fn pattern(path: &str) -> Result<String> {
    refuse_controls(path)?;
    Ok(path.chars().fold(String::new(), |mut text, c| {
        if matches!(c, '*' | '?' | '[' | '\\') {
            text.push('\\');
        }
        text.push(c);
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &[&str] = &["a\nRUN evil", "a\rb", "\u{0}", "\u{1b}[31m", "a\u{2028}b", "\u{85}"];

    #[test]
    fn no_door_lets_a_second_line_through() {
        for text in HOSTILE {
            assert!(exec(&[(*text).to_owned()]).is_err(), "{text:?}");
            assert!(word(text).is_err() && env(text).is_err() && path(text).is_err(), "{text:?}");
            assert!(variable(text).is_err() && pattern(text).is_err(), "{text:?}");
            assert!(plain(text, &mut Vec::new()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn each_door_escapes_for_its_place() {
        assert_eq!(exec(&["a\"b".into(), "c\\d".into(), "$x".into()]).unwrap(), r#"["a\"b", "c\\d", "$x"]"#);
        assert_eq!(word("it's $HOME `x` \\").unwrap(), r"'it'\''s $HOME `x` \'");
        assert_eq!(word("").unwrap(), "''");
        assert_eq!(word("--bin=a").unwrap(), "--bin=a");
        assert_eq!(env("a $b \"c\" \\").unwrap(), r#""a \$b \"c\" \\""#);
        assert_eq!(env("--max-old-space-size=512").unwrap(), "--max-old-space-size=512");
        assert!(path("a b").is_err() && path("$x").is_err() && path("").is_err());
        assert!(variable("1A").is_err() && variable("A-B").is_err() && variable("A_1").is_ok());
        assert_eq!(pattern("a[1]*.txt").unwrap(), r"a\[1]\*.txt");
    }

    proptest::proptest! {
        #[test]
        fn an_exec_form_reads_back_as_it_was(values: Vec<String>) {
            if let Ok(text) = exec(&values) {
                proptest::prop_assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), values);
                proptest::prop_assert!(!text.contains('\n'));
            }
        }

        #[test]
        fn a_word_reads_back_as_one_word(value: String) {
            if let Ok(text) = word(&value) {
                proptest::prop_assert_eq!(crate::manifest::shell::words(&text).unwrap(), vec![value]);
            }
        }
    }
}
