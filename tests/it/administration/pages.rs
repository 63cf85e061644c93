//! The pages of people and of the audit log, without scripts.

use super::appoint;
use crate::support::{answer::Answer, chat::Chat, person::Person};
use backscroll::model::role::Role;
use reqwest::Method;

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
    submit(&ann, "/people/bob/ban", &[("hide_messages", "true")])
        .await
        .expect(303);
    let audit = ann.get("/admin/audit").await.expect(200);
    assert!(audit.text.contains("user.ban") && audit.text.contains("127.0.0.1"));
}
