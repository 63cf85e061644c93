//! Signing in.

use crate::{
    auth::{client::Client, secret::Secret},
    model::change::{SignIn, SignInKind},
};

/// The client that gets a session or token.
#[derive(Clone, Debug)]
pub struct SignInClient {
    /// Where it is.
    pub client: Client,
    /// How it sends the secret.
    pub kind: SignInKind,
    /// Its browser and system, as people recognise them.
    pub label: Option<String>,
}

impl SignInClient {
    /// Returns a session or token of this client with a new secret.
    #[must_use]
    pub fn sign_in(&self, secret: &Secret) -> SignIn {
        SignIn {
            secret_hash: secret.hash(),
            kind: self.kind,
            label: self.label.clone(),
        }
    }
}
