//! The file that a task which makes an archive leaves.

use super::makes::Look;
use crate::evidence::Evidence;
use crate::manifest::gradle::Expr;
use crate::stack::common;
use crate::stack::java::module::{File, Output};
use crate::verdict::Stop;

impl Look<'_> {
    /// What a task leaves, where its name is by default `name-version-classifier.extension`.
    /// Without a classifier the only jar of the folder is meant.
    ///
    /// # Errors
    /// A stop, where it is left in a folder that cannot be known.
    pub(super) fn archive(&self, task: &str, classifier: &str, extension: &str) -> Result<Output, Stop> {
        let folder = self.destination(task)?;
        let exact = self.set(task, "archiveFileName").or_else(|| self.set(task, "archiveName"));
        if let Some(name) = exact.as_ref().and_then(|(value, _)| self.scope.text(value))
            && common::is_plain_name(&name)
        {
            return Ok(Output { folder, file: File::Exact(name) });
        }
        if exact.is_some() && extension == "jar" {
            return Ok(Output { folder, file: File::OnlyJar });
        }
        let said = self.set(task, "archiveClassifier").or_else(|| self.set(task, "classifier"));
        let classifier = match said {
            Some((value, _)) if is_null(value) => Some(String::new()),
            Some((value, _)) => self.scope.text(value),
            None => Some(classifier.to_owned()),
        };
        let after = match classifier.filter(|one| one.is_empty() || common::is_plain_name(one)) {
            // With a name of its own it is not the only jar.
            Some(one) if one.is_empty() && extension == "jar" && !self.is_renamed(task) => {
                return Ok(Output { folder, file: File::OnlyJar });
            }
            Some(one) if one.is_empty() => format!(".{extension}"),
            Some(one) => format!("-{one}.{extension}"),
            None => return Ok(Output { folder, file: File::OnlyJar }),
        };
        let before = self.base(task).unwrap_or_default();
        let file = match self.versioned() {
            _ if exact.is_some() || before.is_empty() => {
                File::Versioned { before: String::new(), after, others: Vec::new() }
            }
            false => File::Exact(format!("{before}{after}")),
            true => File::Versioned { before: format!("{before}-"), after, others: Vec::new() },
        };
        Ok(Output { folder, file })
    }

    /// The first part of an archive's name; `None` where it cannot be known.
    fn base(&self, task: &str) -> Option<String> {
        let said = ["archiveBaseName", "baseName"].into_iter().find_map(|name| self.set(task, name));
        let said = said
            .or_else(|| self.last(|event| event.is(&["base", "archivesName"])))
            .or_else(|| self.last(|event| event.name() == "archivesBaseName"));
        match said {
            Some((value, _)) => self.scope.text(value).filter(|name| common::is_plain_name(name)),
            None => Some(self.project.name.clone())
                .filter(|name| self.project.named && common::is_plain_name(name)),
        }
    }

    /// Whether a task calls its archive as no other does, as far as can be known.
    fn is_renamed(&self, task: &str) -> bool {
        let said = ["archiveBaseName", "baseName"].into_iter().find_map(|name| self.set(task, name));
        let name = said.and_then(|(value, _)| self.scope.text(value));
        task != "jar" && name.is_some_and(|name| common::is_plain_name(&name) && name != self.project.name)
    }

    /// Whether the project has a version, as far as can be known.
    fn versioned(&self) -> bool {
        let by_plugin =
            self.applied.iter().any(|one| self.rows.iter().any(|row| row.versions && row.is(&one.id)));
        let properties = self.scope.properties.iter().any(|one| one.contains_key("version"));
        by_plugin || properties || self.last(|event| event.is(&["version"])).is_some()
    }

    fn destination(&self, task: &str) -> Result<String, Stop> {
        let said =
            ["destinationDirectory", "destinationDir"].into_iter().find_map(|name| self.set(task, name));
        let build = self.build_folder()?;
        match said {
            None => Ok(format!("{build}/libs")),
            Some((value, evidence)) => {
                // `layout.buildDirectory.dir("x")`.
                let below =
                    value.links().filter(|links| links.iter().any(|link| link.name == "buildDirectory"));
                let below = below.and_then(|links| self.scope.text(links.last()?.first()?));
                let folder = match below {
                    Some(below) => Some(format!("{build}/{below}")),
                    None => self.inside(value),
                };
                folder.filter(|folder| plain(folder)).ok_or_else(|| moved(&evidence))
            }
        }
    }

    /// The folder that the build writes to, below the project's.
    pub(super) fn build_folder(&self) -> Result<String, Stop> {
        let set = self.last(|event| event.is(&["buildDir"]) || event.is(&["layout", "buildDirectory"]));
        match set {
            None => Ok("build".to_owned()),
            Some((value, evidence)) => {
                self.inside(value).filter(|folder| plain(folder)).ok_or_else(|| moved(&evidence))
            }
        }
    }

    fn inside(&self, value: &Expr) -> Option<String> {
        let path = match value {
            // `layout.projectDirectory.dir("x")` and `file("x")` are below the project.
            Expr::Chain(_) => self.scope.path(value)?,
            other => crate::repo::normal(&crate::repo::join(&self.project.folder, &self.scope.text(other)?))?,
        };
        let folder = &self.project.folder;
        let rest = if folder.is_empty() { path.as_str() } else { path.strip_prefix(folder.as_str())? };
        Some(rest.trim_start_matches('/').to_owned())
    }
}

fn plain(folder: &str) -> bool {
    !folder.is_empty() && folder.split('/').all(common::is_plain_name)
}

fn is_null(value: &Expr) -> bool {
    value.links().is_some_and(|links| matches!(links, [one] if one.name == "null"))
}

fn moved(evidence: &Evidence) -> Stop {
    Stop::refuse(format!("{} has the build write to a folder that cannot be known", evidence.place()))
        .help("remove the line: what is made is looked for below `build`")
}
