//! Prints the longest greeting, which the layout of a page has to fit.

use greeting_service::GREETINGS;

fn main() {
    let longest = GREETINGS
        .iter()
        .max_by_key(|(_, text)| text.chars().count());
    if let Some((code, text)) = longest {
        println!("{code}: {text}");
    }
}
