use super::*;
use crate::manifest::package::Package;
use crate::repo::{Memory, join};

fn chosen(folder: &str, files: &[(&str, &str)]) -> (u64, Vec<String>, String) {
    let memory = files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text));
    let repo = Repo::in_memory(memory);
    let knowledge = catalog::node().unwrap();
    let file = join(folder, "package.json");
    let package = match repo.text(&file).unwrap() {
        Some(text) => Package::parse(&file, text).unwrap(),
        None => Package::unnamed(),
    };
    let candidate = Candidate::of(&repo, file, package, &knowledge).unwrap();
    let mut service = Service::new("x", "node");
    match choose(&repo, &candidate, &knowledge, &mut service) {
        Ok((image, why)) => (image.major, service.warnings, why),
        Err(Halt::Stop(stop)) => (0, vec![stop.reason], stop.help.concat()),
        Err(Halt::Failed(error)) => panic!("{error}"),
    }
}

#[test]
fn what_no_release_meets_is_to_be_corrected() {
    for range in [">99 <5", ">= 22 <20", "<0.0.0", ">30 <22"] {
        let text = format!("{{\"engines\":\n{{\"node\": \"{range}\"}}}}");
        let (major, reason, help) = chosen("", &[("package.json", &text)]);
        assert_eq!(major, 0, "{range}");
        assert_eq!(
            reason,
            [format!("package.json:2 asks for Node.js `{range}`, which no release ever meets")]
        );
        assert!(help.starts_with("correct package.json: there are images of 22, "), "{help}");
    }
    assert_eq!(engines(">99"), (26, 1), "one to come");
    assert_eq!(engines(">99 <5 || 22"), (22, 0));
    assert_eq!(engines(">=20 <21 || >=22 <23"), (22, 0));
    assert_eq!(engines("18 - 22"), (22, 0));
}

fn major(files: &[(&str, &str)]) -> (u64, usize) {
    let (major, warnings, _) = chosen("", files);
    (major, warnings.len())
}

fn engines(range: &str) -> (u64, usize) {
    major(&[("package.json", &format!("{{\"engines\": {{\"node\": \"{range}\"}}}}"))])
}

#[test]
fn majors_by_engines() {
    assert_eq!(major(&[]), (24, 0));
    assert_eq!(engines(">= 18"), (24, 0));
    assert_eq!(engines("22.x"), (22, 0));
    assert_eq!(engines("^26.1.0"), (26, 0));
    assert_eq!(engines(">=20.12 <21 || 22 || 24 <24.17.0 || 26 <26.3.1"), (22, 0));
    assert_eq!(engines("18.x"), (22, 1));
    assert_eq!(engines("nonsense!"), (24, 1));
}

#[test]
fn version_files_and_aliases() {
    assert_eq!(major(&[(".nvmrc", "v22.3.0\n")]), (22, 0));
    assert_eq!(major(&[(".nvmrc", "lts/lithium")]), (26, 0));
    assert_eq!(major(&[(".nvmrc", "lts/iron")]), (22, 1));
    assert_eq!(major(&[(".nvmrc", "lts/*")]), (24, 0));
    assert_eq!(
        major(&[(".node-version", "26"), ("package.json", "{\"engines\": {\"node\": \">=18\"}}")]),
        (26, 0)
    );
    assert_eq!(major(&[(".tool-versions", "ruby 3\nnodejs 22.1.0\n")]), (22, 0));
    assert_eq!(major(&[(".nvmrc", "some_invalid_version")]), (24, 1));
}

#[test]
fn releases_that_have_ended_have_a_neighbour() {
    assert_eq!(engines("16 || 18"), (22, 1));
    assert_eq!(engines("23.x"), (24, 1));
    assert_eq!(engines(">=20 <21"), (22, 1));
    let files = [(".nvmrc", "20\n"), ("package.json", "{\"engines\": {\"node\": \">=18\"}}")];
    let (major, warnings, why) = chosen("", &files);
    assert_eq!(
        (major, warnings.as_slice()),
        (22, &[".nvmrc:1 asks for Node.js `20`, which has ended: 22 is taken, the nearest that is supported; `--runtime cc` takes the release itself".to_owned()][..])
    );
    assert_eq!(why, "is Node.js 22, the nearest that is still supported; .nvmrc asks for `20`");
}

fn own(engines: &str) -> Result<(u64, Vec<String>), String> {
    let text = format!("{{\"engines\": {{\"node\": \"{engines}\"}}}}");
    let repo = Repo::in_memory(Memory::new().file("package.json", &text));
    let knowledge = catalog::node().unwrap();
    let package = Package::parse("package.json", text).unwrap();
    let candidate = Candidate::of(&repo, "package.json".to_owned(), package, &knowledge).unwrap();
    let mut service = Service::new("x", "node");
    match choose_own(&repo, &candidate, &knowledge, &mut service) {
        Ok((image, _)) => Ok((image.major, service.warnings)),
        Err(Halt::Stop(stop)) => Err([vec![stop.reason], stop.help].concat().join("; ")),
        Err(Halt::Failed(error)) => panic!("{error}"),
    }
}

#[test]
fn a_program_may_bring_a_release_that_has_ended() {
    let ended = |on: &str, major: u64| {
        format!(
            "Node.js {major} has ended on {on} and gets no fixes: move to one that does, and leave --runtime out"
        )
    };
    assert_eq!(own("18.x"), Ok((18, vec![ended("2025-04-30", 18)])));
    assert_eq!(own("14 || 16"), Ok((16, vec![ended("2023-09-11", 16)])));
    assert_eq!(own(">=16"), Ok((24, vec![])));
    assert_eq!(own("16 || 22"), Ok((22, vec![])));
    let exact =
        |says: &str, has: &str| format!("package.json:1 asks for Node.js `{says}`; the image has {has}");
    assert_eq!(own("v18.12.1"), Ok((18, vec![exact("v18.12.1", "18.20.8"), ended("2025-04-30", 18)])));
    assert_eq!(own("20.20.2").unwrap().1.len(), 1);
    assert_eq!(own("24.1.0"), Ok((24, vec![exact("24.1.0", "24.22.1")])));
    assert_eq!(own("~22.1.0"), Ok((22, vec![exact("~22.1.0", "22.23.4")])));
    let stop = own("12.x").unwrap_err();
    assert!(
        stop.starts_with(
            "package.json:1 asks for Node.js `12.x`, which no image has; there are images of 14, 16, "
        ),
        "{stop}"
    );
    assert_eq!(
        own("26"),
        Err("Node.js 26 needs `libatomic.so.1`, which `cc` has not; leave --runtime out: `gcr.io/distroless/nodejs26-debian13:nonroot` has it".to_owned())
    );
}

#[test]
fn an_exact_release_means_its_major_and_a_narrow_range_is_said() {
    assert_eq!(engines("24.1.0"), (24, 0));
    assert_eq!(engines("=22.0.0"), (22, 0));
    let (major, warnings, _) = chosen("", &[("package.json", "{\"engines\": {\"node\": \"~24.1.0\"}}")]);
    assert_eq!(major, 24);
    assert!(warnings[0].starts_with("package.json:1 asks for Node.js `~24.1.0`; the image has 24."));
}

#[test]
fn fields_and_files_of_many_tools() {
    let package = |text: &str| major(&[("package.json", text)]);
    assert_eq!(package(r#"{"devEngines": {"runtime": {"name": "node", "version": "^22"}}}"#), (22, 0));
    let several = r#"{"devEngines": {"runtime": [{"name": "bun"}, {"name": "node", "version": "26"}]}}"#;
    assert_eq!(package(several), (26, 0));
    assert_eq!(package(r#"{"volta": {"node": "22.1.0"}}"#), (22, 0));
    assert_eq!(major(&[(".n-node-version", "26")]), (26, 0));
    for text in ["node = \"22\"", "node = 22", "node = [\"22.1\", \"26\"]", "node = { version = \"22\" }"] {
        assert_eq!(major(&[("mise.toml", &format!("[tools]\nbun = \"1\"\n{text}\n"))]), (22, 0), "{text}");
    }
    assert_eq!(major(&[(".mise.toml", "[tools.node]\nversion = \"lts-jod\"\n")]), (22, 0));
    assert_eq!(major(&[(".mise.toml", "[tools\n")]), (24, 0));
    for (text, wanted) in [("lts/-1", 24), ("lts/-2", 22), ("jod", 22), ("latest:26", 26), ("22 # why", 22)] {
        assert_eq!(major(&[(".nvmrc", text)]), (wanted, 0), "{text}");
    }
    for text in ["node", "stable", "latest", "lts/*", "system"] {
        assert_eq!(major(&[(".nvmrc", text)]), (24, 0), "{text}");
    }
    for text in ["./local/node", "lts/-99", "lts/nobody"] {
        assert_eq!(major(&[(".nvmrc", text)]), (24, 1), "{text}");
    }
}

#[test]
fn folders_above_are_asked_too() {
    let files = [
        ("apps/api/package.json", "{\"engines\": {\"node\": \">=18\"}}"),
        ("package.json", "{\"name\": \"root\"}"),
        (".nvmrc", "22"),
    ];
    let (major, warnings, why) = chosen("apps/api", &files);
    assert_eq!((major, warnings.len(), why.as_str()), (22, 0, "is Node.js 22; .nvmrc asks for `22`"));
    let files = [
        ("apps/api/package.json", "{\"volta\": {\"extends\": \"../../tools/volta.json\"}}"),
        ("tools/volta.json", "{\"volta\": {\"extends\": \"./more.json\"}}"),
        ("tools/more.json", "{\"volta\": {\"node\": \"26.0.0\"}}"),
    ];
    assert_eq!(chosen("apps/api", &files).2, "is Node.js 26; tools/more.json asks for `26.0.0`");
    let endless = [("package.json", "{\"volta\": {\"extends\": \"./package.json\"}}")];
    assert_eq!(chosen("", &endless).0, 24);
}
