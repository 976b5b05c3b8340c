//! `.gitignore`, as far as it says that a file is nobody's source: made on this machine, or its
//! owner's alone. After gitignore(5).

use super::pattern::{Pattern, split};

/// The rules of the `.gitignore` of one folder, for paths below that folder.
#[derive(Clone, Debug, Default)]
pub struct GitIgnore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    keeps: bool,
    /// Whether it is for folders alone, as a `/` at its end says.
    folders: bool,
}

impl GitIgnore {
    /// Reads the lines of a `.gitignore`.
    pub fn parse(text: &str) -> GitIgnore {
        GitIgnore { rules: text.lines().filter_map(Rule::parse).collect() }
    }

    /// What the last rule for this very path says of it; `None` when no rule is for it. What holds
    /// for the folders above it is for whoever asks.
    pub fn ignores(&self, path: &str, is_folder: bool) -> Option<bool> {
        let names = split(path);
        let is_for = |rule: &&Rule| (is_folder || !rule.folders) && rule.pattern.matches(&names);
        self.rules.iter().rev().find(is_for).map(|rule| !rule.keeps)
    }
}

impl Rule {
    fn parse(line: &str) -> Option<Rule> {
        let line = line.trim_end();
        if line.starts_with('#') {
            return None;
        }
        let (keeps, pattern) = match line.strip_prefix('!') {
            Some(pattern) => (true, pattern),
            None => (false, line),
        };
        let escaped = pattern.starts_with("\\#") || pattern.starts_with("\\!");
        let pattern = if escaped { &pattern[1..] } else { pattern };
        let (pattern, folders) = match pattern.strip_suffix('/') {
            Some(folder) => (folder, true),
            None => (pattern, false),
        };
        if split(pattern).is_empty() {
            return None;
        }
        // A pattern without another slash matches in every folder below.
        let prefix = if pattern.contains('/') { "" } else { "**/" };
        let pattern = Pattern::new(&format!("{prefix}{}", pattern.replace("[!", "[^")));
        Some(Rule { pattern, keeps, folders })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_without_a_slash_match_everywhere() {
        let rules = GitIgnore::parse("# made\ndist/\n/out\nui/build\n*.db\n!keep.db\n\\#x\n[!a-z]\n");
        for path in ["ui/dist", "out", "ui/build", "data/x.db", "a/#x", "1"] {
            assert_eq!(rules.ignores(path, true), Some(true), "{path}");
        }
        for path in ["ui/out", "a/ui/build", "src/distant", "made", "a"] {
            assert_eq!(rules.ignores(path, true), None, "{path}");
        }
        assert_eq!(rules.ignores("data/keep.db", false), Some(false));
        assert_eq!(rules.ignores("dist", false), None, "a slash at the end is for folders alone");
    }

    #[test]
    fn lines_that_say_nothing_are_no_rules() {
        for line in ["", "  ", "/", "!", "#", "\\", "!/", "é"] {
            assert_eq!(GitIgnore::parse(line).ignores("x", true), None, "{line}");
        }
    }
}
