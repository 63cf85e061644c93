use super::*;
use axum::http::HeaderValue;

fn proxies() -> TrustedProxies {
    let networks = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48"];
    TrustedProxies::new(networks.map(|network| network.parse().unwrap()).into())
}

fn client(peer: &str, lines: &[(&str, &str)]) -> (String, bool) {
    let lines = lines.iter().map(|(name, value)| {
        let name: HeaderName = name.parse().unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    });
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(name, value);
    }
    let client = proxies().client_of(peer.parse().unwrap(), false, &headers);
    (client.address.to_string(), client.is_tls)
}

fn address(peer: &str, lines: &[(&str, &str)]) -> String {
    client(peer, lines).0
}

#[test]
fn nobody_but_a_trusted_proxy_says_where_a_request_comes_from() {
    let lines = [
        ("x-forwarded-for", "198.51.100.7"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=198.51.100.7;proto=https"),
    ];
    for peer in ["203.0.113.1", "11.0.0.1", "::1", "::ffff:203.0.113.1"] {
        let peer_alone = client(peer, &[]);
        assert_eq!(client(peer, &lines), peer_alone, "{peer}");
    }
    assert_eq!(client("127.0.0.1", &lines), ("198.51.100.7".into(), true));
    assert_eq!(
        client("::ffff:10.1.2.3", &lines),
        ("198.51.100.7".into(), true)
    );
}

#[test]
fn the_last_hop_that_is_no_trusted_proxy_is_the_client() {
    let of = |hops: &str| address("127.0.0.1", &[("x-forwarded-for", hops)]);
    for (hops, client) in [
        // What the client itself has written is to the left.
        ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("1.1.1.1,2.2.2.2,10.0.0.2,2001:db8:1::5", "2.2.2.2"),
        ("10.0.0.9, 10.0.0.2", "10.0.0.9"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8:2::1]:4711", "2001:db8:2::1"),
        ("[2001:db8:2::1]", "2001:db8:2::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("1.1.1.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("1.1.1.1, , 10.0.0.2", "10.0.0.2"),
    ] {
        assert_eq!(of(hops), client, "{hops}");
    }
    let lines = [
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "198.51.100.7"),
    ];
    assert_eq!(address("10.0.0.1", &lines), "198.51.100.7");
}

#[test]
fn forwarded_counts_only_if_there_is_no_other_list() {
    let forwarded = "for=1.1.1.1;proto=http, For=\"[2001:db8:2::1]:4711\"; Proto=HTTPS;by=10.0.0.1";
    assert_eq!(
        client("10.0.0.1", &[("forwarded", forwarded)]),
        ("2001:db8:2::1".into(), true)
    );
    let both = [
        ("forwarded", forwarded),
        ("x-forwarded-for", "198.51.100.7"),
    ];
    assert_eq!(client("10.0.0.1", &both), ("198.51.100.7".into(), false));
    for hidden in [
        "for=_hidden;proto=https",
        "for=unknown;proto=https",
        "proto=https",
    ] {
        let seen = client("10.0.0.1", &[("forwarded", hidden)]);
        assert_eq!(seen, ("10.0.0.1".into(), true), "{hidden}");
    }
}

#[test]
fn the_protocol_is_that_of_the_clients_hop() {
    let of = |hops, protocols| {
        let lines = [("x-forwarded-for", hops), ("x-forwarded-proto", protocols)];
        client("10.0.0.1", &lines).1
    };
    assert!(of("198.51.100.7", "https"));
    assert!(!of("198.51.100.7", "http"));
    assert!(of("198.51.100.7, 10.0.0.2", "https, http"));
    assert!(
        !of("1.1.1.1, 198.51.100.7", "https, http"),
        "written by the client"
    );
    assert!(!of("198.51.100.7, 10.0.0.2", "http"));
    assert!(client("10.0.0.1", &[("x-forwarded-proto", "https")]).1);
}

#[test]
fn ipv6_addresses_are_counted_by_their_network() {
    let network = |address: &str| Network::of(address.parse().unwrap());
    assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:0:0:1"));
    assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    assert_ne!(network("192.0.2.2"), network("192.0.2.1"));
}
