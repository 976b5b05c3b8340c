//! From an image to what is told of it.

use crate::image::{Image, Kind, Tree, steps};

use super::report::{FileReport, ImageReport, LayerReport};
use super::stages::Stages;

/// As many of the largest files are named.
const LARGEST: usize = 5;

/// What is told of an image, with the Dockerfile where that is at hand.
pub(super) fn of(image: &Image, tree: &Tree<'_>, stages: Option<&Stages>) -> ImageReport {
    let stage = stages.map_or(&[][..], Stages::last);
    let layers = steps(image, stage).into_iter().zip(&image.layers).map(|(step, layer)| LayerReport {
        instruction: step.text,
        line: step.line,
        unpacked: layer.unpacked,
        compressed: layer.compressed,
        files: layer.files.iter().filter(|file| file.kind != Kind::Folder).count(),
    });
    let mut files: Vec<_> =
        tree.files().filter(|found| matches!(found.file.kind, Kind::File { .. })).collect();
    files.sort_by(|a, b| b.file.size.cmp(&a.file.size).then_with(|| a.file.path.cmp(&b.file.path)));
    let user = &image.config.user;
    ImageReport {
        base: stages.map(Stages::runtime),
        user: if user.is_empty() { "root (none is set)".to_owned() } else { user.clone() },
        command: image.config.command(),
        unpacked: image.unpacked(),
        compressed: image.layers.iter().map(|layer| layer.compressed).sum(),
        wasted: tree.wasted,
        files: files.len(),
        layers: layers.collect(),
        largest: files
            .iter()
            .take(LARGEST)
            .map(|found| FileReport { path: format!("/{}", found.file.path), size: found.file.size })
            .collect(),
    }
}
