//! Whether Cargo.lock fits the manifests, as far as that can be seen without Cargo.

use cargo_toml::SemVer;

use super::workspace::{Package, Packages, crate_name};
use crate::manifest::cargo::Lock;

/// What to say of the first package that the lock file does not fit.
pub(super) fn warning(packages: &Packages, lock: &Lock) -> Option<String> {
    let members = packages.members().filter(|package| !package.name().is_empty());
    let (package, why) = members.into_iter().find_map(|package| Some((package, misfit(package, lock)?)))?;
    Some(format!(
        "Cargo.lock does not fit {} ({why}): `--locked` will stop the build; run `cargo update --workspace` and commit it",
        package.file()
    ))
}

fn misfit(package: &Package, lock: &Lock) -> Option<String> {
    let Some(own) = lock.own(package.name()) else {
        return Some(format!("it lacks the package `{}`", package.name()));
    };
    let own = &lock.packages()[own];
    let version = package.manifest.package.as_ref().and_then(|package| package.version.get().ok());
    if let Some(version) = version
        && version.to_string() != own.version
    {
        return Some(format!("`{}` is {version}, not {}", package.name(), own.version));
    }
    // Optional ones that no feature names are not locked.
    for (key, dependency) in package.locked_dependencies().filter(|(_, one)| !one.optional()) {
        let name = crate_name(key, dependency);
        let lines: Vec<&String> =
            own.dependencies.iter().filter(|line| line.split(' ').next() == Some(name)).collect();
        if lines.is_empty() {
            return Some(format!("it lacks `{name}`"));
        }
        let Ok(wanted) = dependency.try_req() else { continue };
        let fits = |line: &&String| {
            let Some(locked) = lock.meant(line).map(|at| &lock.packages()[at]) else { return true };
            let is_registry = locked.source.as_deref().is_some_and(|source| !source.starts_with("git+"));
            !is_registry || locked.version.parse::<SemVer>().is_ok_and(|version| wanted.matches(&version))
        };
        if !lines.iter().any(fits) {
            return Some(format!("`{name}` is not `{wanted}`"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::{Memory, Repo};
    use crate::stack::rust::workspace;

    fn said(manifest: &str, lock: &str) -> Option<String> {
        let manifest = format!("[package]\nname = \"a\"\nversion = \"0.2.0\"\n[dependencies]\n{manifest}");
        let repo = Repo::in_memory(Memory::new().file("Cargo.toml", &manifest));
        let packages = workspace::read(&repo, &manifest).unwrap();
        let said = warning(&packages, &Lock::parse(lock).unwrap())?;
        Some(said.split('(').nth(1)?.split(')').next()?.to_owned())
    }

    fn lock(version: &str, dependencies: &str) -> String {
        format!(
            "[[package]]\nname = \"a\"\nversion = \"{version}\"\ndependencies = [{dependencies}]\n\
             [[package]]\nname = \"b\"\nversion = \"1.4.0\"\nsource = \"registry+x\"\n"
        )
    }

    #[test]
    fn what_does_not_fit_is_said() {
        assert_eq!(said("b = \"1.2\"\n", &lock("0.2.0", "\"b\"")), None);
        assert_eq!(said("b = \"1.2\"\n", &lock("0.1.0", "\"b\"")), Some("`a` is 0.2.0, not 0.1.0".into()));
        assert_eq!(said("b = \"1.2\"\n", &lock("0.2.0", "")), Some("it lacks `b`".into()));
        assert_eq!(said("b = \"2\"\n", &lock("0.2.0", "\"b\"")), Some("`b` is not `^2`".into()));
        assert_eq!(said("", "version = 4\n"), Some("it lacks the package `a`".into()));
        assert_eq!(said("c = { version = \"1\", package = \"b\" }\n", &lock("0.2.0", "\"b\"")), None);
        assert_eq!(said("z = { version = \"1\", optional = true }\n", &lock("0.2.0", "")), None);
    }
}
