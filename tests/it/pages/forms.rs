//! Coming in, posting, editing and leaving by forms alone.

use super::browser::Browser;
use crate::support::{answer::Answer, chat::Chat, markup::attribute};
use reqwest::Method;

#[tokio::test]
async fn one_chats_without_scripts() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let page = ann.get("/rooms/general").await.expect(200).text;
    let form = &page[page.find("name=\"nonce\"").expect("the form has a nonce")..];
    let nonce = attribute(form, "value");
    let mut locations = Vec::new();
    for _ in 0..2 {
        let posted = ann
            .submit(
                "/rooms/general/messages",
                &[("body", "hello\r\nthere"), ("nonce", nonce)],
            )
            .await
            .expect(303);
        locations.push(posted.header("location").to_owned());
    }
    assert_eq!(
        locations[0], locations[1],
        "sending the form twice posts once"
    );
    let message = &chat.visitor().history("general", "").await["messages"];
    assert_eq!(
        (message.as_array().unwrap().len(), &message[0]["body"]),
        (1, &serde_json::json!("hello\nthere"))
    );
    let id = message[0]["id"].as_i64().unwrap();
    let edit = ann
        .get(&format!("/rooms/general/messages/{id}/edit"))
        .await
        .expect(200);
    assert!(edit.text.contains("hello\nthere"), "{}", edit.text);
    ann.submit(
        &format!("/rooms/general/messages/{id}/edit"),
        &[("body", "hello, edited")],
    )
    .await
    .expect(303);
    ann.submit(
        &format!("/rooms/general/messages/{id}/reactions"),
        &[("emoji", "👍")],
    )
    .await
    .expect(303);
    let page = ann.get("/rooms/general").await.text;
    assert!(
        page.contains("hello, edited") && page.contains("👍"),
        "{page}"
    );
    ann.submit(
        &format!("/rooms/general/messages/{id}/reactions"),
        &[("emoji", "👍")],
    )
    .await
    .expect(303);
    ann.submit(&format!("/rooms/general/messages/{id}/delete"), &[])
        .await
        .expect(303);
    let page = ann.get("/rooms/general").await.text;
    assert!(!page.contains("hello, edited"), "{page}");
}

#[tokio::test]
async fn a_refused_text_is_still_there() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let long = "x".repeat(8001);
    let answer = ann
        .submit("/rooms/general/messages", &[("body", &long)])
        .await
        .expect(422);
    assert!(answer.text.contains(&long) && answer.header("content-type").starts_with("text/html"));
    let taken = Answer::to_form(
        chat.visitor().request(Method::POST, "/join"),
        &[("handle", "ann")],
    )
    .await
    .expect(409);
    assert!(taken.text.contains("value=\"ann\""), "{}", taken.text);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_streams() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let visitor = chat.visitor();
    let mut ask = visitor.ask("/api/v1/events?joined=true");
    ask.headers.push(("cookie", ann.cookie.clone()));
    let mut stream = crate::support::stream::Stream::open(&ask).await;
    let answer = ann.submit("/signout", &[]).await.expect(303);
    assert!(
        answer.header("set-cookie").contains("Max-Age=0"),
        "{:?}",
        answer.headers
    );
    assert_eq!(stream.farewell().await.0, "signed-out");
    let me = ann.get("/api/v1/me").await;
    me.problem(401);
    let refused = ann
        .submit("/rooms/general/messages", &[("body", "x")])
        .await
        .expect(303);
    assert!(
        refused.header("location").starts_with("/join"),
        "{}",
        refused.header("location")
    );
}

#[tokio::test]
async fn after_joining_nobody_is_sent_to_another_site() {
    let chat = Chat::start().await;
    for (n, next) in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
    ]
    .iter()
    .enumerate()
    {
        let handle = format!("p{n}");
        let fields = [("handle", handle.as_str()), ("next", next)];
        assert_eq!(
            Answer::to_form(chat.visitor().request(Method::POST, "/join"), &fields)
                .await
                .expect(303)
                .header("location"),
            "/",
            "{next}"
        );
    }
}

#[tokio::test]
async fn of_several_pages_to_go_to_after_joining_the_last_one_counts() {
    let chat = Chat::start().await;
    let browser = Browser::join(&chat, "ann").await;
    for (query, page) in [
        ("next=%2Faccount", "/account"),
        ("next=%2Frooms&other=1&next=%2Faccount", "/account"),
    ] {
        let answer = browser.get(&format!("/join?{query}")).await.expect(303);
        assert_eq!(answer.header("location"), page, "{query}");
    }
}

#[tokio::test]
async fn only_the_author_of_a_message_gets_the_form_for_editing_it() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, Browser::join(&chat, "bob").await);
    let theirs = ann.post("general", "hello").await;
    let refused = bob
        .get(&format!("/rooms/general/messages/{theirs}/edit"))
        .await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(!refused.text.contains("hello"), "{}", refused.text);
    let closed = ann.create_room("Plans", "closed").await;
    let hidden = ann.post(&closed, "secret").await;
    let form = format!("/rooms/{closed}/messages/{hidden}/edit");
    bob.get(&form).await.expect(404);
    ann.get(&form).await.expect(200);
    ann.delete(&closed, hidden).await.expect(200);
    ann.get(&form).await.expect(404);
}
