//! The names of files and folders that a build makes.

use super::effective::Effective;
use crate::repo::normal;
use crate::stack::common;
use crate::stack::java::module::{File, Output};
use crate::verdict::Stop;

/// Names whose values change from release to release, so that nothing is to depend on them.
const CHANGING: &[&str] = &["project.version", "pom.version", "version", "revision", "sha1", "changelist"];

/// Stands for what is not known, or not to be depended on.
const GAP: char = '\0';

const ROUNDS: usize = 64;

/// What is left at this folder by this name, both as written; the tail is what follows the name.
///
/// # Errors
/// A stop when either cannot be known.
pub(super) fn output(effective: &Effective, folder: &str, stem: &str, tail: &str) -> Result<Output, Stop> {
    Ok(Output { folder: self::folder(effective, folder)?, file: file(effective, stem, tail)? })
}

/// The folder of the build, or one below it, as a path below the module.
///
/// # Errors
/// A stop when it cannot be known or is elsewhere.
pub(super) fn folder(effective: &Effective, text: &str) -> Result<String, Stop> {
    let path = effective.text(text).and_then(|text| normal(&text));
    path.filter(|path| common::is_plain_path(path)).ok_or_else(|| {
        let said = effective.model.part.directory.as_ref().unwrap_or(&effective.model.artifact);
        let reason = format!("{}:{} has the build write to `{text}`", said.file, said.line);
        Stop::refuse(reason)
            .help("what it makes is looked for below the module's folder: leave it in `target`")
    })
}

/// The name of a file. What the version is part of is found by what stands around it.
fn file(effective: &Effective, stem: &str, tail: &str) -> Result<File, Stop> {
    let text = format!("{}{tail}", expanded(effective, stem));
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
    let found = match (text.split_once(GAP), text.rsplit_once(GAP)) {
        (Some(("", _)), Some((_, after))) => Some(File::OnlyJar).filter(|_| after == ".jar"),
        (Some((before, _)), Some((_, after))) => {
            let fits = common::is_plain_name(before) && plain(after) && after.len() <= 100;
            let others = effective.attached.iter().filter(|other| *other != after && other.ends_with(after));
            fits.then(|| File::Versioned {
                before: before.to_owned(),
                after: after.to_owned(),
                others: others.filter(|other| plain(other)).cloned().collect(),
            })
        }
        _ => Some(text.clone()).filter(|text| common::is_plain_name(text)).map(File::Exact),
    };
    found.ok_or_else(|| {
        let said = effective.model.part.final_name.as_ref().unwrap_or(&effective.model.artifact);
        let reason = format!("the name of what is built cannot be known from {}:{}", said.file, said.line);
        Stop::refuse(reason).help("set `<finalName>` to a fixed name")
    })
}

/// The text with all known names replaced, and a gap for each that changes or is not known.
fn expanded(effective: &Effective, text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let Some((before, rest)) = text.split_once("${") else { return text };
        let Some((name, after)) = rest.split_once('}') else { return text };
        let value = effective.value(name).filter(|_| !CHANGING.contains(&name));
        text = format!("{before}{}{after}", value.unwrap_or_else(|| GAP.to_string()));
        if text.len() > 1000 {
            break;
        }
    }
    GAP.to_string()
}

/// A path to a file, as written, in its folder and name without the ending.
pub(super) fn split(path: &str) -> Option<(&str, &str, String)> {
    let (folder, name) = path.rsplit_once('/')?;
    let (stem, ending) = name.rsplit_once('.').filter(|(_, ending)| *ending == "jar")?;
    Some((folder, stem, format!(".{ending}")))
}
