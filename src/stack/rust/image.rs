//! The image that compiles, and the toolchain in it.

use anyhow::Result;

use super::native::Needs;
use super::runtime::{Kind, Link};
use super::targets::Program;
use super::toolchain::{self, Asked, Channel};
use super::workspace::Packages;
use super::{Facts, Step};
use crate::catalog::{Release, Rust, RustImage};
use crate::evidence::Evidence;
use crate::manifest;
use crate::repo::Repo;
use crate::service::{Service, Version};
use crate::verdict::{Halt, Stop};

/// A build image, why, and what its toolchain needs.
pub(super) struct Chosen {
    pub image: String,
    pub why: String,
    /// Whether the image's own toolchain is named, against a toolchain file that would have
    /// rustup download the same one again.
    pub own_toolchain: bool,
    pub steps: Vec<Step>,
    /// The release, where it is known.
    pub release: Option<Release>,
}

/// Chooses the build image.
pub(super) fn image(
    repo: &Repo,
    service: &mut Service,
    program: &Program,
    facts: &Facts,
    knowledge: &Rust,
    needs: &Needs,
    link: Link,
) -> Result<Chosen, Halt> {
    // What is linked with musl is compiled from its own source.
    let full = needs.full && link.kind != Kind::Musl;
    let tools = match &needs.because {
        Some(name) => format!(", with what `{name}` needs"),
        None if full => ", with the tools and headers that crates may need".to_owned(),
        None => String::new(),
    };
    let of = |row: &RustImage| if full { row.full.clone() } else { row.slim.clone() };
    let latest = of(&knowledge.latest);
    let floor = floor(program, &facts.packages);
    let Some(asked) = toolchain::read(repo)? else { return Ok(newest(service, latest, &tools, floor)) };
    service.evidence.push(asked.evidence.clone());
    let file = &asked.evidence.file;
    match &asked.channel {
        Channel::Stable => {
            service.version = Some(Version::from("stable", &asked.evidence));
            Ok(Chosen {
                image: latest,
                why: format!("compiles with the newest stable release{tools}, as {file} asks"),
                own_toolchain: asked.by_rustup,
                steps: components(&asked),
                release: None,
            })
        }
        Channel::Release(release) => {
            refuse_below(release, &asked, floor.as_ref())?;
            refuse_unread(release, &asked, facts, knowledge)?;
            refuse_unknown(release, &asked, facts, knowledge)?;
            service.version = Some(Version::from(release.to_string(), &asked.evidence));
            let row = pinned(knowledge, release, &asked.evidence.place())?;
            refuse_other_libraries(row, knowledge, &asked, needs, link)?;
            Ok(Chosen {
                image: of(row).replace("{version}", &release.to_string()),
                why: format!("compiles with Rust {release}{tools}, as {file} asks"),
                own_toolchain: asked.by_rustup,
                steps: components(&asked),
                release: Some(release.clone()),
            })
        }
        Channel::Other(name) => Ok(installed(service, latest, &tools, &asked, name)),
    }
}

/// The newest release, where no file asks for a toolchain.
fn newest(service: &mut Service, image: String, tools: &str, floor: Option<Evidence>) -> Chosen {
    let reason = match &floor {
        Some(floor) => format!("{} asks for at least `{}`", floor.file, floor.says),
        None => "nothing asks for another".to_owned(),
    };
    service.version = Some(match &floor {
        Some(floor) => Version::from("stable", floor),
        None => Version::default("stable"),
    });
    service.evidence.extend(floor);
    Chosen {
        image,
        why: format!("compiles with the newest stable release{tools}; {reason}"),
        own_toolchain: false,
        steps: Vec::new(),
        release: None,
    }
}

/// A toolchain that rustup installs.
fn installed(service: &mut Service, image: String, tools: &str, asked: &Asked, name: &str) -> Chosen {
    let (place, file) = (asked.evidence.place(), &asked.evidence.file);
    service.version = Some(Version::from(name, &asked.evidence));
    let is_fixed = name.contains("-20") || name.contains("beta.");
    let unfixed = if is_fixed { "" } else { "; name it with a date to get the same one every time" };
    service.warnings.push(format!(
        "{place} asks for `{name}`, no stable release: what it compiles may change with it{unfixed}"
    ));
    let install = Step {
        why: format!(
            "The toolchain of {file} in a layer of its own: an edit of the sources downloads nothing"
        ),
        files: vec![file.clone()],
        command: "rustup toolchain install",
        words: Vec::new(),
    };
    Chosen {
        image,
        why: format!("lets rustup install the toolchain that {file} names{tools}"),
        own_toolchain: false,
        steps: vec![install],
        release: None,
    }
}

/// The image of one release.
fn pinned<'k>(knowledge: &'k Rust, release: &Release, place: &str) -> Result<&'k RustImage, Stop> {
    let fits = |row: &&RustImage| row.from.as_ref().is_some_and(|from| release.first(2) >= *from);
    knowledge.pinned.iter().find(fits).ok_or_else(|| {
        let reason =
            format!("{place} asks for Rust {release}, for which no build image with a fitting glibc exists");
        Stop::refuse(reason).help("ask for a newer release in the toolchain file")
    })
}

/// Refuses a link with libraries that the runtime has in another version only.
fn refuse_other_libraries(
    row: &RustImage,
    knowledge: &Rust,
    asked: &Asked,
    needs: &Needs,
    link: Link,
) -> Result<(), Stop> {
    let links = needs.copied || needs.shared.is_some();
    if row.openssl.major() == knowledge.latest.openssl.major() || link.kind != Kind::Shared || !links {
        return Ok(());
    }
    let reason = format!(
        "{} asks for a Rust whose images have OpenSSL {}, and the program links libraries of a system with {}",
        asked.evidence.place(),
        row.openssl,
        knowledge.latest.openssl
    );
    Err(Stop::refuse(reason).help("raise the release in the toolchain file, or compile the library in"))
}

/// Installs the components and targets that a build may read and the image lacks.
fn components(asked: &Asked) -> Vec<Step> {
    let step = |what: &str, command, words: &Vec<String>| Step {
        why: format!("{what} that {} lists and the image lacks", asked.evidence.file),
        files: Vec::new(),
        command,
        words: words.clone(),
    };
    let all = [
        step("Components", "RUSTUP_TOOLCHAIN=\"$RUST_VERSION\" rustup component add", &asked.components),
        step("Targets", "RUSTUP_TOOLCHAIN=\"$RUST_VERSION\" rustup target add", &asked.targets),
    ];
    all.into_iter().filter(|step| !step.words.is_empty()).collect()
}

/// Refuses a release that Cargo itself will find too old.
fn refuse_below(release: &Release, asked: &Asked, floor: Option<&Evidence>) -> Result<(), Stop> {
    let Some(floor) = floor else { return Ok(()) };
    let least = floor.says.split('"').nth(1).and_then(|text| text.parse::<Release>().ok());
    match least.filter(|least| release.first(2) < least.first(2)) {
        Some(least) => {
            let reason = format!(
                "{} asks for Rust {release}, and {} needs at least {least}",
                asked.evidence.place(),
                floor.place()
            );
            Err(Stop::refuse(reason).help("raise the release in the toolchain file"))
        }
        None => Ok(()),
    }
}

/// Refuses a release that cannot read the lock file.
fn refuse_unread(release: &Release, asked: &Asked, facts: &Facts, knowledge: &Rust) -> Result<(), Stop> {
    let format = facts.lock.as_ref().map_or(0, |lock| lock.format);
    let row = knowledge.lock_format.iter().find(|row| row.format == format);
    match row.filter(|row| release.first(2) < row.from) {
        Some(row) => {
            let place = asked.evidence.place();
            let reason = format!(
                "{place} asks for Rust {release}, and Cargo.lock has format {format}, which takes {}",
                row.from
            );
            Err(Stop::refuse(reason).help("raise the release in the toolchain file, or lock with its Cargo"))
        }
        None => Ok(()),
    }
}

/// Refuses a release that does not exist yet, or that cannot read a manifest.
fn refuse_unknown(release: &Release, asked: &Asked, facts: &Facts, knowledge: &Rust) -> Result<(), Stop> {
    let (place, newest) = (asked.evidence.place(), &knowledge.newest.release);
    if release.first(2) > knowledge.newest.until {
        let reason = format!("{place} asks for Rust {release}, and the newest that is known is {newest}");
        return Err(Stop::refuse(reason).help("ask for a release that exists, or for `stable`"));
    }
    for package in &facts.packages.all {
        let Some(Ok(edition)) = package.manifest.package.as_ref().map(|package| package.edition.get()) else {
            continue;
        };
        let edition = (*edition as u32).to_string();
        let row = knowledge.edition.iter().find(|row| row.edition == edition);
        if let Some(row) = row.filter(|row| release.first(2) < row.from) {
            let reason = format!(
                "{place} asks for Rust {release}, and {} has edition {edition}, which takes {}",
                package.file(),
                row.from
            );
            return Err(Stop::refuse(reason).help("raise the release in the toolchain file"));
        }
    }
    Ok(())
}

/// `rust-version` is a minimum, the package's own or the workspace's; the newest release meets it.
fn floor(program: &Program, packages: &Packages) -> Option<Evidence> {
    let own = program.package;
    let (package, index) = match line(&own.text)? {
        (index, true) => (own, index),
        (_, false) => (packages.root(), line(&packages.root().text).filter(|(_, says)| *says)?.0),
    };
    let says = manifest::line(&package.text, index + 1);
    Some(Evidence::at("Rust version", package.file(), index + 1, says))
}

/// The line of `rust-version`, and whether it says a release.
fn line(text: &str) -> Option<(usize, bool)> {
    let found = |says: bool| {
        let is = |line: &str| line.trim_start().starts_with("rust-version") && line.contains('"') == says;
        text.lines().position(is).map(|index| (index, says))
    };
    found(true).or_else(|| found(false))
}
