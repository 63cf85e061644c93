//! Conversations of few people.

use crate::support::{chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms";

async fn slugs(person: &Person) -> Vec<String> {
    let list = person.see(PATH).await;
    let rooms = list["rooms"].as_array().expect("a list").iter();
    rooms
        .filter(|room| room["kind"] == "direct")
        .filter_map(|room| room["slug"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn there_is_one_room_for_a_set_of_people() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let at_once = [&ann, &bob, &ann, &bob].map(|person| {
        let other = if person.handle == "ann" { "bob" } else { "ann" };
        async move { person.open_direct(&[other]).await }
    });
    let mut rooms = futures_util::future::join_all(at_once).await;
    rooms.dedup();
    let [room] = rooms.as_slice() else {
        panic!("{rooms:?}")
    };
    assert!(room.starts_with("r-"), "{room}");
    assert_eq!(ann.open_direct(&["bob", "ann", "bob"]).await, *room);
    let of_three = cara.open_direct(&["bob", "ann"]).await;
    assert_eq!(ann.open_direct(&["cara", "bob"]).await, of_three);
    assert_eq!(slugs(&ann).await.len(), 2);
    assert_eq!(slugs(&cara).await, [of_three.as_str()]);
    cara.get(&format!("{PATH}/{room}")).await.problem(404);
    // It is called as its other people are.
    let seen = cara.see(&format!("{PATH}/{of_three}")).await;
    assert_eq!(
        (&seen["name"], &seen["kind"]),
        (&json!("ann, bob"), &json!("direct"))
    );
    let person = |handle: &str| json!({ "handle": handle, "name": handle });
    assert_eq!(seen["people"], json!([person("ann"), person("bob")]));
}

#[tokio::test]
async fn the_people_of_a_conversation_do_not_change() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    chat.join("cara").await;
    let room = ann.open_direct(&["bob"]).await;
    for refused in [
        ann.add(&room, "cara").await,
        ann.remove(&room, "bob").await,
        ann.name(&room, "bob", "manager").await,
        ann.change_room(&room, json!({ "name": "Us" })).await,
        ann.delete_room(&room).await,
    ] {
        refused.problem(403);
        assert_eq!(refused.json()["code"], "direct-room");
    }
    for handles in [json!([]), json!(["ann"])] {
        let refused = ann.send(
            Method::POST,
            "/api/v1/direct",
            json!({ "handles": handles }),
        );
        refused.await.fault(422, "handles");
    }
    for n in 0..10 {
        chat.join(&format!("friend-{n}")).await;
    }
    let friends = |count: usize| -> Value {
        let friends = (0..count).map(|n| format!("friend-{n}"));
        json!({ "handles": friends.collect::<Vec<_>>() })
    };
    let ten = bob.send(Method::POST, "/api/v1/direct", friends(9)).await;
    assert_eq!(
        ten.expect(200).json()["people"]
            .as_array()
            .expect("people")
            .len(),
        9
    );
    let eleven = bob.send(Method::POST, "/api/v1/direct", friends(10)).await;
    eleven.fault(422, "handles");
    chat.visitor()
        .send(Method::POST, "/api/v1/direct", friends(1))
        .await
        .problem(401);
}

#[tokio::test]
async fn a_hidden_conversation_is_shown_again_by_the_next_message() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.open_direct(&["bob"]).await;
    ann.post(&room, "hello").await;
    bob.remove(&room, "me").await.expect(204);
    assert!(slugs(&bob).await.is_empty());
    assert_eq!(slugs(&ann).await, [room.as_str()]);
    assert_eq!(bob.open_direct(&["ann"]).await, room);
    assert_eq!(slugs(&bob).await, [room.as_str()]);
    bob.remove(&room, "me").await.expect(204);
    // It is there for whoever knows where.
    assert_eq!(bob.see(&format!("{PATH}/{room}")).await["unread"], 1);
    ann.post(&room, "are you there?").await;
    assert_eq!(slugs(&bob).await, [room.as_str()]);
    let seen = bob.see(&format!("{PATH}/{room}")).await;
    assert_eq!(
        (&seen["unread"], &seen["joined"]),
        (&json!(2), &json!(true))
    );
    let page = bob.get("/rooms/general").await.expect(200).text;
    assert!(page.contains("badge badge-mention\">2"), "{page}");
}

#[tokio::test]
async fn a_conversation_that_was_imported_is_the_one_that_its_people_open() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.open_direct(&["bob"]).await;
    chat.stop().await;
    // An import knows the members one by one.
    let forget = sqlx::query("update rooms set people = null where slug = ?");
    let forgotten = forget.bind(&room).execute(&mut chat.outside().await).await;
    assert_eq!(forgotten.expect("the file is written").rows_affected(), 1);
    chat.go_on().await;
    assert_eq!(bob.open_direct(&["ann"]).await, room);
}
