//! What the container starts: a flag, a script, `main`, or a file by its usual name.

use super::Facts;
use super::script::{Scripts, Start, Unfit, takes_a_value};
use super::sources::{self, Sources};
use crate::evidence::Evidence;
use crate::manifest::package::Package;
use crate::options::Options;
use crate::repo::Repo;
use crate::source::lexer::{Lexeme, Syntax, Token, lex};
use crate::verdict::{Halt, Stop};

/// Scripts that are for production by their name, the plainest first.
const PRODUCTION: &[&str] = &["start:prod", "start:production", "start-prod", "serve:prod"];

/// Files that are started by convention, when no script and no `main` says more.
const USUAL: &[&str] =
    &["server.js", "index.js", "app.js", "main.js", "bin/www", "server.mjs", "index.mjs", "server.ts"];

/// Decides the start.
pub(super) fn start(facts: &Facts, repo: &Repo, options: &Options) -> Result<(Start, Sources), Halt> {
    if let Some(argv) = &options.start {
        let start = from_flag(facts, argv)?;
        let sources = sources::read(repo, &file_of(&start.argv, facts.package.as_ref()))?;
        return Ok((start, sources));
    }
    if let Some(stop) = exported(repo)? {
        return Err(stop.into());
    }
    let mut refused: Option<Unfit> = None;
    if let Some(package) = &facts.package {
        let scripts = Scripts { package, lock: facts.lock.as_ref(), knowledge: &facts.knowledge };
        for name in ["start"].iter().chain(PRODUCTION).filter(|name| package.script(name).is_some()) {
            match scripts.start(name) {
                Ok(start) => {
                    let sources = sources::read(repo, &file_of(&start.argv, Some(package)))?;
                    return Ok((start, sources));
                }
                Err(unfit) => drop(refused.get_or_insert(unfit)),
            }
        }
    }
    if let Some(stop) = host(facts, repo)? {
        return Err(stop.into());
    }
    if let Some(unfit) = refused {
        return Err(site(facts).unwrap_or_else(|| unfit.stop()).into());
    }
    from_files(facts, repo)
}

fn from_flag(facts: &Facts, argv: &[String]) -> Result<Start, Stop> {
    let unnamed = Package::unnamed();
    let package = facts.package.as_ref().unwrap_or(&unnamed);
    let scripts = Scripts { package, lock: facts.lock.as_ref(), knowledge: &facts.knowledge };
    // A file alone is meant for node, since that is the image's entrypoint.
    let is_file =
        argv.first().is_some_and(|word| [".js", ".mjs", ".cjs", ".ts"].iter().any(|end| word.ends_with(end)));
    let argv = if is_file { [vec!["node".to_owned()], argv.to_vec()].concat() } else { argv.to_vec() };
    scripts.flag(&argv).map_err(|unfit| unfit.stop())
}

/// `main`, then the usual names; a file that only exports is a library or a function.
fn from_files(facts: &Facts, repo: &Repo) -> Result<(Start, Sources), Halt> {
    let main = facts.package.as_ref().and_then(|package| package.string(&["main"]));
    let named = main.iter().copied().map(|file| (file, true));
    for (file, is_main) in named.chain(USUAL.iter().map(|file| (*file, false))) {
        let sources = sources::read(repo, file)?;
        let builds = facts.package.as_ref().is_some_and(|package| package.script("build").is_some());
        let is_made = is_main && builds && file.trim_start_matches("./").contains('/');
        if !sources.found && !is_made {
            continue;
        }
        if sources.only_exports {
            return Err(Stop::not_a_program(format!(
                "`{file}` only exports: it is a library or a function, not a program"
            ))
            .help("if it is a program, add a `start` script or name it: `--start 'node FILE'`")
            .into());
        }
        let evidence = match (&facts.package, is_main) {
            (Some(package), true) => {
                Evidence::at("start", "package.json", package.line(&["main"]), package.says(&["main"]))
            }
            _ => Evidence::file("start", file, "a file that is started by convention"),
        };
        let argv = vec![file.trim_start_matches("./").to_owned()];
        return Ok((
            Start { argv, env: Vec::new(), evidence, before: Vec::new(), warnings: Vec::new() },
            sources,
        ));
    }
    if let Some(stop) = site(facts) {
        return Err(stop.into());
    }
    Err(Stop::not_a_program(
        "package.json has no `start` script, no `main` that exists, and no server.js or index.js",
    )
    .help("name what is to be started: `--start 'node FILE'`")
    .into())
}

/// A front end: files for a browser, which need a web server and not Node.js.
fn site(facts: &Facts) -> Option<Stop> {
    let package = facts.package.as_ref()?;
    let site = facts.knowledge.site.iter().find(|site| package.dependency(&site.package).is_some())?;
    let line = package.line(&[package.dependency(&site.package)?, &site.package]);
    Some(
        Stop::refuse(format!(
            "package.json:{line} builds a static site with {}, which has no server to start",
            site.name
        ))
        .help("if a server of its own serves the files, name it: `--start 'node FILE'`"),
    )
}

/// A Next.js configuration that exports plain files, with which `next start` refuses to start.
fn exported(repo: &Repo) -> Result<Option<Stop>, Halt> {
    for ending in ["js", "mjs", "cjs", "ts", "mts"] {
        let file = format!("next.config.{ending}");
        let Some(text) = repo.text(&file)? else { continue };
        let lexemes = lex(&text, Syntax::JavaScript);
        let is_export = |window: &&[Lexeme]| {
            window[0].token == Token::Word("output")
                && window[1].token == Token::Sign(':')
                && window[2].token == Token::Text("export")
        };
        if let Some(window) = lexemes.windows(3).find(is_export) {
            let reason = format!(
                "{file}:{} exports a static site (`output: \"export\"`), which has no server to start",
                window[0].line
            );
            return Ok(Some(
                Stop::refuse(reason).help("serve the `out` folder with a web server, or remove the setting"),
            ));
        }
    }
    Ok(None)
}

/// Code that a hosting service calls.
fn host(facts: &Facts, repo: &Repo) -> Result<Option<Stop>, Halt> {
    let functions = &facts.knowledge.functions;
    let stop = |place: String, what: &str| {
        Stop::not_a_program(format!("{place} is for {what}: the code is a function that a host calls"))
            .help("use that service's own builder, or name a program: `--start 'node FILE'`")
    };
    for file in &functions.files {
        if repo.has(file)? {
            return Ok(Some(stop(format!("`{file}`"), "a functions host")));
        }
    }
    let Some(package) = &facts.package else { return Ok(None) };
    let found = functions.packages.iter().find_map(|name| Some((name, package.dependency(name)?)));
    Ok(found.map(|(name, kind)| {
        stop(format!("package.json:{}", package.line(&[kind, name])), &format!("`{name}`"))
    }))
}

/// The file that node loads: the first argument that is no flag; `.` is the package's `main`.
pub(super) fn file_of(argv: &[String], package: Option<&Package>) -> String {
    let mut words = argv.iter();
    while let Some(word) = words.next() {
        if takes_a_value(word) {
            words.next();
        } else if !word.starts_with('-') {
            let main = || package.and_then(|package| package.string(&["main"])).unwrap_or("index.js");
            return if word.as_str() == "." { main().to_owned() } else { word.clone() };
        }
    }
    String::new()
}
