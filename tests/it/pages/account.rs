//! The page of the account, and the way out.

use crate::support::{
    answer::Answer, chat::Chat, markup::attribute, person::Person, stream::Stream,
};
use reqwest::Method;

async fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::to_form(person.request(Method::POST, path), fields).await
}

#[tokio::test]
async fn language_and_colours_are_kept_in_cookies() {
    let chat = Chat::start().await;
    let fields = [
        ("language", "zh-Hans"),
        ("scheme", "dark"),
        ("next", "/rooms"),
    ];
    let chosen = submit(&chat.visitor(), "/account/looks", &fields)
        .await
        .expect(303);
    assert_eq!(chosen.header("location"), "/rooms");
    let cookies: Vec<&str> = chosen
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect();
    assert_eq!(
        cookies,
        ["backscroll-language=zh-Hans", "backscroll-scheme=dark"]
    );
    let visitor = chat.visitor();
    let page = visitor
        .request(Method::GET, "/account")
        .header("cookie", cookies.join("; "));
    let page = Answer::to(page).await.expect(200).text;
    assert!(
        page.contains(r#"<html lang="zh-Hans" data-scheme="dark">"#),
        "{page}"
    );
}

#[tokio::test]
async fn nonsense_is_not_kept() {
    let chat = Chat::start().await;
    let fields = [
        ("language", "tlh"),
        ("scheme", "a;b"),
        ("next", "//evil.example"),
    ];
    let chosen = submit(&chat.visitor(), "/account/looks", &fields)
        .await
        .expect(303);
    assert_eq!(chosen.header("location"), "/");
    assert!(
        chosen
            .header("set-cookie")
            .starts_with("backscroll-scheme=system;")
    );
}

#[tokio::test]
async fn one_may_call_oneself_otherwise() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let renamed = submit(&ann, "/account/name", &[("name", "Ann \"Lee\"")])
        .await
        .expect(303);
    assert_eq!(renamed.header("location"), "/account");
    let page = ann.get("/account").await.expect(200).text;
    assert!(page.contains("value=\"Ann &#34;Lee&#34;\""), "{page}");
    assert!(page.contains("Your username @ann can’t change."), "{page}");
    for name in ["", "a\u{202e}b"] {
        let refused = submit(&ann, "/account/name", &[("name", name)]).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("id=\"name-error\""),
            "{}",
            refused.text
        );
        assert!(
            refused.text.contains("Ann &#34;Lee&#34;</b>"),
            "{}",
            refused.text
        );
    }
    let visitor = submit(&chat.visitor(), "/account/name", &[("name", "x")]).await;
    assert_eq!(
        visitor.expect(303).header("location"),
        "/join?next=%2Faccount"
    );
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_no_secret() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let page = ann.get("/account").await.expect(200).text;
    assert_eq!(page.matches("room-list-state").count(), 1, "{page}");
    assert!(!page.contains("backscroll_"), "{page}");
    assert_eq!(attribute(&page, "lang"), "en");
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let page = ann.get("/account").await.expect(200).text;
    let path = format!("/account/sessions/{}/end", attribute(&page, "data-session"));
    assert_eq!(submit(&bob, &path, &[]).await.status, 404);
    ann.get("/api/v1/me").await.expect(200);
    submit(&ann, &path, &[]).await.expect(303);
    ann.get("/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_streams_of_all_sessions() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut stream: Stream = ann.stream_of("general", "").await;
    submit(&ann, "/signout?everywhere", &[]).await.expect(303);
    assert_eq!(stream.farewell().await.0, "signed-out");
}

#[tokio::test]
async fn the_way_out_says_first_what_it_means() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let page = ann.get("/signout").await.expect(200).text;
    assert!(page.contains("nobody can use the name ann again"), "{page}");
    ann.get("/api/v1/me").await.expect(200);
    let away = Answer::to(chat.visitor().request(Method::GET, "/signout"))
        .await
        .expect(303);
    assert_eq!(away.header("location"), "/");
}
