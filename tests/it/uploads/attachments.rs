//! Files of messages.

use super::{
    client::{TEXT, post_files, upload, url_of},
    tus::contents_in,
};
use crate::support::{chat::Chat, person::id_of, until::until};
use reqwest::Method;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test]
async fn a_message_carries_its_files_in_answers_history_and_streams() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let mut stream = bob.stream("include=html").await;
    let first = upload(&ann, "tenor.txt", TEXT).await;
    let second = upload(&ann, "bass <b>.bin", b"\x00\x01").await;
    let message = post_files(&ann, "general", "", &[&second, &first]).await;
    assert_eq!(message["body"], "");
    let files = &message["attachments"];
    assert_eq!(files[0]["id"], second.as_str());
    assert_eq!(files[0]["name"], "bass <b>.bin");
    assert_eq!(files[0]["type"], "application/octet-stream");
    assert_eq!(files[1]["type"], "text/plain");
    assert_eq!(files[1]["size"], TEXT.len());
    let event = stream.event().await;
    assert_eq!(event.json()["message"]["attachments"], *files);
    let html = event.json()["message"]["html"].to_string();
    assert!(html.contains("bass &#60;b&#62;.bin"), "{html}");
    let history = bob.history("general", "limit=1").await;
    assert_eq!(history["messages"][0]["attachments"], *files);
    let id = id_of(&message);
    let edited = ann
        .edit("general", id, "with words")
        .await
        .expect(200)
        .json();
    assert_eq!(edited["attachments"], *files);
    let edited = ann.edit("general", id, "").await.expect(200).json();
    assert_eq!(edited["body"], "");
    let reacted = bob.react("general", id, "👍").await.expect(200).json();
    assert_eq!(reacted["attachments"], *files);
}

#[tokio::test]
async fn a_post_takes_all_of_its_files_or_none() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let (one, two) = (upload(&ann, "1", b"1").await, upload(&ann, "2", b"2").await);
    let refused = |files: Value, code: &'static str| {
        let ann = ann.clone();
        async move {
            let post = json!({ "body": "look", "attachments": files });
            let answer = ann.try_post("general", post).await.expect(422);
            assert_eq!(answer.json()["code"], code);
        }
    };
    refused(json!([one, "AAAAAAAAAAAAAAAAAAAAAA"]), "upload-gone").await;
    refused(json!([one, one]), "repeated").await;
    let many: Vec<&str> = [one.as_str()].repeat(11);
    refused(json!(many), "too-many").await;
    let post = json!({ "body": "", "nonce": "n1", "attachments": [one, two] });
    let message = ann
        .try_post("general", post.clone())
        .await
        .expect(201)
        .json();
    let again = ann.try_post("general", post).await.expect(200).json();
    assert_eq!(again, message);
    refused(json!([one]), "upload-gone").await;
    ann.try_post("general", json!({ "body": "" }))
        .await
        .expect(422);
    let id = ann.post("general", "words").await;
    ann.edit("general", id, " ").await.expect(422);
}

#[tokio::test]
async fn equal_files_are_stored_once_and_go_with_the_last_message() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let folder = chat.file().with_file_name("chat.db-files");
    let one = upload(&ann, "one.txt", TEXT).await;
    let one = post_files(&ann, "general", "", &[&one]).await;
    let two = upload(&bob, "two.txt", TEXT).await;
    let two = post_files(&bob, "general", "", &[&two]).await;
    assert_eq!(contents_in(&folder), 1);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    ann.delete("general", id_of(&one)).await.expect(200);
    ann.get(&url_of(&one)).await.expect(404);
    let whole = ann.get(&url_of(&two)).await.expect(200);
    assert_eq!(whole.text.as_bytes(), TEXT);
    bob.delete("general", id_of(&two)).await.expect(200);
    bob.get(&url_of(&two)).await.expect(404);
    chat.restart().await;
    until("the folder is cleared", || contents_in(&folder) == 0).await;
}

#[tokio::test]
async fn the_files_of_a_deleted_room_and_of_erased_messages_are_gone() {
    let mut chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let bob = chat.join("bob").await;
    let folder = chat.file().with_file_name("chat.db-files");
    let club = ann.create_room("Club", "closed").await;
    let file = upload(&ann, "a", b"of the club").await;
    let of_club = post_files(&ann, &club, "", &[&file]).await;
    let file = upload(&bob, "b", b"of bob").await;
    let of_bob = post_files(&bob, "general", "", &[&file]).await;
    ann.delete_room(&club).await.expect(204);
    ann.get(&url_of(&of_club)).await.expect(404);
    let ban = json!({ "hide_messages": true });
    let banned = ann.send(Method::POST, "/api/v1/users/bob/ban", ban).await;
    banned.expect(204);
    ann.get(&url_of(&of_bob)).await.expect(404);
    chat.restart().await;
    until("the folder is cleared", || contents_in(&folder) == 0).await;
}

#[tokio::test]
async fn the_files_of_a_room_are_listed_page_by_page_for_whoever_sees_the_room() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let club = ann.create_room("Club", "closed").await;
    for message in 0..7 {
        let mut files = Vec::new();
        for file in 0..9 {
            files.push(upload(&ann, &format!("{message}-{file}.txt"), b"x").await);
        }
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        post_files(&ann, &club, "", &files).await;
    }
    let path = format!("/rooms/{club}/files");
    let names = |page: &str| {
        let parts = page.split(".txt</a>").map(|part| part.rsplit('>').next());
        let mut names: Vec<String> = parts.flatten().map(str::to_owned).collect();
        names.pop();
        names
    };
    let first = ann.get(&path).await.expect(200).text;
    let (shown, older) = first.split_once("files?before=").expect("there are more");
    let older = older.split('"').next().expect("an id");
    let second = ann.get(&format!("{path}?before={older}")).await.expect(200);
    let (shown, rest) = (names(shown), names(&second.text));
    assert_eq!((shown.len(), rest.len()), (54, 9), "{shown:?} {rest:?}");
    assert_eq!(rest[8], "0-0");
    bob.get(&path).await.expect(404);
}
