//! TLS settings: certificates, how they are obtained, and the redirect to TLS.

use super::parse_host;
use clap::Args;
use std::{net::SocketAddr, path::PathBuf};
use url::Url;

/// TLS settings.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Certificate chain in PEM format: the server speaks TLS. The file is read again when it changes
    #[arg(
        long = "tls-cert",
        env = "BACKSCROLL_TLS_CERT",
        hide_env_values = true,
        value_name = "FILE",
        requires = "key",
        group = "certified"
    )]
    pub certificate: Option<PathBuf>,

    /// Private key of the certificate in PEM format
    #[arg(
        long = "tls-key",
        env = "BACKSCROLL_TLS_KEY",
        hide_env_values = true,
        value_name = "FILE",
        requires = "certificate"
    )]
    pub key: Option<PathBuf>,

    /// Name for which a certificate is obtained from an ACME directory and renewed; the server speaks TLS, and must be
    /// reachable at port 443 of the name. May be given several times (in the variable: separated by commas). You agree to
    /// the terms of service of the directory
    #[arg(long = "acme-domain", env = "BACKSCROLL_ACME_DOMAIN", hide_env_values = true, value_name = "NAME", value_delimiter = ',', value_parser = parse_host, group = "certified")]
    pub acme_domains: Vec<String>,

    /// Address of the ACME directory
    #[arg(long, env = "BACKSCROLL_ACME_DIRECTORY", hide_env_values = true, value_name = "URL", default_value_t = Tls::default().acme_directory)]
    pub acme_directory: Url,

    /// Address and port of a second listener, without TLS, that redirects to the first
    #[arg(
        long = "http-redirect",
        env = "BACKSCROLL_HTTP_REDIRECT",
        hide_env_values = true,
        value_name = "ADDR:PORT",
        requires = "certified"
    )]
    pub redirect: Option<SocketAddr>,
}

impl Tls {
    /// Returns whether the server speaks TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.certificate.is_some() || !self.acme_domains.is_empty()
    }
}

impl Default for Tls {
    #[expect(clippy::expect_used, reason = "the address is a constant")]
    fn default() -> Self {
        let lets_encrypt = "https://acme-v02.api.letsencrypt.org/directory".parse();
        Self {
            certificate: None,
            key: None,
            acme_domains: Vec::new(),
            acme_directory: lets_encrypt.expect("an address"),
            redirect: None,
        }
    }
}
