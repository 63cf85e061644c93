//! Coming in through the open door, from a page or a program.

use crate::{
    app::{App, random_bytes},
    auth::secret::Secret,
    error::{Error, Result, check_field},
    event_log::transaction::Answer,
    model::{
        change::{Action, SignIn, SignInKind},
        user::{User, handle_fault, name_fault},
    },
};

/// Makes an account under a free handle, and the secret by which it is known from now on.
pub async fn join_server(
    app: &App,
    handle: &str,
    name: Option<&str>,
    kind: SignInKind,
) -> Result<(User, Secret)> {
    let handle = handle.trim();
    check_field("handle", handle_fault(handle))?;
    let name = name.map_or(handle, str::trim);
    check_field("name", name_fault(name))?;
    let secret = Secret::new(random_bytes());
    let sign_in = Some(SignIn {
        secret_hash: secret.hash(),
        kind,
    });
    let action = Action::JoinServer {
        handle: handle.into(),
        name: name.into(),
        sign_in,
    };
    match app.submit(action).await? {
        Answer::User(user) => Ok((user, secret)),
        _ => Err(Error::NotFound),
    }
}
