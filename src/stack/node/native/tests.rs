use super::*;
use crate::catalog;
use crate::manifest::package::Package;

fn package(text: &str) -> Package {
    Package::parse("package.json", text.to_owned()).unwrap()
}

fn asked(members: &[(&str, &str)], lock: Option<(&str, &str)>, words: &str) -> Native {
    let packages: Vec<(&str, Package)> =
        members.iter().map(|(folder, text)| (*folder, package(text))).collect();
    let members: Vec<Member> = packages.iter().map(|(folder, package)| (*folder, package)).collect();
    let lock = lock.map(|(file, text)| LockFile::parse(file, text).unwrap());
    let known = catalog::node_natives().unwrap();
    let mut started = Started::default();
    let source = crate::source::Source::new("a.js", words, crate::source::lexer::Syntax::JavaScript);
    started.read(&source, &known);
    let folder = members[0].0;
    let (lock, started) = (lock.as_ref(), &started);
    find(&Question { folder, members: &members, lock, development: true, started, known: &known })
}

fn unlocked(dependencies: &str) -> Native {
    asked(&[("", &format!("{{\"dependencies\": {{{dependencies}}}}}"))], None, "")
}

/// A lock file of npm with one production dependency, and what that has.
fn npm(name: &str, version: &str, more: &str) -> Native {
    let text = format!(
        "{{\"lockfileVersion\": 3, \"packages\": {{\"\": {{\"dependencies\": {{\"{name}\": \"*\"}}}},
          \"node_modules/{name}\": {{\"version\": \"{version}\" {more}}}}}}}"
    );
    let package = format!("{{\n\"dependencies\": {{\n\"{name}\": \"*\"}}}}");
    asked(&[("", &package)], Some(("package-lock.json", &text)), "")
}

fn full(native: &Native) -> Option<&str> {
    native.full.as_ref().map(|(name, _)| name.as_str())
}

#[test]
fn versions_tell_what_compiles() {
    assert_eq!(full(&unlocked("\"bcrypt\": \"^5.1.0\"")), Some("bcrypt"));
    assert_eq!(full(&unlocked("\"bcrypt\": \"^6.0.0\"")), None);
    assert_eq!(full(&unlocked("\"bcrypt\": \"*\"")), None);
    assert_eq!(full(&npm("bcrypt", "5.1.1", ", \"hasInstallScript\": true")), Some("bcrypt"));
    assert_eq!(full(&npm("bcrypt", "6.0.0", ", \"hasInstallScript\": true")), None);
    assert_eq!(full(&npm("sharp", "0.33.0", ", \"hasInstallScript\": true")), None);
    assert_eq!(full(&npm("other", "1.0.0", ", \"hasInstallScript\": true")), Some("other"));
    assert_eq!(full(&npm("other", "1.0.0", ", \"hasInstallScript\": true, \"optional\": true")), None);
    assert_eq!(full(&npm("other", "1.0.0", ", \"resolved\": \"git+ssh://git@h/o.git#1\"")), Some("other"));
    assert_eq!(full(&unlocked("\"other\": \"github:a/b\"")), Some("other"));
    assert_eq!(full(&unlocked("\"other\": \"a/b#main\"")), Some("other"));
    assert_eq!(full(&unlocked("\"other\": \"file:./a\", \"more\": \"npm:@a/b@1\"")), None);
    assert_eq!(full(&unlocked("\"other\": \"git+https://h/b.git\"")), Some("other"));
    assert_eq!(npm("sqlite3", "5.1.0", "").full.unwrap().1, "package.json:3");
}

#[test]
fn a_dependency_on_what_compiles_tells_it_where_scripts_are_not_locked() {
    let lock = "# yarn lockfile v1\n\nx@1:\n  version \"1.0.0\"\n  dependencies:\n    nan \"2\"\n\nnan@2:\n  version \"2.0.0\"\n\nsharp@1:\n  version \"1.0.0\"\n  dependencies:\n    nan \"2\"\n";
    let of = |name: &str| {
        asked(&[("", &format!("{{\"dependencies\": {{\"{name}\": \"1\"}}}}"))], Some(("yarn.lock", lock)), "")
    };
    assert_eq!(full(&of("x")), Some("x"));
    let harmless = lock.replace("x@1:", "sharp@2:");
    let native = asked(&[("", "{\"dependencies\": {\"sharp\": \"1\"}}")], Some(("yarn.lock", &harmless)), "");
    assert_eq!(full(&native), None);
}

#[test]
fn what_runs_a_browser_is_refused_with_what_it_needs() {
    let native = npm("puppeteer", "24.0.0", ", \"hasInstallScript\": true");
    let need = native.slim.unwrap();
    assert_eq!((need.package.as_str(), need.place.as_str()), ("puppeteer", "package.json:3"));
    assert_eq!(need.env, [("PUPPETEER_EXECUTABLE_PATH".to_owned(), "/usr/bin/chromium".to_owned())]);
    let stop = need.refusal();
    assert_eq!(stop.reason, "package.json:3 depends on `puppeteer`, which needs a Chromium browser");
    assert_eq!(
        stop.help,
        [
            "no distroless image holds that; `--runtime slim` takes an image of Debian and adds `chromium`, `fonts-liberation`, `fonts-noto-color-emoji`"
        ]
    );
    assert_eq!(native.build_env, [("PUPPETEER_SKIP_DOWNLOAD".to_owned(), "1".to_owned())]);
    assert!(native.full.is_none() && native.warnings[0].contains("--no-sandbox"));
    let remote = "puppeteer.connect({ browserWSEndpoint: process.env.BROWSER })";
    assert_eq!(asked(&[("", "{\"dependencies\": {\"puppeteer\": \"*\"}}")], None, remote).slim, None);
}

#[test]
fn what_only_development_or_another_package_has_forces_nothing() {
    let text = r#"{"lockfileVersion": 3, "packages": {"": {"devDependencies": {"playwright": "1"}, "dependencies": {"next": "1"}},
        "node_modules/next": {"version": "1.0.0", "peerDependencies": {"playwright": "1"}, "peerDependenciesMeta": {"playwright": {"optional": true}}},
        "node_modules/playwright": {"version": "1.0.0", "devOptional": true}}}"#;
    let own = r#"{"devDependencies": {"playwright": "1"}, "dependencies": {"next": "1"}}"#;
    let native = asked(&[("", own)], Some(("package-lock.json", text)), "");
    assert_eq!((native.slim, native.warnings.len()), (None, 0));
    assert_eq!(native.build_env[0].0, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD");
    let other = r#"{"name": "other", "dependencies": {"gm": "1"}}"#;
    let both = r#"{"lockfileVersion": 3, "packages": {"a": {}, "b": {"dependencies": {"gm": "1"}},
        "node_modules/gm": {"version": "1.0.0"}}}"#;
    let lock = Some(("package-lock.json", both));
    assert_eq!(asked(&[("a", "{}"), ("b", other)], lock, "").slim, None);
    assert!(asked(&[("b", other), ("a", "{}")], lock, "").slim.is_some());
}

#[test]
fn what_a_dependency_brings_names_that_dependency() {
    let text = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"top": "1"}},
        "node_modules/top": {"version": "1.0.0", "dependencies": {"PACKAGE": "1"}}, "node_modules/PACKAGE": {"version": "1.0.0"}}}"#;
    let of = |name: &str| {
        let text = text.replace("PACKAGE", name);
        asked(&[("", r#"{"dependencies": {"top": "1"}}"#)], Some(("package-lock.json", &text)), "")
    };
    let need = of("gm").slim.unwrap();
    assert_eq!(
        need.text,
        "package.json:1 depends on `top`, which brings `gm`, which needs the GraphicsMagick program"
    );
    // Often a part of something that works without.
    let native = of("simple-git");
    assert_eq!((native.slim, native.warnings.len()), (None, 1));
}

#[test]
fn needs_add_up_and_the_impossible_wins() {
    let need = unlocked("\"puppeteer\": \"*\", \"fluent-ffmpeg\": \"*\"").slim.unwrap();
    assert_eq!(need.apt.unwrap(), ["chromium", "ffmpeg", "fonts-liberation", "fonts-noto-color-emoji"]);
    let need = unlocked("\"puppeteer\": \"*\", \"wkhtmltopdf\": \"*\"").slim.unwrap();
    assert_eq!((need.package.as_str(), need.apt.is_none()), ("wkhtmltopdf", true));
    assert_eq!(unlocked("\"fluent-ffmpeg\": \"*\", \"ffmpeg-static\": \"*\"").slim, None);
    assert_eq!(unlocked("\"sharp\": \"*\", \"tesseract.js\": \"*\", \"pg\": \"*\"").slim, None);
    assert!(unlocked("\"node-sass\": \"^9\"").uninstallable.is_some());
    let native = unlocked("\"canvas\": \"^2.11.0\"");
    assert!(native.build_apt.contains(&"libpango1.0-dev".to_owned()));
    assert!(native.slim.is_none() && native.libraries.unwrap().text.contains("which needs cairo"));
    assert_eq!(unlocked("\"canvas\": \"^3.0.0\"").libraries, None);
}

#[test]
fn prisma_asks_openssl_before_version_7() {
    assert_eq!(unlocked("\"@prisma/client\": \"^6.0.0\"").build_apt, ["openssl"]);
    assert_eq!(unlocked("\"@prisma/client\": \"^7.0.0\"").build_apt, [""; 0]);
    let native = unlocked("\"@prisma/client\": \"^6.0.0\", \"sqlite3\": \"*\"");
    assert_eq!((full(&native), native.build_apt.len()), (Some("sqlite3"), 0));
}
