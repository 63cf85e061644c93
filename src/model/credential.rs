//! Changes of what people sign in with: passwords, passkeys, sessions, tokens and one-time links.

use super::{
    grant::Grant,
    identity::{ExternalIdentity, IdentityId},
    ids::UserId,
    passkey::{Credential, CredentialId},
    password::PasswordHash,
    sign_in::{RefusedSignIns, SecretHash, SignIn, SignInMethod},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

/// Maximum number of sessions of one account. Beyond it, a new one ends the one that was not used for the longest time.
pub const SESSIONS_MAX: u32 = 100;
/// Maximum number of API tokens of one account.
pub const TOKENS_MAX: u32 = 100;

/// A change of what people sign in with.
#[derive(Clone, Debug, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum CredentialAction {
    /// Signs an account in. `device` is the hash of a secret by which the browser is recognised at its next sign-in.
    SignIn {
        proof: Proof,
        sign_in: SignIn,
        device: Option<SecretHash>,
    },
    /// Sets the actor's password. `old` is the hash that the actor has given the password of; `None` if it had none.
    /// `ends_others` ends all other sessions than `here`.
    SetPassword {
        old: Option<PasswordHash>,
        new: PasswordHash,
        here: Option<SecretHash>,
        ends_others: bool,
        device: Option<SecretHash>,
    },
    /// Adds a passkey of the actor.
    AddPasskey {
        id: CredentialId,
        name: String,
        credential: Credential,
    },
    /// Removes a passkey of the actor.
    RemovePasskey { id: CredentialId },
    /// Ends all of the actor's sessions other than `here`, and the tokens that joining or signing in has made.
    EndOtherSessions { here: Option<SecretHash> },
    /// Creates an API token of the actor.
    CreateToken {
        secret_hash: SecretHash,
        name: String,
        grant: Grant,
        expires_at: Option<Timestamp>,
    },
    /// Stores when sessions and tokens were last used.
    NoteUses { uses: Vec<(SecretHash, Timestamp)> },
    /// Records attempts to sign in that were refused.
    NoteRefused { refused: Vec<RefusedSignIns> },
    /// Deletes tokens and links that have expired, and sessions that were last used before `idle_since`.
    DeleteExpired { idle_since: Timestamp },
    /// Creates a one-time link that signs the actor in on another device. It replaces the previous one.
    CreateLink {
        secret_hash: SecretHash,
        expires_at: Timestamp,
    },
    /// Links an identity to the actor's account, which is signed in by it from then on.
    LinkIdentity { identity: ExternalIdentity },
    /// Ends the link between an identity and the actor's account.
    UnlinkIdentity { id: IdentityId },
    /// Sets a new password by the link `link` of [`OtherCredential::Link`], and signs the account in. `ends_others` ends
    /// its other sessions.
    ResetPassword {
        link: SecretHash,
        new: PasswordHash,
        sign_in: SignIn,
        ends_others: bool,
        device: Option<SecretHash>,
    },
    /// Changes what another person signs in with.
    OfOther {
        handle: String,
        change: OtherCredential,
    },
}

/// A change of what another person signs in with.
#[derive(Clone, Debug, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum OtherCredential {
    /// Creates a one-time link by which the person sets a new password. It replaces the previous one.
    Link {
        secret_hash: SecretHash,
        expires_at: Timestamp,
    },
    /// Ends all sessions of the person, and the tokens that joining or signing in has made.
    EndSessions,
    /// Sets the password. Only the operator does this, and what follows.
    Password { new: PasswordHash },
    /// Creates an API token.
    Token {
        secret_hash: SecretHash,
        name: String,
        grant: Grant,
        expires_at: Option<Timestamp>,
    },
    /// Revokes an API token or ends a session.
    Revoke { secret_hash: SecretHash },
}

/// What an account is signed in by. It was checked before the change was made; that it still holds is checked when the
/// change is applied.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Proof {
    /// The account's password, which has this hash.
    Password { user: UserId, hash: PasswordHash },
    /// A passkey of the account. `seen` is its credential at the time of the check, and `credential` as it is after the
    /// sign-in.
    Passkey {
        id: CredentialId,
        seen: Credential,
        credential: Credential,
    },
    /// A one-time link, whose secret has this hash.
    Link { secret_hash: SecretHash },
    /// An identity that is linked to the account.
    Identity { identity: ExternalIdentity },
}

impl Proof {
    /// Returns the way to sign in.
    #[must_use]
    pub fn method(&self) -> SignInMethod {
        match self {
            Self::Password { .. } => SignInMethod::Password,
            Self::Passkey { .. } => SignInMethod::Passkey,
            Self::Link { .. } => SignInMethod::DeviceLink,
            Self::Identity { .. } => SignInMethod::Identity,
        }
    }
}
