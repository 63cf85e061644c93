//! Joining the server, and changing the display name.

use super::sign_in::SignInClient;
use crate::{
    app::{App, random_bytes},
    auth::{secret::Secret, viewer::Viewer},
    error::{Result, parse_field},
    model::{
        account::{FoldedName, NewAccount},
        change::Action,
        user::{DisplayName, Handle, User},
    },
};

/// Creates an account under a free handle, and returns it with the secret that authenticates it.
pub async fn join_server(
    app: &App,
    client: &SignInClient,
    handle: &str,
    name: Option<&str>,
) -> Result<(User, Secret)> {
    let name = name.unwrap_or(handle);
    let handle = parse_field("handle", Handle::parse(handle))?.into_string();
    let name = parse_field("name", DisplayName::parse(name))?.into_string();
    app.rates.check_join(&client.client)?;
    let secret = Secret::new(random_bytes());
    let sign_in = Some(client.sign_in(&secret));
    let account = NewAccount::new(&handle, &name);
    let action = Action::JoinServer { account, sign_in };
    let user = app.submit(None, action).await?.into_user()?;
    Ok((user, secret))
}

/// Changes the viewer's display name.
pub async fn rename_user(app: &App, viewer: &Viewer, name: &str) -> Result<User> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let name = parse_field("name", DisplayName::parse(name))?.into_string();
    let name = FoldedName::of_name(&name);
    let action = Action::RenameUser { name };
    app.submit(Some(by), action).await?.into_user()
}
