//! Which ports a process listens on, from the lists that Linux keeps of its sockets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The state of a socket that listens. Source: linux include/net/tcp_states.h.
const LISTEN: &str = "0A";

/// The addresses that are listened on, from the text of `/proc/PID/net/tcp` and `tcp6`.
pub(super) fn listening(text: &str) -> Vec<SocketAddr> {
    let mut found: Vec<SocketAddr> = text.lines().filter_map(line).collect();
    found.sort();
    found.dedup();
    found
}

fn line(line: &str) -> Option<SocketAddr> {
    let mut fields = line.split_whitespace();
    let (local, state) = (fields.nth(1)?, fields.nth(1)?);
    let (address, port) = local.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    (state == LISTEN).then_some(SocketAddr::new(ip(address)?, port))
}

/// An address as the kernel writes it: words of 32 bits in the machine's byte order.
fn ip(hex: &str) -> Option<IpAddr> {
    let words: Option<Vec<[u8; 4]>> = (0..hex.len())
        .step_by(8)
        .map(|at| Some(u32::from_str_radix(hex.get(at..at + 8)?, 16).ok()?.to_ne_bytes()))
        .collect();
    match words?.as_slice() {
        [word] => Some(IpAddr::V4(Ipv4Addr::from(*word))),
        [a, b, c, d] => {
            let bytes: [u8; 16] = [*a, *b, *c, *d].concat().try_into().ok()?;
            Some(IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical())
        }
        _ => None,
    }
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    #[test]
    fn listening_sockets_are_told_from_others() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue\n\
            0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000\n\
            1: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000\n\
            2: 0100007F:1F41 0100007F:9999 01 00000000:00000000 00:00000000\n  sl  local_address\n\
            0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A\n\
            1: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A\n";
        let found: Vec<String> = listening(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["0.0.0.0:3000", "127.0.0.1:8000", "[::]:8080", "[::1]:8081"]);
        assert!(listening("nonsense\n1: x:y z 0A\n").is_empty());
    }
}
