//! The report as one page for a browser, which loads nothing.

use anyhow::{Context as _, Result};
use tera::{Context, Tera};

use super::human::size;
use super::report::{Grade, Report};

/// The page's template: its name and its text.
pub const TEMPLATE: (&str, &str) = ("report.html.tera", include_str!("../../templates/report.html.tera"));

/// The page.
///
/// # Errors
/// When the embedded template cannot be rendered.
pub fn page(report: &Report) -> Result<String> {
    let mut tera = Tera::new();
    tera.autoescape_on([".tera"]);
    tera.add_raw_templates([TEMPLATE]).context("the embedded page does not parse")?;
    let mut context = Context::from_serialize(report)?;
    context.insert("bars", &bars(report));
    context.insert("layers", &layers(report));
    context.insert("largest", &largest(report));
    context.insert("failed", &report.checks.iter().filter(|check| check.grade == Grade::Fail).count());
    context.insert("pull", &report.image.as_ref().map(|image| size(image.compressed)));
    context.insert("wasted", &report.image.as_ref().map(|image| size(image.wasted)));
    context.insert(
        "command",
        &report.image.as_ref().map(|image| serde_json::to_string(&image.command).unwrap_or_default()),
    );
    context.insert("rebuilt", &report.rebuild.as_ref().map(|one| size(one.changed_compressed)));
    tera.render(TEMPLATE.0, &context).context("cannot render the page")
}

/// A bar of the page.
#[derive(serde::Serialize)]
struct Bar {
    name: String,
    line: Option<usize>,
    size: String,
    compressed: Option<String>,
    /// Percent of the widest bar.
    width: String,
}

impl Bar {
    fn new(name: &str, bytes: u64, widest: u64) -> Bar {
        // Far below the 2^52 bytes that a float counts exactly.
        let share = if widest == 0 { 0.0 } else { bytes as f64 * 100.0 / widest as f64 };
        Bar {
            name: name.to_owned(),
            line: None,
            size: size(bytes),
            compressed: None,
            width: format!("{share:.2}"),
        }
    }
}

fn bars(report: &Report) -> Vec<Bar> {
    let Some(image) = &report.image else { return Vec::new() };
    let widest =
        report.without.as_ref().map_or(image.unpacked, |without| without.unpacked.max(image.unpacked));
    let name = if report.without.is_some() { "as two stages" } else { "unpacked" };
    let mut bars = vec![Bar::new(name, image.unpacked, widest)];
    if let Some(without) = &report.without {
        bars.push(Bar::new(&format!("as one stage, {}", without.image), without.unpacked, widest));
    }
    bars
}

fn layers(report: &Report) -> Vec<Bar> {
    let layers = report.image.as_ref().map_or(&[][..], |image| &image.layers);
    let widest = layers.iter().map(|layer| layer.unpacked).max().unwrap_or(0);
    let bar = |layer: &super::report::LayerReport| Bar {
        line: layer.line,
        compressed: Some(size(layer.compressed)),
        ..Bar::new(&layer.instruction, layer.unpacked, widest)
    };
    layers.iter().map(bar).collect()
}

fn largest(report: &Report) -> Vec<Bar> {
    let files = report.image.as_ref().map_or(&[][..], |image| &image.largest);
    let widest = files.first().map_or(0, |file| file.size);
    files.iter().map(|file| Bar::new(&file.path, file.size, widest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Explanation;
    use crate::verify::report::{Check, ImageReport, LayerReport, Rebuild};

    fn report(text: &str) -> Report {
        let layer = LayerReport {
            instruction: text.to_owned(),
            line: Some(7),
            unpacked: 10,
            compressed: 5,
            files: 1,
        };
        Report {
            schema: 1,
            name: text.to_owned(),
            dockerfile: text.to_owned(),
            engine: text.to_owned(),
            passed: false,
            build_seconds: 1.0,
            start_seconds: Some(0.5),
            stop_seconds: None,
            checks: vec![Check::new("starts", false, text)],
            explanations: vec![Explanation {
                id: "x".to_owned(),
                says: text.to_owned(),
                mend: text.to_owned(),
                line: text.to_owned(),
            }],
            log: vec![text.to_owned()],
            image: Some(ImageReport {
                base: Some(text.to_owned()),
                user: text.to_owned(),
                command: vec![text.to_owned()],
                unpacked: 10,
                compressed: 5,
                wasted: 0,
                files: 1,
                layers: vec![layer],
                largest: Vec::new(),
            }),
            without: None,
            previous: None,
            rebuild: Some(Rebuild {
                file: text.to_owned(),
                seconds: 1.0,
                changed: 10,
                changed_compressed: 5,
                layers: (1, 1),
                downloaded: false,
            }),
            kept: None,
        }
    }

    #[test]
    fn no_text_becomes_markup_and_nothing_is_loaded() {
        let page = page(&report("<script src=//x></script>\"'>")).unwrap();
        assert!(!page.contains("<script") && page.contains("&lt;script"), "{page}");
        for loads in ["src=\"", "href=", "url(", "@import", "http://", "https://"] {
            assert!(!page.contains(loads), "{loads}");
        }
    }

    #[test]
    fn what_failed_is_told() {
        let page = page(&report("a word")).unwrap();
        assert!(page.contains("not verified: 1 checks failed"), "{page}");
        assert!(page.contains(">7: a word</code>") && page.contains("width:100.00%"), "{page}");
    }
}
