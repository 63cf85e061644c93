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
async fn rooms_are_listed_page_by_page_those_of_the_caller_first() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    for (person, name, kind) in [
        (&ann, "B of Ann", "open"),
        (&ann, "A of Ann", "open"),
        (&ann, "Closed", "closed"),
        (&bob, "A of Bob", "open"),
        (&bob, "Z of Bob", "open"),
    ] {
        let room = json!({ "name": name, "kind": kind });
        person.send(Method::POST, PATH, room).await.expect(201);
    }
    let of_ann = [
        "A of Ann", "B of Ann", "Closed", "General", "A of Bob", "Z of Bob",
    ];
    for limit in 1..=7 {
        let mut names = Vec::new();
        let mut next = format!("{PATH}?limit={limit}");
        loop {
            let page = ann.see(&next).await;
            let rooms = page["rooms"].as_array().unwrap();
            names.extend(
                rooms
                    .iter()
                    .map(|room| room["name"].as_str().unwrap().to_owned()),
            );
            assert!(rooms.len() <= limit && !rooms.is_empty(), "{page}");
            match page["next"].as_str() {
                Some(address) => next = address.to_owned(),
                None => break,
            }
        }
        assert_eq!(names, of_ann, "pages of {limit}");
    }
    let of_visitor = chat
        .visitor()
        .see(&format!("{PATH}?after=a-of-bob&limit=2"))
        .await;
    assert_eq!(of_visitor["rooms"][0]["name"], "B of Ann", "{of_visitor}");
    // A room that one may not see is no place in the list, nor is one that is not there.
    for wrong in [
        "after=closed",
        "after=nothing",
        "limit=0",
        "limit=201",
        "limit=x",
    ] {
        bob.get(&format!("{PATH}?{wrong}")).await.expect(422);
    }
}

#[tokio::test]
async fn a_page_shows_its_room_and_leads_to_all_however_many_there_are() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for number in 0..205 {
        ann.create_room(&format!("room-{number:03}"), "open").await;
    }
    let bob = chat.join("bob").await;
    let page = bob.get("/rooms/room-204").await.expect(200).text;
    assert_eq!(
        page.matches("class=\"room-link").count(),
        2,
        "his rooms and the one of the page"
    );
    assert!(page.contains("data-room=\"room-204\""));
    assert!(page.contains("href=\"rooms\">Browse rooms…"));
    let list = bob.get("/rooms").await.expect(200).text;
    assert!(
        list.contains("href=\"rooms?after=room-198\">More rooms"),
        "{list}"
    );
    let rest = bob.get("/rooms?after=room-198").await.expect(200).text;
    assert_eq!(rest.matches("room-list-name").count(), 6);
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
    let again = ann.send(Method::POST, PATH, json!({ "name": "Design!" }));
    let again = again.await.expect(201).json();
    assert_ne!(again["slug"], "design", "an address is used once");
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
async fn managers_change_a_room_and_nobody_else() {
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
    let ours = json!({ "name": "Ours", "topic": "" });
    bob.change_room(&room, ours).await.problem(403);
    bob.change_room("general", json!({ "name": "Mine" }))
        .await
        .problem(403);
    ann.name(&room, "bob", "manager").await.expect(204);
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
    assert_eq!(slugs(ann.see(PATH).await), [&closed, "general", &open]);
    assert_eq!(slugs(bob.see(PATH).await), ["general", &open]);
    assert_eq!(slugs(chat.visitor().see(PATH).await), ["general", &open]);
    ann.add(&closed, "bob").await.expect(204);
    assert_eq!(slugs(bob.see(PATH).await), [&closed, "general", &open]);
    assert_eq!(
        bob.see("/api/v1/me").await["rooms"],
        json!([closed, "general"])
    );
    assert_eq!(bob.see("/api/v1/me").await["handle"], "bob");
    chat.visitor().get("/api/v1/me").await.problem(401);
}
