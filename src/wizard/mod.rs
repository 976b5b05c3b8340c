//! Questions to a person at a terminal. Without a terminal nothing is asked.

mod prompt;

use anyhow::Result;

pub use prompt::Terminal;

/// Somebody who answers.
pub trait Ask {
    /// A question of yes or no; no is the default.
    ///
    /// # Errors
    /// When the answer cannot be read.
    fn confirm(&mut self, question: &str) -> Result<bool>;

    /// One of several; its index.
    ///
    /// # Errors
    /// When the answer cannot be read.
    fn select(&mut self, question: &str, items: &[String]) -> Result<usize>;
}
