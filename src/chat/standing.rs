//! Roles of accounts, and disabling them.

use super::{actor::Actor, applied::Applied, policy::sees_open_rooms};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::{EventId, UserId},
        role::{Door, Role},
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        standing::{self, Standing},
        users,
    },
};

/// Sets the role of a user, and whether the account is disabled. What the user wrote stays.
pub(super) async fn update_user(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
    role: Option<Role>,
    disabled: Option<bool>,
) -> Result<Applied> {
    let before = find_administered(tx, actor, handle).await?;
    let after = Standing {
        role: role.unwrap_or(before.role),
        is_disabled: disabled.unwrap_or(before.is_disabled),
        ..before
    };
    check_update(tx, before, after).await?;
    if before.is_disabled != after.is_disabled {
        let at = after.is_disabled.then_some(actor.at);
        standing::set_disabled(tx, after.id, at).await?;
    }
    if before.role != after.role {
        set_role(tx, actor, before, after).await?;
    }
    let user = users::find_user_by_id(tx, after.id).await?;
    let user = user.ok_or(Error::NotFound)?;
    if before == after {
        return Ok(Applied::unchanged(Outcome::User(user)));
    }
    Ok(Applied::with_access(
        Outcome::UserChanged(user),
        AccessChange::User(after.id),
    ))
}

/// Returns the standing of a user who is the actor, or if the actor administers the server.
pub(super) async fn find_own_or_administered(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
) -> Result<Standing> {
    let own = standing::find_standing(tx, handle).await?;
    match own.filter(|own| Some(own.id) == actor.user()) {
        Some(own) => Ok(own),
        None => find_administered(tx, actor, handle).await,
    }
}

/// Returns the standing of a user, if the actor administers the server. Others are not told of people whom they cannot
/// see.
pub(super) async fn find_administered(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
) -> Result<Standing> {
    let found = standing::find_standing(tx, handle).await?;
    let Err(denied) = actor.administers() else {
        return found.ok_or(Error::NotFound);
    };
    // For somebody who is not there, the same statements run as for somebody who is hidden.
    let id = found.map_or_else(UserId::default, |found| found.id);
    Err(if standing::sees_person(tx, actor.user(), id).await? {
        denied
    } else {
        Error::NotFound
    })
}

/// Refuses to leave the server without an enabled admin, and to make an account of another kind: a bot is a program.
pub(super) async fn check_update(
    tx: &mut Connection,
    before: Standing,
    after: Standing,
) -> Result<()> {
    if before.role != after.role && (before.role == Role::Bot || after.role == Role::Bot) {
        return Err(Error::invalid("role", Fault::CannotChange));
    }
    if standing::find_server(tx).await? == Some(after.id) && before != after {
        return Err(Error::invalid("disabled", Fault::CannotChange));
    }
    if before.is_active_admin()
        && !after.is_active_admin()
        && !standing::has_other_admin(tx, after.id).await?
    {
        let field = if after.is_disabled {
            "disabled"
        } else {
            "role"
        };
        return Err(Error::invalid(field, Fault::LastAdmin));
    }
    Ok(())
}

/// Sets the role. The event is visible to all who may see the user. If the user sees other open rooms than before, the
/// event is also the first that a cursor of the user can be after.
async fn set_role(
    tx: &mut Connection,
    actor: Actor,
    before: Standing,
    after: Standing,
) -> Result<()> {
    standing::set_role(tx, after.id, after.role).await?;
    let event = append_user_event(tx, actor, after).await?;
    let sees_open = |role| sees_open_rooms(Some(role), Door::default());
    if sees_open(before.role) != sees_open(after.role) {
        standing::set_view(tx, after.id, event).await?;
    }
    Ok(())
}

/// Appends the event of a change of a user. The author of what the operator does is the server's own account.
pub(super) async fn append_user_event(
    tx: &mut Connection,
    actor: Actor,
    subject: Standing,
) -> Result<EventId> {
    let actor = actor.or_server(tx).await?;
    let event = NewEvent {
        subject_id: Some(subject.id),
        ..actor.event(kind::USER, None)
    };
    append_event(tx, &event).await
}
