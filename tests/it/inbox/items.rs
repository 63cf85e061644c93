//! The items of the inbox: whom they mean, and who loses them.

use super::{counts, items, mark, put, reply};
use crate::support::{chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

fn item(kind: &str, id: i64, read: bool) -> (String, i64, bool) {
    (kind.into(), id, read)
}

async fn three(chat: &Chat) -> [Person; 3] {
    let people = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    for person in &people {
        person.add("general", "me").await.expect(204);
    }
    people
}

#[tokio::test]
async fn a_reply_counts_like_a_mention_of_the_author_of_what_it_replies_to() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = three(&chat).await;
    let mut stream = ann.stream("include=html").await;
    let question = ann.post("general", "Who brings the cake?").await;
    let own = reply(&ann, "general", question, "Anybody?").await;
    let answer = reply(&bob, "general", question, "I do").await;
    let both = reply(&bob, "general", answer, "@ann: and the tea").await;
    assert_eq!(counts(&ann, "general").await, (2, 2));
    assert_eq!(counts(&bob, "general").await, (2, 0));
    let expected = [item("mention", both, false), item("reply", answer, false)];
    assert_eq!(items(&ann, "").await, expected);
    assert!(items(&bob, "").await.is_empty());
    let event = stream.events_to(answer).await.pop().expect("the reply");
    let message = &event.json()["message"];
    assert_eq!(message["reply_to_author"], "ann");
    let html = message["html"].as_str().expect("a row");
    assert!(html.contains(r#"data-answers="ann""#), "{html}");
    // An edit changes what a text mentions, and not what it replies to.
    bob.edit("general", answer, "I do, @cara").await.expect(200);
    assert_eq!(items(&cara, "").await, [item("mention", answer, false)]);
    bob.edit("general", both, "and the tea").await.expect(200);
    assert_eq!(items(&ann, "").await, [item("reply", answer, false)]);
    bob.delete("general", answer).await.expect(200);
    assert!(items(&ann, "").await.is_empty());
    assert_eq!(counts(&ann, "general").await, (1, 0));
    let nothing = reply(&cara, "general", own, "Me").await;
    ann.delete("general", own).await.expect(200);
    assert_eq!(items(&ann, "").await, [item("reply", nothing, false)]);
}

#[tokio::test]
async fn the_inbox_is_read_page_by_page_over_all_rooms() {
    let chat = Chat::start().await;
    let [ann, bob, _] = three(&chat).await;
    let second = bob.create_room("Second", "open").await;
    ann.add(&second, "me").await.expect(204);
    let mut all = Vec::new();
    for number in 0..7 {
        let room = ["general", &second][number % 2];
        all.push(bob.post(room, &format!("@ann {number}")).await);
        bob.post(room, "nothing for you").await;
    }
    all.push(bob.post(&second, "@room everybody").await);
    all.reverse();
    let mut found = Vec::new();
    let mut next = Some("/api/v1/inbox?limit=3".to_owned());
    while let Some(path) = next {
        let page = ann.see(&path).await;
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= 3, "{page}");
        let ids = items.iter().map(|item| item["message"]["id"].as_i64());
        found.extend(ids.map(|id| id.expect("an id")));
        next = page["older"].as_str().map(str::to_owned);
    }
    assert_eq!(found, all);
    ann.get("/api/v1/inbox?limit=101").await.fault(422, "limit");
    ann.get("/api/v1/inbox?before=x").await.fault(422, "before");
    chat.visitor().get("/api/v1/inbox").await.problem(401);
}

#[tokio::test]
async fn the_inbox_follows_what_one_may_see_today() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = three(&chat).await;
    let closed = bob.create_room("Plans", "closed").await;
    let outside = bob.create_room("Elsewhere", "open").await;
    bob.add(&closed, "ann").await.expect(204);
    let secret = bob.post(&closed, "@ann @cara the plan").await;
    bob.post(&outside, "@ann not a member").await;
    assert_eq!(items(&ann, "").await, [item("mention", secret, false)]);
    assert!(items(&cara, "").await.is_empty());
    let path = format!("/api/v1/rooms/{closed}/members/ann");
    let removed = bob.send(Method::DELETE, &path, Value::Null).await;
    removed.expect(204);
    assert!(items(&ann, "").await.is_empty());
    bob.add(&closed, "ann").await.expect(204);
    assert_eq!(items(&ann, "").await, [item("mention", secret, true)]);
    bob.delete_room(&closed).await.expect(204);
    assert!(items(&ann, "").await.is_empty());
}

#[tokio::test]
async fn whoever_is_blocked_does_not_reach_the_inbox() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = three(&chat).await;
    let question = ann.post("general", "Well?").await;
    for _ in 0..3 {
        reply(&bob, "general", question, "@ann @ann").await;
    }
    let kept = reply(&cara, "general", question, "Fine").await;
    for _ in 0..3 {
        reply(&bob, "general", question, "psst").await;
    }
    let block = put(&ann, "/api/v1/me/blocks/bob", Value::Null).await;
    block.expect(204);
    let first = ann.see("/api/v1/inbox?limit=1").await;
    assert_eq!(first["items"][0]["message"]["id"], kept);
    assert!(first["older"].is_null(), "{first}");
    assert_eq!(counts(&ann, "general").await, (1, 1));
    let ended = ann.send(Method::DELETE, "/api/v1/me/blocks/bob", Value::Null);
    ended.await.expect(204);
    assert_eq!(items(&ann, "").await.len(), 7);
}

#[tokio::test]
async fn an_item_is_read_in_its_room_or_in_the_inbox() {
    let chat = Chat::start().await;
    let [ann, bob, _] = three(&chat).await;
    let second = bob.create_room("Second", "open").await;
    ann.add(&second, "me").await.expect(204);
    let here = bob.post("general", "@ann one").await;
    let there = bob.post(&second, "@ann two").await;
    let last = bob.post("general", "@ann three").await;
    let read = json!({ "up_to": there });
    put(&ann, "/api/v1/inbox/read", read).await.expect(204);
    let expected = [
        item("mention", last, false),
        item("mention", there, true),
        item("mention", here, true),
    ];
    assert_eq!(items(&ann, "").await, expected);
    // The messages themselves were not read.
    assert_eq!(counts(&ann, "general").await, (2, 1));
    assert_eq!(counts(&ann, &second).await, (1, 0));
    let marked = mark(&ann, "general", json!({ "up_to": last })).await;
    marked.expect(204);
    assert!(items(&ann, "").await.iter().all(|(.., read)| *read));
    // What is marked as unread in its room is unread in the inbox.
    let marked = mark(&ann, "general", json!({ "down_to": last })).await;
    marked.expect(204);
    let expected = [
        item("mention", last, false),
        item("mention", there, true),
        item("mention", here, true),
    ];
    assert_eq!(items(&ann, "").await, expected);
    let marked = mark(&ann, "general", json!({ "down_to": here })).await;
    marked.expect(204);
    assert_eq!(counts(&ann, "general").await, (2, 2));
    let fault = put(&ann, "/api/v1/inbox/read", json!({ "up_to": "x" })).await;
    fault.fault(422, "up_to");
}
