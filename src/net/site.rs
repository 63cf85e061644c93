//! What all connections of a listener share.

use crate::auth::client::TrustedProxies;
use axum::{Router, extract::Request, response::Response};
use std::{convert::Infallible, net::IpAddr};
use tower::ServiceExt as _;

/// What all connections of a listener share.
#[derive(Clone, Debug)]
pub struct Site {
    /// Answers the requests.
    pub router: Router,
    /// The reverse proxies whose headers about their clients are believed.
    pub proxies: TrustedProxies,
}

impl Site {
    /// Answers a request that arrived from `peer`.
    pub(super) async fn answer(
        &self,
        peer: IpAddr,
        mut request: Request,
    ) -> Result<Response, Infallible> {
        let client = self.proxies.client_of(peer, false, request.headers());
        request.extensions_mut().insert(client);
        self.router.clone().oneshot(request).await
    }
}
