//! The secrets of sessions and tokens, as changes have them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// SHA-256 of the secret of a session or token. The secret itself is never stored.
pub type SecretHash = Box<[u8]>;

/// The secret of a new session or token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// The hash of the secret.
    pub secret_hash: SecretHash,
    /// How the client sends the secret.
    pub kind: SignInKind,
    /// The client, as people recognise it: its browser and system, such as `Firefox · Linux`.
    #[serde(default)]
    pub label: Option<String>,
}

/// How a client sends a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum SignInKind {
    /// In a cookie of a browser.
    Session,
    /// In an `Authorization` header.
    Token,
}
