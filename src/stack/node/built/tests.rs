use super::*;
use crate::catalog;
use crate::manifest::package::Package;
use crate::repo::Memory;

fn file(build: &str, entry: &str, files: &[(&str, &str)]) -> Option<String> {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    let repo = Repo::in_memory(memory);
    let text = format!("{{\"scripts\": {{\"build\": \"{build}\"}}}}");
    let package = Package::parse("package.json", text).unwrap();
    let knowledge = catalog::node().unwrap();
    let candidate = Candidate::of(&repo, "package.json".into(), package, &knowledge).unwrap();
    built(&repo, &candidate, &knowledge, entry).unwrap().map(|built| built.file)
}

#[test]
fn the_compiler_keeps_the_path_from_its_root() {
    let of = |settings: &str, entry: &str| {
        file(
            "rimraf dist && tsc",
            entry,
            &[("tsconfig.json", settings), ("src/index.ts", ""), ("src/a/b.ts", ""), ("bin/x.ts", "")],
        )
    };
    let out = r#"{"compilerOptions": {"outDir": "./dist"}, "include": ["src"]}"#;
    assert_eq!(of(out, "src/index.ts").unwrap(), "dist/index.js");
    assert_eq!(of(out, "./src/a/b.mts").unwrap(), "dist/a/b.mjs");
    let rooted = r#"{"compilerOptions": {"outDir": "build", "rootDir": "."}, /* c */ }"#;
    assert_eq!(of(rooted, "src/index.ts").unwrap(), "build/src/index.js");
    let wide = r#"{"compilerOptions": {"outDir": "dist"}, "include": ["src", "bin/*"]}"#;
    assert_eq!(of(wide, "src/index.ts").unwrap(), "dist/src/index.js");
    let deep = r#"{"compilerOptions": {"outDir": "dist"}, "include": ["src/a/**/*"]}"#;
    assert_eq!(of(deep, "src/a/b.ts").unwrap(), "dist/b.js");
    assert_eq!(of(deep, "src/index.ts"), None, "it is not compiled");
    assert_eq!(
        of("{\"files\": [\"src/index.ts\"]}", "src/index.ts").unwrap(),
        "src/index.js",
        "beside the source"
    );
    let extends =
        [("a/tsconfig.json", r#"{"extends": "../base"}"#), ("base.json", out), ("src/index.ts", "")];
    assert_eq!(file("tsc -p a", "src/index.ts", &extends).unwrap(), "dist/index.js");
}

#[test]
fn bundlers_name_what_they_make() {
    assert_eq!(file("tsup src/index.ts --format cjs,esm", "src/index.ts", &[]).unwrap(), "dist/index.js");
    assert_eq!(file("tsup src/a.ts --format esm -d out", "src/a.ts", &[]).unwrap(), "out/a.mjs");
    assert_eq!(file("esbuild src/a.ts --bundle --outfile=b.cjs", "src/a.ts", &[]).unwrap(), "b.cjs");
    assert_eq!(file("esbuild src/a.ts --outdir=lib", "src/a.ts", &[]).unwrap(), "lib/a.js");
    assert_eq!(file("ncc build src/a.ts -o out", "src/a.ts", &[]).unwrap(), "out/index.js");
    assert_eq!(file("babel src -d lib", "src/a/b.js", &[]).unwrap(), "lib/a/b.js");
    assert_eq!(file("echo nothing", "src/a.ts", &[]), None);
}

#[test]
fn nest_compiles_with_its_own_settings() {
    let files = [
        ("tsconfig.json", r#"{"compilerOptions": {"outDir": "./dist"}}"#),
        ("tsconfig.build.json", r#"{"extends": "./tsconfig.json", "include": ["src"]}"#),
        ("src/main.ts", ""),
        ("test/a.ts", ""),
    ];
    assert_eq!(file("nest build", "src/main.ts", &files).unwrap(), "dist/main.js");
}

#[test]
fn what_only_checks_makes_nothing() {
    let of = |build: &str, settings: &str| {
        let files = [("tsconfig.json", settings), ("base.json", "{\"compilerOptions\": {\"noEmit\": true}}")];
        file(build, "src/index.ts", &[files.as_slice(), &[("src/index.ts", "")]].concat())
    };
    let out = r#"{"compilerOptions": {"outDir": "dist"}}"#;
    assert_eq!(of("tsc --noEmit", out), None);
    assert_eq!(of("tsc --noEmit false", out).unwrap(), "dist/index.js");
    assert_eq!(of("tsc --noEmit && tsc", out).unwrap(), "dist/index.js");
    assert_eq!(of("tsc --emitDeclarationOnly", out), None);
    assert_eq!(of("tsc", r#"{"compilerOptions": {"outDir": "dist", "noEmit": true}}"#), None);
    let inherits = r#"{"extends": "./base", "compilerOptions": {"outDir": "dist"}}"#;
    assert_eq!(of("tsc", inherits), None);
    let own = r#"{"extends": ["./base.json"], "compilerOptions": {"outDir": "dist", "noEmit": false}}"#;
    assert_eq!(of("tsc", own).unwrap(), "dist/index.js");
}

#[test]
fn settings_that_cannot_be_read_tell_nothing() {
    let of =
        |settings: &str| file("tsc", "src/index.ts", &[("tsconfig.json", settings), ("src/index.ts", "")]);
    assert_eq!(of(r#"{"extends": "./absent.json", "compilerOptions": {"outDir": "dist"}}"#), None);
    assert_eq!(of(r#"{"extends": "../above.json"}"#), None);
    assert_eq!(of("{"), None);
    assert_eq!(of(r#"{"extends": "@tsconfig/node22/tsconfig.json"}"#), None, "it may only check");
    let package = r#"{"extends": "@tsconfig/node22/tsconfig.json", "compilerOptions": {"outDir": "dist"}}"#;
    assert_eq!(of(package).unwrap(), "dist/index.js");
    assert_eq!(file("tsc", "src/index.ts", &[("src/index.ts", "")]), None);
    let given = file("tsc src/index.ts --outDir out", "src/index.ts", &[("src/index.ts", "")]);
    assert_eq!(given.unwrap(), "out/index.js");
}

#[test]
fn several_bases_and_references_are_followed() {
    let bases = [
        ("tsconfig.json", r#"{"extends": ["./a.json", "./conf/b"]}"#),
        ("a.json", r#"{"compilerOptions": {"outDir": "a"}}"#),
        ("conf/b.json", r#"{"compilerOptions": {"outDir": "${configDir}/b"}}"#),
        ("src/index.ts", ""),
    ];
    assert_eq!(file("tsc", "src/index.ts", &bases).unwrap(), "b/index.js");
    let references = [
        (
            "tsconfig.json",
            r#"{"files": [], "references": [{"path": "./lib"}, {"path": "./tsconfig.app.json"}]}"#,
        ),
        ("lib/tsconfig.json", r#"{"compilerOptions": {"outDir": "out", "composite": true}}"#),
        ("lib/x.ts", ""),
        ("tsconfig.app.json", r#"{"compilerOptions": {"outDir": "dist"}, "include": ["src"] /* c */,}"#),
        ("src/index.ts", ""),
    ];
    assert_eq!(file("tsc -b", "src/index.ts", &references).unwrap(), "dist/index.js");
    assert_eq!(file("tsc --build --verbose", "lib/x.ts", &references).unwrap(), "lib/out/x.js");
    assert_eq!(file("tsc -b", "other/x.ts", &references), None);
}

#[test]
fn nest_says_where_its_projects_are() {
    let many = r#"{"monorepo": true, "root": "apps/api", "sourceRoot": "apps/api/src",
            "projects": {"api": {"root": "apps/api"}, "jobs": {"root": "apps/jobs", "sourceRoot": "apps/jobs/src", "entryFile": "job"}}}"#;
    let files = [("nest-cli.json", many)];
    assert_eq!(file("nest build", "apps/api/src/main.ts", &files).unwrap(), "dist/apps/api/main.js");
    assert_eq!(file("nest build jobs", "apps/jobs/src/job.ts", &files).unwrap(), "dist/apps/jobs/job.js");
    assert_eq!(file("nest build absent", "apps/api/src/main.ts", &files), None);
    let webpack = [("nest-cli.json", r#"{"compilerOptions": {"webpack": true}, "entryFile": "index"}"#)];
    assert_eq!(file("nest build", "src/index.ts", &webpack).unwrap(), "dist/index.js");
    let settings = r#"{"compilerOptions": {"outDir": "../../dist/apps/api"}, "include": ["src"]}"#;
    let compiled = [
        (
            "nest-cli.json",
            r#"{"monorepo": true, "root": "apps/api", "compilerOptions": {"webpack": false, "tsConfigPath": "apps/api/tsconfig.app.json"}}"#,
        ),
        ("apps/api/tsconfig.app.json", settings),
        ("apps/api/src/main.ts", ""),
    ];
    assert_eq!(file("nest build", "apps/api/src/main.ts", &compiled).unwrap(), "dist/apps/api/main.js");
}
