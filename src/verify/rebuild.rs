//! What a change of one source file costs: time, changed layers, downloads.
#![expect(clippy::disallowed_methods, reason = "the copy that is changed is the run's own folder")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::Request;
use super::report::Rebuild;
use crate::engine::Engine;
use crate::engine::build::{Progress, Recipe};
use crate::failure::Failure;
use crate::ignore::Ignore;
use crate::image::read;
use crate::output::source;
use crate::repo::normal;

/// Builds a copy of the folder, changes a file in it, and builds again.
///
/// # Errors
/// When the file is not there, the folder cannot be copied, or a build fails.
pub(super) fn measure(
    engine: &Engine,
    request: &Request<'_>,
    file: &str,
    progress: &mut dyn Progress,
) -> Result<Rebuild> {
    let copy = engine.scratch().join("copy");
    let path = copy.join(inside(request.folder, file)?);
    copy_folder(request.folder, &copy, "", &ignored(request.folder))?;
    let mut build = |name: &str, network: bool| -> Result<(Option<String>, f64)> {
        let recipe = Recipe { context: &copy, network, ..request.recipe(name) };
        let built = engine.build(&recipe, progress)?;
        Ok((built.image, built.seconds))
    };
    let before = built(build("rebuild-before", true)?.0)?;
    change(&path)?;
    let (after, seconds) = build("rebuild-after", true)?;
    let after = built(after)?;
    change(&path)?;
    // Steps that find everything in their caches need no network.
    let downloaded = build("rebuild-offline", false)?.0.is_none();
    let old = engine.layers(&before)?;
    let image = engine.save(&after, |stream| read(stream, &[]))?;
    let new: Vec<_> = image.layers.iter().filter(|layer| !old.contains(&layer.id)).collect();
    Ok(Rebuild {
        file: file.to_owned(),
        seconds,
        changed: new.iter().map(|layer| layer.unpacked).sum(),
        changed_compressed: new.iter().map(|layer| layer.compressed).sum(),
        layers: (new.len(), image.layers.len()),
        downloaded,
    })
}

fn built(image: Option<String>) -> Result<String> {
    image.ok_or_else(|| {
        Failure::failed("the copy of the folder does not build as the folder itself does").into()
    })
}

/// Makes sure that a file can be changed and built again with.
///
/// # Errors
/// When it is no regular file of the folder, or does not reach the build.
pub fn check(folder: &Path, dockerfile: &Path, file: &str) -> Result<()> {
    let path = inside(folder, file)?;
    let same = |path: &Path| fs::canonicalize(path).ok();
    if ignored(folder).hides(&path) {
        return Err(
            Failure::usage(format!("`{file}` does not reach the build: .dockerignore hides it")).into()
        );
    }
    if same(dockerfile) == same(&folder.join(&path)) {
        return Err(Failure::usage(format!("`{file}` is the Dockerfile; name a source file")).into());
    }
    Ok(())
}

fn ignored(folder: &Path) -> Ignore {
    Ignore::parse(&source(&folder.join(".dockerignore")).unwrap_or_default())
}

/// The file's path in the folder, if it is a regular file there. A link might lead out of the copy.
fn inside(folder: &Path, file: &str) -> Result<String> {
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let linked = |path: &str| {
        Path::new(path).ancestors().any(|part| part != Path::new("") && is_link(&folder.join(part)))
    };
    let path = normal(file).filter(|path| folder.join(path).is_file() && !linked(path));
    path.ok_or_else(|| {
        Failure::usage(format!("`{file}` is no regular file of `{}`", folder.display()))
            .help("`--rebuild FILE` takes a path relative to the folder, with `/`, that no link is part of")
            .into()
    })
}

/// Adds an empty line to a file: another content, for every language the same program.
fn change(path: &Path) -> Result<()> {
    let mut file =
        OpenOptions::new().append(true).open(path).context("cannot change the copy of the file")?;
    Ok(file.write_all(b"\n")?)
}

/// Copies what the build can see.
fn copy_folder(from: &Path, to: &Path, at: &str, ignore: &Ignore) -> Result<()> {
    let failed = |path: &Path| format!("cannot copy `{}`", path.display());
    fs::create_dir_all(to).with_context(|| failed(to))?;
    for entry in fs::read_dir(from).with_context(|| failed(from))? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let path = crate::repo::join(at, &name.to_string_lossy());
        let (source, target) = (entry.path(), to.join(&name));
        if path == ".git" && ignore.hides(&path) {
            continue;
        }
        if kind.is_dir() {
            copy_folder(&source, &target, &path, ignore)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target).with_context(|| failed(&source))?;
        } else if kind.is_file() && (!ignore.hides(&path) || path == ".dockerignore") {
            fs::copy(&source, &target).with_context(|| failed(&source))?;
        }
    }
    Ok(())
}
