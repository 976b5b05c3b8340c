//! What the system needs to start a program: read from the first bytes of its file.

use std::fmt;

/// A file that the system can start, if it has what the file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// An ELF file: its machine, and the loader that it asks for when it is not static.
    Elf { machine: u16, loader: Option<String> },
    /// A text whose first line names its interpreter.
    Script { interpreter: String },
}

/// Bytes of a file that are enough to tell.
pub(super) const HEAD: usize = 16 << 10;

/// ELF's number of a program header that names the loader.
const PT_INTERP: u32 = 3;

impl Program {
    /// What these first bytes of a file say. Source: the System V ABI, chapters 4 and 5.
    pub fn of(head: &[u8]) -> Option<Program> {
        if let Some(line) = head.strip_prefix(b"#!") {
            let line = line.split(|byte| *byte == b'\n').next()?;
            let interpreter = String::from_utf8_lossy(line).split_whitespace().next()?.to_owned();
            return Some(Program::Script { interpreter });
        }
        let elf = Elf { bytes: head, big: *head.get(5)? == 2 };
        match (head.starts_with(b"\x7fELF"), head.get(4)?) {
            (true, 2) => Some(Program::Elf { machine: elf.half(18)?, loader: elf.loader() }),
            (true, 1) => Some(Program::Elf { machine: elf.half(18)?, loader: None }),
            _ => None,
        }
    }

    /// The architecture's name as images spell it; nothing for a script.
    pub fn architecture(&self) -> Option<&'static str> {
        match self {
            Program::Elf { machine: 3, .. } => Some("386"),
            Program::Elf { machine: 40, .. } => Some("arm"),
            Program::Elf { machine: 62, .. } => Some("amd64"),
            Program::Elf { machine: 183, .. } => Some("arm64"),
            Program::Elf { machine: 243, .. } => Some("riscv64"),
            _ => None,
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Program::Elf { loader: None, .. } => f.write_str("static program"),
            Program::Elf { loader: Some(loader), .. } => write!(f, "program that {loader} loads"),
            Program::Script { interpreter } => write!(f, "script for {interpreter}"),
        }
    }
}

/// A 64-bit ELF file's first bytes.
struct Elf<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl Elf<'_> {
    fn number(&self, at: usize, length: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(length)?)?;
        let add = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        Some(if self.big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    }

    fn half(&self, at: usize) -> Option<u16> {
        self.number(at, 2)?.try_into().ok()
    }

    fn offset(&self, at: usize) -> Option<usize> {
        self.number(at, 8)?.try_into().ok()
    }

    /// The path that the header of kind `PT_INTERP` points to.
    fn loader(&self) -> Option<String> {
        let (table, size, count) = (self.offset(32)?, self.half(54)?, self.half(56)?);
        for index in 0..usize::from(count) {
            let header = table.checked_add(index * usize::from(size))?;
            if self.number(header, 4)? == u64::from(PT_INTERP) {
                let (from, length) =
                    (self.offset(header.checked_add(8)?)?, self.offset(header.checked_add(32)?)?);
                let path = self.bytes.get(from..from.checked_add(length)?)?;
                let path = path.split(|byte| *byte == 0).next()?;
                return Some(String::from_utf8_lossy(path).into_owned());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 64-bit little-endian ELF head with one program header.
    fn elf(kind: u32, path: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18] = 62;
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64] = u8::try_from(kind).unwrap();
        bytes[64 + 8] = 120;
        bytes[64 + 32] = u8::try_from(path.len()).unwrap();
        bytes.extend(path);
        bytes
    }

    #[test]
    fn the_loader_is_found_where_there_is_one() {
        let dynamic = Program::of(&elf(3, b"/lib64/ld-linux-x86-64.so.2\0")).unwrap();
        assert_eq!(dynamic.to_string(), "program that /lib64/ld-linux-x86-64.so.2 loads");
        assert_eq!(dynamic.architecture(), Some("amd64"));
        assert_eq!(Program::of(&elf(1, b"")).unwrap().to_string(), "static program");
    }

    #[test]
    fn scripts_name_their_interpreter_and_other_files_are_no_programs() {
        let script = Program::of(b"#! /usr/bin/env node\nx").unwrap();
        assert_eq!(script, Program::Script { interpreter: "/usr/bin/env".to_owned() });
        assert_eq!(Program::of(b"{}"), None);
        assert_eq!(Program::of(b"just some text"), None);
    }

    #[test]
    fn broken_heads_are_no_programs_and_no_panics() {
        let whole = elf(3, b"/lib/x\0");
        for length in 0..whole.len() {
            Program::of(&whole[..length]);
        }
        let mut wild = whole;
        wild[32..40].fill(0xff);
        assert_eq!(Program::of(&wild).unwrap().to_string(), "static program");
    }
}
