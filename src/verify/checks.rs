//! What must be true of an image, each with what was seen.

use std::collections::BTreeMap;

use crate::catalog::{Contents, Distroless, EngineMade};
use crate::image::{Image, Kind, Layer, Tree, steps};

use super::exercise::{Exercise, Outcome, STOP};
use super::report::Check;
use super::settings::Settings;
use super::stages::Stages;

/// What the checks look at.
pub(super) struct Subject<'a> {
    pub image: &'a Image,
    pub tree: &'a Tree<'a>,
    pub stages: &'a Stages,
    pub settings: &'a Settings,
    /// User and group of the configuration, in numbers where they are known.
    pub owner: Option<(u32, u32)>,
    /// The layers of the build stage; nothing where they are not known.
    pub build: Option<BuildLayers>,
    /// Whether the last stage stands on a runtime image of the catalogue.
    pub trusted_base: bool,
    /// Whether the Dockerfile is the one that is planned for the repository.
    pub planned: bool,
}

/// The layers of the build stage, lowest first.
pub(super) struct BuildLayers {
    pub(super) all: Vec<String>,
    /// How many of them are its base image's.
    pub(super) base: usize,
}

impl BuildLayers {
    /// How many layers of the build stage's own the layers of an image stand on. Layers elsewhere in
    /// the image may be the same because the same files were copied.
    fn below(&self, layers: &[Layer]) -> usize {
        let same = self.all.iter().zip(layers).take_while(|(id, layer)| **id == layer.id).count();
        same.saturating_sub(self.base)
    }
}

/// As many names are told of a list.
const TOLD: usize = 4;

impl Subject<'_> {
    /// What can be seen of the image alone.
    pub(super) fn of_image(&self, contents: &Contents) -> Vec<Check> {
        let mut checks = vec![self.configuration(), self.inheritance()];
        checks.push(self.tools(contents));
        checks.push(self.secrets());
        checks.extend(self.readable());
        checks.extend(self.budget());
        checks
    }

    /// What can be seen of a container.
    pub(super) fn of_run(&self, exercise: Exercise, outcome: &Outcome, engine: &EngineMade) -> Vec<Check> {
        let mut checks = vec![Check::new("starts", outcome.good, &outcome.says), self.user(outcome)];
        checks.extend(stops(exercise, outcome));
        checks.push(writes(outcome, engine));
        checks
    }

    fn user(&self, outcome: &Outcome) -> Check {
        let configured = &self.image.config.user;
        let set =
            if configured.is_empty() { "no user is set".to_owned() } else { format!("user {configured}") };
        match (outcome.owner, self.owner) {
            (Some((uid, gid)), _) => {
                Check::new("user", uid != 0, format!("{set}; the process is {uid}:{gid}"))
            }
            (None, Some((uid, gid))) => Check::new("user", uid != 0, format!("{set}, which is {uid}:{gid}")),
            (None, None) => {
                Check::new("user", false, format!("{set}, whom the image's /etc/passwd does not list"))
            }
        }
    }

    /// Whether the image starts as its Dockerfile says.
    fn configuration(&self) -> Check {
        let config = &self.image.config;
        let json = |words: &[String]| serde_json::to_string(words).unwrap_or_default();
        let mut wrong = Vec::new();
        for (keyword, wanted) in self.stages.sets() {
            let bare = |path: &str| path.trim_end_matches('/').to_owned();
            let (wanted, is) = match keyword {
                "USER" => (wanted, config.user.clone()),
                "WORKDIR" => (bare(&wanted), bare(&config.working_dir)),
                "CMD" => (exec(&wanted), json(&config.cmd)),
                _ => (exec(&wanted), json(&config.entrypoint)),
            };
            if wanted != is {
                wrong.push(format!("{keyword} is {is}, not {wanted}"));
            }
        }
        let author = if self.planned { "as planned" } else { "as the Dockerfile says" };
        match wrong.is_empty() {
            true => {
                Check::new("configuration", true, format!("{author}: starts {}", json(&config.command())))
            }
            false => Check::new("configuration", false, wrong.join("; ")),
        }
    }

    fn inheritance(&self) -> Check {
        const NAME: &str = "stages";
        let runtime = self.stages.runtime();
        if let Some(stage) = self.stages.inherits() {
            let says = format!("the last stage stands on the stage `{stage}` and all that was run in it");
            return Check::new(NAME, false, says);
        }
        let shared = self.build.as_ref().map_or(0, |build| build.below(&self.image.layers));
        match (shared, self.stages.build(), self.build.is_none()) {
            (0, Some(_), false) => {
                Check::new(NAME, true, format!("stands on {runtime}; no layer of the build stage is in it"))
            }
            (0, Some(_), true) => {
                Check::new(NAME, true, format!("stands on {runtime}, not on the stage that it copies from"))
            }
            (0, None, _) => Check::note(NAME, format!("stands on {runtime}; it copies from no other stage")),
            (count, ..) => {
                Check::new(NAME, false, format!("{count} of its layers are those of the build stage"))
            }
        }
    }

    fn tools(&self, contents: &Contents) -> Check {
        const NAME: &str = "contents";
        let own = self.own_layers();
        // What a runtime image of the catalogue brings is known, and part of the choice.
        let counts = |layer: usize| !self.trusted_base || own.get(layer) == Some(&true);
        let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut brought = Vec::new();
        for one in self.tree.files().filter(|one| one.file.kind != Kind::Folder) {
            let Some(tools) = contents.tools.iter().find(|tools| tools.names(&one.file.path)) else {
                continue;
            };
            let path = format!("/{}", one.file.path);
            match counts(one.layer) {
                true => found.entry(&tools.title).or_default().push(path),
                false => brought.push(path),
            }
        }
        let told: Vec<String> =
            found.iter().map(|(title, paths)| format!("{title}: {}", list(paths))).collect();
        match (told.is_empty(), brought.is_empty()) {
            (true, true) => Check::new(NAME, true, "no shell, no package manager, no build tool"),
            (true, false) => Check::note(NAME, format!("the runtime image itself brings {}", list(&brought))),
            (false, _) => Check::new(NAME, false, told.join("; ")),
        }
    }

    /// Which layers the last stage's own instructions made.
    fn own_layers(&self) -> Vec<bool> {
        steps(self.image, self.stages.last()).iter().map(|step| step.line.is_some()).collect()
    }

    fn secrets(&self) -> Check {
        let mut found = Vec::new();
        // A secret that a higher layer deletes is in the image all the same.
        for file in self.image.layers.iter().flat_map(|layer| layer.files.iter()) {
            if let Kind::File { secret: Some(title), .. } = &file.kind {
                found.push(format!("/{} ({title})", file.path));
            }
        }
        match found.is_empty() {
            true => Check::new("secrets", true, "no file looks like a secret"),
            false => Check::new("secrets", false, list(&found)),
        }
    }

    /// Whether the user can read what the Dockerfile's own instructions brought.
    fn readable(&self) -> Option<Check> {
        let owner = self.owner?;
        let own = self.own_layers();
        let (mut count, mut closed) = (0, Vec::new());
        for found in self.tree.files().filter(|found| own.get(found.layer) == Some(&true)) {
            if !matches!(found.file.kind, Kind::File { .. }) {
                continue;
            }
            count += 1;
            if !self.tree.readable(&format!("/{}", found.file.path), owner) {
                closed.push(format!("/{}", found.file.path));
            }
        }
        let user = format!("{}:{}", owner.0, owner.1);
        Some(match closed.is_empty() {
            true => {
                Check::new("readable", true, format!("{user} can read all {count} files that were copied"))
            }
            false => Check::new("readable", false, format!("{user} cannot read {}", list(&closed))),
        })
    }

    fn budget(&self) -> Option<Check> {
        let limit = self.settings.max_mb?;
        // Sizes of images are far below the 2^52 bytes that a float counts exactly.
        let megabytes = self.image.unpacked() as f64 / 1e6;
        Some(Check::new("size", megabytes <= limit, format!("{megabytes:.2} MB of {limit} MB")))
    }
}

/// Names of images that distroless does not publish, or that move under whoever uses them.
pub(super) fn names(stages: &Stages, published: &Distroless) -> Option<Check> {
    let fault = |image: &String| {
        let (fault, right) = published.fault(image)?;
        Some(format!("{image} {fault}; write {right}"))
    };
    let faults: Vec<String> = stages.images().iter().filter_map(fault).collect();
    (!faults.is_empty()).then(|| Check::note("image names", faults.join("; ")))
}

fn stops(exercise: Exercise, outcome: &Outcome) -> Option<Check> {
    let (seconds, code) = outcome.stop?;
    if exercise == Exercise::Program {
        return None;
    }
    let killed = code.is_none_or(|code| code == 137) || seconds > STOP.as_secs_f64();
    Some(match (killed, code) {
        (true, _) => Check::new("stops", false, "it does not end when it is asked to: it had to be killed"),
        (false, code) => Check::new(
            "stops",
            true,
            format!("it ends {seconds:.2} s after it is asked to, with {}", code.unwrap_or(0)),
        ),
    })
}

/// What it tried to write: told by its words when it could not, by its files when it could.
fn writes(outcome: &Outcome, engine: &EngineMade) -> Check {
    const NAME: &str = "read-only";
    let complaint = outcome.log.lines().find(|line| engine.refusals.iter().any(|word| line.contains(word)));
    if let Some(line) = complaint {
        return Check::new(NAME, outcome.good, format!("it was refused a write: {}", line.trim()));
    }
    let own = |path: &&String| !engine.paths.contains(path) && !path.starts_with("/tmp/");
    let written: Vec<String> = outcome.writes.iter().flatten().filter(own).cloned().collect();
    match written.is_empty() {
        true if outcome.good && outcome.writes.is_none() => {
            Check::new(NAME, true, "it works without; this engine does not tell what it would write")
        }
        true if outcome.good => Check::new(NAME, true, "nothing was written outside /tmp"),
        true => Check::note(NAME, "not seen, because it did not run as it should"),
        false => Check::note(NAME, format!("it works without, but writes when it can: {}", list(&written))),
    }
}

/// An instruction's words as an image keeps them.
fn exec(arguments: &str) -> String {
    match serde_json::from_str::<Vec<String>>(arguments) {
        Ok(words) => serde_json::to_string(&words).unwrap_or_default(),
        Err(_) => serde_json::to_string(&["/bin/sh", "-c", arguments]).unwrap_or_default(),
    }
}

/// The first of many names.
fn list(names: &[String]) -> String {
    let told = names.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(ids: &[&str]) -> Vec<Layer> {
        let layer = |id: &&str| Layer {
            id: (*id).to_owned(),
            compressed: 0,
            unpacked: 1,
            passwd: None,
            files: Vec::new().into(),
        };
        ids.iter().map(layer).collect()
    }

    #[test]
    fn an_image_stands_on_the_build_stage_only_from_below() {
        let build = BuildLayers { all: ["base", "one", "two"].map(str::to_owned).to_vec(), base: 1 };
        assert_eq!(build.below(&layers(&["base", "one", "two", "mine"])), 2);
        assert_eq!(build.below(&layers(&["base", "mine"])), 0);
        assert_eq!(build.below(&layers(&["other", "one"])), 0);
    }

    #[test]
    fn shell_forms_are_what_engines_make_of_them() {
        assert_eq!(exec(r#"["/a", "b"]"#), r#"["/a","b"]"#);
        assert_eq!(exec("a b"), r#"["/bin/sh","-c","a b"]"#);
    }

    fn outcome(log: &str, writes: Option<Vec<String>>) -> Outcome {
        Outcome { good: true, log: log.to_owned(), writes, ..Outcome::default() }
    }

    #[test]
    fn what_the_engine_puts_into_a_container_was_not_written_by_the_program() {
        use super::super::report::Grade;
        let engine = crate::catalog::contents().unwrap().engine;
        let paths = |paths: &[&str]| Some(paths.iter().map(|path| (*path).to_owned()).collect());
        let quiet = writes(
            &outcome("", paths(&["/run", "/run/.containerenv", "/etc", "/etc/passwd", "/tmp/x"])),
            &engine,
        );
        assert_eq!(quiet.grade, Grade::Pass);
        let busy = writes(&outcome("", paths(&["/app", "/app/data.db"])), &engine);
        assert_eq!((busy.grade, busy.evidence.contains("/app/data.db")), (Grade::Note, true));
        let refused = writes(&outcome("open /x: read-only file system", None), &engine);
        assert_eq!((refused.grade, refused.evidence.contains("refused a write")), (Grade::Pass, true));
    }
}
