//! What is planned for packages of JavaScript: managers, workspaces, what is shipped, sites.

use distrogen::options::{Options, RuntimeChoice};
use distrogen::verdict::{Choice, StopKind};

use crate::planning::{decide, dockerfile_of, files_of, plan, refusal};

const EXPRESS: &str = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5"}}"#;
const SERVER: (&str, &str) = ("server.js", "require('express')().listen(process.env.PORT || 3000)");

/// The Dockerfile of a plain server with these files beside it.
fn server(more: &[(&str, &str)]) -> String {
    let files = [&[("package.json", EXPRESS), SERVER][..], more].concat();
    dockerfile_of(&files, &Options::default())
}

fn service(name: &str) -> Options {
    Options { service: Some(name.to_owned()), ..Options::default() }
}

#[test]
fn sources_that_run_as_they_are_come_from_the_context() {
    let text = server(&[("package-lock.json", LOCK)]);
    let build = "COPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm \\\n    npm ci --omit=dev\n\n";
    assert!(text.contains(build), "an edit of the sources builds nothing: {text}");
    let runtime = "COPY --from=build /app/node_modules/ /app/node_modules/\nCOPY . /app/\n";
    assert!(text.contains(runtime), "{text}");
}

const LOCK: &str = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"express": "5"}}, "node_modules/express": {"version": "5.0.0"}}}"#;

#[test]
fn every_manager_is_installed_and_keeps_to_its_lock_file() {
    let pnpm = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      express:\n        specifier: '5'\n        version: 5.0.0\n";
    let text = server(&[("pnpm-lock.yaml", pnpm)]);
    assert!(text.contains("    npm install --global pnpm@9.15.9\n"), "{text}");
    assert!(text.contains("pnpm install --frozen-lockfile --prod\n"), "{text}");
    let approved = [("pnpm-lock.yaml", pnpm), ("pnpm-workspace.yaml", "onlyBuiltDependencies: [a]\n")];
    let text = server(&approved);
    assert!(text.contains("pnpm@10."), "pnpm 9 knows no such settings: {text}");
    assert!(text.contains("COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./\n"), "{text}");
    let yarn = "# yarn lockfile v1\n\nexpress@5:\n  version \"5.0.0\"\n";
    let text = server(&[("yarn.lock", yarn)]);
    assert!(text.contains("yarn@1.22.22\n"), "{text}");
    assert!(text.contains("yarn install --frozen-lockfile --production\n"), "{text}");
    let berry = "__metadata:\n  version: 8\n\n\"express@npm:5\":\n  version: 5.0.0\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    express: \"npm:5\"\n";
    let text = server(&[("yarn.lock", berry), (".yarnrc.yml", "enableScripts: false\n")]);
    assert!(text.contains("ARG YARN_NODE_LINKER=node-modules\nRUN "), "{text}");
    assert!(!text.contains("YARN_ENABLE_SCRIPTS"), "the repository says it: {text}");
    assert!(
        text.contains("npm pkg delete devDependencies \\\n && YARN_ENABLE_IMMUTABLE_INSTALLS=false yarn"),
        "{text}"
    );
    let text = server(&[(
        "bun.lock",
        "{\"lockfileVersion\": 1, \"workspaces\": {\"\": {\"dependencies\": {\"express\": \"5\"}}}, \"packages\": {}}",
    )]);
    assert!(text.contains("bun install --frozen-lockfile --production\n"), "{text}");
    assert!(text.contains("CMD [\"server.js\"]"), "Bun installs, Node.js runs: {text}");
}

#[test]
fn two_lock_files_are_a_choice_that_package_json_or_a_flag_makes() {
    let files = [
        ("package.json", EXPRESS),
        SERVER,
        ("package-lock.json", LOCK),
        ("yarn.lock", "# yarn lockfile v1\n"),
    ];
    let stop = decide(&files, &Options::default()).unwrap_err();
    let StopKind::Choose(candidates) = &stop.kind else { panic!("{stop:?}") };
    let flags: Vec<&str> = candidates.iter().map(|one| one.flag.as_str()).collect();
    assert_eq!(flags, ["--package-manager npm", "--package-manager yarn"]);
    assert_eq!(
        stop.reason,
        "`package-lock.json` and `yarn.lock` are here, and no `packageManager` in package.json decides"
    );
    let flag = Options { package_manager: Some("yarn".to_owned()), ..Options::default() };
    assert!(dockerfile_of(&files, &flag).contains("COPY package.json yarn.lock ./\n"));
    let named = EXPRESS.replacen('{', "{\"packageManager\": \"npm@11.0.0\", ", 1);
    let named = [("package.json", named.as_str()), files[1], files[2], files[3]];
    assert_eq!(plan(&named).service.package_manager.as_deref(), Some("npm"));
    let dev = EXPRESS.replacen('{', "{\"devEngines\": {\"packageManager\": {\"name\": \"yarn\"}}, ", 1);
    let dev = [("package.json", dev.as_str()), files[1], files[2], files[3]];
    assert_eq!(plan(&dev).service.package_manager.as_deref(), Some("yarn"));
}

#[test]
fn the_lock_file_of_another_manager_is_told() {
    let named = EXPRESS.replacen('{', "{\"packageManager\": \"pnpm@10.0.0\", ", 1);
    let plan = plan(&[("package.json", &named), SERVER, ("package-lock.json", LOCK)]);
    let text = files_of(&plan).0;
    assert!(text.contains("pnpm install --no-frozen-lockfile --prod\n"), "{text}");
    let warnings = plan.service.warnings.join("\n");
    assert!(
        warnings.contains("asks for pnpm, and the lock file `package-lock.json` is another's"),
        "{warnings}"
    );
}

#[test]
fn tokens_of_a_registry_are_secrets_of_the_install() {
    let text = server(&[(".npmrc", "//r.example/:_authToken=${NPM_TOKEN}\n"), ("package-lock.json", LOCK)]);
    assert!(text.contains("COPY package.json package-lock.json .npmrc ./\n"), "{text}");
    assert!(
        text.contains("# .npmrc reads `NPM_TOKEN`: build with `--secret id=NPM_TOKEN,env=NPM_TOKEN`.\n"),
        "{text}"
    );
    let run = "    --mount=type=secret,id=NPM_TOKEN \\\n    NPM_TOKEN=\"$(cat /run/secrets/NPM_TOKEN)\" npm ci --omit=dev\n";
    assert!(text.contains(run), "{text}");
}

/// A workspace of npm: two services, a library of theirs, and one of neither.
const WORKSPACE: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"private": true, "workspaces": ["apps/*", "libs/*"], "devDependencies": {"typescript": "6"}}"#,
    ),
    ("package-lock.json", r#"{"lockfileVersion": 1}"#),
    (
        "apps/api/package.json",
        r#"{"name": "@x/api", "scripts": {"build": "tsc", "start": "node dist/index.js"}, "dependencies": {"@x/lib": "*", "express": "5"}}"#,
    ),
    ("apps/api/tsconfig.json", r#"{"compilerOptions": {"outDir": "dist", "rootDir": "src"}}"#),
    ("apps/api/src/index.ts", "import express from 'express'; express().listen(3000)"),
    (
        "apps/web/package.json",
        r#"{"name": "@x/web", "scripts": {"start": "next start", "build": "next build"}, "dependencies": {"next": "16"}}"#,
    ),
    (
        "libs/lib/package.json",
        r#"{"name": "@x/lib", "main": "dist/index.js", "scripts": {"build": "tsc"}, "dependencies": {"nanoid": "6"}}"#,
    ),
    ("libs/lib/index.ts", "export const a = 1"),
    ("libs/other/package.json", r#"{"name": "@x/other", "main": "index.js"}"#),
];

#[test]
fn services_of_a_workspace_are_a_choice() {
    let stop = decide(WORKSPACE, &Options::default()).unwrap_err();
    let StopKind::Choose(candidates) = &stop.kind else { panic!("{stop:?}") };
    let found: Vec<(&str, &Choice)> = candidates.iter().map(|one| (one.path.as_str(), &one.choice)).collect();
    let choice = |name: &str| Choice::Service(name.to_owned());
    assert_eq!(found, [("apps/api", &choice("@x/api")), ("apps/web", &choice("@x/web"))]);
    let stop = decide(WORKSPACE, &service("nothing")).unwrap_err();
    assert!(stop.reason.starts_with("no package is called `nothing`; there are: "), "{stop:?}");
}

#[test]
fn one_service_is_installed_built_and_shipped_with_its_libraries_alone() {
    for name in ["@x/api", "api", "apps/api", "./apps/api/"] {
        let text = dockerfile_of(WORKSPACE, &service(name));
        let manifests = "COPY package.json package-lock.json ./\nCOPY apps/api/package.json ./apps/api/\nCOPY libs/lib/package.json ./libs/lib/\nRUN ";
        assert!(text.contains(manifests), "no other package is installed: {text}");
        let builds =
            "COPY . .\nWORKDIR /app/libs/lib\nRUN npm run build\nWORKDIR /app/apps/api\nRUN npm run build\n";
        assert!(text.contains(builds), "{text}");
        assert!(text.contains("rm -rf -- apps/web libs/other \\\n && npm prune --omit=dev"), "{text}");
        for copy in
            ["/app/node_modules/", "/app/apps/api/node_modules/", "/app/libs/lib/", "/app/apps/api/dist/"]
        {
            assert!(text.contains(&format!("COPY --from=build {copy} {copy}\n")), "{copy}: {text}");
        }
        assert!(
            text.contains("\nWORKDIR /app/apps/api\nENV") && text.contains("CMD [\"dist/index.js\"]"),
            "{text}"
        );
    }
    let web = plan_of(WORKSPACE, "@x/web");
    let text = files_of(&web).0;
    assert!(text.contains("CMD [\"../../node_modules/next/dist/bin/next\", \"start\"]"), "hoisted: {text}");
    assert_eq!((web.service.name.as_str(), web.service.path.as_str()), ("@x/web", "apps/web"));
}

fn plan_of(files: &[(&str, &str)], name: &str) -> distrogen::plan::Plan {
    decide(files, &service(name)).unwrap_or_else(|stop| panic!("{stop:?}"))
}

#[test]
fn a_root_hands_over_to_the_package_that_its_script_names() {
    let delegating = |start: &str| {
        let root = format!(
            r#"{{"private": true, "workspaces": ["apps/*", "libs/*"], "scripts": {{"start": "{start}"}}}}"#
        );
        let files: Vec<(&str, &str)> =
            [("package.json", root.as_str())].into_iter().chain(WORKSPACE[1..].iter().copied()).collect();
        plan(&files).service.path
    };
    for start in [
        "npm start -w @x/api",
        "cd apps/api && npm start",
        "npm --prefix apps/api start",
        "yarn workspace @x/api start",
    ] {
        assert_eq!(delegating(start), "apps/api", "{start}");
    }
    let member = |name: &str, other: &str| {
        format!(r#"{{"name": "{name}", "scripts": {{"start": "yarn workspace {other} start"}}}}"#)
    };
    let (a, b) = (member("a", "b"), member("b", "a"));
    let root = r#"{"workspaces": ["a", "b"], "scripts": {"start": "yarn workspace a start"}}"#;
    let circle = [("package.json", root), ("a/package.json", &a), ("b/package.json", &b)];
    let reason = refusal(&circle);
    assert!(reason.contains("circle"), "{reason}");
}

#[test]
fn what_a_built_program_reads_is_shipped_and_nothing_else() {
    let manifest = r#"{"scripts": {"build": "tsc", "start": "node dist/main.js"}, "dependencies": {"express": "5"}, "devDependencies": {"typescript": "6"}}"#;
    let source = "import express from 'express';\nreadFileSync('data/list.json'); express().listen(3000)";
    let plan = plan(&[
        ("package.json", manifest),
        ("tsconfig.json", "{}"),
        ("src/main.ts", source),
        ("src/a.test.ts", ""),
        ("data/list.json", "[]"),
        ("public/index.html", ""),
        ("docs/a.md", ""),
        ("scripts/tool.ts", ""),
        ("jest.config.js", ""),
        ("knexfile.js", ""),
        ("README.md", ""),
    ]);
    let copies: Vec<String> = plan.runtime.copies.iter().flat_map(|copy| copy.from.clone()).collect();
    let wanted = ["node_modules/", "knexfile.js", "package.json", "data/", "public/", "dist/"];
    assert_eq!(copies, wanted.map(|path| format!("/app/{path}")));
}

#[test]
fn the_output_of_what_runs_for_development_is_started() {
    let manifest = r#"{"scripts": {"build": "tsc", "start": "ts-node src/index.ts"}, "devDependencies": {"typescript": "6"}}"#;
    let settings = r#"{"compilerOptions": {"outDir": "out"}, "include": ["src"]}"#;
    let built =
        plan(&[("package.json", manifest), ("tsconfig.json", settings), ("src/index.ts", "x.listen(80)")]);
    assert_eq!(built.service.start, ["/nodejs/bin/node", "out/index.js"]);
    assert!(built.service.warnings.iter().any(|warning| warning.contains("`tsc` makes of `src/index.ts`")));
    let plain = r#"{"scripts": {"start": "nodemon --inspect server.js"}}"#;
    assert_eq!(plan(&[("package.json", plain), SERVER]).service.start, ["/nodejs/bin/node", "server.js"]);
}

#[test]
fn frameworks_ship_what_their_build_leaves() {
    let of = |dependency: &str, scripts: &str, config: (&str, &str)| {
        let manifest = format!(r#"{{"scripts": {{{scripts}}}, "dependencies": {{"{dependency}": "*"}}}}"#);
        plan(&[("package.json", &manifest), config, ("public/a.txt", "")])
    };
    let next = r#""build": "next build", "start": "next start""#;
    let standalone = of("next", next, ("next.config.ts", "export default { output: 'standalone' }"));
    assert_eq!(standalone.runtime.cmd, ["server.js"]);
    assert_eq!(standalone.runtime.copies[0].from, ["/app/.next/standalone/"]);
    assert!(standalone.runtime.copies.iter().all(|copy| !copy.to.contains("node_modules")));
    let whole = of("next", next, ("next.config.mjs", "export default {}"));
    assert_eq!(whole.runtime.cmd, ["node_modules/next/dist/bin/next", "start"]);
    let exported = of("next", next, ("next.config.js", "module.exports = { output: 'export' }"));
    assert_eq!(exported.runtime.entrypoint, ["/usr/local/bin/static-web-server"]);
    let nuxt = of("nuxt", r#""build": "nuxt build""#, ("nuxt.config.ts", "export default {}"));
    assert_eq!(nuxt.runtime.cmd, [".output/server/index.mjs"]);
    assert_eq!(nuxt.runtime.copies.len(), 1, "{:?}", nuxt.runtime.copies);
}

#[test]
fn a_site_is_served_without_node() {
    let manifest = r#"{"scripts": {"dev": "vite", "build": "vite build", "preview": "vite preview"}, "devDependencies": {"vite": "8"}}"#;
    let files = [
        ("package.json", manifest),
        ("index.html", "<script type=module src=/src/main.js></script>"),
        ("src/main.js", "fetch(import.meta.env.VITE_API)"),
    ];
    let site = plan(&files);
    let text = files_of(&site).0;
    assert!(text.contains("ARG VITE_API\nRUN npm run build\n"), "{text}");
    assert!(text.contains("COPY --from=build /app/dist/ /public/\n"), "{text}");
    assert!(text.contains("ENV SERVER_FALLBACK_PAGE=/public/index.html\n"), "{text}");
    assert!(text.ends_with("ENTRYPOINT [\"/usr/local/bin/static-web-server\"]\n"), "{text}");
    assert_eq!((site.service.port, site.runtime.expose), (Some(8080), vec![8080]));
    let other = Options { port: Some(9000), ..Options::default() };
    assert!(dockerfile_of(&files, &other).contains("ENV SERVER_PORT=9000\n"));
    let wrong = Options { runtime: Some(RuntimeChoice::Cc), ..Options::default() };
    assert!(decide(&files, &wrong).unwrap_err().reason.contains("needs no `cc`"));
}

#[test]
fn what_no_distroless_image_holds_is_named_with_the_flag_that_helps() {
    let manifest = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"puppeteer": "24"}}"#;
    let files = [("package.json", manifest), ("server.js", "require('puppeteer').launch(); x.listen(3000)")];
    let stop = decide(&files, &Options::default()).unwrap_err();
    assert!(stop.reason.contains("depends on `puppeteer`, which needs a Chromium browser"), "{stop:?}");
    assert!(stop.help.iter().any(|help| help.contains("`--runtime slim`")), "{stop:?}");
    let slim = Options { runtime: Some(RuntimeChoice::Slim), ..Options::default() };
    let text = dockerfile_of(&files, &slim);
    let runtime = &text[text.rfind("FROM").unwrap()..];
    assert!(runtime.starts_with("FROM node:24-trixie-slim\n"), "{runtime}");
    assert!(runtime.contains(" \\\n    chromium") && runtime.contains("USER 65532:65532\n"), "{runtime}");
    assert!(runtime.ends_with("ENTRYPOINT [\"/usr/local/bin/node\"]\nCMD [\"server.js\"]\n"), "{runtime}");
}

#[test]
fn a_migration_is_a_step_of_its_own() {
    let manifest = r#"{"scripts": {"build": "tsc", "start": "prisma migrate deploy && node dist/server.js"}, "dependencies": {"prisma": "7"}}"#;
    let plan = plan(&[("package.json", manifest), ("src/server.ts", "x.listen(3000)")]);
    assert_eq!(plan.service.start, ["/nodejs/bin/node", "dist/server.js"]);
    let text = files_of(&plan).0;
    let step = "# Once a release, before it starts: docker run IMAGE node_modules/prisma/build/index.js migrate deploy.\nCMD";
    assert!(text.contains(step), "{text}");
}

/// What is copied into the image of a package that `tsc` builds from this source, with these files.
fn copied(source: &str, more: &[(&str, &str)]) -> Vec<String> {
    let manifest =
        r#"{"scripts": {"build": "tsc", "start": "node dist/main.js"}, "dependencies": {"express": "5"}}"#;
    let files = [("package.json", manifest), ("tsconfig.json", TO_DIST), ("src/main.ts", source)];
    plan(&[&files[..], more].concat()).runtime.copies.iter().flat_map(|copy| copy.from.clone()).collect()
}

const TO_DIST: &str = r#"{"compilerOptions": {"outDir": "dist", "rootDir": "src"}}"#;

#[test]
fn a_path_that_sources_write_is_shipped_however_they_write_it() {
    for source in [
        "read(path.join(__dirname, '../schema.graphql'))",
        "read(path.join(__dirname, '..', 'schema.graphql'))",
        "read(`${process.cwd()}/schema.graphql`)",
    ] {
        let copies = copied(source, &[("schema.graphql", "")]);
        assert!(copies.contains(&"/app/schema.graphql".to_owned()), "{source}: {copies:?}");
    }
    let styles = [("public/a.css", ""), ("docs/api.yaml", ""), ("styles/b.css", ""), ("fixtures/c.json", "")];
    let copies = copied("app.use(express.static('public')); load('./docs/api.yaml')", &styles);
    assert!(
        copies.contains(&"/app/public/".to_owned()) && copies.contains(&"/app/docs/".to_owned()),
        "{copies:?}"
    );
    assert!(!copies.iter().any(|path| path.contains("styles") || path.contains("fixtures")), "{copies:?}");
}

#[test]
fn a_name_that_no_line_holds_stops_nothing_unless_it_is_read() {
    assert!(!copied("x()", &[("a$b.json", "")]).iter().any(|path| path.contains('$')));
    let manifest = r#"{"scripts": {"build": "tsc", "start": "node dist/main.js"}}"#;
    let source = ("src/main.ts", "app.set('views', './my views')");
    let reason =
        refusal(&[("package.json", manifest), ("tsconfig.json", TO_DIST), source, ("my views/a.pug", "")]);
    assert!(reason.contains("`my views`"), "{reason}");
}

#[test]
fn a_start_that_the_compiler_contradicts_is_refused() {
    let manifest = r#"{"scripts": {"build": "rimraf build && tsc", "start": "node dist/main.js"}}"#;
    let settings = r#"{"compilerOptions": {"outDir": "build", "rootDir": "src"}}"#;
    let reason = refusal(&[("package.json", manifest), ("tsconfig.json", settings), ("src/main.ts", "")]);
    assert_eq!(
        reason,
        "package.json:1 starts `dist/main.js`, and `tsc` makes `build/main.js` of `src/main.ts`"
    );
}

#[test]
fn a_server_around_a_framework_is_shipped_with_all_that_is_built() {
    let manifest =
        r#"{"scripts": {"build": "next build", "start": "node server.js"}, "dependencies": {"next": "16"}}"#;
    let text = dockerfile_of(&[("package.json", manifest), SERVER, ("lib/a.js", "")], &Options::default());
    assert!(text.contains("COPY --from=build /app/ /app/\n"), "{text}");
    let config = "const a = require('./lib/a'); const pwa = require('next-pwa'); module.exports = {}";
    let manifest = r#"{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "16"}, "devDependencies": {"next-pwa": "5"}}"#;
    let plan = plan(&[("package.json", manifest), ("next.config.js", config), ("lib/a.js", "")]);
    let text = files_of(&plan).0;
    assert!(
        text.contains("COPY --from=build /app/lib/ /app/lib/\n"),
        "the configuration is read at the start: {text}"
    );
    assert!(!text.contains("prune"), "and so is what it imports: {text}");
}

#[test]
fn nest_without_a_script_for_production_starts_what_its_build_makes() {
    let manifest = r#"{"scripts": {"start": "nest start", "build": "nest build"}, "devDependencies": {"@nestjs/cli": "11"}}"#;
    let settings = r#"{"compilerOptions": {"outDir": "./dist"}}"#;
    let files =
        [("package.json", manifest), ("tsconfig.json", settings), ("src/main.ts", "app.listen(3000)")];
    assert_eq!(plan(&files).service.start, ["/nodejs/bin/node", "dist/main.js"]);
}

#[test]
fn hosts_build_with_scripts_of_other_names() {
    for script in ["build:prod", "gcp-build", "heroku-postbuild"] {
        let manifest = format!(r#"{{"scripts": {{"start": "node dist/a.js", "{script}": "tsc"}}}}"#);
        let plan = plan(&[("package.json", &manifest), ("src/a.ts", "app.listen(3000)")]);
        assert!(files_of(&plan).0.contains(&format!("npm run {script}")), "{script}");
    }
}

#[test]
fn a_manager_that_may_not_install_is_refused() {
    let manifest = "{\"scripts\": {\"start\": \"node a.js\",\n\"preinstall\": \"npx only-allow pnpm\"}}";
    let stop = refusal(&[
        ("package.json", manifest),
        ("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {\"\": {}}}"),
        ("a.js", "app.listen(3000)"),
    ]);
    assert!(stop.starts_with("package.json:2 lets pnpm alone install the package"), "{stop}");
}

#[test]
fn a_service_with_a_lock_file_of_its_own_keeps_to_it() {
    let manifest =
        r#"{"name": "NAME", "scripts": {"start": "node a.js"}, "dependencies": {"express": "^5.0.0"}}"#;
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"name": "NAME", "dependencies": {"express": "^5.0.0"}},
        "node_modules/express": {"version": "5.0.0"}}}"#;
    let of = |name: &str| (manifest.replace("NAME", name), lock.replace("NAME", name));
    let ((front, front_lock), (back, back_lock)) = (of("frontend"), of("backend"));
    let files = [
        ("package.json", r#"{"private": true}"#),
        ("frontend/package.json", front.as_str()),
        ("frontend/package-lock.json", front_lock.as_str()),
        ("frontend/a.js", "app.listen(3000)"),
        ("backend/package.json", back.as_str()),
        ("backend/package-lock.json", back_lock.as_str()),
        ("backend/a.js", "app.listen(3000)"),
    ];
    let plan = decide(&files, &service("backend")).unwrap();
    assert!(files_of(&plan).0.contains("npm ci"), "{}", files_of(&plan).0);
    assert!(!plan.service.warnings.iter().any(|warning| warning.contains("does not fit")));
}

#[test]
fn a_source_in_typescript_is_no_file_that_node_finds_by_another_name() {
    let server = ("server.ts", "import http from 'node:http'; http.createServer().listen(3000)");
    assert_eq!(
        plan(&[server]).service.start,
        ["/nodejs/bin/node", "server.ts"],
        "Node.js takes the types out"
    );
    let manifest = r#"{"scripts": {"start": "node server.js"}}"#;
    let reason = refusal(&[("package.json", manifest), server]);
    assert_eq!(
        reason,
        "package.json:1 starts `server.js`, and only `server.ts` is there, which nothing compiles"
    );
    let built = r#"{"scripts": {"build": "tsc", "start": "node server.js"}}"#;
    assert_eq!(plan(&[("package.json", built), server]).service.start, ["/nodejs/bin/node", "server.js"]);
}

#[test]
fn a_root_that_starts_a_file_of_a_member_is_refused() {
    let root = r#"{"workspaces": ["packages/*"], "scripts": {"start": "node packages/a/index.js"}}"#;
    let member = r#"{"name": "a", "dependencies": {"hono": "4"}}"#;
    let files = [
        ("package.json", root),
        ("packages/a/package.json", member),
        ("packages/a/index.js", "x.listen(3000)"),
    ];
    assert_eq!(
        refusal(&files),
        "package.json:1 starts `packages/a/index.js`, which belongs to the package in `packages/a`"
    );
}
