//! What the catalog knows, as the reader asks for it.

use anyhow::Result;

use super::model::Plugin;
use crate::catalog::{self, Java, Maven};

/// Facts about Java and Maven.
pub(super) struct Known {
    pub java: Java,
    pub maven: Maven,
}

impl Known {
    /// The catalog's facts.
    ///
    /// # Errors
    /// When the catalog does not parse.
    pub(super) fn read() -> Result<Known> {
        Ok(Known { java: catalog::java()?, maven: catalog::maven()? })
    }

    /// Whether parents of this group are on Maven Central.
    pub(super) fn is_public(&self, group: &str) -> bool {
        self.maven.parents.groups.iter().any(|known| is_below(group, known))
    }

    /// Whether the default lifecycle runs a plugin that no pom names, so that what is managed of it
    /// holds.
    pub(super) fn is_bound(&self, plugin: &Plugin) -> bool {
        plugin.group == "org.apache.maven.plugins" && self.maven.bound.contains(&plugin.artifact)
    }

    /// Whether this phase has run when `package` is done.
    pub(super) fn is_early(&self, phase: &str) -> bool {
        let place = |name: &str| self.maven.phases.iter().position(|phase| phase == name);
        place(phase).is_some_and(|own| Some(own) <= place("package"))
    }
}

/// Whether a group is this one or below it.
pub(super) fn is_below(group: &str, above: &str) -> bool {
    group.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
