//! Settings of an OpenID provider that signs people in.

use super::addresses::is_protected;
use clap::Args;
use std::{fs, path::PathBuf};
use url::Url;

/// The variable with the secret. A flag would show it to everybody who lists processes.
const SECRET_VARIABLE: &str = "BACKSCROLL_OIDC_CLIENT_SECRET";

/// Settings of an OpenID provider.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct OidcSettings {
    /// Address of an OpenID provider that signs people in, exactly as the provider writes it in its discovery document,
    /// such as `https://accounts.google.com`. Needs --public-url
    #[arg(long = "oidc-issuer", env = "BACKSCROLL_OIDC_ISSUER", hide_env_values = true, value_name = "URL", value_parser = parse_issuer, requires = "client_id")]
    pub issuer: Option<String>,

    /// Name under which the provider knows this server
    #[arg(
        long = "oidc-client-id",
        env = "BACKSCROLL_OIDC_CLIENT_ID",
        hide_env_values = true,
        value_name = "ID",
        requires = "issuer"
    )]
    pub client_id: Option<String>,

    /// File with the secret that the provider has given to this server; or put it into the variable
    /// `BACKSCROLL_OIDC_CLIENT_SECRET`. A provider that has given none relies on PKCE
    #[arg(
        long = "oidc-client-secret-file",
        env = "BACKSCROLL_OIDC_CLIENT_SECRET_FILE",
        hide_env_values = true,
        value_name = "FILE",
        requires = "issuer"
    )]
    pub client_secret_file: Option<PathBuf>,

    /// What pages call the provider, such as "Our Google"; by default, the host name in its address
    #[arg(
        long = "oidc-name",
        env = "BACKSCROLL_OIDC_NAME",
        hide_env_values = true,
        value_name = "NAME",
        requires = "issuer"
    )]
    pub name: Option<String>,
}

impl OidcSettings {
    /// Reads the secret from its file, or else from its variable; `None` if there is neither.
    pub fn read_secret(&self) -> Result<Option<String>, String> {
        let Some(file) = &self.client_secret_file else {
            let secret = std::env::var(SECRET_VARIABLE).ok();
            return Ok(secret.filter(|secret| !secret.is_empty()));
        };
        let failed = |why: &dyn std::fmt::Display| {
            format!("--oidc-client-secret-file {}: {why}", file.display())
        };
        let secret = fs::read_to_string(file).map_err(|error| failed(&error))?;
        match secret.trim() {
            "" => Err(failed(&"the file is empty")),
            secret => Ok(Some(secret.to_owned())),
        }
    }
}

/// Checks the address of a provider, and returns it as it is: addresses of issuers are compared byte by byte.
fn parse_issuer(text: &str) -> Result<String, &'static str> {
    const FAULT: &str = "an https address without a query, as in https://accounts.google.com";
    let url: Url = text.parse().map_err(|_| FAULT)?;
    let is_bare = url.query().is_none() && url.fragment().is_none() && url.has_host();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    (is_bare && is_anonymous && is_protected(&url))
        .then(|| text.to_owned())
        .ok_or(FAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_kept_as_it_is_written_and_has_tls() {
        for issuer in [
            "https://accounts.google.com",
            "https://auth.example/application/o/chat/",
            "https://auth.example:8443/realms/choir",
            "http://127.0.0.1:4000",
            "http://localhost:4000/",
            "http://[::1]:4000",
        ] {
            assert_eq!(parse_issuer(issuer), Ok(issuer.to_owned()));
        }
        for other in [
            "",
            "accounts.google.com",
            "http://auth.example",
            "http://localhost.example",
            "ftp://localhost",
            "https://auth.example/?realm=choir",
            "https://auth.example/#x",
            "https://ann@auth.example",
        ] {
            assert!(parse_issuer(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_secret_is_read_from_its_file_without_the_line_break() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        let settings = OidcSettings {
            client_secret_file: Some(file.clone()),
            ..OidcSettings::default()
        };
        assert!(settings.read_secret().unwrap_err().contains("secret"));
        fs::write(&file, "\n").unwrap();
        assert!(settings.read_secret().unwrap_err().contains("empty"));
        fs::write(&file, "s3cret\n").unwrap();
        assert_eq!(settings.read_secret(), Ok(Some("s3cret".into())));
    }
}
