//! One-time links in place of a forgotten password, and ending the sessions of others.

use super::appoint;
use crate::support::{browser::Browser, chat::Chat, person::Person};
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Executor as _;

const NEW: &str = "nine cups, no spoon";

/// Creates a link, and returns its path.
async fn create(chat: &Chat, admin: &Person, handle: &str) -> String {
    let path = format!("/api/v1/users/{handle}/sign-in-link");
    let link = admin.send(Method::POST, &path, Value::Null).await;
    let link = link.expect(201).json();
    let url = link["url"].as_str().expect("a link");
    let path = url.strip_prefix(&chat.url("")).expect("it is ours");
    path.to_owned()
}

#[tokio::test]
async fn whoever_has_forgotten_a_password_sets_a_new_one_by_a_link_of_an_admin_once() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    let link = create(&chat, &ann, "bob").await;
    let browser = Browser::new(&chat);
    let page = browser.get(&link).await.expect(200);
    assert!(page.text.contains("new password for @bob"), "{}", page.text);
    // Neither a preview nor a password that is refused uses the link up.
    let refused = browser.submit(&link, &[("new", "bob")]).await.expect(422);
    assert!(refused.text.contains("Too short"), "{}", refused.text);
    browser.submit(&link, &[("new", NEW)]).await.expect(303);
    assert_eq!(browser.handle().await.as_deref(), Some("bob"));
    let other = Browser::new(&chat);
    assert_eq!(other.get(&link).await.status, 404);
    assert_eq!(other.submit(&link, &[("new", NEW)]).await.status, 404);
    let sign_in = json!({ "handle": "bob", "password": NEW });
    let visitor = chat.visitor();
    let signed_in = visitor.send(Method::POST, "/api/v1/sign-in", sign_in);
    signed_in.await.expect(200);
    // Where bob is signed in, he stays so unless he asks for something else.
    bob.see("/api/v1/me").await;
    let link = create(&chat, &ann, "bob").await;
    let fields = [("new", NEW), ("end_others", "yes")];
    other.submit(&link, &fields).await.expect(303);
    bob.get("/api/v1/me").await.problem(401);
    assert_eq!(browser.handle().await, None);
    assert_eq!(other.handle().await.as_deref(), Some("bob"));
}

#[tokio::test]
async fn a_link_ends_by_its_successor_by_time_and_by_disabling_the_account() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    chat.join("bob").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    let visitor = chat.visitor();
    let first = create(&chat, &ann, "bob").await;
    let second = create(&chat, &ann, "bob").await;
    assert_eq!(visitor.get(&first).await.status, 404);
    visitor.get(&second).await.expect(200);
    // It is no link for another device, by which no password would be set.
    let device = second.replace("/sign-in/", "/device/");
    assert_eq!(visitor.get(&device).await.status, 404);
    let disable = async |disabled: bool| {
        let change = json!({ "disabled": disabled });
        let changed = ann.send(Method::PATCH, "/api/v1/users/bob", change);
        changed.await.expect(200);
    };
    disable(true).await;
    assert_eq!(visitor.get(&second).await.status, 404);
    let refused = ann.send(Method::POST, "/api/v1/users/bob/sign-in-link", Value::Null);
    assert_eq!(
        refused.await.problem(422)["errors"]["handle"]["code"],
        "cannot-sign-in"
    );
    disable(false).await;
    let expire = "update sign_in_links set expires_at = '2020-01-01T00:00:00.000Z'";
    let expired = chat.outside().await.execute(expire).await;
    expired.expect("the file can be changed");
    assert_eq!(visitor.get(&second).await.status, 404);
}

#[tokio::test]
async fn only_an_admin_makes_a_link_and_none_for_an_admin_or_a_bot() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    chat.join("amy").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    appoint(&mut chat, "amy", Role::Admin).await;
    let ask = async |person: &Person, handle: &str| {
        let path = format!("/api/v1/users/{handle}/sign-in-link");
        person.send(Method::POST, &path, Value::Null).await
    };
    assert_eq!(ask(&bob, "ann").await.problem(403)["code"], "not-admin");
    ask(&bob, "nobody").await.problem(404);
    assert_eq!(ask(&ann, "amy").await.problem(403)["code"], "admin-sign-in");
    assert_eq!(ask(&ann, "me").await.problem(403)["code"], "admin-sign-in");
    ask(&ann, "backscroll").await.problem(422);
}

#[tokio::test]
async fn an_admin_ends_the_sessions_of_a_person_but_not_the_api_tokens() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    let browser = Browser::new(&chat);
    let token = json!({ "name": "nightly", "scopes": ["read"] });
    let token = bob.send(Method::POST, "/api/v1/me/tokens", token).await;
    let token = token.expect(201).json();
    let program = chat.known("bob", token["token"].as_str().expect("a token"));
    let mut stream = bob.stream("").await;
    let path = "/api/v1/users/bob/sessions";
    bob.send(Method::DELETE, "/api/v1/users/ann/sessions", Value::Null)
        .await
        .problem(403);
    ann.send(Method::DELETE, path, Value::Null)
        .await
        .expect(204);
    bob.get("/api/v1/me").await.problem(401);
    assert_eq!(stream.farewell().await.0, "signed-out");
    program.see("/api/v1/me").await;
    assert_eq!(browser.handle().await, None);
    assert_eq!(ann.see("/api/v1/users/bob").await["sessions"], 0);
}
