//! The build stages of a Rust program.

use super::config::{Config, Flags};
use super::fetch::Fetch;
use super::image::Chosen;
use super::native::Needs;
use super::runtime::{Kind, Link};
use super::targets::Program;
use super::{Build, Chef, Setting, Step};
use crate::catalog::{Release, Rust};
use crate::options::{Cache, Options, RuntimeChoice};
use crate::service::Service;
use crate::stack::common::Root;
use crate::verdict::Stop;

/// Everything that was decided about the build.
pub(super) struct Making<'a> {
    pub program: &'a Program<'a>,
    pub knowledge: &'a Rust,
    pub needs: &'a Needs,
    pub config: &'a Config,
    pub link: Link,
    pub chosen: Chosen,
    pub fetch: Fetch,
    /// Whether the queries that sqlx checks are prepared.
    pub prepared: bool,
    /// Whether a crate that asks git must be told to do without.
    pub idempotent: bool,
    /// Whether the release profile says what of symbols is kept.
    pub strips: bool,
    pub locked: bool,
    /// Whether crates come from a folder of the repository.
    pub vendored: bool,
}

/// The build stages.
///
/// # Errors
/// A stop when the toolchain cannot link the program as asked.
pub(super) fn build(making: Making, options: &Options, service: &mut Service) -> Result<Build, Stop> {
    refuse_old_linker(&making)?;
    let chef = options.cache == Some(Cache::Chef);
    if chef {
        refuse_without_chef(&making)?;
    }
    let target = target(&making);
    let (program, link) = (making.program, making.link);
    let collects = link.kind == Kind::Shared && making.needs.copied;
    let mut arguments = flags_argument(&making, chef)?;
    if making.locked {
        arguments.push("--locked".to_owned());
    }
    arguments.extend(package(program));
    arguments.extend(chosen_program(program));
    service.warnings.extend(making.config.wraps().then(|| {
        ".cargo/config.toml runs the compiler by a wrapper, which no build image has: the build goes without".to_owned()
    }));
    Ok(Build {
        fronts: Vec::new(),
        first: if chef { "chef" } else { "build" },
        packages: packages(&making),
        steps: steps(&making, chef),
        chef: chef.then(|| Chef { arguments: cook(&making) }),
        remarks: remarks(&making, chef),
        mounts: mounts(&making, chef),
        touch: !chef,
        env: env(&making, target),
        arguments,
        target,
        name: program.name.to_owned(),
        output: format!("/out/bin/{}", program.name),
        libraries: collects,
        plugins: if collects { making.needs.plugins.clone() } else { Vec::new() },
        root: Root { tmp: link.runtime == RuntimeChoice::Scratch, ..Root::default() },
        image: making.chosen.image,
        why: making.chosen.why,
    })
}

/// Refuses cargo-chef where it cannot be compiled or finds no crates.
fn refuse_without_chef(making: &Making) -> Result<(), Stop> {
    if making.vendored {
        let reason = "the crates are in the repository, where cargo-chef has none of its files yet";
        return Err(Stop::refuse(reason).help("leave --cache out: nothing is downloaded"));
    }
    let least = &making.knowledge.chef.from;
    match making.chosen.release.as_ref().filter(|release| *release < least) {
        Some(release) => {
            let reason = format!("Rust {release} cannot compile cargo-chef; that takes {least} or newer");
            Err(Stop::refuse(reason).help("leave --cache out, or ask for a newer Rust"))
        }
        None => Ok(()),
    }
}

fn refuse_old_linker(making: &Making) -> Result<(), Stop> {
    let least: &Release = &making.knowledge.static_link.from;
    match making.chosen.release.as_ref().filter(|release| *release < least) {
        Some(release) if making.link.kind == Kind::Static => {
            let reason =
                format!("Rust {release} cannot be linked statically here; that takes {least} or newer");
            Err(Stop::refuse(reason).help("leave --runtime out, take `--libc musl`, or ask for a newer Rust"))
        }
        _ => Ok(()),
    }
}

/// Which package is built, where the folder of the build does not say it.
fn package(program: &Program) -> Vec<String> {
    let package = program.package;
    if !package.folder.is_empty() {
        return vec!["--manifest-path".to_owned(), package.file()];
    }
    // At the root of a workspace its default members would be built instead.
    match package.manifest.workspace {
        Some(_) => vec!["--package".to_owned(), package.name().to_owned()],
        None => Vec::new(),
    }
}

/// `--bin` and the features that it is not built without.
fn chosen_program(program: &Program) -> Vec<String> {
    let mut words = vec!["--bin".to_owned(), program.name.to_owned()];
    if !program.features.is_empty() {
        words.extend(["--features".to_owned(), program.features.join(",")]);
    }
    words
}

/// What cargo-chef compiles: the dependencies of the same program in the same way.
fn cook(making: &Making) -> Vec<String> {
    let locked = making.locked.then(|| "--locked".to_owned());
    let package = ["--package".to_owned(), making.program.package.name().to_owned()];
    locked.into_iter().chain(package).chain(chosen_program(making.program)).collect()
}

fn packages(making: &Making) -> Vec<String> {
    let mut packages = making.needs.packages.clone();
    packages.extend(making.config.packages(&making.knowledge.linker, making.link.kind == Kind::Musl));
    packages.extend(making.fetch.packages.iter().cloned());
    if making.link.kind == Kind::Musl && making.needs.compiles_c {
        packages.push(making.knowledge.musl.apt.clone());
    }
    packages.sort();
    packages.dedup();
    packages
}

/// The target, as the shell is to read it: of the machine that builds.
fn target(making: &Making) -> Option<&'static str> {
    match making.link.kind {
        // Its own machine is what any machine that builds can link for.
        Kind::Shared if making.config.names_target() && making.chosen.own_toolchain => {
            Some("\"$(RUSTUP_TOOLCHAIN=\"$RUST_VERSION\" rustc -vV | sed -n 's/^host: //p')\"")
        }
        Kind::Shared if making.config.names_target() => Some("\"$(rustc -vV | sed -n 's/^host: //p')\""),
        Kind::Shared => None,
        // Naming the target keeps flags for the program from build scripts and macros.
        Kind::Static if making.chosen.own_toolchain => {
            Some("\"$(RUSTUP_TOOLCHAIN=\"$RUST_VERSION\" rustc --print host-tuple)\"")
        }
        Kind::Static => Some("\"$(rustc --print host-tuple)\""),
        Kind::Musl => Some("\"$(uname -m)-unknown-linux-musl\""),
    }
}

fn env(making: &Making, target: Option<&'static str>) -> Vec<Setting> {
    let mut env = Vec::new();
    let mut set = |name, value, wanted: bool| env.extend(wanted.then_some(Setting { name, value }));
    let musl = making.link.kind == Kind::Musl;
    set("RUSTUP_TOOLCHAIN", "\"$RUST_VERSION\"", making.chosen.own_toolchain);
    set("CARGO_PROFILE_RELEASE_STRIP", "symbols", !making.strips);
    let flags = making.link.kind == Kind::Static && making.config.flags() == Flags::None && target.is_some();
    set("RUSTFLAGS", "\"-C target-feature=+crt-static\"", flags);
    for name in ["CC_x86_64_unknown_linux_musl", "CC_aarch64_unknown_linux_musl"] {
        set(name, "musl-gcc", musl && making.needs.compiles_c);
    }
    set("SQLX_OFFLINE", "true", making.prepared);
    set("VERGEN_IDEMPOTENT", "1", making.idempotent);
    set("RUSTC_WRAPPER", "", making.config.wraps());
    set("RUSTC_WORKSPACE_WRAPPER", "", making.config.wraps());
    env
}

/// The flag for a static link where the configuration has flags of its own, which `RUSTFLAGS`
/// would hide: Cargo joins lists of the same name.
fn flags_argument(making: &Making, chef: bool) -> Result<Vec<String>, Stop> {
    let key = match making.config.flags() {
        _ if making.link.kind != Kind::Static => return Ok(Vec::new()),
        Flags::None => return Ok(Vec::new()),
        Flags::Build => "build.rustflags",
        Flags::Target => "target.\"cfg(all())\".rustflags",
    };
    if chef {
        return Err(Stop::refuse(
            ".cargo/config.toml has flags for the compiler, which cargo-chef cannot add those of a static link to",
        )
        .help("leave --cache out, or take `--libc musl`, which needs no flags"));
    }
    Ok(vec!["--config".to_owned(), format!("{key}=[\"-Ctarget-feature=+crt-static\"]")])
}

/// What is installed before the sources are there.
fn steps(making: &Making, chef: bool) -> Vec<Step> {
    let mut steps = making.chosen.steps.clone();
    if making.link.kind == Kind::Musl {
        steps.push(Step {
            why: "musl's standard library, for a program that needs no other".to_owned(),
            files: Vec::new(),
            command: match making.chosen.own_toolchain {
                true => {
                    "RUSTUP_TOOLCHAIN=\"$RUST_VERSION\" rustup target add \"$(uname -m)-unknown-linux-musl\""
                }
                false => "rustup target add \"$(uname -m)-unknown-linux-musl\"",
            },
            words: Vec::new(),
        });
    }
    if chef {
        let version = &making.knowledge.chef.version;
        steps.push(Step {
            why: "cargo-chef compiles dependencies by themselves, for caches that carry layers only"
                .to_owned(),
            files: Vec::new(),
            command: "cargo install --locked --root /usr/local",
            words: vec![format!("cargo-chef@{version}")],
        });
    }
    steps
}

fn remarks(making: &Making, chef: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if !chef {
        remarks.extend(
            [
                "Crates and compiled dependencies stay in cache mounts: an edit of the sources downloads nothing",
                "Cargo compares file times, so files copied with old times are touched before it looks",
            ]
            .map(str::to_owned),
        );
    }
    if making.chosen.own_toolchain {
        remarks.push("RUSTUP_TOOLCHAIN keeps rustup from downloading what the image already has".to_owned());
    }
    for secret in &making.fetch.secrets {
        let source = secret.source.replace('~', "$HOME");
        remarks.push(format!("{}: build with --secret id={},src={source}", secret.why, secret.id));
    }
    if let Some(why) = &making.fetch.ssh {
        remarks.push(format!("{why}: build with --ssh default, which lends it the keys of an agent"));
    }
    if making.link.kind == Kind::Shared && making.needs.copied {
        remarks.push(
            "Libraries that the runtime image lacks go into /out/lib; one that is nowhere stops the build"
                .to_owned(),
        );
    }
    remarks
}

fn mounts(making: &Making, chef: bool) -> Vec<String> {
    let mut mounts = Vec::new();
    if !chef {
        let name = making.program.name;
        mounts.extend([
            "--mount=type=cache,target=/usr/local/cargo/registry".to_owned(),
            "--mount=type=cache,target=/usr/local/cargo/git/db".to_owned(),
            format!("--mount=type=cache,id=target-{name},target=/src/target,sharing=locked"),
        ]);
    }
    for secret in &making.fetch.secrets {
        mounts.push(format!("--mount=type=secret,id={},target={}", secret.id, secret.target));
    }
    if making.fetch.ssh.is_some() {
        mounts.push("--mount=type=ssh".to_owned());
    }
    mounts
}
