//! The human view of what was found.

use crate::output::terminal::shown;
use crate::service::Service;
use crate::verdict::{Report, Verdict};

/// One service: its facts, where each was read, and what to beware of.
pub(super) fn service(service: &Service) -> String {
    let mut rows: Vec<[String; 2]> = Vec::new();
    let mut row =
        |name: &str, value: Option<String>| rows.extend(value.map(|value| [name.to_owned(), value]));
    row("language", Some(service.language.clone()));
    row("framework", service.framework.clone());
    row("package manager", service.package_manager.clone());
    row("kind", service.kind.map(|kind| kind.word().to_owned()));
    row("version", service.version.as_ref().map(|version| version.value.clone()));
    row("start", (!service.start.is_empty()).then(|| service.start.join(" ")));
    row("port", service.port.map(|port| port.to_string()));
    row("build image", service.build_image.clone());
    row("runtime image", service.runtime_image.clone());
    let mut text = format!("{}\n", line(&service.name));
    for [name, value] in rows {
        text.push_str(&format!("  {name:<16} {}\n", line(&value)));
    }
    if !service.evidence.is_empty() {
        text.push_str("\nbecause\n");
    }
    let width = service.evidence.iter().map(|one| one.place().chars().count()).max().unwrap_or(0).min(40);
    for one in &service.evidence {
        text.push_str(&format!("  {:<16} {:<width$}  {}\n", one.what, one.place(), line(&one.says)));
    }
    for warning in &service.warnings {
        text.push_str(&format!("\nwarning: {}\n", line(warning)));
    }
    shown(&text)
}

/// A whole verdict.
pub(super) fn verdict(verdict: &Verdict) -> String {
    let report = Report::of(verdict);
    let services: Vec<String> = report.services.iter().map(service).collect();
    services.join("\n")
}

/// A text of the repository as one line.
fn line(text: &str) -> String {
    text.replace('\n', "\\n")
}
