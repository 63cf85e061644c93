//! Messages of one archive that could be mistaken for each other.

use super::{
    chat::{Chat, Person},
    program::{Ended, run, run_with_input},
};
use reqwest::Method;
use serde_json::{Value, json};

/// A line with these fields in place of the usual ones.
fn line(fields: &Value) -> String {
    let mut line =
        json!({ "room": "general", "author": "ann", "at": "2004-12-25T09:14:00Z", "body": "hi" });
    let fields = fields.as_object().expect("an object").clone();
    line.as_object_mut().expect("an object").extend(fields);
    format!("{line}\n")
}

fn import(chat: &Chat, archive: &str) -> Ended {
    run_with_input(["import", "-", "--db", &chat.db()], archive)
}

#[test]
fn a_line_that_conflicts_with_an_earlier_one_is_named_and_nothing_is_stored() {
    let (nonce, id) = (json!({ "nonce": "n" }), json!({ "id": 9 }));
    for (first, second) in [
        (&nonce, json!({ "nonce": "n", "room": "other" })),
        (
            &nonce,
            json!({ "nonce": "n", "at": "2004-12-25T09:15:00Z" }),
        ),
        (&nonce, json!({ "nonce": "n", "body": "ho" })),
        (&id, json!({ "id": 9, "body": "ho" })),
    ] {
        let chat = Chat::new();
        let between = line(&json!({ "body": "between" })).repeat(2500);
        let ended = import(&chat, &(line(first) + &between + &line(&second)));
        ended.failed(
            3,
            "line 2502: conflicts with line 1, which is the same message",
        );
        ended.failed(3, "nothing was imported");
        assert_eq!(chat.export(), "");
    }
}

#[test]
fn repeated_lines_are_one_message_and_different_ones_are_several() {
    let states = json!({ "nonce": "n", "body": "ho", "edited_at": "2005-12-25T09:14:00Z" });
    for (lines, imported, known) in [
        ([json!({ "nonce": "n" }), json!({ "nonce": "n" })], 1, 1),
        ([json!({ "id": 9 }), json!({ "id": 9 })], 1, 1),
        ([json!({ "nonce": "n" }), states], 1, 1),
        (
            [
                json!({ "nonce": "n" }),
                json!({ "nonce": "n", "author": "bob" }),
            ],
            2,
            0,
        ),
        (
            [json!({ "id": 9 }), json!({ "id": 9, "author": "bob" })],
            2,
            0,
        ),
        (
            [
                json!({ "id": 9, "nonce": "n" }),
                json!({ "id": 9, "body": "ho" }),
            ],
            2,
            0,
        ),
    ] {
        let archive: String = lines.iter().map(line).collect();
        for archive in [archive.clone(), archive.repeat(2)] {
            let times = if archive.lines().count() > 2 { 2 } else { 1 };
            let known = known + (times - 1) * 2;
            let told = import(&Chat::new(), &archive).ok();
            let words = format!("{imported} messages imported; {known} existed already");
            assert!(told.starts_with(&words), "{archive}{told}");
        }
    }
}

/// Ids 1 to 3 are taken in a new file, so that the messages get other ids: those of later lines.
#[test]
fn a_message_is_not_mistaken_for_one_that_was_given_its_id() {
    let chat = Chat::new();
    let deleted = "2005-01-01T00:00:00Z";
    let archive: String = (1..10)
        .map(|id| line(&json!({ "id": id, "body": if id < 4 { "" } else { "text" }, "deleted_at": deleted })))
        .collect();
    let told = import(&chat, &archive).ok();
    assert!(told.starts_with("9 messages imported; 0 existed"), "{told}");
    let told = import(&chat, &archive).ok();
    assert!(told.starts_with("0 messages imported; 9 existed"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_recognised_after_its_messages_were_edited_or_deleted() {
    let chat = Chat::serving();
    let ann = Person::join(&chat, "ann").await;
    let mut ids = Vec::new();
    for body in [
        json!({ "body": "a" }),
        json!({ "body": "b" }),
        json!({ "body": "c", "nonce": "c" }),
        json!({ "body": "d", "nonce": "d" }),
    ] {
        ids.push(ann.post("general", body).await);
    }
    let archive = chat.export();
    for (id, method) in ids
        .iter()
        .zip([Method::PATCH, Method::DELETE].iter().cycle())
    {
        let path = format!("/rooms/general/messages/{id}");
        ann.ask(method.clone(), &path, &json!({ "body": "edited" }))
            .await;
    }
    let copy = Chat::new();
    run(["backup", &copy.db(), "--db", &chat.db()]).ok();
    let told = import(&copy, &archive).ok();
    assert!(told.starts_with("0 messages imported; 4 existed"), "{told}");
    assert_eq!(copy.export(), chat.export());
}
