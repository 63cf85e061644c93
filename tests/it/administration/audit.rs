//! The audit log has each decision once, with its actor and address, and nobody changes it.

use super::appoint;
use crate::support::{
    browser::Browser,
    chat::{Chat, PASSWORD},
};
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
        "room.create",
        "message.delete",
        "user.update",
    ];
    let told = actions(&log);
    assert_eq!(told[..told.len() - start], expected);
    for entry in &log["entries"].as_array().expect("entries")[..expected.len()] {
        assert_eq!(entry["address"], "127.0.0.1", "{entry}");
    }
    let update = &log["entries"][6];
    assert_eq!(update["actor"]["handle"], "ann");
    assert_eq!(update["subject"]["handle"], "bob");
    assert_eq!(update["details"], json!({ "role": "guest" }));
    let deletion = &log["entries"][5];
    assert_eq!(
        (&deletion["message_id"], &deletion["room"]),
        (&json!(id), &json!("general"))
    );
    assert!(!log.to_string().contains("nobody records"));
    // The operator's decision has neither an actor nor an address.
    let by_operator = &log["entries"][7];
    assert_eq!(by_operator["subject"]["handle"], "ann");
    assert!(by_operator["actor"].is_null() && by_operator["address"].is_null());
}

/// Returns the method of each sign-in, and of the refused ones also their number, the latest first.
fn sign_ins(entries: &Value) -> Vec<(String, Value)> {
    let entries = entries["entries"].as_array().expect("entries").iter();
    let entries = entries.filter_map(|entry| {
        let action = entry["action"].as_str()?;
        let of = entry["subject"]["handle"].as_str()?;
        action
            .starts_with("sign-in")
            .then(|| (format!("{action} {of}"), entry["details"].clone()))
    });
    entries.collect()
}

#[tokio::test]
async fn each_sign_in_leaves_a_row_and_refused_ones_are_counted() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    let password = json!({ "new": PASSWORD });
    let set = bob.send(Method::PUT, "/api/v1/me/password", password);
    set.await.expect(204);
    let browser = Browser::new(&chat);
    browser.sign_in("bob", PASSWORD).await.expect(303);
    let link = bob.send(Method::POST, "/api/v1/me/device-link", Value::Null);
    let link = link.await.expect(201).json();
    let link = link["url"]
        .as_str()
        .expect("a link")
        .replace(&chat.url(""), "");
    Browser::new(&chat).submit(&link, &[]).await.expect(303);
    let log = ann.see("/api/v1/audit").await;
    let expected = ["device-link", "password"]
        .map(|method| ("sign-in bob".to_owned(), json!({ "method": method })));
    assert_eq!(sign_ins(&log), expected);
    let entry = &log["entries"][0];
    assert_eq!(
        (&entry["actor"]["handle"], &entry["address"]),
        (&json!("bob"), &json!("127.0.0.1"))
    );
    for handle in ["bob", "nobody", "bob", "bob"] {
        browser
            .sign_in(handle, "a guess that is wrong")
            .await
            .expect(422);
    }
    let wrong = json!({ "old": "a guess that is wrong", "new": "nine cups, no spoon" });
    bob.send(Method::PUT, "/api/v1/me/password", wrong)
        .await
        .problem(422);
    // What is still counted is recorded when the program ends.
    drop(browser);
    chat.stop().await;
    chat.go_on().await;
    let log = ann.see("/api/v1/audit").await;
    let refused = sign_ins(&log);
    let refused = &refused[..refused.len() - expected.len()];
    assert!((1..=2).contains(&refused.len()), "{refused:?}");
    let mut count = 0;
    for (what, details) in refused {
        assert_eq!(
            (what.as_str(), &details["method"]),
            ("sign-in.refused bob", &json!("password"))
        );
        count += details["count"].as_u64().expect("a number");
    }
    assert_eq!(count, 4, "{refused:?}");
    assert!(log["entries"][0]["actor"].is_null() && log["entries"][0]["address"].is_string());
    let log = log.to_string();
    assert!(!log.contains("guess") && !log.contains(PASSWORD), "{log}");
    let page = ann.get("/admin/audit").await.expect(200).text;
    assert!(
        page.contains("signed in (password)") && page.contains("was refused at signing in"),
        "{page}"
    );
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

#[tokio::test]
async fn every_new_way_in_is_recorded_with_its_address_and_without_its_secret() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    let token = json!({ "name": "nightly", "scopes": ["read"] });
    for (method, path, body) in [
        (
            Method::PUT,
            "/api/v1/me/password",
            json!({ "new": PASSWORD }),
        ),
        (Method::POST, "/api/v1/me/tokens", token),
        (Method::POST, "/api/v1/me/device-link", Value::Null),
    ] {
        let answer = bob.send(method, path, body).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
    }
    let log = ann.see("/api/v1/audit?limit=3").await;
    let expected = ["own.device-link", "own.token", "own.password"];
    assert_eq!(actions(&log), expected);
    for entry in log["entries"].as_array().expect("entries") {
        assert_eq!(entry["actor"]["handle"], "bob");
        assert_eq!(entry["address"], "127.0.0.1");
    }
    assert_eq!(log["entries"][1]["details"], json!({ "scopes": ["read"] }));
    assert!(!log.to_string().contains("nightly"));
    let page = ann.get("/admin/audit").await.expect(200).text;
    assert!(page.contains("made a link for another device"), "{page}");
}

#[tokio::test]
async fn of_a_room_that_an_admin_does_not_see_the_log_tells_neither_the_room_nor_its_people() {
    let mut chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara-the-secret").await,
    ];
    appoint(&mut chat, "ann", Role::Admin).await;
    let open = bob.create_room("Open", "open").await;
    let club = bob.create_room("Club", "closed").await;
    bob.add(&club, &cara.handle).await.expect(204);
    let words = cara.post(&club, "words").await;
    bob.delete(&club, words).await.expect(200);
    bob.delete_room(&open).await.expect(204);
    let log = ann.see("/api/v1/audit?limit=5").await;
    let expected = [
        "room.delete",
        "message.delete",
        "member.add",
        "room.create",
        "room.create",
    ];
    assert_eq!(actions(&log), expected);
    assert_eq!(log["entries"][0]["room"], json!(open), "it was open");
    for entry in &log["entries"].as_array().expect("entries")[1..4] {
        assert_eq!(entry["actor"]["handle"], "bob");
        for field in ["room", "subject", "message_id", "details"] {
            assert_eq!(entry[field], Value::Null, "{entry}");
        }
    }
    let page = ann.get("/admin/audit").await.expect(200).text;
    assert!(
        !page.contains(&club) && !page.contains(&cara.handle),
        "{page}"
    );
    bob.add(&club, "ann").await.expect(204);
    let log = ann.see("/api/v1/audit?limit=3").await;
    assert_eq!(log["entries"][2]["subject"]["handle"], json!(cara.handle));
}
