//! What holds for every input.

use distrogen::manifest::cargo::Lock;
use distrogen::manifest::gomod::GoMod;
use distrogen::manifest::gradle::{Dialect, Script};
use distrogen::manifest::lock::{self, LockFile};
use distrogen::manifest::package::Package;
use distrogen::manifest::xml::Element;
use distrogen::manifest::{properties, shell};
use distrogen::options::Options;
use distrogen::repo::{Memory, Repo};
use distrogen::select::verdict;
use distrogen::source::lexer::{Syntax, lex};
use distrogen::verdict::Verdict;
use proptest::prelude::*;

/// Pieces that parsers care about, so that random texts get past the first byte.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~\n\t]{0,12}",
        any::<String>(),
        Just("module x\n".to_owned()),
        Just("require (\n".to_owned()),
        Just("{\"scripts\": {\"start\": \"node a\"}}".to_owned()),
        Just("<project><artifactId>a</artifactId></project>".to_owned()),
        Just("[package]\nname = \"a\"\n".to_owned()),
        Just("package main\nfunc main() {}\n".to_owned()),
        Just("${a}".to_owned()),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in text()) {
        let _ = GoMod::parse("go.mod", &text);
        let _ = Package::parse("package.json", text.clone());
        for name in lock::NAMES {
            let _ = LockFile::parse(name, &text);
        }
        let _ = Element::parse("pom.xml", &text);
        let _ = Script::parse(&text, Dialect::Groovy);
        let _ = Script::parse(&text, Dialect::Kotlin);
        let _ = Lock::parse(&text);
        let _ = properties::properties(&text);
        let _ = properties::yaml(&text);
        let _ = shell::script(&text);
        for syntax in [Syntax::Go, Syntax::Java, Syntax::JavaScript, Syntax::Kotlin, Syntax::Rust] {
            let _ = lex(&text, syntax);
        }
    }

    #[test]
    fn no_repository_makes_detection_panic(manifest in text(), source in text()) {
        for file in ["go.mod", "package.json", "pom.xml", "build.gradle", "settings.gradle.kts", "Cargo.toml", "rust-toolchain.toml", "go.work", ".npmrc"] {
            let memory = Memory::new().file(file, &manifest).file("main.go", &source).file("server.js", &source).file("src/main.rs", &source);
            let _ = verdict(&Repo::in_memory(memory), &Options::default());
        }
    }
}

#[test]
fn the_order_of_files_and_runs_means_nothing() {
    let files = [
        ("go.mod", "module example.com/x\ngo 1.26\nrequire github.com/go-chi/chi/v5 v5.0.0\n"),
        ("go.sum", ""),
        (
            "main.go",
            "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n",
        ),
        ("z.go", "package main\n"),
    ];
    let rendered = |files: &[(&str, &str)]| {
        let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
        match verdict(&Repo::in_memory(memory), &Options::default()).unwrap() {
            Verdict::Generate(plan) => distrogen::render::render(&plan).unwrap(),
            Verdict::Stop { stop, .. } => panic!("{stop:?}"),
        }
    };
    let mut backwards = files;
    backwards.reverse();
    assert_eq!(rendered(&files), rendered(&backwards));
}
