//! `import` and `export`: nothing lost, nothing double, nothing half-stored, nothing let out.

use super::{
    chat::{Chat, Person},
    program::{Running, command, run, run_with_input, until},
};
use proptest::{prelude::*, test_runner::Config};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, process::Stdio};

pub(super) fn line(author: &str, body: &str) -> Value {
    json!({ "room": "general", "author": author, "at": "2004-12-25T09:14:00Z", "body": body })
}

pub(super) fn lines(lines: &[Value]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
    lines.concat()
}

pub(super) fn import(chat: &Chat, archive: &str) -> String {
    run_with_input(["import", "-", "--db", &chat.db()], archive).ok()
}

fn parts(chat: &Chat, fields: [&str; 3]) -> Vec<String> {
    let parts = chat
        .history()
        .into_iter()
        .map(|message| fields.map(|field| message[field].to_string()).join(" "));
    parts.collect()
}

#[test]
fn original_times_and_order_are_kept() {
    let chat = Chat::new();
    let archive = [
        json!({ "room": "#Old Room", "author": "bur[n] er", "at": "2004-12-25T10:14:00+01:00", "body": "a\u{8}b\r\nc" }),
        json!({ "room": "general", "author": "ann", "at": "2004-12-25T09:15:00.5Z", "body": "early" }),
        json!({ "room": "general", "author": "me", "at": "2003-01-01T00:00:00Z", "body": "earlier, and later in the file" }),
    ];
    let told = import(&chat, &lines(&archive));
    assert!(
        told.starts_with("3 messages imported; 0 existed already; new users: 3, new rooms: 1"),
        "{told}"
    );
    let expected = [
        r#""old-room" "bur[n]_er" "2004-12-25T09:14:00.000Z""#,
        r#""general" "ann" "2004-12-25T09:15:00.500Z""#,
        r#""general" "me_" "2003-01-01T00:00:00.000Z""#,
    ];
    assert_eq!(parts(&chat, ["room", "author", "at"]), expected);
    assert_eq!(chat.history()[0]["body"], "ab\nc");
    run(["check", "--db", &chat.db()]).ok();
}

#[test]
fn a_second_time_adds_only_what_is_new() {
    let chat = Chat::new();
    let mut archive = vec![
        line("ann", "hi"),
        line("bob", "hi"),
        line("ann", "hi"),
        line("ann", "hi"),
    ];
    import(&chat, &lines(&archive));
    let once = chat.export();
    assert!(import(&chat, &lines(&archive)).starts_with("0 messages imported; 4 existed already"));
    assert_eq!(chat.export(), once);
    archive.push(line("ann", "hi"));
    archive.insert(0, line("eve", "found later, in an older file"));
    assert!(import(&chat, &lines(&archive)).starts_with("2 messages imported; 4 existed already"));
    assert!(import(&chat, &chat.export()).starts_with("0 messages imported; 6 existed already"));
}

#[test]
fn threads_survive_the_round_trip() {
    let chat = Chat::new();
    let said = |id: i64, body: &str, more: Value| {
        let mut line = line("ann", body);
        line["id"] = id.into();
        for (field, value) in more.as_object().expect("fields") {
            line[field] = value.clone();
        }
        line
    };
    let archive = [
        said(1010, "the root", json!({})),
        said(1011, "a reply", json!({ "thread": 1010 })),
        said(
            1012,
            "a reply to that",
            json!({ "thread": 1011, "also_in_room": true }),
        ),
        said(
            1013,
            "a reply to what is not in the archive",
            json!({ "thread": 7 }),
        ),
    ];
    import(&chat, &lines(&archive));
    run(["check", "--db", &chat.db()]).ok();
    let export = chat.export();
    let exported: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let threads: Vec<_> = exported.iter().map(|line| line["thread"].clone()).collect();
    assert_eq!(
        threads,
        [json!(null), json!(1010), json!(1010), json!(null)]
    );
    assert_eq!(exported[2]["also_in_room"], true);
    let again = Chat::new();
    import(&again, &export);
    assert_eq!(again.export(), export);
}

#[test]
fn a_line_at_fault_is_told_and_nothing_is_stored() {
    let chat = Chat::new();
    let many: Vec<_> = (0..5000).map(|n| line("ann", &n.to_string())).collect();
    let bad = format!(
        "{}\n{{\"room\":\n{}{}",
        lines(&many),
        lines(&[line("ann", " ")]),
        lines(&many[..10])
    );
    let ended = run_with_input(["import", "-", "--db", &chat.db()], &bad);
    ended.failed(3, "nothing was imported");
    assert!(
        ended.stderr.contains("line 5002: ") && ended.stderr.contains("line 5003: body"),
        "{}",
        ended.stderr
    );
    assert_eq!(chat.export(), "");
    run(["import", "/no/such/file", "--db", &chat.db()]).failed(1, "/no/such/file");
}

#[test]
fn kill_9_leaves_nothing_half_stored() {
    let chat = Chat::new();
    let archive: Vec<_> = (0..30_000).map(|n| line("ann", &n.to_string())).collect();
    let file = chat.name("archive.ndjson");
    fs::write(&file, lines(&archive)).expect("a file");
    let mut importing = Running::start(["import", &file, "--db", &chat.db()]);
    until("it writes", || {
        fs::metadata(chat.path("chat.db-wal")).is_ok_and(|wal| wal.len() > 3 << 20)
    });
    importing.signal("KILL");
    importing.code();
    run(["check", "--db", &chat.db()]).ok();
    assert!([0, archive.len()].contains(&chat.history().len()));
    run(["import", &file, "--db", &chat.db()]).ok();
    assert_eq!(chat.history().len(), archive.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_an_export_gives_the_same_history() {
    let chat = Chat::serving();
    let (ann, bob) = (
        Person::join(&chat, "ann").await,
        Person::join(&chat, "bob").await,
    );
    let secret = json!({ "name": "A secret", "topic": "of two", "kind": "closed" });
    let secret = ann.ask(Method::POST, "/rooms", &secret).await;
    let secret = secret["slug"].as_str().expect("a room has a slug");
    let bobs = format!("/rooms/{secret}/members/bob");
    ann.ask(Method::PUT, &bobs, &json!({})).await;
    let first = ann
        .post("general", json!({ "body": "first\n\"汉字\" 🦀\u{2028}" }))
        .await;
    bob.post(secret, json!({ "body": "psst", "nonce": "bobs" }))
        .await;
    let second = bob
        .post("general", json!({ "body": "an answer", "reply_to": first }))
        .await;
    let third = bob.post("general", json!({ "body": "a mistake" })).await;
    ann.ask(
        Method::PATCH,
        &format!("/rooms/general/messages/{first}"),
        &json!({ "body": "first, edited" }),
    )
    .await;
    ann.ask(
        Method::PUT,
        &format!("/rooms/general/messages/{second}/reactions/👍"),
        &Value::Null,
    )
    .await;
    bob.ask(
        Method::PUT,
        &format!("/rooms/general/messages/{second}/reactions/🎉"),
        &Value::Null,
    )
    .await;
    bob.ask(
        Method::DELETE,
        &format!("/rooms/general/messages/{third}"),
        &Value::Null,
    )
    .await;
    bob.post("general", json!({ "body": "the end" })).await;

    let archive = chat.export();
    assert!(!archive.contains("a mistake"));
    let copy = Chat::new();
    import(&copy, &archive);
    run(["check", "--db", &copy.db()]).ok();
    assert_eq!(without_nonces(&copy), without_nonces(&chat));
    let secret = copy
        .history()
        .into_iter()
        .find(|message| message["room"] == secret)
        .expect("it is there");
    assert_eq!(secret["room_kind"], "closed");
    assert_eq!(
        (&secret["nonce"], &secret["room_info"]["members"]),
        (&json!("bobs"), &json!(["ann", "bob"]))
    );
    assert!(
        import(&copy, &archive.repeat(2)).starts_with("0 messages imported; 10 existed already")
    );
    assert_eq!(import_beside(&chat, &archive), archive);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_message_without_a_nonce_finds_it() {
    let chat = Chat::serving();
    let ann = Person::join(&chat, "ann").await;
    let asked = ann.post("general", json!({ "body": "a question" })).await;
    let mut answer = line("bob", "an answer");
    (answer["id"], answer["reply_to"]) = (json!(asked + 100), json!(asked));
    let archive = chat.export() + &lines(&[answer]);
    let copy = Chat::new();
    run(["backup", &copy.db(), "--db", &chat.db()]).ok();
    let told = import(&copy, &archive);
    assert!(
        told.starts_with("1 messages imported; 1 existed already; new users: 1"),
        "{told}"
    );
    assert!(!told.contains("not in the archive"), "{told}");
    assert_eq!(copy.history()[1]["reply_to"], json!(asked));
}

#[tokio::test]
async fn messages_mention_whoever_joins_later_in_the_archive() {
    let chat = Chat::new();
    let archive = [
        line("ann", "hello @bob and @eve"),
        line("bob", "hello @ann"),
    ];
    import(&chat, &lines(&archive));
    let options = SqliteConnectOptions::new().filename(chat.db());
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    let mentioned: Vec<String> = sqlx::query_scalar(
        "select u.handle from mentions n join users u on u.id = n.user_id order by n.message_id",
    )
    .fetch_all(&mut connection)
    .await
    .expect("mentions");
    assert_eq!(mentioned, ["bob", "ann"]);
}

/// Stops the chat, takes its own export in again, and exports what came of it.
fn import_beside(chat: &Chat, archive: &str) -> String {
    let copy = Chat::new();
    run(["backup", &copy.db(), "--db", &chat.db()]).ok();
    assert!(import(&copy, archive).starts_with("0 messages imported"));
    copy.export()
}

/// A message that had no nonce is given one, by which it is recognised.
fn without_nonces(chat: &Chat) -> Vec<Value> {
    let mut history = chat.history();
    for message in &mut history {
        message.as_object_mut().expect("an object").remove("nonce");
    }
    history
}

#[test]
fn names_of_people_who_never_posted_are_kept() {
    let (one, other) = (Chat::new(), Chat::new());
    let names = json!({ "bob": "Bob B.", "cara": "Cara", "dan": "Dan \"D\" 丹" });
    let mut first = line("ann", "hi");
    first["room"] = json!("design");
    first["author_name"] = json!("Ann A.");
    first["names"] = names.clone();
    first["reactions"] = json!([{ "emoji": "👍", "by": "bob" }, { "emoji": "🎉", "by": "ann" }]);
    first["room_info"] = json!({ "made_by": "dan", "members": ["ann", "cara", "eve"] });
    let mut second = first.clone();
    second["body"] = json!("again");
    import(&one, &lines(&[first, second]));
    let history = one.history();
    assert_eq!(
        (&history[0]["names"], &history[0]["author_name"]),
        (&names, &json!("Ann A."))
    );
    assert_eq!(history[1]["names"], json!({ "bob": "Bob B." }));
    import(&other, &one.export());
    assert_eq!(other.export(), one.export());
}

#[test]
fn what_was_said_behind_closed_doors_does_not_come_out() {
    let chat = Chat::new();
    let mut secret = line("ann", "psst");
    secret["room_kind"] = json!("closed");
    run_with_input(["import", "-", "--db", &chat.db()], &lines(&[secret])).failed(
        3,
        "line 1: the room general is closed in the archive, but open",
    );
    assert_eq!(chat.export(), "");
}

#[test]
fn export_ends_quietly_when_nobody_reads_any_more() {
    let chat = Chat::new();
    import(
        &chat,
        &lines(
            &(0..5000)
                .map(|n| line("ann", &n.to_string()))
                .collect::<Vec<_>>(),
        ),
    );
    let mut child = command(["export", "--db", &chat.db()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), ended.stderr.len()), (Some(0), 0));
}

#[tokio::test]
async fn an_export_of_a_damaged_file_says_so() {
    let chat = Chat::new();
    import(
        &chat,
        &lines(&[line("ann", "a"), line("ann", "b"), line("bob", "c")]),
    );
    let options = SqliteConnectOptions::new()
        .filename(chat.db())
        .foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    let export = || run(["export", "--db", &chat.db()]);
    assert_eq!(export().stderr, "");
    sqlx::query("delete from users where handle = 'ann'")
        .execute(&mut connection)
        .await
        .expect("no author");
    let ended = export();
    assert_eq!((ended.code, ended.stdout.lines().count()), (0, 3));
    let words = "2 messages have an author or a room that is missing; `backscroll check` finds";
    assert!(ended.stderr.contains(words), "{ended:?}");
}

/// What an archive may hold: any people and rooms, edited, deleted, answered, reacted to.
fn any_line() -> impl Strategy<Value = Value> {
    let author = prop::sample::select(vec!["ann", "Ann", "bob", "张三", "x[y]"]);
    let room = prop::sample::select(vec!["general", "general", "other", "third-room"]);
    let body = "[a-z\n\t\"\\\\é汉🦀 ]{0,20}x";
    let fate = (
        0..6u8,
        1..6i64,
        prop::collection::btree_set(prop::sample::select(vec!["👍", "🎉", "❤️"]), 0..3),
    );
    (author, room, body, 0..60u32, fate).prop_map(
        |(author, room, body, minute, (fate, back, emoji))| {
            let at = format!("2020-01-01T00:{minute:02}:00.000Z");
            let mut line = json!({ "room": room, "author": author, "at": at, "body": body });
            match fate {
                0 => line["edited_at"] = json!("2021-01-01T00:00:00.000Z"),
                1 => line["deleted_at"] = json!("2022-01-01T00:00:00.000Z"),
                2 => line["reply_to"] = json!(back),
                3 => line["nonce"] = json!(format!("n{back}")),
                _ => {}
            }
            if fate != 1 {
                line["reactions"] = emoji
                    .into_iter()
                    .map(|emoji| json!({ "emoji": emoji, "by": "bob" }))
                    .collect();
                line["names"] = json!({ "bob": "Bob" });
            }
            line
        },
    )
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]
    #[test]
    fn any_archive_survives_the_round_trip(archive in prop::collection::vec(any_line(), 0..40)) {
        let numbered = archive.into_iter().enumerate().map(|(n, mut line)| {
            line["id"] = json!(10 * (n + 1));
            if let Some(nonce) = line["nonce"].as_str() {
                line["nonce"] = json!(format!("{nonce}-{n}"));
            }
            if let Some(back) = line["reply_to"].as_i64() {
                line["reply_to"] = json!(10 * (i64::try_from(n).unwrap_or(0) + 1 - back));
            }
            line
        });
        let (one, other) = (Chat::new(), Chat::new());
        import(&one, &lines(&numbered.collect::<Vec<_>>()));
        let archive = one.export();
        import(&other, &archive);
        prop_assert_eq!(other.export(), archive);
        run(["check", "--db", &one.db()]).ok();
        run(["check", "--db", &other.db()]).ok();
    }
}
