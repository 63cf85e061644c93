//! Deleting one's own account on a page, which asks for the password.

use crate::support::{
    browser::Browser,
    chat::{Chat, PASSWORD},
};

#[tokio::test]
async fn an_account_is_deleted_with_its_password_and_its_last_admin_is_not() {
    let chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let ann = Browser::join(&chat, "ann").await;
    let password = [("new", PASSWORD)];
    ann.submit("/account/password", &password).await.expect(303);
    let account = ann.get("/account").await.expect(200).text;
    assert!(account.contains("href=\"account/delete\""), "{account}");
    let asked = ann.get("/account/delete").await.expect(200).text;
    assert!(asked.contains("name=\"password\""), "{asked}");
    let wrong = [("handle", "ann"), ("password", "something else")];
    let refused = ann.submit("/account/delete", &wrong).await.expect(422).text;
    assert!(refused.contains("That isn’t your password."), "{refused}");
    ann.submit("/account/delete", &[("handle", "ann")])
        .await
        .expect(422);
    let given = [("handle", "ann"), ("password", PASSWORD), ("erase", "true")];
    let deleted = ann.submit("/account/delete", &given).await.expect(303);
    assert_eq!(deleted.header("clear-site-data"), "\"storage\"");
    assert_eq!(ann.handle().await, None);
    ada.get("/api/v1/users/ann").await.problem(404);
    // Without a password, the name confirms it.
    let bob = Browser::join(&chat, "bob").await;
    let wrong = bob.submit("/account/delete", &[("handle", "ann")]).await;
    assert!(
        wrong
            .expect(422)
            .text
            .contains("Enter your username to confirm.")
    );
    bob.submit("/account/delete", &[("handle", "bob")])
        .await
        .expect(303);
    let owner = Browser::new(&chat);
    owner.sign_in("ada", PASSWORD).await.expect(303);
    let given = [("handle", "ada"), ("password", PASSWORD)];
    let refused = owner
        .submit("/account/delete", &given)
        .await
        .expect(409)
        .text;
    assert!(
        refused.contains("The server needs at least one admin."),
        "{refused}"
    );
}
