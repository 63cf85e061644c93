//! What the commands that talk to a server share: its addresses, the client, and what answers mean.

use super::Failure;
use crate::app::random_bytes;
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};
use serde_json::Value;
use std::{collections::HashMap, time::Duration};

/// Reads the address of a server; `chat.example:3000` means `http://chat.example:3000`. A path is kept: the server
/// may live below one, behind a proxy.
pub(super) fn parse_server(text: &str) -> Result<Url, String> {
    let full = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let url = Url::parse(&full).map_err(|error| error.to_string())?;
    let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
    usable
        .then_some(url)
        .ok_or_else(|| "the address of a server begins with http:// or https://".into())
}

/// The address of something below `/api/v1` of that server.
pub(super) fn api(server: &Url, path: &[&str]) -> Url {
    let mut url = server.clone();
    url.set_query(None);
    url.set_fragment(None);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["api", "v1"]).extend(path);
    }
    url
}

/// A client for that server.
pub(super) fn client(server: &Url) -> Result<Client, Failure> {
    // Fails only where somebody installed a provider before; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed =
        |error: reqwest::Error| Failure::failed(format!("cannot set up HTTP: {}", chain(&error)));
    if server.scheme() == "https" {
        return builder().build().map_err(failed);
    }
    // A bare machine without certificates can still talk plain HTTP.
    builder()
        .build()
        .or_else(|_| builder().tls_certs_only([]).build())
        .map_err(failed)
}

fn builder() -> ClientBuilder {
    let agent = concat!("backscroll/", env!("CARGO_PKG_VERSION"));
    Client::builder()
        .user_agent(agent)
        .connect_timeout(Duration::from_secs(10))
        .tcp_nodelay(true)
}

/// An error with its causes, which is where the reason stands.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// What the server said against it, as one sentence: the field at fault, the detail, or the title of its problem
/// (RFC 9457).
pub(super) fn refusal(status: StatusCode, said: &[u8]) -> String {
    let said: Value = serde_json::from_slice(said).unwrap_or_default();
    let fields: HashMap<String, String> =
        serde_json::from_value(said["errors"].clone()).unwrap_or_default();
    if let Some((field, text)) = fields.iter().next() {
        return format!("{field}: {text}");
    }
    let words = said["detail"]
        .as_str()
        .or(said["title"].as_str())
        .map(str::to_owned);
    words.unwrap_or_else(|| status.to_string())
}

/// How long the answer asks to wait, if it says so in seconds.
pub(super) fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer
        .headers()
        .get("retry-after")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

/// A random time between the two, so that many clients do not come back in step.
pub(super) fn random_between(least: Duration, most: Duration) -> Duration {
    let share = f64::from(u32::from_le_bytes(random_bytes())) / f64::from(u32::MAX);
    least + most.saturating_sub(least).mul_f64(share)
}

/// 128 random bits in hexadecimal: what no two posts have in common.
pub(super) fn random_nonce() -> String {
    format!("{:032x}", u128::from_le_bytes(random_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_live_below_a_path() {
        for (server, events) in [
            (
                "chat.example:3000",
                "http://chat.example:3000/api/v1/rooms/a%2Fb",
            ),
            ("http://[::1]:3000/", "http://[::1]:3000/api/v1/rooms/a%2Fb"),
            (
                "https://example.org/chat/?x#y",
                "https://example.org/chat/api/v1/rooms/a%2Fb",
            ),
        ] {
            assert_eq!(
                api(&parse_server(server).unwrap(), &["rooms", "a/b"]).as_str(),
                events
            );
        }
        for no_server in ["", "ftp://example.org", "http://"] {
            assert!(parse_server(no_server).is_err(), "{no_server}");
        }
    }
}
