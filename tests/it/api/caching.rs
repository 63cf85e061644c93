//! What may be kept of an answer, at every address.

use crate::support::{
    chat::Chat,
    person::Person,
    routes::{path_of, routes},
};
use reqwest::Method;

fn expected(method: &Method, address: &str) -> &'static str {
    match address {
        "/api/v1/events" | "/api/v1/rooms/{room}/events" if *method == Method::GET => {
            "no-cache, no-transform"
        }
        "/api/v1/rooms/{room}/messages" | "/api/v1/rooms/{room}/messages/{id}/thread"
            if *method == Method::GET =>
        {
            "private, no-cache"
        }
        "/assets/{fingerprint}/{*path}" | "/api/v1/openapi.json" if *method == Method::GET => {
            "no-cache"
        }
        _ => "no-store",
    }
}

async fn check(person: &Person, method: &Method, address: &str, id: i64) {
    let path = path_of(address, "general", id, "ann");
    let request = person.request(method.clone(), &path);
    // The head alone: a stream has no end.
    let answer = request.send().await.expect("the server answers");
    let status = answer.status();
    let sent = answer.headers().get("cache-control");
    let sent = sent.map_or("", |value| value.to_str().expect("ASCII"));
    assert_eq!(sent, expected(method, address), "{method} {path}: {status}");
}

#[tokio::test]
async fn only_what_is_revalidated_or_public_is_ever_kept() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    let addresses: Vec<_> = routes().iter().map(|route| route.address).collect();
    for address in &addresses {
        check(&ann, &Method::GET, address, id).await;
        check(&chat.visitor(), &Method::GET, address, id).await;
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            check(&chat.visitor(), &method, address, id).await;
        }
    }
    // Signing out ends what the others need.
    for address in addresses.iter().filter(|address| **address != "/signout") {
        for method in [Method::POST, Method::PUT, Method::PATCH] {
            check(&ann, &method, address, id).await;
        }
    }
    check(&ann, &Method::POST, "/signout", id).await;
    check(&chat.visitor(), &Method::GET, "/nothing", id).await;
    check(&chat.visitor(), &Method::GET, "/api/v1/nothing", id).await;
}

#[tokio::test]
async fn a_token_is_never_kept() {
    let chat = Chat::start().await;
    let join = chat
        .visitor()
        .request(Method::POST, "/api/v1/join")
        .body(r#"{"handle":"ann"}"#)
        .header("content-type", "application/json");
    let joined = join.send().await.unwrap();
    assert_eq!(joined.status(), 201);
    assert_eq!(joined.headers()["cache-control"], "no-store");
    let form = chat
        .visitor()
        .request(Method::POST, "/join")
        .body("handle=bob")
        .header("content-type", "application/x-www-form-urlencoded");
    let joined = form.send().await.unwrap();
    assert!(joined.headers().contains_key("set-cookie"));
    assert_eq!(joined.headers()["cache-control"], "no-store");
}
