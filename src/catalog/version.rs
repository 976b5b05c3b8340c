//! Release numbers of toolchains, compared as numbers: 1.100 is newer than 1.98.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A release of one to four numbers, such as `1.27` or `2.41`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(Vec<u64>);

impl Release {
    /// The first numbers of the release: `minor(2)` of 1.26.8 is 1.26.
    pub fn first(&self, numbers: usize) -> Release {
        Release(self.0.iter().copied().take(numbers).collect())
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.0[0]
    }

    /// How many numbers it has.
    pub fn numbers(&self) -> usize {
        self.0.len()
    }
}

impl FromStr for Release {
    type Err = ();

    /// Reads the numbers before any suffix: `1.26rc1` is 1.26, `3.2.0.RELEASE` is 3.2.0.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = Vec::new();
        for part in text.trim().split('.').take(4) {
            let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            match part[..digits].parse() {
                Ok(number) => numbers.push(number),
                Err(_) => break,
            }
            if digits < part.len() {
                break;
            }
        }
        if numbers.is_empty() { Err(()) } else { Ok(Release(numbers)) }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom(format!("`{text}` is no release number")))
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_compare_as_numbers() {
        let release = |text: &str| text.parse::<Release>().unwrap();
        assert!(release("1.100") > release("1.98"));
        assert!(release("1.26.8").first(2) == release("1.26"));
        assert_eq!(release("2.3.0.RELEASE").to_string(), "2.3.0");
        assert_eq!(release("1.26rc1").to_string(), "1.26");
        assert!("stable".parse::<Release>().is_err());
    }
}
