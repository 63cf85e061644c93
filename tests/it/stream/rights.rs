//! Every kind of change that moves a right opens, ends or leaves alone each kind of stream, at once and in replays.

use crate::support::{AT_ONCE, chat::Chat, person::Person, sse::Block, stream::Stream};
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

const ROWS: [Row; 14] = [
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
];

async fn make(moved: Move, ann: &Person, bob: &Person, cara: &Person) {
    match moved {
        Move::AddedToClosed => drop(ann.add("club", "bob").await.expect(204)),
        Move::RemovedFromClosed => drop(ann.remove("club", "bob").await.expect(204)),
        Move::LeavesClosed => drop(bob.remove("club", "me").await.expect(204)),
        Move::JoinsOpen => drop(bob.add("park", "me").await.expect(204)),
        Move::LeavesOpen => drop(bob.remove("park", "me").await.expect(204)),
        Move::PostsIntoOpen => drop(bob.post("park", "here I am").await),
        Move::CreatesClosed => drop(bob.create_room("Fresh", "closed").await),
        Move::CreatesOpen => drop(bob.create_room("Fresh", "open").await),
        Move::OtherCreatesClosed => drop(ann.create_room("Fresh", "closed").await),
        Move::OtherCreatesOpen => drop(ann.create_room("Fresh", "open").await),
        Move::OtherJoinsClosed => drop(ann.add("club", "dan").await.expect(204)),
        Move::OtherLeavesClosed => drop(cara.remove("club", "me").await.expect(204)),
        Move::Renames => drop(bob.rename("Robert").await.expect(200)),
    }
}

fn told(blocks: &[Block]) -> Vec<String> {
    let told = blocks.iter().map(|block| {
        let room = block.json()["room"].as_str().unwrap_or_default().to_owned();
        format!("{} {room}", block.event)
    });
    told.collect()
}

/// What a stream of one room tells up to its end, or up to the message `end`.
async fn told_of_room(stream: &mut Stream, is_gone: bool, end: i64) -> Vec<String> {
    if is_gone {
        let (reason, before) = stream.farewell().await;
        return told(&before)
            .into_iter()
            .chain([format!("bye {reason}")])
            .collect();
    }
    without_end(&stream.events_to(end).await)
}

/// The last event is the one with which the test ends.
fn without_end(events: &[Block]) -> Vec<String> {
    let (_, before) = events.split_last().expect("the end came");
    told(before)
}

/// Names all rooms but those that a move creates.
const NAMED: &str = "room=general&room=club&room=park";

/// What a stream of the rooms in [`NAMED`] tells, of what one of all rooms does.
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
    assert_eq!(ann.create_room("Club", "closed").await, "club");
    assert_eq!(ann.create_room("Park", "open").await, "park");
    bob.add("general", "me").await.expect(204);
    ann.add("general", "me").await.expect(204);
    ann.add("club", "cara").await.expect(204);
    if is_inside {
        ann.add("club", "bob").await.expect(204);
        bob.add("park", "me").await.expect(204);
    }
    let (of_room, is_gone) = (["park", "club"][usize::from(is_inside)], row.room == GONE);
    let start = bob.head().await;
    let mut everything = bob.stream("").await;
    let mut joined = bob.stream("joined=true").await;
    let mut named = bob.stream(NAMED).await;
    let mut named_joined = bob.stream(&format!("{NAMED}&joined=true")).await;
    let mut room = bob.stream_of(of_room, "").await;

    make(moved, &ann, &bob, &cara).await;
    let began = Instant::now();
    let end_of_room = ann.post(of_room, "the end of this room").await;
    let end = ann.post("general", "the end").await;
    let ends = |events: Vec<Block>| -> Vec<Block> {
        let rest = events.into_iter();
        rest.filter(|event| event.id() != Some(end_of_room))
            .collect()
    };
    let of_everything = without_end(&ends(everything.events_to(end).await));
    assert_eq!(of_everything, row.everything, "{moved:?}: everything");
    let of_joined = without_end(&ends(joined.events_to(end).await));
    assert_eq!(of_joined, row.joined, "{moved:?}: joined");
    let of_these = without_end(&ends(named.events_to(end).await));
    assert_eq!(of_these, of_named(row.everything), "{moved:?}: named");
    let of_these = without_end(&ends(named_joined.events_to(end).await));
    assert_eq!(
        of_these,
        of_named(row.joined),
        "{moved:?}: named and joined"
    );
    let of_one = told_of_room(&mut room, is_gone, end_of_room).await;
    assert_eq!(of_one, row.room, "{moved:?}: {of_room}");
    assert!(
        began.elapsed() < AT_ONCE,
        "{moved:?}: {:?}",
        began.elapsed()
    );

    for source in ["memory", "the file"] {
        let named_joined = format!("{NAMED}&joined=true");
        for (query, expected) in [
            ("", row.everything.to_vec()),
            ("joined=true", row.joined.to_vec()),
            (NAMED, of_named(row.everything)),
            (&named_joined, of_named(row.joined)),
        ] {
            let mut stream = bob.stream(&format!("{query}&after={start}")).await;
            let (events, _) = stream.replay().await;
            assert_eq!(
                without_end(&ends(events)),
                expected,
                "{moved:?}: replayed from {source}, {query:?}"
            );
        }
        if is_gone {
            // Nothing but its end is told of the room, also to a reader who was never told of its beginning.
            for query in ["", NAMED] {
                let mut stream = bob.stream(&format!("{query}&after=0")).await;
                let (events, _) = stream.replay().await;
                let of_club = events.into_iter();
                let of_club = of_club.filter(|event| event.json()["room"] == of_room);
                let of_club: Vec<_> = of_club.collect();
                assert_eq!(
                    told(&of_club),
                    END_OF_CLUB,
                    "{moved:?}: {source}, {query:?}"
                );
            }
            let path = format!("/api/v1/rooms/{of_room}/events?after={start}");
            bob.get(&path).await.problem(404);
        } else {
            let mut stream = bob.stream_of(of_room, &format!("after={start}")).await;
            let (events, _) = stream.replay().await;
            assert_eq!(without_end(&events), row.room, "{moved:?}: from {source}");
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
