//! What the plugin `application` gives a program besides its jars: options, and files.

use super::makes::Look;
use crate::manifest::gradle::Expr;
use crate::repo::Kind;
use crate::stack::java::module::Application;
use crate::verdict::Stop;

/// Options that only help a developer, or name files that the image does not have.
const LEFT_OUT: &[&str] =
    &["-agentlib:", "-agentpath:", "-javaagent:", "-Xdebug", "-Xrunjdwp", "-Dio.ktor.development"];

/// Gives the program the options of `applicationDefaultJvmArgs`, as far as they are written plainly.
pub(super) fn give(look: &Look, found: &mut Application) {
    let said = look.last(|event| event.name() == "applicationDefaultJvmArgs" && event.path.len() <= 2);
    let Some((value, evidence)) = said else { return };
    for entry in entries(value) {
        match look.scope.text(entry) {
            Some(option) if LEFT_OUT.iter().any(|known| option.starts_with(known)) => {}
            Some(option) if option.starts_with('-') && !option.contains("APP_HOME") => {
                found.options.push(option)
            }
            _ if begins(entry, LEFT_OUT) => {}
            _ => found.warnings.push(format!(
                "{} gives the program an option that only Gradle's start script knows: it starts without it",
                evidence.place()
            )),
        }
    }
}

/// Gives a launcher of Vert.x the verticle that Gradle's task `run` tells it, where that is literal.
pub(super) fn verticle(look: &Look, class: Option<&str>, found: &mut Application) {
    // They start the program anew when its sources change.
    const WATCHES: &[&str] = &["--redeploy", "--on-redeploy", "--launcher-class"];
    let is_vertx = class.is_some_and(|class| class.starts_with("io.vertx."));
    let events = look.project.layers.iter().flat_map(|file| &file.events);
    let said = events.rev().find(|event| !event.guarded && event.name() == "args" && event.path.len() <= 2);
    let Some(event) = said.filter(|_| is_vertx) else { return };
    let called = event.links.last().filter(|_| event.value.is_none());
    let given =
        event.value.iter().chain(called.into_iter().flat_map(|link| &link.args).map(|arg| &arg.value));
    let watches = |entry: &&Expr| match look.scope.text(entry) {
        Some(text) => WATCHES.iter().any(|known| text.starts_with(known)),
        None => begins(entry, WATCHES),
    };
    let words = given.flat_map(entries).filter(|entry| !watches(entry));
    found.arguments = words.map(|entry| look.scope.text(entry)).collect::<Option<_>>().unwrap_or_default();
}

/// The values of a list, however it is written.
fn entries(value: &Expr) -> Vec<&Expr> {
    match value {
        Expr::List(entries) => entries.iter().map(|entry| &entry.value).collect(),
        Expr::Chain(links) => match links.as_slice() {
            [one] if matches!(one.name.as_str(), "listOf" | "arrayOf" | "setOf") => {
                one.args.iter().map(|arg| &arg.value).collect()
            }
            _ => vec![value],
        },
        other => vec![other],
    }
}

/// Whether a text that code completes begins as one of these.
fn begins(value: &Expr, with: &[&str]) -> bool {
    use crate::manifest::gradle::Piece;
    let Expr::Text(pieces) = value else { return false };
    matches!(pieces.first(), Some(Piece::Plain(text)) if with.iter().any(|known| text.starts_with(known)))
}

/// Warns of files that a distribution has beside its jars.
///
/// # Errors
/// A stop when the repository cannot be read.
pub(super) fn beside(look: &Look, found: &mut Application) -> Result<(), Stop> {
    let more = look.project.layers.iter().find_map(|file| {
        let adds = |name: &str| matches!(name, "from" | "into");
        let mut events = file.events.iter().filter(|event| adds(event.name()));
        let event = events.find(|event| {
            event.path.iter().any(|name| matches!(name.as_str(), "distributions" | "applicationDistribution"))
        })?;
        Some(file.says("distribution", event).place())
    });
    let folder = look.path("src/dist");
    let is_there = look.repo.kind(&folder).map_err(|error| Stop::refuse(error.to_string()))?;
    let folder = (is_there == Some(Kind::Folder)).then_some(folder);
    found.warnings.extend(more.into_iter().chain(folder).map(|place| {
        format!("{place} gives the distribution files beside its jars, which the image does not have")
    }));
    Ok(())
}
