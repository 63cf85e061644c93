//! The pages of people and of the administration, without scripts.

use super::appoint;
use crate::support::{answer::Answer, chat::Chat, person::Person};
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

async fn submit(person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::to_form(person.request(Method::POST, path), fields).await
}

#[tokio::test]
async fn admins_change_accounts_on_the_page_of_a_person() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    bob.get("/people").await.expect(200);
    appoint(&mut chat, "ann", Role::Admin).await;
    let list = ann.get("/people?q=BO").await.expect(200);
    assert!(list.text.contains("people/bob\"") && !list.text.contains("people/ann\""));
    let saved = submit(&ann, "/people/bob", &[("role", "guest")]).await;
    assert_eq!(saved.expect(303).header("location"), "/people/bob");
    bob.get("/people").await.expect(404);
    bob.get("/admin/audit").await.expect(404);
    submit(&bob, "/people/ann", &[("role", "member")])
        .await
        .expect(403);
    let refused = submit(&ann, "/people/ann", &[("disabled", "true")]).await;
    assert!(refused.expect(409).text.contains("at least one admin"));
    let profile = [("about", "<b>bass</b>"), ("time_zone", "Asia/Tokyo")];
    submit(&bob, "/account/profile", &profile).await.expect(303);
    let page = ann.get("/people/bob").await.expect(200);
    assert!(page.text.contains("&#60;b&#62;bass") && page.text.contains("Asia/Tokyo"));
    let ban = [("hide_messages", "true")];
    let asked = submit(&ann, "/people/bob/ban", &ban).await.expect(200);
    assert!(asked.text.contains("Ban @") && asked.text.contains("All their messages"));
    ann.get("/people/bob").await.expect(200);
    let ban = [("hide_messages", "true"), ("confirmed", "true")];
    submit(&ann, "/people/bob/ban", &ban).await.expect(303);
    let audit = ann.get("/admin/audit").await.expect(200);
    assert!(audit.text.contains("user.ban") && audit.text.contains("127.0.0.1"));
}

/// The pages that nobody but admins has.
const PAGES: [&str; 4] = ["/admin", "/admin/people", "/admin/rooms", "/admin/audit"];

#[tokio::test]
async fn admins_administer_people_invitations_and_rooms_on_pages() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let secret = bob.create_room("Secret plans", "closed").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    for page in PAGES {
        bob.get(page).await.expect(404);
    }
    let people = ann.get("/admin/people?q=b").await.expect(200).text;
    assert!(
        people.contains("<tr data-handle=\"bob\"") && !people.contains("<tr data-handle=\"ann\"")
    );
    // What is changed in place leads back to the list as it was.
    let back = "/admin/people?q=b";
    let saved = submit(&ann, "/people/bob", &[("role", "guest"), ("next", back)]).await;
    assert_eq!(saved.expect(303).header("location"), back);
    let guests = ann.get("/admin/people?role=guest").await.expect(200).text;
    assert!(guests.contains("data-handle=\"bob\""));
    let elsewhere = [("role", "member"), ("next", "//evil.example")];
    let saved = submit(&ann, "/people/bob", &elsewhere).await;
    assert_eq!(saved.expect(303).header("location"), "/");
    submit(&ann, "/people/bob/end-sessions", &[])
        .await
        .expect(303);
    bob.get("/api/v1/me").await.problem(401);

    let refused = submit(&ann, "/admin/invites", &[("role", "guest")]).await;
    assert!(refused.expect(422).text.contains("room-error"));
    let fields = [
        ("role", "guest"),
        ("room", "general"),
        ("uses", "10"),
        ("expires_in", "1d"),
    ];
    let made = submit(&ann, "/admin/invites", &fields)
        .await
        .expect(200)
        .text;
    let link = chat.url("/invite/backscroll_");
    let (_, rest) = made.split_once(&link).expect("the link");
    let token = rest.split('<').next().expect("its end").to_owned();
    let list = ann.get("/admin/people").await.expect(200).text;
    assert!(list.contains("0 / 10") && !list.contains(&token));
    let path = format!("/invite/backscroll_{token}");
    chat.visitor().get(&path).await.expect(200);
    let (_, id) = list.split_once("admin/invites/").expect("its form");
    let (id, _) = id.split_once('/').expect("its id");
    submit(
        &ann,
        &format!("/admin/invites/{id}/revoke"),
        &[("next", "/admin/people#invites")],
    )
    .await
    .expect(303);
    chat.visitor().get(&path).await.expect(404);

    let rooms = ann.get("/admin/rooms?q=GEN").await.expect(200).text;
    assert!(rooms.contains("data-room=\"general\""), "{rooms}");
    let rooms = ann.get("/admin/rooms").await.expect(200).text;
    assert!(!rooms.contains(&secret) && !rooms.contains("Secret plans"));
    submit(
        &ann,
        "/admin/rooms/general",
        &[("archived", "true"), ("next", "/admin/rooms")],
    )
    .await
    .expect(303);
    submit(&ann, "/admin/rooms/general", &[("auto_join", "false")])
        .await
        .expect(303);
    let general = ann.see("/api/v1/rooms/general").await;
    assert_eq!(
        (&general["archived"], &general["auto_join"]),
        (&json!(true), &json!(false))
    );
    submit(
        &ann,
        &format!("/admin/rooms/{secret}"),
        &[("archived", "true")],
    )
    .await
    .expect(404);
}

#[tokio::test]
async fn lists_of_ten_thousand_are_read_page_by_page() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    let fill = [
        "pragma foreign_keys = off",
        "insert into users (id, handle, folded, mention_key, name, name_folded, role, created_at)
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
            select 1000000 + i, 'p' || i, 'p' || i, 'p' || i, 'P ' || i, 'p ' || i, 'member', '2026-11-22T05:41:03.123Z' from n",
        "insert into rooms (id, slug, name, name_folded, topic, kind, made_by, created_at)
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
            select 2000000 + i, 'q' || i, 'Q ' || i, 'q ' || i, '', 'open', 1000001, '2026-11-22T05:41:03.123Z' from n",
    ];
    let mut file = chat.outside().await;
    for statement in fill {
        sqlx::query(statement)
            .execute(&mut file)
            .await
            .expect("valid SQL");
    }
    let mut seen = 0;
    let mut next = Some("/admin/rooms?q=q+99".to_owned());
    while let Some(path) = next {
        let page = ann.get(&path).await.expect(200).text;
        let count = page.matches("<tr data-room=").count();
        assert!((1..=50).contains(&count), "{count}");
        seen += count;
        let (_, rest) = page.split_once("</table>").expect("a table");
        let link = rest
            .split_once("<a href=\"")
            .filter(|(before, _)| before.len() < 10);
        next = link
            .and_then(|(_, rest)| rest.split('"').next())
            .map(|link| format!("/{}", link.replace("&#38;", "&")));
    }
    // 99, 990 to 999, and 9900 to 9999.
    assert_eq!(seen, 111);
    let people = ann.get("/admin/people").await.expect(200).text;
    assert_eq!(people.matches("<tr data-handle=").count(), 100);
    assert!(people.contains("10002"), "the number of all");
}

#[tokio::test]
async fn a_manager_invites_guests_into_their_room_and_nobody_else() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let club = ann.create_room("Club", "closed").await;
    ann.add(&club, "bob").await.expect(204);
    let path = format!("/rooms/{club}/invites");
    let page = ann
        .get(&format!("/rooms/{club}/settings"))
        .await
        .expect(200)
        .text;
    assert!(page.contains(&path[1..]), "{page}");
    let made = submit(&ann, &path, &[("uses", "1"), ("expires_in", "1d")]).await;
    let made = made.expect(200).text;
    let (_, rest) = made.split_once(&chat.url("/invite/")).expect("the link");
    let token = rest.split('<').next().expect("its end").to_owned();
    submit(&bob, &path, &[]).await.expect(403);
    let invite = async |person: &Person, role: &str, room: Option<&str>| {
        let body = json!({ "role": role, "room": room });
        person.send(Method::POST, "/api/v1/invites", body).await
    };
    invite(&ann, "guest", Some(&club)).await.expect(201);
    assert_eq!(
        invite(&ann, "member", Some(&club)).await.problem(403)["code"],
        "not-admin"
    );
    invite(&ann, "guest", Some("general")).await.problem(403);
    invite(&ann, "guest", None).await.fault(422, "room");
    invite(&bob, "guest", Some(&club)).await.problem(403);
    ann.get("/api/v1/invites").await.problem(403);
    let list = ann.see(&format!("/api/v1/invites?room={club}")).await;
    let ids: Vec<i64> = list["invites"]
        .as_array()
        .expect("invitations")
        .iter()
        .map(|invite| invite["id"].as_i64().expect("an id"))
        .collect();
    assert_eq!(ids.len(), 2);
    bob.get(&format!("/api/v1/invites?room={club}"))
        .await
        .problem(403);
    let redeem = json!({ "handle": "gus", "password": "wooden spoon, two cups" });
    let path = format!("/api/v1/invites/{token}/redeem");
    let visitor = chat.visitor();
    let redeemed = visitor.send(Method::POST, &path, redeem);
    let gus = redeemed.await.expect(201).json();
    let gus = chat.known("gus", gus["token"].as_str().expect("a token"));
    gus.see(&format!("/api/v1/rooms/{club}")).await;
    gus.get("/api/v1/rooms/general").await.problem(404);
    bob.send(
        Method::DELETE,
        &format!("/api/v1/invites/{}", ids[0]),
        Value::Null,
    )
    .await
    .problem(403);
    // It holds while its maker manages the room.
    ann.name(&club, "bob", "manager").await.expect(204);
    bob.name(&club, "ann", "member").await.expect(204);
    let left = bob.see(&format!("/api/v1/invites?room={club}")).await;
    assert_eq!(left["invites"], json!([]));
}

#[tokio::test]
async fn managers_delete_the_messages_of_others_without_scripts() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let club = ann.create_room("Club", "closed").await;
    ann.add(&club, "bob").await.expect(204);
    let id = bob.post(&club, "out of place").await;
    let page = ann
        .get(&format!("/rooms/{club}/messages/{id}"))
        .await
        .expect(200)
        .text;
    let path = format!("/rooms/{club}/messages/{id}/edit");
    assert!(page.contains(&path[1..]), "{page}");
    let page = ann.get(&path).await.expect(200).text;
    assert!(
        page.contains("out of place") && !page.contains("<textarea"),
        "{page}"
    );
    submit(&ann, &format!("/rooms/{club}/messages/{id}/delete"), &[])
        .await
        .expect(303);
    let own = ann.post(&club, "mine").await;
    bob.get(&format!("/rooms/{club}/messages/{own}/edit"))
        .await
        .expect(403);
}

#[tokio::test]
async fn nobody_loses_their_own_rights_without_a_question() {
    let mut chat = Chat::start().await;
    let [ann, _] = [chat.join("ann").await, chat.join("bob").await];
    for admin in ["ann", "bob"] {
        appoint(&mut chat, admin, Role::Admin).await;
    }
    let role = ("role", "member");
    let back = ("next", "/admin/people");
    let asked = submit(&ann, "/people/ann", &[role, back]).await.expect(200);
    assert!(
        asked.text.contains("no longer administer"),
        "{}",
        asked.text
    );
    ann.get("/admin/people").await.expect(200);
    let confirmed = [role, ("confirmed", "true")];
    let saved = submit(&ann, "/people/ann", &confirmed).await.expect(303);
    assert_eq!(saved.header("location"), "/people/ann");
    ann.get("/admin/people").await.expect(404);
}
