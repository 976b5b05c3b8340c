//! Build scripts of Gradle, in Groovy and in Kotlin, as far as they say things plainly.
//!
//! A script is a program; nothing here runs it. What is written as a literal is read, what stands
//! under a condition is marked so, and the rest is left out.

mod catalog;
mod declare;
mod event;
mod lexer;
mod parser;
mod tree;
mod values;
mod wrapper;

#[cfg(test)]
mod tests;

pub use catalog::{Catalog, Entry, accessor};
pub use event::Event;
pub use lexer::{Broken, Dialect, Piece};
pub use tree::{Arg, Expr, Link};
pub use wrapper::Distribution;

/// A script, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    pub events: Vec<Event>,
    /// The first line where it is no script any more, and why.
    pub broken: Option<Broken>,
}

impl Script {
    /// Reads a text; what is no script in it is left out.
    pub fn parse(text: &str, dialect: Dialect) -> Script {
        let parsed = parser::parse(text, dialect);
        Script { events: event::events(parsed.statements), broken: parsed.broken }
    }
}

/// The value that the code in a string (`${...}`) is.
pub fn expression(code: &str, dialect: Dialect) -> Expr {
    parser::expression(code, dialect)
}
