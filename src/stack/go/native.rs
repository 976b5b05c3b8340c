//! Whether a Go program needs C, and what its runtime image must hold.

use super::sources::Sources;
use super::{Modules, is_foreign};
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
    pub evidence: Evidence,
}

/// Whether the module, or one that it requires, needs C.
///
/// # Errors
/// A stop when what it links is in no distroless image, or cannot be known.
pub(super) fn cgo(known: &[GoNative], modules: &Modules, sources: &Sources) -> Result<Option<Cgo>, Stop> {
    let mut found: Option<Cgo> = None;
    for native in known {
        let Some((evidence, certain)) = required(native, modules, sources) else { continue };
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
        let runtime = match found.take() {
            Some(before) => {
                packages.extend(before.packages);
                before.runtime.max(runtime)
            }
            None => runtime,
        };
        packages.sort();
        packages.dedup();
        found = Some(Cgo { why, runtime, packages, evidence });
    }
    if found.is_some() {
        return Ok(found);
    }
    own(sources)
}

/// Evidence that a module is required, and whether it is certain that the program contains it.
fn required(native: &GoNative, modules: &Modules, sources: &Sources) -> Option<(Evidence, bool)> {
    let import = sources.imports.iter().find(|(path, _)| {
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
fn own(sources: &Sources) -> Result<Option<Cgo>, Stop> {
    let Some(evidence) = sources.imports.get("C") else { return Ok(None) };
    if let Some(links) = &sources.links {
        return Err(Stop::refuse(format!("{} links a library by cgo (`{}`)", links.place(), links.says))
            .help("which image holds it cannot be known from the sources; link it statically without `#cgo LDFLAGS`"));
    }
    // C++ needs its standard library when it runs.
    let runtime = if sources.cplusplus.is_some() { RuntimeChoice::Cc } else { RuntimeChoice::BaseNossl };
    Ok(Some(Cgo {
        why: format!("{} imports C, so cgo is on", evidence.file),
        runtime,
        packages: Vec::new(),
        evidence: evidence.clone(),
    }))
}

/// The runtime of a Go program and what scratch must be given.
pub(super) struct Runtime {
    pub choice: RuntimeChoice,
    pub why: String,
    pub certificates: bool,
    pub zones: bool,
    pub temporary: bool,
}

/// Packages that open TLS connections or check certificates.
const TLS: &[&str] = &["crypto/tls", "crypto/x509", "net/http", "net/smtp", "net/rpc"];

/// Decides the runtime: what was asked for if it can work, else the smallest that does.
///
/// # Errors
/// A stop when what was asked for cannot start the program.
pub(super) fn runtime(
    asked: Option<RuntimeChoice>,
    cgo: Option<&Cgo>,
    modules: &Modules,
    sources: &Sources,
) -> Result<Runtime, Stop> {
    let least = cgo.map_or(RuntimeChoice::Static, |cgo| cgo.runtime);
    let choice = asked.unwrap_or(least);
    if let Some(cgo) = cgo
        && choice < least
    {
        return Err(Stop::refuse(format!(
            "{} needs C ({}), so the program does not start on `{choice}`",
            cgo.evidence.place(),
            cgo.evidence.says
        ))
        .help(format!("the smallest runtime that holds its libraries is `--runtime {least}`")));
    }
    let requires = modules.require_any();
    let foreign = requires || sources.imports.keys().any(|path| is_foreign(path));
    let why = match (asked, cgo) {
        (Some(RuntimeChoice::Scratch), _) => "nothing but the program, as --runtime asks".to_owned(),
        (Some(_), _) => "the image that --runtime asks for".to_owned(),
        (None, Some(_)) => "glibc for a program that links C, and nothing else that it could run".to_owned(),
        (None, None) => {
            "a static program needs no libc; this image adds CA roots, time zones and users".to_owned()
        }
    };
    Ok(Runtime {
        choice,
        why,
        certificates: foreign || TLS.iter().any(|path| sources.imports.contains_key(*path)),
        zones: foreign || sources.zones.is_some(),
        temporary: foreign || sources.temporary.is_some() || sources.imports.contains_key("mime/multipart"),
    })
}
