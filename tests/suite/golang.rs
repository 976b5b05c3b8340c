//! Go: which program of a repository, what it is made of, and what its image must hold.

use distrogen::options::{Options, RuntimeChoice};

use crate::planning::{decide, dockerfile_of, files_of};

const MAIN: &str = "package main\nfunc main() {}\n";

/// The name of the program that is chosen, or why none is.
fn chosen(files: &[(&str, &str)]) -> Result<String, String> {
    decide(files, &Options::default()).map(|plan| plan.service.name).map_err(|stop| stop.reason)
}

fn dockerfile(files: &[(&str, &str)]) -> String {
    dockerfile_of(files, &Options::default())
}

/// A module with two programs and these files.
fn two<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("go.mod", "module example.com/tool\n"), ("cmd/a/a.go", MAIN), ("cmd/b/b.go", MAIN)], more].concat()
}

#[test]
fn release_tools_choose_in_their_order() {
    assert_eq!(chosen(&two(&[])), Err("2 main packages are equally likely".to_owned()));
    let make = ("Makefile", "build:\n\tgo build -o bin/x ./cmd/a\n");
    let release = (".goreleaser.yaml", "builds:\n  - main: ./cmd/b\n    binary: tool-b\n");
    let ko = (".ko.yaml", "builds:\n  - main: ./cmd/a\n");
    assert_eq!(chosen(&two(&[make])), Ok("x".to_owned()));
    assert_eq!(chosen(&two(&[make, release])), Ok("tool-b".to_owned()));
    assert_eq!(chosen(&two(&[make, release, ko])), Ok("x".to_owned()));
    let root = ("main.go", MAIN);
    assert_eq!(chosen(&two(&[root])), Ok("tool".to_owned()));
    assert_eq!(chosen(&two(&[root, release])), Ok("tool-b".to_owned()));
    assert_eq!(chosen(&two(&[("cmd/tool/main.go", MAIN)])), Ok("tool".to_owned()));
    let both = ("Taskfile.yml", "cmds: [go build ./cmd/a, go build ./cmd/b]\n");
    assert_eq!(chosen(&two(&[both])), Err("2 main packages are equally likely".to_owned()));
}

#[test]
fn a_tool_that_packs_a_servers_client_does_not_outrank_the_server() {
    let server = "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":9898\", nil) }\n";
    let release = (".goreleaser.yaml", "builds:\n  - main: ./cmd/a\n");
    assert_eq!(chosen(&two(&[("cmd/tool/main.go", server), release])), Ok("tool".to_owned()));
}

#[test]
fn a_program_is_its_own_packages_alone() {
    let sqlite = "package db\nimport _ \"github.com/mattn/go-sqlite3\"\n";
    let user = "package main\nimport \"example.com/tool/db\"\nfunc main() {}\n";
    let files = [
        ("go.mod", "module example.com/tool\nrequire github.com/mattn/go-sqlite3 v1.14.0 // indirect\n"),
        ("go.sum", ""),
        ("db/db.go", sqlite),
        ("cmd/a/a.go", user),
        ("cmd/b/b.go", "package main\n//go:embed absent\nvar x string\nfunc main() {}\n"),
    ];
    let options = Options { bin: Some("a".to_owned()), ..Options::default() };
    let text = dockerfile_of(&files, &options);
    assert!(text.contains("CGO_ENABLED=1") && !text.contains("$BUILDPLATFORM"), "{text}");
    let options = Options { bin: Some("b".to_owned()), ..Options::default() };
    let reason = decide(&files, &options).unwrap_err().reason;
    assert_eq!(reason, "cmd/b/b.go:2 embeds `cmd/b/absent`, which is not in the repository");
}

#[test]
fn what_a_project_builds_without_cgo_needs_none() {
    let files = [
        ("go.mod", "module x\nrequire github.com/mattn/go-sqlite3 v1.14.0 // indirect\n"),
        ("go.sum", ""),
        ("main.go", MAIN),
    ];
    assert!(dockerfile(&files).contains("CGO_ENABLED=1"));
    let release = (".goreleaser.yml", "builds:\n  - env:\n      - CGO_ENABLED=0\n");
    assert!(dockerfile(&[&files[..], &[release]].concat()).contains("CGO_ENABLED=0"));
}

#[test]
fn sqlite_links_statically_when_it_is_asked_to() {
    let main = "package main\nimport _ \"github.com/mattn/go-sqlite3\"\nfunc main() {}\n";
    let files = [
        ("go.mod", "module x\nrequire github.com/mattn/go-sqlite3 v1.14.0\n"),
        ("go.sum", ""),
        ("main.go", main),
    ];
    let options = Options { runtime: Some(RuntimeChoice::Static), ..Options::default() };
    let text = dockerfile_of(&files, &options);
    assert!(text.contains("-extldflags=-static"), "{text}");
    assert!(text.contains("-tags=netgo,osusergo,sqlite_omit_load_extension"), "{text}");
}

#[test]
fn scratch_is_taken_where_nothing_is_asked_of_a_system() {
    let from = |code: &str| {
        let main = format!("package main\n{code}\nfunc main() {{}}\n");
        let text = dockerfile(&[("go.mod", "module x\n"), ("main.go", &main)]);
        text.lines().rfind(|line| line.starts_with("FROM ")).unwrap_or_default().to_owned()
    };
    assert_eq!(from("import \"fmt\""), "FROM scratch");
    assert_eq!(from("import \"net/http\""), "FROM scratch");
    assert!(from("import \"crypto/tls\"").contains("static"));
    assert!(from("import \"os/user\"").contains("static"));
    assert!(from("var f = os.CreateTemp").contains("static"));
    assert!(from("var z = time.LoadLocation").contains("static"));
    assert!(from("import \"a.b/c\"").contains("static"));
}

#[test]
fn modules_of_a_workspace_are_seen_as_one() {
    let files = [
        ("go.work", "go 1.26\nuse (\n\t./api\n\t./lib\n)\n"),
        ("api/go.mod", "module a.b/api\nrequire c.d/e v1.0.0\n"),
        ("api/go.sum", ""),
        ("api/main.go", "package main\nimport \"a.b/lib\"\nfunc main() { open(\"templates/x.html\") }\n"),
        ("api/templates/x.html", ""),
        ("lib/go.mod", "module a.b/lib\n"),
        ("lib/lib.go", "package lib\nimport \"C\"\n"),
    ];
    let text = dockerfile(&files);
    assert!(
        text.contains("COPY go.work ./\nCOPY api/go.mod api/go.sum ./api/\nCOPY lib/go.mod ./lib/\n"),
        "{text}"
    );
    assert!(text.contains("go build -trimpath -ldflags=\"-s -w\" -o /out/bin/api ./api"), "{text}");
    assert!(text.contains("COPY --from=build /src/api/templates/x.html /app/templates/x.html"), "{text}");
    assert!(text.contains("lib/lib.go needs C"), "{text}");
    let broken = [("go.work", "use ./absent\n"), ("main.go", MAIN)];
    assert_eq!(crate::planning::error(&broken), "go.work uses `./absent`, which has no go.mod");
}

#[test]
fn vendored_modules_are_not_downloaded() {
    let files = [
        ("go.mod", "module x\nrequire c.d/e v1.0.0\n"),
        ("go.sum", ""),
        ("vendor/modules.txt", "# c.d/e v1.0.0\n"),
        ("main.go", MAIN),
    ];
    let text = dockerfile(&files);
    assert!(!text.contains("go mod download") && !text.contains("-mod="), "{text}");
}

#[test]
fn a_main_that_linux_does_not_build_is_named() {
    let main = "//go:build windows\n\npackage main\nfunc main() {}\n";
    let files = [("go.mod", "module x\n"), ("main.go", main)];
    let reason =
        "main.go:4 has the only `func main`, and `//go:build windows` leaves it out of a Linux build";
    assert_eq!(chosen(&files), Err(reason.to_owned()));
    let files = [("go.mod", "module x\n"), ("main_windows.go", MAIN)];
    assert!(chosen(&files).unwrap_err().contains("`the name of main_windows.go` leaves it out"));
}

#[test]
fn stamped_variables_are_arguments_of_the_build() {
    let release =
        "builds:\n  - ldflags: -s -w -X main.version={{.Version}} -X main.by=ci -X main.x='$(rm)'\n";
    let text = dockerfile(&[("go.mod", "module x\n"), ("main.go", MAIN), (".goreleaser.yaml", release)]);
    assert!(text.contains("ARG VERSION=dev\n"), "{text}");
    assert!(text.contains("-ldflags=\"-s -w -X main.version=$VERSION -X main.by=ci\" -o"), "{text}");
}

#[test]
fn version_files_choose_among_what_go_mod_allows() {
    let image = |version: &str, go: &str| {
        let module = format!("module x\n\ngo {go}\n");
        let text = dockerfile(&[("go.mod", &module), ("main.go", MAIN), (".go-version", version)]);
        text.lines().find(|line| line.starts_with("FROM ")).unwrap_or_default().to_owned()
    };
    assert!(image("1.27\n", "1.25").contains("golang:1.26-"), "go.mod outranks a version file");
    assert!(image("\n", "1.26.3").contains("golang:1.26-"));
    assert!(image("\n", "1.27.0").contains("golang:1.27-"));
    let named = dockerfile(&[("main.go", MAIN), (".go-version", "1.26.3\n")]);
    assert!(named.contains("golang:1.26-"), "{named}");
}

#[test]
fn private_modules_get_their_credentials_from_a_secret() {
    let files = [
        ("go.mod", "module x\nrequire git.acme.dev/lib v1.0.0\n"),
        ("go.sum", ""),
        ("main.go", MAIN),
        (".github/workflows/ci.yml", "env:\n  GOPRIVATE: 'git.acme.dev/*'\n"),
    ];
    let plan = decide(&files, &Options::default()).unwrap();
    let text = files_of(&plan).0;
    assert_eq!(text.matches("--mount=type=secret,id=netrc,target=/root/.netrc").count(), 2, "{text}");
    assert!(text.contains("GOPRIVATE='git.acme.dev/*' go mod download"), "{text}");
    assert!(plan.service.warnings[0].ends_with("build with `--secret id=netrc,src=$HOME/.netrc`"));
}

#[test]
fn an_embedded_front_end_is_built_in_a_stage_of_its_own() {
    let files = [
        ("go.mod", "module x\n"),
        (
            "main.go",
            "package main\nimport \"embed\"\nvar (\n\t//go:embed all:web/dist\n\tui embed.FS\n)\nfunc main() {}\n",
        ),
        (
            "web/package.json",
            "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"8\"}}",
        ),
        ("web/package-lock.json", "{}"),
    ];
    let (text, ignore) = files_of(&decide(&files, &Options::default()).unwrap());
    assert!(
        text.contains(" AS ui\nWORKDIR /src/web\n# Packages first: an edit of the sources downloads nothing.\nCOPY web/package.json web/package-lock.json ./\n"),
        "{text}"
    );
    assert!(text.contains("COPY . .\nCOPY --from=ui /src/web/dist/ ./web/dist/\n"), "{text}");
    assert!(ignore.contains("**/node_modules\nweb/dist\n"), "{ignore}");
}

#[test]
fn a_health_check_of_the_program_is_the_images() {
    let main = "package main\nimport (\"flag\"; \"os\")\nfunc main() {\n\tcheck := flag.Bool(\"healthcheck\", false, \"\")\n\tflag.Parse()\n\tif *check {\n\t\tos.Exit(ask())\n\t}\n}\n";
    let text = dockerfile(&[("go.mod", "module x\n"), ("main.go", main)]);
    assert!(text.contains("HEALTHCHECK CMD [\"/app/x\", \"--healthcheck\"]\n"), "{text}");
}

#[test]
fn started_programs_and_low_ports_are_warned_of() {
    let main = "package main\nimport (\"net/http\"; \"os/exec\")\nfunc main() { exec.Command(\"git\").Run(); http.ListenAndServe(\":80\", nil) }\n";
    let warnings =
        decide(&[("go.mod", "module x\n"), ("main.go", main)], &Options::default()).unwrap().service.warnings;
    assert_eq!(
        warnings,
        [
            "port 80 is below 1024: where only root may open such ports, the program cannot; a higher one is safe",
            "main.go:3 starts `git`, which no distroless image holds; what needs it will fail"
        ]
    );
}

#[test]
fn a_table_of_variables_says_where_a_server_listens() {
    let main = "package main\nimport \"net/http\"\nvar known = map[string]option{\n\t\"LISTEN_ADDR\": {value: \"127.0.0.1:8080\"},\n}\nfunc main() { http.ListenAndServe(addr, nil) }\n";
    let text = dockerfile(&[("go.mod", "module x\n"), ("main.go", main)]);
    assert!(text.contains("ENV LISTEN_ADDR=0.0.0.0:8080\n") && text.contains("EXPOSE 8080\n"), "{text}");
}

#[test]
fn a_go_sum_that_is_too_old_is_warned_of() {
    let files = |sum: &'static str| {
        [("go.mod", "module x\nrequire a.b/c v1.2.0\n"), ("go.sum", sum), ("main.go", MAIN)]
    };
    let warnings = |sum| decide(&files(sum), &Options::default()).unwrap().service.warnings;
    assert!(warnings("a.b/c v1.2.0 h1:x=\na.b/c v1.2.0/go.mod h1:y=\n").is_empty());
    let said = "go.mod:2 requires `a.b/c`, of which no go.sum has a checksum: the build will refuse it; run `go mod tidy` and commit go.sum";
    assert_eq!(warnings("a.b/c v1.1.0 h1:x=\n"), [said]);
}

#[test]
fn folders_that_a_program_writes_to_are_volumes() {
    let main = "package main\nfunc main() { open(\"data/app.db\") }\n";
    let files = [("go.mod", "module x\n"), ("main.go", main)];
    let text = dockerfile(&files);
    assert!(text.contains(" && install -d /out/writable/data\n"), "{text}");
    assert!(text.contains("COPY --from=build --chown=65532:65532 /out/writable/ /app/\n"), "{text}");
    assert!(text.contains("VOLUME [\"/app/data\"]\n"), "{text}");
    let seeded = [&files[..], &[("data/seed.json", "{}")]].concat();
    let main = "package main\nfunc main() { open(\"data/app.db\"); open(\"data/seed.json\") }\n";
    let seeded: Vec<_> =
        seeded.into_iter().map(|(path, text)| (path, if path == "main.go" { main } else { text })).collect();
    assert!(!dockerfile(&seeded).contains("VOLUME"), "a volume would hide, or own, what is copied there");
}

#[test]
fn the_standard_library_is_known_by_name() {
    let local =
        [("main.go", "package main\nimport \"calc/ops\"\nfunc main() {}\n"), ("ops/ops.go", "package ops\n")];
    assert_eq!(chosen(&local), Err("main.go:2 imports `calc/ops`, and there is no go.mod".to_owned()));
    let replaced = [
        ("go.mod", "module x\nrequire mylib v1.0.0\nreplace mylib => a.b/mylib v1.0.0\n"),
        ("main.go", "package main\nimport \"mylib\"\nfunc main() {}\n"),
    ];
    assert!(dockerfile(&replaced).contains("`mylib` (main.go:2) may ask for them"));
}

#[test]
fn what_is_read_is_what_the_tags_build() {
    let files = [
        ("go.mod", "module x\n"),
        (".goreleaser.yaml", "builds:\n  - tags: [full]\n    flags: [-tags, more]\n"),
        ("main.go", MAIN),
        ("full.go", "//go:build full && more\n\npackage main\nimport \"crypto/tls\"\n"),
    ];
    let text = dockerfile(&files);
    assert!(text.contains("-tags=full,more") && text.contains("full.go:4 asks for CA roots"), "{text}");
}

#[test]
fn a_package_that_only_c_fills_needs_c() {
    let files = |native: &'static str| {
        [
            ("go.mod", "module x\n"),
            ("main.go", "package main\nimport \"x/native\"\nfunc main() {}\n"),
            ("native/n.go", native),
        ]
    };
    let text = dockerfile(&files("//go:build cgo\n\npackage native\nimport \"C\"\n"));
    assert!(text.contains("CGO_ENABLED=1") && !text.contains("FROM scratch"), "{text}");
    let reason = chosen(&files("//go:build windows\n\npackage native\n")).unwrap_err();
    assert_eq!(reason, "main.go:2 imports `x/native`, and a Linux build has no file of it");
}

#[test]
fn libraries_of_other_systems_and_of_glibc_stop_nothing() {
    let with = |line: &str| {
        let main = format!("package main\n// #cgo {line}\nimport \"C\"\nfunc main() {{}}\n");
        chosen(&[("go.mod", "module x\n"), ("main.go", &main)])
    };
    assert!(with("darwin LDFLAGS: -framework CoreFoundation").is_ok());
    assert!(with("LDFLAGS: -lm").is_ok());
    assert!(with("linux LDFLAGS: -lmagic").unwrap_err().contains("links a library by cgo"));
    assert!(with("pkg-config: vips").is_err());
}

#[test]
fn what_another_program_imports_is_not_this_ones() {
    let files = [
        ("go.mod", "module example.com/tool\nrequire gocv.io/x/gocv v0.1.0\n"),
        ("go.sum", ""),
        ("cmd/tool/main.go", MAIN),
        ("cmd/cam/main.go", "package main\nimport \"gocv.io/x/gocv\"\nfunc main() {}\n"),
    ];
    assert_eq!(chosen(&files), Ok("tool".to_owned()));
}

#[test]
fn files_beside_a_workspace_are_of_no_module() {
    let files = [
        ("go.work", "go 1.26\nuse ./svc\n"),
        ("main.go", MAIN),
        ("svc/go.mod", "module a.b/svc\n"),
        ("svc/main.go", MAIN),
    ];
    assert_eq!(chosen(&files), Ok("svc".to_owned()));
}

#[test]
fn a_folder_is_read_when_only_a_file_of_it_is_embedded() {
    let main = "package main\n//go:embed static/icon.svg\nvar icon []byte\nfunc main() { http.FileServer(http.Dir(\"static\")) }\n";
    let files = [("go.mod", "module x\n"), ("main.go", main), ("static/icon.svg", ""), ("static/a.css", "")];
    assert!(dockerfile(&files).contains("COPY --from=build /src/static /app/static\n"));
    let quoted = "package main\nconst template = `\n//go:embed absent\n`\nfunc main() {}\n";
    assert!(chosen(&[("go.mod", "module x\n"), ("main.go", quoted)]).is_ok());
}

#[test]
fn what_is_in_the_repository_needs_no_credentials() {
    let files = [
        ("go.mod", "module x\nrequire git.acme.dev/lib v1.0.0\nreplace git.acme.dev/lib => ./lib\n"),
        ("main.go", MAIN),
        ("lib/go.mod", "module git.acme.dev/lib\n"),
        ("Makefile", "export GOPRIVATE=git.acme.dev\n"),
    ];
    assert!(!dockerfile(&files).contains("secret"));
}

#[test]
fn embedded_folders_reach_the_build_as_they_are() {
    let ignore = |pattern: &str, files: &[(&str, &str)]| {
        let main = format!("package main\n//go:embed {pattern}\nvar x embed.FS\nfunc main() {{}}\n");
        let all = [&[("go.mod", "module x\n"), ("main.go", main.as_str())], files].concat();
        files_of(&decide(&all, &Options::default()).unwrap()).1
    };
    assert!(
        ignore("certs", &[("certs/ca.pem", "")]).contains("!certs/ca.pem\n"),
        "Go refuses an empty folder"
    );
    let mixed = ignore("web", &[("web/index.html", ""), ("web/server.key", "")]);
    assert!(!mixed.contains("!web/server.key"), "{mixed}");
    let below = ignore("templates/*", &[("templates/app/foo_test.go", ""), ("templates/app/ca.pem", "")]);
    assert!(
        below.contains("!templates/app/foo_test.go\n") && !below.contains("!templates/app/ca.pem"),
        "{below}"
    );
}
