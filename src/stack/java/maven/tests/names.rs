//! What files are called, who reads those of others, and what is no program after all.

use super::*;
use crate::stack::java::module::Shape;

const MANIFEST: &str = "<archive><manifest><mainClass>g.App</mainClass></manifest></archive>";

fn made(body: &str, more: &[(&str, &str)]) -> Application {
    let pom = project(body);
    application(&[&[("pom.xml", pom.as_str())], more].concat())
}

#[test]
fn plugins_have_names_of_their_own_for_jars() {
    let starter = "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>2.0.3.RELEASE</version></parent>";
    let boot = plugin("spring-boot-maven-plugin", "", "<finalName>${project.name}</finalName>");
    let named = format!("{starter}<name>gate</name>{}", plugins(std::slice::from_ref(&boot)));
    assert_eq!(made(&named, &[]).output, exact("gate.jar"));
    assert_eq!(made(&format!("{starter}{}", plugins(&[boot])), &[]).output, exact("shop.jar"));
    let jar = plugin("maven-jar-plugin", "", &format!("<finalName>app</finalName>{MANIFEST}"));
    assert_eq!(made(&plugins(std::slice::from_ref(&jar)), &[]).output, exact("app.jar"));
    let shade = plugin("maven-shade-plugin", "shade", "");
    let both = made(&plugins(&[jar, shade]), &[]);
    assert_eq!((both.shape, both.output), (Shape::Jar, exact("app.jar")));
    let helidon = "<parent><groupId>io.helidon.applications</groupId><artifactId>helidon-se</artifactId><version>4.1.2</version></parent><properties><mainClass>g.App</mainClass></properties>";
    assert_eq!(made(helidon, &[]).output, exact("shop.jar"));
}

#[test]
fn the_jar_plugin_need_not_be_named_where_it_is_managed() {
    let jar = plugin("maven-jar-plugin", "", MANIFEST);
    let managed = format!("<build><pluginManagement><plugins>{jar}</plugins></pluginManagement></build>");
    assert_eq!(made(&managed, &[]).shape, Shape::ClassPath { main: Some("g.App".to_owned()) });
    let other = managed.replace("maven-jar-plugin", "jib-maven-plugin");
    assert_eq!(library(&other), "no plugin makes it a program");
}

#[test]
fn jars_beside_the_main_one_are_told_apart() {
    let own = "<assembly><id>all</id><formats><format>jar</format></formats></assembly>";
    let jar = plugin("maven-jar-plugin", "test-jar", MANIFEST);
    let assembly = plugin(
        "maven-assembly-plugin",
        "single",
        "<descriptors><descriptor>src/all.xml</descriptor></descriptors>",
    );
    let found = made(&plugins(&[jar, assembly]), &[("src/all.xml", own)]);
    let File::Versioned { before, others, .. } = found.output.file else { panic!("{:?}", found.output) };
    assert_eq!(before, "shop-");
    assert_eq!(others, ["-all.jar", "-tests.jar"]);
}

#[test]
fn tools_of_developers_make_no_program() {
    let exec = plugins(&[plugin("exec-maven-plugin", "", "<mainClass>org.tool.Run</mainClass>")]);
    let source = ("src/main/java/g/Library.java", "package g;\nclass Library {}");
    let pom = |more: &str| project(&format!("{exec}{more}"));
    let of = |more: &str| root(&[("pom.xml", &pom(more)), source]).makes;
    assert!(matches!(of(""), Makes::Library(_)));
    let shipped = format!("<dependencies>{}</dependencies>", dependency("org.tool", "run", ""));
    assert!(matches!(of(&shipped), Makes::Application(_)));
    let boot = plugins(&[plugin("spring-boot-maven-plugin", "", "")]);
    assert!(matches!(root(&[("pom.xml", &project(&boot)), source]).makes, Makes::Library(_)));
}

#[test]
fn what_another_module_makes_is_built_with_it() {
    let copy = |from: &str| {
        child("back", &plugins(&[plugin("maven-resources-plugin", "copy-resources", &format!("<resources><resource><directory>{from}</directory></resource></resources>"))]).replace("<goals>", "<configuration><resources><resource><directory>FROM</directory></resource></resources></configuration><goals>").replace("FROM", from))
    };
    let parent =
        project("<packaging>pom</packaging><modules><module>front</module><module>back</module></modules>");
    let reads = |from: &str| {
        let files = [
            ("pom.xml", parent.as_str()),
            ("front/pom.xml", &child("front", "")),
            ("back/pom.xml", &copy(from)),
        ];
        build(&files).modules.into_iter().nth(2).unwrap().reads
    };
    assert_eq!(reads("${project.parent.basedir}/front/target/dist"), ["front"]);
    assert_eq!(reads("../front/target"), ["front"]);
    assert_eq!(reads("${project.basedir}/../front/src"), Vec::<String>::new());
    assert_eq!(reads("${project.basedir}/target/x"), Vec::<String>::new());
}

#[test]
fn the_enforcer_bounds_the_jdk_of_the_build() {
    let enforcer = |range: &str| {
        plugins(&[plugin(
            "maven-enforcer-plugin",
            "enforce",
            &format!("<rules><requireJavaVersion><version>{range}</version></requireJavaVersion></rules>"),
        )])
    };
    let holds = |body: &str| {
        let found = root(&[("pom.xml", &project(body))]).builds_on;
        [8, 17, 21, 25].map(|release| found.iter().all(|one| one.holds(release)))
    };
    assert_eq!(holds(&enforcer("[21,22),[25,26)")), [false, false, true, true]);
    assert_eq!(holds(&enforcer("17")), [false, true, true, true]);
    assert_eq!(holds(&enforcer("${unknown}")), [true; 4]);
    let old = "<properties><maven.compiler.release>8</maven.compiler.release></properties>";
    assert_eq!(holds(old), [false, true, true, true]);
}
