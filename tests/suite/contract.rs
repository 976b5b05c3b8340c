//! The JSON of `detect`, whose names other programs rely on.

use serde_json::Value;

use crate::project::{Project, Run};

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_service_has_every_documented_name() {
    let run = Project::go().run(&["detect", "--format", "json"]);
    assert_eq!(run.code, 0);
    let report = json(&run);
    assert_eq!(keys(&report), ["candidates", "reason", "schema", "services", "verdict"]);
    assert_eq!(
        (&report["schema"], &report["verdict"], &report["reason"]),
        (&1.into(), &"generate".into(), &Value::Null)
    );
    let service = &report["services"][0];
    assert_eq!(
        keys(service),
        [
            "build_image",
            "evidence",
            "framework",
            "kind",
            "language",
            "name",
            "package_manager",
            "path",
            "port",
            "runtime_image",
            "start",
            "version",
            "warnings"
        ]
    );
    assert_eq!(service["kind"], "cli");
    assert_eq!(service["port"], Value::Null);
    assert_eq!(service["start"], serde_json::json!(["/app/tool"]));
    assert_eq!(keys(&service["version"]), ["source", "value"]);
    assert_eq!(
        service["version"]["source"],
        serde_json::json!({"file": "go.mod", "line": 3, "says": "go 1.26"})
    );
    assert_eq!(keys(&service["evidence"][0]), ["file", "line", "says", "what"]);
}

#[test]
fn the_start_holds_the_entrypoint_of_the_image() {
    let project = Project::new()
        .file("package.json", r#"{"scripts": {"start": "node server.js"}}"#)
        .file("server.js", "app.listen(3000)");
    let report = json(&project.run(&["detect", "--format", "json"]));
    let service = &report["services"][0];
    assert_eq!(service["start"], serde_json::json!(["/nodejs/bin/node", "server.js"]));
    assert_eq!((&service["kind"], &service["port"]), (&"server".into(), &3000.into()));
}

#[test]
fn a_choice_lists_its_candidates() {
    let run = Project::new()
        .file("go.mod", "module example.com/x\n")
        .file("cmd/a/main.go", "package main\nfunc main() {}\n")
        .file("cmd/b/main.go", "package main\nfunc main() {}\n")
        .run(&["detect", "--format", "json"]);
    assert_eq!(run.code, 3);
    let report = json(&run);
    assert_eq!(report["verdict"], "choose");
    assert_eq!(
        report["candidates"][1],
        serde_json::json!({"name": "b", "path": "cmd/b", "flag": "--bin cmd/b"})
    );
    assert_eq!(report["services"][0]["language"], "go");
}

#[test]
fn a_refusal_has_its_reason() {
    let run = Project::new().file("pyproject.toml", "").run(&["detect", "--format", "json"]);
    assert_eq!(run.code, 4);
    let report = json(&run);
    assert_eq!(report["verdict"], "refuse");
    assert_eq!(report["reason"], "`pyproject.toml` says this is Python, which is not supported");
    assert_eq!(report["services"][0]["language"], "python");
}

#[test]
fn the_table_shows_where_each_fact_was_read() {
    let run = Project::go().run(&["detect"]);
    assert_eq!(
        run.stdout,
        "tool\n  \
         language         go\n  \
         package manager  go modules\n  \
         kind             cli\n  \
         version          1.26\n  \
         start            /app/tool\n  \
         build image      golang:1.26-trixie\n  \
         runtime image    scratch\n\
         \nbecause\n  \
         language         go.mod:1   module example.com/tool\n  \
         main package     main.go:3  func main() {}\n  \
         Go version       go.mod:3   go 1.26\n  \
         runtime image    main.go    nothing is imported\n"
    );
}
