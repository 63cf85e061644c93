//! API tokens: what they may be used for.

use crate::support::{
    answer::Answer,
    chat::Chat,
    person::Person,
    routes::{path_of, routes},
};
use reqwest::Method;
use serde_json::{Value, json};

const TOKENS: &str = "/api/v1/me/tokens";

/// Creates a token, and returns its id and its client.
async fn token(chat: &Chat, owner: &Person, body: Value) -> (String, Person) {
    let created = owner.send(Method::POST, TOKENS, body).await;
    let created = created.expect(201).json();
    let text = |field: &str| created[field].as_str().expect("a text").to_owned();
    (text("id"), chat.known(&owner.handle, &text("token")))
}

#[tokio::test]
async fn a_token_does_only_what_its_scopes_say() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let said = json!({ "body": "hello" });
    let rename = json!({ "name": "Ann B." });
    for (scopes, reads, posts, manages) in [
        (vec!["read"], 200, 403, 403),
        (vec!["post"], 403, 201, 403),
        (vec!["admin"], 403, 403, 200),
        (vec!["read", "post", "admin"], 200, 201, 200),
    ] {
        let body = json!({ "name": "a bot", "scopes": scopes });
        let (_, bot) = token(&chat, &ann, body).await;
        let read = bot.get("/api/v1/rooms/general/messages").await;
        let posted = bot.try_post("general", said.clone()).await;
        let managed = bot.send(Method::PATCH, "/api/v1/me", rename.clone()).await;
        let statuses = [read.status, posted.status, managed.status];
        assert_eq!(statuses, [reads, posts, manages], "{scopes:?}");
        for answer in [read, posted, managed] {
            if answer.status == 403 {
                assert_eq!(answer.problem(403)["code"], "token-scope");
            }
        }
        let streamed = bot.get("/api/v1/events?limit_replay=x").await.status;
        assert_eq!(streamed == 403, reads == 403, "{scopes:?}: {streamed}");
        bot.sign_out().await;
        bot.get("/api/v1/me").await.problem(401);
    }
}

#[tokio::test]
async fn a_token_for_a_room_reaches_no_other_room() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let club = ann.create_room("Club", "closed").await;
    let body = json!({ "name": "bot", "scopes": ["read", "post", "admin"], "rooms": [club] });
    let (_, bot) = token(&chat, &ann, body).await;
    bot.post(&club, "from the bot").await;
    bot.get("/api/v1/rooms/general").await.problem(404);
    let missing = bot.get("/api/v1/rooms/missing").await;
    let other = bot.get("/api/v1/rooms/general").await;
    assert_eq!(missing.text, other.text);
    let said = json!({ "body": "no" });
    bot.try_post("general", said).await.problem(404);
    assert_eq!(bot.see("/api/v1/me").await["rooms"], json!([club]));
    for path in ["/api/v1/rooms", TOKENS, "/account"] {
        assert_eq!(bot.get(path).await.status, 403, "{path}");
    }
    let create = json!({ "name": "Another" });
    let created = bot.send(Method::POST, "/api/v1/rooms", create).await;
    assert_eq!(created.problem(403)["code"], "token-scope");
}

#[tokio::test]
async fn a_stream_of_a_token_for_a_room_carries_no_other_room() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let club = ann.create_room("Club", "closed").await;
    let body = json!({ "name": "bot", "scopes": ["read"], "rooms": [club] });
    let (_, bot) = token(&chat, &ann, body).await;
    ann.post("general", "elsewhere before").await;
    for query in ["after=0", &format!("after=0&room=general&room={club}")] {
        let mut stream = bot.stream(query).await;
        ann.post("general", "elsewhere").await;
        let here = ann.post(&club, "here").await;
        let heard = stream.events_to(here).await;
        assert!(!format!("{heard:?}").contains("elsewhere"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_revoked_token_ends_with_its_streams_and_others_go_on() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let (id, bot) = token(&chat, &ann, json!({ "name": "one" })).await;
    let (_, other) = token(&chat, &ann, json!({ "name": "two", "scopes": ["read"] })).await;
    let list = ann.see(TOKENS).await;
    let list = list["tokens"].as_array().expect("a list");
    assert_eq!(list.len(), 2);
    let one = list
        .iter()
        .find(|token| token["name"] == "one")
        .expect("it");
    assert_eq!(one["scopes"], json!(["read", "post"]));
    assert_eq!(one["rooms"], Value::Null);
    assert!(one.get("token").is_none(), "the secret is shown once");
    let mut stream = bot.stream("").await;
    let path = format!("{TOKENS}/{id}");
    bob.send(Method::DELETE, &path, Value::Null)
        .await
        .problem(404);
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .expect(204);
    assert_eq!(stream.farewell().await.0, "signed-out");
    bot.get("/api/v1/me").await.problem(401);
    other.get("/api/v1/me").await.expect(200);
    // Ending all other sessions leaves API tokens alone.
    ann.send(Method::DELETE, "/api/v1/me/sessions", Value::Null)
        .await
        .expect(204);
    other.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_token_is_created_with_what_exists_only() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let club = bob.create_room("Club", "closed").await;
    for (body, field, code) in [
        (json!({}), "name", "name-empty"),
        (json!({ "name": "x", "scopes": [] }), "scopes", "required"),
        (
            json!({ "name": "x", "scopes": ["root"] }),
            "scopes",
            "unknown-value",
        ),
        (
            json!({ "name": "x", "rooms": [club] }),
            "rooms",
            "no-such-room",
        ),
        (
            json!({ "name": "x", "rooms": ["missing"] }),
            "rooms",
            "no-such-room",
        ),
        (json!({ "name": "x", "rooms": [] }), "rooms", "required"),
        (
            json!({ "name": "x", "expires_at": "soon" }),
            "expires_at",
            "not-a-time",
        ),
        (
            json!({ "name": "x", "expires_at": "2020-01-01T00:00:00Z" }),
            "expires_at",
            "time-passed",
        ),
    ] {
        let refused = ann.send(Method::POST, TOKENS, body).await;
        assert_eq!(refused.fault(422, field), code);
    }
}

#[tokio::test]
async fn a_token_for_a_room_tells_of_no_other_room_by_any_address() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob-of-elsewhere").await];
    let club = ann.create_room("Club", "closed").await;
    let other = ann.create_room("Secret plans", "closed").await;
    ann.add(&other, &bob.handle).await.expect(204);
    let direct = ann.open_direct(&[&bob.handle]).await;
    let message = ann.post(&club, "here").await;
    ann.post(&other, "hidden words").await;
    let body = json!({ "name": "bot", "scopes": ["read", "post", "admin"], "rooms": [club] });
    let (_, bot) = token(&chat, &ann, body).await;
    let foreign = ["Secret plans", &other, &direct, &bob.handle, "hidden words"];
    let mut read = 0;
    for route in routes() {
        if !route.methods.contains(&Method::GET) || route.address.ends_with("/events") {
            continue;
        }
        let path = path_of(route.address, &club, message, "ann");
        let answer = bot.get(&path).await;
        for word in foreign {
            assert!(!answer.text.contains(word), "{path} tells of {word}");
        }
        let is_of_api = route.address.starts_with("/api/v1/rooms/{room}");
        assert_eq!(is_of_api && answer.status == 200, is_of_api, "{path}");
        read += usize::from(answer.status == 200);
    }
    assert!(read >= 5, "the token reads its own room: {read}");
}

#[tokio::test]
async fn posting_is_not_moderating() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let room = ann.create_room("Of Ann", "open").await;
    let body = json!({ "name": "a bot", "scopes": ["post"] });
    let (_, bot) = token(&chat, &ada, body).await;
    let of_bob = bob.post(&room, "bob's").await;
    let own = ada.post(&room, "ada's").await;
    for refused in [
        bot.delete(&room, of_bob).await,
        bot.name(&room, "me", "manager").await,
        bot.add("general", "bob").await,
        bot.remove(&room, "bob").await,
        Answer::to_form(
            bot.request(Method::POST, &format!("/rooms/{room}/members")),
            &[("handle", "ann")],
        )
        .await,
    ] {
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
    bot.delete(&room, own).await.expect(200);
    bot.remove(&room, "me").await.expect(204);
    bot.add(&room, "me").await.expect(204);
    let body = json!({ "name": "a moderator", "scopes": ["post", "admin"] });
    let (_, moderator) = token(&chat, &ada, body).await;
    moderator.delete(&room, of_bob).await.expect(200);
}

#[tokio::test]
async fn a_token_expires_at_a_time_or_a_date() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for (given, kept) in [
        ("2199-01-01", "2199-01-01T00:00:00.000Z"),
        ("2199-01-01T02:00:00+02:00", "2199-01-01T00:00:00.000Z"),
    ] {
        let body = json!({ "name": "bot", "scopes": ["read"], "expires_at": given });
        let made = ann.send(Method::POST, TOKENS, body).await.expect(201);
        let list = ann.see(TOKENS).await;
        let mut tokens = list["tokens"].as_array().expect("tokens").iter();
        let token = tokens.find(|token| token["id"] == made.json()["id"]);
        assert_eq!(token.expect("the token")["expires_at"], kept);
    }
    let body = json!({ "name": "bot", "scopes": ["read"], "expires_at": "tomorrow" });
    let refused = ann.send(Method::POST, TOKENS, body).await;
    refused.fault(422, "expires_at");
}
