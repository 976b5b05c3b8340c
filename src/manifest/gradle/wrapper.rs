//! gradle/wrapper/gradle-wrapper.properties: the Gradle that a project brings.

use crate::catalog::Release;
use crate::manifest::properties::properties;

/// The distribution that the wrapper downloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    pub url: String,
    /// The line that names it.
    pub line: usize,
    /// The release in its name; `None` where it has none.
    pub version: Option<Release>,
    /// The host that it comes from, where that is not Gradle's own.
    pub host: Option<String>,
}

/// Hosts that Gradle is published on.
const OWN: &[&str] = &["services.gradle.org", "downloads.gradle.org"];

impl Distribution {
    /// Reads the text; `None` where it names no distribution.
    pub fn parse(text: &str) -> Option<Distribution> {
        let settings = properties(text);
        let (url, line) = settings.get("distributionUrl")?;
        let url = url.replace('\\', "");
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?']).next().unwrap_or(rest);
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned();
        let file = rest.split('?').next().unwrap_or(rest).rsplit('/').next().unwrap_or(rest);
        let version = file.strip_prefix("gradle-").and_then(|rest| rest.parse().ok());
        let host = Some(host).filter(|host| !OWN.contains(&host.as_str()));
        Some(Distribution { line: *line, version, host, url })
    }
}
