//! What the crates of Cargo.lock need beyond a C compiler.

use crate::catalog::{RustImage, RustNative};
use crate::manifest::cargo::Lock;
use crate::verdict::Stop;

/// What the build stage needs for native crates.
#[derive(Default)]
pub(super) struct Needs {
    /// Whether the image with build tools and headers is needed.
    pub full: bool,
    /// Debian packages that even that image lacks.
    pub packages: Vec<String>,
    /// The crate that asked for it.
    pub because: Option<String>,
    /// A crate that links a shared library of the system.
    pub dynamic: Option<String>,
}

/// Crates that bring the library's source along, so that nothing of the system is linked.
const BUNDLED: &[(&str, &str)] =
    &[("openssl-sys", "openssl-src"), ("pq-sys", "pq-src"), ("mysqlclient-sys", "mysqlclient-src")];

/// Looks the locked crates up.
///
/// # Errors
/// A stop when the program would need a library that no distroless image holds.
pub(super) fn needs(known: &[RustNative], lock: Option<&Lock>, full: &RustImage) -> Result<Needs, Stop> {
    let mut needs = Needs::default();
    // Without a lock file nothing says what is needed, so that the image is the one that has most.
    let Some(lock) = lock else { return Ok(Needs { full: true, ..needs }) };
    // With the feature `bundled` it compiles SQLite, for which alone it depends on `cc`.
    if lock.has("libsqlite3-sys") && !lock.depends("libsqlite3-sys", "cc") {
        let reason = "Cargo.lock has `libsqlite3-sys` without its feature `bundled`, and no distroless image holds SQLite";
        return Err(Stop::refuse(reason).help(
            "turn the feature on: `rusqlite` and `diesel` name it `bundled` or need `libsqlite3-sys` with it",
        ));
    }
    for native in known.iter().filter(|native| lock.has(&native.name)) {
        let bundled = BUNDLED.iter().any(|(name, source)| *name == native.name && lock.has(source));
        if !native.distroless && !bundled {
            let name = &native.name;
            return Err(Stop::refuse(format!("Cargo.lock has `{name}`, which links libraries that no distroless image holds"))
                .help("use the crate's feature that compiles the library in, if it has one; a Debian slim runtime is the nearest"));
        }
        needs.full = true;
        needs.because.get_or_insert_with(|| native.name.clone());
        if !bundled
            && native.apt.iter().any(|package| package.starts_with("lib") && package.ends_with("-dev"))
        {
            needs.dynamic.get_or_insert_with(|| native.name.clone());
        }
        needs.packages.extend(native.apt.iter().filter(|package| !full.full_has.contains(package)).cloned());
    }
    needs.packages.sort();
    needs.packages.dedup();
    Ok(needs)
}
