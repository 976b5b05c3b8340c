//! The report for a person's terminal, 80 columns wide.

use super::report::{Check, Grade, ImageReport, LayerReport, Previous, Rebuild, Report, Without};
use crate::output::terminal::shown;

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of the longest bar.
const BAR: usize = 24;

/// The whole report.
pub fn report(report: &Report) -> String {
    let mut text = format!("{} ({}, {})\n", report.name, report.dockerfile, report.engine);
    text.push_str("\nchecks\n");
    report.checks.iter().for_each(|check| text.push_str(&self::check(check)));
    for one in &report.explanations {
        text.push_str(&format!("\n{}", wrapped("why       ", &one.says)));
        text.push_str(&wrapped("to mend   ", &one.mend));
        text.push_str(&wrapped("shown by  ", &one.line));
    }
    if !report.passed && report.explanations.is_empty() && !report.log.is_empty() {
        text.push_str("\nwhy is not known; its last words:\n");
    } else if !report.log.is_empty() {
        text.push_str("\nlast words\n");
    }
    report.log.iter().for_each(|line| text.push_str(&wrapped("  ", line)));
    if let Some(found) = &report.image {
        text.push_str(&image(found, report.without.as_ref(), report.previous.as_ref()));
    }
    if let Some(start) = report.start_seconds {
        let before = report.previous.as_ref().and_then(|before| before.start_seconds);
        let before = before.map_or(String::new(), |before| format!(" ({before:.2} s the time before)"));
        let what = if report.stop_seconds.is_some() { "up" } else { "done" };
        text.push_str(&format!("\n{what} after {start:.2} s{before}\n"));
    }
    report.rebuild.iter().for_each(|one| text.push_str(&rebuild(one)));
    report.kept.iter().for_each(|name| text.push_str(&format!("\nkept as {name}\n")));
    text.push_str(if report.passed { "\nverified\n" } else { "\nNOT verified\n" });
    shown(&text)
}

fn check(check: &Check) -> String {
    let grade = match check.grade {
        Grade::Pass => "pass",
        Grade::Note => "note",
        Grade::Fail => "FAIL",
    };
    wrapped(&format!("  {grade}  {:<14}", check.name), &check.evidence)
}

/// What is inside an image.
pub fn image(image: &ImageReport, without: Option<&Without>, previous: Option<&Previous>) -> String {
    let mut text = String::from("\nsize\n");
    let widest = without.map_or(image.unpacked, |without| without.unpacked.max(image.unpacked));
    let name = if without.is_some() { "as two stages" } else { "unpacked" };
    text.push_str(&bar(image.unpacked, widest, name));
    if let Some(without) = without {
        text.push_str(&bar(without.unpacked, widest, &format!("as one stage, {}", without.image)));
    }
    let wasted = match image.wasted {
        0 => "nothing wasted".to_owned(),
        bytes => format!("{} wasted by files that later layers replace", size(bytes)),
    };
    let line = format!("{} to pull, {} files, {wasted}", size(image.compressed), image.files);
    text.push_str(&wrapped("  ", &line));
    if let Some(before) = previous {
        text.push_str(&wrapped("  ", &change(before, image)));
    }
    text.push_str("\nlayers\n");
    let rows = layers(image);
    let widest = rows.iter().map(|row| row.0).max().unwrap_or(0);
    rows.iter().for_each(|(bytes, name)| text.push_str(&bar(*bytes, widest, name)));
    text.push_str("\nlargest files\n");
    for file in &image.largest {
        text.push_str(&format!("{:>11}  {}\n", size(file.size), cut(&file.path, WIDTH - 13)));
    }
    let command = serde_json::to_string(&image.command).unwrap_or_default();
    text.push_str(&format!("\n{}", wrapped("starts ", &format!("{command} as {}", image.user))));
    shown(&text)
}

/// The layers as rows: those of the base image as one, where that is known.
fn layers(image: &ImageReport) -> Vec<(u64, String)> {
    let told = |layer: &LayerReport| match layer.line {
        Some(line) => (layer.unpacked, format!("{line}: {}", layer.instruction)),
        None => (layer.unpacked, layer.instruction.clone()),
    };
    let Some(base) = &image.base else { return image.layers.iter().map(told).collect() };
    let own = image.layers.iter().position(|layer| layer.line.is_some()).unwrap_or(image.layers.len());
    let (below, own) = image.layers.split_at(own);
    let below = (!below.is_empty()).then(|| {
        let count = if below.len() > 1 { format!(" ({} layers)", below.len()) } else { String::new() };
        (below.iter().map(|layer| layer.unpacked).sum(), format!("FROM {base}{count}"))
    });
    below.into_iter().chain(own.iter().map(told)).collect()
}

fn change(before: &Previous, image: &ImageReport) -> String {
    match (image.unpacked, before.unpacked) {
        (now, before) if now == before => "as large as the time before".to_owned(),
        (now, before) if now > before => format!("{} more than the time before", size(now - before)),
        (now, before) => format!("{} less than the time before", size(before - now)),
    }
}

fn rebuild(rebuild: &Rebuild) -> String {
    let (new, all) = rebuild.layers;
    let downloads = if rebuild.downloaded { "it needs the network" } else { "nothing was downloaded" };
    let text = format!(
        "built again in {:.1} s; {new} of {all} layers changed: {} unpacked, {} to pull; {downloads}",
        rebuild.seconds,
        size(rebuild.changed),
        size(rebuild.changed_compressed),
    );
    format!("\nafter a change of {}\n{}", rebuild.file, wrapped("  ", &text))
}

/// A line with a size, a bar of its share, and a name.
fn bar(bytes: u64, widest: u64, name: &str) -> String {
    let length = if widest == 0 { 0 } else { (bytes as u128 * BAR as u128).div_ceil(widest as u128) };
    let drawn = "█".repeat(usize::try_from(length).unwrap_or(BAR));
    let room = WIDTH - 11 - 2 - BAR - 2;
    format!("{:>11}  {drawn:<BAR$}  {}\n", size(bytes), cut(name, room))
}

/// A size in the units of 1000 that registries use.
pub fn size(bytes: u64) -> String {
    // Far below the 2^52 bytes that a float counts exactly.
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2} MB", value / 1e6),
        _ => format!("{:.2} GB", value / 1e9),
    }
}

/// A text of at most so many columns.
fn cut(text: &str, columns: usize) -> String {
    let text = text.replace(['\n', '\t'], " ");
    match text.char_indices().nth(columns) {
        None => text,
        Some(_) => {
            let end = text.char_indices().nth(columns.saturating_sub(3)).map_or(text.len(), |(at, _)| at);
            format!("{}...", &text[..end])
        }
    }
}

/// A text behind a heading, its further lines indented as far.
fn wrapped(heading: &str, text: &str) -> String {
    let indent = heading.chars().count();
    let room = WIDTH - indent;
    let letters = text.split_whitespace().map(|word| word.chars().collect::<Vec<char>>());
    // A word that is longer than a line is broken.
    let words: Vec<String> =
        letters.flat_map(|word| word.chunks(room).map(String::from_iter).collect::<Vec<_>>()).collect();
    let mut lines = vec![String::new()];
    for word in words {
        let used = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if used == 0 => line.push_str(&word),
            Some(line) if used + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    let separator = format!("\n{}", " ".repeat(indent));
    format!("{heading}{}\n", lines.join(&separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let long = "word ".repeat(40) + &"x".repeat(200);
        for text in [wrapped("  pass  something ", &long), bar(5, 10, &long), bar(u64::MAX, u64::MAX, "ü")] {
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        }
        assert_eq!(wrapped("ab ", "c d").as_str(), "ab c d\n");
        assert!(wrapped("", &long).contains("word word"));
    }

    #[test]
    fn sizes_are_told_as_registries_tell_them() {
        let told: Vec<String> = [0, 999, 1_500, 9_850_000, 1_640_000_000].into_iter().map(size).collect();
        assert_eq!(told, ["0 B", "999 B", "1.5 kB", "9.85 MB", "1.64 GB"]);
    }

    #[test]
    fn bars_are_shares_of_the_widest() {
        assert_eq!(bar(1_000, 1_000, "a").matches('█').count(), BAR);
        assert_eq!(bar(1, 1_000, "a").matches('█').count(), 1);
        assert_eq!(bar(0, 0, "a").matches('█').count(), 0);
    }
}
