//! Front ends that Go and Rust programs embed, and that only a build makes.

use distrogen::options::Options;

use super::planning::{decide, files_of};

/// A program that embeds one path, and these files.
fn program<'a>(embedded: &'a str, files: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let main = format!(
        "package main\nimport \"embed\"\n//go:embed {embedded}\nvar files embed.FS\nfunc main() {{ _ = files }}\n"
    );
    let mut all = vec![("go.mod".to_owned(), "module x\n".to_owned()), ("main.go".to_owned(), main)];
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    all
}

/// The Dockerfile and the .dockerignore, or why there are none.
fn written(embedded: &str, files: &[(&str, &str)]) -> Result<(String, String), String> {
    let all = program(embedded, files);
    let all: Vec<(&str, &str)> = all.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    match decide(&all, &Options::default()) {
        Ok(plan) => Ok(files_of(&plan)),
        Err(stop) => Err([vec![stop.reason], stop.help].concat().join("\n")),
    }
}

/// The Dockerfile's stages before the one that compiles.
fn stages(embedded: &str, files: &[(&str, &str)]) -> String {
    let text = written(embedded, files).unwrap().0;
    text.split("\n# build ").next().unwrap_or_default().to_owned()
}

/// What is copied out of these stages.
fn copied(embedded: &str, files: &[(&str, &str)]) -> Vec<String> {
    let text = written(embedded, files).unwrap().0;
    text.lines().filter(|line| line.starts_with("COPY --from=ui")).map(str::to_owned).collect()
}

const VITE: &str = r#"{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "8"}}"#;
const LOCK: (&str, &str) = ("web/package-lock.json", "{}");

#[test]
fn every_embedded_path_is_looked_at() {
    let files = [
        ("admin/package.json", VITE),
        ("admin/package-lock.json", "{}"),
        ("web/package.json", VITE),
        LOCK,
        (".gitignore", "dist\n"),
    ];
    let text = stages("all:admin/dist all:web/dist", &files);
    assert!(
        text.contains(" AS ui\nWORKDIR /src/admin\n") && text.contains(" AS ui2\nWORKDIR /src/web\n"),
        "{text}"
    );
    let copies =
        ["COPY --from=ui /src/admin/dist/ ./admin/dist/", "COPY --from=ui2 /src/web/dist/ ./web/dist/"];
    assert_eq!(copied("all:admin/dist all:web/dist", &files), copies);
    let reason = written("all:web/dist nothere.txt", &files).unwrap_err();
    assert!(
        reason.starts_with("main.go:3 embeds `nothere.txt`, which is not in the repository\n"),
        "{reason}"
    );
    let reason =
        written("all:web/dist sql/*.sql", &[&files[..], &[("sql/README.md", "")]].concat()).unwrap_err();
    assert!(reason.starts_with("main.go:3 embeds `sql/*.sql`, which matches nothing"), "{reason}");
    assert!(written("*.sql", &[]).is_err());
    assert!(written("sql/*", &[("sql/v1/a.sql", "")]).is_ok(), "a pattern may name a folder");
}

#[test]
fn one_package_may_make_several_outputs() {
    let package = r#"{"scripts": {"build": "vite build --outDir ../srv/ui", "build:css": "tailwindcss -i a.css -o ../srv/app.css"}}"#;
    let files = [("web/package.json", package), LOCK];
    let copies = ["COPY --from=ui /src/srv/app.css ./srv/app.css", "COPY --from=ui /src/srv/ui/ ./srv/ui/"];
    assert_eq!(copied("srv/app.css all:srv/ui", &files), copies);
    let text = stages("srv/app.css all:srv/ui", &files);
    assert!(text.ends_with("RUN npm run build\nRUN npm run build:css\n"), "{text}");
}

#[test]
fn a_script_without_evidence_is_not_run() {
    let release = r#"{"scripts": {"release": "semantic-release", "build": "x"}}"#;
    for (embedded, files) in [
        ("version.txt", vec![("package.json", release)]),
        ("internal/api/schema.gen.json", vec![("package.json", release), (".gitignore", "*.gen.json\n")]),
        ("web/assets", vec![("web/package.json", release)]),
        ("\"web/a b!$x\"", vec![("web/package.json", release)]),
        ("web/dist", vec![("web/package.json", r#"{"scripts": {"build": "vite build --watch"}}"#)]),
        ("web/dist", vec![("web/package.json", r#"{"scripts": {"release": "x"}}"#)]),
        ("dist", vec![("package.json", r#"{"scripts": {"build": "x"}}"#)]),
    ] {
        let reason = written(embedded, &files).unwrap_err();
        assert!(reason.contains(", which is not in the repository"), "{embedded}: {reason}");
    }
    let silent = [("web/package.json", r#"{"scripts": {"build": "node tools/all.js"}}"#), LOCK];
    assert_eq!(copied("web/dist/assets/*", &silent), ["COPY --from=ui /src/web/dist/ ./web/dist/"]);
}

#[test]
fn a_file_is_copied_and_its_folder_is_not_hidden() {
    let package = r#"{"scripts": {"build": "esbuild src/main.js --bundle --outfile=bundle.js"}}"#;
    let files = [
        ("ui/package.json", package),
        ("ui/package-lock.json", "{}"),
        ("ui/src/main.js", ""),
        (".gitignore", "bundle.js\n"),
    ];
    assert_eq!(copied("ui/bundle.js", &files), ["COPY --from=ui /src/ui/bundle.js ./ui/bundle.js"]);
    let ignore = written("ui/bundle.js", &files).unwrap().1;
    assert!(ignore.contains("**/node_modules\nui/bundle.js\n"), "{ignore}");
    let package = r#"{"scripts": {"build": "tailwindcss -i static/in.css -o static/app.css"}}"#;
    let files = [
        ("package.json", package),
        ("package-lock.json", "{}"),
        ("static/in.css", ""),
        (".gitignore", "app.css\n"),
    ];
    let ignore = written("static", &files).unwrap().1;
    assert!(ignore.contains("static/app.css\n") && !ignore.contains("static\n"), "{ignore}");
}

#[test]
fn a_committed_stub_gives_way_to_what_is_built() {
    let ignored = (".gitignore", "web/dist/*\n!web/dist/index.html\n");
    let files = [("web/package.json", VITE), LOCK, ("web/dist/index.html", "build first"), ignored];
    let (text, ignore) = written("all:web/dist", &files).unwrap();
    assert!(text.contains("COPY --from=ui /src/web/dist/ ./web/dist/\n"), "{text}");
    assert!(!ignore.contains("web/dist"), "a folder with a committed file is not hidden: {ignore}");
    let kept = [
        ("web/package.json", VITE),
        LOCK,
        ("web/dist/.gitkeep", ""),
        (".gitignore", "web/dist/*\n!.gitkeep\n"),
    ];
    assert!(written("all:web/dist", &kept).unwrap().1.contains("web/dist\n"));
    let reason = written("all:web/dist", &kept[2..]).unwrap_err();
    assert!(reason.starts_with("main.go:3 embeds `web/dist`, which is not in the repository"), "{reason}");
    let committed = [("web/package.json", VITE), LOCK, ("web/dist/index.html", ""), ("web/dist/a.js", "")];
    assert!(copied("all:web/dist", &committed).is_empty());
}

#[test]
fn configuration_names_the_output() {
    let built = |config: &str, text: &str, embedded: &str, package: &str| {
        let config = format!("web/{config}");
        copied(embedded, &[("web/package.json", package), LOCK, (&config, text)])
    };
    let one = |folder: &str| vec![format!("COPY --from=ui /src/{folder}/ ./{folder}/")];
    let vite = "export default defineConfig({ plugins: [dts({ outDir: 'types' })], build: { outDir: '../internal/web/dist' } })";
    assert_eq!(built("vite.config.ts", vite, "all:internal/web/dist", VITE), one("internal/web/dist"));
    let rooted = "export default { root: 'src', build: { outDir: '../made' } }";
    assert_eq!(built("vite.config.js", rooted, "all:web/made", VITE), one("web/made"));
    let vue = r#"{"scripts": {"build": "run-p types \"build-only {@}\" --", "build-only": "vite build", "types": "vue-tsc"}}"#;
    assert_eq!(built("vite.config.js", "export default {}", "all:web/dist", vue), one("web/dist"));
    let run = |command: &str| format!("{{\"scripts\": {{\"build\": \"{command}\"}}}}");
    let next = "export default { output: 'export' }";
    assert_eq!(built("next.config.mjs", next, "all:web/out", &run("next build")), one("web/out"));
    let angular =
        r#"{"projects": {"shop": {"architect": {"build": {"builder": "@angular/build:application"}}}}}"#;
    assert_eq!(
        built("angular.json", angular, "all:web/dist/shop/browser", &run("ng build")),
        one("web/dist/shop/browser")
    );
    let webpack = "module.exports = { output: { path: path.resolve(__dirname, '../static') } }";
    assert_eq!(
        built("webpack.prod.js", webpack, "static", &run("webpack --config webpack.prod.js")),
        one("static")
    );
    let esbuild = "require('esbuild').build({ outdir: '../static/js' })";
    assert_eq!(built("build.js", esbuild, "static/js", &run("node build.js")), one("static/js"));
    assert_eq!(
        built(".keep", "", "all:web/.output/public", &run("nuxt generate")),
        one("web/.output/public")
    );
    let svelte =
        r#"{"scripts": {"build": "vite build"}, "devDependencies": {"@sveltejs/adapter-static": "3"}}"#;
    assert_eq!(built("svelte.config.js", "adapter({})", "all:web/build", svelte), one("web/build"));
}

#[test]
fn what_only_a_run_tells_is_not_guessed() {
    let config = "export default { build: { outDir: process.env.LIB ? \"lib\" : \"dist\" } }";
    let files = [("web/package.json", VITE), LOCK, ("web/vite.config.ts", config)];
    let reason = written("all:web/dist", &files).unwrap_err();
    assert!(reason.contains("web/vite.config.ts:1 names an output as only a run can tell"), "{reason}");
    let server = [
        ("web/package.json", r#"{"scripts": {"build": "next build"}}"#),
        LOCK,
        ("web/next.config.js", "module.exports = {}"),
    ];
    assert!(written("all:web/public", &server).is_err());
}

#[test]
fn packages_of_a_workspace_are_installed_where_its_lock_file_is() {
    let web = r#"{"name": "web", "scripts": {"build": "vite build"}, "dependencies": {"@x/ui": "workspace:*", "vite": "catalog:"}}"#;
    let ui = r#"{"name": "@x/ui", "scripts": {"build": "tsc"}}"#;
    let files = [
        (
            "package.json",
            r#"{"private": true, "packageManager": "pnpm@10.1.0", "scripts": {"start": "node x.js"}}"#,
        ),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        ("pnpm-workspace.yaml", "packages: [web, packages/*]\n"),
        ("web/package.json", web),
        ("packages/ui/package.json", ui),
    ];
    let text = stages("all:web/dist", &files);
    assert!(text.contains("WORKDIR /src\nRUN --mount=type=cache,target=/root/.npm \\\n    npm install --global pnpm@10.1.0\n"), "{text}");
    let manifests = "COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./\nCOPY packages/ui/package.json ./packages/ui/\nCOPY web/package.json ./web/\nRUN --mount";
    assert!(text.contains(manifests), "{text}");
    let builds = "pnpm install --frozen-lockfile\nCOPY . .\nWORKDIR /src/packages/ui\nRUN pnpm run build\nWORKDIR /src/web\nRUN pnpm run build\n";
    assert!(text.ends_with(builds), "{text}");
    let reason = written("all:web/dist", &files[3..]).unwrap_err();
    assert!(reason.contains("depends on `@x/ui` at `workspace:*`, and no workspace"), "{reason}");
    let npm = [
        ("package.json", r#"{"private": true, "workspaces": ["./web", "packages/*"]}"#),
        ("package-lock.json", "{\"lockfileVersion\": 3}"),
        ("web/package.json", VITE),
    ];
    let text = stages("all:web/dist", &npm);
    assert!(text.ends_with("npm ci\nCOPY . .\nWORKDIR /src/web\nRUN npm run build\n"), "{text}");
    let stranger = [("package.json", "{\"private\": true}"), npm[1], npm[2]];
    let text = stages("all:web/dist", &stranger);
    assert!(
        text.contains("COPY web/package.json ./\n") && text.contains("npm install\n"),
        "a lock file beside no workspace: {text}"
    );
}

#[test]
fn an_install_finds_what_its_scripts_read() {
    let hooked = r#"{"scripts": {"build": "vite build", "postinstall": "node scripts/copy.js"}}"#;
    let text = stages("all:web/dist", &[("web/package.json", hooked), LOCK]);
    assert!(text.contains("WORKDIR /src/web\n# The install runs scripts"), "{text}");
    assert!(
        text.contains(
            "COPY web/ ./\nRUN --mount=type=cache,target=/root/.npm \\\n    npm ci\nRUN npm run build\n"
        ),
        "{text}"
    );
    let linked = r#"{"scripts": {"build": "vite build"}, "dependencies": {"shared": "file:../shared"}}"#;
    let files = [("web/package.json", linked), LOCK, ("shared/package.json", "{}")];
    assert!(stages("all:web/dist", &files).contains("COPY . /src/\nRUN --mount"));
    let reason = written("all:web/dist", &files[..2]).unwrap_err();
    assert!(
        reason.contains("depends on `shared` at `file:../shared`, which is not in the repository"),
        "{reason}"
    );
    let native =
        r#"{"scripts": {"build": "vite build"}, "dependencies": {"a": "git+https://example.com/a.git"}}"#;
    let text = stages("all:web/dist", &[("web/package.json", native), LOCK]);
    assert!(text.contains("with build tools for `a`") && text.contains(":24-trixie AS ui\n"), "{text}");
    let canvas = VITE.replace("\"8\"", "\"8\", \"canvas\": \"^2\"");
    let text = stages("all:web/dist", &[("web/package.json", &canvas), LOCK]);
    assert!(text.contains(":24-trixie AS ui\n") && text.contains(" \\\n    libpango1.0-dev"), "{text}");
    assert!(text.contains("\nARG npm_package_config_node_gyp_nodedir=/usr/local\nRUN "), "{text}");
    let text = stages("all:web/dist", &[("web/package.json", VITE), LOCK, ("web/binding.gyp", "{}")]);
    assert!(text.contains("with build tools for `binding.gyp`"), "{text}");
    let old = r#"{"scripts": {"build": "vite build"}, "dependencies": {"node-sass": "9"}}"#;
    assert!(written("all:web/dist", &[("web/package.json", old), LOCK]).is_err());
    let hugo = r#"{"scripts": {"build": "hugo -d x && vite build"}}"#;
    let reason = written("all:web/dist", &[("web/package.json", hugo), LOCK]).unwrap_err();
    assert!(reason.starts_with("web/package.json:1 starts `hugo`, which no image"), "{reason}");
}

#[test]
fn managers_and_their_versions() {
    let text = |lock: &str, content: &str, package: &str| {
        let lock = format!("web/{lock}");
        written("all:web/dist", &[("web/package.json", package), (&lock, content)])
    };
    let named = |name: &str| VITE.replacen('{', &format!("{{\"packageManager\": \"{name}\", "), 1);
    let berry = text("yarn.lock", "__metadata:\n  version: 8\n", &named("yarn@4.5.0+sha512.1")).unwrap().0;
    assert!(berry.contains("    npm install --global --force @yarnpkg/cli-dist@4.5.0\n"), "{berry}");
    assert!(berry.contains("yarn install --immutable\nCOPY web/ ./\nRUN yarn run build\n"), "{berry}");
    let untold = text("yarn.lock", "__metadata:\n  version: 5\n", VITE).unwrap_err();
    assert!(untold.starts_with("which version of yarn wrote `web/yarn.lock` cannot be told"), "{untold}");
    let other = text("yarn.lock", "# yarn lockfile v1\n", &named("yarn@4.5.0")).unwrap_err();
    assert!(other.contains("asks for `yarn@4.5.0`, and `web/yarn.lock` is not of that version"), "{other}");
    let bun = text("bun.lock", "{\"lockfileVersion\": 1}", VITE).unwrap().0;
    assert!(bun.contains("bun install --frozen-lockfile\nCOPY web/ ./\nRUN bun run build\n"), "{bun}");
    let deno = text("deno.lock", "{}", VITE).unwrap_err();
    assert!(deno.contains("`web/deno.lock`, whose manager is not supported"), "{deno}");
    let odd = text("x", "", &named("cnpm@1.2.0")).unwrap_err();
    assert!(odd.contains("asks for the package manager `cnpm@1.2.0`"), "{odd}");
    let secret = text(".npmrc", "//x/:_authToken=1\n", VITE).unwrap_err();
    assert!(secret.starts_with("web/.npmrc:1 holds a credential"), "{secret}");
}

#[test]
fn odd_names_are_refused_and_not_written() {
    for folder in ["a b", "$(id)", "a;b", "a'b"] {
        let package = format!("{folder}/package.json");
        let reason = written(&format!("\"{folder}/dist\""), &[(package.as_str(), VITE)]);
        assert!(reason.is_err(), "{folder}");
    }
    let script = r#"{"scripts": {"build:$(id)": "vite build"}}"#;
    let text = stages("all:web/dist", &[("web/package.json", script), LOCK]);
    assert!(text.contains("RUN npm run 'build:$(id)'\n"), "{text}");
}

#[test]
fn variables_that_a_build_does_without_are_told() {
    let files = program(
        "all:web/dist",
        &[("web/package.json", VITE), LOCK, ("web/.env.production", "VITE_URL=/api\n")],
    );
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let warnings = decide(&files, &Options::default()).unwrap().service.warnings;
    assert!(
        warnings.iter().any(|warning| warning.starts_with("`web/.env.production` is kept out")),
        "{warnings:?}"
    );
}

#[test]
fn browsers_for_tests_are_not_downloaded() {
    let package = VITE.replace("\"8\"", "\"8\", \"puppeteer\": \"25\"");
    assert!(
        stages("all:web/dist", &[("web/package.json", &package), LOCK])
            .contains("ARG PUPPETEER_SKIP_DOWNLOAD=1\nRUN ")
    );
}

#[test]
fn an_output_inside_of_an_embedded_folder_is_built_too() {
    let files = [
        ("package.json", r#"{"scripts": {"build": "node esbuild.config.mjs"}}"#),
        ("package-lock.json", "{}"),
        (
            "esbuild.config.mjs",
            "import * as esbuild from 'esbuild'\nesbuild.build({ outdir: \"server/ui/dist/\" })",
        ),
        ("server/ui/index.html", "x"),
        (".gitignore", "/server/ui/dist\n"),
    ];
    assert_eq!(copied("server/ui", &files), ["COPY --from=ui /src/server/ui/dist/ ./server/ui/dist/"]);
}

#[test]
fn rust_programs_name_every_folder() {
    let main = "#[derive(RustEmbed)]\n#[folder = \"web/dist/\"]\nstruct A;\n#[derive(RustEmbed)]\n#[folder = \"gone/\"]\nstruct B;\nfn main() {}\n";
    let files = [
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nrust-embed = \"8\"\n"),
        ("src/main.rs", main),
        ("web/package.json", VITE),
    ];
    let reason = decide(&files, &Options::default()).unwrap_err().reason;
    assert_eq!(reason, "src/main.rs:5 embeds `gone`, which is not in the repository");
}
