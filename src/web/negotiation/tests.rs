//! Headers of clients, and the representation that each selects.

use super::*;
use axum::http::HeaderValue;

fn headers(name: &HeaderName, lines: &[&[u8]]) -> HeaderMap {
    let lines = lines
        .iter()
        .map(|line| (name.clone(), HeaderValue::from_bytes(line).unwrap()));
    lines.collect()
}

fn accepted(lines: &[&[u8]]) -> Option<&'static str> {
    let offers = [
        "application/json",
        "application/x-ndjson",
        "text/plain",
        "application/problem+json",
    ];
    let offers = offers.map(|offer| (MediaType::parse(offer).unwrap(), offer));
    preferred_type(&headers(&header::ACCEPT, lines), &offers)
}

#[test]
fn media_types_are_weighed() {
    let (json, ndjson, text) = (
        Some("application/json"),
        Some("application/x-ndjson"),
        Some("text/plain"),
    );
    for (accept, expected) in [
        ("", json),
        ("*/*", json),
        ("image/png", json),
        ("text/plain;q=0.1, application/json", json),
        ("text/plain;q=0, */*", json),
        ("*/*;q=0.1, text/plain", text),
        ("*/*, text/plain", text),
        ("*/*;q=0.1, application/x-ndjson", ndjson),
        ("text/plain;q=0.5, application/x-ndjson;q=0.8", ndjson),
        ("text/plain;q=0.5,application/json;q=0.5", text),
        ("Text/Plain", text),
        ("text/plain ; Q=0.9 , application/json ; q=0.899", text),
        ("text/*", text),
        ("text/plain; charset=UTF-8", text),
        ("text/plain; charset=\"utf-8\";q=1", text),
        ("text/plain; charset=koi8-r", json),
        ("application/*;q=0.2, application/json;q=0.1", ndjson),
        ("application/json;q=0", ndjson),
        (
            "application/json;q=0, application/x-ndjson;q=0.000, image/png",
            text,
        ),
        ("*/*;q=0", None),
        ("*/*;q=0, text/plain;q=0.001", text),
        ("text/plain;q=2, application/x-ndjson;q=0.1", ndjson),
        ("text/plain;q=nan, application/x-ndjson;q=0.1", ndjson),
        ("text/html, image/gif, *; q=.2, */*; q=.2", json),
        ("a;b=\"c, text/plain\", application/x-ndjson", ndjson),
        (
            "application/problem+json, application/json;q=0.9",
            Some("application/problem+json"),
        ),
    ] {
        assert_eq!(accepted(&[accept.as_bytes()]), expected, "{accept}");
    }
}

#[test]
fn lines_are_one_list_and_unreadable_elements_cost_no_other() {
    let lines: [&[u8]; 3] = [
        b"application/json;q=0.5",
        b"\xff/x, text/pl\xc3\xa4in;q=1, , /",
        b"text/plain;q=0.6",
    ];
    assert_eq!(accepted(&lines), Some("text/plain"));
}

#[test]
fn languages_are_weighed() {
    let language = |lines: &[&[u8]]| {
        let headers = headers(&header::ACCEPT_LANGUAGE, lines);
        preferred_language(&headers, &[("en", "en"), ("zh-Hans", "zh")])
    };
    for (accept, expected) in [
        ("", Some("en")),
        ("de", Some("en")),
        ("zh-CN,zh;q=0.9,en;q=0.8", Some("zh")),
        ("de-DE, ZH-hant;q=0.5, en;q=0.4", Some("zh")),
        ("en-GB,en;q=0.9,zh;q=0.8", Some("en")),
        ("en;q=0, zh;q=0.001", Some("zh")),
        ("zh;q=nonsense", Some("en")),
        ("zh;Q=0.3, en ; q = 0.2", Some("zh")),
        ("*", Some("en")),
        ("en;q=0, *", Some("zh")),
        ("zh, *;q=0.5", Some("zh")),
        ("*;q=0", None),
    ] {
        assert_eq!(language(&[accept.as_bytes()]), expected, "{accept}");
    }
    assert_eq!(language(&[b"d\xe9, en;q=0.1", b"zh;q=0.2"]), Some("zh"));
}

#[test]
fn codings_are_weighed() {
    for (accept, expected) in [
        ("", None),
        ("gzip, deflate, br, zstd", Some("br")),
        ("GZIP", Some("gzip")),
        ("br;q=0.5, gzip;q=0.9", Some("gzip")),
        ("br;q=0, *", Some("gzip")),
        ("br; q=0, gzip ; q=0.001", Some("gzip")),
        ("*", Some("br")),
        ("*;q=0", None),
        ("identity, br;q=0.5", None),
        ("identity;q=0.5, br", Some("br")),
        ("br;q=many", None),
        ("deflate, zstd", None),
    ] {
        let headers = headers(&header::ACCEPT_ENCODING, &[accept.as_bytes()]);
        assert_eq!(
            preferred_coding(&headers, &["br", "gzip"]),
            expected,
            "{accept}"
        );
    }
}

#[test]
fn any_of_the_entity_tags_may_be_the_known_one() {
    let ours = "\"57-a1\"";
    for known in [
        "*",
        "\"57-a1\"",
        "W/\"57-a1\"",
        "\"a\",W/\"57-a1\"",
        "\"a, *\" , \"57-a1\"",
        "\"Zürich\", \"57-a1\", \"a b\"",
    ] {
        let headers = headers(&header::IF_NONE_MATCH, &[b"\"x\"", known.as_bytes()]);
        assert!(is_known(&headers, ours), "{known}");
    }
    for other in [
        "",
        "57-a1",
        "w/\"57-a1\"",
        "\"57-a1\"x",
        "\"57-a1",
        "\"a,*,b\"",
        "\"*\"",
    ] {
        let headers = headers(&header::IF_NONE_MATCH, &[other.as_bytes()]);
        assert!(!is_known(&headers, ours), "{other}");
    }
}
