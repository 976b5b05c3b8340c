//! XML as a tree with lines, within bounds that no file of a person reaches.

use std::rc::Rc;

use anyhow::Result;
use roxmltree::{Document, Node, ParsingOptions};

use super::{invalid, offset};
use crate::failure::Failure;

/// A text and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub value: String,
    pub file: Rc<str>,
    pub line: usize,
}

/// One element, with the text that it begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub said: Said,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
}

/// A file larger than this (bytes) is not read.
const LARGEST: usize = 2 << 20;

/// A tag longer than this (bytes) holds more attributes than are compared with each other in time.
const LONGEST_TAG: usize = 32 << 10;

const MOST_NODES: u32 = 200_000;

/// The elements within each other that are read; what reads them calls itself.
const DEEPEST: usize = 100;

impl Element {
    /// Reads the text to its root element; `file` is for messages.
    ///
    /// # Errors
    /// With file, line and column, when it is not well-formed, has a document type, or exceeds
    /// the bounds.
    pub fn parse(file: &str, text: &str) -> Result<Element> {
        if text.len() > LARGEST {
            return Err(Failure::failed(format!("`{file}` is larger than any that a person wrote")).into());
        }
        if let Some(at) = long_tag(text) {
            return Err(invalid(file, text, at, "a tag of more than 32 KiB").into());
        }
        let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text, options).map_err(|error| {
            let at = offset(text, error.pos().row as usize, error.pos().col as usize);
            let message = error.to_string();
            invalid(file, text, at, message.split(" at ").next().unwrap_or(&message))
        })?;
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let reader = Reader { file: file.into(), text, starts };
        reader.element(document.root_element(), 0)
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The element at the end of this way.
    pub fn at(&self, way: &[&str]) -> Option<&Element> {
        way.iter().try_fold(self, |element, name| element.child(name))
    }

    /// What the child of this name says, where it says anything.
    pub fn says(&self, name: &str) -> Option<&Said> {
        self.child(name).map(|child| &child.said).filter(|said| !said.value.is_empty())
    }

    /// The children of the child of this name: `each("modules")` of a project are its `module`s.
    pub fn each(&self, name: &str) -> &[Element] {
        self.child(name).map_or(&[], |child| child.children.as_slice())
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Where a tag begins that is too long.
fn long_tag(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = None;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' if !matches!(bytes.get(at + 1), Some(b'!' | b'?')) => open = Some(at),
            b'<' | b'>' => open = None,
            _ => {}
        }
        if open.is_some_and(|start| at - start > LONGEST_TAG) {
            return open;
        }
    }
    None
}

struct Reader<'a> {
    file: Rc<str>,
    text: &'a str,
    /// Where each line starts.
    starts: Vec<usize>,
}

impl Reader<'_> {
    fn element(&self, node: Node, depth: usize) -> Result<Element> {
        if depth > DEEPEST {
            let message = format!("elements within each other more than {DEEPEST} deep");
            return Err(invalid(&self.file, self.text, node.range().start, &message).into());
        }
        let children = node.children().filter(Node::is_element).map(|child| self.element(child, depth + 1));
        let line = self.starts.partition_point(|start| *start <= node.range().start);
        let value = node.text().unwrap_or("").trim().to_owned();
        Ok(Element {
            name: node.tag_name().name().to_owned(),
            said: Said { value, file: self.file.clone(), line },
            attributes: node
                .attributes()
                .map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned()))
                .collect(),
            children: children.collect::<Result<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_their_lines() {
        let root = Element::parse("a.xml", "<a>\n <b x='1'> y </b>\n <c><d/>\n<d>z</d></c></a>").unwrap();
        assert_eq!((root.says("b").unwrap().value.as_str(), root.says("b").unwrap().line), ("y", 2));
        assert_eq!(root.child("b").unwrap().attribute("x"), Some("1"));
        assert_eq!(root.each("c").iter().map(|d| d.said.line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(root.at(&["c", "e"]), None);
    }

    #[test]
    fn what_is_no_file_of_a_person_ends_in_a_message() {
        let message = |text: &str| Element::parse("a.xml", text).unwrap_err().to_string();
        assert!(message("<a>\n<b></c>").starts_with("`a.xml:2:"));
        assert!(message("<!DOCTYPE p [<!ENTITY a \"b\">]><p>&a;</p>").contains("DTD"));
        let deep = format!("{}{}", "<a>".repeat(150_000), "</a>".repeat(150_000));
        assert!(message(&deep).contains("100 deep"), "{}", message(&deep));
        let wide = format!("<a>{}</a>", "<b/>".repeat(400_000));
        assert!(message(&wide).contains("nodes limit"), "{}", message(&wide));
        let million = format!("{}{}", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000));
        assert!(message(&million).contains("larger than"));
        let attributes: String = (0..100_000).map(|index| format!(" a{index}=''")).collect();
        assert!(message(&format!("<a{attributes}/>")).contains("32 KiB"));
    }
}
