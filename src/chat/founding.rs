//! Creating a log, and beginning a new era of ids.

use super::{actor::Actor, applied::Applied, rooms, users};
use crate::{
    cache::Cache,
    error::Result,
    model::{account::NewAccount, change::Outcome, ids::EventId, role::Role, room::NewRoom},
    store::{db::Connection, eras, meta},
};

/// Names a new log, and creates the server's own account and the first room. Does nothing if the log has a name.
pub(super) async fn found_log(
    tx: &mut Connection,
    actor: Actor,
    log: &str,
    server: &NewAccount,
    room: &NewRoom,
) -> Result<Applied> {
    actor.operates()?;
    if meta::find_log(tx).await?.is_none() {
        meta::set_log(tx, log).await?;
        let server = NewAccount {
            role: Role::Bot,
            ..server.clone()
        };
        let user = users::add_user(tx, actor, &server).await?;
        let server = actor.as_user(user.id);
        let slug = room.slug.as_str().to_owned();
        let folded = room.name.folded.as_str();
        let info = room.clone().into_info(slug);
        rooms::add_room(tx, server, &info, Some(folded), None).await?;
    }
    Ok(Applied::new(Outcome::Done))
}

/// Begins a new era of ids, so that a restored backup uses no id that this or another copy of the log has used.
pub(super) async fn begin_era(
    tx: &mut Connection,
    cache: &Cache,
    actor: Actor,
    used: i64,
) -> Result<Applied> {
    actor.operates()?;
    let used = used.max(eras::last_used_id(tx).await?);
    let EventId(next) = eras::begin_era(tx, used, actor.at).await?;
    cache.set_last_id(EventId(next - 1));
    Ok(Applied::new(Outcome::Done))
}
