//! Variables that a build writes into what browsers get: they must be there when the image is built,
//! and are in nobody's reach when it runs.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::catalog::{SiteVariable, Sites};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::repo::Repo;

/// Endings of sources of front ends.
const ENDINGS: &[&str] =
    &[".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".vue", ".svelte", ".astro", ".html", ".mdx"];

/// Sources that are read, and variables that are named.
const MOST_FILES: usize = 2000;
const MOST: usize = 60;

/// Variables that the sources of a package name and that its build writes into its output, by name,
/// and where each is first named.
///
/// # Errors
/// When a source cannot be read.
pub(super) fn find(
    repo: &Repo,
    folder: &str,
    package: &Package,
    sites: &Sites,
) -> Result<Vec<(String, Evidence)>> {
    let is_used = |row: &&SiteVariable| row.packages.iter().any(|name| package.dependency(name).is_some());
    let rows: Vec<&SiteVariable> = sites.variable.iter().filter(is_used).collect();
    let mut found = BTreeMap::new();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    for file in repo.sources(folder, ENDINGS)?.iter().filter(|file| !is_test(file)).take(MOST_FILES) {
        let Some(text) = repo.source(file)? else { continue };
        for row in rows.iter().filter(|row| text.contains(&row.prefix)) {
            read(file, &text, row, &mut found);
        }
    }
    Ok(found.into_iter().take(MOST).collect())
}

/// Sources that are no part of a build.
fn is_test(file: &str) -> bool {
    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    let is_aside = |folder: &str| matches!(folder, "__tests__" | "cypress" | "e2e" | "test" | "tests");
    folders.split('/').any(is_aside)
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.ends_with(".d.ts")
}

/// The variables with one prefix that a source names.
fn read(file: &str, text: &str, row: &SiteVariable, found: &mut BTreeMap<String, Evidence>) {
    // What is imported as a variable is named far from where it is imported from.
    let is_imported = row.beside.iter().any(|words| words.starts_with('$') && text.contains(words.as_str()));
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
        if !row.beside.is_empty()
            && !is_imported
            && !row.beside.iter().any(|words| line.contains(words.as_str()))
        {
            continue;
        }
        for name in names(line, &row.prefix) {
            let says: String = line.trim().chars().take(160).collect();
            found
                .entry(name.to_owned())
                .or_insert_with(|| Evidence::at("variable of the build", file, index + 1, says));
        }
    }
}

fn is_comment(line: &str) -> bool {
    ["//", "/*", "*", "<!--", "#"].iter().any(|mark| line.trim_start().starts_with(mark))
}

/// Names with a prefix that stand for themselves in a line.
fn names<'l>(line: &'l str, prefix: &str) -> impl Iterator<Item = &'l str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(prefix).filter_map(move |(at, _)| {
        let rest = &line[at..];
        let name = &rest[..rest.find(|c: char| !is_part(c)).unwrap_or(rest.len())];
        let stands_alone = !line[..at].ends_with(is_part);
        let is_name = name.len() > prefix.len() && name.chars().all(|c| !c.is_ascii_lowercase());
        (stands_alone && is_name).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::repo::Memory;

    fn variables(package: &str, file: &str, text: &str) -> Vec<String> {
        let repo = Repo::in_memory(Memory::new().file(file, text));
        let package = format!("{{\"devDependencies\": {{\"{package}\": \"1\"}}}}");
        let package = Package::parse("package.json", package).unwrap();
        let found = find(&repo, "", &package, &catalog::sites().unwrap()).unwrap();
        found.into_iter().map(|(name, evidence)| format!("{name} {}", evidence.place())).collect()
    }

    #[test]
    fn names_of_a_build() {
        let text = "const { VITE_B: b } = import.meta.env\nfetch(`${import.meta.env.VITE_API_URL}/x`)\n// VITE_NOT\nVITE_ MY_VITE_X VITE_PREFIX_ VITE_lower";
        assert_eq!(
            variables("vite", "src/a.vue", text),
            ["VITE_API_URL src/a.vue:2", "VITE_B src/a.vue:1", "VITE_PREFIX_ src/a.vue:4"]
        );
        assert_eq!(
            variables("react-scripts", "public/index.html", "%REACT_APP_ID%"),
            ["REACT_APP_ID public/index.html:1"]
        );
        assert_eq!(variables("next", "a.js", "process.env['NEXT_PUBLIC_X']"), ["NEXT_PUBLIC_X a.js:1"]);
        assert!(variables("express", "a.js", "process.env.VITE_X").is_empty());
        assert!(variables("vite", "src/a.test.ts", "import.meta.env.VITE_X").is_empty());
    }

    #[test]
    fn common_names_need_more_than_a_prefix() {
        assert_eq!(
            variables("astro", "src/a.astro", "import.meta.env.PUBLIC_ID"),
            ["PUBLIC_ID src/a.astro:1"]
        );
        assert!(variables("astro", "src/a.ts", "const PUBLIC_KEY = 1").is_empty());
        let svelte = "import {\n  PUBLIC_A,\n} from '$env/static/public'";
        assert_eq!(variables("@sveltejs/kit", "src/a.ts", svelte), ["PUBLIC_A src/a.ts:2"]);
    }
}
