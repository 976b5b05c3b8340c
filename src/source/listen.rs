//! Which port a server listens on, as its source says.

use super::lexer::{Lexeme, Token};
use crate::evidence::Evidence;

/// What sources say about listening. The first that says a thing wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listening {
    /// A port and where it is named.
    pub port: Option<(u16, Evidence)>,
    /// The environment variable that holds the port.
    pub variable: Option<(String, Evidence)>,
    /// An address that only the container itself can reach.
    pub loopback: Option<Evidence>,
}

impl Listening {
    /// Reads one more source, already cut into lexemes.
    pub fn read(&mut self, file: &str, source: &str, lexemes: &[Lexeme]) {
        let scan = Scan { file, source, lexemes };
        if self.variable.is_none() {
            self.variable = scan.variable();
        }
        if self.port.is_none() {
            self.port = scan.port(self.variable.is_some());
        }
        if self.loopback.is_none() {
            self.loopback = scan.loopback();
        }
    }
}

/// Functions and fields whose argument is the address or port to listen on.
const LISTENERS: &[&str] = &[
    "Addr",
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
    "port",
    "PORT",
    "Port",
    "serve",
];

/// Functions that read an environment variable.
const READERS: &[&str] = &["Getenv", "LookupEnv", "var", "var_os"];

struct Scan<'a> {
    file: &'a str,
    source: &'a str,
    lexemes: &'a [Lexeme<'a>],
}

impl Scan<'_> {
    fn evidence(&self, what: &str, at: usize) -> Evidence {
        let line = self.lexemes[at].line;
        let says = self.source.lines().nth(line - 1).unwrap_or("").trim();
        Evidence::at(what, self.file, line, says)
    }

    fn token(&self, at: usize) -> Option<Token<'_>> {
        self.lexemes.get(at).map(|lexeme| lexeme.token)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.token(at) == Some(Token::Sign(sign))
    }

    /// `os.Getenv("PORT")`, `env::var("PORT")`, `process.env.PORT`, `{ PORT } = process.env`.
    fn variable(&self) -> Option<(String, Evidence)> {
        (0..self.lexemes.len()).find_map(|at| {
            let name = self.variable_at(at)?;
            Some((name.to_owned(), self.evidence("port", at)))
        })
    }

    fn variable_at(&self, at: usize) -> Option<&str> {
        let name = match self.token(at)? {
            Token::Word(word) if READERS.contains(&word) && self.is_sign(at + 1, '(') => {
                match self.token(at + 2)? {
                    Token::Text(text) => text,
                    _ => return None,
                }
            }
            Token::Word("env") if self.is_sign(at + 1, '.') => match self.token(at + 2)? {
                Token::Word(word) => word,
                _ => return None,
            },
            Token::Word("env") if self.is_sign(at + 1, '[') => match self.token(at + 2)? {
                Token::Text(text) => text,
                _ => return None,
            },
            _ => return None,
        };
        is_port_variable(name).then_some(name)
    }

    /// The default beside the variable, else what a listener is given, else any address.
    fn port(&self, has_variable: bool) -> Option<(u16, Evidence)> {
        let all = || 0..self.lexemes.len();
        let beside = || {
            let at = all().find(|at| self.variable_at(*at).is_some())?;
            (at + 3..at + 16).find_map(|at| self.number(at))
        };
        let given = || all().find_map(|at| self.given(at));
        let assigned = || all().find_map(|at| self.assigned(at));
        let address = || all().find_map(|at| self.address(at));
        let found = if has_variable { beside().or_else(assigned) } else { None };
        found.or_else(given).or_else(assigned).or_else(address)
    }

    /// A port that stands alone: `3000` or `"3000"`.
    fn number(&self, at: usize) -> Option<(u16, Evidence)> {
        let text = match self.token(at)? {
            Token::Number(text) => text.to_owned(),
            Token::Text(text) => text.strip_prefix(':').unwrap_or(text).to_owned(),
            _ => return None,
        };
        let port: u16 = text.replace('_', "").parse().ok().filter(|port| *port >= 80)?;
        Some((port, self.evidence("port", at)))
    }

    /// `listen(3000)`, `Run(":8080")`, `Addr: ":8080"`, `listen({ port: 3000 })`.
    fn given(&self, at: usize) -> Option<(u16, Evidence)> {
        match self.token(at)? {
            Token::Word(word) if LISTENERS.contains(&word) => {}
            _ => return None,
        }
        if !self.is_sign(at + 1, '(') && !self.is_sign(at + 1, ':') {
            return None;
        }
        let argument = (at + 2..at + 8).take_while(|at| !self.is_sign(*at, ')') && !self.is_sign(*at, ';'));
        argument.into_iter().find_map(|at| self.address(at).or_else(|| self.number(at)))
    }

    /// `port = "8080"`, `const PORT = 3000`, `port := 8080`, `port: u16 = 3000`.
    fn assigned(&self, at: usize) -> Option<(u16, Evidence)> {
        match self.token(at)? {
            Token::Word(word) if word.to_ascii_lowercase().ends_with("port") => {}
            _ => return None,
        }
        let equals = (at + 1..at + 4).find(|at| self.is_sign(*at, '='))?;
        self.number(equals + 1).or_else(|| self.address(equals + 1))
    }

    /// `":8080"`, `"0.0.0.0:8080"`, `([0, 0, 0, 0], 3000)`.
    fn address(&self, at: usize) -> Option<(u16, Evidence)> {
        match self.token(at)? {
            Token::Text(text) => {
                let port = port_of_address(text)?;
                Some((port, self.evidence("port", at)))
            }
            Token::Sign(']') if self.is_sign(at + 1, ',') && self.is_sign(at + 3, ')') => self.number(at + 2),
            _ => None,
        }
    }

    fn loopback(&self) -> Option<Evidence> {
        (0..self.lexemes.len()).find_map(|at| {
            let Token::Text(text) = self.token(at)? else { return None };
            let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
            let local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
            let start = at.saturating_sub(6);
            let listens = self.lexemes[start..at]
                .iter()
                .any(|lexeme| matches!(lexeme.token, Token::Word(word) if LISTENERS.contains(&word)));
            (local && listens && (port_of_address(text).is_some() || host == text))
                .then(|| self.evidence("address", at))
        })
    }
}

fn is_port_variable(name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(is_name)
        && (name == "PORT" || name.ends_with("_PORT"))
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
    use crate::source::lexer::{Syntax, lex};

    fn read(source: &str, syntax: Syntax) -> (Option<u16>, Option<String>) {
        let mut listening = Listening::default();
        listening.read("x", source, &lex(source, syntax));
        (listening.port.map(|(port, _)| port), listening.variable.map(|(name, _)| name))
    }

    #[test]
    fn ports_in_go() {
        let of = |source| read(source, Syntax::Go);
        assert_eq!(of("http.ListenAndServe(\":8080\", nil)"), (Some(8080), None));
        assert_eq!(of("r.Run()"), (None, None));
        assert_eq!(
            of("port := os.Getenv(\"PORT\"); if port == \"\" { port = \"9090\" }"),
            (Some(9090), Some("PORT".into()))
        );
        assert_eq!(of("s := &http.Server{Addr: \":8000\"}"), (Some(8000), None));
        assert_eq!(of("// ListenAndServe(\":1\")\nos.Getenv(\"DB_PORT\")"), (None, None));
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
        assert_eq!(
            of("let p = env::var(\"PORT\").unwrap_or_else(|_| \"7000\".to_string());"),
            (Some(7000), Some("PORT".into()))
        );
    }

    #[test]
    fn an_address_for_this_machine_alone_is_noticed() {
        let mut listening = Listening::default();
        let source = "\nhttp.ListenAndServe(\"localhost:8080\", nil)";
        listening.read("main.go", source, &lex(source, Syntax::Go));
        assert_eq!(listening.loopback.unwrap().place(), "main.go:2");
    }
}
