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
use super::{Description, File, Image, Kind, Layer, Program};
use crate::catalog::SecretFile;
use crate::failure::Failure;

/// Descriptions are small; what is larger is a layer.
const LARGEST_DESCRIPTION: u64 = 4 << 20;

/// A list of users is read up to this size, in bytes.
const LARGEST_PASSWD: u64 = 64 << 10;

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
        } else if is_tar(head) {
            // Stored unpacked: what a registry would hold is found out by compressing it.
            let mut compressed =
                Compressed { inner: counted, gzip: GzEncoder::new(Count(0), Compression::default()) };
            let mut layer = layer(&mut compressed, secrets)?;
            io::copy(&mut compressed, &mut io::sink())?;
            layer.compressed = compressed.gzip.finish()?.0;
            self.layers.insert(name, layer);
        }
        Ok(())
    }

    fn image(&self) -> Result<Image> {
        let (config, layers) = self.manifest()?;
        let config: Description = self.description(&config)?;
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

/// Whether a file begins like a tar archive; an empty one is nothing but zeros.
fn is_tar(head: &[u8]) -> bool {
    const BLOCK: usize = 512;
    head.len() >= BLOCK && (head[257..262] == *b"ustar" || head[..BLOCK].iter().all(|byte| *byte == 0))
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
    let (mut unpacked, mut files, mut passwd) = (0, Vec::new(), None);
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
        if path == "etc/passwd" {
            let mut text = Vec::new();
            entry.by_ref().take(LARGEST_PASSWD).read_to_end(&mut text)?;
            passwd = Some(String::from_utf8_lossy(&text).into());
        }
        let kind = kind(&mut entry, &path, secrets)?;
        let size = if matches!(kind, Kind::File { .. }) { entry.size() } else { 0 };
        unpacked += size;
        files.push(File { path: path.into(), size, mode, uid, gid, kind });
    }
    // What follows the archive's end belongs to the layer, too.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(Layer { id: String::new(), compressed: 0, unpacked, passwd, files: files.into() })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(files: &[(&str, &[u8], u32)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes, mode) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(*mode);
            header.set_cksum();
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    const CONFIG: &str = r#"{"architecture":"amd64","config":{"User":"1:1","Cmd":["/a"]},
        "rootfs":{"diff_ids":["sha256:1","sha256:2"]},"history":[{"created_by":"COPY a a"}]}"#;

    fn secrets() -> Vec<SecretFile> {
        crate::catalog::contents().unwrap().secret
    }

    #[test]
    fn an_archive_of_docker_is_read_an_empty_layer_too() {
        let layer =
            tar(&[("a", b"#!/bin/sh\n", 0o755), ("x/.env", b"A=1", 0o600), ("x/.npmrc", b"a=b", 0o644)]);
        let manifest = br#"[{"Config":"c.json","Layers":["1/layer.tar","2/layer.tar"]}]"#;
        let archive = tar(&[
            ("1/layer.tar", &layer, 0o644),
            ("1/VERSION", b"1.0", 0o644),
            ("2/layer.tar", &[0; 1024], 0o644),
            ("c.json", CONFIG.as_bytes(), 0o644),
            ("manifest.json", manifest, 0o644),
        ]);
        let image = read(archive.as_slice(), &secrets()).unwrap();
        assert_eq!((image.layers.len(), image.unpacked(), image.layers[1].files.len()), (2, 16, 0));
        assert!(image.layers[0].compressed > 0 && image.layers[0].compressed < layer.len() as u64);
        let kinds: Vec<&Kind> = image.layers[0].files.iter().map(|file| &file.kind).collect();
        let script = Program::Script { interpreter: "/bin/sh".to_owned() };
        assert_eq!(*kinds[0], Kind::File { program: Some(Box::new(script)), secret: None });
        assert_eq!(*kinds[1], Kind::File { program: None, secret: Some("environment file".into()) });
        assert_eq!(*kinds[2], Kind::File { program: None, secret: None });
    }

    #[test]
    fn an_oci_archive_is_read_whatever_the_order_of_its_parts() {
        let (one, two) = (gzip(&tar(&[("a", b"abc", 0o755)])), gzip(&tar(&[("b", b"de", 0o644)])));
        let manifest =
            br#"{"config":{"digest":"sha256:c"},"layers":[{"digest":"sha256:y"},{"digest":"sha256:x"}]}"#;
        let archive = tar(&[
            ("blobs/sha256/x", &two, 0o644),
            ("blobs/sha256/y", &one, 0o644),
            ("blobs/sha256/m", manifest, 0o644),
            ("blobs/sha256/c", CONFIG.as_bytes(), 0o644),
            ("index.json", br#"{"manifests":[{"digest":"sha256:m"}]}"#, 0o644),
        ]);
        let image = read(archive.as_slice(), &[]).unwrap();
        let found: Vec<(u64, u64)> =
            image.layers.iter().map(|layer| (layer.unpacked, layer.compressed)).collect();
        assert_eq!(found, [(3, one.len() as u64), (2, two.len() as u64)]);
        assert_eq!((image.config.user.as_str(), image.layers[0].id.as_str()), ("1:1", "sha256:1"));
    }

    #[test]
    fn archives_that_end_early_or_lie_are_errors() {
        let whole = tar(&[("manifest.json", br#"[{"Config":"c.json","Layers":["1/layer.tar"]}]"#, 0o644)]);
        assert!(read(whole.as_slice(), &[]).unwrap_err().to_string().contains("lacks c.json"));
        assert!(read(&whole[..600], &[]).is_err());
        let circle = tar(&[
            ("index.json", br#"{"manifests":[{"digest":"sha256:i"}]}"#, 0o644),
            ("blobs/sha256/i", br#"{"manifests":[{"digest":"sha256:i"}]}"#, 0o644),
        ]);
        assert!(read(circle.as_slice(), &[]).unwrap_err().to_string().contains("lacks a manifest"));
        let zstd = tar(&[("blobs/sha256/z", &[0x28, 0xb5, 0x2f, 0xfd, 0, 0], 0o644)]);
        assert!(format!("{:#}", read(zstd.as_slice(), &[]).unwrap_err()).contains("zstd"));
    }
}
