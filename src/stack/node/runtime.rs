//! The image that runs: distroless, unless a package needs what none of them holds.

use super::native::{Native, Need};
use super::plan::Planning;
use super::ship::BASE;
use super::sources::Sources;
use crate::catalog::{self, NodeImage, RuntimeImage};
use crate::options::RuntimeChoice;
use crate::plan::{Copy, Env};
use crate::service::Service;
use crate::stack::javascript::install::Install;
use crate::verdict::{Halt, Stop};

/// The program of Node.js in its official images.
const NODE: &str = "/usr/local/bin/node";

/// The image that runs, and what it is given.
pub(super) struct Chosen {
    pub image: String,
    pub why: String,
    pub packages: Vec<String>,
    pub copies: Vec<Copy>,
    pub env: Vec<Env>,
    pub entrypoint: Vec<String>,
    /// Whether the image itself sets that entrypoint.
    pub is_set: bool,
    /// Whether libraries of compiled modules are copied from the build.
    pub collects: bool,
}

/// Where the build collects libraries.
const LIBRARIES: &str = "/out/lib/";

impl Planning<'_> {
    /// The image that runs: distroless, unless a package needs what none of them holds.
    pub(super) fn runtime(
        &self,
        image: &NodeImage,
        native: &Native,
        sources: &Sources,
        service: &mut Service,
    ) -> Result<Chosen, Halt> {
        if let Some(stop) = &native.uninstallable {
            return Err(stop.clone().into());
        }
        service.warnings.extend(native.warnings.iter().cloned());
        match (self.options.runtime, &native.slim) {
            (None, Some(need)) => Err(need.refusal().into()),
            (None, None) => {
                service.warnings.extend(sources.started.warnings(false));
                let found = catalog::runtime(&image.runtime)?;
                Ok(Chosen {
                    image: found.reference,
                    why: format!("Node.js {} and nothing else: neither npm nor a shell", image.major),
                    packages: Vec::new(),
                    copies: Vec::new(),
                    env: Vec::new(),
                    entrypoint: found.entrypoint,
                    is_set: true,
                    collects: native.libraries.is_some() || native.unknown,
                })
            }
            (Some(RuntimeChoice::Cc), Some(need)) => Err(need.refusal().into()),
            (Some(RuntimeChoice::Cc), None) => {
                service.warnings.extend(sources.started.warnings(true));
                let collects = native.libraries.is_some() || native.unknown;
                Ok(Chosen { collects, ..Chosen::own(image, &catalog::runtime("cc")?) })
            }
            (Some(RuntimeChoice::Slim), need) => {
                Ok(self.slim(image, need.as_ref().or(native.libraries.as_ref()), native, sources))
            }
            (Some(choice), _) => {
                Err(Stop::refuse(format!("`{choice}` has no Node.js, without which nothing here starts"))
                    .help("leave --runtime out: the runtime follows from the Node.js version; `--runtime cc` copies one that has ended onto an image without")
                    .into())
            }
        }
    }

    /// Debian with Node.js, and with the packages that the program needs.
    fn slim(&self, image: &NodeImage, need: Option<&Need>, native: &Native, sources: &Sources) -> Chosen {
        let mut packages = sources.started.apt(&self.facts.natives);
        packages.extend(native.libraries.iter().flat_map(|need| need.apt.iter().flatten().cloned()));
        let mut env = vec![Env::new("HOME", "/tmp")];
        if let Some(need) = need {
            packages.extend(need.apt.iter().flatten().cloned());
            env.extend(need.env.iter().map(|(name, value)| Env::new(name, value)));
        }
        packages.sort();
        packages.dedup();
        let why = need.map_or_else(|| "--runtime asks for it".to_owned(), |need| need.text.clone());
        Chosen {
            image: image.reference.clone(),
            why: format!("Debian with Node.js {}: {why}", image.major),
            packages,
            copies: Vec::new(),
            env,
            entrypoint: vec![NODE.to_owned()],
            is_set: false,
            collects: false,
        }
    }
}

impl Chosen {
    /// The folder whose compiled modules are looked through for libraries, which are copied from
    /// then on; empty where none are.
    pub(super) fn compiled(&mut self, install: &Install) -> String {
        if !self.collects || install.steps.install.is_empty() {
            return String::new();
        }
        self.copies.push(
            Copy::new(LIBRARIES, "/usr/lib/").because("Libraries that compiled modules are linked with"),
        );
        BASE.to_owned()
    }

    /// Node.js as the build image has it, on the libraries that it needs.
    fn own(image: &NodeImage, libraries: &RuntimeImage) -> Chosen {
        let said = if image.has_ended() { "which has ended" } else { "as the build has it" };
        Chosen {
            image: libraries.reference.clone(),
            why: "the libraries of C and C++ for a Node.js that is copied: neither npm nor a shell"
                .to_owned(),
            packages: Vec::new(),
            copies: vec![Copy::new(NODE, NODE).because(format!("Node.js {}, {said}", image.major))],
            env: Vec::new(),
            entrypoint: vec![NODE.to_owned()],
            is_set: false,
            collects: false,
        }
    }
}
