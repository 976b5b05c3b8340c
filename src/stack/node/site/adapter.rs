//! Frameworks whose adapter decides whether a build leaves files, a server, or nothing for an image.

use anyhow::Result;

use super::Server;
use super::settings::Settings;
use super::value::Value;
use crate::catalog::{SiteAdapter, Sites};
use crate::evidence::Evidence;
use crate::repo::{Repo, join};
use crate::stack::javascript::package::Candidate;
use crate::verdict::{Halt, Stop};

/// What a framework is told to leave.
pub(super) enum Leaves {
    /// Files alone, and what says so.
    Files(Option<Evidence>),
    /// A server of Node.js.
    Server(Server),
    /// Handlers for a server that is somebody else's.
    Handlers,
}

/// Endings of configuration files that are programs.
const ENDINGS: &[&str] = &["js", "mjs", "cjs", "ts", "mts"];

/// What the framework of a package leaves; `None` for a package with none of these frameworks.
///
/// # Errors
/// A stop when it is nothing that an image could run, with the line that changes it.
pub(super) fn read(repo: &Repo, candidate: &Candidate, sites: &Sites) -> Result<Option<Leaves>, Halt> {
    let used = |row: &&SiteAdapter| candidate.package.dependency(&row.package).is_some();
    let Some(row) = sites.adapter.iter().find(used) else { return Ok(None) };
    let files = ENDINGS.iter().map(|ending| join(&candidate.folder, &format!("{}.{ending}", row.config)));
    let settings = Settings::read(repo, &files.collect::<Vec<_>>())?;
    let known = [&row.node].into_iter().chain(&row.files).chain(&row.others).map(String::as_str);
    let Some((name, evidence)) = settings.imports(known) else {
        return without(row, candidate, &settings).map(Some);
    };
    if row.files.as_deref() == Some(name) {
        return Ok(Some(Leaves::Files(Some(evidence))));
    }
    if name != row.node {
        let place = evidence.place();
        let reason = format!("{place}: `{name}` leaves no server that an image could start");
        return Err(fix(Stop::refuse(reason), row).into());
    }
    if settings.says("mode", "middleware").is_some() {
        return Ok(Some(Leaves::Handlers));
    }
    let folder = match settings.value(&row.key) {
        (Value::Text(folder), _) => folder,
        (Value::Absent, _) => row.folder.clone(),
        (_, place) => {
            let place = place.as_ref().map_or_else(|| row.config.clone(), Evidence::place);
            let reason = format!("{place} names the folder of the build as only a run could tell");
            return Err(Stop::refuse(reason).help("write it as a plain path").into());
        }
    };
    let file = join(folder.trim_start_matches("./").trim_end_matches('/'), &row.file);
    Ok(Some(Leaves::Server(Server { name: row.name.to_ascii_lowercase(), file, port: row.port, evidence })))
}

/// What a framework leaves without an adapter.
fn without(row: &SiteAdapter, candidate: &Candidate, settings: &Settings) -> Result<Leaves, Halt> {
    let Some((key, values)) = row.asks.split_first() else {
        return match row.needed && !settings.is_empty() {
            true => {
                let reason =
                    format!("{} builds with {}, and no adapter says for what", candidate.file, row.name);
                Err(fix(Stop::refuse(reason), row).into())
            }
            false => Ok(Leaves::Files(None)),
        };
    };
    match values.iter().find_map(|value| settings.says(key, value)) {
        Some(evidence) => {
            let reason = format!("{} asks for a server, and there is no adapter for one", evidence.place());
            Err(fix(Stop::refuse(reason), row).into())
        }
        None => Ok(Leaves::Files(None)),
    }
}

/// The change that makes it a server, or files.
fn fix(stop: Stop, row: &SiteAdapter) -> Stop {
    let file = format!("{}.js", row.config);
    let server = format!("for a server: `npm install {}`, and take it as the adapter in {file}", row.node);
    let files = match &row.files {
        Some(files) => format!("for files alone: `npm install {files}`, in its place"),
        None => format!("for files alone: no adapter at all, and `output: \"static\"` in {file}"),
    };
    stop.help(server).help(files)
}
