//! The words of package.json's scripts.

use crate::catalog::NodeFront;
use crate::ignore::glob;
use crate::manifest::package::Package;

/// One command of a script, without the variables before it.
pub(in crate::stack) type Command = Vec<String>;

/// Scripts of a package that are followed, and the longest that a person wrote.
pub(in crate::stack) const MOST: usize = 40;
const LONGEST: usize = 4000;

/// Every command that a script starts, through other scripts of its package, without those that are
/// started in another folder; `None` where there is no such script, or where it does not end.
pub(in crate::stack) fn commands(package: &Package, script: &str, known: &NodeFront) -> Option<Vec<Command>> {
    package.script(script)?;
    let mut open = vec![format!("post{script}"), script.to_owned(), format!("pre{script}")];
    let (mut seen, mut found) = (Vec::new(), Vec::new());
    while let Some(name) = open.pop() {
        let Some(text) = package.script(&name).filter(|_| !seen.contains(&name)) else { continue };
        if text.len() > LONGEST || seen.len() == MOST {
            return None;
        }
        seen.push(name);
        let commands = cut(text);
        let says = |words: &[String]| commands.iter().flatten().any(|word| words.contains(word));
        if says(&known.endless) {
            return None;
        }
        if says(&known.moves) {
            continue;
        }
        for word in commands.iter().flat_map(|words| words.iter().skip(1)) {
            if word.contains('*') {
                let called = package.versions("scripts").filter(|(name, _)| glob(word, name));
                open.extend(called.take(MOST).map(|(name, _)| name.to_owned()));
            } else if package.script(word).is_some() {
                open.push(word.clone());
            }
        }
        found.extend(commands);
    }
    Some(found)
}

/// A script's text cut into commands and words, without quotes.
pub(in crate::stack) fn cut(text: &str) -> Vec<Command> {
    let parts = text.split(['&', '|', ';', '\n']);
    let words = |part: &str| -> Command {
        let words = part.split_whitespace().map(|word| word.trim_matches(['"', '\'', '(', ')']));
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    parts.map(words).filter(|command| !command.is_empty()).collect()
}

/// The program that a command starts, behind variables and what only sets these.
pub(in crate::stack) fn program(command: &Command) -> Option<&str> {
    let is_before = |word: &&String| word.contains('=') || word.as_str() == "cross-env";
    command.iter().find(|word| !is_before(word)).map(String::as_str)
}

/// What follows one of these options, as `--option value` or `--option=value`.
pub(in crate::stack) fn options<'a>(command: &'a Command, names: &[String]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut words = command.iter();
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((name, value)) if names.iter().any(|known| known == name) => found.push(value),
            None if names.contains(word) => found.extend(words.next().map(String::as_str)),
            _ => {}
        }
    }
    found.into_iter().map(|value| value.trim_matches(['"', '\''])).filter(|value| !value.is_empty()).collect()
}

/// Whether a command says these words one after the other.
pub(in crate::stack) fn says(command: &Command, words: &str) -> bool {
    let wanted: Vec<&str> = words.split(' ').collect();
    let base = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    command.windows(wanted.len()).any(|said| {
        said.iter().zip(&wanted).enumerate().all(|(at, (said, wanted))| match at {
            0 => base(said) == *wanted,
            _ => said == wanted,
        })
    })
}

/// Whether the name of a script says that it builds: one of the known names, alone or before a sign.
pub(in crate::stack) fn builds(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn commands_are_followed_through_scripts() {
        let text = r#"{"scripts": {"build": "run-p check \"build-only {@}\" --", "build-only": "vite build", "check": "tsc",
            "prebuild": "node gen.js", "watch": "vite build --watch", "build:all": "run-s build:*", "build:css": "sass a b",
            "build:there": "cd ui && vite build", "build:endless": "tsc -w"}}"#;
        let package = Package::parse("package.json", text.into()).unwrap();
        let known = catalog::node().unwrap().front;
        let commands = |name: &str| commands(&package, name, &known);
        let started = |words: &str| commands("build").unwrap().iter().any(|command| says(command, words));
        assert!(started("vite build") && started("node gen.js"));
        assert!(commands("build:there").unwrap().is_empty() && commands("absent").is_none());
        assert!(commands("build:endless").is_none() && commands("build:all").is_none(), "one does not end");
    }

    #[test]
    fn options_and_their_values() {
        let command = &cut("BUILD_PATH=../x esbuild a.js --outfile='b.js' -o c && other")[0];
        let names = ["-o", "--outfile", "BUILD_PATH"].map(str::to_owned);
        assert_eq!(options(command, &names), ["../x", "b.js", "c"]);
        assert_eq!(program(command), Some("esbuild"));
        assert!(says(&cut("./node_modules/.bin/vite build")[0], "vite build"));
        assert!(builds("build:css", "build") && !builds("builder", "build"));
    }
}
