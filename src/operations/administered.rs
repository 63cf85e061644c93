//! What admins and the operator change about how other people sign in.

use super::{
    sign_in::{LinkUse, SignInClient, SignedInAs, find_link},
    tokens::{TokenDraft, parse_draft},
};
use crate::{
    app::{App, now, random_bytes},
    auth::{password::NewPassword, secret::Secret, viewer::Viewer},
    error::{Error, Result, parse_field},
    model::{
        change::{Action, Requester},
        credential::{CredentialAction, OtherCredential},
        time::Timestamp,
        user::User,
    },
    store::{
        sessions::{self, Session},
        users,
    },
};
use std::time::Duration;

/// How long a link in place of a forgotten password holds.
pub const PASSWORD_LINK_VALID: Duration = Duration::from_hours(24);

/// Creates a one-time link by which a person sets a new password, in place of the previous one. Returns its secret and
/// its expiry.
pub async fn create_password_link(
    app: &App,
    requester: Requester,
    handle: String,
) -> Result<(Secret, Timestamp)> {
    let secret = Secret::new(random_bytes());
    let expires_at = now().after(PASSWORD_LINK_VALID);
    let change = OtherCredential::Link {
        secret_hash: secret.hash(),
        expires_at,
    };
    submit(app, requester, handle, change).await?;
    Ok((secret, expires_at))
}

/// Ends all sessions of a person. API tokens remain.
pub async fn end_sessions_of(app: &App, requester: Requester, handle: String) -> Result<()> {
    submit(app, requester, handle, OtherCredential::EndSessions).await
}

/// A new password that is set by a link, before validation.
#[derive(Clone, Default)]
pub struct ResetDraft {
    /// The new password.
    pub new: String,
    /// Whether all other sessions end.
    pub ends_others: bool,
}

/// Sets a new password by a one-time link, which is used up, and signs in.
pub async fn reset_password(
    app: &App,
    client: &SignInClient,
    link: &str,
    draft: &ResetDraft,
) -> Result<SignedInAs> {
    let user = find_link(app, LinkUse::Password, link).await?;
    let link = Secret::parse(link).ok_or(Error::NotFound)?;
    let new = NewPassword::parse(&draft.new, &[&user.handle, &user.name]);
    let new = parse_field("new", new)?;
    let new = app.passwords.hash(new, random_bytes()).await?;
    let (secret, device) = (Secret::new(random_bytes()), client.device());
    let action = CredentialAction::ResetPassword {
        link: link.hash(),
        new,
        sign_in: client.sign_in(&secret),
        ends_others: draft.ends_others,
        device: device.as_ref().map(Secret::hash),
    };
    let answer = app
        .submit_from(client.requester(), Action::Credential(action))
        .await?;
    Ok(SignedInAs {
        user: answer.into_user()?,
        secret,
        device,
    })
}

/// Sets the password of a person for the operator.
pub async fn set_password_of(app: &App, handle: String, password: &str) -> Result<()> {
    let user = find_user(app, &handle).await?;
    let new = NewPassword::parse(password, &[&user.handle, &user.name]);
    let new = parse_field("password", new)?;
    let new = app.passwords.hash(new, random_bytes()).await?;
    let change = OtherCredential::Password { new };
    submit(app, Requester::OPERATOR, handle, change).await
}

/// Returns the API tokens of a person for the operator, the latest first.
pub async fn list_tokens_of(app: &App, handle: &str) -> Result<Vec<Session>> {
    let user = find_user(app, handle).await?;
    let mut connection = app.readers().acquire().await?;
    let mut tokens = sessions::list_sessions(&mut connection, user.id).await?;
    let now = now();
    tokens.retain(|token| token.name.is_some() && token.expires_at.is_none_or(|at| at > now));
    Ok(tokens)
}

/// Creates an API token of a person for the operator, and returns its secret.
pub async fn create_token_for(app: &App, handle: String, draft: TokenDraft) -> Result<Secret> {
    let user = find_user(app, &handle).await?;
    let owner = Viewer {
        sees_open: app.log.sees_open_rooms(Some(user.role)).await?,
        user: Some(user),
        ..Viewer::default()
    };
    let (name, grant, expires_at) = parse_draft(app, &owner, draft).await?;
    let secret = Secret::new(random_bytes());
    let change = OtherCredential::Token {
        secret_hash: secret.hash(),
        name,
        grant,
        expires_at,
    };
    submit(app, Requester::OPERATOR, handle, change).await?;
    Ok(secret)
}

/// Revokes an API token of a person for the operator.
pub async fn revoke_token_of(app: &App, handle: String, id: &str) -> Result<()> {
    let tokens = list_tokens_of(app, &handle).await?;
    let token = tokens.into_iter().find(|token| token.id() == id);
    let secret_hash = token.ok_or(Error::NotFound)?.secret_hash;
    let change = OtherCredential::Revoke { secret_hash };
    submit(app, Requester::OPERATOR, handle, change).await
}

async fn find_user(app: &App, handle: &str) -> Result<User> {
    let mut connection = app.readers().acquire().await?;
    let user = users::find_user(&mut connection, handle).await?;
    user.ok_or(Error::NotFound)
}

async fn submit(
    app: &App,
    requester: Requester,
    handle: String,
    change: OtherCredential,
) -> Result<()> {
    let action = CredentialAction::OfOther { handle, change };
    app.submit_from(requester, Action::Credential(action))
        .await?;
    Ok(())
}
