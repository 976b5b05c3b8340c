//! The effective model: parents, profiles, properties, bills of materials.

use super::*;

fn java(files: &[(&str, &str)]) -> Option<(u64, bool, String)> {
    root(files).java.map(|asked| (asked.release, asked.exact, asked.evidence.place()))
}

fn release(body: &str) -> Option<u64> {
    java(&[("pom.xml", &project(body))]).map(|(release, ..)| release)
}

#[test]
fn the_strongest_of_all_releases_counts() {
    let compiler = |inner: &str| plugins(&[plugin("maven-compiler-plugin", "", inner)]);
    let properties = |inner: &str| format!("<properties>{inner}</properties>");
    let both =
        properties("<maven.compiler.release>17</maven.compiler.release><java.version>11</java.version>");
    assert_eq!(release(&both), Some(17));
    assert_eq!(release(&format!("{both}{}", compiler("<release>${java.version}</release>"))), Some(11));
    assert_eq!(release(&format!("{both}{}", compiler("<release>${unknown}</release>"))), Some(17));
    assert_eq!(release(&compiler("<source>1.7</source><target>1.8</target>")), Some(8));
    assert_eq!(release(&properties("<kotlin.compiler.jvmTarget>21</kotlin.compiler.jvmTarget>")), Some(21));
    assert_eq!(release(""), None);
    let toolchain = |version: &str| {
        let jdk = format!("<toolchains><jdk><version>{version}</version></jdk></toolchains>");
        java(&[("pom.xml", &project(&plugins(&[plugin("maven-toolchains-plugin", "toolchain", &jdk)])))])
    };
    assert_eq!(toolchain("21"), Some((21, true, "pom.xml:5".to_owned())));
    assert_eq!(toolchain("[17,)"), Some((17, false, "pom.xml:5".to_owned())));
}

#[test]
fn modules_inherit_from_parents_in_the_tree() {
    let library = dependency("g", "lib", "<version>${project.version}</version>");
    let managed = dependency("x", "y", "<version>${y}</version>");
    let tested = dependency("j", "unit", "<scope>test</scope>");
    let provided = dependency("x", "p", "<scope>provided</scope>");
    let parent = project(&format!(
        "<packaging>pom</packaging><modules><module>api</module><module>lib/pom-lib.xml</module></modules>
        <properties><y>3</y><maven.compiler.release>21</maven.compiler.release></properties>
        <dependencyManagement><dependencies>{managed}</dependencies></dependencyManagement>
        <dependencies>{tested}{provided}</dependencies>"
    ));
    let api = child("api", &format!("<dependencies>{library}{}</dependencies>", dependency("x", "y", "")));
    let lib = child("lib", "");
    let found = build(&[("pom.xml", &parent), ("api/pom.xml", &api), ("lib/pom-lib.xml", &lib)]);
    let names: Vec<_> = found.modules.iter().map(|one| (one.folder.as_str(), one.name.as_str())).collect();
    assert_eq!(names, [("", "shop"), ("api", "api"), ("lib", "lib")]);
    let api = &found.modules[1];
    assert_eq!(api.java.as_ref().map(|asked| asked.release), Some(21));
    let mut of_api: Vec<_> = api
        .dependencies
        .iter()
        .map(|one| (one.artifact.as_str(), one.version.as_deref(), one.shipped))
        .collect();
    of_api.sort_unstable();
    assert_eq!(of_api, [("lib", Some("1.0"), true), ("p", None, false), ("y", Some("3"), true)]);
    assert_eq!((found.refused.is_none(), found.warnings.len()), (true, 0));
}

#[test]
fn plugins_are_merged_by_their_names_and_executions() {
    let managed = plugin("maven-compiler-plugin", "", "<release>17</release><args><a>1</a></args>");
    let parent = format!(
        "<packaging>pom</packaging><modules><module>a</module></modules><build><pluginManagement><plugins>{managed}</plugins></pluginManagement></build>"
    );
    let release = |own: &str| {
        let own = child("a", &plugins(&[plugin("maven-compiler-plugin", "", own)]));
        let found = build(&[("pom.xml", &project(&parent)), ("a/pom.xml", &own)]);
        found.modules[1].java.as_ref().map(|asked| (asked.release, asked.evidence.place()))
    };
    assert_eq!(release("<args><b>2</b></args>"), Some((17, "pom.xml:5".to_owned())));
    assert_eq!(release("<release>21</release>"), Some((21, "a/pom.xml:1".to_owned())));
    // What is only managed is no part of the root's own build, but of what the lifecycle runs.
    assert_eq!(release(""), Some((17, "pom.xml:5".to_owned())));
    assert_eq!(java(&[("pom.xml", &project(&parent)), ("a/pom.xml", &child("a", ""))]), None);
}

#[test]
fn profiles_that_are_active_take_part() {
    let properties = |release: u64| format!("<properties><jdk.version>{release}</jdk.version></properties>");
    let profile = |activation: &str| {
        let default = format!(
            "<profile><id>d</id><activation><activeByDefault>true</activeByDefault></activation>{}</profile>",
            properties(11)
        );
        let other =
            format!("<profile><id>o</id><activation>{activation}</activation>{}</profile>", properties(17));
        project(&format!("{}<profiles>{default}{other}</profiles>", properties(8)))
    };
    for (activation, release) in [
        ("<property><name>!x</name></property>", 17),
        ("<property><name>x</name></property>", 11),
        ("<property><name>set</name><value>1</value></property>", 17),
        ("<jdk>[17,)</jdk>", 17),
        ("<jdk>[1.8,17)</jdk>", 11),
        ("<jdk>1.8</jdk>", 11),
        ("<os><family>unix</family></os>", 17),
        ("<os><family>!windows</family><name>linux</name></os>", 17),
        ("<os><family>windows</family></os>", 11),
        ("<file><exists>src/x</exists></file>", 17),
        ("<file><exists>${basedir}/src/y</exists></file>", 11),
        ("<file><missing>src/x</missing></file>", 11),
        ("<jdk>21</jdk><property><name>x</name></property>", 11),
    ] {
        let found =
            java(&[("pom.xml", &profile(activation)), ("src/x", ""), (".mvn/maven.config", "-Dset=1")]);
        assert_eq!(found.map(|(release, ..)| release), Some(release), "{activation}");
    }
    for (config, release) in [("-Po", 17), ("-P\n!d", 8), ("", 11)] {
        let found = java(&[("pom.xml", &profile("")), (".mvn/maven.config", config)]);
        assert_eq!(found.map(|(release, ..)| release), Some(release), "{config}");
    }
}

#[test]
fn a_file_that_makes_a_parents_profile_active_is_looked_for_in_the_child() {
    let activation = "<activation><file><exists>src/app.yml</exists></file></activation>";
    let profile = format!(
        "<profile><id>app</id>{activation}{}</profile>",
        plugins(&[plugin("spring-boot-maven-plugin", "repackage", "")])
    );
    let parent = project(&format!(
        "<packaging>pom</packaging><modules><module>a</module><module>b</module></modules><profiles>{profile}</profiles>"
    ));
    let found = build(&[
        ("pom.xml", &parent),
        ("a/pom.xml", &child("a", "")),
        ("b/pom.xml", &child("b", "")),
        ("b/src/app.yml", ""),
    ]);
    let made: Vec<bool> =
        found.modules.iter().map(|one| matches!(one.makes, Makes::Application(_))).collect();
    assert_eq!(made, [false, false, true]);
}

#[test]
fn bills_of_materials_in_the_tree_are_imported() {
    let managed = |inner: String| {
        format!("<dependencyManagement><dependencies>{inner}</dependencies></dependencyManagement>")
    };
    let import = dependency("g", "bom", "<version>1.0</version><type>pom</type><scope>import</scope>");
    let bom = named("bom", &managed(dependency("x", "y", "<version>7</version>") + &import));
    let parent = project(&format!(
        "<modules><module>bom</module></modules>{}<dependencies>{}</dependencies>",
        managed(import.clone()),
        dependency("x", "y", "")
    ));
    let found = root(&[("pom.xml", &parent), ("bom/pom.xml", &bom)]);
    assert_eq!(found.dependencies[0].version.as_deref(), Some("7"));
}

#[test]
fn properties_of_the_command_line_win_and_cycles_end() {
    let pom = |version: &str| {
        format!(
            "<project><groupId>g</groupId><artifactId>shop</artifactId><version>${{revision}}</version><properties><revision>1</revision><a>${{b}}</a><b>${{a}}${{a}}</b><jdk.version>{version}</jdk.version></properties><dependencies>{}</dependencies></project>",
            dependency("x", "y", "<version>${project.version}</version>")
        )
    };
    let found = root(&[("pom.xml", &pom("17")), (".mvn/maven.config", "-Drevision=2.5")]);
    assert_eq!(found.dependencies[0].version.as_deref(), Some("2.5"));
    assert!(root(&[("pom.xml", &pom("${a}"))]).java.is_none());
}

#[test]
fn what_maven_would_not_begin_with_is_refused() {
    let reason = |files: &[(&str, &str)]| build(files).refused.unwrap().reason;
    let with = |name: &str| {
        project(&format!("<packaging>pom</packaging><modules><module>{name}</module></modules>"))
    };
    assert_eq!(
        reason(&[("pom.xml", &with("gone"))]),
        "pom.xml:5 names the module `gone`, which is not in the repository"
    );
    assert!(reason(&[("pom.xml", &with("../out"))]).contains("not in the repository"));
    assert_eq!(
        reason(&[("pom.xml", &with("a")), ("a/pom.xml", &project(""))]),
        "a/pom.xml and pom.xml are both `g:shop`"
    );
    let absent = "<project>\n<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version><relativePath>../p/pom.xml</relativePath></parent><artifactId>a</artifactId></project>";
    assert_eq!(
        reason(&[("pom.xml", absent)]),
        "pom.xml:2 names the parent `g:p` at `../p/pom.xml`, which is not in the repository"
    );
    // The parent's parent is the child.
    let above = "<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1.0</version><relativePath>a/pom.xml</relativePath></parent><groupId>g</groupId><artifactId>shop</artifactId><version>1.0</version><modules><module>a</module></modules></project>";
    let below = child("a", "");
    assert!(reason(&[("pom.xml", above), ("a/pom.xml", &below)]).contains("form a cycle"));
    // Modules that name each other end, too.
    let cycle = child("a", "<modules><module>..</module></modules>");
    assert_eq!(build(&[("pom.xml", &with("a")), ("a/pom.xml", &cycle)]).modules.len(), 2);
}

#[test]
fn a_parent_of_another_name_or_version_is_not_taken() {
    let other = named(
        "other",
        "<properties><jdk.version>21</jdk.version></properties><modules><module>a</module></modules>",
    );
    let found = build(&[("pom.xml", &other), ("a/pom.xml", &child("a", ""))]);
    assert_eq!((found.modules[1].java.is_none(), found.refused.is_none()), (true, true));
    let newer = project("<modules><module>a</module></modules>").replace("1.0", "2.0");
    let found = build(&[("pom.xml", &newer), ("a/pom.xml", &child("a", ""))]);
    assert!(found.warnings[0].contains("asks for its parent in version 1.0"), "{:?}", found.warnings);
}

#[test]
fn sources_that_are_not_in_the_usual_folder_are_known() {
    let of = |body: &str| root(&[("pom.xml", &project(body))]).roots;
    let build = |folder: &str| format!("<build><sourceDirectory>{folder}</sourceDirectory></build>");
    assert_eq!(of(&build("src")), ["src"]);
    assert_eq!(of(&build("${project.basedir}/app/java")), ["app/java"]);
    assert_eq!(of(&build("../elsewhere")), [""; 0]);
    assert_eq!(of(""), [""; 0]);
}
