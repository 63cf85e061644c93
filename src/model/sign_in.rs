//! Signing in, as changes have it: the secrets of sessions and tokens, and the ways to get one.

use super::ids::UserId;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use strum::{EnumString, IntoStaticStr};
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

/// A way to sign in to an account.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum SignInMethod {
    /// The account's password.
    Password,
    /// A passkey.
    Passkey,
    /// The link for another device.
    DeviceLink,
    /// The link in place of a forgotten password.
    PasswordLink,
    /// An identity that is linked to the account.
    Identity,
}

/// Attempts to sign in to an account that were refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefusedSignIns {
    /// The account.
    pub user: UserId,
    /// How somebody tried to sign in.
    pub method: SignInMethod,
    /// The number of attempts.
    pub count: u64,
    /// The address of the client that made the last one.
    pub address: IpAddr,
}
