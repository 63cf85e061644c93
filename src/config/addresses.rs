//! Addresses: that of the server, and what can be said of one without asking anybody.

use super::base_path::BasePath;
use std::net::SocketAddr;
use url::{Host, Url};

/// Returns the address under which users reach a server, without a slash at its end: the public one, or the one that it
/// listens on.
#[must_use]
pub fn site_of(
    public_url: Option<&Url>,
    base: &BasePath,
    is_tls: bool,
    listen: SocketAddr,
) -> String {
    let public = public_url.map(|url| url.origin().ascii_serialization());
    let scheme = if is_tls { "https" } else { "http" };
    let origin = public.unwrap_or_else(|| format!("{scheme}://{listen}"));
    format!("{origin}{base}")
}

/// Returns whether nobody on the way can read or change what is sent to an address: it has TLS, or is this machine's.
#[must_use]
pub fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && is_this_machine(url)
}

/// Returns whether the address is this machine's: loopback, by number or by name (RFC 6761, section 6.3), or
/// unspecified.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => {
            let ip = ip.to_canonical();
            ip.is_loopback() || ip.is_unspecified()
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_number_and_by_name() {
        for (server, is_here) in [
            ("http://127.0.0.1:3000", true),
            ("http://127.8.8.8", true),
            ("http://0x7f.1", true),
            ("http://[::1]:3000", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://0.0.0.0:3000", true),
            ("http://LocalHost:3000", true),
            ("http://localhost.:3000", true),
            ("http://chat.localhost", true),
            ("http://192.168.1.7", false),
            ("http://[fe80::1]", false),
            ("http://localhost.example.org", false),
            ("http://notlocalhost", false),
        ] {
            assert_eq!(
                is_this_machine(&server.parse().unwrap()),
                is_here,
                "{server}"
            );
        }
    }
}
