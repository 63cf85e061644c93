//! Adding a way to sign in to the viewer's account: a password, a passkey, or an identity elsewhere.

use super::{passwords::confirm, sessions::list_all, sign_in::SignInClient};
use crate::{
    app::{App, now},
    auth::viewer::Viewer,
    error::{Denial, Error, Result},
    model::password::PasswordHash,
    store::{identities, passkeys},
};
use std::time::Duration;

/// Without a password, whoever has another way to sign in adds one only this long after signing in.
const RECENT: Duration = Duration::from_mins(10);

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

/// Returns whether the viewer has signed in a short time ago.
async fn is_recent(app: &App, viewer: &Viewer) -> Result<bool> {
    let sessions = list_all(app, viewer).await?;
    let mut here = sessions.into_iter();
    let here = here.find(|session| Some(&session.secret_hash) == viewer.secret_hash.as_ref());
    Ok(here.is_some_and(|session| session.created_at > now().before(RECENT)))
}
