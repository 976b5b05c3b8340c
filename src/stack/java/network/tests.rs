use super::*;
use crate::repo::Memory;
use crate::source::lexer::Syntax;
use crate::stack::java::module::{Makes, OnPath};

/// What a program with these files, dependencies and framework listens on.
fn listens(
    framework: Option<&str>,
    artifacts: &[&str],
    files: &[(&str, &str)],
    port: Option<u16>,
) -> (Listens, Service) {
    let repo =
        Repo::in_memory(files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text)));
    let evidence = Evidence::file("module", "pom.xml", "");
    let dependency = |artifact: &&str| Dependency {
        group: "g".to_owned(),
        artifact: (*artifact).to_owned(),
        version: None,
        shipped: true,
        is_tests: false,
        evidence: Evidence::at("kind", "pom.xml", 3, *artifact),
    };
    let module = Module {
        jar: None,
        roots: Vec::new(),
        stem: None,
        on_path: OnPath::default(),
        properties: Default::default(),
        folder: String::new(),
        name: "shop".to_owned(),
        manifest: "pom.xml".to_owned(),
        evidence,
        java: None,
        builds_on: Vec::new(),
        reads: Vec::new(),
        dependencies: artifacts.iter().map(dependency).collect(),
        makes: Makes::Library(String::new()),
    };
    let code = |(file, text): &(&str, &str)| {
        let syntax = if file.ends_with(".kt") { Syntax::Kotlin } else { Syntax::Java };
        let is = file.ends_with(".java") || file.ends_with(".kt");
        is.then(|| Code { file: (*file).to_owned(), text: (*text).to_owned(), syntax })
    };
    let sources: Vec<Code> = files.iter().filter_map(code).collect();
    let knowledge = catalog::java().unwrap();
    let options = Options { port, ..Options::default() };
    let property = |name: &str| (name == "my.port").then(|| "8181".to_owned());
    let asked = Asked {
        repo: &repo,
        module: &module,
        framework,
        sources: &sources,
        options: &options,
        knowledge: &knowledge,
        property: &property,
    };
    let mut service = Service::new("shop", "java");
    (network(&asked, &mut service).unwrap(), service)
}

fn spring(files: &[(&str, &str)]) -> (Listens, Service) {
    let files: Vec<(String, &str)> =
        files.iter().map(|(name, text)| (format!("src/main/resources/{name}"), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    listens(Some("spring-boot"), &["spring-boot-starter-web", "spring-boot-starter-actuator"], &files, None)
}

fn env(listens: &Listens) -> Vec<String> {
    listens.network.env.iter().map(|env| format!("{}={}", env.name, env.value)).collect()
}

#[test]
fn spring_lays_files_and_profiles_over_each_other() {
    let yml = "server:\n  port: 9000\nspring:\n  profiles:\n    active: prod\n---\nspring.config.activate.on-profile: prod & !x\nserver:\n  port: 9001\n---\nspring:\n  profiles: dev\nserver.port: 1\n";
    let port = |files: &[(&str, &str)]| spring(files).0.network.port;
    assert_eq!(port(&[]), Some(8080));
    assert_eq!(port(&[("application.yml", yml)]), Some(9001));
    assert_eq!(
        port(&[("application.yml", yml), ("application-prod.properties", "server.port=9002")]),
        Some(9002)
    );
    assert_eq!(port(&[("application.yml", yml), ("application-dev.yml", "server.port: 1")]), Some(9001));
    assert_eq!(
        port(&[("application.yaml", "server.port: 1000"), ("application.properties", "server.port=9003")]),
        Some(9003)
    );
    assert_eq!(
        port(&[("application.yml", "server.port: 1"), ("config/application.yml", "server.port: 9004")]),
        Some(9004)
    );
    assert_eq!(port(&[("application-default.yml", "server.port: 9005")]), Some(9005));
    assert_eq!(port(&[("application.yml", "server:\n  port: @my.port@\n")]), Some(8181));
    assert_eq!(port(&[("application.properties", "server.port=${A:${B:9006}}")]), Some(9006));
}

#[test]
fn spring_by_variable_and_by_flag() {
    let (found, _) = spring(&[("application.yml", "server.port: ${PORT}")]);
    assert_eq!((found.network.port, env(&found)), (Some(8080), vec!["PORT=8080".to_owned()]));
    let file = [("src/main/resources/application.yml", "server.port: 9000")];
    let (found, _) = listens(Some("spring-boot"), &["spring-boot-starter-web"], &file, Some(7000));
    assert_eq!((found.network.port, env(&found)), (Some(7000), vec!["SERVER_PORT=7000".to_owned()]));
    let (found, service) = spring(&[("application.yml", "server.port: 80")]);
    assert_eq!((found.network.port, env(&found)), (Some(8080), vec!["SERVER_PORT=8080".to_owned()]));
    assert_eq!(service.warnings.len(), 1);
}

#[test]
fn spring_ports_that_are_none() {
    let (found, service) = spring(&[("application.yml", "server.port: 0")]);
    assert_eq!((found.network.port, service.kind), (None, Some(Kind::Server)));
    assert!(service.warnings[0].contains("--port N"), "{:?}", service.warnings);
    let (_, service) = spring(&[("application.yml", "spring.main.web-application-type: none")]);
    assert_eq!(service.kind, Some(Kind::Cli));
    let (_, service) = spring(&[("application.yml", "server.port: -1")]);
    assert_eq!(service.kind, Some(Kind::Cli));
}

#[test]
fn spring_addresses_and_servers_of_settings() {
    let (found, service) = spring(&[("application.yml", "server.address: 127.0.0.1")]);
    assert_eq!(env(&found), ["SERVER_ADDRESS=0.0.0.0"]);
    assert!(service.warnings[0].starts_with("src/main/resources/application.yml:1 has it listen"));
    let (found, service) = spring(&[("application.yml", "spring.config.import: \"optional:configserver:\"")]);
    assert_eq!(found.network.port, Some(8080));
    assert!(service.warnings[0].contains("8080 is taken for it; `--port N` sets one by `SERVER_PORT`"));
    let (_, service) = spring(&[("bootstrap.yml", "spring.cloud.config.uri: http://config:8888")]);
    assert!(service.warnings[0].starts_with("src/main/resources/bootstrap.yml:1"));
    let (_, service) = spring(&[("application.yml", "spring.cloud.config.server.git.uri: x")]);
    assert!(service.warnings.is_empty());
}

#[test]
fn spring_health_and_management() {
    let health = |text: &str| spring(&[("application.properties", text)]).0.health;
    assert_eq!(health(""), Some((8080, "/actuator/health".to_owned())));
    assert_eq!(
        health("server.servlet.context-path=/shop/"),
        Some((8080, "/shop/actuator/health".to_owned()))
    );
    let managed = "server.servlet.context-path=/shop\nmanagement.server.port=9090\nmanagement.endpoints.web.base-path=/";
    assert_eq!(health(managed), Some((9090, "/health".to_owned())));
    assert_eq!(spring(&[("application.properties", managed)]).0.management, Some(9090));
    assert_eq!(health("management.endpoints.web.exposure.include=info"), None);
    assert_eq!(health("management.server.port=-1"), None);
}

#[test]
fn spring_programs_without_a_server() {
    let of =
        |text: &str| listens(Some("spring-boot"), &["spring-boot-starter"], &[("A.java", text)], None).1.kind;
    assert_eq!(of("class A {}"), Some(Kind::Cli));
    assert_eq!(of("class A { @KafkaListener void f() {} }"), Some(Kind::Worker));
    assert_eq!(of("@RestController class A {}"), Some(Kind::Server));
    assert_eq!(of("class A { x = new ServerSocket(0); }"), Some(Kind::Cli));
    let grpc = [("A.java", "ServerBuilder.forPort(9090);")];
    let (found, _) = listens(Some("spring-boot"), &["spring-boot-starter"], &grpc, None);
    assert_eq!((found.network.port, env(&found)), (Some(9090), vec![]));
}

#[test]
fn settings_beside_the_jar_are_told() {
    let files = [("config/application.yml", "server.port: 9000"), ("config/application-dev.yml", "")];
    let (found, _) = listens(Some("spring-boot"), &["spring-boot-starter-web"], &files, None);
    assert_eq!(found.network.port, Some(9000));
    assert_eq!(found.files, [("config/application.yml".to_owned(), "config/application.yml".to_owned())]);
}

#[test]
fn quarkus() {
    let of = |artifact: &str, file: &str, text: &str| {
        let path = format!("src/main/resources/{file}");
        listens(
            Some("quarkus"),
            &[artifact, "quarkus-smallrye-health"][..if artifact.contains("rest") { 2 } else { 1 }],
            &[(&path, text)],
            None,
        )
    };
    let port = |file: &str, text: &str| of("quarkus-rest", file, text).0.network.port;
    assert_eq!(port("x", ""), Some(8080));
    assert_eq!(port("application.properties", "quarkus.http.port=${PORT:8081}"), Some(8081));
    assert_eq!(
        port(
            "application.properties",
            "%prod.quarkus.http.port=8082\nquarkus.http.port=1\n%dev.quarkus.http.port=2"
        ),
        Some(8082)
    );
    assert_eq!(
        port(
            "application.yaml",
            "quarkus:\n  http:\n    port: 8083\n\"%prod\":\n  quarkus.http.port: 8084\n"
        ),
        Some(8084)
    );
    assert_eq!(of("quarkus-picocli", "x", "").1.kind, Some(Kind::Cli));
    let (found, _) = of(
        "quarkus-rest",
        "application.properties",
        "quarkus.http.root-path=/api\nquarkus.http.host=localhost",
    );
    assert_eq!(found.health, Some((8080, "/api/q/health".to_owned())));
    assert_eq!(env(&found), ["QUARKUS_HTTP_HOST=0.0.0.0"]);
    let (found, _) = of("quarkus-rest", "application.properties", "quarkus.management.enabled=true");
    assert_eq!((found.management, found.health), (Some(9000), Some((9000, "/q/health".to_owned()))));
}

#[test]
fn micronaut_helidon_and_ktor() {
    let port = |name: Option<&str>, artifact: &str, file: &str, text: &str| {
        listens(name, &[artifact], &[(&format!("src/main/resources/{file}"), text)], None).0.network.port
    };
    let micronaut =
        |file: &str, text: &str| port(Some("micronaut"), "micronaut-http-server-netty", file, text);
    assert_eq!(micronaut("x", ""), Some(8080));
    assert_eq!(micronaut("application.yml", "micronaut:\n  server:\n    port: ${PORT:9090}"), Some(9090));
    assert_eq!(micronaut("application.toml", "[micronaut.server]\nport = 9091"), Some(9091));
    assert_eq!(micronaut("application.properties", "micronaut.server.port=-1"), None);
    assert_eq!(micronaut("application.yml", "micronaut.server.ssl.enabled: true"), Some(8443));
    assert_eq!(port(Some("helidon"), "helidon-microprofile", "x", ""), Some(7001));
    assert_eq!(
        port(Some("helidon"), "helidon-webserver", "application.yaml", "server:\n  port: 8082\n"),
        Some(8082)
    );
    assert_eq!(
        port(
            None,
            "helidon-microprofile-core",
            "META-INF/microprofile-config.properties",
            "server.port=8083"
        ),
        Some(8083)
    );
    let conf = "ktor {\n  deployment {\n    port = 8084\n    port = ${?PORT}\n  }\n}\n";
    assert_eq!(port(None, "ktor-server-netty-jvm", "application.conf", conf), Some(8084));
    assert_eq!(
        port(None, "ktor-server-cio", "application.yaml", "ktor:\n  deployment:\n    port: \"$PORT:8085\"\n"),
        Some(8085)
    );
}

#[test]
fn dropwizard() {
    let yml = "server:\n  applicationConnectors:\n    - type: http\n      port: 9000\n  adminConnectors:\n    - type: http\n      port: 9001\ndatabase:\n  url: jdbc:h2:./target/shop;MODE=x\n";
    let java = "import io.dropwizard.core.Application; class A extends Application<C> { void main() { new A().run(args); } }";
    let files = [("a.yml", "x: 1"), ("shop.yml", yml), ("A.java", java)];
    let (found, _) = listens(None, &["dropwizard-core"], &files, None);
    assert_eq!((found.network.port, found.management), (Some(9000), Some(9001)));
    assert_eq!(found.arguments, ["server", "/app/shop.yml"]);
    assert_eq!(found.files, [("shop.yml".to_owned(), "shop.yml".to_owned())]);
    assert_eq!(found.writes[0].0, "target/shop");
    let java = java.replace("args", "\"server\", \"shop.yml\"");
    let (found, _) = listens(None, &["dropwizard-core"], &[("shop.yml", yml), ("A.java", &java)], None);
    assert_eq!((found.arguments.len(), found.files.len()), (0, 1));
}

#[test]
fn plain_programs() {
    let of = |artifact: &str, text: &str| {
        let (found, service) = listens(None, &[artifact], &[("src/main/java/A.java", text)], None);
        (found.network.port, service.kind)
    };
    assert_eq!(of("javalin", "Javalin.create().start();"), (Some(8080), Some(Kind::Server)));
    assert_eq!(of("javalin", "Javalin.create().start(7070);"), (Some(7070), Some(Kind::Server)));
    assert_eq!(of("slf4j-api", "System.out.println(8080);"), (None, Some(Kind::Cli)));
    assert_eq!(
        of("x", "HttpServer.create(new InetSocketAddress(8000), 0);"),
        (Some(8000), Some(Kind::Server))
    );
}

#[test]
fn databases_in_files() {
    let of = |url: &str| {
        let (found, _) = spring(&[("application.properties", &format!("spring.datasource.url={url}"))]);
        found.writes.into_iter().map(|(path, _)| path).collect::<Vec<_>>()
    };
    assert_eq!(of("jdbc:h2:file:./data/shop;AUTO_SERVER=TRUE"), ["data/shop"]);
    assert_eq!(of("jdbc:sqlite:app.db?x=1"), ["app.db"]);
    assert_eq!(of("jdbc:derby:db;create=true"), ["db"]);
    for url in [
        "jdbc:h2:mem:x",
        "jdbc:sqlite::memory:",
        "jdbc:h2:~/x",
        "jdbc:sqlite:/data/x.db",
        "jdbc:postgresql://db/x",
        "jdbc:h2:file:../x",
        "jdbc:h2:tcp://db/x",
    ] {
        assert!(of(url).is_empty(), "{url}");
    }
}

#[test]
fn log_files() {
    let of = |name: &str, text: &str| {
        let (found, _) = spring(&[(name, text)]);
        found
            .writes
            .into_iter()
            .map(|(path, evidence)| format!("{path} {}", evidence.line.unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("application.properties", "a=b\nlogging.file.name=./logs/app.log"), ["logs/app.log 2"]);
    assert_eq!(of("application.yml", "logging:\n  file:\n    path: logs/"), ["logs/spring.log 3"]);
    assert!(of("application.properties", "logging.file.name=/var/log/app.log").is_empty());
    let logback =
        "<configuration>\n<file>logs/x.log</file>\n<file>${LOGS}/y.log</file>\n<file>../z.log</file>";
    assert_eq!(of("logback-spring.xml", logback), ["logs/x.log 2"]);
}

#[test]
fn a_flag_does_not_move_a_literal_port() {
    let java = "class A { void main() { Javalin.create().start(7070); } }";
    let warnings = |port| listens(None, &["javalin"], &[("A.java", java)], Some(port)).1.warnings;
    assert!(warnings(9000).iter().any(|one| one.starts_with("A.java:1 has it listen on 7070")));
    assert!(warnings(7070).is_empty(), "{:?}", warnings(7070));
}
