//! What the files of web servers and hosts of static sites say: the folder that is served, and
//! whether one page answers every path.

use anyhow::Result;
use serde_json::Value;

use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, join, normal};
use crate::stack::javascript::package::Candidate;

/// What hosts are told.
#[derive(Default)]
pub(super) struct Hosts {
    /// The folder that is served, below the repository.
    pub publish: Option<(String, Evidence)>,
    /// Whether one page answers every path.
    pub single: Option<(bool, Evidence)>,
}

impl Hosts {
    fn publish(&mut self, repo_folder: &str, path: Option<&str>, evidence: Evidence) {
        let found = path.and_then(|path| normal(&join(repo_folder, path.trim_start_matches('/'))));
        if let Some(path) = found.filter(|path| path != repo_folder && !path.is_empty()) {
            self.publish.get_or_insert((path, evidence));
        }
    }

    fn single(&mut self, is_single: bool, evidence: Evidence) {
        self.single.get_or_insert((is_single, evidence));
    }
}

/// Folders that are copied into a site as they are.
const COPIED: &[&str] = &["", "public", "static", "src"];

/// Folders in which configuration of web servers is kept.
const CONFIGURED: &[&str] =
    &["", "nginx", ".nginx", "docker", "deploy", "deployment", "config", "conf", ".docker"];

/// Reads what stands beside a package.
pub(super) fn read(repo: &Repo, candidate: &Candidate) -> Result<Hosts> {
    let mut found = Hosts::default();
    let folder = candidate.folder.as_str();
    let text = |name: &str| repo.source(&join(folder, name));
    if let Some(text) = text("Staticfile")? {
        staticfile(&mut found, folder, &text);
    }
    if let Some(text) = text("netlify.toml")? {
        netlify(&mut found, folder, &text);
    }
    for (name, read) in JSON {
        if let Some(value) = text(name)?.and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
            read(&mut found, folder, &join(folder, name), &value);
        }
    }
    for below in COPIED {
        lines(&mut found, repo, &join_plain(folder, below, "_redirects"), redirects)?;
        lines(&mut found, repo, &join_plain(folder, below, ".htaccess"), apache)?;
    }
    for below in CONFIGURED {
        let place = join_plain(folder, below, "");
        for entry in
            repo.entries(place.trim_end_matches('/'))?.iter().filter(|entry| entry.kind == Kind::File)
        {
            if entry.name.ends_with(".conf")
                || entry.name.ends_with(".conf.template")
                || entry.name == "Caddyfile"
            {
                lines(&mut found, repo, &join_plain(folder, below, &entry.name), tried)?;
            }
        }
    }
    served(&mut found, candidate);
    Ok(found)
}

fn join_plain(folder: &str, below: &str, name: &str) -> String {
    let folder = if below.is_empty() { folder.to_owned() } else { join(folder, below) };
    if name.is_empty() { folder } else { join(&folder, name) }
}

/// Lines such as `root: build` and `index_fallback: false`.
fn staticfile(found: &mut Hosts, folder: &str, text: &str) {
    let file = join(folder, "Staticfile");
    for (index, line) in text.lines().enumerate() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        let evidence = Evidence::at("site", &file, index + 1, line.trim());
        match key.trim() {
            "root" => found.publish(folder, Some(value), evidence),
            "index_fallback" => found.single(value == "true", evidence),
            "pushstate" => found.single(value == "enabled", evidence),
            _ => {}
        }
    }
}

fn netlify(found: &mut Hosts, folder: &str, text: &str) {
    let Ok(value) = toml::from_str::<toml::Value>(text) else { return };
    let file = join(folder, "netlify.toml");
    let get =
        |value: &toml::Value, key: &str| value.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    if let Some(build) = value.get("build").filter(|build| build.get("base").is_none()) {
        let says = Evidence::file("site", &file, "the folder to publish");
        found.publish(folder, get(build, "publish").as_deref(), says);
    }
    for rule in value.get("redirects").and_then(toml::Value::as_array).into_iter().flatten() {
        let is_all = get(rule, "from").as_deref() == Some("/*");
        let is_page = get(rule, "to").is_some_and(|to| is_index(&to));
        if is_all && is_page && rule.get("status").and_then(toml::Value::as_integer) == Some(200) {
            found.single(true, Evidence::file("site", &file, "`/*` is answered by index.html"));
        }
    }
}

fn is_index(to: &str) -> bool {
    matches!(to.trim_start_matches('/'), "" | "index.html")
}

/// Reads one host's file of JSON: found so far, the package's folder, the file and what it says.
type Reader = fn(&mut Hosts, &str, &str, &Value);

const JSON: &[(&str, Reader)] = &[
    ("vercel.json", vercel),
    ("firebase.json", firebase),
    ("static.json", static_json),
    ("staticwebapp.config.json", azure),
];

fn vercel(found: &mut Hosts, folder: &str, file: &str, value: &Value) {
    let says = |what: &str| Evidence::file("site", file, what);
    found.publish(folder, value["outputDirectory"].as_str(), says("the folder to publish"));
    let rules = [("rewrites", "source", "destination"), ("routes", "src", "dest")];
    for (list, from, to) in rules {
        for rule in value[list].as_array().into_iter().flatten() {
            let is_all = rule[from].as_str().is_some_and(|from| {
                from.starts_with("/(") || from.starts_with("/:") || from == "/.*" || from == ".*"
            });
            if is_all && rule[to].as_str().is_some_and(is_index) {
                found.single(true, says("every path is answered by index.html"));
            }
        }
    }
}

fn firebase(found: &mut Hosts, folder: &str, file: &str, value: &Value) {
    let hosting = value["hosting"].as_array().and_then(|all| all.first()).unwrap_or(&value["hosting"]);
    let says = |what: &str| Evidence::file("site", file, what);
    found.publish(folder, hosting["public"].as_str(), says("the folder to publish"));
    for rule in hosting["rewrites"].as_array().into_iter().flatten() {
        if rule["source"].as_str() == Some("**") && rule["destination"].as_str().is_some_and(is_index) {
            found.single(true, says("`**` is answered by index.html"));
        }
    }
}

fn static_json(found: &mut Hosts, folder: &str, file: &str, value: &Value) {
    let says = |what: &str| Evidence::file("site", file, what);
    found.publish(folder, value["root"].as_str(), says("the folder to publish"));
    if value["routes"]["/**"].as_str().is_some_and(is_index) {
        found.single(true, says("`/**` is answered by index.html"));
    }
}

fn azure(found: &mut Hosts, _: &str, file: &str, value: &Value) {
    if value["navigationFallback"]["rewrite"].as_str().is_some_and(is_index) {
        found.single(true, Evidence::file("site", file, "the fallback is index.html"));
    }
}

/// The first line of a file that sends every path to one page.
fn lines(found: &mut Hosts, repo: &Repo, file: &str, is_so: fn(&str) -> bool) -> Result<()> {
    if let Some(text) = repo.source(file)? {
        let line = text.lines().position(|line| is_so(line.trim()));
        if let Some((index, line)) = line.and_then(|index| Some((index, text.lines().nth(index)?))) {
            found.single(true, Evidence::at("site", file, index + 1, line.trim()));
        }
    }
    Ok(())
}

fn redirects(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(words.as_slice(), ["/*", to, "200" | "200!", ..] if is_index(to))
}

fn apache(line: &str) -> bool {
    line.starts_with("RewriteRule")
        && line.split_whitespace().nth(2).is_some_and(|to| to.ends_with("index.html"))
}

/// `try_files $uri /index.html;`
fn tried(line: &str) -> bool {
    let last = line.trim_end_matches(';').split_whitespace().last();
    line.starts_with("try_files") && last.is_some_and(|last| last.ends_with("/index.html"))
}

/// `serve -s build`
fn served(found: &mut Hosts, candidate: &Candidate) {
    for (name, text) in candidate.package.versions("scripts") {
        let mut words =
            text.split_whitespace().skip_while(|word| *word != "serve").take_while(|word| *word != "&&");
        if words.any(|word| word == "-s" || word == "--single") {
            let keys = ["scripts", name];
            let evidence = Evidence::at(
                "site",
                &candidate.file,
                candidate.package.line(&keys),
                candidate.package.says(&keys),
            );
            found.single(true, evidence);
        }
    }
}
