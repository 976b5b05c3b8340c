//! Every exit code and the whole message that goes with it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::project::{Project, run};

#[test]
fn init_writes_both_files_and_then_nothing() {
    let project = Project::go();
    let first = project.run(&["init"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert!(first.stdout.contains("\nwrote Dockerfile\nwrote .dockerignore\n"), "{}", first.stdout);
    let next =
        format!("next: docker build -t tool {} && docker run --rm -i tool\n", project.path("").display());
    assert!(first.stdout.ends_with(&next.replace("/ ", " ")), "{}", first.stdout);
    let (dockerfile, ignore) = (project.read("Dockerfile"), project.read(".dockerignore"));
    assert_eq!(fs::metadata(project.path("Dockerfile")).unwrap().permissions().mode() & 0o777, 0o644);

    let second = project.run(&["init"]);
    assert_eq!(second.code, 0);
    assert!(second.stdout.contains("\nunchanged Dockerfile\nunchanged .dockerignore\n"), "{}", second.stdout);
    assert_eq!((project.read("Dockerfile"), project.read(".dockerignore")), (dockerfile, ignore));
    assert_eq!(project.names(), [".dockerignore", "Dockerfile", "go.mod", "main.go"]);
}

#[test]
fn a_file_that_differs_is_kept_unless_forced() {
    let project = Project::go().file("Dockerfile", "FROM mine\n");
    let refused = project.run(&["init", "--yes"]);
    assert_eq!(refused.code, 3);
    assert_eq!(
        refused.stderr,
        "error: `Dockerfile` exists and differs; nothing was written\n\
         help: `--force` replaces it, `--check` shows the difference\n"
    );
    assert_eq!(project.read("Dockerfile"), "FROM mine\n");
    assert_eq!(project.names(), ["Dockerfile", "go.mod", "main.go"]);

    assert_eq!(project.run(&["init", "--force"]).code, 0);
    assert!(project.read("Dockerfile").starts_with("# syntax=docker/dockerfile:1\n"));
}

#[test]
fn check_shows_the_difference_and_writes_nothing() {
    let project = Project::go();
    let absent = project.run(&["init", "--check"]);
    assert_eq!(absent.code, 1);
    assert!(absent.stdout.starts_with("--- a/Dockerfile\n+++ b/Dockerfile\n@@ "), "{}", absent.stdout);
    assert_eq!(
        absent.stderr,
        "error: the files on disk differ from what would be written\nhelp: `distrogen init --force` writes them\n"
    );
    assert_eq!(project.names(), ["go.mod", "main.go"]);

    project.run(&["init"]);
    let same = project.run(&["init", "--check"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "up to date: Dockerfile, .dockerignore\n"));
}

#[test]
fn dry_run_and_stdout_write_nothing() {
    let project = Project::go();
    let stdout = project.run(&["init", "--stdout"]);
    assert_eq!(stdout.code, 0);
    assert!(stdout.stdout.starts_with("# syntax=docker/dockerfile:1\n"));
    let dry = project.run(&["init", "--dry-run"]);
    assert_eq!(dry.code, 0);
    assert!(
        dry.stdout.contains("\n--- Dockerfile ---\n# syntax")
            && dry.stdout.contains("\n--- .dockerignore ---\n")
    );
    assert!(dry.stdout.contains(&stdout.stdout));
    assert_eq!(project.names(), ["go.mod", "main.go"]);
}

#[test]
fn usage_errors_have_their_own_code() {
    let project = Project::go();
    for arguments in [
        &["init", "--port", "0"][..],
        &["init", "--port", "70000"],
        &["init", "--runtime", "alpine"],
        &["init", "--language", "cobol"],
        &["init", "--start", "a && b"],
        &["init", "--start", "[1]"],
        &["init", "--start", ""],
        &["init", "--check", "--stdout"],
        &["init", "--unknown"],
        &["frobnicate"],
    ] {
        let run = project.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.starts_with("error: "), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(run(&[]).code, 2);
}

#[test]
fn help_and_version_are_no_errors() {
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    for code in 0..=5 {
        assert!(help.stdout.contains(&format!("\n  {code}  ")), "exit code {code} is not documented");
    }
    assert_eq!(run(&["--version"]).stdout, concat!("distrogen ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn nothing_to_build_says_what_was_looked_for() {
    let run = Project::new().file("api/go.mod", "module x\n").file("notes.txt", "").run(&["init"]);
    assert_eq!(run.code, 4);
    assert_eq!(
        run.stderr,
        "error: no project was found in this folder\n\
         help: looked for go.mod, pom.xml, build.gradle, build.gradle.kts, settings.gradle, settings.gradle.kts, package.json, Cargo.toml\n\
         help: there is one in `api`: run distrogen there\n"
    );
}

#[test]
fn an_ecosystem_that_is_not_supported_is_named() {
    let run = Project::new().file("Gemfile", "").file("package.json", "{}").run(&["init"]);
    assert_eq!(run.code, 4);
    assert_eq!(
        run.stderr,
        "error: `Gemfile` says this is Ruby, which is not supported\nhelp: supported are go, java, node, rust\n"
    );
}

#[test]
fn several_ecosystems_are_a_decision() {
    let project = Project::go()
        .file("package.json", r#"{"name": "ui", "scripts": {"start": "node server.js"}}"#)
        .file("server.js", "");
    let run = project.run(&["init"]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.stderr,
        "error: programs of several ecosystems are here: go, node\n\
         help: --language go for tool (go)\n\
         help: --language node for ui (node)\n"
    );
    assert_eq!(project.run(&["init", "--language", "node"]).code, 0);
    assert!(project.read("Dockerfile").contains("CMD [\"server.js\"]"));
}

#[test]
fn tooling_beside_a_program_is_no_second_ecosystem() {
    let project = Project::go().file("package.json", r#"{"devDependencies": {"prettier": "3"}}"#);
    assert_eq!(project.run(&["init"]).code, 0);
}

#[test]
fn several_programs_are_a_decision() {
    let project = Project::new()
        .file("go.mod", "module example.com/x\n")
        .file("cmd/a/main.go", "package main\nfunc main() {}\n")
        .file("cmd/b/main.go", "package main\nfunc main() {}\n");
    let run = project.run(&["init"]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.stderr,
        "error: 2 main packages are equally likely\nhelp: --bin cmd/a for a\nhelp: --bin cmd/b for b\n"
    );
    assert_eq!(project.run(&["init", "--bin", "cmd/b"]).code, 0);
    assert!(project.read("Dockerfile").contains("-o /out/bin/b ./cmd/b"));
}

#[test]
fn a_runtime_that_cannot_start_the_program_is_refused() {
    let project = Project::new()
        .file("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
        .file("src/main.rs", "fn main() {}\n");
    let run = project.run(&["init", "--runtime", "base"]);
    assert_eq!(run.code, 4);
    assert_eq!(
        run.stderr,
        "error: `base` lacks libgcc_s, without which no Rust program starts\nhelp: the nearest runtime is `--runtime cc`\n"
    );
}

#[test]
fn a_folder_that_is_not_there() {
    let project = Project::new().file("file", "");
    let absent = project.path("absent");
    let run_on = |path: &std::path::Path| run(&["init", path.to_str().unwrap()]);
    let found = run_on(&absent);
    assert_eq!(
        (found.code, found.stderr),
        (5, format!("error: there is no folder `{}`\n", absent.display()))
    );
    let file = project.path("file");
    let found = run_on(&file);
    assert_eq!(
        (found.code, found.stderr),
        (
            5,
            format!(
                "error: `{}` is not a folder\nhelp: name the folder that holds the manifest\n",
                file.display()
            )
        )
    );
}

#[test]
fn an_invalid_manifest_is_shown_with_its_place() {
    let message = |file: &str, text: &str| {
        let project = Project::new().file(file, text);
        let run = project.run(&["init"]);
        assert_eq!(run.code, 5, "{}", run.stderr);
        assert_eq!(project.names(), [file]);
        run.stderr
    };
    assert_eq!(
        message("go.mod", "module x\nfrob y\n"),
        "error: `go.mod:2:1` cannot be parsed: unknown directive `frob`\n --> go.mod:2:1\n  |\n2 | frob y\n  | ^\n"
    );
    assert_eq!(
        message("package.json", "{\"name\": \"x\",\n}\n"),
        "error: `package.json:2:1` cannot be parsed: trailing comma\n --> package.json:2:1\n  |\n2 | }\n  | ^\n"
    );
    assert_eq!(
        message("Cargo.toml", "[package]\nname = x\n"),
        "error: `Cargo.toml:2:8` cannot be parsed: string values must be quoted, expected literal string\n --> Cargo.toml:2:8\n  |\n2 | name = x\n  |        ^\n"
    );
    assert_eq!(
        message("pom.xml", "<project>\n<a></b>\n"),
        "error: `pom.xml:2:4` cannot be parsed: expected 'a' tag, not 'b'\n --> pom.xml:2:4\n  |\n2 | <a></b>\n  |    ^\n"
    );
}

#[test]
fn a_link_that_leaves_the_folder_is_not_written_through() {
    let elsewhere = Project::new().file("precious", "keep\n");
    let project = Project::go();
    symlink(elsewhere.path("precious"), project.path("Dockerfile")).unwrap();
    let run = project.run(&["init", "--force"]);
    assert_eq!(run.code, 5);
    assert_eq!(
        run.stderr,
        "error: `Dockerfile` is a link that leads nowhere or out of the folder; it is not written through\n\
         help: remove the link `Dockerfile`\n"
    );
    assert_eq!(elsewhere.read("precious"), "keep\n");
    assert_eq!(project.names(), ["Dockerfile", "go.mod", "main.go"]);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_left_alone() {
    let project = Project::go().file(".dockerignore/x", "");
    let run = project.run(&["init", "--force"]);
    assert_eq!((run.code, run.stderr.as_str()), (5, "error: `.dockerignore` is not a regular file\n"));
    assert_eq!(project.names(), [".dockerignore", "go.mod", "main.go"]);
}

#[test]
fn an_unreadable_or_read_only_folder_is_a_failure_without_traces() {
    let project = Project::go();
    fs::set_permissions(project.path("."), fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write anywhere: then there is nothing to see here.
    let writable = fs::write(project.path("probe"), "").is_ok();
    let run = project.run(&["init"]);
    fs::set_permissions(project.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    if !writable {
        assert_eq!(run.code, 5);
        assert!(run.stderr.starts_with("error: cannot write `Dockerfile`: "), "{}", run.stderr);
        assert_eq!(project.names(), ["go.mod", "main.go"]);
    }
}
