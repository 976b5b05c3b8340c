//! The runtime image of a Go program: the smallest that is sure to work, and why.

use super::is_foreign;
use super::manifests::Modules;
use super::native::Cgo;
use super::program::Program;
use crate::evidence::Evidence;
use crate::options::RuntimeChoice;
use crate::repo::join;
use crate::stack::common::Root;
use crate::verdict::Stop;

/// The runtime, and what scratch must be given.
pub(super) struct Runtime {
    pub choice: RuntimeChoice,
    pub why: String,
    /// What led to it, where a line of the repository did.
    pub evidence: Option<Evidence>,
    pub certificates: bool,
    /// Whether time zones are compiled in.
    pub zones: bool,
    pub root: Root,
    /// Whether what cgo links must be linked statically.
    pub static_link: bool,
}

/// Decides the runtime: what was asked for if it can work, else the smallest that does.
///
/// # Errors
/// A stop when what was asked for cannot start the program.
pub(super) fn choose(
    asked: Option<RuntimeChoice>,
    cgo: Option<&Cgo>,
    modules: &Modules,
    program: &Program,
    standard: &[String],
) -> Result<Runtime, Stop> {
    let needs = needs(cgo, modules, program, standard);
    let least = match (cgo, &needs) {
        (Some(cgo), _) => cgo.runtime,
        (None, Some(_)) => RuntimeChoice::Static,
        (None, None) => RuntimeChoice::Scratch,
    };
    let choice = asked.unwrap_or(least);
    let static_link = cgo.is_some() && choice <= RuntimeChoice::Static;
    if let Some(cgo) = cgo.filter(|cgo| choice < cgo.runtime && !(static_link && cgo.static_tags.is_some())) {
        return Err(Stop::refuse(format!(
            "{} needs C ({}), so the program does not start on `{choice}`",
            cgo.evidence.place(),
            cgo.evidence.says
        ))
        .help(format!("the smallest runtime that holds its libraries is `--runtime {}`", cgo.runtime)));
    }
    let why = match (asked, &needs) {
        (Some(RuntimeChoice::Scratch), _) => "nothing but the program, as --runtime asks".to_owned(),
        (Some(_), _) => "the image that --runtime asks for".to_owned(),
        (None, _) if cgo.is_some() => {
            "glibc for a program that links C, and nothing else that it could run".to_owned()
        }
        (None, Some(needs)) => format!("no libc, but CA roots, time zones, users and /tmp: {}", needs.why),
        (None, None) => {
            "the program alone, which imports the standard library only and asks for no CA roots, time zones, users or /tmp".to_owned()
        }
    };
    let given =
        |asked: &Option<Evidence>| asked.is_some() || needs.as_ref().is_some_and(|needs| needs.unknown);
    let on_scratch = choice == RuntimeChoice::Scratch;
    let system = &program.system;
    Ok(Runtime {
        choice,
        why,
        certificates: on_scratch && given(&system.roots),
        zones: on_scratch && given(&system.zones),
        root: Root {
            tmp: on_scratch && given(&system.temporary),
            users: on_scratch && given(&system.users),
            ..Root::default()
        },
        evidence: Some(needs.map_or_else(|| alone(program), |needs| needs.evidence))
            .filter(|_| asked.is_none() && cgo.is_none()),
        static_link,
    })
}

/// Evidence that a program needs nothing but itself: what it imports.
fn alone(program: &Program) -> Evidence {
    let imports: Vec<&str> = program.imports.keys().map(String::as_str).collect();
    let says = match imports.as_slice() {
        [] => "nothing is imported".to_owned(),
        _ => format!("only the standard library is imported: {}", imports.join(", ")),
    };
    let file = program.files.first().map_or("", String::as_str);
    Evidence::file("runtime image", join(&program.folder, file), says)
}

/// Why a program needs more than itself.
struct Needs {
    why: String,
    evidence: Evidence,
    /// Whether it has code that is not seen here, which may need anything.
    unknown: bool,
}

fn needs(cgo: Option<&Cgo>, modules: &Modules, program: &Program, standard: &[String]) -> Option<Needs> {
    // Modules outside of the repository are not read: nothing proves what they ask for.
    let foreign = program.imports.iter().find(|(path, _)| {
        !modules.holds(path) && (is_foreign(path, standard) || modules.requires(path).is_some())
    });
    if let Some((path, evidence)) = foreign {
        let why = format!("`{path}` ({}) may ask for them", evidence.place());
        let evidence = Evidence { what: "runtime image".to_owned(), ..evidence.clone() };
        return Some(Needs { why, evidence, unknown: true });
    }
    if let Some((what, evidence)) = program.system.first() {
        let why = format!("{} asks for {what} (`{}`)", evidence.place(), evidence.says);
        let evidence = Evidence { what: "runtime image".to_owned(), ..evidence.clone() };
        return Some(Needs { why, evidence, unknown: false });
    }
    cgo.map(|cgo| Needs { why: cgo.why.clone(), evidence: cgo.evidence.clone(), unknown: true })
}
