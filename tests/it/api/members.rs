//! Joining, leaving, and how far one has read.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

async fn members(person: &Person, room: &str) -> Vec<String> {
    let list = person.see(&format!("/api/v1/rooms/{room}/members")).await;
    let mut handles: Vec<String> = list["members"]
        .as_array()
        .expect("a list has members")
        .iter()
        .map(|member| {
            let handle = member["handle"].as_str();
            handle.expect("a member has a handle").to_owned()
        })
        .collect();
    assert_eq!(list["count"], handles.len());
    // The server's own account, which has made the room.
    handles.retain(|handle| handle != "backscroll");
    handles
}

#[tokio::test]
async fn members_are_listed_page_by_page_in_the_order_of_handles() {
    let chat = Chat::start().await;
    for handle in ["zoe", "Ann", "bob", "ann2", "ödön", "Cara"] {
        chat.join(handle).await.post("general", "hello").await;
    }
    let all = ["Ann", "ann2", "bob", "Cara", "zoe", "ödön"];
    assert_eq!(members(&chat.visitor(), "general").await, all);
    let path = "/api/v1/rooms/general/members";
    for limit in 1..=7 {
        let mut handles = Vec::new();
        let mut next = Some(format!("{path}?limit={limit}"));
        while let Some(address) = next {
            let page = chat.visitor().see(&address).await;
            let members = page["members"].as_array().expect("a list");
            assert!(!members.is_empty() && members.len() <= limit, "{page}");
            let page_handles = members
                .iter()
                .filter_map(|member| member["handle"].as_str());
            handles.extend(page_handles.map(str::to_owned));
            next = page["next"].as_str().map(str::to_owned);
        }
        handles.retain(|handle| handle != "backscroll");
        assert_eq!(handles, all, "pages of {limit}");
    }
    // Where somebody has left, the list goes on at their place.
    let page = chat
        .visitor()
        .see(&format!("{path}?after=bertha&limit=1"))
        .await;
    assert_eq!(page["members"][0]["handle"], "bob");
    for wrong in ["limit=0", "limit=1001"] {
        chat.visitor()
            .get(&format!("{path}?{wrong}"))
            .await
            .problem(422);
    }
}

#[tokio::test]
async fn joining_and_leaving_twice_is_joining_and_leaving_once() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("Open", "open").await;
    for handle in ["me", "ann", "me"] {
        ann.add(&room, handle).await.expect(204);
    }
    let joined = ann.head().await;
    ann.add(&room, "me").await.expect(204);
    assert_eq!(ann.head().await, joined);
    ann.add(&room, "bob").await.expect(204);
    assert_eq!(members(&ann, &room).await, ["ann", "bob"]);
    bob.remove(&room, "ann").await.problem(403);
    for _ in 0..2 {
        bob.remove(&room, "me").await.expect(204);
    }
    assert_eq!(members(&chat.visitor(), &room).await, ["ann"]);
    chat.join("cara").await;
    for handle in ["cara", "nobody"] {
        bob.add(&room, handle).await.problem(403);
    }
    ann.add(&room, "nobody").await.problem(404);
    chat.visitor().add(&room, "me").await.problem(401);
}

#[tokio::test]
async fn posting_into_an_open_room_joins_it() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.remove("general", "me").await.expect(204);
    let mut stream = ann.stream_of("general", "").await;
    let id = ann.post("general", "hello").await;
    let events = stream.events_to(id).await;
    let kinds: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(kinds, ["member", "message"]);
    assert_eq!(
        (&events[0].json()["handle"], &events[0].json()["state"]),
        (&json!("ann"), &json!("joined"))
    );
    assert_eq!(members(&ann, "general").await, ["ann"]);
}

#[tokio::test]
async fn managers_add_and_remove_people_and_name_managers() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let cara = chat.join("cara").await;
    let room = ann.create_room("Closed", "closed").await;
    ann.add(&room, "bob").await.expect(204);
    bob.add(&room, "cara").await.problem(403);
    bob.name(&room, "bob", "manager").await.problem(403);
    ann.name(&room, "bob", "manager").await.expect(204);
    bob.add(&room, "cara").await.expect(204);
    cara.remove(&room, "bob").await.problem(403);
    assert_eq!(members(&cara, &room).await, ["ann", "bob", "cara"]);
    let listed = cara.see(&format!("/api/v1/rooms/{room}/members")).await;
    let roles = ["manager", "manager", "member"];
    for (member, role) in listed["members"].as_array().unwrap().iter().zip(roles) {
        assert_eq!(member["role"], role);
    }
    bob.name(&room, "ann", "member").await.expect(204);
    ann.remove(&room, "cara").await.problem(403);
    bob.remove(&room, "cara").await.expect(204);
    cara.add(&room, "me").await.problem(404);
    assert_eq!(members(&bob, &room).await, ["ann", "bob"]);
    bob.name(&room, "ann", "owner").await.fault(422, "role");
}

async fn view(person: &Person) -> (i64, i64, i64) {
    let room = person.see("/api/v1/rooms/general").await;
    let number = |name: &str| room[name].as_i64().expect("a count");
    (number("read_up_to"), number("unread"), number("mentions"))
}

async fn read(person: &Person, up_to: Value) -> u16 {
    person
        .send(
            Method::PUT,
            "/api/v1/rooms/general/read",
            json!({ "up_to": up_to }),
        )
        .await
        .status
}

#[tokio::test]
async fn what_others_wrote_is_unread_until_it_is_read() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    ann.remove("general", "me").await.expect(204);
    bob.post("general", "before ann").await;
    ann.add("general", "me").await.expect(204);
    let (start, unread, mentions) = view(&ann).await;
    assert_eq!((unread, mentions), (0, 0), "what came before is history");
    let first = bob.post("general", "hello @ann").await;
    let second = bob
        .post("general", "and @Ann again, and nobody@annotate.example")
        .await;
    let gone = bob.post("general", "@ann regrettable").await;
    bob.delete("general", gone).await.expect(200);
    ann.post("general", "@ann myself").await;
    assert_eq!(view(&ann).await, (start, 2, 2));
    assert_eq!(read(&ann, json!(first)).await, 204);
    assert_eq!(view(&ann).await, (first, 1, 1));
    assert_eq!(read(&ann, json!(start)).await, 204);
    assert_eq!(view(&ann).await.0, first, "forward only");
    assert_eq!(read(&ann, json!(second)).await, 204);
    assert_eq!(view(&ann).await, (second, 0, 0));
    assert_eq!(read(&ann, json!(1_i64 << 50)).await, 204);
    assert_eq!(
        view(&ann).await.0,
        ann.head().await,
        "and not beyond what there is"
    );
    let third = bob.post("general", "a third").await;
    let a_float = serde_json::from_str(&format!("{second}.0")).unwrap();
    assert_eq!(read(&ann, a_float).await, 204, "the same number");
    for odd in [json!("x"), json!(null), json!(1.5), json!(-1), json!(1e300)] {
        assert_eq!(read(&ann, odd).await, 422);
    }
    assert_eq!(read(&chat.visitor(), json!(1)).await, 401);
    let passer_by = chat.join("cara").await;
    passer_by.remove("general", "me").await.expect(204);
    assert_eq!(read(&passer_by, json!(1)).await, 403, "no member");
    let form = ann.request(Method::PUT, "/api/v1/rooms/general/read");
    let up_to = third.to_string();
    Answer::to_form(form, &[("up_to", &up_to)])
        .await
        .expect(204);
    assert_eq!(view(&ann).await.0, third);
}

#[tokio::test]
async fn a_read_mark_tells_nothing_of_other_rooms() {
    let chat = Chat::start().await;
    let [ann, eve] = [chat.join("ann").await, chat.join("eve").await];
    let last = ann.post("general", "the last one here").await;
    let hidden = ann.create_room("Hidden", "closed").await;
    for _ in 0..2 {
        ann.post(&hidden, "elsewhere").await;
        assert_eq!(read(&eve, json!(1_i64 << 50)).await, 204);
        assert_eq!(view(&eve).await.0, last);
    }
}

#[tokio::test]
async fn a_mention_is_a_whole_name() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    ann.add("general", "me").await.expect(204);
    bob.post("general", "@anna is somebody else, so is user@ann.example")
        .await;
    assert_eq!(view(&ann).await.2, 0);
    bob.post("general", "(@ann, @ANN)").await;
    assert_eq!(view(&ann).await.2, 1);
    let elise = chat.join("Élise").await;
    elise.add("general", "me").await.expect(204);
    bob.post("general", "@Élise, as it is written").await;
    assert_eq!(view(&elise).await.2, 1);
}

async fn notify(person: &Person, level: Value) -> Answer {
    let path = "/api/v1/rooms/general/notify";
    person
        .send(Method::PUT, path, json!({ "level": level }))
        .await
}

#[tokio::test]
async fn a_member_says_what_they_want_to_be_told_of() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    for person in [&ann, &bob] {
        person.add("general", "me").await.expect(204);
    }
    let level = async |person: &Person| person.see("/api/v1/rooms/general").await["notify"].clone();
    assert_eq!(level(&ann).await, "mentions");
    let head = ann.head().await;
    for wanted in ["everything", "nothing"] {
        notify(&ann, json!(wanted)).await.expect(204);
        assert_eq!(level(&ann).await, wanted);
    }
    assert_eq!(ann.head().await, head, "it is nobody else's business");
    assert_eq!(level(&bob).await, "mentions");
    for odd in [json!("all"), json!(null), json!(1)] {
        assert_eq!(notify(&ann, odd).await.status, 422);
    }
    let cara = chat.join("cara").await;
    cara.remove("general", "me").await.expect(204);
    assert_eq!(notify(&cara, json!("nothing")).await.status, 403);
    assert_eq!(notify(&chat.visitor(), json!("nothing")).await.status, 401);
    let form = bob.request(Method::POST, "/rooms/general/notify");
    Answer::to_form(form, &[("level", "everything")])
        .await
        .expect(303);
    chat.restart().await;
    assert_eq!(level(&ann).await, "nothing");
    assert_eq!(level(&bob).await, "everything");
    let page = bob.get("/rooms/general").await.text;
    assert!(page.contains(r#"<option value="everything" selected>"#));
}

#[tokio::test]
async fn typing_is_a_signal_and_no_event() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut stream = ann.stream("").await;
    let before = ann.head().await;
    for _ in 0..100 {
        ann.send(Method::POST, "/api/v1/rooms/general/typing", Value::Null)
            .await
            .expect(204);
    }
    assert_eq!(ann.head().await, before);
    let id = ann.post("general", "hello").await;
    while stream.next().await.unwrap().id() != Some(id) {}
    let blocks = String::from_utf8(stream.body.clone()).unwrap();
    assert!(
        !blocks
            .split("\n\n")
            .any(|block| block.contains("event: typing") && block.contains("\nid:")),
        "{blocks}"
    );
    chat.visitor()
        .send(Method::POST, "/api/v1/rooms/general/typing", Value::Null)
        .await
        .problem(401);
}
