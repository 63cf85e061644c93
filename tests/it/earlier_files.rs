//! A file that an earlier version of the program has filled is opened, and nothing of it is lost.
//!
//! `files/version-5.sqlite3` was made by the program as it was with five migrations, through its API and its commands;
//! `files/version-5.json` holds what that program then answered: the list of rooms and all messages as each person saw
//! them, the tokens of these people, and the lines of `export`. `files/version-8.sqlite3` is the same after the program
//! with eight migrations had served it, `files/version-11.sqlite3` after that with eleven, `files/version-12.sqlite3` after
//! that with twelve, and `files/version-17.sqlite3` after that with seventeen.

use crate::support::{
    chat::Chat,
    person::{Person, id_of},
    program,
    stream::ids,
};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;

const FILES: [&str; 5] = [
    "version-5.sqlite3",
    "version-8.sqlite3",
    "version-11.sqlite3",
    "version-12.sqlite3",
    "version-17.sqlite3",
];
const PEOPLE: [&str; 5] = ["ann", "bob", "cara", "zoë", "dan"];

/// A copy of the file, and what the program that made it said of it.
struct Earlier {
    directory: TempDir,
    said: Value,
}

impl Earlier {
    fn all() -> impl Iterator<Item = Self> {
        FILES.iter().map(|file| Self::copy(file))
    }

    fn copy(file: &str) -> Self {
        let files = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/files"));
        let said = fs::read(files.join("version-5.json")).expect("it lies there");
        let earlier = Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
            said: serde_json::from_slice(&said).expect("JSON"),
        };
        let file = fs::read(files.join(file)).expect("it lies there");
        fs::write(earlier.path(), file).expect("it can be copied");
        earlier
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("chat.db")
    }

    fn db(&self) -> String {
        self.path().to_str().expect("UTF-8").to_owned()
    }

    async fn serve(&self) -> Chat {
        let path = self.path();
        Chat::start_with(|config| config.db = path).await
    }

    fn person(&self, chat: &Chat, handle: &str) -> Person {
        let token = self.said["tokens"][handle].as_str().expect("a token");
        chat.known(handle, token)
    }
}

#[tokio::test]
async fn everybody_finds_the_rooms_and_messages_that_they_left() {
    for earlier in Earlier::all() {
        let chat = earlier.serve().await;
        for handle in PEOPLE {
            let person = earlier.person(&chat, handle);
            let list = person.see("/api/v1/rooms?limit=100").await;
            let rooms = list["rooms"].as_array().expect("a list of rooms");
            let said = earlier.said["rooms"][handle].as_array().expect("rooms");
            assert_eq!(rooms.len(), said.len(), "{handle}: {list}");
            for earlier_room in said {
                let slug = &earlier_room["slug"];
                let mut rooms = rooms.iter();
                let room = rooms.find(|room| room["slug"] == *slug).expect("its room");
                for field in ["name", "topic", "kind", "joined", "read_up_to", "notify"] {
                    assert_eq!(
                        room[field], earlier_room[field],
                        "{handle}, {slug}: {field}"
                    );
                }
                assert_eq!(room["unread"], earlier_room["unread"], "{handle}: {slug}");
                let slug = slug.as_str().expect("a slug");
                let mut history = person.history(slug, "limit=100").await;
                for message in history["messages"].as_array_mut().expect("messages") {
                    // Earlier versions did not say this of authors.
                    let author = message["author"].as_object_mut().expect("an author");
                    author.remove("imported");
                    // Nor this of replies.
                    let fields = message.as_object_mut().expect("a message");
                    fields.remove("reply_to_author");
                }
                let messages = &earlier.said["messages"][handle][slug];
                assert_eq!(history["messages"], *messages, "{handle}: {slug}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_found_wrong_with_the_migrated_file_and_the_export_is_the_same() {
    for earlier in Earlier::all() {
        earlier.serve().await.stop().await;
        let db = earlier.db();
        let found = program::run(["check", "--db", &db]).ok();
        assert!(found.lines().count() > 10, "{found}");
        let exported = program::run(["export", "--db", &db]).ok();
        let lines = exported.lines().map(serde_json::from_str);
        let lines: Result<Vec<Value>, _> = lines.collect();
        assert_eq!(json!(lines.expect("JSON")), earlier.said["export"]);
    }
}

#[tokio::test]
async fn a_name_that_is_damaged_keeps_nobody_out() {
    for earlier in Earlier::all() {
        let mut file = SqliteConnection::connect(&earlier.db())
            .await
            .expect("it opens");
        let damaged = "update users set name = cast(x'ff41' as text) where handle = 'bob'";
        let damaged = sqlx::query(damaged).execute(&mut file).await;
        assert_eq!(damaged.expect("valid SQL").rows_affected(), 1);
        file.close().await.expect("it closes");
        let chat = earlier.serve().await;
        let history = earlier.person(&chat, "ann").history("general", "").await;
        let messages = history["messages"].as_array().expect("messages").iter();
        let names = messages.map(|message| message["author"]["name"].as_str());
        assert!(names.into_iter().any(|name| name == Some("\u{fffd}A")));
    }
}

/// What is mentioned in code is no mention any more, and what was read is not counted.
#[tokio::test]
async fn mentions_of_earlier_messages_are_counted() {
    for earlier in Earlier::all() {
        let chat = earlier.serve().await;
        for (handle, room, mentions) in [
            ("ann", "general", 2),
            ("bob", "general", 2),
            ("cara", "general", 0),
            ("zoë", "general", 1),
            ("bob", "secret-plans", 1),
        ] {
            let room = earlier
                .person(&chat, handle)
                .see(&format!("/api/v1/rooms/{room}"))
                .await;
            assert_eq!(room["mentions"], mentions, "{handle}: {room}");
        }
    }
}

#[tokio::test]
async fn what_was_posted_before_is_recognised_by_its_nonce() {
    for earlier in Earlier::all() {
        let chat = earlier.serve().await;
        for (handle, room, body, nonce) in [
            ("ann", "general", "Good morning, everybody", "morning-1"),
            ("ann", "secret-plans", "The plan, @bob and @cara", "plan-1"),
            ("bob", "general", "the text is gone", "gone-1"),
        ] {
            let person = earlier.person(&chat, handle);
            let messages = earlier.said["messages"][handle][room].as_array();
            let mut messages = messages.expect("messages").iter();
            let first = messages
                .find(|message| {
                    message["nonce"] == nonce || nonce == "gone-1" && message["body"].is_null()
                })
                .expect("the first");
            let post = json!({ "body": body, "nonce": nonce });
            let again = person.try_post(room, post).await.expect(200).json();
            assert_eq!(again["id"], first["id"], "{nonce}");
        }
        let bob = earlier.person(&chat, "bob");
        for (name, payload, nonce, id) in [
            ("ci.build", Value::Null, "build-2", 35),
            ("deploy", json!([1, "two"]), "deploy-1", 36),
            ("ci.build", json!({ "n": 3 }), "build-3", 1_000_000_001),
        ] {
            let event = json!({ "type": name, "payload": payload, "nonce": nonce });
            let path = "/api/v1/rooms/builds/events";
            let again = bob.send(reqwest::Method::POST, path, event).await;
            assert_eq!(id_of(&again.expect(200).json()), id, "{nonce}");
        }
    }
}

#[tokio::test]
async fn streams_replay_what_happened_before() {
    for earlier in Earlier::all() {
        let chat = earlier.serve().await;
        let bob = earlier.person(&chat, "bob");
        let (events, _) = bob.stream_of("builds", "after=33").await.replay().await;
        let told = events.iter().map(|event| {
            let data = event.json();
            (event.event.clone(), data["payload"].clone())
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("ci.build".into(), json!({ "n": 1, "ok": true })),
                ("ci.build".into(), Value::Null),
                ("deploy".into(), json!([1, "two"])),
                ("ci.empty".into(), Value::Null),
                ("room".into(), Value::Null),
                ("ci.build".into(), json!({ "n": 3 })),
            ]
        );
        // A cursor of the future that was lost with the disk.
        let reset = bob.stream("after=46").await;
        assert_eq!(reset.outcome(), "reset");
        // Who was removed is told that the room is gone, and nothing that came after.
        let cara = earlier.person(&chat, "cara");
        let (events, _) = cara.stream("after=31").await.replay().await;
        assert_eq!(events[0].event, "room-deleted", "{events:?}");
        assert!(!ids(&events).contains(&33), "{events:?}");
    }
}

#[tokio::test]
async fn the_calendar_of_each_room_is_filled_and_ids_go_on() {
    for earlier in Earlier::all() {
        let chat = earlier.serve().await;
        let posted = earlier.person(&chat, "ann").post("general", "new").await;
        assert_eq!(posted, 1_000_000_002);
        let months: Vec<(String, String, i64, i64)> = sqlx::query_as(
            "select r.slug, m.month, m.messages, m.first_id from room_months m
         join rooms r on r.id = m.room_id order by r.slug, m.month",
        )
        .fetch_all(&mut chat.outside().await)
        .await
        .expect("months");
        let months: Vec<_> = months
            .iter()
            .map(|(room, month, messages, first)| {
                (room.as_str(), month.as_str(), *messages, *first)
            })
            .collect();
        assert_eq!(
            months,
            [
                ("archive", "2004-12", 2, 41),
                ("archive", "2005-01", 1, 44),
                ("general", "2026-11", 7, 18),
                ("secret-plans", "2026-11", 3, 30),
            ]
        );
    }
}

/// Of the oldest version that is in use: 3.40.
#[tokio::test]
async fn every_table_and_view_can_be_read_with_the_command_sqlite3() {
    for earlier in Earlier::all() {
        earlier.serve().await.stop().await;
        if Command::new("sqlite3").arg("-version").output().is_err() {
            eprintln!("this machine has no command sqlite3");
            return;
        }
        let select = |sql: &str| {
            let output = Command::new("sqlite3")
                .args(["-readonly", "-bail", &earlier.db(), sql])
                .output()
                .expect("it starts");
            assert!(output.status.success(), "{sql}: {output:?}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let names = select("select name from sqlite_schema where type in ('table', 'view')");
        for name in names.lines() {
            select(&format!("select * from \"{name}\""));
        }
        for view in ["history", "log", "people", "room_list"] {
            assert!(names.lines().any(|name| name == view), "{names}");
            assert!(
                !select(&format!("select * from {view}")).is_empty(),
                "{view}"
            );
        }
    }
}
