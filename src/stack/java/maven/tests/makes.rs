//! What plugins make.

use super::*;
use crate::stack::java::module::Shape;

const BOOT: &str = "spring-boot-maven-plugin";
const STARTER: &str = "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.1</version></parent>";

/// A class that can be started.
const MAIN: (&str, &str) = (
    "src/main/java/g/App.java",
    "package g;\npublic class App { public static void main(String[] args) {} }",
);

fn app(body: &str) -> Application {
    application(&[("pom.xml", &project(body)), MAIN])
}

fn boot(configuration: &str) -> String {
    let spring = "<groupId>org.springframework.boot</groupId>";
    plugins(&[plugin(BOOT, "", configuration).replace("<plugin>", &format!("<plugin>{spring}"))])
}

#[test]
fn spring_boot_by_its_parent() {
    let found = app(&format!("{STARTER}{}", boot("")));
    assert_eq!(found.shape, Shape::Boot { layered: true });
    assert_eq!(found.output, versioned("shop-", ".jar"));
    assert_eq!(found.tasks, ["package"]);
    assert_eq!(found.framework.as_deref(), Some("spring-boot"));
    assert_eq!(found.version.unwrap().to_string(), "3.5.1");
}

#[test]
fn spring_boot_in_other_forms() {
    let named = "<packaging>war</packaging>".to_owned() + &boot("<classifier>exec</classifier>");
    assert_eq!(app(&named).output, versioned("shop-", "-exec.war"));
    let own = boot("").replace("<configuration>", "<executions><execution><id>repackage</id><configuration><classifier>x</classifier></configuration></execution></executions><configuration>");
    assert_eq!(app(&format!("{STARTER}{own}")).output, versioned("shop-", "-x.jar"));
    let off = own.replace("<id>repackage</id>", "<id>repackage</id><phase>none</phase>");
    assert!(library(&format!("{STARTER}{off}")).contains("skips"));
    assert_eq!(app(&boot("")).tasks, ["package", "spring-boot:repackage"]);
    let bound = plugins(&[plugin(BOOT, "repackage", "<layers><enabled>false</enabled></layers>")]);
    assert_eq!(
        (app(&bound).tasks, app(&bound).shape),
        (vec!["package".to_owned()], Shape::Boot { layered: false })
    );
    let fixed = boot("").replace("<build>", "<build><finalName>${project.artifactId}</finalName>");
    assert_eq!(app(&fixed).output, exact("shop.jar"));
    let by_git = boot("").replace("<build>", "<build><finalName>a-${git.id}-b</finalName>");
    assert_eq!(app(&by_git).output, versioned("a-", "-b.jar"));
    let elsewhere = boot("<outputDirectory>${project.build.directory}/app</outputDirectory>");
    assert_eq!(app(&elsewhere).output.folder, "target/app");
    let above = boot("<outputDirectory>../out</outputDirectory>");
    assert!(refusal(&[("pom.xml", &project(&above)), MAIN]).contains("../out"));
    let odd = boot("").replace("<build>", "<build><finalName>a b;c</finalName>");
    assert!(
        refusal(&[("pom.xml", &project(&odd)), MAIN])
            .starts_with("the name of what is built cannot be known from pom.xml:5")
    );
}

#[test]
fn spring_boot_that_is_skipped_is_a_library() {
    assert_eq!(library(&boot("<skip>true</skip>")), "pom.xml:5 skips `spring-boot-maven-plugin`");
    let property = "<properties><spring-boot.repackage.skip>true</spring-boot.repackage.skip></properties>";
    assert!(library(&format!("{property}{}", boot(""))).contains("skips"));
    let idle = format!("<profiles><profile><id>run</id>{}</profile></profiles>", boot(""));
    assert!(library(&idle).ends_with("in the profile `run` only, which is not active"));
    assert_eq!(library(&format!("<packaging>pom</packaging>{}", boot(""))), "packaging `pom`");
}

fn quarkus(version: &str) -> String {
    let own = format!("<plugin><groupId>io.quarkus</groupId><version>{version}</version>");
    plugins(&[plugin("quarkus-maven-plugin", "build", "").replace("<plugin>", &own)])
}

#[test]
fn quarkus_in_all_its_forms() {
    const FILE: &str = "src/main/resources/application.properties";
    let made = |version: &str, settings: &str| {
        let found = application(&[("pom.xml", &project(&quarkus(version))), (FILE, settings)]);
        (found.shape, found.output)
    };
    let folder = (Shape::QuarkusFolder, at("target/quarkus-app", File::Folder));
    assert_eq!(made("3.20.0", ""), folder);
    assert_eq!(made("3.20.0", "quarkus.package.jar.type=mutable-jar"), folder);
    assert_eq!(made("3.20.0", "%dev.quarkus.package.type=uber-jar"), folder);
    assert_eq!(
        made("3.20.0", "quarkus.package.jar.type=uber-jar"),
        (Shape::Jar, versioned("shop-", "-runner.jar"))
    );
    let older = (Shape::JarAndFolder("lib".to_owned()), versioned("shop-", "-runner.jar"));
    assert_eq!(made("1.11.7.Final", ""), older);
    assert_eq!(made("2.0.0", "%prod.quarkus.package.type=legacy-jar"), older);
    let native = refusal(&[("pom.xml", &project(&quarkus("3"))), (FILE, "a=b\nquarkus.native.enabled=true")]);
    assert_eq!(native, format!("{FILE}:2 has Quarkus make a native program"));
    let property = "<properties><quarkus.package.type>uber-jar</quarkus.package.type></properties>";
    let found = app(&format!("{property}{}", quarkus("3")));
    assert_eq!((found.shape, found.framework.as_deref()), (Shape::Jar, Some("quarkus")));
    let by_name = quarkus("3").replace("io.quarkus<", "${p}<");
    let found = app(&format!("<properties><p>io.quarkus.platform</p></properties>{by_name}"));
    assert_eq!(found.shape, Shape::QuarkusFolder);
}

#[test]
fn micronaut_and_helidon_by_their_parents() {
    let parent = |group: &str, artifact: &str| {
        format!(
            "<parent><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>4.6.3</version></parent>"
        )
    };
    let micronaut = |packaging: &str, main: &str| {
        let properties = format!("<properties><packaging>{packaging}</packaging>{main}</properties>");
        let plugins = plugins(&[plugin("micronaut-maven-plugin", "", "")]);
        let above = parent("io.micronaut.platform", "micronaut-parent");
        project(&format!("{above}<packaging>${{packaging}}</packaging>{properties}{plugins}"))
    };
    let main = "<exec.mainClass>a.Main</exec.mainClass>";
    let found = application(&[("pom.xml", &micronaut("jar", main))]);
    assert_eq!((found.shape, found.tasks), (Shape::Jar, vec!["package".to_owned()]));
    assert_eq!(found.version.unwrap().to_string(), "4.6.3");
    let found = application(&[("pom.xml", &micronaut("docker-native", main))]);
    assert_eq!(found.tasks, ["package", "-Dpackaging=jar"]);
    assert!(refusal(&[("pom.xml", &micronaut("jar", ""))]).contains("main class"));
    let above = parent("io.helidon.applications", "helidon-se");
    let found = app(&format!("{above}<properties><mainClass>a.Main</mainClass></properties>"));
    assert_eq!(found.shape, Shape::JarAndFolder("libs".to_owned()));
    assert_eq!(found.framework.as_deref(), Some("helidon"));
    assert!(
        app(&parent("io.helidon.applications", "helidon-mp")).evidence[0].place().starts_with("pom.xml:")
    );
}

fn shade(more: &str) -> String {
    let transformer = r#"<transformers><transformer implementation="org.apache.maven.plugins.shade.resource.ManifestResourceTransformer"><mainClass>a.Main</mainClass></transformer></transformers>"#;
    plugins(&[plugin("maven-shade-plugin", "shade", &format!("{transformer}{more}"))])
}

#[test]
fn shaded_jars_by_their_names() {
    for (more, output) in [
        ("", versioned("shop-", ".jar")),
        ("<finalName>fat</finalName>", exact("fat.jar")),
        ("<finalName>${project.build.finalName}</finalName>", versioned("shop-", ".jar")),
        ("<shadedArtifactAttached>true</shadedArtifactAttached>", versioned("shop-", "-shaded.jar")),
        (
            "<shadedArtifactAttached>true</shadedArtifactAttached><shadedClassifierName>all</shadedClassifierName>",
            versioned("shop-", "-all.jar"),
        ),
        (
            "<outputFile>${project.build.directory}/x/${project.artifactId}-fat.jar</outputFile>",
            at("target/x", File::Exact("shop-fat.jar".to_owned())),
        ),
    ] {
        let found = app(&shade(more));
        assert_eq!((found.shape, found.output), (Shape::Jar, output), "{more}");
    }
    assert!(
        refusal(&[("pom.xml", &project(&shade("<outputFile>/tmp/x.jar</outputFile>")))]).contains("`/tmp`")
    );
    let late = shade("").replace("<goals>", "<phase>none</phase><goals>");
    assert_eq!(library(&late), "no plugin makes it a program");
    let bare = plugins(&[plugin("maven-shade-plugin", "shade", "")]);
    assert_eq!(library(&bare), "pom.xml:5 shades a jar without a main class");
    let dropwizard = dependency("io.dropwizard", "dropwizard-core", "<version>4.0.7</version>");
    let found = app(&format!("<dependencies>{dropwizard}</dependencies>{}", shade("")));
    assert_eq!(
        found.framework.zip(found.version.map(|v| v.to_string())),
        Some(("dropwizard".into(), "4.0.7".into()))
    );
}

#[test]
fn assembled_jars_by_their_names() {
    let configuration = "<archive><manifest><mainClass>a.Main</mainClass></manifest></archive><descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs>";
    let assembly = |goal: &str, more: &str| {
        plugins(&[plugin("maven-assembly-plugin", goal, &format!("{configuration}{more}"))])
            .replace("<goals>", "<phase>package</phase><goals>")
    };
    assert_eq!(app(&assembly("single", "")).output, versioned("shop-", "-jar-with-dependencies.jar"));
    let named = assembly("single", "<finalName>x</finalName><appendAssemblyId>false</appendAssemblyId>");
    assert_eq!(app(&named).output, exact("x.jar"));
    assert_eq!(app(&assembly("", "")).tasks, ["package", "assembly:single"]);
}

#[test]
fn jars_beside_each_other() {
    let jar = |prefix: &str| {
        let manifest = "<mainClass>a.Main</mainClass><addClasspath>true</addClasspath>";
        let manifest = format!("{manifest}<classpathPrefix>{prefix}</classpathPrefix>");
        plugin("maven-jar-plugin", "", &format!("<archive><manifest>{manifest}</manifest></archive>"))
    };
    let copy = "<outputDirectory>${project.build.directory}/lib</outputDirectory>";
    let copy = plugin("maven-dependency-plugin", "copy-dependencies", copy);
    let class_path = Shape::ClassPath { main: Some("a.Main".to_owned()) };
    assert_eq!(app(&plugins(&[jar("lib/"), copy.clone()])).shape, Shape::JarAndFolder("lib".to_owned()));
    assert_eq!(app(&plugins(&[jar("libs/"), copy])).shape, class_path);
    assert_eq!(app(&plugins(&[jar("lib/")])).shape, class_path);
    let class_path = Shape::ClassPath { main: Some("g.App".to_owned()) };
    for body in [
        "<properties><exec.mainClass>g.App</exec.mainClass></properties>".to_owned(),
        plugins(&[plugin("exec-maven-plugin", "", "<mainClass>g.App</mainClass>")]),
        plugins(&[plugin("jib-maven-plugin", "", "<container><mainClass>g.App</mainClass></container>")]),
    ] {
        assert_eq!(app(&body).shape, class_path, "{body}");
    }
    assert_eq!(
        library("<properties><start-class>a b</start-class></properties>"),
        "no plugin makes it a program"
    );
}

#[test]
fn what_cannot_be_started_is_refused() {
    let of = |body: &str| refusal(&[("pom.xml", &project(body))]);
    assert_eq!(
        of("<packaging>war</packaging>"),
        "pom.xml:5 is a web archive (packaging `war`), which a servlet container runs"
    );
    assert_eq!(
        of("<packaging>ear</packaging>"),
        "pom.xml:5 has packaging `ear`, which an application server runs"
    );
    let function = dependency("com.amazonaws", "aws-lambda-java-core", "");
    assert!(of(&format!("<dependencies>{function}</dependencies>")).contains("a function for "));
    let vertx = plugins(&[plugin("vertx-maven-plugin", "package", "")]);
    assert_eq!(of(&vertx), "pom.xml:5 makes its jar by `vertx-maven-plugin`");
    let file =
        dependency("a", "b", "<scope>system</scope><systemPath>${project.basedir}/lib/b.jar</systemPath>");
    let file = format!("<dependencies>{file}</dependencies>");
    assert!(of(&file).contains("which is not in the repository"));
    assert!(matches!(root(&[("pom.xml", &project(&file)), ("lib/b.jar", "")]).makes, Makes::Library(_)));
}

#[test]
fn a_jar_that_cannot_unpack_itself_stays_whole() {
    for inner in [
        "<includeTools>false</includeTools>",
        "<layers><includeLayerTools>false</includeLayerTools></layers>",
        "<layout>ZIP</layout>",
    ] {
        assert_eq!(
            app(&format!("{STARTER}{}", boot(inner))).shape,
            Shape::Boot { layered: false },
            "{inner}"
        );
    }
}
