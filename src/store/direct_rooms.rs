//! Direct rooms, which are found by their people.

use super::{db::Connection, statements::statements};
use crate::{error::Result, model::ids::RoomId};

statements! {
    // Of two rooms of the same people, the first one is theirs.
    FILL_PEOPLE = "update or ignore rooms set people = (
            select group_concat(user_id, ',' order by user_id) from memberships where room_id = rooms.id)
        where kind = 'direct' and people is null";
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
