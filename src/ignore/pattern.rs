//! Matching as moby/patternmatcher does it: Go's filepath.Match, `**`, `!`, the last match wins,
//! and what is below an ignored folder is ignored.

/// The rules of one `.dockerignore`.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    keeps: bool,
}

impl Ignore {
    /// Reads the lines of a `.dockerignore`.
    pub fn parse(text: &str) -> Ignore {
        let lines =
            text.lines().filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty());
        let rules = lines.filter_map(|line| {
            let (keeps, pattern) = match line.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, line),
            };
            let pattern = Pattern::new(pattern);
            (!pattern.is_empty()).then_some(Rule { pattern, keeps })
        });
        Ignore { rules: rules.collect() }
    }

    /// Whether a file or folder, by its path below the context, is left out.
    pub fn hides(&self, path: &str) -> bool {
        let names = split(path);
        let last = self.rules.iter().rev().find(|rule| rule.pattern.holds(&names));
        last.is_some_and(|rule| !rule.keeps)
    }
}

/// Whether a path matches a pattern of `*`, `?`, `[...]` within a part and `**` across parts.
pub fn glob(pattern: &str, path: &str) -> bool {
    Pattern::new(pattern).matches(&split(path))
}

/// The names that a path consists of.
pub(super) fn split(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect()
}

/// A pattern, cut once for all the paths that it is held against.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Part>);

/// What one part of a path is held against.
#[derive(Clone, Debug)]
enum Part {
    /// `**`: any number of parts.
    Any,
    /// A name without anything special.
    Name(String),
    /// A name with `*`, `?`, `[` or `\`.
    Glob(Vec<char>),
}

impl Part {
    fn new(text: &str) -> Part {
        match text {
            "**" => Part::Any,
            text if text.contains(['*', '?', '[', '\\']) => Part::Glob(text.chars().collect()),
            text => Part::Name(text.to_owned()),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Part::Any => true,
            Part::Name(text) => text == name,
            Part::Glob(pattern) => part(pattern, &name.chars().collect::<Vec<char>>()),
        }
    }
}

impl Pattern {
    pub(super) fn new(text: &str) -> Pattern {
        Pattern(split(text).into_iter().map(Part::new).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it matches the whole path.
    pub(super) fn matches(&self, path: &[&str]) -> bool {
        self.reach(path).last() == Some(&true)
    }

    /// Whether it matches the path or a folder above it.
    fn holds(&self, path: &[&str]) -> bool {
        self.reach(path).iter().skip(1).any(|reached| *reached)
    }

    /// For each number of the path's first parts, whether the pattern matches just these. A table
    /// keeps this quadratic however many `**` there are.
    fn reach(&self, path: &[&str]) -> Vec<bool> {
        let mut reach = vec![false; path.len() + 1];
        reach[0] = true;
        for (index, element) in self.0.iter().enumerate() {
            let mut next = vec![false; path.len() + 1];
            let Some(first) = reach.iter().position(|reached| *reached) else { return next };
            if let Part::Any = element {
                // At the end it matches what is below a folder, not the folder itself.
                let from = if index + 1 == self.0.len() { first + 1 } else { first };
                next.iter_mut().skip(from).for_each(|reached| *reached = true);
            } else {
                for (at, name) in path.iter().enumerate().skip(first) {
                    next[at + 1] = reach[at] && element.matches(name);
                }
            }
            reach = next;
        }
        reach
    }
}

/// Matches one part with `*`, `?` and `[...]`, going back to the last `*` when it fails.
fn part(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match one(&pattern[at..], name[read]) {
            Some(width) => (at, read) = (at + width, read + 1),
            None if pattern.get(at) == Some(&'*') => {
                star = Some((at, read));
                at += 1;
            }
            None => match star {
                Some((back, taken)) => {
                    star = Some((back, taken + 1));
                    (at, read) = (back + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

/// The width of the pattern's first element when it matches this character.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern.first()? {
        '*' => None,
        '?' => Some(1),
        '[' => {
            let end = pattern.iter().skip(2).position(|c| *c == ']')? + 2;
            let (negated, set) = match pattern[1] {
                '^' => (true, &pattern[2..end]),
                _ => (false, &pattern[1..end]),
            };
            let range = |at: usize| set.get(at + 1) == Some(&'-') && at + 2 < set.len();
            let inside =
                (0..set.len()).any(|at| set[at] == c || (range(at) && (set[at]..=set[at + 2]).contains(&c)));
            (inside != negated).then_some(end + 1)
        }
        '\\' => (pattern.get(1) == Some(&c)).then_some(2),
        same => (*same == c).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_as_docker_reads_them() {
        let ignore = Ignore::parse("# c\n.git\n/dist/\n**/*.pem\n*.md\n!README.md\nlogs/**\nx/*/y\n");
        for hidden in [
            ".git",
            ".git/config",
            "dist/a",
            "a.pem",
            "a/b/c.pem",
            "notes.md",
            "logs/a",
            "logs/a/b",
            "x/1/y",
            "x/1/y/z",
        ] {
            assert!(ignore.hides(hidden), "{hidden}");
        }
        for kept in ["README.md", "a/notes.md", "src/dist", "logs", "x/1/2/y", "gitignore"] {
            assert!(!ignore.hides(kept), "{kept}");
        }
    }

    #[test]
    fn the_last_match_wins() {
        let ignore = Ignore::parse("**/.env.*\n!**/.env.example\n");
        assert!(ignore.hides("a/.env.local"));
        assert!(!ignore.hides("a/.env.example"));
    }

    #[test]
    fn globs() {
        assert!(glob("crates/*", "crates/a"));
        assert!(!glob("crates/*", "crates/a/b"));
        assert!(glob("**/a", "a") && glob("**/a", "x/y/a"));
        assert!(glob("a[0-9]?.txt", "a1x.txt") && !glob("a[^0-9]", "a1"));
        assert!(!glob(&format!("{}z", "**/".repeat(40)), &"a/".repeat(60)));
        assert!(!glob("*a*a*a*a*a*a*a*b", &"a".repeat(200)));
    }
}
