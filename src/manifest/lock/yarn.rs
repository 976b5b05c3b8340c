//! yarn.lock of Yarn 1: lines of its own, not YAML.

use std::collections::HashMap;

use anyhow::Result;

use super::{Format, LockFile, Locked, Need, Target, is_git};
use crate::manifest::invalid;

/// What the lines after one with this indentation say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Fields,
    Required,
    Optional,
    Other,
}

pub(super) fn parse(file: &str, text: &str) -> Result<LockFile> {
    let mut lock = LockFile::new(file, Format::Yarn, "1".to_owned());
    let mut asks: Vec<Vec<(String, bool)>> = Vec::new();
    let mut block = Block::Other;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let line = line.trim_end();
        let words = line.trim_start_matches(' ');
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        let damaged = |message: &str| Err(invalid(file, text, at, message).into());
        let indent = line.len() - words.len();
        if indent == 0 {
            let Some(keys) = words.strip_suffix(':').and_then(descriptors).filter(|keys| !keys.is_empty())
            else {
                return damaged("expected the names of a package and a colon");
            };
            let target = Target::Package(lock.packages.len());
            let name = keys.first().map_or("", |key| name_of(key)).to_owned();
            lock.index.extend(keys.into_iter().map(|key| (key, target.clone())));
            lock.packages.push(Locked { name, ..Locked::default() });
            asks.push(Vec::new());
            block = Block::Fields;
            continue;
        }
        let (Some(locked), Some(asked)) = (lock.packages.last_mut(), asks.last_mut()) else {
            return damaged("expected the names of a package and a colon");
        };
        if indent == 2 {
            block = field(words, locked);
            continue;
        }
        let Some((name, range)) = pair(words).filter(|_| block != Block::Fields) else {
            return damaged("expected a name and its value");
        };
        if block != Block::Other {
            asked.push((format!("{name}@{range}"), block == Block::Optional));
        }
    }
    connect(&mut lock, asks);
    Ok(lock)
}

/// Reads one field of a package; says what the lines below it are.
fn field(words: &str, locked: &mut Locked) -> Block {
    match words {
        "dependencies:" => return Block::Required,
        "optionalDependencies:" => return Block::Optional,
        _ if words.ends_with(':') => return Block::Other,
        _ => {}
    }
    match pair(words) {
        Some(("version", version)) => locked.version = version.to_owned(),
        Some(("resolved", address)) => {
            locked.from_git = is_git(address);
            // An alias is installed under one name and fetched under its own.
            if let Some(real) = published(address) {
                locked.name = real;
            }
        }
        _ => {}
    }
    Block::Fields
}

fn connect(lock: &mut LockFile, asks: Vec<Vec<(String, bool)>>) {
    let find = |index: &HashMap<String, Target>, key: &str| index.get(key).cloned();
    for (locked, asked) in lock.packages.iter_mut().zip(asks) {
        let found = asked.iter().filter_map(|(key, optional)| {
            Some(Need { to: find(&lock.index, key)?, optional: *optional, peer: false })
        });
        locked.needs = found.collect();
    }
}

/// `"a@^1", a@2` as its parts; `None` where a quote is not closed.
fn descriptors(keys: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = keys;
    while !rest.is_empty() {
        let (one, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find(", ").unwrap_or(rest.len())),
        };
        found.push(one.to_owned());
        rest = if after.is_empty() { "" } else { after.strip_prefix(", ")? };
    }
    Some(found)
}

/// `name "value"`, each with or without quotes.
fn pair(words: &str) -> Option<(&str, &str)> {
    let (name, value) = match words.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => words.split_once(' ')?,
    };
    let value = value.trim();
    Some((name, value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)))
}

/// The name of `@scope/name@range`.
pub(super) fn name_of(descriptor: &str) -> &str {
    let end =
        descriptor.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(descriptor.len(), |(at, _)| at);
    descriptor.get(..end).unwrap_or(descriptor)
}

/// The name in a registry's address: `https://HOST/@scope/name/-/name-1.0.0.tgz`.
fn published(address: &str) -> Option<String> {
    let (before, _) = address.split_once("/-/")?;
    let (above, name) = before.rsplit_once('/')?;
    let scope = above.rsplit('/').next().filter(|scope| scope.starts_with('@'));
    Some(scope.map_or_else(|| name.to_owned(), |scope| format!("{scope}/{name}")))
}
