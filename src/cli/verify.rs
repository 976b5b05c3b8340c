//! `distrogen verify`: builds the image, starts it, asks it, looks inside, and measures.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::progress::Screen;
use super::{Choices, variable};
use crate::engine::Engine;
use crate::failure::{Exit, Failure};
use crate::output::terminal::{json, print};
use crate::output::{Page, source};
use crate::plan::Plan;
use crate::render::render;
use crate::repo::Repo;
use crate::select;
use crate::verdict::Verdict;
use crate::verify::report::Report;
use crate::verify::{Request, STARTING, Settings, history, html, human, rebuild, verify};

#[derive(Args)]
pub(super) struct Arguments {
    /// Folder of the repository or service
    dir: Option<PathBuf>,
    /// The Dockerfile, where it is not DIR/Dockerfile
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    wishes: Wishes,
    /// Seconds that the program may take to answer, or to end
    #[arg(long, value_name = "SECONDS", default_value_t = STARTING.as_secs(), value_parser = clap::value_parser!(u64).range(1..=86_400))]
    start_timeout: u64,
    /// Build once more after a change of this file of DIR, and tell what that costs
    #[arg(long, value_name = "FILE")]
    rebuild: Option<String>,
    /// Do not measure the program on its build image alone
    #[arg(long)]
    no_compare: bool,
    /// Keep the image under this name
    #[arg(long, value_name = "NAME", value_parser = reference)]
    keep: Option<String>,
    /// How to show the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report as a page for browsers, too
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    choices: Choices,
    /// Arguments of the program, in place of the image's own
    #[arg(last = true, value_name = "ARGUMENT")]
    args: Vec<String>,
}

/// Which engine, and how much patience with it.
#[derive(Args, Default)]
pub(super) struct EngineFlags {
    /// Container engine: a name on PATH, or a path [default: docker, podman or buildah]
    #[arg(long, value_name = "PROGRAM")]
    pub(super) engine: Option<String>,
    /// Seconds that the engine may take, for a build 1800 when nothing is said
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,
}

impl EngineFlags {
    /// The time that was given.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout.map(Duration::from_secs)
    }
}

/// What the container is asked; each outranks the key of `[verify]` in distrogen.toml.
#[derive(Args, Default)]
struct Wishes {
    /// Path that the server is asked for [default: /]
    #[arg(long)]
    path: Option<String>,
    /// Status of HTTP that is right, or exit code of a program that ends
    #[arg(long, value_name = "N")]
    status: Option<u16>,
    /// Text for the standard input of a program that ends
    #[arg(long, value_name = "TEXT")]
    input: Option<String>,
    /// Text that must be in the answer or the output
    #[arg(long, value_name = "TEXT")]
    expect: Option<String>,
    /// Variable for the container; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// Largest image that is right, unpacked, in megabytes
    #[arg(long, value_name = "MB")]
    max_mb: Option<f64>,
    /// Memory that the container may use, such as 512m
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Human,
    Json,
}

/// Verifies, and shows the report; the exit code says whether every check passed.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    let folder = arguments.dir.clone().unwrap_or_else(|| Path::new(".").to_owned());
    let repo = Repo::open(&folder)?;
    let page = arguments.report.as_deref().map(Page::at).transpose()?;
    let settings = arguments.settings()?.or(Settings::of(&repo)?);
    let plan = match select::verdict(&repo, &arguments.choices.options()) {
        Ok(Verdict::Generate(plan)) => Some(*plan),
        // A Dockerfile of somebody else is verified without a plan.
        _ => None,
    };
    let dockerfile = arguments.file.clone().unwrap_or_else(|| folder.join("Dockerfile"));
    let text = source(&dockerfile).map_err(|error| {
        error.help("`--file FILE` names another; `distrogen init --verify` writes one and verifies it")
    })?;
    let planned = plan.as_ref().is_some_and(|plan| is_planned(plan, &text));
    let name = plan.as_ref().map_or(repo.name(), |plan| &plan.service.name);
    if let Some(file) = &arguments.rebuild {
        rebuild::check(&folder, &dockerfile, file)?;
    }
    let request = Request {
        folder: &folder,
        dockerfile: &dockerfile,
        text: &text,
        name,
        settings: &settings,
        plan: plan.as_ref(),
        planned,
        timeout: arguments.engine.timeout(),
        start_timeout: Duration::from_secs(arguments.start_timeout),
        compare: !arguments.no_compare,
        keep: arguments.keep.as_deref(),
        rebuild: arguments.rebuild.as_deref(),
    };
    let report = carry_out(&arguments.engine, &request)?;
    match arguments.format {
        Format::Human => print(&human::report(&report))?,
        Format::Json => print(&json(&report)?)?,
    }
    if let Some(page) = page {
        page.write(&html::page(&report)?)?;
    }
    Ok(if report.passed { Exit::Done } else { Exit::Findings })
}

/// Verifies a plan whose files were just written.
pub(super) fn written(folder: &Path, plan: &Plan) -> Result<Exit> {
    let repo = Repo::open(folder)?;
    let settings = Settings::of(&repo)?;
    let dockerfile = folder.join("Dockerfile");
    let text = source(&dockerfile)?;
    let request = Request {
        folder,
        dockerfile: &dockerfile,
        text: &text,
        name: &plan.service.name,
        settings: &settings,
        plan: Some(plan),
        planned: is_planned(plan, &text),
        timeout: None,
        start_timeout: STARTING,
        compare: true,
        keep: None,
        rebuild: None,
    };
    let report = carry_out(&EngineFlags::default(), &request)?;
    print(&format!("\n{}", human::report(&report)))?;
    Ok(if report.passed { Exit::Done } else { Exit::Findings })
}

/// Verifies with an engine, and leaves nothing of it behind.
fn carry_out(flags: &EngineFlags, request: &Request<'_>) -> Result<Report> {
    let engine = Engine::open(flags.engine.as_deref(), flags.timeout())?;
    let mut screen = Screen::new();
    let report = verify(&engine, request, &mut screen);
    screen.clear();
    engine.finish()?;
    let mut report = report?;
    report.previous = history::previous(request.dockerfile);
    history::keep(request.dockerfile, &report);
    Ok(report)
}

/// A name that engines take for an image. Source: github.com/distribution/reference, grammar.
fn reference(text: &str) -> Result<String, String> {
    let (name, tag) = match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (text, "latest"),
    };
    let word = |part: &str, more: &[char]| {
        let mut letters = part.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphanumeric())
            && letters.all(|c| c.is_ascii_alphanumeric() || more.contains(&c))
    };
    let lower = !name.contains(|c: char| c.is_ascii_uppercase());
    let parts =
        name.split('/').all(|part| word(part, &['.', '_', '-', ':']) && !part.ends_with(['.', '_', '-']));
    match lower && parts && word(tag, &['.', '_', '-']) && text.len() <= 255 {
        true => Ok(text.to_owned()),
        false => Err("write an image's name in lower case, such as `quotes:test`".to_owned()),
    }
}

fn is_planned(plan: &Plan, text: &str) -> bool {
    render(plan).is_ok_and(|rendered| rendered[0].text == text)
}

impl Arguments {
    fn settings(&self) -> Result<Settings> {
        let wishes = &self.wishes;
        let settings = Settings {
            port: self.choices.port,
            path: wishes.path.clone(),
            status: wishes.status,
            input: wishes.input.clone(),
            expect: wishes.expect.clone(),
            args: self.args.clone(),
            env: wishes.env.iter().cloned().collect(),
            max_mb: wishes.max_mb,
            memory: wishes.memory.clone(),
        };
        if let Some(file) = &self.report
            && file.extension().is_none_or(|ending| ending != "html")
        {
            let message = format!("`--report {}`: a page for browsers ends in .html", file.display());
            return Err(Failure::usage(message).into());
        }
        settings.checked("the command line")
    }
}
