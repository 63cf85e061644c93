//! Rooms, as the operator lists them.

use super::line;
use crate::{app::App, error::Result, operations::rooms};

/// Returns a line for each room: slug, kind, number of members, time of creation, name.
pub(super) async fn list(app: &App) -> Result<String> {
    let mut lines = String::new();
    for room in rooms::list_all_rooms(app).await? {
        let members = room.members.to_string();
        lines += &line([
            &room.slug,
            &room.kind,
            &members,
            &room.created_at,
            &room.name,
        ]);
    }
    Ok(lines)
}
