//! Input that is broken or means harm: never a panic, never a half-written file, never a new
//! instruction.

use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::Command;

use distrogen::dockerfile::instructions;

use crate::project::Project;

#[test]
fn a_manifest_that_is_a_link_out_of_the_repository() {
    let elsewhere = Project::new().file("secret", "module stolen\n");
    let project = Project::new();
    symlink(elsewhere.path("secret"), project.path("go.mod")).unwrap();
    let run = project.run(&["init"]);
    assert_eq!(run.code, 5);
    assert_eq!(
        run.stderr,
        "error: `go.mod` is a link that leads nowhere or out of the repository\n\
         help: only files inside the repository are read; copy the file into it\n"
    );
    assert_eq!(project.names(), ["go.mod"]);
}

#[test]
fn a_manifest_that_is_a_pipe() {
    let project = Project::new();
    let made = Command::new("mkfifo").arg(project.path("package.json")).status().unwrap();
    assert!(made.success());
    let run = project.run(&["init"]);
    assert_eq!((run.code, run.stderr.as_str()), (5, "error: `package.json` is not a regular file\n"));
}

#[test]
fn a_manifest_of_a_hundred_megabytes() {
    let project = Project::new();
    File::create(project.path("Cargo.toml")).unwrap().set_len(100 << 20).unwrap();
    let run = project.run(&["init"]);
    let message = "error: `Cargo.toml` has 100 MiB; files above 16 MiB are not read\n";
    assert_eq!((run.code, run.stderr.as_str()), (5, message));
}

#[test]
fn a_manifest_that_is_not_utf8() {
    let project = Project::new().file("pom.xml", b"<project>\n\xff</project>");
    let run = project.run(&["init"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (5, "error: `pom.xml:2` is not UTF-8\nhelp: save the file as UTF-8\n")
    );
}

/// Texts that try to end a line, a string, a word or an instruction.
pub const TEXTS: &[&str] = &[
    "a\nRUN touch /evil",
    "a\r\nRUN touch /evil",
    "a\\",
    "a\"]\nCMD [\"evil",
    "a\" \"b",
    "a' ; touch /evil ; '",
    "${HOME}",
    "$(touch /evil)",
    "`touch /evil`",
    "# escape=`",
    "a && touch /evil",
    "\u{1b}[31mred",
    "a\u{2028}RUN touch /evil",
    "{{ 1 + 1 }}{% raw %}",
    "<<EOF",
];

/// The instructions that an innocent name gives; hostile ones may give no others.
pub fn keywords(text: &str) -> Vec<String> {
    instructions(text).into_iter().map(|one| one.keyword).collect()
}

fn harmless(project: &Project, innocent: &[String], text: &str) {
    let run = project.run(&["init", "--stdout"]);
    assert!([0, 3, 4, 5].contains(&run.code), "{text:?}: {} {}", run.code, run.stderr);
    assert!(!run.stderr.contains("panicked") && !run.stderr.contains('\u{1b}'), "{text:?}: {}", run.stderr);
    if run.code == 0 {
        assert_eq!(keywords(&run.stdout), innocent, "{text:?}:\n{}", run.stdout);
    } else {
        assert_eq!(run.stdout, "", "{text:?}");
    }
}

pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn hostile_names_and_scripts_of_a_package() {
    let package = |name: &str, script: &str, main: &str| {
        let scripts = format!("{{\"start\": {}}}", quoted(script));
        let text =
            format!("{{\"name\": {}, \"main\": {}, \"scripts\": {scripts}}}", quoted(name), quoted(main));
        Project::new().file("package.json", text).file("server.js", "")
    };
    let innocent = keywords(&package("a", "node server.js", "x").run(&["init", "--stdout"]).stdout);
    for text in TEXTS {
        harmless(&package(text, "node server.js", "x"), &innocent, text);
        harmless(&package("a", &format!("node {text}"), "x"), &innocent, text);
        harmless(&package("a", &format!("node server.js '{text}'"), "x"), &innocent, text);
    }
}

#[test]
fn hostile_variables_of_a_start_script() {
    let package = |value: &str| {
        let script = quoted(&format!("A='{value}' node server.js"));
        Project::new()
            .file("package.json", format!("{{\"scripts\": {{\"start\": {script}}}}}"))
            .file("server.js", "")
    };
    let innocent = keywords(&package("b").run(&["init", "--stdout"]).stdout);
    for text in TEXTS.iter().filter(|text| !text.contains('\'')) {
        harmless(&package(text), &innocent, text);
    }
}

#[test]
fn hostile_build_scripts_and_versions() {
    let package = |script: &str, engines: &str| {
        let scripts = format!(
            "{{\"start\": \"npm run go\", \"go\": \"node server.js\", {}: \"tsc\"}}",
            quoted(&format!("pre{script}"))
        );
        let text = format!("{{\"engines\": {{\"node\": {}}}, \"scripts\": {scripts}}}", quoted(engines));
        Project::new().file("package.json", text).file("server.js", "")
    };
    let innocent = keywords(&package("x", ">=22").run(&["init", "--stdout"]).stdout);
    for text in TEXTS {
        harmless(&package("x", text), &innocent, text);
        harmless(&package(text, ">=22"), &innocent, text);
    }
}

#[test]
fn hostile_names_of_a_crate_and_its_features() {
    let crate_of = |name: &str, feature: &str| {
        let text = format!(
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[features]\n{feature} = []\n[[bin]]\nname = {name}\npath = \"src/main.rs\"\nrequired-features = [{feature}]\n",
            name = quoted(name),
            feature = quoted(feature)
        );
        Project::new().file("Cargo.toml", text).file("src/main.rs", "fn main() {}")
    };
    let innocent = keywords(&crate_of("a", "f").run(&["init", "--stdout"]).stdout);
    assert!(!innocent.is_empty());
    for text in TEXTS {
        harmless(&crate_of(text, "f"), &innocent, text);
        harmless(&crate_of("a", text), &innocent, text);
    }
}

#[test]
fn hostile_modules_and_folders_of_go() {
    let module = |path: &str, folder: &str| {
        Project::new()
            .file("go.mod", format!("module {path}\n"))
            .file(&format!("{folder}/main.go"), "package main\nfunc main() {}\n")
    };
    let innocent = keywords(&module("example.com/x", "cmd/x").run(&["init", "--stdout"]).stdout);
    for text in TEXTS {
        harmless(&module(text, "cmd/x"), &innocent, text);
        harmless(&module(&quoted(text), "cmd/x"), &innocent, text);
        if !text.contains('/') {
            harmless(&module("example.com/x", &format!("cmd/{text}")), &innocent, text);
        }
    }
}

#[test]
fn hostile_coordinates_of_a_pom() {
    let pom = |name: &str, version: &str| {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('\u{1b}', "");
        let boot = "<groupId>org.springframework.boot</groupId>";
        let text = format!(
            "<project><parent>{boot}<artifactId>spring-boot-starter-parent</artifactId><version>4.1.1</version></parent>\
             <artifactId>{}</artifactId><version>{}</version><build><plugins><plugin>{boot}\
             <artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>",
            escape(name),
            escape(version)
        );
        Project::new().file("pom.xml", text)
    };
    let innocent = keywords(&pom("a", "1").run(&["init", "--stdout"]).stdout);
    assert!(!innocent.is_empty());
    for text in TEXTS {
        harmless(&pom(text, "1"), &innocent, text);
        harmless(&pom("a", text), &innocent, text);
    }
}

#[test]
fn hostile_flags() {
    let project = Project::new().file("package.json", "{}").file("server.js", "");
    let innocent = keywords(&project.run(&["init", "--stdout", "--start", "node server.js"]).stdout);
    assert!(!innocent.is_empty());
    for text in TEXTS {
        let run = project.run(&[
            "init",
            "--stdout",
            "--start",
            &format!("[\"node\", \"server.js\", {}]", quoted(text)),
        ]);
        assert!([0, 4].contains(&run.code), "{text:?}: {}", run.stderr);
        if run.code == 0 {
            assert_eq!(keywords(&run.stdout), innocent, "{text:?}");
        }
    }
}

/// As [`harmless`], where nothing of the text may stand outside of a comment.
fn dropped(project: &Project, innocent: &[String], text: &str) {
    harmless(project, innocent, text);
    let written = project.run(&["init", "--stdout"]).stdout;
    let code: Vec<&str> = written.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!code.iter().any(|line| line.contains("evil") || line.contains("{{")), "{text:?}:\n{written}");
}

#[test]
fn hostile_release_tools_of_go() {
    let project = |file: &str, text: &str| {
        Project::new()
            .file("go.mod", "module x\nrequire a.b/c v1.0.0\n")
            .file("go.sum", "a.b/c v1.0.0/go.mod h1:x=\n")
            .file("main.go", "package main\nfunc main() {}\n")
            .file(file, text)
    };
    let innocent = keywords(&project("README", "").run(&["init", "--stdout"]).stdout);
    let release = |key: &str, value: &str| format!("builds:\n  - {key}: {}\n", quoted(value));
    for text in TEXTS {
        for key in ["binary", "tags", "flags", "ldflags", "main"] {
            dropped(&project(".goreleaser.yaml", &release(key, text)), &innocent, text);
        }
        dropped(&project(".goreleaser.yaml", &release("ldflags", &format!("-X {text}=1"))), &innocent, text);
        dropped(
            &project(".goreleaser.yaml", &release("ldflags", &format!("-X a.b={text}"))),
            &innocent,
            text,
        );
        dropped(&project("Makefile", &format!("x:\n\tgo build -tags {text} -o {text} .\n")), &innocent, text);
        dropped(&project("Makefile", &format!("export GOPRIVATE=a.b,{text}\n")), &innocent, text);
    }
}

#[test]
fn hostile_front_ends() {
    let project = |embed: &str, script: &str, manager: &str, output: &str| {
        let package = format!(
            "{{\"packageManager\": {}, \"scripts\": {{\"build\": {}}}, \"devDependencies\": {{\"vite\": \"8\"}}}}",
            quoted(manager),
            quoted(script)
        );
        Project::new()
            .file("go.mod", "module x\n")
            .file("main.go", format!("package main\n//go:embed {embed}\nvar x embed.FS\nfunc main() {{}}\n"))
            .file("ui/package.json", package)
            .file("ui/pnpm-lock.yaml", "lockfileVersion: '9.0'\n")
            .file(
                "ui/vite.config.js",
                format!("export default {{ build: {{ outDir: {} }} }}\n", quoted(output)),
            )
    };
    let first = project("ui/dist", "vite build", "pnpm@10.1.0", "dist").run(&["init", "--stdout"]);
    let innocent = keywords(&first.stdout);
    assert!(innocent.iter().filter(|keyword| *keyword == "FROM").count() == 3, "{}", first.stderr);
    for text in TEXTS {
        dropped(&project("ui/dist", text, "pnpm@10.1.0", "dist"), &innocent, text);
        dropped(&project("ui/dist", "vite build", &format!("pnpm@{text}"), "dist"), &innocent, text);
        dropped(&project("ui/dist", "vite build", "pnpm@10.1.0", text), &innocent, text);
        dropped(&project(text, "vite build", "pnpm@10.1.0", "dist"), &innocent, text);
        dropped(&project(&format!("ui/{text}"), "vite build", "pnpm@10.1.0", text), &innocent, text);
    }
}
