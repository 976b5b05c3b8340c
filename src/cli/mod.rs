//! The command line: what can be typed, and the exit code that comes of it.

mod detect;
mod images;
mod init;
mod progress;
mod table;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::engine::Family;
use crate::failure::{Exit, Failure};
use crate::manifest::shell;
use crate::options::{self, Options, RuntimeChoice};
use crate::output::terminal::{complain, shown};
use crate::repo::Repo;
use crate::stack::STACKS;
use crate::stack::java::is_class;
use crate::verdict::Verdict;

const AFTER: &str = "Exit codes:
  0  done
  1  files on disk differ from what would be written (init --check), or the image does not
     build, start or hold what it should (verify)
  2  the command line cannot be understood
  3  a decision is needed; the message lists the choices and their flags
  4  not supported, or it cannot be done honestly; the message says why
  5  something could not be read, parsed or written, or no container engine answers
  130  interrupted";

/// Writes the two-stage Dockerfile that an expert would have written for your repository:
/// the full toolchain to build, a distroless or scratch image to run.
#[derive(Parser)]
#[command(name = "distrogen", version, after_help = AFTER, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a Dockerfile and a .dockerignore
    Init(init::Arguments),
    /// Show what was found in a repository, and why
    Detect(detect::Arguments),
    /// Build the image, start it, ask it, look inside, and measure
    Verify(Box<verify::Arguments>),
    /// Show the layers and files of an image
    Images(images::Arguments),
    /// Remove what a run made, when it ends
    #[command(hide = true)]
    Guard { engine: PathBuf, family: String },
}

/// Flags that decide what evidence leaves open.
#[derive(Args, Default)]
struct Choices {
    /// Ecosystem, where several have a program: go, java, node, rust
    #[arg(long, value_name = "NAME", value_parser = language)]
    language: Option<String>,
    /// Package or module, where a workspace or a build has several services: its name, its folder, or
    /// Gradle's path
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Package manager of JavaScript, where several have a lock file: npm, pnpm, yarn or bun, with
    /// or without @VERSION
    #[arg(long, value_name = "NAME", value_parser = package_manager)]
    package_manager: Option<String>,
    /// Build tool of Java, where both have a build file
    #[arg(long, value_enum)]
    build_tool: Option<BuildTool>,
    /// Java release that builds and runs, where the build file computes it or asks for an old one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(8..100))]
    java: Option<u64>,
    /// Class that is started, where the sources have several with a `main`
    #[arg(long, value_name = "CLASS", value_parser = class)]
    main_class: Option<String>,
    /// Store the program's classes as Java has them in memory, for a faster start; with a Java
    /// runtime of its own
    #[arg(long)]
    aot_cache: bool,
    /// Program, where a module or workspace has several: a name, or a folder in Go
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// Runtime image
    #[arg(long, value_enum, default_value_t = Runtime::Auto)]
    runtime: Runtime,
    /// C library that a Rust program is linked with
    #[arg(long, value_enum)]
    libc: Option<Libc>,
    /// How compiled crates are kept between builds
    #[arg(long, value_enum)]
    cache: Option<Cache>,
    /// Port that the program listens on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// What the container runs: a command, or a JSON array of words
    #[arg(long, value_name = "ARGV", value_parser = argv)]
    start: Option<Argv>,
}

#[derive(Clone, Copy, ValueEnum)]
enum BuildTool {
    /// pom.xml
    Maven,
    /// build.gradle or build.gradle.kts
    Gradle,
}

#[derive(Clone, Copy, ValueEnum)]
enum Libc {
    /// glibc, shared with the runtime image
    Gnu,
    /// musl, linked statically
    Musl,
}

#[derive(Clone, Copy, ValueEnum)]
enum Cache {
    /// In cache mounts of the machine that builds
    Mount,
    /// In a layer made by cargo-chef, for CI that keeps layers alone
    Chef,
}

/// The words of `--start`.
#[derive(Clone)]
struct Argv(Vec<String>);

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
enum Runtime {
    /// The smallest that is sure to work
    #[default]
    Auto,
    /// Nothing but the program
    Scratch,
    /// CA roots, time zones, users; for static programs
    Static,
    /// glibc
    BaseNossl,
    /// glibc and OpenSSL
    Base,
    /// glibc, OpenSSL, libgcc and libstdc++
    Cc,
    /// Debian with Node.js, where a program needs what no distroless image holds
    Slim,
    /// A Java runtime of the program's own, with the modules that it needs
    Jlink,
}

impl Choices {
    fn options(&self) -> Options {
        let runtime = match self.runtime {
            Runtime::Auto => None,
            Runtime::Scratch => Some(RuntimeChoice::Scratch),
            Runtime::Static => Some(RuntimeChoice::Static),
            Runtime::BaseNossl => Some(RuntimeChoice::BaseNossl),
            Runtime::Base => Some(RuntimeChoice::Base),
            Runtime::Cc => Some(RuntimeChoice::Cc),
            Runtime::Slim => Some(RuntimeChoice::Slim),
            Runtime::Jlink => Some(RuntimeChoice::Jlink),
        };
        Options {
            language: self.language.clone(),
            service: self.service.clone(),
            package_manager: self.package_manager.clone(),
            build_tool: self.build_tool.map(|tool| match tool {
                BuildTool::Maven => options::BuildTool::Maven,
                BuildTool::Gradle => options::BuildTool::Gradle,
            }),
            java: self.java,
            main_class: self.main_class.clone(),
            aot_cache: self.aot_cache,
            bin: self.bin.clone(),
            runtime,
            libc: self.libc.map(|libc| match libc {
                Libc::Gnu => options::Libc::Gnu,
                Libc::Musl => options::Libc::Musl,
            }),
            cache: self.cache.map(|cache| match cache {
                Cache::Mount => options::Cache::Mount,
                Cache::Chef => options::Cache::Chef,
            }),
            port: self.port,
            start: self.start.clone().map(|argv| argv.0),
        }
    }
}

fn language(name: &str) -> Result<String, String> {
    let known: Vec<&str> = STACKS.iter().map(|stack| stack.language).collect();
    if known.contains(&name) { Ok(name.to_owned()) } else { Err(format!("known are {}", known.join(", "))) }
}

/// A name, alone or with a version; anything else could have npm install it from elsewhere.
fn package_manager(text: &str) -> Result<String, String> {
    let (name, version) = text.split_once('@').map_or((text, None), |(name, rest)| (name, Some(rest)));
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let is_version = version.is_none_or(|version| {
        version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(is_part)
    });
    match is_version && !name.is_empty() {
        true => Ok(text.to_owned()),
        false => Err("a version is written as in `pnpm@10.1.0`".to_owned()),
    }
}

/// The full name of a class, as `java` takes it.
fn class(text: &str) -> Result<String, String> {
    match is_class(text) {
        true => Ok(text.to_owned()),
        false => Err("a class is written with its package, as in `com.example.Main`".to_owned()),
    }
}

fn argv(text: &str) -> Result<Argv, String> {
    let words = match text.trim_start().starts_with('[') {
        true => {
            serde_json::from_str(text).map_err(|error| format!("not a JSON array of strings: {error}"))?
        }
        false => {
            shell::words(text).map_err(|why| format!("the runtime has no shell, and {why} needs one"))?
        }
    };
    if words.is_empty() { Err("it names no program".to_owned()) } else { Ok(Argv(words)) }
}

/// Runs the command line and returns the process's exit code.
pub fn run() -> i32 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap writes them to standard output.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage as i32 } else { Exit::Done as i32 };
        }
    };
    let done = match cli.command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Images(arguments) => images::run(&arguments),
        Command::Guard { engine, family } => guard(&engine, &family),
    };
    match done {
        Ok(exit) => exit as i32,
        Err(error) => report(&error) as i32,
    }
}

fn guard(engine: &Path, family: &str) -> Result<Exit> {
    let family = Family::of(family).ok_or_else(|| Failure::usage(format!("`{family}` is no engine")))?;
    crate::engine::guard::run(engine, family)
}

/// A variable as `--env` takes it.
fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// Prints an error with its help and returns its exit code.
fn report(error: &anyhow::Error) -> Exit {
    let failure = error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let mut text = format!("error: {}\n", shown(&causes.join(": ")));
    for line in failure.into_iter().flat_map(|failure| &failure.help) {
        text.push_str(&format!("help: {}\n", shown(line)));
    }
    complain(&text);
    failure.map_or(Exit::Failed, |failure| failure.exit)
}

/// The verdict on a folder.
fn verdict(folder: Option<&PathBuf>, options: &Options) -> Result<(PathBuf, Verdict)> {
    let folder = folder.cloned().unwrap_or_else(|| Path::new(".").to_owned());
    let repo = Repo::open(&folder)?;
    let verdict = crate::select::verdict(&repo, options)?;
    Ok((folder, verdict))
}
