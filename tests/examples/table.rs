//! The README's table of sizes with and without two stages.

use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::Value;

use distrogen::verify::human::size;

/// What was measured of one image. Sizes are bytes.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub unpacked: u64,
    pub compressed: u64,
    /// The program on its build image alone.
    pub alone: u64,
    pub seconds: f64,
}

impl Row {
    /// The row of a report.
    pub fn of(name: String, report: &Value) -> Result<Row, String> {
        let number = |place: &str| {
            report
                .pointer(place)
                .and_then(Value::as_u64)
                .ok_or_else(|| format!("{name}: no {place} in {report}"))
        };
        Ok(Row {
            unpacked: number("/image/unpacked")?,
            compressed: number("/image/compressed")?,
            alone: number("/without/unpacked")?,
            seconds: report["start_seconds"].as_f64().unwrap_or(0.0),
            name,
        })
    }

    fn markdown(&self) -> String {
        let (two, pull, one) = (size(self.unpacked), size(self.compressed), size(self.alone));
        format!("| {} | {two} | {pull} | {one} |\n", self.name)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (two, pull, one) = (size(self.unpacked), size(self.compressed), size(self.alone));
        write!(f, "{:<34} {two:>10} {pull:>10} {one:>10} {:>6.2} s", self.name, self.seconds)
    }
}

const BEGIN: &str = "<!-- sizes: written by the container tests with UPDATE=1 -->\n";
const END: &str = "<!-- end of sizes -->";
const HEAD: &str =
    "| example | as two stages | to pull | on its build image alone |\n| --- | ---: | ---: | ---: |\n";

/// Compares the README's table with what was measured, or writes it. What not every build image can
/// make may be missing in either.
pub fn check(rows: &[Row], wanted: &[String], optional: &[String]) -> Result<(), String> {
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|name| !optional.contains(name) && !rows.iter().any(|row| row.name == **name))
        .collect();
    if !missing.is_empty() {
        return Err(format!("not measured: {missing:?}; the table needs all container tests"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let (before, rest) = text.split_once(BEGIN).ok_or("the README has no place for the table")?;
    let (table, after) = rest.split_once(END).ok_or("the README's table has no end")?;
    if std::env::var_os("UPDATE").is_some() {
        let body: String = rows.iter().map(Row::markdown).collect();
        return fs::write(&path, format!("{before}{BEGIN}{HEAD}{body}{END}{after}"))
            .map_err(|error| error.to_string());
    }
    let told: Vec<(String, f64, f64)> = table.lines().filter_map(read).collect();
    for row in rows.iter().filter(|row| !optional.contains(&row.name)) {
        let found = told.iter().find(|(name, ..)| *name == row.name);
        let (_, two, one) =
            found.ok_or_else(|| format!("the README's table lacks `{}`; {ADVICE}", row.name))?;
        // Base images get updates, so that sizes move a little without any change here.
        let is = row.unpacked as f64;
        if (is - two).abs() > two * 0.15 {
            return Err(format!(
                "`{}` has {}, not what the README says; {ADVICE}",
                row.name,
                size(row.unpacked)
            ));
        }
        if *one <= *two || row.alone <= row.unpacked {
            return Err(format!("`{}` is no smaller than its build image; {ADVICE}", row.name));
        }
    }
    match told.iter().find(|(name, ..)| !wanted.contains(name)) {
        Some((name, ..)) => Err(format!("the README's table has `{name}`, which is no example; {ADVICE}")),
        None => Ok(()),
    }
}

const ADVICE: &str =
    "`UPDATE=1 DISTROGEN_CONTAINERS=1 cargo test --test examples container` writes the table";

/// Name and sizes of a row of the table, in bytes.
fn read(line: &str) -> Option<(String, f64, f64)> {
    let mut cells = line.trim_matches('|').split('|').map(str::trim);
    let (name, two, _, one) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    Some((name.to_owned(), bytes(two)?, bytes(one)?))
}

fn bytes(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let factor = match unit {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}
