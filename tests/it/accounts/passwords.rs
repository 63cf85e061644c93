//! Passwords: setting, changing, and signing in with them.

use super::{PASSWORD, set_password};
use crate::support::{answer::Answer, browser::Browser, chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

async fn sign_in(chat: &Chat, handle: &str, password: &str) -> Answer {
    let body = json!({ "handle": handle, "password": password });
    chat.visitor()
        .send(Method::POST, "/api/v1/sign-in", body)
        .await
}

async fn change(person: &Person, body: Value) -> Answer {
    person.send(Method::PUT, "/api/v1/me/password", body).await
}

#[tokio::test]
async fn somebody_of_the_open_door_sets_a_password_and_signs_in_again() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    sign_in(&chat, "ann", PASSWORD).await.problem(422);
    set_password(&ann, PASSWORD).await;
    // Handles are told apart without regard to case, and so are names that sign in.
    for handle in ["ann", "Ann", " ann "] {
        let signed_in = sign_in(&chat, handle, PASSWORD).await.expect(200).json();
        assert_eq!(signed_in["handle"], "ann");
        let token = signed_in["token"].as_str().expect("a token");
        let again = chat.known("ann", token);
        assert_eq!(again.see("/api/v1/me").await["handle"], "ann");
    }
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    let chat = Chat::start().await;
    set_password(&chat.join("ann").await, PASSWORD).await;
    chat.join("bob").await;
    let wrong = sign_in(&chat, "ann", "three cups, no spoon").await;
    assert_eq!(wrong.fault(422, "password"), "sign-in-refused");
    for (handle, password) in [
        ("nobody", PASSWORD),
        ("bob", PASSWORD),
        ("backscroll", PASSWORD),
        ("a b", PASSWORD),
        ("ann", ""),
        ("", ""),
    ] {
        let other = sign_in(&chat, handle, password).await;
        assert_eq!((other.status, &other.text), (wrong.status, &wrong.text));
        let names = |answer: &Answer| -> Vec<String> {
            answer.headers.keys().map(ToString::to_string).collect()
        };
        assert_eq!(names(&other), names(&wrong));
    }
}

#[tokio::test]
async fn a_new_password_is_neither_short_nor_common_nor_the_name() {
    let chat = Chat::start().await;
    let ann = chat.join("annabella").await;
    for (new, code) in [
        ("short", "password-too-short"),
        ("Password1", "password-common"),
        ("AnnaBella", "password-is-name"),
        (&"x".repeat(257), "password-too-long"),
        ("", "password-too-short"),
    ] {
        let refused = change(&ann, json!({ "new": new })).await;
        assert_eq!(refused.fault(422, "new"), code);
    }
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_the_old_one() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let new = "nine cups, no spoon";
    let missing = change(&ann, json!({ "new": new })).await;
    assert_eq!(missing.fault(422, "old"), "required");
    let wrong = change(&ann, json!({ "old": "guessed it", "new": new })).await;
    assert_eq!(wrong.fault(422, "old"), "password-wrong");
    let changed = change(&ann, json!({ "old": PASSWORD, "new": new })).await;
    changed.expect(204);
    sign_in(&chat, "ann", PASSWORD).await.problem(422);
    sign_in(&chat, "ann", new).await.expect(200);
    ann.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions_if_asked() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let other = sign_in(&chat, "ann", PASSWORD).await.expect(200).json();
    let other = chat.known("ann", other["token"].as_str().expect("a token"));
    let browser = Browser::new(&chat);
    browser.sign_in("ann", PASSWORD).await.expect(303);
    let mut stream = other.stream("").await;
    let body = json!({ "old": PASSWORD, "new": "nine cups, no spoon", "end_others": true });
    change(&ann, body).await.expect(204);
    assert_eq!(stream.farewell().await.0, "signed-out");
    other.get("/api/v1/me").await.problem(401);
    assert_eq!(browser.handle().await, None);
    ann.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn one_signs_in_by_the_page_and_gets_back_to_where_one_was() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let set = ann
        .submit("/account/password", &[("new", PASSWORD)])
        .await
        .expect(303);
    assert_eq!(set.header("location"), "/account");
    let page = ann.get("/account").await.expect(200).text;
    assert!(page.contains("id=\"old\""), "{page}");
    let page = ann.get("/signout").await.expect(200).text;
    assert!(page.contains("You can sign in again"), "{page}");
    let browser = Browser::new(&chat);
    let page = browser.get("/sign-in?next=/rooms").await.expect(200).text;
    assert!(page.contains(r#"name="next" value="/rooms""#), "{page}");
    let wrong = browser.sign_in("ann", "three cups").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("match."), "{}", wrong.text);
    assert!(wrong.text.contains(r#"value="ann""#), "{}", wrong.text);
    assert!(!wrong.text.contains("three cups"), "{}", wrong.text);
    let fields = [
        ("handle", "ann"),
        ("password", PASSWORD),
        ("next", "/rooms"),
    ];
    let signed_in = browser.submit("/sign-in", &fields).await.expect(303);
    assert_eq!(signed_in.header("location"), "/rooms");
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    let again = browser.get("/sign-in?next=/rooms").await.expect(303);
    assert_eq!(again.header("location"), "/rooms");
}

#[tokio::test]
async fn a_refused_password_says_why_on_the_page() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let refused = ann.submit("/account/password", &[("new", "short")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("Too short: at least 8 characters."),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn an_identity_is_connected_by_whoever_knows_the_password() {
    let chat = Chat::start_with(|config| {
        config.public_url = "https://chat.example".parse().ok();
        config.oidc.issuer = Some("http://127.0.0.1:9".into());
        config.oidc.client_id = Some("chat".into());
    })
    .await;
    let ann = Browser::join(&chat, "ann").await;
    let path = "/account/identities";
    // Nobody answers at the address of the provider.
    let begun = ann.submit(path, &[]).await.status;
    let set = [("new", PASSWORD)];
    ann.submit("/account/password", &set).await.expect(303);
    let page = ann.get("/account").await.expect(200).text;
    assert!(page.contains("name=\"identity_password\""));
    ann.submit(path, &[]).await.expect(422);
    let wrong = [("identity_password", "not this one")];
    ann.submit(path, &wrong).await.expect(422);
    let right = [("identity_password", PASSWORD)];
    assert_eq!(ann.submit(path, &right).await.status, begun);
}
