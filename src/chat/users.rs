//! Joining the server, changing one's name, signing out.

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
        events::{NewEvent, append_event, append_where_named},
        sessions, users,
    },
};

const TAKEN: &str = "somebody here has this name, or one that looks like it";

/// Creates an account and signs it in. Neither its handle nor its name may look like anybody's handle or name.
pub(super) async fn join_server(
    tx: &mut Connection,
    at: Timestamp,
    handle: &str,
    name: &str,
    sign_in: Option<&SignIn>,
) -> Result<Applied> {
    for (field, text) in [("handle", handle), ("name", name)] {
        if users::is_taken(tx, text, None).await? {
            return Err(Error::conflict(field, TAKEN));
        }
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

/// Changes the name of an account. Nobody else's handle or name may look like the new one.
pub(super) async fn rename_user(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    name: &str,
) -> Result<Applied> {
    let user = users::find_user_by_id(tx, by)
        .await?
        .ok_or(Error::NotFound)?;
    if user.name == name {
        return Ok(Applied::new(Outcome::User(user)));
    }
    if users::is_taken(tx, name, Some(by)).await? {
        return Err(Error::conflict("name", TAKEN));
    }
    users::rename_user(tx, by, name).await?;
    append_where_named(tx, by, at).await?;
    let name = name.into();
    Ok(Applied::with_access(
        Outcome::Renamed(User { name, ..user }),
        AccessChange::User(by),
    ))
}

/// Ends a session and its open streams.
pub(super) async fn sign_out(tx: &mut Connection, secret_hash: &SecretHash) -> Result<Applied> {
    sessions::delete_session(tx, secret_hash).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::Secret(secret_hash.clone()),
    ))
}
