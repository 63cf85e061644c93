//! Direct rooms, which are found by their people.

use super::{connection::Connection, statements::statements};
use crate::{error::Result, model::ids::RoomId};

statements! {
    // Of two rooms of the same people, the first one is theirs.
    FILL_PEOPLE = "update or ignore rooms set people = (
            select group_concat(user_id, ',' order by user_id) from memberships where room_id = rooms.id)
        where kind = 'direct' and people is null";
    // There is one direct room for a set of people: a second one is found in the list of rooms only.
    SET_PEOPLE = "update rooms set people = (
            select iif(exists (select 1 from rooms o where o.people = k.key), null, k.key) from (
                select group_concat(s.user_id, ',' order by s.user_id) as key from memberships s where s.room_id = ?1) k)
        where id = ?1 and kind = 'direct'";
    FIND_DIRECT_ROOM = "select id, slug from rooms where people = ?";
}

/// Fills the people of direct rooms that an import has left out, so that they are found by them.
pub async fn fill_people(connection: &mut Connection) -> Result<()> {
    sqlx::query(FILL_PEOPLE).execute(connection).await?;
    Ok(())
}

/// Returns the id and slug of the direct room of these people, given as [`RoomRow::people`](super::rooms::RoomRow::people).
pub async fn find_direct_room(
    connection: &mut Connection,
    people: &str,
) -> Result<Option<(RoomId, String)>> {
    Ok(sqlx::query_as(FIND_DIRECT_ROOM)
        .bind(people)
        .fetch_optional(connection)
        .await?)
}

/// Sets the set of people by which a direct room is found, after its members have changed.
pub async fn set_people(connection: &mut Connection, room: RoomId) -> Result<()> {
    sqlx::query(SET_PEOPLE)
        .bind(room)
        .execute(connection)
        .await?;
    Ok(())
}
