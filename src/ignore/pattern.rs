//! Matching as moby/patternmatcher does it: Go's filepath.Match, `**`, `!`, the last match wins,
//! and what is below an ignored folder is ignored.

/// The rules of one `.dockerignore`.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    parts: Vec<String>,
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
            let parts: Vec<String> = split(pattern);
            (!parts.is_empty()).then_some(Rule { parts, keeps })
        });
        Ignore { rules: rules.collect() }
    }

    /// Whether a file or folder, by its path below the context, is left out.
    pub fn hides(&self, path: &str) -> bool {
        let parts = split(path);
        let mut hidden = false;
        for rule in &self.rules {
            let matches = (1..=parts.len()).any(|end| matches(&rule.parts, &parts[..end]));
            if matches {
                hidden = !rule.keeps;
            }
        }
        hidden
    }
}

/// Whether a path matches a pattern of `*`, `?`, `[...]` within a part and `**` across parts.
pub fn glob(pattern: &str, path: &str) -> bool {
    matches(&split(pattern), &split(path))
}

fn split(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
}

fn matches(pattern: &[String], path: &[String]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            // A pattern that ends in `**` matches what is below, not the folder itself.
            let below = if rest.is_empty() { 1 } else { 0 };
            (below..=path.len())
                .any(|skipped| matches(rest, &path[skipped..]) || (rest.is_empty() && skipped > 0))
        }
        (Some((first, rest)), Some((name, below))) => {
            let (first, name): (Vec<char>, Vec<char>) = (first.chars().collect(), name.chars().collect());
            part(&first, &name) && matches(rest, below)
        }
        _ => false,
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
        assert!(!glob("*a*a*a*a*a*a*a*b", &"a".repeat(200)));
    }
}
