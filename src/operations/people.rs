//! Joining the server, and changing the display name.

use super::sign_in::{SignInClient, SignedInAs};
use crate::{
    app::{App, random_bytes},
    auth::{password::NewPassword, secret::Secret, viewer::Viewer},
    error::{Result, parse_field},
    model::{
        account::{FoldedName, NewAccount},
        change::{Action, Principal, Registration, WayIn},
        role::Role,
        user::{DisplayName, Handle, User},
    },
};
use std::fmt;

/// Creates an account under a free handle, and returns it with the secret that authenticates it.
pub async fn join_server(
    app: &App,
    client: &SignInClient,
    handle: &str,
    name: Option<&str>,
) -> Result<SignedInAs> {
    let account = parse_account(handle, name)?;
    app.rates.check_join(&client.client)?;
    let secret = Secret::new(random_bytes());
    let sign_in = Some(client.sign_in(&secret));
    let action = Action::JoinServer {
        account,
        sign_in,
        identity: None,
    };
    let user = app
        .submit(Principal::Anonymous, action)
        .await?
        .into_user()?;
    Ok(SignedInAs::new(user, secret))
}

/// An account with a password to be created, before validation.
#[derive(Clone, Copy)]
pub struct AccountDraft<'a> {
    /// The handle.
    pub handle: &'a str,
    /// The display name; the handle if absent.
    pub name: Option<&'a str>,
    /// The password in plain text.
    pub password: &'a str,
}

impl fmt::Debug for AccountDraft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { handle, name, .. } = self;
        write!(f, "AccountDraft({handle:?}, {name:?}, …)")
    }
}

impl AccountDraft<'_> {
    /// Checks the fields, hashes the password, and makes the secret of the first session or token.
    pub(super) async fn register(
        self,
        app: &App,
        client: &SignInClient,
        role: Role,
    ) -> Result<(Registration, Secret)> {
        let account = NewAccount {
            role,
            ..parse_account(self.handle, self.name)?
        };
        finish_registration(app, client, account, self.password).await
    }
}

/// Checks and hashes the password of a new account, and makes the secret of its first session or token.
pub(super) async fn finish_registration(
    app: &App,
    client: &SignInClient,
    account: NewAccount,
    password: &str,
) -> Result<(Registration, Secret)> {
    let names = [account.handle.text.as_str(), account.name.text.as_str()];
    let password = parse_field("password", NewPassword::parse(password, &names))?;
    app.rates.check_join(&client.client)?;
    let password = app.passwords.hash(password, random_bytes()).await?;
    let secret = Secret::new(random_bytes());
    let registration = Registration {
        account,
        way_in: WayIn::Password(password),
        sign_in: client.sign_in(&secret),
    };
    Ok((registration, secret))
}

/// Checks the handle and the name of a new account.
pub fn parse_account(handle: &str, name: Option<&str>) -> Result<NewAccount> {
    let name = name.unwrap_or(handle);
    let handle = parse_field("handle", Handle::parse(handle))?.into_string();
    let name = parse_field("name", DisplayName::parse(name))?.into_string();
    Ok(NewAccount::new(&handle, &name))
}

/// Changes the viewer's display name.
pub async fn rename_user(app: &App, viewer: &Viewer, name: &str) -> Result<User> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let name = parse_field("name", DisplayName::parse(name))?.into_string();
    let name = FoldedName::of_name(&name);
    let action = Action::RenameUser { name };
    app.submit(Some(by), action).await?.into_user()
}
