//! A server that is reached below a path.

use crate::support::{answer::Answer, browser::Browser, chat::Chat, markup::attribute};
use backscroll::config::{base_path::BasePath, parse_public_url};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

const BASE: &str = "/team/chat";

async fn start() -> Chat {
    Chat::start_with(|config| {
        config.base_path = Some(BasePath::parse(BASE).expect("a path"));
        config.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await
}

fn below(path: &str) -> String {
    format!("{BASE}{path}")
}

/// Sets the server up and returns the browser of its admin.
async fn set_up(chat: &Chat) -> Browser<'_> {
    let browser = Browser::new(chat);
    let setup = below(&format!("/setup/{}", chat.setup_token()));
    let fields = [
        ("server_name", "Choir"),
        ("handle", "ann"),
        ("password", "wooden spoon, two cups"),
        ("door", "open"),
    ];
    let page = browser.get(&setup).await.expect(200);
    assert_eq!(attribute(&page.text, "href"), below("/"));
    let done = browser.submit(&setup, &fields).await.expect(303);
    assert_eq!(done.header("location"), below("/"));
    browser
}

/// Returns the addresses in a page.
fn addresses(chat: &Chat, path: &str, page: &str) -> BTreeSet<String> {
    let here = Url::parse(&chat.url(path)).expect("an address");
    let base = page.split_once("<base href=\"").expect("a base").1;
    let base = here.join(base.split('"').next().expect("a quote"));
    let base = base.expect("the base is an address");
    let mut found = BTreeSet::new();
    for name in ["href", "action", "formaction", "src", "data-news"] {
        for (_, rest) in page
            .match_indices(&format!(" {name}=\""))
            .map(|(at, start)| page.split_at(at + start.len()))
        {
            let address = rest.split('"').next().expect("a quote");
            let address = address.replace("&#38;", "&").replace("&amp;", "&");
            let mut address = base.join(&address).expect("an address");
            address.set_fragment(None);
            let origin = address.origin();
            assert_eq!(origin, base.origin(), "{address} in {path}");
            let query = address
                .query()
                .map_or(String::new(), |query| format!("?{query}"));
            found.insert(format!("{}{query}", address.path()));
        }
    }
    found
}

/// Follows all links, and looks for the addresses of all forms, from these pages on.
async fn crawl(chat: &Chat, browser: &Browser<'_>, starts: &[&str]) -> BTreeMap<String, u16> {
    let mut open: Vec<String> = starts.iter().map(|start| below(start)).collect();
    let mut seen = BTreeMap::new();
    while let Some(path) = open.pop() {
        if seen.contains_key(&path) {
            continue;
        }
        assert!(path.starts_with("/team/chat/"), "{path} is elsewhere");
        let answer = browser.get(&path).await;
        seen.insert(path.clone(), answer.status);
        if answer.header("content-type").starts_with("text/html") {
            open.extend(addresses(chat, &path, &answer.text));
        }
        if answer.status == 303 {
            open.push(answer.header("location").to_owned());
        }
    }
    seen
}

#[tokio::test]
async fn no_address_in_a_page_or_form_leaves_the_base_path() {
    let chat = start().await;
    let ann = set_up(&chat).await;
    let ben = Browser::new(&chat);
    let joined = ben.submit(&below("/join"), &[("handle", "ben")]).await;
    assert_eq!(joined.expect(303).header("location"), below("/"));
    for body in ["one", "two", "**three** @ann"] {
        let messages = below("/rooms/general/messages");
        let posted = ben.submit(&messages, &[("body", body)]).await.expect(303);
        assert!(
            posted
                .header("location")
                .starts_with(&below("/rooms/general#m"))
        );
    }
    let direct = [("to", "ben")];
    ann.submit(&below("/direct/new"), &direct).await.expect(303);
    let starts = ["/", "/rooms/general?after=1&limit=1", "/people?limit=1"];
    let seen = crawl(&chat, &ann, &starts).await;
    for (path, status) in &seen {
        // A form may have an address that only takes forms.
        assert!(matches!(status, 200 | 303 | 405), "{path}: {status}");
    }
    for path in [
        "/rooms/general?after=1&limit=1",
        "/rooms/general/settings",
        "/people/ben",
        "/admin/audit",
        "/account/tokens",
        "/signout",
    ] {
        assert!(seen.contains_key(&below(path)), "{path}: {seen:#?}");
    }
    let visitor = crawl(&chat, &Browser::new(&chat), &["/", "/sign-in", "/nowhere"]).await;
    assert_eq!(visitor[&below("/nowhere")], 404);
}

#[tokio::test]
async fn nothing_is_served_outside_of_the_base_path() {
    let chat = start().await;
    let visitor = chat.visitor();
    for path in [
        "/",
        "/rooms",
        "/api/v1/me",
        "/healthz",
        "/team",
        "/team/chats",
        "/team/chat%2Frooms",
    ] {
        visitor.get(path).await.expect(404);
    }
    let problem = visitor.get("/api/v1/events").await.expect(404);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    for (path, target) in [("", "/"), ("?a=b", "/?a=b")] {
        let edge = visitor.get(&below(path)).await.expect(307);
        assert_eq!(edge.header("location"), below(target));
    }
    for path in ["/healthz", "/readyz"] {
        visitor.get(&below(path)).await.expect(200);
    }
}

/// Checks that the paths in a body of the API are below the base path, and counts them.
fn paths_in(value: &Value) -> usize {
    match value {
        Value::String(text) if text.starts_with('/') => {
            assert!(text.starts_with("/team/chat/"), "{text} is elsewhere");
            1
        }
        Value::Array(values) => values.iter().map(paths_in).sum(),
        Value::Object(fields) => fields.values().map(paths_in).sum(),
        _ => 0,
    }
}

#[tokio::test]
async fn the_api_names_addresses_below_the_base_path() {
    let chat = start().await;
    let ann = set_up(&chat).await;
    let page = ann
        .submit(
            &below("/account/tokens"),
            &[("token_name", "bot"), ("scopes", "read post admin")],
        )
        .await
        .expect(200);
    let token = page.text.split_once("<code>").expect("a token").1;
    let bot = chat.known("ann", token.split('<').next().expect("it ends"));
    let messages = below("/api/v1/rooms/general/messages");
    let post = |body: &str| bot.send(Method::POST, &messages, json!({ "body": body }));
    let posted = post("one").await.expect(201);
    let first = posted.json()["id"].clone();
    assert!(posted.header("location").starts_with(&messages));
    post("two").await.expect(201);
    let room = json!({ "name": "Altos" });
    let rooms = below("/api/v1/rooms");
    bot.send(Method::POST, &rooms, room).await.expect(201);
    let history = bot.get(&format!("{messages}?limit=1")).await.expect(200);
    assert!(history.header("link").starts_with(&format!("<{messages}?")));
    assert_eq!(paths_in(&history.json()), 1);
    for list in ["/api/v1/rooms?limit=1", "/api/v1/audit?limit=1"] {
        assert_eq!(paths_in(&bot.see(&below(list)).await), 1, "{list}");
    }
    let invite = json!({ "role": "member" });
    let made = bot
        .send(Method::POST, &below("/api/v1/invites"), invite)
        .await;
    let made = made.expect(201).json();
    assert_eq!(paths_in(&made), 1);
    let path = made["path"].as_str().expect("a path");
    Browser::new(&chat).get(path).await.expect(200);
    let description = bot.see(&below("/api/v1/openapi.json")).await;
    assert_eq!(description["servers"], json!([{ "url": BASE }]));
    let row = json!({ "body": "three", "reply_to": first });
    let row = bot
        .send(Method::POST, &format!("{messages}?include=html"), row)
        .await;
    let row = row.expect(201).json();
    let html = row["html"].as_str().expect("a row");
    assert!(html.contains(" href=\"rooms/general/messages/"), "{html}");
    assert!(!html.contains("=\"/"), "{html}");
}

#[tokio::test]
async fn cookies_are_for_the_base_path_and_links_name_it() {
    let chat = start().await;
    let person = chat.visitor();
    let secure = |path: &str| {
        let request = person.request(Method::POST, &below(path));
        request.header("x-forwarded-proto", "https")
    };
    let joined = Answer::to_form(secure("/join"), &[("handle", "ben")]).await;
    let cookie = joined.expect(303).header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Secure-"), "{cookie}");
    for attribute in ["Path=/team/chat", "Secure", "HttpOnly"] {
        assert!(cookie.split("; ").any(|each| each == attribute), "{cookie}");
    }
    let session = cookie.split(';').next().expect("a cookie");
    let device = secure("/account/device").header("cookie", session);
    let device = Answer::to_form(device, &[]).await.expect(200);
    let link = format!("https://{}/team/chat/device/", chat.address);
    assert!(device.text.contains(&link), "{}", device.text);
    let language = [("language", "en"), ("next", "/rooms?after=a")];
    let chosen = Answer::to_form(secure("/account/looks"), &language).await;
    assert_eq!(chosen.header("location"), "/team/chat/rooms?after=a");
    assert!(chosen.header("set-cookie").contains("; Path=/team/chat;"));
    let away = secure("/signout").header("cookie", session);
    let away = Answer::to_form(away, &[]).await.expect(303);
    for removed in away.headers.get_all("set-cookie") {
        let removed = removed.to_str().expect("ASCII");
        assert!(removed.contains("; Path=/team/chat;"), "{removed}");
    }
    // The storage of the origin belongs to other programs, too.
    assert_eq!(away.header("clear-site-data"), "");
}

#[tokio::test]
async fn the_public_address_may_have_the_base_path() {
    let chat = Chat::start_with(|config| {
        let address = parse_public_url("https://example.org/team/chat");
        config.public_url = Some(address.expect("an address"));
    })
    .await;
    let ben = Browser::new(&chat);
    ben.submit(&below("/join"), &[("handle", "ben")])
        .await
        .expect(303);
    let device = ben.submit(&below("/account/device"), &[]).await.expect(200);
    let link = "https://example.org/team/chat/device/";
    assert!(device.text.contains(link), "{}", device.text);
}
