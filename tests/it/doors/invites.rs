//! Invitations: what they are good for, how they end, and that every failure looks alike.

use crate::support::{
    answer::Answer,
    browser::Browser,
    chat::{Chat, PASSWORD},
    person::Person,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

/// Makes an invitation, and returns it.
async fn invite(by: &Person, invite: Value) -> Value {
    let made = by.send(Method::POST, "/api/v1/invites", invite).await;
    made.expect(201).json()
}

/// Redeems an invitation, without signing in first.
async fn redeem(chat: &Chat, invite: &Value, handle: &str) -> Answer {
    let token = invite["token"].as_str().expect("a token");
    let account = json!({ "handle": handle, "password": PASSWORD });
    accept(&chat.visitor(), token, account).await
}

async fn accept(by: &Person, token: &str, account: Value) -> Answer {
    let path = format!("/api/v1/invites/{token}/redeem");
    by.send(Method::POST, &path, account).await
}

/// Joins by an invitation.
async fn join(chat: &Chat, invite: &Value, handle: &str) -> Person {
    let joined = redeem(chat, invite, handle).await.expect(201).json();
    chat.known(handle, joined["token"].as_str().expect("a token"))
}

async fn revoke(by: &Person, invite: &Value) -> Answer {
    let path = format!("/api/v1/invites/{}", invite["id"]);
    by.send(Method::DELETE, &path, Value::Null).await
}

/// Executes a statement that changes the file beside the server.
async fn change_file(chat: &Chat, sql: &'static str) {
    sqlx::query(sql)
        .execute(&mut chat.outside().await)
        .await
        .expect("the file can be changed");
}

#[tokio::test]
async fn an_invitation_makes_as_many_accounts_as_it_is_good_for() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    let two = invite(&ada, json!({ "role": "member", "uses": 2 })).await;
    assert_eq!(
        two["path"],
        format!("/invite/{}", two["token"].as_str().unwrap())
    );
    let noor = join(&chat, &two, "noor").await;
    noor.post("general", "hello").await;
    let taken = redeem(&chat, &two, "noor").await;
    assert_eq!(taken.fault(409, "handle"), "handle-taken");
    let listed = ada.see("/api/v1/invites").await;
    assert_eq!(listed["invites"][0]["used"], 1);
    assert_eq!(listed["invites"][0]["made_by"]["handle"], "ada");
    assert!(listed["invites"][0].get("token").is_none());
    join(&chat, &two, "mira").await;
    redeem(&chat, &two, "lin").await.problem(404);
    assert_eq!(ada.see("/api/v1/invites").await["invites"], json!([]));
}

#[tokio::test]
async fn a_hundred_who_redeem_a_one_use_invitation_at_once_make_one_account() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    let once = invite(&ada, json!({ "role": "member" })).await;
    let handles: Vec<String> = (0..100).map(|n| format!("guest-{n}")).collect();
    let attempts = handles.iter().map(|handle| redeem(&chat, &once, handle));
    let mut statuses: Vec<u16> = join_all(attempts)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    // Beyond the greatest number of hashes that are computed or waited for, the server is busy.
    assert!(
        statuses[1..]
            .iter()
            .all(|status| [404, 503].contains(status)),
        "{statuses:?}"
    );
    let people: i64 = sqlx::query_scalar("select count(*) from users where handle like 'guest-%'")
        .fetch_one(&mut chat.outside().await)
        .await
        .unwrap();
    assert_eq!(people, 1);
}

#[tokio::test]
async fn every_invitation_that_does_not_hold_looks_like_one_that_never_was() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    let bea = join(
        &chat,
        &invite(&ada, json!({ "role": "admin" })).await,
        "bea",
    )
    .await;
    let club = bea.create_room("Club", "closed").await;
    let member = json!({ "role": "member" });
    let [revoked, used, expired] = [
        invite(&ada, member.clone()).await,
        invite(&ada, member.clone()).await,
        invite(&ada, member.clone()).await,
    ];
    let [of_room, of_admin] = [
        invite(&bea, json!({ "role": "guest", "room": club })).await,
        invite(&bea, json!({ "role": "admin" })).await,
    ];
    revoke(&ada, &revoked).await.expect(204);
    revoke(&ada, &revoked).await.problem(404);
    join(&chat, &used, "cleo").await;
    let expire = format!(
        "update invites set expires_at = created_at where id = {}",
        expired["id"]
    );
    change_file(&chat, expire.leak()).await;
    bea.remove(&club, "me").await.expect(204);

    let never = json!({ "token": format!("backscroll_{}", "A".repeat(43)) });
    let odd = json!({ "token": "x" });
    let alike = async |invites: &[&Value]| {
        let fault = redeem(&chat, &never, "eve").await;
        fault.problem(404);
        let page = chat.visitor().get("/invite/x").await.expect(404);
        for invite in invites {
            let answer = redeem(&chat, invite, "eve").await;
            assert_eq!((answer.status, &answer.text), (404, &fault.text));
            // A fault of the account is not told, either.
            let answer = redeem(&chat, invite, "a b").await;
            assert_eq!(answer.text, fault.text);
            let path = format!("/invite/{}", invite["token"].as_str().unwrap());
            let shown = chat.visitor().get(&path).await;
            assert_eq!((shown.status, shown.text), (404, page.text.clone()));
        }
    };
    alike(&[&never, &odd, &revoked, &used, &expired, &of_room]).await;
    // With the right of its maker ends what the maker has invited to.
    let path = "/api/v1/server";
    bea.send(Method::PATCH, path, json!({ "name": "B" }))
        .await
        .expect(200);
    change_file(
        &chat,
        "update users set role = 'member' where handle = 'bea'",
    )
    .await;
    alike(&[&of_admin]).await;
}

#[tokio::test]
async fn a_guest_sees_the_room_of_the_invitation_only() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    let club = ada.create_room("Club", "closed").await;
    ada.post("general", "for members").await;
    let guest = json!({ "role": "guest" });
    let refused = ada.send(Method::POST, "/api/v1/invites", guest).await;
    assert_eq!(refused.fault(422, "room"), "required");
    let into_club = invite(&ada, json!({ "role": "guest", "room": club })).await;
    assert_eq!(into_club["room"], json!({ "slug": club, "name": "Club" }));
    let gus = join(&chat, &into_club, "gus").await;
    let rooms = gus.see("/api/v1/rooms").await;
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1);
    assert_eq!(rooms["rooms"][0]["slug"], club.as_str());
    gus.get("/api/v1/rooms/general/messages").await.problem(404);
    gus.get("/rooms/general").await.expect(404);
    let said = gus.post(&club, "hello").await;
    let history = ada.history(&club, "").await;
    assert_eq!(history["messages"][0]["id"], said);
}

#[tokio::test]
async fn who_has_an_account_comes_into_the_room_of_the_invitation() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let bob = chat.join("bob").await;
    let club = ada.create_room("Club", "closed").await;
    let into_club = json!({ "role": "guest", "room": club, "uses": 2 });
    let into_club = invite(&ada, into_club).await;
    let token = into_club["token"].as_str().unwrap();
    let mut stream = bob.stream("joined=true").await;
    for _ in 0..2 {
        accept(&bob, token, json!({})).await.expect(204);
    }
    assert_eq!(stream.event().await.json()["room"], club.as_str());
    assert_eq!(
        bob.see("/api/v1/me").await["rooms"],
        json!([club, "general"])
    );
    bob.post("general", "still a member").await;
    let [cara, dan] = [chat.join("cara").await, chat.join("dan").await];
    accept(&cara, token, json!({})).await.expect(204);
    accept(&dan, token, json!({})).await.problem(404);

    let of_server = invite(&ada, json!({ "role": "member" })).await;
    let token = of_server["token"].as_str().unwrap();
    let refused = accept(&bob, token, json!({})).await;
    assert_eq!(refused.problem(403)["code"], "sign-out-first");
    let page = bob.get(&format!("/invite/{token}")).await.expect(200).text;
    assert!(
        page.contains("You already have an account here, @bob"),
        "{page}"
    );
}

#[tokio::test]
async fn an_invitation_is_redeemed_without_scripts_and_is_not_used_up_by_looking() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "invite").await;
    let once = invite(&ada, json!({ "role": "member", "room": "general" })).await;
    let path = once["path"].as_str().unwrap();
    let visitor = chat.visitor();
    for _ in 0..3 {
        let page = visitor.get(path).await.expect(200).text;
        assert!(page.contains("Join Riverside Choir"), "{page}");
        assert!(
            page.contains(r#"<strong dir="auto">ada</strong> has invited you"#),
            "{page}"
        );
        assert!(
            page.contains("<strong dir=\"auto\">General</strong>"),
            "{page}"
        );
        visitor
            .send(Method::HEAD, path, Value::Null)
            .await
            .expect(200);
    }
    let form = |fields: &'static [(&str, &str)]| {
        Answer::to_form(visitor.request(Method::POST, path), fields)
    };
    let refused = form(&[("handle", "ada"), ("password", PASSWORD)]).await;
    assert!(refused.expect(409).text.contains("That name is taken"));
    let refused = form(&[("handle", "noor"), ("password", "noor")]).await;
    assert!(refused.expect(422).text.contains("Too short"));
    let done = form(&[("handle", "noor"), ("name", "Noor"), ("password", PASSWORD)]).await;
    let done = done.expect(303);
    assert_eq!(done.header("location"), "/rooms/general");
    let cookie = done.header("set-cookie").split(';').next().unwrap();
    let room = visitor.request(Method::GET, "/rooms/general");
    let room = Answer::to(room.header("cookie", cookie)).await.expect(200);
    assert!(room.text.contains(r#"data-handle="noor""#));
    visitor.get(path).await.expect(404);
}

#[tokio::test]
async fn only_admins_invite_and_only_where_they_may_look() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let bob = chat.join("bob").await;
    let closed = bob.create_room("Secret plans", "closed").await;
    let made = invite(&ada, json!({ "role": "member" })).await;
    let member = json!({ "role": "member" });
    let denied = bob
        .send(Method::POST, "/api/v1/invites", member.clone())
        .await;
    assert_eq!(denied.problem(403)["code"], "not-admin");
    bob.get("/api/v1/invites").await.problem(403);
    revoke(&bob, &made).await.problem(403);
    let visitor = chat.visitor();
    visitor
        .send(Method::POST, "/api/v1/invites", member)
        .await
        .problem(401);
    visitor.get("/api/v1/invites").await.problem(401);
    for (sent, field, code) in [
        (json!({ "role": "bot" }), "role", "unknown-value"),
        (
            json!({ "role": "member", "uses": 0 }),
            "uses",
            "out-of-range",
        ),
        (
            json!({ "role": "member", "uses": 10_001 }),
            "uses",
            "out-of-range",
        ),
        (
            json!({ "role": "member", "expires_in": "soon" }),
            "expires_in",
            "not-a-duration",
        ),
        (
            json!({ "role": "guest", "room": closed }),
            "room",
            "no-such-room",
        ),
        (
            json!({ "role": "guest", "room": "nowhere" }),
            "room",
            "no-such-room",
        ),
        (
            json!({ "role": "member", "as": "bob" }),
            "as",
            "not-imported",
        ),
    ] {
        let refused = ada
            .send(Method::POST, "/api/v1/invites", sent.clone())
            .await;
        assert_eq!(refused.fault(422, field), code, "{sent}");
    }
}

#[tokio::test]
async fn nobody_is_invited_into_an_archived_room() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let ann = chat.join("ann").await;
    let room = ann.create_room("Club", "open").await;
    ann.change_room(&room, json!({ "archived": true }))
        .await
        .expect(200);
    let wanted = json!({ "role": "guest", "room": room });
    for by in [&ada, &ann] {
        let path = "/api/v1/invites";
        let refused = by.send(Method::POST, path, wanted.clone()).await;
        assert_eq!(refused.problem(403)["code"], "room-archived");
    }
    ann.change_room(&room, json!({ "archived": false }))
        .await
        .expect(200);
    assert_eq!(ada.see("/api/v1/invites").await["invites"], json!([]));
}

#[tokio::test]
async fn whoever_is_not_in_the_first_room_starts_in_another_one() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let club = ada.create_room("Club", "closed").await;
    let made = invite(&ada, json!({ "role": "guest", "room": club })).await;
    join(&chat, &made, "gus").await;
    let guest = Browser::new(&chat);
    guest.sign_in("gus", PASSWORD).await.expect(303);
    let start = guest.get("/").await.expect(303);
    assert_eq!(start.header("location"), format!("/rooms/{club}"));
    ada.remove(&club, "gus").await.expect(204);
    let start = guest.get("/").await.expect(303);
    assert_eq!(start.header("location"), "/rooms");
    guest.get("/rooms").await.expect(200);
    // A newcomer whose first room is closed.
    let newcomer = Browser::join(&chat, "nora").await;
    let start = newcomer.get("/").await.expect(303);
    assert_eq!(start.header("location"), "/rooms/general");
    ada.delete_room("general").await.expect(204);
    let start = newcomer.get("/").await.expect(303);
    assert_eq!(start.header("location"), "/rooms");
    let visitor = Browser::new(&chat);
    let start = visitor.get("/").await.expect(303);
    assert_eq!(start.header("location"), "/join?next=%2F");
}

#[tokio::test]
async fn whoever_was_removed_comes_back_by_a_later_invitation_only() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let club = ada.create_room("Club", "closed").await;
    let wanted = json!({ "role": "guest", "room": club, "uses": 9 });
    let first = invite(&ada, wanted.clone()).await;
    let gus = join(&chat, &first, "gus").await;
    let come = async |invite: &Value| {
        let token = invite["token"].as_str().expect("a token");
        accept(&gus, token, json!({})).await
    };
    gus.remove(&club, "me").await.expect(204);
    come(&first).await.expect(204);
    ada.remove(&club, "gus").await.expect(204);
    come(&first).await.problem(404);
    let second = invite(&ada, wanted).await;
    come(&second).await.expect(204);
    // Nobody learns from their ids how many invitations others make.
    for made in [&first, &second] {
        assert!(made["id"].as_i64().expect("an id") > 1_000_000, "{made}");
    }
}
