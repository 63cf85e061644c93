//! Protection of streams against pages of other sites.
//!
//! A stream is opened by GET, which the protection of other requests lets pass. A page of another site cannot read it, but
//! it could open streams with the cookies of a visitor, and use up the number that the visitor may have.

use super::error::Rejection;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts, uri::Authority},
};

/// A request that was not sent by a page of another site. Others are rejected with 403.
///
/// Browsers that do not send `Sec-Fetch-Site` send `Origin` with requests to other origins. Programs send neither.
#[derive(Clone, Copy, Debug)]
pub struct OwnSite;

impl<S: Sync> FromRequestParts<S> for OwnSite {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let host = parts.uri.authority().map(Authority::as_str);
        if is_of_another_site(&parts.headers, host) {
            return Err(Rejection::OtherSite);
        }
        Ok(Self)
    }
}

/// Returns whether a page of another site has sent the request. `host` is the host of its target, if it has one.
fn is_of_another_site(headers: &HeaderMap, host: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else {
        return false;
    };
    let named = origin.split_once("://").map(|(_, authority)| authority);
    named.is_none() || named != host.or_else(|| text(header::HOST.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn is_refused(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        is_of_another_site(&headers.collect(), None)
    }

    #[test]
    fn pages_of_other_sites_are_known_by_what_browsers_send() {
        let host = ("host", "chat.example:3000");
        for foreign in [
            [host, ("sec-fetch-site", "cross-site")],
            [host, ("sec-fetch-site", "same-site")],
            [host, ("origin", "https://evil.example")],
            [host, ("origin", "https://chat.example")],
            [host, ("origin", "null")],
        ] {
            assert!(is_refused(&foreign), "{foreign:?}");
        }
        for own in [
            vec![host],
            vec![host, ("sec-fetch-site", "none")],
            vec![host, ("origin", "https://chat.example:3000")],
            vec![
                host,
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://proxied.example"),
            ],
        ] {
            assert!(!is_refused(&own), "{own:?}");
        }
    }
}
