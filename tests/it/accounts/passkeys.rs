//! Passkeys: adding them, signing in by them, and what is refused.

use super::{PASSWORD, set_password};
use crate::support::{
    answer::Answer,
    authenticator::{Authenticator, VERIFIED},
    browser::Browser,
    chat::Chat,
    person::Person,
};
use backscroll::config::rates::Rates;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Executor as _;

const ORIGIN: &str = "https://chat.example";
const ROUTE: &str = "/api/v1/me/passkeys";
const CHALLENGE: &str = "/api/v1/me/passkeys/challenge";

async fn start() -> Chat {
    Chat::start_with(|config| config.public_url = ORIGIN.parse().ok()).await
}

/// Asks for a challenge to add a passkey.
async fn begin(person: &Person, password: Option<&str>) -> Value {
    let body = json!({ "password": password });
    let begun = person.send(Method::POST, CHALLENGE, body).await;
    begun.expect(200).json()
}

async fn finish(person: &Person, begun: &Value, credential: &Value) -> Answer {
    let body = json!({ "ceremony": begun["ceremony"], "name": "Laptop", "credential": credential });
    person.send(Method::POST, ROUTE, body).await
}

async fn add(person: &Person, password: Option<&str>) -> Authenticator {
    let begun = begin(person, password).await;
    let (made, credential) = Authenticator::create(ORIGIN, &begun["options"]);
    finish(person, &begun, &credential).await.expect(201);
    made
}

/// Asks for a challenge to sign in.
async fn challenge(browser: &Browser<'_>) -> Value {
    let path = "/api/v1/sign-in/passkey/challenge";
    browser.submit(path, &[]).await.expect(200).json()
}

async fn send(browser: &Browser<'_>, begun: &Value, credential: &Value) -> Answer {
    let ceremony = begun["ceremony"].as_str().expect("a secret");
    let credential = credential.to_string();
    let fields = [
        ("ceremony", ceremony),
        ("credential", &credential),
        ("next", "/people"),
    ];
    browser.submit("/sign-in/passkey", &fields).await
}

async fn sign_in(browser: &Browser<'_>, passkey: &mut Authenticator) -> Answer {
    let begun = challenge(browser).await;
    let credential = passkey.get(&begun["options"]);
    send(browser, &begun, &credential).await
}

/// Checks that an answer is refused, in the words for everything that is not accepted.
#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(
        answer.text.contains("That passkey was not accepted"),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("ann"), "{}", answer.text);
}

#[tokio::test]
async fn a_passkey_is_added_listed_and_signs_in_without_a_name() {
    let chat = start().await;
    let ann = chat.join("ann").await;
    let begun = begin(&ann, None).await;
    let options = &begun["options"];
    assert_eq!(options["rp"]["id"], "chat.example");
    assert_eq!(options["user"]["name"], "ann");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    let (mut passkey, credential) = Authenticator::create(ORIGIN, options);
    finish(&ann, &begun, &credential).await.expect(201);
    let listed = ann.see(ROUTE).await;
    let entry = &listed["passkeys"][0];
    assert_eq!(entry["name"], "Laptop");
    assert!(entry["last_used_at"].is_null(), "{entry}");
    let browser = Browser::new(&chat);
    let signed_in = sign_in(&browser, &mut passkey).await.expect(303);
    assert_eq!(signed_in.header("location"), "/people");
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    assert!(ann.see(ROUTE).await["passkeys"][0]["last_used_at"].is_string());
    // A program of the same origin gets a token.
    let program = Browser::new(&chat);
    let begun = challenge(&program).await;
    let (name, value) = program.cookie("-device");
    let body =
        json!({ "ceremony": begun["ceremony"], "credential": passkey.get(&begun["options"]) });
    let visitor = chat.visitor();
    let request = visitor
        .request(Method::POST, "/api/v1/sign-in/passkey")
        .json(&body);
    let joined = Answer::to(request.header("cookie", format!("{name}={value}"))).await;
    let token = joined.expect(200).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(
        chat.known("ann", &token).see("/api/v1/me").await["handle"],
        "ann"
    );
    // It is one of the passkeys that the authenticator does not make twice.
    let again = begin(&ann, None).await;
    assert_eq!(
        again["options"]["excludeCredentials"][0]["id"],
        credential["id"]
    );
}

#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    let chat = start().await;
    let mut passkey = add(&chat.join("ann").await, None).await;
    let [mine, other] = [Browser::new(&chat), Browser::new(&chat)];
    let begun = challenge(&mine).await;
    let credential = passkey.get(&begun["options"]);
    challenge(&other).await;
    assert_refused(&send(&other, &begun, &credential).await);
    assert_refused(&send(&Browser::new(&chat), &begun, &credential).await);
    send(&mine, &begun, &credential).await.expect(303);
    assert_refused(&send(&mine, &begun, &credential).await);
    // The answer to another challenge, which uses up its own.
    let (first, second) = (challenge(&mine).await, challenge(&mine).await);
    let credential = passkey.get(&first["options"]);
    assert_refused(&send(&mine, &second, &credential).await);
    let credential = passkey.get(&second["options"]);
    assert_refused(&send(&mine, &second, &credential).await);
}

#[tokio::test]
async fn what_is_signed_for_somebody_else_or_without_the_user_is_refused() {
    let chat = start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let mut passkey = add(&ann, None).await;
    let of_bob = add(&bob, None).await;
    let browser = Browser::new(&chat);
    let other_origins = [
        "https://evil.example",
        "http://chat.example",
        "https://chat.example:8443",
        "https://sub.chat.example",
    ];
    for origin in other_origins {
        passkey.origin = origin.into();
        assert_refused(&sign_in(&browser, &mut passkey).await);
    }
    passkey.origin = ORIGIN.into();
    passkey.party = "evil.example".into();
    assert_refused(&sign_in(&browser, &mut passkey).await);
    passkey.party = "chat.example".into();
    passkey.flags ^= VERIFIED;
    assert_refused(&sign_in(&browser, &mut passkey).await);
    passkey.flags ^= VERIFIED;
    let own = std::mem::replace(&mut passkey.user, of_bob.user.clone());
    assert_refused(&sign_in(&browser, &mut passkey).await);
    passkey.user = own;
    let own = std::mem::replace(&mut passkey.id, of_bob.id.clone());
    assert_refused(&sign_in(&browser, &mut passkey).await);
    passkey.id = vec![7; 32];
    assert_refused(&sign_in(&browser, &mut passkey).await);
    passkey.id = own;
    let begun = challenge(&browser).await;
    for nonsense in [json!(null), json!({}), json!("x"), json!([1])] {
        assert_refused(&send(&browser, &begun, &nonsense).await);
    }
    assert_eq!(browser.handle().await, None);
    sign_in(&browser, &mut passkey).await.expect(303);
    // The same holds for adding one.
    let begun = begin(&ann, None).await;
    let (_, credential) = Authenticator::create("https://evil.example", &begun["options"]);
    let refused = finish(&ann, &begun, &credential).await;
    assert_eq!(refused.fault(422, "credential"), "passkey-refused");
    let (_, credential) = Authenticator::create(ORIGIN, &begun["options"]);
    let refused = finish(&ann, &begun, &credential).await;
    assert_eq!(refused.fault(422, "credential"), "passkey-refused");
    // Nor does a challenge of one person add a passkey for another.
    let begun = begin(&ann, None).await;
    let (_, credential) = Authenticator::create(ORIGIN, &begun["options"]);
    let refused = finish(&bob, &begun, &credential).await;
    assert_eq!(refused.fault(422, "credential"), "passkey-refused");
}

#[tokio::test]
async fn a_counter_that_does_not_rise_is_that_of_a_copy() {
    let chat = start().await;
    let ann = chat.join("ann").await;
    let mut passkey = add(&ann, None).await;
    let browser = Browser::new(&chat);
    passkey.counter = 5;
    sign_in(&browser, &mut passkey).await.expect(303);
    for counter in [4, 5] {
        passkey.counter = counter - 1;
        assert_refused(&sign_in(&Browser::new(&chat), &mut passkey).await);
    }
    passkey.counter = 6;
    sign_in(&browser, &mut passkey).await.expect(303);
    // Of two answers with the same counter, one signs in.
    let browsers = [Browser::new(&chat), Browser::new(&chat)];
    let mut sent = Vec::new();
    for browser in &browsers {
        passkey.counter = 10;
        let begun = challenge(browser).await;
        let credential = passkey.get(&begun["options"]);
        sent.push(async move { send(browser, &begun, &credential).await.status });
    }
    let mut statuses = futures_util::future::join_all(sent).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
}

#[tokio::test]
async fn whoever_is_disabled_or_has_removed_the_passkey_is_refused_like_a_stranger() {
    let chat = start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let mut passkey = add(&ann, Some(PASSWORD)).await;
    let disable = "update users set disabled_at = '2026-01-01T00:00:00.000Z' where handle = 'ann'";
    let enable = "update users set disabled_at = null where handle = 'ann'";
    let mut file = chat.outside().await;
    file.execute(disable)
        .await
        .expect("the file can be changed");
    assert_refused(&sign_in(&Browser::new(&chat), &mut passkey).await);
    file.execute(enable).await.expect("the file can be changed");
    sign_in(&Browser::new(&chat), &mut passkey)
        .await
        .expect(303);
    let id = ann.see(ROUTE).await["passkeys"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("{ROUTE}/{id}");
    let bob = chat.join("bob").await;
    bob.send(Method::DELETE, &path, Value::Null)
        .await
        .problem(404);
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .expect(204);
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .problem(404);
    assert_refused(&sign_in(&Browser::new(&chat), &mut passkey).await);
}

#[tokio::test]
async fn adding_a_passkey_needs_the_password_or_a_recent_sign_in() {
    let chat = start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    set_password(&ann, PASSWORD).await;
    let asked = ann.send(Method::POST, CHALLENGE, Value::Null).await;
    assert_eq!(asked.fault(422, "password"), "required");
    let wrong = json!({ "password": "two cups, two spoons" });
    let refused = ann.send(Method::POST, CHALLENGE, wrong).await;
    assert_eq!(refused.fault(422, "password"), "password-wrong");
    add(&ann, Some(PASSWORD)).await;
    // Without a password the first one is added at any time, and others shortly after signing in.
    let past = "update sessions set created_at = '2026-01-01T00:00:00.000Z'";
    let mut file = chat.outside().await;
    file.execute(past).await.expect("the file can be changed");
    let mut passkey = add(&bob, None).await;
    let refused = bob.send(Method::POST, CHALLENGE, Value::Null).await;
    assert_eq!(refused.problem(403)["code"], "sign-in-again");
    let browser = Browser::new(&chat);
    sign_in(&browser, &mut passkey).await.expect(303);
    browser.submit(CHALLENGE, &[]).await.expect(200);
}

#[tokio::test]
async fn the_only_way_to_sign_in_is_not_removed() {
    let chat = start().await;
    let browser = Browser::join(&chat, "ann").await;
    let begun = browser.submit(CHALLENGE, &[]).await.expect(200).json();
    let (_, credential) = Authenticator::create(ORIGIN, &begun["options"]);
    let body = json!({ "ceremony": begun["ceremony"], "credential": credential });
    let added = browser
        .send_json(Method::POST, ROUTE, &body)
        .await
        .expect(201)
        .json();
    assert_eq!(added["name"], "Firefox · Linux", "what the browser is");
    let path = format!(
        "/account/passkeys/{}/remove",
        added["id"].as_str().expect("an id")
    );
    let refused = browser.submit(&path, &[]).await.expect(409);
    assert!(
        refused.text.contains("Nothing else signs you in"),
        "{}",
        refused.text
    );
    let question = browser.get("/signout").await.expect(200).text;
    assert!(
        question.contains("with your password or a passkey"),
        "{question}"
    );
    let password = [("new", PASSWORD)];
    browser
        .submit("/account/password", &password)
        .await
        .expect(303);
    browser.submit(&path, &[]).await.expect(303);
    let page = browser.get("/account").await.expect(200).text;
    assert!(
        !page.contains("Firefox · Linux</span>\n<span class=\"room-list-state\">since"),
        "{page}"
    );
}

#[tokio::test]
async fn a_server_without_a_name_offers_no_passkeys() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let refused = ann.send(Method::POST, CHALLENGE, Value::Null).await;
    assert_eq!(refused.problem(403)["code"], "no-passkeys");
    let browser = Browser::new(&chat);
    let refused = browser
        .submit("/api/v1/sign-in/passkey/challenge", &[])
        .await;
    assert_eq!(refused.problem(403)["code"], "no-passkeys");
    let page = browser.get("/sign-in").await.expect(200).text;
    assert!(
        !page.contains("passkey") && !page.contains("<script"),
        "{page}"
    );
}

#[tokio::test]
async fn guesses_are_slowed_like_those_of_passwords() {
    let chat = Chat::start_with(|config| {
        config.public_url = ORIGIN.parse().ok();
        config.rates = Rates::default();
    })
    .await;
    let mut passkey = add(&chat.join("ann").await, None).await;
    passkey.origin = "https://evil.example".into();
    let mut refused = 0;
    for _ in 0..12 {
        let answer = sign_in(&Browser::new(&chat), &mut passkey).await;
        if answer.status == 429 {
            assert!(answer.text.contains("Try again in"), "{}", answer.text);
            refused += 1;
        } else {
            assert_refused(&answer);
        }
    }
    assert!((1..=2).contains(&refused), "{refused}");
}
