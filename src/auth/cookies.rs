//! Cookies of a request, and those of this server.

use super::secret::Secret;
use crate::config::base_path::BasePath;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::{Cookie, SameSite};
use time::Duration;

/// The suffix of the session cookie's name. In earlier versions, which did not include the name of the log, it was the
/// whole name.
const SESSION: &str = "backscroll";

/// The names and the path of this server's cookies.
///
/// Browsers send the cookies of a host to all its ports, so two servers on one host need different names. The name of
/// the log is URL-safe Base64, which is valid in a cookie name (RFC 6265, section 4.1.1).
#[derive(Clone, Debug)]
pub struct ServerCookies {
    log: String,
    base: BasePath,
}

impl ServerCookies {
    /// Returns the cookies of the server with this log that is reached below `base`.
    #[must_use]
    pub fn new(log: &str, base: BasePath) -> Self {
        let log = log.to_owned();
        Self { log, base }
    }

    /// Returns the name of the session cookie.
    #[must_use]
    pub fn session_name(&self, is_secure: bool) -> String {
        format!("{}{}-{SESSION}", self.prefix(is_secure), self.log)
    }

    /// Returns the name of the cookie by which a browser is recognised at its next sign-in.
    #[must_use]
    pub fn device_name(&self, is_secure: bool) -> String {
        format!("{}{}-backscroll-device", self.prefix(is_secure), self.log)
    }

    /// Returns the name of the cookie by which a browser is recognised when it comes back from an OpenID provider.
    #[must_use]
    pub fn provider_name(&self, is_secure: bool) -> String {
        format!("{}{}-backscroll-oidc", self.prefix(is_secure), self.log)
    }

    /// Browsers accept a cookie with one of these prefixes only over TLS, so that no page without TLS can set it. One
    /// with `__Host-` is for the host alone, so that no page of a subdomain can set it either, but has no path (RFC
    /// 6265bis, section 4.1.3).
    fn prefix(&self, is_secure: bool) -> &'static str {
        match (is_secure, self.base.is_root()) {
            (false, _) => "",
            (true, true) => "__Host-",
            (true, false) => "__Secure-",
        }
    }

    /// Returns the `Set-Cookie` of a cookie that the browser sends to this server only, not with requests of other
    /// sites' forms and scripts, and does not show to scripts.
    #[must_use]
    pub fn set(&self, name: &str, value: &str, is_secure: bool, max_age: Duration) -> String {
        Cookie::build((name, value))
            .path(self.base.of_cookies())
            .http_only(true)
            .secure(is_secure)
            .same_site(SameSite::Lax)
            .max_age(max_age)
            .to_string()
    }

    /// Returns the secret by which a browser is recognised.
    #[must_use]
    pub fn device_secret(&self, headers: &HeaderMap, is_secure: bool) -> Option<Secret> {
        let values = values(headers, &self.device_name(is_secure));
        values.iter().find_map(|value| Secret::parse(value))
    }

    /// Returns the secret by which a browser is recognised when it comes back from an OpenID provider.
    #[must_use]
    pub fn provider_secret(&self, headers: &HeaderMap, is_secure: bool) -> Option<Secret> {
        let values = values(headers, &self.provider_name(is_secure));
        values.iter().find_map(|value| Secret::parse(value))
    }

    /// Returns the values of this server's session cookies, last those of earlier versions, whose names do not contain
    /// the log.
    ///
    /// Over TLS, only the name with a prefix is read: a page without TLS, or one of a subdomain, could set a cookie with
    /// any other name, and so sign a visitor in with an account of its own.
    #[must_use]
    pub fn sessions(&self, headers: &HeaderMap, is_secure: bool) -> Vec<String> {
        let mut sessions = values(headers, &self.session_name(is_secure));
        if !is_secure {
            sessions.append(&mut values(headers, SESSION));
        }
        sessions
    }
}

/// Returns the values of the cookies with a name.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let named = cookies(headers).filter(|cookie| cookie.name() == name);
    named
        .map(|cookie| cookie.value_trimmed().to_owned())
        .collect()
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
        let ours = ServerCookies::new("log", BasePath::default());
        let sessions = ours.sessions(&headers, false);
        assert_eq!(sessions, ["one", "two", "three", "zero"]);
    }

    #[test]
    fn over_tls_only_the_names_count_that_no_page_without_tls_can_set() {
        let planted = [
            "backscroll=x; log-backscroll=x; log-backscroll-device=backscroll_x",
            "log-backscroll-oidc=backscroll_x",
        ];
        let planted = headers(&planted.map(str::as_bytes));
        let ours = ServerCookies::new("log", BasePath::default());
        assert_eq!(ours.sessions(&planted, true), [""; 0]);
        assert!(ours.device_secret(&planted, true).is_none());
        assert!(ours.provider_secret(&planted, true).is_none());
        let own = headers(&[b"__Host-log-backscroll=secure; log-backscroll=planted"]);
        assert_eq!(ours.sessions(&own, true), ["secure"]);
    }

    #[test]
    fn a_cookie_below_a_path_is_for_that_path_and_a_page_of_a_subdomain_cannot_set_one_of_the_root()
    {
        let below = ServerCookies::new("log", BasePath::parse("/chat").unwrap());
        let cookie = below.set(&below.session_name(true), "x", true, Duration::DAY);
        assert!(cookie.starts_with("__Secure-log-backscroll=x;"), "{cookie}");
        assert!(cookie.contains("; Path=/chat;"), "{cookie}");
        let root = ServerCookies::new("log", BasePath::default());
        let planted = headers(&[b"__Secure-log-backscroll=planted"]);
        assert_eq!(root.sessions(&planted, true), [""; 0]);
        assert_eq!(below.sessions(&planted, true), ["planted"]);
    }
}
