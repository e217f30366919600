//! Addresses behind which there may be something that is nobody's business outside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address may belong to this machine, its neighbours or their administration, rather than to the internet.
///
/// The blocks set aside for documentation are not among these: no one's services are there.
pub(crate) fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internal_v4(address),
        IpAddr::V6(address) => is_internal_v6(address),
    }
}

/// Whether a configured mirror may be there. The link-local block is left out: metadata services of clouds, which give
/// out keys, are there and package mirrors are not.
pub(crate) fn may_be_mirror(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || is_shared(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inner) => may_be_mirror(inner.into()),
            None => address.is_loopback() || address.is_unique_local(),
        },
    }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || is_shared(address)
        || a == 0
        // Reserved, and broadcast.
        || a >= 240
        // Assigned by protocols, such as to gateways that share an IPv4 address.
        || (a, b, c) == (192, 0, 0)
        // Measuring networks.
        || (a == 198 && b & 0xfe == 18)
}

/// What providers use between themselves and their customers.
fn is_shared(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    a == 100 && b & 0xc0 == 64
}

/// Of IPv6 only the part that is given out is taken, and of that not what leads to an IPv4 address in disguise.
fn is_internal_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_internal_v4(inner);
    }
    let [a, b, c, d, e, f, g, h] = address.segments();
    if [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [g1, g2] = g.to_be_bytes();
        let [h1, h2] = h.to_be_bytes();
        return is_internal_v4(Ipv4Addr::new(g1, g2, h1, h2));
    }
    let given_out = a & 0xe000 == 0x2000;
    let six_to_four = a == 0x2002;
    let teredo = a == 0x2001 && b == 0;
    !given_out || six_to_four || teredo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_internal_in_every_spelling() {
        for text in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "198.19.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "100::1",
        ] {
            assert!(is_internal(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_internet_is_not() {
        for text in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "203.0.113.9",
            "223.255.255.1",
            "2606:4700::1",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(!is_internal(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_mirror_is_never_where_keys_are_given_out() {
        for text in ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "::ffff:169.254.169.254"] {
            assert!(!may_be_mirror(text.parse().unwrap()), "{text}");
        }
        for text in ["127.0.0.1", "10.0.0.1", "100.64.0.1", "::1", "fd00::1"] {
            assert!(may_be_mirror(text.parse().unwrap()), "{text}");
        }
    }
}
