//! What is planned for typical repositories.

use distrogen::options::{Options, RuntimeChoice};
use distrogen::plan::Plan;
use distrogen::render::render;
use distrogen::repo::{Memory, Repo};
use distrogen::select::verdict;
use distrogen::verdict::{Stop, Verdict};

pub fn decide(files: &[(&str, &str)], options: &Options) -> Result<Plan, Stop> {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    match verdict(&Repo::in_memory(memory), options).unwrap() {
        Verdict::Generate(plan) => Ok(*plan),
        Verdict::Stop { stop, .. } => Err(stop),
    }
}

pub fn plan(files: &[(&str, &str)]) -> Plan {
    decide(files, &Options::default()).unwrap_or_else(|stop| panic!("{stop:?}"))
}

pub fn refusal(files: &[(&str, &str)]) -> String {
    match decide(files, &Options::default()) {
        Ok(plan) => panic!("{:?}", plan.service),
        Err(stop) => stop.reason,
    }
}

/// The error in reading a repository.
pub fn error(files: &[(&str, &str)]) -> String {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    verdict(&Repo::in_memory(memory), &Options::default()).unwrap_err().to_string()
}

/// The Dockerfile with these flags.
pub fn dockerfile_of(files: &[(&str, &str)], options: &Options) -> String {
    files_of(&decide(files, options).unwrap_or_else(|stop| panic!("{stop:?}"))).0
}

/// The Dockerfile and the .dockerignore.
pub fn files_of(plan: &Plan) -> (String, String) {
    let mut rendered = render(plan).unwrap().into_iter();
    (rendered.next().unwrap().text, rendered.next().unwrap().text)
}

const MAIN: (&str, &str) = ("main.go", "package main\nfunc main() {}\n");

#[test]
fn go_without_a_module_is_built_by_its_files() {
    let plan = plan(&[
        ("a.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(b) }"),
        ("b.go", "package main\nvar b = 1"),
    ]);
    assert!(files_of(&plan).0.contains("-o /out/bin/app a.go b.go"), "{}", files_of(&plan).0);
    let reason = refusal(&[("a.go", "package main\nimport \"github.com/x/y\"\nfunc main() { y.Z() }")]);
    assert_eq!(reason, "a.go:2 imports `github.com/x/y`, and there is no go.mod");
}

#[test]
fn go_with_c_gets_a_c_library() {
    let plan =
        plan(&[("go.mod", "module x\nrequire github.com/mattn/go-sqlite3 v1.14.0\n"), ("go.sum", ""), MAIN]);
    assert_eq!(plan.runtime.image, "gcr.io/distroless/base-nossl-debian13:nonroot");
    assert!(files_of(&plan).0.contains("CGO_ENABLED=1 go build"));
    let main = ("main.go", "package main\nimport \"gocv.io/x/gocv\"\nfunc main() {}\n");
    let reason = refusal(&[("go.mod", "module x\nrequire gocv.io/x/gocv v0.1.0\n"), ("go.sum", ""), main]);
    assert_eq!(
        reason,
        "main.go:2 imports `gocv.io/x/gocv`, which links libraries that no distroless image holds"
    );
}

#[test]
fn go_with_c_does_not_go_on_scratch() {
    let options = Options { runtime: Some(RuntimeChoice::Scratch), ..Options::default() };
    let files = [("go.mod", "module x\n"), ("main.go", "package main\nimport \"C\"\nfunc main() {}\n")];
    let reason = decide(&files, &options).unwrap_err().reason;
    assert_eq!(reason, "main.go:2 needs C (import \"C\"), so the program does not start on `scratch`");
}

#[test]
fn scratch_gets_what_the_program_shows_need_of_and_no_more() {
    let options = Options { runtime: Some(RuntimeChoice::Scratch), ..Options::default() };
    let dockerfile = |source: &str| {
        let text = format!("package main\n{source}\nfunc main() {{}}\n");
        files_of(&decide(&[("go.mod", "module x\n"), ("main.go", &text)], &options).unwrap()).0
    };
    let plain = dockerfile("import \"fmt\"");
    assert!(
        !plain.contains("ca-certificates") && !plain.contains("/tmp") && !plain.contains("timetzdata"),
        "{plain}"
    );
    let roots = "COPY --from=build /etc/ssl/certs/ca-certificates.crt";
    assert!(dockerfile("import \"crypto/tls\"").contains(roots));
    assert!(!dockerfile("import \"net/http\"").contains(roots), "a server checks nobody's certificate");
    assert!(dockerfile("var z = time.LoadLocation").contains("-tags=timetzdata"));
    assert!(dockerfile("var f = os.CreateTemp").contains("install -d -m 1777 /out/root/tmp"));
}

#[test]
fn go_newer_than_every_image_is_refused() {
    let reason = refusal(&[("go.mod", "module x\n\ngo 1.99\n"), MAIN]);
    assert!(
        reason.starts_with("go.mod:3 asks for Go 1.99, newer than every known build image ("),
        "{reason}"
    );
}

#[test]
fn embedded_and_opened_files_reach_the_build() {
    let main = "package main\nimport _ \"embed\"\n//go:embed certs/root.pem\nvar x string\nfunc main() { open(\"templates/*.html\") }\n";
    let plan = plan(&[
        ("go.mod", "module x\n"),
        ("main.go", main),
        ("certs/root.pem", ""),
        ("templates/a.html", ""),
    ]);
    let (dockerfile, ignore) = files_of(&plan);
    assert!(dockerfile.contains("COPY --from=build /src/templates /app/templates\n"), "{dockerfile}");
    assert!(ignore.ends_with("# Kept: the build reads these\n!certs/root.pem\n"), "{ignore}");
    let reason = refusal(&[
        ("go.mod", "module x\n"),
        ("main.go", "package main\n//go:embed dist\nvar x string\nfunc main() {}\n"),
    ]);
    assert_eq!(reason, "main.go:2 embeds `dist`, which is not in the repository");
}

#[test]
fn modules_of_the_repository_come_with_the_download() {
    let module =
        "module x\nrequire example.com/lib v0.0.0\nrequire a.b/c v1.0.0\nreplace example.com/lib => ./lib\n";
    let plan = plan(&[("go.mod", module), ("go.sum", ""), ("lib/go.mod", "module example.com/lib\n"), MAIN]);
    assert!(
        files_of(&plan).0.contains("COPY go.mod go.sum ./\nCOPY lib/go.mod ./lib/\n"),
        "{}",
        files_of(&plan).0
    );
    let reason = refusal(&[("go.mod", "module x\nreplace a => ../a\n"), MAIN]);
    assert_eq!(reason, "go.mod:2 replaces a module by `../a`, outside of this folder");
}

fn package(extra: &str) -> String {
    format!("[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{extra}")
}

fn lock(name: &str) -> String {
    format!("version = 4\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n")
}

#[test]
fn rust_toolchain_files() {
    let image = |file: &str, text: &str| {
        let plan = plan(&[
            ("Cargo.lock", &lock("serde").replace("version = 4", "version = 3")),
            ("Cargo.toml", &package("").replace("2024", "2021")),
            ("src/main.rs", "fn main() {}"),
            (file, text),
        ]);
        (
            plan.service.build_image.clone().unwrap(),
            files_of(&plan).0.contains("RUSTUP_TOOLCHAIN=\"$RUST_VERSION\""),
        )
    };
    assert_eq!(
        image("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n"),
        ("rust:1.90.0-slim-trixie".into(), true)
    );
    assert_eq!(image("rust-toolchain", "1.75\n"), ("rust:1.75-slim-bookworm".into(), true));
    assert_eq!(image("rust-toolchain", "stable\n"), ("rust:1-slim-trixie".into(), true));
    assert_eq!(image("rust-toolchain", "nightly-2026-01-01\n"), ("rust:1-slim-trixie".into(), false));
}

#[test]
fn a_release_profile_of_its_own_is_left_alone() {
    let strips = |extra: &str| {
        files_of(&plan(&[("Cargo.toml", &package(extra)), ("src/main.rs", "fn main() {}")]))
            .0
            .contains("RELEASE_STRIP")
    };
    assert!(strips(""));
    assert!(!strips("[profile.release]\nstrip = \"debuginfo\"\n"));
}

#[test]
fn a_missing_lock_file_is_a_warning() {
    let plan = plan(&[("Cargo.toml", &package("")), ("src/main.rs", "fn main() {}")]);
    assert!(!files_of(&plan).0.contains("--locked"));
    assert_eq!(
        plan.service.warnings,
        ["there is no Cargo.lock: every build takes the newest crates; commit it"]
    );
}

#[test]
fn node_with_a_build_is_pruned_afterwards() {
    let manifest = r#"{"scripts": {"build": "tsc", "start": "node dist/main.js"}, "devDependencies": {"typescript": "5"}}"#;
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"devDependencies": {"typescript": "5"}}}}"#;
    let plan =
        plan(&[("package.json", manifest), ("package-lock.json", lock), ("src/main.ts", "app.listen(4000)")]);
    let (dockerfile, _) = files_of(&plan);
    assert!(dockerfile.contains("\n    npm ci\nCOPY . .\n"), "{dockerfile}");
    assert!(dockerfile.contains("\nCOPY . .\nRUN npm run build\n"), "{dockerfile}");
    assert!(dockerfile.contains("COPY --from=build /app/dist/ /app/dist/\n"), "{dockerfile}");
    assert!(
        !dockerfile.contains("prune") && !dockerfile.contains("src"),
        "no package is needed: {dockerfile}"
    );
    assert_eq!(plan.service.port, Some(4000));
}

#[test]
fn a_lock_file_that_does_not_fit_is_not_kept_to() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"express": "^4"}}}}"#;
    let manifest = r#"{"scripts": {"start": "node a.js"}, "dependencies": {"express": "^5"}}"#;
    let plan = plan(&[("package.json", manifest), ("package-lock.json", lock), ("a.js", "")]);
    assert!(files_of(&plan).0.contains("npm install --omit=dev"));
    assert!(plan.service.warnings.iter().any(|warning| {
        warning.starts_with("package-lock.json does not fit package.json (`express` is `^4` there, not `^5`)")
    }));
}

#[test]
fn development_dependencies_that_the_program_imports_are_kept() {
    let manifest = r#"{"scripts": {"start": "node a.js"}, "devDependencies": {"polka": "1"}}"#;
    let plan = plan(&[("package.json", manifest), ("a.js", "const p = require('polka'); p().listen(3000)")]);
    assert!(!files_of(&plan).0.contains("--omit=dev"));
    assert!(plan.service.warnings.iter().any(|warning| warning.contains("needs `polka`")));
}

#[test]
fn what_node_cannot_start_is_refused_with_the_reason() {
    let of = |manifest: &str| refusal(&[("package.json", manifest), ("a.js", "")]);
    assert_eq!(
        of(r#"{"scripts": {"start": "node a.js || node b.js"}}"#),
        "`start` needs a shell (`||`): node a.js || node b.js"
    );
    assert_eq!(
        of(r#"{"scripts": {"start": "tsx a.ts"}}"#),
        "the start script runs `tsx`, which is for development"
    );
    assert_eq!(
        of("{\n\"scripts\": {\"start\": \"vite\"}, \"devDependencies\": {\n\"vite\": \"7\"}}"),
        "the start script runs `vite`, which is for development"
    );
    assert_eq!(
        of("{\"scripts\": {\"start\": \"node a.js\"},\n\"dependencies\": {\"puppeteer\": \"24\"}}"),
        "package.json:2 depends on `puppeteer`, which needs a Chromium browser"
    );
}

#[test]
fn a_script_for_production_wins_over_one_for_development() {
    let manifest = r#"{"scripts": {"start": "nest start", "build": "nest build", "start:prod": "node dist/main"}, "devDependencies": {"@nestjs/cli": "11"}}"#;
    let plan = plan(&[("package.json", manifest), ("src/main.ts", "app.listen(3000)")]);
    assert_eq!(plan.service.start, ["/nodejs/bin/node", "dist/main"]);
}

#[test]
fn files_that_are_compiled_in_or_imported_reach_the_build() {
    let main = "static A: &str = include_str!(\"../.env.defaults\");\nfn main() {}\n";
    let plan_of = |files: &[(&str, &str)]| files_of(&plan(files)).1;
    let ignore = plan_of(&[("Cargo.toml", &package("")), ("src/main.rs", main), (".env.defaults", "")]);
    assert!(ignore.ends_with("!.env.defaults\n"), "{ignore}");
    let manifest = r#"{"scripts": {"start": "node a.js"}}"#;
    let ignore =
        plan_of(&[("package.json", manifest), ("a.js", "require('./speed.test.js')"), ("speed.test.js", "")]);
    assert!(ignore.ends_with("!speed.test.js\n"), "{ignore}");
}

#[test]
fn a_folder_brings_no_secret_back_in() {
    let main = "package main\nimport _ \"embed\"\n//go:embed assets\nvar x string\nfunc main() { open(\"config/\") }\n";
    let secrets =
        [("assets/.env", ""), ("assets/compose.yaml", ""), ("config/app.yaml", ""), ("config/tls.pem", "")];
    let all = [&[("go.mod", "module x\n"), ("main.go", main), ("compose.yaml", "")][..], &secrets].concat();
    let (dockerfile, ignore) = files_of(&plan(&all));
    assert!(dockerfile.contains("COPY --from=build /src/config /app/config\n"), "{dockerfile}");
    assert!(!ignore.contains("!assets/.env") && !ignore.contains("!config/tls.pem"), "{ignore}");
}

#[test]
fn credentials_in_npmrc_are_refused_however_the_install_goes() {
    for scripts in [r#""start": "node a.js""#, r#""start": "node a.js", "postinstall": "tsc""#] {
        let manifest = format!("{{\"scripts\": {{{scripts}}}}}");
        let reason =
            refusal(&[("package.json", &manifest), ("a.js", ""), (".npmrc", "x\n//r/:_authToken=secret\n")]);
        assert_eq!(reason, ".npmrc:2 holds a credential, which must not reach an image layer");
    }
}

#[test]
fn a_start_that_is_nowhere_is_refused() {
    let manifest = r#"{"scripts": {"start": "node dist/index.js"}}"#;
    let reason = refusal(&[("package.json", manifest), ("other.js", "")]);
    assert!(
        reason.ends_with(
            "starts `dist/index.js`, which is not in the repository, and no `build` script makes it"
        ),
        "{reason}"
    );
}

#[test]
fn a_flag_is_followed_like_a_script() {
    let start = |argv: &[&str]| {
        let options = Options {
            start: Some(argv.iter().map(|word| (*word).to_owned()).collect()),
            ..Options::default()
        };
        let manifest = r#"{"scripts": {"serve": "node a.js --x"}}"#;
        decide(&[("package.json", manifest), ("a.js", "")], &options)
            .map(|plan| plan.runtime.cmd)
            .map_err(|stop| stop.reason)
    };
    assert_eq!(start(&["npm", "run", "serve"]), Ok(vec!["a.js".into(), "--x".into()]));
    assert_eq!(start(&["a.js"]), Ok(vec!["a.js".into()]));
    assert_eq!(
        start(&["pm2", "start"]),
        Err("`--start` starts a process manager without a file: pm2 start".into())
    );
}

#[test]
fn the_port_that_the_start_sets_wins() {
    let manifest = |start: &str| format!("{{\"scripts\": {{\"start\": \"{start}\"}}}}");
    let source = "app.listen(process.env.PORT || 3000)";
    let of = |start: &str, options: &Options| {
        let plan = decide(&[("package.json", &manifest(start)), ("a.js", source)], options).unwrap();
        let port: Vec<String> =
            plan.runtime.env.iter().filter(|env| env.name == "PORT").map(|env| env.value.clone()).collect();
        (plan.service.port, port)
    };
    assert_eq!(of("PORT=5000 node a.js", &Options::default()), (Some(5000), vec!["5000".into()]));
    assert_eq!(of("node a.js --port 4000", &Options::default()), (Some(4000), vec![]));
    let flag = Options { port: Some(7000), ..Options::default() };
    assert_eq!(of("PORT=5000 node a.js", &flag), (Some(7000), vec!["7000".into()]));
}

#[test]
fn typescript_that_a_configuration_needs_is_kept() {
    let manifest = r#"{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "16"}, "devDependencies": {"typescript": "5"}}"#;
    let of = |config: &str| {
        files_of(&plan(&[("package.json", manifest), (config, "export default {}")])).0.contains("npm prune")
    };
    assert!(of("next.config.js"));
    assert!(!of("next.config.ts"));
}

#[test]
fn two_mains_in_a_folder_are_not_one_program() {
    let reason =
        refusal(&[("a.go", "package main\nfunc main() {}"), ("b.go", "package main\nfunc main() {}")]);
    assert_eq!(reason, "a.go:2 and b.go:2 both have `func main` of one package");
}

#[test]
fn a_workspace_of_go_asks_for_the_newest_of_its_releases() {
    let reason = refusal(&[
        ("go.work", "go 1.26\nuse ./svc\n"),
        ("svc/go.mod", "module s\ngo 1.99\n"),
        ("svc/main.go", MAIN.1),
    ]);
    assert!(reason.starts_with("svc/go.mod:2 asks for Go 1.99"), "{reason}");
}

#[test]
fn cplusplus_gets_its_library() {
    let plan = plan(&[
        ("go.mod", "module x\n"),
        ("main.go", "package main\nimport \"C\"\nfunc main() {}\n"),
        ("f.cpp", ""),
    ]);
    assert_eq!(plan.runtime.image, "gcr.io/distroless/cc-debian13:nonroot");
}

#[test]
fn configuration_of_cargo() {
    let with = |config: &str| {
        decide(
            &[("Cargo.toml", &package("")), ("src/main.rs", "fn main() {}"), (".cargo/config.toml", config)],
            &Options::default(),
        )
    };
    let reason = with("[build]\ntarget = \"x86_64-unknown-freebsd\"\n").unwrap_err().reason;
    assert!(reason.starts_with(".cargo/config.toml:2 builds for `x86_64-unknown-freebsd`"), "{reason}");
    let plan = with("[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-C\", \"link-arg=-fuse-ld=mold\"]\n")
        .unwrap();
    assert!(files_of(&plan).0.contains("    mold\n"), "{}", files_of(&plan).0);
}

#[test]
fn rust_paths_that_are_compiled_in_keep_their_place() {
    let main = "fn main() { FileServer::from(relative!(\"static\")); }";
    let plan = plan(&[
        ("Cargo.toml", &package("[dependencies]\nrocket = \"0.5\"\n")),
        ("src/main.rs", main),
        ("static/a.css", ""),
        ("Rocket.toml", ""),
    ]);
    let (dockerfile, _) = files_of(&plan);
    assert!(dockerfile.contains("COPY --from=build /src/static /src/static\n"), "{dockerfile}");
    assert!(dockerfile.contains("COPY --from=build /src/Rocket.toml /app/Rocket.toml\n"), "{dockerfile}");
}

#[test]
fn rust_that_needs_more_than_a_build_has_is_refused() {
    let sqlx = package("[dependencies]\nsqlx = \"0.8\"\n");
    let query = "fn main() { sqlx::query!(\"select 1\"); }";
    assert_eq!(
        refusal(&[("Cargo.toml", &sqlx), ("src/main.rs", query)]),
        "src/main.rs:1 has a query that sqlx checks against a database when it compiles"
    );
    plan(&[("Cargo.toml", &sqlx), ("src/main.rs", query), (".sqlx/query-1.json", "{}")]);
    let outside = package("[dependencies]\nb = { path = \"../b\" }\n");
    assert_eq!(
        refusal(&[("Cargo.toml", &outside), ("src/main.rs", "fn main() {}")]),
        "Cargo.toml depends on `b` at `../b`, outside of this folder"
    );
}

#[test]
fn an_embedded_pattern_at_the_root_takes_no_more_than_it_matches() {
    let main = "package main\nimport _ \"embed\"\n//go:embed *.html\nvar x string\nfunc main() {}\n";
    let plan = plan(&[
        ("go.mod", "module x\n"),
        ("main.go", main),
        ("a.html", ""),
        (".git/config", ""),
        ("Dockerfile", ""),
    ]);
    assert!(!files_of(&plan).1.contains("\n!.git") && !files_of(&plan).1.contains("!Dockerfile"));
}

#[test]
fn packages_that_a_tool_generates_are_missed() {
    let main = "package main\nimport _ \"x/docs\"\nfunc main() {}\n";
    assert_eq!(
        refusal(&[("go.mod", "module x\n"), ("main.go", main)]),
        "main.go:2 imports `x/docs`, which is not in the repository"
    );
    plan(&[("go.mod", "module x\n"), ("main.go", main), ("docs/docs.go", "package docs")]);
}

#[test]
fn what_node_loads_first_is_kept() {
    for flag in ["-r dotenv/config", "--import=dotenv/config"] {
        let scripts = format!("{{\"start\": \"node {flag} a.js\"}}");
        let manifest = format!("{{\"scripts\": {scripts}, \"devDependencies\": {{\"dotenv\": \"16\"}}}}");
        let plan = plan(&[("package.json", &manifest), ("a.js", "")]);
        assert!(!files_of(&plan).0.contains("--omit=dev"), "{flag}: {}", files_of(&plan).0);
    }
}

#[test]
fn typescript_is_followed_by_the_names_that_it_compiles_to() {
    let manifest =
        r#"{"scripts": {"build": "tsc", "start": "node dist/index.js"}, "devDependencies": {"morgan": "1"}}"#;
    let app = "import morgan from 'morgan'; app.listen(process.env.PORT ?? 4000)";
    let plan =
        plan(&[("package.json", manifest), ("src/index.ts", "import './app.js'"), ("src/app.ts", app)]);
    assert_eq!(plan.service.port, Some(4000));
    assert!(!files_of(&plan).0.contains("prune"), "{}", files_of(&plan).0);
}

#[test]
fn libraries_of_a_workspace_say_what_their_program_does() {
    let server =
        "[package]\nname = \"server\"\nversion = \"0.1.0\"\n[dependencies]\napi = { path = \"../api\" }\n";
    let api = "[package]\nname = \"api\"\nversion = \"0.1.0\"\n[dependencies]\naxum = \"0.8\"\n";
    let plan = plan(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
        ("crates/server/Cargo.toml", server),
        ("crates/server/src/main.rs", "fn main() { api::run() }"),
        ("crates/api/Cargo.toml", api),
        (
            "crates/api/src/lib.rs",
            "fn run() { bind(\"0.0.0.0:4000\"); read_to_string(\"templates/index.html\") }",
        ),
        ("templates/index.html", ""),
    ]);
    assert_eq!((plan.service.port, plan.service.framework.as_deref()), (Some(4000), Some("axum")));
    assert!(
        files_of(&plan).0.contains("COPY --from=build /src/templates/index.html /app/templates/index.html\n")
    );
    assert!(files_of(&plan).0.contains("--manifest-path crates/server/Cargo.toml --bin server"));
}

#[test]
fn servers_that_only_the_container_reaches_are_warned_of() {
    let warned = |files: &[(&str, &str)]| {
        plan(files)
            .service
            .warnings
            .iter()
            .any(|warning| warning.contains("only the container itself reaches"))
    };
    let manifest = r#"{"scripts": {"start": "node a.js"}, "dependencies": {"fastify": "5"}}"#;
    assert!(warned(&[("package.json", manifest), ("a.js", "app.listen({ port: 3000 })")]));
    assert!(!warned(&[("package.json", manifest), ("a.js", "app.listen({ port: 3000, host: '0.0.0.0' })")]));
    let plain = r#"{"scripts": {"start": "node a.js"}}"#;
    assert!(warned(&[
        ("package.json", plain),
        ("a.js", "const hostname = '127.0.0.1'; server.listen(3000, hostname)")
    ]));
    assert!(!warned(&[
        ("package.json", plain),
        ("a.js", "new Pool({ host: 'localhost' }); server.listen(3000)")
    ]));
    let rust = "fn main() { bind(SocketAddr::from(([127, 0, 0, 1], 3000))) }";
    assert!(warned(&[("Cargo.toml", &package("")), ("src/main.rs", rust)]));
}
