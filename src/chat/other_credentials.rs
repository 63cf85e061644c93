//! What admins and the operator change about how other people sign in.

use super::{
    actor::Actor,
    applied::Applied,
    ended_sessions::{end_one, end_others},
    policy::can_have_another,
    standing::find_administered,
};
use crate::{
    error::{Denial, Error, Result},
    fault::Fault,
    model::{
        change::{Outcome, SignInKind},
        credential::{OtherCredential, TOKENS_MAX},
        role::Role,
        user::User,
    },
    store::{
        db::Connection,
        passwords,
        sessions::{self, NewSession},
        sign_in_links::{self, LinkUse},
        standing::Standing,
        users,
    },
};

/// Applies one change of what the account with this handle signs in with.
pub(super) async fn apply(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
    change: &OtherCredential,
) -> Result<Applied> {
    let standing = find_administered(tx, actor, handle).await?;
    let user = users::find_user_by_id(tx, standing.id).await?;
    let user = user.ok_or(Error::NotFound)?;
    match change {
        OtherCredential::Link {
            secret_hash,
            expires_at,
        } => {
            check_link(actor, standing, &user)?;
            let link = (LinkUse::Password, secret_hash);
            sign_in_links::set_link(tx, user.id, link, *expires_at).await?;
        }
        OtherCredential::EndSessions => return end_others(tx, user.id, None).await,
        OtherCredential::Password { new } => {
            actor.operates()?;
            check_uses_browser(&user)?;
            passwords::set_password(tx, user.id, new, actor.at).await?;
            sign_in_links::delete_link(tx, user.id).await?;
        }
        OtherCredential::Token {
            secret_hash,
            name,
            grant,
            expires_at,
        } => {
            actor.operates()?;
            check_enabled(standing, &user)?;
            let token = NewSession {
                secret_hash,
                kind: SignInKind::Token,
                label: None,
                name: Some(name),
                grant,
                expires_at: *expires_at,
            };
            let count = sessions::count_tokens(tx, user.id, actor.at).await?;
            can_have_another(count, TOKENS_MAX, "name")?;
            sessions::insert_session(tx, user.id, &token, actor.at).await?;
        }
        OtherCredential::Revoke { secret_hash } => {
            actor.operates()?;
            return end_one(tx, secret_hash).await;
        }
    }
    Ok(Applied::new(Outcome::Done))
}

/// Checks that the actor may create a link that signs somebody in. An admin must not be able to act in the name of
/// another one, which the audit log would not tell; the operator can.
fn check_link(actor: Actor, standing: Standing, user: &User) -> Result<()> {
    check_enabled(standing, user)?;
    check_uses_browser(user)?;
    if !actor.by.operates() && user.role == Role::Admin {
        return Err(Error::Forbidden(Denial::AdminSignIn));
    }
    Ok(())
}

/// Checks that somebody signs in to the account by a browser: a bot is a program.
pub(super) fn check_uses_browser(user: &User) -> Result<()> {
    if user.role == Role::Bot || user.imported {
        return Err(cannot_sign_in());
    }
    Ok(())
}

/// Checks that the account is one that somebody can be signed in to.
fn check_enabled(standing: Standing, user: &User) -> Result<()> {
    if standing.is_disabled || user.imported {
        return Err(cannot_sign_in());
    }
    Ok(())
}

fn cannot_sign_in() -> Error {
    Error::invalid("handle", Fault::CannotSignIn)
}
