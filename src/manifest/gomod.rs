//! go.mod and go.work, after the Go Modules Reference (go.dev/ref/mod#go-mod-file).

use std::str::FromStr;

use anyhow::Result;

use super::{invalid, offset};
use crate::catalog::Release;

/// What go.mod says, with the line of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoMod {
    /// Module path.
    pub module: String,
    pub module_line: usize,
    /// The `go` line: the least release that builds the module.
    pub go: Option<(Release, usize)>,
    /// The `toolchain` line, without its `go` prefix; outranks `go`.
    pub toolchain: Option<(Release, usize)>,
    /// Every required module, indirect ones too.
    pub requires: Vec<Require>,
    /// Folders of a workspace's modules, as a go.work file writes them.
    pub uses: Vec<String>,
    /// Modules that folders replace.
    pub local_replaces: Vec<Replace>,
    /// Every replaced module.
    pub replaced: Vec<String>,
    /// Folders that the go command does not look into, as written.
    pub ignores: Vec<String>,
}

/// A module that is taken from a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    pub module: String,
    /// The folder, as written.
    pub folder: String,
    pub line: usize,
}

/// One required module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    pub module: String,
    pub version: String,
    pub line: usize,
    pub indirect: bool,
}

const DIRECTIVES: &[&str] = &[
    "module",
    "go",
    "toolchain",
    "godebug",
    "require",
    "exclude",
    "replace",
    "retract",
    "tool",
    "ignore",
    "use",
];

impl GoMod {
    /// Reads the text; `file` is for messages.
    ///
    /// # Errors
    /// With file, line and column, when a line is no directive, or no module is named.
    pub fn parse(file: &str, text: &str) -> Result<GoMod> {
        let mut found = GoMod::default();
        let mut block: Option<String> = None;
        for (number, raw) in text.lines().enumerate().map(|(index, raw)| (index + 1, raw)) {
            let (code, comment) = raw.split_once("//").unwrap_or((raw, ""));
            let words: Vec<&str> = code.split_whitespace().collect();
            let complain = |word: &str, message: &str| {
                let column = raw.find(word).map_or(1, |at| raw[..at].chars().count() + 1);
                invalid(file, text, offset(text, number, column), message)
            };
            match (block.as_deref(), words.as_slice()) {
                (_, []) => {}
                (Some(_), [")"]) => block = None,
                (None, [verb, "("]) => block = Some((*verb).to_owned()),
                (None, [verb, ..]) if verb.ends_with('(') => {
                    block = Some(verb.trim_end_matches('(').to_owned())
                }
                (Some(verb), arguments) => found.line(verb, arguments, comment, number),
                (None, [verb, arguments @ ..]) if DIRECTIVES.contains(verb) => {
                    if matches!((*verb, arguments), ("go", [go]) if Release::from_str(go).is_err()) {
                        return Err(complain(arguments[0], "this is no Go version").into());
                    }
                    found.line(verb, arguments, comment, number);
                }
                (None, [verb, ..]) => {
                    return Err(complain(verb, &format!("unknown directive `{verb}`")).into());
                }
            }
        }
        if found.module.is_empty() && found.uses.is_empty() {
            return Err(invalid(file, text, 0, "no `module` line").into());
        }
        Ok(found)
    }

    fn line(&mut self, verb: &str, arguments: &[&str], comment: &str, number: usize) {
        match (verb, arguments) {
            ("module", [path, ..]) => (self.module, self.module_line) = (unquoted(path), number),
            ("ignore", [folder, ..]) => self.ignores.push(unquoted(folder)),
            ("use", [folder, ..]) => self.uses.push(unquoted(folder)),
            ("go", [version]) => self.go = Release::from_str(version).ok().map(|release| (release, number)),
            ("toolchain", [version]) => {
                let release = version.strip_prefix("go").unwrap_or(version);
                self.toolchain = Release::from_str(release).ok().map(|release| (release, number));
            }
            ("require", [module, version, ..]) => {
                let indirect = comment.trim_start().starts_with("indirect");
                let (module, version) = (unquoted(module), unquoted(version));
                self.requires.push(Require { module, version, line: number, indirect });
            }
            ("replace", arguments) => {
                self.replaced.extend(arguments.first().map(|module| unquoted(module)));
                let target =
                    arguments.iter().position(|word| *word == "=>").and_then(|at| arguments.get(at + 1));
                let folder = target.map(|path| unquoted(path)).filter(|path| path.starts_with(['.', '/']));
                if let (Some(module), Some(folder)) = (arguments.first(), folder) {
                    self.local_replaces.push(Replace { module: unquoted(module), folder, line: number });
                }
            }
            _ => {}
        }
    }

    /// The requirement of a module: the path itself, a major version of it (`/v2`) or a package
    /// path inside it.
    pub fn requires(&self, module: &str) -> Option<&Require> {
        self.requires.iter().find(|require| is_module(&require.module, module))
    }
}

/// Whether `found` is `wanted` or one of its later major versions; `wanted` may also name a
/// package inside `found`.
pub fn is_module(found: &str, wanted: &str) -> bool {
    let base = match found.rsplit_once("/v") {
        Some((base, major)) if major.parse::<u32>().is_ok() => base,
        _ => found,
    };
    wanted == found || wanted == base || wanted.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
}

fn unquoted(text: &str) -> String {
    text.trim_matches(['"', '`']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "module \"example.com/x\"\n\ngo 1.25.0\ntoolchain go1.26.8 // why\n\nrequire (\n\tgithub.com/a/b v1.0.0\n\tgithub.com/c/d/v2 v2.1.0 // indirect\n)\nreplace github.com/a/b => ./b\nreplace x v1 => y v2\n";

    #[test]
    fn directives_in_and_out_of_blocks() {
        let found = GoMod::parse("go.mod", MODULE).unwrap();
        assert_eq!(found.module, "example.com/x");
        assert_eq!(found.go.as_ref().unwrap().0.to_string(), "1.25.0");
        assert_eq!(found.toolchain.as_ref().unwrap(), &("1.26.8".parse().unwrap(), 4));
        assert_eq!(found.requires.len(), 2);
        assert!(found.requires("github.com/c/d").unwrap().indirect);
        let replace = Replace { module: "github.com/a/b".into(), folder: "./b".into(), line: 10 };
        assert_eq!(found.local_replaces, [replace]);
    }

    #[test]
    fn modules_match_by_whole_path() {
        assert!(is_module("github.com/a/b/v3", "github.com/a/b"));
        assert!(is_module("github.com/a/b", "github.com/a/b/sub"));
        assert!(!is_module("github.com/a/bc", "github.com/a/b"));
        assert!(!is_module("github.com/a", "github.com/ab"));
    }

    #[test]
    fn errors_have_a_place() {
        let message = |text| GoMod::parse("go.mod", text).unwrap_err().to_string();
        assert!(
            message("module x\nrequires a v1\n")
                .starts_with("`go.mod:2:1` cannot be parsed: unknown directive")
        );
        assert!(
            message("module x\ngo one\n").starts_with("`go.mod:2:4` cannot be parsed: this is no Go version")
        );
        assert!(message("").starts_with("`go.mod:1:1` cannot be parsed: no `module` line"));
    }
}
