//! An element of XML as a JSON object.

use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The element of feeds with the whole text, of which the description has the beginning.
const FULL_TEXT: &str = "content:encoded";
const DESCRIPTION: &str = "description";
/// What the beginning of the text is called beside it.
const EXCERPT: &str = "excerpt";

/// An element that is being read.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    /// Its text, with the markup in it.
    pub(super) text: String,
    /// Its attributes.
    attributes: Vec<(String, String)>,
    /// Names of the elements in it and of their attributes, and their values as JSON.
    members: Vec<(String, Vec<String>)>,
    /// The index of each name in `members`.
    index: HashMap<String, usize>,
}

impl Element {
    pub(super) fn new(name: &str, attributes: Vec<(String, String)>) -> Self {
        Self { name: name.to_owned(), attributes, ..Self::default() }
    }

    /// Adds an element that is complete.
    pub(super) fn add(&mut self, mut inner: Self) {
        let name = inner.name.clone();
        let attributes = std::mem::take(&mut inner.attributes);
        let only_attributes =
            !attributes.is_empty() && inner.members.is_empty() && inner.text.trim().is_empty();
        if !only_attributes {
            self.push(name.clone(), inner.value());
        }
        for (attribute, value) in attributes {
            self.push(format!("{name}@{attribute}"), json(&value));
        }
    }

    fn push(&mut self, name: String, value: String) {
        if let Some(&index) = self.index.get(&name) {
            self.members[index].1.push(value);
        } else {
            self.index.insert(name.clone(), self.members.len());
            self.members.push((name, vec![value]));
        }
    }

    /// The element as a row: an object, also if it has only a text.
    pub(super) fn row(mut self) -> String {
        for (attribute, value) in std::mem::take(&mut self.attributes) {
            self.push(attribute, json(&value));
        }
        if self.members.is_empty() {
            let text = json(std::mem::take(&mut self.text).trim());
            self.push("text".into(), text);
        }
        let empty = json("");
        let is_full = |(name, values): &(String, Vec<String>)| {
            name == FULL_TEXT && values.iter().any(|value| *value != empty)
        };
        if self.members.iter().any(is_full) {
            for (name, _) in &mut self.members {
                let other = match name.as_str() {
                    FULL_TEXT => DESCRIPTION,
                    DESCRIPTION => EXCERPT,
                    _ => continue,
                };
                other.clone_into(name);
            }
        }
        self.value()
    }

    /// Its text, or an object of what is in it, as JSON.
    fn value(self) -> String {
        let text = self.text.trim();
        if self.members.is_empty() {
            return json(text);
        }
        let mut names: HashSet<String> = self.members.iter().map(|(n, _)| n.clone()).collect();
        let mut object = String::from("{");
        let mut member = |name: &str, value: &str| {
            let comma = if object.len() > 1 { "," } else { "" };
            object.push_str(&format!("{comma}{}:{value}", json(name)));
        };
        if !text.is_empty() && !names.contains("text") {
            member("text", &json(text));
        }
        for (name, values) in &self.members {
            let is_list = values.len() > 1 || is_list_of(&self.name, name);
            let value = if is_list { format!("[{}]", values.join(",")) } else { values.concat() };
            // What stands before a colon is the name of a format, unless it tells two elements apart.
            match name.split_once(':') {
                Some((_, local)) if names.insert(local.to_owned()) => member(local, &value),
                _ => member(name, &value),
            }
        }
        object.push('}');
        object
    }
}

/// Whether an element's name is the plural of that of the elements in it.
fn is_list_of(outer: &str, inner: &str) -> bool {
    let mut letters = inner.chars();
    letters.next_back();
    let begins = letters.as_str();
    outer.len() > inner.len()
        && !begins.is_empty()
        && outer.ends_with('s')
        && outer.starts_with(begins)
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, text: &str) -> Element {
        Element { text: text.to_owned(), ..Element::new(name, Vec::new()) }
    }

    #[test]
    fn elements_become_objects() {
        let mut job = Element::new("job", vec![("nr".into(), "7".into())]);
        job.add(element("dc:title", " PO "));
        job.add(element("category", "a"));
        job.add(element("category", "\"b\""));
        job.add(Element::new("link", vec![("href".into(), "x".into())]));
        let mut tasks = element("tasks", "");
        tasks.add(element("task", "own"));
        job.add(tasks);
        let expected = r#"{"title":"PO","category":["a","\"b\""],"link@href":"x","tasks":{"task":["own"]},"nr":"7"}"#;
        assert_eq!(job.row(), expected);
        assert_eq!(element("job", "PO").row(), r#"{"text":"PO"}"#);
    }

    #[test]
    fn the_whole_text_is_the_description() {
        for (full, expected) in [
            ("all", r#"{"excerpt":"begins","description":"all"}"#),
            ("", r#"{"description":"begins","encoded":""}"#),
        ] {
            let mut item = Element::new("item", Vec::new());
            item.add(element("description", "begins"));
            item.add(element("content:encoded", full));
            assert_eq!(item.row(), expected);
        }
    }
}
