//! Invitations: making, revoking and redeeming them.

use super::{
    actor::Actor,
    applied::Applied,
    credentials::find_enabled,
    memberships::{NewMember, add_member},
    policy::{self, Object, Verb, can, can_have_another},
    users::{claim_user, register},
};
use crate::{
    error::{Denial, Error, Result},
    fault::Fault,
    model::{
        account::NewAccount,
        change::{AccessChange, Outcome, Registration, SecretHash},
        ids::UserId,
        invite::{Invite, InviteId, NewInvite, OPEN_INVITES_MAX},
        role::Role,
    },
    store::{
        db::Connection,
        invites, memberships,
        rooms::{self, RoomAccess},
        users,
    },
};

/// Makes an invitation. Managers of a room invite guests into it; all others are made by admins.
pub(super) async fn create_invite(
    tx: &mut Connection,
    actor: Actor,
    invite: &NewInvite,
) -> Result<Applied> {
    let room = match &invite.room {
        Some(slug) => Some(find_room(tx, actor, slug).await),
        None => None,
    };
    let managed = room.as_ref().and_then(|room| room.as_ref().ok());
    if managed.is_some_and(|room| room.is_archived) {
        return Err(Error::Forbidden(Denial::RoomArchived));
    }
    let is_for_guests = invite.role == Role::Guest && invite.person.is_none();
    if !(is_for_guests && managed.is_some_and(|room| may_invite_guests(actor, room))) {
        actor.administers()?;
    }
    let room = room.transpose()?.map(|room| room.id);
    let open = invites::count_open(tx, actor.user(), actor.at).await?;
    can_have_another(open, OPEN_INVITES_MAX, "role")?;
    let person = match &invite.person {
        Some(handle) => Some(find_imported(tx, handle).await?),
        None => None,
    };
    invites::insert_invite(tx, invite, (room, person), actor.user(), actor.at).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Returns a room that the actor may see; the operator sees all.
async fn find_room(tx: &mut Connection, actor: Actor, slug: &str) -> Result<RoomAccess> {
    let no_such_room = || Error::invalid("room", Fault::NoSuchRoom);
    let room = rooms::find_access(tx, actor.user(), slug).await?;
    // Who may take part in a direct room was decided when it was made.
    let room = room.filter(|room| !(room.is_direct || room.is_deleted));
    let room = room.ok_or_else(no_such_room)?;
    if !actor.by.operates() {
        can(actor.identity(), Verb::See, Object::Room(&room)).map_err(|_| no_such_room())?;
    }
    Ok(room)
}

/// Returns whether the actor may invite guests into a room that the actor sees.
fn may_invite_guests(actor: Actor, room: &RoomAccess) -> bool {
    let identity = actor.identity();
    identity.is_some_and(|actor| policy::may_invite_guests(actor, room))
}

async fn find_imported(tx: &mut Connection, handle: &str) -> Result<UserId> {
    let user = users::find_user(tx, handle).await?.map(|user| user.id);
    let user = find_enabled(tx, user).await?;
    let user = user.filter(|user| user.imported);
    Ok(user
        .ok_or_else(|| Error::invalid("as", Fault::NotImported))?
        .id)
}

/// Revokes an invitation that can still be redeemed.
pub(super) async fn revoke_invite(
    tx: &mut Connection,
    actor: Actor,
    id: InviteId,
) -> Result<Applied> {
    let invite = invites::find_holding_by_id(tx, actor.user(), id, actor.at).await?;
    let room = match invite.as_ref().and_then(|invite| invite.room.as_ref()) {
        Some(room) => Some(find_room(tx, actor, &room.slug).await?),
        None => None,
    };
    let is_for_guests = invite.as_ref().is_some_and(Invite::is_for_guests);
    if !(is_for_guests && room.is_some_and(|room| may_invite_guests(actor, &room))) {
        actor.administers()?;
    }
    invite.ok_or(Error::NotFound)?;
    invites::revoke_invite(tx, id, actor.at).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Redeems an invitation. Who has no account gets one; who has one becomes a member of the room.
///
/// The error is the same for every way in which an invitation does not hold.
pub(super) async fn redeem_invite(
    tx: &mut Connection,
    actor: Actor,
    secret_hash: &SecretHash,
    registration: Option<&Registration>,
) -> Result<Applied> {
    let invite = invites::find_holding(tx, secret_hash, actor.at).await?;
    let invite = invite.ok_or(Error::NotFound)?;
    match (actor.user(), registration) {
        (Some(user), _) => accept_invite(tx, actor, &invite, user).await,
        (None, Some(registration)) => join_by_invite(tx, actor, &invite, registration).await,
        (None, None) => Err(Error::SignInNeeded),
    }
}

/// Creates the account of an invited person, or makes the imported person one that somebody signs in to.
async fn join_by_invite(
    tx: &mut Connection,
    actor: Actor,
    invite: &Invite,
    registration: &Registration,
) -> Result<Applied> {
    let registration = Registration {
        account: NewAccount {
            role: invite.role,
            ..registration.account.clone()
        },
        ..registration.clone()
    };
    let (id, outcome) = if let Some(invited) = &invite.person {
        let user = claim_user(tx, actor, invited.id, &registration).await?;
        (user.id, Outcome::UserChanged(user))
    } else {
        let user = register(tx, actor, &registration).await?;
        (user.id, Outcome::User(user))
    };
    if let Some(room) = &invite.room {
        let joining = actor.as_user(id);
        if memberships::find_role(tx, room.id, id).await?.is_none() {
            add_member(tx, joining, room.id, NewMember::member(id)).await?;
        }
    }
    invites::count_use(tx, invite.id).await?;
    Ok(Applied::with_access(outcome, AccessChange::User(id)))
}

/// Makes somebody who has an account a member of the room of the invitation. Does nothing if they are one.
async fn accept_invite(
    tx: &mut Connection,
    actor: Actor,
    invite: &Invite,
    user: UserId,
) -> Result<Applied> {
    let (Some(room), None) = (&invite.room, &invite.person) else {
        return Err(Error::Forbidden(Denial::SignOutFirst));
    };
    if memberships::find_role(tx, room.id, user).await?.is_some() {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    // Who was removed comes back by a later invitation only.
    if memberships::was_removed_since(tx, room.id, user, invite.created_at).await? {
        return Err(Error::NotFound);
    }
    add_member(tx, actor, room.id, NewMember::member(user)).await?;
    invites::count_use(tx, invite.id).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::User(user),
    ))
}
