//! Coming in through the open door, from a page or a program.

use crate::{
    app::{App, random_bytes},
    auth::secret::Secret,
    error::{Error, Result, parse_field},
    event_log::transaction::Answer,
    model::{
        change::{Action, SignIn, SignInKind},
        user::{DisplayName, Handle, User},
    },
};

/// Makes an account under a free handle, and the secret by which it is known from now on.
pub async fn join_server(
    app: &App,
    handle: &str,
    name: Option<&str>,
    kind: SignInKind,
) -> Result<(User, Secret)> {
    let name = name.unwrap_or(handle);
    let handle = parse_field("handle", Handle::parse(handle))?.into_string();
    let name = parse_field("name", DisplayName::parse(name))?.into_string();
    let secret = Secret::new(random_bytes());
    let sign_in = Some(SignIn {
        secret_hash: secret.hash(),
        kind,
    });
    let action = Action::JoinServer {
        handle,
        name,
        sign_in,
    };
    match app.submit(action).await? {
        Answer::User(user) => Ok((user, secret)),
        _ => Err(Error::NotFound),
    }
}
