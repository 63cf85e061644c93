//! The secret of a session or a token: 256 random bits, of which the server keeps only the SHA-256. No salt
//! and no slow hash: there is nothing to guess.

use crate::model::change::SecretHash;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// So that a token is recognised wherever it turns up, and can be searched for.
const TOKEN_PREFIX: &str = "backscroll_";
/// Of the random part, in characters.
const ENCODED_LENGTH: usize = 43;

/// A secret, on its way to the one who will keep it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Makes one from random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// Takes what a client sent; `None` where it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let random = text.strip_prefix(TOKEN_PREFIX)?;
        (random.len() == ENCODED_LENGTH).then(|| Self(text.to_owned()))
    }

    /// What the server keeps.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// For the one who will keep it, and nobody else.
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
