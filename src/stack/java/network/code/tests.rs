use super::*;
use crate::catalog;
use crate::source::lexer::Syntax;

fn heard(texts: &[&str]) -> Heard {
    let code = |text: &&str| {
        let kotlin = text.contains("fun ") || text.contains("val ");
        let (file, syntax) = if kotlin { ("A.kt", Syntax::Kotlin) } else { ("A.java", Syntax::Java) };
        Code { file: file.to_owned(), text: (*text).to_owned(), syntax }
    };
    let sources: Vec<Code> = texts.iter().map(code).collect();
    hear(&sources, &catalog::java().unwrap().listener)
}

fn said(text: &str) -> (Option<u16>, Option<String>) {
    let heard = heard(&[text]);
    (heard.port.map(|(port, _)| port), heard.variable.map(|(name, _)| name))
}

#[test]
fn ports_that_servers_are_given() {
    for (text, port) in [
        ("HttpServer.create(new InetSocketAddress(8081), 0);", 8081),
        ("HttpServer.create(new InetSocketAddress(\"0.0.0.0\", 8081), 1024);", 8081),
        ("import io.javalin.Javalin; Javalin.create(c -> { x(9); }).get(\"/\", h).start(7070);", 7070),
        ("import static spark.Spark.*; class A { void main() { port(8000); } }", 8000),
        (
            "class A extends AbstractVerticle { Vertx vertx; void start() { vertx.createHttpServer().listen(8888, h); } }",
            8888,
        ),
        ("import org.eclipse.jetty.server.Server; Server s = new Server(9090);", 9090),
        (
            "import io.grpc.ServerBuilder; class A { int port = 50051; void f() { ServerBuilder.forPort(port).build(); } }",
            50051,
        ),
        ("class A { static final int PORT = 1_234; void f() { new ServerSocket(PORT, 5000); } }", 1234),
        (
            "fun main() { val app = io.ktor.server.engine.embeddedServer(Netty, port = 8082, host = \"0.0.0.0\") { }.start(wait = true) }",
            8082,
        ),
        ("import org.http4k.server.asServer\nfun main() { app.asServer(Netty(9000)).start() }", 9000),
        ("import com.linecorp.armeria.server.Server; class A { x y = Server.builder().http(8083); }", 8083),
        (
            "class A { static final String BASE = \"http://0.0.0.0:8084/api\"; x y = GrizzlyHttpServerFactory.createHttpServer(URI.create(BASE)); }",
            8084,
        ),
        ("class A extends NanoHTTPD { A() { super(8085); } }", 8085),
    ] {
        assert_eq!(said(text), (Some(port), None), "{text}");
    }
}

#[test]
fn ports_of_the_environment() {
    let both = (Some(8080), Some("PORT".to_owned()));
    for text in [
        "Javalin.create().start(Integer.parseInt(System.getenv().getOrDefault(\"PORT\", \"8080\")));",
        "class A { static int port() { ProcessBuilder b = new ProcessBuilder(); if (b.environment().get(\"PORT\") != null) \
         { return Integer.parseInt(b.environment().get(\"PORT\")); } return 8080; } void f() { Spark.port(port()); } }",
        "class A { void f() { int p = 8080; String e = System.getenv(\"PORT\"); if (e != null) { p = Integer.parseInt(e); } \
         HttpServer.create(new InetSocketAddress(p), 0); } }",
        "fun main() {\n val port = System.getenv(\"PORT\")?.toInt() ?: 8080\n io.ktor.embeddedServer(Netty, port) }",
        "fun main() {\n val port: Int = System.getenv()[\"PORT\"]?.toInt() ?: 8080\n start(port) }",
    ] {
        assert_eq!(said(text), both, "{text}");
    }
    assert_eq!(said("f(System.getenv(\"DB_PORT\"));"), (None, None));
}

#[test]
fn addresses_of_this_machine_alone() {
    let closed = heard(&["Undertow.builder()\n.addHttpListener(8080, \"localhost\")"]);
    assert_eq!(closed.loopback.unwrap().place(), "A.java:2");
    let open = heard(&[
        "Undertow.builder().addHttpListener(8080, System.getenv().getOrDefault(\"HOST\", \"localhost\"))",
    ]);
    assert!(open.loopback.is_none());
    assert_eq!(open.binding, Some(("HOST".into(), "0.0.0.0".into())));
}

#[test]
fn constants_of_other_files() {
    let found = heard(&[
        "Javalin.create().start(Settings.SERVER_PORT);",
        "class Settings { static final int DB = 1; static final int SERVER_PORT = 9191; }",
    ]);
    assert_eq!(found.port.unwrap().0, 9191);
}

#[test]
fn what_sets_the_port_of_a_framework() {
    assert_eq!(heard(&["System.setProperty(\"server.port\", \"8081\");"]).set.unwrap().0, 8081);
    assert_eq!(heard(&["a.setDefaultProperties(Map.of(\"server.port\", 8083));"]).default.unwrap().0, 8083);
    let asks = heard(&["System.getProperty(\"server.port\", \"8080\"); @Value(\"${server.port}\") int p;"]);
    assert!(asks.set.is_none() && asks.default.is_none());
}

#[test]
fn what_does_not_listen() {
    for text in [
        "new Socket(\"localhost\", 8080); new InetSocketAddress(\"db\", 5432);",
        "// new ServerSocket(8080)\nString s = \"Javalin.create().start(1234)\";",
        "class A { void start(int port) { } }",
        "timer.start(5000);",
        "x = new HttpServerOptions(); y = new ConnectOptions().setPort(5432);",
    ] {
        assert_eq!(said(text), (None, None), "{text}");
    }
}

#[test]
fn names_that_stand_for_each_other_end_soon() {
    let many: String = (0..2000).map(|n| format!("a{n} = a{} + a{} + b; b = a{n};", n + 1, n + 2)).collect();
    heard(&[&format!("{many} {}", "new ServerSocket(a0);".repeat(2000))]);
}
