//! Emoji under messages.

use crate::support::chat::Chat;
use backscroll::model::{account::NewAccount, change::Action, emoji::Emoji, ids::MessageId};
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
        "👍👍",
        "👍a",
        "→",
        "%E2%80%8B",
        "%EF%B8%8F",
        "%E2%80%8D",
        "%F0%9F%87%A9",
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
async fn an_emoji_is_one_reaction_however_it_is_spelled() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let id = ann.post("general", "hello").await;
    ann.react("general", id, "❤").await.expect(200);
    let both = bob.react("general", id, "❤️").await.expect(200).json();
    assert_eq!(
        both["reactions"],
        json!([{ "emoji": "❤️", "count": 2, "by": ["ann", "bob"] }])
    );
    ann.unreact("general", id, "❤\u{fe0e}").await.expect(200);
    let none = bob.unreact("general", id, "❤").await.expect(200).json();
    assert_eq!(none["reactions"], json!([]));

    bob.react("general", id, "❤").await.expect(200);
    bob.react("general", id, "👍").await.expect(200);
    chat.stop().await;
    let old = "update reactions set emoji = case emoji when '👍' then '→' else '❤' end";
    sqlx::query(old)
        .execute(&mut chat.outside().await)
        .await
        .expect("a file of an earlier version");
    chat.go_on().await;
    let again = bob.react("general", id, "❤️").await.expect(200).json();
    assert_eq!(again["reactions"].as_array().map(Vec::len), Some(2));
    bob.unreact("general", id, "❤️").await.expect(200);
    let none = bob.unreact("general", id, "→").await.expect(200).json();
    assert_eq!(none["reactions"], json!([]));
}

#[tokio::test]
async fn one_person_adds_ten_emoji_and_a_message_takes_fifty() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    let emoji = |n: u32| char::from_u32(0x1f600 + n).expect("emoji").to_string();
    for person in 0..5 {
        let person_name = format!("p{person}");
        let filling = chat.join(&person_name).await;
        for n in 0..10 {
            let emoji = emoji(person * 10 + n);
            filling.react("general", id, &emoji).await.expect(200);
        }
        let fault = filling.react("general", id, "🎉").await;
        fault.fault(422, "emoji");
    }
    ann.react("general", id, "🎉").await.fault(422, "emoji");
    let joined = ann.react("general", id, &emoji(7)).await.expect(200).json();
    assert_eq!(joined["reactions"][7]["count"], 2, "one that is there");
}

#[tokio::test]
async fn a_message_with_every_reaction_it_may_have_stays_below_a_block() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", &"😀".repeat(8000)).await;
    chat.stop().await;
    let handles: Vec<String> = (0..100)
        .map(|n| format!("{n:02}{}", "ж".repeat(30)))
        .collect();
    let joins = handles.iter().map(|handle| Action::JoinServer {
        account: NewAccount::new(handle, handle),
        sign_in: None,
        identity: None,
    });
    chat.apply(None, joins.collect()).await;
    for (n, handle) in handles.iter().enumerate() {
        let by = chat.user_id(handle).await;
        let first = 10 * (n % 5);
        let reactions = (first..first + 10).map(|emoji| Action::AddReaction {
            room: "general".into(),
            message: MessageId(id),
            emoji: Emoji::parse(emojis::iter().nth(1000 + emoji).expect("emoji").as_str())
                .expect("one"),
        });
        chat.apply(Some(by), reactions.collect()).await;
    }
    chat.go_on().await;
    let history = ann.history("general", "").await;
    let reactions = history["messages"][0]["reactions"]
        .as_array()
        .expect("a list");
    assert_eq!(reactions.len(), 50);
    for reaction in reactions {
        let by = reaction["by"].as_array().expect("handles");
        assert!(reaction["count"] == 20 && !by.is_empty(), "{reaction}");
    }
    let events = ann.stream("after=0").await.replay().await.0;
    let longest = events.iter().map(|block| block.data.len()).max();
    assert!(
        longest.is_some_and(|bytes| bytes < 64 * 1024),
        "{longest:?}"
    );
}
