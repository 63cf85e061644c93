//! Who is told of what by streams: every type of event and signal, for every kind of person, in every kind of room.

mod listener;
mod scene;

use self::{
    listener::Listener,
    scene::{Scene, log_kind},
};
use super::{agrees_with, rooms::ROOMS};
use crate::support::{chat::Logged, person::Person};
use backscroll::{
    event_log::signals::Content,
    model::event::{RESERVED, kind},
    web::feed::Bye,
};
use serde_json::Value;
use std::fmt::Write as _;

/// The people of the table, from left to right. The disabled, the banned and the last three are members of the room.
const PEOPLE: [&str; 11] = [
    "nobody", "stranger", "former", "guest", "disabled", "banned", "admin", "bot", "inside",
    "member", "manager",
];

/// The types of the table: all of the log, the signals, and what opens and ends a stream of the room.
const TYPES: [&str; 14] = [
    kind::MESSAGE,
    kind::MESSAGE_EDITED,
    kind::MESSAGE_DELETED,
    kind::REACTION,
    kind::ROOM,
    kind::MEMBER,
    kind::USER,
    kind::CUSTOM,
    kind::ROOM_DELETED,
    "typing",
    "presence",
    "hello",
    "caught-up",
    "bye",
];

/// Reserved names that no stream uses yet or that are of no room, two that browsers use themselves, and the heartbeat, which says nothing of
/// rooms (`after_fifteen_silent_seconds_a_ping_tells_nothing_of_what_is_not_seen`).
const NOT_IN_TABLE: [&str; 7] = [
    "message-progress",
    "read",
    "me",
    "inbox",
    "open",
    "error",
    "ping",
];

/// A new signal or reason does not compile here until the table has it.
fn is_in_table(content: &Content, bye: Bye) -> bool {
    let signal = match content {
        Content::Typing { .. } => "typing",
        Content::Presence { .. } => "presence",
        // Told to one's own streams only (`peace::blocks`, `inbox::marks`).
        Content::Me { .. } => return NOT_IN_TABLE.contains(&"me"),
        Content::Read { .. } => return NOT_IN_TABLE.contains(&"read"),
    };
    let reason = match bye {
        Bye::SignedOut | Bye::Gone | Bye::Restart | Bye::Overload => "bye",
    };
    TYPES.contains(&signal) && TYPES.contains(&reason)
}

#[test]
fn no_type_of_event_or_signal_is_missing_from_the_table() {
    for name in RESERVED {
        assert!(
            TYPES.contains(&name) != NOT_IN_TABLE.contains(&name),
            "{name}"
        );
    }
    let (here, away) = (Vec::new(), Vec::new());
    assert!(is_in_table(&Content::Presence { here, away }, Bye::Gone));
}

/// Returns what somebody is told by a replay of everything since the beginning, and how many messages it counts.
async fn replayed(person: &Person, scene: &Scene) -> (Vec<String>, Value) {
    let mut stream = person.stream(&format!("after={}", scene.start)).await;
    let (events, caught_up) = stream.replay().await;
    (scene.own(&events), caught_up.json()["messages"].clone())
}

/// Returns what the table has for a type and a person: `yes`, `-` if nothing is told, or `.` if there was no such event.
fn cell(name: &str, listener: &Listener, scene: &Scene, happened: &[String]) -> String {
    let is_told = match name {
        "typing" | "presence" => listener.is_told(name, scene),
        "hello" => listener.room.is_some(),
        "bye" => return listener.bye.clone(),
        _ if !happened.iter().any(|kind| kind == name) => return ".".into(),
        _ => scene.own(&listener.told).iter().any(|told| told == name),
    };
    if is_told { "yes" } else { "-" }.into()
}

async fn told_in(kind: &'static str, table: &mut String) {
    let (mut scene, people) = Scene::set(kind).await;
    let mut listeners = Vec::new();
    for person in &people {
        listeners.push(Listener::start(person, &scene.room).await);
    }
    let last = scene.play(&mut listeners).await;
    let log: Vec<Logged> = scene.chat.log().await;
    let happened = log.iter().filter(|event| event.id > scene.start);
    let of_room =
        |event: &&Logged| event.room.is_none() || event.room.as_deref() == Some(&scene.room);
    let of_room: Vec<&Logged> = happened.filter(of_room).collect();
    let kinds = of_room.iter().map(|event| log_kind(&event.kind));
    let happened: Vec<String> = kinds.collect();
    let last_of_room = of_room
        .iter()
        .filter(|event| event.room.is_some())
        .map(|event| event.id)
        .max();
    for listener in &mut listeners {
        let is_nobody = listener.person.handle.is_empty();
        let end = if is_nobody { last - 1 } else { last };
        listener.read(&scene, end).await;
        listener
            .read_room(&scene, last_of_room.expect("it has events"))
            .await;
    }
    let mut of_deleted = Vec::new();
    for name in TYPES {
        let _ = write!(table, "{kind:<9} {name:<16}");
        for listener in &listeners {
            let cell = match name {
                "caught-up" => continue,
                name => cell(name, listener, &scene, &happened),
            };
            let _ = write!(table, " {cell:<10}");
        }
        if name == "caught-up" {
            of_deleted = write_replays(&mut scene, &listeners, table).await;
        }
        end_line(table);
    }
    if kind == "open" {
        write_deleted(&of_deleted, table);
    }
}

fn end_line(table: &mut String) {
    table.truncate(table.trim_end().len());
    table.push('\n');
}

/// Appends what replays tell of the room after its deletion. `None` is somebody who is not let in.
fn write_deleted(told: &[Option<Vec<String>>], table: &mut String) {
    for name in TYPES.iter().take_while(|name| **name != "typing") {
        let _ = write!(table, "{:<9} {name:<16}", "deleted");
        for told in told {
            let told = told.as_ref();
            let is_told = told.is_some_and(|told| told.iter().any(|told| told == name));
            let _ = write!(table, " {:<10}", if is_told { "yes" } else { "-" });
        }
        end_line(table);
    }
}

/// Appends the number of messages that a replay counts. What a replay tells is what was told live, but of a deleted
/// room its end only.
async fn write_replays(
    scene: &mut Scene,
    listeners: &[Listener],
    table: &mut String,
) -> Vec<Option<Vec<String>>> {
    let mut from_file = Vec::new();
    for source in ["memory", "file"] {
        for listener in listeners {
            let handle = listener.person.handle.as_str();
            if ["disabled", "banned"].contains(&handle) {
                let path = format!("/api/v1/events?after={}", scene.start);
                listener.person.get(&path).await.problem(401);
                if source == "file" {
                    let _ = write!(table, " {:<10}", 401);
                    from_file.push(None);
                }
                continue;
            }
            let (told, messages) = replayed(&listener.person, scene).await;
            let mut live = scene.own(&listener.told);
            if !scene.is_direct() {
                live.retain(|name| name == kind::ROOM_DELETED || name == kind::USER);
            }
            // Where one is not of the people of a room, nothing of a person remains either.
            let without_person = |told: &[String]| -> Vec<String> {
                told.iter()
                    .filter(|name| *name != kind::USER)
                    .cloned()
                    .collect()
            };
            assert_eq!(
                without_person(&told),
                without_person(&live),
                "{handle}: from {source}"
            );
            if source == "file" {
                let _ = write!(table, " {:<10}", messages.to_string());
                from_file.push(Some(told));
            }
        }
        if source == "memory" {
            scene.chat.restart().await;
        }
    }
    from_file
}

#[tokio::test]
async fn everybody_is_told_by_streams_what_the_table_says() {
    let mut table = String::new();
    for kind in ROOMS.into_iter().filter(|kind| *kind != "deleted") {
        told_in(kind, &mut table).await;
    }
    agrees_with("rights_of_events.txt", &table);
}
