mod around;
mod whole;

use super::*;
use crate::repo::Memory;
use crate::stack::java::module::{Application, File, Makes, Shape};

/// A build of these files; each folder with a script has a source.
fn build(files: &[(&str, &str)]) -> Build {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory = memory.file(path, text);
        if path.contains("build.gradle") {
            let folder = crate::repo::parent(path);
            memory = memory.file(&crate::repo::join(folder, "src/main/java/A.java"), "class A {}");
        }
    }
    read(&Repo::in_memory(memory)).unwrap()
}

fn application(build: &Build, name: &str) -> Application {
    let module = build.modules.iter().find(|module| module.name == name);
    match &module.unwrap_or_else(|| panic!("{name} of {build:#?}")).makes {
        Makes::Application(found) => Application {
            framework: found.framework.clone(),
            version: found.version.clone(),
            shape: found.shape.clone(),
            tasks: found.tasks.clone(),
            output: found.output.clone(),
            options: found.options.clone(),
            evidence: found.evidence.clone(),
            arguments: found.arguments.clone(),
            is_named_only: found.is_named_only,
            warnings: found.warnings.clone(),
        },
        other => panic!("{other:?}"),
    }
}

/// What the one project of a build makes, on one line.
fn makes(files: &[(&str, &str)]) -> String {
    let found = build(files);
    let module = found.modules.last().unwrap();
    match &module.makes {
        Makes::Application(one) => {
            let shape = match &one.shape {
                Shape::Boot { layered } => format!("boot{}", if *layered { "" } else { " whole" }),
                Shape::QuarkusFolder => "quarkus".to_owned(),
                Shape::Jar => "jar".to_owned(),
                Shape::JarAndFolder(folder) => format!("jar+{folder}"),
                Shape::ClassPath { main } => format!("class path {}", main.as_deref().unwrap_or("?")),
            };
            let file = match &one.output.file {
                File::Exact(name) => name.clone(),
                File::Versioned { before, after, .. } => format!("{before}*{after}"),
                File::OnlyJar => "one jar".to_owned(),
                File::Folder => "all".to_owned(),
            };
            let version = one.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
            let framework = one.framework.as_deref().unwrap_or("-");
            format!("{framework}{version} | {shape} | {} | {}/{file}", one.tasks.join(" "), one.output.folder)
        }
        Makes::Library(reason) => format!("library: {reason}"),
        Makes::Refused(stop) => format!("refused: {}", stop.reason),
    }
}

#[test]
fn what_groovy_scripts_make() {
    const BOOT: &str = "plugins { id 'java'; id 'org.springframework.boot' version '3.4.1' }\n";
    const APP: &str = "plugins { id 'application' }\n";
    for (script, wanted) in [
        (BOOT, "spring-boot 3.4.1 | boot | bootJar | build/libs/one jar"),
        (
            &format!("{BOOT}bootJar {{ archiveFileName = 'a.jar' }}"),
            "spring-boot 3.4.1 | boot | bootJar | build/libs/a.jar",
        ),
        (&format!("{BOOT}apply plugin: 'war'"), "spring-boot 3.4.1 | boot | bootWar | build/libs/app.war"),
        (
            &format!("{BOOT}tasks.named('bootJar') {{ layered {{ enabled = false }} }}"),
            "spring-boot 3.4.1 | boot whole | bootJar | build/libs/one jar",
        ),
        (&format!("{BOOT}bootJar.enabled = false"), "library: no plugin makes it an application"),
        (
            "buildscript { ext { springBootVersion = '2.7.1' }\n dependencies { classpath \"org.springframework.boot:spring-boot-gradle-plugin:${springBootVersion}\" } }\napply plugin: 'java'\napply plugin: 'org.springframework.boot'",
            "spring-boot 2.7.1 | boot | bootJar | build/libs/one jar",
        ),
        (
            &format!("{APP}application {{ mainClass = 'a.B' }}"),
            "- | class path a.B | installDist | build/install/all",
        ),
        (&format!("{APP}mainClassName = 'a.B'"), "- | class path a.B | installDist | build/install/all"),
        (
            &format!("{APP}ext.pkg = 'a'\napplication.mainClass.set(\"${{pkg}}.B\")"),
            "- | class path a.B | installDist | build/install/all",
        ),
        (
            &format!("{APP}application {{ mainClass = find() }}"),
            "- | class path ? | installDist | build/install/all",
        ),
        (
            &format!("{APP}jar {{ manifest {{ attributes('Main-Class': 'a.B') }} }}"),
            "- | class path a.B | installDist | build/install/all",
        ),
        (
            "plugins { id 'application'; id 'com.gradleup.shadow' version '8.3.0' }\nversion '1'\nmainClassName = 'a.B'",
            "- | jar | shadowJar | build/libs/app-*-all.jar",
        ),
        (
            "plugins { id 'application'; id 'com.gradleup.shadow' version '8.3.0' }\nmainClassName = 'a.B'\nshadowJar { archiveClassifier = '' }",
            "- | jar | shadowJar | build/libs/one jar",
        ),
        (
            "apply plugin: 'java'\njar { manifest { attributes 'Main-Class': 'a.B' } }",
            "- | jar | jar | build/libs/one jar",
        ),
        (
            "apply plugin: 'java'\ndependencies { implementation 'g:a:1' }\ntask fat(type: Jar) {\n archiveClassifier = 'fat'\n manifest { attributes 'Main-Class': 'a.B' }\n from { configurations.runtimeClasspath.collect { it.isDirectory() ? it : zipTree(it) } }\n with jar\n}",
            "- | jar | fat | build/libs/app-fat.jar",
        ),
        (
            "plugins { id 'java'; id 'io.quarkus' version '3.8.1' }",
            "quarkus 3.8.1 | quarkus | quarkusBuild | build/quarkus-app/all",
        ),
        (
            "plugins { id 'java'; id 'io.quarkus' version '1.6.1.Final' }",
            "quarkus 1.6.1 | jar+lib | quarkusBuild | build/*-runner.jar",
        ),
    ] {
        let settings = ("settings.gradle", "rootProject.name = 'app'");
        assert_eq!(makes(&[settings, ("build.gradle", script)]), wanted, "{script}");
    }
}

#[test]
fn what_groovy_scripts_make_that_nothing_here_starts() {
    for (script, wanted) in [
        (
            "plugins { id 'war' }",
            "refused: build.gradle:1 makes a web archive, which needs a servlet container",
        ),
        (
            "plugins { id 'com.android.application' }",
            "refused: build.gradle:1 applies `com.android.application`: this is an Android app",
        ),
        (
            "apply plugin: 'java'\nif (x) { apply plugin: 'application' }",
            "refused: build.gradle:2 applies `application` under a condition that only Gradle knows",
        ),
        (
            "plugins { id 'java-library' }\ndependencies { compileOnly 'com.google.cloud.functions:functions-framework-api:1' }",
            "refused: build.gradle:2 makes this a function for Google Cloud Functions, not a program that can be started",
        ),
        ("plugins { id 'java' }", "library: no plugin makes it an application"),
        ("", "library: it applies no plugin that compiles for the JVM"),
        (
            "apply plugin: 'java'\ndependencies { implementation 'g:a:1' }\njar { manifest { attributes 'Main-Class': 'a.B' } }",
            "refused: build.gradle:3 names a main class, but the jar is made without what build.gradle:2 asks for",
        ),
    ] {
        let settings = ("settings.gradle", "rootProject.name = 'app'");
        assert_eq!(makes(&[settings, ("build.gradle", script)]), wanted, "{script}");
    }
}

#[test]
fn what_kotlin_scripts_make() {
    const CATALOG: &str = "[versions]\nboot = \"3.4.1\"\n[plugins]\nspring-boot = { id = \"org.springframework.boot\", version.ref = \"boot\" }\n";
    for (script, wanted) in [
        (
            "plugins { java; alias(libs.plugins.spring.boot) }\ntasks.bootJar { archiveFileName.set(\"a.jar\") }",
            "spring-boot 3.4.1 | boot | bootJar | build/libs/a.jar",
        ),
        (
            "plugins { kotlin(\"jvm\") version \"2.0\"; id(\"org.springframework.boot\") version \"3.4.1\" }\ntasks.getByName<BootJar>(\"bootJar\") { enabled = false }",
            "library: no plugin makes it an application",
        ),
        (
            "plugins { kotlin(\"jvm\"); application }\napplication { mainClass.set(\"a.BKt\") }",
            "- | class path a.BKt | installDist | build/install/all",
        ),
        (
            "plugins { `java-library`; id(\"io.ktor.plugin\") version \"3.0.1\" }\napplication { mainClass = \"a.BKt\" }",
            "ktor 3.0.1 | class path a.BKt | installDist | build/install/all",
        ),
        (
            "plugins { java }\ntasks.jar { manifest { attributes(mapOf(\"Main-Class\" to \"a.B\")) } }",
            "- | jar | jar | build/libs/one jar",
        ),
        (
            "plugins { java }\ntasks.jar { manifest { attributes[\"Main-Class\"] = \"a.B\" } }",
            "- | jar | jar | build/libs/one jar",
        ),
        (
            "plugins { java; alias(libs.plugins.lost) }",
            "refused: build.gradle.kts:1 applies a plugin that no version catalog of the repository names",
        ),
    ] {
        let settings = ("settings.gradle.kts", "rootProject.name = \"app\"");
        let catalog = ("gradle/libs.versions.toml", CATALOG);
        assert_eq!(makes(&[settings, catalog, ("build.gradle.kts", script)]), wanted, "{script}");
    }
}

#[test]
fn the_java_release_that_groovy_asks_for() {
    for (script, wanted) in [
        ("java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }", "21 exact"),
        ("sourceCompatibility = '1.8'", "8"),
        ("sourceCompatibility = JavaVersion.VERSION_17\ntargetCompatibility = 11", "11"),
        ("sourceCompatibility = JavaVersion.VERSION_1_8", "8"),
        ("sourceCompatibility JavaVersion.toVersion(javaVersion)", "17"),
        ("sourceCompatibility = JavaVersion.current()", "-"),
        ("tasks.withType(JavaCompile) { options.release = 17 }", "17"),
        ("compileTestJava { options.release = 21 }", "-"),
        ("def v = 17\njava.toolchain.languageVersion = JavaLanguageVersion.of(v)", "17 exact"),
        ("ext { versions = [java: '17'] }\nsourceCompatibility = versions.java", "17"),
        ("sourceCompatibility = findProperty('x') ?: '17'", "17"),
        ("\njava { toolchain { languageVersion = pick() } }", "computed build.gradle:2"),
        ("if (x) {\n sourceCompatibility = 17\n}", "computed build.gradle:2"),
        ("a = b\nb = a\nsourceCompatibility = a", "computed build.gradle:3"),
    ] {
        assert_eq!(asked("build.gradle", script), wanted, "{script}");
    }
}

#[test]
fn the_java_release_that_kotlin_asks_for() {
    for (script, wanted) in [
        ("kotlin { jvmToolchain(17) }", "17 exact"),
        ("kotlin { jvmToolchain { languageVersion.set(JavaLanguageVersion.of(17)) } }", "17 exact"),
        (
            "java.toolchain.languageVersion.set(JavaLanguageVersion.of(libs.versions.java.get().toInt()))",
            "21 exact",
        ),
        ("java.toolchain.languageVersion = libs.versions.java.map(JavaLanguageVersion::of)", "21 exact"),
        (
            "val javaVersion: String by project\njava { toolchain { languageVersion.set(JavaLanguageVersion.of(javaVersion)) } }",
            "17 exact",
        ),
        ("val v by extra(\"17\")\njava.sourceCompatibility = JavaVersion.toVersion(v)", "17"),
        ("configure<JavaPluginExtension> { sourceCompatibility = JavaVersion.VERSION_21 }", "21"),
        ("tasks.withType<KotlinCompile> { kotlinOptions { jvmTarget = \"17\" } }", "17"),
        ("kotlin { compilerOptions { jvmTarget.set(JvmTarget.JVM_17) } }", "17"),
    ] {
        assert_eq!(asked("build.gradle.kts", script), wanted, "{script}");
    }
}

/// The Java release that a script asks for, beside a catalog and properties.
fn asked(file: &str, script: &str) -> String {
    let catalog = ("gradle/libs.versions.toml", "[versions]\njava = \"21\"\n");
    let properties = ("gradle.properties", "javaVersion=17\n");
    let found = build(&[catalog, properties, (file, script)]);
    match (&found.modules[0].java, found.computed.first()) {
        (Some(java), _) => format!("{}{}", java.release, if java.exact { " exact" } else { "" }),
        (None, Some((_, evidence))) => format!("computed {}", evidence.place()),
        (None, None) => "-".to_owned(),
    }
}

#[test]
fn a_build_of_several_projects() {
    let found = build(&[
        (
            "settings.gradle.kts",
            "include(\":core\", \"apps:web\")\ninclude(\"tool\")\nproject(\":tool\").projectDir = file(\"tools/one\")\nincludeBuild(\"build-logic\")\n",
        ),
        (
            "build.gradle.kts",
            "plugins { id(\"org.springframework.boot\") version \"3.4.1\" apply false }\nsubprojects { apply(plugin = \"java\")\n java { toolchain { languageVersion.set(JavaLanguageVersion.of(21)) } } }\n",
        ),
        ("core/build.gradle.kts", "dependencies { api(\"g:a:1\") }\n"),
        (
            "apps/web/build.gradle.kts",
            "plugins { id(\"my.service\") }\ndependencies { implementation(project(\":core\")); implementation(projects.tool); compileOnly(\"g:b:2\"); testImplementation(\"g:c:3\") }\n",
        ),
        (
            "tools/one/build.gradle.kts",
            "apply(from = \"$rootDir/gradle/app.gradle\")\napply(from = \"more.gradle\")",
        ),
        ("tools/one/more.gradle", "apply from: 'more.gradle'\napplication { mainClass = 'a.B' }"),
        ("gradle/app.gradle", "apply plugin: 'application'\napply from: \"$rootDir/gradle/app.gradle\""),
        (
            "build-logic/src/main/kotlin/my.service.gradle.kts",
            "plugins { id(\"org.springframework.boot\") }\n",
        ),
        ("build-logic/build.gradle.kts", "plugins { `kotlin-dsl` }\n"),
    ]);
    assert_eq!(found.paths, [":", ":apps:web", ":core", ":tool"]);
    assert_eq!(found.unreadable, []);
    let web = &found.modules[1];
    assert_eq!((web.folder.as_str(), web.java.as_ref().unwrap().release), ("apps/web", 21));
    let needs: Vec<_> =
        web.dependencies.iter().map(|one| (one.group.as_str(), one.artifact.as_str(), one.shipped)).collect();
    assert_eq!(needs, [("", "core", true), ("", "tool", true), ("g", "b", false)]);
    let boot = application(&found, "web");
    assert_eq!(boot.version.unwrap().to_string(), "3.4.1");
    assert_eq!(application(&found, "tool").shape, Shape::ClassPath { main: Some("a.B".to_owned()) });
    assert_eq!(found.modules[3].folder, "tools/one");
    assert!(matches!(found.modules[2].makes, Makes::Library(_)));
}

#[test]
fn projects_that_only_a_run_knows_are_looked_for() {
    let found = build(&[
        ("settings.gradle", "file('services').listFiles().each { include \"services:${it.name}\" }\n"),
        ("services/a/build.gradle", "plugins { id 'application' }\nmainClassName = 'a.A'"),
    ]);
    assert_eq!(found.paths, [":", ":services:a"]);
    assert_eq!(found.warnings, ["settings.gradle:1 computes which projects there are"]);
}

#[test]
fn private_repositories_name_where_credentials_come_from() {
    let found = build(&[(
        "build.gradle.kts",
        r#"
repositories {
    mavenCentral()
    mavenLocal()
    maven {
        name = "corp"
        url = uri("https://maven.example.com/x")
        credentials {
            username = project.findProperty("gpr.user") as String? ?: System.getenv("GPR_USER")
            password = nexusPassword
        }
    }
    maven("https://open.example.com")
}
publishing { repositories { maven { credentials { username = "x" } } } }
"#,
    )]);
    assert_eq!(found.private.len(), 1);
    let remote = &found.private[0];
    assert_eq!(remote.url.as_deref(), Some("https://maven.example.com/x"));
    assert_eq!(remote.properties.iter().collect::<Vec<_>>(), ["gpr.user", "nexusPassword"]);
    assert_eq!(remote.variables.iter().collect::<Vec<_>>(), ["GPR_USER"]);
    assert_eq!(found.warnings, [""; 0]);
    let local = build(&[("build.gradle", "repositories { mavenLocal() }")]).warnings;
    assert!(matches!(local.as_slice(), [one] if one.starts_with("build.gradle:1 ")), "{local:?}");
}

#[test]
fn files_that_are_no_scripts_are_said() {
    let found = build(&[("build.gradle", "plugins { id 'java'\n"), ("gradle/libs.versions.toml", "[x")]);
    let places: Vec<String> = found.unreadable.iter().map(Evidence::place).collect();
    assert_eq!(places, ["gradle/libs.versions.toml", "build.gradle:1"]);
    let memory = Memory::new().bytes("build.gradle", vec![0xff, 0, 0xfe]);
    assert_eq!(read(&Repo::in_memory(memory)).unwrap().unreadable.len(), 1);
    assert!(read(&Repo::in_memory(Memory::new())).unwrap().modules.is_empty());
}

#[test]
fn ten_thousand_projects_are_read() {
    let mut memory = Memory::new().file(
        "build.gradle",
        "subprojects { apply plugin: 'java'\n dependencies { implementation 'g:a:1' } }",
    );
    let mut settings = String::new();
    for index in 0..10_000 {
        settings.push_str(&format!("include 'a:p{index}'\n"));
        memory = memory.file(&format!("a/p{index}/build.gradle"), "dependencies { api 'g:b:1' }");
    }
    let found = read(&Repo::in_memory(memory.file("settings.gradle", &settings))).unwrap();
    assert_eq!(found.modules.len(), 10_001);
}

/// No Gradle is run here: the table is its published one.
#[test]
fn gradle_runs_on_the_jdks_of_its_table() {
    let rows = catalog::java().unwrap().gradle;
    for (version, oldest, newest) in [("8.10.2", 8, 23), ("9.2.1", 17, 25), ("7.5", 8, 18), ("4.10", 7, 10)] {
        let version: crate::catalog::Release = version.parse().unwrap();
        let row = rows.iter().find(|row| version >= row.from).unwrap();
        assert_eq!((row.oldest, row.newest), (oldest, newest), "{version}");
    }
}

#[test]
fn programs_that_tasks_run_are_named() {
    let script = "tasks.register('web', Exec) { commandLine('npm', 'ci') }\ntask x(type: Exec) { commandLine = ['git', 'log'] }\nclasses.dependsOn 'web', x";
    let found = build(&[("build.gradle", script)]);
    let names: Vec<_> =
        found.commands.iter().map(|(_, name, evidence)| (name.as_str(), evidence.place())).collect();
    assert_eq!(names, [("npm", "build.gradle:1".to_owned()), ("git", "build.gradle:2".to_owned())]);
}

#[test]
fn names_in_a_circle_and_many_statements_end() {
    let mut script = "plugins { id 'java' }\ndef a0 = \"$a0$a0\"\n".to_owned();
    for index in 1..5_000 {
        script.push_str(&format!("def a{index} = \"${{a{0}}}${{a{0}}}\"\n", index - 1));
        script.push_str(&format!("dependencies {{ implementation \"g:a:${{a{index}}}\" }}\n"));
        script.push_str("jar { manifest { attributes 'Main-Class': x } }\ntask c(type: Copy) { into 'x' }\n");
    }
    let found = build(&[("build.gradle", &script)]);
    assert_eq!(found.modules[0].dependencies.len(), 0);
}

#[test]
fn sources_that_are_not_in_the_usual_folder_are_known() {
    let of = |text: &str| {
        let text = format!("plugins {{ id 'application' }}\n{text}");
        build(&[("build.gradle", &text), ("settings.gradle", "")]).modules.remove(0).roots
    };
    assert_eq!(
        of("sourceSets { main { java { srcDirs = ['source', 'more/java'] } } }"),
        ["source", "more/java"]
    );
    assert_eq!(of("sourceSets.main.java.srcDir 'source'"), ["source"]);
    assert_eq!(of("sourceSets { test { java { srcDirs = ['checks'] } } }"), [""; 0]);
}
