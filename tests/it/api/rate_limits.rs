//! Rate limits: what is beyond one is answered with 429, in words, and can be done a little later.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use backscroll::config::rates::Rates;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Starts a server with the default limits, except these.
async fn start_with(others: &[&str]) -> Chat {
    let others = others.iter().map(|text| text.parse().expect("a limit"));
    let rates = Rates {
        others: others.collect(),
        ..Rates::default()
    };
    Chat::start_with(|config| {
        config.rates = rates;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await
}

/// Sends requests until one is refused, and returns how many were not.
async fn count_until_refused(mut send: impl AsyncFnMut(usize) -> Answer) -> (usize, Answer) {
    for n in 0..1000 {
        let answer = send(n).await;
        if answer.status == 429 {
            return (n, answer);
        }
        assert!(answer.status < 300, "{}", answer.text);
    }
    panic!("nothing is refused");
}

#[track_caller]
fn assert_says_when(refused: &Answer) -> u64 {
    let problem = refused.problem(429);
    assert_eq!(problem["code"], "too-many-requests");
    let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!(seconds >= 1);
    assert_eq!(problem["seconds"], seconds);
    seconds
}

#[tokio::test]
async fn a_person_posts_in_a_burst_and_then_at_a_rate() {
    let chat = start_with(&["posts=5,1/min"]).await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let hello = || json!({ "body": "hello" });
    let (sent, refused) =
        count_until_refused(async |_| ann.try_post("general", hello()).await).await;
    assert_eq!(sent, 5);
    assert!(assert_says_when(&refused) <= 60);
    // Edits, deletions, reactions, custom events, names and topics count like posts.
    let id = bob.post("general", "one").await;
    for answer in [
        ann.edit("general", id, "two").await,
        ann.delete("general", id).await,
        ann.react("general", id, "👍").await,
        ann.unreact("general", id, "👍").await,
        ann.custom("general", "build", json!(1)).await,
        ann.rename("Ann B.").await,
        ann.change_room("general", json!({ "topic": "news" })).await,
    ] {
        assert_says_when(&answer);
    }
    assert_eq!(
        ann.history("general", "").await["messages"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
}

#[tokio::test]
async fn a_refused_post_succeeds_when_the_server_says_so() {
    let chat = start_with(&["posts=1,2/s"]).await;
    let ann = chat.join("ann").await;
    let message = || json!({ "body": "hello", "nonce": "n" });
    ann.try_post("general", message()).await.expect(201);
    let refused = ann
        .try_post("general", json!({ "body": "again", "nonce": "m" }))
        .await;
    let seconds = assert_says_when(&refused);
    assert_eq!(seconds, 1);
    sleep(Duration::from_secs(seconds)).await;
    ann.try_post("general", json!({ "body": "again", "nonce": "m" }))
        .await
        .expect(201);
}

#[tokio::test]
async fn rooms_and_memberships_have_limits_of_their_own() {
    let chat = start_with(&["rooms=2,1/h", "memberships=3,1/h"]).await;
    let ada = chat.set_up("ada", "open").await;
    let guests = json!({ "role": "guest", "room": "general", "uses": 9 });
    let made = ada.send(Method::POST, "/api/v1/invites", guests).await;
    let token = made.expect(201).json()["token"].clone();
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let (made, refused) = count_until_refused(async |n| {
        let room = json!({ "name": format!("Room {n}") });
        ann.send(Method::POST, "/api/v1/rooms", room).await
    })
    .await;
    assert_eq!(made, 2);
    assert_says_when(&refused);
    let (moved, refused) = count_until_refused(async |n| match n % 2 {
        0 => bob.add("general", "me").await,
        _ => bob.remove("general", "me").await,
    })
    .await;
    assert_eq!(moved, 3);
    assert_says_when(&refused);
    let token = token.as_str().expect("a token");
    let path = format!("/api/v1/invites/{token}/redeem");
    let refused = bob.send(Method::POST, &path, json!({})).await;
    assert_says_when(&refused);
    bob.post("general", "still here").await;
}

async fn join_from(visitor: &Person, forwarded: &str, handle: &str) -> Answer {
    let request = visitor.request(Method::POST, "/api/v1/join");
    let request = request.header("x-forwarded-for", forwarded);
    Answer::to(request.json(&json!({ "handle": handle }))).await
}

#[tokio::test]
async fn accounts_are_counted_by_the_network_that_a_trusted_proxy_names() {
    let chat = start_with(&["joins=3,1/h"]).await;
    let visitor = chat.visitor();
    // What stands before the address that the proxy has added was written by the client.
    let (joined, refused) = count_until_refused(async |n| {
        let forwarded = format!("198.51.100.{n}, 2001:db8::{n}");
        join_from(&visitor, &forwarded, &format!("bot{n}")).await
    })
    .await;
    assert_eq!(joined, 3);
    assert_says_when(&refused);
    join_from(&visitor, "2001:db8:0:1::1", "ann")
        .await
        .expect(201);
}

#[tokio::test]
async fn nobody_evades_a_limit_by_a_header() {
    let rates = Rates {
        others: vec!["joins=3,1/h".parse().expect("a limit")],
        ..Rates::default()
    };
    let chat = Chat::start_with(|config| config.rates = rates).await;
    let visitor = chat.visitor();
    let (joined, _) = count_until_refused(async |n| {
        let request = visitor.request(Method::POST, "/api/v1/join");
        let request = request
            .header("x-forwarded-for", format!("198.51.100.{n}"))
            .header("forwarded", format!("for=198.51.100.{n}"))
            .header("x-real-ip", format!("198.51.100.{n}"));
        Answer::to(request.json(&json!({ "handle": format!("bot{n}") }))).await
    })
    .await;
    assert_eq!(joined, 3);
}

#[tokio::test]
async fn pages_say_in_words_when_to_try_again_and_keep_what_was_typed() {
    let chat = start_with(&["posts=1,1/min", "joins=2,1/h", "rooms=1,1/h"]).await;
    let (ann, _) = (chat.join("ann").await, chat.join("bob").await);
    let id = ann.post("general", "one").await;
    ann.create_room("Choir", "open").await;
    let forms = [
        ("/join".to_owned(), "handle", "cleo"),
        ("/rooms".to_owned(), "name", "Choir practice"),
        ("/rooms/general/messages".to_owned(), "body", "a long text"),
        (
            format!("/rooms/general/messages/{id}/edit"),
            "body",
            "a long text",
        ),
    ];
    for (path, field, text) in forms {
        let form = ann.request(Method::POST, &path);
        let answer = Answer::to_form(form, &[(field, text)]).await.expect(429);
        assert!(
            answer.text.contains("Too many at once"),
            "{path}: {}",
            answer.text
        );
        assert!(answer.text.contains(text), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_person_has_so_many_streams_and_further_ones_are_told_to_come_back() {
    let rates = Rates {
        max_streams_per_person: 2.try_into().expect("not 0"),
        ..Rates::default()
    };
    let chat = Chat::start_with(|config| config.rates = rates).await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let held = (ann.stream("").await, ann.stream_of("general", "").await);
    let third = ann.stream("").await;
    assert_eq!(third.opening.json()["reason"], "overload");
    assert!(third.retry() >= Some(10_000));
    assert_eq!(bob.stream("").await.outcome(), "live");
    drop(held);
    let until = Instant::now() + crate::support::WITHIN;
    while ann.stream("").await.opening.json()["outcome"] != "live" {
        assert!(Instant::now() < until, "the places are free again");
        sleep(Duration::from_millis(20)).await;
    }
}

/// What changes something for others has a limit, unless it is named here.
#[tokio::test]
async fn everything_that_others_notice_has_a_limit() {
    const WITHOUT: &[&str] = &[
        // Noticed by nobody else.
        "addPasskey",
        "beginPasskeySignIn",
        "endOtherSessions",
        "endSession",
        "addFavourite",
        "followThread",
        "markAllRead",
        "markInboxRead",
        "markRead",
        "markThreadRead",
        "removeFavourite",
        "unfollowThread",
        "removePasskey",
        "revokeToken",
        "setNotify",
        // Repeated signals are not sent again.
        "signalTyping",
        // The limit is at the beginning of an upload.
        "appendToUpload",
        "cancelUpload",
        // Possible once.
        "setUp",
        // Of admins and managers.
        "banUser",
        "createInvite",
        "createSignInLink",
        "decideReport",
        "deleteRoom",
        "endSessionsOf",
        "mergeUser",
        "revokeInvite",
        "updateServer",
        "updateUser",
    ];
    let chat = Chat::start().await;
    let description = chat.visitor().see("/api/v1/openapi.json").await;
    let paths = description["paths"].as_object().expect("paths").values();
    let operations = paths.flat_map(|path| path.as_object().expect("methods"));
    let mut wrong = Vec::new();
    for (_, operation) in operations.filter(|(method, _)| *method != "get") {
        // Paths have parameters besides methods.
        let Some(id) = operation["operationId"].as_str() else {
            continue;
        };
        if operation["responses"].get("429").is_some() == WITHOUT.contains(&id) {
            wrong.push(id);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
