//! The scripts of a build, each read once, with what they say of which projects.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::Result;

use crate::evidence::Evidence;
use crate::manifest::gradle::{Dialect, Event, Script};
use crate::repo::Repo;

/// What a script says of some projects.
#[derive(Debug)]
pub(super) struct File {
    pub name: String,
    pub events: Vec<Event>,
    /// The event that gives a name its value.
    pub values: BTreeMap<String, usize>,
    lines: Rc<Vec<String>>,
}

/// A script, parted by the projects that it speaks of.
#[derive(Debug)]
pub(super) struct Parted {
    /// Of the project that it belongs to.
    pub own: Rc<File>,
    /// Of that and of all below.
    pub all: Rc<File>,
    /// Of all below.
    pub sub: Rc<File>,
    /// Of those that it names, by their path.
    pub named: BTreeMap<String, Rc<File>>,
}

impl File {
    fn new(name: &str, events: Vec<Event>, lines: &Rc<Vec<String>>) -> Rc<File> {
        let mut values = BTreeMap::new();
        for (index, event) in events.iter().enumerate() {
            if let Some(name) = valued(event)
                && !(event.guarded && values.contains_key(&name))
            {
                values.insert(name, index);
            }
        }
        Rc::new(File { name: name.to_owned(), events, values, lines: lines.clone() })
    }

    /// The line of an event, as evidence.
    pub(super) fn says(&self, what: &str, event: &Event) -> Evidence {
        let line = self.lines.get(event.line.saturating_sub(1)).map_or("", |line| line.trim());
        let says: String = line.chars().take(120).collect();
        Evidence::at(what, &self.name, event.line, says)
    }
}

/// The name that an event gives a value to.
fn valued(event: &Event) -> Option<String> {
    event.given()?;
    let path: Vec<&str> = event.path.iter().map(String::as_str).collect();
    let path = path.strip_prefix(&["buildscript"]).unwrap_or(&path);
    let path = path.strip_prefix(&["rootProject"]).unwrap_or(path);
    match path {
        ["ext" | "extra", name] => Some((*name).to_owned()),
        ["ext" | "extra", "set", ..] => None,
        [name] if event.value.is_some() || matches!(*name, "version" | "group") => Some((*name).to_owned()),
        [.., _] if event.declares => Some(path.join(".")),
        _ => None,
    }
}

/// Reads scripts, each once.
pub(super) struct Scripts<'r> {
    pub repo: &'r Repo,
    known: RefCell<BTreeMap<String, Option<Rc<Parted>>>>,
    /// Where a script stops being one.
    pub unreadable: RefCell<Vec<Evidence>>,
}

impl<'r> Scripts<'r> {
    pub(super) fn new(repo: &'r Repo) -> Self {
        Scripts { repo, known: RefCell::default(), unreadable: RefCell::default() }
    }

    /// The script at a path; `None` when there is none.
    pub(super) fn get(&self, file: &str) -> Result<Option<Rc<Parted>>> {
        if let Some(known) = self.known.borrow().get(file) {
            return Ok(known.clone());
        }
        let read = match self.repo.source(file)? {
            Some(text) => Some(Rc::new(self.part(file, &text))),
            None if self.repo.has(file)? => {
                self.unreadable.borrow_mut().push(Evidence::file("unreadable", file, "it is too large"));
                None
            }
            None => None,
        };
        self.known.borrow_mut().insert(file.to_owned(), read.clone());
        Ok(read)
    }

    /// The first of these scripts that is there.
    pub(super) fn first(&self, files: &[String]) -> Result<Option<Rc<Parted>>> {
        for file in files {
            if let Some(found) = self.get(file)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The files that were read.
    pub(super) fn read(&self) -> Vec<String> {
        let known = self.known.borrow();
        known.iter().filter(|(_, script)| script.is_some()).map(|(file, _)| file.clone()).collect()
    }

    fn part(&self, file: &str, text: &str) -> Parted {
        let script = Script::parse(text, Dialect::of(file));
        if let Some((line, what)) = script.broken {
            self.unreadable.borrow_mut().push(Evidence::at("unreadable", file, line, what));
        }
        let lines = Rc::new(text.lines().map(str::to_owned).collect());
        let (mut own, mut all, mut sub) = (Vec::new(), Vec::new(), Vec::new());
        let mut named: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for mut event in script.events {
            let head = event.path.first().cloned().unwrap_or_default();
            let project = head.strip_prefix("project(").and_then(|rest| rest.strip_suffix(')'));
            match (head.as_str(), project) {
                ("allprojects" | "subprojects", _) if event.path.len() > 1 => {
                    event.path.remove(0);
                    if head == "allprojects" { all.push(event) } else { sub.push(event) }
                }
                (_, Some(project)) if event.path.len() > 1 => {
                    let project = project.to_owned();
                    event.path.remove(0);
                    named.entry(project).or_default().push(event);
                }
                _ => own.push(event),
            }
        }
        let new = |events| File::new(file, events, &lines);
        let named = named.into_iter().map(|(project, events)| (project, new(events))).collect();
        Parted { own: new(own), all: new(all), sub: new(sub), named }
    }
}
