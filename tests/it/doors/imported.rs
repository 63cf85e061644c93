//! People whom an import has brought: marked until they come in as themselves.

use crate::support::{
    answer::Answer,
    chat::{Chat, PASSWORD},
    person::Person,
    program::run_with_input,
};
use reqwest::Method;
use serde_json::{Value, json};

const ARCHIVE: &str = concat!(
    r#"{"room":"general","author":"petra","author_name":"Petra","body":"since 2012","at":"2012-03-04T05:06:07Z","nonce":"a-1"}"#,
    "\n",
    r#"{"room":"general","author":"omar","author_name":"Omar","body":"me, too","at":"2012-03-04T05:07:07Z","nonce":"a-2"}"#,
    "\n",
);

/// A server with an admin, and two people whom an import has brought, of whom Petra is a member of the room.
async fn with_archive() -> (Chat, Person) {
    let mut chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    chat.stop().await;
    let db = chat.file().display().to_string();
    run_with_input(["import", "-", "--db", &db], ARCHIVE).ok();
    chat.go_on().await;
    ada.add("general", "me").await.expect(204);
    ada.add("general", "petra").await.expect(204);
    (chat, ada)
}

async fn invite_as(by: &Person, handle: &str) -> Value {
    let invite = json!({ "role": "member", "as": handle });
    let made = by.send(Method::POST, "/api/v1/invites", invite).await;
    made.expect(201).json()
}

async fn redeem(chat: &Chat, invite: &Value, account: Value) -> Answer {
    let token = invite["token"].as_str().expect("a token");
    let path = format!("/api/v1/invites/{token}/redeem");
    chat.visitor().send(Method::POST, &path, account).await
}

/// Returns the entry of a member.
async fn member(by: &Person, handle: &str) -> Value {
    let list = by.see("/api/v1/rooms/general/members").await;
    let mut members = list["members"].as_array().expect("members").iter();
    let member = members.find(|member| member["handle"] == handle);
    member.expect("a member").clone()
}

/// Returns how the page shows a member.
async fn item(by: &Person, handle: &str) -> String {
    let page = by.get("/rooms/general").await.expect(200).text;
    let item = page.split(&format!("<li data-handle=\"{handle}\">")).nth(1);
    let item = item.and_then(|rest| rest.split("</li>").next());
    item.expect("a member on the page").to_owned()
}

#[tokio::test]
async fn an_imported_person_is_marked_until_they_come_in() {
    let (chat, ada) = with_archive().await;
    assert_eq!(member(&ada, "petra").await["imported"], true);
    assert!(item(&ada, "petra").await.contains("imported"));
    assert!(member(&ada, "ada").await.get("imported").is_none());
    assert!(!item(&ada, "ada").await.contains("imported"));
    let mut stream = ada.stream("").await;
    let invite = invite_as(&ada, "petra").await;
    let account = json!({ "name": "Petra K.", "password": PASSWORD });
    redeem(&chat, &invite, account).await.expect(201);
    let event = stream.event().await;
    assert_eq!(event.event, "user");
    let user = &event.json()["user"];
    assert_eq!(user["name"], "Petra K.");
    assert!(user.get("imported").is_none(), "{user}");
    assert!(member(&ada, "petra").await.get("imported").is_none());
    assert!(!item(&ada, "petra").await.contains("imported"));
}

#[tokio::test]
async fn who_is_invited_as_an_imported_person_is_that_person() {
    let (mut chat, ada) = with_archive().await;
    let invite = invite_as(&ada, "petra").await;
    assert_eq!(invite["as"], json!({ "handle": "petra", "name": "Petra" }));
    let path = invite["path"].as_str().unwrap();
    let page = chat.visitor().get(path).await.expect(200).text;
    assert!(
        page.contains("What you wrote before is already here"),
        "{page}"
    );
    assert!(page.contains(r#"value="petra" readonly"#), "{page}");
    let other = json!({ "handle": "petra2", "password": PASSWORD });
    let refused = redeem(&chat, &invite, other).await;
    assert_eq!(refused.fault(422, "handle"), "cannot-change");
    let joined = redeem(&chat, &invite, json!({ "password": PASSWORD })).await;
    let joined = joined.expect(201).json();
    assert_eq!(joined["handle"], "petra");
    assert_eq!(joined["name"], "Petra");
    let petra = chat.known("petra", joined["token"].as_str().unwrap());
    let history = petra.history("general", "author=petra").await;
    let message = &history["messages"][0];
    assert_eq!(message["body"], "since 2012");
    let own = message["id"].as_i64().unwrap();
    petra.edit("general", own, "since 2011").await.expect(200);
    assert_eq!(petra.see("/api/v1/me").await["rooms"], json!(["general"]));

    // An import of the same archive changes nothing of it, and nobody can come in as Petra again.
    chat.stop().await;
    let db = chat.file().display().to_string();
    run_with_input(["import", "-", "--db", &db], ARCHIVE).ok();
    chat.go_on().await;
    petra.post("general", "still here").await;
    let again = json!({ "role": "member", "as": "petra" });
    let refused = ada.send(Method::POST, "/api/v1/invites", again).await;
    assert_eq!(refused.fault(422, "as"), "not-imported");
}

#[tokio::test]
async fn of_two_invitations_as_one_person_the_first_counts() {
    let (chat, ada) = with_archive().await;
    let many = json!({ "role": "member", "as": "omar", "uses": 2 });
    let refused = ada.send(Method::POST, "/api/v1/invites", many).await;
    assert_eq!(refused.fault(422, "uses"), "out-of-range");
    let [first, second] = [invite_as(&ada, "omar").await, invite_as(&ada, "omar").await];
    let account = json!({ "password": PASSWORD });
    let taken = json!({ "name": "ada", "password": PASSWORD });
    let refused = redeem(&chat, &first, taken).await;
    assert_eq!(refused.fault(409, "name"), "name-taken");
    redeem(&chat, &first, account.clone()).await.expect(201);
    let unknown = json!({ "token": format!("backscroll_{}", "A".repeat(43)) });
    let never = redeem(&chat, &unknown, account.clone()).await;
    let late = redeem(&chat, &second, account).await;
    assert_eq!((late.status, late.text), (404, never.text));
}
