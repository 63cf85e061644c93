//! The secret of a session or token: 256 random bits. The server stores only its SHA-256. A salt or a slow hash is not
//! needed, since a random secret cannot be guessed.

use crate::model::change::SecretHash;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The prefix by which a token can be recognised and searched for, for example in leaked files.
const TOKEN_PREFIX: &str = "backscroll_";
/// Length of the encoded random part in characters.
const ENCODED_LENGTH: usize = 43;

/// A secret in plain text, before it is sent to the client or after it was received.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Creates a secret from random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// Parses a secret sent by a client; returns `None` if it does not have the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let random = text.strip_prefix(TOKEN_PREFIX)?;
        (random.len() == ENCODED_LENGTH).then(|| Self(text.to_owned()))
    }

    /// Returns the hash, which the server stores.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).as_slice().into()
    }

    /// Returns the secret in plain text. It must only be sent to its owner.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
