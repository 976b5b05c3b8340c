//! What libraries of a JVM program ask of the system that it runs on.

use super::module::Dependency;
use crate::catalog::JavaNative;
use crate::source::programs::first_few;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::evidence::Evidence;

    fn warnings(artifacts: &[&str]) -> Vec<String> {
        let dependency = |artifact: &&str| Dependency {
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
