//! What stands around the poms: wrapper, settings, repositories, plugins of note, bad input.

use super::super::wrapper::Form;
use super::*;
use crate::stack::java::module::Shape;

#[test]
fn wrappers_by_their_forms() {
    const FILE: &str = ".mvn/wrapper/maven-wrapper.properties";
    let url = "distributionUrl=https\\://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/3.9.9/apache-maven-3.9.9-bin.zip\n";
    let pom = project("");
    let of = |script: &str, settings: &str, jar: &str| {
        let settings = format!("{url}{settings}");
        build(&[("pom.xml", &pom), ("mvnw", script), (FILE, &settings), (jar, "")]).wrapper.unwrap()
    };
    let found = of("#!/bin/sh\n", "distributionType=only-script", "x");
    assert_eq!(
        (found.form, found.windows, found.maven.unwrap().to_string()),
        (Form::Script, false, "3.9.9".into())
    );
    assert_eq!(of("#!/bin/sh\r\n", "", ".mvn/wrapper/maven-wrapper.jar").form, Form::Jar);
    assert!(of("#!/bin/sh\r\n", "", "x").windows);
    assert_eq!(of("curl", "wrapperUrl=https://x/y.jar", "x").form, Form::Download);
    assert_eq!(build(&[("pom.xml", &pom), ("mvnw", "")]).wrapper, None);
    // What they call, where the image may not have it and Java does not stand in for it.
    assert_eq!(of("", "distributionType=only-script", "x").calls, None);
    assert_eq!(of("", "distributionType=only-script\ndistributionSha256Sum=0", "x").calls, Some("unzip"));
    assert_eq!(of("", "distributionSha256Sum=0", ".mvn/wrapper/maven-wrapper.jar").calls, None);
    assert_eq!(of("", "wrapperUrl=https://x/y.jar", "x").calls, Some("wget"));
    assert_eq!(of("", "wrapperUrl=https://x/y.jar", ".mvn/wrapper/MavenWrapperDownloader.java").calls, None);
}

#[test]
fn repositories_that_are_not_public_are_named() {
    let of = |url: &str| {
        let repository =
            format!("<repositories><repository><id>r</id><url>{url}</url></repository></repositories>");
        let found = build(&[("pom.xml", &project(&repository))]).private;
        found.first().map(|one| (one.what.clone(), one.place()))
    };
    let place = "pom.xml:5".to_owned();
    for url in ["https://repo.spring.io/milestone", "https://jitpack.io", "file://${project.basedir}/repo"] {
        assert_eq!(of(url), None, "{url}");
    }
    for url in ["https://nexus.firm.example/maven", "https://notjitpack.io", "${nexus}/x://y"] {
        assert_eq!(of(url), Some(("repository".to_owned(), place.clone())), "{url}");
    }
    for url in [
        "https://maven.pkg.github.com/a/b",
        "https://gitlab.com/api/v4/projects/1/packages/maven",
        "artifactregistry://eu/x",
    ] {
        assert_eq!(of(url), Some(("credentials".to_owned(), place.clone())), "{url}");
    }
}

#[test]
fn settings_that_the_project_names() {
    let text = "<settings><servers><server><password>${env.NEXUS_KEY}</password></server></servers><mirrors><mirror><url>https://nexus.firm.example/x</url></mirror></mirrors></settings>";
    let config = (".mvn/maven.config", "-s .mvn/own.xml");
    let found = build(&[("pom.xml", &project("")), config, (".mvn/own.xml", text)]);
    let settings = found.settings.unwrap();
    assert_eq!((settings.file.as_str(), settings.variables), (".mvn/own.xml", vec!["NEXUS_KEY".to_owned()]));
    assert_eq!(found.private[0].place(), ".mvn/own.xml:1");
    assert_eq!(found.kept, [".mvn/maven.config", ".mvn/own.xml"]);
    let refused = build(&[("pom.xml", &project("")), config]).refused.unwrap().reason;
    assert!(refused.contains("`.mvn/own.xml`, which are not in the repository"));
}

#[test]
fn plugins_of_note_are_those_that_run() {
    let notes = |all: &[String]| {
        let found = build(&[("pom.xml", &project(&plugins(all)))]);
        found.notes.into_iter().map(|note| (note.evidence.says, note.arguments.concat())).collect::<Vec<_>>()
    };
    let said = |plugin: &str, arguments: &str| vec![(plugin.to_owned(), arguments.to_owned())];
    let git = plugin("git-commit-id-maven-plugin", "revision", "");
    assert_eq!(notes(&[git]), said("git-commit-id-maven-plugin", "-Dmaven.gitcommitid.skip=true"));
    let source = plugin("maven-source-plugin", "jar-no-fork", "");
    assert_eq!(notes(&[source]), said("maven-source-plugin", "-Dmaven.source.skip=true"));
    let checked = plugin("maven-checkstyle-plugin", "check", "");
    assert_eq!(notes(std::slice::from_ref(&checked)), []);
    let early = checked.replace("<goals>", "<phase>validate</phase><goals>");
    assert_eq!(notes(&[early]), said("maven-checkstyle-plugin", "-Dcheckstyle.skip=true"));
    let jib = plugin("jib-maven-plugin", "build", "");
    assert_eq!(notes(&[jib.replace("<goals>", "<phase>none</phase><goals>")]), []);
    assert_eq!(notes(&[jib]), said("jib-maven-plugin", "-Djib.skip=true"));
    let npm = plugin("exec-maven-plugin", "exec", "<executable>npm</executable>");
    assert_eq!(notes(&[npm.replace("<goals>", "<phase>compile</phase><goals>")]), said("npm", ""));
    assert_eq!(notes(&[npm]), []);
    let ant = "<plugin><artifactId>maven-antrun-plugin</artifactId><executions><execution><phase>compile</phase><goals><goal>run</goal></goals><configuration><target><exec executable=\"yarn\"/></target></configuration></execution></executions></plugin>";
    assert_eq!(notes(&[ant.to_owned()]), said("yarn", ""));
}

#[test]
fn front_ends_and_extensions_are_named() {
    let front = plugin(
        "frontend-maven-plugin",
        "install-node-and-npm",
        "<workingDirectory>web</workingDirectory><nodeVersion>v22.1.0</nodeVersion>",
    );
    let extension =
        "<extensions><extension><artifactId>jgitver-maven-plugin</artifactId></extension></extensions>";
    let found = build(&[("pom.xml", &project(&plugins(&[front]))), (".mvn/extensions.xml", extension)]);
    assert_eq!(
        (found.front_ends[0].folder.as_str(), found.front_ends[0].node.as_deref()),
        ("web", Some("v22.1.0"))
    );
    assert_eq!(found.notes[0].arguments, ["-Djgitver.skip=true"]);
    assert!(found.notes[0].warning.as_ref().unwrap().starts_with(".mvn/extensions.xml:1 "));
}

#[test]
fn a_pom_in_another_language_is_refused_by_name() {
    let found = root(&[("pom.yml", ""), (".mvn/extensions.xml", "<extensions/>")]);
    assert!(matches!(found.makes, Makes::Refused(stop) if stop.reason.starts_with("pom.yml ")));
    assert!(read(&repo(&[("README", "")])).unwrap().is_none());
}

#[test]
fn bad_input_ends_in_a_message() {
    let message = |text: &str| read(&repo(&[("pom.xml", text)])).unwrap_err().to_string();
    assert!(message("<!DOCTYPE p [<!ENTITY a \"b\">]><project>&a;</project>").contains("DTD"));
    assert!(message("<project>\n<a></b>").starts_with("`pom.xml:2:"));
    assert!(message("<x/>").contains("the root element is not `project`"));
    assert!(message("<project/>").contains("no `artifactId`"));
    let deep = format!("{}{}", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000));
    assert!(message(&deep).contains("`pom.xml`"));
    let repo = Repo::in_memory(Memory::new().bytes("pom.xml", b"<project>\n\xff</project>".to_vec()));
    assert_eq!(read(&repo).unwrap_err().to_string(), "`pom.xml:2` is not UTF-8");
}

#[test]
fn bills_of_materials_that_import_each_other_end() {
    let imports: String = (0..30)
        .map(|index| {
            dependency(
                "g",
                &format!("b{index}"),
                "<version>1.0</version><type>pom</type><scope>import</scope>",
            )
        })
        .collect();
    let managed =
        format!("<dependencyManagement><dependencies>{imports}</dependencies></dependencyManagement>");
    let names: String = (0..30).map(|index| format!("<module>b{index}</module>")).collect();
    let root = project(&format!("<modules>{names}</modules>{managed}"));
    let mut memory = Memory::new().file("pom.xml", &root);
    for index in 0..30 {
        memory = memory.file(&format!("b{index}/pom.xml"), &named(&format!("b{index}"), &managed));
    }
    assert_eq!(read(&Repo::in_memory(memory)).unwrap().unwrap().modules.len(), 31);
}

#[test]
fn many_modules_and_properties_that_double_are_read() {
    let names: String = (0..500).map(|index| format!("<module>m{index}</module>")).collect();
    let chain: String = (0..5000)
        .map(|index| format!("<p{index}>${{p{}}}${{p{}}}</p{index}>", index + 1, index + 1))
        .collect();
    let root = project(&format!(
        "<modules>{names}</modules><properties>{chain}<jdk.version>${{p0}}</jdk.version></properties>"
    ));
    let mut memory = Memory::new().file("pom.xml", &root);
    for index in 0..500 {
        memory = memory.file(&format!("m{index}/pom.xml"), &child(&format!("m{index}"), ""));
    }
    assert_eq!(read(&Repo::in_memory(memory)).unwrap().unwrap().modules.len(), 501);
}

#[test]
fn libraries_are_taken_from_where_the_plugin_puts_them() {
    let copier = |inner: &str| {
        let body = plugins(&[plugin("maven-dependency-plugin", "", inner)]);
        root(&[("pom.xml", &project(&body))]).on_path
    };
    assert_eq!(copier("").libraries, "target/dependency");
    let to = "<outputDirectory>${project.build.directory}/lib</outputDirectory>";
    assert_eq!(copier(to).libraries, "target/lib");
    assert!(copier("<includeScope>runtime</includeScope>").refused.is_none());
    let stop = copier("<excludeTransitive>true</excludeTransitive>").refused.unwrap();
    assert!(stop.reason.starts_with("pom.xml:5 configures `maven-dependency-plugin`"), "{}", stop.reason);
}

#[test]
fn options_of_java_are_kept() {
    let arguments = "<release>21</release><compilerArgs><arg>--enable-preview</arg></compilerArgs>";
    let entries = "<archive><manifest><mainClass>g.App</mainClass></manifest><manifestEntries><Add-Opens>java.base/java.lang java.base/java.util</Add-Opens><Enable-Native-Access>ALL-UNNAMED</Enable-Native-Access></manifestEntries></archive>";
    let body =
        plugins(&[plugin("maven-compiler-plugin", "", arguments), plugin("maven-jar-plugin", "", entries)]);
    let module = root(&[("pom.xml", &project(&body))]);
    assert!(module.java.unwrap().exact);
    let Makes::Application(found) = module.makes else { panic!("no application") };
    assert_eq!(
        found.options,
        [
            "--enable-preview",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED"
        ]
    );
}

#[test]
fn libraries_that_package_does_not_copy_are_copied() {
    let manifest = "<archive><manifest><addClasspath>true</addClasspath><classpathPrefix>lib</classpathPrefix><mainClass>g.App</mainClass></manifest></archive>";
    let shape = |phase: &str| {
        let copy = "<configuration><outputDirectory>${project.build.directory}/lib</outputDirectory></configuration>";
        let copier = format!(
            "<plugin><artifactId>maven-dependency-plugin</artifactId><executions><execution><phase>{phase}</phase><goals><goal>copy-dependencies</goal></goals>{copy}</execution></executions></plugin>"
        );
        let body = plugins(&[plugin("maven-jar-plugin", "", manifest), copier]);
        application(&[("pom.xml", &project(&body))]).shape
    };
    assert_eq!(shape("package"), Shape::JarAndFolder("lib".to_owned()));
    assert_eq!(shape("install"), Shape::ClassPath { main: Some("g.App".to_owned()) });
}

#[test]
fn what_a_class_is_started_with_is_kept() {
    let started = |inner: &str| {
        let body = plugins(&[plugin("exec-maven-plugin", "", inner)]);
        let properties = "<properties><exec.mainClass>g.App</exec.mainClass></properties>";
        application(&[("pom.xml", &project(&format!("{properties}{body}")))])
    };
    let line = started("<mainClass>g.App</mainClass><commandlineArgs>server config.yml</commandlineArgs>");
    assert_eq!(line.arguments, ["server", "config.yml"]);
    let all = "<executable>java</executable><arguments><argument>-Xss4m</argument><argument>-classpath</argument><classpath/><argument>${exec.mainClass}</argument><argument>serve</argument></arguments>";
    let all = started(all);
    assert_eq!((all.options, all.arguments), (vec!["-Xss4m".to_owned()], vec!["serve".to_owned()]));
    let open =
        started("<mainClass>g.App</mainClass><arguments><argument>${user.home}</argument></arguments>");
    assert!(open.arguments.is_empty());
    assert!(open.warnings.concat().starts_with("pom.xml:5 starts `g.App`"), "{:?}", open.warnings);
}

#[test]
fn old_and_new_mavens_are_given_what_they_run_on() {
    let of = |maven: &str| {
        let url = format!(
            "distributionUrl=https\\://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/{maven}/apache-maven-{maven}-bin.zip\n"
        );
        let files = [
            ("pom.xml", project("")),
            ("mvnw", "#!/bin/sh\n".to_owned()),
            (".mvn/wrapper/maven-wrapper.jar", String::new()),
            (".mvn/wrapper/maven-wrapper.properties", url),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        super::super::project(&repo(&files)).unwrap()
    };
    let old = of("3.5.4");
    assert!(old.copier.unwrap().ends_with(":3.6.1"));
    assert!(old.modules[0].builds_on.is_empty());
    let new = of("4.0.0-rc-4");
    assert!(new.copier.unwrap().ends_with(":3.8.1"));
    assert!(new.modules[0].builds_on[0].holds(17) && !new.modules[0].builds_on[0].holds(11));
}

#[test]
fn a_java_that_is_not_known_is_no_default() {
    let of = |body: &str| {
        build(&[("pom.xml", &project(body))]).computed.into_iter().map(|(_, one)| one.says).next()
    };
    let parent = |group: &str| {
        format!(
            "<parent><groupId>{group}</groupId><artifactId>up</artifactId><version>7</version><relativePath/></parent>"
        )
    };
    assert_eq!(of(&parent("com.bigco")).as_deref(), Some("com.bigco:up"));
    assert_eq!(of(&parent("org.springframework.boot")), None);
    assert_eq!(
        of("<properties><maven.compiler.release>${jdk}</maven.compiler.release></properties>").as_deref(),
        Some("${jdk}")
    );
    assert_eq!(of(""), None);
}

#[test]
fn only_packagings_that_make_jars_have_one() {
    assert!(root(&[("pom.xml", &project("<packaging>eclipse-plugin</packaging>"))]).jar.is_none());
    assert!(root(&[("pom.xml", &project("<packaging>bundle</packaging>"))]).jar.is_some());
}

#[test]
fn a_file_as_a_dependency_is_said_not_to_be_in_the_image() {
    let system = dependency(
        "x",
        "y",
        "<version>1</version><scope>system</scope><systemPath>${basedir}/y.jar</systemPath>",
    );
    let of = |more: &str| {
        let body = format!("<dependencies>\n{system}</dependencies>{more}");
        build(&[("pom.xml", &project(&body)), ("y.jar", "")]).notes
    };
    let warning = of("").remove(0).warning.unwrap();
    assert!(warning.starts_with("pom.xml:6 `y` has scope `system`"), "{warning}");
    let boot =
        plugin("spring-boot-maven-plugin", "repackage", "<includeSystemScope>true</includeSystemScope>");
    assert!(of(&plugins(&[boot])).is_empty());
}
