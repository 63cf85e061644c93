//! What all connections of a listener share.

use crate::auth::{client::TrustedProxies, identity::ProxyUserHeader};
use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, Version, header, uri::Authority},
    response::Response,
};
use rustls::ServerConfig;
use std::{
    convert::Infallible,
    net::IpAddr,
    sync::{Arc, Once},
};
use tower::ServiceExt as _;

/// Tells browsers to use only TLS for half a year, also where a link has `http:` (RFC 6797).
const HSTS: (HeaderName, HeaderValue) = (
    header::STRICT_TRANSPORT_SECURITY,
    HeaderValue::from_static("max-age=15552000"),
);

/// What all connections of a listener share.
#[derive(Debug)]
pub struct Site {
    /// Answers the requests.
    router: Router,
    /// The reverse proxies whose headers about their clients are believed.
    proxies: TrustedProxies,
    /// The header in which they name the person whom they have signed in.
    user_header: Option<ProxyUserHeader>,
    /// The settings of TLS; `None` if connections do not use it.
    pub(super) tls: Option<Arc<ServerConfig>>,
}

impl Site {
    /// Creates what the connections of a listener share.
    #[must_use]
    pub fn new(
        router: Router,
        proxies: TrustedProxies,
        user_header: Option<ProxyUserHeader>,
        tls: Option<Arc<ServerConfig>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            router,
            proxies,
            user_header,
            tls,
        })
    }

    /// Answers a request that arrived from `peer`.
    pub(super) async fn answer(
        &self,
        peer: IpAddr,
        mut request: Request,
    ) -> Result<Response, Infallible> {
        let is_tls = self.tls.is_some();
        self.warn_of_untrusted_proxy(peer, &request);
        let client = self.proxies.client_of(peer, is_tls, request.headers());
        request.extensions_mut().insert(client);
        self.note_proxied(peer, &mut request);
        name_host(&mut request);
        let mut response = self.router.clone().oneshot(request).await?;
        if is_tls {
            let (name, value) = HSTS;
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }

    /// Notes the person whom a trusted proxy has signed in. The header is removed, so that nothing else reads it.
    fn note_proxied(&self, peer: IpAddr, request: &mut Request) {
        let Some(user_header) = &self.user_header else {
            return;
        };
        let proxied = user_header.take(&self.proxies, peer, request.headers_mut());
        if let Some(proxied) = proxied {
            request.extensions_mut().insert(proxied);
        }
    }

    /// Logs once that a proxy on this machine is not trusted: all its clients then share the limits of one address.
    fn warn_of_untrusted_proxy(&self, peer: IpAddr, request: &Request) {
        static WARNED: Once = Once::new();
        let is_local = peer.to_canonical().is_loopback();
        if is_local
            && request.headers().contains_key("x-forwarded-for")
            && !self.proxies.contain(peer)
        {
            WARNED.call_once(|| {
                tracing::warn!(
                    "a proxy sends X-Forwarded-For and is not trusted: its clients share the limits of one address. \
                     Start with --trusted-proxy {peer} to count them one by one"
                );
            });
        }
    }
}

/// Adds `Host` to a request of HTTP/2, whose `:authority` replaces it (RFC 9113, section 8.3.1).
fn name_host(request: &mut Request) {
    if request.version() != Version::HTTP_2 || request.headers().contains_key(header::HOST) {
        return;
    }
    let host = request.uri().authority().map(Authority::as_str);
    if let Some(host) = host.and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
}
