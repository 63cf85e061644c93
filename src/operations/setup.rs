//! Setting the server up: naming it, and creating its first admin.

use super::{
    people::AccountDraft,
    server::parse_door,
    sign_in::{SignInClient, SignedInAs},
};
use crate::{
    app::{App, random_bytes},
    auth::secret::Secret,
    error::{Error, Result, parse_field},
    model::{
        change::{Action, Requester},
        role::Role,
        server::ServerName,
    },
    store::setup,
};

/// Checks that the server waits to be set up.
///
/// # Errors
///
/// [`Error::NotFound`] if there is an admin, or no set-up link.
pub async fn check_offered(app: &App) -> Result<()> {
    let mut connection = app.readers().acquire().await?;
    let is_offered = setup::is_offered(&mut connection).await?;
    is_offered.then_some(()).ok_or(Error::NotFound)
}

/// Checks that this is the secret of the set-up link, and returns it.
///
/// # Errors
///
/// [`Error::NotFound`] if it is not, or if there is an admin.
pub async fn check_link(app: &App, token: &str) -> Result<Secret> {
    let secret = Secret::parse(token).ok_or(Error::NotFound)?;
    let mut connection = app.readers().acquire().await?;
    let is_link = setup::is_link(&mut connection, &secret.hash()).await?;
    is_link.then_some(secret).ok_or(Error::NotFound)
}

/// Makes a set-up link for the operator, which replaces an earlier one, and returns its secret. A start of the server
/// keeps it.
///
/// # Errors
///
/// [`Error::Refused`] if there is an admin.
pub async fn offer_setup(app: &App) -> Result<Secret> {
    let secret = Secret::new(random_bytes());
    let action = Action::OfferSetup {
        secret_hash: secret.hash(),
        is_kept: true,
    };
    match app.submit_from(Requester::OPERATOR, action).await {
        Ok(_) => Ok(secret),
        Err(Error::NotFound) => Err(Error::Refused(
            "the server has an admin, who can invite others; a set-up link is for a server without one".into(),
        )),
        Err(error) => Err(error),
    }
}

/// What the first admin has chosen, before validation.
#[derive(Clone, Copy, Debug)]
pub struct SetUpDraft<'a> {
    /// The secret of the set-up link.
    pub token: &'a str,
    /// Name of the server.
    pub server_name: &'a str,
    /// The door; it stays as it is if absent.
    pub door: Option<&'a str>,
    /// The account of the admin.
    pub owner: AccountDraft<'a>,
}

/// Sets the server up, and returns the admin with the secret that authenticates them.
pub async fn set_up(app: &App, client: &SignInClient, draft: SetUpDraft<'_>) -> Result<SignedInAs> {
    let link = check_link(app, draft.token).await?;
    let name = parse_field("server_name", ServerName::parse(draft.server_name))?;
    let door = draft.door.map(parse_door).transpose()?;
    let (owner, secret) = draft.owner.register(app, client, Role::Admin).await?;
    let action = Action::SetUp {
        secret_hash: link.hash(),
        name,
        door,
        owner,
    };
    let user = app
        .submit_from(client.requester(), action)
        .await?
        .into_user()?;
    Ok(SignedInAs::new(user, secret))
}
