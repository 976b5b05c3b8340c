//! The Java release that a module asks for.

use super::effective::{Effective, evidence};
use super::known::{Known, is_below};
use crate::evidence::Evidence;
use crate::manifest::xml::Said;
use crate::stack::java::module::Asked;

const WHAT: &str = "Java version";

/// The release that the strongest of all that ask wants.
pub(super) fn asked(effective: &Effective) -> Option<Asked> {
    let compiler = |name: &str| {
        let plugin = effective.plugin("maven-compiler-plugin")?;
        let own = plugin.executions.iter().find(|execution| execution.id == "default-compile");
        Some(("maven-compiler-plugin".to_owned(), effective.configured(plugin, own, &[name])?))
    };
    let property = |names: &[&str]| effective.first(names).map(|(name, said)| (format!("<{name}>"), said));
    let is_spring = |group: &str| is_below(group, "org.springframework");
    let spring = effective.model.outer.as_ref().is_some_and(|parent| is_spring(&parent.group));
    let of_spring = || property(&["java.version"]).filter(|_| spring);
    let kotlin = || {
        let plugin = effective.plugin("kotlin-maven-plugin")?;
        let set = plugin.configurations().find_map(|configuration| configuration.says("jvmTarget"))?;
        Some(("kotlin-maven-plugin".to_owned(), effective.said(set)?))
    };
    let ways: [&dyn Fn() -> Option<(String, Said)>; 9] = [
        &|| compiler("release"),
        &|| property(&["maven.compiler.release"]),
        &of_spring,
        &|| compiler("target"),
        &|| compiler("source"),
        &|| property(&["maven.compiler.target", "maven.compiler.source"]),
        &kotlin,
        &|| property(&["kotlin.compiler.jvmTarget"]),
        // Names that parents outside of the tree give to the compiler.
        &|| property(&["release.version", "jdk.version", "java.version"]),
    ];
    let by_release = || ways.iter().find_map(|way| of_said(way()?, false));
    let mut asked = toolchain(effective).or_else(by_release)?;
    asked.exact |= preview(effective).is_some();
    Some(asked)
}

/// What may ask for a release that cannot be known: a line that is not resolved, or a parent that is not read.
pub(super) fn unknown(known: &Known, effective: &Effective) -> Option<Evidence> {
    const PROPERTIES: &[&str] =
        &["maven.compiler.release", "maven.compiler.target", "maven.compiler.source", "java.version"];
    let plugin = effective.plugin("maven-compiler-plugin");
    let by_plugin = plugin.and_then(|plugin| {
        let own = plugin.execution("default-compile");
        ["release", "target", "source"].iter().find_map(|name| effective.configured(plugin, own, &[name]))
    });
    let properties = &effective.model.part.properties;
    let by_property = || PROPERTIES.iter().find_map(|name| properties.get(*name).cloned());
    let open = by_plugin.or_else(by_property).filter(|said| said.value.contains("${"));
    if let Some(said) = open {
        return Some(evidence(WHAT, &said, &said.value));
    }
    let parent = effective.model.outer.as_ref().filter(|parent| !known.is_public(&parent.group))?;
    Some(evidence(WHAT, &parent.place, format!("{}:{}", parent.group, parent.artifact)))
}

/// The option of a compiler and of Java for what a release only previews.
pub(super) const PREVIEW: &str = "--enable-preview";

/// Where the compiler is given that option.
pub(super) fn preview(effective: &Effective) -> Option<Said> {
    let plugin = effective.plugin("maven-compiler-plugin")?;
    let own = plugin.execution("default-compile");
    let said = effective.configured(plugin, own, &["enablePreview"]).filter(|said| said.value == "true");
    let whole = || {
        effective.configured(plugin, own, &["compilerArgument"]).filter(|said| said.value.contains(PREVIEW))
    };
    let one = || {
        let configurations = [own.and_then(|own| own.configuration.as_ref()), plugin.configuration.as_ref()];
        let mut all = configurations.into_iter().flatten().flat_map(|one| one.each("compilerArgs"));
        all.find(|argument| argument.said.value == PREVIEW).map(|argument| argument.said.clone())
    };
    said.or_else(whole).or_else(one)
}

fn of_said((name, said): (String, Said), exact: bool) -> Option<Asked> {
    let release = release(&said.value)?;
    let says = match name.starts_with('<') {
        true => format!("{name}{}{}", said.value, name.replace('<', "</")),
        false => format!("{name} {}", said.value),
    };
    Some(Asked { release, exact, evidence: evidence(WHAT, &said, says) })
}

/// The JDK that the toolchains plugin looks for: this very one, or any from the first of a range.
fn toolchain(effective: &Effective) -> Option<Asked> {
    let plugin = effective.plugin("maven-toolchains-plugin")?;
    let execution = plugin.of_goal("toolchain").next()?;
    let said = effective.configured(plugin, Some(execution), &["toolchains", "jdk", "version"])?;
    let is_range = said.value.starts_with(['[', '(']);
    let low = said.value.trim_matches(['[', '(', ']', ')']).split(',').next()?.to_owned();
    let name = "maven-toolchains-plugin".to_owned();
    let mut asked = of_said((name, Said { value: low, ..said.clone() }), !is_range)?;
    asked.evidence.says = format!("maven-toolchains-plugin {}", said.value);
    Some(asked)
}

/// The release number of `21`, `1.8`, `21.0.4`.
pub(super) fn release(text: &str) -> Option<u64> {
    let mut parts = text.trim().split('.');
    match (parts.next()?, parts.next()) {
        ("1", Some(minor)) => minor.parse().ok(),
        (major, _) => major.parse().ok(),
    }
}
