//! What exec-maven-plugin starts a class with.

use super::class_path::EXEC;
use super::effective::Effective;
use crate::manifest::xml::{Element, Said};
use crate::stack::java::module::Application;

/// Gives the application the arguments and Java's options that the plugin starts this class with.
pub(super) fn read(effective: &Effective, class: &str, application: &mut Application) {
    let Some(plugin) = effective.plugin(EXEC) else { return };
    let by_hand = plugin.executions.iter().find(|one| one.phase.is_none());
    let own = by_hand.and_then(|one| one.configuration.as_ref());
    let configurations = || [own, plugin.configuration.as_ref()].into_iter().flatten();
    let list = configurations().find_map(|one| one.child("arguments"));
    let line = effective.configured(plugin, by_hand, &["commandlineArgs"]);
    let line = line.or_else(|| effective.property("exec.args"));
    let words: Option<Vec<String>> = match (list, &line) {
        (Some(list), _) => list.children.iter().map(|one| word(effective, one)).collect(),
        (None, Some(said)) => plain(&said.value),
        (None, None) => return,
    };
    let Some(mut words) = words else {
        let place = list.map(|list| &list.said).or(line.as_ref());
        application.warnings.extend(place.map(|said| unread(said, class)));
        return;
    };
    if let Some(index) = words.iter().position(|word| word == class) {
        let arguments = words.split_off(index);
        application.arguments = arguments.into_iter().skip(1).collect();
        application.options.extend(options(words));
    } else if effective.configured(plugin, by_hand, &["executable"]).is_none() {
        application.arguments = words;
    }
}

fn unread(said: &Said, class: &str) -> String {
    format!(
        "{}:{} starts `{class}` with arguments that are not known here: it starts without them, and `--start` gives it others",
        said.file, said.line
    )
}

/// One argument; `None` where a part of it is not known.
fn word(effective: &Effective, argument: &Element) -> Option<String> {
    match argument.name.as_str() {
        "classpath" | "modulepath" => Some(String::new()),
        _ => effective.text(&argument.said.value),
    }
}

/// The words of a line without quotes and names that are not known.
fn plain(line: &str) -> Option<Vec<String>> {
    let is_plain = !line.contains(['"', '\'', '\\']) && !line.contains("${");
    is_plain.then(|| line.split_whitespace().map(str::to_owned).collect())
}

/// Options of Java without the class path, which is the image's own.
fn options(words: Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-cp" | "-classpath" | "--class-path" => drop(words.next()),
            "" => {}
            _ => found.push(word),
        }
    }
    found
}
