//! What the checker judges by: what a reader was told, and what is in the file.

use super::{
    history::{Entry, History, Left, View},
    reader::{Block, Received},
};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// What a reader was told, for the checker.
pub(super) fn view(reader: &str, room: Option<&str>, after: i64, received: &Received) -> View {
    assert_eq!(received.complaints, Vec::<String>::new(), "{reader}");
    let entries = received.events.iter().map(entry).collect();
    View {
        reader: reader.into(),
        room: room.map(str::to_owned),
        after,
        entries,
        cursor: received.cursor,
    }
}

fn entry(block: &Block) -> Entry {
    let data = block.json();
    let message = &data["message"];
    assert_eq!(data["id"].as_i64(), block.id, "{block:?}");
    if let (Some(nonce), Some(body)) = (message["nonce"].as_str(), message["body"].as_str()) {
        assert!(
            body.split(' ').next() == Some(nonce),
            "a text under another's name: {block:?}"
        );
    }
    Entry {
        id: block.id.unwrap(),
        room: data["room"].as_str().unwrap_or_default().into(),
        kind: block.event.clone(),
        message: message["id"].as_i64(),
        nonce: message["nonce"].as_str().map(str::to_owned),
    }
}

/// Opens a file beside its server.
pub(super) async fn open(db: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(db))
        .await
        .unwrap()
}

/// Reads the log and the messages that are left.
pub(super) async fn read_file(db: &Path, history: &mut History) {
    type Row = (i64, String, String, Option<i64>, Option<String>);
    let mut file = open(db).await;
    let rows: Vec<Row> = sqlx::query_as(
        "select e.id, coalesce(r.slug, ''), e.kind, e.message_id, m.nonce
         from events e left join rooms r on r.id = e.room_id left join messages m on m.id = e.message_id
         where e.room_id is not null order by e.id",
    )
    .fetch_all(&mut file)
    .await
    .unwrap();
    let entry = |(id, room, kind, message, nonce)| Entry {
        id,
        room,
        kind,
        message,
        nonce,
    };
    history.log = rows.into_iter().map(entry).collect();
    let rows: Vec<(i64, String, bool)> =
        sqlx::query_as("select id, body, deleted_at is not null from messages")
            .fetch_all(&mut file)
            .await
            .unwrap();
    let left = |(id, body, deleted): (i64, String, bool)| {
        (
            id,
            if deleted {
                Left::Deleted
            } else {
                Left::Version(version_of(&body))
            },
        )
    };
    history.left = rows.into_iter().map(left).collect();
    // What nobody changed must be as it was posted.
    for id in history.left.keys() {
        history.changes.entry(*id).or_default();
    }
    file.close().await.unwrap();
}

/// `SQLite`'s own opinion of a file.
pub(super) async fn assert_sound(db: &Path) {
    let mut file = open(db).await;
    let integrity: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(&mut file)
        .await
        .unwrap();
    assert_eq!(integrity, "ok");
    let broken = sqlx::query("pragma foreign_key_check")
        .fetch_all(&mut file)
        .await
        .unwrap();
    assert!(broken.is_empty(), "{} broken references", broken.len());
    file.close().await.unwrap();
}

fn version_of(body: &str) -> u32 {
    body.split(' ').nth(1).unwrap()[1..].parse().unwrap()
}
