//! Every kind of change that moves a right opens, ends or leaves alone each kind of stream, at once and in replays.

use crate::support::{AT_ONCE, chat::Chat, person::Person, sse::Block, stream::Stream};
use serde_json::{Value, json};
use std::time::Instant;

/// What moves a right of bob, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    AddedToClosed,
    RemovedFromClosed,
    LeavesClosed,
    JoinsOpen,
    LeavesOpen,
    PostsIntoOpen,
    CreatesClosed,
    CreatesOpen,
    OtherCreatesClosed,
    OtherCreatesOpen,
    OtherJoinsClosed,
    OtherLeavesClosed,
    Renames,
    AddedToDirect,
    NamedManager,
    Archived,
    OpenIsClosed,
    OpenIsDeleted,
    ClosedIsDeleted,
}

/// What bob is told by his streams, as events with their rooms.
struct Row {
    moved: Move,
    /// Whether bob is a member of the rooms `club`, which is closed, and `park`, which is open.
    is_inside: bool,
    /// Told by a stream of everything.
    everything: &'static [&'static str],
    /// Told by a stream of the rooms that bob has joined.
    joined: &'static [&'static str],
    /// Told by a stream of `club`; of `park`, where bob is not inside.
    room: &'static [&'static str],
}

const fn row(
    moved: Move,
    is_inside: bool,
    everything: &'static [&'static str],
    joined: &'static [&'static str],
    room: &'static [&'static str],
) -> Row {
    Row {
        moved,
        is_inside,
        everything,
        joined,
        room,
    }
}

const JOINS_CLUB: &[&str] = &["member club"];
const JOINS_PARK: &[&str] = &["member park"];
const NEW_ROOM: &[&str] = &["room fresh", "member fresh"];
const JOINS_FRESH: &[&str] = &["member fresh"];
const END_OF_CLUB: &[&str] = &["room-deleted club"];
const GONE: &[&str] = &["room-deleted club", "bye gone"];
const CHANGE_OF_PARK: &[&str] = &["room park"];
const END_OF_PARK: &[&str] = &["room-deleted park"];
const PARK_IS_GONE: &[&str] = &["room-deleted park", "bye gone"];

const ROWS: [Row; 22] = [
    row(Move::AddedToClosed, false, JOINS_CLUB, JOINS_CLUB, &[]),
    row(
        Move::RemovedFromClosed,
        true,
        END_OF_CLUB,
        END_OF_CLUB,
        GONE,
    ),
    row(Move::LeavesClosed, true, END_OF_CLUB, END_OF_CLUB, GONE),
    row(Move::JoinsOpen, false, JOINS_PARK, JOINS_PARK, JOINS_PARK),
    row(Move::LeavesOpen, true, JOINS_PARK, JOINS_PARK, &[]),
    row(
        Move::PostsIntoOpen,
        false,
        &["member park", "message park"],
        &["member park", "message park"],
        &["member park", "message park"],
    ),
    row(
        Move::PostsIntoOpen,
        true,
        &["message park"],
        &["message park"],
        &[],
    ),
    row(Move::CreatesClosed, false, JOINS_FRESH, JOINS_FRESH, &[]),
    row(Move::CreatesOpen, false, NEW_ROOM, JOINS_FRESH, &[]),
    row(Move::OtherCreatesClosed, true, &[], &[], &[]),
    row(Move::OtherCreatesOpen, true, NEW_ROOM, &[], &[]),
    row(Move::OtherJoinsClosed, false, &[], &[], &[]),
    row(
        Move::OtherLeavesClosed,
        true,
        JOINS_CLUB,
        JOINS_CLUB,
        JOINS_CLUB,
    ),
    row(Move::Renames, true, &["user "], &["user "], &["user "]),
    row(Move::AddedToDirect, false, JOINS_FRESH, JOINS_FRESH, &[]),
    row(Move::NamedManager, true, JOINS_PARK, JOINS_PARK, &[]),
    row(Move::Archived, false, CHANGE_OF_PARK, &[], CHANGE_OF_PARK),
    row(Move::OpenIsClosed, false, END_OF_PARK, &[], PARK_IS_GONE),
    row(
        Move::OpenIsClosed,
        true,
        CHANGE_OF_PARK,
        CHANGE_OF_PARK,
        &[],
    ),
    row(Move::OpenIsDeleted, false, END_OF_PARK, &[], PARK_IS_GONE),
    row(Move::OpenIsDeleted, true, END_OF_PARK, END_OF_PARK, &[]),
    row(Move::ClosedIsDeleted, true, END_OF_CLUB, END_OF_CLUB, GONE),
];

async fn make(moved: Move, club: &str, [ann, bob, cara]: [&Person; 3]) {
    match moved {
        Move::AddedToClosed => drop(ann.add(club, "bob").await.expect(204)),
        Move::RemovedFromClosed => drop(ann.remove(club, "bob").await.expect(204)),
        Move::LeavesClosed => drop(bob.remove(club, "me").await.expect(204)),
        Move::JoinsOpen => drop(bob.add("park", "me").await.expect(204)),
        Move::LeavesOpen => drop(bob.remove("park", "me").await.expect(204)),
        Move::PostsIntoOpen => drop(bob.post("park", "here I am").await),
        Move::CreatesClosed => drop(bob.create_room("Fresh", "closed").await),
        Move::CreatesOpen => drop(bob.create_room("Fresh", "open").await),
        Move::OtherCreatesClosed => drop(ann.create_room("Fresh", "closed").await),
        Move::OtherCreatesOpen => drop(ann.create_room("Fresh", "open").await),
        Move::OtherJoinsClosed => drop(ann.add(club, "dan").await.expect(204)),
        Move::OtherLeavesClosed => drop(cara.remove(club, "me").await.expect(204)),
        Move::Renames => drop(bob.rename("Robert").await.expect(200)),
        Move::AddedToDirect => drop(ann.open_direct(&["bob"]).await),
        Move::NamedManager => drop(ann.name("park", "bob", "manager").await.expect(204)),
        Move::Archived => change_park(ann, json!({ "archived": true })).await,
        Move::OpenIsClosed => change_park(ann, json!({ "kind": "closed" })).await,
        Move::OpenIsDeleted => drop(ann.delete_room("park").await.expect(204)),
        Move::ClosedIsDeleted => drop(ann.delete_room(club).await.expect(204)),
    }
}

async fn change_park(ann: &Person, change: Value) {
    ann.change_room("park", change).await.expect(200);
}

/// What is told, with names in place of the slugs that the server has made for closed rooms.
fn told(club: &str, blocks: &[Block]) -> Vec<String> {
    let told = blocks.iter().map(|block| {
        let data = block.json();
        let room = match data["room"].as_str().unwrap_or_default() {
            room if room == club => "club",
            room if room.starts_with("r-") => "fresh",
            room => room,
        };
        format!("{} {room}", block.event)
    });
    told.collect()
}

/// What a stream of one room tells up to its end, up to the message `end`, or else as much as is expected.
async fn told_of_room(
    stream: &mut Stream,
    club: &str,
    expected: &[&str],
    end: Option<i64>,
) -> Vec<String> {
    if expected.ends_with(&["bye gone"]) {
        let (reason, before) = stream.farewell().await;
        return told(club, &before)
            .into_iter()
            .chain([format!("bye {reason}")])
            .collect();
    }
    if let Some(end) = end {
        return without_end(club, &stream.events_to(end).await);
    }
    let mut events = Vec::new();
    for _ in expected {
        events.push(stream.event().await);
    }
    told(club, &events)
}

/// The last event is the one with which the test ends.
fn without_end(club: &str, events: &[Block]) -> Vec<String> {
    let (_, before) = events.split_last().expect("the end came");
    told(club, before)
}

/// What a stream of all rooms but those that a move creates tells, of what one of all rooms does.
fn of_named<'a>(told: &[&'a str]) -> Vec<&'a str> {
    let told = told.iter().copied();
    told.filter(|event| !event.ends_with("fresh")).collect()
}

async fn check(row: &Row) {
    let Row {
        moved, is_inside, ..
    } = *row;
    let mut chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    chat.join("dan").await;
    let club = &ann.create_room("Club", "closed").await;
    let named = &format!("room=general&room={club}&room=park");
    assert_eq!(ann.create_room("Park", "open").await, "park");
    ann.add(club, "cara").await.expect(204);
    if is_inside {
        ann.add(club, "bob").await.expect(204);
        bob.add("park", "me").await.expect(204);
    }
    let of_room = ["park", club][usize::from(is_inside)];
    let is_gone = row.room.ends_with(&["bye gone"]);
    let start = bob.head().await;
    let mut everything = bob.stream("").await;
    let mut joined = bob.stream("joined=true").await;
    let mut of_these_rooms = bob.stream(named).await;
    let named_joined = &format!("{named}&joined=true");
    let mut of_these_joined = bob.stream(named_joined).await;
    let mut room = bob.stream_of(of_room, "").await;

    make(moved, club, [&ann, &bob, &cara]).await;
    let began = Instant::now();
    // Nothing can be posted into a room that was archived or deleted.
    let end_of_room = ann.try_post(of_room, json!({ "body": "the end of this room" }));
    let end_of_room = end_of_room.await.json()["id"].as_i64();
    let end = ann.post("general", "the end").await;
    let ends = |events: Vec<Block>| -> Vec<Block> {
        let rest = events.into_iter();
        rest.filter(|event| event.id() != end_of_room || event.id().is_none())
            .collect()
    };
    let of_everything = without_end(club, &ends(everything.events_to(end).await));
    assert_eq!(of_everything, row.everything, "{moved:?}: everything");
    let of_joined = without_end(club, &ends(joined.events_to(end).await));
    assert_eq!(of_joined, row.joined, "{moved:?}: joined");
    let of_these = without_end(club, &ends(of_these_rooms.events_to(end).await));
    assert_eq!(of_these, of_named(row.everything), "{moved:?}: named");
    let of_these = without_end(club, &ends(of_these_joined.events_to(end).await));
    assert_eq!(
        of_these,
        of_named(row.joined),
        "{moved:?}: named and joined"
    );
    let of_one = told_of_room(&mut room, club, row.room, end_of_room).await;
    assert_eq!(of_one, row.room, "{moved:?}: {of_room}");
    assert!(
        began.elapsed() < AT_ONCE,
        "{moved:?}: {:?}",
        began.elapsed()
    );

    for source in ["memory", "the file"] {
        for (query, expected) in [
            ("", row.everything.to_vec()),
            ("joined=true", row.joined.to_vec()),
            (named.as_str(), of_named(row.everything)),
            (named_joined, of_named(row.joined)),
        ] {
            let mut stream = bob.stream(&format!("{query}&after={start}")).await;
            let (events, _) = stream.replay().await;
            assert_eq!(
                without_end(club, &ends(events)),
                expected,
                "{moved:?}: replayed from {source}, {query:?}"
            );
        }
        if is_gone {
            // Nothing but its end is told of the room, also to a reader who was never told of its beginning.
            for query in ["", named] {
                let mut stream = bob.stream(&format!("{query}&after=0")).await;
                let (events, _) = stream.replay().await;
                let of_club = events.into_iter();
                let of_club = of_club.filter(|event| event.json()["room"] == of_room);
                let of_club: Vec<_> = of_club.collect();
                assert_eq!(
                    told(club, &of_club),
                    row.everything,
                    "{moved:?}: {source}, {query:?}"
                );
            }
            let path = format!("/api/v1/rooms/{of_room}/events?after={start}");
            bob.get(&path).await.problem(404);
        } else {
            let mut stream = bob.stream_of(of_room, &format!("after={start}")).await;
            let (events, _) = stream.replay().await;
            let told = match end_of_room {
                Some(_) => without_end(club, &events),
                None => told(club, &events),
            };
            assert_eq!(told, row.room, "{moved:?}: from {source}");
        }
        chat.restart().await;
    }
}

#[tokio::test]
async fn whatever_moves_a_right_opens_or_ends_streams_at_once_and_in_replays() {
    for row in &ROWS {
        check(row).await;
    }
}
