//! The audit log has each decision once, with its actor and address, and nobody changes it.

use super::appoint;
use crate::support::chat::Chat;
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

fn actions(entries: &Value) -> Vec<String> {
    let entries = entries["entries"].as_array().expect("entries");
    let actions = entries.iter().map(|entry| entry["action"].as_str());
    actions
        .map(|action| action.expect("a name").into())
        .collect()
}

#[tokio::test]
async fn each_decision_leaves_exactly_one_row_and_what_changes_nothing_leaves_none() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    let id = bob.post("general", "a text that nobody records").await;
    let own = bob.post("general", "own").await;
    bob.delete("general", own).await.expect(200);
    let update = async |change: Value| {
        let path = "/api/v1/users/bob";
        ann.send(Method::PATCH, path, change).await.expect(200);
    };
    let start = actions(&ann.see("/api/v1/audit").await).len();
    for _ in 0..2 {
        update(json!({ "role": "guest" })).await;
        ann.delete("general", id).await.expect(200);
    }
    let club = ann.create_room("Club", "closed").await;
    ann.add(&club, "bob").await.expect(204);
    ann.remove(&club, "bob").await.expect(204);
    let invite = json!({ "role": "member" });
    let invited = ann.send(Method::POST, "/api/v1/invites", invite).await;
    invited.expect(201);
    ann.send(Method::POST, "/api/v1/users/bob/ban", json!({}))
        .await
        .expect(204);
    let log = ann.see("/api/v1/audit").await;
    let expected = [
        "user.ban",
        "invite.create",
        "member.remove",
        "member.add",
        "message.delete",
        "user.update",
    ];
    let told = actions(&log);
    assert_eq!(told[..told.len() - start], expected);
    for entry in &log["entries"].as_array().expect("entries")[..expected.len()] {
        assert_eq!(entry["address"], "127.0.0.1", "{entry}");
    }
    let update = &log["entries"][5];
    assert_eq!(update["actor"]["handle"], "ann");
    assert_eq!(update["subject"]["handle"], "bob");
    assert_eq!(update["details"], json!({ "role": "guest" }));
    let deletion = &log["entries"][4];
    assert_eq!(
        (&deletion["message_id"], &deletion["room"]),
        (&json!(id), &json!("general"))
    );
    assert!(!log.to_string().contains("nobody records"));
    // The operator's decision has neither an actor nor an address.
    let by_operator = &log["entries"][6];
    assert_eq!(by_operator["subject"]["handle"], "ann");
    assert!(by_operator["actor"].is_null() && by_operator["address"].is_null());
}

#[tokio::test]
async fn the_log_is_read_page_by_page_by_admins_only() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    for disabled in [true, false, true, false] {
        let change = json!({ "disabled": disabled });
        ann.send(Method::PATCH, "/api/v1/users/bob", change)
            .await
            .expect(200);
    }
    let all = ann.see("/api/v1/audit").await;
    let mut pages = Vec::new();
    let mut next = Some("/api/v1/audit?limit=2".to_owned());
    while let Some(path) = next {
        let page = ann.see(&path).await;
        pages.extend(page["entries"].as_array().expect("entries").clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(json!(pages), all["entries"]);
    bob.get("/api/v1/audit").await.problem(404);
    chat.visitor().get("/api/v1/audit").await.problem(401);
}

#[tokio::test]
async fn nobody_changes_or_deletes_a_row() {
    let mut chat = Chat::start().await;
    chat.join("ann").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    let mut file = chat.outside().await;
    for change in ["update audit set action = ''", "delete from audit"] {
        let refused = sqlx::query(change).execute(&mut file).await;
        let refused = refused.expect_err("a trigger refuses it").to_string();
        assert!(refused.contains("audit log are never"), "{refused}");
    }
}
