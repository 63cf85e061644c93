//! A message as JSON, in the responses that return one.

use crate::support::{
    answer::Answer,
    chat::Chat,
    person::{Person, id_of, message_path},
};
use serde_json::json;

const PATH: &str = "/api/v1/rooms/general/messages";

/// Byte for byte: no response has an encoder of its own.
#[tokio::test]
async fn a_message_is_the_same_text_wherever_it_is_returned() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let body = json!({ "body": "\"a\" < b\n\\ é", "nonce": "n-1" });
    let posted = ann.try_post("general", body.clone()).await.expect(201);
    let retried = ann.try_post("general", body).await.expect(200);
    assert_eq!(posted.text, retried.text);
    let id = id_of(&posted.json());
    is_returned_everywhere(&ann, id, &posted).await;
    let edited = ann.edit("general", id, "c").await.expect(200);
    is_returned_everywhere(&ann, id, &edited).await;
    let reacted = ann.react("general", id, "🎉").await.expect(200);
    is_returned_everywhere(&ann, id, &reacted).await;
    let unreacted = ann.unreact("general", id, "🎉").await.expect(200);
    is_returned_everywhere(&ann, id, &unreacted).await;
    let deleted = ann.delete("general", id).await.expect(200);
    is_returned_everywhere(&ann, id, &deleted).await;
}

/// Asserts that a message is read, in a page of history and in a stream, too, as it was answered.
async fn is_returned_everywhere(ann: &Person, id: i64, answered: &Answer) {
    let json = &answered.text;
    let one = ann.get(&message_path("general", id)).await.expect(200);
    assert_eq!(one.text, *json);
    for answer in [answered, &one] {
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let page = ann.get(PATH).await.expect(200).text;
    assert!(
        page.starts_with(&format!(r#"{{"messages":[{json}]"#)),
        "{page}"
    );
    let replayed = ann.stream("after=0").await.replay().await.0;
    let field = format!(r#","message":{json}}}"#);
    let is_sent = replayed.iter().any(|block| block.data.ends_with(&field));
    assert!(is_sent, "{json} is not in {replayed:#?}");
}
