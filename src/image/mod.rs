//! What is inside an image: its configuration, its layers, and every file of them.

mod archive;
mod history;
mod program;
mod tree;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;

pub use archive::read;
pub use history::{Step, steps};
pub use program::Program;
pub use tree::{Found, Tree};

/// An image as it was read from an archive.
#[derive(Clone, Debug)]
pub struct Image {
    pub architecture: String,
    pub config: Config,
    /// The layers with the text of the instruction that made each, lowest first.
    pub layers: Vec<Layer>,
    /// Texts of all instructions, those without a layer too, oldest first.
    pub history: Vec<History>,
}

impl Image {
    /// Bytes of the files of all layers.
    pub fn unpacked(&self) -> u64 {
        self.layers.iter().map(|layer| layer.unpacked).sum()
    }
}

/// How a container of the image starts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Config {
    pub user: String,
    #[serde(deserialize_with = "absent")]
    pub env: Vec<String>,
    #[serde(deserialize_with = "absent")]
    pub entrypoint: Vec<String>,
    #[serde(deserialize_with = "absent")]
    pub cmd: Vec<String>,
    pub working_dir: String,
    #[serde(deserialize_with = "absent")]
    pub exposed_ports: BTreeMap<String, serde_json::Value>,
}

impl Config {
    /// The words that a container starts with.
    pub fn command(&self) -> Vec<String> {
        [self.entrypoint.clone(), self.cmd.clone()].concat()
    }

    /// The first TCP port that is exposed.
    pub fn port(&self) -> Option<u16> {
        let tcp = |port: &String| match port.split_once('/') {
            Some((number, "tcp")) => number.parse().ok(),
            Some(_) => None,
            None => port.parse().ok(),
        };
        self.exposed_ports.keys().filter_map(tcp).min()
    }

    /// The user and group as numbers. Names are looked up in what is known of every image: only
    /// root has the same number everywhere.
    pub fn owner(&self, users: &BTreeMap<String, (u32, u32)>) -> Option<(u32, u32)> {
        let (user, group) = match self.user.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (self.user.as_str(), None),
        };
        let user = if user.is_empty() { "root" } else { user };
        let known = users.get(user).copied().or((user == "root").then_some((0, 0)));
        let uid = user.parse().ok().or(known.map(|known| known.0))?;
        let by_number = || users.values().find(|one| one.0 == uid).map(|one| one.1);
        let gid = match group {
            Some(group) => group.parse().ok()?,
            None => known.map(|known| known.1).or_else(by_number).unwrap_or(0),
        };
        Some((uid, gid))
    }
}

/// One entry of an image's history.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct History {
    pub created_by: String,
    pub empty_layer: bool,
}

/// One layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Digest of the uncompressed layer.
    pub id: String,
    /// Bytes that a registry holds and a pull loads.
    pub compressed: u64,
    /// Bytes of its files.
    pub unpacked: u64,
    /// Shared, because one layer may stand in an image more than once.
    pub files: Rc<[File]>,
}

/// One path of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Without a leading slash.
    pub path: Box<str>,
    pub size: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub kind: Kind,
}

/// What a path of a layer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    File {
        /// What the system needs to start it, where it is a program.
        program: Option<Box<Program>>,
        /// The kind of secret that it looks like.
        secret: Option<Box<str>>,
    },
    Folder,
    Link(Box<str>),
    /// Device, FIFO, socket.
    Other,
}

/// Numbers of users that images know by name.
/// Source: github.com/GoogleContainerTools/distroless common/variables.bzl.
pub fn users() -> BTreeMap<String, (u32, u32)> {
    let known = [("root", (0, 0)), ("nobody", (65534, 65534)), ("nonroot", (65532, 65532))];
    known.into_iter().map(|(name, numbers)| (name.to_owned(), numbers)).collect()
}

/// Null, as some engines write it, is the same as nothing.
fn absent<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_numbers_or_known_names() {
        let users = BTreeMap::from([("nonroot".to_owned(), (65532, 65532))]);
        let owner = |user: &str| Config { user: user.to_owned(), ..Config::default() }.owner(&users);
        assert_eq!(owner("65532:65532"), Some((65532, 65532)));
        assert_eq!(owner("nonroot"), Some((65532, 65532)));
        assert_eq!(owner("65532"), Some((65532, 65532)));
        assert_eq!(owner("1000"), Some((1000, 0)));
        assert_eq!(owner(""), Some((0, 0)));
        assert_eq!(owner("somebody"), None);
    }

    #[test]
    fn the_lowest_tcp_port_counts() {
        let config: Config =
            serde_json::from_str(r#"{"ExposedPorts":{"53/udp":{},"9000/tcp":{},"8080/tcp":{}},"Env":null}"#)
                .unwrap();
        assert_eq!(config.port(), Some(8080));
    }
}
