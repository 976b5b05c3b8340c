//! `distrogen init`: writes the Dockerfile and the .dockerignore.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::{Choices, table};
use crate::failure::{Exit, Failure};
use crate::options::Options;
use crate::output::terminal::{complain, print, shown};
use crate::output::{Change, Target, diff, write};
use crate::plan::Plan;
use crate::render::{Rendered, render};
use crate::verdict::{Choice, StopKind, Verdict};
use crate::wizard::{Ask, Terminal};

#[derive(Args)]
pub(super) struct Arguments {
    /// Folder of the repository or service
    dir: Option<PathBuf>,
    /// Show both files and write nothing
    #[arg(long, conflicts_with_all = ["stdout", "check"])]
    dry_run: bool,
    /// Print the Dockerfile alone and write nothing
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
    /// Write nothing; exit with 1 and a diff when the files on disk differ
    #[arg(long)]
    check: bool,
    /// Replace files that differ
    #[arg(long)]
    force: bool,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
    /// Build and start the image once it is written, as `distrogen verify` does
    #[arg(long, conflicts_with_all = ["dry_run", "stdout", "check"])]
    verify: bool,
    #[command(flatten)]
    choices: Choices,
}

/// Plans, renders, compares and writes.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    let quiet = arguments.yes || arguments.check || arguments.stdout || arguments.dry_run;
    let mut person = if quiet { None } else { Terminal::new() };
    let ask = person.as_mut().map(|person| person as &mut dyn Ask);
    carry_out(arguments, ask)
}

fn carry_out(arguments: &Arguments, mut ask: Option<&mut dyn Ask>) -> Result<Exit> {
    let (folder, plan) = plan(arguments, &mut ask)?;
    let rendered = render(&plan)?;
    if arguments.stdout {
        warn(&plan);
        print(&rendered[0].text)?;
        return Ok(Exit::Done);
    }
    if arguments.dry_run {
        print(&preview(&plan, &rendered))?;
        return Ok(Exit::Done);
    }
    let targets: Result<Vec<Target>> = rendered.into_iter().map(|one| Target::of(&folder, one)).collect();
    let targets = targets?;
    if arguments.check {
        return check(&targets, &plan);
    }
    print(&table::service(&plan.service))?;
    let chosen = agreed(&targets, arguments.force, &mut ask)?;
    write(&chosen)?;
    print(&summary(&folder, &targets, &chosen, &plan))?;
    if arguments.verify { super::verify::written(&folder, &plan) } else { Ok(Exit::Done) }
}

/// The plan, a person's choice between candidates included.
fn plan(arguments: &Arguments, ask: &mut Option<&mut dyn Ask>) -> Result<(PathBuf, Plan)> {
    let mut options = arguments.choices.options();
    loop {
        let (folder, verdict) = super::verdict(arguments.dir.as_ref(), &options)?;
        let stop = match verdict {
            Verdict::Generate(plan) => return Ok((folder, *plan)),
            Verdict::Stop { stop, .. } => stop,
        };
        match (&stop.kind, ask.as_mut()) {
            (StopKind::Choose(candidates), Some(person))
                if !candidates.is_empty() && undecided(&options, &candidates[0].choice) =>
            {
                let names: Vec<String> =
                    candidates.iter().map(|one| format!("{} ({})", one.name, one.flag)).collect();
                let index = person.select(&stop.reason, &names)?;
                match &candidates[index].choice {
                    Choice::Bin(bin) => options.bin = Some(bin.clone()),
                    Choice::Language(language) => options.language = Some(language.clone()),
                    Choice::Service(service) => options.service = Some(service.clone()),
                    Choice::PackageManager(manager) => options.package_manager = Some(manager.clone()),
                    Choice::BuildTool(tool) => options.build_tool = Some(*tool),
                    Choice::MainClass(class) => options.main_class = Some(class.clone()),
                }
            }
            _ => return Err(stop.failure().into()),
        }
    }
}

/// Whether a choice of this sort was not made yet, so that it is asked for once at most.
fn undecided(options: &Options, choice: &Choice) -> bool {
    match choice {
        Choice::Bin(_) => options.bin.is_none(),
        Choice::Language(_) => options.language.is_none(),
        Choice::Service(_) => options.service.is_none(),
        Choice::PackageManager(_) => options.package_manager.is_none(),
        Choice::BuildTool(_) => options.build_tool.is_none(),
        Choice::MainClass(_) => options.main_class.is_none(),
    }
}

fn warn(plan: &Plan) {
    for warning in &plan.service.warnings {
        complain(&format!("warning: {}\n", shown(warning)));
    }
}

fn preview(plan: &Plan, rendered: &[Rendered]) -> String {
    let mut text = table::service(&plan.service);
    for one in rendered {
        text.push_str(&format!("\n--- {} ---\n{}", one.name, shown(&one.text)));
    }
    text
}

fn check(targets: &[Target], plan: &Plan) -> Result<Exit> {
    let changed: Vec<&Target> = targets.iter().filter(|target| target.change != Change::Same).collect();
    for target in &changed {
        print(&shown(&diff(target.name, &target.before, &target.text)))?;
    }
    if changed.is_empty() {
        print("up to date: Dockerfile, .dockerignore\n")?;
        return Ok(Exit::Done);
    }
    let command = shown(&plan.command.join(" "));
    complain(&format!(
        "error: the files on disk differ from what would be written\nhelp: `{command} --force` writes them\n"
    ));
    Ok(Exit::Findings)
}

/// The files to write. A file that differs is replaced only when the user agrees to that.
fn agreed<'a>(targets: &'a [Target], force: bool, ask: &mut Option<&mut dyn Ask>) -> Result<Vec<&'a Target>> {
    let mut chosen = Vec::new();
    for target in targets {
        let wanted = match (target.change, ask.as_mut()) {
            (Change::New, _) => true,
            (Change::Same, _) => false,
            (Change::Differs, _) if force => true,
            (Change::Differs, Some(person)) => {
                complain(&format!("\n{}", shown(&diff(target.name, &target.before, &target.text))));
                person.confirm(&format!("Replace {}?", target.name))?
            }
            (Change::Differs, None) => {
                let message = format!("`{}` exists and differs; nothing was written", target.name);
                return Err(Failure::new(Exit::Decision, message)
                    .help("`--force` replaces it, `--check` shows the difference")
                    .into());
            }
        };
        if wanted {
            chosen.push(target);
        }
    }
    Ok(chosen)
}

fn summary(folder: &Path, targets: &[Target], chosen: &[&Target], plan: &Plan) -> String {
    let mut text = String::from("\n");
    for target in targets {
        let done = match target.change {
            Change::Same => "unchanged",
            _ if chosen.iter().any(|one| one.name == target.name) => "wrote",
            _ => "kept",
        };
        text.push_str(&format!("{done} {}\n", target.name));
    }
    let tag = tag(&plan.service.name);
    let folder = folder.display();
    let publish = plan.service.port.map_or(String::new(), |port| format!(" -p {port}:{port}"));
    let input = if plan.service.port.is_none() { " -i" } else { "" };
    text.push_str(&format!(
        "\nnext: docker build -t {tag} {folder} && docker run --rm{input}{publish} {tag}\n"
    ));
    shown(&text)
}

/// A name for the image: what Docker allows of the service's name.
fn tag(name: &str) -> String {
    let name: String =
        name.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() { "app".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Somebody whose answers are written down beforehand.
    struct Scripted {
        confirms: VecDeque<bool>,
        selects: VecDeque<usize>,
        asked: Vec<String>,
    }

    impl Scripted {
        fn new(confirms: &[bool], selects: &[usize]) -> Self {
            Scripted {
                confirms: confirms.iter().copied().collect(),
                selects: selects.iter().copied().collect(),
                asked: Vec::new(),
            }
        }
    }

    impl Ask for Scripted {
        fn confirm(&mut self, question: &str) -> Result<bool> {
            self.asked.push(question.to_owned());
            Ok(self.confirms.pop_front().unwrap())
        }

        fn select(&mut self, question: &str, items: &[String]) -> Result<usize> {
            self.asked.push(format!("{question}: {}", items.join(", ")));
            Ok(self.selects.pop_front().unwrap())
        }
    }

    fn target(name: &'static str, change: Change) -> Target {
        Target::in_memory(name, change)
    }

    #[test]
    fn a_file_that_differs_is_replaced_only_after_a_yes() {
        let targets = [target("Dockerfile", Change::Differs), target(".dockerignore", Change::Differs)];
        let mut person = Scripted::new(&[false, true], &[]);
        let chosen = agreed(&targets, false, &mut Some(&mut person)).unwrap();
        assert_eq!(chosen.iter().map(|target| target.name).collect::<Vec<_>>(), [".dockerignore"]);
        assert_eq!(person.asked, ["Replace Dockerfile?", "Replace .dockerignore?"]);
    }

    #[test]
    fn nothing_is_asked_that_needs_no_answer() {
        let targets = [target("Dockerfile", Change::New), target(".dockerignore", Change::Same)];
        let mut person = Scripted::new(&[], &[]);
        let chosen = agreed(&targets, false, &mut Some(&mut person)).unwrap();
        assert_eq!(chosen.iter().map(|target| target.name).collect::<Vec<_>>(), ["Dockerfile"]);
        let forced = [target("Dockerfile", Change::Differs)];
        assert_eq!(agreed(&forced, true, &mut Some(&mut person)).unwrap().len(), 1);
        assert!(person.asked.is_empty());
    }

    #[test]
    fn a_choice_is_asked_for_and_taken() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            let path = folder.path().join("cmd").join(name);
            #[expect(clippy::disallowed_methods, reason = "a test makes its own repository")]
            std::fs::create_dir_all(&path).unwrap();
            #[expect(clippy::disallowed_methods, reason = "a test makes its own repository")]
            std::fs::write(path.join("main.go"), "package main\nfunc main() {}\n").unwrap();
        }
        #[expect(clippy::disallowed_methods, reason = "a test makes its own repository")]
        std::fs::write(folder.path().join("go.mod"), "module example.com/x\n").unwrap();
        let arguments = Arguments {
            dir: Some(folder.path().to_owned()),
            dry_run: false,
            stdout: false,
            check: false,
            force: false,
            yes: false,
            verify: false,
            choices: Choices::default(),
        };
        let mut person = Scripted::new(&[], &[1]);
        let (_, plan) = plan(&arguments, &mut Some(&mut person)).unwrap();
        assert_eq!(plan.service.name, "b");
        assert_eq!(plan.command, ["distrogen", "init", "--bin", "cmd/b"]);
        assert_eq!(person.asked, ["2 main packages are equally likely: a (--bin cmd/a), b (--bin cmd/b)"]);
    }
}
