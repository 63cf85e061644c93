//! The session cookie beside others.

use crate::support::{answer::Answer, chat::Chat};
use reqwest::{Method, header::HeaderValue};

/// Joins by the form, and returns the name and the value of the session cookie.
async fn join(chat: &Chat, handle: &str) -> (String, String) {
    let visitor = chat.visitor();
    let joined = Answer::to_form(
        visitor.request(Method::POST, "/join"),
        &[("handle", handle)],
    )
    .await
    .expect(303);
    let cookie = joined
        .header("set-cookie")
        .split(';')
        .next()
        .expect("a cookie");
    let (name, value) = cookie.split_once('=').expect("a cookie has a value");
    (name.to_owned(), value.to_owned())
}

async fn get(chat: &Chat, path: &str, cookie: &[u8]) -> Answer {
    let cookie = HeaderValue::from_bytes(cookie).expect("a header value");
    let request = chat.visitor().request(Method::GET, path);
    Answer::to(request.header("cookie", cookie)).await
}

async fn handle(chat: &Chat, cookie: &str) -> String {
    let me = get(chat, "/api/v1/me", cookie.as_bytes()).await;
    me.expect(200).json()["handle"]
        .as_str()
        .expect("a handle")
        .to_owned()
}

#[tokio::test]
async fn cookies_of_other_programs_do_no_harm() {
    let chat = Chat::start().await;
    let (name, value) = join(&chat, "ann").await;
    let session = format!("{name}={value}");
    for cookies in [
        session.clone(),
        format!("city=Zürich; {session}"),
        format!("{session}; city=Zürich"),
        format!("=; ;;x; a=b=c; {session}"),
        format!("backscroll=theirs; other-backscroll={value}; {session}"),
    ] {
        assert_eq!(handle(&chat, &cookies).await, "ann", "{cookies}");
    }
    let latin = [
        b"city=Z\xfcrich; backscroll-language=zh-Hans; ",
        session.as_bytes(),
    ]
    .concat();
    get(&chat, "/api/v1/me", &latin).await.expect(200);
    let page = get(&chat, "/rooms", &latin).await.expect(200);
    assert!(page.text.contains(r#"<html lang="zh-Hans""#));
}

#[tokio::test]
async fn of_several_session_cookies_any_valid_one_counts() {
    let chat = Chat::start().await;
    let (name, value) = join(&chat, "ann").await;
    let (valid, stale) = (
        format!("{name}={value}"),
        format!("{name}=backscroll_{}", "x".repeat(43)),
    );
    for cookies in [
        format!("{stale}; {valid}"),
        format!("{valid}; {stale}"),
        format!("{name}=; {valid}"),
    ] {
        assert_eq!(handle(&chat, &cookies).await, "ann", "{cookies}");
    }
    get(&chat, "/api/v1/me", stale.as_bytes())
        .await
        .problem(401);
}

#[tokio::test]
async fn two_servers_on_one_host_do_not_sign_each_other_out() {
    let (one, two) = (Chat::start().await, Chat::start().await);
    let (ann, bob) = (join(&one, "ann").await, join(&two, "bob").await);
    assert_ne!(
        ann.0, bob.0,
        "browsers keep one cookie of a name for a host"
    );
    let both = format!("{}={}; {}={}", ann.0, ann.1, bob.0, bob.1);
    assert_eq!(handle(&one, &both).await, "ann");
    assert_eq!(handle(&two, &both).await, "bob");
    let visitor = two.visitor();
    let out = visitor
        .request(Method::POST, "/signout")
        .header("cookie", &both);
    let out = Answer::to_form(out, &[]).await.expect(303);
    assert!(
        out.header("set-cookie")
            .starts_with(&format!("{}=;", bob.0)),
        "{:?}",
        out.headers
    );
    assert_eq!(handle(&one, &both).await, "ann");
}

#[tokio::test]
async fn a_session_from_before_the_cookie_carried_the_logs_name_goes_on() {
    let chat = Chat::start().await;
    let (_, ann) = join(&chat, "ann").await;
    let (name, bob) = join(&chat, "bob").await;
    assert_eq!(handle(&chat, &format!("backscroll={ann}")).await, "ann");
    let both = format!("backscroll={ann}; {name}={bob}");
    assert_eq!(handle(&chat, &both).await, "bob", "the new one comes first");
}
