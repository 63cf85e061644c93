//! Profiles and the list of people.

use super::appoint;
use crate::support::{chat::Chat, person::Person};
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

async fn handles(person: &Person, query: &str) -> Vec<String> {
    let list = person.see(&format!("/api/v1/users?{query}")).await;
    handles_in(&list)
}

fn handles_in(list: &Value) -> Vec<String> {
    let users = list["users"].as_array().expect("a list of people");
    let handles = users.iter().map(|user| user["handle"].as_str());
    handles
        .map(|handle| handle.expect("a text").into())
        .collect()
}

#[tokio::test]
async fn everybody_lists_the_people_whom_they_may_see() {
    let mut chat = Chat::start().await;
    let [ann, bob, cara, dan] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
        chat.join("dan").await,
    ];
    for person in [&ann, &bob, &cara] {
        person.remove("general", "me").await.expect(204);
    }
    let club = bob.create_room("Club", "closed").await;
    bob.add(&club, "cara").await.expect(204);
    dan.post("general", "here").await;
    assert_eq!(handles(&cara, "").await, ["bob", "cara", "dan"]);
    assert_eq!(handles(&dan, "").await, ["dan"]);
    cara.see("/api/v1/users/bob").await;
    dan.get("/api/v1/users/bob").await.problem(404);
    chat.visitor().get("/api/v1/users").await.problem(401);
    appoint(&mut chat, "ann", Role::Admin).await;
    appoint(&mut chat, "cara", Role::Guest).await;
    assert_eq!(handles(&cara, "").await, ["bob", "cara"]);
    cara.get("/api/v1/users/dan").await.problem(404);
    let all = ["ann", "backscroll", "bob", "cara", "dan"];
    assert_eq!(handles(&ann, "").await, all);
    let disabled = json!({ "disabled": true });
    ann.send(Method::PATCH, "/api/v1/users/bob", disabled)
        .await
        .expect(200);
    assert_eq!(handles(&cara, "").await, ["cara"]);
    assert_eq!(handles(&ann, "disabled=true").await, ["bob"]);
    assert_eq!(handles(&ann, "role=guest").await, ["cara"]);
    let told = cara.see("/api/v1/users/bob").await;
    assert!(told.get("disabled").is_none(), "{told}");
}

#[tokio::test]
async fn the_list_is_read_in_both_directions_and_searched_without_regard_to_case() {
    let chat = Chat::start().await;
    for handle in ["Élise", "bob", "Anna", "cara", "Dan"] {
        let person = chat.join(handle).await;
        person.post("general", "here").await;
    }
    let eve = chat.join("eve").await;
    eve.rename("Ève Bobson").await.expect(200);
    let order = ["Anna", "bob", "cara", "Dan", "eve", "Élise"];
    assert_eq!(handles(&eve, "").await, order);
    for (direction, expected) in [
        (
            "limit=2",
            vec!["Anna", "bob", "cara", "Dan", "eve", "Élise"],
        ),
        ("limit=2&before=eve", vec!["cara", "Dan", "Anna", "bob"]),
    ] {
        let mut seen = Vec::new();
        let mut next = Some(format!("/api/v1/users?{direction}"));
        while let Some(path) = next {
            let page = eve.see(&path).await;
            seen.extend(handles_in(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(seen, expected);
    }
    assert_eq!(handles(&eve, "q=BOB").await, ["bob", "eve"]);
    assert_eq!(handles(&eve, "q=%C3%89LI").await, ["Élise"]);
    assert_eq!(handles(&eve, "q=%25").await, [""; 0]);
}

#[tokio::test]
async fn people_say_who_they_are_and_in_which_time_zone() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let update = async |change: Value| ann.send(Method::PATCH, "/api/v1/me", change).await;
    let change = json!({ "about": " Sings alto ", "time_zone": "Europe/Berlin" });
    update(change).await.expect(200);
    let profile = ann.see("/api/v1/users/me").await;
    assert_eq!(profile["about"], "Sings alto");
    assert_eq!(profile["time_zone"], "Europe/Berlin");
    update(json!({ "about": "two\nlines" }))
        .await
        .fault(422, "about");
    // Nothing is changed if a part is refused.
    update(json!({ "name": "Anna", "time_zone": "here & now" }))
        .await
        .fault(422, "time_zone");
    update(json!({ "about": "" })).await.expect(200);
    let profile = ann.see("/api/v1/users/ann").await;
    assert_eq!(
        (&profile["name"], &profile["about"], &profile["time_zone"]),
        (&json!("ann"), &json!(""), &json!("Europe/Berlin"))
    );
}
