//! The settings of rooms, and direct messages, by forms alone.

use super::browser::Browser;
use crate::support::chat::Chat;
use serde_json::json;

#[tokio::test]
async fn a_room_is_managed_without_scripts() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let bob = chat.join("bob").await;
    ann.submit("/rooms", &[("name", "Plans"), ("kind", "open")])
        .await
        .expect(303);
    let settings = "/rooms/plans/settings";
    let changed = [
        ("name", "Our plans"),
        ("topic", "of two"),
        ("announcements", "true"),
    ];
    ann.submit(settings, &changed).await.expect(303);
    let room = bob.see("/api/v1/rooms/plans").await;
    assert_eq!(
        (&room["name"], &room["topic"], &room["announcements"]),
        (&json!("Our plans"), &json!("of two"), &json!(true))
    );
    // What is not checked, and what is empty, is so after the form was sent.
    ann.submit(settings, &[("name", "Our plans")])
        .await
        .expect(303);
    let room = bob.see("/api/v1/rooms/plans").await;
    assert_eq!(
        (&room["topic"], &room["announcements"]),
        (&json!(""), &json!(false))
    );
    let refused = ann
        .submit(settings, &[("name", "general")])
        .await
        .expect(409);
    assert!(refused.text.contains("name-error"), "{}", refused.text);

    let members = "/rooms/plans/members";
    let refused = ann
        .submit(members, &[("handle", "nobody")])
        .await
        .expect(422);
    assert!(refused.text.contains("handle-error"), "{}", refused.text);
    ann.submit(members, &[("handle", "@bob")]).await.expect(303);
    let of_bob = format!("{members}/bob");
    ann.submit(&of_bob, &[("role", "manager")])
        .await
        .expect(303);
    let page = ann.get(settings).await.expect(200).text;
    assert_eq!(page.matches("class=\"tag\"").count(), 2, "{page}");
    ann.submit(&of_bob, &[("role", "member")]).await.expect(303);

    ann.submit("/rooms/plans/archive", &[("archived", "true")])
        .await
        .expect(303);
    let page = bob.get("/rooms/plans").await.expect(200).text;
    let reason = |id: &str| format!("id=\"{id}\" role=\"status\">");
    assert!(page.contains(&reason("archived")), "{page}");
    assert!(!page.contains(&reason("only-managers")), "{page}");
    ann.submit("/rooms/plans/archive", &[]).await.expect(303);

    ann.get("/rooms/plans/close").await.expect(200);
    ann.submit("/rooms/plans/close", &[]).await.expect(303);
    ann.submit(&of_bob, &[]).await.expect(303);
    bob.get("/rooms/plans").await.expect(404);
    ann.get("/rooms/plans/delete").await.expect(200);
    let deleted = ann.submit("/rooms/plans/delete", &[]).await.expect(303);
    assert_eq!(deleted.header("location"), "/rooms");
    ann.get("/rooms/plans").await.expect(404);
}

#[tokio::test]
async fn whoever_does_not_manage_a_room_sees_its_members_only() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let room = ann.create_room("Plans", "open").await;
    let bob = Browser::join(&chat, "bob").await;
    let page = bob
        .get(&format!("/rooms/{room}/settings"))
        .await
        .expect(200);
    assert!(page.text.contains("data-handle=\"ann\""), "{}", page.text);
    for form in ["/archive", "/delete", "/members", "settings\" method"] {
        assert!(!page.text.contains(&format!("{room}{form}")), "{form}");
    }
    for form in ["settings", "archive", "close", "delete", "members/ann"] {
        let path = format!("/rooms/{room}/{form}");
        bob.submit(&path, &[("name", "Mine")]).await.expect(403);
    }
    let secret = ann.create_room("Secret", "closed").await;
    for page in ["settings", "close", "delete"] {
        bob.get(&format!("/rooms/{secret}/{page}"))
            .await
            .expect(404);
    }
    let members = format!("/rooms/{secret}/members");
    let added = bob.submit(&members, &[("handle", "nobody")]).await;
    added.expect(404);
}

#[tokio::test]
async fn a_conversation_begins_without_scripts() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let bob = chat.join("bob").await;
    chat.join("cara").await;
    let page = ann.get("/direct/new?to=bob").await.expect(200).text;
    assert!(page.contains("value=\"bob\""), "{page}");
    let begun = ann
        .submit("/direct/new", &[("to", "@bob, cara")])
        .await
        .expect(303);
    let room = begun.header("location").to_owned();
    let page = bob.get(&room).await.expect(200).text;
    assert!(page.contains("ann, cara"), "{page}");
    let again = ann
        .submit("/direct/new", &[("to", "cara bob")])
        .await
        .expect(303);
    assert_eq!(again.header("location"), room);
    let refused = ann
        .submit("/direct/new", &[("to", "nobody")])
        .await
        .expect(422);
    assert!(
        refused.text.contains("value=\"nobody\""),
        "{}",
        refused.text
    );
    let hidden = ann.submit(&format!("{room}/leave"), &[]).await.expect(303);
    assert_eq!(hidden.header("location"), "/rooms");
    assert!(!ann.get("/rooms/general").await.text.contains(&room));
}
