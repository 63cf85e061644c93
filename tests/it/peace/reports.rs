//! Reports: one message, shown to those who moderate its room, and to nobody else.

use crate::support::{
    browser::Browser,
    chat::{Chat, PASSWORD},
    person::Person,
};
use reqwest::Method;
use serde_json::{Value, json};

async fn report(
    by: &Person,
    room: &str,
    message: i64,
    reason: &str,
) -> crate::support::answer::Answer {
    let path = format!("/api/v1/rooms/{room}/messages/{message}/report");
    by.send(Method::POST, &path, json!({ "reason": reason }))
        .await
}

async fn queue(by: &Person) -> Vec<Value> {
    let list = by.see("/api/v1/reports").await;
    list["reports"].as_array().expect("reports").clone()
}

async fn decide(by: &Person, report: &Value, decision: &str) -> crate::support::answer::Answer {
    let path = format!("/api/v1/reports/{}", report["id"]);
    by.send(Method::POST, &path, json!({ "decision": decision }))
        .await
}

#[tokio::test]
async fn a_report_shows_the_message_as_it_was_to_those_who_decide() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let [ann, bob, manager] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("mia").await,
    ];
    let room = manager.create_room("Secrets", "closed").await;
    for handle in ["ann", "bob"] {
        manager.add(&room, handle).await.expect(204);
    }
    let other = bob.post(&room, "something else").await;
    let message = bob.post(&room, "rude words").await;
    report(&ann, &room, message, " Rude. ").await.expect(204);
    report(&ann, &room, message, "Again.").await.expect(204);
    bob.edit(&room, message, "polite words").await.expect(200);
    // An admin who does not see the room sees this message, and nothing of the room.
    let seen = queue(&ada).await;
    let [entry] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        (&entry["body"], &entry["reason"], &entry["by"]["handle"]),
        (&json!("rude words"), &json!("Rude."), &json!("ann"))
    );
    assert_eq!(entry["author"]["handle"], "bob");
    assert_eq!(entry["room"], Value::Null);
    assert!(!entry.to_string().contains(&room));
    ada.get(&format!("/api/v1/rooms/{room}/messages/{other}"))
        .await
        .problem(404);
    assert_eq!(queue(&manager).await[0]["room"], room.as_str());
    for outsider in [&ann, &bob] {
        assert!(queue(outsider).await.is_empty());
        decide(outsider, entry, "delete").await.problem(404);
    }
    decide(&manager, entry, "ban").await.problem(403);
    decide(&ada, entry, "burn").await.fault(422, "decision");
    decide(&ada, entry, "delete").await.expect(204);
    decide(&ada, entry, "delete").await.problem(404);
    assert!(queue(&manager).await.is_empty());
    let shown = ann
        .see(&format!("/api/v1/rooms/{room}/messages/{message}"))
        .await;
    assert!(shown["deleted_at"].is_string() && shown.get("body").is_none());
    let audit = ada.see("/api/v1/audit").await;
    assert_eq!(
        (
            &audit["entries"][0]["action"],
            &audit["entries"][0]["subject"]["handle"]
        ),
        (&json!("report.decide"), &json!("bob"))
    );
    assert!(!audit.to_string().contains("rude words"));
    report(&ann, &room, message, "").await.problem(409);
    report(&bob, &room, other, "").await.fault(422, "message");
    report(&chat.join("eve").await, &room, other, "")
        .await
        .problem(404);
    report(&ann, &room, other, &"x".repeat(501))
        .await
        .fault(422, "reason");
}

#[tokio::test]
async fn a_decision_holds_for_all_reports_of_a_message_and_can_ban_its_author() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let message = bob.post("general", "rude words").await;
    report(&ann, "general", message, "").await.expect(204);
    report(&cara, "general", message, "").await.expect(204);
    let own = ada.post("general", "an admin's words").await;
    report(&ann, "general", own, "").await.expect(204);
    // Nobody decides about their own messages, or learns of their reports.
    let reports = queue(&ada).await;
    assert_eq!(reports.len(), 2);
    let mut stream = bob.stream("").await;
    decide(&ada, &reports[0], "ban").await.expect(204);
    assert_eq!(stream.farewell().await.0, "signed-out");
    assert!(queue(&ada).await.is_empty());
    bob.get("/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn reporting_and_deciding_work_without_scripts() {
    let chat = Chat::start().await;
    chat.set_up("ada", "open").await;
    let bob = chat.join("bob").await;
    let ann = Browser::join(&chat, "ann").await;
    let message = bob.post("general", "rude <b>words</b>").await;
    let path = format!("/rooms/general/messages/{message}");
    let shown = ann.get(&path).await.expect(200).text;
    assert!(
        shown.contains(&format!("\"{}/report\"", &path[1..])),
        "{shown}"
    );
    let form = ann.get(&format!("{path}/report")).await.expect(200).text;
    assert!(form.contains("rude &#60;b&#62;words"), "{form}");
    let sent = ann
        .submit(&format!("{path}/report"), &[("reason", "Rude.")])
        .await;
    assert_eq!(
        sent.expect(303).header("location"),
        format!("{path}#m{message}")
    );
    let list = ann.get("/admin/reports").await.expect(200).text;
    assert!(!list.contains("rude"), "{list}");
    let ada = Browser::new(&chat);
    ada.sign_in("ada", PASSWORD).await.expect(303);
    let list = ada.get("/admin/reports").await.expect(200).text;
    assert!(
        list.contains("rude &#60;b&#62;words") && list.contains("Rude."),
        "{list}"
    );
    let id = list
        .split("data-report=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let id = id.expect("a report");
    let decided = ada
        .submit(&format!("/admin/reports/{id}"), &[("decision", "dismiss")])
        .await;
    assert_eq!(decided.expect(303).header("location"), "/admin/reports");
    let list = ada.get("/admin/reports").await.expect(200).text;
    assert!(list.contains("Nothing waits"), "{list}");
}

#[tokio::test]
async fn a_report_keeps_no_text_of_a_deleted_message() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let by_author = bob.post("general", "rude words").await;
    let with_account = cara.post("general", "rude words, too").await;
    for message in [by_author, with_account] {
        report(&ann, "general", message, "Rude.").await.expect(204);
    }
    bob.delete("general", by_author).await.expect(200);
    let leaving = json!({ "handle": "cara", "erase": true });
    let left = cara.send(Method::DELETE, "/api/v1/me", leaving).await;
    left.expect(204);
    let page = ada.get("/admin/reports").await.expect(200).text;
    let reports = queue(&ada).await;
    assert_eq!(reports.len(), 2);
    assert!(!page.contains("rude words") && !format!("{reports:?}").contains("rude words"));
    let kept = "select count(*) from reports where body like '%rude words%'";
    let kept: i64 = sqlx::query_scalar(kept)
        .fetch_one(&mut chat.outside().await)
        .await
        .expect("reports can be counted");
    assert_eq!(kept, 0);
    // Whose account is gone is not banned.
    assert_eq!(page.matches("value=\"ban\"").count(), 1, "{page}");
    for report in &reports {
        assert!(report["id"].as_i64().expect("an id") > 1_000_000);
        decide(&ada, report, "dismiss").await.expect(204);
    }
    assert!(queue(&ada).await.is_empty());
}
