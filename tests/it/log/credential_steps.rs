//! Random changes of what people sign in with.

use backscroll::auth::identity::identity;
use backscroll::model::{
    change::{SecretHash, SignIn, SignInKind},
    credential::{CredentialAction, Proof},
    grant::{Grant, Scopes},
    identity::{ExternalIdentity, IdentityId},
    ids::UserId,
    passkey::Credential,
    password::PasswordHash,
    sign_in::{RefusedSignIns, SignInMethod},
    time::Timestamp,
};

/// Returns one of the identities of a provider.
pub(super) fn identity_of(number: u64) -> ExternalIdentity {
    identity("https://login.example", &format!("subject {number}"), None)
}

/// Returns a change that `number` selects. `secret` is a hash that no other change has, `known` one that an earlier change
/// may have.
pub(super) fn credential(
    number: usize,
    user: UserId,
    secret: SecretHash,
    known: SecretHash,
) -> CredentialAction {
    let hash = || PasswordHash::new("hash".into());
    let time = Timestamp::parse("2026-06-22T05:41:03Z").expect("a time");
    let sign_in = |proof| CredentialAction::SignIn {
        proof,
        sign_in: SignIn {
            secret_hash: secret.clone(),
            kind: SignInKind::Session,
            label: Some("Firefox · Linux".into()),
        },
        device: Some(known.clone()),
    };
    let set_password = |old| CredentialAction::SetPassword {
        old,
        new: hash(),
        here: Some(known.clone()),
        ends_others: number.is_multiple_of(2),
        device: None,
    };
    let credential = |counter: usize| Credential::new(format!("{{\"counter\":{counter}}}"));
    match number % 16 {
        0 => set_password(None),
        1 => set_password(Some(hash())),
        2 => sign_in(Proof::Password { user, hash: hash() }),
        3 => {
            let secret_hash = known.clone();
            sign_in(Proof::Link { secret_hash })
        }
        4 => CredentialAction::CreateToken {
            secret_hash: secret,
            name: "Nightly export".into(),
            grant: Grant {
                scopes: Scopes::of_stored("read"),
                rooms: Some(["club".to_owned()].into()),
            },
            expires_at: Some(time),
        },
        5 => CredentialAction::EndOtherSessions { here: Some(known) },
        6 => CredentialAction::NoteUses {
            uses: vec![(known, time)],
        },
        7 => CredentialAction::DeleteExpired { idle_since: time },
        8 => CredentialAction::LinkIdentity {
            identity: identity_of(number as u64 / 16 % 3),
        },
        9 => CredentialAction::UnlinkIdentity {
            id: IdentityId(i64::try_from(1 + number / 16 % 5).expect("a small number")),
        },
        10 => sign_in(Proof::Identity {
            identity: identity_of(number as u64 / 16 % 3),
        }),
        11 => CredentialAction::AddPasskey {
            id: known,
            name: "Laptop".into(),
            credential: credential(0),
        },
        12 => CredentialAction::RemovePasskey { id: known },
        13 => sign_in(Proof::Passkey {
            id: known.clone(),
            seen: credential(number % 2),
            credential: credential(1),
        }),
        14 => CredentialAction::NoteRefused {
            refused: vec![RefusedSignIns {
                user,
                method: SignInMethod::Password,
                count: 3,
                address: [203, 0, 113, 7].into(),
            }],
        },
        _ => CredentialAction::CreateLink {
            secret_hash: secret,
            expires_at: time,
        },
    }
}
