//! How the configuration of a plugin is laid over a weaker one.

use std::collections::{BTreeMap, VecDeque};

use crate::manifest::xml::Element;

/// Lays it over, element by element, as Maven does.
pub(super) fn lay_over(strong: &mut Option<Element>, weak: Option<&Element>) {
    match (strong.as_mut(), weak) {
        (Some(strong), Some(weak)) => merge(strong, weak),
        (None, Some(weak)) => *strong = Some(weak.clone()),
        (_, None) => {}
    }
}

fn merge(strong: &mut Element, weak: &Element) {
    if strong.attribute("combine.self") == Some("override") {
        return;
    }
    if strong.said.value.is_empty() && strong.children.is_empty() {
        strong.said = weak.said.clone();
    }
    if strong.attribute("combine.children") == Some("append") {
        let own = std::mem::take(&mut strong.children);
        strong.children = weak.children.iter().cloned().chain(own).collect();
        return;
    }
    // The children of one name meet in their order; those of a name that is not there are added.
    let mut places: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
    for (index, child) in strong.children.iter().enumerate() {
        places.entry(child.name.clone()).or_default().push_back(index);
    }
    for child in &weak.children {
        match places.get_mut(&child.name).map(VecDeque::pop_front) {
            Some(index) => {
                if let Some(own) = index.and_then(|index| strong.children.get_mut(index)) {
                    merge(own, child);
                }
            }
            None => strong.children.push(child.clone()),
        }
    }
}
