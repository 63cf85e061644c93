//! Joining the server, and changing the display name and the profile.

use super::{
    actor::Actor,
    applied::Applied,
    credentials,
    identities::check_free,
    memberships::{NewMember, add_member},
};
use crate::{
    error::{Denial, Error, Result},
    fault::Fault,
    model::{
        account::{FoldedName, NewAccount},
        change::{AccessChange, Outcome, Registration, SignIn, WayIn},
        event::kind,
        identity::ExternalIdentity,
        ids::{EventId, UserId},
        profile::{About, TimeZone},
        role::{Door, Role},
        user::User,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        identities::insert_identity,
        memberships, meta, passwords, profiles, rooms,
        users::{self, NewUser},
    },
};

/// Creates an account and signs it in, if the door of the server is open.
pub(super) async fn join_server(
    tx: &mut Connection,
    actor: Actor,
    account: &NewAccount,
    sign_in: Option<&SignIn>,
    identity: Option<&ExternalIdentity>,
) -> Result<Applied> {
    if meta::find_server(tx).await?.door == Door::Invite {
        return Err(Error::Forbidden(Denial::InviteOnly));
    }
    if let Some(identity) = identity {
        check_free(tx, identity).await?;
    }
    let user = create_account(tx, actor, account, sign_in).await?;
    if let Some(identity) = identity {
        insert_identity(tx, user.id, identity, actor.at).await?;
    }
    Ok(Applied::new(Outcome::User(user)))
}

/// Creates an account that nobody is signed in to. Only the operator does this, whatever the door.
pub(super) async fn add_account(
    tx: &mut Connection,
    actor: Actor,
    account: &NewAccount,
) -> Result<Applied> {
    actor.operates()?;
    let user = create_account(tx, actor, account, None).await?;
    Ok(Applied::new(Outcome::User(user)))
}

/// Creates an account with what its owner signs in with again, and signs it in.
pub(super) async fn register(
    tx: &mut Connection,
    actor: Actor,
    registration: &Registration,
) -> Result<User> {
    let Registration {
        account,
        way_in,
        sign_in,
    } = registration;
    check_way_in(tx, way_in).await?;
    let user = create_account(tx, actor, account, Some(sign_in)).await?;
    add_way_in(tx, actor, user.id, way_in).await?;
    Ok(user)
}

/// Checks that what the owner of a new account signs in with is not another account's.
async fn check_way_in(tx: &mut Connection, way_in: &WayIn) -> Result<()> {
    match way_in {
        WayIn::Password(_) => Ok(()),
        WayIn::Identity(identity) => check_free(tx, identity).await,
    }
}

/// Adds what the owner of a new account signs in with.
async fn add_way_in(tx: &mut Connection, actor: Actor, user: UserId, way_in: &WayIn) -> Result<()> {
    match way_in {
        WayIn::Password(hash) => passwords::set_password(tx, user, hash, actor.at).await,
        WayIn::Identity(identity) => insert_identity(tx, user, identity, actor.at).await,
    }
}

/// Makes an imported person an account that somebody signs in to. Its id, its handle and what it wrote stay. The event is
/// visible to all who may see the person.
pub(super) async fn claim_user(
    tx: &mut Connection,
    actor: Actor,
    id: UserId,
    registration: &Registration,
) -> Result<User> {
    let Registration {
        account,
        way_in,
        sign_in,
    } = registration;
    check_way_in(tx, way_in).await?;
    let user = users::find_user_by_id(tx, id).await?;
    let user = user.filter(|user| user.handle == account.handle.text);
    let user = user.ok_or(Error::NotFound)?;
    if user.name != account.name.text
        && users::is_taken(tx, &account.name.look_alikes, Some(id)).await?
    {
        return Err(Error::invalid("name", Fault::NameTaken));
    }
    users::claim_user(tx, id, &account.name, account.role).await?;
    add_way_in(tx, actor, id, way_in).await?;
    credentials::add_session(tx, actor, id, sign_in).await?;
    append_user_event(tx, actor, id).await?;
    let user = User {
        name: account.name.text.clone(),
        role: account.role,
        imported: false,
        ..user
    };
    join_rooms(tx, actor, &user).await?;
    Ok(user)
}

/// Appends the event of a change of a user by themselves.
pub(super) async fn append_user_event(
    tx: &mut Connection,
    actor: Actor,
    user: UserId,
) -> Result<EventId> {
    let themselves = actor.as_user(user);
    let event = NewEvent {
        subject_id: Some(user),
        ..themselves.event(kind::USER, None)
    };
    append_event(tx, &event).await
}

/// Creates an account and signs it in. Refuses a handle or name that looks like another account's handle or name.
pub(super) async fn create_account(
    tx: &mut Connection,
    actor: Actor,
    account: &NewAccount,
    sign_in: Option<&SignIn>,
) -> Result<User> {
    for (field, name, taken) in [
        ("handle", &account.handle, Fault::HandleTaken),
        ("name", &account.name, Fault::NameTaken),
    ] {
        if users::is_taken(tx, &name.look_alikes, None).await? {
            return Err(Error::invalid(field, taken));
        }
    }
    let user = add_user(tx, actor, account).await?;
    if let Some(sign_in) = sign_in {
        credentials::add_session(tx, actor, user.id, sign_in).await?;
    }
    join_rooms(tx, actor, &user).await?;
    Ok(user)
}

/// Adds a new member of the server to the rooms that are for all members. Guests see only what they were invited to.
async fn join_rooms(tx: &mut Connection, actor: Actor, user: &User) -> Result<()> {
    if matches!(user.role, Role::Guest | Role::Bot) {
        return Ok(());
    }
    let joining = actor.as_user(user.id);
    for room in rooms::list_auto_join(tx).await? {
        if memberships::find_role(tx, room, user.id).await?.is_none() {
            add_member(tx, joining, room, NewMember::member(user.id)).await?;
        }
    }
    Ok(())
}

/// Adds an account without checking whether its handle or name is taken.
pub(super) async fn add_user(
    tx: &mut Connection,
    actor: Actor,
    account: &NewAccount,
) -> Result<User> {
    // An event of this kind without an actor creates the account whose id it has.
    let event = NewEvent {
        actor_id: None,
        ..actor.event(kind::USER, None)
    };
    let id = append_event(tx, &event).await?;
    let id = UserId(id.0);
    users::insert_users(tx, &[NewUser::new(id, account, actor.at)]).await?;
    Ok(User {
        id,
        handle: account.handle.text.clone(),
        name: account.name.text.clone(),
        role: account.role,
        created_at: actor.at,
        imported: false,
        view_since: EventId::EARLIEST,
    })
}

/// Changes the actor's display name. The event is visible to all who may see the actor.
pub(super) async fn rename_user(
    tx: &mut Connection,
    actor: Actor,
    name: &FoldedName,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let user = users::find_user_by_id(tx, by)
        .await?
        .ok_or(Error::NotFound)?;
    if user.name == name.text {
        return Ok(Applied::new(Outcome::User(user)));
    }
    if users::is_taken(tx, &name.look_alikes, Some(by)).await? {
        return Err(Error::invalid("name", Fault::NameTaken));
    }
    users::rename_user(tx, by, name).await?;
    append_user_event(tx, actor, by).await?;
    let name = name.text.clone();
    Ok(Applied::with_access(
        Outcome::UserChanged(User { name, ..user }),
        AccessChange::User(by),
    ))
}

/// Sets what the actor says of themselves. It is read with the profile, and no event tells of it.
pub(super) async fn update_profile(
    tx: &mut Connection,
    actor: Actor,
    (about, time_zone): (Option<&About>, Option<&TimeZone>),
    (hides_presence, hides_reading): (Option<bool>, Option<bool>),
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let hidden = (hides_presence, hides_reading);
    profiles::update_profile(tx, by, (about, time_zone), hidden).await?;
    let access = hides_presence.map(|_| AccessChange::User(by));
    Ok(Applied::with_accesses(
        Outcome::Done,
        access.into_iter().collect(),
    ))
}
