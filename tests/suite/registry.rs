//! Lists that must agree with each other and with the folders beside them.

use std::fs;
use std::path::Path;

use distrogen::render::TEMPLATES;
use distrogen::stack::STACKS;

fn names(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_stack_has_a_template_a_catalogue_file_and_an_example() {
    let (templates, data, examples) = (names("templates"), names("src/catalog/data"), names("examples"));
    for stack in STACKS {
        let language = stack.language;
        assert!(templates.contains(&format!("{language}.dockerfile.tera")), "{language}");
        assert!(data.contains(&format!("{language}.toml")), "{language}");
        assert!(examples.iter().any(|example| example.starts_with(&format!("{language}-"))), "{language}");
    }
    assert!(STACKS.is_sorted_by_key(|stack| stack.language));
}

#[test]
fn every_template_is_embedded() {
    let embedded: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
    let (pages, dockerfiles): (Vec<String>, Vec<String>) =
        names("templates").into_iter().partition(|name| name.ends_with(".html.tera"));
    assert_eq!(dockerfiles, embedded);
    assert_eq!(pages, [distrogen::verify::html::TEMPLATE.0]);
}

#[test]
fn the_readme_shows_what_is_written_today() {
    let read = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let shown = format!("```dockerfile\n{}```\n", read("examples/go-calculator/Dockerfile"));
    assert!(read("README.md").contains(&shown));
}

#[test]
fn templates_and_code_name_no_image() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, text) in TEMPLATES {
        for image in ["distroless/", "golang:", "rust:", "node:", "maven:", "temurin", "trixie"] {
            assert!(!text.contains(image), "{name} names `{image}`");
        }
    }
    let mut open = vec![root.join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let is_test = path.ends_with("tests.rs");
                let code = text.split("#[cfg(test)]").next().filter(|_| !is_test).unwrap_or("");
                assert!(!code.contains("gcr.io/") && !code.contains("-trixie"), "{}", path.display());
            }
        }
    }
}

#[test]
fn direct_dependencies_are_the_ones_that_were_decided_on() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let names: Vec<&str> = manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "annotate-snippets",
            "anyhow",
            "cargo_toml",
            "clap",
            "console",
            "dialoguer",
            "flate2",
            "json-strip-comments",
            "nodejs-semver",
            "roxmltree",
            "rustix",
            "serde",
            "serde-saphyr",
            "serde_json",
            "signal-hook",
            "similar",
            "tar",
            "tempfile",
            "tera",
            "toml",
            "ureq"
        ]
    );
}
