//! Looks at a repository with every stack and settles on one project, a choice, or a refusal.

use anyhow::Result;

use crate::catalog::{self, Ecosystem};
use crate::evidence::Evidence;
use crate::failure::Failure;
use crate::options::{Options, RuntimeChoice};
use crate::plan::Plan;
use crate::repo::{Kind, Repo};
use crate::service::Service;
use crate::source::listen::is_test;
use crate::stack::STACKS;
use crate::verdict::{Candidate, Choice, Finding, Stop, StopKind, Verdict};

/// The verdict on a repository.
///
/// # Errors
/// When a file that a stack needs cannot be read or parsed.
pub fn verdict(repo: &Repo, options: &Options) -> Result<Verdict> {
    // All stacks are asked before anything is decided, so that their order means nothing.
    let mut findings = Vec::new();
    for stack in
        STACKS.iter().filter(|stack| options.language.as_deref().is_none_or(|name| name == stack.language))
    {
        findings.extend((stack.detect)(repo, options)?);
    }
    let mut verdict = decide(repo, options, findings)?;
    if let Verdict::Generate(plan) = &mut verdict {
        refuse_foreign_flags(options, &plan.service.language)?;
        plan.command = [vec!["distrogen".to_owned(), "init".to_owned()], options.flags()].concat();
        warn_of_preferred(repo, plan)?;
        warn_of_secrets(repo, plan)?;
    }
    Ok(verdict)
}

/// Refuses a flag that says nothing to the language: silence would look like consent.
fn refuse_foreign_flags(options: &Options, language: &str) -> Result<()> {
    let stack = STACKS.iter().find(|stack| stack.language == language);
    let (own, runtimes) = stack.map_or((&[][..], &[][..]), |stack| (stack.flags, stack.runtimes));
    let is = |choice| options.runtime == Some(choice) && !runtimes.contains(&choice);
    let given = [
        ("--runtime slim", is(RuntimeChoice::Slim), "a distroless image holds all that such programs need"),
        ("--runtime jlink", is(RuntimeChoice::Jlink), "it makes a Java runtime"),
        ("--build-tool", options.build_tool.is_some(), "it is for Java"),
        ("--java", options.java.is_some(), "it is for Java"),
        ("--main-class", options.main_class.is_some(), "it is for Java"),
        ("--aot-cache", options.aot_cache, "it is for Java"),
        ("--service", options.service.is_some(), "`--bin` names a program"),
        ("--package-manager", options.package_manager.is_some(), "it is for JavaScript"),
        ("--bin", options.bin.is_some(), "`--start` names what is started"),
        ("--libc", options.libc.is_some(), "`--runtime` names the image"),
        ("--cache", options.cache.is_some(), "leave it out: what is downloaded is in cache mounts"),
    ];
    match given.iter().find(|(flag, given, _)| *given && !own.contains(flag)) {
        Some((flag, _, help)) => {
            Err(Failure::usage(format!("{flag} does not apply to {language}")).help(*help).into())
        }
        None => Ok(()),
    }
}

fn decide(repo: &Repo, options: &Options, mut findings: Vec<Finding>) -> Result<Verdict> {
    if let Some(language) = &options.language {
        return Ok(match findings.pop() {
            Some(finding) => settle(finding),
            None => stop(Stop::refuse(format!("nothing here is {language}")).help(looked_for()), Vec::new()),
        });
    }
    choose(repo, findings, recognised(repo)?)
}

/// An ecosystem that is recognised but not written for, and the file that gave it away.
struct Other {
    ecosystem: Ecosystem,
    file: String,
}

fn recognised(repo: &Repo) -> Result<Vec<Other>> {
    let entries = repo.entries("")?;
    let names: Vec<&str> =
        entries.iter().filter(|entry| entry.kind == Kind::File).map(|entry| entry.name.as_str()).collect();
    let found = catalog::recognised()?.into_iter().filter_map(|ecosystem| {
        let is_sign = |name: &&&str| {
            ecosystem.files.iter().any(|file| file == **name)
                || ecosystem.endings.iter().any(|ending| name.ends_with(ending.as_str()))
        };
        let file = (*names.iter().find(is_sign)?).to_owned();
        Some(Other { ecosystem, file })
    });
    Ok(found.collect())
}

fn choose(repo: &Repo, findings: Vec<Finding>, others: Vec<Other>) -> Result<Verdict> {
    let is_program =
        |finding: &Finding| !matches!(&finding.result, Err(stop) if stop.kind == StopKind::NotAProgram);
    let (mut programs, idle): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(is_program);
    drop_built(&mut programs);
    let foreign = rivals(&programs, &others);
    match (programs.len(), foreign) {
        (1, None) => Ok(settle(programs.remove(0))),
        (0, _) => nothing(repo, idle, others),
        (_, foreign) => Ok(several(programs, foreign)),
    }
}

/// Takes out what another program's plan reads the manifest of: a part of that program, such as
/// the front end that it embeds.
fn drop_built(programs: &mut Vec<Finding>) {
    let read: Vec<(String, Vec<String>)> = programs
        .iter()
        .filter_map(|program| {
            Some((program.service.language.clone(), program.result.as_ref().ok()?.needs.clone()))
        })
        .collect();
    programs.retain(|program| {
        let language = &program.service.language;
        let stack = STACKS.iter().find(|stack| stack.language == language);
        let is_read = |manifest: &str| {
            read.iter().any(|(other, needs)| other != language && needs.iter().any(|file| file == manifest))
        };
        !stack.is_some_and(|stack| stack.manifests.iter().any(|manifest| is_read(manifest)))
    });
}

/// A recognised ecosystem that may be the real program beside one that was found. What merely
/// accompanies a program (a script, a page) is no rival.
fn rivals<'a>(programs: &[Finding], others: &'a [Other]) -> Option<&'a Other> {
    let planned: Vec<&Service> =
        programs.iter().filter(|program| program.result.is_ok()).map(|program| &program.service).collect();
    others.iter().find(|other| {
        let Ecosystem { language, rival, files, .. } = &other.ecosystem;
        // A refused program beside another ecosystem says nothing of what the repository is for.
        let beside = !planned.is_empty() && planned.iter().all(|service| &service.language != language);
        *rival && files.contains(&other.file) && beside
    })
}

fn several(programs: Vec<Finding>, foreign: Option<&Other>) -> Verdict {
    let mut names: Vec<String> = programs.iter().map(|program| program.service.language.clone()).collect();
    let candidate = |program: &Finding| {
        let Service { name, language, path, .. } = &program.service;
        Candidate::new(format!("{name} ({language})"), path, Choice::Language(language.clone()))
    };
    let candidates: Vec<Candidate> = programs.iter().map(candidate).collect();
    names.extend(foreign.map(|other| format!("{} (`{}`)", other.ecosystem.name, other.file)));
    let mut choice =
        Stop::choose(format!("programs of several ecosystems are here: {}", names.join(", ")), candidates);
    if let Some(other) = foreign {
        choice = choice
            .help(format!("{} is recognised, but no Dockerfile is written for it", other.ecosystem.name));
    }
    stop(choice, programs.into_iter().map(|program| program.service).collect())
}

/// No stack has a program: what was recognised, or what was looked for.
fn nothing(repo: &Repo, idle: Vec<Finding>, others: Vec<Other>) -> Result<Verdict> {
    if let Some(other) = others.into_iter().next() {
        let Other { ecosystem, file } = other;
        let mut service = Service::new(repo.name(), &ecosystem.language);
        service.package_manager = ecosystem.package_manager;
        service.evidence.push(Evidence::file(
            "language",
            file.clone(),
            format!("a sign of {}", ecosystem.name),
        ));
        let reason = format!("`{file}` says this is {}, which is not supported", ecosystem.name);
        return Ok(stop(Stop::refuse(reason).help(supported()), vec![service]));
    }
    if let Some(finding) = idle.into_iter().next() {
        return Ok(settle(finding));
    }
    let below = below(repo)?;
    let mut nothing = Stop::refuse("no project was found in this folder").help(looked_for());
    for folder in below {
        nothing = nothing.help(format!("there is one in `{folder}`: run distrogen there"));
    }
    Ok(stop(nothing, Vec::new()))
}

/// Files that Podman and Buildah read instead of ours when both are there.
const PREFERRED: &[(&str, &str)] = &[("Containerfile", "Dockerfile"), (".containerignore", ".dockerignore")];

fn warn_of_preferred(repo: &Repo, plan: &mut Plan) -> Result<()> {
    for (theirs, ours) in PREFERRED {
        if repo.has(theirs)? {
            let warning = format!(
                "Podman and Buildah read `{theirs}` instead of `{ours}`; remove it, or build with `-f Dockerfile`"
            );
            plan.service.warnings.push(warning);
        }
    }
    Ok(())
}

/// Files that look like secrets are kept out of the build; a program that reads one must be told.
fn warn_of_secrets(repo: &Repo, plan: &mut Plan) -> Result<()> {
    let endings = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore"];
    let files = repo.sources("", &endings)?;
    for file in files.iter().filter(|file| !plan.needs.contains(file) && !is_test(file)).take(3) {
        plan.service.warnings.push(format!(
            "`{file}` looks like a secret and is kept out of the image; if the program reads it, mount it when it runs"
        ));
    }
    Ok(())
}

fn settle(finding: Finding) -> Verdict {
    match finding.result {
        Ok(plan) => Verdict::Generate(plan),
        Err(reason) => stop(reason, vec![finding.service]),
    }
}

fn stop(stop: Stop, services: Vec<Service>) -> Verdict {
    Verdict::Stop { stop, services }
}

fn looked_for() -> String {
    let manifests: Vec<&str> = STACKS.iter().flat_map(|stack| stack.manifests).copied().collect();
    format!("looked for {}", manifests.join(", "))
}

fn supported() -> String {
    let languages: Vec<&str> = STACKS.iter().map(|stack| stack.language).collect();
    format!("supported are {}", languages.join(", "))
}

/// Folders just below that hold a manifest, the first few.
fn below(repo: &Repo) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in
        repo.entries("")?.iter().filter(|entry| entry.kind == Kind::Folder && !entry.name.starts_with('.'))
    {
        let entries = repo.entries(&entry.name)?;
        if entries
            .iter()
            .any(|inner| STACKS.iter().any(|stack| stack.manifests.contains(&inner.name.as_str())))
        {
            found.push(entry.name.clone());
        }
        if found.len() == 5 {
            break;
        }
    }
    Ok(found)
}
