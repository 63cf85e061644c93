//! Whatever goes wrong is said in one form, with the right status, and without internals.

use crate::support::{answer::Answer, chat::Chat};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn joining_asks_for_a_free_handle_of_a_certain_form() {
    let chat = Chat::start().await;
    chat.join("ann").await;
    let join = async |handle: Value| {
        chat.visitor()
            .send(Method::POST, "/api/v1/join", json!({ "handle": handle }))
            .await
    };
    for taken in [
        "ann",
        "Ann",
        "ANN",
        " ann ",
        "backscroll",
        "аnn",
        "ＡＮＮ",
        "ΑΝΝ",
        "bаckscroll",
    ] {
        join(json!(taken)).await.fault(409, "handle");
    }
    for odd in [
        "",
        " ",
        "a b",
        "a,b",
        "a\nb",
        "@ann",
        "<b>",
        "a/b",
        "me",
        ".",
        "..",
        "a\u{202e}b",
        "a\u{200b}b",
        "a\u{3164}",
        "a\u{0}b",
        &"a".repeat(33),
    ] {
        join(json!(odd)).await.fault(422, "handle");
    }
    for fine in ["bob", "Renée", "读书", "x-1_2.3", &"a".repeat(32)] {
        let joined = join(json!(fine)).await.expect(201).json();
        assert_eq!(
            (&joined["handle"], &joined["name"]),
            (&json!(fine), &json!(fine))
        );
        assert!(joined["token"].as_str().unwrap().len() > 40);
    }
    join(json!(7)).await.fault(422, "handle");
    chat.visitor()
        .send(Method::POST, "/api/v1/join", json!({}))
        .await
        .fault(422, "handle");
    let named = chat
        .visitor()
        .send(
            Method::POST,
            "/api/v1/join",
            json!({ "handle": "cara", "name": "Cara C." }),
        )
        .await
        .expect(201);
    assert_eq!(named.json()["name"], "Cara C.");
    for odd in ["\u{200b}", "Ann\u{202e}", "An\u{200b}n", "\u{3164}"] {
        let dan = json!({ "handle": "dan", "name": odd });
        chat.visitor()
            .send(Method::POST, "/api/v1/join", dan)
            .await
            .fault(422, "name");
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_an_error_everywhere() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let visitor = chat.visitor();
    let with = async |authorization: &str, path: &str| {
        Answer::to(
            visitor
                .request(Method::GET, path)
                .header("authorization", authorization),
        )
        .await
    };
    for authorization in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        "backscroll_x",
        "Bearer backscroll_0000000000000000000000000000000000000000000",
    ] {
        for path in [
            "/api/v1/me",
            "/api/v1/rooms",
            "/api/v1/rooms/general/messages",
            "/api/v1/events",
        ] {
            let answer = with(authorization, path).await;
            answer.problem(401);
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{:?}",
                answer.headers
            );
        }
    }
    ann.sign_out().await;
    ann.get("/api/v1/me").await.problem(401);
    ann.try_post("general", json!({ "body": "x" }))
        .await
        .problem(401);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_too() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in [
        "/api/v1/nothing",
        "/api/v2/rooms",
        "/api/",
        "/api/v1/rooms/general/nothing",
    ] {
        ann.get(path).await.problem(404);
    }
    for (method, path) in [
        (Method::DELETE, "/api/v1/rooms"),
        (Method::PUT, "/api/v1/join"),
        (Method::POST, "/api/v1/me"),
        (Method::PUT, "/api/v1/rooms/general/messages"),
    ] {
        let answer = ann.send(method, path, Value::Null).await;
        answer.problem(405);
        assert!(!answer.header("allow").is_empty());
    }
    let page = ann.get("/nothing").await.expect(404);
    assert!(
        page.header("content-type").starts_with("text/html"),
        "{:?}",
        page.headers
    );
    for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/", 303)] {
        assert_eq!(chat.visitor().get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn another_site_cannot_post_in_ones_name() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let post = async |headers: &[(&str, &str)]| {
        let request = ann
            .request(Method::POST, "/api/v1/rooms/general/messages")
            .json(&json!({ "body": "x" }));
        Answer::to(headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        }))
        .await
    };
    let own = chat.url("");
    for foreign in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
    ] {
        post(&foreign).await.problem(403);
    }
    assert_eq!(ann.history("general", "").await["messages"], json!([]));
    for fine in [
        vec![],
        vec![("sec-fetch-site", "same-origin")],
        vec![("sec-fetch-site", "none")],
        vec![("origin", own.as_str())],
    ] {
        post(&fine).await.expect(201);
    }
    for path in [
        "/join",
        "/signout",
        "/rooms",
        "/rooms/general/join",
        "/rooms/general/messages",
        "/api/v1/join",
    ] {
        let request = chat
            .visitor()
            .request(Method::POST, path)
            .header("sec-fetch-site", "cross-site");
        assert_eq!(
            Answer::to_form(request, &[("handle", "eve"), ("body", "x")])
                .await
                .status,
            403,
            "{path}"
        );
    }
    let read = ann
        .request(Method::GET, "/api/v1/rooms")
        .header("sec-fetch-site", "cross-site");
    Answer::to(read).await.expect(200);
}

#[tokio::test]
async fn every_answer_forbids_what_no_page_needs() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in [
        "/join",
        "/rooms/general",
        "/api/v1/rooms",
        "/nothing",
        "/api/v1/nothing",
    ] {
        let answer = ann.get(path).await;
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("x-request-id").is_empty());
    }
}

#[tokio::test]
async fn request_ids_of_clients_are_kept_if_they_are_short_and_plain() {
    let chat = Chat::start().await;
    let answered_id = async |ids: &[&str]| {
        let request = chat.visitor().request(Method::GET, "/healthz");
        let request = ids
            .iter()
            .fold(request, |request, id| request.header("x-request-id", *id));
        Answer::to(request).await.header("x-request-id").to_owned()
    };
    for id in [
        "7f9c24e8-3b12-4fef-91d4-8a5c31f0a3b2",
        "Root=1-67891233-abcdef012345678912345678",
        &"a".repeat(64),
    ] {
        assert_eq!(answered_id(&[id]).await, id);
    }
    for ids in [
        &["a".repeat(65).as_str()][..],
        &["two words"],
        &["<script>"],
        &[""],
        &["one", "two"],
    ] {
        let id = answered_id(ids).await;
        assert!(
            !ids.contains(&id.as_str()) && !id.is_empty(),
            "{ids:?}: {id}"
        );
    }
}

#[tokio::test]
async fn an_error_outside_the_api_is_a_page_unless_a_program_asks_for_json() {
    let chat = Chat::start().await;
    let visitor = chat.visitor();
    let content_type = async |path: &str, accept: &str| {
        let request = visitor.request(Method::GET, path).header("accept", accept);
        let answer = Answer::to(request).await.expect(404);
        answer.header("content-type").to_owned()
    };
    let page = "text/html; charset=utf-8";
    let problem = "application/problem+json";
    for (accept, expected) in [
        ("*/*", page),
        ("text/html,application/xhtml+xml,*/*;q=0.8", page),
        ("image/png", page),
        ("application/json", problem),
        ("text/html;q=0.5, Application/Problem+JSON", problem),
        ("text/html;q=0, */*", problem),
    ] {
        assert_eq!(content_type("/nothing", accept).await, expected, "{accept}");
    }
    for accept in ["*/*", "text/html"] {
        assert_eq!(content_type("/api/v1/nothing", accept).await, problem);
    }
}
