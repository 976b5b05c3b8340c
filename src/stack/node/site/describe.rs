//! Everything that is to be known of a site, once its output is.

use anyhow::Result;

use super::base::{self, Base};
use super::pages::{self, Pages};
use super::settings::Settings;
use super::{Found, Search, Server, Site, angular};
use crate::catalog::SiteTool;
use crate::evidence::Evidence;
use crate::repo::{Kind, join};
use crate::stack::javascript::refuse_odd;
use crate::stack::javascript::script::Command;
use crate::stack::node::variables;
use crate::verdict::Halt;

impl Search<'_> {
    /// The site of a project of Angular or Nx.
    pub(super) fn project(&self, script: &str, made: angular::Made) -> Result<Found, Halt> {
        let files = match made {
            angular::Made::Nothing => return Ok(Found::Nothing),
            angular::Made::Several(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                return Err(self.several("names none of several applications", &names, script).into());
            }
            angular::Made::Server { file, evidence } => {
                return Ok(Found::Server(Server { name: "angular".to_owned(), file, port: 4000, evidence }));
            }
            angular::Made::Site(files) => files,
        };
        let Some(row) = self.sites.site.iter().find(|row| row.tool == files.tool) else {
            return Ok(Found::Nothing);
        };
        let base = match &files.base {
            Some(base) => base::named(base, files.evidence.clone())?,
            None => base::named("/", files.evidence.clone())?,
        };
        let pages = pages::read(row, &Settings::default(), &self.hosts);
        let pages = if pages.is_single { Pages { page: files.page.to_owned(), ..pages } } else { pages };
        let Some(output) = self.candidate.output(&files.output, false) else {
            return Err(self.outside(script, &files.output).into());
        };
        let mut site = self.site(script, row, output.path, base, pages)?;
        site.evidence.push(files.evidence);
        site.hashed.retain(|_| files.is_hashed);
        Ok(Found::Site(Box::new(site)))
    }

    /// A site of a tool that is not known, by what a host publishes of it.
    pub(super) fn published(&self, builds: &[(String, Vec<Command>)]) -> Result<Found, Halt> {
        let (Some((output, evidence)), Some((script, _))) = (&self.hosts.publish, builds.first()) else {
            return Ok(Found::Nothing);
        };
        let single = self.hosts.single.as_ref().filter(|(is_single, _)| *is_single);
        let page = if single.is_some() { "index.html" } else { "404.html" };
        let mut site = Site {
            name: "static".to_owned(),
            script: script.clone(),
            output: output.clone(),
            single_page: single.is_some(),
            page: page.to_owned(),
            base: "/".to_owned(),
            hashed: Vec::new(),
            has_well_known: self.has_well_known()?,
            is_compressed: false,
            is_settled: false,
            variables: self.variables()?,
            evidence: vec![evidence.clone()],
            warnings: Vec::new(),
        };
        site.evidence.extend(single.map(|(_, evidence)| evidence.clone()));
        refuse_odd([output.as_str()].into_iter())?;
        Ok(Found::Site(Box::new(site)))
    }

    /// The site of a known tool.
    pub(super) fn site(
        &self,
        script: &str,
        row: &SiteTool,
        output: String,
        base: Base,
        pages: Pages,
    ) -> Result<Site, Halt> {
        refuse_odd([output.as_str(), pages.page.as_str()].into_iter())?;
        let keys = ["scripts", script];
        let package = &self.candidate.package;
        let mut evidence =
            vec![Evidence::at("site", &self.candidate.file, package.line(&keys), package.says(&keys))];
        evidence.extend(base.evidence);
        evidence.extend(pages.evidence);
        let is_there = |name: &String| package.dependency(name).is_some();
        Ok(Site {
            name: row.tool.clone(),
            script: script.to_owned(),
            output,
            single_page: pages.is_single,
            page: pages.page,
            base: base.path,
            hashed: self.hashed(row)?,
            has_well_known: self.has_well_known()?,
            is_compressed: self.sites.server.compressors.iter().any(is_there),
            is_settled: row.settled,
            variables: self.variables()?,
            evidence,
            warnings: base.warning.into_iter().collect(),
        })
    }

    /// Folders of hashed names, less those that files are copied into as they are.
    fn hashed(&self, row: &SiteTool) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for pattern in &row.hashed {
            let mut is_mixed = false;
            for copied in row.copied.iter().filter(|_| pattern.ends_with('/')) {
                let path = format!("{copied}{}", pattern.trim_end_matches('/'));
                is_mixed |= self.repo.kind(&join(&self.candidate.folder, &path))?.is_some();
            }
            found.extend((!is_mixed).then(|| pattern.clone()));
        }
        Ok(found)
    }

    fn has_well_known(&self) -> Result<bool> {
        for copied in ["public", "static", "src"] {
            let path = join(&self.candidate.folder, &format!("{copied}/.well-known"));
            if self.repo.kind(&path)? == Some(Kind::Folder) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn variables(&self) -> Result<Vec<(String, Evidence)>> {
        variables::find(self.repo, &self.candidate.folder, &self.candidate.package, self.sites)
    }
}
