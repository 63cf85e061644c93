//! Emoji under messages.

use crate::support::chat::Chat;
use serde_json::json;

#[tokio::test]
async fn reactions_are_counted_once_for_each_person_and_in_order() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let id = ann.post("general", "hello").await;
    bob.react("general", id, "🎉").await.expect(200);
    ann.react("general", id, "👍").await.expect(200);
    let both = ann.react("general", id, "🎉").await.expect(200).json();
    let wanted = json!([{ "emoji": "🎉", "count": 2, "by": ["bob", "ann"] }, { "emoji": "👍", "count": 1, "by": ["ann"] }]);
    assert_eq!(both["reactions"], wanted);
    let head = ann.head().await;
    assert_eq!(
        ann.react("general", id, "🎉").await.expect(200).json()["reactions"],
        wanted
    );
    bob.unreact("general", id, "👀").await.expect(200);
    assert_eq!(ann.head().await, head, "what changes nothing is no event");
    let less = bob.unreact("general", id, "🎉").await.expect(200).json();
    assert_eq!(
        less["reactions"],
        json!([{ "emoji": "👍", "count": 1, "by": ["ann"] }, { "emoji": "🎉", "count": 1, "by": ["ann"] }])
    );
    chat.visitor().react("general", id, "👍").await.problem(401);
}

#[tokio::test]
async fn only_an_emoji_is_a_reaction() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    for odd in [
        "a",
        "1",
        "%20",
        "%3Cb%3E",
        "ok",
        "%0A",
        "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍",
        "中",
    ] {
        ann.react("general", id, odd).await.fault(422, "emoji");
    }
    for fine in ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🇩🇪"] {
        ann.react("general", id, fine).await.expect(200);
    }
    ann.react("general", 999_999, "👍").await.problem(404);
    ann.delete("general", id).await.expect(200);
    ann.react("general", id, "👍").await.problem(409);
    assert_eq!(
        ann.history("general", "").await["messages"][0]["reactions"],
        json!([])
    );
}

#[tokio::test]
async fn a_message_with_every_reaction_it_may_have_stays_below_a_block() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", &"\"".repeat(8000)).await;
    for n in 0..20 {
        ann.react(
            "general",
            id,
            &char::from_u32(0x1f600 + n).unwrap().to_string(),
        )
        .await
        .expect(200);
    }
    ann.react("general", id, "🎉").await.fault(422, "emoji");
    let events = ann.stream("after=0").await.replay().await.0;
    assert!(events.iter().all(|block| block.data.len() < 64 * 1024));
}
