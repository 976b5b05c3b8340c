//! What the reader makes of poms, by small ones.

mod makes;
mod model;
mod names;
mod rest;

use super::{Build, read};
use crate::repo::{Memory, Repo};
use crate::stack::java::module::{Application, File, Makes, Module, Output};

/// A project `g:shop:1.0` with more in it.
fn project(body: &str) -> String {
    named("shop", body)
}

fn named(artifact: &str, body: &str) -> String {
    format!(
        "<project>\n<groupId>g</groupId>\n<artifactId>{artifact}</artifactId>\n<version>1.0</version>\n{body}\n</project>"
    )
}

fn child(artifact: &str, body: &str) -> String {
    let parent = "<parent><groupId>g</groupId><artifactId>shop</artifactId><version>1.0</version></parent>";
    format!("<project>{parent}<artifactId>{artifact}</artifactId>{body}</project>")
}

/// A plugin with a configuration, and an execution of a goal where one is named.
fn plugin(artifact: &str, goal: &str, configuration: &str) -> String {
    let execution =
        format!("<executions><execution><goals><goal>{goal}</goal></goals></execution></executions>");
    let execution = if goal.is_empty() { "" } else { &execution };
    format!(
        "<plugin><artifactId>{artifact}</artifactId>{execution}<configuration>{configuration}</configuration></plugin>"
    )
}

fn plugins(all: &[String]) -> String {
    format!("<build><plugins>{}</plugins></build>", all.concat())
}

fn dependency(group: &str, artifact: &str, more: &str) -> String {
    format!("<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>{more}</dependency>")
}

fn repo(files: &[(&str, &str)]) -> Repo {
    Repo::in_memory(files.iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text)))
}

fn build(files: &[(&str, &str)]) -> Build {
    read(&repo(files)).unwrap().unwrap()
}

fn root(files: &[(&str, &str)]) -> Module {
    build(files).modules.into_iter().next().unwrap()
}

fn application(files: &[(&str, &str)]) -> Application {
    match root(files).makes {
        Makes::Application(application) => *application,
        other => panic!("{other:?}"),
    }
}

fn library(body: &str) -> String {
    match root(&[("pom.xml", &project(body))]).makes {
        Makes::Library(reason) => reason,
        other => panic!("{other:?}"),
    }
}

fn refusal(files: &[(&str, &str)]) -> String {
    match root(files).makes {
        Makes::Refused(stop) => stop.reason,
        other => panic!("{other:?}"),
    }
}

fn at(folder: &str, file: File) -> Output {
    Output { folder: folder.to_owned(), file }
}

fn exact(name: &str) -> Output {
    at("target", File::Exact(name.to_owned()))
}

fn versioned(before: &str, after: &str) -> Output {
    at("target", File::Versioned { before: before.to_owned(), after: after.to_owned(), others: Vec::new() })
}
