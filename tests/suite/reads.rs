//! What programs read and write when they run, and how they are asked how they are.

use std::time::{Duration, Instant};

use distrogen::options::Options;
use distrogen::plan::Plan;
use distrogen::render::render;

use crate::planning::{decide, files_of};

/// The plan of a Go program with this body of `main`, and these files beside it.
fn go(body: &str, more: &[(&str, &str)]) -> Plan {
    let main = format!("package main\nimport (\"net/http\"; \"os\")\nfunc main() {{ {body} }}\n");
    let files = [&[("go.mod", "module example.com/x\n\ngo 1.26\n"), ("main.go", &main)], more].concat();
    decide(&files, &Options::default()).unwrap_or_else(|stop| panic!("{stop:?}"))
}

fn rust(body: &str, more: &[(&str, &str)]) -> Plan {
    let main = format!("use std::fs;\nfn main() {{ {body} }}\n");
    let manifest = "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let lock = "version = 4\n\n[[package]]\nname = \"x\"\nversion = \"0.1.0\"\n";
    let files = [&[("Cargo.toml", manifest), ("Cargo.lock", lock), ("src/main.rs", &main)], more].concat();
    decide(&files, &Options::default()).unwrap_or_else(|stop| panic!("{stop:?}"))
}

fn says(plan: &Plan, words: &str) -> bool {
    plan.service.warnings.iter().any(|warning| warning.contains(words))
}

#[test]
fn a_file_that_the_image_copies_reaches_the_build() {
    let compose = [("docker-compose.yml", "services: {}")];
    for plan in [
        go("os.ReadFile(\"docker-compose.yml\")", &compose),
        rust("fs::read(\"docker-compose.yml\")", &compose),
    ] {
        let (dockerfile, ignore) = files_of(&plan);
        assert!(dockerfile.contains("/src/docker-compose.yml /app/docker-compose.yml\n"), "{dockerfile}");
        assert!(ignore.ends_with("# Kept: the build reads these\n!docker-compose.yml\n"), "{ignore}");
    }
}

#[test]
fn secrets_and_the_dockerfile_stay_out_of_the_image() {
    let files = [("certs/client.p12", ""), ("keys/id_rsa.txt", ""), ("Dockerfile", "")];
    let body =
        "os.ReadFile(\"certs/client.p12\"); os.ReadFile(\"keys/id_rsa.txt\"); os.ReadFile(\"Dockerfile\")";
    let plan = go(body, &files);
    let (dockerfile, ignore) = files_of(&plan);
    assert!(!dockerfile.contains("/src/") && !ignore.contains("Kept"), "{dockerfile}");
    assert!(says(&plan, "`certs/client.p12` looks like a secret and is kept out of the image"));
    assert!(says(&plan, "reads `keys/id_rsa.txt`, which looks like a secret and is not in it; mount it"));
    assert!(says(&plan, "reads `Dockerfile`, which builds the image and is not in it"));
}

#[test]
fn a_copy_of_what_is_hidden_is_our_error() {
    let mut plan = go("", &[]);
    plan.runtime.copies.insert(0, distrogen::plan::Copy::new("/src/a/x.pem", "/app/x.pem"));
    let error = render(&plan).unwrap_err().to_string();
    assert_eq!(error, "the Dockerfile copies `a/x.pem` into the image, and .dockerignore hides it");
}

#[test]
fn what_git_ignores_is_told_and_what_a_folder_takes_back_is_copied() {
    let read = "os.ReadFile(\"config/app.json\"); os.ReadFile(\"own.json\")";
    let files = [
        (".gitignore", "*.json\n"),
        ("config/.gitignore", "!app.json\n"),
        ("config/app.json", "{}"),
        ("own.json", "{}"),
    ];
    for plan in [go(read, &files), rust(&read.replace("os.ReadFile", "fs::read"), &files)] {
        let dockerfile = files_of(&plan).0;
        assert!(dockerfile.contains("/src/config/app.json /app/config/app.json\n"), "{dockerfile}");
        assert!(!dockerfile.contains("own.json"), "{dockerfile}");
        assert!(says(
            &plan,
            "reads `own.json`, which git ignores: it is not in the image; mount it when it runs"
        ));
    }
}

#[test]
fn what_is_compiled_in_is_not_missed() {
    let main = "package main\nimport (\"embed\"; \"io/fs\")\n//go:embed all:ui/made\nvar ui embed.FS\nfunc main() { fs.Sub(ui, \"ui/made\") }\n";
    let files = [
        ("go.mod", "module x\n"),
        ("main.go", main),
        (".gitignore", "made/\n"),
        ("ui/made/index.html", ""),
        (
            "ui/package.json",
            "{\"scripts\": {\"build\": \"vite build --outDir made\"}, \"devDependencies\": {\"vite\": \"8\"}}",
        ),
        ("ui/package-lock.json", "{}"),
    ];
    let plan = decide(&files, &Options::default()).unwrap();
    assert!(!says(&plan, "which git ignores"), "{:?}", plan.service.warnings);
}

#[test]
fn files_that_a_program_makes_beside_itself_are_told() {
    let plan =
        go("os.OpenFile(\"app.log\", os.O_CREATE|os.O_WRONLY, 0o644); os.MkdirAll(\"uploads\", 0o755)", &[]);
    assert!(says(&plan, "writes `app.log` into its working directory, where user 65532 may not"));
    assert_eq!(plan.runtime.volumes, ["/app/uploads"]);
    let plan = rust("fs::File::create(\"x.txt\"); fs::write(\"out/x\", b\"\");", &[]);
    assert!(says(&plan, "writes `x.txt` into its working directory"));
    assert_eq!(plan.runtime.volumes, ["/app/out"]);
    let plan = go("db.Create(\"x\"); w.Write(\"y.txt\")", &[]);
    assert!(!says(&plan, "into its working directory"), "{:?}", plan.service.warnings);
}

#[test]
fn warnings_of_one_kind_are_few() {
    let many = |pattern: &str| (0..300).map(|n| pattern.replace('N', &n.to_string())).collect::<String>();
    let plan = go(&many("x(\"uN.db\"); y(\"dN/u.db\"); exec.Command(\"pN\");"), &[]);
    for words in ["into its working directory", "is a volume", "mount a volume", "starts `"] {
        let said = plan.service.warnings.iter().filter(|warning| warning.contains(words)).count();
        assert_eq!(said, 3, "{words}");
    }
    assert!(says(&plan, "and 297 more that it writes there") && says(&plan, "and 297 more that it starts"));
    assert_eq!(plan.runtime.volumes.len(), 20);
}

#[test]
fn a_word_is_a_folder_only_where_it_stands_for_one() {
    let data = [("data/customers.csv", "")];
    let copied = |body: &str| files_of(&go(body, &data)).0.contains("/src/data /app/data\n");
    assert!(!copied("json.NewEncoder(w).Encode(map[string]any{\"data\": 1})"));
    assert!(!copied("if kind == \"data\" { x[\"data\"] = 1 }"));
    assert!(copied("dir := \"data\"; os.Open(dir)"));
    assert!(copied("http.Dir(\"data\")"));
}

#[test]
fn a_program_that_serves_where_it_stands_is_told_what_is_there() {
    let words =
        "reads its whole working directory, which holds no more in the image than what is copied there";
    assert!(says(&go("http.ListenAndServe(\":8080\", http.FileServer(http.Dir(\".\")))", &[]), words));
    assert!(says(&rust("fs::read_dir(\".\");", &[]), words));
    assert!(!says(&go("filepath.Dir(\".\")", &[]), words));
}

#[test]
fn a_health_check_is_one_or_is_left_out() {
    let check = |main: &str| {
        let main = format!("package main\nimport \"net/http\"\n{main}\n");
        let files = [("go.mod", "module x\n"), ("main.go", main.as_str())];
        decide(&files, &Options::default()).unwrap().runtime.health
    };
    let serve = "http.ListenAndServe(\":8080\", nil)";
    let flag = |default: &str, used: &str| {
        check(&format!(
            "var hc = flag.Bool(\"healthcheck\", {default}, \"\")\nfunc main() {{ flag.Parse(); {used}; {serve} }}"
        ))
    };
    assert_eq!(flag("false", "if *hc { os.Exit(ask()) }"), ["/app/x", "--healthcheck"]);
    assert!(flag("true", "").is_empty(), "a second server");
    assert!(flag("true", "if *hc { os.Exit(0) }").is_empty());
    assert!(flag("false", "if *hc { http.Handle(\"/health\", h) }").is_empty());
    let arm = |head: &str| {
        check(&format!("func main() {{ switch {head} {{ case \"healthcheck\": x() }}; {serve} }}"))
    };
    assert_eq!(arm("os.Args[1]"), ["/app/x", "healthcheck"]);
    assert!(arm("r.URL.Query().Get(\"kind\")").is_empty());
    let added = |parent: &str| {
        check(&format!(
            "var health = &cobra.Command{{Use: \"health\"}}\nfunc init() {{ {parent}.AddCommand(health) }}\nfunc main() {{ {serve} }}"
        ))
    };
    assert_eq!(added("rootCmd"), ["/app/x", "health"]);
    assert!(added("cluster").is_empty());
}

#[test]
fn the_port_of_another_server_is_not_set() {
    let plan = go(
        "net.Dial(\"tcp\", \"vault:\"+os.Getenv(\"VAULT_PORT\")); http.ListenAndServe(os.Args[1], nil)",
        &[],
    );
    assert!(plan.runtime.env.is_empty() && plan.runtime.expose.is_empty(), "{:?}", plan.runtime);
    let plan = go(
        "flag.StringVar(&port, \"port\", getEnv(\"ECHO_PORT_NUMBER\", \"80\"), \"\"); http.ListenAndServe(port, nil)",
        &[],
    );
    assert_eq!(plan.runtime.expose, [8080]);
    assert_eq!(plan.runtime.env[0].name, "ECHO_PORT_NUMBER");
}

#[test]
fn hostile_sources_are_read_in_time_and_whole() {
    let times = |text: &str, count: usize| text.repeat(count);
    let bodies = [
        format!("x := p{}", times(".join(\"a\")", 40_000)),
        format!("filepath.Join({})", times("\"a\", ", 40_000)),
        times("case \"healthcheck\": ", 20_000),
        times("c := flag.Bool(\"healthcheck\", false, \"\"); if *c { ", 8_000),
        times("&cobra.Command{Use: \"health\"}; x.AddCommand(", 8_000),
        times("os.Create(\"é/日本\"); f(`default:\"é`); f(`default:\"`); Join(\"..\", \"..\"); ", 5_000),
        (0..30_000).map(|n| format!("\"d{n}/x.json\", \"f{n}.db\", ")).collect(),
        (0..300).map(|n| format!("x(\"{}/x.db\"); ", "a/".repeat(n % 50))).collect(),
    ];
    let ignored: String = (0..100).map(|n| format!("dir{n}/\n*.x{n}\n")).collect();
    for body in bodies {
        let start = Instant::now();
        go(&body, &[(".gitignore", &ignored), ("d1/x.json", "")]);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?}: {}", &body[..20]);
    }
}
