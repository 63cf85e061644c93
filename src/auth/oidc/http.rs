//! Requests to a provider: limited in time and size, and without redirects, which could lead them into another network.

use crate::error::chain;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, redirect};
use std::{pin::Pin, time::Duration};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Greatest size of a response in bytes. Documents of large providers have about 10 KiB.
const RESPONSE_MAX: usize = 256 * 1024;

/// The HTTP client for requests to a provider.
#[derive(Debug)]
pub(super) struct HttpClient(Client);

/// Why a provider has not answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The request failed.
    #[error("{0}")]
    Request(String),
    /// The response is larger than [`RESPONSE_MAX`].
    #[error("the response is too large")]
    TooLarge,
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::Request(chain(&error.without_url()))
    }
}

impl HttpClient {
    /// Creates the client. With `is_local`, the provider is on this machine, and no proxy of the environment is used.
    pub(super) fn new(is_local: bool) -> Result<Self, HttpError> {
        // Fails only if a provider of cryptography is already installed; that one is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .user_agent(concat!("backscroll/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none());
        let builder = if is_local {
            // Works also where there are no certificates of authorities.
            builder.no_proxy().tls_certs_only([])
        } else {
            builder
        };
        Ok(Self(builder.build()?))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut received = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = received.chunk().await? {
            if body.len() + chunk.len() > RESPONSE_MAX {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = received.status();
        *response.headers_mut() = received.headers().clone();
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
