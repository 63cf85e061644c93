//! Rooms that are closed, archived, deleted or for announcements, and who may do what in them.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms";

async fn make_room(person: &Person, room: Value) -> Answer {
    person.send(Method::POST, PATH, room).await
}

/// The code of a refusal.
fn code(answer: &Answer) -> String {
    answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_slug_of_a_closed_room_cannot_be_guessed_or_chosen() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let closed = json!({ "name": "Plans", "kind": "closed" });
    let first = make_room(&ann, closed.clone()).await.expect(201).json();
    let second = make_room(&ann, closed).await.expect(201).json();
    for room in [&first, &second] {
        let slug = room["slug"].as_str().expect("a slug");
        let letters = slug.strip_prefix("r-").expect("its form");
        assert_eq!(letters.len(), 10, "{slug}");
    }
    assert_ne!(first["slug"], second["slug"]);
    let chosen = json!({ "name": "Plans", "kind": "closed", "slug": "plans" });
    make_room(&ann, chosen).await.fault(422, "slug");
    let of_that_form = json!({ "name": "Plans", "slug": "r-abcdefghij" });
    make_room(&ann, of_that_form).await.fault(422, "slug");
    let named_so = make_room(&ann, json!({ "name": "R abcdefghij" })).await;
    assert_eq!(named_so.expect(201).json()["slug"], "r-abcdefghij-room");
}

#[tokio::test]
async fn no_two_open_rooms_have_the_same_name() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let room = ann.create_room("Élan vital", "open").await;
    for name in ["élan VITAL", "E\u{301}lan vital", "general"] {
        let again = make_room(&ann, json!({ "name": name, "slug": "other" })).await;
        again.fault(409, "name");
        assert_eq!(code(&again), "room-name-taken");
    }
    let other = ann.create_room("Other", "open").await;
    let renamed = ann.change_room(&other, json!({ "name": "élan vital" }));
    renamed.await.fault(409, "name");
    let renamed = ann.change_room(&room, json!({ "name": "ÉLAN vital" }));
    renamed.await.expect(200);
    // What closed rooms are called is known to their members only.
    ann.create_room("General", "closed").await;
    ann.change_room(&room, json!({ "kind": "closed" }))
        .await
        .expect(200);
    ann.create_room("Élan vital", "open").await;
}

#[tokio::test]
async fn two_rooms_of_one_name_at_once_are_one_room() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let made = (0..20).map(|n| {
        let name = ["Book club", "BOOK club"][n % 2];
        make_room(&ann, json!({ "name": name, "slug": format!("club-{n}") }))
    });
    let made = futures_util::future::join_all(made).await;
    let made: Vec<_> = made.iter().filter(|made| made.status == 201).collect();
    assert_eq!(made.len(), 1);
}

#[tokio::test]
async fn a_closed_room_is_gone_for_whoever_is_no_member() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let room = ann.create_room("Plans", "open").await;
    let id = ann.post(&room, "secret soon").await;
    bob.add(&room, "me").await.expect(204);
    bob.change_room(&room, json!({ "kind": "closed" }))
        .await
        .problem(403);
    let closed = ann.change_room(&room, json!({ "kind": "closed" })).await;
    assert_eq!(closed.expect(200).json()["kind"], "closed");
    for outsider in [&cara, &chat.visitor()] {
        for path in [
            format!("{PATH}/{room}"),
            format!("{PATH}/{room}/messages"),
            format!("{PATH}/{room}/messages/{id}"),
            format!("{PATH}/{room}/members"),
            format!("{PATH}/{room}/events"),
        ] {
            let gone = outsider.get(&path).await;
            gone.problem(404);
            let never = outsider.get(&path.replace(&room, "nowhere")).await;
            assert_eq!(gone.text, never.text, "{path}");
        }
        let listed = outsider.see(PATH).await;
        assert!(!listed.to_string().contains(&room), "{listed}");
    }
    cara.add(&room, "me").await.problem(404);
    let posted = cara.try_post(&room, json!({ "body": "let me in" })).await;
    posted.problem(404);
    bob.post(&room, "among us").await;
    ann.change_room(&room, json!({ "kind": "open" }))
        .await
        .fault(422, "kind");
}

#[tokio::test]
async fn nothing_is_added_to_an_archived_room() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let room = ann.create_room("Old plans", "open").await;
    let nonce = json!({ "body": "before", "nonce": "n1" });
    bob.try_post(&room, nonce.clone()).await.expect(201);
    let id = bob.post(&room, "to be deleted").await;
    ann.change_room(&room, json!({ "archived": true }))
        .await
        .expect(200);
    for refused in [
        bob.try_post(&room, json!({ "body": "after" })).await,
        bob.edit(&room, id, "edited").await,
        bob.react(&room, id, "👍").await,
        bob.custom(&room, "ci.build", json!(1)).await,
        cara.add(&room, "me").await,
        cara.try_post(&room, json!({ "body": "after" })).await,
        ann.add(&room, "cara").await,
    ] {
        refused.problem(403);
        assert_eq!(code(&refused), "room-archived");
    }
    // A post that was acknowledged before is still acknowledged.
    bob.try_post(&room, nonce).await.expect(200);
    bob.history(&room, "").await;
    let read = json!({ "up_to": id });
    let path = format!("{PATH}/{room}/read");
    bob.send(Method::PUT, &path, read).await.expect(204);
    bob.delete(&room, id).await.expect(200);
    bob.remove(&room, "me").await.expect(204);
    ann.change_room(&room, json!({ "archived": false }))
        .await
        .expect(200);
    bob.post(&room, "again").await;
}

#[tokio::test]
async fn only_managers_post_announcements_and_all_react() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.create_room("News", "open").await;
    bob.post(&room, "is this on?").await;
    ann.change_room(&room, json!({ "announcements": true }))
        .await
        .expect(200);
    let id = ann.post(&room, "news").await;
    let refused = bob.try_post(&room, json!({ "body": "me, too" })).await;
    refused.problem(403);
    assert_eq!(code(&refused), "only-managers-post");
    bob.type_in(&room).await.problem(403);
    bob.react(&room, id, "👍").await.expect(200);
    ann.name(&room, "bob", "manager").await.expect(204);
    bob.post(&room, "my news").await;
    ann.name(&room, "bob", "member").await.expect(204);
    let refused = bob.try_post(&room, json!({ "body": "more" })).await;
    refused.problem(403);
}

#[tokio::test]
async fn a_deleted_room_is_erased_from_the_file() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.create_room("Plans", "open").await;
    let nonce = json!({ "body": "for @ann, unforgettable", "nonce": "n1" });
    bob.try_post(&room, nonce).await.expect(201);
    let first = bob.post(&room, "unforgettable question").await;
    let answer = json!({ "body": "unforgettable answer", "reply_to": first });
    ann.try_post(&room, answer).await.expect(201);
    bob.react(&room, first, "👍").await.expect(200);
    bob.custom(&room, "ci.build", json!("unforgettable build"))
        .await
        .expect(201);
    bob.delete_room(&room).await.problem(403);
    let last = ann.head().await;
    ann.delete_room(&room).await.expect(204);
    for person in [&ann, &bob, &chat.visitor()] {
        person.get(&format!("{PATH}/{room}")).await.problem(404);
    }
    let head = ann.head().await;
    assert!(head > last);
    // What a stopped server has not erased, the next one does.
    chat.restart().await;
    let left = "select (select count(*) from messages) + (select count(*) from mentions)
        + (select count(*) from reactions) + (select count(*) from room_months)
        + (select count(*) from events where kind = 'custom' and data is not null)";
    loop {
        let left: i64 = sqlx::query_scalar(left)
            .fetch_one(&mut chat.outside().await)
            .await
            .expect("rows are counted");
        if left == 0 {
            break;
        }
    }
    let again = make_room(&ann, json!({ "name": "Plans" })).await;
    assert_eq!(again.expect(201).json()["slug"], "plans-2");
    // Its nonces and ids stay used.
    let again = json!({ "body": "another", "nonce": "n1" });
    let reused = bob.try_post("general", again).await;
    reused.fault(409, "nonce");
    assert!(bob.post("general", "later").await > head);
    chat.stop().await;
    crate::support::program::run(["check", "--db", chat.file().to_str().expect("a path")]).ok();
}

#[tokio::test]
async fn nobody_misses_the_first_mention() {
    let chat = Chat::start().await;
    let bob = chat.join("bob").await;
    let ann = chat.join("ann").await;
    bob.post("general", "welcome, @ann").await;
    let general = ann.see(&format!("{PATH}/general")).await;
    assert_eq!(
        [&general["joined"], &general["auto_join"]],
        [&json!(true), &json!(true)]
    );
    assert_eq!(
        (&general["unread"], &general["mentions"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(general["new"], false, "ann came by herself");
    // Only admins decide what everybody becomes a member of.
    let room = bob.create_room("Mine", "open").await;
    let forced = bob.change_room(&room, json!({ "auto_join": true })).await;
    forced.problem(403);
    assert_eq!(code(&forced), "not-admin");
}

#[tokio::test]
async fn whoever_is_added_is_told_and_can_leave() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.create_room("Plans", "closed").await;
    let mut stream = bob.stream("").await;
    ann.add(&room, "bob").await.expect(204);
    let told = stream.event().await;
    assert_eq!(
        (told.event.as_str(), &told.json()["room"]),
        ("member", &json!(room))
    );
    let seen = bob.see(&format!("{PATH}/{room}")).await;
    assert_eq!(
        (&seen["new"], &seen["role"]),
        (&json!(true), &json!("member"))
    );
    let page = bob.get("/rooms/general").await.expect(200).text;
    assert!(page.contains("badge-new"), "{page}");
    let read = json!({ "up_to": bob.head().await });
    let path = format!("{PATH}/{room}/read");
    bob.send(Method::PUT, &path, read).await.expect(204);
    assert_eq!(bob.see(&format!("{PATH}/{room}")).await["new"], false);
    bob.remove(&room, "me").await.expect(204);
    bob.get(&format!("{PATH}/{room}")).await.problem(404);
}

#[tokio::test]
async fn nobody_can_be_put_into_thousands_of_rooms() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.create_room("Plans", "closed").await;
    for _ in 0..100 {
        ann.add(&room, "bob").await.expect(204);
        ann.remove(&room, "bob").await.expect(204);
    }
    let refused = ann.add(&room, "bob").await;
    refused.problem(403);
    assert_eq!(code(&refused), "added-too-often");
    let open = ann.create_room("Open", "open").await;
    bob.add(&open, "me").await.expect(204);
}

#[tokio::test]
async fn guests_create_no_rooms_and_meet_whom_they_see() {
    let mut chat = Chat::start().await;
    let [ann, bob, guest] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("gus").await,
    ];
    guest.remove("general", "me").await.expect(204);
    chat.stop().await;
    sqlx::query("update users set role = 'guest' where handle = 'gus'")
        .execute(&mut chat.outside().await)
        .await
        .expect("a guest is made");
    chat.go_on().await;
    let refused = make_room(&guest, json!({ "name": "Mine" })).await;
    refused.problem(403);
    assert_eq!(code(&refused), "guests-create-no-rooms");
    let room = ann.create_room("Plans", "closed").await;
    // Of a person whom one may not meet, one learns as much as of nobody.
    let direct = async |person: &Person, handle: &str| {
        let people = json!({ "handles": [handle] });
        person.send(Method::POST, "/api/v1/direct", people).await
    };
    let strangers = direct(&guest, "ann").await;
    strangers.fault(422, "handles");
    assert_eq!(strangers.text, direct(&guest, "nobody").await.text);
    ann.add(&room, "gus").await.problem(404);
    chat.stop().await;
    sqlx::query("update users set role = 'admin' where handle = 'ann'")
        .execute(&mut chat.outside().await)
        .await
        .expect("an admin is made");
    chat.go_on().await;
    ann.add(&room, "gus").await.expect(204);
    guest.open_direct(&["ann"]).await;
    direct(&guest, "bob").await.fault(422, "handles");
    direct(&bob, "gus").await.fault(422, "handles");
}

#[tokio::test]
async fn admins_manage_the_rooms_that_they_see() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let (open, closed) = (
        bob.create_room("Open", "open").await,
        bob.create_room("Closed", "closed").await,
    );
    chat.stop().await;
    sqlx::query("update users set role = 'admin' where handle = 'ann'")
        .execute(&mut chat.outside().await)
        .await
        .expect("an admin is made");
    chat.go_on().await;
    for room in ["general", &open] {
        ann.change_room(room, json!({ "topic": "by an admin" }))
            .await
            .expect(200);
    }
    ann.change_room(&closed, json!({ "topic": "x" }))
        .await
        .problem(404);
    ann.change_room(&open, json!({ "auto_join": true }))
        .await
        .expect(200);
    let cara = chat.join("cara").await;
    assert_eq!(
        cara.see("/api/v1/me").await["rooms"],
        json!(["general", open])
    );
    // Whoever is no member would lose it.
    let refused = ann.change_room(&open, json!({ "kind": "closed" })).await;
    refused.problem(403);
    bob.delete_room(&open).await.expect(204);
}
