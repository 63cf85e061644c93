//! Commands of the operator, with a running server and without one.

use crate::support::{chat::Chat, program::run};
use backscroll::model::time::Timestamp;
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _};
use tokio::task::spawn_blocking;

/// Runs the program on the file of the server, without blocking the tests' runtime.
async fn command(chat: &Chat, arguments: &[&str]) -> crate::support::program::Ended {
    let file = chat.file().to_str().expect("UTF-8").to_owned();
    let mut arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
    arguments.extend(["--db".to_owned(), file]);
    spawn_blocking(move || run(&arguments))
        .await
        .expect("the program runs")
}

#[tokio::test]
async fn the_operator_makes_the_first_admin_while_the_server_runs_and_while_it_does_not() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    bob.post("general", "here").await;
    let made = command(&chat, &["user", "role", "ann", "admin"]).await.ok();
    assert_eq!(made, "ann: admin\n");
    assert_eq!(ann.see("/api/v1/users/me").await["role"], "admin");
    chat.stop().await;
    command(&chat, &["user", "role", "bob", "guest"]).await.ok();
    let list = command(&chat, &["user", "list"]).await.ok();
    let lines: Vec<Vec<&str>> = list
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let roles: Vec<_> = lines
        .iter()
        .map(|line| (line[0], line[1], line[2]))
        .collect();
    let expected = [
        ("ann", "admin", "enabled"),
        ("backscroll", "bot", "enabled"),
        ("bob", "guest", "enabled"),
    ];
    assert_eq!(roles, expected);
    chat.go_on().await;
    ann.see("/api/v1/me").await;
    assert_eq!(command(&chat, &["user", "list"]).await.ok(), list);
    let rooms = command(&chat, &["room", "list"]).await.ok();
    assert!(rooms.starts_with("general\topen\t2\t"), "{rooms}");
    command(&chat, &["user", "disable", "bob"]).await.ok();
    bob.get("/api/v1/me").await.problem(401);
    command(&chat, &["user", "enable", "bob"]).await.ok();
    bob.see("/api/v1/me").await;
}

#[tokio::test]
async fn a_command_says_why_it_was_refused() {
    let mut chat = Chat::start().await;
    chat.join("ann").await;
    command(&chat, &["user", "role", "ann", "admin"]).await.ok();
    for is_running in [true, false] {
        let refused = command(&chat, &["user", "disable", "nobody"]).await;
        refused.failed(5, "nobody and nothing of this name");
        let refused = command(&chat, &["user", "remove", "ann"]).await;
        refused.failed(5, "needs an admin");
        let refused = command(&chat, &["user", "role", "ann", "king"]).await;
        refused.failed(2, "king");
        if is_running {
            chat.stop().await;
        }
    }
    chat.go_on().await;
}

#[tokio::test]
async fn the_socket_is_for_its_owner_and_goes_with_the_server() {
    let mut chat = Chat::start().await;
    chat.join("ann").await;
    let socket = chat.file().with_extension("db.sock");
    let mode = fs::metadata(&socket)
        .expect("a socket")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    chat.stop().await;
    assert!(!socket.exists());
    // A socket that a killed server has left is replaced.
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    command(&chat, &["user", "list"]).await.ok();
    chat.go_on().await;
    chat.join("bob").await;
    command(&chat, &["user", "list"]).await.ok();
}

#[tokio::test]
async fn accounts_made_by_a_flood_are_removed_by_one_command() {
    let chat = Chat::start().await;
    let early = chat.join("early").await;
    early.add("general", "me").await.expect(204);
    let mut file = chat.outside().await;
    let past = "update users set created_at = '2020-01-01T00:00:00.000Z' where handle = 'early'";
    sqlx::query(past)
        .execute(&mut file)
        .await
        .expect("an update");
    let [writer, member] = [chat.join("writer").await, chat.join("member").await];
    writer.post("general", "a person").await;
    let club = writer.create_room("Club", "closed").await;
    writer.add(&club, "member").await.expect(204);
    for n in 0..40 {
        let one = chat.join(&format!("flood{n}")).await;
        one.add("general", "me").await.expect(204);
    }
    let since = Timestamp::parse("2021-01-01T00:00:00Z")
        .expect("a time")
        .to_string();
    let flood = ["user", "remove-flood", "--since", &since];
    let dry = command(&chat, &[&flood[..], &["--dry-run"]].concat()).await;
    assert!(
        dry.ok()
            .ends_with("flood39\n40 accounts would be deleted\n")
    );
    let done = command(&chat, &flood).await.ok();
    assert_eq!(done, "40 accounts deleted\n");
    let members = writer.see("/api/v1/rooms/general/members").await;
    assert_eq!(members["count"], json!(3), "{members}");
    for person in [&early, &writer, &member] {
        person.see("/api/v1/me").await;
    }
    let log = "select count(*) from audit where action = 'user.delete'";
    let recorded: i64 = sqlx::query_scalar(log)
        .fetch_one(&mut file)
        .await
        .expect("rows");
    assert_eq!(recorded, 40);
    assert_eq!(command(&chat, &flood).await.ok(), "0 accounts deleted\n");
}
