//! Compression of what is generated on request. That of streams is tested with their bytes, that of files with them.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use flate2::read::GzDecoder;
use reqwest::{Method, Response, header::HeaderValue};
use std::io::Read as _;

async fn read(person: &Person, path: &str, accepted: &str) -> Response {
    let request = person.request(Method::GET, path);
    let request = request.header("accept-encoding", accepted);
    request.send().await.expect("the server answers")
}

fn coding(response: &Response) -> Option<&str> {
    let coding = response.headers().get("content-encoding");
    coding.map(|coding| coding.to_str().expect("codings are ASCII"))
}

#[tokio::test]
async fn pages_and_json_are_compressed_for_who_accepts_it() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post_many("general", 20).await;
    for path in ["/rooms", "/api/v1/rooms/general/messages"] {
        let plain = Answer::to(ann.request(Method::GET, path)).await.expect(200);
        assert!(!plain.headers.contains_key("content-encoding"), "{path}");
        assert!(plain.header("vary").contains("accept"), "{path}");
        let refused = read(&ann, path, "br;q=0, gzip;q=0").await;
        assert_eq!(coding(&refused), None, "{path}");
        assert_eq!(
            coding(&read(&ann, path, "gzip, br").await),
            Some("br"),
            "{path}"
        );
        let gzip = read(&ann, path, "gzip").await;
        assert_eq!(coding(&gzip), Some("gzip"), "{path}");
        let vary: Vec<_> = gzip.headers().get_all("vary").iter().collect();
        let names_codings = |field: &&HeaderValue| {
            let field = field.to_str().expect("it is ASCII");
            field.contains("accept-encoding")
        };
        assert!(vary.iter().any(names_codings), "{path}: {vary:?}");
        let bytes = gzip.bytes().await.expect("the body arrives");
        assert!(bytes.len() < plain.text.len() / 2, "{path}");
        let mut text = String::new();
        GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .expect("it is gzip");
        assert_eq!(text, plain.text, "{path}");
    }
}

#[tokio::test]
async fn small_answers_are_not_compressed() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in ["/healthz", "/api/v1/me", "/api/v1/rooms/nowhere"] {
        assert_eq!(coding(&read(&ann, path, "gzip, br").await), None, "{path}");
    }
}

#[tokio::test]
async fn a_compressed_page_of_history_is_revalidated_by_its_tag() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post_many("general", 20).await;
    let path = "/api/v1/rooms/general/messages";
    let page = read(&ann, path, "gzip").await;
    let tag = page.headers()["etag"].to_str().expect("tags are ASCII");
    assert!(tag.starts_with('"'), "a strong tag: {tag}");
    for (accepted, status) in [("gzip", 304), ("br", 200)] {
        let again = ann.request(Method::GET, path).header("if-none-match", tag);
        let again = again.header("accept-encoding", accepted).send().await;
        let again = again.expect("the server answers");
        assert_eq!(
            again.status(),
            status,
            "{accepted}: other bytes, another tag"
        );
    }
}
