//! Questions at a real terminal.

use std::io::IsTerminal;

use anyhow::Result;
use dialoguer::theme::SimpleTheme;
use dialoguer::{Confirm, Select};

use super::Ask;
use crate::failure::Failure;
use crate::output::terminal::shown;

/// A person at the terminal.
pub struct Terminal(());

impl Terminal {
    /// The person, if standard input and standard error are a terminal.
    pub fn new() -> Option<Terminal> {
        (std::io::stdin().is_terminal() && std::io::stderr().is_terminal()).then_some(Terminal(()))
    }
}

impl Ask for Terminal {
    fn confirm(&mut self, question: &str) -> Result<bool> {
        let answer = Confirm::with_theme(&SimpleTheme).with_prompt(shown(question)).default(false).interact();
        answer.map_err(unanswered)
    }

    fn select(&mut self, question: &str, items: &[String]) -> Result<usize> {
        let items: Vec<String> = items.iter().map(|item| shown(item)).collect();
        let answer =
            Select::with_theme(&SimpleTheme).with_prompt(shown(question)).items(&items).default(0).interact();
        answer.map_err(unanswered)
    }
}

fn unanswered(error: dialoguer::Error) -> anyhow::Error {
    Failure::failed(format!("no answer could be read: {error}")).into()
}
