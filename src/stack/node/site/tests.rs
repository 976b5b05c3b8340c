use super::*;
use crate::catalog;
use crate::repo::Memory;
use crate::stack::javascript::package;
use crate::verdict::{Stop, StopKind};

type Files<'f> = &'f [(&'f str, &'f str)];

/// What is found of the first package of these files.
fn found(files: Files) -> Result<Found, Stop> {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    let repo = Repo::in_memory(memory);
    let knowledge = catalog::node().unwrap();
    let candidate = package::all(&repo, &knowledge).unwrap().remove(0);
    match find(&repo, &candidate, &knowledge, &catalog::sites().unwrap()) {
        Ok(found) => Ok(found),
        Err(Halt::Stop(stop)) => Err(*stop),
        Err(Halt::Failed(error)) => panic!("{error}"),
    }
}

/// A package.json with one dependency and one script.
fn package(dependency: &str, script: &str) -> String {
    format!("{{\"scripts\": {{\"build\": \"{script}\"}}, \"devDependencies\": {{\"{dependency}\": \"1\"}}}}")
}

fn with(dependency: &str, script: &str, files: Files) -> Result<Found, Stop> {
    let package = package(dependency, script);
    found(&[&[("package.json", package.as_str())], files].concat())
}

fn site(dependency: &str, script: &str, files: Files) -> Site {
    match with(dependency, script, files) {
        Ok(Found::Site(site)) => *site,
        other => panic!("{dependency} {script}: {other:?}"),
    }
}

/// Its folder, and the page for every path, or none.
fn made(dependency: &str, script: &str, files: Files) -> (String, Option<String>) {
    let site = site(dependency, script, files);
    (site.output, site.single_page.then_some(site.page))
}

fn single(folder: &str) -> (String, Option<String>) {
    (folder.to_owned(), Some("index.html".to_owned()))
}

fn many(folder: &str) -> (String, Option<String>) {
    (folder.to_owned(), None)
}

const INDEX: (&str, &str) = ("index.html", "<html>");

#[test]
fn tools_leave_one_page_or_many() {
    assert_eq!(made("vite", "tsc -b && vite build", &[INDEX]), single("dist"));
    assert_eq!(made("vite", "vite build --outDir out", &[INDEX]), single("out"));
    assert_eq!(made("vite", "tailwindcss -o public/a.css && vite build", &[INDEX]), single("dist"));
    assert_eq!(made("react-scripts", "react-scripts build", &[]), single("build"));
    assert_eq!(made("react-scripts", "BUILD_PATH=./www react-scripts build", &[]), single("www"));
    assert_eq!(made("@vue/cli-service", "vue-cli-service build", &[]), single("dist"));
    assert_eq!(made("quasar", "quasar build", &[]), single("dist/spa"));
    assert_eq!(made("quasar", "quasar build -m pwa", &[]), single("dist/pwa"));
    assert_eq!(made("parcel", "parcel build src/index.html", &[]), single("dist"));
    assert_eq!(made("@rsbuild/core", "rsbuild build", &[]), single("dist"));
    assert_eq!(made("html-webpack-plugin", "webpack --mode production", &[]), single("dist"));
    assert_eq!(made("ember-cli", "ember build --environment=production", &[]), single("dist"));
    assert_eq!(made("expo", "expo export -p web", &[]), single("dist"));
    assert_eq!(made("astro", "astro check && astro build", &[]), many("dist"));
    assert_eq!(made("gatsby", "gatsby build", &[]), many("public"));
    assert_eq!(made("@docusaurus/core", "docusaurus build", &[]), many("build"));
    assert_eq!(made("@11ty/eleventy", "npx @11ty/eleventy", &[]), many("_site"));
    assert_eq!(made("vitepress", "vitepress build docs", &[]), many("docs/.vitepress/dist"));
    assert_eq!(made("nuxt", "nuxt generate", &[]), many(".output/public"));
    assert_eq!(made("next", "next build && next export", &[]), many("out"));
}

#[test]
fn configurations_decide_what_is_left() {
    let config = ("next.config.mjs", "export default { output: 'export', basePath: '/docs' }");
    let next = site("next", "next build", &[config]);
    assert_eq!((next.output.as_str(), next.base.as_str(), next.is_settled), ("out", "/docs/", true));
    assert_eq!(next.evidence[2].place(), "next.config.mjs:1");
    let nuxt = ("nuxt.config.ts", "export default defineNuxtConfig({ ssr: false })");
    assert_eq!(made("nuxt", "nuxi generate", &[nuxt]).1.as_deref(), Some("200.html"));
    let app = ("app.json", "{\"expo\": {\"web\": {\"output\": \"static\"}}}");
    assert_eq!(site("expo", "expo export --platform web", &[app]).page, "+not-found.html");
    let router = ("react-router.config.ts", "export default { ssr: false } satisfies Config");
    assert_eq!(made("@react-router/dev", "react-router build", &[router]), single("build/client"));
    let prerendered = ("react-router.config.ts", "export default { ssr: false, prerender: true }");
    assert_eq!(site("@react-router/dev", "react-router build", &[prerendered]).page, "__spa-fallback.html");
    let pages = ("vue.config.js", "module.exports = { pages: { a: 'src/a.js', b: 'src/b.js' } }");
    assert_eq!(made("@vue/cli-service", "vue-cli-service build", &[pages]), many("dist"));
    let inputs =
        "export default { build: { rollupOptions: { input: { a: 'index.html', b: 'b/index.html' } } } }";
    assert_eq!(made("vite", "vite build", &[INDEX, ("vite.config.js", inputs)]), many("dist"));
    let folder = "export default { build: { outDir: process.env.OUT || './web' } }";
    assert_eq!(made("vite", "vite build", &[INDEX, ("vite.config.js", folder)]), single("web"));
}

#[test]
fn a_vite_project_without_a_page_is_no_site() {
    let nothing =
        |files: Files| assert_eq!(with("vite", "vite build", files).unwrap(), Found::Nothing, "{files:?}");
    nothing(&[]);
    nothing(&[INDEX, ("vite.config.ts", "export default { build: { lib: { entry: 'a.ts' } } }")]);
    nothing(&[
        INDEX,
        ("vite.config.ts", "export default { build: { rollupOptions: { input: { a: 'src/a.js' } } } }"),
    ]);
    let rooted = ("vite.config.ts", "export default { root: 'src' }");
    assert_eq!(made("vite", "vite build", &[rooted, ("src/index.html", "")]), single("src/dist"));
    let files: Files = &[INDEX];
    assert_eq!(with("vite", "vite build && vite build --ssr src/server.ts", files).unwrap(), Found::Nothing);
    assert_eq!(with("@vue/cli-service", "vue-cli-service build --target lib", &[]).unwrap(), Found::Nothing);
    assert_eq!(with("webpack", "webpack", &[]).unwrap(), Found::Nothing);
}

#[test]
fn servers_are_no_sites() {
    for (package, script) in [
        ("next", "next build"),
        ("nuxt", "nuxt build"),
        ("@react-router/dev", "react-router build"),
        ("electron", "vite build"),
    ] {
        assert_eq!(with(package, script, &[INDEX]).unwrap(), Found::Nothing, "{script}");
    }
    let both =
        r#"{"scripts": {"build": "nuxt build", "generate": "nuxt generate"}, "dependencies": {"nuxt": "4"}}"#;
    assert_eq!(found(&[("package.json", both)]).unwrap(), Found::Nothing);
    let asked = (
        "next.config.js",
        "const output = process.env.EXPORT ? 'export' : undefined\nmodule.exports = { output }",
    );
    assert_eq!(with("next", "next build", &[asked]).unwrap(), Found::Nothing);
}

#[test]
fn adapters_decide() {
    let kit = |adapter: &str, options: &str| {
        let config = format!(
            "import adapter from '{adapter}';\nexport default {{ kit: {{ adapter: adapter({options}) }} }}"
        );
        let text = r#"{"scripts": {"build": "vite build"}, "devDependencies": {"@sveltejs/kit": "2", "vite": "7", "@sveltejs/adapter-static": "3"}}"#;
        found(&[("package.json", text), ("svelte.config.js", &config)])
    };
    let server = |found| match found {
        Ok(Found::Server(server)) => (server.file, server.evidence.place()),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        server(kit("@sveltejs/adapter-node", "")),
        ("build/index.js".into(), "svelte.config.js:1".into())
    );
    assert_eq!(server(kit("@sveltejs/adapter-node", "{ out: 'srv' }")).0, "srv/index.js");
    let stop = kit("@sveltejs/adapter-auto", "").unwrap_err();
    assert!(
        stop.reason.contains("adapter-auto") && stop.help[0].contains("npm install @sveltejs/adapter-node")
    );
    let Found::Site(files) = kit("@sveltejs/adapter-static", "").unwrap() else { panic!() };
    assert_eq!((files.output.as_str(), files.single_page, files.is_settled), ("build", false, true));
    let Found::Site(page) =
        kit("@sveltejs/adapter-static", "{ pages: 'out', fallback: '200.html' }").unwrap()
    else {
        panic!()
    };
    assert_eq!((page.output.as_str(), page.page.as_str(), page.single_page), ("out", "200.html", true));

    let astro = |config: &str| with("astro", "astro build", &[("astro.config.mjs", config)]);
    let node = "import node from '@astrojs/node'; export default defineConfig({ outDir: './x', adapter: node({ mode: 'standalone' }) })";
    assert_eq!(server(astro(node)).0, "x/server/entry.mjs");
    let handlers =
        "import node from '@astrojs/node'; export default { adapter: node({ mode: 'middleware' }) }";
    assert_eq!(astro(handlers).unwrap(), Found::Nothing);
    let vercel = "import vercel from '@astrojs/vercel/serverless'; export default { output: 'server', adapter: vercel() }";
    assert!(astro(vercel).unwrap_err().help[0].contains("@astrojs/node"));
    assert!(
        astro("export default { output: 'server' }").unwrap_err().reason.starts_with("astro.config.mjs:1")
    );
    assert!(matches!(astro("export default { output: 'static' }"), Ok(Found::Site(_))));
}

/// angular.json with the options of one build.
fn angular(builder: &str, options: &str) -> Result<Found, Stop> {
    let json = format!(
        r#"{{"projects": {{"shop": {{"projectType": "application", "architect": {{"build": {{"builder": "{builder}",
            "options": {options}, "configurations": {{"production": {{"outputHashing": "all"}}}}}}}}}},
            "kit": {{"projectType": "library", "architect": {{"build": {{"builder": "@angular/build:ng-packagr"}}}}}}}}}}"#
    );
    with("@angular/cli", "ng build", &[("angular.json", &json)])
}

#[test]
fn applications_of_angular() {
    let site = |builder: &str, options: &str| match angular(builder, options) {
        Ok(Found::Site(site)) => *site,
        other => panic!("{other:?}"),
    };
    let plain = site("@angular/build:application", "{}");
    assert_eq!(
        (plain.output.as_str(), plain.page.as_str(), plain.single_page),
        ("dist/shop/browser", "index.html", true)
    );
    assert_eq!(plain.hashed.len(), 2);
    let old = site(
        "@angular-devkit/build-angular:browser",
        r#"{"outputPath": "dist/x", "baseHref": "/x/", "outputHashing": "none"}"#,
    );
    assert_eq!((old.output.as_str(), old.base.as_str()), ("dist/x", "/x/"));
    let object = site("@angular/build:application", r#"{"outputPath": {"base": "www", "browser": ""}}"#);
    assert_eq!(object.output, "www");
    let rendered = site(
        "@angular/build:application",
        r#"{"outputMode": "static", "server": "src/main.server.ts", "ssr": {"entry": "src/server.ts"}}"#,
    );
    assert_eq!(rendered.page, "index.csr.html");
    let server = angular(
        "@angular/build:application",
        r#"{"outputMode": "server", "ssr": {"entry": "src/server.ts"}}"#,
    );
    assert!(
        matches!(server, Ok(Found::Server(server)) if server.file == "dist/shop/server/server.mjs" && server.port == 4000)
    );
}

#[test]
fn one_of_several_applications_is_named() {
    let project = r#"{"architect": {"build": {"builder": "@angular/build:application"}}}"#;
    let json = format!("{{\"projects\": {{\"a\": {project}, \"b\": {project}}}}}");
    let files: Files = &[("angular.json", &json)];
    assert_eq!(made("@angular/cli", "ng build b", files), single("dist/b/browser"));
    assert_eq!(site("@angular/cli", "ng build a --base-href /a/", files).base, "/a/");
    let stop = with("@angular/cli", "ng build", files).unwrap_err();
    assert!(matches!(stop.kind, StopKind::Choose(_)) && stop.reason.contains("a, b"), "{}", stop.reason);
    let nx = r#"{"name": "web", "targets": {"build": {"executor": "@nx/angular:webpack-browser", "options": {"outputPath": "dist/apps/web"}}}}"#;
    let files: Files =
        &[("apps/web/project.json", nx), ("apps/web-e2e/project.json", "{\"targets\": {\"e2e\": {}}}")];
    assert_eq!(made("nx", "npx nx run web:build --configuration=production", files), single("dist/apps/web"));
    let vite = r#"{"name": "web", "targets": {"build": {"executor": "@nx/vite:build"}}}"#;
    assert_eq!(made("nx", "nx build web", &[("apps/web/project.json", vite)]), single("dist/apps/web"));
}

#[test]
fn hosts_say_what_they_serve() {
    let vite = |file: &str, text: &str| site("vite", "vite build", &[INDEX, (file, text)]).single_page;
    assert!(!vite("Staticfile", "index_fallback: false"));
    let astro = |file: &str, text: &str| site("astro", "astro build", &[(file, text)]).single_page;
    for (file, text) in [
        ("netlify.toml", "[[redirects]]\nfrom = \"/*\"\nto = \"/index.html\"\nstatus = 200"),
        ("public/_redirects", "# all\n/*  /index.html  200"),
        ("vercel.json", r#"{"rewrites": [{"source": "/(.*)", "destination": "/"}]}"#),
        ("firebase.json", r#"{"hosting": {"rewrites": [{"source": "**", "destination": "/index.html"}]}}"#),
        ("static.json", r#"{"routes": {"/**": "index.html"}}"#),
        ("staticwebapp.config.json", r#"{"navigationFallback": {"rewrite": "/index.html"}}"#),
        ("docker/nginx.conf", "location / {\n  try_files $uri $uri/ /index.html;\n}"),
        ("public/.htaccess", "RewriteRule ^ index.html"),
    ] {
        assert!(astro(file, text), "{file}");
    }
    for (file, text) in [
        ("netlify.toml", "[[redirects]]\nfrom = \"/*\"\nto = \"https://x\"\nstatus = 301"),
        ("public/_redirects", "/api/* https://x 200"),
        ("nginx.conf", "try_files $uri =404;"),
        ("vercel.json", "not json"),
        ("netlify.toml", "not = = toml"),
    ] {
        assert!(!astro(file, text), "{file}");
    }
}

#[test]
fn a_host_names_the_output_that_a_tool_does_not() {
    let unread = ("vite.config.ts", "export default { build: { outDir: settings.out } }");
    let stop = with("vite", "vite build", &[INDEX, unread]).unwrap_err();
    assert!(stop.reason.starts_with("vite.config.ts:1"), "{}", stop.reason);
    let netlify = ("netlify.toml", "[build]\npublish = \"site\"");
    assert_eq!(made("vite", "vite build", &[INDEX, unread, netlify]), single("site"));
    assert_eq!(made("handlebars", "node generate.js", &[netlify]), many("site"));
    assert_eq!(with("handlebars", "node generate.js", &[]).unwrap(), Found::Nothing);
    assert_eq!(
        with("x", "node a.js", &[("netlify.toml", "[build]\npublish = \"../x\"")]).unwrap(),
        Found::Nothing
    );
}

#[test]
fn sites_below_a_path() {
    let home = |home: &str| {
        let text =
            format!("{{\"homepage\": \"{home}\", \"scripts\": {{\"build\": \"react-scripts build\"}}}}");
        match found(&[("package.json", &text)]) {
            Ok(Found::Site(site)) => site.base,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(home("https://someone.example/app"), "/app/");
    assert_eq!(home("https://someone.example"), "/");
    assert_eq!(home("."), "/");
    let base = |base: &str| {
        site(
            "vite",
            "vite build",
            &[INDEX, ("vite.config.ts", &format!("export default {{ base: {base} }}"))],
        )
    };
    assert_eq!(base("'/app/'").base, "/app/");
    assert_eq!(base("'./'").base, "/");
    let unread = base("`/${name}/`");
    assert_eq!((unread.base.as_str(), unread.warnings.len()), ("/", 1));
    assert_eq!(site("vite", "vite build --base=/x/", &[INDEX]).base, "/x/");
    let prefix = ("gatsby-config.js", "module.exports = { pathPrefix: '/p' }");
    assert_eq!(site("gatsby", "gatsby build", &[prefix]).base, "/");
    assert_eq!(site("gatsby", "gatsby build --prefix-paths", &[prefix]).base, "/p/");
}

#[test]
fn odd_names_are_refused() {
    assert!(with("vite", "vite build --outDir 'a$b'", &[INDEX]).is_err());
    let config = ("vite.config.ts", "export default { base: '/a\"b/' }");
    assert!(with("vite", "vite build", &[INDEX, config]).is_err());
}

#[test]
fn folders_of_hashed_names() {
    assert_eq!(site("vite", "vite build", &[INDEX]).hashed, ["/assets/"]);
    let mixed = site("vite", "vite build", &[INDEX, ("public/assets/logo.png", "")]);
    assert!(mixed.hashed.is_empty(), "files of the repository are in it, too");
    assert!(site("vite", "vite build", &[INDEX, ("public/.well-known/security.txt", "")]).has_well_known);
}

#[test]
fn packages_of_folders_keep_their_paths() {
    let files: Files =
        &[("web/package.json", &package("vite", "vite build --outDir ../dist")), ("web/index.html", "")];
    let Ok(Found::Site(site)) = found(files) else { panic!() };
    assert_eq!(site.output, "dist");
    assert_eq!(site.evidence[0].place(), "web/package.json:1");
}

#[test]
fn how_a_site_is_served() {
    let sites = catalog::sites().unwrap();
    let config = ("vite.config.ts", "export default { base: '/app/' }");
    let below = serve(&site("vite", "vite build", &[INDEX, config]), 8080, &sites.server);
    let env = |serving: &Serving, name: &str| {
        serving.env.iter().find(|env| env.name == name).map(|env| env.value.clone())
    };
    assert_eq!(below.files, "/public/app/");
    assert_eq!(env(&below, "SERVER_FALLBACK_PAGE").unwrap(), "/public/app/index.html");
    assert_eq!(env(&below, "SERVER_REDIRECT_TRAILING_SLASH").unwrap(), "false");
    assert_eq!(env(&below, "SERVER_PORT").unwrap(), "8080");
    let text = below.config.join("\n");
    assert!(
        text.contains("source = \"/app/assets/*.*/*.*\"") && text.contains("destination = \"/app/\""),
        "{text}"
    );
    assert!(toml::from_str::<toml::Value>(&text).is_ok());

    let plain = serve(&site("@11ty/eleventy", "eleventy", &[]), 8080, &sites.server);
    assert_eq!(env(&plain, "SERVER_ERROR_PAGE_404").unwrap(), "/public/404.html");
    assert_eq!(env(&plain, "SERVER_IGNORE_HIDDEN_FILES").unwrap(), "true");
    assert!(
        env(&plain, "SERVER_FALLBACK_PAGE").is_none()
            && env(&plain, "SERVER_REDIRECT_TRAILING_SLASH").is_none()
    );
    assert_eq!(plain.config.len(), 3);
}
