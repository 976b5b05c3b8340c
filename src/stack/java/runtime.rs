//! The image that runs: a distroless Java, or a runtime made of the build's own JDK.

use anyhow::Result;

use super::jdk::Jdks;
use super::layout::Layout;
use super::plan::Planning;
use super::{JAVA, Jre};
use crate::catalog::{self, RuntimeImage};
use crate::options::RuntimeChoice;
use crate::plan::Copy;
use crate::verdict::{Halt, Stop};

/// The image that runs, and what Java it has.
pub(super) struct Chosen {
    pub image: RuntimeImage,
    pub why: String,
    /// The program `java`.
    pub java: String,
    /// How the runtime is made, where the image has none.
    pub jre: Option<Jre>,
    pub copies: Vec<Copy>,
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
            why: format!("a Java {version} runtime and nothing else; its entrypoint is `java -jar`"),
            java: JAVA.to_owned(),
            jre: None,
            copies: Vec::new(),
        })
    }

    /// A runtime of the program's own, on an image with the libraries that Java needs.
    fn own(&self, jdks: &Jdks, layout: &Layout) -> Result<Chosen, Halt> {
        let version = jdks.runtime.version;
        let jre = Jre { release: version, jars: layout.jars.clone(), to: OWN.to_owned() };
        Ok(Chosen {
            image: catalog::runtime("java-base")?,
            why: format!("the libraries that Java needs; the Java {version} runtime is the program's own"),
            java: format!("{OWN}/bin/java"),
            jre: Some(jre),
            copies: vec![Copy::new(format!("{OWN}/"), format!("{OWN}/")).because("Java itself: the modules that the program needs")],
        })
    }
}
