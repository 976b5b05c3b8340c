//! The project's own Maven, by its wrapper.

use anyhow::Result;

use crate::catalog::{MavenJava, Release};
use crate::evidence::Evidence;
use crate::manifest::properties;
use crate::repo::Repo;
use crate::stack::java::module::BuildsOn;

/// What the wrapper consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stack::java) enum Form {
    /// A script and the jar beside its properties.
    Jar,
    /// A script that downloads the jar.
    Download,
    /// A script that downloads Maven by itself.
    Script,
}

/// The wrapper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack::java) struct Wrapper {
    pub form: Form,
    /// Whether the script has Windows line ends, with which no shell runs it.
    pub windows: bool,
    /// The Maven that it brings.
    pub maven: Option<Release>,
    /// Where it takes Maven from.
    pub address: Option<Evidence>,
    /// The program that it cannot do without, where Java does not do the same.
    pub calls: Option<&'static str>,
}

impl Wrapper {
    /// The releases of Java that the Maven which it brings runs on, where not every JDK will do.
    pub(super) fn builds_on(&self, modern: &MavenJava) -> Option<BuildsOn> {
        let maven = self.maven.as_ref().filter(|maven| maven.first(1) >= modern.from && !self.windows)?;
        let mut evidence = self.address.clone()?;
        evidence.says = format!("Maven {maven}");
        Some(BuildsOn { ranges: vec![(modern.java, u64::MAX)], evidence })
    }
}

pub(super) const SCRIPT: &str = "mvnw";
const PROPERTIES: &str = ".mvn/wrapper/maven-wrapper.properties";

/// The wrapper, where both its script and its properties are there.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn read(repo: &Repo) -> Result<Option<Wrapper>> {
    let (Some(script), Some(text)) = (repo.source(SCRIPT)?, repo.source(PROPERTIES)?) else {
        return Ok(None);
    };
    let settings = properties::properties(&text);
    let form = match settings.get("distributionType").map(|(value, _)| value.as_str()) {
        Some("only-script") => Form::Script,
        _ if repo.has(".mvn/wrapper/maven-wrapper.jar")? => Form::Jar,
        // Without a type or an address of the jar, the script tells by itself.
        None if !settings.contains_key("wrapperUrl") && script.contains("distributionType") => Form::Script,
        _ => Form::Download,
    };
    let address = settings
        .get("distributionUrl")
        .map(|(value, line)| Evidence::at("Maven", PROPERTIES, *line, value.replace("\\:", ":")));
    let maven = address.as_ref().and_then(|evidence| {
        let file = evidence.says.rsplit('/').next()?;
        file.strip_prefix("apache-maven-")?.parse().ok()
    });
    let is_zip = address.as_ref().is_some_and(|evidence| evidence.says.ends_with(".zip"));
    let calls = match form {
        // Without unzip the script takes another archive, of which the sum is wrong.
        Form::Script if is_zip && settings.contains_key("distributionSha256Sum") => Some("unzip"),
        Form::Download if !repo.has(".mvn/wrapper/MavenWrapperDownloader.java")? => Some("wget"),
        _ => None,
    };
    Ok(Some(Wrapper { form, windows: script.contains("\r\n"), maven, address, calls }))
}
