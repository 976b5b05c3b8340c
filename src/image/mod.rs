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

    /// The configured user and group as numbers; nothing where the image does not know the name.
    pub fn owner(&self) -> Option<(u32, u32)> {
        let passwd = self.layers.iter().rev().find_map(|layer| layer.passwd.as_deref());
        self.config.owner(&accounts(passwd.unwrap_or_default()))
    }
}

/// What an image says of itself. Source: OCI image specification, config.md.
#[derive(Deserialize)]
pub(crate) struct Description {
    #[serde(default)]
    pub(crate) architecture: String,
    pub(crate) config: Option<Config>,
    pub(crate) history: Option<Vec<History>>,
    #[serde(default)]
    pub(crate) rootfs: RootFs,
}

/// The digests of the uncompressed layers, lowest first.
#[derive(Default, Deserialize)]
pub(crate) struct RootFs {
    #[serde(default)]
    pub(crate) diff_ids: Vec<String>,
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

    /// The TCP ports that are exposed, in order.
    pub fn ports(&self) -> Vec<u16> {
        let tcp = |port: &String| match port.split_once('/') {
            Some((number, "tcp")) => number.parse().ok(),
            Some(_) => None,
            None => port.parse().ok(),
        };
        let mut ports: Vec<u16> = self.exposed_ports.keys().filter_map(tcp).collect();
        ports.sort_unstable();
        ports
    }

    /// The user and group as numbers, names looked up among these users.
    pub fn owner(&self, users: &BTreeMap<String, (u32, u32)>) -> Option<(u32, u32)> {
        let (user, group) = match self.user.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (self.user.as_str(), None),
        };
        let user = if user.is_empty() { "root" } else { user };
        // Engines take a name that is not listed for an error; root is known without a list.
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
    /// The text of its `/etc/passwd`.
    pub passwd: Option<Rc<str>>,
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

/// The users of a `passwd` file with their numbers. Source: passwd(5).
fn accounts(passwd: &str) -> BTreeMap<String, (u32, u32)> {
    let account = |line: &str| {
        let mut fields = line.split(':');
        let (name, uid, gid) = (fields.next()?, fields.nth(1)?, fields.next()?);
        Some((name.to_owned(), (uid.parse().ok()?, gid.parse().ok()?)))
    };
    passwd.lines().filter_map(account).collect()
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
        let users = accounts(
            "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home:/x\nfake:x:0:0\nbad\n",
        );
        let owner = |user: &str| Config { user: user.to_owned(), ..Config::default() }.owner(&users);
        assert_eq!(owner("65532:65532"), Some((65532, 65532)));
        assert_eq!(owner("nonroot"), Some((65532, 65532)));
        assert_eq!(owner("65532"), Some((65532, 65532)));
        assert_eq!(owner("1000"), Some((1000, 0)));
        assert_eq!(owner(""), Some((0, 0)));
        assert_eq!(owner("fake"), Some((0, 0)));
        assert_eq!(owner("somebody"), None);
    }

    #[test]
    fn tcp_ports_count_in_order() {
        let config: Config =
            serde_json::from_str(r#"{"ExposedPorts":{"53/udp":{},"9000/tcp":{},"8080/tcp":{}},"Env":null}"#)
                .unwrap();
        assert_eq!(config.ports(), [8080, 9000]);
    }
}
