//! Programs that serve files and run no code of the repository.

use super::walk::Walk;
use super::{Scripts, Unfit};
use crate::catalog::NodeServe;
use crate::manifest::shell::Word;
use crate::repo::Kind;

impl Scripts<'_> {
    /// What a server of files serves; `None` for any other program.
    pub(super) fn files(&self, name: &str, rest: &[Word], walk: &mut Walk) -> Option<Unfit> {
        let verb = rest.iter().find(|word| !word.text.starts_with('-')).map_or("", |word| word.text.as_str());
        let fits = |row: &&NodeServe| {
            row.name == name && (row.verbs.is_empty() || row.verbs.iter().any(|known| known == verb))
        };
        let row = self.knowledge.serve.iter().find(fits)?;
        let served = Served::read(row, rest);
        if served.hands_on {
            return Some(walk.stop(&format!("has `{name}` hand requests on to another server")));
        }
        if served.open {
            return Some(walk.shell("a variable or pattern"));
        }
        let folder = served.folder.or_else(|| self.usual(row));
        walk.start.folder.clone_from(&walk.folder);
        Some(Unfit::Files {
            folder,
            single_page: served.single || row.always_single,
            port: served.port,
            start: Box::new(walk.start.clone()),
        })
    }

    /// What is served when nothing is named.
    fn usual(&self, row: &NodeServe) -> Option<String> {
        let folder = row.folder.as_deref()?;
        // Such programs take `public` where it is there, else everything.
        let is_there = self.repo.kind(folder).is_ok_and(|kind| kind == Some(Kind::Folder));
        let made = !row.verbs.is_empty();
        Some(if is_there || made { folder.to_owned() } else { ".".to_owned() })
    }
}

/// What the arguments say.
#[derive(Default)]
struct Served {
    folder: Option<String>,
    single: bool,
    port: Option<u16>,
    hands_on: bool,
    open: bool,
}

impl Served {
    fn read(row: &NodeServe, rest: &[Word]) -> Served {
        let mut served = Served::default();
        let mut words = rest.iter().peekable();
        let mut verbs = row.verbs.iter().chain(&row.skips);
        while let Some(word) = words.next() {
            let (option, value) = match word.text.split_once('=') {
                Some((option, value)) if option.starts_with('-') => (option, Some(value.to_owned())),
                _ => (word.text.as_str(), None),
            };
            let is = |known: &[String]| known.iter().any(|known| known == option);
            let takes = [&row.ports, &row.folders, &row.values, &row.proxy, &row.single_values]
                .into_iter()
                .any(|known| is(known));
            let next = if takes && value.is_none() {
                words.next_if(|word| !word.text.starts_with('-'))
            } else {
                None
            };
            let value = value.or_else(|| next.map(|word| word.value.clone())).unwrap_or_default();
            if is(&row.ports) {
                served.port = value.rsplit(':').next().and_then(|port| port.parse().ok());
            } else if is(&row.folders) {
                served.open |= next.is_some_and(|word| word.needs().is_some());
                served.folder = Some(value);
            } else if is(&row.proxy) {
                // The address of the server itself is how every path gets the same page.
                served.single |= value.ends_with('?');
                served.hands_on |= !value.ends_with('?');
            } else if is(&row.single) || is(&row.single_values) {
                served.single = true;
            } else if !option.starts_with('-') && !verbs.any(|verb| verb == option) && served.folder.is_none()
            {
                served.open |= word.needs().is_some();
                served.folder = row.folder.is_some().then(|| word.text.clone());
            }
        }
        served
    }
}
