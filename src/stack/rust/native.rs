//! What the crates of a program need beyond a C compiler.

use super::graph::Graph;
use crate::catalog::{Libraries, RustNative};
use crate::verdict::Stop;

/// What the build stage needs for native crates, and the runtime for what they link.
#[derive(Default)]
pub(super) struct Needs {
    /// Whether the image with build tools and headers is needed.
    pub full: bool,
    /// Debian packages that the slim image lacks.
    pub packages: Vec<String>,
    /// The crate that asked for them first.
    pub because: Option<String>,
    /// Whether shared libraries that no runtime image has are copied.
    pub copied: bool,
    /// What these libraries load by name, below the folder of the system's libraries.
    pub plugins: Vec<String>,
    /// A crate that links a shared library, and the feature that would compile it in.
    pub shared: Option<(String, Option<String>)>,
    /// A crate that compiles C++.
    pub cplusplus: Option<String>,
    /// Whether any crate compiles C.
    pub compiles_c: bool,
}

/// Looks the crates up.
///
/// # Errors
/// A stop when the program would need what no distroless image holds.
pub(super) fn needs(known: &[RustNative], graph: &Graph) -> Result<Needs, Stop> {
    let mut needs = Needs { compiles_c: compiles_c(graph), ..Needs::default() };
    for native in known.iter().filter(|native| applies(native, graph)) {
        let has_source = native.source.iter().any(|source| graph.depends(&native.name, source));
        let by = native.by.iter().filter(|_| !graph.is_locked());
        let is_linked = by.chain([&native.name]).any(|name| graph.is_linked(name));
        // The source may be locked for a feature that is off: then either may happen, and both can.
        let is_certain = has_source && graph.is_certain(&native.name, native.feature.as_deref());
        if let Some(why) = native.refuse.as_ref().filter(|_| is_linked && !is_certain) {
            return Err(refusal(native, why, graph));
        }
        let system = if is_certain { &[][..] } else { &native.apt };
        let source = if has_source { &native.source_apt[..] } else { &[] };
        if !system.is_empty() || !source.is_empty() {
            needs.because.get_or_insert_with(|| native.name.clone());
        }
        needs.packages.extend(system.iter().chain(source).cloned());
        if is_linked && !is_certain && native.libraries == Libraries::Copied {
            needs.copied = true;
            needs.plugins.extend(native.plugins.iter().cloned());
        }
        if is_linked && !is_certain && native.libraries != Libraries::Compiled {
            needs.shared.get_or_insert_with(|| (native.name.clone(), native.feature.clone()));
        }
        if native.cplusplus {
            needs.cplusplus.get_or_insert_with(|| native.name.clone());
        }
    }
    if !graph.is_known() {
        // Nothing says what is needed, so that the image is the one that has most, and what the
        // program links of it is copied.
        (needs.full, needs.copied, needs.compiles_c) = (true, true, true);
    }
    needs.packages.sort();
    needs.packages.dedup();
    Ok(needs)
}

/// Whether the program or its build has the crate in the way that the row is about.
fn applies(native: &RustNative, graph: &Graph) -> bool {
    let is_brought = !graph.is_locked() && native.by.iter().any(|name| graph.names(name));
    if !graph.has(&native.name) && !is_brought {
        return false;
    }
    if let Some(feature) = &native.asked {
        let asked = std::iter::once(&native.name).chain(&native.with);
        return asked.into_iter().any(|name| graph.asks_like(name, feature));
    }
    if !native.with.is_empty() && !native.with.iter().any(|other| graph.depends(&native.name, other)) {
        return false;
    }
    let users = graph.users(&native.name);
    users.is_empty() || users.iter().any(|user| !native.unused_by.iter().any(|name| name == user))
}

fn refusal(native: &RustNative, why: &str, graph: &Graph) -> Stop {
    let place = if graph.is_locked() { "Cargo.lock" } else { "Cargo.toml" };
    let stop = Stop::refuse(format!("{place} has `{}`, {why}", native.name));
    match &native.feature {
        Some(feature) => stop.help(format!("its feature `{feature}` compiles the library in")),
        None => stop.help(
            "turn off the feature that brings it in; a Debian slim runtime is the nearest that can hold it",
        ),
    }
}

fn compiles_c(graph: &Graph) -> bool {
    ["cc", "cmake", "autotools"].iter().any(|name| graph.has(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::manifest::cargo::Lock;
    use crate::options::Options;
    use crate::repo::{Memory, Repo};
    use crate::stack::rust::{graph, workspace};

    /// The needs of a package with these dependencies and locked crates, each `name > dependency`.
    fn of(manifest: &str, locked: &[&str]) -> Result<Needs, String> {
        let manifest = format!("[package]\nname = \"a\"\nversion = \"0.1.0\"\n{manifest}");
        let repo =
            Repo::in_memory(Memory::new().file("Cargo.toml", &manifest).file("src/main.rs", "fn main() {}"));
        let text: String = locked
            .iter()
            .map(|line| {
                let (name, rest) = line.split_once('>').unwrap_or((line, ""));
                let dependencies: Vec<String> =
                    rest.split_whitespace().map(|one| format!("{one:?}")).collect();
                let source = if name.trim() == "a" { "" } else { "source = \"registry+x\"\n" };
                format!(
                    "[[package]]\nname = \"{}\"\nversion = \"0.1.0\"\n{source}dependencies = [{}]\n",
                    name.trim(),
                    dependencies.join(",")
                )
            })
            .collect();
        let packages = workspace::read(&repo, &manifest).unwrap();
        let lock = Lock::parse(&text).unwrap();
        let program = packages.chosen(&Options::default(), &[], &repo).unwrap();
        let graph = graph::graph(&packages, Some(&lock), &program).unwrap();
        needs(&catalog::rust().unwrap().native, &graph).map_err(|stop| stop.reason)
    }

    #[test]
    fn what_only_tests_need_decides_nothing() {
        let manifest = "[dependencies]\nb = \"1\"\n[dev-dependencies]\npq-sys = \"1\"\n";
        let needs = of(manifest, &["a > b pq-sys", "b", "pq-sys"]).unwrap();
        assert_eq!((needs.packages.len(), needs.copied), (0, false));
    }

    #[test]
    fn optional_dependencies_count_where_a_feature_turns_them_on() {
        let manifest = "[features]\ndefault = [\"db\"]\ndb = [\"dep:pq\"]\nmore = [\"dep:alsa-sys\"]\n\
                        [dependencies]\npq = { version = \"1\", package = \"pq-sys\", optional = true }\n\
                        alsa-sys = { version = \"1\", optional = true }\n";
        let needs = of(manifest, &["a > pq-sys alsa-sys", "pq-sys", "alsa-sys"]).unwrap();
        assert_eq!((needs.packages, needs.copied), (vec!["libpq-dev".to_owned()], true));
    }

    #[test]
    fn build_scripts_need_packages_and_link_nothing() {
        let needs =
            of("[build-dependencies]\nlibdbus-sys = \"1\"\n", &["a > libdbus-sys", "libdbus-sys"]).unwrap();
        assert_eq!((needs.packages.len(), needs.copied), (2, false));
    }

    #[test]
    fn a_library_that_comes_as_source_is_compiled_in() {
        let manifest = "[dependencies]\nopenssl-sys = \"1\"\n";
        let needs =
            of(manifest, &["a > openssl-sys", "openssl-sys > openssl-src cc", "openssl-src", "cc"]).unwrap();
        assert_eq!(needs.packages, ["make", "perl"]);
        assert!(needs.shared.is_none() && needs.compiles_c);
        let needs = of(manifest, &["a > openssl-sys", "openssl-sys"]).unwrap();
        assert_eq!(needs.packages, ["libssl-dev", "pkg-config"]);
        assert!(needs.shared.is_some() && !needs.copied);
    }

    #[test]
    fn source_that_may_be_for_a_feature_that_is_off() {
        let locked =
            ["a > native-tls", "native-tls > openssl-sys", "openssl-sys > openssl-src", "openssl-src"];
        let off = "[features]\nown = [\"native-tls/vendored\"]\n[dependencies]\nnative-tls = \"1\"\n";
        assert_eq!(of(off, &locked).unwrap().packages, ["libssl-dev", "make", "perl", "pkg-config"]);
        let asked = off.replace("= \"1\"", "= { version = \"1\", features = [\"vendored\"] }");
        assert_eq!(of(&asked, &locked).unwrap().packages, ["make", "perl"]);
        // What may be shared cannot be linked statically.
        assert!(of(off, &locked).unwrap().shared.is_some() && of(&asked, &locked).unwrap().shared.is_none());
        let on = format!("{off}[features.default]\n").replace("own =", "default = [\"own\"]\nown =");
        let on = on.replace("[features.default]\n", "");
        assert_eq!(of(&on, &locked).unwrap().packages, ["make", "perl"]);
    }

    #[test]
    fn features_that_are_asked_for_somewhere_else() {
        let locked = ["a > openssl-sys", "openssl-sys > openssl-src", "openssl-src"];
        let both = ["libssl-dev", "make", "perl", "pkg-config"];
        for table in [
            "target.'cfg(target_env = \"musl\")'.dependencies",
            "target.'cfg(windows)'.dependencies",
            "target.'cfg(feature_of_its_own)'.dependencies",
            "dev-dependencies",
            "build-dependencies",
        ] {
            let manifest = format!(
                "[dependencies]\nopenssl-sys = \"1\"\n[{table}]\nopenssl-sys = {{ version = \"1\", features = [\"vendored\"] }}\n"
            );
            assert_eq!(of(&manifest, &locked).unwrap().packages, both, "{table}");
        }
        let here = "[dependencies]\nopenssl-sys = \"1\"\n[target.'cfg(unix)'.dependencies]\nopenssl-sys = { version = \"1\", features = [\"vendored\"] }\n[dev-dependencies]\nopenssl-sys = \"1\"\n";
        assert_eq!(of(here, &locked).unwrap().packages, ["make", "perl"]);
    }

    #[test]
    fn tools_that_a_crate_brings_without_using_them() {
        let manifest = "[dependencies]\naws-lc-sys = \"1\"\nx = \"1\"\n";
        let locked = ["a > aws-lc-sys x", "aws-lc-sys > cmake bindgen", "cmake", "bindgen", "x"];
        assert!(of(manifest, &locked).unwrap().packages.is_empty());
        let locked = ["a > aws-lc-sys x", "aws-lc-sys > cmake bindgen", "cmake", "bindgen", "x > cmake"];
        assert_eq!(of(manifest, &locked).unwrap().packages, ["cmake", "g++", "make"]);
    }

    #[test]
    fn what_loads_libraries_by_name_is_refused() {
        let reason = of("[dependencies]\npam-sys = \"1\"\n", &["a > pam-sys", "pam-sys"]).err().unwrap();
        assert_eq!(reason, "Cargo.lock has `pam-sys`, which loads the system's modules for logging in");
    }
}
