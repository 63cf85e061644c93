//! Cookies of a request, and the name of the session cookie.

use super::secret::Secret;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::Cookie;

/// The suffix of the session cookie's name. In earlier versions, which did not include the name of the log, it was the
/// whole name.
const SESSION: &str = "backscroll";

/// Returns the name of the session cookie for the server with this log.
///
/// Browsers send the cookies of a host to all its ports, so two servers on one host need different names. The name of
/// the log is URL-safe Base64, which is valid in a cookie name (RFC 6265, section 4.1.1).
#[must_use]
pub fn session_cookie_name(log: &str, is_secure: bool) -> String {
    format!("{}{log}-{SESSION}", prefix(is_secure))
}

/// Returns the name of the cookie by which a browser is recognised at its next sign-in.
#[must_use]
pub fn device_cookie_name(log: &str, is_secure: bool) -> String {
    format!("{}{log}-backscroll-device", prefix(is_secure))
}

/// Browsers accept a cookie with this prefix only over TLS and for the host alone, so that neither a page without TLS
/// nor one of a subdomain can set it (RFC 6265bis, section 4.1.3.2).
fn prefix(is_secure: bool) -> &'static str {
    if is_secure { "__Host-" } else { "" }
}

/// Returns the secret by which a browser is recognised.
#[must_use]
pub fn device_secret(headers: &HeaderMap, log: &str) -> Option<Secret> {
    let names = [true, false].map(|is_secure| device_cookie_name(log, is_secure));
    let mut devices =
        cookies(headers).filter(|cookie| names.iter().any(|name| name == cookie.name()));
    devices.find_map(|cookie| Secret::parse(cookie.value_trimmed()))
}

/// Returns the values of this server's session cookies: first those that were set over TLS, last those of earlier
/// versions, whose names do not contain the log.
pub(super) fn session_cookies(headers: &HeaderMap, log: &str) -> Vec<String> {
    let (secure, name) = (
        session_cookie_name(log, true),
        session_cookie_name(log, false),
    );
    let (mut named, mut unnamed, mut secured) = (Vec::new(), Vec::new(), Vec::new());
    for cookie in cookies(headers) {
        if cookie.name() == secure {
            secured.push(cookie.value_trimmed().to_owned());
        } else if cookie.name() == name {
            named.push(cookie.value_trimmed().to_owned());
        } else if cookie.name() == SESSION {
            unnamed.push(cookie.value_trimmed().to_owned());
        }
    }
    secured.append(&mut named);
    secured.append(&mut unnamed);
    secured
}

/// Returns the cookies of a request, except those that cannot be parsed.
///
/// Each byte is decoded as Latin-1, which cannot fail: browsers send cookies of other programs in UTF-8 or other
/// encodings. Names and values of this server's cookies are ASCII.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'static>> {
    headers.get_all(header::COOKIE).iter().flat_map(|line| {
        let text: String = line.as_bytes().iter().copied().map(char::from).collect();
        Cookie::split_parse(text).filter_map(Result::ok)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let lines = lines
            .iter()
            .map(|line| (header::COOKIE, HeaderValue::from_bytes(line).unwrap()));
        lines.collect()
    }

    #[test]
    fn unreadable_and_foreign_cookies_cost_no_other() {
        let headers = headers(&[
            b"city=Z\xfcrich; ;=; nonsense; a=b=c; log-backscroll=one",
            "city=Zürich; log-backscroll=\"two\"; other-backscroll=x; backscroll=zero".as_bytes(),
            b"log-backscroll=three; Log-Backscroll=x; __Host-log-backscroll=secure",
        ]);
        assert_eq!(
            session_cookies(&headers, "log"),
            ["secure", "one", "two", "three", "zero"]
        );
    }
}
