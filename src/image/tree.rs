//! The files that a container sees: all layers upon each other.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{File, Image, Kind, Layer};

/// Prefix of a name that hides the rest of the name in lower layers.
/// Source: OCI image specification, layer.md.
const WHITEOUT: &str = ".wh.";
/// A name that hides its whole folder in lower layers.
const OPAQUE: &str = ".wh..wh..opq";

/// The files of an image, by path.
pub struct Tree<'a> {
    files: BTreeMap<&'a str, Found<'a>>,
    /// Bytes in lower layers that higher ones replace or delete.
    pub wasted: u64,
}

/// A file and the layer that it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    pub file: &'a File,
    /// Index of the layer.
    pub layer: usize,
}

/// Links that are followed before a path is taken for one that leads round in circles.
const LINKS: usize = 40;

impl<'a> Tree<'a> {
    /// Lays the layers of an image upon each other.
    pub fn of(image: &'a Image) -> Tree<'a> {
        let mut tree = Tree { files: BTreeMap::new(), wasted: 0 };
        image.layers.iter().enumerate().for_each(|(index, layer)| tree.lay(index, layer));
        tree
    }

    fn lay(&mut self, index: usize, layer: &'a Layer) {
        for file in layer.files.iter() {
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            if name == OPAQUE {
                self.hide(folder, index);
            } else if let Some(hidden) = name.strip_prefix(WHITEOUT) {
                let path = if folder.is_empty() { hidden.to_owned() } else { format!("{folder}/{hidden}") };
                self.hide(&path, index);
                if let Some(found) = self.files.remove(path.as_str()) {
                    self.wasted += found.file.size;
                }
            } else {
                self.put(Found { file, layer: index });
            }
        }
    }

    fn put(&mut self, found: Found<'a>) {
        if let Some(old) = self.files.insert(&found.file.path, found) {
            self.wasted += old.file.size;
            if old.file.kind == Kind::Folder && found.file.kind != Kind::Folder {
                self.hide(&found.file.path, found.layer);
            }
        }
    }

    /// Takes everything away that lower layers have below a folder.
    fn hide(&mut self, folder: &str, layer: usize) {
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.files.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
        let hidden: Vec<&str> = inside
            .take_while(|(path, _)| path.starts_with(&below))
            .filter(|(_, found)| found.layer < layer)
            .map(|(path, _)| *path)
            .collect();
        for path in hidden {
            self.wasted += self.files.remove(path).map_or(0, |found| found.file.size);
        }
    }

    /// All files, by path.
    pub fn files(&self) -> impl Iterator<Item = Found<'a>> {
        self.files.values().copied()
    }

    /// What is at an absolute path, links followed; `None` when nothing is.
    pub fn at(&self, path: &str) -> Option<Found<'a>> {
        self.files.get(self.real(path)?.as_str()).copied()
    }

    /// Where an absolute path leads, without a leading slash.
    pub fn real(&self, path: &str) -> Option<String> {
        let mut open: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut at: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(part) = open.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    at.pop();
                    continue;
                }
                _ => at.push(part),
            }
            if let Some(Found { file: File { kind: Kind::Link(target), .. }, .. }) =
                self.files.get(at.join("/").as_str())
            {
                links += 1;
                if links > LINKS {
                    return None;
                }
                if target.starts_with('/') {
                    at.clear();
                } else {
                    at.pop();
                }
                open.extend(target.split('/').rev().map(str::to_owned));
            }
        }
        Some(at.join("/"))
    }

    /// Whether a user can reach and read the file at this path; a folder must be open as well.
    pub fn readable(&self, path: &str, owner: (u32, u32)) -> bool {
        self.allowed(path, owner, 4) && self.reachable(path, owner)
    }

    /// Whether a user can start the file at this path.
    pub fn startable(&self, path: &str, owner: (u32, u32)) -> bool {
        self.allowed(path, owner, 1) && self.reachable(path, owner)
    }

    /// Whether every folder on the way is open to a user.
    fn reachable(&self, path: &str, owner: (u32, u32)) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]).filter(|folder| !folder.is_empty());
        folders.into_iter().all(|folder| self.allowed(folder, owner, 1))
    }

    /// Whether the file modes allow one of read (4), write (2), execute (1). A folder that no layer
    /// names is made by the engine, open to all.
    fn allowed(&self, path: &str, (uid, gid): (u32, u32), right: u32) -> bool {
        let Some(Found { file, .. }) = self.at(path) else { return true };
        let shift = match (file.uid == uid, file.gid == gid) {
            (true, _) => 6,
            (_, true) => 3,
            _ => 0,
        };
        // Root reads and enters everything, but starts only what somebody may start.
        (file.mode >> shift) & right != 0 || uid == 0 && (right != 1 || file.mode & 0o111 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Config, Layer};

    fn file(path: &str, size: u64, mode: u32) -> File {
        let kind = Kind::File { program: None, secret: None };
        File { path: path.into(), size, mode, uid: 0, gid: 0, kind }
    }

    fn folder(path: &str, mode: u32) -> File {
        File { kind: Kind::Folder, ..file(path, 0, mode) }
    }

    fn link(path: &str, target: &str) -> File {
        File { kind: Kind::Link(target.into()), ..file(path, 0, 0o777) }
    }

    fn image(layers: Vec<Vec<File>>) -> Image {
        let layer = |files: Vec<File>| Layer {
            id: String::new(),
            compressed: 0,
            unpacked: 0,
            passwd: None,
            files: files.into(),
        };
        Image {
            architecture: "amd64".to_owned(),
            config: Config::default(),
            layers: layers.into_iter().map(layer).collect(),
            history: Vec::new(),
        }
    }

    #[test]
    fn higher_layers_replace_and_delete() {
        let image = image(vec![
            vec![folder("a", 0o755), file("a/one", 10, 0o644), file("a/two", 20, 0o644), file("b", 5, 0o644)],
            vec![file("a/one", 11, 0o644), file(".wh.b", 0, 0), file("a/.wh.two", 0, 0)],
        ]);
        let tree = Tree::of(&image);
        let paths: Vec<&str> = tree.files().map(|found| &*found.file.path).collect();
        assert_eq!(paths, ["a", "a/one"]);
        assert_eq!((tree.wasted, tree.at("/a/one").unwrap().file.size), (35, 11));
    }

    #[test]
    fn an_opaque_folder_hides_what_was_below_it() {
        let image = image(vec![
            vec![folder("a", 0o755), file("a/old", 7, 0o644), file("ab", 1, 0o644)],
            vec![file("a/new", 1, 0o644), file("a/.wh..wh..opq", 0, 0)],
        ]);
        let tree = Tree::of(&image);
        assert!(tree.at("/a/old").is_none() && tree.at("/a/new").is_some() && tree.at("/ab").is_some());
        assert_eq!(tree.wasted, 7);
    }

    #[test]
    fn links_are_followed_and_circles_end() {
        let image = image(vec![vec![
            link("lib", "usr/lib"),
            file("usr/lib/x.so", 3, 0o644),
            link("usr/bin/java", "../lib/jvm/java"),
            file("usr/lib/jvm/java", 9, 0o755),
            link("loop", "/loop"),
        ]]);
        let tree = Tree::of(&image);
        assert_eq!(tree.at("/lib/x.so").unwrap().file.size, 3);
        assert_eq!(tree.at("/usr/bin/java").unwrap().file.size, 9);
        assert!(tree.at("/loop").is_none());
    }

    #[test]
    fn modes_of_the_file_and_of_its_folders_decide() {
        let image = image(vec![vec![
            folder("app", 0o755),
            file("app/run", 1, 0o744),
            file("app/secret", 1, 0o600),
            folder("home", 0o700),
            file("home/x", 1, 0o644),
        ]]);
        let tree = Tree::of(&image);
        let user = (65532, 65532);
        assert!(tree.readable("/app/run", user) && !tree.startable("/app/run", user));
        assert!(!tree.readable("/app/secret", user) && tree.readable("/app/secret", (0, 0)));
        assert!(!tree.readable("/home/x", user));
    }
}
