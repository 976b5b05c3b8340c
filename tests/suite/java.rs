//! Programs of the JVM: which tool builds, which module is served, which class is started.

use distrogen::options::{BuildTool, Options, RuntimeChoice};
use distrogen::verdict::{Stop, StopKind};

use crate::planning::{decide, files_of, plan, refusal};

/// A list of files.
pub type Files<'a> = Vec<(&'a str, &'a str)>;

/// A class that can be started.
pub const MAIN: &str = "package a;\npublic class B { public static void main(String[] args) {} }\n";

/// The same as a file.
pub const SOURCE: (&str, &str) = ("src/main/java/a/B.java", MAIN);

/// A Spring Boot application by Maven, with more elements of the project.
pub fn boot(version: &str, extra: &str) -> String {
    let group = "<groupId>org.springframework.boot</groupId>";
    format!(
        "<project><parent>{group}<artifactId>spring-boot-starter-parent</artifactId><version>{version}</version></parent>\n\
         <artifactId>shop</artifactId><version>1.0</version>{extra}\n\
         <dependencies><dependency>{group}<artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>\n\
         <build><plugins><plugin>{group}<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"
    )
}

/// A project of Maven without a parent.
pub fn maven(extra: &str, plugins: &str) -> String {
    format!(
        "<project><groupId>g</groupId><artifactId>app</artifactId><version>1</version>{extra}\n\
         <build><plugins>{plugins}</plugins></build></project>"
    )
}

/// The parent of these modules.
pub fn root(modules: &[&str]) -> String {
    let modules: String = modules.iter().map(|module| format!("<module>{module}</module>")).collect();
    format!(
        "<project><groupId>g</groupId><artifactId>root</artifactId><version>1</version>\
         <packaging>pom</packaging><modules>{modules}</modules></project>"
    )
}

/// One of them, which stands on others.
pub fn child(name: &str, on: &[&str], plugins: &str) -> String {
    let needs = |name: &&str| {
        format!(
            "<dependency><groupId>g</groupId><artifactId>{name}</artifactId><version>1</version></dependency>"
        )
    };
    let needs: String = on.iter().map(needs).collect();
    format!(
        "<project><parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version></parent>\n\
         <artifactId>{name}</artifactId><dependencies>{needs}</dependencies>\n\
         <build><plugins>{plugins}</plugins></build></project>"
    )
}

/// Spring Boot's plugin, where no parent binds it.
pub const REPACKAGED: &str = "<plugin><groupId>org.springframework.boot</groupId>\
    <artifactId>spring-boot-maven-plugin</artifactId><version>3.5.0</version>\
    <executions><execution><goals><goal>repackage</goal></goals></execution></executions></plugin>";

/// The start of a Gradle script of a Spring Boot application.
pub const BOOTED: &str = "plugins { id 'java'; id 'org.springframework.boot' version '3.4.1' }\n";

/// Gradle's wrapper, in this version.
pub fn wrapper(version: &str) -> String {
    format!("distributionUrl=https\\://services.gradle.org/distributions/gradle-{version}-bin.zip\n")
}

/// The files of Gradle's wrapper.
pub fn wrapped<'a>(script: &'a str, properties: &'a str) -> Files<'a> {
    vec![
        ("gradlew", script),
        ("gradle/wrapper/gradle-wrapper.jar", "x"),
        ("gradle/wrapper/gradle-wrapper.properties", properties),
    ]
}

/// Why there is no plan.
pub fn stop(files: &[(&str, &str)], options: &Options) -> Stop {
    match decide(files, options) {
        Ok(plan) => panic!("{:?}", plan.service),
        Err(stop) => stop,
    }
}

/// The flags that a choice offers.
pub fn choices(stop: &Stop) -> Vec<String> {
    match &stop.kind {
        StopKind::Choose(candidates) => candidates.iter().map(|one| one.flag.clone()).collect(),
        other => panic!("{other:?}: {}", stop.reason),
    }
}

/// What an image is made of.
#[derive(Debug)]
pub struct Made {
    /// What the build stage runs, a command each.
    pub commands: Vec<String>,
    /// What is copied out of it, and to where.
    pub copies: Vec<String>,
    /// What is started, as one line.
    pub start: String,
    pub image: String,
    pub warnings: Vec<String>,
    pub dockerfile: String,
}

/// What these files and flags make.
pub fn made(files: &[(&str, &str)], options: &Options) -> Made {
    let plan = decide(files, options).unwrap_or_else(|stop| panic!("{stop:?}"));
    let (dockerfile, _) = files_of(&plan);
    let lines = || dockerfile.lines().map(|line| line.trim().trim_end_matches(" \\"));
    let is_tool = |line: &&str| ["mvn ", "sh ", "gradle "].iter().any(|start| line.starts_with(start));
    let commands = lines().filter_map(|line| line.strip_prefix("&& ").or(Some(line).filter(is_tool)));
    Made {
        commands: commands.map(str::to_owned).collect(),
        copies: lines()
            .filter_map(|line| line.strip_prefix("COPY --from=build "))
            .map(str::to_owned)
            .collect(),
        start: plan.service.start.join(" "),
        image: plan.runtime.image.clone(),
        warnings: plan.service.warnings.clone(),
        dockerfile,
    }
}

/// The same without flags.
pub fn of(files: &[(&str, &str)]) -> Made {
    made(files, &Options::default())
}

fn service(name: &str) -> Options {
    Options { service: Some(name.to_owned()), ..Options::default() }
}

#[test]
fn a_module_of_maven_is_chosen_by_name_or_folder() {
    let (parent, lib) = (root(&["lib", "apps/shop", "apps/jobs"]), child("lib", &[], ""));
    let (shop, jobs) = (child("store", &["lib"], REPACKAGED), child("jobs", &[], REPACKAGED));
    let files = [
        ("pom.xml", parent.as_str()),
        ("lib/pom.xml", &lib),
        ("apps/shop/pom.xml", &shop),
        ("apps/jobs/pom.xml", &jobs),
    ];
    let open = stop(&files, &Options::default());
    assert_eq!(open.reason, "several modules make a program: store, jobs");
    assert_eq!(choices(&open), ["--service apps/shop", "--service apps/jobs"]);
    for name in ["store", "apps/shop", "./apps/shop".trim_start_matches("./"), ":apps:shop"] {
        let shop = made(&files, &service(name));
        assert!(shop.commands[0].ends_with("-DskipTests -pl apps/shop -am package"), "{name}: {shop:?}");
        assert_eq!(shop.commands[1], "install -pD apps/shop/target/store-*.jar /out/app.jar");
    }
    let unknown = stop(&files, &service("shops"));
    assert_eq!(unknown.reason, "no module is called `shops`");
    assert_eq!(unknown.help, ["those that make a program: store, jobs"]);
    let library = stop(&files, &service("lib"));
    assert!(library.reason.starts_with("lib/pom.xml makes no program: "), "{}", library.reason);
}

#[test]
fn a_project_of_gradle_is_chosen_by_name_folder_or_path() {
    let shop = format!("{BOOTED}dependencies {{ implementation project(':lib') }}\n");
    let files = [
        ("settings.gradle", "include 'apps:shop', 'apps:jobs', 'lib'\n"),
        ("apps/shop/build.gradle", shop.as_str()),
        ("apps/shop/src/main/java/a/B.java", MAIN),
        ("apps/jobs/build.gradle", BOOTED),
        ("apps/jobs/src/main/java/a/B.java", MAIN),
        ("lib/build.gradle", "plugins { id 'java-library' }\n"),
        ("lib/src/main/java/L.java", "class L {}"),
    ];
    let open = stop(&files, &Options::default());
    assert_eq!(choices(&open), ["--service apps/jobs", "--service apps/shop"]);
    for name in [":apps:shop", "apps:shop", "apps/shop", "shop"] {
        assert_eq!(
            made(&files, &service(name)).commands[0],
            "gradle --no-daemon :apps:shop:bootJar",
            "{name}"
        );
    }
    let unknown = stop(&files, &service(":apps"));
    assert_eq!((unknown.reason.as_str(), unknown.help.len()), ("no module is called `:apps`", 1));
    assert_eq!(
        stop(&files, &service("lib")).reason,
        "lib/build.gradle makes no program: no plugin makes it an application"
    );
}

#[test]
fn samples_and_named_tools_do_not_compete_with_the_service() {
    let (parent, app) = (root(&["app", "samples/demo"]), child("app", &[], REPACKAGED));
    let demo = child("demo", &[], REPACKAGED);
    let files = [("pom.xml", parent.as_str()), ("app/pom.xml", &app), ("samples/demo/pom.xml", &demo)];
    assert_eq!(plan(&files).service.path, "app");
}

#[test]
fn the_tool_is_the_one_that_the_project_uses() {
    let pom = boot("4.1.1", "");
    let both = [("pom.xml", pom.as_str()), ("build.gradle", BOOTED), SOURCE];
    let open = stop(&both, &Options::default());
    assert_eq!(choices(&open), ["--build-tool maven", "--build-tool gradle"]);
    let tool = |more: Files, flag: Option<BuildTool>| {
        let options = Options { build_tool: flag, ..Options::default() };
        let plan = decide(&[&both[..], &more].concat(), &options).unwrap_or_else(|stop| panic!("{stop:?}"));
        plan.service.package_manager.unwrap()
    };
    for (more, flag, wanted) in [
        (vec![("mvnw", "#!/bin/sh\n")], None, "maven"),
        (vec![("gradlew", "#!/bin/sh\n")], None, "gradle"),
        (vec![(".github/workflows/ci.yml", "run: ./gradlew check\n")], None, "gradle"),
        (vec![(".gitlab-ci.yml", "script: mvn -B verify\n"), ("README.md", "`gradle build`")], None, "maven"),
        (vec![("README.md", "Build with `./gradlew bootJar`.\n")], None, "gradle"),
        (vec![("mvnw", "")], Some(BuildTool::Gradle), "gradle"),
        (vec![], Some(BuildTool::Maven), "maven"),
    ] {
        assert_eq!(tool(more.clone(), flag), wanted, "{more:?}");
    }
    let options = Options { build_tool: Some(BuildTool::Gradle), ..Options::default() };
    let absent = stop(&[("pom.xml", &pom)], &options);
    assert_eq!(absent.reason, "there is no build.gradle at the root, so gradle builds nothing here");
}

fn class(name: &str) -> Options {
    Options { main_class: Some(name.to_owned()), ..Options::default() }
}

#[test]
fn the_class_is_chosen_where_several_have_a_main() {
    let pom = maven("", "");
    let other = MAIN.replace("class B", "class C");
    let files = [("pom.xml", pom.as_str()), SOURCE, ("src/main/java/a/C.java", &other)];
    let open = stop(&files, &Options::default());
    assert_eq!(open.reason, "several classes have a `main`: a.B, a.C");
    assert_eq!(choices(&open), ["--main-class 'a.B'", "--main-class 'a.C'"]);
    assert_eq!(made(&files, &class("a.C")).start, "/usr/bin/java -cp /app/*:/app/lib/* a.C");
    assert_eq!(of(&files[..2]).start, "/usr/bin/java -cp /app/*:/app/lib/* a.B");
    let gradle = [("build.gradle", "plugins { id 'application' }\n"), files[1], files[2]];
    assert_eq!(choices(&stop(&gradle, &Options::default())).len(), 2);
    assert!(made(&gradle, &class("a.C")).start.ends_with(" a.C"));
    assert_eq!(refusal(&files[..1]), "pom.xml makes no program: no plugin makes it a program");
}

#[test]
fn another_class_than_the_jar_names() {
    let framework = stop(&[("pom.xml", &boot("4.1.1", ""))], &class("a.C"));
    assert!(
        framework.reason.starts_with("--main-class does not apply: the framework"),
        "{}",
        framework.reason
    );
    let whole = maven("", &crate::java_maven::shade("a.B", ""));
    assert_eq!(made(&[("pom.xml", &whole)], &class("a.C")).start, "/usr/bin/java -cp /app/app.jar a.C");
}

#[test]
fn a_start_of_the_users_own_starts_java() {
    let started = |argv: &[&str], runtime: Option<RuntimeChoice>| {
        let start = Some(argv.iter().map(|word| (*word).to_owned()).collect());
        let options = Options { start, runtime, ..Options::default() };
        let plan = decide(&[("pom.xml", &boot("4.1.1", ""))], &options).map_err(|stop| stop.reason)?;
        Ok((plan.runtime.entrypoint.join(" "), plan.runtime.cmd.join(" ")))
    };
    let both = |entrypoint: &str, cmd: &str| Ok::<_, String>((entrypoint.to_owned(), cmd.to_owned()));
    assert_eq!(started(&["java", "-jar", "app.jar", "--x"], None), both("/usr/bin/java", "-jar app.jar --x"));
    assert_eq!(started(&["/usr/bin/java", "-version"], None), both("/usr/bin/java", "-version"));
    assert_eq!(
        started(&["java", "-jar", "app.jar"], Some(RuntimeChoice::Jlink)),
        both("/opt/jre/bin/java", "-jar app.jar")
    );
    let shell = started(&["sh", "-c", "java -jar app.jar"], None).unwrap_err();
    assert_eq!(shell, "--start names something else than `java`, and the image holds nothing else");
}
