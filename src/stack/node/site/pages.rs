//! Whether one page answers every path of a site, or each has its own.

use super::hosts::Hosts;
use super::settings::Settings;
use super::value::Value;
use crate::catalog::{SitePages, SiteTool};
use crate::evidence::Evidence;

/// Which page answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pages {
    pub is_single: bool,
    /// The page for every path, else the one for what is not there.
    pub page: String,
    pub evidence: Option<Evidence>,
}

const INDEX: &str = "index.html";
const MISSING: &str = "404.html";

/// What hosts are told decides, then the configuration, then what the tool is for.
pub(super) fn read(row: &SiteTool, settings: &Settings, hosts: &Hosts) -> Pages {
    let page_of_single =
        || match row.prerendered.as_ref().filter(|(key, _)| settings.says(key, "true").is_some()) {
            Some((_, page)) => page.clone(),
            None => row.page_of_single.clone().unwrap_or_else(|| INDEX.to_owned()),
        };
    let single = |evidence| Pages { is_single: true, page: page_of_single(), evidence };
    let many = |evidence| Pages {
        is_single: false,
        page: row.page_of_many.clone().unwrap_or_else(|| MISSING.to_owned()),
        evidence,
    };
    let fallback = row.fallback.as_ref().map(|key| settings.value(key));
    if let Some((Value::Text(page), evidence)) = fallback {
        return Pages { is_single: true, page, evidence };
    }
    if let Some((is_single, evidence)) = &hosts.single {
        let evidence = Some(evidence.clone());
        return if *is_single { single(evidence) } else { many(evidence) };
    }
    let set =
        |pair: &Option<(String, String)>| pair.as_ref().and_then(|(key, value)| settings.says(key, value));
    if let Some(evidence) = set(&row.single) {
        return single(Some(evidence));
    }
    if let Some(evidence) = set(&row.several) {
        return many(Some(evidence));
    }
    let listed = row.inputs.iter().find_map(|key| settings.inputs(key));
    let listed = listed.filter(|inputs| inputs.pages > 1 || (inputs.pages == 0 && inputs.keys > 1));
    match (row.pages, listed) {
        (_, Some(inputs)) => many(Some(inputs.evidence)),
        (SitePages::Single, None) => single(None),
        (SitePages::Many, None) => many(None),
    }
}
