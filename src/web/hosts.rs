//! Validation of the host that a request is for.
//!
//! A page of another site can resolve its own name to this server's address and would then share an origin with it
//! ("DNS rebinding"). It cannot change the name that the browser sends in `Host`.

use super::error::Rejection;
use axum::{
    body::Body,
    http::{Request, Version, header, uri::Authority},
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;
use tower_http::validate_request::ValidateRequest;
use url::Host;

/// Top-level names that cannot be registered by strangers: RFC 6762, RFC 8375, RFC 6761, and ICANN's reservation of
/// `internal`. `lan` is not reserved, but is used by many routers and is not delegated.
const PRIVATE_SUFFIXES: [&str; 5] = [".local", ".lan", ".internal", ".home.arpa", ".localhost"];

/// Rejects requests for a host that is not the server's with 421.
///
/// IP addresses and names that cannot be registered by strangers are accepted in addition to the configured names.
#[derive(Clone, Debug, Default)]
pub struct HostNames(Arc<[String]>);

impl HostNames {
    /// Creates the set from names in lower case, encoded as in the DNS.
    #[must_use]
    pub fn new(configured: Vec<String>) -> Self {
        Self(configured.into())
    }

    fn accept(&self, host: &Host) -> bool {
        let Host::Domain(name) = host else {
            return true;
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        !name.contains('.')
            || PRIVATE_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
            || self.0.iter().any(|configured| configured == name)
    }
}

impl<B> ValidateRequest<B> for HostNames {
    type ResponseBody = Body;

    fn validate(&mut self, request: &mut Request<B>) -> Result<(), Response> {
        match requested_host(request) {
            Ok(Some(host)) if !self.accept(&host) => {
                Err(Rejection::Misdirected(host.to_string()).into_response())
            }
            Ok(_) => Ok(()),
            Err(rejection) => Err(rejection.into_response()),
        }
    }
}

/// Returns the host that a request is for; `None` for HTTP/1.0 without `Host`, which no browser sends.
///
/// `Host` must occur exactly once (RFC 9112, section 3.2). The host of a target in absolute form takes precedence
/// (section 3.2.2).
fn requested_host<B>(request: &Request<B>) -> Result<Option<Host>, Rejection> {
    let mut lines = request.headers().get_all(header::HOST).iter();
    let named = match (lines.next(), lines.next()) {
        (Some(line), None) => {
            let host = line.to_str().ok().and_then(parse_authority);
            Some(host.ok_or_else(|| malformed("The host of the request cannot be read."))?)
        }
        (None, _) if request.version() < Version::HTTP_11 => None,
        _ => return Err(malformed("The request does not name its host once.")),
    };
    match request.uri().authority() {
        Some(authority) => parse_authority(authority.as_str())
            .map(Some)
            .ok_or_else(|| malformed("The host of the request's target cannot be read.")),
        None => Ok(named),
    }
}

fn malformed(detail: &str) -> Rejection {
    Rejection::Malformed(detail.into())
}

/// Parses `uri-host [ ":" port ]` (RFC 9110, section 7.2): no user information, and a port of digits only.
fn parse_authority(text: &str) -> Option<Host> {
    let authority: Authority = text.parse().ok()?;
    let name = authority.host();
    let port = match authority.as_str().strip_prefix(name)? {
        "" => "",
        rest => rest.strip_prefix(':')?,
    };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    let is_in_range = port.is_empty() || port.parse::<u16>().is_ok();
    let is_name = !name.contains(is_unused_in_names);
    let host = Host::parse(name).ok()?;
    (is_name && is_port && is_in_range).then_some(host)
}

/// Returns whether the character never occurs in the host that a browser sends. RFC 3986 permits further characters,
/// and percent-encoding, which browsers decode.
fn is_unused_in_names(character: char) -> bool {
    !(character.is_ascii_alphanumeric() || "-_.:[]".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(host: &str) -> Option<bool> {
        let names = HostNames::new(vec!["chat.example".into(), "xn--bcher-kva.example".into()]);
        parse_authority(host).map(|host| names.accept(&host))
    }

    #[test]
    fn names_that_a_stranger_can_own_are_refused_unless_they_are_configured() {
        for host in [
            "localhost",
            "localhost:3000",
            "LocalHost.",
            "127.0.0.1:3000",
            "127.1.2.3",
            "192.0.2.1:80",
            "[::1]:3000",
            "[2001:db8::1]",
            "chat.localhost",
            "backscroll:3000",
            "my_server",
            "nas.local:",
            "chat.corp.internal",
            "box.lan",
            "pi.home.arpa",
            "chat.example",
            "Chat.Example.:443",
            "xn--bcher-kva.example",
        ] {
            assert_eq!(accepts(host), Some(true), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "a.chat.example",
            "chat.example.evil.example",
            "chat.example..",
            "notlocal.nolan",
            "home.arpa.example",
        ] {
            assert_eq!(accepts(host), Some(false), "{host}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address_with_a_port_at_most() {
        for host in [
            "",
            ":3000",
            "a b",
            "ann@localhost",
            "localhost@localhost",
            "localhost:+80",
            "localhost:http",
            "localhost:65536",
            "localhost:80:80",
            "localhost/",
            "http://localhost",
            "localhost,localhost",
            "[::1",
            "[::1]x",
            "::1",
            "[::g]",
            "1.2.3.4.5",
            "256.0.0.1",
            "loc%00alhost",
            "%6cocalhost",
        ] {
            assert_eq!(accepts(host), None, "{host}");
        }
    }
}
