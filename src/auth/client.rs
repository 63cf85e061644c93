//! Where a request comes from: the address of its client, also behind reverse proxies.

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client of a request, as an extension of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address; IPv4 addresses are never in the form of IPv6 ones.
    pub address: IpAddr,
    /// Whether the request left the client over TLS.
    pub is_tls: bool,
}

impl Client {
    /// Returns the network by which limits count clients that are not signed in.
    #[must_use]
    pub fn network(&self) -> Network {
        Network::of(self.address)
    }
}

/// An IPv4 address, or the /64 prefix of an IPv6 address, which is the usual size of one customer's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// Returns the network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The networks of reverse proxies whose headers about their clients are believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Creates the set from networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Returns whether the address is one of a trusted proxy.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the client of a request that arrived from `peer`.
    ///
    /// Each proxy appends the address of its own peer to the list of hops, so that everything to the left of the last
    /// address that is not a trusted proxy's could have been written by the client. That address is the client's. Hops
    /// to the left of one that cannot be read are not considered.
    #[must_use]
    pub fn client_of(&self, peer: IpAddr, is_tls: bool, headers: &HeaderMap) -> Client {
        let peer = peer.to_canonical();
        let mut client = Client {
            address: peer,
            is_tls,
        };
        if !self.contain(peer) {
            return client;
        }
        for hop in forwarded_hops(headers).into_iter().rev() {
            if let Some(protocol) = hop.protocol {
                client.is_tls = protocol.eq_ignore_ascii_case("https");
            }
            let Some(address) = hop.address else { break };
            client.address = address;
            if !self.contain(address) {
                break;
            }
        }
        client
    }
}

/// What a proxy says of its peer.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hop<'a> {
    /// `None` if it cannot be read, or is not disclosed.
    address: Option<IpAddr>,
    protocol: Option<&'a str>,
}

/// Returns the hops of a request, that of the nearest proxy last. `Forwarded` (RFC 7239) is read only if there is no
/// `X-Forwarded-For`, since most proxies set only the latter, and pass the former on from the client.
fn forwarded_hops(headers: &HeaderMap) -> Vec<Hop<'_>> {
    if !headers.contains_key(X_FORWARDED_FOR) && headers.contains_key(header::FORWARDED) {
        let elements = values(headers, &header::FORWARDED);
        return elements.map(parse_element).collect();
    }
    let addresses: Vec<_> = values(headers, &X_FORWARDED_FOR).map(parse_node).collect();
    let protocols: Vec<_> = values(headers, &X_FORWARDED_PROTO).collect();
    if addresses.is_empty() {
        let protocol = protocols.last().copied();
        return vec![Hop {
            address: None,
            protocol,
        }];
    }
    // Proxies that append write one protocol for each hop. Most replace the header, and write one for all.
    let is_aligned = protocols.len() == addresses.len();
    let protocol = |index: usize| {
        let index = if is_aligned {
            Some(index)
        } else {
            protocols.len().checked_sub(1)
        };
        index.and_then(|index| protocols.get(index)).copied()
    };
    let hops = addresses.into_iter().enumerate();
    hops.map(|(index, address)| Hop {
        address,
        protocol: protocol(index),
    })
    .collect()
}

/// Returns the elements of a list in all lines of a header. Quoted commas do not occur in addresses.
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter();
    lines.flat_map(|line| {
        line.to_str()
            .unwrap_or("unreadable")
            .split(',')
            .map(str::trim)
    })
}

/// Parses an element of `Forwarded`, such as `for="[2001:db8::1]:4711";proto=https`.
fn parse_element(element: &str) -> Hop<'_> {
    let mut hop = Hop::default();
    for pair in element.split(';') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        match name.trim() {
            name if name.eq_ignore_ascii_case("for") => hop.address = parse_node(value),
            name if name.eq_ignore_ascii_case("proto") => hop.protocol = Some(value),
            _ => {}
        }
    }
    hop
}

/// Parses an address with or without a port; that of IPv6 may be in brackets.
fn parse_node(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    let address = address.or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests;
