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
