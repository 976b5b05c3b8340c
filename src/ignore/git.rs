//! `.gitignore`, as far as it says that a file is nobody's source: made on this machine, or its
//! owner's alone. After gitignore(5).

use super::Ignore;

/// The rules of the `.gitignore` of one folder, for paths below that folder.
pub fn git(text: &str) -> Ignore {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rules: Vec<String> = lines.map(anywhere).collect();
    Ignore::parse(&rules.join("\n"))
}

/// A pattern without a slash but at its end matches in every folder below.
fn anywhere(line: &str) -> String {
    let (sign, pattern) = match line.strip_prefix('!') {
        Some(pattern) => ("!", pattern),
        None => ("", line),
    };
    let pattern = pattern.strip_prefix('\\').unwrap_or(pattern).trim_end_matches('/');
    let prefix = if pattern.contains('/') { "" } else { "**/" };
    format!("{sign}{prefix}{pattern}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_without_a_slash_match_everywhere() {
        let rules = git("# made\ndist/\n/out\nui/build\n*.db\n!keep.db\n");
        for path in ["dist/x", "ui/dist/x.js", "out/a", "ui/build/a", "data/x.db"] {
            assert!(rules.hides(path), "{path}");
        }
        for path in ["ui/out", "a/ui/build", "data/keep.db", "src/distant"] {
            assert!(!rules.hides(path), "{path}");
        }
    }
}
