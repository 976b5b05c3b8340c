//! Files and folders of a package that a built program may read when it runs.

use std::collections::BTreeSet;

use anyhow::Result;

use super::ship::{Shipping, place};
use super::sources;
use crate::ignore::glob;
use crate::plan::Copy;
use crate::repo::{Kind, join};
use crate::stack::javascript::{is_plain, refuse_odd};
use crate::verdict::Halt;

impl Shipping<'_> {
    /// The first names, below the package, of all files that a file of configuration loads; folders
    /// with a slash at the end.
    pub(super) fn loaded(&self, file: &str) -> Result<BTreeSet<String>> {
        let read = sources::read(self.repo, self.natives, self.folder(), file)?;
        let inner = |path: &String| {
            let path = path.strip_prefix(self.folder())?.trim_start_matches('/');
            Some(match path.split_once('/') {
                Some((folder, _)) => format!("{folder}/"),
                None => path.to_owned(),
            })
        };
        Ok(read.files.iter().filter_map(inner).collect())
    }

    /// Files and folders of the package that a built program may read: only those that sources name
    /// where a framework takes all others in.
    ///
    /// # Errors
    /// A stop when one has a name that no line of a Dockerfile can hold.
    pub(super) fn beside(
        &self,
        outputs: &[String],
        files: &mut BTreeSet<String>,
        copies: &mut Vec<Copy>,
        only_named: bool,
    ) -> Result<(), Halt> {
        let named = sources::named(self.repo, self.folder())?;
        let read = |name: &str| named.contains(name);
        let mut folders = Vec::new();
        for entry in self.repo.entries(self.folder())?.iter() {
            let name = entry.name.as_str();
            let path = join(self.folder(), name);
            let is_mine = outputs.iter().any(|output| output == name) || self.repo.git_ignores(&path)?;
            let is_member =
                self.install.workspace.members.iter().chain(&self.install.workspace.others).any(|member| {
                    !member.folder.is_empty()
                        && (member.folder == path || member.folder.starts_with(&format!("{path}/")))
                });
            if is_mine || is_member || (name.starts_with('.') && !read(name)) {
                continue;
            }
            if !read(name) && (only_named || !is_plain(name)) {
                continue;
            }
            match entry.kind {
                Kind::Folder if self.is_read_folder(name, &path, read(name))? => {
                    folders.push(name.to_owned())
                }
                Kind::File if self.is_read_file(name, read(name)) => drop(files.insert(name.to_owned())),
                _ => {}
            }
        }
        refuse_odd(files.iter().chain(&folders).map(String::as_str))?;
        let from: Vec<String> = files.iter().map(|file| self.at(file)).collect();
        let to = format!("{}/", place(self.folder()));
        copies.push(Copy { from, ..Copy::new("", to) });
        copies.extend(folders.iter().map(|folder| self.copy(folder)));
        Ok(())
    }

    /// Whether a program that is built may read a folder: one with anything but sources.
    fn is_read_folder(&self, name: &str, path: &str, is_named: bool) -> Result<bool> {
        let is_source = self.sources.files.iter().any(|file| file.starts_with(&format!("{path}/")));
        let is_never = self.knowledge.ship.never_folders.iter().any(|never| never == name);
        if is_named || is_never || (is_source && !self.sources.found) {
            return Ok(is_named);
        }
        let files = self.repo.files(path, 200)?;
        let code = |file: &String| {
            let name = file.rsplit('/').next().unwrap_or(file);
            let ends = |ending: &String| name.ends_with(ending.as_str());
            self.knowledge.ship.sources.iter().any(ends) || name.starts_with('.')
        };
        Ok(!files.iter().all(code))
    }

    fn is_read_file(&self, name: &str, is_named: bool) -> bool {
        let ship = &self.knowledge.ship;
        let is_program = ship.programs.iter().any(|ending| name.ends_with(ending.as_str()));
        let is_never = ship.never_files.iter().any(|pattern| glob(pattern, name));
        is_named || (is_program && !is_never)
    }
}
