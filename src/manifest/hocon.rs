//! HOCON, as `application.conf` is written in: as much of it as plain settings need.

use super::properties::Settings;

/// Deeper than this no settings are.
const DEEPEST: usize = 32;
const LONGEST: usize = 300;

/// The settings, keys joined with dots. `port = 8080` followed by `port = ${?PORT}` is
/// `${PORT:8080}`. What is no plain setting, such as a list, is left out.
pub fn hocon(text: &str) -> Settings {
    let mut path = String::new();
    let mut open: Vec<usize> = Vec::new();
    let mut found = Settings::new();
    for (index, line) in text.lines().enumerate() {
        for piece in pieces(line) {
            match piece {
                Piece::Open(key) => {
                    if open.len() >= DEEPEST || path.len() > LONGEST {
                        return found;
                    }
                    open.push(path.len());
                    push(&mut path, key);
                }
                Piece::Close => path.truncate(open.pop().unwrap_or(0)),
                Piece::Setting(key, value) => {
                    let mut full = path.clone();
                    push(&mut full, key);
                    set(&mut found, full, value, index + 1);
                }
            }
        }
    }
    found
}

enum Piece<'a> {
    Open(&'a str),
    Close,
    Setting(&'a str, &'a str),
}

fn push(path: &mut String, key: &str) {
    let key = key.trim().trim_matches('"');
    if !path.is_empty() && !key.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

fn set(found: &mut Settings, key: String, value: &str, line: usize) {
    let value = value.trim().trim_matches('"');
    let optional = value.strip_prefix("${?").and_then(|rest| rest.strip_suffix('}'));
    let value = match (optional, found.get(&key)) {
        (Some(name), Some((before, _))) if before.len() < LONGEST => format!("${{{name}:{before}}}"),
        (Some(name), _) => format!("${{{name}}}"),
        (None, _) => value.to_owned(),
    };
    found.insert(key, (value, line));
}

/// What a line says: objects that it opens and closes, and settings.
fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = without_comment(line).trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(['}', ',']) {
            if rest.starts_with('}') {
                found.push(Piece::Close);
            }
            rest = after.trim_start();
            continue;
        }
        let Some(at) = rest.find(['{', '=', ':', '}']) else { break };
        let (key, after) = rest.split_at(at);
        let value = after.get(1..).unwrap_or("").trim_start();
        match (after.chars().next(), value.strip_prefix('{')) {
            (Some('}'), _) => rest = after,
            (Some('{'), _) => {
                found.push(Piece::Open(key));
                rest = value;
            }
            (_, Some(inside)) => {
                found.push(Piece::Open(key));
                rest = inside.trim_start();
            }
            _ => {
                let end = value_end(value);
                let (value, more) = value.split_at(end);
                found.push(Piece::Setting(key.trim_end_matches(['+', ' ']), value));
                rest = more.trim_start();
            }
        }
    }
    found
}

/// Where a value ends: at a comma or a brace that is not its own.
fn value_end(value: &str) -> usize {
    let mut quoted = false;
    let mut own = 0_usize;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => own += 1,
            b'}' if own > 0 => own -= 1,
            b'}' | b',' => return at,
            _ => {}
        }
    }
    value.len()
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'#' if !quoted => return line.get(..at).unwrap_or(""),
            b'/' if !quoted && line.as_bytes().get(at + 1) == Some(&b'/') => {
                return line.get(..at).unwrap_or("");
            }
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_ktor() {
        let text = "# c\nktor {\n  deployment {\n    port = 8080 // the port\n    port = ${?PORT}\n    host: \"0.0.0.0\"\n  }\n\
                    application { modules = [ a.B.module ] }\n}\nakka.http { server { x = 1, y = \"a,b#c\" } }\nz = ${Z}\n";
        let found = hocon(text);
        let value = |key: &str| found.get(key).map(|(value, line)| (value.as_str(), *line));
        assert_eq!(value("ktor.deployment.port"), Some(("${PORT:8080}", 5)));
        assert_eq!(value("ktor.deployment.host"), Some(("0.0.0.0", 6)));
        assert_eq!(value("akka.http.server.x"), Some(("1", 10)));
        assert_eq!(value("akka.http.server.y"), Some(("a,b#c", 10)));
        assert_eq!(value("z"), Some(("${Z}", 11)));
    }

    #[test]
    fn what_is_hostile_ends_soon() {
        hocon(&"a {".repeat(100_000));
        hocon(&"}".repeat(100_000));
        hocon(&"a = ${?B}\n".repeat(100_000));
        hocon("a = \"");
    }
}
