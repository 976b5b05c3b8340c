//! Files of settings of package managers, as keys and values with their lines.

use serde_json::Value;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The last part of its key: `_authToken` of `//host/:_authToken`.
    pub key: String,
    pub value: String,
    /// Known where the file was read by its lines.
    line: Option<usize>,
}

impl Setting {
    /// Its line in the text that it was read from, from 1.
    pub(super) fn line(&self, text: &str) -> usize {
        self.line.unwrap_or_else(|| line_of(text, &self.key, &self.value))
    }
}

/// Files of settings that package managers expand variables in.
pub(super) const FILES: &[&str] = &[".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml"];

/// Reads one of [`FILES`]. What does not parse is read by its lines.
pub(super) fn read(name: &str, text: &str) -> Vec<Setting> {
    let tree = match name {
        ".npmrc" => return lines(text, '='),
        ".yarnrc" => return lines(text, ' '),
        "bunfig.toml" => toml::from_str::<Value>(text).ok(),
        _ => serde_saphyr::from_str::<Value>(text).ok(),
    };
    let sign = if name == "bunfig.toml" { '=' } else { ':' };
    let Some(tree) = tree else { return lines(text, sign) };
    let mut found = Vec::new();
    collect("", &tree, &mut found);
    found
}

/// Every text and number of a tree.
fn collect(key: &str, value: &Value, found: &mut Vec<Setting>) {
    let value = match value {
        Value::Object(fields) => {
            return fields.iter().for_each(|(key, value)| collect(key, value, found));
        }
        Value::Array(values) => return values.iter().for_each(|value| collect(key, value, found)),
        Value::String(value) => value.clone(),
        Value::Number(value) => value.to_string(),
        Value::Bool(_) | Value::Null => return,
    };
    found.push(Setting { key: last(key), value, line: None });
}

/// The line that has both, else the value, else the key.
fn line_of(text: &str, key: &str, value: &str) -> usize {
    let value = value.lines().next().unwrap_or_default();
    let find = |holds: &dyn Fn(&str) -> bool| {
        text.lines().position(|line| !line.trim_start().starts_with('#') && holds(line))
    };
    let both = find(&|line| line.contains(key) && line.contains(value));
    let found = both.or_else(|| find(&|line| line.contains(value))).or_else(|| find(&|l| l.contains(key)));
    found.unwrap_or_default() + 1
}

/// Lines of a key and a value with a sign between.
fn lines(text: &str, sign: char) -> Vec<Setting> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.starts_with(['#', ';']));
    let setting = |(number, line): (usize, &str)| {
        // A key of Yarn may be between quotes, with blanks or a colon behind.
        let cut = match line.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some((key, value)) => (key, value.trim_start_matches([sign, ':', ' '])),
            None => line.split_once(sign)?,
        };
        let (key, value) = (last(cut.0), unquoted(cut.1));
        Some(Setting { key, value, line: Some(number) })
    };
    lines.filter_map(setting).collect()
}

/// A value without its quotes, or without the comment behind it.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some((inner, _)) =
            text.strip_prefix(quote).map(|rest| rest.split_once(quote).unwrap_or((rest, "")))
        {
            return inner.to_owned();
        }
    }
    let end = [" #", " ;", "\t#", "\t;"].iter().filter_map(|sign| text.find(sign)).min();
    text[..end.unwrap_or(text.len())].trim().to_owned()
}

/// The last part of a key, which stands behind the registry that it is for.
fn last(key: &str) -> String {
    let key = key.trim().trim_end_matches("[]").trim_end_matches(':');
    let is_scoped = key.starts_with("//") || key.starts_with('@');
    let key = if is_scoped { key.rsplit(':').next().unwrap_or(key) } else { key };
    key.trim_start_matches("--").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, text: &str) -> Vec<String> {
        let shown = |one: Setting| format!("{} {}={}", one.line(text), one.key, one.value);
        let mut found: Vec<String> = read(name, text).into_iter().map(shown).collect();
        found.sort();
        found
    }

    #[test]
    fn each_file_is_read_as_its_manager_does() {
        let text = "; a=b\n//r/:_authToken = \"a b\" # c\nx=y # z\n@s:registry=https://r\nca[]=\"c\"\nflag\n";
        assert_eq!(shown(".npmrc", text), ["2 _authToken=a b", "3 x=y", "4 registry=https://r", "5 ca=c"]);
        let text = "registry \"https://r\"\n\"//r/:_authToken\" abc\n--install.x true\n";
        assert_eq!(shown(".yarnrc", text), ["1 registry=https://r", "2 _authToken=abc", "3 install.x=true"]);
        let text = "# npmAuthToken: abc\nnpmScopes:\n  a: { npmAuthToken: abc, b: true }\nc: [1]\n";
        assert_eq!(shown(".yarnrc.yml", text), ["3 npmAuthToken=abc", "4 c=1"]);
        let text = "[install.scopes]\na = { token = \"abc\" }\n[install.registry]\npassword = \"b\"\n";
        assert_eq!(shown("bunfig.toml", text), ["2 token=abc", "4 password=b"]);
    }

    #[test]
    fn what_does_not_parse_is_read_by_its_lines() {
        assert_eq!(shown("bunfig.toml", "[x\ntoken = \"abc\"\n"), ["2 token=abc"]);
        assert_eq!(shown(".yarnrc.yml", "a: [\nnpmAuthToken: abc\n"), ["1 a=[", "2 npmAuthToken=abc"]);
    }
}
