//! What Gradle makes, and what its build needs. No Gradle was run for these: scripts are read.

use distrogen::options::Options;

use crate::java::{BOOTED, Files, MAIN, Made, SOURCE, choices, made, of, stop, wrapped, wrapper};
use crate::planning::{files_of, plan, refusal};

const NAMED: (&str, &str) = ("settings.gradle", "rootProject.name = 'shop'\n");

/// What one script with a class makes.
fn script(text: &str) -> Made {
    of(&[("build.gradle", text), NAMED, SOURCE])
}

/// The only jar of a folder, whatever its version.
const ONLY: &str = "install -pD \"$(find build/libs -maxdepth 1 -name '*.jar' ! -name '*-plain.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar')\" /out/app.jar";

#[test]
fn spring_boot_makes_a_jar_or_a_war() {
    let jar = script(BOOTED);
    assert_eq!(jar.commands[..2], ["gradle --no-daemon :bootJar", ONLY]);
    assert!(
        jar.commands[2].starts_with("java -Djarmode=tools -jar /out/app.jar extract --layers"),
        "{jar:?}"
    );
    assert_eq!((jar.copies.len(), jar.start.as_str()), (4, "/usr/bin/java -jar app.jar"));
    let named = script(&format!("{BOOTED}bootJar {{ archiveFileName = 'a.jar' }}\n"));
    assert_eq!(named.commands[1], "install -pD build/libs/a.jar /out/app.jar");
    let whole = script(&format!("{BOOTED}bootJar {{ layered {{ enabled = false }} }}\n"));
    assert_eq!(whole.copies, ["/out/app.jar /app/app.jar"]);
    let war = script(&format!("{BOOTED}apply plugin: 'war'\n"));
    assert_eq!(war.commands[0], "gradle --no-daemon :bootWar");
    assert_eq!(war.start, "/usr/bin/java org.springframework.boot.loader.launch.WarLauncher");
    assert!(refusal(&[("build.gradle", "plugins { id 'war' }"), SOURCE]).contains("a web archive"));
}

#[test]
fn frameworks_and_plain_programs() {
    const APPLICATION: &str = "application { mainClass = 'a.B' }\n";
    let shadow =
        format!("plugins {{ id 'application'; id 'com.gradleup.shadow' version '8.3.0' }}\n{APPLICATION}");
    for (text, task, started) in [
        ("plugins { id 'java'; id 'io.quarkus' version '3.20.0' }", ":quarkusBuild", "-jar quarkus-run.jar"),
        (&shadow, ":shadowJar", "-jar app.jar"),
        (
            &format!("plugins {{ id 'application' }}\n{APPLICATION}"),
            ":installDist",
            "-cp /app/*:/app/lib/* a.B",
        ),
        (
            &format!("plugins {{ id 'io.micronaut.application' version '4.5.0' }}\n{APPLICATION}"),
            ":installDist",
            "-cp /app/*:/app/lib/* a.B",
        ),
        (
            "plugins { id 'java' }\njar { manifest { attributes 'Main-Class': 'a.B' } }",
            ":jar",
            "-jar app.jar",
        ),
    ] {
        let made = script(text);
        assert_eq!(made.commands[0], format!("gradle --no-daemon {task}"), "{text}");
        assert_eq!(made.start, format!("/usr/bin/java {started}"), "{text}");
    }
    let settings = ("src/main/resources/application.properties", "quarkus.package.jar.type=uber-jar\n");
    let whole =
        of(&[("build.gradle", "plugins { id 'java'; id 'io.quarkus' version '3.20.0' }"), SOURCE, settings]);
    assert_eq!(whole.commands[1], "install -pD build/*-runner.jar /out/app.jar");
}

#[test]
fn what_is_installed_is_split_from_its_libraries() {
    let app = "plugins { id 'application' }\napplication { mainClass = 'a.B' }\ndependencies { implementation project(':core') }\n";
    let files = [
        ("settings.gradle", "rootProject.name = 'x'\ninclude 'app', 'core'\n"),
        ("app/build.gradle", app),
        ("app/src/main/java/a/B.java", MAIN),
        ("core/build.gradle", "plugins { id 'java-library' }\n"),
        ("core/src/main/java/L.java", "class L {}"),
    ];
    let split = of(&files);
    assert_eq!(
        split.commands,
        [
            "gradle --no-daemon :app:installDist",
            "mkdir -p /out/lib /out/app",
            "cp -p app/build/install/*/lib/*.jar /out/lib/",
            "find /out/lib -name 'core*.jar' -exec mv -t /out/app {} +",
            "find /out/lib -name 'app*.jar' -exec mv -t /out/app {} +",
        ]
    );
    assert_eq!(split.copies, ["/out/lib/ /app/lib/", "/out/app/ /app/"]);
}

#[test]
fn a_root_without_a_name_is_called_after_the_folder_that_it_is_built_in() {
    let made = of(&[("build.gradle", "plugins { id 'application' }\nmainClassName = 'a.B'\n"), SOURCE]);
    assert_eq!(made.commands[3..], ["find /out/lib -name 'src*.jar' -exec mv -t /out/app {} +"]);
}

#[test]
fn two_jars_that_start_other_classes_are_two_programs() {
    let task = |name: &str, class: &str| {
        format!("task {name}(type: Jar) {{ manifest {{ attributes 'Main-Class': '{class}' }} }}\n")
    };
    let two = |class: &str| format!("plugins {{ id 'java' }}\n{}{}", task("x", "a.B"), task("y", class));
    assert_eq!(
        refusal(&[("build.gradle", &two("a.C")), SOURCE]),
        "build.gradle:2 and build.gradle:3 make two jars, each of which starts another class"
    );
    assert_eq!(script(&two("a.B")).commands[0], "gradle --no-daemon :y");
    let classes = [
        ("build.gradle", "plugins { id 'application' }\n"),
        SOURCE,
        ("src/main/java/a/C.java", "package a; class C { public static void main(String[] args) {} }"),
    ];
    assert_eq!(choices(&stop(&classes, &Options::default())), ["--main-class 'a.B'", "--main-class 'a.C'"]);
}

/// The build with a wrapper of this version.
fn with_wrapper(version: &str, text: &str, more: Files) -> Vec<(String, String)> {
    let properties = wrapper(version);
    let files = [&[("build.gradle", text), SOURCE][..], &wrapped("#!/bin/sh\n", &properties), &more].concat();
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn lent(files: &[(String, String)]) -> Files<'_> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

fn toolchain(release: u64) -> String {
    format!("{BOOTED}java {{ toolchain {{ languageVersion = JavaLanguageVersion.of({release}) }} }}\n")
}

const FOOJAY: (&str, &str) = (
    "settings.gradle",
    "plugins { id 'org.gradle.toolchains.foojay-resolver-convention' version '1.0.0' }\n",
);

#[test]
fn gradle_that_cannot_run_on_the_jdk_is_given_a_second_one() {
    for (gradle, text, build, second) in [
        ("8.10", toolchain(21), "21", None),
        ("7.4", toolchain(21), "17", Some("21")),
        ("8.5", toolchain(25), "21", Some("25")),
        ("9.1", toolchain(8), "17", Some("8")),
        ("9.1", format!("{BOOTED}sourceCompatibility = '1.8'\n"), "17", None),
    ] {
        let text = text.replace("3.4.1", "2.7.0");
        let made = of(&lent(&with_wrapper(gradle, &text, vec![])));
        assert!(
            made.dockerfile.contains(&format!("FROM eclipse-temurin:{build}-jdk-noble AS build")),
            "{gradle}: {}",
            made.dockerfile
        );
        let copied = |release: &str| {
            format!("COPY --from=eclipse-temurin:{release}-jdk-noble /opt/java/openjdk /opt/java/toolchain\n")
        };
        let option = "-Porg.gradle.java.installations.paths=/opt/java/toolchain ";
        assert_eq!(made.commands[0].contains(option), second.is_some(), "{gradle}: {made:?}");
        assert!(
            second.is_none_or(|release| made.dockerfile.contains(&copied(release))),
            "{gradle}: {}",
            made.dockerfile
        );
    }
    let newer = format!("{BOOTED}sourceCompatibility = 21\n");
    let older = stop(&lent(&with_wrapper("7.4", &newer, vec![])), &Options::default());
    assert_eq!(older.reason, "build.gradle:2 asks for Java 21, which the project's Gradle 7.4 cannot run on");
}

#[test]
fn toolchains_are_exact() {
    let text = toolchain(22);
    let exact = stop(&lent(&with_wrapper("8.10", &text, vec![])), &Options::default());
    assert_eq!(
        exact.reason,
        "build.gradle:2 asks for a toolchain of Java 22, of which no build image is kept"
    );
    assert_eq!(exact.help[0], "nearest: a toolchain of Java 25");
    assert!(exact.help[1].contains("foojay"), "{:?}", exact.help);
    // What downloads it needs no other release beside it.
    let downloaded = of(&lent(&with_wrapper("8.10", &text, vec![FOOJAY])));
    assert!(
        downloaded.dockerfile.contains("FROM eclipse-temurin:21-jdk-noble AS build"),
        "{}",
        downloaded.dockerfile
    );
    assert!(!downloaded.dockerfile.contains("toolchain"), "{}", downloaded.dockerfile);
    assert_eq!(downloaded.image, "gcr.io/distroless/java25-debian13:nonroot");
}

#[test]
fn a_computed_release_is_settled_by_the_flag() {
    let text = format!("{BOOTED}sourceCompatibility = find('java')\n");
    let files = [("build.gradle", text.as_str()), SOURCE];
    let open = of(&files);
    assert!(
        matches!(open.warnings.as_slice(), [one] if one.starts_with("build.gradle:2 computes the Java version") && one.ends_with("`--java N` settles it")),
        "{:?}",
        open.warnings
    );
    let settled = made(&files, &Options { java: Some(17), ..Options::default() });
    assert_eq!(
        (settled.image.as_str(), settled.warnings.len()),
        ("gcr.io/distroless/java17-debian13:nonroot", 0)
    );
}

#[test]
fn images_bring_gradle_where_the_wrapper_does_not() {
    let properties = wrapper("7.6");
    let of_script = |script: &str, more: Files| {
        of(&[
            &[("build.gradle", BOOTED), SOURCE, ("build.gradle.unused", "")][..],
            &wrapped(script, &properties),
            &more,
        ]
        .concat())
    };
    let used = of_script("#!/bin/sh\n", vec![]);
    assert!(used.commands[0].starts_with("sh ./gradlew --no-daemon :bootJar"), "{used:?}");
    let windows = of_script("#!/bin/sh\r\n", vec![(".gitignore", "*.jar\n")]);
    assert_eq!(windows.commands[0], "gradle --no-daemon :bootJar");
    assert!(windows.dockerfile.contains("FROM gradle:7-jdk17-noble AS build"), "{}", windows.dockerfile);
    assert_eq!(
        windows.warnings,
        ["gradlew has Windows line ends, with which no shell runs it; the image's own Gradle is used"]
    );
    let ignored = of_script("#!/bin/sh\n", vec![(".gitignore", "*.jar\n")]);
    assert!(ignored.commands[0].starts_with("sh ./gradlew"), "{ignored:?}");
    assert_eq!(
        ignored.warnings,
        ["git ignores gradle/wrapper/gradle-wrapper.jar, so that a fresh checkout lacks it"]
    );
    let none = of(&[("build.gradle", BOOTED), SOURCE]);
    assert!(none.dockerfile.contains("FROM gradle:8-jdk21-noble AS build"), "{}", none.dockerfile);
}

#[test]
fn private_repositories_are_read_by_tokens_and_never_written() {
    let with = |credentials: &str| {
        let repository = format!(
            "repositories {{ maven {{ name = 'acme'\n url = 'https://bob:hunter2@nexus.acme.example/x'\n {credentials} }} }}\n"
        );
        script(&format!("{BOOTED}{repository}")).dockerfile
    };
    for (credentials, names) in [
        (
            "credentials { username = System.getenv('NEXUS_USER'); password = System.getenv('NEXUS_TOKEN') }",
            &["NEXUS_USER", "NEXUS_TOKEN"][..],
        ),
        (
            "credentials { username = 'bob'; password = findProperty('nexusPassword') }",
            &["ORG_GRADLE_PROJECT_nexusPassword"],
        ),
        (
            "credentials(PasswordCredentials)",
            &["ORG_GRADLE_PROJECT_acmeUsername", "ORG_GRADLE_PROJECT_acmePassword"],
        ),
        ("credentials { username = 'bob'; password = 'hunter2' }", &[]),
        ("", &[]),
    ] {
        let dockerfile = with(credentials);
        assert_eq!(dockerfile.matches("--mount=type=secret,id=").count(), names.len(), "{dockerfile}");
        for name in names {
            assert!(
                dockerfile.contains(&format!("{name}=\"$(cat /run/secrets/{name})\"; export {name};")),
                "{dockerfile}"
            );
        }
        assert!(!dockerfile.contains("hunter2") && !dockerfile.contains("nexus.acme"), "{dockerfile}");
    }
}

#[test]
fn plugins_of_projects_that_are_built_are_skipped_and_others_are_not_spoken_of() {
    let commit = format!("{BOOTED}apply plugin: 'com.gorylenko.gradle-git-properties'\n");
    let files = [
        ("settings.gradle", "include 'a', 'b'\n"),
        ("a/build.gradle", commit.as_str()),
        ("a/src/main/java/a/B.java", MAIN),
        ("b/build.gradle", BOOTED),
        ("b/src/main/java/a/B.java", MAIN),
    ];
    let of_service =
        |name: &str| made(&files, &Options { service: Some(name.to_owned()), ..Options::default() });
    let a = of_service("a");
    assert_eq!(a.commands[0], "gradle --no-daemon -x generateGitProperties :a:bootJar");
    assert!(
        a.warnings[0].starts_with("a/build.gradle:2 `com.gorylenko.gradle-git-properties`"),
        "{:?}",
        a.warnings
    );
    let b = of_service("b");
    assert_eq!((b.commands[0].as_str(), b.warnings.len()), ("gradle --no-daemon :b:bootJar", 0));
}

#[test]
fn what_the_build_reads_reaches_it() {
    let properties = wrapper("8.10");
    let files = [
        &[
            ("settings.gradle", "include 'apps:shop'\n"),
            ("apps/shop/build.gradle", BOOTED),
            ("apps/shop/src/main/java/a/build/B.java", MAIN),
            (".gitignore", "*.jar\nbuild\n"),
        ][..],
        &wrapped("#!/bin/sh\n", &properties),
    ]
    .concat();
    let ignore = files_of(&plan(&files)).1;
    let hidden = distrogen::ignore::Ignore::parse(&ignore);
    for path in
        ["build/x", ".gradle/8.10/x", "apps/shop/build/libs/shop.jar", "apps/shop/src/test/java/T.java"]
    {
        assert!(hidden.hides(path), "{path}:\n{ignore}");
    }
    for path in [
        "gradle/wrapper/gradle-wrapper.jar",
        "gradlew",
        "apps/shop/src/main/java/a/build/B.java",
        "settings.gradle",
    ] {
        assert!(!hidden.hides(path), "{path}:\n{ignore}");
    }
}
