//! Pages in the reader's language.

use crate::support::{answer::Answer, chat::Chat, markup::rows, person::Person};
use reqwest::Method;

async fn read(person: &Person, path: &str, language: &str) -> Answer {
    let request = person.request(Method::GET, path);
    Answer::to(request.header("accept-language", language)).await
}

#[tokio::test]
async fn a_page_speaks_the_language_that_the_reader_asks_for() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in ["/join", "/rooms", "/rooms/new", "/rooms/general"] {
        let visitor = if path == "/join" {
            chat.visitor()
        } else {
            ann.clone()
        };
        let chinese = read(&visitor, path, "zh-CN,zh;q=0.9").await.expect(200);
        assert!(chinese.text.contains(r#"<html lang="zh-Hans""#), "{path}");
        assert_eq!(chinese.header("vary"), "accept-language, cookie", "{path}");
        let english = read(&visitor, path, "de").await.expect(200);
        assert!(english.text.contains(r#"<html lang="en""#), "{path}");
    }
}

#[tokio::test]
async fn a_row_is_the_same_in_every_language() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    ann.edit("general", id, "hello again").await.expect(200);
    let slip = ann.post("general", "a slip").await;
    ann.delete("general", slip).await.expect(200);
    let english = read(&ann, "/rooms/general", "en").await.expect(200).text;
    let chinese = read(&ann, "/rooms/general", "zh").await.expect(200).text;
    assert_eq!(rows(&english), rows(&chinese));
    assert_eq!(rows(&english).len(), 2);
}

#[tokio::test]
async fn what_is_refused_is_explained_in_the_readers_language() {
    let chat = Chat::start().await;
    let missing = read(&chat.visitor(), "/rooms/nowhere", "zh")
        .await
        .expect(404);
    assert!(
        missing.text.contains("这个页面不存在，或者你没有访问权限"),
        "{}",
        missing.text
    );
    let join = chat
        .visitor()
        .request(Method::POST, "/join")
        .header("accept-language", "zh");
    let refused = Answer::to_form(join, &[("handle", "two words")])
        .await
        .expect(422);
    assert!(refused.text.contains("不能有空格"), "{}", refused.text);
    for (query, words) in [
        ("limit=0", "请用 1 到 200 之间的数字"),
        ("at=soon", "请用日期"),
    ] {
        let path = format!("/rooms/general?{query}");
        let refused = read(&chat.visitor(), &path, "zh").await.expect(422);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
}
