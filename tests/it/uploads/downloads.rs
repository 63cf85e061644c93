//! Getting files.

use super::client::{TEXT, post_files, upload, url_of};
use crate::support::{answer::Answer, chat::Chat};
use reqwest::Method;

#[tokio::test]
async fn a_file_is_for_whoever_may_see_its_message_at_that_moment() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let club = ann.create_room("Club", "closed").await;
    let file = upload(&ann, "a.txt", TEXT).await;
    let unposted = format!("/files/{file}/a.txt");
    ann.get(&unposted).await.expect(404);
    let message = post_files(&ann, &club, "", &[&file]).await;
    let url = url_of(&message);
    assert_eq!(url, unposted);
    assert_eq!(ann.get(&url).await.expect(200).text.as_bytes(), TEXT);
    let missing = "/files/AAAAAAAAAAAAAAAAAAAAAA/a.txt";
    for person in [&bob, &chat.visitor()] {
        let (refused, not_there) = (person.get(&url).await, person.get(missing).await);
        assert_eq!(refused.status, 404);
        assert_eq!(refused.text, not_there.text);
    }
    ann.add(&club, "bob").await.expect(204);
    let seen = bob.get(&url).await.expect(200);
    ann.remove(&club, "bob").await.expect(204);
    let known = bob.request(Method::GET, &url);
    let known = known.header("if-none-match", seen.header("etag"));
    Answer::to(known).await.expect(404);
}

#[tokio::test]
async fn parts_and_known_files_are_answered_as_such() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let file = upload(&ann, "a.txt", TEXT).await;
    let url = url_of(&post_files(&ann, "general", "", &[&file]).await);
    let get = |name: &'static str, value: String| {
        Answer::to(ann.request(Method::GET, &url).header(name, value))
    };
    let whole = ann.get(&url).await.expect(200);
    assert_eq!(whole.header("cache-control"), "private, no-cache");
    let part = get("range", "bytes=6-9".into()).await.expect(206);
    assert_eq!(part.text.as_bytes(), &TEXT[6..10]);
    let range = format!("bytes 6-9/{}", TEXT.len());
    assert_eq!(part.header("content-range"), range);
    let beyond = get("range", "bytes=999-".into()).await.expect(416);
    let range = format!("bytes */{}", TEXT.len());
    assert_eq!(beyond.header("content-range"), range);
    let known = get("if-none-match", whole.header("etag").into()).await;
    assert_eq!(known.expect(304).text, "");
    let head = Answer::to(ann.request(Method::HEAD, &url))
        .await
        .expect(200);
    assert_eq!(head.header("content-length"), TEXT.len().to_string());
}

#[tokio::test]
async fn nothing_in_a_file_runs() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bodies: [(&str, &[u8]); 6] = [
        ("a.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        (
            "a.xml",
            b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'/>",
        ),
        (
            "a.pdf",
            b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript >> >>",
        ),
        ("a.js", b"alert(1)"),
        ("a.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
    ];
    for (name, body) in bodies {
        let file = upload(&ann, name, body).await;
        let url = url_of(&post_files(&ann, "general", "", &[&file]).await);
        let answer = ann.get(&url).await.expect(200);
        assert_eq!(
            answer.header("content-type"),
            "application/octet-stream",
            "{name}"
        );
        let disposition = answer.header("content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\"a."),
            "{disposition}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let csp = answer.header("content-security-policy");
        assert!(
            csp.contains("default-src 'none'") && csp.contains("sandbox"),
            "{csp}"
        );
    }
}
