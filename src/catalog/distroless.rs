//! The names that distroless publishes.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::parse;

/// The names that distroless publishes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distroless {
    prefix: String,
    suffix: String,
    names: Vec<String>,
    tags: Vec<String>,
    /// Old names, and the present one of each.
    instead: BTreeMap<String, String>,
    pub source: String,
    pub checked: toml::value::Datetime,
}

impl Distroless {
    /// What is wrong with the name of a distroless image: the reason, and the name to write.
    /// Nothing for a good name, and for images of others.
    pub fn fault(&self, reference: &str) -> Option<(&'static str, String)> {
        let rest = reference.strip_prefix(&self.prefix)?;
        let rest = rest.split('@').next().unwrap_or(rest);
        let (name, tag) = rest.split_once(':').unwrap_or((rest, "latest"));
        let (stem, suffix) = match name.find("-debian") {
            Some(at) => name.split_at(at),
            None => (name, ""),
        };
        let wanted_tag = if self.tags.iter().any(|one| one == tag) { tag } else { "nonroot" };
        let present = self.instead.get(stem).map_or(stem, String::as_str);
        let right = format!("{}{present}{}:{wanted_tag}", self.prefix, self.suffix);
        if !self.names.iter().any(|one| one == stem) {
            let known = self.instead.contains_key(stem);
            let all = self.names.iter().map(|name| format!("{name}{}", self.suffix)).collect::<Vec<_>>();
            return Some(("is not published", if known { right } else { all.join(", ") }));
        }
        if suffix.is_empty() {
            return Some(("has no Debian release in its name", right));
        }
        if suffix != self.suffix {
            return Some(("is not built any more", right));
        }
        (tag != wanted_tag).then_some(("has a tag that is not published", right))
    }
}

/// The names that distroless publishes.
///
/// # Errors
/// As [`super::go`].
pub fn distroless() -> Result<Distroless> {
    parse("distroless.toml", include_str!("data/distroless.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_release_old_and_unknown_ones_are_faults() {
        let images = distroless().unwrap();
        let fault = |name: &str| images.fault(&format!("{}{name}", images.prefix));
        let right = |name: &str| format!("{}{name}", images.prefix);
        assert_eq!(fault("static-debian13:nonroot"), None);
        assert_eq!(images.fault("golang:1.27"), None);
        assert_eq!(fault("nodejs"), Some(("is not published", right("nodejs24-debian13:latest"))));
        assert_eq!(
            fault("static"),
            Some(("has no Debian release in its name", right("static-debian13:latest")))
        );
        assert_eq!(fault("cc-debian11:debug"), Some(("is not built any more", right("cc-debian13:debug"))));
        assert_eq!(
            fault("base-debian13:1.0"),
            Some(("has a tag that is not published", right("base-debian13:nonroot")))
        );
        assert!(fault("ruby").is_some_and(|fault| fault.1.contains("java21-debian13")));
    }

    #[test]
    fn every_old_name_leads_to_a_present_one() {
        let images = distroless().unwrap();
        assert!(images.instead.values().all(|name| images.names.contains(name)));
    }
}
