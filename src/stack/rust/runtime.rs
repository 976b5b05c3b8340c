//! How a program is linked, and which image can then start it.

use super::graph::Graph;
use super::native::Needs;
use crate::catalog::Rust;
use crate::options::{Libc, Options, RuntimeChoice};
use crate::verdict::Stop;

/// How it is linked and what it runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub kind: Kind,
    pub runtime: RuntimeChoice,
}

/// The C library, and whether it is in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// glibc, shared with the image.
    Shared,
    /// glibc in the program.
    Static,
    /// musl in the program.
    Musl,
}

/// Whether the program is to be linked with musl.
pub(super) fn is_musl(options: &Options, asks_musl: bool) -> bool {
    let fits =
        !matches!(options.runtime, Some(RuntimeChoice::Cc | RuntimeChoice::Base | RuntimeChoice::BaseNossl));
    options.libc == Some(Libc::Musl) || (asks_musl && options.libc.is_none() && fits)
}

/// The runtime asked for if the program can start on it, else the one for all Rust programs.
///
/// # Errors
/// A stop when the program cannot be linked so, or does not start there.
pub(super) fn link(options: &Options, asks_musl: bool, needs: &Needs) -> Result<Link, Stop> {
    let shared = matches!(
        options.runtime,
        None | Some(RuntimeChoice::Cc | RuntimeChoice::Base | RuntimeChoice::BaseNossl)
    );
    if needs.full && (is_musl(options, asks_musl) || !shared) {
        let reason = "there is no Cargo.lock to say whether all crates can be linked into one static program";
        return Err(Stop::refuse(reason).help("run `cargo generate-lockfile` and commit it"));
    }
    if is_musl(options, asks_musl) {
        return musl(options.runtime, needs);
    }
    match options.runtime {
        None | Some(RuntimeChoice::Cc) => Ok(Link { kind: Kind::Shared, runtime: RuntimeChoice::Cc }),
        Some(choice @ (RuntimeChoice::Base | RuntimeChoice::BaseNossl)) => {
            Err(Stop::refuse(format!("`{choice}` lacks libgcc_s, without which no Rust program starts"))
                .help("the nearest runtime is `--runtime cc`"))
        }
        Some(choice) => match &needs.shared {
            Some((name, feature)) => {
                let reason =
                    format!("Cargo.lock has `{name}`, which links a shared library; `{choice}` has none");
                Err(compiled_in(Stop::refuse(reason), feature.as_ref())
                    .help("the nearest runtime is `--runtime cc`"))
            }
            None => Ok(Link { kind: Kind::Static, runtime: choice }),
        },
    }
}

fn musl(asked: Option<RuntimeChoice>, needs: &Needs) -> Result<Link, Stop> {
    if let Some((name, feature)) = &needs.shared {
        let reason =
            format!("Cargo.lock has `{name}`, which links a shared library of glibc; a musl program cannot");
        return Err(compiled_in(Stop::refuse(reason), feature.as_ref()).help("or take `--libc gnu`"));
    }
    if let Some(name) = &needs.cplusplus {
        let reason =
            format!("Cargo.lock has `{name}`, which compiles C++; Debian has no musl toolchain for it");
        return Err(Stop::refuse(reason).help("take `--libc gnu`"));
    }
    Ok(Link { kind: Kind::Musl, runtime: asked.unwrap_or(RuntimeChoice::Static) })
}

fn compiled_in(stop: Stop, feature: Option<&String>) -> Stop {
    match feature {
        Some(feature) => stop.help(format!("its feature `{feature}` compiles the library in")),
        None => stop,
    }
}

/// Why the image is the right one.
pub(super) fn why(options: &Options, link: Link) -> String {
    let by = match (options.libc, options.runtime) {
        (Some(_), None) => "as --libc asks",
        (None, None) => "as .cargo/config.toml asks",
        _ => "as --runtime asks",
    };
    match (link.kind, link.runtime) {
        (Kind::Shared, _) => {
            "Rust programs need glibc and libgcc_s; this is the smallest image with both".to_owned()
        }
        (_, RuntimeChoice::Scratch) => "nothing but the program, as --runtime asks".to_owned(),
        (Kind::Static, _) => "the program is linked statically, as --runtime asks".to_owned(),
        (Kind::Musl, _) => format!("the program is linked statically with musl, {by}"),
    }
}

/// What a static glibc cannot do, where the program may want it.
pub(super) fn caution(link: Link, graph: &Graph, knowledge: &Rust) -> Option<String> {
    let mut resolvers = knowledge.static_link.resolvers.iter();
    let name = resolvers.find(|name| graph.is_linked(name)).filter(|_| link.kind == Kind::Static)?;
    Some(format!(
        "`{name}` looks up names of other machines: a static glibc finds them by /etc/hosts and DNS alone; other name services need `--runtime cc`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(
        libc: Option<Libc>,
        runtime: Option<RuntimeChoice>,
        musl: bool,
        needs: &Needs,
    ) -> Result<Link, String> {
        let options = Options { libc, runtime, ..Options::default() };
        link(&options, musl, needs).map_err(|stop| stop.reason)
    }

    #[test]
    fn what_is_asked_for_decides() {
        let needs = Needs::default();
        let found = |libc, runtime, musl| of(libc, runtime, musl, &needs).unwrap();
        let link = |kind, runtime| Link { kind, runtime };
        assert_eq!(found(None, None, false), link(Kind::Shared, RuntimeChoice::Cc));
        assert_eq!(found(None, None, true), link(Kind::Musl, RuntimeChoice::Static));
        assert_eq!(found(Some(Libc::Gnu), None, true), link(Kind::Shared, RuntimeChoice::Cc));
        assert_eq!(found(None, Some(RuntimeChoice::Cc), true), link(Kind::Shared, RuntimeChoice::Cc));
        let scratch = Some(RuntimeChoice::Scratch);
        assert_eq!(found(Some(Libc::Musl), scratch, false), link(Kind::Musl, RuntimeChoice::Scratch));
        assert_eq!(found(None, scratch, false), link(Kind::Static, RuntimeChoice::Scratch));
        assert!(of(None, Some(RuntimeChoice::Base), false, &needs).unwrap_err().contains("libgcc_s"));
    }

    #[test]
    fn what_cannot_be_linked_statically_is_refused() {
        let shared = Needs { shared: Some(("openssl-sys".into(), None)), ..Needs::default() };
        assert!(of(Some(Libc::Musl), None, false, &shared).unwrap_err().contains("a musl program cannot"));
        assert!(of(None, Some(RuntimeChoice::Static), false, &shared).is_err());
        let cplusplus = Needs { cplusplus: Some("librocksdb-sys".into()), ..Needs::default() };
        let unknown = Needs { full: true, ..Needs::default() };
        assert!(of(None, None, false, &unknown).is_ok() && of(None, None, true, &unknown).is_err());
        assert!(
            of(None, Some(RuntimeChoice::Scratch), false, &unknown).unwrap_err().contains("no Cargo.lock")
        );
        assert!(of(Some(Libc::Musl), None, false, &cplusplus).unwrap_err().contains("compiles C++"));
        assert!(of(None, Some(RuntimeChoice::Static), false, &cplusplus).is_ok());
    }
}
