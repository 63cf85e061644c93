//! Guessing passwords slows nobody but the one who guesses.

use super::{PASSWORD, set_password};
use crate::support::{answer::Answer, browser::Browser, chat::Chat};
use backscroll::config::rates::Rates;
use reqwest::Method;
use serde_json::json;

const GUESSES: usize = 1000;
/// As in the documentation of the rate limits.
const BURST: usize = 10;
const ATTACKER: &str = "203.0.113.1";
const ELSEWHERE: &str = "198.51.100.2";

async fn start() -> Chat {
    let proxy = "127.0.0.1/32".parse().expect("a network");
    Chat::start_with(|config| {
        config.rates = Rates::default();
        config.trusted_proxies = vec![proxy];
    })
    .await
}

async fn guess(chat: &Chat, address: &str, handle: &str) -> Answer {
    let body = json!({ "handle": handle, "password": "a guess that is wrong" });
    let visitor = chat.visitor();
    let request = visitor.request(Method::POST, "/api/v1/sign-in").json(&body);
    Answer::to(request.header("x-forwarded-for", address)).await
}

#[tokio::test]
async fn a_thousand_guesses_do_not_lock_the_owner_out() {
    let chat = start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let known = Browser::at(&chat, ATTACKER);
    known.sign_in("ann", PASSWORD).await.expect(303);
    let mut admitted = 0;
    for _ in 0..GUESSES {
        let answer = guess(&chat, ATTACKER, "ann").await;
        if answer.status == 422 {
            admitted += 1;
        } else {
            assert_eq!(answer.problem(429)["code"], "too-many-requests");
            let wait: u64 = answer.header("retry-after").parse().expect("seconds");
            assert!((1..=60).contains(&wait), "{wait}");
        }
    }
    // The sign-in of the browser was the first of the attempts.
    assert!((BURST - 1..=BURST + 1).contains(&admitted), "{admitted}");
    // The owner, from another network, and from a browser that is known, even in the network of the guesses.
    let elsewhere = Browser::at(&chat, ELSEWHERE);
    elsewhere.sign_in("ann", PASSWORD).await.expect(303);
    known.sign_in("ann", PASSWORD).await.expect(303);
    // Whoever is new in that network waits, and is told so in words.
    let newcomer = Browser::at(&chat, ATTACKER);
    let refused = newcomer.sign_in("ann", PASSWORD).await;
    assert_eq!(refused.status, 429);
    assert!(refused.text.contains("Try again in"), "{}", refused.text);
}

#[tokio::test]
async fn a_known_browser_is_not_slowed_by_guesses_from_everywhere() {
    let chat = start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let known = Browser::at(&chat, ELSEWHERE);
    known.sign_in("ann", PASSWORD).await.expect(303);
    let mut refused = 0;
    for network in 0..15 {
        for _ in 0..BURST {
            let address = format!("203.0.113.{network}");
            let answer = guess(&chat, &address, "ann").await;
            refused += usize::from(answer.status == 429);
        }
    }
    assert!((30..=60).contains(&refused), "{refused}");
    known.sign_in("ann", PASSWORD).await.expect(303);
    // An account that does not exist is limited alike.
    for _ in 0..BURST {
        guess(&chat, "192.0.2.7", "nobody").await.problem(422);
    }
    guess(&chat, "192.0.2.7", "nobody").await.problem(429);
}
