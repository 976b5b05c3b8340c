//! Credentials, by the names that they are given and by how they look.

/// Words at the end of a name whose value is a credential.
const LAST_WORDS: &[&str] = &[
    "apikey",
    "accesskey",
    "authtoken",
    "credential",
    "credentials",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "secrets",
    "token",
];

/// Words before a last `key` that make it one: `API_KEY`, but not `CACHE_KEY`.
const KEYS_OF: &[&str] = &[
    "access",
    "account",
    "api",
    "app",
    "auth",
    "cookie",
    "encryption",
    "jwt",
    "license",
    "master",
    "private",
    "secret",
    "session",
    "signing",
];

/// Variables that a build writes into what everyone gets, and the folder of a shell.
const NEVER: &[&str] = &[
    "EXPO_PUBLIC_",
    "GATSBY_",
    "NEXT_PUBLIC_",
    "NG_APP_",
    "NUXT_PUBLIC_",
    "REACT_APP_",
    "VITE_",
    "VUE_APP_",
];

/// How credentials begin that services give out.
const ISSUED: &[&str] = &[
    "AKIA",
    "SG.",
    "ghp_",
    "ghs_",
    "gho_",
    "github_pat_",
    "glpat-",
    "npm_",
    "sk-ant-",
    "sk-proj-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "xoxb-",
    "xoxp-",
    "whsec_",
];

/// Shorter than this none is.
const SHORTEST_ISSUED: usize = 16;

/// The longest text that is shown.
const LONGEST: usize = 5000;

/// Whether a value is a credential, by its own look or by the name of what is set to it.
pub fn is_secret(name: &str, value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', '\\']);
    looks_secret(value) || names_secret(name) && may_be_secret(name, value)
}

/// Whether a value looks like a credential whatever its name: a password in a URL, a private key,
/// or a token as services give them out.
pub fn looks_secret(value: &str) -> bool {
    let is_key = value.contains("-----BEGIN") && (value.contains("PRIVATE KEY") || value.len() < 30);
    userinfo(value).is_some() || is_key || is_issued(value)
}

/// Whether a name is that of a credential.
pub fn names_secret(name: &str) -> bool {
    let is_never = name == "PWD" || NEVER.iter().any(|prefix| name.starts_with(prefix));
    let words = words(name);
    let (last, before) = match words.split_last() {
        Some((last, before)) if !is_never => (last.as_str(), before.last().map_or("", String::as_str)),
        _ => return false,
    };
    LAST_WORDS.contains(&last) || last == "key" && KEYS_OF.contains(&before)
}

/// The part of a URL before its host, where it holds a password: `user:password`.
pub fn userinfo(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'`,".contains(c)).unwrap_or(after.len());
        let is_web = before.ends_with("http") || before.ends_with("https");
        if let Some((info, _)) = after[..end].rsplit_once('@') {
            let password = info.split_once(':').map(|(_, password)| password);
            // What is before the host alone is a name, unless it is as long as a token.
            let is_token = is_web && password.is_none() && info.len() >= SHORTEST_ISSUED;
            if password.is_some_and(|password| !password.is_empty()) || is_token {
                return Some(info);
            }
        }
        rest = after;
    }
    None
}

/// A text with `***` in the place of its credentials: words such as `NAME=value`, `--name value`
/// and URLs. What nobody would read to its end is cut.
pub fn mask(text: &str) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        return mask(&text[..end]) + "...";
    }
    let mut masked = String::with_capacity(text.len());
    let (mut rest, mut is_value) = (text, false);
    while !rest.is_empty() {
        let blank = rest.len() - rest.trim_start().len();
        masked.push_str(&rest[..blank]);
        rest = &rest[blank..];
        let (word, behind) = rest.split_at(end_of_word(rest));
        let core = word.trim_matches(['"', '\'', '\\', ',']);
        if is_value && !core.is_empty() && !core.starts_with('-') && may_be_secret("", core) {
            masked.push_str(&hidden(word));
        } else {
            masked.push_str(&masked_word(word));
        }
        is_value = core.starts_with('-') && !core.contains('=') && names_secret(core);
        rest = behind;
    }
    masked
}

/// One word of it.
fn masked_word(word: &str) -> String {
    for (at, _) in word.match_indices('=') {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let name = word[..at].rsplit(|c| !is_name(c)).next().unwrap_or_default();
        let value = &word[at + 1..];
        if is_secret(name, value) {
            return format!("{}={}", &word[..at], hidden(value));
        }
    }
    match userinfo(word) {
        Some(info) => word.replace(info, "***"),
        None if looks_secret(word.trim_matches(['"', '\'', '\\', ','])) => hidden(word),
        None => word.to_owned(),
    }
}

/// `***` between the quotes of a value; a URL keeps what is no credential.
fn hidden(value: &str) -> String {
    if let Some(info) = userinfo(value) {
        return value.replace(info, "***");
    }
    let is_quote = |c: char| "\"'\\,".contains(c);
    let inner = value.trim_start_matches(is_quote);
    let before = &value[..value.len() - inner.len()];
    format!("{before}***{}", &inner[inner.trim_end_matches(is_quote).len()..])
}

/// Where a word ends; blanks between quotes belong to it.
fn end_of_word(text: &str) -> usize {
    let mut open = None;
    let mut before = '\0';
    for (at, c) in text.char_indices() {
        match open {
            Some(quote) if c == quote => open = None,
            Some(_) => {}
            None if c.is_whitespace() => return at,
            None if c == '\'' || c == '"' && "=\\".contains(before) && text[..at].contains('=') => {
                open = Some(c);
            }
            None => {}
        }
        before = c;
    }
    text.len()
}

/// The words of a name, in lower case: `dbPassword`, `DB_PASSWORD`, `--db-password`.
fn words(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || was_lower && c.is_ascii_uppercase() {
            found.push(String::new());
        }
        if let Some(last) = found.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            last.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    found.retain(|word| !word.is_empty());
    found
}

/// Whether a value can be what a name promises: switches, numbers, files and addresses are not.
fn may_be_secret(name: &str, value: &str) -> bool {
    let is_switch = ["true", "false", "yes", "no", "on", "off", "null", "undefined", "none"]
        .contains(&value.to_ascii_lowercase().as_str());
    let is_number = value.chars().all(|c| c.is_ascii_digit());
    let is_counted = words(name).last().is_some_and(|last| matches!(last.as_str(), "token" | "key"));
    let is_file = ["./", "../", "/run/", "/etc/", "/app/"].iter().any(|start| value.starts_with(start))
        || [".pem", ".key", ".json", ".txt", ".crt"].iter().any(|end| value.ends_with(end));
    !value.is_empty()
        && !is_switch
        && !is_file
        && !value.contains("://")
        && !(is_number && (is_counted || value.len() < 2))
}

fn is_issued(value: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    value.len() >= SHORTEST_ISSUED
        && ISSUED.iter().any(|start| value.starts_with(start))
        && value.chars().all(is_token)
        && value.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_name_and_the_value_decide() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("dbPassword", "123456"),
            ("--api-key", "abc"),
            ("STRIPE_APIKEY", "abc"),
            ("JWT_SECRET", "'s'"),
            ("MONGO_URL", "mongodb://u:p@h/db"),
            ("REDIS", "redis://:p@h"),
            ("PROXY", "https://0123456789abcdef@h"),
            ("X", "ghp_0123456789abcdef"),
            ("X", "-----BEGIN RSA PRIVATE KEY-----"),
        ] {
            assert!(is_secret(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("KEYCLOAK_URL", "https://k"),
            ("TOKEN_TTL", "3600"),
            ("KEY_PREFIX", "a"),
            ("CACHE_KEY", "a"),
            ("PUBLIC_KEY", "a"),
            ("DB_PASSWORD_FILE", "/run/secrets/a"),
            ("PRIVATE_KEY", "./a.pem"),
            ("MAX_TOKEN", "4096"),
            ("USE_TOKEN", "true"),
            ("PWD", "/app"),
            ("TOKEN", ""),
            ("NEXT_PUBLIC_API_KEY", "abc"),
            ("GIT", "ssh://git@github.com/a"),
            ("DB", "postgres://user@h/db"),
            ("COMPASS", "x"),
            ("X", "npm_config_something_else"),
        ] {
            assert!(!is_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn values_are_masked_and_names_are_not() {
        for (text, masked) in [
            ("DB_PASSWORD='hunter2' A=b node a.js", "DB_PASSWORD='***' A=b node a.js"),
            ("PASSWORD='my own' node a.js", "PASSWORD='***' node a.js"),
            (r#""start": "PASSWORD=\"my own\" node a.js","#, r#""start": "PASSWORD=\"***\" node a.js","#),
            (r#""start": "node a.js --token abc","#, r#""start": "node a.js --token ***","#),
            (
                r#"{"scripts":{"start":"TOKEN=abc node a.js"}}"#,
                r#"{"scripts":{"start":"TOKEN=*** node a.js"}}"#,
            ),
            ("node a.js --api-key=abc --port 3", "node a.js --api-key=*** --port 3"),
            ("URL=mongodb://u:p@h/db node a.js", "URL=mongodb://***@h/db node a.js"),
            ("node a.js ghp_0123456789abcdef", "node a.js ***"),
            ("node a.js --token --port 3", "node a.js --token --port 3"),
            ("echo 'it' && é  x", "echo 'it' && é  x"),
        ] {
            assert_eq!(mask(text), masked);
        }
        assert_eq!(mask(&"=\\\"://@".repeat(100_000)).len(), LONGEST + 3);
    }
}
