//! What installed packages need beside Node.js: to be installed, and to run.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nodejs_semver::{Range, Version};

use super::approved::Scripted;
use super::started::Started;
use crate::catalog::{NodeNatives, NodeNeed};
use crate::manifest::lock::{LockFile, Locked, Member, Reach, is_git};
use crate::repo::join;
use crate::source::programs::first_few;
use crate::verdict::Stop;

/// What is asked about.
pub(super) struct Question<'a> {
    /// The folder of the package that is run.
    pub folder: &'a str,
    /// The packages of the repository that are installed together, that one among them.
    pub members: &'a [Member<'a>],
    pub lock: Option<&'a LockFile>,
    /// Whether development dependencies are installed.
    pub development: bool,
    pub started: &'a Started,
    pub known: &'a NodeNatives,
}

/// What is needed.
#[derive(Debug, Default)]
pub(super) struct Native {
    /// A package whose install compiles, or may, and where it is named.
    pub full: Option<(String, String)>,
    /// Debian packages that the build stage needs: with the image that `full` asks for.
    pub build_apt: Vec<String>,
    /// Variables that keep the install from downloads that nothing needs.
    pub build_env: Vec<(String, String)>,
    /// What no distroless image holds.
    pub slim: Option<Need>,
    /// What a distroless image holds once shared libraries are copied from the build.
    pub libraries: Option<Need>,
    /// Whether modules are compiled that may be linked with any library of the build image.
    pub unknown: bool,
    /// Packages that need their install scripts, or may.
    pub scripted: Vec<Scripted>,
    /// Why it cannot be installed at all.
    pub uninstallable: Option<Stop>,
    pub warnings: Vec<String>,
}

/// What production needs and no distroless image holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    /// The first package that needs it.
    pub package: String,
    /// Where it is named.
    pub place: String,
    /// Who needs what, as a sentence.
    pub text: String,
    /// Debian packages that bring it; `None` where none do.
    pub apt: Option<Vec<String>>,
    /// Variables that are then set at run time.
    pub env: Vec<(String, String)>,
}

impl Need {
    /// The refusal of a distroless image.
    pub(super) fn refusal(&self) -> Stop {
        let stop = Stop::refuse(&self.text);
        match &self.apt {
            None => stop.help("no image of Debian holds that either; replace the package"),
            Some(apt) if apt.is_empty() => stop
                .help("no distroless image holds that; `--runtime slim` takes an image of Debian that does"),
            Some(apt) => {
                let names: Vec<String> = apt.iter().map(|name| format!("`{name}`")).collect();
                stop.help(format!(
                    "no distroless image holds that; `--runtime slim` takes an image of Debian and adds {}",
                    names.join(", ")
                ))
            }
        }
    }
}

/// A package that is installed.
struct Installed<'a> {
    name: &'a str,
    version: Known<'a>,
    reach: Reach,
    locked: Option<&'a Locked>,
    /// The rows of the catalogue for it.
    rows: Vec<&'a NodeNeed>,
}

/// How exactly a version is known.
enum Known<'a> {
    Version(&'a str),
    Range(&'a str),
}

/// Finds out what the packages need.
pub(super) fn find(question: &Question) -> Native {
    let installed = question.installed();
    let mut native = Native::default();
    for one in &installed {
        if question.compiles(one) {
            let is_known = is_from_git(one) || one.rows.iter().any(|row| row.compiles.is_some());
            native.unknown |= one.reach > Reach::None && !is_known;
            native.full.get_or_insert_with(|| (one.name.to_owned(), question.place(one)));
        }
        for row in &one.rows {
            if let Some(why) = &row.uninstallable
                && native.uninstallable.is_none()
                && !is_spared(one)
            {
                let stop = Stop::refuse(format!("{}, {why}", question.brings(one)));
                native.uninstallable = Some(stop.help("replace the package"));
            }
            native.build_apt.extend(row.build_apt.iter().filter(|_| !is_spared(one)).cloned());
        }
    }
    if native.full.is_none() {
        let rows = installed.iter().flat_map(|one| one.rows.iter().copied());
        native.build_apt.extend(rows.flat_map(|row| row.slim_apt.iter().cloned()));
    }
    native.build_apt.sort();
    native.build_apt.dedup();
    native.build_env = question.build_env(&installed);
    native.scripted = installed.iter().filter_map(|one| question.scripted(one)).collect();
    question.runtime(&installed, &mut native);
    native
}

/// Whether the install goes on where this fails.
fn is_spared(one: &Installed) -> bool {
    one.locked.is_some_and(|locked| locked.optional) || one.reach == Reach::Optional
}

fn is_from_git(one: &Installed) -> bool {
    match (&one.locked, &one.version) {
        (Some(locked), _) => locked.from_git,
        (None, Known::Range(range)) => is_git(range),
        (None, Known::Version(_)) => false,
    }
}

impl<'a> Question<'a> {
    /// What is installed on Debian: what the lock file says, and what it does not know yet.
    fn installed(&self) -> Vec<Installed<'a>> {
        let mut found = Vec::new();
        let rows = self.rows_by_name();
        if let Some(lock) = self.lock {
            for (locked, reach) in lock.production(self.folder, self.members) {
                if locked.platform.is_debian() && (self.development || reach > Reach::None) {
                    let version = Known::Version(&locked.version);
                    let rows = rows_of(&rows, &locked.name, &version);
                    found.push(Installed { name: &locked.name, version, reach, locked: Some(locked), rows });
                }
            }
        }
        let kinds = [
            ("dependencies", Reach::Required),
            ("optionalDependencies", Reach::Optional),
            ("devDependencies", Reach::None),
        ];
        let kinds = kinds.into_iter().filter(|(_, reach)| self.development || *reach > Reach::None);
        for (kind, reach) in kinds {
            for (folder, package) in self.members {
                // What another package of the repository needs matters if this one needs it.
                let reach = if *folder == self.folder || self.lock.is_none() { reach } else { Reach::None };
                for (name, range) in package.versions(kind) {
                    let is_locked =
                        self.lock.is_some_and(|lock| lock.resolved(folder, name, range).is_some());
                    if !is_locked {
                        let version = Known::Range(range);
                        let rows = rows_of(&rows, name, &version);
                        found.push(Installed { name, version, reach, locked: None, rows });
                    }
                }
            }
        }
        found
    }

    /// The rows of the catalogue by the packages that they are about.
    fn rows_by_name(&self) -> HashMap<&'a str, Vec<&'a NodeNeed>> {
        let mut found: HashMap<&str, Vec<&NodeNeed>> = HashMap::new();
        for row in &self.known.need {
            for name in &row.packages {
                found.entry(name).or_default().push(row);
            }
        }
        found
    }

    fn compiles(&self, one: &Installed) -> bool {
        if is_spared(one) {
            return false;
        }
        if is_from_git(one) {
            return true;
        }
        if let Some(said) = one.rows.iter().find_map(|row| row.compiles) {
            return said;
        }
        let Some(locked) = one.locked else { return false };
        if self.known.harmless.packages.iter().any(|name| name == one.name) {
            return false;
        }
        let is_marker = |name: &String| self.known.markers.packages.contains(name);
        let is_marked =
            || self.lock.is_some_and(|lock| lock.needs(locked).any(|needed| is_marker(&needed.name)));
        locked.scripted.unwrap_or_else(is_marked)
    }

    /// Whether a package needs its install script.
    fn scripted(&self, one: &Installed) -> Option<Scripted> {
        let is_fetched = self.known.fetched.packages.iter().any(|name| name == one.name);
        let said = one.rows.iter().find_map(|row| row.compiles);
        let sure = is_fetched || said == Some(true);
        // A dependency from git is built by its own scripts, whoever approves of them.
        let may = said.is_none() && self.compiles(one) && !is_from_git(one);
        let version = match one.version {
            Known::Version(version) => Some(version.to_owned()),
            Known::Range(_) => None,
        };
        let production = one.reach > Reach::None;
        let scripted =
            Scripted { name: one.name.to_owned(), version, text: self.brings(one), production, sure };
        ((sure || may) && !is_spared(one)).then_some(scripted)
    }

    fn build_env(&self, installed: &[Installed]) -> Vec<(String, String)> {
        let is_installed = |name: &str| installed.iter().any(|one| one.name == name);
        let rows = self.known.download.iter().filter(|row| is_installed(&row.package));
        rows.map(|row| (row.variable.clone(), row.value.clone())).collect()
    }

    /// What production needs when it runs.
    fn runtime(&self, installed: &[Installed], native: &mut Native) {
        let production: Vec<&Installed> = installed.iter().filter(|one| one.reach > Reach::None).collect();
        let is_there = |name: &String| production.iter().any(|one| one.name == name);
        let mut warnings = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for one in &production {
            for row in one.rows.iter().copied() {
                if !seen.insert((one.name, std::ptr::from_ref::<NodeNeed>(row))) {
                    continue;
                }
                let is_elsewhere = row.unless.iter().any(is_there)
                    || (row.unless_words.iter().any(|word| self.started.says(word))
                        && !row.despite_words.iter().any(|word| self.started.says(word)));
                let Some(needs) = row.needs.as_ref().filter(|_| !is_elsewhere) else {
                    let own =
                        row.warning.as_ref().filter(|_| row.needs.is_none() && self.direct(one).is_some());
                    warnings.extend(own.map(|warning| format!("{}: {warning}", self.depends(one))));
                    continue;
                };
                let text = format!("{}, which needs {needs}", self.brings(one));
                if one.reach == Reach::Optional || row.direct && self.direct(one).is_none() {
                    warnings.insert(format!(
                        "{text}; no distroless image holds that, and what needs it will fail"
                    ));
                    continue;
                }
                let warning = row.warning.as_ref();
                warnings.extend(warning.map(|warning| format!("{}: {warning}", self.depends(one))));
                let needs = if row.copied { &mut native.libraries } else { &mut native.slim };
                add(needs, row, one, self.place(one), text);
            }
        }
        native.warnings = first_few(warnings.into_iter(), |more| format!("and {more} more of that kind"));
    }

    /// The package.json that names a package, and the kind of dependencies there.
    fn direct(&self, one: &Installed) -> Option<(&'a Member<'a>, &'static str)> {
        let own = self.members.iter().filter(|(folder, _)| *folder == self.folder);
        own.chain(self.members).find_map(|member| Some((member, member.1.dependency(one.name)?)))
    }

    fn place_of(&self, folder: &str, name: &str) -> Option<String> {
        let (folder, package) = self.members.iter().find(|(path, _)| *path == folder)?;
        let kind = package.dependency(name)?;
        Some(format!("{}:{}", join(folder, "package.json"), package.line(&[kind, name])))
    }

    /// Where a package is named, or what brings it.
    fn place(&self, one: &Installed) -> String {
        if let Some(((folder, _), _)) = self.direct(one)
            && let Some(place) = self.place_of(folder, one.name)
        {
            return place;
        }
        self.lock.map_or_else(|| join(self.folder, "package.json"), |lock| lock.file.clone())
    }

    fn depends(&self, one: &Installed) -> String {
        format!("{} depends on `{}`", self.place(one), one.name)
    }

    /// `package.json:5 depends on x, which brings y`.
    fn brings(&self, one: &Installed) -> String {
        if self.direct(one).is_some() {
            return self.depends(one);
        }
        let Some((lock, locked)) = self.lock.zip(one.locked) else { return self.depends(one) };
        match lock.brought_by(self.folder, self.members, locked) {
            Some((folder, name)) => {
                let place = self.place_of(&folder, &name).unwrap_or_else(|| lock.file.clone());
                format!("{place} depends on `{name}`, which brings `{}`", one.name)
            }
            None => format!("{} has `{}`", lock.file, one.name),
        }
    }
}

/// Adds what one more package needs to what is needed.
fn add(slim: &mut Option<Need>, row: &NodeNeed, one: &Installed, place: String, text: String) {
    let need = Need {
        package: one.name.to_owned(),
        place,
        text,
        apt: row.apt.clone(),
        env: row.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
    };
    let Some(before) = slim else {
        *slim = Some(need);
        return;
    };
    match (&mut before.apt, need.apt) {
        (Some(apt), Some(more)) => {
            apt.extend(more);
            apt.sort();
            apt.dedup();
            let mut env: BTreeMap<String, String> = before.env.drain(..).collect();
            env.extend(need.env);
            before.env = env.into_iter().collect();
        }
        // What nothing brings is the stronger reason.
        (Some(_), None) => *slim = Some(Need { apt: None, ..need }),
        (None, _) => {}
    }
}

fn rows_of<'a>(all: &HashMap<&str, Vec<&'a NodeNeed>>, name: &str, version: &Known) -> Vec<&'a NodeNeed> {
    let rows = all.get(name).into_iter().flatten().copied();
    rows.filter(|row| is_about(row, version)).collect()
}

/// Whether a row is about a version: for a range, the newest in it.
fn is_about(row: &NodeNeed, version: &Known) -> bool {
    let parsed = |bound: &Option<String>| bound.as_ref().and_then(|text| Version::parse(text).ok());
    let (from, before) = (parsed(&row.from), parsed(&row.before));
    match version {
        Known::Version(text) => {
            // What has no version, such as a commit, counts as new.
            let Ok(version) = Version::parse(text) else { return before.is_none() };
            from.is_none_or(|from| version >= from) && before.is_none_or(|before| version < before)
        }
        Known::Range(text) => {
            let reaches = |bound: Version| {
                let up = Range::parse(format!(">={bound}"));
                match (Range::parse(text), up) {
                    (Ok(range), Ok(up)) => range.allows_any(&up),
                    _ => true,
                }
            };
            from.is_none_or(reaches) && before.is_none_or(|before| !reaches(before))
        }
    }
}

#[cfg(test)]
mod tests;
