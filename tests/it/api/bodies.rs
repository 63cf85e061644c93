//! Bodies of any bytes, of whatever type they claim to be, are taken or refused; they never break anything.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use proptest::{collection::vec, prelude::*, sample::select};
use reqwest::Method;

const TYPES: [&str; 12] = [
    "",
    "application/json",
    "application/json; charset=utf-8",
    "application/JSON;charset=\"latin1\"",
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; charset",
    "multipart/form-data; boundary=x",
    "application/json, text/plain",
    "/",
    "application/",
    "é/ü;=",
];
/// Field by field, so that bytes come as far as the rules.
const NAMES: [&str; 12] = [
    "body", "name", "handle", "topic", "kind", "slug", "nonce", "reply_to", "type", "payload",
    "up_to", "level",
];
const VALUES: [&str; 15] = [
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "9223372036854775808",
    "\"\"",
    "\"x\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\u{202e}e\u{301}\u{301}\"",
    "\"2020-01-01T00:00:60Z\"",
    "[]",
    "{\"a\":[{}]}",
    "[[[[[[[[1]]]]]]]]",
];

fn media_type() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        2 => Just("application/json"),
        1 => Just("application/x-www-form-urlencoded"),
        2 => select(TYPES.as_slice()),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let field = (select(NAMES.as_slice()), select(VALUES.as_slice()));
    let fields = vec(field, 0..5);
    let json = fields.clone().prop_map(|fields| {
        let fields = fields
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(",")).into_bytes()
    });
    let form = fields.prop_map(|fields| {
        let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
        fields.collect::<Vec<_>>().join("&").into_bytes()
    });
    let bytes = vec(any::<u8>(), 0..200);
    let escaped = vec(select(b"%&=+;0aF\xff{}[]\",:\\ud8".as_slice()), 0..60);
    // One byte of what would be understood is another one.
    let broken = (json.clone(), any::<u8>(), any::<prop::sample::Index>());
    let broken = broken.prop_map(|(mut bytes, byte, place)| {
        let place = place.index(bytes.len());
        bytes[place] = byte;
        bytes
    });
    prop_oneof![3 => json, 2 => form, 1 => bytes, 1 => escaped, 2 => broken]
}

/// All addresses that take a body.
fn targets(message: i64) -> Vec<(Method, String)> {
    let room = "/api/v1/rooms/general";
    let mut targets = vec![
        (Method::POST, "/api/v1/join".into()),
        (Method::PATCH, "/api/v1/me".into()),
        (Method::POST, "/api/v1/rooms".into()),
        (Method::PATCH, room.into()),
        (Method::PATCH, format!("{room}/messages/{message}")),
        (Method::PUT, format!("{room}/read")),
        (Method::PUT, format!("{room}/notify")),
    ];
    targets.extend(
        ["messages", "events", "typing"].map(|end| (Method::POST, format!("{room}/{end}"))),
    );
    let pages = [
        "/join",
        "/account/name",
        "/account/looks",
        "/rooms",
        "/rooms/general/messages",
        "/rooms/general/notify",
        "/rooms/general/join",
    ];
    targets.extend(pages.map(|page| (Method::POST, page.into())));
    targets.push((
        Method::POST,
        format!("/rooms/general/messages/{message}/edit"),
    ));
    targets.push((
        Method::POST,
        format!("/rooms/general/messages/{message}/reactions"),
    ));
    targets
}

async fn is_answered(person: &Person, target: &(Method, String), media_type: &str, body: &[u8]) {
    let (method, path) = target;
    let mut request = person.request(method.clone(), path).body(body.to_vec());
    if !media_type.is_empty() {
        request = request.header("content-type", media_type.as_bytes());
    }
    let answer = Answer::to(request).await;
    let what = || {
        format!(
            "{method} {path} {media_type:?} {:?}",
            String::from_utf8_lossy(body)
        )
    };
    assert!(answer.status < 500, "{}: {answer:?}", what());
    if answer.status >= 400 && path.starts_with("/api/") {
        answer.problem(answer.status);
    }
}

#[test]
fn no_body_breaks_anything() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (chat, ann, targets) = runtime.block_on(async {
        let chat = Chat::start().await;
        let ann = chat.join("ann").await;
        let message = ann.post("general", "edited by anything").await;
        (chat, ann, targets(message))
    });
    let config = ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    proptest!(config, |(target in select(targets), media_type in media_type(), body in body())| {
        runtime.block_on(is_answered(&ann, &target, media_type, &body));
    });
    // Whatever was stored can be shown.
    runtime.block_on(async {
        for path in [
            "/rooms/general",
            "/rooms",
            "/account",
            "/api/v1/rooms/general/messages",
        ] {
            ann.get(path).await.expect(200);
        }
        let (_, caught_up) = ann.stream("after=0&html").await.replay().await;
        assert!(caught_up.json()["id"].is_i64(), "{caught_up:?}");
    });
    drop(chat);
}
