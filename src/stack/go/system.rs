//! What of an operating system's files a program asks for: CA roots, time zones, users, `/tmp`.
//! A program of the standard library that asks for none of them needs no image at all.

use super::sources::Import;
use crate::evidence::Evidence;
use crate::source::Source;
use crate::source::lexer::Token;

/// Where a program asks for each of them first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct System {
    pub roots: Option<Evidence>,
    pub zones: Option<Evidence>,
    pub users: Option<Evidence>,
    pub temporary: Option<Evidence>,
    /// A file of the system that is named outright.
    pub file: Option<Evidence>,
}

/// Packages that check certificates against the system's roots.
const ROOTS: &[&str] = &["crypto/tls", "crypto/x509", "net/http/httputil", "net/smtp"];

/// Names by which net/http asks other servers.
const CLIENT: &[&str] = &[
    "Client",
    "DefaultClient",
    "DefaultTransport",
    "NewRequest",
    "NewRequestWithContext",
    "RoundTripper",
    "Transport",
];

/// Functions of net/http that ask other servers when they are called on the package itself.
const CALLS: &[&str] = &["Get", "Head", "Post", "PostForm"];

/// Functions that spill the parts of a large form into temporary files.
const FORMS: &[&str] = &["FormFile", "FormValue", "ParseMultipartForm", "PostFormValue"];

const TEMPORARY: &[&str] = &["CreateTemp", "MkdirTemp", "TempDir", "TempFile"];

/// Functions that look for a home, which an image without users does not have.
const HOMES: &[&str] = &["UserCacheDir", "UserConfigDir", "UserHomeDir"];

/// Folders of a system.
const FOLDERS: &[&str] = &["/etc/", "/home/", "/tmp", "/usr/", "/var/"];

impl System {
    /// Reads one more source.
    pub(super) fn read(&mut self, source: &Source, imports: &[Import]) {
        let imported = |paths: &[&str]| {
            let import = imports.iter().find(|import| paths.contains(&import.path))?;
            Some(source.evidence("what the program asks for", import.line))
        };
        let word = |names: &[&str]| source.find_word(names).map(|at| evidence(source, at));
        let client = || {
            let http = imports.iter().find(|import| import.path == "net/http")?;
            let name = http.name.unwrap_or("http");
            let asks = |at: &usize| {
                source.is_word(*at, CLIENT)
                    || (source.is_word(*at, CALLS)
                        && (name == "."
                            || (*at >= 2 && source.is_sign(at - 1, '.') && source.is_word(at - 2, &[name]))))
            };
            (0..source.lexemes.len()).find(asks).map(|at| evidence(source, at))
        };
        let file = || {
            let names_system = |at: &usize| matches!(source.token(*at), Some(Token::Text(text)) if FOLDERS.iter().any(|folder| text.starts_with(folder)));
            (0..source.lexemes.len()).find(names_system).map(|at| evidence(source, at))
        };
        self.roots = self.roots.take().or_else(|| imported(ROOTS)).or_else(client);
        self.zones = self.zones.take().or_else(|| word(&["LoadLocation"]));
        self.users = self.users.take().or_else(|| imported(&["os/user"])).or_else(|| word(HOMES));
        self.temporary = self
            .temporary
            .take()
            .or_else(|| imported(&["mime/multipart"]))
            .or_else(|| word(FORMS))
            .or_else(|| word(TEMPORARY));
        self.file = self.file.take().or_else(file);
    }

    /// What the program is known to ask for, in words, and where: the first of it.
    pub(super) fn first(&self) -> Option<(&'static str, &Evidence)> {
        let asked = [
            ("CA roots", &self.roots),
            ("time zones", &self.zones),
            ("users", &self.users),
            ("/tmp", &self.temporary),
            ("a file of the system", &self.file),
        ];
        asked.into_iter().find_map(|(what, evidence)| Some((what, evidence.as_ref()?)))
    }
}

fn evidence(source: &Source, at: usize) -> Evidence {
    source.evidence("what the program asks for", source.lexemes[at].line)
}

#[cfg(test)]
mod tests {
    use super::super::sources::imports;
    use super::*;
    use crate::source::lexer::Syntax;

    fn first(code: &str) -> Option<&'static str> {
        let text = format!("package main\n{code}");
        let source = Source::new("main.go", &text, Syntax::Go);
        let mut system = System::default();
        system.read(&source, &imports(&source.lexemes));
        system.first().map(|(what, _)| what)
    }

    #[test]
    fn a_server_asks_for_nothing_and_a_client_for_roots() {
        let server = "import \"net/http\"\nfunc main() { http.HandleFunc(\"/\", f); http.ListenAndServe(\":80\", nil); r.Header.Get(\"x\") }";
        assert_eq!(first(server), None);
        assert_eq!(first("import \"net/http\"\nfunc main() { http.Get(u) }"), Some("CA roots"));
        assert_eq!(first("import h \"net/http\"\nfunc main() { h.Get(u) }"), Some("CA roots"));
        assert_eq!(first("import \"net/http\"\nvar c = &http.Client{}"), Some("CA roots"));
        assert_eq!(first("import \"net/http/httputil\""), Some("CA roots"));
    }

    #[test]
    fn zones_users_and_temporary_files() {
        assert_eq!(first("func f() { time.LoadLocation(z) }"), Some("time zones"));
        assert_eq!(first("import \"os/user\""), Some("users"));
        assert_eq!(first("func f() { os.UserHomeDir() }"), Some("users"));
        assert_eq!(first("func f() { os.CreateTemp(\"\", \"x\") }"), Some("/tmp"));
        assert_eq!(first("func f() { r.FormFile(\"x\") }"), Some("/tmp"));
        assert_eq!(first("func f() { os.Open(\"/etc/hosts\") }"), Some("a file of the system"));
        assert_eq!(first("func f() { print(\"/etcetera\") }"), None);
    }
}
