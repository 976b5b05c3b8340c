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
    /// Another file of the system, or a program that is started.
    pub file: Option<Evidence>,
}

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
const FORMS: &[&str] = &["FormFile", "FormValue", "ParseMultipartForm", "PostFormValue", "ReadForm"];

/// Functions of net/http that look a file's type up in the system's table.
const TYPES: &[&str] = &["FileServer", "FileServerFS", "ServeContent", "ServeFile", "ServeFileFS"];

/// Functions that look a service's name up in /etc/services.
const SERVICES: &[&str] = &["LookupPort", "LookupSRV"];

const TEMPORARY: &[&str] = &["CreateTemp", "MkdirTemp", "TempDir", "TempFile"];

/// Functions that look for a home, which an image without users does not have.
const HOMES: &[&str] = &["UserCacheDir", "UserConfigDir", "UserHomeDir"];

/// Folders of a system.
const FOLDERS: &[&str] =
    &["/bin/", "/dev/", "/etc/", "/home/", "/opt/", "/root", "/run/", "/tmp", "/usr/", "/var/"];

/// Variables that name places of a system.
const VARIABLES: &[&str] = &["HOME", "TMPDIR", "TZ", "USER"];

impl System {
    /// Reads one more source.
    pub(super) fn read(&mut self, source: &Source, imports: &[Import], system: &[String]) {
        let imported = |wanted: &[&str]| {
            let of = |import: &&Import| {
                wanted.contains(&import.path) && system.iter().any(|path| path == import.path)
            };
            Some(source.evidence("what the program asks for", imports.iter().find(of)?.line))
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
            let names_system = |at: &usize| match source.token(*at) {
                Some(Token::Text(text)) => {
                    FOLDERS.iter().any(|folder| text.starts_with(folder)) || VARIABLES.contains(&text)
                }
                _ => false,
            };
            (0..source.lexemes.len()).find(names_system).map(|at| evidence(source, at))
        };
        let roots = ["crypto/tls", "crypto/x509", "net/http/httputil", "net/smtp"];
        let others = ["log/syslog", "mime", "os/exec", "plugin"];
        first(&mut self.roots, || imported(&roots).or_else(client));
        first(&mut self.zones, || word(&["LoadLocation", "Local"]));
        first(&mut self.users, || imported(&["os/user"]).or_else(|| word(HOMES)));
        first(&mut self.temporary, || {
            imported(&["mime/multipart"]).or_else(|| word(FORMS)).or_else(|| word(TEMPORARY))
        });
        first(&mut self.file, || {
            imported(&others).or_else(|| word(TYPES)).or_else(|| word(SERVICES)).or_else(file)
        });
    }

    /// What the program is known to ask for, in words, and where: the first of it.
    pub(super) fn first(&self) -> Option<(&'static str, &Evidence)> {
        let asked = [
            ("CA roots", &self.roots),
            ("time zones", &self.zones),
            ("users", &self.users),
            ("/tmp", &self.temporary),
            ("another file of the system", &self.file),
        ];
        asked.into_iter().find_map(|(what, evidence)| Some((what, evidence.as_ref()?)))
    }
}

/// Looks for evidence where there is none yet.
fn first(found: &mut Option<Evidence>, look: impl FnOnce() -> Option<Evidence>) {
    if found.is_none() {
        *found = look();
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
        let standard = crate::catalog::go().unwrap().standard;
        system.read(&source, &imports(&source.lexemes), &standard.system);
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
        assert_eq!(first("func f() { os.Open(\"/etc/hosts\") }"), Some("another file of the system"));
        assert_eq!(first("func f() { http.FileServer(d) }"), Some("another file of the system"));
        assert_eq!(first("import \"os/exec\""), Some("another file of the system"));
        assert_eq!(first("func f() { t.Local() }"), Some("time zones"));
        assert_eq!(first("func f() { print(\"/etcetera\") }"), None);
    }
}
