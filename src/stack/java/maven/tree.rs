//! The poms of a repository: modules from the root down, and each one's parents.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::Result;

use super::config::Config;
use super::known::Known;
use super::model::{Model, Parent};
use super::profile;
use crate::manifest::invalid;
use crate::manifest::xml::{Element, Said};
use crate::repo::{Kind, Repo, join, normal};
use crate::verdict::Stop;

/// A repository of more modules than this is not read.
const MOST_MODULES: usize = 3000;

/// A chain of parents longer than this is none that a person wrote.
const MOST_PARENTS: usize = 40;

/// The poms that were read so far, and what is wrong with them as a whole.
pub(super) struct Tree<'a> {
    pub repo: &'a Repo,
    pub config: Config,
    pub known: &'a Known,
    raw: RefCell<BTreeMap<String, Rc<Model>>>,
    whole: RefCell<BTreeMap<String, Rc<Model>>>,
    /// Files of modules, in the order in which they are named.
    pub modules: Vec<String>,
    /// Modules by group and artifact.
    names: BTreeMap<(String, String), String>,
    /// Why Maven would not even begin.
    pub stops: RefCell<Vec<Stop>>,
    pub warnings: RefCell<BTreeSet<String>>,
}

impl<'a> Tree<'a> {
    /// Reads pom.xml and all modules below it.
    ///
    /// # Errors
    /// When a pom cannot be read or parsed.
    pub(super) fn read(repo: &'a Repo, config: Config, known: &'a Known) -> Result<Tree<'a>> {
        let mut tree = Tree {
            repo,
            config,
            known,
            raw: RefCell::default(),
            whole: RefCell::default(),
            modules: Vec::new(),
            names: BTreeMap::new(),
            stops: RefCell::default(),
            warnings: RefCell::default(),
        };
        let root = "pom.xml".to_owned();
        let mut seen = BTreeSet::from([root.clone()]);
        let mut open = vec![root];
        while let Some(file) = open.pop() {
            let Some(model) = tree.raw(&file)? else { continue };
            tree.modules.push(file);
            tree.name(&model);
            if tree.modules.len() >= MOST_MODULES {
                tree.stop(Stop::refuse(format!("the build has more than {MOST_MODULES} modules")));
                break;
            }
            let mut own = model.as_ref().clone();
            profile::apply(repo, &tree.config, &model.folder, &mut own)?;
            for said in own.part.modules.iter().rev() {
                let Some(file) = tree.module(&model, said)? else { continue };
                if seen.insert(file.clone()) {
                    open.push(file);
                }
            }
        }
        Ok(tree)
    }

    fn stop(&self, stop: Stop) {
        self.stops.borrow_mut().push(stop);
    }

    fn warn(&self, warning: String) {
        self.warnings.borrow_mut().insert(warning);
    }

    /// The pom as written; `None` when it is not there.
    pub(super) fn raw(&self, file: &str) -> Result<Option<Rc<Model>>> {
        if let Some(known) = self.raw.borrow().get(file) {
            return Ok(Some(known.clone()));
        }
        let Some(text) = self.repo.text(file)? else { return Ok(None) };
        let project = Element::parse(file, &text)?;
        if project.name != "project" {
            return Err(invalid(file, &text, 0, "the root element is not `project`").into());
        }
        let model = Model::read(file, &project);
        if model.artifact.value.is_empty() {
            return Err(invalid(file, &text, 0, "no `artifactId`").into());
        }
        let model = Rc::new(model);
        self.raw.borrow_mut().insert(file.to_owned(), model.clone());
        Ok(Some(model))
    }

    fn name(&mut self, model: &Model) {
        let name = (model.group().unwrap_or_default().to_owned(), model.artifact.value.clone());
        match self.names.get(&name) {
            Some(other) => {
                let reason = format!("{} and {other} are both `{}:{}`", model.file, name.0, name.1);
                self.stop(Stop::refuse(reason).help("Maven refuses two modules of one name: rename one"));
            }
            None => drop(self.names.insert(name, model.file.clone())),
        }
    }

    /// The file of a module: in a folder, or the file itself.
    fn module(&self, model: &Model, said: &Said) -> Result<Option<String>> {
        let place = format!("{}:{}", said.file, said.line);
        if said.value.contains("${") {
            self.stop(
                Stop::refuse(format!("{place} names a module by a property: `{}`", said.value))
                    .help("name its folder"),
            );
            return Ok(None);
        }
        let path = normal(&join(&model.folder, &said.value.replace('\\', "/")));
        if let Some(file) = path.as_deref().map(|path| self.file(path)).transpose()?.flatten() {
            return Ok(Some(file));
        }
        let reason = format!("{place} names the module `{}`, which is not in the repository", said.value);
        self.stop(Stop::refuse(reason).help(
            "Maven does not begin without it: add it (a git submodule may not be checked out), or take the line out",
        ));
        Ok(None)
    }

    /// The pom that a path names, which may be its folder.
    fn file(&self, path: &str) -> Result<Option<String>> {
        Ok(match self.repo.kind(path)? {
            Some(Kind::File) => Some(path.to_owned()),
            Some(Kind::Folder) => {
                Some(join(path, "pom.xml")).filter(|file| self.repo.has(file).unwrap_or(false))
            }
            _ => None,
        })
    }

    /// The module of this name.
    pub(super) fn named(&self, group: &str, artifact: &str) -> Result<Option<Rc<Model>>> {
        match self.names.get(&(group.to_owned(), artifact.to_owned())) {
            Some(file) => self.raw(file),
            None => Ok(None),
        }
    }

    /// The pom with all that it inherits from the parents in the tree, and the parent outside of
    /// it, where there is one.
    pub(super) fn whole(&self, model: &Rc<Model>) -> Result<Rc<Model>> {
        let mut chain = vec![model.clone()];
        let (mut above, mut asks_files) = (None, false);
        while let Some(last) = chain.last() {
            if let Some(known) = self.whole.borrow().get(&last.file) {
                above = Some(known.clone());
                chain.pop();
                break;
            }
            let Some(parent) = self.parent(last)? else { break };
            if chain.len() >= MOST_PARENTS || chain.iter().any(|one| one.file == parent.file) {
                let (file, last) = (&model.file, &parent.file);
                self.stop(
                    Stop::refuse(format!("the parents of {file} form a cycle: {last} comes again"))
                        .help("Maven refuses it, too"),
                );
                break;
            }
            chain.push(parent);
        }
        while let Some(next) = chain.pop() {
            let mut next = next.as_ref().clone();
            asks_files |= next.asks_files();
            profile::apply(self.repo, &self.config, &model.folder, &mut next)?;
            match &above {
                Some(above) => next.inherit(above),
                None => next.outer = next.parent.clone(),
            }
            let next = Rc::new(next);
            if !asks_files {
                self.whole.borrow_mut().insert(next.file.clone(), next.clone());
            }
            above = Some(next);
        }
        Ok(above.unwrap_or_else(|| model.clone()))
    }

    /// The parent, where it is in the tree: at its path, or a module of its name.
    fn parent(&self, model: &Model) -> Result<Option<Rc<Model>>> {
        let Some(parent) = &model.parent else { return Ok(None) };
        let said = parent.path.as_ref().map(|said| said.value.as_str());
        let path = said.unwrap_or("../pom.xml");
        let file = match normal(&join(&model.folder, path)).filter(|_| !path.is_empty()) {
            Some(path) => self.file(&path)?,
            None => None,
        };
        if let Some(found) = file.as_deref().map(|file| self.raw(file)).transpose()?.flatten()
            && self.is_meant(parent, &found)
        {
            return Ok(Some(found));
        }
        if let Some(found) = self.named(&parent.group, &parent.artifact)?
            && found.file != model.file
            && self.is_meant(parent, &found)
        {
            return Ok(Some(found));
        }
        if file.is_none() && said.is_some_and(|path| !path.is_empty()) {
            self.missing(parent, path);
        }
        Ok(None)
    }

    /// Whether the pom has the name and version that a child asks for.
    fn is_meant(&self, parent: &Parent, found: &Model) -> bool {
        if found.group() != Some(&parent.group) || found.artifact.value != parent.artifact {
            return false;
        }
        let own = found.version.as_ref().or(found.parent.as_ref().and_then(|above| above.version.as_ref()));
        let (Some(asked), Some(own)) = (&parent.version, own) else { return true };
        let plain = |said: &Said| !said.value.contains(['$', '[', '(']);
        let fits = asked.value == own.value || !plain(asked) || !plain(own);
        if !fits {
            self.warn(format!(
                "{}:{} asks for its parent in version {}, but {} is {}: Maven looks for it elsewhere",
                asked.file, asked.line, asked.value, found.file, own.value
            ));
        }
        fits
    }

    fn missing(&self, parent: &Parent, path: &str) {
        let place = format!("{}:{}", parent.place.file, parent.place.line);
        let name = format!("{}:{}", parent.group, parent.artifact);
        if self.known.is_public(&parent.group) {
            return;
        }
        let reason = format!("{place} names the parent `{name}` at `{path}`, which is not in the repository");
        self.stop(Stop::refuse(reason).help(
            "run distrogen in the folder that holds the parent, too; where it is published, write `<relativePath/>`",
        ));
    }
}
