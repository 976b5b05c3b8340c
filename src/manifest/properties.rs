//! Settings of JVM programs: `.properties`, YAML and TOML, keys joined with dots.

use std::collections::BTreeMap;

use serde_json::Value;

use super::yaml;

mod lines;

/// A setting, as written, and its line.
pub type Settings = BTreeMap<String, (String, usize)>;

/// More documents than this no file of settings has.
const MOST_DOCUMENTS: usize = 200;

/// More settings than this no file has.
const MOST_SETTINGS: usize = 20_000;

/// A longer key than this, in bytes, or one of more parts, is no setting's.
const LONGEST: usize = 300;
const DEEPEST: usize = 32;

/// The settings of a `.properties` file, after java.util.Properties' line format.
pub fn properties(text: &str) -> Settings {
    let documents = properties_documents(text);
    documents.into_iter().flatten().collect()
}

/// The same by document: Spring's `#---` begins another.
pub fn properties_documents(text: &str) -> Vec<Settings> {
    let mut documents = vec![Settings::new()];
    let mut lines = text.lines().enumerate();
    while let Some((index, raw)) = lines.next() {
        let mut line = raw.trim_start().to_owned();
        if matches!(line.trim_end(), "#---" | "!---") && documents.len() < MOST_DOCUMENTS {
            documents.push(Settings::new());
        }
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        while (line.len() - line.trim_end_matches('\\').len()) % 2 == 1 {
            line.pop();
            match lines.next() {
                Some((_, more)) => line.push_str(more.trim_start()),
                None => break,
            }
        }
        let (key, value) = key_and_value(&line);
        if let Some(settings) = documents.last_mut() {
            settings.insert(key, (value, index + 1));
        }
    }
    documents
}

/// A key ends at the first `=`, `:` or space that no backslash is before.
fn key_and_value(line: &str) -> (String, String) {
    let mut escaped = false;
    let is_end = |(_, c): &(usize, char)| {
        let ends = !escaped && matches!(c, '=' | ':' | ' ' | '\t');
        escaped = !escaped && *c == '\\';
        ends
    };
    let end = line.char_indices().find(is_end).map_or(line.len(), |(at, _)| at);
    let (key, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim();
    (unescaped(key), unescaped(value))
}

/// Backslashes taken out; what they say of characters that no setting needs is left out too.
fn unescaped(text: &str) -> String {
    let mut escaped = false;
    let keep = |c: &char| {
        escaped = !escaped && *c == '\\';
        !escaped
    };
    text.chars().filter(keep).collect()
}

/// The settings of the first document of a YAML file. Documents after the first belong to
/// profiles. A file that does not parse is read by its lines: it is the program's own.
pub fn yaml(text: &str) -> Settings {
    yaml_documents(text).into_iter().next().unwrap_or_default()
}

/// The same by document. Lists have their index behind the key: `a.b[0].c`.
pub fn yaml_documents(text: &str) -> Vec<Settings> {
    let mut documents: Vec<(usize, String)> = vec![(0, String::new())];
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("---") && documents.len() < MOST_DOCUMENTS {
            documents.push((index, format!("{}\n", line.trim_start_matches('-'))));
        } else if let Some((_, document)) = documents.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    let read = |(start, document): (usize, String)| {
        let scanned = lines::scan(&document, start);
        match yaml::parse::<Value>("settings", &document, 0) {
            Ok(value) => {
                let mut found = Settings::new();
                flatten(&mut String::new(), 0, &value, &scanned, &mut found);
                found
            }
            Err(_) => scanned,
        }
    };
    let documents = documents.into_iter().map(read);
    documents.filter(|document| !document.is_empty()).collect()
}

/// The settings of a TOML file; none where it does not parse.
pub fn toml(text: &str) -> Settings {
    let mut found = Settings::new();
    if let Ok(value) = ::toml::from_str::<Value>(text) {
        flatten(&mut String::new(), 0, &value, &Settings::new(), &mut found);
    }
    for (key, (_, line)) in &mut found {
        let last = key.rsplit('.').next().unwrap_or(key);
        let is = |line: &str| {
            line.trim_start().strip_prefix(last).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        *line = text.lines().take(1000).position(is).map_or(1, |index| index + 1);
    }
    found
}

fn flatten(path: &mut String, depth: usize, value: &Value, lines: &Settings, found: &mut Settings) {
    if depth > DEEPEST || path.len() > LONGEST || found.len() > MOST_SETTINGS {
        return;
    }
    let before = path.len();
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if before > 0 {
                    path.push('.');
                }
                path.push_str(key);
                flatten(path, depth + 1, value, lines, found);
                path.truncate(before);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                flatten(path, depth + 1, value, lines, found);
                path.truncate(before);
            }
        }
        Value::String(value) => insert(path, value.clone(), lines, found),
        Value::Number(value) => insert(path, value.to_string(), lines, found),
        Value::Bool(value) => insert(path, value.to_string(), lines, found),
        Value::Null => {}
    }
}

fn insert(path: &str, value: String, lines: &Settings, found: &mut Settings) {
    let line = lines.get(path).map_or(1, |(_, line)| *line);
    found.insert(path.to_owned(), (value, line));
}

/// The value of `${NAME:default}` as Spring resolves it when the variable is not set, and the
/// variable; a plain value is itself.
pub fn placeholder(value: &str) -> (Option<&str>, Option<&str>) {
    match value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        None => (None, Some(value)),
        Some(inside) => match inside.split_once(':') {
            Some((name, default)) => (Some(name), Some(default)),
            None => (Some(inside), None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_in_all_their_forms() {
        let found = properties("# c\na=1\nb : 2\n c 3\nlong=x\\\n  y\n! d=4\ne\\:f=g\\:h=i\\\\\n#---\nj=\n");
        let value = |key: &str| found.get(key).map(|(value, line)| (value.as_str(), *line));
        assert_eq!(value("a"), Some(("1", 2)));
        assert_eq!(value("b"), Some(("2", 3)));
        assert_eq!(value("c"), Some(("3", 4)));
        assert_eq!(value("long"), Some(("xy", 5)));
        assert_eq!(value("d"), None);
        assert_eq!(value("e:f"), Some(("g:h=i\\", 8)));
        assert_eq!(value("j"), Some(("", 10)));
        assert_eq!(properties_documents("a=1\n#---\na=2").len(), 2);
    }

    #[test]
    fn yaml_keys_are_joined_and_documents_kept_apart() {
        let text = "# x\nserver:\n  port: 9000\n---\nserver.port: 1\nlist:\n- a: 2\n  b: 3\n- c\n404: x\n";
        assert_eq!(yaml(text).get("server.port"), Some(&("9000".to_owned(), 3)));
        let documents = yaml_documents(text);
        let second = &documents[1];
        assert_eq!(second.get("server.port"), Some(&("1".to_owned(), 5)));
        assert_eq!(second.get("list[0].b"), Some(&("3".to_owned(), 8)));
        assert_eq!(second.get("list[1]"), Some(&("c".to_owned(), 9)));
        assert_eq!(second.get("404"), Some(&("x".to_owned(), 10)));
    }

    #[test]
    fn yaml_that_does_not_parse_is_read_by_its_lines() {
        let found = yaml("a:\n  port: @my.port@ # x\n  b: 'c'\nd: [\n");
        assert_eq!(found.get("a.port"), Some(&("@my.port@".to_owned(), 2)));
        assert_eq!(found.get("a.b"), Some(&("c".to_owned(), 3)));
    }

    #[test]
    fn hostile_settings_end_soon() {
        yaml(&"a: ".repeat(100_000));
        yaml(&"{a: ".repeat(100_000));
        yaml(&"- ".repeat(100_000));
        let deep: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        yaml(&deep);
        properties(&"\\\n".repeat(100_000));
        yaml(&"---\n".repeat(100_000));
        let many: String = (0..60_000).map(|number| format!("k{number}: 1\n")).collect();
        assert!(yaml(&many).len() > 1000);
    }

    #[test]
    fn toml_is_flat_too() {
        let found = toml("[micronaut.server]\nport = 9090\n");
        assert_eq!(found.get("micronaut.server.port"), Some(&("9090".to_owned(), 2)));
        assert!(toml("a = [").is_empty());
    }

    #[test]
    fn placeholders() {
        assert_eq!(placeholder("${PORT:8080}"), (Some("PORT"), Some("8080")));
        assert_eq!(placeholder("${PORT}"), (Some("PORT"), None));
        assert_eq!(placeholder("9000"), (None, Some("9000")));
    }
}
