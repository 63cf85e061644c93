//! What people sign in with: passwords, passkeys, sessions, tokens and one-time links.

use super::{
    actor::Actor,
    applied::Applied,
    audit,
    ended_sessions::{end_others, ended},
    identities, other_credentials, passkeys as passkey_rules,
    policy::can_have_another,
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::{Outcome, SecretHash, SignIn, SignInKind},
        credential::{CredentialAction, Proof, SESSIONS_MAX, TOKENS_MAX},
        grant::Grant,
        ids::UserId,
        role::Role,
        user::User,
    },
    store::{
        db::Connection,
        devices,
        identities::find_identity,
        passkeys::{self, NewPasskey},
        passwords,
        sessions::{self, NewSession},
        sign_in_links::{self, LinkUse},
        users,
    },
};

/// Applies one change of what people sign in with.
pub(super) async fn apply(
    tx: &mut Connection,
    actor: Actor,
    action: &CredentialAction,
) -> Result<Applied> {
    match action {
        CredentialAction::SignIn {
            proof,
            sign_in,
            device,
        } => sign_in_by(tx, actor, proof, sign_in, device.as_ref()).await,
        CredentialAction::SetPassword { .. } => set_password(tx, actor, action).await,
        CredentialAction::AddPasskey {
            id,
            name,
            credential,
        } => {
            let passkey = NewPasskey {
                credential_id: id,
                name,
                credential,
            };
            passkey_rules::add_passkey(tx, actor, passkey).await
        }
        CredentialAction::RemovePasskey { id } => {
            passkey_rules::remove_passkey(tx, actor, id).await
        }
        CredentialAction::EndOtherSessions { here } => {
            end_others(tx, actor.signed_in()?, here.as_ref()).await
        }
        CredentialAction::CreateToken {
            secret_hash,
            name,
            grant,
            expires_at,
        } => {
            let token = NewSession {
                secret_hash,
                kind: SignInKind::Token,
                label: None,
                name: Some(name),
                grant,
                expires_at: *expires_at,
            };
            let by = actor.signed_in()?;
            let count = sessions::count_tokens(tx, by, actor.at).await?;
            can_have_another(count, TOKENS_MAX, "name")?;
            sessions::insert_session(tx, by, &token, actor.at).await?;
            Ok(Applied::new(Outcome::Done))
        }
        CredentialAction::NoteUses { uses } => {
            actor.operates()?;
            sessions::note_uses(tx, uses).await?;
            Ok(Applied::new(Outcome::Done))
        }
        CredentialAction::NoteRefused { refused } => {
            actor.operates()?;
            audit::record_refused(tx, actor.at, refused).await?;
            Ok(Applied::new(Outcome::Done))
        }
        CredentialAction::DeleteExpired { idle_since } => {
            actor.operates()?;
            sign_in_links::delete_expired(tx, actor.at).await?;
            let expired = sessions::delete_expired(tx, actor.at, *idle_since).await?;
            Ok(ended(Outcome::Done, expired))
        }
        CredentialAction::CreateLink {
            secret_hash,
            expires_at,
        } => {
            let by = actor.signed_in()?;
            let user = users::find_user_by_id(tx, by).await?;
            other_credentials::check_uses_browser(&user.ok_or(Error::NotFound)?)?;
            let link = (LinkUse::Device, secret_hash);
            sign_in_links::set_link(tx, by, link, *expires_at).await?;
            Ok(Applied::new(Outcome::Done))
        }
        CredentialAction::LinkIdentity { identity } => {
            identities::link_own(tx, actor, identity).await
        }
        CredentialAction::UnlinkIdentity { id } => identities::unlink_own(tx, actor, *id).await,
        CredentialAction::ResetPassword { .. } => reset_password(tx, actor, action).await,
        CredentialAction::OfOther { handle, change } => {
            other_credentials::apply(tx, actor, handle, change).await
        }
    }
}

/// Inserts the session or token that joining or signing in has made.
pub(super) async fn add_session(
    tx: &mut Connection,
    actor: Actor,
    user: UserId,
    sign_in: &SignIn,
) -> Result<()> {
    let session = NewSession {
        secret_hash: &sign_in.secret_hash,
        kind: sign_in.kind,
        label: sign_in.label.as_deref(),
        name: None,
        grant: &Grant::default(),
        expires_at: None,
    };
    sessions::insert_session(tx, user, &session, actor.at).await
}

/// Signs an account in, if the proof still holds and the account is not disabled.
async fn sign_in_by(
    tx: &mut Connection,
    actor: Actor,
    proof: &Proof,
    sign_in: &SignIn,
    device: Option<&SecretHash>,
) -> Result<Applied> {
    let refused = match proof {
        Proof::Password { .. } => Error::invalid("password", Fault::SignInRefused),
        Proof::Passkey { .. } => passkey_rules::refused(),
        Proof::Link { .. } | Proof::Identity { .. } => Error::NotFound,
    };
    let user = match proof {
        Proof::Password { user, hash } => {
            let stored = passwords::find_password(tx, *user).await?;
            (stored.as_ref() == Some(hash)).then_some(*user)
        }
        Proof::Passkey { id, seen, .. } => passkey_rules::find_unchanged(tx, id, seen).await?,
        Proof::Link { secret_hash } => {
            sign_in_links::find_link(tx, (LinkUse::Device, secret_hash), actor.at).await?
        }
        Proof::Identity { identity } => find_identity(tx, identity).await?,
    };
    // A bot is not signed in by a browser.
    let may_sign_in = |user: &User| user.role != Role::Bot || sign_in.kind == SignInKind::Token;
    let Some(user) = find_enabled(tx, user).await?.filter(may_sign_in) else {
        return Err(refused);
    };
    match proof {
        Proof::Password { .. } | Proof::Identity { .. } => {}
        Proof::Passkey { id, credential, .. } => {
            passkeys::note_sign_in(tx, id, credential, actor.at).await?;
        }
        Proof::Link { .. } => sign_in_links::delete_link(tx, user.id).await?,
    }
    add_session(tx, actor, user.id, sign_in).await?;
    if let Some(device) = device {
        devices::note_device(tx, user.id, device, actor.at).await?;
    }
    let latest = &sign_in.secret_hash;
    let unused = sessions::delete_beyond(tx, user.id, latest, SESSIONS_MAX - 1).await?;
    Ok(ended(Outcome::User(user), unused))
}

/// Returns the account if it is not disabled.
pub(super) async fn find_enabled(
    tx: &mut Connection,
    user: Option<UserId>,
) -> Result<Option<User>> {
    let Some(user) = user else {
        return Ok(None);
    };
    if users::find_role(tx, user).await?.is_none() {
        return Ok(None);
    }
    users::find_user_by_id(tx, user).await
}

/// Sets the actor's password, unless it was changed since the old one was checked.
async fn set_password(
    tx: &mut Connection,
    actor: Actor,
    action: &CredentialAction,
) -> Result<Applied> {
    let CredentialAction::SetPassword {
        old,
        new,
        here,
        ends_others,
        device,
    } = action
    else {
        return Err(Error::Internal("another action sets no password"));
    };
    let by = actor.signed_in()?;
    if passwords::find_password(tx, by).await? != *old {
        return Err(Error::invalid("old", Fault::PasswordWrong));
    }
    passwords::set_password(tx, by, new, actor.at).await?;
    // A link was made by whoever knew the old password, or before there was one.
    sign_in_links::delete_link(tx, by).await?;
    if let Some(device) = device {
        devices::note_device(tx, by, device, actor.at).await?;
    }
    if *ends_others {
        return end_others(tx, by, here.as_ref()).await;
    }
    Ok(Applied::new(Outcome::Done))
}

/// Sets a new password by a link of an admin, and signs the account in. The link is used up by it.
async fn reset_password(
    tx: &mut Connection,
    actor: Actor,
    action: &CredentialAction,
) -> Result<Applied> {
    let CredentialAction::ResetPassword {
        link,
        new,
        sign_in,
        ends_others,
        device,
    } = action
    else {
        return Err(Error::Internal("another action resets no password"));
    };
    let user = sign_in_links::find_link(tx, (LinkUse::Password, link), actor.at).await?;
    let user = find_enabled(tx, user).await?.ok_or(Error::NotFound)?;
    sign_in_links::delete_link(tx, user.id).await?;
    passwords::set_password(tx, user.id, new, actor.at).await?;
    let others = if *ends_others {
        end_others(tx, user.id, None).await?.access
    } else {
        Vec::new()
    };
    add_session(tx, actor, user.id, sign_in).await?;
    if let Some(device) = device {
        devices::note_device(tx, user.id, device, actor.at).await?;
    }
    let latest = &sign_in.secret_hash;
    let unused = sessions::delete_beyond(tx, user.id, latest, SESSIONS_MAX - 1).await?;
    let mut applied = ended(Outcome::User(user), unused);
    applied.access.extend(others);
    Ok(applied)
}
