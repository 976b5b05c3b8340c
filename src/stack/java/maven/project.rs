//! A build by Maven, as a plan is made from it.

use super::wrapper::{SCRIPT, Wrapper as Script};
use super::{Build, read};
use crate::catalog::{self, MavenCopier, Release};
use crate::options::BuildTool;
use crate::plan::Secret;
use crate::repo::{Repo, join};
use crate::stack::java::module::Module;
use crate::stack::java::project::{Project, Token, Wrapper};
use crate::verdict::{Halt, Stop};

/// Reads the project.
///
/// # Errors
/// When a file cannot be read or parsed; a stop when Maven would not even begin.
pub(in crate::stack::java) fn project(repo: &Repo) -> Result<Project, Halt> {
    let Some(build) = read(repo)? else {
        return Err(Stop::refuse("there is no pom.xml at the root").into());
    };
    let mut warnings = build.warnings.clone();
    let wrapper = wrapper(build.wrapper.as_ref(), &mut warnings);
    let needs = needs(&build, &wrapper, repo)?;
    let (secrets, tokens) = credentials(&build);
    if let Some(stop) = build.refused {
        return Err(stop.into());
    }
    let known = catalog::maven()?;
    let own = build.wrapper.as_ref().filter(|_| matches!(wrapper, Wrapper::Used(_)));
    let own = own.and_then(|script| script.maven.as_ref());
    Ok(Project {
        tool: BuildTool::Maven,
        flags: flags(own, &known.quiet),
        shares_tests: build.modules.iter().flat_map(|module| &module.dependencies).any(|one| one.is_tests),
        modules: build.modules,
        wrapper,
        gradle: Vec::new(),
        downloads: false,
        plain: Some(vec!["package".to_owned()]),
        copier: copier(own, &known.copier),
        notes: build.notes,
        computed: build.computed,
        secrets,
        tokens,
        needs,
        warnings,
    })
}

fn wrapper(script: Option<&Script>, warnings: &mut Vec<String>) -> Wrapper {
    match script {
        None => Wrapper::Missing,
        Some(script) if script.windows => {
            warnings.push(format!(
                "{SCRIPT} has Windows line ends, with which no shell runs it; the image's own Maven is used"
            ));
            Wrapper::Missing
        }
        Some(script) => Wrapper::Used(script.calls),
    }
}

/// What Maven is always told; an older one than `quiet` cannot leave the progress of downloads out.
fn flags(own: Option<&Release>, quiet: &Release) -> Vec<String> {
    let is_quiet = own.is_none_or(|own| own >= quiet);
    let words = ["-B"].into_iter().chain(is_quiet.then_some("-ntp")).chain(["-DskipTests"]);
    words.map(str::to_owned).collect()
}

/// What copies libraries with the project's own Maven, or that of the image.
fn copier(own: Option<&Release>, rows: &[MavenCopier]) -> Option<String> {
    let row = rows.iter().find(|row| own.is_none_or(|own| *own >= row.from)).or(rows.last());
    row.map(|row| row.plugin.clone())
}

/// What the build reads by name: every pom, `.mvn`, settings, and what names a front end's packages.
fn needs(build: &Build, wrapper: &Wrapper, repo: &Repo) -> Result<Vec<String>, Halt> {
    let mut needs: Vec<String> =
        build.modules.iter().map(|module: &Module| module.manifest.clone()).collect();
    if matches!(wrapper, Wrapper::Used(_)) {
        needs.push(SCRIPT.to_owned());
    }
    needs.extend(build.kept.iter().cloned());
    needs.extend(build.settings.iter().map(|settings| settings.file.clone()));
    for front in &build.front_ends {
        let manifest = join(&front.folder, "package.json");
        if repo.has(&manifest)? {
            needs.push(manifest);
        }
    }
    Ok(needs)
}

/// What lets the build read repositories that not everyone may: variables that the project's own
/// settings name, or the user's settings.
fn credentials(build: &Build) -> (Vec<Secret>, Vec<Token>) {
    if let Some(settings) = &build.settings {
        let token = |name: &String| Token { name: name.clone(), why: format!("{} reads it", settings.file) };
        return (Vec::new(), settings.variables.iter().map(token).collect());
    }
    let always = build.private.iter().find(|evidence| evidence.what == "credentials");
    let secret = always.or(build.private.first()).map(|evidence| Secret {
        id: "maven-settings".to_owned(),
        target: "/root/.m2/settings.xml".to_owned(),
        source: "$HOME/.m2/settings.xml".to_owned(),
        why: match always {
            Some(_) => format!("{} names a repository that asks for credentials", evidence.place()),
            None => format!("{} names a repository that may ask for credentials", evidence.place()),
        },
    });
    (secret.into_iter().collect(), Vec::new())
}
