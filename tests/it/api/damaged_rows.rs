//! Rows that cannot be read as they stand: what can be read of them is shown, and nothing else is hidden by them.

use crate::support::{
    answer::Answer,
    chat::Chat,
    person::{Person, id_of, message_path},
    program::run,
    stream::ids,
};
use backscroll::store::{check, db::Connection};
use reqwest::Method;
use serde_json::{Value, json};

/// What an owner, a defect of a disk or an earlier version may have done to one message, `?1`. The last statements need
/// a table that takes any value.
const DAMAGE: [&str; 11] = [
    "update messages set created_at = '+10000-01-01T00:59:59.000Z' where id = ?1",
    "update messages set created_at = '2020-01-01 10:00:00' where id = ?1",
    "update messages set edited_at = 'soon' where id = ?1",
    "update messages set deleted_at = '-0001-12-31T23:00:00.000Z', body = '' where id = ?1",
    "update messages set body = cast(x'68ff' as text) where id = ?1",
    "update messages set nonce = cast(x'ff' as text) where id = ?1",
    "update messages set author_id = 999999 where id = ?1",
    "insert into reactions (message_id, emoji, user_id, event_id) values (?1, '🎉', 999999, ?1)",
    "insert into reactions (message_id, emoji, user_id, event_id) values (?1, cast(x'ff' as text), 999999, ?1)",
    "update events set at = 'soon' where id = ?1",
    "update messages set body = x'68ff' where id = ?1",
];
/// Elsewhere in the file.
const AROUND: [&str; 4] = [
    "update users set name = cast(x'ff' as text), created_at = 'soon' where handle = 'bob'",
    "update sessions set created_at = 'soon'",
    "update rooms set topic = cast(x'ff' as text), created_at = 'soon'",
    "update memberships set joined_at = 'soon'",
];
const LOOSEN: &str =
    "update sqlite_master set sql = replace(sql, ') strict', ')') where name = 'messages'";
const TIGHTEN: &str = "update sqlite_master set sql = sql || ' strict' where name = 'messages'";

async fn run_sql(file: &mut Connection, statements: &[&'static str]) {
    for statement in statements {
        let done = sqlx::query(*statement).execute(&mut *file).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Damages each of the messages in another way.
async fn damage(chat: &Chat, messages: &[i64]) {
    let mut file = chat.outside().await;
    let unwatched = ["pragma foreign_keys = off", "pragma writable_schema = on"];
    run_sql(&mut file, &unwatched).await;
    run_sql(&mut file, &[LOOSEN, "pragma writable_schema = reset"]).await;
    for (id, statement) in messages.iter().zip(DAMAGE) {
        let done = sqlx::query(statement).bind(id).execute(&mut file).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    run_sql(&mut file, &AROUND).await;
    run_sql(&mut file, &["pragma writable_schema = on", TIGHTEN]).await;
    run_sql(&mut file, &["pragma writable_schema = reset"]).await;
}

async fn as_type(person: &Person, accept: &str) -> Answer {
    let path = "/api/v1/rooms/general/messages";
    Answer::to(person.request(Method::GET, path).header("accept", accept))
        .await
        .expect(200)
}

fn message(page: &Value, id: i64) -> &Value {
    let messages = page["messages"].as_array().expect("a page has messages");
    let mut messages = messages.iter();
    messages
        .find(|message| id_of(message) == id)
        .unwrap_or_else(|| panic!("{id} is missing: {page}"))
}

/// Everything that shows messages shows all of them.
async fn everything_is_shown(bob: &Person, posted: &[i64]) {
    let page = bob.history("general", "").await;
    let shown: Vec<i64> = page["messages"]
        .as_array()
        .expect("a page has messages")
        .iter()
        .map(id_of)
        .collect();
    assert_eq!(shown, posted);
    for accept in ["application/x-ndjson", "text/plain"] {
        let lines = as_type(bob, accept).await.text;
        assert_eq!(lines.lines().count(), posted.len(), "{accept}: {lines}");
    }
    let html = bob.get("/rooms/general").await.expect(200).text;
    for id in posted {
        assert!(html.contains(&format!("id=\"m{id}\"")), "{id}: {html}");
        bob.get(&message_path("general", *id)).await.expect(200);
        bob.get(&format!("/rooms/general/messages/{id}"))
            .await
            .expect(200);
    }
    for path in [
        "/api/v1/rooms",
        "/api/v1/me",
        "/account",
        "/api/v1/rooms/general/members",
    ] {
        bob.get(path).await.expect(200);
    }
    for mut stream in [
        bob.stream("after=0").await,
        bob.stream_of("general", "after=0&include=html").await,
    ] {
        assert_eq!(stream.outcome(), "replay");
        let replayed = ids(&stream.replay().await.0);
        let missing: Vec<_> = posted.iter().filter(|id| !replayed.contains(id)).collect();
        assert!(missing.is_empty(), "{missing:?}: {replayed:?}");
    }
}

#[tokio::test]
async fn one_bad_row_is_one_bad_row() {
    for is_running in [true, false] {
        let mut chat = Chat::start().await;
        let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
        let posted = bob.post_many("general", DAMAGE.len() + 1).await;
        for id in &posted[7..9] {
            bob.react("general", *id, "👍").await.expect(200);
        }
        if !is_running {
            chat.stop().await;
        }
        damage(&chat, &posted).await;
        if !is_running {
            chat.go_on().await;
        }
        everything_is_shown(&bob, &posted).await;

        let page = bob.history("general", "").await;
        let at = |place: usize, field: &str| message(&page, posted[place])[field].clone();
        assert_eq!(at(0, "at"), "0000-01-01T00:00:00.000Z");
        assert_eq!(at(1, "at"), "2020-01-01T10:00:00.000Z");
        assert_eq!(at(2, "edited_at"), "0000-01-01T00:00:00.000Z");
        assert_eq!(at(3, "deleted_at"), "0000-01-01T00:00:00.000Z");
        assert_eq!(at(4, "body"), "h\u{fffd}");
        assert_eq!(at(10, "body"), "h\u{fffd}");
        assert_eq!(
            at(6, "author"),
            json!({ "handle": "unknown-999999", "name": "Unknown person" })
        );
        assert_eq!(at(7, "reactions")[0]["by"], json!(["unknown-999999"]));
        assert_eq!(at(11, "author")["name"], "\u{fffd}");

        let mut stream = bob.stream("").await;
        let more = ann.post("general", "life goes on").await;
        stream.events_to(more).await;
        bob.edit("general", posted[4], "mended").await.expect(200);
        assert_eq!(stream.event().await.json()["message"]["body"], "mended");
    }
}

#[tokio::test]
async fn what_is_exported_of_bad_rows_can_be_imported() {
    let mut chat = Chat::start().await;
    let bob = chat.join("bob").await;
    let posted = bob.post_many("general", DAMAGE.len() + 1).await;
    chat.stop().await;
    damage(&chat, &posted).await;
    let db = chat.file().display().to_string();
    let archive = run(["export", "--db", &db]).ok();
    assert_eq!(archive.lines().count(), posted.len());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (file, copy) = (
        directory.path().join("a.ndjson"),
        directory.path().join("b.db"),
    );
    std::fs::write(&file, &archive).expect("the archive is written");
    let (file, copy) = (file.display().to_string(), copy.display().to_string());
    let told = run(["import", &file, "--db", &copy]).ok();
    assert!(told.starts_with("12 messages imported"), "{told}");
    // What the stream and the pages say of a time is what the archive says.
    chat.go_on().await;
    let page = bob.history("general", "").await;
    for line in archive.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let shown = message(&page, id_of(&line));
        for field in ["at", "edited_at", "deleted_at"] {
            assert_eq!(line[field], shown[field], "{line}");
        }
        assert_eq!(line["author"], shown["author"]["handle"]);
    }
}

#[tokio::test]
async fn check_names_bad_rows() {
    let chat = Chat::start().await;
    let bob = chat.join("bob").await;
    let posted = bob.post_many("general", DAMAGE.len()).await;
    damage(&chat, &posted).await;
    let mut file = chat.outside().await;
    let named = check::find_unreadable(&mut file, 100)
        .await
        .expect("it can be read");
    for expected in [
        format!("messages row {}: created_at cannot be read", posted[0]),
        format!("messages row {}: edited_at cannot be read", posted[2]),
        format!("messages row {}: deleted_at cannot be read", posted[3]),
        format!("messages row {}: body cannot be read", posted[4]),
        format!("messages row {}: nonce cannot be read", posted[5]),
        format!("messages row {}: its reactions cannot be read", posted[8]),
        format!("events row {}: at cannot be read", posted[9]),
        format!("messages row {}: body cannot be read", posted[10]),
    ] {
        assert!(named.contains(&expected), "{expected}: {named:#?}");
    }
    let verdicts = check::judge(&mut file).await.expect("it can be judged");
    let faulty: Vec<_> = verdicts
        .iter()
        .filter(|one| one.faults > 0)
        .map(|one| one.rule)
        .collect();
    for rule in [
        "events",
        "messages",
        "users",
        "rooms",
        "memberships",
        "sessions",
    ] {
        let rule = format!("{rule} have times in the standard format");
        assert!(faulty.contains(&rule.as_str()), "{rule}: {faulty:#?}");
    }
}

#[tokio::test]
async fn an_event_about_nothing_is_left_out_and_passed_by() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let first = ann.post("general", "first").await;
    chat.stop().await;
    let append = "insert into events (room_id, kind, message_id, actor_id, at)
        select room_id, 'message-edited', 999999, actor_id, at from events where id = ?";
    let mut file = chat.outside().await;
    let appended = sqlx::query(append).bind(first).execute(&mut file).await;
    appended.expect("the owner may do that");
    chat.go_on().await;
    for mut stream in [
        ann.stream("after=0").await,
        ann.stream_of("general", "after=0").await,
    ] {
        let (events, caught_up) = stream.replay().await;
        assert_eq!(ids(&events).last(), Some(&first));
        assert_eq!(caught_up.id(), Some(first), "the last one that is told");
    }
}

#[tokio::test]
async fn a_replay_that_cannot_go_on_says_reset() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post_many("general", 3).await;
    let head = ann.head().await;
    let mut file = chat.outside().await;
    run_sql(&mut file, &["alter table reactions rename to lost"]).await;
    for mut stream in [
        ann.stream("after=0").await,
        ann.stream_of("general", "after=0").await,
    ] {
        assert_eq!(stream.outcome(), "replay");
        let again = stream.next().await.expect("the stream goes on");
        assert_eq!((again.event.as_str(), again.id()), ("hello", Some(head)));
        assert_eq!(again.json()["outcome"], "reset");
    }
}
