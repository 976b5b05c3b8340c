use super::*;

fn show(event: &Event) -> String {
    let value =
        event.given().and_then(Expr::literal).unwrap_or(if event.given().is_some() { "…" } else { "" });
    let mark = if event.guarded { "?" } else { "" };
    format!("{mark}{}={value}", event.path.join("."))
}

fn paths(text: &str, dialect: Dialect) -> Vec<String> {
    let script = Script::parse(text, dialect);
    assert_eq!(script.broken, None, "{text}");
    script.events.iter().map(show).collect()
}

#[test]
fn statements_of_groovy_become_paths() {
    for (text, wanted) in [
        ("bootJar { enabled = 'no' }", "bootJar.enabled=no bootJar="),
        ("tasks.named('bootJar') {\n enabled = 'no'\n}", "bootJar.enabled=no bootJar=bootJar"),
        (
            "tasks.withType(JavaCompile).configureEach { options.release = 'x' }",
            "javaCompile.options.release=x javaCompile=",
        ),
        ("task fat(type: Jar) { archiveClassifier = 'all' }", "fat.archiveClassifier=all fat="),
        ("ext.a = 'b'; ext { c = 'd'\n set('e', 'f') }", "ext.a=b ext.c=d ext.e=f ext="),
        ("def x = 'y' // def z = 1\n/* def w */", "x=y"),
        ("String x = 'y'", "x=y"),
        ("mainClassName 'a.B'", "mainClassName=a.B"),
        ("if (x) { a = 'b' } else { a = 'c' }", "?a=b ?=… ?a=c ?=…"),
        ("subprojects.each { a = 'b' }", "subprojects.a=b subprojects="),
        ("allprojects { apply plugin: 'java' }", "allprojects.apply= allprojects="),
        ("pluginManager.withPlugin('java') { a = 'b' }", "a=b =java"),
        ("project(':a') { b = 'c' }", "project(:a).b=c project(:a)=:a"),
        ("version = scm.version\n", "version=…"),
        ("a = '''b'''", "a=b"),
        ("def f(x) { a = 'b' }\nc = 'd'", "c=d"),
    ] {
        let found: Vec<String> =
            paths(text, Dialect::Groovy).into_iter().map(|one| one.replace("?=…", "?=")).collect();
        assert_eq!(found.join(" "), wanted.replace("?=…", "?="), "{text}");
    }
}

#[test]
fn statements_of_kotlin_become_paths() {
    for (text, wanted) in [
        (
            "tasks.named<BootJar>(\"bootJar\") { archiveFileName.set(\"a.jar\") }",
            "bootJar.archiveFileName=a.jar bootJar=bootJar",
        ),
        (
            "tasks.withType<ShadowJar> { archiveClassifier.set(\"\") }",
            "shadowJar.archiveClassifier= shadowJar=",
        ),
        ("configure<JavaPluginExtension> { a = \"b\" }", "java.a=b java="),
        ("val v by extra(\"1\")", "v=1"),
        ("val v: String by project", "v=…"),
        ("extra[\"k\"] = \"v\"", "extra.k=v"),
        ("object Versions { const val boot = \"3\" }", "Versions.boot=3 Versions="),
        ("`java-library`\n\"api\"(\"g:a:1\")", "java-library= api=g:a:1"),
        ("val bootJar by tasks.getting(BootJar::class) { enabled = \"no\" }", "bootJar.enabled=no bootJar=…"),
        ("/* a /* b */ c */ d = \"e\"", "d=e"),
        ("fun f(x: Int): String { return \"\" }\nc = \"d\"", "c=d"),
        ("java.toolchain.languageVersion\n    .set(\"17\")", "java.toolchain.languageVersion=17"),
    ] {
        assert_eq!(paths(text, Dialect::Kotlin).join(" "), wanted, "{text}");
    }
}

#[test]
fn plugins_keep_their_version_and_apply() {
    for (text, dialect) in [
        ("plugins { id 'a' version 'b' apply false }", Dialect::Groovy),
        ("plugins { id(\"a\") version \"b\" apply false }", Dialect::Kotlin),
        ("plugins {\n id(\"a\").version(\"b\").apply(false)\n}", Dialect::Kotlin),
    ] {
        let script = Script::parse(text, dialect);
        let [id, version, apply] = script.events[0].links.as_slice() else { panic!("{text}") };
        assert_eq!((id.literal(), version.literal(), apply.name.as_str()), (Some("a"), Some("b"), "apply"));
        assert_eq!(apply.first().and_then(Expr::links).unwrap()[0].name, "false");
    }
}

#[test]
fn what_is_no_script_is_said_with_its_line() {
    for (text, line, what) in [
        ("a {\n b {\n}\n", 1, "a `{` is not closed"),
        ("a = 'b\nc = 1", 1, "a string is not closed"),
        ("\na = \"\"\"b\n", 2, "a string is not closed"),
        ("/* a\n", 1, "a comment is not closed"),
        ("a(\n", 1, "a bracket is not closed"),
        ("a\n}\nb\n", 2, "a bracket closes what was not opened"),
        ("a\0b", 1, "it is no text"),
    ] {
        assert_eq!(Script::parse(text, Dialect::Groovy).broken, Some((line, what)), "{text}");
    }
}

#[test]
fn hostile_scripts_end() {
    for part in [
        "{",
        "(",
        "[",
        "a{",
        "a(",
        "if(x)",
        "else ",
        "-",
        "a ",
        "a.",
        "\"${",
        "a?:",
        "if (x) {",
        "\n",
        "a->",
        "val x by ",
        "@a",
        "<",
        "a<b<",
    ] {
        for dialect in [Dialect::Groovy, Dialect::Kotlin] {
            Script::parse(&part.repeat(100_000), dialect);
        }
    }
}

#[test]
fn a_catalog_names_versions_libraries_and_plugins() {
    let text = "[versions]\njava = \"21\"\nboot = { strictly = \"3.4.1\" }\n\
                [libraries]\nweb = { module = \"g:web\", version.ref = \"boot\" }\nkt-std = \"k:std:2.0\"\n\
                a_b = { group = \"g\", name = \"ab\" }\n[plugins]\nspring-boot = { id = \"o.s.b\", version.ref = \"boot\" }\n\
                x = \"a.b:1\"\n[bundles]\nall = [\"web\", \"kt-std\"]\n";
    let found = Catalog::parse("f", text).unwrap();
    let entry = |id: &str, version: Option<&str>, line| Entry {
        id: id.to_owned(),
        version: version.map(str::to_owned),
        line,
    };
    assert_eq!(found.versions["java"], ("21".to_owned(), 2));
    assert_eq!(found.libraries["web"], entry("g:web", Some("3.4.1"), 5));
    assert_eq!(found.libraries["kt.std"], entry("k:std", Some("2.0"), 6));
    assert_eq!(found.libraries["a.b"], entry("g:ab", None, 7));
    assert_eq!(found.plugins["spring.boot"], entry("o.s.b", Some("3.4.1"), 9));
    assert_eq!(found.plugins["x"], entry("a.b", Some("1"), 10));
    assert_eq!(found.bundles["all"], ["web", "kt.std"]);
    assert!(Catalog::parse("f", "[versions\n").unwrap_err().to_string().starts_with("`f:1:"));
}

#[test]
fn the_wrapper_names_its_distribution() {
    for (url, version, host) in [
        ("https\\://services.gradle.org/distributions/gradle-8.10.2-bin.zip", Some("8.10.2"), None),
        ("https://services.gradle.org/distributions/gradle-9.0.0-rc-1-all.zip", Some("9.0.0"), None),
        ("https\\://user:pw@mirror.example.com/gradle-7.6-bin.zip", Some("7.6"), Some("mirror.example.com")),
        ("https://x.example/other.zip", None, Some("x.example")),
    ] {
        let found = Distribution::parse(&format!("# c\ndistributionUrl={url}\n")).unwrap();
        let shown = found.version.map(|version| version.to_string());
        assert_eq!((shown.as_deref(), found.host.as_deref(), found.line), (version, host, 2), "{url}");
    }
    assert_eq!(Distribution::parse("a=b"), None);
}
