//! The Maven reader: what pom.xml, those above and below it and `.mvn` say of a build.

mod attached;
mod boot;
mod class_path;
mod config;
mod configuration;
mod effective;
mod enforced;
mod fat;
mod framework;
mod known;
mod making;
mod micronaut;
mod model;
mod name;
mod notes;
mod on_path;
mod private;
mod profile;
mod project;
mod quarkus;
mod reads;
mod release;
mod started;
#[cfg(test)]
mod tests;
mod tree;
mod wrapper;

use std::rc::Rc;

use anyhow::Result;

pub(super) use project::project;

use notes::FrontEnd;
use private::Settings;
use wrapper::Wrapper;

use super::module::{Makes, Module, OnPath, Properties};
use super::project::Note;
use crate::evidence::Evidence;
use crate::repo::{Kind, Repo, normal};
use crate::verdict::Stop;
use effective::{Effective, evidence};
use known::Known;
use making::Making;
use tree::Tree;

/// A build by Maven.
#[derive(Debug)]
struct Build {
    /// The root and all below it, each after the one that names it.
    pub modules: Vec<Module>,
    /// Why Maven would not even begin, whichever module is built.
    pub refused: Option<Stop>,
    pub wrapper: Option<Wrapper>,
    /// Files of `.mvn`, all of which the build reads.
    pub kept: Vec<String>,
    /// Repositories that are not known to be public; `credentials` is the evidence of those that
    /// always ask for some, `repository` of the others.
    pub private: Vec<Evidence>,
    /// The settings file that the project names.
    pub settings: Option<Settings>,
    pub notes: Vec<Note>,
    /// What may ask for a Java that is not known, by the folder of the module.
    pub computed: Vec<(String, Evidence)>,
    pub front_ends: Vec<FrontEnd>,
    pub warnings: Vec<String>,
}

/// What all modules together may inherit: the largest builds that people have keep well below.
const MOST_LINES: usize = 8_000_000;

/// Other languages that poms are written in, by an extension.
pub(super) const OTHERS: &[&str] = &[
    "pom.yml",
    "pom.yaml",
    "pom.groovy",
    "pom.kts",
    "pom.rb",
    "pom.scala",
    "pom.clj",
    "pom.atom",
    "pom.hocon",
];

/// Reads the build; `None` where there is none by Maven.
///
/// # Errors
/// When a pom or settings file cannot be read or parsed.
fn read(repo: &Repo) -> Result<Option<Build>> {
    let known = Known::read()?;
    if !repo.has("pom.xml")? {
        return other(repo);
    }
    let tree = Tree::read(repo, config::read(repo)?, &known)?;
    let mut build = Build {
        modules: Vec::new(),
        refused: None,
        wrapper: wrapper::read(repo)?,
        kept: if repo.kind(".mvn")? == Some(Kind::Folder) { repo.files(".mvn", 100)? } else { Vec::new() },
        private: Vec::new(),
        settings: None,
        notes: notes::extensions(repo, &known)?,
        computed: Vec::new(),
        front_ends: Vec::new(),
        warnings: Vec::new(),
    };
    let mut left = MOST_LINES;
    for file in &tree.modules {
        let Some(model) = tree.raw(file)? else { continue };
        let mut effective = Effective::of(&tree, &model)?;
        effective.attached = attached::endings(&tree, &effective)?;
        let effective = Rc::new(effective);
        left = left.saturating_sub(effective.weight());
        if left == 0 {
            let stop = Stop::refuse("the poms of the repository inherit more than is read in time");
            tree.stops.borrow_mut().push(stop);
            break;
        }
        module(&tree, &effective, &mut build)?;
    }
    if let Some(bound) = build.wrapper.as_ref().and_then(|own| own.builds_on(&known.maven.modern)) {
        build.modules.iter_mut().for_each(|module| module.builds_on.push(bound.clone()));
    }
    reads::settle(&mut build.modules);
    if let Some(said) = &tree.config.refused {
        let reason = format!(
            "{}:{} gives every build `{}`, with which none is made in an image",
            said.file, said.line, said.value
        );
        tree.stops.borrow_mut().push(Stop::refuse(reason).help("take the argument out of the file"));
    }
    settings(&tree, &mut build)?;
    let address = build.wrapper.as_ref().and_then(|wrapper| wrapper.address.clone());
    if let Some(address) = address {
        let said = crate::manifest::xml::Said {
            value: address.says,
            file: address.file.as_str().into(),
            line: address.line.unwrap_or(1),
        };
        add(&mut build.private, private::of(&known, &said));
    }
    build.refused = tree.stops.take().into_iter().next();
    build.warnings.extend(tree.warnings.take());
    Ok(Some(build))
}

/// Adds what is not there yet.
fn add<T: PartialEq>(all: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

fn module(tree: &Tree, effective: &Rc<Effective>, build: &mut Build) -> Result<()> {
    let dependencies = effective.dependencies();
    let making = Making { repo: tree.repo, known: tree.known, effective, dependencies: &dependencies };
    let makes = making::makes(&making)?;
    let jar = class_path::output(effective).ok().filter(|_| making::makes_jar(&making));
    add(&mut build.private, private::repositories(tree.known, effective));
    add(&mut build.notes, notes::notes(tree.known, effective));
    add(&mut build.front_ends, notes::front_end(effective));
    add(&mut build.warnings, private::unsafe_ones(effective));
    let model = &effective.model;
    let java = release::asked(effective);
    if let (None, Some(evidence)) = (&java, release::unknown(tree.known, effective)) {
        build.computed.push((model.folder.clone(), evidence));
    }
    let artifact = &model.artifact;
    let says = format!("<artifactId>{}</artifactId>", artifact.value);
    build.modules.push(Module {
        folder: model.folder.clone(),
        name: artifact.value.clone(),
        manifest: model.file.clone(),
        evidence: evidence("language", artifact, says),
        java,
        builds_on: enforced::builds_on(effective),
        reads: reads::paths(tree, effective),
        dependencies,
        properties: {
            let effective = effective.clone();
            Properties::new(move |name| effective.value(name))
        },
        roots: effective.sources(),
        jar,
        stem: None,
        on_path: on_path::read(effective),
        makes,
    });
    Ok(())
}

/// The settings that `.mvn/maven.config` names, or those of Maven 4's own place.
fn settings(tree: &Tree, build: &mut Build) -> Result<()> {
    const OWN: &str = ".mvn/settings.xml";
    let file = match &tree.config.settings {
        Some(said) => {
            let path =
                said.value.strip_prefix("${maven.multiModuleProjectDirectory}/").unwrap_or(&said.value);
            let there = normal(path).filter(|path| tree.repo.has(path).unwrap_or(false));
            if there.is_none() {
                let place = format!("{}:{}", said.file, said.line);
                let reason =
                    format!("{place} names the settings `{}`, which are not in the repository", said.value);
                let stop = Stop::refuse(reason).help("add the file, or take the line out");
                tree.stops.borrow_mut().push(stop);
            }
            there
        }
        None => tree.repo.has(OWN)?.then(|| OWN.to_owned()),
    };
    let Some(file) = file else { return Ok(()) };
    let (settings, found) = private::settings(tree.repo, tree.known, &file)?;
    build.settings = Some(settings);
    add(&mut build.private, found);
    Ok(())
}

/// A build whose pom is in another language, which is not read.
fn other(repo: &Repo) -> Result<Option<Build>> {
    for file in OTHERS {
        if !repo.has(file)? || !repo.has(".mvn/extensions.xml")? {
            continue;
        }
        let stop = Stop::refuse(format!("{file} is a pom that is not written in XML, which is not read"))
            .help("nearest: `mvn help:effective-pom -Doutput=pom.xml`, or `mvn io.takari.polyglot:polyglot-translate-plugin:translate`");
        let root = Module {
            folder: String::new(),
            name: repo.name().to_owned(),
            manifest: (*file).to_owned(),
            evidence: Evidence::file("language", *file, "a pom in another language"),
            java: None,
            builds_on: Vec::new(),
            reads: Vec::new(),
            dependencies: Vec::new(),
            properties: Properties::default(),
            roots: Vec::new(),
            jar: None,
            stem: None,
            on_path: OnPath::default(),
            makes: Makes::Refused(stop.clone()),
        };
        return Ok(Some(Build {
            modules: vec![root],
            refused: Some(stop),
            wrapper: wrapper::read(repo)?,
            kept: Vec::new(),
            private: Vec::new(),
            settings: None,
            notes: Vec::new(),
            computed: Vec::new(),
            front_ends: Vec::new(),
            warnings: Vec::new(),
        }));
    }
    Ok(None)
}
