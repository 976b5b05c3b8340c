//! What builds leave where configuration says so, and where programs write.

use distrogen::plan::Plan;

use crate::planning::{files_of, plan, refusal};

fn manifest(dependency: &str, scripts: &str) -> String {
    format!(r#"{{"scripts": {{{scripts}}}, "dependencies": {{"{dependency}": "*"}}}}"#)
}

fn refused(dependency: &str, scripts: &str, files: &[(&str, &str)]) -> String {
    let manifest = manifest(dependency, scripts);
    refusal(&[&[("package.json", manifest.as_str())], files].concat())
}

fn planned(dependency: &str, scripts: &str, files: &[(&str, &str)]) -> Plan {
    let manifest = manifest(dependency, scripts);
    plan(&[&[("package.json", manifest.as_str())], files].concat())
}

#[test]
fn the_start_follows_the_configuration() {
    let nuxt = r#""build": "nuxt build""#;
    let moved =
        planned("nuxt", nuxt, &[("nuxt.config.ts", "export default { nitro: { output: { dir: 'made' } } }")]);
    assert_eq!(moved.runtime.cmd, ["made/server/index.mjs"]);
    let files =
        planned("nuxt", nuxt, &[("nuxt.config.ts", "export default { nitro: { preset: 'static' } }")]);
    let text = files_of(&files).0;
    assert!(text.contains("COPY --from=build /app/.output/public/ /public/\n"), "{text}");
    let adonis = r#""build": "node ace build", "start": "node bin/server.js""#;
    let adonis = planned("@adonisjs/core", adonis, &[("bin/server.ts", "x.listen(process.env.PORT)")]);
    assert_eq!(adonis.runtime.cmd, ["build/bin/server.js"]);
}

#[test]
fn a_build_that_leaves_no_program_is_refused_with_its_line() {
    let nuxt = r#""build": "nuxt build""#;
    let config = ("nuxt.config.ts", "export default {\n nitro: { preset: 'vercel' } }");
    assert!(refused("nuxt", nuxt, &[config]).starts_with("nuxt.config.ts:2: the preset `vercel`"));
    let start = r#""build": "vite build", "start": "node .output/server/index.mjs""#;
    let reason = refused("@tanstack/react-start", start, &[("vite.config.ts", "export default {}")]);
    assert!(reason.contains("`@tanstack/react-start` leaves a handler for requests"), "{reason}");
    let astro = (
        "astro.config.mjs",
        "import node from '@astrojs/node'\nexport default { adapter: node({ mode: 'middleware' }) }",
    );
    let reason = refused("@astrojs/node", r#""build": "astro build""#, &[astro]);
    assert!(reason.starts_with("astro.config.mjs:2: the build leaves handlers"), "{reason}");
    let page = ("index.html", "<html>");
    let reason = refused("vite", r#""build": "vite build && vite build --ssr src/a.js""#, &[page]);
    assert!(reason.starts_with("package.json:1 builds what a server renders pages with"), "{reason}");
}

#[test]
fn a_site_that_is_built_elsewhere_is_refused() {
    let page = ("index.html", "<html>");
    for folder in ["../dist", ".", "/srv/www"] {
        let config = format!("export default {{\n build: {{ outDir: '{folder}' }} }}");
        let reason = refused("vite", r#""build": "vite build""#, &[page, ("vite.config.ts", &config)]);
        assert!(reason.starts_with("vite.config.ts:2 names the folder of the build"), "{folder}: {reason}");
        let script = format!(r#""build": "vite build --outDir {folder}""#);
        let reason = refused("vite", &script, &[page]);
        assert!(reason.contains(&format!("builds into `{folder}`")), "{reason}");
    }
}

#[test]
fn what_a_site_imports_is_not_hidden_from_its_build() {
    let files = [
        ("index.html", "<html>"),
        ("src/main.ts", "import { h } from './__tests__/h'"),
        ("src/__tests__/h.ts", ""),
        ("src/__tests__/other.ts", ""),
    ];
    let site = planned("vite", r#""build": "vite build""#, &files);
    let ignore = files_of(&site).1;
    assert!(ignore.contains("!src/__tests__/h.ts") && !ignore.contains("other.ts"), "{ignore}");
}

#[test]
fn folders_that_a_program_writes_to_belong_to_its_user() {
    let text =
        "require('fs').mkdirSync('logs')\nmulter({ dest: 'uploads/' })\nx.listen(3000)\nnew Database('a.db')";
    let scripts = r#""start": "node server.js""#;
    let program = planned("express", scripts, &[("server.js", text), ("uploads/.gitkeep", "")]);
    assert_eq!(program.runtime.volumes, ["/app/logs", "/app/uploads"]);
    let (text, warnings) = (files_of(&program).0, program.service.warnings.join("\n"));
    assert!(text.contains("COPY --from=build --chown=65532:65532 /app/logs/ /app/logs/\n"), "{text}");
    assert!(text.contains("mkdir -p /app/logs /app/uploads"), "{text}");
    assert!(warnings.contains("server.js:1 writes below `logs`: `/app/logs` is a volume"), "{warnings}");
    assert!(warnings.contains("server.js:4 writes `a.db` into its working directory"), "{warnings}");
    let full = planned(
        "express",
        scripts,
        &[("server.js", "fs.mkdirSync('data'); x.listen(1)"), ("data/a.json", "")],
    );
    assert!(full.runtime.volumes.is_empty());
    assert!(full.service.warnings.iter().any(|warning| warning.contains("mount a volume that user 65532")));
}

#[test]
fn packages_of_plug_n_play_are_installed_into_folders() {
    let berry = "__metadata:\n  version: 8\n\n\"express@npm:*\":\n  version: 5.0.0\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    express: \"npm:*\"\n";
    let server = ("server.js", "x.listen(3000)");
    let files = [("yarn.lock", berry), (".yarnrc.yml", "nodeLinker: pnp\n"), server];
    let pnp = planned("express", r#""start": "node server.js""#, &files);
    assert!(files_of(&pnp).0.contains("ARG YARN_NODE_LINKER=node-modules\n"));
    assert!(pnp.service.warnings.iter().any(|warning| warning.contains("Plug'n'Play")));
}
