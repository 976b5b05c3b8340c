//! Quarkus: its folder, or one of the jars that it can make instead.

use anyhow::Result;

use super::framework;
use super::known::is_below;
use super::making::{Made, Making, NAME, TARGET, Way};
use super::name;
use crate::catalog::Release;
use crate::manifest::properties::{self, Settings};
use crate::manifest::xml::Said;
use crate::repo::join;
use crate::stack::java::module::{File, Output, Shape};
use crate::verdict::Stop;

const PLUGIN: &str = "quarkus-maven-plugin";

/// From which release on the folder is the default.
const FOLDER_FROM: &str = "1.12";

/// What Quarkus' own build makes.
pub(super) fn read(making: &Making) -> Way {
    let effective = making.effective;
    let plugin = effective.plugin(PLUGIN).filter(|plugin| is_below(&plugin.group, "io.quarkus"));
    let Some(plugin) = plugin else { return Ok(None) };
    let settings = Configured { making, file: file(making)? };
    let row = framework::named(making, "quarkus");
    let version = row.and_then(|row| framework::version(making, row));
    let (shape, output) = match settings.kind(version.as_ref().map(|(version, _)| version))? {
        Kind::Folder => {
            let below = settings.get("quarkus.package.output-directory");
            let below = below.map_or("quarkus-app".to_owned(), |said| said.value);
            let folder = name::folder(effective, &format!("{TARGET}/{below}"))?;
            (Shape::QuarkusFolder, Output { folder, file: File::Folder })
        }
        Kind::Jar => (Shape::Jar, settings.runner()?),
        Kind::JarAndFolder => (Shape::JarAndFolder("lib".to_owned()), settings.runner()?),
    };
    let made = Made { framework: Some("quarkus"), shape, output };
    let mut application = making.application(made, &plugin.place, PLUGIN);
    if plugin.of_goal("build").next().is_none() && effective.packaging().value != "quarkus" {
        application.tasks.push("quarkus:build".to_owned());
    }
    Ok(Some(application))
}

enum Kind {
    Folder,
    Jar,
    JarAndFolder,
}

/// The settings of a build: properties of the pom before those of the application.
struct Configured<'a> {
    making: &'a Making<'a>,
    file: Option<(String, Settings)>,
}

fn file(making: &Making) -> Result<Option<(String, Settings)>> {
    for (name, read) in [
        ("application.properties", properties::properties as fn(&str) -> Settings),
        ("application.yaml", properties::yaml),
        ("application.yml", properties::yaml),
    ] {
        let file = join(&making.effective.model.folder, &format!("src/main/resources/{name}"));
        if let Some(text) = making.repo.source(&file)? {
            return Ok(Some((file, read(&text))));
        }
    }
    Ok(None)
}

impl Configured<'_> {
    fn get(&self, name: &str) -> Option<Said> {
        let of_file = || {
            let (file, settings) = self.file.as_ref()?;
            let names = [format!("%prod.{name}"), name.to_owned()];
            let (value, line) = names.iter().find_map(|name| settings.get(name))?;
            Some(Said { value: value.clone(), file: file.as_str().into(), line: *line })
        };
        self.making.effective.property(name).or_else(of_file)
    }

    fn is(&self, name: &str, value: &str) -> Option<Said> {
        self.get(name).filter(|said| said.value == value)
    }

    fn kind(&self, version: Option<&Release>) -> Result<Kind, Stop> {
        let said = self.get("quarkus.package.jar.type").or_else(|| self.get("quarkus.package.type"));
        let native = said.clone().filter(|said| said.value.starts_with("native"));
        if let Some(native) = native.or_else(|| self.is("quarkus.native.enabled", "true")) {
            let reason = format!("{}:{} has Quarkus make a native program", native.file, native.line);
            return Err(Stop::refuse(reason).help(
                "only its jars are built here: move the setting into a profile, which leaves the jar the default",
            ));
        }
        let older = version.is_some_and(|version| Some(version) < FOLDER_FROM.parse().ok().as_ref());
        Ok(match said.as_ref().map_or("", |said| said.value.as_str()) {
            "uber-jar" => Kind::Jar,
            "legacy-jar" | "legacy" => Kind::JarAndFolder,
            "fast-jar" | "mutable-jar" => Kind::Folder,
            _ if self.is("quarkus.package.uber-jar", "true").is_some() => Kind::Jar,
            _ if older => Kind::JarAndFolder,
            _ => Kind::Folder,
        })
    }

    /// The jar that is not called what the build calls its own.
    fn runner(&self) -> Result<Output, Stop> {
        let suffix = ["quarkus.package.jar.runner-suffix", "quarkus.package.runner-suffix"];
        let suffix = suffix.iter().find_map(|name| self.get(name));
        let suffix = suffix.map_or("-runner".to_owned(), |said| said.value);
        let without = ["quarkus.package.jar.add-runner-suffix", "quarkus.package.add-runner-suffix"];
        let without = without.iter().any(|name| self.is(name, "false").is_some());
        let stem = self.get("quarkus.package.output-name").map_or(NAME.to_owned(), |said| said.value);
        let tail = if without { ".jar".to_owned() } else { format!("{suffix}.jar") };
        name::output(self.making.effective, TARGET, &stem, &tail)
    }
}
