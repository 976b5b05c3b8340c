//! Where crates come from, and what the build needs to fetch them.

use super::config::Config;
use super::graph::Graph;
use crate::evidence::Evidence;
use crate::plan::Secret;
use crate::verdict::Stop;

/// What fetching takes.
#[derive(Default)]
pub(super) struct Fetch {
    pub secrets: Vec<Secret>,
    /// Why the keys of whoever builds are lent to it.
    pub ssh: Option<String>,
    /// Debian packages.
    pub packages: Vec<String>,
}

/// Finds out what fetching the crates takes.
///
/// # Errors
/// A stop when it cannot be done in a build.
pub(super) fn fetch(graph: &Graph, config: &Config) -> Result<Fetch, Stop> {
    let mut fetch = Fetch::default();
    refuse_unknown_registries(graph, config)?;
    for (name, source) in graph.sources() {
        if let Some(index) = other_registry(source) {
            let declared = config.registry_of(index);
            let place = declared.as_ref().map_or("Cargo.lock".to_owned(), Evidence::place);
            let why = format!("{place} takes `{name}` from a registry of its own");
            if fetch.secrets.is_empty() {
                fetch.secrets.push(credentials(why));
            }
        }
        if let Some(url) = source.strip_prefix("git+") {
            fetch.git("Cargo.lock", name, url, config)?;
        }
    }
    if !graph.is_locked() {
        fetch.unlocked(graph, config)?;
    }
    fetch.packages.dedup();
    Ok(fetch)
}

impl Fetch {
    /// What the manifests themselves say, where no lock file does.
    fn unlocked(&mut self, graph: &Graph, config: &Config) -> Result<(), Stop> {
        for package in &graph.packages {
            for (key, dependency) in package.dependencies().chain(package.build_dependencies()) {
                let Some(detail) = dependency.detail() else { continue };
                let file = package.file();
                if detail.registry.as_deref().is_some_and(|name| name != "crates-io")
                    && self.secrets.is_empty()
                {
                    self.secrets
                        .push(credentials(format!("{file} takes `{key}` from a registry of its own")));
                }
                if let Some(url) = &detail.git {
                    self.git(&file, key, url, config)?;
                }
            }
        }
        Ok(())
    }

    /// What one repository takes.
    fn git(&mut self, file: &str, name: &str, url: &str, config: &Config) -> Result<(), Stop> {
        if config.fetches_with_git() {
            self.packages.push("git".to_owned());
        }
        let Some(host) = ssh_host(url) else { return Ok(()) };
        if config.fetches_with_git() {
            let reason = format!(
                "{file} takes `{name}` over ssh, and `net.git-fetch-with-cli` has git ask for the host's key"
            );
            return Err(Stop::refuse(reason).help(
                "take `net.git-fetch-with-cli` out: Cargo itself uses the agent that the build is lent",
            ));
        }
        if host != "github.com" && !config.knows_hosts() {
            let reason = format!("{file} takes `{name}` from {host} over ssh, whose key no build knows");
            return Err(Stop::refuse(reason).help(
                "list the key in `.cargo/config.toml` as `net.ssh.known-hosts`, or name the repository by https",
            ));
        }
        self.ssh.get_or_insert_with(|| format!("{file} takes `{name}` from {host} over ssh"));
        Ok(())
    }
}

/// Refuses a registry whose index only some machine's own configuration knows.
fn refuse_unknown_registries(graph: &Graph, config: &Config) -> Result<(), Stop> {
    for package in &graph.packages {
        for (key, dependency) in package.dependencies().chain(package.build_dependencies()) {
            let Some(name) = dependency.detail().and_then(|detail| detail.registry.as_deref()) else {
                continue;
            };
            if name != "crates-io" && !config.has_registry(name) {
                let reason = format!(
                    "{} takes `{key}` from the registry `{name}`, which no .cargo/config.toml here declares",
                    package.file()
                );
                return Err(Stop::refuse(reason).help(format!(
                    "commit `.cargo/config.toml` with `[registries.{name}]` and its `index`; keep the token out of it"
                )));
            }
        }
    }
    Ok(())
}

fn credentials(why: String) -> Secret {
    Secret {
        id: "cargo-credentials".to_owned(),
        target: "/usr/local/cargo/credentials.toml".to_owned(),
        source: "~/.cargo/credentials.toml".to_owned(),
        why,
    }
}

/// The index of a registry that is not crates.io.
fn other_registry(source: &str) -> Option<&str> {
    let index = source.strip_prefix("registry+").or_else(|| source.strip_prefix("sparse+"))?;
    let public = ["https://github.com/rust-lang/crates.io-index", "https://index.crates.io"];
    (!public.iter().any(|own| index.trim_end_matches('/') == *own)).then(|| index.trim_end_matches('/'))
}

/// The host of a git repository that is reached by ssh.
fn ssh_host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("ssh://")?;
    let authority = rest.split('/').next()?;
    let host = authority.rsplit('@').next()?;
    Some(host.split(':').next().unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_what_they_are() {
        assert_eq!(other_registry("registry+https://github.com/rust-lang/crates.io-index"), None);
        assert_eq!(other_registry("sparse+https://index.crates.io/"), None);
        assert_eq!(
            other_registry("sparse+https://crates.acme.io/index/"),
            Some("https://crates.acme.io/index")
        );
        assert_eq!(other_registry("git+https://x"), None);
        assert_eq!(ssh_host("ssh://git@github.com/a/b.git#123"), Some("github.com"));
        assert_eq!(ssh_host("ssh://git@git.acme.io:2222/a/b?branch=main"), Some("git.acme.io"));
        assert_eq!(ssh_host("https://github.com/a/b"), None);
    }
}
