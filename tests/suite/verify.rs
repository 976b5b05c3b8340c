//! `distrogen verify` and `images` with engines that are scripts: what is said, and what is left.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::project::{Project, run};

/// An engine in shell, with a record of how it was called and a folder for temporary files.
struct Engine {
    folder: TempDir,
}

impl Engine {
    /// An engine that calls itself podman; `body` is a `case` over its first argument.
    fn podman(body: &str) -> Engine {
        Engine::new("podman version 5.0.0", body)
    }

    fn docker(body: &str) -> Engine {
        Engine::new("Docker version 28.0.0", body)
    }

    fn new(version: &str, body: &str) -> Engine {
        let folder = tempfile::tempdir().unwrap();
        let calls = folder.path().join("calls");
        fs::create_dir(folder.path().join("tmp")).unwrap();
        fs::write(
            folder.path().join("engine"),
            format!(
                "#!/bin/sh\necho \"$@\" >> {}\ncase $1 in\n--version) echo {version};;\ninfo|buildx) echo fine;;\n{body}\nesac\n",
                calls.display()
            ),
        )
        .unwrap();
        fs::set_permissions(folder.path().join("engine"), fs::Permissions::from_mode(0o755)).unwrap();
        Engine { folder }
    }

    fn program(&self) -> String {
        self.folder.path().join("engine").display().to_string()
    }

    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// What is in the folder for temporary files; the engines' own shared cache may stay.
    fn left(&self) -> Vec<PathBuf> {
        let names = fs::read_dir(self.folder.path().join("tmp")).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| !path.ends_with("buildah-cache")).collect()
    }

    fn verify(&self, project: &Project, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_distrogen"));
        command
            .args(["verify", "--engine", &self.program()])
            .args(arguments)
            .arg(project.path(""))
            .env("TMPDIR", self.folder.path().join("tmp"))
            .env("XDG_CACHE_HOME", self.folder.path())
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn finished(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn project() -> Project {
    Project::go().file("Dockerfile", "FROM golang AS build\nFROM scratch\nCOPY --from=build /a /a\n")
}

#[test]
fn a_missing_engine_is_named_with_its_flag() {
    let done = project().run(&["verify", "--engine", "/no/such/engine"]);
    assert_eq!(done.code, 5);
    assert_eq!(
        done.stderr,
        "error: no container engine answers\nhelp: /no/such/engine: `/no/such/engine` is not there\n\
         help: install Docker or Podman, or name the engine: `--engine PROGRAM`\n"
    );
    let other = run(&["images", "x", "--engine", "/bin/cat"]);
    assert_eq!(other.code, 5);
    assert!(other.stderr.contains("/bin/cat: it is neither docker, podman nor buildah"), "{}", other.stderr);
}

#[test]
fn an_engine_that_may_not_be_used_or_hangs_is_told_apart() {
    let engine = Engine::podman("");
    let text = fs::read_to_string(engine.program()).unwrap();
    let refusal = "info) echo 'Error: connect: permission denied' >&2; exit 1;;";
    fs::write(engine.program(), text.replace("info|buildx) echo fine;;", refusal)).unwrap();
    let (code, _, stderr) = finished(&mut engine.verify(&project(), &[]));
    assert_eq!(code, 5);
    assert!(stderr.contains("permission denied (this user may not use it"), "{stderr}");

    fs::write(engine.program(), text.replace("info|buildx) echo fine;;", "info) sleep 100;;")).unwrap();
    let (code, _, stderr) = finished(&mut engine.verify(&project(), &["--timeout", "1"]));
    assert_eq!(code, 5);
    assert!(stderr.contains("it did not answer within 1 s"), "{stderr}");
}

#[test]
fn a_docker_that_cannot_build_with_buildkit_is_passed_over() {
    let engine = Engine::docker("");
    let text = fs::read_to_string(engine.program()).unwrap();
    fs::write(
        engine.program(),
        text.replace("info|buildx) echo fine;;", "info) echo fine;;\nbuildx) exit 1;;"),
    )
    .unwrap();
    let (code, _, stderr) = finished(&mut engine.verify(&project(), &[]));
    assert_eq!(code, 5);
    assert!(stderr.contains("it lacks the plugin buildx"), "{stderr}");
}

/// A build that fails after its first step was kept.
const FAILING: &str = "images) case $* in *Repository*) echo 'aaaaaaaaaaaa0 <none>';; esac;;\nbuild) echo 'STEP 1/2: FROM golang'; echo '--> aaaaaaaaaaaa'; \
    echo 'main.go:3:5: missing go.sum entry for module' >&2; exit 1;;";

#[test]
fn a_build_that_fails_is_explained_and_its_images_removed() {
    let engine = Engine::podman(FAILING);
    let (code, stdout, stderr) = finished(&mut engine.verify(&project(), &[]));
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.contains("FAIL  builds"), "{stdout}");
    assert!(stdout.contains("\nwhy       go.mod and go.sum do not list everything"), "{stdout}");
    assert!(
        stdout.contains("to mend   run `go mod tidy`") && stdout.ends_with("\nNOT verified\n"),
        "{stdout}"
    );
    assert!(stderr.contains("STEP 1/2: FROM golang"), "{stderr}");
    assert!(engine.calls().iter().any(|call| call == "rmi --no-prune aaaaaaaaaaaa0"), "{:?}", engine.calls());
    assert_eq!(engine.left(), Vec::<PathBuf>::new());
}

#[test]
fn images_that_were_there_or_have_a_name_are_not_removed() {
    let before = FAILING.replace("esac;;", "*) echo sha256:aaaaaaaaaaaa0;; esac;;");
    let named = FAILING.replace("<none>", "docker.io/mine");
    for listing in [before, named] {
        let engine = Engine::podman(&listing);
        assert_eq!(finished(&mut engine.verify(&project(), &[])).0, 1);
        assert!(!engine.calls().iter().any(|call| call.starts_with("rmi")), "{:?}", engine.calls());
    }
}

#[test]
fn an_engine_that_saves_nonsense_is_an_error_and_no_panic() {
    let build = "images) case $* in *Repository*) echo 'bbbb <none>';; esac;;\n\
        build) echo sha256:bbbb > $3;;\nrun) exit 0;;\n";
    for save in ["save) echo nonsense;;", "save) ;;", "save) head -c 100000 /dev/zero;;", "save) exit 3;;"] {
        let engine = Engine::podman(&format!("{build}{save}"));
        let (code, _, stderr) = finished(&mut engine.verify(&project(), &["--no-compare"]));
        assert_eq!(code, 5, "{stderr}");
        let said = stderr.contains("archive of the image") || stderr.contains("ended with 3");
        assert!(said, "{save}: {stderr}");
        assert!(engine.calls().iter().any(|call| call == "rmi --no-prune bbbb"), "{:?}", engine.calls());
        assert_eq!(engine.left(), Vec::<PathBuf>::new());
    }
}

/// A build that goes on for ever.
const ENDLESS: &str = "images) case $* in *Repository*) echo 'cccccccccccc <none>';; esac;;\nbuild) echo '--> cccccccccccc'; exec sleep 1000;;";

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..600 {
        if done() {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("{what} did not come");
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Whether some process was started with this text in its arguments.
fn is_running(text: &str) -> bool {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.into_iter().any(|entry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ").contains(text)
    })
}

#[test]
fn nothing_is_left_of_a_run_that_is_interrupted_or_killed() {
    if !Path::new("/proc/self").exists() {
        return;
    }
    for how in ["-INT", "-TERM", "-HUP", "-KILL"] {
        let (engine, project) = (Engine::docker(ENDLESS), project());
        let mut child = engine.verify(&project, &[]).spawn().unwrap();
        wait_for("the build", || engine.calls().iter().any(|call| call.starts_with("build")));
        sleep(Duration::from_millis(100));
        signal(&child, how);
        let status = child.wait().unwrap();
        if how != "-KILL" {
            assert_eq!(status.code(), Some(130));
        }
        wait_for("the removal", || engine.calls().iter().any(|call| call == "rmi --no-prune cccccccccccc"));
        wait_for("the end of the folder", || engine.left().is_empty());
        wait_for("the end of the guard", || !is_running(&engine.program()));
    }
}

#[test]
fn a_build_that_prints_without_end_is_ended() {
    let engine = Engine::docker("images) ;;\nbuild) exec yes 0123456789abcdef;;");
    let (code, stdout, _) = finished(&mut engine.verify(&project(), &[]));
    assert_eq!(code, 1);
    assert!(stdout.contains("FAIL  builds        it printed more than 256 MB"), "{stdout}");
    assert_eq!(engine.left(), Vec::<PathBuf>::new());
}

#[test]
fn a_build_that_takes_too_long_is_ended() {
    let engine = Engine::docker(ENDLESS);
    let (code, stdout, _) = finished(&mut engine.verify(&project(), &["--timeout", "1"]));
    assert_eq!(code, 1);
    assert!(stdout.contains("FAIL  builds        it took longer than --timeout allows"), "{stdout}");
    assert_eq!(engine.left(), Vec::<PathBuf>::new());
}

#[test]
fn what_cannot_be_verified_is_said_before_anything_is_started() {
    let none = Project::go().run(&["verify", "--engine", "/no/such"]);
    assert_eq!(none.code, 5);
    assert!(none.stderr.contains("Dockerfile`: entity not found"), "{}", none.stderr);
    assert!(
        none.stderr.contains("help: `--file FILE` names another; `distrogen init --verify`"),
        "{}",
        none.stderr
    );

    let engine = Engine::podman(FAILING);
    for (arguments, code, message) in [
        (vec!["--report", "/no/such/folder/r.html"], 5, "cannot write the report `/no/such/folder/r.html`"),
        (vec!["--report", "r.txt"], 2, "ends in .html"),
        (vec!["--path", "up"], 2, "`path` does not begin with `/`"),
        (vec!["--env", "NAME"], 2, "write NAME=VALUE"),
        (vec!["--keep", "Bad Name"], 2, "an image's name in lower case"),
        (vec!["--rebuild", "no-such.go"], 2, "`no-such.go` is no regular file"),
        (vec!["--rebuild", "../x"], 2, "`../x` is no regular file"),
        (vec!["--rebuild", "Dockerfile"], 2, "is the Dockerfile"),
        (vec!["--timeout", "0"], 2, "0 is not in 1..=86400"),
        (vec!["--max-mb", "-1"], 2, "unexpected argument"),
    ] {
        let (found, _, stderr) = finished(&mut engine.verify(&project(), &arguments));
        assert_eq!(found, code, "{arguments:?}: {stderr}");
        assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    }
    let linked = project().file(".dockerignore", "hidden.go\n").file("hidden.go", "");
    symlink("/etc/hostname", linked.path("link.go")).unwrap();
    for (file, message) in [("link.go", "no regular file"), ("hidden.go", ".dockerignore hides it")] {
        let (code, _, stderr) = finished(&mut engine.verify(&linked, &["--rebuild", file]));
        assert_eq!(code, 2);
        assert!(stderr.contains(message), "{stderr}");
    }
    let wrong = project().file("distrogen.toml", "[verify]\nstatsu = 1\n");
    let (code, _, stderr) = finished(&mut engine.verify(&wrong, &[]));
    assert_eq!(code, 5);
    assert!(stderr.contains("`distrogen.toml`: ") && stderr.contains("unknown field `statsu`"), "{stderr}");
    assert_eq!(engine.calls(), Vec::<String>::new());
}

#[test]
fn values_reach_the_engine_as_one_word_each() {
    let build = "images) ;;\nbuild) echo sha256:bbbb > $3;;\nrun) for word in \"$@\"; do echo \"<$word>\"; done >&2; exit 7;;\nsave) cat SAVED;;";
    let engine = Engine::podman("");
    let saved = engine.folder.path().join("saved.tar");
    fs::write(&saved, archive()).unwrap();
    let text = fs::read_to_string(engine.program()).unwrap();
    let build = build.replace("SAVED", &saved.display().to_string());
    fs::write(engine.program(), text.replace("esac", &format!("{build}\nesac"))).unwrap();
    let value = "A=a b; $(touch x) \"q\"";
    let arguments = ["--no-compare", "--env", value, "--format", "json", "--"];
    let project = project();
    let mut command = engine.verify(&project, &[]);
    command.args(arguments).args(["--privileged", "x y"]);
    let (code, stdout, stderr) = finished(&mut command);
    assert_eq!(code, 1, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let log = report["log"].to_string();
    assert!(log.contains("<A=a b; $(touch x) \\\"q\\\">"), "{log}");
    let image = log.find("sha256:bbbb").unwrap();
    assert!(log.find("<--privileged>").unwrap() > image && log.find("<x y>").unwrap() > image, "{log}");
    for word in ["<--read-only>", "<ALL>", "<no-new-privileges>"] {
        assert!(log.find(word).is_some_and(|at| at < image), "{word}: {log}");
    }
}

/// An image of one empty layer, as `docker save` writes it.
fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, bytes).unwrap();
    };
    let config = r#"{"architecture":"amd64","config":{"Cmd":["/a"]},"rootfs":{"diff_ids":["sha256:1"]},
        "history":[{"created_by":"COPY /a /a # buildkit"}]}"#;
    let mut layer = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(2);
    header.set_mode(0o755);
    header.set_cksum();
    layer.append_data(&mut header, "a", &b"hi"[..]).unwrap();
    add("layer.tar", &layer.into_inner().unwrap());
    add("config.json", config.as_bytes());
    add("manifest.json", br#"[{"Config":"config.json","Layers":["layer.tar"],"RepoTags":null}]"#);
    builder.into_inner().unwrap()
}
