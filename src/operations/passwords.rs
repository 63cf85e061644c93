//! The viewer's password.

use super::{
    sign_in::{SignInClient, account_key, note_refused},
    ways_in::confirm_owner,
};
use crate::{
    app::{App, random_bytes},
    auth::{password::NewPassword, secret::Secret, viewer::Viewer},
    error::{Error, Result, parse_field},
    fault::Fault,
    model::{
        change::Action, credential::CredentialAction, password::PasswordHash, sign_in::SignInMethod,
    },
    store::passwords,
};

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
