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
    assert!(npm.contains("\n    npm install --global npm@9.9.4\n"), "{npm}");
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
fn each_node_gyp_is_told_where_the_headers_are() {
    let told = |more: &str| {
        let package = format!(
            r#"{{"scripts": {{"start": "node a.js"}}, "dependencies": {{"bcrypt": "5.1.1"}}{more}}}"#
        );
        let server = "require('http').createServer(f).listen(8080)";
        let files = [("package.json", package.as_str()), ("a.js", server)];
        let text = files_of(&decide(&files, &Options::default()).unwrap()).0;
        text.lines().filter(|line| line.ends_with("nodedir=/usr/local")).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told(""), "ARG npm_package_config_node_gyp_nodedir=/usr/local");
    for old in [
        r#", "engines": {"node": "22.x"}"#,
        r#", "packageManager": "yarn@4.3.1""#,
        r#", "packageManager": "pnpm@9.15.9""#,
    ] {
        assert_eq!(told(old), "ARG npm_config_nodedir=/usr/local", "{old}");
    }
}

#[test]
fn libraries_of_compiled_modules_are_copied() {
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

const SCHEMA: &str = "generator client {\n  provider = \"prisma-client-js\"\n}\n";
const CONFIG: &str = "import { defineConfig, env } from \"prisma/config\";\nexport default defineConfig({ schema: \"prisma/schema.prisma\", datasource: { url: env(\"DATABASE_URL\") } });\n";

/// A program with Prisma and these scripts, or why there is none.
fn with_prisma(version: &str, scripts: &str, files: &[(&str, &str)]) -> Result<String, String> {
    let package = format!(
        r#"{{"scripts": {{"start": "node a.js"{scripts}}}, "dependencies": {{"@prisma/client": "{version}"}}, "devDependencies": {{"prisma": "{version}"}}}}"#
    );
    let own = [("package.json", package.as_str()), ("a.js", "require('http').createServer(f).listen(8080)")];
    let planned = decide(&[&own, files].concat(), &Options::default());
    planned.map(|plan| files_of(&plan).0).map_err(|stop| [vec![stop.reason], stop.help].concat().join("; "))
}

#[test]
fn a_client_that_nothing_generates_is_generated_first() {
    let schema = ("prisma/schema.prisma", SCHEMA);
    let text = with_prisma("^6.0.0", "", &[schema]).unwrap();
    assert!(text.contains("\nRUN npx prisma generate\n") && text.contains("npm prune --omit=dev"), "{text}");
    let text = with_prisma("^6.0.0", r#", "build": "tsc""#, &[schema]).unwrap();
    assert!(text.contains("\nRUN npx prisma generate\nRUN npm run build\n"), "{text}");
    for said in [
        r#""build": "prisma generate && tsc""#,
        r#""postinstall": "prisma generate""#,
        r#""build": "npm run db", "db": "npx prisma generate""#,
    ] {
        let text = with_prisma("^6.0.0", &format!(", {said}"), &[schema]).unwrap();
        assert!(!text.contains("npx prisma generate"), "{text}");
    }
    assert!(!with_prisma("^6.0.0", "", &[]).unwrap().contains("npx prisma generate"), "there is no schema");
}

#[test]
fn a_variable_that_has_only_to_be_there_is_set_where_a_client_is_generated() {
    let files = [("prisma/schema.prisma", SCHEMA), ("prisma.config.ts", CONFIG)];
    let of = |scripts: &str| with_prisma("^7.0.0", scripts, &files).unwrap();
    assert!(of("").contains("\nRUN DATABASE_URL=placeholder npx prisma generate\n"), "{}", of(""));
    let text = of(r#", "build": "tsc""#);
    assert!(text.contains("\nRUN npm run build\n"), "{text}");
    let text = of(r#", "build": "prisma generate && tsc""#);
    assert!(text.contains("\nRUN DATABASE_URL=placeholder npm run build\n"), "{text}");
    let text = of(r#", "postinstall": "prisma generate""#);
    assert!(text.contains("    DATABASE_URL=placeholder npm install\n"), "{text}");
    let own = [
        ("prisma/schema.prisma", SCHEMA),
        ("prisma.config.ts", "export default { datasource: { url: process.env.DATABASE_URL } }"),
    ];
    assert!(!with_prisma("^7.0.0", "", &own).unwrap().contains("placeholder"));
}

#[test]
fn engines_for_other_systems_are_refused() {
    let schema = SCHEMA.replace("}\n", "  binaryTargets = [\"linux-musl-openssl-3.0.x\"]\n}\n");
    let files = [("prisma/schema.prisma", schema.as_str())];
    assert_eq!(
        with_prisma("^6.0.0", "", &files).unwrap_err(),
        "prisma/schema.prisma:3 fetches engines of Prisma for other systems than the image: [\"linux-musl-openssl-3.0.x\"]; add `\"native\"` to `binaryTargets`: the build has the same system as the image that runs"
    );
    assert!(with_prisma("^7.0.0", "", &files).is_ok());
    for fits in ["native", "debian-openssl-3.0.x"] {
        let schema = schema.replace("[", &format!("[\"{fits}\", "));
        assert!(with_prisma("^6.0.0", "", &[("prisma/schema.prisma", schema.as_str())]).is_ok(), "{fits}");
    }
}

#[test]
fn a_client_of_another_package_is_generated_before_that_is_built() {
    let files = [
        ("package.json", r#"{"private": true, "workspaces": ["apps/*", "packages/*"]}"#),
        (
            "package-lock.json",
            r#"{"lockfileVersion": 3, "packages": {"": {"workspaces": ["apps/*", "packages/*"]}, "apps/api": {"name": "api", "dependencies": {"db": "*"}}, "packages/db": {"name": "db", "dependencies": {"@prisma/client": "7"}, "devDependencies": {"prisma": "7"}}}}"#,
        ),
        (
            "apps/api/package.json",
            r#"{"name": "api", "scripts": {"build": "tsc", "start": "node dist/a.js"}, "dependencies": {"db": "*"}}"#,
        ),
        ("apps/api/src/a.ts", "app.listen(8080)"),
        (
            "packages/db/package.json",
            r#"{"name": "db", "main": "dist/index.js", "scripts": {"build": "tsc"}, "dependencies": {"@prisma/client": "7"}, "devDependencies": {"prisma": "7"}}"#,
        ),
        ("packages/db/prisma/schema.prisma", SCHEMA),
        ("packages/db/prisma.config.ts", CONFIG),
    ];
    let text = files_of(&decide(&files, &Options::default()).unwrap()).0;
    let steps = "\nWORKDIR /app/packages/db\nRUN DATABASE_URL=placeholder npx prisma generate\nRUN npm run build\nWORKDIR /app/apps/api\nRUN npm run build\n";
    assert!(text.contains(steps), "{text}");
}

#[test]
fn a_client_beside_the_sources_is_shipped() {
    let package = r#"{"scripts": {"build": "tsc", "start": "node dist/a.js"}, "dependencies": {"@prisma/client": "6"}, "devDependencies": {"prisma": "6"}}"#;
    let of = |output: &str| {
        let schema = SCHEMA.replace("}\n", &format!("  output = \"{output}\"\n}}\n"));
        let files =
            [("package.json", package), ("src/a.ts", "app.listen(8080)"), ("prisma/schema.prisma", &schema)];
        files_of(&decide(&files, &Options::default()).unwrap()).0
    };
    let text = of("../generated/client");
    assert!(text.contains("\nCOPY --from=build /app/generated/client/ /app/generated/client/\n"), "{text}");
    assert!(!of("../src/generated").contains("/app/src/generated"));
    assert!(!of("../node_modules/.prisma/client").contains("/.prisma/client"));
}
