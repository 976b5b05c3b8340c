//! Reads what `docker save` and `podman save` write, as a stream: no layer is ever held in memory
//! or on disk.
//!
//! Source: OCI image specification (image-layout.md, config.md, layer.md) and Docker's image
//! specification v1.2 for `manifest.json`.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tar::{Archive, Entry, EntryType};

use super::program::HEAD;
use super::{Config, File, History, Image, Kind, Layer, Program};
use crate::catalog::SecretFile;
use crate::failure::Failure;

/// Descriptions are small; what is larger is a layer.
const LARGEST_DESCRIPTION: u64 = 4 << 20;

/// Reads an image from an archive.
///
/// # Errors
/// When the stream ends early, or is no image archive.
pub fn read(stream: impl Read, secrets: &[SecretFile]) -> Result<Image> {
    let mut stream = BufReader::with_capacity(256 << 10, stream);
    let parts = parts(&mut stream, secrets);
    // Whoever writes the archive wants to write all of it.
    let rest = io::copy(&mut stream, &mut io::sink());
    let parts = parts.context("the engine's archive of the image cannot be read")?;
    rest.context("the engine's archive of the image ends too soon")?;
    parts.image()
}

/// What an archive holds, by name.
#[derive(Default)]
struct Parts {
    descriptions: BTreeMap<String, Vec<u8>>,
    layers: BTreeMap<String, Layer>,
    /// Names that stand for other names.
    links: BTreeMap<String, String>,
}

fn parts(stream: &mut impl BufRead, secrets: &[SecretFile]) -> Result<Parts> {
    let mut parts = Parts::default();
    let mut archive = Archive::new(stream);
    for entry in archive.entries()? {
        let entry = entry?;
        let name = path(&entry);
        match entry.header().entry_type() {
            EntryType::Regular => parts.add(name, entry, secrets)?,
            EntryType::Symlink | EntryType::Link => {
                let target = entry.link_name_bytes().unwrap_or_default();
                parts.links.insert(name, String::from_utf8_lossy(&target).into_owned());
            }
            _ => {}
        }
    }
    Ok(parts)
}

impl Parts {
    /// Tells a layer from a description by its first bytes.
    fn add(&mut self, name: String, entry: impl Read, secrets: &[SecretFile]) -> Result<()> {
        let mut counted = BufReader::with_capacity(128 << 10, Counted { inner: entry, count: 0 });
        let head = counted.fill_buf()?;
        if head.starts_with(b"{") || head.starts_with(b"[") {
            let mut bytes = Vec::new();
            counted.take(LARGEST_DESCRIPTION).read_to_end(&mut bytes)?;
            self.descriptions.insert(name, bytes);
        } else if head.starts_with(&[0x1f, 0x8b]) {
            let mut layer = layer(MultiGzDecoder::new(&mut counted), secrets)?;
            io::copy(&mut counted, &mut io::sink())?;
            layer.compressed = counted.get_ref().count;
            self.layers.insert(name, layer);
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            io::copy(&mut counted, &mut io::sink())?;
            return Err(Failure::failed(format!(
                "layer `{name}` is compressed with zstd, which is not read"
            ))
            .into());
        } else if head.len() > 262 && head[257..262] == *b"ustar" {
            // Stored unpacked: what a registry would hold is found out by compressing it.
            let mut compressed =
                Compressed { inner: counted, gzip: GzEncoder::new(Count(0), Compression::fast()) };
            let mut layer = layer(&mut compressed, secrets)?;
            io::copy(&mut compressed, &mut io::sink())?;
            layer.compressed = compressed.gzip.finish()?.0;
            self.layers.insert(name, layer);
        }
        Ok(())
    }

    fn image(&self) -> Result<Image> {
        let (config, layers) = self.manifest()?;
        let config: ConfigFile = self.description(&config)?;
        let mut found = Vec::new();
        for (index, name) in layers.iter().enumerate() {
            let real = self.links.get(name).map_or(name.clone(), |target| joined(name, target));
            let Some(layer) = self.layers.get(name).or(self.layers.get(&real)) else {
                return Err(missing(name));
            };
            let id = config.rootfs.diff_ids.get(index).cloned().unwrap_or_default();
            found.push(Layer { id, ..layer.clone() });
        }
        Ok(Image {
            architecture: config.architecture,
            config: config.config.unwrap_or_default(),
            layers: found,
            history: config.history.unwrap_or_default(),
        })
    }

    /// The names of the configuration and of the layers.
    fn manifest(&self) -> Result<(String, Vec<String>)> {
        if self.descriptions.contains_key("manifest.json") {
            let [manifest]: [DockerManifest; 1] = self.description("manifest.json")?;
            return Ok((manifest.config, manifest.layers));
        }
        let mut index: Index = self.description("index.json")?;
        // An index may name another index; the first description with layers is the image.
        for _ in 0..4 {
            let Some(next) = index.manifests.first() else { break };
            let name = blob(&next.digest);
            let manifest: OciManifest = self.description(&name)?;
            if let Some(config) = manifest.config {
                let layers = manifest.layers.iter().map(|layer| blob(&layer.digest)).collect();
                return Ok((blob(&config.digest), layers));
            }
            index = self.description(&name)?;
        }
        Err(missing("a manifest"))
    }

    fn description<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let bytes = self.descriptions.get(name).ok_or_else(|| missing(name))?;
        serde_json::from_slice(bytes)
            .with_context(|| format!("`{name}` in the engine's archive of the image"))
    }
}

fn missing(name: &str) -> anyhow::Error {
    Failure::failed(format!("the engine's archive of the image lacks {name}")).into()
}

/// The name of a link's target, which is relative to the link's folder.
fn joined(name: &str, target: &str) -> String {
    let folder = crate::repo::parent(name);
    crate::repo::normal(&crate::repo::join(folder, target)).unwrap_or_else(|| target.to_owned())
}

/// Where an OCI layout keeps what has this digest.
fn blob(digest: &str) -> String {
    format!("blobs/{}", digest.replacen(':', "/", 1))
}

/// Lists a layer.
fn layer(stream: impl Read, secrets: &[SecretFile]) -> Result<Layer> {
    let (mut unpacked, mut files) = (0, Vec::new());
    let mut archive = Archive::new(stream);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = path(&entry);
        if path.is_empty() {
            continue;
        }
        let header = entry.header();
        let number =
            |value: io::Result<u64>| value.ok().and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
        let (mode, uid, gid) = (header.mode().unwrap_or(0), number(header.uid()), number(header.gid()));
        let kind = kind(&mut entry, &path, secrets)?;
        let size = if matches!(kind, Kind::File { .. }) { entry.size() } else { 0 };
        unpacked += size;
        files.push(File { path: path.into(), size, mode, uid, gid, kind });
    }
    // What follows the archive's end belongs to the layer, too.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(Layer { id: String::new(), compressed: 0, unpacked, files: files.into() })
}

fn kind<R: Read>(entry: &mut Entry<'_, R>, path: &str, secrets: &[SecretFile]) -> Result<Kind> {
    Ok(match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => contents(entry, path, secrets)?,
        EntryType::Directory => Kind::Folder,
        EntryType::Symlink => Kind::Link(target(entry)),
        // A hard link's target is named from the root.
        EntryType::Link => Kind::Link(format!("/{}", target(entry).trim_start_matches("./")).into()),
        _ => Kind::Other,
    })
}

/// Looks into a file, as far as is needed to tell what it is.
fn contents<R: Read>(entry: &mut Entry<'_, R>, path: &str, secrets: &[SecretFile]) -> Result<Kind> {
    let rule = secrets.iter().find(|rule| rule.names(path));
    let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
    let mut head = Vec::new();
    if rule.is_some() || executable {
        entry.take(HEAD as u64).read_to_end(&mut head)?;
    }
    let secret = rule.filter(|rule| rule.holds(&head)).map(|rule| rule.title.as_str().into());
    let program = if executable { Program::of(&head).map(Box::new) } else { None };
    Ok(Kind::File { program, secret })
}

fn target<R: Read>(entry: &Entry<'_, R>) -> Box<str> {
    String::from_utf8_lossy(&entry.link_name_bytes().unwrap_or_default()).into()
}

/// The path of an entry, without what leads to the root.
fn path<R: Read>(entry: &Entry<'_, R>) -> String {
    let bytes = entry.path_bytes();
    let path = String::from_utf8_lossy(&bytes);
    let path = path.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

/// Compresses what is read through it.
struct Compressed<R> {
    inner: R,
    gzip: GzEncoder<Count>,
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.gzip.write_all(&buffer[..count])?;
        Ok(count)
    }
}

/// Counts what is written to it.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0 += buffer.len() as u64;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerManifest {
    config: String,
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
}

#[derive(Deserialize)]
struct OciManifest {
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct ConfigFile {
    #[serde(default)]
    architecture: String,
    config: Option<Config>,
    history: Option<Vec<History>>,
    #[serde(default)]
    rootfs: RootFs,
}

#[derive(Default, Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Vec<String>,
}
