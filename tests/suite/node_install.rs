//! What stops the install of a Node.js program, or what its packages need.

use distrogen::options::{Options, RuntimeChoice};

use super::planning::{decide, files_of, refusal};

const YARN: (&str, &str) = (
    "yarn.lock",
    "# yarn lockfile v1\n\n\nhono@^4:\n  version \"4.6.0\"\n  resolved \"https://r/hono.tgz\"\n",
);

fn package(more: &str) -> String {
    format!(r#"{{"name": "a", "scripts": {{"start": "node a.js"}}, "dependencies": {{"hono": "^4"}}{more}}}"#)
}

/// The Dockerfile of such a program with a Node.js of its own, or why there is none.
fn own(more: &str, files: &[(&str, &str)]) -> Result<String, String> {
    let package = package(more);
    let own = [("package.json", package.as_str()), ("a.js", "require('http').createServer(f).listen(8080)")];
    let options = Options { runtime: Some(RuntimeChoice::Cc), ..Options::default() };
    decide(&[&own, files].concat(), &options).map(|plan| files_of(&plan).0).map_err(|stop| stop.reason)
}

/// The Dockerfile of a program with these files beside its package.json and its one source.
fn dockerfile(more: &str, files: &[(&str, &str)]) -> String {
    let package = package(more);
    let own = [("package.json", package.as_str()), ("a.js", "require('http').createServer(f).listen(8080)")];
    files_of(&decide(&[&own, files].concat(), &Options::default()).unwrap()).0
}

#[test]
fn yarn_goes_on_where_engines_are_not_met() {
    let old = dockerfile(r#", "engines": {"node": "16.x"}"#, &[YARN]);
    let ignores = "\nARG YARN_IGNORE_ENGINES=true\nRUN --mount";
    assert!(old.contains(ignores), "{old}");
    let met = dockerfile(r#", "engines": {"node": ">=16"}"#, &[YARN]);
    assert!(!met.contains("IGNORE_ENGINES"), "{met}");
}

#[test]
fn who_is_strict_about_engines_is_refused() {
    let old = package(r#", "engines": {"node": "16.x"}"#);
    let files = [("package.json", old.as_str()), ("a.js", ""), (".npmrc", "engine-strict=true\n")];
    let reason = refusal(&files);
    assert!(
        reason.starts_with(
            ".npmrc:1 makes the install stop where `engines` are not met: package.json:1 asks for Node.js `16.x`"
        ),
        "{reason}"
    );
}

#[test]
fn a_node_that_has_ended_is_copied_onto_an_image_without_one() {
    let text = own(r#", "engines": {"node": "18.x"}"#, &[YARN]).unwrap();
    assert!(text.contains("\nFROM node:18-bookworm-slim AS build\n"), "{text}");
    let runtime = "\nFROM gcr.io/distroless/cc-debian13:nonroot\n# Node.js 18, which has ended.\nCOPY --from=build /usr/local/bin/node /usr/local/bin/node\n";
    assert!(text.contains(runtime), "{text}");
    assert!(text.ends_with("ENTRYPOINT [\"/usr/local/bin/node\"]\nCMD [\"a.js\"]\n"), "{text}");
    let npm = own(r#", "engines": {"node": "14"}"#, &[]).unwrap();
    assert!(npm.contains("\nRUN npm install --global npm@9.9.4\n"), "{npm}");
    let needs = r#", "engines": {"node": "18.x"}, "optionalDependencies": {"puppeteer": "24"}"#;
    assert!(own(needs, &[]).is_ok());
    let needs = own(r#", "engines": {"node": "18"}, "dependencies": {"puppeteer": "24"}"#, &[]);
    assert!(needs.is_err_and(|reason| reason.contains("a Chromium browser")));
}

#[test]
fn a_manager_that_an_old_node_does_not_run_is_refused() {
    let lock = ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
    let reason = own(r#", "engines": {"node": "16"}"#, &[lock]).unwrap_err();
    assert!(
        reason.starts_with("pnpm 9.15.9 runs on Node.js 18.12.0 and later, and the image has 16."),
        "{reason}"
    );
}

/// Why a program with a package that compiles is refused under a manager, with the help; empty
/// where it is not.
fn unbuilt(manager: &str, more: &str, files: &[(&str, &str)]) -> String {
    let package = format!(
        r#"{{"packageManager": "{manager}", "scripts": {{"start": "node a.js"}}, "dependencies": {{"bcrypt": "5.1.1"}}{more}}}"#
    );
    let own = [("package.json", package.as_str()), ("a.js", "require('http').createServer(f).listen(8080)")];
    match decide(&[&own, files].concat(), &Options::default()) {
        Ok(plan) => {
            plan.service.warnings.into_iter().filter(|warning| warning.contains("install script")).collect()
        }
        Err(stop) => [vec![stop.reason], stop.help].concat().join("; "),
    }
}

#[test]
fn a_package_that_pnpm_does_not_build_is_refused() {
    let workspace = |text: &'static str| [("pnpm-workspace.yaml", text)];
    assert_eq!(
        unbuilt("pnpm@10.20.0", "", &[]),
        "package.json:1 depends on `bcrypt`, and pnpm 10 runs install scripts only where they are approved of: the program would be built without what the install of `bcrypt` makes; approve of bcrypt with `pnpm approve-builds`, and commit what it writes"
    );
    assert_eq!(unbuilt("pnpm@9.15.0", "", &[]), "");
    let own = r#", "pnpm": {"onlyBuiltDependencies": ["bcrypt"]}"#;
    assert_eq!(unbuilt("pnpm@10.20.0", own, &[]), "");
    assert!(
        unbuilt("pnpm@11.1.0", own, &[])
            .ends_with("run `pnpm approve-builds bcrypt`, and commit what it writes")
    );
    assert_eq!(unbuilt("pnpm@10.20.0", "", &workspace("onlyBuiltDependencies:\n  - bcrypt@5.1.1\n")), "");
    assert_eq!(unbuilt("pnpm@11.1.0", "", &workspace("allowBuilds:\n  bcrypt: true\n")), "");
    assert!(!unbuilt("pnpm@11.1.0", "", &workspace("allowBuilds:\n  bcrypt: false\n")).is_empty());
    for all in ["dangerouslyAllowAllBuilds: true\n", "neverBuiltDependencies: []\n"] {
        assert_eq!(unbuilt("pnpm@10.20.0", "", &workspace(all)), "", "{all}");
    }
    let lenient = dockerfile(r#", "packageManager": "pnpm@11.1.0""#, &[]);
    assert!(lenient.contains("\nARG pnpm_config_strict_dep_builds=false\n"), "{lenient}");
}

#[test]
fn a_package_that_other_managers_do_not_build_is_refused() {
    assert_eq!(unbuilt("yarn@4.18.1", "", &[]), "");
    let off = [(".yarnrc.yml", "enableScripts: false\n")];
    assert!(unbuilt("yarn@4.18.1", "", &off).contains(".yarnrc.yml turns install scripts off"));
    let built = |value: bool| format!(r#", "dependenciesMeta": {{"bcrypt": {{"built": {value}}}}}"#);
    assert_eq!(unbuilt("yarn@4.18.1", &built(true), &off), "");
    assert!(unbuilt("yarn@4.18.1", &built(false), &[]).contains("`dependenciesMeta` turns its"));
    assert_eq!(unbuilt("bun@1.4.5", "", &[]), "");
    let none = unbuilt("bun@1.4.5", r#", "trustedDependencies": []"#, &[]);
    assert!(none.ends_with("run `bun pm trust bcrypt`, and commit package.json and bun.lock"), "{none}");
    assert_eq!(unbuilt("npm@11.16.0", r#", "allowScripts": {"bcrypt@5.1.1": true}"#, &[]), "");
    assert!(!unbuilt("npm@11.16.0", r#", "allowScripts": {"bcrypt": false}"#, &[]).is_empty());
    let off = [(".npmrc", "ignore-scripts=true\n")];
    assert!(unbuilt("npm@11.16.0", "", &off).contains(".npmrc:1 turns install scripts off"));
    let rebuilt = r#", "scripts": {"start": "node a.js", "build": "npm rebuild bcrypt"}"#;
    assert_eq!(unbuilt("npm@11.16.0", rebuilt, &off), "");
}

#[test]
fn what_only_development_compiles_is_a_warning() {
    let more = r#", "devDependencies": {"re2": "1"}"#;
    let package = format!(
        r#"{{"packageManager": "pnpm@10.20.0", "scripts": {{"start": "node dist/a.js", "build": "tsc"}}, "dependencies": {{"hono": "4"}}{more}}}"#
    );
    let files = [("package.json", package.as_str()), ("src/a.ts", "serve({ port: 8080 })")];
    let warnings = decide(&files, &Options::default()).unwrap().service.warnings;
    let said = "package.json:1 depends on `re2`, and pnpm 10 runs install scripts only where they are approved of; if it is needed: approve of re2";
    assert!(warnings.iter().any(|warning| warning.starts_with(said)), "{warnings:?}");
}

#[test]
fn libraries_of_compiled_modules_are_copied() {
    let canvas =
        dockerfile(r#", "optionalDependencies": {}, "peerDependencies": {"canvas": "^2.11.0"}"#, &[]);
    assert!(!canvas.contains("/out/lib"), "a peer is another's: {canvas}");
    let package = r#"{"scripts": {"start": "node a.js"}, "dependencies": {"canvas": "^2.11.0"}}"#;
    let files = [("package.json", package), ("a.js", "require('http').createServer(f).listen(8080)")];
    let text = files_of(&decide(&files, &Options::default()).unwrap()).0;
    let found = "\nRUN mkdir -p /out/lib \\\n && find /app /out/lib -type f -path '*/build/Release/*.node' -exec ldd {} + > /tmp/libraries";
    assert!(text.contains(found), "{text}");
    assert!(
        text.contains("\nCOPY --from=build /out/lib/ /usr/lib/\nCOPY --from=build /app/node_modules/"),
        "{text}"
    );
    let slim = Options { runtime: Some(RuntimeChoice::Slim), ..Options::default() };
    let text = files_of(&decide(&files, &slim).unwrap()).0;
    assert!(!text.contains("/out/lib") && text.contains("    libpangocairo-1.0-0 \\\n"), "{text}");
    // With nothing but what is compiled in.
    let plain = package.replace("canvas", "re2");
    let files = [("package.json", plain.as_str()), files[1]];
    assert!(!files_of(&decide(&files, &Options::default()).unwrap()).0.contains("/out/lib"));
}

#[test]
fn modules_that_nobody_knows_are_looked_through() {
    let package = r#"{"scripts": {"start": "node a.js"}, "dependencies": {"other": "^1"}}"#;
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"other": "^1"}},
        "node_modules/other": {"version": "1.0.0", "hasInstallScript": true}}}"#;
    let files = [("package.json", package), ("package-lock.json", lock), ("a.js", "")];
    let text = files_of(&decide(&files, &Options::default()).unwrap()).0;
    assert!(text.contains("\nCOPY --from=build /out/lib/ /usr/lib/\n"), "{text}");
}
