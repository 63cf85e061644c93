//! The path below which the server is reached.

use std::{fmt, sync::Arc};

/// The path below which the server is reached, such as `/chat`; the root if it is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(Arc<str>);

/// Greatest length of a base path in bytes.
const LENGTH_MAX: usize = 200;

impl BasePath {
    /// Parses a path; slashes at its ends make no difference. Its characters are those that never need to be encoded
    /// (RFC 3986, section 2.3), so that one path has one spelling.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const FAULT: &str = "a path of letters, digits and -._~ between slashes, as in /chat";
        let inner = text.trim_matches('/');
        if inner.is_empty() {
            return Ok(Self::default());
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_segment =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
        let is_path = inner.split('/').all(is_segment) && inner.len() < LENGTH_MAX;
        is_path
            .then(|| Self(format!("/{inner}").into()))
            .ok_or(FAULT)
    }

    /// Returns whether the server is reached at the root of its host.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the address of a path of this server, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// Returns the rest of a path that is this one or below it: empty, or with a slash at its beginning.
    #[must_use]
    pub fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(&*self.0)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// Returns the path of cookies.
    #[must_use]
    pub fn of_cookies(&self) -> &str {
        if self.is_root() { "/" } else { &self.0 }
    }
}

/// Formats the path without a slash at its end.
impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_has_one_spelling() {
        for (text, path) in [
            ("", ""),
            ("/", ""),
            ("/chat", "/chat"),
            ("chat/", "/chat"),
            ("/team/chat_1/", "/team/chat_1"),
        ] {
            assert_eq!(BasePath::parse(text).unwrap().to_string(), path, "{text}");
        }
        let long = "/x".repeat(LENGTH_MAX);
        for text in [
            "/a//b", "/..", "/./a", "/a b", "/%61", "/ä", "/a?b", "/a#b", "/a;b", &long,
        ] {
            assert!(BasePath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_whole_segments_are_below_a_base_path() {
        let base = BasePath::parse("/chat").unwrap();
        for (path, rest) in [
            ("/chat", Some("")),
            ("/chat/", Some("/")),
            ("/chat/rooms", Some("/rooms")),
            ("/chats", None),
            ("/", None),
            ("/rooms/chat", None),
        ] {
            assert_eq!(base.strip(path), rest, "{path}");
        }
        assert_eq!(BasePath::default().strip("/rooms"), Some("/rooms"));
    }
}
