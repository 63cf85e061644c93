//! Identities that were proved, and the person whom a trusted proxy has signed in.

use super::client::TrustedProxies;
use crate::model::identity::{ExternalIdentity, PROXY, is_subject};
use axum::http::{HeaderMap, HeaderName};
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;

/// Returns the identity of a person whom an issuer has signed in.
#[must_use]
pub fn identity(issuer: &str, subject: &str, name: Option<String>) -> ExternalIdentity {
    // No issuer contains the byte that separates it from the subject.
    let key = Sha256::new()
        .chain_update(issuer)
        .chain_update([0])
        .chain_update(subject)
        .finalize();
    ExternalIdentity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        key_hash: key.as_slice().into(),
        name,
    }
}

/// What a trusted proxy says of the person who sends a request, as an extension of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxied {
    /// The proxy has signed this person in.
    Person(ExternalIdentity),
    /// The header cannot be read, or there are several. One of them may be the client's, so that none is believed.
    Unreadable,
}

/// The header in which trusted proxies name the person whom they have signed in.
#[derive(Clone, Debug)]
pub struct ProxyUserHeader(HeaderName);

impl ProxyUserHeader {
    /// Creates the setting from the name of the header.
    #[must_use]
    pub fn new(name: HeaderName) -> Self {
        Self(name)
    }

    /// Returns what the peer says of the person who sends a request, and removes the header. `None` if the peer is not a
    /// trusted proxy, or has signed nobody in, which some proxies say by an empty header.
    #[must_use]
    pub fn take(
        &self,
        proxies: &TrustedProxies,
        peer: IpAddr,
        headers: &mut HeaderMap,
    ) -> Option<Proxied> {
        let Self(name) = self;
        let values: Vec<_> = headers.get_all(name).iter().cloned().collect();
        headers.remove(name);
        if !proxies.contain(peer) {
            return None;
        }
        let [value] = values.as_slice() else {
            return (!values.is_empty()).then_some(Proxied::Unreadable);
        };
        if value.is_empty() {
            return None;
        }
        let subject = std::str::from_utf8(value.as_bytes()).ok();
        let subject = subject.filter(|subject| is_subject(subject));
        Some(subject.map_or(Proxied::Unreadable, |subject| {
            Proxied::Person(identity(PROXY, subject, Some(subject.to_owned())))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const NAME: HeaderName = HeaderName::from_static("remote-user");

    fn take(peer: &str, values: &[&[u8]]) -> Option<Proxied> {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let values = values.iter().map(|value| {
            let value = HeaderValue::from_bytes(value).unwrap();
            (NAME, value)
        });
        let mut headers: HeaderMap = values.collect();
        let taken = ProxyUserHeader::new(NAME).take(&proxies, peer.parse().unwrap(), &mut headers);
        assert!(headers.is_empty());
        taken
    }

    #[test]
    fn the_header_is_believed_only_from_a_trusted_proxy() {
        let ann = identity(PROXY, "ann", Some("ann".into()));
        assert_eq!(take("10.1.2.3", &[b"ann"]), Some(Proxied::Person(ann)));
        assert_eq!(take("192.0.2.1", &[b"ann"]), None);
        assert_eq!(take("10.1.2.3", &[]), None);
        assert_eq!(take("10.1.2.3", &[b""]), None);
    }

    #[test]
    fn a_header_that_is_there_twice_or_cannot_be_read_names_nobody() {
        let long = "a".repeat(256);
        let unreadable: [&[&[u8]]; 4] = [
            &[b"ann", b"bob"],
            &[b"", b"bob"],
            &[b"\xff"],
            &[long.as_bytes()],
        ];
        for values in unreadable {
            assert_eq!(take("10.1.2.3", values), Some(Proxied::Unreadable));
        }
    }

    #[test]
    fn identities_of_different_issuers_and_subjects_have_different_keys() {
        let key = |issuer, subject| identity(issuer, subject, None).key_hash;
        assert_eq!(key("https://a.example", "1"), key("https://a.example", "1"));
        assert_ne!(
            key("https://a.example", "1"),
            key("https://a.example/", "1")
        );
        assert_ne!(
            key("https://a.example", "1"),
            key("https://a.example", "11")
        );
        assert_ne!(key("proxy", "1"), key("https://a.example", "1"));
    }
}
