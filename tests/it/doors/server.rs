//! The name and the door of the server.

use crate::support::{AT_ONCE, answer::Answer, chat::Chat};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

#[tokio::test]
async fn whoever_reaches_the_server_learns_its_name_its_door_and_its_limits() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    let server = chat.visitor().see("/api/v1/server").await;
    assert_eq!(server["name"], "Riverside Choir");
    assert_eq!(server["door"], "invite");
    assert_eq!(server["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(server["limits"]["body"], 8000);
    assert_eq!(server["limits"]["request"], 256 * 1024);
    assert!(server["features"].is_array());
    assert_eq!(server["log"], ada.see("/api/v1/rooms").await["log"]);
    let join = chat.visitor().get("/join").await.expect(200);
    assert!(join.text.contains("<h1>Riverside Choir</h1>"));
    let room = ada.get("/rooms/general").await.expect(200);
    assert!(
        room.text
            .contains("<title>General · Riverside Choir</title>")
    );
    assert!(
        room.text
            .contains(r#"<span dir="auto">Riverside Choir</span>"#)
    );
}

#[tokio::test]
async fn only_an_admin_changes_the_server() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let bob = chat.join("bob").await;
    let change = async |by: &crate::support::person::Person, change: Value| {
        by.send(Method::PATCH, "/api/v1/server", change).await
    };
    let name = json!({ "name": "Bob's" });
    let denied = change(&bob, name.clone()).await.problem(403);
    assert_eq!(denied["code"], "not-admin");
    change(&chat.visitor(), name).await.problem(401);
    let renamed = change(&ada, json!({ "name": " The Choir " })).await;
    assert_eq!(renamed.expect(200).json()["name"], "The Choir");
    for (sent, field, code) in [
        (json!({ "name": " " }), "name", "name-empty"),
        (json!({ "door": "ajar" }), "door", "unknown-value"),
    ] {
        assert_eq!(change(&ada, sent).await.fault(422, field), code);
    }
    let server = bob.see("/api/v1/server").await;
    assert_eq!(server["name"], "The Choir");
    assert_eq!(server["door"], "open");
}

#[tokio::test]
async fn an_open_server_becomes_one_by_invitation_and_loses_nothing() {
    let mut chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let bob = chat.join("bob").await;
    let said = bob.post("general", "before").await;
    let visitor = chat.visitor();
    let of_visitor = [
        visitor.stream("").await,
        visitor.stream("rooms=general,nowhere").await,
        visitor.stream_of("general", "").await,
    ];
    let mut of_member = bob.stream("").await;

    let closed = Instant::now();
    let change = json!({ "door": "invite" });
    let server = ada.send(Method::PATCH, "/api/v1/server", change).await;
    assert_eq!(server.expect(200).json()["door"], "invite");
    for mut stream in of_visitor {
        assert_eq!(stream.farewell().await.0, "gone");
    }
    assert!(closed.elapsed() < AT_ONCE, "{:?}", closed.elapsed());
    let next = ada.post("general", "for members").await;
    of_member.events_to(next).await;

    for _ in 0..2 {
        let history = bob.history("general", "").await;
        assert_eq!(history["messages"][0]["id"], said);
        chat.visitor().get("/api/v1/rooms").await.problem(401);
        chat.visitor().get("/rooms/general").await.expect(303);
        let join = json!({ "handle": "cara" });
        let refused = chat
            .visitor()
            .send(Method::POST, "/api/v1/join", join)
            .await;
        assert_eq!(refused.problem(403)["code"], "invite-only");
        let form = chat.visitor().request(Method::POST, "/join");
        let refused = Answer::to_form(form, &[("handle", "cara"), ("next", "/rooms")]).await;
        let page = refused.expect(403).text;
        assert!(page.contains("by invitation"), "{page}");
        assert!(page.contains("href=\"sign-in?next="), "{page}");
        assert!(!page.contains("name=\"handle\""), "{page}");
        chat.restart().await;
    }
}
