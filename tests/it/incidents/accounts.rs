//! Ways in, and what they give.

use crate::support::{
    chat::{Chat, PASSWORD},
    routes::{path_of, routes},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Rocket.Chat, CVE-2026-28514 and CVE-2026-30831: a second service let people in whom the first refused.
#[tokio::test]
async fn who_is_refused_by_one_route_is_refused_by_all() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "invite").await;
    let id = ann.post("general", "hello").await;
    let invite = ann
        .send(
            Method::POST,
            "/api/v1/invites",
            json!({ "role": "member", "uses": 3 }),
        )
        .await;
    let invite = invite.expect(201).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let mut out = Vec::new();
    for handle in ["disabled", "banned", "gone"] {
        let account = json!({ "handle": handle, "password": PASSWORD });
        let path = format!("/api/v1/invites/{invite}/redeem");
        let joined = chat
            .visitor()
            .send(Method::POST, &path, account)
            .await
            .expect(201)
            .json();
        out.push(chat.known(handle, joined["token"].as_str().expect("a token")));
    }
    ann.send(
        Method::PATCH,
        "/api/v1/users/disabled",
        json!({ "disabled": true }),
    )
    .await
    .expect(200);
    ann.send(Method::POST, "/api/v1/users/banned/ban", json!({}))
        .await
        .expect(204);
    out[2].sign_out().await;
    // Whatever an invalid token is answered with, a token that was valid once is, too.
    let invalid = chat.known(
        "nobody",
        "backscroll_0000000000000000000000000000000000000000000",
    );
    for route in routes() {
        let path = path_of(route.address, "general", id, "ann");
        for method in &route.methods {
            let expected = invalid.send(method.clone(), &path, json!({})).await;
            for person in &out {
                let answer = person.send(method.clone(), &path, json!({})).await;
                assert_eq!(
                    answer.status, expected.status,
                    "{} {method} {path}",
                    person.handle
                );
            }
            let is_public = !path.starts_with("/api/v1/me") && !path.contains("/rooms");
            assert!(expected.status != 200 || is_public, "{method} {path}");
        }
    }
    for handle in ["disabled", "banned"] {
        let body = json!({ "handle": handle, "password": PASSWORD });
        let refused = chat
            .visitor()
            .send(Method::POST, "/api/v1/sign-in", body)
            .await;
        assert_eq!(refused.fault(422, "password"), "sign-in-refused");
    }
}

/// tower-sessions before 0.12.1: a new session with the id of another one took its place.
#[tokio::test]
async fn no_secret_is_given_out_twice() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    chat.stop().await;
    let mut file = chat.outside().await;
    let take = "update sessions set secret_hash = (select s.secret_hash from sessions s join users u on u.id = s.user_id where u.handle = 'ann')
        where user_id = (select id from users where handle = 'bob')";
    assert!(sqlx::query(take).execute(&mut file).await.is_err());
    let insert = "insert into sessions select * from sessions";
    assert!(sqlx::query(insert).execute(&mut file).await.is_err());
    drop(file);
    chat.go_on().await;
    let handles = [&ann, &bob].map(|person| person.see("/api/v1/me"));
    let handles: Vec<Value> = futures_util::future::join_all(handles).await;
    assert_eq!(
        [&handles[0]["handle"], &handles[1]["handle"]],
        ["ann", "bob"]
    );
    let mut secrets = BTreeSet::new();
    for n in 0..50 {
        let made = ann
            .send(
                Method::POST,
                "/api/v1/me/tokens",
                json!({ "name": format!("{n}") }),
            )
            .await;
        assert!(secrets.insert(made.expect(201).json()["token"].as_str().map(str::to_owned)));
    }
}

/// GitLab, CVE-2017-0896, and others: whoever was invited got more than who had invited.
#[tokio::test]
async fn nobody_invites_into_more_than_they_have() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let bob = chat.join("bob").await;
    let closed = ann.create_room("Closed", "closed").await;
    let own = bob.create_room("Own", "closed").await;
    for invite in [
        json!({ "role": "admin" }),
        json!({ "role": "member" }),
        json!({ "role": "bot" }),
        json!({ "role": "guest", "room": closed }),
        json!({ "role": "admin", "room": own }),
        json!({ "role": "member", "room": own }),
        json!({ "role": "owner" }),
    ] {
        let refused = bob
            .send(Method::POST, "/api/v1/invites", invite.clone())
            .await;
        assert!(
            (400..500).contains(&refused.status),
            "{invite}: {}",
            refused.text
        );
    }
}
