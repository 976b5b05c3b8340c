//! A repository in memory, for tests.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Entry, Files, Kind};

/// Files by path. The folders are those that the paths name.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    /// No files yet.
    pub fn new() -> Self {
        Memory::default()
    }

    /// With one more text file.
    #[must_use]
    pub fn file(self, path: &str, text: &str) -> Self {
        self.bytes(path, text.as_bytes().to_vec())
    }

    /// With one more file of any bytes.
    #[must_use]
    pub fn bytes(mut self, path: &str, bytes: Vec<u8>) -> Self {
        self.0.insert(path.to_owned(), bytes);
        self
    }
}

impl Files for Memory {
    fn entries(&self, folder: &str) -> Result<Vec<Entry>> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.0.range(prefix.clone()..).map_while(|(path, _)| path.strip_prefix(&prefix));
        let mut entries: Vec<Entry> = below
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => Entry { name: name.to_owned(), kind: Kind::Folder },
                None => Entry { name: rest.to_owned(), kind: Kind::File },
            })
            .collect();
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(path).cloned())
    }
}
