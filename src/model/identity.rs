//! Identities: who a person is to those who sign them in.

use super::{ids::UserId, sign_in::SecretHash, time::Timestamp};
use serde::{Deserialize, Serialize};

/// The issuer of identities that a trusted proxy names. No URL is equal to it.
pub const PROXY: &str = "proxy";

/// Greatest length of a subject in characters (OpenID Connect Core 1.0, section 2).
pub const SUBJECT_MAX: usize = 255;

/// Maximum number of identities that are linked to one account.
pub const IDENTITIES_MAX: usize = 20;

/// Who a person is to an OpenID provider, or to a trusted proxy. Two identities are the same if their issuers and their
/// subjects are, byte by byte. Names and e-mail addresses are never compared: others can get those of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalIdentity {
    /// The URL of the provider, as configured, or [`PROXY`].
    pub issuer: String,
    /// What the issuer calls the person. It never changes, and is never another person's.
    pub subject: String,
    /// SHA-256 of the issuer and the subject.
    pub key_hash: SecretHash,
    /// The name by which the person recognises the identity.
    pub name: Option<String>,
}

/// Returns whether a text can be a subject: it has one to [`SUBJECT_MAX`] characters, none of which is a control
/// character.
#[must_use]
pub fn is_subject(text: &str) -> bool {
    let is_short = text.chars().count() <= SUBJECT_MAX;
    !text.is_empty() && is_short && !text.chars().any(char::is_control)
}

/// Identifies a link between an identity and an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct IdentityId(pub i64);

/// An identity that is linked to an account.
#[derive(Clone, Debug)]
pub struct LinkedIdentity {
    /// Its id; not a secret.
    pub id: IdentityId,
    /// The account.
    pub user: UserId,
    /// The URL of the provider, or [`PROXY`].
    pub issuer: String,
    /// The name by which the person recognises the identity.
    pub name: Option<String>,
    /// The time of linking.
    pub linked_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_short_and_visible() {
        for subject in ["ann", "CN=Ann,O=Choir", "汉字", &"a".repeat(SUBJECT_MAX)] {
            assert!(is_subject(subject), "{subject}");
        }
        for other in ["", "a\nb", "a\u{0}", "\u{7f}", &"a".repeat(SUBJECT_MAX + 1)] {
            assert!(!is_subject(other), "{other:?}");
        }
    }
}
