//! The image that runs: a distroless Java, or a runtime made of the build's own JDK.

use anyhow::Result;

use super::command::TOOLCHAIN;
use super::jdk::Jdks;
use super::layout::Layout;
use super::plan::Planning;
use super::{JAVA, Jre, Training};
use crate::catalog::{self, Release, RuntimeImage};
use crate::options::RuntimeChoice;
use crate::plan::Copy;
use crate::verdict::{Halt, Stop};

/// The image that runs, and what Java it has.
pub(super) struct Chosen {
    pub image: RuntimeImage,
    pub why: String,
    /// The program `java`.
    pub java: String,
    /// Options that it is always given.
    pub options: Vec<String>,
    /// How the runtime is made, where the image has none.
    pub jre: Option<Jre>,
    pub copies: Vec<Copy>,
    /// What changes with every edit of the program.
    pub last: Option<Copy>,
}

/// Where a runtime of the program's own is, in both stages.
const OWN: &str = "/opt/jre";

impl Planning<'_> {
    /// The image that runs.
    ///
    /// # Errors
    /// A stop when the flag names an image without Java.
    pub(super) fn runtime(&self, jdks: &Jdks, layout: &Layout) -> Result<Chosen, Halt> {
        let version = jdks.runtime.version;
        match self.options.runtime {
            Some(RuntimeChoice::Jlink) => return self.own(jdks, layout),
            None if self.options.aot_cache => return self.own(jdks, layout),
            Some(choice) => {
                return Err(Stop::refuse(format!("`{choice}` has no Java, without which nothing here starts"))
                    .help("leave --runtime out: the runtime follows from the Java version; `--runtime jlink` makes one of the program's own")
                    .into());
            }
            None => {}
        }
        let id = jdks.runtime.runtime.as_deref().unwrap_or_default();
        Ok(Chosen {
            image: catalog::runtime(id)?,
            why: match layout.arguments.first() {
                Some(first) if first == "-jar" => {
                    format!("a Java {version} runtime and nothing else; its entrypoint is `java -jar`")
                }
                _ => format!("a Java {version} runtime and nothing else"),
            },
            java: JAVA.to_owned(),
            options: Vec::new(),
            jre: None,
            copies: Vec::new(),
            last: None,
        })
    }

    /// A runtime of the program's own, on an image with the libraries that Java needs.
    fn own(&self, jdks: &Jdks, layout: &Layout) -> Result<Chosen, Halt> {
        let version = jdks.runtime.version;
        let jlink = &self.knowledge.jlink;
        let training = self.training(version, layout)?;
        let modules = if version >= jlink.from { jlink.modules.join(",") } else { String::new() };
        let copies =
            vec![Copy::new(format!("{OWN}/"), format!("{OWN}/")).because(format!("Java {version} itself"))];
        let last = training.as_ref().map(|stored| {
            Copy::new(stored.out.clone(), stored.to.clone())
                .because("Classes as Java has them in memory; it starts without them where they do not fit")
        });
        let options = training.iter().map(|stored| stored.option.clone()).collect();
        let training = training.map(|stored| stored.training);
        let second = jdks.toolchain.as_ref().filter(|jdk| jdk.version == version);
        let home = second.filter(|_| jdks.build.version != version).map(|_| TOOLCHAIN.to_owned());
        Ok(Chosen {
            image: catalog::runtime("java-base")?,
            why: format!("the libraries that Java needs; the Java {version} runtime is the program's own"),
            java: format!("{OWN}/bin/java"),
            options,
            jre: Some(Jre { modules, home, to: OWN.to_owned(), training }),
            copies,
            last,
        })
    }

    /// How the program's classes are stored, where `--aot-cache` asks for it.
    ///
    /// # Errors
    /// A stop for a program that cannot be loaded without serving.
    fn training(&self, java: u64, layout: &Layout) -> Result<Option<Stored>, Stop> {
        if !self.options.aot_cache {
            return Ok(None);
        }
        let jlink = &self.knowledge.jlink;
        let is_boot = self.application.framework.as_deref() == Some("spring-boot");
        let version =
            self.application.version.as_ref().filter(|version| is_boot && version.first(2) >= jlink.trained);
        let [flag, jar] = layout.arguments.as_slice() else { return Err(untrained(&jlink.trained)) };
        if version.is_none() || flag != "-jar" || layout.layers.is_empty() {
            return Err(untrained(&jlink.trained));
        }
        let is_aot = java >= jlink.aot;
        let (name, store, load) = match is_aot {
            true => ("app.aot", "-XX:AOTCacheOutput", "-XX:AOTCache"),
            false => ("app.jsa", "-XX:ArchiveClassesAtExit", "-XX:SharedArchiveFile"),
        };
        let (out, to) = (format!("/out/{name}"), format!("/app/{name}"));
        Ok(Some(Stored {
            option: format!("{load}={to}"),
            training: Training {
                base: !is_aot,
                layers: layout.layers.clone(),
                options: vec![format!("{store}={out}"), "-Dspring.context.exit=onRefresh".to_owned()],
                jar: jar.clone(),
            },
            out,
            to,
        }))
    }
}

/// What a training run leaves, and how it is used.
struct Stored {
    training: Training,
    /// In the build stage.
    out: String,
    /// In the image.
    to: String,
    /// The option of Java that names it.
    option: String,
}

fn untrained(from: &Release) -> Stop {
    Stop::refuse(format!(
        "--aot-cache needs a program that can be loaded without serving: the layers of Spring Boot {from} or newer"
    ))
    .help("leave it out; `--runtime jlink` alone makes a runtime of the program's own")
}
