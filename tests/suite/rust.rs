//! What is planned for Rust, in the cases that go wrong elsewhere.

use distrogen::options::{Cache, Libc, Options, RuntimeChoice};
use distrogen::plan::Plan;
use distrogen::render::render;
use distrogen::repo::{Memory, Repo};
use distrogen::select::verdict;
use distrogen::verdict::{Stop, Verdict};

use crate::planning::{decide, files_of, plan, refusal};

fn dockerfile(plan: &Plan) -> String {
    render(plan).unwrap().remove(0).text
}

fn ignore(plan: &Plan) -> String {
    render(plan).unwrap().remove(1).text
}

/// A manifest with this after its package table.
fn package(rest: &str) -> String {
    format!("[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{rest}")
}

/// A lock file of packages, each `name > dependencies`; `a` is the repository's own.
fn lock(packages: &[&str]) -> String {
    let one = |line: &&str| {
        let (name, rest) = line.split_once('>').unwrap_or((line, ""));
        let name = name.trim();
        let dependencies: Vec<String> = rest.split_whitespace().map(|one| format!("{one:?}")).collect();
        let own = ["a", "b"].contains(&name);
        let source =
            if own { "" } else { "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n" };
        let version = if own { "0.1.0" } else { "1.0.0" };
        let dependencies = dependencies.join(",");
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}dependencies = [{dependencies}]\n"
        )
    };
    packages.iter().map(one).collect()
}

/// A program that depends on one crate, which the lock file has with these of its own.
fn with_crate(name: &str, its: &str, options: &Options) -> Result<Plan, Stop> {
    let manifest = package(&format!("[dependencies]\n{name} = \"1\"\n"));
    let others: Vec<&str> = its.split_whitespace().collect();
    let mut packages = vec![format!("a > {name}"), format!("{name} > {its}")];
    packages.extend(others.iter().map(|one| (*one).to_owned()));
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    let files = [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock(&packages)), MAIN];
    decide(&files, options)
}

const MAIN: (&str, &str) = ("src/main.rs", "fn main() {}");

#[test]
fn crates_with_native_needs() {
    let of = |name: &str, its: &str| with_crate(name, its, &Options::default());
    let plain = of("serde", "").unwrap();
    assert_eq!(plain.service.build_image.as_deref(), Some("rust:1-slim-trixie"));
    assert!(plain.service.warnings.is_empty(), "{:?}", plain.service.warnings);
    let openssl = of("openssl-sys", "").unwrap();
    let text = dockerfile(&openssl);
    assert!(text.contains("    libssl-dev \\\n    pkg-config\n") && !text.contains("/out/lib"), "{text}");
    assert_eq!(openssl.service.build_image.as_deref(), Some("rust:1-slim-trixie"));
    assert!(dockerfile(&of("prost-build", "").unwrap()).contains("    protobuf-compiler\n"));
    let reason = of("odbc-sys", "").unwrap_err().reason;
    assert_eq!(reason, "Cargo.lock has `odbc-sys`, which loads the drivers of databases by name");
}

#[test]
fn libraries_that_the_runtime_lacks_are_copied() {
    let plan = with_crate("pq-sys", "", &Options::default()).unwrap();
    let text = dockerfile(&plan);
    assert!(text.contains("find /out/bin/a /out/lib -type f -exec ldd {} + > /tmp/libraries"), "{text}");
    assert!(text.contains("COPY --from=build /out/lib/ /usr/lib/\n"), "{text}");
    // libnsl.so.2 is no part of glibc.
    assert!(text.contains("|/libnsl[.]so[.]1\"") && !text.contains("|nsl|"), "{text}");
    let mysql = dockerfile(&with_crate("mysqlclient-sys", "", &Options::default()).unwrap());
    assert!(mysql.contains("cp -rL --parents ./*-linux-gnu/libmariadb3 /out/lib/"), "{mysql}");
    let bundled = dockerfile(&with_crate("libsqlite3-sys", "cc", &Options::default()).unwrap());
    assert!(!bundled.contains("/out/lib") && !bundled.contains("apt-get"), "{bundled}");
    let unbundled = dockerfile(&with_crate("libsqlite3-sys", "", &Options::default()).unwrap());
    assert!(unbundled.contains("libsqlite3-dev") && unbundled.contains("/out/lib/ /usr/lib/"));
}

#[test]
fn without_a_lock_file_the_image_has_most() {
    let manifest = package("[dependencies]\nserde = \"1\"\n");
    let plan = plan(&[("Cargo.toml", &manifest), MAIN]);
    assert_eq!(plan.service.build_image.as_deref(), Some("rust:1-trixie"));
    assert!(dockerfile(&plan).contains("COPY --from=build /out/lib/ /usr/lib/\n"));
    let manifest = package(
        "[dependencies]\nx = { version = \"1\", registry = \"acme\" }\ny = { git = \"ssh://git@github.com/a/y.git\" }\n\
         [build-dependencies]\ntonic-build = \"0.12\"\n",
    );
    let config = (".cargo/config.toml", "[registries.acme]\nindex = \"sparse+https://c.acme.io/\"\n");
    let text = dockerfile(&crate::planning::plan(&[("Cargo.toml", &manifest), MAIN, config]));
    for part in ["--mount=type=secret,id=cargo-credentials", "--mount=type=ssh", "    protobuf-compiler\n"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn musl_is_linked_for_the_machine_that_builds() {
    let musl = Options { libc: Some(Libc::Musl), ..Options::default() };
    let text = dockerfile(&with_crate("serde", "", &musl).unwrap());
    assert!(text.contains("RUN rustup target add \"$(uname -m)-unknown-linux-musl\"\nCOPY . .\n"), "{text}");
    assert!(text.contains("--target-dir target --target \"$(uname -m)-unknown-linux-musl\" \\\n"), "{text}");
    assert!(
        text.contains("FROM gcr.io/distroless/static-debian13:nonroot\n") && !text.contains("musl-tools")
    );
    let c = dockerfile(&with_crate("ring", "cc", &musl).unwrap());
    assert!(c.contains("    musl-tools\n") && c.contains("CC_aarch64_unknown_linux_musl=musl-gcc"), "{c}");
    let stop = with_crate("openssl-sys", "", &musl).unwrap_err();
    assert_eq!(
        stop.reason,
        "Cargo.lock has `openssl-sys`, which links a shared library of glibc; a musl program cannot"
    );
    assert_eq!(stop.help[0], "its feature `vendored` compiles the library in");
    assert!(with_crate("openssl-sys", "openssl-src", &musl).is_ok());
    let scratch =
        Options { libc: Some(Libc::Musl), runtime: Some(RuntimeChoice::Scratch), ..Options::default() };
    assert!(dockerfile(&with_crate("serde", "", &scratch).unwrap()).contains("FROM scratch\n"));
}

#[test]
fn a_target_of_the_configuration_is_honoured() {
    let config = (".cargo/config.toml", "[build]\ntarget = \"x86_64-unknown-linux-musl\"\n");
    let manifest = package("");
    let files = [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock(&["a"])), MAIN, config];
    assert!(
        dockerfile(&plan(&files))
            .contains("with musl, as .cargo/config.toml asks.\nFROM gcr.io/distroless/static")
    );
    let cc = Options { runtime: Some(RuntimeChoice::Cc), ..Options::default() };
    assert!(!dockerfile(&decide(&files, &cc).unwrap()).contains("musl"));
}

#[test]
fn a_static_link_keeps_the_flags_of_the_configuration() {
    let options = Options { runtime: Some(RuntimeChoice::Static), ..Options::default() };
    let text = |config: &str| {
        let (manifest, lock) = (package(""), lock(&["a"]));
        let files =
            [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock), MAIN, (".cargo/config.toml", config)];
        dockerfile(&decide(&files, &options).unwrap())
    };
    assert!(
        text("")
            .contains("RUSTFLAGS=\"-C target-feature=+crt-static\" \\\n    cargo build --release --locked")
    );
    let with = text("[build]\nrustflags = [\"--cfg\", \"tokio_unstable\"]\n");
    assert!(!with.contains("RUSTFLAGS="), "{with}");
    assert!(with.contains(
        "cargo build --release --config 'build.rustflags=[\"-Ctarget-feature=+crt-static\"]' --locked"
    ));
    let target = text("[target.'cfg(unix)']\nrustflags = []\n");
    assert!(target.contains("'target.\"cfg(all())\".rustflags=["), "{target}");
}

#[test]
fn dependencies_in_a_layer_of_their_own() {
    let options = Options { cache: Some(Cache::Chef), ..Options::default() };
    let manifest = package("[dependencies]\nserde = \"1\"\n");
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"svc\"]\n"),
        ("Cargo.lock", &lock(&["a > serde", "serde"])),
        ("svc/Cargo.toml", &manifest),
        ("svc/src/main.rs", "fn main() {}"),
    ];
    let text = dockerfile(&decide(&files, &options).unwrap());
    for line in [
        "FROM rust:1-slim-trixie AS chef\n",
        "\nRUN cargo install --locked --root /usr/local cargo-chef@0.1.",
        "\nFROM chef AS planner\nCOPY . .\nRUN ",
        "cargo chef prepare --recipe-path recipe.json\n",
        "\nFROM chef AS build\nCOPY --from=planner /src/recipe.json recipe.json\n",
        "cargo chef cook --release --locked --package a --bin a \\\n",
        "cargo build --release --locked --manifest-path svc/Cargo.toml --bin a \\\n      --target-dir target",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("--mount") && !text.contains("touch"), "{text}");
    let manifest = package("").replace("2024", "2021");
    let of = |release: &str| {
        let files = [
            ("Cargo.toml", manifest.as_str()),
            ("Cargo.lock", &lock(&["a"])),
            MAIN,
            ("rust-toolchain", release),
        ];
        decide(&files, &options).map(|_| ()).map_err(|stop| stop.reason)
    };
    assert_eq!(of("1.85.0"), Ok(()));
    assert_eq!(of("1.70"), Err("Rust 1.70 cannot compile cargo-chef; that takes 1.85 or newer".to_owned()));
}

#[test]
fn a_toolchain_that_rustup_installs_has_a_layer_before_the_sources() {
    let of = |toolchain: &str| {
        let (manifest, lock) = (package(""), lock(&["a"]));
        let files = [
            ("Cargo.toml", manifest.as_str()),
            ("Cargo.lock", &lock),
            MAIN,
            ("rust-toolchain.toml", toolchain),
        ];
        decide(&files, &Options::default())
    };
    let nightly = of("[toolchain]\nchannel = \"nightly-2026-01-01\"\n").unwrap();
    let text = dockerfile(&nightly);
    assert!(text.contains("COPY rust-toolchain.toml ./\nRUN rustup toolchain install\nCOPY . .\n"), "{text}");
    assert!(nightly.service.warnings[0].contains("`nightly-2026-01-01`, no stable release"));
    let components =
        of("[toolchain]\nchannel = \"1.95.0\"\ncomponents = [\"rustfmt\", \"rust-src\"]\n").unwrap();
    assert!(
        dockerfile(&components).contains("rustup component add rust-src\n"),
        "{}",
        dockerfile(&components)
    );
    let targets = "targets = [\"x86_64-unknown-linux-gnu\", \"wasm32-unknown-unknown\"]\n";
    let text = dockerfile(&of(&format!("[toolchain]\nchannel = \"1.90\"\n{targets}")).unwrap());
    assert!(
        text.contains("RUSTUP_TOOLCHAIN=\"$RUST_VERSION\" rustup target add wasm32-unknown-unknown\n"),
        "{text}"
    );
    assert_eq!(
        of("[toolchain]\npath = \"/opt/rust\"\n").unwrap_err().reason,
        "rust-toolchain.toml:2 names a toolchain on one machine, `/opt/rust`"
    );
    assert!(of("[toolchain]\nchannel = \"mine\"\n").unwrap_err().reason.contains("rustup cannot install"));
}

#[test]
fn releases_that_do_not_exist_or_read_no_such_edition() {
    let of = |release: &str| {
        let (manifest, lock) = (package(""), lock(&["a"]));
        refusal(&[("Cargo.toml", &manifest), ("Cargo.lock", &lock), MAIN, ("rust-toolchain", release)])
    };
    assert_eq!(
        of("1.80"),
        "rust-toolchain:1 asks for Rust 1.80, and Cargo.toml has edition 2024, which takes 1.85"
    );
    assert!(of("1.999").starts_with("rust-toolchain:1 asks for Rust 1.999, and the newest that is known is"));
}

#[test]
fn a_toolchain_of_another_tool_that_is_no_release() {
    let manifest = package("");
    let files = [("Cargo.toml", manifest.as_str()), MAIN, (".tool-versions", "rust nightly-2026-01-01\n")];
    assert_eq!(refusal(&files), ".tool-versions:1 asks for `nightly-2026-01-01`, which only rustup installs");
    let files = [("Cargo.toml", manifest.as_str()), MAIN, (".tool-versions", "rust 1.95.0\n")];
    assert_eq!(plan(&files).service.build_image.as_deref(), Some("rust:1.95.0-slim-trixie"));
}

#[test]
fn a_release_below_the_floor_is_refused() {
    let member = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nrust-version.workspace = true\n";
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nrust-version = \"1.90\"\n"),
        ("Cargo.lock", &lock(&["a"])),
        ("a/Cargo.toml", member),
        ("a/src/main.rs", "fn main() {}"),
    ];
    let version = plan(&files).service.version.unwrap();
    assert_eq!((version.source.file.as_str(), version.source.line), ("Cargo.toml", Some(4)));
    let toolchain = [&files[..], &[("rust-toolchain", "1.85.0\n")]].concat();
    assert_eq!(
        refusal(&toolchain),
        "rust-toolchain:1 asks for Rust 1.85.0, and Cargo.toml:4 needs at least 1.90"
    );
}

#[test]
fn a_lock_file_that_the_release_cannot_read() {
    let lock = format!("version = 4\n{}", lock(&["a"]));
    let of = |release: &str| {
        let manifest = package("").replace("2024", "2021");
        let files =
            [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock), MAIN, ("rust-toolchain", release)];
        decide(&files, &Options::default()).map(|_| ()).map_err(|stop| stop.reason)
    };
    assert_eq!(of("1.85.0"), Ok(()));
    assert_eq!(
        of("1.71.0").unwrap_err(),
        "rust-toolchain:1 asks for Rust 1.71.0, and Cargo.lock has format 4, which takes 1.78"
    );
}

#[test]
fn what_cargo_reads_of_other_members_must_be_there() {
    let root = "[workspace]\nmembers = [\"a\", \"b\"]\n";
    let b = "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[dev-dependencies]\nx = { path = \"../../x\" }\n";
    let files = [
        ("Cargo.toml", root),
        ("a/Cargo.toml", &package("")),
        ("a/src/main.rs", "fn main() {}"),
        ("b/Cargo.toml", b),
        ("b/src/lib.rs", ""),
    ];
    assert_eq!(refusal(&files), "b/Cargo.toml depends on `x` at `../../x`, outside of this folder");
    let patched = package("[patch.crates-io]\nx = { path = \"patches/x\" }\n");
    assert_eq!(
        refusal(&[("Cargo.toml", &patched), MAIN]),
        "Cargo.toml depends on `x` at `patches/x`, where no package is"
    );
    let x = "[package]\nname = \"x\"\nversion = \"0.1.0\"\n";
    plan(&[("Cargo.toml", &patched), MAIN, ("patches/x/Cargo.toml", x), ("patches/x/src/lib.rs", "")]);
}

#[test]
fn packages_that_others_than_members_name_by_path() {
    let of = |path: &str| {
        let a = package("[dependencies]\nb = { path = \"b\" }\n");
        let b = package(&format!("[dependencies]\nc = {{ path = \"{path}\" }}\n")).replace("\"a\"", "\"b\"");
        let c = package("").replace("\"a\"", "\"c\"");
        let lock = lock(&["a > b", "b > c", "c"]);
        let files = [("Cargo.toml", a.as_str()), ("Cargo.lock", lock.as_str()), MAIN, ("b/Cargo.toml", &b)];
        decide(&[&files[..], &[("b/src/lib.rs", ""), ("c/Cargo.toml", &c)]].concat(), &Options::default())
    };
    assert!(of("../c").is_ok());
    assert_eq!(
        of("../../c").unwrap_err().reason,
        "b/Cargo.toml depends on `c` at `../../c`, outside of this folder"
    );
    assert_eq!(of("../d").unwrap_err().reason, "b/Cargo.toml depends on `c` at `../d`, where no package is");
}

#[test]
fn registries_and_repositories_that_ask_who_comes() {
    let config = "[registries.acme]\nindex = \"sparse+https://crates.acme.io/index/\"\n";
    let manifest = package("[dependencies]\nx = { version = \"1\", registry = \"acme\" }\n");
    let locked = |source: &str| {
        format!("{}[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n", lock(&["a > x"]))
    };
    let private = locked("sparse+https://crates.acme.io/index/");
    let files = [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &private), MAIN];
    assert!(refusal(&files).contains("from the registry `acme`, which no .cargo/config.toml here declares"));
    let text = dockerfile(&plan(&[&files[..], &[(".cargo/config.toml", config)]].concat()));
    assert!(
        text.contains(
            "--mount=type=secret,id=cargo-credentials,target=/usr/local/cargo/credentials.toml \\\n"
        ),
        "{text}"
    );
    assert!(text.contains("build with --secret id=cargo-credentials,src=$HOME/.cargo/credentials.toml.\n"));
    let unused = plan(&[
        ("Cargo.toml", &package("")),
        ("Cargo.lock", &lock(&["a"])),
        MAIN,
        (".cargo/config.toml", config),
    ]);
    assert!(!dockerfile(&unused).contains("secret"));
    let git = package("[dependencies]\nx = { git = \"ssh://git@github.com/o/x\" }\n");
    let ssh = locked("git+ssh://git@github.com/o/x#0123");
    let text = dockerfile(&plan(&[("Cargo.toml", &git), ("Cargo.lock", &ssh), MAIN]));
    assert!(text.contains("--mount=type=ssh \\\n") && text.contains("build with --ssh default"), "{text}");
    let other = locked("git+ssh://git@git.acme.io/o/x#0123");
    assert!(
        refusal(&[("Cargo.toml", &git), ("Cargo.lock", &other), MAIN])
            .contains("from git.acme.io over ssh, whose key no build knows")
    );
}

#[test]
fn vendored_crates_reach_the_build_whole() {
    let config = "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n";
    let (manifest, locked) = (package("[dependencies]\nx = \"1\"\n"), lock(&["a > x", "x"]));
    let files = [
        ("Cargo.toml", manifest.as_str()),
        ("Cargo.lock", &locked),
        MAIN,
        (".cargo/config.toml", config),
        ("vendor/x/tests/key.pem", ""),
    ];
    let chef = Options { cache: Some(Cache::Chef), ..Options::default() };
    assert!(decide(&files, &chef).unwrap_err().reason.starts_with("the crates are in the repository"));
    let plan = plan(&files);
    assert!(ignore(&plan).ends_with("!vendor/x/tests/key.pem\n"), "{}", ignore(&plan));
}

#[test]
fn what_the_compiler_reads_reaches_it() {
    let main = "#![doc = include_str!(\"../README.md\")]\nstatic K: &[u8] = include_bytes!(\"../certs/ca.pem\");\nfn main() {}";
    let plan = plan(&[
        ("Cargo.toml", &package("")),
        ("Cargo.lock", &lock(&["a"])),
        ("src/main.rs", main),
        ("README.md", ""),
        ("certs/ca.pem", ""),
    ]);
    assert!(plan.needs.contains(&"README.md".to_owned()));
    assert!(ignore(&plan).ends_with("!certs/ca.pem\n"));
    let embeds = "#[derive(RustEmbed)]\n#[folder = \"ui/dist\"]\nstruct Ui;\nfn main() {}";
    assert_eq!(
        refusal(&[("Cargo.toml", &package("")), ("Cargo.lock", &lock(&["a"])), ("src/main.rs", embeds)]),
        "src/main.rs:2 embeds `ui/dist`, which is not in the repository"
    );
}

#[test]
fn prepared_queries_are_used_without_a_database() {
    let manifest = package("[dependencies]\nsqlx = \"1\"\n");
    let main = ("src/main.rs", "fn main() { sqlx::query!(\"select 1\"); }");
    let files = [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock(&["a > sqlx", "sqlx"])), main];
    let prepared = [&files[..], &[(".sqlx/query-1.json", "{}")]].concat();
    assert!(dockerfile(&plan(&prepared)).contains(" SQLX_OFFLINE=true "));
    let stop = decide(&files, &Options::default()).unwrap_err();
    assert_eq!(stop.help, ["run `cargo sqlx prepare` and commit the folder `.sqlx`"]);
    let empty = [&files[..], &[(".sqlx/.gitkeep", "")]].concat();
    assert!(decide(&empty, &Options::default()).is_err());
    let own = (
        "src/main.rs",
        "macro_rules! query { ($x:expr) => { sqlx::query($x) } } fn main() { query!(\"x\"); }",
    );
    plan(&[files[0], files[1], own]);
    let db = package("[dependencies]\nsqlx = \"1\"\n").replace("\"a\"", "\"b\"");
    let app = package("[dependencies]\nb = { path = \"../b\" }\n");
    let locked = lock(&["a > b", "b > sqlx", "sqlx"]);
    let members = [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("Cargo.lock", locked.as_str()),
        ("a/Cargo.toml", &app),
        ("a/src/main.rs", "fn main() { b::sqlx::query!(\"select 1\"); }"),
        ("b/Cargo.toml", &db),
        ("b/src/lib.rs", "pub use sqlx;"),
    ];
    let with = |file| decide(&[&members[..], &[(file, "{}")]].concat(), &Options::default());
    assert!(dockerfile(&with("a/.sqlx/query-1.json").unwrap()).contains(" SQLX_OFFLINE=true "));
    assert!(with("b/.sqlx/query-1.json").is_err());
}

#[test]
fn builds_that_ask_git_are_told_to_do_without() {
    let manifest = package("build = \"build.rs\"\n[build-dependencies]\nvergen-gix = \"1\"\n");
    let plan_of = plan(&[
        ("Cargo.toml", &manifest),
        ("Cargo.lock", &lock(&["a > vergen-gix", "vergen-gix"])),
        MAIN,
        ("build.rs", "fn main() { Command::new(\"git\"); }"),
    ]);
    assert!(dockerfile(&plan_of).contains(" VERGEN_IDEMPOTENT=1 "));
    assert_eq!(
        plan_of.service.warnings,
        [
            "`vergen-gix` asks git for the version, and the build has no `.git`: what it says of the commit is left empty",
            "build.rs:1 starts `git`: the build has neither it nor `.git`"
        ]
    );
    let make = "fn main() { Command::new(\"make\"); Command::new(\"rustfmt\"); }";
    let locked = lock(&["a"]);
    let made = plan(&[("Cargo.toml", &package("")), ("Cargo.lock", &locked), MAIN, ("build.rs", make)]);
    assert!(dockerfile(&made).contains("    make\n"), "{}", dockerfile(&made));
    assert_eq!(made.service.warnings, ["build.rs:1 starts `rustfmt`: the build image may lack it"]);
    let npm = [("Cargo.toml", package("")), ("build.rs", "fn main() { Command::new(\"npm\"); }".to_owned())];
    let reason =
        refusal(&[("Cargo.toml", &npm[0].1), ("Cargo.lock", &lock(&["a"])), MAIN, ("build.rs", &npm[1].1)]);
    assert_eq!(reason, "build.rs:1 starts `npm`, which the Rust build image lacks");
}

#[test]
fn a_submodule_that_a_build_script_reads() {
    let modules = "[submodule \"x\"]\n\tpath = third_party/protos\n\turl = https://example.com/x\n";
    let manifest = package("");
    let locked = lock(&["a"]);
    let files = [
        ("Cargo.toml", manifest.as_str()),
        ("Cargo.lock", &locked),
        MAIN,
        (".gitmodules", modules),
        ("build.rs", "fn main() { compile_protos(\"third_party/protos/a.proto\") }"),
    ];
    assert!(refusal(&files).starts_with(".gitmodules:2 names the submodule `third_party/protos`"));
    plan(&[&files[..], &[("third_party/protos/a.proto", "")]].concat());
}

#[test]
fn libraries_of_another_openssl() {
    let manifest = package("[dependencies]\nopenssl-sys = \"1\"\n").replace("2024", "2021");
    let locked = lock(&["a > openssl-sys", "openssl-sys"]);
    let of = |release: &str| {
        let toolchain = ("rust-toolchain", release);
        let files = [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &locked), MAIN, toolchain];
        decide(&files, &Options::default()).map(|_| ()).map_err(|stop| stop.reason)
    };
    assert_eq!(of("1.75.0"), Ok(()));
    assert!(of("1.65.0").unwrap_err().contains("images have OpenSSL 1.1"));
}

#[test]
fn a_package_that_compiles_only_with_a_feature() {
    let main =
        "#[cfg(not(any(feature = \"x\", feature = \"y\")))]\ncompile_error!(\"choose\");\nfn main() {}";
    let of = |features: &str| {
        let (manifest, lock) = (package(features), lock(&["a"]));
        decide(
            &[("Cargo.toml", &manifest), ("Cargo.lock", &lock), ("src/main.rs", main)],
            &Options::default(),
        )
    };
    assert!(of("[features]\ndefault = [\"y\"]\nx = []\ny = []\n").is_ok());
    assert_eq!(
        of("[features]\nx = []\ny = []\n").unwrap_err().reason,
        "src/main.rs:1 compiles only with one of the features `x`, `y`, and none is on by default"
    );
}

#[test]
fn front_ends_are_another_tools() {
    let of = |manifest: &str, extra: &[(&str, &str)]| {
        let files = [&[("Cargo.toml", manifest), MAIN], extra].concat();
        decide(&files, &Options::default()).map(|_| ()).map_err(|stop| stop.reason)
    };
    let leptos = package("[dependencies]\nleptos = { version = \"1\", features = [\"csr\"] }\n");
    assert_eq!(
        of(&leptos, &[]).unwrap_err(),
        "Cargo.toml:6 depends on `leptos`, which Trunk builds together with what runs in the browser"
    );
    let server = package(
        "[dependencies]\nleptos = { version = \"1\", features = [\"ssr\"] }\n[package.metadata.leptos]\nsite-root = \"x\"\n",
    );
    assert!(of(&server, &[]).unwrap_err().contains("cargo-leptos"));
    let dioxus = package("[dependencies]\ndioxus = \"1\"\n");
    assert!(of(&dioxus, &[("Dioxus.toml", "")]).unwrap_err().contains("the Dioxus CLI"));
    assert!(of(&dioxus, &[]).is_ok());
}

#[test]
fn a_server_beside_a_front_end_is_chosen_by_name() {
    let root = "[workspace]\nmembers = [\"*\"]\n[[workspace.metadata.leptos]]\nname = \"web\"\n";
    let web = "[package]\nname = \"web\"\nversion = \"0.1.0\"\n[dependencies]\nleptos = \"1\"\n";
    let api = "[package]\nname = \"api\"\nversion = \"0.1.0\"\n[dependencies]\naxum = \"1\"\n";
    let files = [
        ("Cargo.toml", root),
        ("web/Cargo.toml", web),
        ("web/src/main.rs", "fn main() {}"),
        ("api/Cargo.toml", api),
        ("api/src/main.rs", "fn main() { bind(\"0.0.0.0:3000\") }"),
    ];
    let bin = |bin: &str| decide(&files, &Options { bin: Some(bin.to_owned()), ..Options::default() });
    assert_eq!(bin("api").unwrap().service.port, Some(3000));
    assert!(bin("web").unwrap_err().reason.contains("which cargo-leptos builds together"));
}

#[test]
fn servers_that_ignore_the_signal_to_end() {
    let warned = |dependency: &str, main: &str| {
        let manifest = package(&format!("[dependencies]\n{dependency}\n"));
        let plan = plan(&[("Cargo.toml", &manifest), ("src/main.rs", main)]);
        plan.service.warnings.iter().any(|warning| warning.contains("handles SIGTERM"))
    };
    let listens = "fn main() { bind(\"0.0.0.0:3000\"); tokio::signal::ctrl_c().await }";
    assert!(warned("axum = \"1\"", listens));
    assert!(!warned("axum = \"1\"", "fn main() { bind(\"0.0.0.0:3000\"); signal(SignalKind::terminate()) }"));
    assert!(!warned("actix-web = \"1\"", listens));
    assert!(warned("axum = \"1\"\nctrlc = \"3\"", listens));
    assert!(!warned("axum = \"1\"\nctrlc = { version = \"3\", features = [\"termination\"] }", listens));
    assert!(!warned("serde = \"1\"", "fn main() {}"));
    assert!(warned("actix-web = \"1\"", "fn main() { s.disable_signals().bind(\"0.0.0.0:3000\") }"));
    assert!(warned("axum = \"1\"\n[build-dependencies]\nactix-web = \"1\"", listens));
}

#[test]
fn a_health_check_and_started_programs() {
    let main = "struct Args { #[arg(long)] healthcheck: bool }\n\
                fn main() { let args = Args::parse(); if args.healthcheck { std::process::exit(ask()) }\n\
                bind(\"0.0.0.0:3000\"); std::process::Command::new(\"ffmpeg\"); SIGTERM }";
    let plan = plan(&[
        ("Cargo.toml", &package("[dependencies]\naxum = \"1\"\n")),
        ("Cargo.lock", &lock(&["a > axum", "axum"])),
        ("src/main.rs", main),
    ]);
    assert!(dockerfile(&plan).contains("HEALTHCHECK CMD [\"/app/a\", \"--healthcheck\"]\n"));
    assert_eq!(plan.service.warnings.len(), 1, "{:?}", plan.service.warnings);
    assert!(plan.service.warnings[0].contains("starts `ffmpeg`"));
}

#[test]
fn packages_that_need_each_other_are_refused() {
    let member = |name: &str, other: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n[dependencies]\n{other} = {{ path = \"../{other}\" }}\n"
        )
    };
    let reason = refusal(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"),
        ("a/Cargo.toml", &member("a", "b")),
        ("a/src/main.rs", "fn main() {}"),
        ("b/Cargo.toml", &member("b", "a")),
        ("b/src/lib.rs", ""),
    ]);
    assert_eq!(reason, "a/Cargo.toml: `a` depends on itself by way of others");
    let missing = package("[dependencies]\nsub = { path = \"sub\" }\n");
    assert_eq!(
        refusal(&[("Cargo.toml", &missing), MAIN]),
        "Cargo.toml depends on `sub` at `sub`, where no package is"
    );
}

#[test]
fn ten_thousand_features_of_one_package() {
    let names: Vec<String> = (0..10_000).map(|nth| format!("f{nth}")).collect();
    let all = |value: &dyn Fn(&String) -> String| -> String { names.iter().map(value).collect() };
    let passed = all(&|name| format!("\"b/{name}\","));
    let a = package(&format!("[dependencies]\nb = {{ path = \"b\" }}\n[features]\ndefault = [{passed}]\n"));
    let b =
        package(&format!("[features]\n{}", all(&|name| format!("{name} = []\n")))).replace("\"a\"", "\"b\"");
    let start = std::time::Instant::now();
    let lock = lock(&["a > b", "b"]);
    let files =
        [("Cargo.toml", a.as_str()), ("Cargo.lock", &lock), MAIN, ("b/Cargo.toml", &b), ("b/src/lib.rs", "")];
    plan(&files);
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn ten_thousand_packages() {
    let mut memory = Memory::new().file("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
    for number in 0..10_000 {
        let next = number + 1;
        let dependency =
            if next < 10_000 { format!("p{next} = {{ path = \"../p{next}\" }}\n") } else { String::new() };
        let axum = if number == 77 { "axum = \"0.8\"\n" } else { "" };
        let text = format!(
            "[package]\nname = \"p{number}\"\nversion = \"0.1.0\"\n[dependencies]\n{dependency}{axum}"
        );
        let source = if number % 50 == 27 { "main" } else { "lib" };
        memory = memory
            .file(&format!("crates/p{number}/Cargo.toml"), &text)
            .file(&format!("crates/p{number}/src/{source}.rs"), "fn main() {}");
    }
    let repo = Repo::in_memory(memory);
    match verdict(&repo, &Options::default()).unwrap() {
        Verdict::Generate(plan) => assert_eq!(plan.service.name, "p77"),
        Verdict::Stop { stop, .. } => panic!("{}", stop.reason),
    }
}

#[test]
fn an_embedded_front_end_is_built_in_a_stage_of_its_own() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nrust-embed = \"8\"\n"),
        ("src/main.rs", "#[derive(RustEmbed)]\n#[folder = \"web/dist/\"]\nstruct Assets;\nfn main() {}\n"),
        (
            "web/package.json",
            "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"8\"}}",
        ),
        ("web/package-lock.json", "{}"),
    ];
    let plan = decide(&files, &Options::default()).unwrap();
    let (text, ignore) = files_of(&plan);
    assert!(text.contains(" AS ui\nWORKDIR /src/web\n"), "{text}");
    assert!(text.contains("COPY . .\nCOPY --from=ui /src/web/dist/ ./web/dist/\n"), "{text}");
    assert!(ignore.contains("**/node_modules\nweb/dist\n"), "{ignore}");
    let reason = decide(&files[..2], &Options::default()).unwrap_err().reason;
    assert_eq!(reason, "src/main.rs:2 embeds `web/dist`, which is not in the repository");
}
