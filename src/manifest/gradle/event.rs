//! What a script sets, as paths: `tasks.named("jar") { enabled = false }` is `jar.enabled`.

use super::tree::{Arg, Block, Expr, Link, Statement};

/// One thing that a script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The names of the blocks around it and its own; tasks without `tasks`.
    pub path: Vec<String>,
    /// The statement itself, its blocks emptied.
    pub links: Vec<Link>,
    /// What is assigned.
    pub value: Option<Expr>,
    pub line: usize,
    /// Whether it declares a name (`val`, `def`).
    pub declares: bool,
    /// Whether it runs under a condition or in a loop.
    pub guarded: bool,
    /// Whether its block unpacks archives into what it makes.
    pub unpacks: bool,
}

impl Event {
    /// Whether its path ends in these names.
    pub fn ends(&self, names: &[&str]) -> bool {
        let start = self.path.len().checked_sub(names.len());
        start.is_some_and(|start| self.path.iter().skip(start).map(String::as_str).eq(names.iter().copied()))
    }

    /// Whether its path is these names.
    pub fn is(&self, names: &[&str]) -> bool {
        self.path.len() == names.len() && self.ends(names)
    }

    /// Whether its path begins with this name.
    pub fn under(&self, name: &str) -> bool {
        self.path.first().is_some_and(|first| first == name)
    }

    /// The last name of its path.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// What it sets the last name to: what is assigned, or the first argument.
    pub fn given(&self) -> Option<&Expr> {
        self.value.as_ref().or_else(|| self.links.last().and_then(Link::first))
    }
}

/// The events of a script's statements.
pub(super) fn events(statements: Vec<Statement>) -> Vec<Event> {
    let mut found = Vec::new();
    flatten(statements, &[], false, &mut found);
    found
}

/// Blocks that say when something runs, not what it is of.
const TRANSPARENT: &[&str] = &[
    "afterEvaluate",
    "also",
    "apply",
    "beforeEvaluate",
    "configureEach",
    "if",
    "it",
    "projectsEvaluated",
    "run",
    "tasks",
    "this",
    "with",
    "project",
];
const CHOOSES: &[&str] = &[
    "named",
    "getByName",
    "register",
    "registering",
    "getting",
    "existing",
    "create",
    "creating",
    "maybeCreate",
    "withType",
];
const LOOPS: &[&str] = &["forEach", "each", "findAll", "filter", "matching"];

fn flatten(statements: Vec<Statement>, above: &[String], guarded: bool, found: &mut Vec<Event>) {
    for statement in statements {
        flatten_one(statement, above, guarded, found);
    }
}

fn flatten_one(statement: Statement, above: &[String], guarded: bool, found: &mut Vec<Event>) {
    let Statement { line, links, value, declares, guarded: own } = statement;
    let mut guarded = guarded || own;
    // `task fat(type: Jar) { }` names the task by what looks like an argument.
    let links = match links.as_slice() {
        [task] if task.name == "task" => match task.first().and_then(Expr::links) {
            Some(inner) => with_block(inner.to_vec(), task.block.clone()),
            None => links,
        },
        _ => links,
    };
    let mut path = above.to_vec();
    let mut kept: Vec<Link> = Vec::new();
    let mut unpacks = false;
    let last = links.len().saturating_sub(1);
    for (index, mut link) in links.into_iter().enumerate() {
        let block = link.block.take();
        if LOOPS.contains(&link.name.as_str()) {
            guarded |=
                !matches!(kept.last().map(|link| link.name.as_str()), Some("subprojects" | "allprojects"));
        } else {
            guarded |= step(&link, index, index == last && block.is_none(), &mut path);
        }
        if let Some(Block { statements, unpacks: inside }) = block {
            unpacks |= inside;
            flatten(statements, &path, guarded, found);
        }
        kept.push(link);
    }
    let value = match (value, kept.last()) {
        (None, Some(link)) if sets(link, &path, above) => setter(link, &mut path),
        (Some(Expr::Chain(chain)), _) if declares => delegated(chain, &path, guarded, found),
        (value, _) => value,
    };
    found.push(Event { path, links: kept, value, line, declares, guarded, unpacks });
}

fn with_block(mut links: Vec<Link>, block: Option<Block>) -> Vec<Link> {
    if let (Some(link), Some(block)) = (links.last_mut(), block) {
        link.block = Some(block);
    }
    links
}

/// Adds what a link names to the path; whether it names only some of what the path then says.
fn step(link: &Link, index: usize, leaf: bool, path: &mut Vec<String>) -> bool {
    let name = link.name.as_str();
    match name {
        "configure" if index == 0 && !leaf && !link.args.is_empty() => {
            let (scope, all) = configured(link);
            path.push(scope);
            return !all;
        }
        "project" if link.args.is_empty() && !leaf => {}
        "project" if link.literal().is_some() => {
            path.push(format!("project({})", link.literal().unwrap_or_default()));
        }
        "withPlugin" | "withId" => drop(path.pop()),
        "withType" if path.last().is_some_and(|last| last == "plugins") => drop(path.pop()),
        "configure" | "getByType" | "the" if !link.types.is_empty() => {
            if path.last().is_some_and(|last| last == "extensions") {
                path.pop();
            }
            path.extend(link.types.first().map(|one| extension(one)));
        }
        "configure" if index > 0 && link.args.is_empty() => {}
        name if CHOOSES.contains(&name) && (index > 0 || !path.is_empty() || !link.types.is_empty()) => {
            path.extend(chosen(link));
        }
        // A leaf of such a name is something else: `with jar`, `apply plugin: 'java'`.
        name if TRANSPARENT.contains(&name) && (!leaf || name == "tasks") => {}
        name => path.push(name.to_owned()),
    }
    false
}

/// The projects that `configure(...)` is about, and whether it is about all of these.
fn configured(link: &Link) -> (String, bool) {
    match link.first().and_then(Expr::links) {
        Some([one]) if matches!(one.name.as_str(), "subprojects" | "allprojects") => (one.name.clone(), true),
        Some([one]) if one.name == "project" && one.literal().is_some() && link.args.len() == 1 => {
            (format!("project({})", one.literal().unwrap_or_default()), true)
        }
        _ => ("subprojects".to_owned(), false),
    }
}

/// The extension that a type configures.
fn extension(name: &str) -> String {
    let name = name.trim_end_matches("Extension").trim_end_matches("Convention").trim_end_matches("Plugin");
    match name {
        "JavaApplication" => "application".to_owned(),
        "KotlinJvmProject" | "KotlinJvm" | "KotlinProject" => "kotlin".to_owned(),
        name => lower(name),
    }
}

/// The task that is chosen by name, or by its type.
fn chosen(link: &Link) -> Option<String> {
    let by_type = || link.types.last().cloned().or_else(|| link.first()?.type_name().map(str::to_owned));
    link.literal().map(str::to_owned).or_else(|| by_type().map(|name| lower(&name)))
}

fn lower(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// Whether a link is `set(...)` on what the path names, or `set("name", ...)` in `ext`.
fn sets(link: &Link, path: &[String], above: &[String]) -> bool {
    let setter = matches!(link.name.as_str(), "set" | "convention" | "value" | "assign");
    setter && !link.args.is_empty() && (path.len() > above.len() + 1 || link.args.len() == 2)
}

fn setter(link: &Link, path: &mut Vec<String>) -> Option<Expr> {
    path.pop();
    if let [Arg { value: name, .. }, Arg { value, .. }] = link.args.as_slice() {
        path.extend(name.literal().map(str::to_owned));
        return Some(value.clone());
    }
    link.first().cloned()
}

/// The value behind `by`: what `extra(...)` holds; the block of a task configures the task.
fn delegated(chain: Vec<Link>, path: &[String], guarded: bool, found: &mut Vec<Event>) -> Option<Expr> {
    if let [link] = chain.as_slice()
        && link.name == "extra"
    {
        return link.first().cloned();
    }
    let is_task = chain.first().is_some_and(|link| link.name == "tasks");
    if !is_task {
        return Some(Expr::Chain(chain));
    }
    let mut kept = Vec::new();
    for mut link in chain {
        if let Some(block) = link.block.take() {
            flatten(block.statements, path, guarded, found);
        }
        kept.push(link);
    }
    Some(Expr::Chain(kept))
}
