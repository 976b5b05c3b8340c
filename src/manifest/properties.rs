//! Spring's configuration files: application.properties and application.yml.

use std::collections::BTreeMap;

use serde_json::Value;

/// A setting, as written, and its line.
pub type Settings = BTreeMap<String, (String, usize)>;

/// The settings of a `.properties` file, after java.util.Properties' line format.
pub fn properties(text: &str) -> Settings {
    let mut found = Settings::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, raw)) = lines.next() {
        let mut line = raw.trim_start().to_owned();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        while line.ends_with('\\') && !line.ends_with("\\\\") {
            line.pop();
            match lines.next() {
                Some((_, more)) => line.push_str(more.trim_start()),
                None => break,
            }
        }
        let end = line.find(['=', ':', ' ', '\t']).unwrap_or(line.len());
        let value = line[end..].trim_start().trim_start_matches(['=', ':']).trim();
        found.insert(line[..end].to_owned(), (value.to_owned(), index + 1));
    }
    found
}

/// The settings of the first document of a YAML file, keys joined with dots. Documents after the
/// first belong to profiles. A file that does not parse has no settings: it is the program's own
/// and says nothing that the build needs.
pub fn yaml(text: &str) -> Settings {
    let first = text.split("\n---").find(|document| !document.trim().is_empty()).unwrap_or("");
    let mut found = Settings::new();
    if let Ok(value) = serde_saphyr::from_str::<Value>(first) {
        flatten("", &value, text, &mut found);
    }
    found
}

fn flatten(prefix: &str, value: &Value, text: &str, found: &mut Settings) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&path, value, text, found);
            }
        }
        Value::String(value) => insert(prefix, value.clone(), text, found),
        Value::Number(value) => insert(prefix, value.to_string(), text, found),
        Value::Bool(value) => insert(prefix, value.to_string(), text, found),
        Value::Array(_) | Value::Null => {}
    }
}

fn insert(path: &str, value: String, text: &str, found: &mut Settings) {
    let key = path.rsplit('.').next().unwrap_or(path);
    let holds = |line: &str| line.contains(key) && line.contains(&value);
    let line = text.lines().position(holds).map_or(1, |index| index + 1);
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
        let found = properties("# c\na=1\nb : 2\n c 3\nlong=x\\\n  y\n! d=4\n");
        let value = |key: &str| found.get(key).map(|(value, line)| (value.as_str(), *line));
        assert_eq!(value("a"), Some(("1", 2)));
        assert_eq!(value("b"), Some(("2", 3)));
        assert_eq!(value("c"), Some(("3", 4)));
        assert_eq!(value("long"), Some(("xy", 5)));
        assert_eq!(value("d"), None);
    }

    #[test]
    fn yaml_keys_are_joined_and_later_documents_left_out() {
        let found = yaml("server:\n  port: 9000\n---\nserver:\n  port: 1\n");
        assert_eq!(found.get("server.port"), Some(&("9000".to_owned(), 2)));
        assert!(yaml("a: [").is_empty());
    }

    #[test]
    fn placeholders() {
        assert_eq!(placeholder("${PORT:8080}"), (Some("PORT"), Some("8080")));
        assert_eq!(placeholder("${PORT}"), (Some("PORT"), None));
        assert_eq!(placeholder("9000"), (None, Some("9000")));
    }
}
