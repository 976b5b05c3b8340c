//! What the files of the whole build say, as a plan takes it.

use super::super::project as planned;
use super::*;
use crate::stack::java::project::Wrapper;
use crate::verdict::Halt;

const APP: &str = "plugins { id 'application' }\napplication { mainClass = 'a.B' }\n";

fn repo(files: &[(&str, &str)]) -> Repo {
    let memory = Memory::new().file("src/main/java/A.java", "class A {}");
    Repo::in_memory(files.iter().fold(memory, |memory, (path, text)| memory.file(path, text)))
}

#[test]
fn credentials_are_asked_for_once_and_not_where_the_repository_has_them() {
    const PRIVATE: &str = "repositories { maven { url 'https://a.example/x'\n credentials { username = nexusUser\n password = System.getenv('PW') } } }\n";
    let script = format!("{APP}{PRIVATE}{PRIVATE}");
    let names = |properties: &str| {
        let found = planned(&repo(&[("build.gradle", &script), ("gradle.properties", properties)])).unwrap();
        (found.tokens.into_iter().map(|one| one.name).collect::<Vec<_>>(), found.warnings)
    };
    assert_eq!(names("").0, ["PW", "ORG_GRADLE_PROJECT_nexusUser"]);
    assert_eq!(names("nexusUser=\n").0, ["PW", "ORG_GRADLE_PROJECT_nexusUser"]);
    let (tokens, warnings) = names("a=b\nnexusUser=hunter2\n");
    assert_eq!(tokens, ["PW"]);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("gradle.properties:2 sets `nexusUser`"), "{warnings:?}");
    assert!(!warnings[0].contains("hunter2"), "{warnings:?}");
}

#[test]
fn the_machine_of_a_developer_is_overruled() {
    let files = [("build.gradle", APP), ("gradle.properties", "org.gradle.java.home=/usr/lib/jvm/17\n")];
    let found = planned(&repo(&files)).unwrap();
    assert_eq!(found.flags, ["--no-daemon", "-Dorg.gradle.java.home=/opt/java/openjdk"]);
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
}

#[test]
fn plugins_that_fail_without_git_are_refused_wherever_they_stand() {
    let script = format!("plugins {{ id 'com.palantir.git-version' version '3.0.0' }}\n{APP}");
    let stop = match planned(&repo(&[("build.gradle", &script)])) {
        Err(Halt::Stop(stop)) => stop.reason,
        other => panic!("{:?}", other.map(|found| found.notes)),
    };
    assert!(stop.starts_with("build.gradle:1 applies `com.palantir.git-version`, which fails"), "{stop}");
}

#[test]
fn the_daemon_says_what_java_gradle_runs_on() {
    let files = [("build.gradle", APP), ("gradle/gradle-daemon-jvm.properties", "toolchainVersion=21\n")];
    let checked = &planned(&repo(&files)).unwrap().modules[0].builds_on[0];
    assert!(checked.holds(21) && !checked.holds(17));
    assert_eq!(checked.evidence.place(), "gradle/gradle-daemon-jvm.properties:1");
}

#[test]
fn an_old_wrapper_is_given_to_bash() {
    let wrapper = |first: &str| {
        let files = [
            ("build.gradle", APP),
            ("gradlew", first),
            ("gradle/wrapper/gradle-wrapper.jar", ""),
            (
                "gradle/wrapper/gradle-wrapper.properties",
                "distributionUrl=https\\://services.gradle.org/distributions/gradle-8.10-bin.zip\n",
            ),
        ];
        planned(&repo(&files)).unwrap().wrapper
    };
    assert_eq!(wrapper("#!/usr/bin/env bash\n"), Wrapper::Used(Some("bash")));
    assert_eq!(wrapper("#!/bin/sh\n"), Wrapper::Used(None));
}

#[test]
fn jars_by_what_their_tasks_say() {
    const BOOT: &str = "plugins { id 'java'; id 'org.springframework.boot' version '3.4.1' }\n";
    let of =
        |script: &str| makes(&[("settings.gradle", "rootProject.name = 'app'"), ("build.gradle", script)]);
    assert_eq!(
        of(&format!("{BOOT}bootJar {{ includeTools = false }}")),
        "spring-boot 3.4.1 | boot whole | bootJar | build/libs/one jar"
    );
    let fat = "apply plugin: 'java'\nversion = '1'\ntask fat(type: Jar) {\n archiveBaseName = 'app-fat'\n manifest { attributes 'Main-Class': 'a.B' }\n from { configurations.runtimeClasspath.collect { zipTree(it) } }\n with jar\n}";
    assert_eq!(of(fat), "- | jar | fat | build/libs/app-fat-*.jar");
    let window = of(
        "plugins { id 'application'; id 'org.openjfx.javafxplugin' version '0.1.0' }\nmainClassName = 'a.B'",
    );
    assert!(window.starts_with("refused: build.gradle:1 applies `org.openjfx.javafxplugin`"), "{window}");
}

#[test]
fn a_launcher_is_told_what_gradle_tells_it() {
    let told = |run: &str| {
        let script = format!(
            "plugins {{ id 'application' }}\napplication {{ mainClass = 'io.vertx.core.Launcher' }}\n{run}"
        );
        application(
            &build(&[("settings.gradle", "rootProject.name = 'app'"), ("build.gradle", &script)]),
            "app",
        )
        .arguments
    };
    assert_eq!(told("run { args = ['run', 'a.Main', \"--redeploy=${watch}\"] }"), ["run", "a.Main"]);
    assert_eq!(told("run { args('run', 'a.Main') }"), ["run", "a.Main"]);
    assert!(told("run { args = ['run', find()] }").is_empty());
}

#[test]
fn libraries_have_their_toolchain_and_a_runtime_is_made_of_the_right_one() {
    use crate::options::{Options, RuntimeChoice};
    let app = format!(
        "{APP}java.toolchain.languageVersion = JavaLanguageVersion.of(21)\ndependencies {{ implementation project(':lib') }}"
    );
    let library =
        "plugins { id 'java-library' }\njava.toolchain.languageVersion = JavaLanguageVersion.of(17)";
    let files = [
        ("settings.gradle", "include 'a', 'lib'"),
        ("a/build.gradle", app.as_str()),
        ("a/src/main/java/A.java", "class A {}"),
        ("lib/build.gradle", library),
        ("lib/src/main/java/L.java", "class L {}"),
    ];
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    let options = Options { runtime: Some(RuntimeChoice::Jlink), ..Options::default() };
    let found = crate::stack::java::detect(&Repo::in_memory(memory), &options).unwrap().unwrap();
    let plan = found.result.unwrap_or_else(|stop| panic!("{}", stop.reason));
    let crate::stack::Build::Java(build) = plan.build else { panic!() };
    assert!(build.image.contains("21"), "{}", build.image);
    assert!(build.toolchain.unwrap().image.contains(":17"));
    assert_eq!(build.jre.unwrap().home, None);
}
