//! What a module on the class path needs: where its libraries are copied to, and Java's options.

use super::class_path::{JAR, of_jar};
use super::effective::Effective;
use super::name;
use crate::manifest::xml::Said;
use crate::stack::java::module::OnPath;
use crate::verdict::Stop;

const COPIER: &str = "maven-dependency-plugin";

/// What the plugin is configured with, whoever calls it, is stronger than the command line.
pub(super) fn read(effective: &Effective) -> OnPath {
    let (libraries, refused) = match libraries(effective) {
        Ok(libraries) => (libraries, None),
        Err(stop) => (String::new(), Some(stop)),
    };
    let options = preview(effective).into_iter().chain(manifest(effective)).collect();
    OnPath { libraries, refused, options }
}

fn libraries(effective: &Effective) -> Result<String, Stop> {
    const FILTERS: &[&str] = &[
        "classifier",
        "excludeArtifactIds",
        "excludeClassifiers",
        "excludeGroupIds",
        "excludeScope",
        "excludeTransitive",
        "excludeTypes",
        "includeArtifactIds",
        "includeClassifiers",
        "includeGroupIds",
        "includeScope",
        "includeTypes",
        "prependGroupId",
        "skip",
        "type",
        "useRepositoryLayout",
        "useSubDirectoryPerArtifact",
        "useSubDirectoryPerScope",
        "useSubDirectoryPerType",
    ];
    let usual = "${project.build.directory}/dependency";
    let Some(plugin) = effective.plugin(COPIER) else { return name::folder(effective, usual) };
    let set = |name: &str| effective.configured(plugin, None, &[name]);
    let is_usual = |name: &str, said: &Said| match name {
        "includeScope" => said.value == "runtime",
        "prependGroupId" => said.value == "true",
        _ => said.value == "false",
    };
    let found =
        FILTERS.iter().find_map(|name| Some((name, set(name)?)).filter(|(name, said)| !is_usual(name, said)));
    if let Some((name, said)) = found {
        let reason = format!(
            "{}:{} configures `{COPIER}` with `<{name}>` for all that calls it, so it would not copy every library",
            said.file, said.line
        );
        return Err(Stop::refuse(reason).help("nearest: move it into the `<execution>` that it is meant for"));
    }
    match set("outputDirectory") {
        Some(said) => name::folder(effective, &said.value),
        None => name::folder(effective, usual),
    }
}

/// Classes that are compiled with what a release previews run on no other way.
pub(super) fn preview(effective: &Effective) -> Option<String> {
    super::release::preview(effective).map(|_| super::release::PREVIEW.to_owned())
}

/// Entries of the manifest that Java reads of `-jar` alone, as options.
fn manifest(effective: &Effective) -> Vec<String> {
    const ENTRIES: &[(&str, &str)] = &[("Add-Opens", "--add-opens"), ("Add-Exports", "--add-exports")];
    let Some(plugin) = effective.plugin(JAR) else { return Vec::new() };
    let set = |name: &str| of_jar(effective, plugin, &["archive", "manifestEntries", name]);
    let fits = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "._/$-".contains(c));
    let mut found = Vec::new();
    for (entry, option) in ENTRIES {
        let said = set(entry).map_or(String::new(), |said| said.value);
        let packages = said.split_whitespace().filter(|word| fits(word));
        found.extend(packages.map(|package| format!("{option}={package}=ALL-UNNAMED")));
    }
    let native = set("Enable-Native-Access").filter(|said| said.value == "ALL-UNNAMED");
    found.extend(native.map(|_| "--enable-native-access=ALL-UNNAMED".to_owned()));
    found
}
