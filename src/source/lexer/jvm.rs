//! Strings of Java and Kotlin.

/// Three quotes open and close a string over several lines.
const BLOCK: &str = "\"\"\"";

/// A string's parts at the start of a text: the length of its opening, of its inside and of its
/// closing. What ends too early ends with the text; a string of one line ends with the line.
pub(super) fn java(rest: &str) -> (usize, usize, usize) {
    let (fence, block) = fence(rest);
    let inside = rest.get(fence..).unwrap_or("");
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'\n' if !block => return (fence, at, 0),
            b'"' if inside.as_bytes()[at..].starts_with(&BLOCK.as_bytes()[..fence]) => {
                return (fence, at, fence);
            }
            _ => {}
        }
    }
    (fence, inside.len(), 0)
}

fn fence(rest: &str) -> (usize, bool) {
    if rest.starts_with(BLOCK) { (BLOCK.len(), true) } else { (1, false) }
}

/// Where the scan of a Kotlin string is: in a string, or in the code of a `${}` inside it.
#[derive(Clone, Copy)]
enum Inside {
    Line,
    Block,
    /// Code, and how many braces of its own are open.
    Code(usize),
}

/// The same for Kotlin, where `${}` holds code with strings of its own, and a string of three
/// quotes knows no escapes and may end in more quotes.
pub(super) fn kotlin(rest: &str) -> (usize, usize, usize) {
    let (fence, block) = fence(rest);
    let bytes = rest.as_bytes();
    let mut open = vec![if block { Inside::Block } else { Inside::Line }];
    let mut at = fence;
    while let (Some(byte), Some(inside)) = (bytes.get(at), open.last().copied()) {
        let quotes = || bytes[at..].iter().take_while(|byte| **byte == b'"').count();
        let mut width = 1;
        match (inside, byte) {
            (Inside::Line, b'\\') => width = 2,
            (Inside::Line, b'\n') if open.len() == 1 => return (fence, at - fence, 0),
            (Inside::Line, b'"' | b'\n') => drop(open.pop()),
            (Inside::Block, b'"') if quotes() >= BLOCK.len() => {
                width = quotes();
                open.pop();
            }
            (Inside::Line | Inside::Block, b'$') if bytes.get(at + 1) == Some(&b'{') => {
                open.push(Inside::Code(0));
                width = 2;
            }
            (Inside::Code(braces), b'{') => deepen(&mut open, braces + 1),
            (Inside::Code(0), b'}') => drop(open.pop()),
            (Inside::Code(braces), b'}') => deepen(&mut open, braces - 1),
            (Inside::Code(_), b'"') => {
                let (fence, block) = self::fence(rest.get(at..).unwrap_or(""));
                open.push(if block { Inside::Block } else { Inside::Line });
                width = fence;
            }
            _ => {}
        }
        at += width;
        if open.is_empty() {
            return (fence, at.saturating_sub(2 * fence), fence);
        }
    }
    (fence, rest.len() - fence, 0)
}

fn deepen(open: &mut [Inside], braces: usize) {
    if let Some(last) = open.last_mut() {
        *last = Inside::Code(braces);
    }
}
