//! Greetings by language.

pub const GREETINGS: &[(&str, &str)] = &[
    ("de", "Guten Tag"),
    ("en", "Good day"),
    ("es", "Buenos días"),
    ("pt", "Bom dia"),
];

/// The greeting in a language, if there is one.
pub fn greeting(language: &str) -> Option<&'static str> {
    let found = GREETINGS.iter().find(|(code, _)| *code == language)?;
    Some(found.1)
}
