//! Build constraints: whether a Go file is part of a Linux build.
//! After the documentation of package go/build (pkg.go.dev/go/build#hdr-Build_Constraints).

use std::collections::BTreeSet;

const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];
const PROCESSORS: &[&str] = &[
    "386", "arm", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x",
    "wasm",
];

/// What holds of a build besides Linux on a common processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags {
    /// Tags that the build is given.
    pub given: BTreeSet<String>,
    /// Whether C is compiled.
    pub cgo: bool,
}

impl Tags {
    fn holds(&self, tag: &str) -> bool {
        matches!(tag, "linux" | "unix" | "gc" | "amd64" | "arm64")
            || tag.starts_with("go1.")
            || (self.cgo && tag == "cgo")
            || self.given.contains(tag)
    }
}

/// Whether a file with this name and text is part of such a build.
pub(super) fn builds(file: &str, text: &str, tags: &Tags) -> bool {
    name_builds(file)
        && constraint(text).is_none_or(|expression| Parser::new(expression, tags).holds())
        && legacy(text).all(|line| legacy_holds(line, tags))
}

/// Whether the words before the verb of a `#cgo` line hold: all of them without `//go:build` syntax.
pub(super) fn words_hold(words: &str, tags: &Tags) -> bool {
    words.trim().is_empty() || legacy_holds(words, tags)
}

/// The line that keeps a file out of some builds, as written.
pub(super) fn written(text: &str) -> Option<String> {
    let new = constraint(text).map(|expression| format!("//go:build {expression}"));
    new.or_else(|| legacy(text).next().map(|line| format!("// +build {line}")))
}

/// The `// +build` lines of old files.
fn legacy(text: &str) -> impl Iterator<Item = &str> {
    let head = text.lines().map(str::trim).take_while(|line| !line.starts_with("package "));
    head.filter_map(|line| line.strip_prefix("// +build ").or(line.strip_prefix("//+build ")))
}

/// Options of such a line are alternatives; the parts of an option, divided by commas, all hold.
fn legacy_holds(line: &str, tags: &Tags) -> bool {
    let option = |option: &str| option.split(',').all(|tag| Parser::new(tag, tags).holds());
    line.split_whitespace().any(option)
}

/// Whether a name allows it: `x_windows.go`, `x_arm.go` and `x_windows_arm.go` are for those alone.
/// After goodOSArchFile of package go/build.
fn name_builds(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    // The part before the first underscore is the name proper, whatever it says.
    let parts: Vec<&str> = stem.split('_').skip(1).collect();
    let is_system = |part: &str| SYSTEMS.contains(&part);
    let is_processor = |part: &str| PROCESSORS.contains(&part) || matches!(part, "amd64" | "arm64");
    match parts.as_slice() {
        [.., system, processor] if is_processor(processor) && (is_system(system) || *system == "linux") => {
            *system == "linux" && !PROCESSORS.contains(processor)
        }
        [.., last] => !is_system(last) && !PROCESSORS.contains(last),
        [] => true,
    }
}

/// The expression of the `//go:build` line before the package clause.
fn constraint(text: &str) -> Option<&str> {
    text.lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("package "))
        .find_map(|line| line.strip_prefix("//go:build "))
}

struct Parser<'a> {
    rest: &'a str,
    tags: &'a Tags,
}

impl<'a> Parser<'a> {
    fn new(rest: &'a str, tags: &'a Tags) -> Self {
        Parser { rest, tags }
    }

    fn holds(mut self) -> bool {
        self.either(0)
    }

    fn take(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self, depth: usize) -> bool {
        let mut holds = self.both(depth);
        while self.take("||") {
            holds |= self.both(depth);
        }
        holds
    }

    fn both(&mut self, depth: usize) -> bool {
        let mut holds = self.one(depth);
        while self.take("&&") {
            holds &= self.one(depth);
        }
        holds
    }

    fn one(&mut self, depth: usize) -> bool {
        // No file that compiles nests this deep.
        if depth > 100 {
            self.rest = "";
            return false;
        }
        if self.take("!") {
            return !self.one(depth + 1);
        }
        if self.take("(") {
            let holds = self.either(depth + 1);
            self.take(")");
            return holds;
        }
        let end =
            self.rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(self.rest.len());
        let (tag, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.tags.holds(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_and_names() {
        let builds = |file: &str, text: &str| builds(file, text, &Tags::default());
        let held =
            |expression: &str| builds("a.go", &format!("// c\n//go:build {expression}\n\npackage main"));
        assert!(held("linux && !windows"));
        assert!(held("(darwin || linux) && go1.20"));
        assert!(!held("ignore"));
        assert!(!held("tools"));
        assert!(!held("!unix"));
        assert!(builds("a.go", "package main\n//go:build ignore"));
        assert!(!builds("x/run_windows.go", "package main"));
        assert!(!builds("run_windows_arm.go", "package main"));
        assert!(builds("windows.go", "package main"));
        assert!(builds("run_linux.go", "package main"));
        assert!(builds("push_android_client.go", "package main"));
        assert!(!builds("run_windows.pb.go", "package main"));
        assert!(!builds("run_linux_arm.go", "package main"));
        assert!(builds("run_linux_arm64.go", "package main"));
        assert!(!builds("a.go", "// +build ignore\n\npackage main"));
        assert!(builds("a.go", "// +build darwin linux,!cgo\n\npackage main"));
        assert!(!held(&"(".repeat(10_000)));
    }

    #[test]
    fn tags_that_are_given_hold() {
        let tags = Tags { given: ["prod".to_owned()].into(), cgo: true };
        assert!(builds("a.go", "//go:build prod && cgo\n\npackage a", &tags));
        assert!(!builds("a.go", "//go:build !cgo\n\npackage a", &tags));
        assert!(words_hold("linux,amd64", &tags) && words_hold("", &tags));
        assert!(!words_hold("darwin", &tags));
    }
}
