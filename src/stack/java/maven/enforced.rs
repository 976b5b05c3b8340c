//! The releases of Java that a build lets itself run on.

use super::effective::{Effective, evidence};
use super::model::Plugin;
use super::release::release;
use crate::manifest::xml::Said;
use crate::stack::java::module::BuildsOn;

const ENFORCER: &str = "maven-enforcer-plugin";

/// What the enforcer's rules and the compiler's arguments leave of the known releases.
pub(super) fn builds_on(effective: &Effective) -> Vec<BuildsOn> {
    let skipped = effective.property("enforcer.skip").is_some_and(|said| said.value != "false");
    let plugin = effective.plugin(ENFORCER).filter(|_| !skipped);
    let mut found: Vec<BuildsOn> = plugin.map_or(Vec::new(), |plugin| enforced(effective, plugin));
    found.extend(by_release(effective));
    found
}

fn enforced(effective: &Effective, plugin: &Plugin) -> Vec<BuildsOn> {
    let rule = |execution| {
        let skip = effective.configured(plugin, Some(execution), &["skip"]);
        let said = effective.configured(plugin, Some(execution), &["rules", "requireJavaVersion", "version"]);
        let said = said.filter(|_| skip.is_none_or(|skip| skip.value != "true"))?;
        let says = format!("{ENFORCER} {}", said.value);
        let ranges = ranges(&said.value);
        (!ranges.is_empty()).then(|| BuildsOn { ranges, evidence: evidence("JDK of the build", &said, says) })
    };
    plugin.of_goal("enforce").filter_map(rule).collect()
}

/// A compiler that is given `--release` is one of Java 9 or later.
fn by_release(effective: &Effective) -> Option<BuildsOn> {
    let plugin = effective.plugin("maven-compiler-plugin");
    let own = plugin
        .and_then(|plugin| effective.configured(plugin, plugin.execution("default-compile"), &["release"]));
    let said: Said = own.or_else(|| effective.property("maven.compiler.release"))?;
    release(&said.value).filter(|release| *release < 9)?;
    let says = format!("--release {}", said.value);
    Some(BuildsOn { ranges: vec![(9, u64::MAX)], evidence: evidence("JDK of the build", &said, says) })
}

/// The ranges of `[21,22),[25,26)`, `[17,)`, `17`; none where they cannot be read.
///
/// A JDK's own release is above the bare number, `21.0.5` above `21`: an upper end leaves it out,
/// closed or not.
fn ranges(text: &str) -> Vec<(u64, u64)> {
    let text = text.trim();
    if !text.starts_with(['[', '(']) {
        return release(text).map(|least| (least, u64::MAX)).into_iter().collect();
    }
    let one = |range: &str| {
        let inside = range.trim_start_matches([' ', ',']).trim_start_matches(['[', '(']);
        let Some((low, high)) = inside.split_once(',') else {
            let only = release(inside)?;
            return Some((only, only));
        };
        let low = if low.trim().is_empty() { 0 } else { release(low)? };
        let high = if high.trim().is_empty() { u64::MAX } else { below(high)? };
        (low <= high).then_some((low, high))
    };
    let parts = text.split([']', ')']).filter(|part| !part.trim_matches([' ', ',']).is_empty());
    parts.map(one).collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// The newest release below the end of a range: `21` leaves 20, `21.1` and `1.9` leave 21 and 8.
fn below(text: &str) -> Option<u64> {
    let text = text.trim();
    let plain = text.strip_prefix("1.").unwrap_or(text);
    let more = plain.split('.').skip(1).any(|part| part.bytes().any(|byte| (b'1'..=b'9').contains(&byte)));
    release(text).map(|release| if more { release } else { release.saturating_sub(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_maven_does() {
        let cases: [(&str, &[(u64, u64)]); 8] = [
            ("17", &[(17, u64::MAX)]),
            ("1.8.0", &[(8, u64::MAX)]),
            ("[21,22),[25,26)", &[(21, 21), (25, 25)]),
            ("[17,)", &[(17, u64::MAX)]),
            ("[11,17],", &[(11, 16)]),
            ("(,21.9]", &[(0, 21)]),
            ("[17]", &[(17, 17)]),
            ("[${java},)", &[]),
        ];
        for (text, found) in cases {
            assert_eq!(ranges(text), found, "{text}");
        }
    }
}
