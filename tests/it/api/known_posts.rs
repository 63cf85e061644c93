//! The writer remembers for a moment who writes where, and asks nothing before it stores their next post. Nobody can
//! tell, except by the clock.

use crate::support::{chat::Chat, person::Person};
use reqwest::Method;
use serde_json::json;

/// By the first one joins, by the second one becomes known.
async fn become_known(person: &Person, room: &str) -> i64 {
    person.post(room, "first").await;
    person.post(room, "second").await
}

#[tokio::test]
async fn a_nonce_that_was_used_is_recognised_without_asking() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    become_known(&ann, "general").await;
    let message = json!({ "body": "once", "nonce": "n-1" });
    let first = ann.try_post("general", message.clone()).await.expect(201);
    ann.post("general", "between").await;
    let again = ann.try_post("general", message).await.expect(200);
    assert_eq!(again.json(), first.json());
    let other = json!({ "body": "another", "nonce": "n-1" });
    ann.try_post("general", other).await.problem(409);
    let after = ann.post("general", "after").await;
    let bodies: Vec<_> = ann.history("general", "").await["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["body"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(bodies, ["first", "second", "once", "between", "after"]);
    assert_eq!(chat.log_of("general").await.last(), Some(&after));
}

#[tokio::test]
async fn who_was_removed_is_not_known_any_more() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let room = ann.create_room("Secret plans", "closed").await;
    ann.add(&room, "bob").await.expect(204);
    become_known(&bob, &room).await;
    bob.post(&room, "known").await;
    ann.remove(&room, "bob").await.expect(204);
    bob.try_post(&room, json!({ "body": "still here?" }))
        .await
        .problem(404);
}

#[tokio::test]
async fn ids_go_on_after_whatever_else_was_written_by_whomever() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let known = become_known(&ann, "general").await;
    ann.edit("general", known, "edited").await.expect(200);
    let path = "/api/v1/rooms/general/read";
    ann.send(Method::PUT, path, json!({ "up_to": known }))
        .await
        .expect(204);
    let next = ann.post("general", "next").await;
    assert_eq!(next, known + 2, "the edit has an id of its own");
    // By hand, with an id that the server believes to be free.
    let mut outside = chat.outside().await;
    sqlx::query(
        "insert into events (id, room_id, kind, actor_id, at)
         select id + 1, room_id, 'by.hand', actor_id, at from events order by id desc limit 1",
    )
    .execute(&mut outside)
    .await
    .unwrap();
    let last = ann.post("general", "last").await;
    assert_eq!(last, next + 2);
}

#[tokio::test]
async fn answers_are_judged_by_what_is_there() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let known = become_known(&ann, "general").await;
    for (reply_to, status) in [(known, 201), (known + 1000, 422), (known, 201)] {
        let answer = json!({ "body": "an answer", "reply_to": reply_to });
        ann.try_post("general", answer).await.expect(status);
        ann.post("general", "in between").await;
    }
}
