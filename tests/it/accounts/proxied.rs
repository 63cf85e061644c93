//! People whom a trusted proxy has signed in, and whom it names by a header.

use super::PASSWORD;
use crate::support::{
    AT_ONCE,
    answer::Answer,
    browser::Browser,
    chat::Chat,
    stream::{Ask, Stream},
};
use backscroll::model::role::Door;
use reqwest::{Method, RequestBuilder, header::HeaderValue};
use serde_json::json;
use std::time::Instant;

/// Starts a server by invitation, whose proxies have addresses in this network. The tests are at 127.0.0.1.
async fn start(proxies: &str) -> Chat {
    let proxies = proxies.parse().expect("a network");
    Chat::start_with(|config| {
        config.door = Some(Door::Invite);
        config.trusted_proxies = vec![proxies];
        config.proxy_user_header = Some("Remote-User".parse().expect("a name"));
    })
    .await
}

fn request(chat: &Chat, method: Method, path: &str, user: &str) -> RequestBuilder {
    let user = HeaderValue::from_bytes(user.as_bytes()).expect("a header value");
    let request = chat.visitor().request(method, path);
    request.header("remote-user", user)
}

async fn get(chat: &Chat, path: &str, user: &str) -> Answer {
    Answer::to(request(chat, Method::GET, path, user)).await
}

#[track_caller]
fn handle_of(me: &Answer) -> String {
    assert_eq!(me.status, 200, "{}", me.text);
    me.json()["handle"].as_str().expect("a handle").to_owned()
}

async fn me(chat: &Chat, user: &str) -> String {
    handle_of(&get(chat, "/api/v1/me", user).await)
}

async fn count_users(chat: &Chat) -> i64 {
    let count = sqlx::query_scalar("select count(*) from users");
    let count = count.fetch_one(&mut chat.outside().await).await;
    count.expect("they can be counted")
}

#[tokio::test]
async fn whom_the_proxy_names_is_a_member_without_a_cookie() {
    let chat = start("127.0.0.1/32").await;
    let page = get(&chat, "/rooms/general", "ann@choir.example").await;
    let page = page.expect(200);
    assert!(page.headers.get("set-cookie").is_none());
    assert!(page.text.contains("ann"), "{}", page.text);
    let body = json!({ "body": "hello" });
    let post = request(
        &chat,
        Method::POST,
        "/api/v1/rooms/general/messages",
        "ann@choir.example",
    );
    let posted = Answer::to(post.json(&body)).await.expect(201).json();
    assert_eq!(posted["author"]["handle"], "ann");
    // Another person, whose name looks the same.
    assert_eq!(me(&chat, "ann@other.example").await, "ann2");
    assert_eq!(me(&chat, "王小明").await, "王小明");
    assert_eq!(me(&chat, "ann@choir.example").await, "ann");
    // Whom it has not signed in is nobody.
    for nobody in [
        get(&chat, "/api/v1/me", "").await,
        chat.visitor().get("/api/v1/me").await,
    ] {
        nobody.problem(401);
    }
}

#[tokio::test]
async fn of_many_first_requests_one_makes_the_account() {
    let chat = start("127.0.0.1/32").await;
    let before = count_users(&chat).await;
    let requests = (0..20).map(|_| me(&chat, "ann"));
    let handles = futures_util::future::join_all(requests).await;
    assert_eq!(handles, vec!["ann"; 20]);
    assert_eq!(count_users(&chat).await, before + 1);
}

#[tokio::test]
async fn the_header_of_anybody_else_is_ignored() {
    let chat = start("10.0.0.0/8").await;
    let before = count_users(&chat).await;
    get(&chat, "/api/v1/me", "ann").await.problem(401);
    let spoofed = request(&chat, Method::GET, "/api/v1/me", "ann");
    let spoofed = spoofed.header("x-forwarded-for", "10.0.0.1");
    Answer::to(spoofed).await.problem(401);
    assert_eq!(count_users(&chat).await, before);
}

#[tokio::test]
async fn a_header_that_is_there_twice_or_cannot_be_read_is_refused() {
    let chat = start("127.0.0.1/32").await;
    let before = count_users(&chat).await;
    let twice = request(&chat, Method::GET, "/api/v1/me", "ann").header("Remote-User", "bob");
    Answer::to(twice).await.problem(400);
    let raw = chat.visitor().request(Method::GET, "/api/v1/me");
    let latin = HeaderValue::from_bytes(b"J\xfcrgen").expect("a header value");
    Answer::to(raw.header("remote-user", latin))
        .await
        .problem(400);
    get(&chat, "/api/v1/me", &"a".repeat(256))
        .await
        .problem(400);
    assert_eq!(count_users(&chat).await, before);
}

#[tokio::test]
async fn whom_the_proxy_names_is_not_whom_a_cookie_names() {
    let chat = start("127.0.0.1/32").await;
    let bob = chat.set_up("bob", "invite").await;
    let browser = Browser::new(&chat);
    browser
        .sign_in("bob", crate::support::chat::PASSWORD)
        .await
        .expect(303);
    let (name, value) = browser.cookie("-backscroll");
    let both = request(&chat, Method::GET, "/api/v1/me", "ann");
    let both = both.header("cookie", format!("{name}={value}"));
    assert_eq!(handle_of(&Answer::to(both).await), "ann");
    // Signing out at the proxy's does not end the session that the browser has beside it.
    let out = request(&chat, Method::POST, "/signout", "ann");
    let out = out.header("cookie", format!("{name}={value}"));
    Answer::to(out).await.expect(303);
    assert_eq!(browser.handle().await.as_deref(), Some("bob"));
    // A program has its own token, and what a proxy writes in the same header is not one.
    let token = request(&chat, Method::GET, "/api/v1/me", "ann").bearer_auth(bob.token());
    assert_eq!(handle_of(&Answer::to(token).await), "bob");
    let basic = request(&chat, Method::GET, "/api/v1/me", "ann").basic_auth("ann", Some("x"));
    assert_eq!(handle_of(&Answer::to(basic).await), "ann");
}

#[tokio::test]
async fn a_ban_ends_what_the_proxy_has_signed_in_at_once() {
    let chat = start("127.0.0.1/32").await;
    let admin = chat.set_up("bob", "invite").await;
    assert_eq!(me(&chat, "ann").await, "ann");
    let before = count_users(&chat).await;
    let mut stream = Stream::open(&Ask {
        address: chat.address,
        method: "GET",
        target: "/api/v1/events",
        version: "HTTP/1.1",
        headers: vec![("remote-user", "ann".into())],
    })
    .await;
    let began = Instant::now();
    let ban = admin.send(Method::POST, "/api/v1/users/ann/ban", json!({}));
    let (banned, (reason, _)) = tokio::join!(ban, stream.farewell());
    assert_eq!(reason, "signed-out");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    banned.expect(204);
    for path in ["/api/v1/me", "/rooms/general", "/sign-in"] {
        let refused = get(&chat, path, "ann").await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
    let refused = get(&chat, "/api/v1/me", "ann").await.problem(403);
    assert_eq!(refused["code"], "account-disabled");
    assert_eq!(
        count_users(&chat).await,
        before,
        "no other account was made"
    );
}

#[tokio::test]
async fn another_site_changes_nothing_for_whom_the_proxy_names() {
    let chat = start("127.0.0.1/32").await;
    let post = request(&chat, Method::POST, "/rooms/general/messages", "ann");
    let post = post.header("sec-fetch-site", "cross-site");
    Answer::to_form(post, &[("body", "hello")])
        .await
        .expect(403);
}

#[tokio::test]
async fn whom_the_proxy_names_can_also_have_a_password() {
    let chat = start("127.0.0.1/32").await;
    let body = json!({ "new": PASSWORD });
    let put = request(&chat, Method::PUT, "/api/v1/me/password", "ann");
    Answer::to(put.json(&body)).await.expect(204);
    let browser = Browser::new(&chat);
    browser.sign_in("ann", PASSWORD).await.expect(303);
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    let page = get(&chat, "/signout", "ann").await.expect(200);
    assert!(page.text.contains("proxy"), "{}", page.text);
}
