//! The product from outside: its command line, its contract, its conduct on hostile input.
#![allow(clippy::disallowed_methods, reason = "tests touch the disk and start programs")]

mod cli;
mod contract;
mod hostile;
mod planning;
mod project;
mod properties;
mod registry;
