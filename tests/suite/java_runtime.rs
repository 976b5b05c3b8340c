//! Which Java builds and which runs, and with what options.

use distrogen::options::{Options, RuntimeChoice};

use crate::java::{SOURCE, boot, made, maven, of, stop};
use crate::planning::plan;

fn asks(release: &str) -> String {
    maven(&format!("<properties><maven.compiler.target>{release}</maven.compiler.target></properties>"), "")
}

#[test]
fn releases_and_their_runtimes() {
    for (asked, build, runs, warned) in [
        ("1.8", 8, 17, true),
        ("8", 8, 17, true),
        ("11", 11, 17, true),
        ("17", 17, 17, false),
        ("18", 21, 21, true),
        ("21", 21, 21, false),
        ("22", 25, 25, true),
        ("25", 25, 25, false),
    ] {
        let made = of(&[("pom.xml", &asks(asked)), SOURCE]);
        assert!(made.dockerfile.contains(&format!("FROM maven:3-eclipse-temurin-{build}-noble")), "{asked}");
        assert_eq!(made.image, format!("gcr.io/distroless/java{runs}-debian13:nonroot"), "{asked}");
        assert_eq!(!made.warnings.is_empty(), warned, "{asked}: {:?}", made.warnings);
        let flag = Options { java: asked.parse().ok(), ..Options::default() };
        if flag.java.is_some() {
            assert_eq!(
                crate::java::made(&[("pom.xml", &asks("8")), SOURCE], &flag).image,
                made.image,
                "{asked}"
            );
        }
    }
}

#[test]
fn a_compiler_that_is_told_a_release_is_new_enough_to_know_the_word() {
    let told = asks("8").replace("maven.compiler.target", "maven.compiler.release");
    let made = of(&[("pom.xml", &told), SOURCE]);
    assert!(made.dockerfile.contains("FROM maven:3-eclipse-temurin-11-noble"), "{}", made.dockerfile);
    assert_eq!(made.image, "gcr.io/distroless/java17-debian13:nonroot");
}

#[test]
fn a_java_that_does_not_run_what_is_compiled_is_refused() {
    let flag = Options { java: Some(17), ..Options::default() };
    let older = stop(&[("pom.xml", &asks("21")), SOURCE], &flag);
    assert_eq!(older.reason, "pom.xml:1 compiles for Java 21, which Java 17 of --java does not run");
    assert_eq!(older.help, ["`--java 21`, or leave it out"]);
}

#[test]
fn a_release_that_no_image_has_is_refused() {
    let newest = ["the newest with one is Java 25".to_owned()];
    for release in [26, 99] {
        let asked = stop(&[("pom.xml", &asks(&release.to_string())), SOURCE], &Options::default());
        assert_eq!(
            asked.reason,
            format!("pom.xml:1 asks for Java {release}, for which no distroless image exists")
        );
        assert_eq!(asked.help, newest);
        let flag = Options { java: Some(release), ..Options::default() };
        let asked = stop(&[("pom.xml", &asks("21")), SOURCE], &flag);
        assert_eq!(
            asked.reason,
            format!("--java asks for Java {release}, for which no distroless image exists")
        );
    }
}

#[test]
fn version_files_speak_where_the_build_does_not() {
    for (file, text) in [
        (".java-version", "17\n"),
        (".sdkmanrc", "java=17.0.12-tem\n"),
        (".tool-versions", "java temurin-17.0.12+7\n"),
        ("mise.toml", "[tools]\njava = \"17\"\n"),
        ("system.properties", "java.runtime.version=17\n"),
    ] {
        let image = |pom: &str| plan(&[("pom.xml", pom), SOURCE, (file, text)]).runtime.image;
        assert_eq!(image(&maven("", "")), "gcr.io/distroless/java17-debian13:nonroot", "{file}");
        assert_eq!(image(&asks("25")), "gcr.io/distroless/java25-debian13:nonroot", "{file}");
    }
}

#[test]
fn toolchains_of_maven_are_exact_and_ranges_are_not() {
    let pom = |version: &str| {
        let plugin = format!(
            "<plugin><artifactId>maven-toolchains-plugin</artifactId><executions><execution><goals><goal>toolchain</goal></goals>\
             </execution></executions><configuration><toolchains><jdk><version>{version}</version></jdk></toolchains></configuration></plugin>"
        );
        maven("", &plugin)
    };
    let exact = stop(&[("pom.xml", &pom("22")), SOURCE], &Options::default());
    assert_eq!(exact.reason, "pom.xml:2 asks for a toolchain of Java 22, of which no build image is kept");
    assert_eq!(exact.help, ["nearest: a toolchain of Java 25"]);
    let range = of(&[("pom.xml", &pom("[22,)")), SOURCE]);
    assert_eq!(range.image, "gcr.io/distroless/java25-debian13:nonroot");
    // The plugin looks in a file that no image has, so the build writes it.
    assert!(range.dockerfile.contains("<provides><version>25</version></provides>"), "{}", range.dockerfile);
    assert!(range.warnings.iter().all(|warning| !warning.contains("toolchains.xml")), "{:?}", range.warnings);
}

#[test]
fn options_of_the_machine_come_by_a_variable() {
    let env = |version: &str| {
        let plan =
            plan(&[("pom.xml", &boot(version, "<properties><java.version>1.8</java.version></properties>"))]);
        plan.runtime.env.iter().map(|env| format!("{}={}", env.name, env.value)).collect::<Vec<_>>()
    };
    const ALWAYS: &str = "JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError";
    assert_eq!(env("2.0.9.RELEASE"), [format!("{ALWAYS} --add-opens=java.base/java.lang=ALL-UNNAMED")]);
    assert_eq!(env("2.1.18.RELEASE"), [ALWAYS]);
    assert_eq!(env("2.7.18"), [ALWAYS]);
}

#[test]
fn ports_of_spring_settings() {
    let port = |file: &str, text: &str| {
        let plan = plan(&[("pom.xml", &boot("4.1.1", "")), (file, text)]);
        let own = plan.runtime.env.iter().filter(|env| env.name != "JAVA_TOOL_OPTIONS");
        let env: Vec<String> = own.map(|env| format!("{}={}", env.name, env.value)).collect();
        (plan.service.port, env)
    };
    const PROPERTIES: &str = "src/main/resources/application.properties";
    assert_eq!(port("src/main/resources/application.yml", "server:\n  port: 9000\n"), (Some(9000), vec![]));
    assert_eq!(port(PROPERTIES, "server.port=${PORT:5000}"), (Some(5000), vec![]));
    assert_eq!(port(PROPERTIES, "server.port=${PORT}"), (Some(8080), vec!["PORT=8080".into()]));
    assert_eq!(port(PROPERTIES, "x=y"), (Some(8080), vec![]));
}

fn with(runtime: RuntimeChoice) -> Options {
    Options { runtime: Some(runtime), ..Options::default() }
}

#[test]
fn a_runtime_of_the_programs_own() {
    for (release, taken) in [
        ("8", "RUN cp -rL \"$JAVA_HOME/jre\" /opt/jre\n"),
        ("11", "RUN jlink --add-modules java.se,"),
        ("17", "RUN jlink --add-modules java.se,"),
        ("21", "RUN jlink --add-modules java.se,"),
        ("25", "RUN jlink --add-modules java.se,"),
    ] {
        let made = made(&[("pom.xml", &asks(release)), SOURCE], &with(RuntimeChoice::Jlink));
        assert!(
            made.dockerfile.contains(&format!("FROM maven:3-eclipse-temurin-{release}-noble")),
            "{release}"
        );
        assert!(made.dockerfile.contains(taken), "{release}: {}", made.dockerfile);
        let (java, sources) = (made.dockerfile.find(taken), made.dockerfile.find("\nCOPY . .\n"));
        assert!(java < sources, "{release}: an edit makes Java anew");
        assert_eq!(made.image, "gcr.io/distroless/java-base-debian13:nonroot", "{release}");
        assert_eq!(made.copies[0], "/opt/jre/ /opt/jre/", "{release}");
        assert_eq!(made.start, "/opt/jre/bin/java -cp /app/*:/app/lib/* a.B", "{release}");
        assert!(made.warnings.is_empty(), "{release}: {:?}", made.warnings);
    }
    let properties = crate::java::wrapper("7.4");
    let script = "plugins { id 'application' }\nmainClassName = 'a.B'\njava { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\n";
    let files =
        [&[("build.gradle", script), SOURCE][..], &crate::java::wrapped("#!/bin/sh\n", &properties)].concat();
    let second = made(&files, &with(RuntimeChoice::Jlink));
    assert!(
        second.dockerfile.contains("RUN /opt/java/toolchain/bin/jlink --add-modules"),
        "{}",
        second.dockerfile
    );
    let boot = made(&[("pom.xml", &boot("4.1.1", ""))], &with(RuntimeChoice::Jlink));
    assert!(
        boot.dockerfile.contains("\nENTRYPOINT [\"/opt/jre/bin/java\", \"-jar\", \"app.jar\"]\n"),
        "{}",
        boot.dockerfile
    );
}

#[test]
fn images_without_java_are_refused() {
    for runtime in [
        RuntimeChoice::Scratch,
        RuntimeChoice::Static,
        RuntimeChoice::Base,
        RuntimeChoice::Cc,
        RuntimeChoice::Slim,
    ] {
        let refused = stop(&[("pom.xml", &boot("4.1.1", ""))], &with(runtime));
        assert_eq!(refused.reason, format!("`{runtime}` has no Java, without which nothing here starts"));
        assert!(refused.help[0].contains("`--runtime jlink`"), "{:?}", refused.help);
    }
}

#[test]
fn classes_are_stored_where_the_program_can_be_loaded_without_serving() {
    let stored = Options { aot_cache: true, ..Options::default() };
    let java = |release: &str| format!("<properties><java.version>{release}</java.version></properties>");
    for (release, trains, starts) in [
        ("17", "-XX:ArchiveClassesAtExit=/out/app.jsa ", "-XX:SharedArchiveFile=/app/app.jsa"),
        ("21", "-XX:ArchiveClassesAtExit=/out/app.jsa ", "-XX:SharedArchiveFile=/app/app.jsa"),
        ("25", "-XX:AOTCacheOutput=/out/app.aot ", "-XX:AOTCache=/app/app.aot"),
    ] {
        let made = made(&[("pom.xml", &boot("3.5.0", &java(release)))], &stored);
        let trained = made.commands.last().unwrap();
        assert!(
            trained.contains(trains) && trained.ends_with("-Dspring.context.exit=onRefresh -jar app.jar"),
            "{trained}"
        );
        assert_eq!(made.start, format!("/opt/jre/bin/java {starts} -jar app.jar"));
    }
    let plain = maven("", "");
    let whole = maven("", &crate::java_maven::shade("a.B", ""));
    for pom in [
        boot("3.2.0", ""),
        boot("2.3.0.RELEASE", ""),
        boot("3.5.0", "<packaging>war</packaging>"),
        plain,
        whole,
    ] {
        let refused = stop(&[("pom.xml", &pom), SOURCE], &stored);
        assert!(
            refused.reason.starts_with("--aot-cache needs a program that can be loaded without serving"),
            "{}",
            refused.reason
        );
    }
    let shared = Options { aot_cache: true, runtime: Some(RuntimeChoice::Scratch), ..Options::default() };
    assert!(stop(&[("pom.xml", &boot("3.5.0", ""))], &shared).reason.contains("has no Java"));
}
