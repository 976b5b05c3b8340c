//! The program's own Java and Kotlin.

use anyhow::Result;

use crate::evidence::Evidence;
use crate::repo::{Repo, join};
use crate::source::Source;
use crate::source::lexer::Syntax;

/// A module of more files than this says enough in the first of them.
const MOST_FILES: usize = 4000;

/// More than this is not read of one module, in bytes.
const MOST_TEXT: usize = 64 << 20;

/// Where sources are by custom, below a module.
const ROOTS: &[&str] = &["src/main/java", "src/main/kotlin"];

/// Languages of the JVM whose sources are not read.
const FOREIGN: &[(&str, &[&str])] = &[("Groovy", &[".groovy"]), ("Scala", &[".scala"])];

/// One source file.
#[derive(Debug)]
pub(super) struct Code {
    /// From the root of the repository.
    pub file: String,
    pub text: String,
    pub syntax: Syntax,
}

impl Code {
    /// Its words, strings and signs.
    pub(super) fn source(&self) -> Source<'_> {
        Source::new(&self.file, &self.text, self.syntax)
    }
}

/// The sources of a module, those of its tests left out: below `src/main/java`, `src/main/kotlin`,
/// and below these roots, which its build file names as seen from the module.
///
/// # Errors
/// When a folder or file cannot be read.
pub(super) fn read(repo: &Repo, folder: &str, roots: &[String]) -> Result<Vec<Code>> {
    let mut files: Vec<String> = Vec::new();
    for root in ROOTS.iter().copied().chain(roots.iter().map(String::as_str)) {
        let own = join(folder, root);
        let found = repo.walk(&own, &[".java", ".kt"], &[])?;
        files.extend(found.into_iter().filter(|file| !is_test(file.get(own.len()..).unwrap_or(""))));
    }
    files.sort();
    files.dedup();
    let mut found = Vec::new();
    let mut size = 0;
    for file in files.into_iter().take(MOST_FILES) {
        let Some(text) = repo.source(&file)? else { continue };
        size += text.len();
        if size > MOST_TEXT {
            break;
        }
        let syntax = if file.ends_with(".kt") { Syntax::Kotlin } else { Syntax::Java };
        found.push(Code { file, text, syntax });
    }
    Ok(found)
}

/// Whether a file below a root that holds more than the program is one of its tests.
fn is_test(below: &str) -> bool {
    let first = below.trim_start_matches('/').split('/').next().unwrap_or("");
    matches!(first, "androidTest" | "integrationTest" | "jmh" | "it" | "test" | "testFixtures" | "tests")
}

/// A source in a language that is not read, where the module has one; the language is what it says.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn foreign(repo: &Repo, folder: &str) -> Result<Option<Evidence>> {
    for (language, endings) in FOREIGN {
        let root = join(folder, "src/main");
        if let Some(file) = repo.walk(&root, endings, &["resources", "webapp"])?.into_iter().next() {
            return Ok(Some(Evidence::file("source", file, *language)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Memory;

    #[test]
    fn sources_of_the_program_are_read_and_those_of_tests_are_not() {
        let repo = Repo::in_memory(
            Memory::new()
                .file("a/src/main/java/x/out/build/A.java", "")
                .file("a/src/main/kotlin/B.kt", "")
                .file("a/src/main/resources/C.java", "")
                .file("a/src/main/scala/D.scala", "")
                .file("a/src/test/java/E.java", "")
                .file("b/src/F.java", "")
                .file("b/src/test/G.java", ""),
        );
        let of = |folder, roots: &[&str]| {
            let roots: Vec<String> = roots.iter().map(|root| (*root).to_owned()).collect();
            let read = read(&repo, folder, &roots).unwrap();
            read.into_iter().map(|code| code.file).collect::<Vec<_>>()
        };
        assert_eq!(of("a", &[]), ["a/src/main/java/x/out/build/A.java", "a/src/main/kotlin/B.kt"]);
        assert_eq!(of("b", &["src"]), ["b/src/F.java"]);
        assert_eq!(foreign(&repo, "a").unwrap().unwrap().says, "Scala");
        assert!(foreign(&repo, "b").unwrap().is_none());
    }
}
