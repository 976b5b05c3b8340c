//! What Maven makes, and what its build needs.

use crate::java::{Made, REPACKAGED, SOURCE, boot, child, made, maven, of, root, stop};
use crate::planning::{files_of, plan, refusal};
use distrogen::options::Options;

/// The shade plugin with a main class, and more configuration.
pub fn shade(class: &str, more: &str) -> String {
    format!(
        "<plugin><artifactId>maven-shade-plugin</artifactId><executions>{}</executions></plugin>",
        shaded(class, more)
    )
}

fn shaded(class: &str, more: &str) -> String {
    format!(
        "<execution><id>{class}</id><phase>package</phase><goals><goal>shade</goal></goals><configuration>{more}\n<transformers>\
         <transformer implementation=\"org.apache.maven.plugins.shade.resource.ManifestResourceTransformer\">\
         <mainClass>{class}</mainClass></transformer></transformers></configuration></execution>"
    )
}

/// What one pom with a class makes.
fn pom(text: &str) -> Made {
    of(&[("pom.xml", text), SOURCE])
}

const LAYERS: [&str; 4] = [
    "/out/layers/dependencies/ /app/",
    "/out/layers/spring-boot-loader/ /app/",
    "/out/layers/snapshot-dependencies/ /app/",
    "/out/layers/application/ /app/",
];

#[test]
fn spring_boot_is_laid_out_as_its_version_can() {
    const TOOLS: &str = "java -Djarmode=tools -jar /out/app.jar extract --layers --destination /out/layers";
    const OLDER: &str = "java -Djarmode=layertools -jar /out/app.jar extract --destination /out/layers";
    for (version, unpacked, start) in [
        ("4.1.1", Some(TOOLS), "-jar app.jar"),
        ("3.3.0", Some(TOOLS), "-jar app.jar"),
        ("3.2.9", Some(OLDER), "org.springframework.boot.loader.launch.JarLauncher"),
        ("3.1.0", Some(OLDER), "org.springframework.boot.loader.JarLauncher"),
        ("2.4.0", Some(OLDER), "org.springframework.boot.loader.JarLauncher"),
        ("2.3.12.RELEASE", None, "-jar app.jar"),
        ("1.5.22.RELEASE", None, "-jar app.jar"),
    ] {
        let made = pom(&boot(version, ""));
        assert_eq!(made.commands.get(2).map(String::as_str), unpacked, "{version}: {made:?}");
        assert_eq!(made.start, format!("/usr/bin/java {start}"), "{version}");
        match unpacked {
            Some(_) => assert_eq!(made.copies, LAYERS, "{version}"),
            None => assert_eq!(made.copies, ["/out/app.jar /app/app.jar"], "{version}"),
        }
    }
}

#[test]
fn spring_boot_whose_layers_are_switched_off_stays_whole() {
    let plugin = "<artifactId>spring-boot-maven-plugin</artifactId>";
    let off = format!("{plugin}<configuration><layers><enabled>false</enabled></layers></configuration>");
    let made = pom(&boot("4.1.1", "").replace(plugin, &off));
    assert_eq!(made.copies, ["/out/app.jar /app/app.jar"]);
}

#[test]
fn the_jar_is_found_by_what_stands_around_its_version() {
    let taken = |text: &str| pom(text).commands[1].clone();
    let plugin = "<artifactId>spring-boot-maven-plugin</artifactId>";
    let classified = format!("{plugin}<configuration><classifier>exec</classifier></configuration>");
    let plain = boot("4.1.1", "");
    let named = plain.replace("<build>", "<build><finalName>store</finalName>");
    for (text, wanted) in [
        (plain.clone(), "target/shop-*.jar"),
        (plain.replace("<version>1.0<", "<version>${git.version}<"), "target/shop-*.jar"),
        (plain.replace(plugin, &classified), "target/shop-*-exec.jar"),
        (named.clone(), "target/store.jar"),
        (named.replace("<build>", "<build><directory>out</directory>"), "out/store.jar"),
    ] {
        assert_eq!(taken(&text), format!("install -pD {wanted} /out/app.jar"));
    }
    let outside = plain.replace("<build>", "<build><directory>/tmp/x</directory>");
    assert!(refusal(&[("pom.xml", &outside)]).contains("has the build write to"), "{outside}");
}

#[test]
fn an_executable_war_is_started_and_a_plain_one_is_not() {
    let war = "<packaging>war</packaging>";
    let layers = pom(&boot("4.1.1", war));
    assert_eq!(layers.commands[1], "install -pD target/shop-*.war /out/app.war");
    assert!(layers.commands[2].contains("extract --layers --launcher --destination"), "{layers:?}");
    assert_eq!(layers.start, "/usr/bin/java org.springframework.boot.loader.launch.WarLauncher");
    let whole = pom(&boot("2.7.0", war));
    assert_eq!(
        (whole.copies.as_slice(), whole.start.as_str()),
        (&["/out/app.war /app/app.war".to_owned()][..], "/usr/bin/java -jar app.war")
    );
    let plain = stop(&[("pom.xml", &maven(war, ""))], &Options::default());
    assert_eq!(plain.reason, "pom.xml:1 is a web archive (packaging `war`), which a servlet container runs");
    assert!(plain.help[0].contains("an executable war"), "{:?}", plain.help);
    let ear = refusal(&[("pom.xml", &maven("<packaging>ear</packaging>", ""))]);
    assert_eq!(ear, "pom.xml:1 has packaging `ear`, which an application server runs");
}

#[test]
fn a_plugin_that_nothing_binds_is_bound_on_the_command_line() {
    let bill = "<dependencyManagement><dependencies><dependency><groupId>org.springframework.boot</groupId>\
        <artifactId>spring-boot-dependencies</artifactId><version>4.1.1</version></dependency></dependencies></dependencyManagement>";
    let text = boot("4.1.1", bill);
    let start = text.find("<parent>").unwrap();
    let end = text.find("</parent>").unwrap() + "</parent>".len();
    let without_parent = format!("{}{}", &text[..start], &text[end..]);
    assert_eq!(pom(&without_parent).commands[0], "mvn -B -ntp -DskipTests package spring-boot:repackage");
    assert_eq!(pom(&text).commands[0], "mvn -B -ntp -DskipTests package");
}

#[test]
fn quarkus_in_its_three_forms() {
    let quarkus = |kind: &str| {
        let properties = format!("<properties>{kind}</properties>");
        let plugin = "<plugin><groupId>io.quarkus.platform</groupId><artifactId>quarkus-maven-plugin</artifactId>\
            <version>3.20.0</version><executions><execution><goals><goal>build</goal></goals></execution></executions></plugin>";
        maven(&properties, plugin)
    };
    let kind = |kind: &str| quarkus(&format!("<quarkus.package.jar.type>{kind}</quarkus.package.jar.type>"));
    let folder = pom(&quarkus(""));
    assert_eq!(folder.commands[1..], ["mkdir -p /out", "cp -pr target/quarkus-app/. /out/"]);
    let parts = [
        "/out/lib/ /app/lib/",
        "/out/quarkus/ /app/quarkus/",
        "/out/quarkus-run.jar /app/quarkus-run.jar",
        "/out/app/ /app/app/",
    ];
    assert_eq!(folder.copies, parts);
    assert_eq!(folder.start, "/usr/bin/java -jar quarkus-run.jar");
    let whole = pom(&kind("uber-jar"));
    assert_eq!(whole.commands[1..], ["install -pD target/app-*-runner.jar /out/app.jar"]);
    let legacy = pom(&kind("legacy-jar"));
    assert_eq!(legacy.copies, ["/out/lib/ /app/lib/", "/out/app.jar /app/app.jar"]);
    let native = refusal(&[("pom.xml", &quarkus("<quarkus.native.enabled>true</quarkus.native.enabled>"))]);
    assert_eq!(native, "pom.xml:1 has Quarkus make a native program");
}

#[test]
fn micronaut_shades_by_its_parent() {
    let text = |class: &str| {
        format!(
            "<project><parent><groupId>io.micronaut.platform</groupId><artifactId>micronaut-parent</artifactId><version>4.8.0</version></parent>\
             <groupId>g</groupId><artifactId>app</artifactId><version>1</version><packaging>${{packaging}}</packaging>\
             <properties><packaging>jar</packaging>{class}</properties><build><plugins><plugin><groupId>io.micronaut.maven</groupId>\
             <artifactId>micronaut-maven-plugin</artifactId></plugin></plugins></build></project>"
        )
    };
    let made = pom(&text("<exec.mainClass>a.B</exec.mainClass>"));
    assert_eq!(made.commands[1..], ["install -pD target/app-*.jar /out/app.jar"]);
    assert_eq!(made.start, "/usr/bin/java -jar app.jar");
    assert_eq!(refusal(&[("pom.xml", &text(""))]), "pom.xml does not say its main class");
}

const ASSEMBLY: &str = "<plugin><artifactId>maven-assembly-plugin</artifactId><executions><execution>\
    <phase>package</phase><goals><goal>single</goal></goals></execution></executions><configuration>\
    <descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs>\
    <archive><manifest><mainClass>a.B</mainClass></manifest></archive></configuration></plugin>";

const BESIDE: &str = "<plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest>\
    <addClasspath>true</addClasspath><classpathPrefix>lib/</classpathPrefix><mainClass>a.B</mainClass></manifest>\
    </archive></configuration></plugin><plugin><artifactId>maven-dependency-plugin</artifactId><executions><execution>\
    <phase>package</phase><goals><goal>copy-dependencies</goal></goals><configuration>\
    <outputDirectory>${project.build.directory}/lib</outputDirectory></configuration></execution></executions></plugin>";

#[test]
fn jars_that_plugins_pack() {
    let attached = "<shadedArtifactAttached>true</shadedArtifactAttached><shadedClassifierName>all</shadedClassifierName>";
    for (plugins, taken) in [
        (shade("a.B", ""), "target/app-*.jar"),
        (shade("a.B", "<finalName>whole</finalName>"), "target/whole.jar"),
        (shade("a.B", attached), "target/app-*-all.jar"),
        (ASSEMBLY.to_owned(), "target/app-*-jar-with-dependencies.jar"),
    ] {
        let made = pom(&maven("", &plugins));
        assert_eq!(made.commands[1..], [format!("install -pD {taken} /out/app.jar")]);
        assert_eq!(
            (made.copies[0].as_str(), made.start.as_str()),
            ("/out/app.jar /app/app.jar", "/usr/bin/java -jar app.jar")
        );
    }
    let beside = pom(&maven("", BESIDE));
    assert_eq!(beside.commands[2..], ["mkdir -p /out/lib", "cp -pr target/lib/. /out/lib/"]);
    assert_eq!(beside.copies, ["/out/lib/ /app/lib/", "/out/app.jar /app/app.jar"]);
}

#[test]
fn two_jars_that_start_other_classes_are_two_programs() {
    let plugin = |first: &str, second: &str| {
        let executions =
            shaded(first, "<finalName>x</finalName>") + &shaded(second, "<finalName>y</finalName>");
        maven(
            "",
            &format!(
                "<plugin><artifactId>maven-shade-plugin</artifactId><executions>{executions}</executions></plugin>"
            ),
        )
    };
    let reason = refusal(&[("pom.xml", &plugin("a.B", "a.C"))]);
    assert_eq!(reason, "pom.xml:3 (`a.B`) and pom.xml:4 (`a.C`) make two jars that start");
    assert_eq!(pom(&plugin("a.B", "a.B")).commands[1], "install -pD target/x.jar /out/app.jar");
}

#[test]
fn what_no_plugin_packs_runs_on_the_class_path_in_two_layers() {
    let (parent, core) = (root(&["core", "app"]), child("core", &[], ""));
    let app = child("app", &["core"], "");
    let made = of(&[
        ("pom.xml", &parent),
        ("core/pom.xml", &core),
        ("core/src/main/java/L.java", "class L {}"),
        ("app/pom.xml", &app),
        ("app/src/main/java/a/B.java", crate::java::MAIN),
    ]);
    assert!(
        made.commands[0].starts_with(
            "mvn -B -ntp -DskipTests -pl app -am package org.apache.maven.plugins:maven-dependency-plugin:"
        ),
        "{made:?}"
    );
    assert_eq!(
        made.commands[1..],
        [
            "install -pD app/target/app-*.jar /out/app/app.jar",
            "mkdir -p app/target/dependency /out/lib",
            "cp -pr app/target/dependency/. /out/lib/",
            "find /out/lib -name 'g.core-*.jar' -exec mv -t /out/app {} +",
        ]
    );
    assert_eq!(made.copies, ["/out/lib/ /app/lib/", "/out/app/ /app/"]);
    assert_eq!(made.start, "/usr/bin/java -cp /app/*:/app/lib/* a.B");
}

const COMMIT: &str = "<plugin><groupId>io.github.git-commit-id</groupId><artifactId>git-commit-id-maven-plugin</artifactId>\
    <executions><execution><goals><goal>revision</goal></goals></execution></executions></plugin>";

#[test]
fn plugins_of_modules_that_are_built_are_skipped_and_others_are_not_spoken_of() {
    let parent = root(&["lib", "a", "b"]);
    let lib = child(
        "lib",
        &[],
        &format!(
            "{COMMIT}<plugin><artifactId>maven-source-plugin</artifactId><executions><execution><goals><goal>jar-no-fork</goal></goals></execution></executions></plugin>"
        ),
    );
    let (a, b) = (child("a", &["lib"], REPACKAGED), child("b", &[], REPACKAGED));
    let files = [("pom.xml", parent.as_str()), ("lib/pom.xml", &lib), ("a/pom.xml", &a), ("b/pom.xml", &b)];
    let command = |service: &str| {
        let options = Options { service: Some(service.to_owned()), ..Options::default() };
        made(&files, &options).commands[0].clone()
    };
    assert_eq!(
        command("a"),
        "mvn -B -ntp -DskipTests -pl a -am -Dmaven.gitcommitid.skip=true -Dmaven.source.skip=true package"
    );
    assert_eq!(command("b"), "mvn -B -ntp -DskipTests -pl b -am package");
}

#[test]
fn private_repositories_are_read_by_a_secret_and_never_written() {
    let with = |url: &str| {
        let repositories =
            format!("<repositories><repository><id>x</id><url>{url}</url></repository></repositories>");
        pom(&boot("4.1.1", &repositories)).dockerfile
    };
    let mount = "--mount=type=secret,id=maven-settings,target=/root/.m2/settings.xml";
    for (url, says) in [
        (
            "https://bob:hunter2@nexus.acme.example/maven",
            "pom.xml:2 names a repository that may ask for credentials",
        ),
        ("https://maven.pkg.github.com/acme/shop", "pom.xml:2 names a repository that asks for credentials"),
    ] {
        let dockerfile = with(url);
        assert!(dockerfile.contains(mount) && dockerfile.contains(says), "{dockerfile}");
        assert!(!dockerfile.contains("hunter2") && !dockerfile.contains("acme"), "{dockerfile}");
    }
    for url in
        ["https://repo.spring.io/milestone", "https://repo.maven.apache.org/maven2", "https://jitpack.io"]
    {
        assert!(!with(url).contains("secret"), "{url}");
    }
}

#[test]
fn settings_of_the_project_name_their_variables() {
    let settings = "<settings><servers><server><id>x</id><username>${env.NEXUS_USER}</username><password>${env.NEXUS_TOKEN}</password></server>\
        <server><id>y</id><password>hunter2</password></server></servers></settings>";
    let files = [
        ("pom.xml", &*boot("4.1.1", "")),
        (".mvn/maven.config", "-s\n.mvn/own.xml\n"),
        (".mvn/own.xml", settings),
    ];
    let dockerfile = of(&files).dockerfile;
    for name in ["NEXUS_USER", "NEXUS_TOKEN"] {
        assert!(dockerfile.contains(&format!("--mount=type=secret,id={name} \\\n")), "{dockerfile}");
        assert!(
            dockerfile.contains(&format!("{name}=\"$(cat /run/secrets/{name})\"; export {name};")),
            "{dockerfile}"
        );
    }
    assert!(!dockerfile.contains("hunter2"));
    let absent = refusal(&files[..2]);
    assert_eq!(
        absent,
        ".mvn/maven.config:1 names the settings `.mvn/own.xml`, which are not in the repository"
    );
}

#[test]
fn the_wrapper_is_run_by_a_path_that_it_can_find_its_files_from() {
    let wrapped = |script: &str| {
        let properties = (".mvn/wrapper/maven-wrapper.properties", "");
        of(&[("pom.xml", &boot("4.1.1", "")), ("mvnw", script), properties])
    };
    let used = wrapped("#!/bin/sh\n");
    assert_eq!(used.commands[0], "sh ./mvnw -B -ntp -DskipTests package");
    assert!(used.dockerfile.contains("FROM eclipse-temurin:21-jdk-noble AS build"));
    assert!(used.dockerfile.contains("target=/root/.m2/wrapper,"), "{}", used.dockerfile);
    let windows = wrapped("#!/bin/sh\r\n");
    assert_eq!(windows.commands[0], "mvn -B -ntp -DskipTests package");
    assert!(windows.dockerfile.contains("FROM maven:3-eclipse-temurin-21-noble AS build"));
    assert_eq!(
        windows.warnings,
        ["mvnw has Windows line ends, with which no shell runs it; the image's own Maven is used"]
    );
}

#[test]
fn what_the_wrapper_calls_is_installed_where_the_image_lacks_it() {
    let of = |java: &str, settings: &str| {
        let pom = boot("4.1.1", &format!("<properties><java.version>{java}</java.version></properties>"));
        let settings = format!("distributionUrl=https://x.example/apache-maven-3.9.9-bin.zip\n{settings}");
        let properties = (".mvn/wrapper/maven-wrapper.properties", settings.as_str());
        of(&[("pom.xml", &pom), ("mvnw", "#!/bin/sh\n"), properties]).dockerfile
    };
    assert!(!of("21", "distributionType=only-script").contains("apt-get"));
    let summed = of("21", "distributionType=only-script\ndistributionSha256Sum=00");
    assert!(summed.contains("apt-get install -y --no-install-recommends \\\n    unzip\n"), "{summed}");
    // Java 25's image has no wget; the others have.
    assert!(!of("21", "wrapperUrl=https://x.example/w.jar").contains("apt-get"));
    assert!(of("25", "wrapperUrl=https://x.example/w.jar").contains(" \\\n    wget\n"));
}

#[test]
fn what_the_build_reads_reaches_it() {
    let (parent, shop) = (root(&["apps/shop"]), child("shop", &[], REPACKAGED));
    let ignore = files_of(&plan(&[
        ("pom.xml", &parent),
        ("apps/shop/pom.xml", &shop),
        ("apps/shop/src/main/java/build/B.java", ""),
        ("apps/shop/src/main/java/a/target/T.java", ""),
        (".mvn/jvm.config", "-Xmx1g"),
        (".mvn/wrapper/maven-wrapper.jar", ""),
        (".mvn/wrapper/maven-wrapper.properties", ""),
        ("mvnw", "#!/bin/sh\n"),
    ]))
    .1;
    let hidden = distrogen::ignore::Ignore::parse(&ignore);
    for path in ["target/x.jar", "apps/shop/target/shop.jar", "apps/shop/src/test/java/T.java", ".git/HEAD"] {
        assert!(hidden.hides(path), "{path}:\n{ignore}");
    }
    for path in [
        "apps/shop/src/main/java/build/B.java",
        "apps/shop/src/main/java/a/target/T.java",
        "apps/shop/pom.xml",
        ".mvn/jvm.config",
        ".mvn/wrapper/maven-wrapper.jar",
        "mvnw",
    ] {
        assert!(!hidden.hides(path), "{path}:\n{ignore}");
    }
}

#[test]
fn packages_that_are_called_as_what_builds_make_are_kept() {
    // A module three folders down has the depth of a package of the root's own sources.
    let (parent, deep) = (root(&["x/y/z"]).replace("<packaging>pom</packaging>", ""), child("z", &[], ""));
    let sources = (
        "src/main/java/target/B.java",
        "package target; public class B { public static void main(String[] args) {} }",
    );
    let files = [("pom.xml", parent.as_str()), ("x/y/z/pom.xml", &deep), sources];
    let ignore = files_of(&plan(&files)).1;
    assert!(
        ignore.contains("\n*/*/*/target\n") && ignore.ends_with("\n!src/main/java/target/B.java\n"),
        "{ignore}"
    );
}
