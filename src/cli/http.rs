//! Addresses of a server, and the HTTP client, shared by the commands that connect to one.

use super::Failure;
use crate::{config::addresses::is_this_machine, error::chain};
use reqwest::{Client, ClientBuilder, Url, redirect};
use std::time::Duration;

/// Parses the address of a server; `chat.example:3000` means `http://chat.example:3000`. A path is kept, because a
/// reverse proxy may serve Backscroll below one.
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
        .ok_or_else(|| "the address of a server must begin with http:// or https://".into())
}

/// Returns the address of a path below `/api/v1` of the server.
pub(super) fn api(server: &Url, path: &[&str]) -> Url {
    let mut url = server.clone();
    url.set_query(None);
    url.set_fragment(None);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["api", "v1"]).extend(path);
    }
    url
}

/// Creates a client for the server.
pub(super) fn client(server: &Url) -> Result<Client, Failure> {
    // Fails only if a provider is already installed; that one is then used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed =
        |error: reqwest::Error| Failure::failed(format!("cannot set up HTTP: {}", chain(&error)));
    if server.scheme() == "https" {
        return builder(server).build().map_err(failed);
    }
    // Without system certificates, plain HTTP still works.
    builder(server)
        .build()
        .or_else(|_| builder(server).tls_certs_only([]).build())
        .map_err(failed)
}

/// Returns the builder of a client that does not follow redirects, see
/// [`Unexpected::Redirected`](super::answer::Unexpected::Redirected). The proxies in the environment (`HTTP_PROXY` and
/// others) are used, but never for this machine.
fn builder(server: &Url) -> ClientBuilder {
    let agent = concat!("backscroll/", env!("CARGO_PKG_VERSION"));
    let builder = Client::builder()
        .user_agent(agent)
        .connect_timeout(Duration::from_secs(10))
        .redirect(redirect::Policy::none())
        .tcp_nodelay(true);
    if is_this_machine(server) {
        builder.no_proxy()
    } else {
        builder
    }
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
