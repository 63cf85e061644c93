//! Security headers of every answer, whatever it says.

use crate::support::{
    browser::Browser,
    chat::Chat,
    routes::{path_of, routes},
};
use reqwest::{
    Method,
    header::{HeaderMap, HeaderValue},
};

const FIXED: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What a page may load and do. Each directive that is missing, or allows more, fails.
const CSP: [&str; 9] = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri",
    "frame-ancestors 'none'",
];

fn check(headers: &HeaderMap, what: &str) {
    let header = |name: &str| {
        headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    };
    for (name, value) in FIXED {
        assert_eq!(header(name), value, "{name} of {what}");
    }
    let csp = header("content-security-policy");
    for directive in CSP {
        let mut directives = csp.split(';').map(str::trim);
        let is_there = directives.any(|sent| {
            sent == directive
                || directive == "base-uri" && ["base-uri 'none'", "base-uri 'self'"].contains(&sent)
        });
        assert!(is_there, "{directive} of {what}: {csp}");
    }
    assert!(
        !csp.contains("unsafe") && !csp.contains('*'),
        "{what}: {csp}"
    );
    assert!(!header("cache-control").is_empty(), "{what}");
    assert!(!header("x-request-id").is_empty(), "{what}");
    for name in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert_eq!(header(name), "", "{what}");
    }
}

#[tokio::test]
async fn every_answer_of_every_route_forbids_what_no_page_needs() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::OPTIONS,
        Method::TRACE,
    ];
    let odd = [
        "/nothing",
        "/api/v1/nothing",
        "/api/v1/rooms/%FF",
        "//",
        "/%00",
    ];
    let addresses = routes().into_iter().map(|route| route.address).chain(odd);
    for address in addresses.filter(|address| *address != "/signout") {
        let path = path_of(address, "general", id, "ann");
        for method in &methods {
            for person in [&ann, &chat.visitor()] {
                // The head alone: a stream has no end.
                let answer = person.request(method.clone(), &path).send().await;
                let answer = answer.expect("the server answers");
                let what = format!("{method} {path}: {}", answer.status());
                check(answer.headers(), &what);
            }
        }
    }
}

/// Answers that no handler gives: by the layers around the routes.
#[tokio::test]
async fn refusals_before_any_route_forbid_the_same() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let post = |path: &str| ann.request(Method::POST, path);
    let get = |path: &str| ann.request(Method::GET, path);
    let long = "x".repeat(3_000_000);
    let message = "/api/v1/rooms/general/messages";
    for (status, request) in [
        (421, get("/rooms").header("host", "evil.example")),
        (400, get("/rooms").header("host", "a b")),
        (403, post(message).header("sec-fetch-site", "cross-site")),
        (413, post(message).body(long)),
        (
            415,
            post(message).header("content-type", "image/png").body("x"),
        ),
        (
            415,
            post(message).header("content-encoding", "gzip").body("x"),
        ),
        (
            400,
            post(message)
                .header("content-type", "application/json")
                .body("{"),
        ),
        (401, chat.visitor().request(Method::GET, "/api/v1/me")),
        (
            403,
            get("/api/v1/events").header("sec-fetch-site", "cross-site"),
        ),
    ] {
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status(), status);
        check(answer.headers(), &format!("{status}"));
    }
}

#[tokio::test]
async fn whoever_signs_out_leaves_nothing_in_the_browser() {
    let chat = Chat::start().await;
    for path in ["/signout", "/signout?everywhere"] {
        let browser = Browser::join(&chat, &format!("ann{}", path.len())).await;
        let answer = browser.submit(path, &[]).await.expect(303);
        assert_eq!(answer.header("clear-site-data"), "\"storage\"");
        let cookies = answer.headers.get_all("set-cookie").iter();
        let ended =
            |cookie: &HeaderValue| cookie.to_str().is_ok_and(|text| text.contains("Max-Age=0"));
        assert!(cookies.into_iter().any(ended), "{:?}", answer.headers);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(browser.handle().await, None);
    }
}
