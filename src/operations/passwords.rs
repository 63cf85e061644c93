//! The viewer's password, and what confirms that the viewer owns the account.

use super::{
    sessions::list_all,
    sign_in::{SignInClient, account_key, note_refused},
};
use crate::{
    app::{App, now, random_bytes},
    auth::{password::NewPassword, secret::Secret, viewer::Viewer},
    error::{Denial, Error, Result, parse_field},
    fault::Fault,
    model::{
        change::Action, credential::CredentialAction, password::PasswordHash, sign_in::SignInMethod,
    },
    store::{identities, passkeys, passwords},
};
use std::time::Duration;

/// Without a password, whoever has another way to sign in adds one only this long after signing in.
const RECENT: Duration = Duration::from_mins(10);

/// A change of a password, before validation.
#[derive(Clone, Default)]
pub struct PasswordDraft {
    /// The present password; needed if there is one.
    pub old: Option<String>,
    /// The new password.
    pub new: String,
    /// Whether all other sessions end.
    pub ends_others: bool,
}

/// Returns whether the viewer has a password.
pub async fn has_password(app: &App, viewer: &Viewer) -> Result<bool> {
    Ok(find_password(app, viewer).await?.is_some())
}

async fn find_password(app: &App, viewer: &Viewer) -> Result<Option<PasswordHash>> {
    let user = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    passwords::find_password(&mut connection, user).await
}

/// Checks that whoever uses the viewer's session knows the password, which a form has in this field. Returns the hash of
/// the password; `None` if the viewer has none. Attempts are limited like those to sign in.
pub async fn confirm(
    app: &App,
    viewer: &Viewer,
    client: &SignInClient,
    (field, given): (&'static str, Option<String>),
) -> Result<Option<PasswordHash>> {
    let user = viewer.signed_in()?;
    let Some(password) = find_password(app, viewer).await? else {
        return Ok(None);
    };
    let given = given.ok_or(Error::invalid(field, Fault::Required))?;
    let mut connection = app.readers().acquire().await?;
    let device = client.known_device(&mut connection, Some(user.id)).await?;
    drop(connection);
    let key = account_key(&user.handle);
    app.rates
        .check_sign_in(key, &client.client, device.as_ref())?;
    if !app.passwords.verify(&given, Some(password.clone())).await? {
        note_refused(app, client, Some(user.id), SignInMethod::Password);
        return Err(Error::invalid(field, Fault::PasswordWrong));
    }
    Ok(Some(password))
}

/// Checks that whoever uses the viewer's session owns the account: they know the password, which a form has in this field;
/// or, if there is none but another way to sign in, they have signed in a short time ago. Returns the hash of the password;
/// `None` if there is none.
pub(super) async fn confirm_owner(
    app: &App,
    viewer: &Viewer,
    client: &SignInClient,
    given: (&'static str, Option<String>),
) -> Result<Option<PasswordHash>> {
    let password = confirm(app, viewer, client, given).await?;
    if password.is_none() && has_other_way(app, viewer).await? && !is_recent(app, viewer).await? {
        return Err(Error::Forbidden(Denial::SignInAgain));
    }
    Ok(password)
}

/// Returns whether the viewer can sign in by a passkey or an identity elsewhere.
async fn has_other_way(app: &App, viewer: &Viewer) -> Result<bool> {
    let user = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    let passkeys = passkeys::count_passkeys(&mut connection, user).await?;
    let identities = identities::list_identities(&mut connection, user).await?;
    Ok(passkeys > 0 || !identities.is_empty())
}

/// Returns whether the viewer has signed in a short time ago. Whom a proxy names has no session: the proxy signs them in
/// with each request.
async fn is_recent(app: &App, viewer: &Viewer) -> Result<bool> {
    let sessions = list_all(app, viewer).await?;
    let mut here = sessions.into_iter();
    let here = here.find(|session| Some(&session.secret_hash) == viewer.secret_hash.as_ref());
    Ok(here.is_none_or(|session| session.created_at > now().before(RECENT)))
}

/// Sets the viewer's password. Returns the secret by which a browser is recognised when it signs in with the password.
pub async fn set_password(
    app: &App,
    viewer: &Viewer,
    client: &SignInClient,
    draft: PasswordDraft,
) -> Result<Option<Secret>> {
    let user = viewer.signed_in()?;
    let new = NewPassword::parse(&draft.new, &[&user.handle, &user.name]);
    let new = parse_field("new", new)?;
    let old = confirm_owner(app, viewer, client, ("old", draft.old)).await?;
    let new = app.passwords.hash(new, random_bytes()).await?;
    let device = client.device();
    let action = CredentialAction::SetPassword {
        old,
        new,
        here: viewer.secret_hash.clone(),
        ends_others: draft.ends_others,
        device: device.as_ref().map(Secret::hash),
    };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    Ok(device)
}
