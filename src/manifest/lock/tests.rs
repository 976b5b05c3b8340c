use super::*;

fn package(text: &str) -> Package {
    Package::parse("package.json", text.to_owned()).unwrap()
}

fn lock(file: &str, text: &str) -> LockFile {
    LockFile::parse(file, text).unwrap()
}

/// Names of the packages that production requires, and of those that it can do without.
fn production(lock: &LockFile, folder: &str, members: &[Member]) -> (Vec<String>, Vec<String>) {
    let named = |wanted: Reach| {
        let all = lock.production(folder, members).into_iter();
        let mut names: Vec<String> =
            all.filter(|(_, reach)| *reach == wanted).map(|(locked, _)| locked.name.clone()).collect();
        names.sort();
        names
    };
    (named(Reach::Required), named(Reach::Optional))
}

const ROOT: &str = r#"{"name": "app", "dependencies": {"a": "^1.0.0", "lib": "workspace:*"},
    "devDependencies": {"tool": "^3.0.0"}, "optionalDependencies": {"o": "^1.0.0"}}"#;

fn root() -> Package {
    package(&ROOT.replace(r#", "lib": "workspace:*""#, ""))
}

const NPM: &str = r#"{"lockfileVersion": 3, "packages": {
  "": {"name": "app", "dependencies": {"a": "^1.0.0"}, "devDependencies": {"tool": "^3.0.0"},
       "optionalDependencies": {"o": "^1.0.0"}},
  "node_modules/a": {"version": "1.2.0", "dependencies": {"b": "2"}, "bin": {"a": "cli.js"},
       "peerDependencies": {"tool": "*", "p": "*"}, "peerDependenciesMeta": {"tool": {"optional": true}}},
  "node_modules/a/node_modules/b": {"version": "2.0.0", "hasInstallScript": true},
  "node_modules/alias": {"name": "real", "version": "1.0.0", "dev": true},
  "node_modules/b": {"version": "1.0.0", "dev": true},
  "node_modules/o": {"version": "1.0.0", "optional": true, "os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]},
  "node_modules/p": {"version": "1.0.0", "resolved": "git+ssh://git@host/p.git#1234"},
  "node_modules/tool": {"version": "3.0.0", "dev": true, "bin": "bin.js", "dependencies": {"b": "1"}}}}"#;

#[test]
fn npm_says_scripts_programs_and_platforms() {
    let lock = lock("package-lock.json", NPM);
    assert_eq!((lock.format, lock.version.as_str()), (Format::Npm, "3"));
    let (folder, file, _) = lock.program("a").unwrap();
    assert_eq!((folder.as_str(), file), ("node_modules/a", "cli.js"));
    assert_eq!(lock.program("tool").unwrap().1, "bin.js");
    let b: Vec<_> = lock.named("b").map(|b| (b.version.as_str(), b.scripted, b.dev)).collect();
    assert_eq!(b, [("2.0.0", Some(true), Some(false)), ("1.0.0", Some(false), Some(true))]);
    assert!(lock.named("real").next().is_some() && lock.named("p").next().unwrap().from_git);
    let o = lock.named("o").next().unwrap();
    assert!(o.optional && o.platform.is_debian());
    let (required, optional) = production(&lock, "", &[("", &root())]);
    assert_eq!((required, optional), (vec!["a".to_owned(), "b".into(), "p".into()], vec!["o".to_owned()]));
}

/// The same lock file in a folder: what it says of its own folder it says of that one.
#[test]
fn a_lock_file_below_the_repository_is_seen_from_there() {
    let own = package(r#"{"name": "api", "dependencies": {"a": "^1.0.0", "lib": "workspace:*"}}"#);
    let lib = package(r#"{"name": "lib", "dependencies": {"b": "^2.0.0"}}"#);
    let other = package(r#"{"name": "api", "dependencies": {"c": "^2.0.0"}}"#);
    for (file, text) in BELOW {
        let lock = lock(file, text);
        let members = [("backend", &own), ("backend/lib", &lib)];
        assert_eq!(lock.misfit(&members), None, "{file}");
        let misfit = lock.misfit(&[("backend", &other)]).unwrap();
        assert_eq!((misfit.lock.as_str(), misfit.file.as_str()), (*file, "backend/package.json"));
        assert!(!misfit.why.contains("`backend`"), "{}", misfit.why);
        let names = production(&lock, "backend", &members);
        assert_eq!(names.0, ["a", "b"], "{file}: `lib` is the package in `backend/lib`");
        assert_eq!(lock.resolved("backend", "a", "^1.0.0").unwrap().version, "1.2.0", "{file}");
        let b = lock.named("b").next().unwrap();
        assert_eq!(lock.brought_by("backend", &members, b), Some(("backend/lib".to_owned(), "b".to_owned())));
        assert!(!lock.keeps_idle("backend", &members));
    }
}

const BELOW: &[(&str, &str)] = &[
    (
        "backend/package-lock.json",
        r#"{"lockfileVersion": 3, "packages": {
  "": {"name": "api", "dependencies": {"a": "^1.0.0", "lib": "workspace:*"}},
  "lib": {"name": "lib", "dependencies": {"b": "^2.0.0"}},
  "node_modules/a": {"version": "1.2.0"},
  "node_modules/lib": {"link": true, "resolved": "lib"},
  "node_modules/b": {"version": "2.0.0"}}}"#,
    ),
    (
        "backend/package-lock.json",
        r#"{"lockfileVersion": 1, "dependencies": {
  "a": {"version": "1.2.0"}, "b": {"version": "2.0.0"}, "lib": {"version": "file:lib"}}}"#,
    ),
    (
        "backend/pnpm-lock.yaml",
        "lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: ^1.0.0, version: 1.2.0}
      lib: {specifier: 'workspace:*', version: 'link:lib'}
  lib:
    dependencies:
      b: {specifier: ^2.0.0, version: 2.0.0}
packages:
  a@1.2.0: {resolution: {integrity: x}}
  b@2.0.0: {resolution: {integrity: x}}
snapshots:
  a@1.2.0: {}
  b@2.0.0: {}
",
    ),
    (
        "backend/yarn.lock",
        "a@^1.0.0:
  version \"1.2.0\"

b@^2.0.0:
  version \"2.0.0\"
",
    ),
    (
        "backend/yarn.lock",
        r#"__metadata:
  version: 8
"api@workspace:.":
  version: 0.0.0-use.local
  resolution: "api@workspace:."
  dependencies: {a: "npm:^1.0.0", lib: "workspace:*"}
"lib@workspace:*, lib@workspace:lib":
  version: 0.0.0-use.local
  resolution: "lib@workspace:lib"
  dependencies: {b: "npm:^2.0.0"}
"a@npm:^1.0.0":
  version: 1.2.0
  resolution: "a@npm:1.2.0"
"b@npm:^2.0.0":
  version: 2.0.0
  resolution: "b@npm:2.0.0"
"#,
    ),
    (
        "backend/bun.lock",
        r#"{"lockfileVersion": 1, "workspaces": {
  "": {"name": "api", "dependencies": {"a": "^1.0.0", "lib": "workspace:*"}},
  "lib": {"name": "lib", "dependencies": {"b": "^2.0.0"}}},
 "packages": {"a": ["a@1.2.0", "", {}, "x"], "b": ["b@2.0.0", "", {}, "x"], "lib": ["lib@workspace:lib"]}}"#,
    ),
];

#[test]
fn npm_of_the_first_version() {
    let text = r#"{"lockfileVersion": 1, "requires": true, "dependencies": {
        "a": {"version": "1.2.0", "requires": {"b": "2"}, "dependencies": {"b": {"version": "2.0.0"}}},
        "b": {"version": "1.0.0", "dev": true}, "g": {"version": "git+https://h/g.git#1"},
        "o": {"version": "1.0.0", "optional": true}, "tool": {"version": "3.0.0", "dev": true}}}"#;
    let lock = lock("npm-shrinkwrap.json", text);
    assert_eq!(lock.version, "1");
    assert_eq!(production(&lock, "", &[("", &root())]).0, ["a", "b"]);
    assert_eq!(lock.misfit(&[("", &root())]), None);
    let more = package(r#"{"dependencies": {"z": "1"}}"#);
    assert_eq!(lock.misfit(&[("", &more)]).unwrap().why, "it lacks `z`");
    assert!(lock.named("g").next().unwrap().from_git);
    assert_eq!(lock.named("b").map(|b| b.scripted).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn npm_workspaces_lead_to_their_folders() {
    let text = r#"{"lockfileVersion": 2, "packages": {
        "": {"workspaces": ["p/*"]}, "node_modules/lib": {"resolved": "p/lib", "link": true},
        "node_modules/x": {"version": "1.0.0"}, "node_modules/y": {"version": "1.0.0"},
        "p/app/node_modules/x": {"version": "2.0.0"},
        "p/app": {"dependencies": {"lib": "*", "x": "2"}}, "p/lib": {"dependencies": {"x": "1"}, "devDependencies": {"y": "1"}}}}"#;
    let lock = lock("package-lock.json", text);
    let all = lock.production("p/app", &[]);
    let versions: Vec<_> = all
        .iter()
        .filter(|(_, reach)| *reach == Reach::Required)
        .map(|(locked, _)| (locked.name.as_str(), locked.version.as_str()))
        .collect();
    assert_eq!(versions, [("x", "1.0.0"), ("x", "2.0.0")]);
    assert_eq!(lock.resolved("p/app", "x", "2").unwrap().version, "2.0.0");
}

const PNPM9: &str = "---
lockfileVersion: '9.0'

importers:

  .:
    configDependencies: {}
    packageManagerDependencies:
      pnpm:
        specifier: 12.0.0
        version: 12.0.0

packages:

  pnpm@12.0.0:
    resolution: {integrity: sha512-x}

snapshots:

  pnpm@12.0.0: {}

---
lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

overrides:
  b@1>forced: 2.0.0

importers:

  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.2.0(p@1.0.0)
      lib:
        specifier: workspace:*
        version: link:packages/lib
    devDependencies:
      node:
        specifier: runtime:^24
        version: runtime:24.0.0
      tool:
        specifier: ^3.0.0
        version: 3.0.0
    optionalDependencies:
      o:
        specifier: ^1.0.0
        version: real@1.0.0

  packages/lib:
    dependencies:
      b:
        specifier: '2'
        version: 2.0.0

packages:

  a@1.2.0:
    resolution: {integrity: sha512-x}
    engines: {node: '>=10'}
    peerDependencies:
      p: '*'
      tool: '*'
    peerDependenciesMeta:
      tool:
        optional: true

  '@s/b@2.0.0':
    resolution: {integrity: sha512-x}

  b@2.0.0:
    resolution: {integrity: sha512-x}
    os: [linux]
    libc: [musl]

  g@https://codeload.example/g/tar.gz/1:
    resolution: {tarball: https://codeload.example/g/tar.gz/1}
    version: 4.5.6

  p@1.0.0:
    resolution: {commit: abc, repo: https://h/p.git, type: git}

  real@1.0.0:
    resolution: {integrity: sha512-x}

  tool@3.0.0:
    resolution: {integrity: sha512-x}
    hasBin: true

snapshots:

  a@1.2.0(p@1.0.0):
    dependencies:
      '@s/b': 2.0.0
      g: https://codeload.example/g/tar.gz/1
      p: 1.0.0
    optionalDependencies:
      tool: 3.0.0

  '@s/b@2.0.0': {}

  b@2.0.0: {}

  g@https://codeload.example/g/tar.gz/1: {}

  p@1.0.0: {}

  real@1.0.0:
    optional: true

  tool@3.0.0: {}
";

#[test]
fn pnpm_of_today_is_the_last_document() {
    let lock = lock("pnpm-lock.yaml", PNPM9);
    assert_eq!((lock.version.as_str(), lock.importers.len()), ("9.0", 2));
    assert!(lock.named("pnpm").next().is_none());
    let root = package(ROOT);
    let (required, optional) = production(&lock, "", &[("", &root)]);
    assert_eq!(required, ["@s/b", "a", "b", "g", "p"]);
    assert_eq!(optional, ["real"]);
    assert_eq!(lock.named("g").next().unwrap().version, "4.5.6");
    assert!(lock.named("p").next().unwrap().from_git);
    assert!(!lock.named("b").next().unwrap().platform.is_debian());
    let lib = package(r#"{"name": "lib", "dependencies": {"b": "2"}}"#);
    assert_eq!(lock.misfit(&[("", &root), ("packages/lib", &lib)]), None);
    assert_eq!(production(&lock, "packages/lib", &[]).0, ["b"]);
}

#[test]
fn pnpm_says_what_does_not_fit() {
    let lock = lock("pnpm-lock.yaml", PNPM9);
    let why =
        |folder: &str, text: &str| lock.misfit(&[(folder, &package(text))]).map(|misfit| misfit.to_string());
    let lib = |why: &str| Some(format!("pnpm-lock.yaml does not fit packages/lib/package.json ({why})"));
    assert_eq!(why("packages/lib", r#"{"dependencies": {"b": "^2"}}"#), lib("`b` is `2` there, not `^2`"));
    assert_eq!(why("packages/lib", r#"{"dependencies": {"b": "2", "c": "1"}}"#), lib("it lacks `c`"));
    assert_eq!(why("packages/lib", r#"{"dependencies": {"b": "2", "forced": "1"}}"#), None);
    assert_eq!(why("packages/lib", "{}"), lib("`b` is left over in it"));
    assert!(
        why("packages/new", r#"{"dependencies": {"b": "2"}}"#).unwrap().contains("it lacks `packages/new`")
    );
}

#[test]
fn pnpm_of_earlier_versions() {
    let six = "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1.0.0\n    version: 1.2.0(p@1.0.0)\n\
        devDependencies:\n  tool:\n    specifier: ^3.0.0\n    version: 3.0.0\n\
        optionalDependencies:\n  o:\n    specifier: ^1.0.0\n    version: /real@1.0.0\npackages:\n\
        \x20 /a@1.2.0(p@1.0.0):\n    resolution: {integrity: x}\n    dependencies:\n      '@s/b': 2.0.0\n    dev: false\n\
        \x20 /@s/b@2.0.0:\n    resolution: {integrity: x}\n    requiresBuild: true\n    dev: false\n\
        \x20 /real@1.0.0:\n    optional: true\n    dev: false\n  /tool@3.0.0:\n    dev: true\n";
    let five = "lockfileVersion: 5.4\nspecifiers:\n  a: ^1.0.0\n  o: ^1.0.0\n  tool: ^3.0.0\n\
        dependencies:\n  a: 1.2.0_p@1.0.0\ndevDependencies:\n  tool: 3.0.0\noptionalDependencies:\n  o: /real/1.0.0\npackages:\n\
        \x20 /a/1.2.0_p@1.0.0:\n    dependencies:\n      '@s/b': 2.0.0\n    dev: false\n\
        \x20 /@s/b/2.0.0:\n    requiresBuild: true\n    dev: false\n\
        \x20 /real/1.0.0:\n    optional: true\n    dev: false\n  /tool/3.0.0:\n    dev: true\n";
    for (version, text) in [("6.0", six), ("5.4", five)] {
        let lock = lock("pnpm-lock.yaml", text);
        assert_eq!(lock.version, version);
        let (required, optional) = production(&lock, "", &[("", &root())]);
        assert_eq!((required, optional), (vec!["@s/b".to_owned(), "a".into()], vec!["real".to_owned()]));
        let b = lock.named("@s/b").next().unwrap();
        assert_eq!((b.version.as_str(), b.scripted, b.dev), ("2.0.0", Some(true), Some(false)));
        assert_eq!(lock.named("a").next().unwrap().version, "1.2.0");
        assert_eq!(lock.misfit(&[("", &root())]), None);
    }
}

const YARN: &str = "# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.
# yarn lockfile v1


\"@s/b@^2.0.0\", \"@s/b@^2.1.0\":
  version \"2.1.0\"
  resolved \"https://registry.yarnpkg.com/@s/b/-/b-2.1.0.tgz#abc\"

a@^1.0.0:
  version \"1.2.0\"
  resolved \"https://registry.yarnpkg.com/a/-/a-1.2.0.tgz#abc\"
  integrity sha512-x
  dependencies:
    \"@s/b\" \"^2.0.0\"
  optionalDependencies:
    o \"npm:real@^1.0.0\"

\"o@npm:real@^1.0.0\", o@^1.0.0:
  version \"1.0.0\"
  resolved \"https://registry.yarnpkg.com/real/-/real-1.0.0.tgz#abc\"

\"g@git+https://h/g.git\":
  version \"1.0.0\"
  resolved \"git+https://h/g.git#abc\"

tool@^3.0.0:
  version \"3.0.0\"
";

#[test]
fn yarn_of_the_first_version() {
    let lock = lock("yarn.lock", YARN);
    assert_eq!(lock.format, Format::Yarn);
    let (required, optional) = production(&lock, "", &[("", &root())]);
    assert_eq!((required, optional), (vec!["@s/b".to_owned(), "a".into()], vec!["real".to_owned()]));
    assert!(lock.named("g").next().unwrap().from_git);
    assert_eq!(lock.misfit(&[("", &root())]), None);
    let other = package(r#"{"dependencies": {"a": "^2.0.0"}}"#);
    assert_eq!(lock.misfit(&[("", &other)]).unwrap().why, "it lacks `a@^2.0.0`");
    let lib = package(r#"{"name": "lib", "dependencies": {"tool": "^3.0.0"}}"#);
    let root = package(r#"{"dependencies": {"lib": "*"}}"#);
    assert_eq!(lock.misfit(&[("", &root), ("lib", &lib)]), None);
    assert_eq!(production(&lock, "", &[("", &root), ("lib", &lib)]).0, ["tool"]);
}

const BERRY: &str = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\
        \"a@npm:^1.0.0\":\n  version: 1.2.0\n  resolution: \"a@npm:1.2.0\"\n  dependencies:\n    \"@s/b\": \"npm:^2.0.0\"\n\
        \x20   o: \"npm:^1.0.0\"\n  dependenciesMeta:\n    o:\n      optional: true\n  bin:\n    a: ./cli.js\n  checksum: 10c0/x\n  languageName: node\n  linkType: hard\n\n\
        \"@s/b@npm:^2.0.0, @s/b@npm:^2.1.0\":\n  version: 2.1.0\n  resolution: \"@s/b@npm:2.1.0\"\n  conditions: (os=darwin | os=linux) & cpu=x64 & libc=glibc\n\n\
        \"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"npm:^1.0.0\"\n    lib: \"workspace:*\"\n    o: \"npm:^1.0.0\"\n    tool: \"npm:^3.0.0\"\n  languageName: unknown\n  linkType: soft\n\n\
        \"lib@workspace:*, lib@workspace:packages/lib\":\n  version: 0.0.0-use.local\n  resolution: \"lib@workspace:packages/lib\"\n  linkType: soft\n\n\
        \"o@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"o@npm:1.0.0\"\n\n\
        \"tool@npm:^3.0.0\":\n  version: 3.0.0\n  resolution: \"tool@npm:3.0.0\"\n";

#[test]
fn yarn_of_today() {
    let lock = lock("yarn.lock", BERRY);
    assert_eq!((lock.format, lock.version.as_str()), (Format::Berry, "8"));
    let root = package(ROOT);
    let (required, optional) = production(&lock, "", &[("", &root)]);
    assert_eq!((required, optional), (vec!["@s/b".to_owned(), "a".into()], vec!["o".to_owned()]));
    let (folder, file, _) = lock.program("a").unwrap();
    assert_eq!((folder.as_str(), file), ("node_modules/a", "./cli.js"));
    assert!(lock.named("@s/b").next().unwrap().platform.is_debian());
    assert_eq!(lock.misfit(&[("", &root)]), None);
    let other = package(r#"{"dependencies": {"a": "^2.0.0"}}"#);
    assert_eq!(lock.misfit(&[("", &other)]).unwrap().why, "`a` is `npm:^1.0.0` there, not `^2.0.0`");
}

const BUN: &str = r#"{
  "lockfileVersion": 1,
  "workspaces": {
    "": {"name": "app", "dependencies": {"a": "^1.0.0", "lib": "workspace:*"}, "devDependencies": {"tool": "^3.0.0"}, "optionalDependencies": {"o": "^1.0.0"},},
    "packages/lib": {"name": "lib", "dependencies": {"b": "1"},},
  },
  "trustedDependencies": ["a"],
  "packages": {
    "a": ["a@1.2.0", "", {"dependencies": {"@s/b": "2"}, "peerDependencies": {"tool": "*"}, "optionalPeers": ["tool"], "bin": {"a": "cli.js"}}, "sha512-x"],
    "@s/b": ["@s/b@2.0.0", "", {"dependencies": {"b": "3"}}, "sha512-x"],
    "@s/b/b": ["b@3.0.0", "", {"os": "linux", "cpu": ["x64", "arm64"]}, "sha512-x"],
    "b": ["b@1.0.0", "", {}, "sha512-x"],
    "g": ["g@git+ssh://git@h/g.git#1", {}, "g-1"],
    "lib": ["lib@workspace:packages/lib"],
    "o": ["real@1.0.0", "", {}, "sha512-x"],
    "tool": ["tool@3.0.0", "", {}, "sha512-x"],
  }
}"#;

#[test]
fn bun() {
    let lock = lock("bun.lock", BUN);
    let root = package(ROOT);
    let (required, optional) = production(&lock, "", &[("", &root)]);
    assert_eq!(required, ["@s/b", "a", "b", "b"]);
    assert_eq!(optional, ["real"]);
    assert_eq!(lock.program("a").unwrap().0, "node_modules/a");
    assert!(lock.named("g").next().unwrap().from_git && lock.trusted.contains("a"));
    assert_eq!(lock.misfit(&[("", &root)]), None);
    let other = package(r#"{"dependencies": {"a": "^1.0.0"}}"#);
    assert_eq!(lock.misfit(&[("", &other)]).unwrap().why, "`lib` is left over in it");
}

#[test]
fn npm_fits_where_what_is_locked_is_in_the_range() {
    let lock = lock("package-lock.json", NPM);
    let why = |text: &str| lock.misfit(&[("", &package(text))]).map(|misfit| misfit.why);
    assert_eq!(why(r#"{"dependencies": {"a": "1.x"}}"#), None);
    assert_eq!(why(r#"{"dependencies": {"a": "^2"}}"#), Some("`a` is `^1.0.0` there, not `^2`".to_owned()));
    assert_eq!(why(r#"{"dependencies": {"new": "^2"}}"#), Some("it lacks `new`".to_owned()));
    assert_eq!(why(r#"{"dependencies": {"a": "^2"}, "overrides": {"a": "1"}}"#), None);
}

#[test]
fn a_damaged_lock_file_is_named_with_the_place() {
    let cases = [
        ("package-lock.json", "{\n \"packages\": [1]\n}", "`package-lock.json:2:"),
        ("package-lock.json", "", "`package-lock.json:1:"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages: 3\n", "`pnpm-lock.yaml:2:"),
        ("pnpm-lock.yaml", "---\na: 1\n---\nlockfileVersion: '9.0'\n<<<<<<< HEAD\n", "`pnpm-lock.yaml:5:"),
        ("pnpm-lock.yaml", "importers: {}\n", "`pnpm-lock.yaml:1:1`"),
        ("yarn.lock", "a@1:\n  version \"1\"\n<<<<<<< HEAD\n", "`yarn.lock:3:1`"),
        ("yarn.lock", "  version \"1\"\n", "`yarn.lock:1:1`"),
        ("yarn.lock", "__metadata:\n  version: 8\n\"a@npm:1\": [\n", "`yarn.lock:"),
        ("bun.lock", "{\"lockfileVersion\": 1,\n\"packages\": {\"a\": 1}}", "`bun.lock:2:"),
        ("bun.lockb", "", "`bun.lockb` is no lock file"),
    ];
    for (file, text, start) in cases {
        let message = LockFile::parse(file, text).unwrap_err().to_string();
        assert!(message.starts_with(start), "{file}: {message}");
    }
}

const EVERY: &[(&str, &str)] = &[
    ("package-lock.json", NPM),
    ("pnpm-lock.yaml", PNPM9),
    ("yarn.lock", YARN),
    ("bun.lock", BUN),
    ("yarn.lock", BERRY),
];

fn use_all(file: &str, text: &str) {
    let Ok(lock) = LockFile::parse(file, text) else { return };
    let root = root();
    lock.misfit(&[("", &root)]);
    lock.production("", &[("", &root)]);
    lock.production("packages/lib", &[]);
    lock.program("a");
}

#[test]
fn what_is_cut_off_anywhere_harms_nothing() {
    for (file, text) in EVERY {
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            use_all(file, &text[..at]);
            use_all(file, &text[at..]);
        }
    }
}

#[test]
fn what_nests_deeply_harms_nothing() {
    const DEEP: usize = 20_000;
    for text in
        ["[", "{\"a\":", "{\"dependencies\":{\"a\":", "- ", "a: {", "a@", "/", "(", "\"", "/*", "\n---"]
    {
        for (file, _) in EVERY {
            use_all(file, &text.repeat(DEEP));
        }
    }
    let slashes = "/".repeat(1 << 20);
    use_all(
        "package-lock.json",
        &format!("{{\"packages\": {{\"node_modules/{slashes}\": {{\"dependencies\": {{\"a\": \"1\"}}}}}}}}"),
    );
    use_all(
        "bun.lock",
        &format!(
            "{{\"lockfileVersion\": 1, \"packages\": {{\"{slashes}\": [\"a@1\", \"\", {{\"dependencies\": {{\"a\": \"1\"}}}}]}}}}"
        ),
    );
}

proptest::proptest! {
    #[test]
    fn what_is_changed_anywhere_harms_nothing(
        which in 0..EVERY.len(), at in 0.0..1.0_f64, length in 0..40_usize, put in "[\\PC\n\t]{0,12}"
    ) {
        let (file, text) = EVERY[which];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the length")]
        let mut at = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(at) { at -= 1; }
        let mut end = (at + length).min(text.len());
        while !text.is_char_boundary(end) { end -= 1; }
        use_all(file, &format!("{}{put}{}", &text[..at], &text[end..]));
    }

    #[test]
    fn garbage_harms_nothing(text in "\\PC*") {
        for (file, _) in EVERY {
            use_all(file, &text);
        }
    }
}

#[test]
fn a_lock_file_that_was_made_without_peers_is_known() {
    let conflict = |asked: &str, more: &str| {
        let text = format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{"dependencies": {{{asked}, "react": "17"}}}},
            "node_modules/a": {{"version": "1.0.0", "peerDependencies": {{"react": "^16"}}}},
            "node_modules/c": {{"version": "1.0.0", "dependencies": {{"a": "1"}}}},
            "node_modules/react": {{"version": "17.0.2"}}{more}}}}}"#
        );
        LockFile::parse("package-lock.json", &text).unwrap().peer_conflict
    };
    let found = Some(("a".to_owned(), "react".to_owned()));
    assert_eq!(conflict(r#""c": "1""#, ""), found);
    // What nobody asks for but as a peer is there only if peers were resolved: npm overrides those
    // of what others bring, and fails at those of what package.json names.
    let peer_only = r#", "node_modules/b": {"version": "1.0.0"}"#;
    assert_eq!(conflict(r#""c": "1""#, peer_only), None);
    assert_eq!(conflict(r#""a": "1", "c": "1""#, peer_only), found);
}
