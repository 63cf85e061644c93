//! Joining the server, and signing out of it.

use super::applied::Applied;
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome, SecretHash, SignIn},
        event::kind,
        ids::UserId,
        time::Timestamp,
        user::User,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        sessions, users,
    },
};

/// Makes an account under a handle that is free, and signs it in.
pub(super) async fn join_server(
    tx: &mut Connection,
    at: Timestamp,
    handle: &str,
    name: &str,
    sign_in: Option<&SignIn>,
) -> Result<Applied> {
    if users::is_handle_taken(tx, handle).await? {
        return Err(Error::conflict(
            "handle",
            "somebody here has this name, or one that looks like it",
        ));
    }
    let event = NewEvent {
        room_id: None,
        kind: kind::USER,
        message_id: None,
        actor_id: None,
        at,
        data: None,
    };
    let id = UserId(append_event(tx, &event).await?.0);
    let user = User {
        id,
        handle: handle.into(),
        name: name.into(),
        created_at: at,
    };
    users::insert_user(tx, &user).await?;
    if let Some(sign_in) = sign_in {
        sessions::insert_session(tx, id, sign_in, at).await?;
    }
    Ok(Applied::new(Outcome::User(user)))
}

/// Ends a session; its open streams end with it.
pub(super) async fn sign_out(tx: &mut Connection, secret_hash: &SecretHash) -> Result<Applied> {
    sessions::delete_session(tx, secret_hash).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::Secret(secret_hash.clone()),
    ))
}
