//! The plan of a site: built by Node.js, served without it.

use super::plan::{Planning, ignore};
use super::ship::place;
use super::site::{Serving, Site, hidden, serve};
use super::{Build, Config, version};
use crate::catalog;
use crate::options::RuntimeChoice;
use crate::plan::{Copy, Runtime};
use crate::service::{Kind, Service};
use crate::stack::javascript::install::Step;
use crate::stack::javascript::refuse_odd;
use crate::verdict::{Halt, Planned, Stop};

/// The port of a server that no one asks for another.
const PORT: u16 = 8080;

/// Where the build stage leaves the configuration of the server.
const CONFIG: &str = "/etc/static-web-server.toml";

impl Planning<'_> {
    /// Plans a site; `said` is the port that its start script serves it on.
    pub(super) fn site(&self, site: Site, said: Option<u16>, service: &mut Service) -> Result<Planned, Halt> {
        if let Some(choice) = self.options.runtime.filter(|choice| *choice != RuntimeChoice::Static) {
            return Err(Stop::refuse(format!(
                "a site is served by a static program, which needs no `{choice}`"
            ))
            .help("leave --runtime out")
            .into());
        }
        let mut install = self.installed(service)?;
        let (image, why) = version::choose(self.repo, self.candidate, &self.facts.knowledge, service)?;
        let script = Some(site.script.as_str()).filter(|name| !name.is_empty());
        let steps: Vec<Step> = script.into_iter().map(Step::script).collect();
        install.steps.runs = self.request().runs(&install, &steps);
        refuse_odd([site.output.as_str()].into_iter())?;
        let (reference, why, packages) = self.build_image(image, why, &mut install, &steps)?;
        let port = self.options.port.or(said.filter(|port| *port >= 1024)).unwrap_or(PORT);
        let serving = serve(&site, port, &self.facts.sites.server);
        let runtime = catalog::runtime("static")?;
        service.evidence.extend(site.evidence.iter().cloned());
        service.evidence.extend(site.variables.iter().map(|(_, evidence)| evidence.clone()));
        service.warnings.extend(site.warnings.iter().cloned());
        service.kind = Some(Kind::Static);
        service.framework = Some(site.name.clone());
        service.port = Some(port);
        service.build_image = Some(reference.clone());
        service.runtime_image = Some(runtime.reference.clone());
        service.start = serving.entrypoint.clone();
        let build = Build {
            image: reference,
            why,
            packages,
            variables: site.variables.iter().map(|(name, _)| name.clone()).collect(),
            config: Some(Config { file: CONFIG.to_owned(), lines: serving.config.clone() }),
            steps: install.steps,
            back: String::new(),
            compiled: String::new(),
            production: Vec::new(),
        };
        Ok(Planned {
            runtime: Runtime {
                image: runtime.reference,
                why: format!("a program that serves files; {}", pages(&site)),
                packages: Vec::new(),
                copies: copies(&site, &serving),
                workdir: serving.files.trim_end_matches('/').to_owned(),
                volumes: Vec::new(),
                env: serving.env,
                expose: vec![port],
                entrypoint: serving.entrypoint,
                cmd: Vec::new(),
                start_why: Vec::new(),
                health: Vec::new(),
            },
            build: crate::stack::Build::Node(build),
            ignore: ignore(&[site.output]),
            needs: [install.needs, hidden::imported(self.repo, &self.candidate.folder)?].concat(),
            wants: Vec::new(),
        })
    }
}

fn pages(site: &Site) -> &'static str {
    if site.single_page {
        "what is no file is answered with the page"
    } else {
        "what is no file is not found"
    }
}

fn copies(site: &Site, serving: &Serving) -> Vec<Copy> {
    vec![
        Copy::new(&serving.from, serving.program).out_of(&serving.image),
        Copy::new(CONFIG, serving.config_file).because(
            "Names of built files that change with their contents are kept for good, others are asked for",
        ),
        Copy::new(format!("{}/", place(&site.output)), &serving.files),
    ]
}
