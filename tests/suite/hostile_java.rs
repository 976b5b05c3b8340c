//! Build files of the JVM that are broken or mean harm: every text stays a text, every fault has a
//! message and an exit code, and nothing takes long.

use std::time::{Duration, Instant};

use distrogen::options::Options;
use distrogen::render::render;
use distrogen::repo::{Memory, Repo};
use distrogen::select::verdict;
use distrogen::verdict::Verdict;

use crate::hostile::{TEXTS, keywords, quoted};
use crate::java::{BOOTED, MAIN, SOURCE, boot, maven, wrapper};
use crate::project::Project;

type Owned = Vec<(String, String)>;

/// Writes a file with a text at one place of it.
type Text<'a> = &'a dyn Fn(&str) -> String;

fn owned(files: &[(&str, &str)]) -> Owned {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The Dockerfile, where there is one.
fn written(files: &Owned) -> Option<String> {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    match verdict(&Repo::in_memory(memory), &Options::default()) {
        Ok(Verdict::Generate(plan)) => Some(render(&plan).ok()?.swap_remove(0).text),
        Ok(Verdict::Stop { .. }) | Err(_) => None,
    }
}

/// A line without what stands in single quotes, which no shell reads.
fn unquoted(line: &str) -> String {
    line.replace("'\\''", "").split('\'').step_by(2).collect()
}

/// Puts every text into a place, where it may add no instruction, and stand nowhere but in quotes,
/// in a comment or in a list of words.
fn harmless(place: &str, files: impl Fn(&str) -> Owned) {
    let innocent: Vec<Vec<String>> = ["a", "A", "8080", "./a/b", "a.B", "${A}"]
        .into_iter()
        .filter_map(|text| Some(keywords(&written(&files(text))?)))
        .collect();
    assert!(!innocent.is_empty(), "{place}: {:?}", files("a"));
    for text in TEXTS.iter().chain(&[
        "a\u{85}RUN touch /evil",
        "$(touch /evil)/a.B",
        "-Dtouch=x",
        "\"; touch /evil; \"",
    ]) {
        let Some(dockerfile) = written(&files(text)) else { continue };
        assert!(innocent.contains(&keywords(&dockerfile)), "{place}: {text:?}:\n{dockerfile}");
        for line in dockerfile.lines().filter(|line| !line.starts_with('#')) {
            let is_list = ["CMD [", "ENTRYPOINT [", "VOLUME ["].iter().any(|start| line.starts_with(start));
            let plain = unquoted(line);
            let evil =
                ["evil", "{{", "`", "${HOME}", "<<", " -Dtouch"].iter().any(|sign| plain.contains(sign));
            assert!(is_list || !evil, "{place}: {text:?}: {line}");
        }
    }
}

/// A text as XML holds it: what ends a line by its number, which no reader trims.
fn xml(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    escaped.replace('\n', "&#10;").replace('\r', "&#13;")
}

#[test]
fn hostile_texts_of_a_pom() {
    let plugin = "<artifactId>spring-boot-maven-plugin</artifactId>";
    let shade = |class: &str| crate::java_maven::shade(class, "");
    let places: &[(&str, Text)] = &[
        ("artifactId", &|text| boot("4.1.1", "").replace(">shop<", &format!(">{text}<"))),
        ("version", &|text| boot("4.1.1", "").replace(">1.0<", &format!(">{text}<"))),
        ("version of the parent", &|text| boot(text, "")),
        ("finalName", &|text| {
            boot("4.1.1", "").replace("<build>", &format!("<build><finalName>{text}</finalName>"))
        }),
        ("directory", &|text| {
            boot("4.1.1", "").replace("<build>", &format!("<build><directory>{text}</directory>"))
        }),
        ("classifier", &|text| {
            let configured =
                format!("{plugin}<configuration><classifier>{text}</classifier></configuration>");
            boot("4.1.1", "").replace(plugin, &configured)
        }),
        ("java.version", &|text| {
            boot("4.1.1", &format!("<properties><java.version>{text}</java.version></properties>"))
        }),
        ("a property", &|text| {
            let named = boot("4.1.1", &format!("<properties><a>{text}</a></properties>"));
            named.replace("<build>", "<build><finalName>${a}</finalName>")
        }),
        ("mainClass", &|text| maven("", &shade(text))),
        ("exec.mainClass", &|text| {
            maven(&format!("<properties><exec.mainClass>{text}</exec.mainClass></properties>"), "")
        }),
        ("url of a repository", &|text| {
            let repository = format!(
                "<repositories><repository><id>x</id><url>https://{text}.example/x</url></repository></repositories>"
            );
            boot("4.1.1", &repository)
        }),
        ("id of a repository", &|text| {
            let repository = format!(
                "<repositories><repository><id>{text}</id><url>https://a.example/x</url></repository></repositories>"
            );
            boot("4.1.1", &repository)
        }),
        ("packaging", &|text| {
            boot("4.1.1", &format!("<packaging>{text}</packaging>"))
                .replace(">a<", ">jar<")
                .replace(">A<", ">jar<")
        }),
        ("groupId of a module", &|text| {
            maven("", &shade("a.B")).replace("<groupId>g<", &format!("<groupId>{text}<"))
        }),
    ];
    for (place, pom) in places {
        harmless(place, |text| owned(&[("pom.xml", &pom(&xml(text))), SOURCE]));
    }
}

#[test]
fn hostile_modules_of_maven() {
    let build = |folder: &str, name: &str, group: &str| {
        let parent = crate::java::root(&[&xml(folder), "lib"])
            .replace("<groupId>g<", &format!("<groupId>{}<", xml(group)));
        let inside = |text: String| text.replace("<groupId>g<", &format!("<groupId>{}<", xml(group)));
        let app = inside(crate::java::child("app", &[&xml(name)], ""));
        let lib = inside(crate::java::child(&xml(name), &[], ""));
        let (pom, source) = (format!("{folder}/pom.xml"), format!("{folder}/src/main/java/a/B.java"));
        owned(&[("pom.xml", &parent), (&pom, &app), (&source, MAIN), ("lib/pom.xml", &lib)])
    };
    harmless("folder of a module", |text| build(text, "core", "g"));
    harmless("name of a sibling", |text| build("app", text, "g"));
    harmless("group of a sibling", |text| build("app", "core", text));
}

#[test]
fn hostile_settings_of_maven() {
    harmless("a variable of the settings", |text| {
        let settings = format!(
            "<settings><servers><server><password>${{env.{}}}</password></server></servers></settings>",
            xml(text)
        );
        owned(&[
            ("pom.xml", &boot("4.1.1", "")),
            (".mvn/maven.config", "-s\n.mvn/own.xml\n"),
            (".mvn/own.xml", &settings),
        ])
    });
    harmless("the settings' own name", |text| {
        let config = format!("-s\n{text}\n");
        owned(&[("pom.xml", &boot("4.1.1", "")), (".mvn/maven.config", &config), (text, "<settings/>")])
    });
    harmless("the wrapper's address", |text| {
        let properties = format!("distributionUrl=https://{text}/apache-maven-3.9.9-bin.zip\n");
        owned(&[
            ("pom.xml", &boot("4.1.1", "")),
            ("mvnw", "#!/bin/sh\n"),
            (".mvn/wrapper/maven-wrapper.properties", &properties),
        ])
    });
}

#[test]
fn hostile_settings_of_an_application() {
    let places: &[(&str, Text)] = &[
        ("a port", &|text| format!("server:\n  port: {}\n", quoted(text))),
        ("a default of a port", &|text| {
            format!("server:\n  port: {}\n", quoted(&format!("${{PORT:{text}}}")))
        }),
        ("a variable of a port", &|text| {
            format!("server:\n  port: {}\n", quoted(&format!("${{{text}:8080}}")))
        }),
        ("a variable without a default", &|text| {
            format!("server:\n  port: {}\n", quoted(&format!("${{{text}}}")))
        }),
        ("an address", &|text| format!("server:\n  address: {}\n", quoted(text))),
        ("a database", &|text| {
            format!("spring:\n  datasource:\n    url: {}\n", quoted(&format!("jdbc:h2:file:{text}/db")))
        }),
        ("a profile", &|text| format!("spring:\n  profiles:\n    active: {}\n", quoted(text))),
        ("an import", &|text| {
            format!("spring:\n  config:\n    import: {}\n", quoted(&format!("file:{text}")))
        }),
        ("a key", &|text| format!("{}: 1\n", quoted(text))),
    ];
    for (place, settings) in places {
        harmless(place, |text| {
            owned(&[("pom.xml", &boot("4.1.1", "")), ("src/main/resources/application.yml", &settings(text))])
        });
        harmless(place, |text| {
            owned(&[
                ("build.gradle", BOOTED),
                SOURCE,
                ("src/main/resources/application.yml", &settings(text)),
            ])
        });
    }
}

/// A text as a script of Gradle holds it, which puts in no value of a name.
fn literal(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\r', "\\r");
    format!("'{text}'")
}

#[test]
fn hostile_texts_of_a_gradle_script() {
    const APPLICATION: &str = "plugins { id 'application' }\n";
    let jar = |name: &str, class: &str| {
        format!(
            "plugins {{ id 'java' }}\ntask({name}, type: Jar) {{ manifest {{ attributes 'Main-Class': {class} }} }}\n"
        )
    };
    let remote = |inside: &str| format!("{BOOTED}repositories {{ maven {{ {inside} }} }}\n");
    let places: &[(&str, Text)] = &[
        ("version", &|text| format!("{BOOTED}version = {text}\n")),
        ("group", &|text| format!("{BOOTED}group = {text}\n")),
        ("archiveFileName", &|text| format!("{BOOTED}bootJar {{ archiveFileName = {text} }}\n")),
        ("archiveClassifier", &|text| format!("{BOOTED}bootJar {{ archiveClassifier = {text} }}\n")),
        ("archiveBaseName", &|text| format!("{BOOTED}bootJar {{ archiveBaseName = {text} }}\n")),
        ("buildDir", &|text| format!("{BOOTED}buildDir = {text}\n")),
        ("mainClass", &|text| format!("{APPLICATION}application {{ mainClass = {text} }}\n")),
        ("mainClassName", &|text| format!("{APPLICATION}mainClassName = {text}\n")),
        ("Main-Class", &|text| jar("'fat'", text)),
        ("a task", &|text| jar(text, "'a.B'")),
        ("a task of another kind", &|text| {
            format!(
                "plugins {{ id 'java' }}\ntasks.register({text}, Jar) {{ manifest {{ attributes 'Main-Class': 'a.B' }} }}\n"
            )
        }),
        ("a toolchain", &|text| {
            format!("{BOOTED}java {{ toolchain {{ languageVersion = JavaLanguageVersion.of({text}) }} }}\n")
        }),
        ("sourceCompatibility", &|text| format!("{BOOTED}sourceCompatibility = {text}\n")),
        ("version of a plugin", &|text| {
            format!("plugins {{ id 'java'; id 'org.springframework.boot' version {text} }}\n")
        }),
        ("url of a repository", &|text| remote(&format!("url = {text}\n credentials(PasswordCredentials)"))),
        ("name of a repository", &|text| {
            remote(&format!("name = {text}\n url = 'https://x'\n credentials(PasswordCredentials)"))
        }),
        ("a variable", &|text| {
            remote(&format!("url = 'https://x'\n credentials {{ password = System.getenv({text}) }}"))
        }),
        ("a property", &|text| {
            remote(&format!("url = 'https://x'\n credentials {{ password = findProperty({text}) }}"))
        }),
        ("a command", &|text| format!("{BOOTED}task x(type: Exec) {{ commandLine {text} }}\n")),
        ("a dependency", &|text| format!("{BOOTED}dependencies {{ implementation {text} }}\n")),
    ];
    for (place, script) in places {
        harmless(place, |text| owned(&[("build.gradle", &script(&literal(text))), SOURCE]));
    }
    for (place, script) in places.iter().filter(|(place, _)| ["a task", "archiveFileName"].contains(place)) {
        harmless(place, |text| owned(&[("build.gradle", &script(&quoted(text))), SOURCE]));
    }
}

#[test]
fn hostile_projects_of_gradle() {
    const APPLICATION: &str = "plugins { id 'application' }\napplication { mainClass = 'a.B' }\n";
    harmless("name of the root", |text| {
        let settings = format!("rootProject.name = {}\n", literal(text));
        owned(&[("settings.gradle", &settings), ("build.gradle", APPLICATION), SOURCE])
    });
    harmless("a project", |text| {
        let settings = format!("include {}\n", literal(text));
        let folder = text.trim_matches([':', '/']).replace(':', "/");
        let (script, source) = (format!("{folder}/build.gradle"), format!("{folder}/src/main/java/a/B.java"));
        owned(&[("settings.gradle", &settings), (&script, APPLICATION), (&source, MAIN)])
    });
    harmless("a sibling", |text| {
        let settings = format!("include 'app', {}\n", literal(text));
        let app = format!(
            "{APPLICATION}dependencies {{ implementation project({}) }}\n",
            literal(&format!(":{text}"))
        );
        let script = format!("{text}/build.gradle");
        owned(&[
            ("settings.gradle", &settings),
            ("app/build.gradle", &app),
            ("app/src/main/java/a/B.java", MAIN),
            (&script, "plugins { id 'java-library' }\n"),
        ])
    });
    harmless("a property", |text| {
        let properties =
            format!("v={text}\nversion={text}\norg.gradle.java.home={text}\nquarkus.package.type={text}\n");
        let script = format!("{BOOTED}bootJar {{ archiveFileName = v }}\n");
        owned(&[("gradle.properties", &properties), ("build.gradle", &script), SOURCE])
    });
    harmless("the wrapper's address", |text| {
        let properties = wrapper("8.10").replace("services.gradle.org", text);
        let files = crate::java::wrapped("#!/bin/sh\n", &properties);
        owned(&[&[("build.gradle", BOOTED), SOURCE][..], &files].concat())
    });
    harmless("a catalog", |text| {
        let catalog = format!(
            "[versions]\nboot = {0}\n[plugins]\nboot = {{ id = \"org.springframework.boot\", version.ref = \"boot\" }}\n",
            quoted(text)
        );
        owned(&[
            ("gradle/libs.versions.toml", &catalog),
            ("build.gradle", "plugins { id 'java'; alias(libs.plugins.boot) }\n"),
            SOURCE,
        ])
    });
}

/// Runs the program on these files, which takes no time worth speaking of.
fn run(files: &[(&str, &[u8])]) -> (i32, String) {
    let project = files.iter().fold(Project::new(), |project, (path, text)| project.file(path, text));
    let start = Instant::now();
    let run = project.run(&["init", "--stdout"]);
    assert!(start.elapsed() < Duration::from_secs(20), "{}: {:?}", files[0].0, start.elapsed());
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    (run.code, run.stderr.lines().next().unwrap_or_default().to_owned())
}

fn broken_pom(text: &str) -> (i32, String) {
    run(&[("pom.xml", text.as_bytes()), (SOURCE.0, MAIN.as_bytes())])
}

fn failed(code: i32, message: &str) -> (i32, String) {
    (code, format!("error: {message}"))
}

#[test]
fn broken_poms() {
    const BOMB: &str = "<!DOCTYPE p [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;\">]>\n<project><artifactId>&b;</artifactId></project>";
    assert_eq!(broken_pom(BOMB), failed(5, "`pom.xml:1:1` cannot be parsed: XML with DTD detected"));
    const OUTSIDE: &str = "<!DOCTYPE project SYSTEM \"file:///etc/passwd\">\n<project/>";
    assert_eq!(broken_pom(OUTSIDE), failed(5, "`pom.xml:1:1` cannot be parsed: XML with DTD detected"));
    let nested = format!("<project>{}{}</project>", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000));
    assert_eq!(broken_pom(&nested), failed(5, "`pom.xml` is larger than any that a person wrote"));
    let deep = format!("<project>{}{}</project>", "<a>".repeat(20_000), "</a>".repeat(20_000));
    let (code, message) = broken_pom(&deep);
    assert!([4, 5].contains(&code) && message.starts_with("error: "), "{code} {message}");
    let parent = "<parent><groupId>com.acme</groupId><artifactId>corp</artifactId><version>1</version><relativePath>../corp/pom.xml</relativePath></parent>";
    assert_eq!(
        broken_pom(&maven(parent, "")),
        failed(
            4,
            "pom.xml:1 names the parent `com.acme:corp` at `../corp/pom.xml`, which is not in the repository"
        )
    );
    let own = "<parent><groupId>g</groupId><artifactId>app</artifactId><version>1</version><relativePath>pom.xml</relativePath></parent>";
    assert_eq!(
        broken_pom(&maven(own, "")),
        failed(4, "the parents of pom.xml form a cycle: pom.xml comes again")
    );
    assert_eq!(
        broken_pom(&maven("<packaging>pom</packaging><modules><module>gone</module></modules>", "")),
        failed(4, "pom.xml:1 names the module `gone`, which is not in the repository")
    );
}

#[test]
fn properties_that_lead_in_circles_or_grow() {
    let circle = "<properties><a>${b}</a><b>${a}</b><java.version>${a}</java.version></properties>";
    let named = boot("4.1.1", circle).replace("<build>", "<build><finalName>${a}</finalName>");
    assert_eq!(broken_pom(&named).0, 0, "the only jar is taken whatever it is called");
    let grown: String =
        (0..60).map(|n| format!("<p{n}>{}</p{n}>", format!("${{p{}}}", n + 1).repeat(40))).collect();
    let named = boot("4.1.1", &format!("<properties>{grown}</properties>"))
        .replace("<build>", "<build><finalName>${p0}</finalName>");
    assert!([0, 4].contains(&broken_pom(&named).0));
    let scripts = format!(
        "{BOOTED}def x = \"$y\"\ndef y = \"$x\"\nversion = x\nbootJar {{ archiveFileName = \"$x\" }}\n"
    );
    let files = [
        ("build.gradle", scripts.as_bytes()),
        (SOURCE.0, MAIN.as_bytes()),
        ("gradle.properties", b"a=${b}\nb=${a}\n"),
    ];
    assert!([0, 4].contains(&run(&files).0));
}

fn broken_script(text: &[u8]) -> (i32, String) {
    run(&[("build.gradle", text), (SOURCE.0, MAIN.as_bytes())])
}

#[test]
fn broken_scripts() {
    assert_eq!(
        broken_script(b"plugins { id 'java'\n"),
        failed(4, "build.gradle:1 cannot be read to its end: a `{` is not closed")
    );
    let (code, message) = broken_script(&b"\x00\x01\xff\xfe".repeat(1000));
    assert!(code == 4 && message.starts_with("error: build.gradle"), "{code} {message}");
    let huge: String = (0..300_000).map(|n| format!("def v{n} = \"a${{v{}}}\"\n", n + 1)).collect();
    assert_eq!(
        broken_script(huge.as_bytes()),
        failed(4, "build.gradle cannot be read to its end: it is too large")
    );
    // What is known before the fault is enough for a plan, and the fault is told.
    for tail in [
        "{".repeat(400_000),
        format!("x = {}", "(".repeat(400_000)),
        format!("x = {}", "\"${".repeat(200_000)),
    ] {
        let (code, message) = broken_script(format!("{BOOTED}{tail}").as_bytes());
        assert!(
            code == 0 && message.starts_with("warning: build.gradle:2 cannot be read to its end: "),
            "{code} {message}"
        );
    }
    let many: String = (0..40_000).map(|n| format!("include 'p{n}'\n")).collect();
    let files = [
        ("settings.gradle", many.as_bytes()),
        ("build.gradle", BOOTED.as_bytes()),
        (SOURCE.0, MAIN.as_bytes()),
    ];
    assert_eq!(run(&files).0, 0);
}

#[test]
fn broken_settings_of_an_application() {
    let pom = boot("4.1.1", "");
    let anchors: String =
        (1..12).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","))).collect();
    for (file, text) in [
        ("application.yml", format!("a0: &a0 [x]\n{anchors}")),
        ("application.yml", "[".repeat(200_000)),
        ("application.yml", format!("server:\n  port: {}\n", "${A:".repeat(100_000))),
        ("application.properties", format!("server.port={}\n", "${A:".repeat(100_000))),
        ("application.properties", "\\\n".repeat(200_000)),
    ] {
        let file = format!("src/main/resources/{file}");
        assert_eq!(run(&[("pom.xml", pom.as_bytes()), (&file, text.as_bytes())]).0, 0, "{file}");
    }
}
