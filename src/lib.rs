//! distrogen writes the two-stage Dockerfile that an expert would have written for a repository.
//!
//! Data goes one way: files of the repository ([`repo`]) become facts with evidence ([`stack`],
//! [`select`]), facts and knowledge ([`catalog`]) become a [`plan`], the plan becomes text
//! ([`render`]), and the text is compared with the disk and written ([`output`]). What was written
//! is proven on a container engine ([`engine`]): built, started and asked ([`verify`]), and looked
//! into ([`image`]).
#![forbid(unsafe_code)]

pub mod catalog;
pub mod cli;
pub mod dockerfile;
pub mod engine;
pub mod evidence;
pub mod failure;
pub mod ignore;
pub mod image;
pub mod manifest;
pub mod options;
pub mod output;
pub mod plan;
pub mod render;
pub mod repo;
pub mod select;
pub mod service;
pub mod source;
pub mod stack;
pub mod verdict;
pub mod verify;
pub mod wizard;
