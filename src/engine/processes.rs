//! Other processes of this machine, as `/proc` shows them. Where there is no `/proc`, nothing is
//! known of them.
#![expect(clippy::disallowed_methods, reason = "/proc is no repository")]

use std::collections::BTreeMap;
use std::fs;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// Whether a process with this number runs; one that has ended and waits for its parent does not.
pub(super) fn alive(pid: u32) -> bool {
    match status(pid) {
        Some(status) => !field(&status, "State:").is_some_and(|state| state.starts_with('Z')),
        None => !visible() && of(pid).is_some_and(|pid| test_kill_process(pid).is_ok()),
    }
}

/// Whether this system shows its processes.
pub(super) fn visible() -> bool {
    fs::exists("/proc/self/status").unwrap_or(false)
}

/// Ends a process at once.
pub(super) fn kill(pid: u32) {
    if let Some(pid) = of(pid) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// The descendants of a process that run in a container: those with process numbers of their own.
pub(super) fn contained(pid: u32) -> Vec<u32> {
    let own = namespace(std::process::id());
    let below = descendants(pid);
    below.into_iter().filter(|pid| namespace(*pid).is_some_and(|other| Some(other) != own)).collect()
}

/// The real user and group of a process, as it sees them itself.
pub(super) fn owner(pid: u32) -> Option<(u32, u32)> {
    let status = status(pid)?;
    let first = |name| field(&status, name)?.split_whitespace().next()?.parse().ok();
    let map = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).ok();
    Some((inside(&map("uid_map")?, first("Uid:")?)?, inside(&map("gid_map")?, first("Gid:")?)?))
}

/// The number inside a user namespace of one outside it.
/// Source: user_namespaces(7), uid_map: number inside, number outside, length.
fn inside(map: &str, outside: u32) -> Option<u32> {
    map.lines().find_map(|line| {
        let numbers: Vec<u32> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let [first, start, length] = numbers[..] else { return None };
        let offset = outside.checked_sub(start)?;
        (offset < length).then_some(first.checked_add(offset)).flatten()
    })
}

/// The files that list a process's open TCP sockets, of both versions of IP.
pub(super) fn sockets(pid: u32) -> Option<String> {
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/net/{name}"));
    Some(read("tcp").ok()? + &read("tcp6").unwrap_or_default())
}

fn descendants(pid: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for one in entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
        let parent = status(one).and_then(|status| field(&status, "PPid:")?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(one);
        }
    }
    let (mut found, mut open) = (Vec::new(), vec![pid]);
    while let Some(one) = open.pop() {
        let below = children.remove(&one).unwrap_or_default();
        found.extend(&below);
        open.extend(below);
    }
    found
}

fn namespace(pid: u32) -> Option<String> {
    let link = fs::read_link(format!("/proc/{pid}/ns/pid")).ok()?;
    Some(link.to_string_lossy().into_owned())
}

fn status(pid: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/status")).ok()
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

fn of(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_of_a_user_namespace_is_root() {
        let rootless = "         0       1000          1\n         1     100000      65536\n";
        assert_eq!(inside(rootless, 1000), Some(0));
        assert_eq!(inside(rootless, 165_531), Some(65_532));
        assert_eq!(inside(rootless, 5), None);
        assert_eq!(inside("0 0 4294967295\n", 65_532), Some(65_532));
    }
}
