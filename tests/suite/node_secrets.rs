//! Credentials of a Node.js program: they reach neither a layer nor a message.

use distrogen::options::Options;

use super::planning::{decide, dockerfile_of, plan, refusal};
use super::project::Project;

const SERVER: (&str, &str) = ("a.js", "require('http').createServer(f).listen(process.env.PORT)");
const CLASSIC: (&str, &str) = (
    "yarn.lock",
    "# yarn lockfile v1\n\n\nhono@^4:\n  version \"4.6.0\"\n\ntypescript@^5:\n  version \"5.0.0\"\n",
);
const BERRY: (&str, &str) = (
    "yarn.lock",
    "__metadata:\n  version: 8\n\n\"hono@npm:^4\":\n  version: 4.6.0\n\n\"typescript@npm:^5\":\n  version: 5.0.0\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    hono: \"npm:^4\"\n    typescript: \"npm:^5\"\n",
);
const BUILT: &str = r#"{"name": "app", "scripts": {"build": "tsc", "start": "node a.js"}, "dependencies": {"hono": "^4"}, "devDependencies": {"typescript": "^5"}}"#;

fn built(more: &[(&str, &str)]) -> String {
    dockerfile_of(&[&[("package.json", BUILT), SERVER], more].concat(), &Options::default())
}

fn started(script: &str) -> String {
    serde_json::json!({ "scripts": { "start": script } }).to_string()
}

#[test]
fn yarn_has_something_for_its_variables_in_every_later_command() {
    let text = built(&[CLASSIC, (".npmrc", "//r/:_authToken=${NPM_TOKEN}\n")]);
    assert!(text.contains("--mount=type=secret,id=NPM_TOKEN"), "{text}");
    assert!(text.contains("\nRUN NPM_TOKEN=unset yarn run build\n"), "{text}");
    assert!(text.contains("NPM_TOKEN=unset yarn install --production"), "{text}");
    let text = built(&[BERRY, (".yarnrc.yml", "npmScopes:\n  a: { npmAuthToken: \"${TOK}\" }\n")]);
    assert!(text.contains("\nRUN TOK=unset yarn run build\n"), "{text}");
    assert!(text.contains("npm pkg delete devDependencies \\\n && TOK=unset YARN_ENABLE"), "{text}");
    let text = built(&[BERRY, (".npmrc", "//r/:_authToken=${NPM_TOKEN}\n")]);
    assert!(!text.contains("NPM_TOKEN"), "it does not read that file: {text}");
    let text = built(&[(".npmrc", "//r/:_authToken=${NPM_TOKEN}\n")]);
    assert!(text.contains("id=NPM_TOKEN") && !text.contains("=unset"), "npm only warns: {text}");
}

#[test]
fn variables_that_are_no_credentials_are_arguments_of_the_build() {
    let text = built(&[(".npmrc", "cache=${HOME}/.npm\nregistry=${REG}\n")]);
    assert!(text.contains("\nARG REG\n") && !text.contains("secret"), "{text}");
    assert!(!text.contains("HOME"), "{text}");
}

#[test]
fn settings_of_every_package_that_is_installed_are_read() {
    let root = r#"{"workspaces": ["a", "b"], "scripts": {"start": "npm start -w a"}}"#;
    let own = r#"{"name": "a", "scripts": {"start": "node a.js"}, "dependencies": {"b": "*"}}"#;
    let files = [
        ("package.json", root),
        ("a/package.json", own),
        ("a/a.js", SERVER.1),
        ("b/package.json", r#"{"name": "b"}"#),
        ("b/index.js", ""),
    ];
    for file in ["a/.npmrc", "b/.npmrc"] {
        let reason = refusal(&[&files[..], &[(file, "x=y\n//r/:_authToken=abc\n")]].concat());
        assert!(reason.starts_with(&format!("{file}:2 holds a credential")), "{reason}");
    }
}

#[test]
fn what_a_start_script_holds_is_left_out_and_never_said() {
    let script = "DB_PASSWORD='hunter2' AWS_SECRET_ACCESS_KEY=hunter3 MONGO_URL=mongodb://u:hunter4@h/db KEYCLOAK_URL=https://k TOKEN_TTL=3600 node a.js";
    let package = started(script);
    let plan = plan(&[("package.json", package.as_str()), SERVER]);
    let text = super::planning::files_of(&plan).0;
    let report = serde_json::to_string(&plan.service).unwrap();
    assert!(!text.contains("hunter") && !report.contains("hunter"), "{text}{report}");
    assert!(text.contains("KEYCLOAK_URL=https://k") && text.contains("TOKEN_TTL=3600"), "{text}");
    for name in ["DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "MONGO_URL"] {
        let said = format!("package.json:1 sets `{name}`, which is left out");
        assert!(plan.service.warnings.iter().any(|warning| warning.starts_with(&said)), "{report}");
        assert!(!text.contains(name), "{text}");
    }
}

#[test]
fn an_argument_that_is_a_credential_is_refused_without_its_value() {
    for (script, option) in
        [("node a.js --token=ghp_hunter2", " as `--token`"), ("node a.js mongodb://u:hunter2@h/db", "")]
    {
        let package = started(script);
        let stop = decide(&[("package.json", package.as_str()), SERVER], &Options::default()).unwrap_err();
        let expected =
            format!("package.json:1 gives the program a credential{option}, and whoever has the image");
        assert!(stop.reason.starts_with(&expected), "{}", stop.reason);
        assert!(!format!("{stop:?}").contains("hunter"), "{stop:?}");
    }
    let words = ["env", "API_TOKEN=hunter2", "node", "a.js"].map(str::to_owned).to_vec();
    let options = Options { start: Some(words), ..Options::default() };
    let stop = decide(&[("package.json", "{}"), SERVER], &options).unwrap_err();
    assert!(stop.reason.starts_with("--start sets `API_TOKEN`"), "{}", stop.reason);
}

#[test]
fn refusals_mask_what_they_quote() {
    let package = started("API_TOKEN=hunter2 ./run.sh | other");
    let reason = refusal(&[("package.json", package.as_str()), ("b.txt", "")]);
    assert!(reason.contains("API_TOKEN=***") && !reason.contains("hunter"), "{reason}");
}

#[test]
fn a_port_that_there_is_not_is_left_out() {
    let package = started("PORT=99999 node a.js");
    let plan = plan(&[("package.json", package.as_str()), SERVER]);
    let text = super::planning::files_of(&plan).0;
    assert!(!text.contains("99999") && text.contains("PORT=8080"), "{text}");
    let said = "package.json:1 sets `PORT` to what is no port: it is left out";
    assert!(plan.service.warnings.iter().any(|warning| warning == said));
}

#[test]
fn a_manager_of_another_place_is_no_version() {
    let project = Project::new().file("package.json", "{}");
    for bad in ["npm@../../x", "npm@", "pnpm@git+https://h/x", "pnpm@latest"] {
        let ran = project.run(&["init", "--package-manager", bad]);
        assert_eq!(ran.code, 2, "{bad}: {ran:?}");
        assert!(ran.stderr.contains("a version is written as in"), "{ran:?}");
    }
}
