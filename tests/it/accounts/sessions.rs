//! Sessions: where one is signed in, and ending that.

use super::{PASSWORD, set_password};
use crate::support::{browser::Browser, chat::Chat};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn sessions_are_listed_with_what_they_are_and_ended_one_by_one() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let browser = Browser::new(&chat);
    browser.sign_in("ann", PASSWORD).await.expect(303);
    let list = ann.see("/api/v1/me/sessions").await;
    let sessions = list["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2, "{list}");
    let of_browser = sessions.iter().find(|session| session["kind"] == "session");
    let of_browser = of_browser.expect("the browser's");
    assert_eq!(of_browser["label"], "Firefox · Linux");
    assert_eq!(of_browser["current"], false);
    for field in ["created_at", "last_used_at"] {
        assert!(of_browser[field].is_string(), "{of_browser}");
    }
    let page = browser.get("/account").await.expect(200).text;
    assert!(page.contains("Firefox · Linux"), "{page}");
    assert!(!page.contains("backscroll_"), "{page}");
    let path = format!(
        "/api/v1/me/sessions/{}",
        of_browser["id"].as_str().expect("an id")
    );
    let bob = chat.join("bob").await;
    bob.send(Method::DELETE, &path, Value::Null)
        .await
        .problem(404);
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .expect(204);
    assert_eq!(browser.handle().await, None);
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .problem(404);
}

#[tokio::test]
async fn all_other_sessions_are_ended_at_once_with_their_streams() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let mut stream = ann.stream("").await;
    let browser = Browser::new(&chat);
    browser.sign_in("ann", PASSWORD).await.expect(303);
    browser
        .submit("/account/sessions/end-others", &[])
        .await
        .expect(303);
    assert_eq!(stream.farewell().await.0, "signed-out");
    ann.get("/api/v1/me").await.problem(401);
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
}

#[tokio::test]
async fn a_token_is_no_cookie_and_a_session_is_no_token() {
    let chat = Chat::start().await;
    let browser = Browser::join(&chat, "ann").await;
    let (name, session) = browser.cookie("-backscroll");
    chat.known("ann", &session)
        .get("/api/v1/me")
        .await
        .problem(401);
    let visitor = chat.visitor();
    let join = serde_json::json!({ "handle": "bob" });
    let bob = visitor.send(Method::POST, "/api/v1/join", join).await;
    let token = bob.expect(201).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let other = Browser::new(&chat);
    other.set_cookie(&name, &token);
    assert_eq!(other.handle().await, None);
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_ends_the_one_before() {
    let chat = Chat::start().await;
    set_password(&chat.join("ann").await, PASSWORD).await;
    // Somebody has given the browser a session of their own.
    let planted = Browser::join(&chat, "mallory").await;
    let (name, value) = planted.cookie("-backscroll");
    let browser = Browser::new(&chat);
    browser.set_cookie(&name, &value);
    browser.sign_in("ann", PASSWORD).await.expect(303);
    let (_, new) = browser.cookie("-backscroll");
    assert_ne!(new, value);
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    assert_eq!(planted.handle().await, None);
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_and_to_tls_if_people_come_by_it() {
    let chat = Chat::start_with(|config| {
        config.public_url = "https://chat.example".parse().ok();
    })
    .await;
    let browser = Browser::new(&chat);
    let joined = browser.submit("/join", &[("handle", "ann")]).await;
    let cookie = joined.expect(303).header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    // A cookie that another page could have set does not count.
    let (name, value) = browser.cookie("-backscroll");
    for planted in [name.trim_start_matches("__Host-"), "backscroll"] {
        let visitor = Browser::new(&chat);
        visitor.set_cookie(planted, &value);
        assert_eq!(visitor.handle().await, None, "{planted}");
    }
    browser.submit("/signout", &[]).await.expect(303);
    assert_eq!(browser.handle().await, None);
    let plain = Chat::start().await;
    let joined = Browser::new(&plain)
        .submit("/join", &[("handle", "ann")])
        .await;
    let cookie = joined.expect(303).header("set-cookie").to_owned();
    assert!(
        !cookie.contains("Secure") && !cookie.starts_with("__"),
        "{cookie}"
    );
}
