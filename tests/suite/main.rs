//! The product from outside: its command line, its contract, its conduct on hostile input.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "tests touch the disk, start programs, and fail by panicking"
)]

mod cli;
mod contract;
mod front;
mod golang;
mod hostile;
mod hostile_java;
mod java;
mod java_gradle;
mod java_maven;
mod java_runtime;
mod node;
mod node_install;
mod node_left;
mod node_secrets;
mod planning;
mod project;
mod properties;
mod reads;
mod registry;
mod rust;
mod verify;
