//! pom.xml, as far as it says what a build makes.

use std::collections::BTreeMap;

use anyhow::Result;
use roxmltree::{Document, Node};

use super::{invalid, offset};

/// A value and its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub value: String,
    pub line: usize,
}

/// Something with Maven coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub group: String,
    pub artifact: String,
    pub version: Option<Said>,
    pub line: usize,
}

/// A plugin of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    pub artifact: Artifact,
    /// Whether it sets a classifier, which renames what it makes.
    pub classifier: Option<Said>,
    /// Whether it configures the layers of the jar by itself.
    pub layers: Option<Said>,
    /// Whether `skip` is set.
    pub skipped: bool,
    /// The Java release that it is told to compile for.
    pub release: Option<Said>,
    /// Goals of its executions.
    pub goals: Vec<String>,
}

/// What is read of pom.xml, `${...}` resolved where the file itself says how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pom {
    pub parent: Option<Artifact>,
    pub artifact: Said,
    pub version: Option<Said>,
    pub packaging: Option<Said>,
    pub modules: Vec<Said>,
    pub properties: BTreeMap<String, Said>,
    pub dependencies: Vec<Artifact>,
    /// Imported bills of materials.
    pub managed: Vec<Artifact>,
    pub final_name: Option<Said>,
    /// The build's output folder, where it is not the usual one.
    pub directory: Option<Said>,
    pub plugins: Vec<Plugin>,
}

impl Pom {
    /// Reads the text; `file` is for messages.
    ///
    /// # Errors
    /// With file, line and column, when it is not well-formed, has a document type, or names no
    /// artifact.
    pub fn parse(file: &str, text: &str) -> Result<Pom> {
        let document = Document::parse(text).map_err(|error| {
            let at = offset(text, error.pos().row as usize, error.pos().col as usize);
            let message = error.to_string();
            invalid(file, text, at, message.split(" at ").next().unwrap_or(&message))
        })?;
        let project = document.root_element();
        if project.tag_name().name() != "project" {
            return Err(
                invalid(file, text, project.range().start, "the root element is not `project`").into()
            );
        }
        let reader = Reader { document: &document };
        let mut pom = reader.pom(project);
        if pom.artifact.value.is_empty() {
            return Err(invalid(file, text, project.range().start, "no `artifactId`").into());
        }
        pom.resolve_all();
        Ok(pom)
    }

    /// The plugin with this artifact id.
    pub fn plugin(&self, artifact: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.artifact.artifact == artifact)
    }

    /// The text with every `${name}` replaced; `None` when one is not known here.
    pub fn resolved(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        // Properties may name each other; a text that still changes after this many rounds is a cycle.
        for _ in 0..32 {
            let Some(start) = text.find("${") else { return Some(text) };
            let end = start + text[start..].find('}')?;
            let value = self.property(&text[start + 2..end])?;
            text.replace_range(start..=end, &value);
            if text.len() > 4096 {
                return None;
            }
        }
        None
    }

    fn property(&self, name: &str) -> Option<String> {
        let own = |field: &str| match field {
            "artifactId" => Some(self.artifact.value.clone()),
            "version" => self.version.as_ref().map(|said| said.value.clone()),
            "parent.version" => self.parent.as_ref()?.version.as_ref().map(|said| said.value.clone()),
            _ => None,
        };
        match name.strip_prefix("project.").or(name.strip_prefix("pom.")) {
            Some(field) => own(field),
            None => self.properties.get(name).map(|said| said.value.clone()),
        }
    }

    fn resolve_all(&mut self) {
        if self.version.is_none() {
            self.version = self.parent.as_ref().and_then(|parent| parent.version.clone());
        }
        let known = self.clone();
        let resolve = |said: &mut Said| {
            if let Some(value) = known.resolved(&said.value) {
                said.value = value;
            }
        };
        self.properties.values_mut().for_each(resolve);
        self.version.iter_mut().for_each(resolve);
        self.final_name.iter_mut().for_each(resolve);
        self.plugins.iter_mut().filter_map(|plugin| plugin.release.as_mut()).for_each(resolve);
        let artifacts = self.dependencies.iter_mut().chain(&mut self.managed).chain(&mut self.parent);
        artifacts.filter_map(|artifact| artifact.version.as_mut()).for_each(resolve);
        self.plugins.iter_mut().filter_map(|plugin| plugin.artifact.version.as_mut()).for_each(resolve);
    }
}

struct Reader<'a> {
    document: &'a Document<'a>,
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn children<'a>(node: Option<Node<'a, 'a>>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.into_iter().flat_map(|node| node.children()).filter(move |child| child.tag_name().name() == name)
}

impl<'a> Reader<'a> {
    fn line(&self, node: Node) -> usize {
        self.document.text_pos_at(node.range().start).row as usize
    }

    fn said(&self, node: Node<'a, 'a>, name: &str) -> Option<Said> {
        let found = child(node, name)?;
        Some(Said { value: found.text().unwrap_or("").trim().to_owned(), line: self.line(found) })
    }

    fn artifact(&self, node: Node<'a, 'a>, group: &str) -> Artifact {
        let value = |name| self.said(node, name).map(|said| said.value);
        Artifact {
            group: value("groupId").unwrap_or_else(|| group.to_owned()),
            artifact: value("artifactId").unwrap_or_default(),
            version: self.said(node, "version"),
            line: self.line(node),
        }
    }

    fn pom(&self, project: Node<'a, 'a>) -> Pom {
        let build = child(project, "build");
        let dependencies = child(project, "dependencies");
        let managed = child(project, "dependencyManagement").and_then(|node| child(node, "dependencies"));
        let plugins = build.and_then(|build| child(build, "plugins"));
        let modules = children(child(project, "modules"), "module");
        let properties = child(project, "properties");
        Pom {
            parent: child(project, "parent").map(|node| self.artifact(node, "")),
            artifact: self.said(project, "artifactId").unwrap_or_default(),
            version: self.said(project, "version"),
            packaging: self.said(project, "packaging"),
            modules: modules
                .map(|node| Said {
                    value: node.text().unwrap_or("").trim().to_owned(),
                    line: self.line(node),
                })
                .collect(),
            properties: self.properties(properties),
            dependencies: children(dependencies, "dependency").map(|node| self.artifact(node, "")).collect(),
            managed: children(managed, "dependency").map(|node| self.artifact(node, "")).collect(),
            final_name: build.and_then(|build| self.said(build, "finalName")),
            directory: build.and_then(|build| self.said(build, "directory")),
            plugins: children(plugins, "plugin").map(|node| self.plugin(node)).collect(),
        }
    }

    fn properties(&self, node: Option<Node<'a, 'a>>) -> BTreeMap<String, Said> {
        let elements = node.into_iter().flat_map(|node| node.children()).filter(Node::is_element);
        let said =
            |node: Node| Said { value: node.text().unwrap_or("").trim().to_owned(), line: self.line(node) };
        elements.map(|node| (node.tag_name().name().to_owned(), said(node))).collect()
    }

    fn plugin(&self, node: Node<'a, 'a>) -> Plugin {
        let own = child(node, "configuration");
        let executions: Vec<Node> = children(child(node, "executions"), "execution").collect();
        let goals = executions.iter().flat_map(|execution| children(child(*execution, "goals"), "goal"));
        let of_executions = executions.iter().filter_map(|execution| child(*execution, "configuration"));
        let configurations: Vec<Node> = own.into_iter().chain(of_executions).collect();
        let set = |name| configurations.iter().find_map(|configuration| self.said(*configuration, name));
        Plugin {
            artifact: self.artifact(node, "org.apache.maven.plugins"),
            classifier: set("classifier"),
            layers: set("layers"),
            skipped: set("skip").is_some_and(|said| said.value == "true"),
            release: set("release").or_else(|| set("target")).or_else(|| set("source")),
            goals: goals.filter_map(|goal| goal.text()).map(|goal| goal.trim().to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POM: &str = r"<project>
  <parent>
    <groupId>g</groupId>
    <artifactId>boot</artifactId>
    <version>3.5.1</version>
  </parent>
  <artifactId>shop</artifactId>
  <version>${revision}${tail}</version>
  <properties>
    <revision>1.2.3</revision>
    <tail>-SNAPSHOT</tail>
    <java.version>21</java.version>
    <a>${b}</a>
    <b>${a}</b>
  </properties>
  <build>
    <finalName>${project.artifactId}</finalName>
    <plugins><plugin><artifactId>x</artifactId><configuration><skip>true</skip></configuration></plugin></plugins>
  </build>
</project>";

    #[test]
    fn properties_are_resolved_and_cycles_end() {
        let pom = Pom::parse("pom.xml", POM).unwrap();
        assert_eq!(pom.version, Some(Said { value: "1.2.3-SNAPSHOT".into(), line: 8 }));
        assert_eq!(pom.final_name.as_ref().unwrap().value, "shop");
        assert_eq!(pom.properties["java.version"].line, 12);
        assert_eq!(pom.resolved("${a}"), None);
        assert!(pom.plugin("x").unwrap().skipped);
    }

    #[test]
    fn the_version_may_come_from_the_parent() {
        let pom = "<project><parent><version>2</version></parent><artifactId>a</artifactId></project>";
        assert_eq!(Pom::parse("pom.xml", pom).unwrap().version.unwrap().value, "2");
    }

    #[test]
    fn errors_have_a_place() {
        let message = |text| Pom::parse("pom.xml", text).unwrap_err().to_string();
        assert!(
            message("<project>\n<a></b>").starts_with("`pom.xml:2:"),
            "{}",
            message("<project>\n<a></b>")
        );
        assert!(message("<x/>").contains("the root element is not `project`"));
        assert!(message("<!DOCTYPE p [<!ENTITY a \"b\">]><project>&a;</project>").contains("DTD"));
    }
}
