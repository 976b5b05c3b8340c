//! One question by HTTP.

use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Http {
        status: u16,
        body: String,
    },
    /// Something answered, in a way that is not HTTP.
    Other(String),
    /// Nothing answered.
    Nothing(String),
}

/// One answer may take so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer is read up to this size, in bytes.
const LARGEST: u64 = 1 << 20;

/// Asks for a path. Redirects are answers, not followed.
pub(super) fn ask(address: SocketAddr, path: &str) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent(concat!("distrogen/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    match agent.get(format!("http://{address}{path}")).call() {
        Ok(response) => {
            let status = response.status().as_u16();
            let mut body = Vec::new();
            // A stream that never ends has answered as well.
            let _ = response.into_body().into_reader().take(LARGEST).read_to_end(&mut body);
            Answer::Http { status, body: String::from_utf8_lossy(&body).into_owned() }
        }
        Err(ureq::Error::Protocol(error)) => Answer::Other(error.to_string()),
        Err(ureq::Error::Timeout(_)) => Answer::Nothing(format!(
            "it takes connections, and no answer comes within {} s",
            PATIENCE.as_secs()
        )),
        Err(error) => Answer::Nothing(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one connection with these bytes.
    fn server(answer: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer);
            stream.write_all(answer).unwrap();
        });
        address
    }

    #[test]
    fn any_status_is_an_answer() {
        let address = server(b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy");
        assert_eq!(ask(address, "/"), Answer::Http { status: 503, body: "busy".to_owned() });
        let address =
            server(b"HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(ask(address, "/"), Answer::Http { status: 302, body: String::new() });
    }

    #[test]
    fn other_protocols_and_closed_ports_are_told_apart() {
        assert!(matches!(ask(server(b"\x00\x01 hello, this is no HTTP\r\n\r\n"), "/"), Answer::Other(_)));
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(matches!(ask(closed, "/"), Answer::Nothing(_)));
    }
}
