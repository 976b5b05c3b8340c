//! What a build needs besides its plugins: programs, options, releases of Gradle, other projects.

use super::*;
use crate::stack::java::gradle::plan::project;
use crate::verdict::Halt;

const APP: &str = "plugins { id 'application' }\napplication { mainClass = 'a.B' }\n";

/// The project of one script, named, and of these other files.
fn planned(script: &str, more: &[(&str, &str)]) -> crate::stack::java::project::Project {
    let mut memory = Memory::new().file("settings.gradle", "rootProject.name = 'app'\ninclude 'ui'\n");
    memory = memory.file("build.gradle", script).file("src/main/java/A.java", "class A {}");
    memory = memory.file("ui/build.gradle", "plugins { id 'com.github.node-gradle.node' version '7.0.0' }");
    for (path, text) in more {
        memory = memory.file(path, text);
    }
    match project(&Repo::in_memory(memory)) {
        Ok(found) => found,
        Err(Halt::Stop(stop)) => panic!("{}", stop.reason),
        Err(Halt::Failed(error)) => panic!("{error}"),
    }
}

fn warnings(script: &str) -> Vec<String> {
    let found = planned(script, &[]);
    let of_root = found.notes.iter().filter(|note| note.folder.is_empty());
    of_root.filter_map(|note| note.warning.clone()).collect()
}

#[test]
fn the_image_brings_a_gradle_that_the_plugins_run_on() {
    for (script, wanted) in [
        (APP, [8, 9].as_slice()),
        ("plugins { id 'org.springframework.boot' version '4.0.1' }", &[8, 9]),
        ("plugins { id 'org.springframework.boot' version '3.4.1' }", &[8, 7]),
        ("plugins { id 'org.springframework.boot' version '2.6.3' }", &[7, 6]),
        ("plugins { id 'com.github.johnrengelman.shadow' version '6.1.0' }", &[6]),
        ("plugins { id 'java' }\ndependencies { compile 'a:b:1' }", &[6]),
        ("plugins { id 'java' }\nrepositories { jcenter() }", &[8, 7, 6]),
        (
            "buildscript { dependencies { classpath 'org.jetbrains.kotlin:kotlin-gradle-plugin:1.5.31' } }\napply plugin: 'kotlin'",
            &[7, 6],
        ),
        // Nothing suits both: the nearest.
        ("plugins { id 'org.springframework.boot' version '4.0.1' }\ndependencies { compile 'a:b:1' }", &[8]),
    ] {
        let found = planned(script, &[]).gradle;
        let majors: Vec<u64> = found.iter().map(|range| range.version.major()).collect();
        assert!(majors.starts_with(wanted), "{script}: {majors:?}");
    }
}

#[test]
fn options_of_the_virtual_machine_are_kept_as_far_as_they_are_plain() {
    let script = format!(
        "{APP}application {{ applicationDefaultJvmArgs = ['-Xss4m', '-Da=b', '-agentlib:jdwp=x', \"-Dio.ktor.development=$dev\", \"-Dc=$x\"] }}"
    );
    let found = application(
        &build(&[("settings.gradle", "rootProject.name = 'app'"), ("build.gradle", &script)]),
        "app",
    );
    assert_eq!(found.options, ["-Xss4m", "-Da=b"]);
    assert_eq!(
        found.warnings,
        [
            "build.gradle:3 gives the program an option that only Gradle's start script knows: it starts without it"
        ]
    );
}

#[test]
fn files_of_a_distribution_are_said_to_be_left_out() {
    let script = format!("{APP}distributions {{ main {{ contents {{ from('conf') {{ into 'conf' }} }} }} }}");
    let files = [("settings.gradle", "rootProject.name = 'app'"), ("build.gradle", script.as_str())];
    let found = application(&build(&files), "app");
    assert_eq!(
        found.warnings,
        ["build.gradle:3 gives the distribution files beside its jars, which the image does not have"]
    );
}

#[test]
fn programs_of_tasks_that_nothing_runs_are_no_matter() {
    let git = "doLast { exec { commandLine 'git', 'tag' } }";
    assert_eq!(warnings(&format!("{APP}task tagIt {{ {git} }}")), [""; 0]);
    let runs = warnings(&format!("{APP}task tagIt {{ {git} }}\njar.dependsOn tagIt"));
    assert_eq!(runs, ["build.gradle:3 starts `git`, which the image of the build does not have"]);
    let runs = warnings(&format!("{APP}version = 'git describe'.execute().text.trim()"));
    assert_eq!(runs, ["build.gradle:3 starts `git`, which the image of the build does not have"]);
}

#[test]
fn a_front_end_that_is_no_dependency_is_seen() {
    let lacks = "ui/build.gradle:1 `com.github.node-gradle.node` runs Node.js in the build, which its image lacks: `node { download = true }` has the plugin bring it; build.gradle:3 asks for it, and what `:ui` makes is there only where a task that is run depends on it";
    for script in
        ["processResources.dependsOn ':ui:build'", "processResources { from project(':ui').file('dist') }"]
    {
        assert_eq!(warnings(&format!("{APP}{script}")), [lacks], "{script}");
    }
    assert_eq!(warnings(&format!("{APP}dependencies {{ implementation 'a:ui:1' }}")), [""; 0]);
    let own =
        warnings(&format!("{APP}apply plugin: 'com.github.node-gradle.node'\nnode {{ download = true }}"));
    assert_eq!(
        own,
        ["build.gradle:3 `com.github.node-gradle.node` downloads Node.js and runs it in the build"]
    );
}

#[test]
fn what_makes_a_build_impossible_here_is_refused() {
    let toolchain =
        "java { toolchain { languageVersion = JavaLanguageVersion.of(21); vendor = JvmVendorSpec.AMAZON } }";
    let settings = ("settings.gradle", "rootProject.name = 'app'");
    let script = format!("{APP}{toolchain}");
    assert_eq!(
        makes(&[settings, ("build.gradle", &script)]),
        "refused: build.gradle:3 asks for a JDK of `AMAZON`; those of the build images are Eclipse Temurin"
    );
    let foojay = (
        "settings.gradle",
        "plugins { id 'org.gradle.toolchains.foojay-resolver-convention' version '1.0.0' }\nrootProject.name = 'app'",
    );
    assert!(makes(&[foojay, ("build.gradle", &script)]).starts_with("- | class path a.B"));
    let off = ("gradle.properties", "org.gradle.java.installations.auto-download=false\n");
    assert!(makes(&[off, foojay, ("build.gradle", &script)]).starts_with("refused"));
    let part = format!("{APP}dependencies {{ implementation(libs.http4k.core) }}");
    assert_eq!(
        makes(&[("build.gradle", &part)]),
        "refused: build.gradle:3 asks for the version catalog `libs`, and no file here defines it: this is part of a bigger build"
    );
}

#[test]
fn a_project_that_only_packs_others_is_a_program() {
    let files = Memory::new()
        .file("settings.gradle", "rootProject.name = 'app'")
        .file("build.gradle", "plugins { id 'java'; id 'com.gradleup.shadow' version '9.0.0' }\nshadowJar { manifest { attributes 'Main-Class': 'a.B' }\n archiveFileName = \"${archiveBaseName.get()}.jar\" }");
    let found = application(&read(&Repo::in_memory(files)).unwrap(), "app");
    assert_eq!((found.tasks, found.output.file), (vec!["shadowJar".to_owned()], File::OnlyJar));
}
