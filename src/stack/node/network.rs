//! Where a program listens, and the framework that it listens with.

use super::plan::Planning;
use super::script::Start;
use super::sources::Sources;
use crate::catalog::Framework;
use crate::manifest::package::Package;
use crate::service::Service;
use crate::source::listen::Listening;
use crate::stack::common;

impl Planning<'_> {
    pub(super) fn network(
        &self,
        start: &Start,
        listening: &Listening,
        service: &mut Service,
    ) -> common::Network {
        let mut listening = listening.clone();
        said_port(start, &mut listening);
        let framework = framework_of(&self.facts.knowledge.framework, self.package(), service);
        let network = common::network(service, self.options, &listening, framework.as_ref());
        service.framework = framework.as_ref().map(|framework| framework.name.clone());
        service.kind = Some(common::kind(network.port, framework.as_ref()));
        service.port = network.port;
        common::warn_of_unknown_port(service);
        network
    }
}

fn framework_of(known: &[Framework], package: &Package, service: &mut Service) -> Option<Framework> {
    for kind in ["dependencies", "devDependencies"] {
        let found = known.iter().find(|framework| package.depends(kind, &framework.package));
        if let Some(framework) = found {
            service.evidence.push(package.evidence("framework", &[kind, framework.package.as_str()]));
            return Some(framework.clone());
        }
    }
    None
}

/// The port that the start itself sets: `PORT=5000 node a.js`, `next start -p 4000`.
fn said_port(start: &Start, listening: &mut Listening) {
    let variable = listening.variable.as_ref().map_or("PORT", |(name, _)| name.as_str());
    let by_variable = start.env.iter().find(|env| env.name == variable).map(|env| env.value.as_str());
    let mut words = start.argv.iter();
    let mut by_flag = None;
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some(("--port", value)) => by_flag = Some(value),
            _ if matches!(word.as_str(), "-p" | "--port") => by_flag = words.next().map(String::as_str),
            _ => {}
        }
    }
    if let Some(port) = by_flag.or(by_variable).and_then(|value| value.parse().ok()) {
        listening.set(port, start.evidence.clone());
    }
}

pub(super) fn warn(service: &mut Service, sources: &Sources) {
    if !sources.files.is_empty() && service.port.is_some() && !sources.handles_sigterm {
        service.warnings.push(
            "nothing handles SIGTERM: as process 1 Node.js ignores it; handle it, or run the container with `--init`"
                .to_owned(),
        );
    }
}
