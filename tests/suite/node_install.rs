//! What stops the install of a Node.js program, or what its packages need.

use distrogen::options::Options;

use super::planning::{decide, files_of, refusal};

const YARN: (&str, &str) = (
    "yarn.lock",
    "# yarn lockfile v1\n\n\nhono@^4:\n  version \"4.6.0\"\n  resolved \"https://r/hono.tgz\"\n",
);

fn package(more: &str) -> String {
    format!(r#"{{"name": "a", "scripts": {{"start": "node a.js"}}, "dependencies": {{"hono": "^4"}}{more}}}"#)
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
