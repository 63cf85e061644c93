//! Moderation: deleting others' messages, and banning.

use super::appoint;
use crate::support::{
    AT_ONCE,
    chat::Chat,
    until::{PATIENCE, until_told},
};
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

/// Less than the time after which people are away whose streams have closed.
const GRACE: Duration = Duration::from_secs(8);

#[tokio::test]
async fn admins_delete_the_messages_of_others_but_do_not_edit_them() {
    let mut chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    appoint(&mut chat, "ann", Role::Admin).await;
    let id = bob.post("general", "rude").await;
    cara.delete("general", id).await.problem(403);
    ann.edit("general", id, "polite").await.problem(403);
    let deleted = ann.delete("general", id).await.expect(200).json();
    assert!(deleted["deleted_at"].is_string());
    let club = bob.create_room("Club", "closed").await;
    let hidden = bob.post(&club, "among us").await;
    ann.delete(&club, hidden).await.problem(404);
}

#[tokio::test]
async fn a_ban_ends_sessions_for_good_and_hides_all_messages_if_asked() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let club = bob.create_room("Club", "closed").await;
    bob.post(&club, "spam").await;
    bob.post_many("general", 130).await;
    let kept = ann.post("general", "kept").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    bob.send(Method::POST, "/api/v1/users/ann/ban", json!({}))
        .await
        .problem(403);
    let mut stream = bob.stream("").await;
    let is_here = async || ann.sees_here("general").await == ["bob"];
    until_told("bob is here", PATIENCE, is_here).await;
    let began = Instant::now();
    let ban = json!({ "hide_messages": true });
    let banned = ann.send(Method::POST, "/api/v1/users/bob/ban", ban);
    let (banned, (reason, _)) = tokio::join!(banned, stream.farewell());
    assert_eq!(reason, "signed-out");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    banned.expect(204);
    // Nobody waits until a banned person would be away by themselves.
    let is_away = async || ann.sees_here("general").await.is_empty();
    until_told("bob is away", GRACE, is_away).await;
    let count = "select count(*) from messages where deleted_at is null";
    let left: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut chat.outside().await)
        .await
        .expect("messages can be counted");
    assert_eq!(left, 1);
    let page = ann.history("general", "limit=2").await;
    assert_eq!(page["messages"][1]["id"], kept);
    assert!(page["messages"][0]["body"].is_null());
    let unban = json!({ "disabled": false });
    let path = "/api/v1/users/bob";
    ann.send(Method::PATCH, path, unban).await.expect(200);
    bob.get("/api/v1/me").await.problem(401);
}
