//! Rooms: making, changing, listing.

use crate::support::chat::Chat;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms";

#[tokio::test]
async fn the_room_general_is_there_from_the_start() {
    let chat = Chat::start().await;
    let list = chat.visitor().see(PATH).await;
    assert_eq!(list["rooms"].as_array().unwrap().len(), 1);
    let general = &list["rooms"][0];
    assert_eq!(
        (&general["slug"], &general["kind"], &general["joined"]),
        (&json!("general"), &json!("open"), &json!(false))
    );
    assert_eq!(list["head"], general["head"]);
    assert!(list["log"].as_str().unwrap().len() >= 8);
    assert_eq!(chat.visitor().see("/api/v1/rooms/general").await, *general);
    assert!(
        general.get("id").is_none(),
        "rooms are named by their slugs: {general}"
    );
}

#[tokio::test]
async fn a_new_room_has_an_address_made_from_its_name() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut slugs = Vec::new();
    for name in [
        "Design",
        "读书会",
        "Ünïcode & more!",
        "🎉",
        "Привет",
        "العربية",
        "--",
        "New",
        &"long ".repeat(15),
    ] {
        let made = ann
            .send(Method::POST, PATH, json!({ "name": name }))
            .await
            .expect(201);
        let room = made.json();
        let slug = room["slug"].as_str().unwrap().to_owned();
        assert!(is_slug(&slug) && slug != "new", "{slug}");
        assert_eq!(made.header("location"), format!("{PATH}/{slug}"));
        assert_eq!(
            (&room["name"], &room["joined"], &room["unread"]),
            (&json!(name.trim()), &json!(true), &json!(0))
        );
        assert_eq!(ann.see(made.header("location")).await, room);
        slugs.push(slug);
    }
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), 9);
    let again = ann
        .send(Method::POST, PATH, json!({ "name": "Design" }))
        .await
        .expect(201)
        .json();
    assert_ne!(
        again["slug"], "design",
        "a name may be used twice, an address may not"
    );
}

fn is_slug(slug: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&slug.len()) && slug.bytes().all(allowed) && !slug.starts_with('-')
}

#[tokio::test]
async fn a_room_has_a_form() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.send(
        Method::POST,
        PATH,
        json!({ "slug": "design", "name": "Design", "topic": "what it looks like" }),
    )
    .await
    .expect(201);
    ann.send(
        Method::POST,
        PATH,
        json!({ "slug": "design", "name": "Another" }),
    )
    .await
    .fault(409, "slug");
    ann.send(
        Method::POST,
        PATH,
        json!({ "slug": "general", "name": "Another" }),
    )
    .await
    .fault(409, "slug");
    for slug in [
        "",
        "A",
        "-a",
        "a b",
        "a/b",
        "é",
        "new",
        "a\n",
        &"a".repeat(64),
    ] {
        ann.send(Method::POST, PATH, json!({ "slug": slug, "name": "x" }))
            .await
            .fault(422, "slug");
    }
    for name in [
        "",
        "  ",
        "a\nb",
        "a\u{7}",
        "a\u{202e}",
        "\u{200b}",
        &"n".repeat(81),
    ] {
        ann.send(Method::POST, PATH, json!({ "name": name }))
            .await
            .fault(422, "name");
        ann.change_room("design", json!({ "name": name }))
            .await
            .fault(422, "name");
    }
    for topic in ["a\nb", &"t".repeat(251)] {
        ann.send(Method::POST, PATH, json!({ "name": "x", "topic": topic }))
            .await
            .fault(422, "topic");
        ann.change_room("design", json!({ "topic": topic }))
            .await
            .fault(422, "topic");
    }
    ann.send(Method::POST, PATH, json!({ "name": "x", "kind": "direct" }))
        .await
        .fault(422, "kind");
    for kind in [json!("secret"), json!(1)] {
        ann.send(Method::POST, PATH, json!({ "name": "x", "kind": kind }))
            .await
            .fault(422, "kind");
    }
    chat.visitor()
        .send(Method::POST, PATH, json!({ "name": "x" }))
        .await
        .problem(401);
}

#[tokio::test]
async fn members_change_a_room_and_nobody_else() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("Design", "open").await;
    bob.change_room(&room, json!({ "name": "Mine" }))
        .await
        .problem(403);
    chat.visitor()
        .change_room(&room, json!({ "name": "Mine" }))
        .await
        .problem(401);
    bob.change_room("nowhere", json!({ "name": "Mine" }))
        .await
        .problem(404);
    let changed = ann
        .change_room(&room, json!({ "topic": "new" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["name"], &changed["topic"], &changed["slug"]),
        (&json!("Design"), &json!("new"), &json!(room))
    );
    let head = ann.head().await;
    ann.change_room(&room, json!({ "name": "Design" }))
        .await
        .expect(200);
    ann.change_room(&room, json!({})).await.expect(200);
    assert_eq!(ann.head().await, head, "what changes nothing is no event");
    bob.add(&room, "me").await.expect(204);
    assert_eq!(
        bob.change_room(&room, json!({ "name": "Ours", "topic": "" }))
            .await
            .expect(200)
            .json()["name"],
        "Ours"
    );
}

#[tokio::test]
async fn what_never_changes_is_not_taken_for_changed() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let room = ann.create_room("Design", "closed").await;
    let before = ann.see(&format!("{PATH}/{room}")).await;
    for (field, value) in [("kind", "open"), ("slug", "elsewhere")] {
        ann.change_room(&room, json!({ "name": "Another", field: value }))
            .await
            .fault(422, field);
    }
    assert_eq!(ann.see(&format!("{PATH}/{room}")).await, before);
}

#[tokio::test]
async fn a_list_of_rooms_joins_the_stream_at_its_head() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    for n in 0..20 {
        let making = tokio::spawn({
            let ann = ann.clone();
            async move { ann.create_room(&format!("Room {n}"), "open").await }
        });
        let list = bob.see(PATH).await;
        let slug = making.await.unwrap();
        let end = ann.post("general", "end").await;
        let mut stream = bob.stream(&format!("after={}", list["head"])).await;
        let events = stream.events_to(end).await;
        let is_listed = list["rooms"]
            .as_array()
            .unwrap()
            .iter()
            .any(|room| room["slug"] == slug.as_str());
        let is_heard = events
            .iter()
            .any(|event| event.event == "room" && event.json()["room"] == slug.as_str());
        assert!(is_listed || is_heard, "{n}");
    }
}

#[tokio::test]
async fn one_sees_open_rooms_and_ones_own() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let closed = ann.create_room("Closed", "closed").await;
    let open = ann.create_room("Open", "open").await;
    let slugs = |list: Value| -> Vec<String> {
        list["rooms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|room| room["slug"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(slugs(ann.see(PATH).await), ["general", &open, &closed]);
    assert_eq!(slugs(bob.see(PATH).await), ["general", &open]);
    assert_eq!(slugs(chat.visitor().see(PATH).await), ["general", &open]);
    ann.add(&closed, "bob").await.expect(204);
    assert_eq!(slugs(bob.see(PATH).await), ["general", &open, &closed]);
    assert_eq!(bob.see("/api/v1/me").await["rooms"], json!([closed]));
    assert_eq!(bob.see("/api/v1/me").await["handle"], "bob");
    chat.visitor().get("/api/v1/me").await.problem(401);
}
