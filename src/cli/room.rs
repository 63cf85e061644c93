//! `room`: lists, creates and changes rooms.

use super::{
    Failure,
    operator::{Target, perform},
};
use crate::{
    model::room::RoomRole,
    operator::{Request, rooms::RoomRequest},
};
use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  backscroll room create 'Board meetings' --closed --manager ann
      prints the URL of the new room, such as r-4k2m9x7q1z
  backscroll room add r-4k2m9x7q1z bob
  backscroll room list --json | jq -r 'select(.members == 0).slug'
      the rooms without members

The server may be running. Rooms are named by their URL, as `room list` shows it.";

/// An action on rooms.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Room {
    #[command(subcommand)]
    action: RoomAction,
}

#[derive(Subcommand, Debug)]
enum RoomAction {
    /// List all rooms: URL, kind, number of members, time of creation, name
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Create a room, and print its URL
    Create {
        /// Name of the room
        name: String,
        /// URL of the room; made from the name if absent
        #[arg(long, value_name = "URL", conflicts_with = "closed")]
        slug: Option<String>,
        /// Topic of the room
        #[arg(long, default_value = "")]
        topic: String,
        /// Only its members see and read it
        #[arg(long, requires = "manager")]
        closed: bool,
        /// The first member, who manages the room
        #[arg(long, value_name = "HANDLE")]
        manager: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Let nobody post into a room any more; it stays readable
    Archive {
        /// URL of the room
        room: String,
        /// Let people post again
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Delete a room and its messages
    Delete {
        /// URL of the room
        room: String,
        #[command(flatten)]
        target: Target,
    },
    /// Add a person to a room
    Add {
        /// URL of the room
        room: String,
        /// Handle of the person
        handle: String,
        /// The person manages the room
        #[arg(long)]
        manager: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Remove a person from a room
    Remove {
        /// URL of the room
        room: String,
        /// Handle of the person
        handle: String,
        #[command(flatten)]
        target: Target,
    },
}

pub(super) async fn run(room: Room) -> Result<(), Failure> {
    let (target, request) = match room.action {
        RoomAction::List { target } => (target, RoomRequest::List),
        RoomAction::Create {
            name,
            slug,
            topic,
            closed,
            manager,
            target,
        } => {
            let kind = if closed { "closed" } else { "open" }.into();
            let request = RoomRequest::Create {
                name,
                slug,
                topic,
                kind,
                manager,
            };
            (target, request)
        }
        RoomAction::Archive { room, undo, target } => {
            let archived = !undo;
            (target, RoomRequest::Archive { room, archived })
        }
        RoomAction::Delete { room, target } => (target, RoomRequest::Delete { room }),
        RoomAction::Add {
            room,
            handle,
            manager,
            target,
        } => {
            let role = manager.then_some(RoomRole::Manager);
            (target, RoomRequest::Add { room, handle, role })
        }
        RoomAction::Remove {
            room,
            handle,
            target,
        } => (target, RoomRequest::Remove { room, handle }),
    };
    perform(&target, Request::Room(request)).await
}
