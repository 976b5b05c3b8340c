//! Facts that only program sources tell: imports, main functions, ports.
//!
//! Sources are cut into words, strings and signs, so that a comment or a string is never
//! mistaken for code. They are not parsed: what is read here is evidence, shown with its line,
//! that a flag can overrule.

pub mod assets;
pub mod lexer;
pub mod listen;
