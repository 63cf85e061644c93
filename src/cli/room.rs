//! `room`: lists rooms.

use super::{Database, Failure, operator::perform};
use crate::operator::Request;
use clap::{Args, Subcommand};

/// An action on rooms, and the database.
#[derive(Args, Debug)]
pub(super) struct Room {
    #[command(subcommand)]
    action: RoomAction,
}

#[derive(Subcommand, Debug)]
enum RoomAction {
    /// List all rooms: URL, kind, number of members, time of creation, name
    List {
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(room: Room) -> Result<(), Failure> {
    let RoomAction::List { database } = room.action;
    perform(&database, Request::ListRooms).await
}
