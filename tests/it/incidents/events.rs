//! Events and pages, and who may read them.

use crate::support::{answer::Answer, chat::Chat};
use reqwest::Method;
use serde_json::{Value, json};

/// Mattermost, CVE-2026-19621 and CVE-2026-2578: events about deletion carried secrets and the deleted text.
#[tokio::test]
async fn no_event_carries_a_secret_or_what_was_deleted() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let bob = chat.join("bob").await;
    let mut live = ann.stream("include=html").await;
    let token = bob
        .send(Method::POST, "/api/v1/me/tokens", json!({ "name": "bot" }))
        .await;
    let invite = ann
        .send(
            Method::POST,
            "/api/v1/invites",
            json!({ "role": "guest", "room": "general" }),
        )
        .await;
    let link = bob
        .send(Method::POST, "/api/v1/me/device-link", Value::Null)
        .await;
    let answers = [token, invite, link].map(|answer| answer.expect(201).text);
    let id = bob.post("general", "gone for good").await;
    bob.react("general", id, "👍").await.expect(200);
    bob.edit("general", id, "gone for good, too")
        .await
        .expect(200);
    bob.delete("general", id).await.expect(200);
    ann.send(
        Method::PATCH,
        "/api/v1/users/bob",
        json!({ "disabled": true }),
    )
    .await
    .expect(200);
    let end = ann.post("general", "the end").await;
    // Live, an event has what its object was; a replay, what it is.
    let heard = live.events_to(end).await;
    let (replayed, _) = ann.stream("after=0&include=html").await.replay().await;
    assert!(heard.len() >= 5, "{heard:?}");
    for event in heard.iter().chain(&replayed) {
        assert!(!event.data.contains("backscroll_"), "{event:?}");
        for answer in &answers {
            let secret = answer.split("backscroll_").nth(1).expect("a secret");
            assert!(!event.data.contains(&secret[..20]), "{event:?}");
        }
        assert!(!event.data.contains("hash"), "{event:?}");
    }
    let deletion = heard.iter().find(|event| event.event == "message-deleted");
    assert!(
        !deletion
            .expect("it was told")
            .data
            .contains("gone for good")
    );
    assert!(
        !replayed
            .iter()
            .any(|event| event.data.contains("gone for good"))
    );
}

/// Zulip, CVE-2022-31017: an edit of an old message was sent to newer subscribers without rights to the history.
#[tokio::test]
async fn whoever_is_told_of_an_edit_may_read_the_message() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let room = ann.create_room("Plans", "closed").await;
    ann.add(&room, "cara").await.expect(204);
    let old = ann.post(&room, "before bob came and cara went").await;
    ann.remove(&room, "cara").await.expect(204);
    ann.add(&room, "bob").await.expect(204);
    let mut streams = [bob.stream("").await, cara.stream("").await];
    ann.edit(&room, old, "edited").await.expect(200);
    let end = ann.post("general", "the end").await;
    for (person, stream) in [&bob, &cara].into_iter().zip(&mut streams) {
        let events = stream.events_to(end).await;
        let is_told = events.iter().any(|event| event.event == "message-edited");
        let path = format!("/api/v1/rooms/{room}/messages/{old}");
        let may_read = person.get(&path).await.status == 200;
        assert_eq!(is_told, may_read, "{}", person.handle);
    }
    let path = format!("/api/v1/rooms/{room}/messages/{old}");
    cara.get(&path).await.problem(404);
}

/// Entity tags of private pages were answered with 304 after the right to read them had ended.
#[tokio::test]
async fn an_entity_tag_does_not_outlive_the_right_to_the_page() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.create_room("Closed", "closed").await;
    ann.add(&room, "bob").await.expect(204);
    ann.post(&room, "hello").await;
    let path = format!("/api/v1/rooms/{room}/messages");
    let tag = bob.get(&path).await.expect(200).header("etag").to_owned();
    assert!(!tag.is_empty());
    let conditional = async || {
        let request = bob
            .request(Method::GET, &path)
            .header("if-none-match", &tag);
        Answer::to(request).await
    };
    conditional().await.expect(304);
    ann.remove(&room, "bob").await.expect(204);
    let gone = conditional().await;
    gone.problem(404);
    assert_eq!(gone.header("etag"), "");
    let head = bob
        .request(Method::HEAD, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (head.status().as_u16(), head.headers().contains_key("etag")),
        (404, false)
    );
}
