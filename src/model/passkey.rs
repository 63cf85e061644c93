//! Passkeys: WebAuthn credentials by which somebody signs in.

use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Maximum number of passkeys of one account.
pub const PASSKEYS_MAX: usize = 20;
/// Greatest length of the id of a credential in bytes (WebAuthn level 3, section 4).
pub const CREDENTIAL_ID_MAX: usize = 1023;

/// The id of a credential, which its authenticator has chosen. It is not a secret.
pub type CredentialId = Box<[u8]>;

/// The public key, the sign counter and the flags of a passkey, as the JSON that `auth/passkeys.rs` writes and reads.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Credential(String);

impl Credential {
    /// Returns the credential with this JSON.
    #[must_use]
    pub fn new(json: String) -> Self {
        Self(json)
    }

    /// Returns the JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// A passkey of an account.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// The id of its credential.
    pub credential_id: CredentialId,
    /// The name by which its owner recognises it.
    pub name: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last signed in; `None` if it has not.
    pub last_used_at: Option<Timestamp>,
}

impl Passkey {
    /// Returns a short public id, which distinguishes the passkeys of one account.
    #[must_use]
    pub fn id(&self) -> String {
        let hash = Sha256::digest(&self.credential_id);
        let first: [u8; 8] = *hash.first_chunk().unwrap_or(&[0; 8]);
        format!("{:016x}", u64::from_be_bytes(first))
    }
}
