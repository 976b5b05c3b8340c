//! Whether a Go program needs C, and what its runtime image must hold.

use super::manifests::Modules;
use super::program::Program;
use crate::catalog::GoNative;
use crate::evidence::Evidence;
use crate::manifest::gomod::is_module;
use crate::options::RuntimeChoice;
use crate::verdict::Stop;

/// A program that is compiled with cgo.
pub(super) struct Cgo {
    pub why: String,
    /// The smallest runtime that holds what it links.
    pub runtime: RuntimeChoice,
    /// Debian packages of the build stage.
    pub packages: Vec<String>,
    /// Build tags with which all of it links statically, where that is known to work.
    pub static_tags: Option<Vec<String>>,
    pub evidence: Evidence,
}

/// Whether the program, or a module that it requires, needs C. What the project itself builds
/// `without` cgo needs it only where the program imports it.
///
/// # Errors
/// A stop when what it links is in no distroless image, or cannot be known.
pub(super) fn cgo(
    known: &[GoNative],
    modules: &Modules,
    program: &Program,
    without: bool,
) -> Result<Option<Cgo>, Stop> {
    let mut found: Option<Cgo> = None;
    for native in known {
        let Some((evidence, certain)) = required(native, modules, program) else { continue };
        if without && !certain {
            continue;
        }
        if !native.distroless {
            if !certain {
                continue;
            }
            return Err(Stop::refuse(format!(
                "{} requires `{}`, which links libraries that no distroless image holds",
                evidence.place(),
                native.module
            ))
            .help("take a pure Go module instead; a Debian slim runtime is the nearest that can hold it"));
        }
        let runtime = match native.runtime.as_deref() {
            Some("cc") => RuntimeChoice::Cc,
            Some("base") => RuntimeChoice::Base,
            _ => RuntimeChoice::BaseNossl,
        };
        let why = format!("`{}` ({}) compiles C, so cgo is on", native.module, evidence.file);
        let mut packages = native.apt.clone();
        let mut static_tags = native.static_tags.clone();
        let runtime = match found.take() {
            Some(before) => {
                packages.extend(before.packages);
                static_tags = before.static_tags.zip(static_tags).map(|(a, b)| [a, b].concat());
                before.runtime.max(runtime)
            }
            None => runtime,
        };
        packages.sort();
        packages.dedup();
        found = Some(Cgo { why, runtime, packages, static_tags, evidence });
    }
    if found.is_some() {
        return Ok(found);
    }
    own(program)
}

/// Evidence that a module is required, and whether it is certain that the program contains it.
fn required(native: &GoNative, modules: &Modules, program: &Program) -> Option<(Evidence, bool)> {
    let import = program.imports.iter().find(|(path, _)| {
        is_module(path, &native.module) || path.starts_with(&format!("{}/", native.module))
    });
    if let Some((_, evidence)) = import {
        return Some((evidence.clone(), true));
    }
    let (file, require) = modules.requires(&native.module)?;
    // A package of a larger module counts only where it is imported.
    let whole = is_module(&require.module, &native.module)
        && !native.module.starts_with(&format!("{}/", require.module));
    let evidence = Evidence::at("cgo", file, require.line, require.module.clone());
    whole.then_some((evidence, !require.indirect))
}

/// The module's own `import "C"`.
fn own(program: &Program) -> Result<Option<Cgo>, Stop> {
    let Some(evidence) = program.imports.get("C") else { return Ok(None) };
    if let Some(links) = &program.links {
        return Err(Stop::refuse(format!("{} links a library by cgo (`{}`)", links.place(), links.says))
            .help("which image holds it cannot be known from the sources; link it statically without `#cgo LDFLAGS`"));
    }
    // C++ needs its standard library when it runs.
    let runtime = if program.cplusplus.is_some() { RuntimeChoice::Cc } else { RuntimeChoice::BaseNossl };
    Ok(Some(Cgo {
        why: format!("{} imports C, so cgo is on", evidence.file),
        runtime,
        packages: Vec::new(),
        // What C code of one's own does about names and users is not known.
        static_tags: None,
        evidence: evidence.clone(),
    }))
}
