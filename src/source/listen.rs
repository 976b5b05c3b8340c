//! Which port a server listens on, as its source says.

use super::Source;
use super::lexer::Token;
use crate::evidence::Evidence;

/// What sources say about listening. The stronger evidence wins, then the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listening {
    /// A port and where it is named.
    pub port: Option<(u16, Evidence)>,
    /// The environment variable that holds the port.
    pub variable: Option<(String, Evidence)>,
    /// An address that only the container itself can reach.
    pub loopback: Option<Evidence>,
    /// The environment variable that replaces such an address, and what it must be set to.
    pub binding: Option<(String, String)>,
    /// Whether an address of all interfaces is named.
    pub open: bool,
    strength: Option<Strength>,
}

/// How sure it is that a number is the port, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// The default of a flag called port.
    Flag,
    /// The default beside an environment variable.
    Variable,
    /// What a function that listens is given.
    Listener,
    /// What something called port is set to.
    Name,
    /// An address of all interfaces.
    Address,
}

impl Listening {
    /// Reads one more source.
    pub fn read(&mut self, source: &Source) {
        if is_test(source.file) {
            return;
        }
        let scan = Scan(source);
        if self.variable.is_none() {
            self.variable = scan.variable();
        }
        if let Some((strength, port, evidence)) = scan.port()
            && self.strength.is_none_or(|before| strength < before)
        {
            self.port = Some((port, evidence));
            self.strength = Some(strength);
        }
        let all = |token: Token| matches!(token, Token::Text("0.0.0.0" | "::" | "[::]"));
        self.open |= source.lexemes.iter().any(|lexeme| all(lexeme.token));
        if self.binding.is_none() {
            self.binding = scan.binding();
        }
        if self.loopback.is_none() {
            self.loopback = scan.loopback();
        }
    }

    /// Takes what other sources say where it is surer, or where these say nothing.
    pub fn absorb(&mut self, other: Listening) {
        if let Some(strength) = other.strength
            && self.strength.is_none_or(|before| strength < before)
        {
            (self.port, self.strength) = (other.port, other.strength);
        }
        self.variable = self.variable.take().or(other.variable);
        self.binding = self.binding.take().or(other.binding);
        self.loopback = self.loopback.take().or(other.loopback);
        self.open |= other.open;
    }

    /// A port that is certain, such as a setting's.
    pub fn set(&mut self, port: u16, evidence: Evidence) {
        self.port = Some((port, evidence));
        self.strength = Some(Strength::Flag);
    }

    /// Whether the port is no more than a likely number, which a framework's default outranks.
    pub fn is_weak(&self) -> bool {
        self.strength.is_some_and(is_weak)
    }
}

fn is_weak(strength: Strength) -> bool {
    matches!(strength, Strength::Name | Strength::Address)
}

/// Whether a file is for tests, by its name.
pub fn is_test(file: &str) -> bool {
    let is = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        let mut words = stem.split(['-', '_']);
        words.any(|word| {
            matches!(
                word,
                "test"
                    | "tests"
                    | "testing"
                    | "testutil"
                    | "mock"
                    | "mocks"
                    | "bench"
                    | "benches"
                    | "fixtures"
            )
        })
    };
    file.split('/').any(is)
}

/// Ports of databases, caches and brokers, which programs name to reach them.
const OTHERS: &[u16] =
    &[1433, 1521, 1883, 2181, 3306, 4222, 5432, 5672, 6379, 8086, 9092, 9200, 11211, 27017];

/// Whether a port is mostly another server's, which the program reaches.
pub fn is_others(port: u16) -> bool {
    OTHERS.contains(&port)
}

/// Words in the names of listeners that are not what a server is for.
const BESIDE: &[&str] =
    &["admin", "debug", "ftp", "grpc", "metrics", "pop3", "pprof", "proxy", "smtp", "socks", "ssh"];

/// Functions whose argument is the address or port to listen on.
const LISTENERS: &[&str] = &[
    "Listen",
    "ListenAndServe",
    "ListenAndServeTLS",
    "ListenTLS",
    "Run",
    "RunTLS",
    "Start",
    "StartTLS",
    "bind",
    "listen",
    "serve",
];

/// Functions that reach another server, whose address they are given.
const CLIENTS: &[&str] = &[
    "Client",
    "Connect",
    "Dial",
    "DialContext",
    "DialTimeout",
    "Get",
    "NewClient",
    "connect",
    "connect_lazy",
    "createConnection",
];

/// How many lexemes back such a function is looked for.
const NEAR: usize = 12;

/// What variables of the program's own port begin with.
const OWN: &[&str] = &["API", "APP", "BIND", "HTTP", "LISTEN", "NODE", "SERVER", "SERVICE", "WEB"];

/// Whether a function reads an environment variable: the library's, or a helper named after it.
fn is_reader(word: &str) -> bool {
    let plain = word.to_ascii_lowercase().replace('_', "");
    matches!(word, "var" | "var_os") || plain == "lookupenv" || plain.starts_with("getenv")
}

/// Names of flags that hold a port or an address.
const FLAGS: &[&str] =
    &["addr", "address", "bind", "http-addr", "http-port", "listen", "listen-addr", "port", "server-port"];

struct Scan<'s, 'a>(&'s Source<'a>);

impl<'a> Scan<'_, 'a> {
    fn evidence(&self, what: &str, at: usize) -> Evidence {
        self.0.evidence(what, self.0.lexemes[at].line)
    }

    fn token(&self, at: usize) -> Option<Token<'a>> {
        self.0.token(at)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.0.is_sign(at, sign)
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        self.0.is_word(at, words)
    }

    /// `os.Getenv("PORT")`, `env::var("PORT")`, `process.env.PORT`, clap's `env = "PORT"`.
    fn variable(&self) -> Option<(String, Evidence)> {
        (0..self.0.lexemes.len()).find_map(|at| {
            let name = self.variable_at(at)?;
            Some((name.to_owned(), self.evidence("port", at)))
        })
    }

    /// A variable that is read here, whatever it is called.
    fn read_at(&self, at: usize) -> Option<&'a str> {
        let text = |at: usize| match self.token(at) {
            Some(Token::Text(text)) => Some(text),
            _ => None,
        };
        let name = match self.token(at)? {
            Token::Word(word) if is_reader(word) && self.is_sign(at + 1, '(') => text(at + 2)?,
            Token::Word("env") if self.is_sign(at + 1, '.') => match self.token(at + 2)? {
                Token::Word(word) => word,
                _ => return None,
            },
            Token::Word("env") if self.is_sign(at + 1, '[') || self.is_sign(at + 1, '=') => text(at + 2)?,
            // A table of variables and what is known of each: `"LISTEN_ADDR": {default: ...}`.
            Token::Text(name) if self.is_sign(at + 1, ':') && self.is_sign(at + 2, '{') => name,
            _ => return None,
        };
        Some(name)
    }

    /// A variable that is read here and holds the port to listen on: by its name alone, or because
    /// of a port that stands beside it.
    fn variable_at(&self, at: usize) -> Option<&'a str> {
        let name = self.read_at(at).filter(|name| is_port_variable(name))?;
        let is_own = || is_own_variable(name) || self.default(at).is_some();
        (name == "PORT" || (is_own() && !self.is_client(at))).then_some(name)
    }

    /// The port that stands in for a variable, in the statement that reads it or in the `if` after it.
    fn default(&self, at: usize) -> Option<(u16, Evidence)> {
        let ends = |at: usize| {
            let (Some(lexeme), Some(before)) = (self.0.lexemes.get(at), self.0.lexemes.get(at - 1)) else {
                return true;
            };
            let goes_on = matches!(before.token, Token::Sign(sign) if !matches!(sign, ')' | ']' | '}'));
            let starts = matches!(lexeme.token, Token::Word(word) if word != "if");
            lexeme.token == Token::Sign(';') || (starts && !goes_on && lexeme.line > before.line)
        };
        (at + 3..at + 16).take_while(|at| !ends(*at)).find_map(|at| self.number(at))
    }

    /// Whether what stands here is given to a function that calls another server.
    fn is_client(&self, at: usize) -> bool {
        let mut depth = 0_usize;
        (at.saturating_sub(NEAR)..at).rev().any(|at| match self.token(at) {
            Some(Token::Sign(')')) => {
                depth += 1;
                false
            }
            Some(Token::Sign('(')) if depth == 0 => {
                at.checked_sub(1).is_some_and(|at| self.is_word(at, CLIENTS))
            }
            Some(Token::Sign('(')) => {
                depth -= 1;
                false
            }
            _ => false,
        })
    }

    /// `env::var("ADDRESS").unwrap_or("127.0.0.1:8000")`, `process.env.HOST || "localhost"`: set to
    /// all interfaces, the server can be reached.
    fn binding(&self) -> Option<(String, String)> {
        (0..self.0.lexemes.len()).find_map(|at| {
            let name = self.read_at(at).filter(|name| is_address_variable(name))?;
            let default = (at + 3..at + 16).find_map(|at| match self.token(at) {
                Some(Token::Text(text)) if is_local(text) => Some(text),
                _ => None,
            })?;
            let value = match port_of_address(default) {
                Some(port) => format!("0.0.0.0:{port}"),
                None => "0.0.0.0".to_owned(),
            };
            Some((name.to_owned(), value))
        })
    }

    /// The surest port of the file.
    fn port(&self) -> Option<(Strength, u16, Evidence)> {
        type Look<'s> = &'s dyn Fn(usize) -> Option<(u16, Evidence)>;
        let looks: [(Strength, Look); 5] = [
            (Strength::Flag, &|at| self.flag(at).or_else(|| self.attribute(at))),
            (Strength::Variable, &|at| self.beside(at)),
            (Strength::Listener, &|at| self.given(at)),
            (Strength::Name, &|at| self.named(at).or_else(|| self.returned(at))),
            (Strength::Address, &|at| self.address(at)),
        ];
        looks.into_iter().find_map(|(strength, look)| {
            // In such places a number is as often another server's port as one's own.
            let own = |port: u16| !is_weak(strength) || (port >= 1024 && !OTHERS.contains(&port));
            let places = (0..self.0.lexemes.len()).filter(|at| !is_weak(strength) || !self.is_beside(*at));
            let found = places.filter_map(look).find(|(port, _)| own(*port));
            found.map(|(port, evidence)| (strength, port, evidence))
        })
    }

    /// Whether what is named here is a listener beside the one that the program is for.
    fn is_beside(&self, at: usize) -> bool {
        let beside = |word: &str| {
            let word = word.to_ascii_lowercase();
            BESIDE.iter().any(|other| word.contains(other))
        };
        (at.saturating_sub(4)..=at)
            .any(|at| matches!(self.token(at), Some(Token::Word(word)) if beside(word)))
    }

    /// A port that stands alone, `3000` or `"3000"`, or in an address.
    fn number(&self, at: usize) -> Option<(u16, Evidence)> {
        let text = match self.token(at)? {
            Token::Number(text) | Token::Text(text) => text,
            _ => return None,
        };
        let port = text
            .replace('_', "")
            .parse()
            .ok()
            .filter(|port| *port >= 80)
            .or_else(|| port_of_address(text))?;
        Some((port, self.evidence("port", at)))
    }

    /// `Int("port", 8080`, `IntVarP(&port, "port", "p", 8080`, `StringVar(&port, "port", env("PORT",
    /// "8080")`, clap's `Arg::new("port").default_value("8080")`.
    fn flag(&self, at: usize) -> Option<(u16, Evidence)> {
        match self.token(at)? {
            Token::Text(text) if FLAGS.contains(&text) => {}
            _ => return None,
        }
        if self.is_sign(at + 1, ',') {
            let arguments =
                (at + 2..at + 9).take_while(|at| !self.is_sign(*at, ')') && !self.is_sign(*at, ';'));
            return arguments.into_iter().find_map(|at| self.number(at));
        }
        let built = at.checked_sub(2).is_some_and(|before| self.is_word(before, &["new"]));
        let default = (at..at + 60).find(|at| self.is_word(*at, &["default_value"])).filter(|_| built)?;
        self.number(default + 2)
    }

    /// clap's `#[arg(default_value = "8080")] port: u16`.
    fn attribute(&self, at: usize) -> Option<(u16, Evidence)> {
        if !self.is_word(at, &["default_value", "default_value_t"]) || !self.is_sign(at + 1, '=') {
            return None;
        }
        let end = (at..at + 40).find(|at| self.is_sign(*at, ']'))?;
        let name = (end..end + 40)
            .find(|at| self.is_sign(*at, ':') && !self.is_sign(at + 1, ':'))?
            .checked_sub(1)?;
        match self.token(name)? {
            Token::Word(word) if word == "port" || is_own_port(word) => self.number(at + 2),
            _ => None,
        }
    }

    /// The default of the variable: `process.env.PORT || 3000`.
    fn beside(&self, at: usize) -> Option<(u16, Evidence)> {
        let name = self.read_at(at)?;
        if name == "PORT" || is_own_variable(name) || is_address_variable(name) {
            return (at + 3..at + 16).find_map(|at| self.number(at));
        }
        self.variable_at(at).and_then(|_| self.default(at))
    }

    /// `listen(3000)`, `Run(":8080")`, `bind(("0.0.0.0", 8080))`. A `listen` on a socket that is
    /// already bound takes a backlog, which is no port.
    fn given(&self, at: usize) -> Option<(u16, Evidence)> {
        if !self.is_word(at, LISTENERS)
            || !self.is_sign(at + 1, '(')
            || (self.0.file.ends_with(".rs") && self.is_word(at, &["listen"]))
        {
            return None;
        }
        let argument = (at + 2..at + 8).take_while(|at| !self.is_sign(*at, ')') && !self.is_sign(*at, ';'));
        argument.into_iter().find_map(|at| self.number(at))
    }

    /// `fn default_port() -> u16 { 5000 }`.
    fn returned(&self, at: usize) -> Option<(u16, Evidence)> {
        let named = matches!(self.token(at)?, Token::Word("default_port"))
            && self.is_word(at.checked_sub(1)?, &["fn"]);
        let body = (at..at + 10).find(|at| self.is_sign(*at, '{')).filter(|_| named)?;
        self.number(body + 1)
    }

    /// `port = "8080"`, `const PORT = 3000`, `port := 8080`, `port: u16 = 3000`, `Addr: ":8080"`.
    fn named(&self, at: usize) -> Option<(u16, Evidence)> {
        match self.token(at)? {
            Token::Word(word) if word.to_ascii_lowercase().ends_with("port") => {
                let equals = (at + 1..at + 4).find(|at| self.is_sign(*at, '='))?;
                self.number(equals + 1)
            }
            Token::Word("Addr" | "addr" | "address") if self.is_sign(at + 1, ':') => self.address(at + 2),
            _ => None,
        }
    }

    /// `":8080"`, `"0.0.0.0:8080"`, `([0, 0, 0, 0], 3000)`.
    fn address(&self, at: usize) -> Option<(u16, Evidence)> {
        match self.token(at)? {
            // An address of this machine alone is mostly that of another server.
            Token::Text(text) if !is_local(text) => Some((port_of_address(text)?, self.evidence("port", at))),
            Token::Sign(']') if self.is_sign(at + 1, ',') && self.is_sign(at + 3, ')') => self.number(at + 2),
            // `SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 8088)`
            Token::Word("UNSPECIFIED") => {
                let comma = (at..at + 6).find(|at| self.is_sign(*at, ','))?;
                self.number(comma + 1)
            }
            _ => None,
        }
    }

    /// A listener, a flag or a host that is given an address of this machine alone.
    fn loopback(&self) -> Option<Evidence> {
        (0..self.0.lexemes.len()).find_map(|at| {
            let is_one = match self.token(at)? {
                Token::Text(text) => is_local(text) && self.is_listened_to(at, text),
                Token::Word("LOCALHOST") => true,
                Token::Number("127") => {
                    self.is_sign(at + 1, ',') && self.token(at + 6) == Some(Token::Number("1"))
                }
                _ => false,
            };
            (is_one && !self.is_beside(at)).then(|| self.evidence("address", at))
        })
    }

    fn is_listened_to(&self, at: usize, text: &str) -> bool {
        let before = || at.saturating_sub(8)..at;
        let has_port = port_of_address(text).is_some();
        let by_variable = || {
            has_port
                && before().any(|at| matches!(self.token(at), Some(Token::Word(word)) if is_reader(word)))
        };
        let by_flag = || matches!(at.checked_sub(2).and_then(|at| self.token(at)), Some(Token::Text(flag)) if FLAGS.contains(&flag));
        let by_server = || has_port && before().any(|at| self.is_word(at, &["Server"]));
        let by_name = || {
            let named = at
                .checked_sub(2)
                .is_some_and(|at| self.is_word(at, &["host", "hostname", "HOST", "HOSTNAME"]));
            named && self.is_sign(at - 1, '=')
        };
        before().any(|at| self.is_word(at, LISTENERS))
            || by_variable()
            || by_flag()
            || by_server()
            || by_name()
    }
}

/// Whether an address or host is one that only the same machine reaches.
fn is_local(text: &str) -> bool {
    let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// Whether a variable holds the address that the program itself listens on.
fn is_address_variable(name: &str) -> bool {
    let own = ["", "APP_", "BIND_", "HTTP_", "LISTEN_", "SERVER_", "WEB_"];
    let kind = ["ADDR", "ADDRESS", "BIND", "HOST", "LISTEN"];
    own.iter().any(|own| name.strip_prefix(own).is_some_and(|rest| kind.contains(&rest)))
}

/// Whether a field that is called a port is the one to listen on: not a limit, nor another's.
fn is_own_port(field: &str) -> bool {
    let others = ["destination", "local", "max", "min", "peer", "remote", "target", "upstream"];
    field.strip_suffix("_port").is_some_and(|of| !others.iter().any(|other| of.contains(other)))
}

/// Whether a variable holds the program's own port, whatever stands beside it.
fn is_own_variable(name: &str) -> bool {
    name == "PORT" || name.strip_suffix("_PORT").is_some_and(|own| OWN.contains(&own))
}

/// Whether a variable may hold the port to listen on, by its name.
fn is_port_variable(name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(is_name)
        && (name == "PORT" || name.ends_with("_PORT") || name.ends_with("_PORT_NUMBER"))
        && !["DB", "DATABASE", "REDIS", "POSTGRES", "MYSQL", "MONGO", "SMTP", "MAIL", "RABBIT", "KAFKA"]
            .iter()
            .any(|other| name.contains(other))
}

/// The port of `host:port` where the host is one to listen on.
fn port_of_address(text: &str) -> Option<u16> {
    let (host, port) = text.rsplit_once(':')?;
    let listens = matches!(host, "" | "0.0.0.0" | "[::]" | "::" | "127.0.0.1" | "localhost" | "[::1]");
    port.parse().ok().filter(|port| listens && *port >= 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Syntax;

    fn read(source: &str, syntax: Syntax) -> (Option<u16>, Option<String>) {
        let mut listening = Listening::default();
        let file = if syntax == Syntax::Rust { "x.rs" } else { "x" };
        listening.read(&Source::new(file, source, syntax));
        (listening.port.map(|(port, _)| port), listening.variable.map(|(name, _)| name))
    }

    #[test]
    fn ports_in_go() {
        let of = |source| read(source, Syntax::Go);
        assert_eq!(of("http.ListenAndServe(\":8080\", nil)"), (Some(8080), None));
        assert_eq!(of("r.Run()"), (None, None));
        assert_eq!(of("redis.Options{Addr: \"localhost:6379\"}; pool(x{port: 5432})"), (None, None));
        assert_eq!(
            of("port := os.Getenv(\"PORT\"); if port == \"\" { port = \"9090\" }"),
            (Some(9090), Some("PORT".into()))
        );
        assert_eq!(of("s := &http.Server{Addr: \":8000\"}"), (Some(8000), None));
        assert_eq!(of("// ListenAndServe(\":1\")\nos.Getenv(\"DB_PORT\")"), (None, None));
        assert_eq!(of("fs.Int(\"port\", 9898, \"the port\"); x := Mock{Port: 9999}"), (Some(9898), None));
        assert_eq!(
            of("flag.StringVar(&p, \"port\", env(\"X_PORT_NUMBER\", \"8081\"), \"\")"),
            (Some(8081), None)
        );
        assert_eq!(of("f.IntP(\"port\", \"p\", 1323, \"\")"), (Some(1323), None));
        assert_eq!(of("http.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil)"), (None, Some("PORT".into())));
    }

    #[test]
    fn ports_in_javascript() {
        let of = |source| read(source, Syntax::JavaScript);
        assert_eq!(of("app.listen(process.env.PORT || 3000)"), (Some(3000), Some("PORT".into())));
        assert_eq!(of("const port = 4000; app.listen(port)"), (Some(4000), None));
        assert_eq!(of("server.listen({ port: 5000 })"), (Some(5000), None));
        assert_eq!(
            of("const p = parseInt(process.env['PORT'] ?? '8081', 10)"),
            (Some(8081), Some("PORT".into()))
        );
        assert_eq!(of("setTimeout(f, 3000)"), (None, None));
    }

    #[test]
    fn ports_in_rust() {
        let of = |source| read(source, Syntax::Rust);
        assert_eq!(of("TcpListener::bind(\"0.0.0.0:3000\").await"), (Some(3000), None));
        assert_eq!(of("SocketAddr::from(([0, 0, 0, 0], 3001))"), (Some(3001), None));
        assert_eq!(of("HttpServer::new(f).bind((\"0.0.0.0\", 8080))"), (Some(8080), None));
        assert_eq!(of("socket.listen(1024)?;"), (None, None));
        assert_eq!(of("fn default_port() -> u16 {\n    5000\n}"), (Some(5000), None));
        assert_eq!(of("SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 8088)"), (Some(8088), None));
        let range = "#[arg(long, default_value_t = 1024)]\nmin_port: u16,\nconst CONTROL_PORT: u16 = 7835;";
        assert_eq!(of(range), (Some(7835), None));
        assert_eq!(of("Arg::new(\"port\").short('p').default_value(\"5000\")"), (Some(5000), None));
        let clap = "#[arg(long, default_value = \"8080\", env = \"APP_PORT\")]\npub port: u16,";
        assert_eq!(of(clap), (Some(8080), Some("APP_PORT".into())));
        assert_eq!(
            of("let p = env::var(\"PORT\").unwrap_or_else(|_| \"7000\".to_string());"),
            (Some(7000), Some("PORT".into()))
        );
    }

    #[test]
    fn variables_of_other_servers_are_not_ones_own() {
        let go = |source| read(source, Syntax::Go);
        assert_eq!(
            go("c, _ := net.Dial(\"tcp\", \"vault:\"+os.Getenv(\"VAULT_PORT\")); _ = c"),
            (None, None)
        );
        assert_eq!(go("NewClient(&Options{Addr: getenv(\"CACHE_PORT\", \"9000\")})"), (None, None));
        assert_eq!(go("p := os.Getenv(\"VAULT_PORT\")\nRun(\":9000\")"), (Some(9000), None));
        assert_eq!(go("p := os.Getenv(\"APP_PORT\")"), (None, Some("APP_PORT".into())));
        let named = (Some(8081), Some("ECHO_PORT".into()));
        assert_eq!(go("p := getEnv(\"ECHO_PORT\", \"8081\")"), named);
        assert_eq!(go("mux.Get(\"/\", h)\np := getEnv(\"ECHO_PORT\", \"8081\")"), named);
        assert_eq!(go("p := os.Getenv(\"ECHO_PORT\")\nif p == \"\" {\n\tp = \"8081\"\n}"), named);
        let rust = "let p = env::var(\"ECHO_PORT\")\n    .unwrap_or_else(|_| \"8081\".to_string());";
        assert_eq!(read(rust, Syntax::Rust), named);
        assert_eq!(read("x.connect(process.env.ECHO_PORT || 8081)", Syntax::JavaScript), (None, None));
        assert_eq!(read("const p = process.env.ECHO_PORT || 8081", Syntax::JavaScript), named);
    }

    #[test]
    fn the_surer_file_wins_and_tests_say_nothing() {
        let mut listening = Listening::default();
        for (file, source) in [
            ("mock_api.go", "Run(\":1\")"),
            ("a.go", "x(\":9090\")"),
            ("b.go", "Run(\":8080\")"),
            ("c.go", "Run(\":7070\")"),
        ] {
            listening.read(&Source::new(file, source, Syntax::Go));
        }
        assert_eq!(listening.port.unwrap().0, 8080);
    }

    #[test]
    fn a_variable_can_open_an_address() {
        let binding = |source: &str, syntax| {
            let mut listening = Listening::default();
            listening.read(&Source::new("a", source, syntax));
            (listening.binding, listening.port.map(|(port, _)| port))
        };
        let rust = "let a = std::env::var(\"ADDRESS\").unwrap_or_else(|_| \"127.0.0.1:8000\".into());";
        assert_eq!(
            binding(rust, Syntax::Rust),
            (Some(("ADDRESS".into(), "0.0.0.0:8000".into())), Some(8000))
        );
        let javascript = "const host = process.env.HOST || 'localhost';";
        assert_eq!(binding(javascript, Syntax::JavaScript), (Some(("HOST".into(), "0.0.0.0".into())), None));
        assert_eq!(binding("x(process.env.DB_HOST || 'localhost')", Syntax::JavaScript), (None, None));
    }

    #[test]
    fn an_address_for_this_machine_alone_is_noticed() {
        let mut listening = Listening::default();
        let source = "\nhttp.ListenAndServe(\"localhost:8080\", nil)";
        listening.read(&Source::new("main.go", source, Syntax::Go));
        assert_eq!(listening.loopback.unwrap().place(), "main.go:2");
    }
}
