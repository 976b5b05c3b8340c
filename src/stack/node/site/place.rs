//! Where a build leaves the files of a site.

use anyhow::Result;

use super::settings::Settings;
use super::value::Value;
use super::{Build, Search};
use crate::catalog::{NodeTool, SiteTool};
use crate::evidence::Evidence;
use crate::repo::join;
use crate::stack::javascript::Output;
use crate::stack::javascript::script::{self, Command};
use crate::verdict::{Halt, Stop};

/// Where a build leaves its files, and what configures it.
pub(super) struct Place {
    pub output: String,
    pub settings: Settings,
}

impl Search<'_> {
    /// Where a build leaves its files; `None` where it leaves none that are known.
    pub(super) fn place(&self, build: &Build) -> Result<Option<Place>, Halt> {
        let Build { command, tool, row, .. } = build;
        let folder = self.candidate.folder.as_str();
        let mut files = self.candidate.configs_of(self.repo, command, tool, self.knowledge)?;
        files.extend(row.reads.iter().map(|file| join(folder, file)));
        let content = row.content.as_ref().map(|content| join(&content_of(command), content));
        if let Some(content) = &content {
            let names = ["config", "config/index"].iter();
            files.extend(names.flat_map(|name| {
                ["js", "mjs", "cjs", "ts", "mts"]
                    .map(|ending| join(folder, &format!("{content}/{name}.{ending}")))
            }));
        }
        let settings = Settings::read(self.repo, &files)?;
        let by_word = command.iter().find_map(|word| row.by_word.get(word)).cloned();
        let by_content = content.map(|content| match settings.value("outDir") {
            (Value::Text(path), _) => path,
            _ => format!("{}/dist", content.trim_start_matches('/')),
        });
        let mut outputs = self.candidate.by_options(command, self.knowledge);
        let named = script::options(command, &self.knowledge.front.folder_options);
        if let Some(folder) = named.last().filter(|_| outputs.is_empty()) {
            return Err(self.outside(build.script, folder).into());
        }
        if let Some(path) = by_word.or(by_content).filter(|_| outputs.is_empty()) {
            outputs.extend(self.candidate.output(&path, false));
        }
        if outputs.is_empty() {
            let made = self.candidate.made(self.repo, &files, tool)?;
            outputs = made.outputs;
            if let Some(evidence) = made.unread {
                outputs = self.computed(tool, &settings).into_iter().collect();
                if outputs.is_empty() {
                    return self.unread(settings, &evidence).map(Some);
                }
            }
        }
        outputs.retain(|output| !output.is_file);
        outputs.sort();
        outputs.dedup();
        match outputs.as_slice() {
            [] => Ok(None),
            [output] => Ok(Some(Place { output: output.path.clone(), settings })),
            several => {
                let names = several.iter().map(|output| output.path.as_str()).collect::<Vec<_>>();
                Err(self.several("leaves several folders", &names, build.script).into())
            }
        }
    }

    /// The output that a configuration puts together out of what is known in a build.
    fn computed(&self, tool: &NodeTool, settings: &Settings) -> Option<Output> {
        tool.keys.iter().find_map(|key| match settings.value(key).0 {
            Value::Text(path) => self.candidate.output(path.trim_start_matches("./"), false),
            _ => None,
        })
    }

    /// The folder that a host publishes, where the configuration does not name one.
    fn unread(&self, settings: Settings, evidence: &Evidence) -> Result<Place, Halt> {
        if let Some((output, _)) = &self.hosts.publish {
            return Ok(Place { output: output.clone(), settings });
        }
        let reason = format!(
            "{} names the folder of the build as only a run could tell, or one that is not below the repository",
            evidence.place()
        );
        Err(Stop::refuse(reason).help("write it as a plain path of a folder of its own").into())
    }

    /// A folder that is not one of the repository, or that holds the package itself.
    pub(super) fn outside(&self, script: &str, folder: &str) -> Stop {
        let package = &self.candidate.package;
        let place = format!("{}:{}", self.candidate.file, package.line(&["scripts", script]));
        Stop::refuse(format!(
            "{place} builds into `{folder}`, which is not a folder of its own in the repository"
        ))
        .help("name a folder below the package")
    }

    pub(super) fn several(&self, what: &str, names: &[&str], script: &str) -> Stop {
        let keys = ["scripts", script];
        let place = format!("{}:{}", self.candidate.file, self.candidate.package.line(&keys));
        Stop::choose(format!("{place} {what}: {}", names.join(", ")), Vec::new())
            .help(format!("have the script `{script}` build one of them"))
    }

    /// Whether the page is there that a site needs: by its name, or as one of several.
    pub(super) fn has_page(&self, row: &SiteTool, settings: &Settings) -> Result<bool> {
        let Some(page) = &row.page else { return Ok(true) };
        let folder = &self.candidate.folder;
        let listed = row.inputs.iter().find_map(|key| settings.inputs(key));
        if let Some(inputs) = listed.filter(|inputs| inputs.pages + inputs.keys > 0) {
            // Scripts alone are for pages that a server writes.
            return Ok(inputs.pages > 0);
        }
        let is_elsewhere = settings.value("root").0 != Value::Absent;
        Ok(self.repo.has(&join(folder, page))?
            || (is_elsewhere && !self.repo.sources(folder, &[page])?.is_empty()))
    }
}

/// The folder with the pages, as a command names it: the word behind `build`.
fn content_of(command: &Command) -> String {
    let behind = command.iter().skip_while(|word| *word != "build").nth(1);
    let folder = behind.filter(|word| !word.starts_with('-')).map(String::as_str).unwrap_or_default();
    folder.trim_start_matches("./").trim_matches('/').to_owned()
}
