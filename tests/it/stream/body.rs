//! A stream is the body of an ordinary response: taking its connection over changes no byte.

use crate::support::{chat::Chat, sse::Parser};
use axum::{body::Body, http::Request};
use backscroll::{
    app::App,
    config::{Config, Storage, rates::Rates},
    event_log::applier::Applier,
    store::{database_path::DatabasePath, file_identity::OpenDatabase},
    web::{self, hosts::HostNames},
};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const TARGET: &str = "/api/v1/rooms/general/events?after=0&include=html";

#[tokio::test]
async fn a_stream_is_a_response_body_with_the_bytes_that_a_connection_has() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "one **two**").await;
    ann.react("general", id, "👍").await.expect(200);
    ann.post("general", "three").await;
    let mut connection = ann.stream_of("general", "after=0&include=html").await;
    let (mut carried, caught_up) = connection.replay().await;
    carried.insert(0, connection.opening.clone());
    carried.push(caught_up);
    drop(connection);
    chat.stop().await;

    let path = DatabasePath::resolve(&chat.file()).expect("the file is there");
    let database = OpenDatabase::open(path, Storage::default()).await;
    let opened = Applier::open(database.expect("it opens"), Storage::default()).await;
    let (log, applier) = opened.expect("the log opens");
    let stop = CancellationToken::new();
    let writing = tokio::spawn(applier.run(stop.clone()));
    let config = Config {
        rates: Rates::off(),
        ..Config::default()
    };
    let app = Arc::new(App::new(Arc::clone(&log), 10, &config));
    let router = web::routes(app, HostNames::new(Vec::new()));
    let request = Request::get(TARGET).header("host", "localhost");
    let request = request.body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(!response.headers().contains_key("content-length"));

    let mut body = response.into_body();
    let (mut parser, mut blocks) = (Parser::default(), Vec::new());
    while blocks.len() < carried.len() {
        let frame = body.frame().await.expect("the body goes on");
        let bytes = frame.expect("it is whole").into_data().expect("data");
        blocks.extend(bytes.iter().filter_map(|byte| parser.feed(*byte)));
    }
    for (block, expected) in blocks.iter().zip(&carried) {
        // How long to wait before coming back is random.
        let fixed = |block: &crate::support::sse::Block| {
            let mut fields = block.fields.clone();
            fields.retain(|(name, _)| name != "retry");
            fields
        };
        assert_eq!(fixed(block), fixed(expected));
    }
    log.subscribers.close();
    let frame = body
        .frame()
        .await
        .expect("a last block")
        .expect("it is whole");
    let bye = frame.into_data().expect("data");
    assert!(String::from_utf8_lossy(&bye).contains(r#"{"reason":"restart"}"#));
    assert!(body.frame().await.is_none(), "then the body ends");
    log.readers.close().await;
    stop.cancel();
    writing.await.expect("it ends well");
}
