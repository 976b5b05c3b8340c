//! What was spent where.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

#[derive(Deserialize)]
struct Purchase {
    shop: String,
    cents: u64,
}

#[derive(Default)]
struct Spent {
    times: u64,
    cents: u64,
}

/// The purchases of each shop, by its name.
#[derive(Default)]
pub struct Summary {
    shops: BTreeMap<String, Spent>,
}

impl Summary {
    /// Adds the purchase on a line; a blank line adds nothing.
    ///
    /// # Errors
    /// When the line is not a purchase in JSON.
    pub fn add(&mut self, line: &str) -> serde_json::Result<()> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let purchase: Purchase = serde_json::from_str(line)?;
        let spent = self.shops.entry(purchase.shop).or_default();
        spent.times += 1;
        spent.cents = spent.cents.saturating_add(purchase.cents);
        Ok(())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (shop, Spent { times, cents }) in &self.shops {
            let (whole, rest) = (cents / 100, cents % 100);
            writeln!(f, "{shop}: {times} for {whole}.{rest:02}")?;
        }
        Ok(())
    }
}
