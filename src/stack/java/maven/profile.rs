//! Which profiles of a pom are active in a build that nobody gives arguments.

use std::cmp::Ordering;

use anyhow::Result;

use super::config::Config;
use super::model::{Model, Part};
use crate::manifest::xml::Element;
use crate::repo::{Repo, join, normal};

/// The Java release that an activation by JDK is held against: which one is chosen follows from
/// the model that is read here.
const JDK: &str = "21";

/// Lays the active profiles over the model, and notes the plugins of the others. Files that make
/// one active are looked for in the folder of the project that is built, which may be a child's.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn apply(repo: &Repo, config: &Config, folder: &str, model: &mut Model) -> Result<()> {
    let profiles = model.profiles.clone();
    let mut active = Vec::new();
    for profile in profiles.iter() {
        active.push(is_active(repo, config, folder, profile)?);
    }
    let default = !active.contains(&true);
    for (profile, active) in profiles.iter().zip(active) {
        let part = Part::read(profile);
        if active || default && is_default(profile) && !is_refused(config, id(profile)) {
            let weaker = std::mem::replace(&mut model.part, part);
            model.part.lay_over(&weaker, false);
        } else {
            let plugins = part.plugins.iter();
            model.idle.extend(plugins.map(|plugin| {
                let mut said = plugin.place.clone();
                said.value.clone_from(&plugin.artifact);
                (id(profile).to_owned(), said)
            }));
        }
    }
    Ok(())
}

fn id(profile: &Element) -> &str {
    profile.says("id").map_or("default", |said| said.value.as_str())
}

fn is_default(profile: &Element) -> bool {
    let said = profile.at(&["activation", "activeByDefault"]);
    said.is_some_and(|element| element.said.value == "true")
}

fn is_refused(config: &Config, id: &str) -> bool {
    config.profiles.iter().any(|name| name.strip_prefix(['!', '-']) == Some(id))
}

/// Whether it is asked for, or all that it is activated by is so.
fn is_active(repo: &Repo, config: &Config, folder: &str, profile: &Element) -> Result<bool> {
    let id = id(profile);
    if is_refused(config, id) {
        return Ok(false);
    }
    if config.profiles.iter().any(|name| name.trim_start_matches(['+', '?']) == id) {
        return Ok(true);
    }
    let mut known = false;
    for condition in profile.each("activation") {
        let holds = match condition.name.as_str() {
            "property" => property(config, condition),
            "jdk" => jdk(&condition.said.value),
            "os" => os(condition),
            "file" => file(repo, folder, condition)?,
            "activeByDefault" => continue,
            _ => false,
        };
        if !holds {
            return Ok(false);
        }
        known = true;
    }
    Ok(known)
}

fn value<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.says(name).map(|said| said.value.as_str())
}

fn property(config: &Config, condition: &Element) -> bool {
    let Some(name) = value(condition, "name") else { return false };
    let set = |name: &str| config.properties.get(name).map(|said| said.value.as_str());
    match (name.strip_prefix('!'), value(condition, "value")) {
        (Some(name), _) => set(name).is_none(),
        (None, None) => set(name).is_some(),
        (None, Some(wanted)) => match wanted.strip_prefix('!') {
            Some(other) => set(name) != Some(other),
            None => set(name) == Some(wanted),
        },
    }
}

/// A prefix of the version, with `!` before for any other, or a range.
fn jdk(wanted: &str) -> bool {
    match wanted.strip_prefix('!') {
        Some(other) => !JDK.starts_with(other),
        None if wanted.starts_with(['[', '(']) => in_range(wanted),
        None => JDK.starts_with(wanted),
    }
}

fn in_range(range: &str) -> bool {
    let inside = range.trim_matches(['[', ']', '(', ')', ' ']);
    let (low, high) = inside.split_once(',').unwrap_or((inside, inside));
    let order = |text: &str| {
        let number = text.trim().strip_prefix("1.").unwrap_or(text.trim()).split('.').next()?;
        Some(JDK.parse::<u64>().ok()?.cmp(&number.parse::<u64>().ok()?))
    };
    let above = order(low)
        .is_none_or(|order| order == Ordering::Greater || order == Ordering::Equal && range.starts_with('['));
    let below = order(high)
        .is_none_or(|order| order == Ordering::Less || order == Ordering::Equal && range.ends_with(']'));
    above && below
}

/// Whether it is the system that images are built on.
fn os(condition: &Element) -> bool {
    let fits = |name: &str, own: &[&str]| {
        let Some(wanted) = value(condition, name) else { return true };
        let wanted = wanted.to_lowercase();
        match wanted.strip_prefix('!') {
            Some(other) => !own.contains(&other),
            None => own.contains(&wanted.as_str()),
        }
    };
    fits("family", &["unix"]) && fits("name", &["linux"]) && fits("arch", &["amd64"]) && fits("version", &[])
}

fn file(repo: &Repo, folder: &str, condition: &Element) -> Result<bool> {
    let there = |path: &str| -> Result<bool> {
        let bases = ["${basedir}/", "${project.basedir}/"];
        let path = bases.iter().find_map(|base| path.strip_prefix(base)).unwrap_or(path);
        match normal(&join(folder, path)).filter(|_| !path.starts_with('/')) {
            Some(path) if !path.contains("${") => Ok(repo.kind(&path)?.is_some()),
            _ => Ok(false),
        }
    };
    let exists = value(condition, "exists").map_or(Ok(true), there)?;
    let missing = value(condition, "missing").map_or(Ok(false), there)?;
    Ok(exists && !missing)
}
