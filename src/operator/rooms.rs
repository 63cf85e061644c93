//! Rooms, as the operator lists and changes them.

use super::report::Report;
use crate::{
    app::App,
    error::Result,
    model::change::Requester,
    model::room::RoomRole,
    operations::{
        members::{add_member_for_operator, remove_member_for_operator},
        rooms::{self, RoomChanges, RoomDraft},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the operator asks for about rooms.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum RoomRequest {
    /// Lists all rooms.
    List,
    /// Creates a room, and makes a person its manager.
    Create {
        name: String,
        slug: Option<String>,
        topic: String,
        kind: String,
        manager: Option<String>,
    },
    /// Archives a room, or makes it one that people post into again.
    Archive { room: String, archived: bool },
    /// Deletes a room with its messages.
    Delete { room: String },
    /// Adds a person to a room, or sets the role of a member.
    Add {
        room: String,
        handle: String,
        role: Option<RoomRole>,
    },
    /// Removes a person from a room.
    Remove { room: String, handle: String },
}

/// Executes a request.
pub(super) async fn perform(app: &App, request: RoomRequest) -> Result<Report> {
    match request {
        RoomRequest::List => list(app).await,
        RoomRequest::Create {
            name,
            slug,
            topic,
            kind,
            manager,
        } => {
            let kind = Some(kind);
            let draft = RoomDraft {
                slug,
                name,
                topic,
                kind,
            };
            create(app, draft, manager).await
        }
        RoomRequest::Archive { room, archived } => {
            let changes = RoomChanges {
                archived: Some(archived),
                ..RoomChanges::default()
            };
            rooms::update_room_for(app, Requester::OPERATOR, room.clone(), changes).await?;
            Ok(done(
                &room,
                if archived { "archived" } else { "not archived" },
            ))
        }
        RoomRequest::Delete { room } => {
            rooms::delete_room_for_operator(app, room.clone()).await?;
            Ok(done(&room, "deleted"))
        }
        RoomRequest::Add { room, handle, role } => {
            add_member_for_operator(app, room.clone(), handle.clone(), role).await?;
            Ok(done_with(&room, &handle, "added"))
        }
        RoomRequest::Remove { room, handle } => {
            remove_member_for_operator(app, room.clone(), handle.clone()).await?;
            Ok(done_with(&room, &handle, "removed"))
        }
    }
}

fn done(room: &str, what: &str) -> Report {
    Report::of(
        format!("{room}: {what}"),
        json!({ "room": room, "done": what }),
    )
}

fn done_with(room: &str, handle: &str, what: &str) -> Report {
    let json = json!({ "room": room, "handle": handle, "done": what });
    Report::of(format!("{room}: {handle} {what}"), json)
}

/// Returns a line for each room: slug, kind, number of members, time of creation, name.
async fn list(app: &App) -> Result<Report> {
    let mut report = Report::default();
    for room in rooms::list_all_rooms(app).await? {
        let members = room.members.to_string();
        let cells = [
            room.slug.as_str(),
            &room.kind,
            &members,
            &room.created_at,
            &room.name,
        ];
        let json = json!({
            "slug": room.slug,
            "kind": room.kind,
            "members": room.members,
            "archived": room.is_archived,
            "created_at": room.created_at,
            "name": room.name,
        });
        report.add(cells, json);
    }
    Ok(report)
}

async fn create(app: &App, draft: RoomDraft, manager: Option<String>) -> Result<Report> {
    let room = rooms::create_room_for(app, Requester::OPERATOR, draft).await?;
    if let Some(manager) = &manager {
        let role = Some(RoomRole::Manager);
        add_member_for_operator(app, room.clone(), manager.clone(), role).await?;
    }
    let json = json!({ "room": room, "manager": manager, "done": "created" });
    Ok(Report::of(room, json))
}
