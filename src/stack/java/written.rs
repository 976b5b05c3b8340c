//! What libraries of a JVM program ask of the system that it runs on.

use super::layout::Step;
use super::module::Dependency;
use crate::catalog::JavaNative;
use crate::evidence::Evidence;
use crate::plan::Copy;
use crate::repo::{normal, parent};
use crate::service::Service;
use crate::source::programs::first_few;
use crate::stack::common;

/// What to say of dependencies whose jars hold code of the machine's own.
pub(super) fn native(known: &JavaNative, dependencies: &[Dependency]) -> Vec<String> {
    let shipped = || dependencies.iter().filter(|dependency| dependency.shipped);
    let mut names: Vec<&str> = shipped()
        .map(|dependency| dependency.artifact.as_str())
        .filter(|artifact| known.unpacks.iter().any(|known| known == artifact))
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut warnings = Vec::new();
    if let Some((first, more)) = names.split_first() {
        let more = match more.len() {
            0 => "unpacks its".to_owned(),
            1 => "and one more unpack their".to_owned(),
            more => format!("and {more} more unpack their"),
        };
        warnings.push(format!(
            "`{first}` {more} native libraries to /tmp, which must be writable and not noexec: where the file system is read-only, mount one there"
        ));
    }
    let linked = shipped().filter(|dependency| known.openssl.contains(&dependency.artifact));
    let linked = linked.map(|dependency| {
        format!(
            "{} brings `{}`, which is linked with OpenSSL, which the runtime image lacks; `netty-tcnative-boringssl-static` brings its own",
            dependency.evidence.place(),
            dependency.artifact
        )
    });
    warnings.extend(first_few(linked, |more| format!("and {more} more that are linked with OpenSSL")));
    warnings
}

/// Folders below the working directory that the program writes to.
pub(super) struct Written(Vec<String>);

/// The folders of the databases that settings name; what lies in the working directory itself
/// cannot be written there, and its user is told.
pub(super) fn folders(writes: &[(String, Evidence)], service: &mut Service) -> Written {
    let mut found: Vec<String> = Vec::new();
    for (path, evidence) in writes {
        let folder = normal(path).map(|path| parent(&path).to_owned());
        match folder.filter(|folder| common::is_plain_path(folder)) {
            Some(folder) => {
                service.warnings.push(format!(
                    "{} writes below `{folder}`: `/app/{folder}` is a volume; name it when the container is started to keep what is in it",
                    evidence.place()
                ));
                found.push(folder);
            }
            None => service.warnings.push(format!(
                "{} writes `{path}` into its working directory, where it must not: name a folder for it, or a volume's",
                evidence.place()
            )),
        }
    }
    found.sort();
    found.dedup();
    Written(found)
}

impl Written {
    /// Makes the folders in the build stage, for the user that runs.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.0.iter().map(|folder| Step::Writable { folder: format!("{WRITABLE}{folder}") }).collect()
    }

    /// The copy of them all.
    pub(super) fn copy(&self) -> Option<Copy> {
        let why = "Empty folders that the program writes to";
        (!self.0.is_empty()).then(|| Copy::new(WRITABLE, "/app/").because(why).owned())
    }

    pub(super) fn volumes(&self) -> Vec<String> {
        self.0.iter().map(|folder| format!("/app/{folder}")).collect()
    }
}

const WRITABLE: &str = "/out/writable/";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::evidence::Evidence;

    fn warnings(artifacts: &[&str]) -> Vec<String> {
        let dependency = |artifact: &&str| Dependency {
            is_tests: false,
            group: "g".to_owned(),
            artifact: (*artifact).to_owned(),
            version: None,
            shipped: *artifact != "jna",
            evidence: Evidence::at("dependency", "pom.xml", 7, *artifact),
        };
        let dependencies: Vec<Dependency> = artifacts.iter().map(dependency).collect();
        native(&catalog::java().unwrap().native, &dependencies)
    }

    #[test]
    fn native_libraries_are_told_of_once() {
        assert!(warnings(&["jna", "slf4j-api"]).is_empty());
        let said = warnings(&["zstd-jni", "snappy-java", "sqlite-jdbc"]);
        assert!(
            matches!(said.as_slice(), [one] if one.starts_with("`snappy-java` and 2 more unpack")),
            "{said:?}"
        );
        assert!(warnings(&["netty-tcnative"])[0].starts_with("pom.xml:7 brings `netty-tcnative`"));
    }
}
