//! Build constraints: whether a Go file is part of a Linux build.
//! After the documentation of package go/build (pkg.go.dev/go/build#hdr-Build_Constraints).

const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
];
const PROCESSORS: &[&str] = &[
    "386", "arm", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x",
    "wasm",
];

/// Whether a file with this name and text is built for Linux on a common processor.
pub(super) fn builds(file: &str, text: &str) -> bool {
    name_builds(file)
        && constraint(text).is_none_or(|expression| Parser::new(expression).holds())
        && legacy(text).all(legacy_holds)
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
fn legacy_holds(line: &str) -> bool {
    let option = |option: &str| option.split(',').all(|tag| Parser::new(tag).holds());
    line.split_whitespace().any(option)
}

fn name_builds(file: &str) -> bool {
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".go");
    // The part before the first underscore is the name proper, whatever it says.
    let parts = stem.split('_').skip(1);
    !parts
        .collect::<Vec<_>>()
        .iter()
        .rev()
        .take(2)
        .any(|part| SYSTEMS.contains(part) || PROCESSORS.contains(part))
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
}

impl<'a> Parser<'a> {
    fn new(rest: &'a str) -> Self {
        Parser { rest }
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
        matches!(tag, "linux" | "unix" | "gc" | "amd64" | "arm64") || tag.starts_with("go1.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_and_names() {
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
        assert!(!builds("a.go", "// +build ignore\n\npackage main"));
        assert!(builds("a.go", "// +build darwin linux,!cgo\n\npackage main"));
        assert!(!held(&"(".repeat(10_000)));
    }
}
