//! Whether a Go program needs C, and what its runtime image must hold.

use super::manifests::Modules;
use super::program::Program;
use super::sources::Sources;
use crate::catalog::{Go, GoLibrary, GoNative};
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
    knowledge: &Go,
    modules: &Modules,
    sources: &Sources,
    program: &Program,
    without: bool,
) -> Result<Option<Cgo>, Stop> {
    let mut found: Option<Cgo> = None;
    for native in &knowledge.native {
        let Some((evidence, certain)) = required(native, modules, sources, program) else { continue };
        if !certain && (without || !native.distroless) {
            continue;
        }
        if !native.distroless {
            return Err(Stop::refuse(format!(
                "{} imports `{}`, which links libraries that no distroless image holds",
                evidence.place(),
                native.module
            ))
            .help("take a pure Go module instead; a Debian slim runtime is the nearest that can hold it"));
        }
        let needed = Cgo {
            why: format!("`{}` ({}) compiles C, so cgo is on", native.module, evidence.file),
            runtime: choice(native.runtime.as_deref()),
            packages: native.apt.clone(),
            static_tags: native.static_tags.clone(),
            evidence,
        };
        found = Some(merged(found, needed));
    }
    Ok(match own(knowledge, program)? {
        Some(own) => Some(merged(found, own)),
        None => found,
    })
}

fn choice(runtime: Option<&str>) -> RuntimeChoice {
    match runtime {
        Some("cc") => RuntimeChoice::Cc,
        Some("base") => RuntimeChoice::Base,
        _ => RuntimeChoice::BaseNossl,
    }
}

/// What two needs come to; the reason of the first is told.
fn merged(first: Option<Cgo>, second: Cgo) -> Cgo {
    let Some(first) = first else { return second };
    let mut packages = [first.packages, second.packages].concat();
    packages.sort();
    packages.dedup();
    Cgo {
        runtime: first.runtime.max(second.runtime),
        packages,
        static_tags: first.static_tags.zip(second.static_tags).map(|(a, b)| [a, b].concat()),
        ..first
    }
}

/// Evidence that a module is required, and whether it is certain that the program contains it.
fn required(
    native: &GoNative,
    modules: &Modules,
    sources: &Sources,
    program: &Program,
) -> Option<(Evidence, bool)> {
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
    // What another program of the repository imports, and this one does not, is the other's.
    let is_others = sources.all().any(|package| package.imports(&require.module));
    let evidence = Evidence::at("cgo", file, require.line, require.module.clone());
    (whole && !is_others).then_some((evidence, false))
}

/// The program's own `import "C"`, or a package of its own that is empty without.
fn own(knowledge: &Go, program: &Program) -> Result<Option<Cgo>, Stop> {
    let Some(evidence) = program.imports.get("C").or(program.needs_cgo.as_ref()) else { return Ok(None) };
    // C++ needs its standard library when it runs.
    let mut runtime = if program.cplusplus.is_some() { RuntimeChoice::Cc } else { RuntimeChoice::BaseNossl };
    for line in &program.links {
        runtime = runtime.max(linked(&knowledge.linked, line)?);
    }
    Ok(Some(Cgo {
        why: format!("{} needs C, so cgo is on", evidence.file),
        runtime,
        packages: Vec::new(),
        // What C code of one's own does about names and users is not known.
        static_tags: None,
        evidence: evidence.clone(),
    }))
}

/// The runtime that holds what a `#cgo` line links.
fn linked(known: &[GoLibrary], line: &Evidence) -> Result<RuntimeChoice, Stop> {
    let names: Vec<&str> = line.says.split_whitespace().filter_map(|word| word.strip_prefix("-l")).collect();
    let found: Option<Vec<&GoLibrary>> =
        names.iter().map(|name| known.iter().find(|library| library.name == *name)).collect();
    let found = found.filter(|found| !found.is_empty()).ok_or_else(|| {
        Stop::refuse(format!("{} links a library by cgo (`{}`)", line.place(), line.says))
            .help("which image holds it cannot be known from the sources; link it statically without `#cgo LDFLAGS`")
    })?;
    Ok(found.iter().map(|library| choice(Some(&library.runtime))).max().unwrap_or(RuntimeChoice::BaseNossl))
}
