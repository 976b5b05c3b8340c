//! What a container is asked, and what it must answer: the `[verify]` table of a project.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use crate::failure::Failure;
use crate::repo::Repo;

/// The keys of `[verify]`. What is not set comes from the plan and from the image.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Port that a server listens on, where the image exposes none or several.
    pub port: Option<u16>,
    /// Path that a server is asked for.
    pub path: Option<String>,
    /// Status of HTTP, or exit code of a program that ends.
    pub status: Option<u16>,
    /// Text for the standard input of a program that ends.
    pub input: Option<String>,
    /// Text that must be in the answer, or in what the program prints.
    pub expect: Option<String>,
    /// Arguments of the program, in place of the image's own.
    pub args: Vec<String>,
    /// Environment of the container.
    pub env: BTreeMap<String, String>,
    /// Largest size of the image, unpacked, in megabytes of 10^6 bytes.
    pub max_mb: Option<f64>,
    /// Memory that the container may use, in the engine's notation, such as `512m`.
    pub memory: Option<String>,
}

/// A file with a `[verify]` table among others.
#[derive(Deserialize)]
struct Holder {
    verify: Option<Settings>,
}

/// Files that may hold the table, in the order that they are looked for in.
const FILES: &[&str] = &["distrogen.toml", "example.toml"];

impl Settings {
    /// The settings of a project; the defaults where it has none.
    ///
    /// # Errors
    /// When a file that holds them cannot be read.
    pub fn of(repo: &Repo) -> Result<Settings> {
        for file in FILES {
            let Some(text) = repo.text(file)? else { continue };
            let table: toml::Table = match text.parse() {
                Ok(table) => table,
                // Only the first file is ours whatever it holds.
                Err(error) if *file == FILES[0] => return Err(unreadable(file, &error)),
                Err(_) => continue,
            };
            if table.contains_key("verify") {
                let holder: Holder = toml::from_str(&text).map_err(|error| unreadable(file, &error))?;
                return holder.verify.unwrap_or_default().checked(file);
            }
        }
        Ok(Settings::default())
    }

    /// These settings, if they can be carried out.
    ///
    /// # Errors
    /// With the key whose value cannot be meant.
    pub fn checked(self, place: &str) -> Result<Settings> {
        let wrong = |what: &str| Err(Failure::usage(format!("{place}: {what}")).into());
        match &self.path {
            Some(path) if !path.starts_with('/') => return wrong("`path` does not begin with `/`"),
            Some(path) if path.chars().any(|c| c.is_control() || c == ' ') => {
                return wrong("`path` has blanks or control characters; write them as `%20`");
            }
            _ => {}
        }
        if let Some(name) = self.env.keys().find(|name| name.is_empty() || name.contains(['=', '\0'])) {
            return wrong(&format!("`{name}` is no name of a variable"));
        }
        if self.port == Some(0) {
            return wrong("`port` is no port");
        }
        if self.max_mb.is_some_and(|limit| !limit.is_finite() || limit <= 0.0) {
            return wrong("`max_mb` is no size");
        }
        Ok(self)
    }

    /// These settings where they say something, else the others.
    pub fn or(self, other: Settings) -> Settings {
        Settings {
            port: self.port.or(other.port),
            path: self.path.or(other.path),
            status: self.status.or(other.status),
            input: self.input.or(other.input),
            expect: self.expect.or(other.expect),
            args: if self.args.is_empty() { other.args } else { self.args },
            env: other.env.into_iter().chain(self.env).collect(),
            max_mb: self.max_mb.or(other.max_mb),
            memory: self.memory.or(other.memory),
        }
    }
}

fn unreadable(file: &str, error: &toml::de::Error) -> anyhow::Error {
    Failure::failed(format!("`{file}`: {}", error.to_string().trim_end())).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    fn of(file: &str, text: &str) -> Result<Settings> {
        Settings::of(&Repo::in_memory(Memory::new().file(file, text)))
    }

    #[test]
    fn the_table_is_read_from_either_file() {
        for file in FILES {
            let settings = of(file, "[verify]\npath = \"/up\"\nstatus = 204\nenv = { A = \"1\" }\n").unwrap();
            assert_eq!((settings.path.as_deref(), settings.status), (Some("/up"), Some(204)));
        }
        assert_eq!(of("example.toml", "[server]\nverify_tls = true\n").unwrap(), Settings::default());
        assert_eq!(of("example.toml", "not toml at all").unwrap(), Settings::default());
    }

    #[test]
    fn what_cannot_be_meant_is_an_error_with_its_place() {
        let message = |text: &str| of("distrogen.toml", text).unwrap_err().to_string();
        assert!(message("[verify]\npth = \"/\"\n").contains("unknown field `pth`"));
        assert_eq!(message("[verify]\npath = \"up\"\n"), "distrogen.toml: `path` does not begin with `/`");
        assert!(message("[verify]\nenv = { \"A=B\" = \"1\" }\n").contains("no name of a variable"));
        assert!(message("x").contains("`distrogen.toml`"));
    }

    #[test]
    fn flags_outrank_the_file() {
        let flags =
            Settings { status: Some(404), env: [("A".into(), "2".into())].into(), ..Settings::default() };
        let file =
            of("distrogen.toml", "[verify]\npath = \"/x\"\nstatus = 200\nenv = { A = \"1\", B = \"1\" }\n");
        let both = flags.or(file.unwrap());
        assert_eq!((both.path.as_deref(), both.status), (Some("/x"), Some(404)));
        assert_eq!(both.env, BTreeMap::from([("A".into(), "2".into()), ("B".into(), "1".into())]));
    }
}
